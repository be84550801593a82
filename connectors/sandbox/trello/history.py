"""Actions: Trello's history of a board, card or member, filtered and paged."""

from __future__ import annotations

from datetime import datetime

from connectors.sandbox.trello import say
from connectors.sandbox.trello.desk import Desk, check_id, parse_date
from connectors.sandbox.trello.shapes import full_action
from connectors.sandbox.trello.state import Action, born
from connectors.sandbox.wire import Answer, Json, Refusal, json_answer

CARD_DEFAULT = "commentCard,updateCard:idList"
HIDDEN_IN_LISTS = frozenset({"updateCheckItem"})  # webhooks only


def fits(action: Action, filters: list[str]) -> bool:
    """Whether an action is of one of the types; "updateCard:idList" asks that this field changed."""
    if filters in ([], ["all"]):
        return True
    for one in filters:
        kind, _, part = one.partition(":")
        if action.type == kind and (not part or part in action.data.get("old", {})):
            return True
    return False


def history(desk: Desk, actions: list[Action], prefix: str = "", default: str = "all") -> list[Json]:
    """Newest first. Parameters: `filter` (within a board: `actions`), since, before, limit, page, fields."""
    filters = desk.names("actions" if prefix == "actions_" else "filter", default)
    limit = desk.limited(prefix + "limit", 50)
    since = _edge(desk, prefix + "since")
    before = _edge(desk, prefix + "before")
    page_text = desk.text("page", "0") if not prefix else "0"
    if not page_text.isdigit() or int(page_text) * limit > 19000:
        raise say.bad("invalid value for page")
    found = [
        a for a in actions
        if fits(a, filters) and a.type not in HIDDEN_IN_LISTS
        and (since is None or _after(a, since)) and (before is None or _before(a, before))
    ]  # fmt: skip
    found.sort(key=lambda a: (a.at, a.id), reverse=True)
    start = int(page_text) * limit
    fields = desk.names("action_fields" if prefix else "fields", "all")
    creator: list[str] | None = desk.names(
        "action_memberCreator_fields" if prefix else "memberCreator_fields"
    )  # fmt: skip
    shown_maker = desk.text("action_memberCreator" if prefix else "memberCreator", "true") != "false"
    return [
        full_action(desk, a, fields, (creator or None) if shown_maker else []) for a in found[start : start + limit]
    ]


Edge = tuple[datetime, str | None]


def _edge(desk: Desk, name: str) -> Edge | None:
    """An edge is a date or an action's id."""
    text = desk.text(name)
    if text in ("", "null", "lastView"):
        return None
    if len(text) == 24 and all(c in "0123456789abcdefABCDEF" for c in text):
        found = next((a for a in desk.state.actions if a.id == text), None)
        return (found.at if found else born(text), text)
    at = parse_date(text, name)
    return None if at is None else (at, None)


def _after(action: Action, edge: Edge) -> bool:
    at, one = edge
    return action.at >= at if one is None else (action.at, action.id) > (at, one)


def _before(action: Action, edge: Edge) -> bool:
    at, one = edge
    return action.at < at if one is None else (action.at, action.id) < (at, one)


# ── endpoints ────────────────────────────────────────────────────────────────────────────────────────────────────


def board_actions(desk: Desk, board: str) -> Answer:
    found = desk.board(board)
    return json_answer(200, history(desk, [a for a in desk.state.actions if found.id in a.boards]))


def card_actions(desk: Desk, card: str) -> Answer:
    found = desk.card(card)
    return json_answer(200, history(desk, [a for a in desk.state.actions if a.card == found.id], "", CARD_DEFAULT))


def member_actions(desk: Desk, member: str) -> Answer:
    found = next((m for m in desk.state.members.values() if member in (m.id, m.username)), None)
    found = desk.member if member == "me" else found
    if found is None:
        raise say.missing()
    seen = {b.id for b in desk.state.boards.values() if desk.member.id in b.members}
    mine = [a for a in desk.state.actions if a.member == found.id and seen & set(a.boards)]
    return json_answer(200, history(desk, mine))


def get_action(desk: Desk, action: str) -> Answer:
    return json_answer(200, full_action(desk, find_action(desk, action), desk.names("fields", "all")))


def find_action(desk: Desk, text: str) -> Action:
    """An action of the path."""
    check_id(text)
    found = next((a for a in desk.state.actions if a.id == text), None)
    if found is None or not any(desk.member.id in desk.state.boards[b].members for b in found.boards):
        raise say.missing()
    return found


def add_comment(desk: Desk, card: str) -> Answer:
    found = desk.card(card)
    text = _comment(desk)
    data: Json = {"text": text, "list": {"id": found.in_list, "name": desk.state.lists[found.in_list].name}}
    return json_answer(200, full_action(desk, desk.state.note("commentCard", desk.member.id, desk.now, found, data)))


def edit_comment(desk: Desk, action: str, card: str | None = None) -> Answer:
    """One's own comments only."""
    found = find_action(desk, action)
    if card is not None and desk.card(card).id != found.card:
        raise say.missing()
    if found.type != "commentCard":
        raise say.bad("invalid action")
    if found.member != desk.member.id:
        raise Refusal(say.UNAUTHORIZED)
    found.data["text"] = _comment(desk)
    if desk.switches.date_last_edited:
        found.data["dateLastEdited"] = desk.now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if found.card in desk.state.cards:
        about = desk.state.cards[found.card]
        about.active = max(about.active, desk.now)
    return json_answer(200, full_action(desk, found))


def delete_comment(desk: Desk, action: str, card: str | None = None) -> Answer:
    """Gone from every list."""
    found = find_action(desk, action)
    if card is not None and desk.card(card).id != found.card:
        raise say.missing()
    if found.member != desk.member.id:
        raise Refusal(say.UNAUTHORIZED)
    desk.state.actions.remove(found)
    return json_answer(200, {"_value": None})


def _comment(desk: Desk) -> str:
    text = desk.text("text") or desk.text("value")
    if not text:
        raise say.bad("invalid value for text")
    limit = desk.switches.comment_limit
    if limit is not None and len(text) > limit:
        raise say.bad("invalid value for text")
    return text
