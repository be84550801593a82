"""Trello's checklist endpoints: a card's checklists, and their items."""

from __future__ import annotations

from datetime import datetime

from connectors.sandbox.trello import say
from connectors.sandbox.trello.desk import Desk, check_id
from connectors.sandbox.trello.shapes import full_checklist, full_item
from connectors.sandbox.trello.state import Card, CheckItem, Checklist
from connectors.sandbox.wire import Answer, Refusal, json_answer, text_answer


def add_checklist(desk: Desk, card: str) -> Answer:
    found = desk.card(card)
    mine = [c for c in desk.state.checklists.values() if c.card == found.id]
    made = Checklist(
        desk.state.new_id(desk.now), desk.text("name", "Checklist"), found.id,
        max((c.pos for c in mine), default=0.0) + 16384,
    )  # fmt: skip
    desk.state.checklists[made.id] = made
    desk.state.note("addChecklistToCard", desk.member.id, desk.now, found,
                    {"checklist": {"id": made.id, "name": made.name}})  # fmt: skip
    return json_answer(200, full_checklist(made, found.board))


def list_checklists(desk: Desk, card: str) -> Answer:
    found = desk.card(card)
    mine = [c for c in desk.state.checklists.values() if c.card == found.id]
    return json_answer(200, [full_checklist(c, found.board) for c in sorted(mine, key=lambda c: c.pos)])


def add_item(desk: Desk, checklist: str) -> Answer:
    check_id(checklist)
    found = desk.state.checklists.get(checklist)
    if found is None:
        raise say.missing()
    card = desk.card(found.card)
    name = desk.text("name")
    if not 1 <= len(name) <= 16384:
        raise say.bad("invalid value for name")
    item = CheckItem(
        desk.state.new_id(desk.now), name, max((i.pos for i in found.items), default=0.0) + 16384,
        desk.flag("checked"), _item_member(desk, card), _item_due(desk),
    )  # fmt: skip
    found.items.append(item)
    return json_answer(200, full_item(item, found.id))


def _item_member(desk: Desk, card: Card) -> str | None:
    member = desk.text("idMember") or None
    if member is not None and not desk.switches.advanced_items:
        raise Refusal(text_answer(403, "advanced checklists are not enabled"))
    if member is not None and member not in desk.state.boards[card.board].members:
        raise say.bad("invalid value for idMember")
    return member


def _item_due(desk: Desk) -> datetime | None:
    due = desk.instant("due")
    if due is not None and not desk.switches.advanced_items:
        raise Refusal(text_answer(403, "advanced checklists are not enabled"))
    return due


def update_item(desk: Desk, card: str, item: str) -> Answer:
    found = desk.card(card)
    for checklist in [c for c in desk.state.checklists.values() if c.card == found.id]:
        for one in checklist.items:
            if one.id == item:
                _change_item(desk, found, checklist, one)
                return json_answer(200, full_item(one, checklist.id))
    raise say.missing()


def _change_item(desk: Desk, card: Card, checklist: Checklist, item: CheckItem) -> None:
    item.name = desk.text("name", item.name)
    if "idMember" in desk.given:
        item.member = _item_member(desk, card)
    if "due" in desk.given:
        item.due = _item_due(desk)
    state = desk.text("state")
    if state not in ("", "complete", "incomplete"):
        raise say.bad("invalid value for state")
    if state and (state == "complete") != item.complete:
        item.complete = state == "complete"
        about = {"id": item.id, "name": item.name, "state": state}
        data = {"checkItem": about, "checklist": {"id": checklist.id, "name": checklist.name}}
        desk.state.note("updateCheckItemStateOnCard", desk.member.id, desk.now, card, data)
