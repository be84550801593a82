"""Trello's card endpoints: make, copy, read, change, move, archive, delete; members."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.trello import say
from connectors.sandbox.trello.desk import Desk, check_id, parse_pos
from connectors.sandbox.trello.history import history
from connectors.sandbox.trello.shapes import full_card, full_member, nested_card, stamp
from connectors.sandbox.trello.state import Card, CheckItem, Checklist
from connectors.sandbox.wire import Answer, Json, json_answer

# ── making ───────────────────────────────────────────────────────────────────────────────────────────────────────


def create_card(desk: Desk) -> Answer:
    """Only idList is required; everything in one request; answers 200. `idCardSource` copies (a copyCard action)."""
    home = desk.named_list(desk.text("idList"))
    source = desk.card(desk.text("idCardSource")) if desk.given.get("idCardSource") else None
    keep = set(desk.names("keepFromSource", "all" if source else ""))
    members = desk.named_members(desk.names("idMembers"), home.board)
    name = _name(desk) if "name" in desk.given else source.name if source else ""
    desc = _desc(desk) if "desc" in desk.given else source.desc if source else ""
    due, start, complete = desk.instant("due"), desk.instant("start"), desk.flag("dueComplete")
    card = desk.state.make_card(home.id, name, desk.member.id, desk.now, parse_pos(desk, home.id))
    card.desc, card.due, card.start, card.due_complete, card.members = desc, due, start, complete, members
    card.completed_at = desk.now if complete else None
    where = {"list": {"id": home.id, "name": home.name}}
    if source is None:
        desk.state.note("createCard", desk.member.id, desk.now, card, where)
    else:
        if keep & {"all", "due"} and "due" not in desk.given:
            card.due = source.due
        if keep & {"all", "members"} and "idMembers" not in desk.given:
            card.members = [m for m in source.members if m in desk.state.boards[card.board].members]
        if keep & {"all", "checklists"}:
            _copy_checklists(desk, source, card)
        origin = {"id": source.id, "name": source.name, "idShort": source.short, "shortLink": source.short_link}
        desk.state.note("copyCard", desk.member.id, desk.now, card, {**where, "cardSource": origin})
    for member in card.members:
        _note_member(desk, card, "addMemberToCard", member)
    return json_answer(200, full_card(desk, card) | {"attachments": [], "stickers": []})


def _copy_checklists(desk: Desk, source: Card, card: Card) -> None:
    for old in [c for c in desk.state.checklists.values() if c.card == source.id]:
        items = [CheckItem(desk.state.new_id(desk.now), i.name, i.pos) for i in old.items]
        made = Checklist(desk.state.new_id(desk.now), old.name, card.id, old.pos, items)
        desk.state.checklists[made.id] = made


def _name(desk: Desk) -> str:
    name = desk.text("name")
    limit = desk.switches.name_limit
    if limit is not None and len(name) > limit:
        raise say.bad("invalid value for name")
    return name


def _desc(desk: Desk) -> str:
    desc = desk.text("desc")
    if len(desc) > desk.switches.desc_limit:
        raise say.bad("invalid value for desc")
    return desc.strip() if desk.switches.trims_desc else desc


def _note_member(desk: Desk, card: Card, kind: str, member: str) -> None:
    name = desk.state.members[member].name
    data: Json = {"idMember": member, "member": {"id": member, "name": name}}
    if kind == "removeMemberFromCard":
        data["deactivated"] = False
    desk.state.note(kind, desk.member.id, desk.now, card, data)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def get_card(desk: Desk, card: str) -> Answer:
    found = desk.card(card)
    shown = nested_card(desk, found, desk.names("fields", "all"))
    if "actions" in desk.given:
        mine = [a for a in desk.state.actions if a.card == found.id]
        shown["actions"] = history(desk, mine, "actions_")
    return json_answer(200, shown)


# ── changing ─────────────────────────────────────────────────────────────────────────────────────────────────────


def update_card(desk: Desk, card: str) -> Answer:
    """Only what is sent changes; each change is an updateCard action with the old value. All is checked first."""
    found = desk.card(card)
    old = _planned(desk, found)
    target = _target(desk, found)
    if "idMembers" in desk.given:
        wanted = desk.named_members(desk.names("idMembers"), target[0])
        _replace_members(desk, found, wanted)
    if target != (found.board, found.in_list):
        _move(desk, found, target)
    for name, (attribute, value) in old.items():
        before = getattr(found, attribute)
        if before == value:
            continue
        setattr(found, attribute, value)
        if name == "dueComplete":
            found.completed_at = desk.now if value else None
        where = {"list": {"id": found.in_list, "name": desk.state.lists[found.in_list].name}}
        data = {"old": {name: _plain(before)}, "card": {name: _plain(value)}, **where}
        desk.state.note("updateCard", desk.member.id, desk.now, found, data)
    return json_answer(200, full_card(desk, found))


def _plain(value: Any) -> Any:
    return stamp(value) if hasattr(value, "isoformat") else value


def _planned(desk: Desk, card: Card) -> dict[str, tuple[str, Any]]:
    """Field name → attribute and its new value, checked."""
    given = desk.given
    planned: dict[str, tuple[str, Any]] = {}
    if "name" in given:
        if not desk.text("name"):
            raise say.bad("invalid value for name")
        planned["name"] = ("name", _name(desk))
    if "desc" in given:
        planned["desc"] = ("desc", _desc(desk))
    if "due" in given:
        planned["due"] = ("due", desk.instant("due"))
    if "start" in given:
        planned["start"] = ("start", desk.instant("start"))
    if "dueComplete" in given:
        planned["dueComplete"] = ("due_complete", desk.flag("dueComplete"))
    if "closed" in given:
        planned["closed"] = ("closed", desk.flag("closed"))
    if "pos" in given:
        planned["pos"] = ("pos", parse_pos(desk, card.in_list))
    return planned


def _target(desk: Desk, card: Card) -> tuple[str, str]:
    """Board and list the card is to stand in."""
    if desk.given.get("idBoard") and desk.text("idBoard") != card.board:
        board = desk.board(desk.text("idBoard"))
        lists = [one for one in desk.state.lists_of(board.id) if not one.closed]
        home = desk.named_list(desk.text("idList")) if desk.given.get("idList") else lists[0]
        if home.board != board.id:
            raise say.bad("invalid value for idList")
        return board.id, home.id
    if desk.given.get("idList"):
        home = desk.named_list(desk.text("idList"))
        if home.board != card.board:
            raise say.bad("invalid value for idList")
        return home.board, home.id
    return card.board, card.in_list


def _move(desk: Desk, card: Card, target: tuple[str, str]) -> None:
    state = desk.state
    board, home = target
    was_board, was_list = state.boards[card.board], state.lists[card.in_list]
    now_list = state.lists[home]
    card.board, card.in_list = board, home
    card.pos = state.bottom(home)
    after = {"id": now_list.id, "name": now_list.name}
    if board == was_board.id:
        before = {"id": was_list.id, "name": was_list.name}
        data: Json = {"old": {"idList": was_list.id}, "listBefore": before, "listAfter": after,
                      "card": {"idList": home}}  # fmt: skip
        state.note("updateCard", desk.member.id, desk.now, card, data)
        return
    card.members = [m for m in card.members if m in state.boards[board].members]
    came = state.boards[board]
    source = {"id": was_board.id, "name": was_board.name, "shortLink": was_board.short_link}
    there = {"id": came.id, "name": came.name, "shortLink": came.short_link}
    left: Json = {"boardTarget": {"id": came.id}, "list": {"id": was_list.id, "name": was_list.name}, "board": source}
    state.note("moveCardFromBoard", desk.member.id, desk.now, card, left, (was_board.id,))
    arrived: Json = {"boardSource": {"id": was_board.id}, "list": after, "board": there}
    state.note("moveCardToBoard", desk.member.id, desk.now, card, arrived, (came.id,))


def _replace_members(desk: Desk, card: Card, wanted: list[str]) -> None:
    before, card.members = card.members, list(wanted)
    for gone in [m for m in before if m not in wanted]:
        _note_member(desk, card, "removeMemberFromCard", gone)
    for new in [m for m in wanted if m not in before]:
        _note_member(desk, card, "addMemberToCard", new)


def update_field(desk: Desk, card: str, field: str) -> Answer:
    """The old form: PUT /cards/{id}/closed?value=true."""
    desk.given[field] = desk.given.pop("value", None)
    return update_card(desk, card)


def delete_card(desk: Desk, card: str) -> Answer:
    """For good: its comments and history go with it, the board keeps one deleteCard."""
    found = desk.card(card)
    state = desk.state
    state.actions = [a for a in state.actions if a.card != found.id]
    del state.cards[found.id]
    state.checklists = {k: c for k, c in state.checklists.items() if c.card != found.id}
    where = {"list": {"id": found.in_list, "name": state.lists[found.in_list].name}}
    made = state.note("deleteCard", desk.member.id, desk.now, found, where)
    made.data["card"].pop("name", None)
    return json_answer(200, {"limits": {}})


# ── members ──────────────────────────────────────────────────────────────────────────────────────────────────────


def add_member(desk: Desk, card: str) -> Answer:
    found = desk.card(card)
    member = desk.named_members([desk.text("value")], found.board)[0]
    if member in found.members:
        raise say.bad("member is already on the card")
    found.members.append(member)
    _note_member(desk, found, "addMemberToCard", member)
    return json_answer(200, [full_member(desk.state.members[m]) for m in found.members])


def remove_member(desk: Desk, card: str, member: str) -> Answer:
    found = desk.card(card)
    check_id(member)
    if member not in found.members:
        raise say.bad("member is not on the card")
    found.members.remove(member)
    _note_member(desk, found, "removeMemberFromCard", member)
    return json_answer(200, [full_member(desk.state.members[m]) for m in found.members])


def card_members(desk: Desk, card: str) -> Answer:
    return json_answer(200, [full_member(desk.state.members[m]) for m in desk.card(card).members])
