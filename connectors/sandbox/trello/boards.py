"""Trello's board, list and member endpoints, and the one nested read of a whole board."""

from __future__ import annotations

from collections.abc import Callable

from connectors.sandbox.trello import say
from connectors.sandbox.trello.desk import Desk
from connectors.sandbox.trello.history import history
from connectors.sandbox.trello.shapes import (
    BOARD_FIELDS,
    MEMBER_FIELDS,
    chosen,
    full_board,
    full_checklist,
    full_list,
    full_member,
    nested_card,
)
from connectors.sandbox.trello.state import Board, BoardList, Card, Member
from connectors.sandbox.wire import Answer, Json, Refusal, json_answer

CARD_FILTERS = ("all", "closed", "complete", "incomplete", "none", "open", "visible")
LIST_FILTERS = ("all", "closed", "none", "open")


def filtered(desk: Desk, cards: list[Card], which: str) -> list[Card]:
    """Cards by filter: "open" counts cards of archived lists, "visible" does not."""
    if which not in CARD_FILTERS:
        raise say.bad("invalid value for filter")
    filters: dict[str, Callable[[Card], bool]] = {
        "all": lambda _: True,
        "none": lambda _: False,
        "closed": lambda c: c.closed,
        "open": lambda c: not c.closed,
        "visible": lambda c: not c.closed and not desk.state.lists[c.in_list].closed,
        "complete": lambda c: not c.closed and c.due_complete,
        "incomplete": lambda c: not c.closed and not c.due_complete,
    }
    shown = [c for c in cards if filters[which](c)]
    most = desk.switches.max_cards
    if most is not None and len(shown) > most:
        raise Refusal(say.too_many("API_TOO_MANY_CARDS_REQUESTED", "Requested too many cards"))
    return shown


def _lists(lists: list[BoardList], which: str) -> list[BoardList]:
    if which not in LIST_FILTERS:
        raise say.bad("invalid value for lists")
    if which == "all":
        return lists
    return [] if which == "none" else [one for one in lists if one.closed == (which == "closed")]


def get_board(desk: Desk, board: str) -> Answer:
    """A board with all that is asked to be nested in it."""
    found = desk.board(board)
    state = desk.state
    shown = chosen(full_board(desk, found), desk.names("fields", ",".join(BOARD_FIELDS)))
    if "lists" in desk.given:
        fields = desk.names("list_fields", "name,closed,idBoard,pos,subscribed,softLimit")
        wanted = _lists(state.lists_of(found.id), desk.text("lists"))
        shown["lists"] = [chosen(full_list(one), fields) for one in wanted]
    if "cards" in desk.given:
        fields = desk.names("card_fields", "all")
        cards = filtered(desk, state.cards_of(found.id), desk.text("cards"))
        shown["cards"] = [nested_card(desk, c, fields, "card_") for c in cards]
    if desk.text("members", "none") not in ("none", "false"):
        fields = desk.names("member_fields", "avatarHash,avatarUrl,initials,fullName,username,confirmed,memberType")
        shown["members"] = [chosen(full_member(state.members[m]), fields) for m in found.members]
    if desk.text("memberships", "none") != "none":
        shown["memberships"] = _memberships(found)
    if desk.text("checklists", "none") == "all" and desk.switches.nests_checklists:
        shown["checklists"] = _checklists(desk, found)
    for name in ("labels", "customFields"):
        if desk.text(name, "none") not in ("none", "false"):
            shown[name] = []
    if desk.given.get("actions") not in (None, "", "none"):
        shown["actions"] = history(desk, [a for a in state.actions if found.id in a.boards], "actions_")
    return json_answer(200, shown)


def _memberships(board: Board) -> list[Json]:
    return [
        {"id": m, "idMember": m, "memberType": "admin" if place == 0 else "normal", "unconfirmed": False,
         "deactivated": False}
        for place, m in enumerate(board.members)
    ]  # fmt: skip


def board_lists(desk: Desk, board: str, which: str | None = None) -> Answer:
    found = desk.board(board)
    wanted = _lists(desk.state.lists_of(found.id), which or desk.text("filter", "open"))
    fields = desk.names("fields", "all")
    return json_answer(200, [chosen(full_list(one), fields) for one in wanted])


def board_checklists(desk: Desk, board: str) -> Answer:
    return json_answer(200, _checklists(desk, desk.board(board)))


def _checklists(desk: Desk, board: Board) -> list[Json]:
    state = desk.state
    mine = [one for one in state.checklists.values() if state.cards[one.card].board == board.id]
    return [full_checklist(one, board.id) for one in mine]


def board_members(desk: Desk, board: str) -> Answer:
    found = desk.board(board)
    fields = desk.names("fields", ",".join(MEMBER_FIELDS))
    return json_answer(200, [chosen(full_member(desk.state.members[m]), fields) for m in found.members])


def board_memberships(desk: Desk, board: str) -> Answer:
    return json_answer(200, _memberships(desk.board(board)))


def board_cards(desk: Desk, board: str, which: str = "visible") -> Answer:
    """Unpaged by default, in the board's order; `limit`, `before`, `since` (creation), `sort=-id`."""
    found = desk.board(board)
    return _cards(desk, desk.state.cards_of(found.id), desk.text("filter", which))


def list_cards(desk: Desk, list_id: str) -> Answer:
    home = desk.board_list(list_id)
    mine = [c for c in desk.state.cards_of(home.board) if c.in_list == home.id]
    return _cards(desk, mine, desk.text("filter", "open"))


def _cards(desk: Desk, cards: list[Card], which: str) -> Answer:
    shown = filtered(desk, cards, which)
    since, before = _birth(desk, "since"), _birth(desk, "before")
    shown = [c for c in shown if (since is None or c.id >= since) and (before is None or c.id < before)]
    if desk.text("sort") == "-id":
        shown = sorted(shown, key=lambda c: c.id, reverse=True)
    if "limit" in desk.given:
        shown = shown[: desk.limited("limit", 1000)]
    fields = desk.names("fields", "all")
    return json_answer(200, [nested_card(desk, c, fields) for c in shown])


def _birth(desk: Desk, name: str) -> str | None:
    """An edge of creation as an id: an id as it is, a date as the first id of its second."""
    text = desk.text(name)
    if len(text) == 24 and "-" not in text:
        return text
    at = desk.instant(name)
    return None if at is None else f"{int(at.timestamp()):08x}" + "0" * 16


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────


def create_list(desk: Desk, board: str | None = None) -> Answer:
    home = desk.board(board or desk.text("idBoard"))
    name = desk.text("name")
    if not 1 <= len(name) <= 16384:
        raise say.bad("invalid value for name")
    return json_answer(200, full_list(desk.state.add_list(home.id, name)))


def get_list(desk: Desk, list_id: str) -> Answer:
    return json_answer(200, chosen(full_list(desk.board_list(list_id)), desk.names("fields", "all")))


def update_list(desk: Desk, list_id: str) -> Answer:
    found = desk.board_list(list_id)
    found.name = desk.text("name", found.name)
    if "closed" in desk.given:
        found.closed = desk.flag("closed")
    return json_answer(200, full_list(found))


def close_list(desk: Desk, list_id: str) -> Answer:
    found = desk.board_list(list_id)
    found.closed = desk.flag("value")
    return json_answer(200, full_list(found))


# ── members and tokens ───────────────────────────────────────────────────────────────────────────────────────────


def _member(desk: Desk, text: str) -> Member:
    if text == "me":
        return desk.member
    found = next((m for m in desk.state.members.values() if text in (m.id, m.username)), None)
    if found is None:
        raise say.missing()
    return found


def get_member(desk: Desk, member: str) -> Answer:
    found = _member(desk, member)
    full = full_member(found, private=found is desk.member)
    full["idBoards"] = [b.id for b in desk.state.boards.values() if found.id in b.members]
    return json_answer(200, chosen(full, desk.names("fields", "all")))


def member_boards(desk: Desk, member: str) -> Answer:
    found = _member(desk, member)
    mine = [b for b in desk.state.boards.values() if found.id in b.members and desk.member.id in b.members]
    fields = desk.names("fields", "all")
    return json_answer(200, [chosen(full_board(desk, b), fields) for b in mine])


def member_cards(desk: Desk, member: str) -> Answer:
    found = _member(desk, member)
    mine = [c for c in desk.state.cards.values() if found.id in c.members and not c.closed]
    seen = [c for c in mine if desk.member.id in desk.state.boards[c.board].members]
    return json_answer(200, [nested_card(desk, c, desk.names("fields", "all")) for c in seen])


def get_token(desk: Desk, token: str) -> Answer:
    owner = next((m for m in desk.state.members.values() if m.token == token), None)
    if owner is None:
        raise Refusal(say.INVALID_TOKEN)
    model = {"idModel": "*", "modelType": "Board", "read": True, "write": True}
    return json_answer(200, {"id": desk.state.new_id(desk.now), "identifier": "alignd", "idMember": owner.id,
                             "dateCreated": "2026-01-01T00:00:00.000Z", "dateExpires": None,
                             "permissions": [model]})  # fmt: skip
