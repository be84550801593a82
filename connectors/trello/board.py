"""The board: its lists by kind of work, its members, and how it is read in one call (in pages, if it is too large)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.answers import zulu
from connectors.calls import Calls
from connectors.errors import NeedsPerson, Refused, Unreachable
from connectors.trello.checklists import is_whole
from connectors.trello.client import MOST, TooMuchAtOnce, TrelloClient
from connectors.trello.settings import TrelloSettings
from connectors.trello.wire import ACTION_TYPES, CARD_FIELDS
from mapping.people import Person
from mapping.queries import Trouble
from mapping.tasks import WorkKind


@dataclass(frozen=True, slots=True)
class Board:
    """`open_lists`: (id, name) from left to right. `named`: name in the file → list id. `done`: ids that mean done.

    `members`: user name in lower case → id. `missing`: names in the file that no list has.
    """

    id: str
    name: str
    open_lists: tuple[tuple[str, str], ...]
    list_names: Mapping[str, str]
    named: Mapping[str, str]
    done: frozenset[str]
    missing: tuple[str, ...]
    members: Mapping[str, str]
    lost: frozenset[str] = field(default=frozenset())  # lists Trello refused since: not used again

    def place(self, kind: WorkKind, wanted: Mapping[str, str]) -> str | None:
        """List id for a kind of work: its own, else the default one, else the first open list that is not `done`."""
        for key in (kind.value, "default"):
            found = self.named.get(wanted[key]) if key in wanted else None
            if found is not None and found not in self.lost:
                return found
        usable = [one for one, _ in self.open_lists if one not in self.lost]
        return next((one for one in usable if one not in self.done), next(iter(usable), None))

    def accounts(self, people: Sequence[Person]) -> dict[str, str]:
        """Person → member id, for those whose user name is on the board."""
        names = user_names(people)
        return {person: self.members[name] for person, name in names.items() if name in self.members}

    def troubles(self, where: str, people: Sequence[Person]) -> tuple[Trouble, ...]:
        """What a person should put right: lists and members that are not there."""
        first = self.open_lists[0][1] if self.open_lists else "nowhere"
        found = [
            Trouble(
                f"{where} list {name}",
                f"the board {self.name} has no open list {name}: what belongs there goes to {first}",
                f"make that list, or name another one in trackers.{where}.lists",
                "extra",
            )
            for name in self.missing
        ]
        for person, name in user_names(people).items():
            if name and name not in self.members:  # somebody without a user name is simply not in Trello
                what = f"{name} ({person}) is not a member of the board {self.name}"
                mend = f"invite them to the board, or correct people.{person}.trello; until then work names them"
                found.append(Trouble(f"{where} people.{person}", what, mend, "extra"))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one read of the board gave. `is_paged`: its cards had to be read in pages, and will be again.

    `checklists`: of all its cards, with their items; None when they were not asked for, or the board does not show
    them.
    """

    board: Board
    cards: tuple[Mapping[str, Any], ...]
    actions: tuple[Mapping[str, Any], ...]
    began: datetime | None
    is_paged: bool
    checklists: tuple[Mapping[str, Any], ...] | None = None


def user_names(people: Sequence[Person]) -> dict[str, str]:
    """Person → Trello user name as the file has it, in lower case, without the @; "" for none."""
    return {one.id: dict(one.accounts).get("trello", "").lstrip("@").strip().casefold() for one in people}


def read_board(
    client: TrelloClient,
    settings: TrelloSettings,
    calls: Calls,
    *,
    archived_too: bool,
    since: datetime | None,
    remembered: Mapping[str, str],
    paged: bool,
    checklists_too: bool = False,
) -> Reading:
    """One nested read: lists, members, cards and what happened since. More only where Trello's pages are full."""
    query = {
        "fields": "name,closed",
        "lists": "all",
        "list_fields": "name,closed,pos",
        "members": "all",
        "member_fields": "username,fullName",
        "cards": "none" if paged else _which(archived_too),
        "card_fields": CARD_FIELDS,
        "actions": ",".join(ACTION_TYPES),
        "actions_limit": str(MOST),
        "action_member": "false",
        "action_memberCreator": "false",
    }
    if since is not None:
        query["actions_since"] = zulu(since)
    if checklists_too:
        query |= {"checklists": "all", "checklist_fields": "all"}
    calls.needed(1)
    try:
        said = _board(client, settings, query)
    except TooMuchAtOnce:
        query = query | {"cards": "none"}
        said, paged = _board(client, settings, query), True
    began = client.vendor_now
    said = {**said, **_unnested(client, calls, said, query)}
    board = _described(said, settings, remembered)
    cards: list[Mapping[str, Any]] = [one for one in said.get("cards") or [] if isinstance(one, dict)]
    if paged or (cards and len(cards) % MOST == 0):  # so round a number may be a page's end
        cards += _more_cards(client, calls, board.id, _which(archived_too), cards)
    actions: list[Mapping[str, Any]] = [one for one in said.get("actions") or [] if isinstance(one, dict)]
    if since is not None:
        actions += _more_actions(client, calls, board.id, since, actions)
    shown = said.get("checklists") if checklists_too else None
    checklists = tuple(one for one in shown or () if isinstance(one, dict)) if is_whole(shown) else None
    return Reading(board, tuple(cards), tuple(actions), began, paged, checklists)


def _unnested(
    client: TrelloClient, calls: Calls, said: Mapping[str, Any], query: Mapping[str, str]
) -> dict[str, list[Any]]:
    """What was asked for within the board and is not in the answer at all, asked on its own route.

    An empty list says that there is nothing; a list that is not there says nothing, and would be taken for a board
    without cards.
    """
    actions = {
        "filter": query["actions"],
        "limit": query["actions_limit"],
        "member": "false",
        "memberCreator": "false",
    } | ({"since": query["actions_since"]} if "actions_since" in query else {})
    routes: dict[str, tuple[str, dict[str, str]]] = {
        "lists": ("lists", {"filter": query["lists"], "fields": query["list_fields"]}),
        "members": ("members", {"fields": query["member_fields"]}),
        "cards": (f"cards/{query['cards']}", {"fields": query["card_fields"]}),
        "actions": ("actions", actions),
    }
    if "checklists" in query:
        routes["checklists"] = ("checklists", {})
    found: dict[str, list[Any]] = {}
    for name, (path, asked) in routes.items():
        whole = is_whole(said.get(name)) if name == "checklists" else isinstance(said.get(name), list)
        if whole or query.get(name) == "none":
            continue
        calls.needed(1)
        try:
            listed = client.get(f"/boards/{said['id']}/{path}", asked)
        except (Refused, NeedsPerson):
            if name != "checklists":  # these are shown card by card too
                raise
            continue
        if not isinstance(listed, list):
            raise Unreachable(client.where, f"Trello's answer has no {name} in it", "the next cycle asks again")
        found[name] = listed
    return found


def _which(archived_too: bool) -> str:
    return "all" if archived_too else "open"


def _board(client: TrelloClient, settings: TrelloSettings, query: Mapping[str, str]) -> Mapping[str, Any]:
    where = settings.id
    try:
        said = client.get(f"/boards/{settings.board}", query)
    except TooMuchAtOnce:
        raise
    except Refused as refusal:
        if refusal.status not in (400, 404):
            raise
        mend = f"check trackers.{where}.board, and let the token's user onto that board"
        what = f"the board {settings.board} is not there, or alignd's user may not see it ({refusal.status})"
        raise NeedsPerson(where, what, mend, status=refusal.status) from None
    if not isinstance(said, dict) or not isinstance(said.get("id"), str):
        raise Unreachable(where, "Trello's answer has no board in it", "the next cycle asks again")
    if said.get("closed") is True:
        mend = f"open it again, or name another one in trackers.{where}.board"
        raise NeedsPerson(where, f"the board {said.get('name')} is closed", mend)
    return said


def _more_cards(
    client: TrelloClient, calls: Calls, board: str, which: str, sofar: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The rest of the cards, oldest last, a page at a time: `before` is the id of the oldest card so far."""
    found: list[Mapping[str, Any]] = []
    oldest = min((str(one["id"]) for one in sofar), default=None)
    while True:
        query = {"fields": CARD_FIELDS, "limit": str(MOST), "sort": "-id"} | ({"before": oldest} if oldest else {})
        calls.needed(1)
        said = client.get(f"/boards/{board}/cards/{which}", query)
        page = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
        found += page
        following = min((str(one["id"]) for one in page), default=None)
        if len(page) < MOST or following is None or following == oldest:
            return found
        oldest = following


def _more_actions(
    client: TrelloClient, calls: Calls, board: str, since: datetime, sofar: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Older actions while a page is full: newest come first, so walk back to `since`."""
    found: list[Mapping[str, Any]] = []
    page = list(sofar)
    while len(page) >= MOST:
        oldest = min(page, key=lambda one: (str(one.get("date")), str(one.get("id"))))
        calls.needed(1)
        said = client.get(
            f"/boards/{board}/actions",
            {
                "filter": ",".join(ACTION_TYPES),
                "since": zulu(since),
                "before": str(oldest.get("id")),
                "limit": str(MOST),
                "member": "false",
                "memberCreator": "false",
            },
        )
        page = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
        found += page
    return found


def _described(said: Mapping[str, Any], settings: TrelloSettings, remembered: Mapping[str, str]) -> Board:
    lists = [one for one in said.get("lists") or [] if isinstance(one, dict) and isinstance(one.get("id"), str)]
    lists.sort(key=lambda one: one["pos"] if isinstance(one.get("pos"), int | float) else 0)
    names = {one["id"]: str(one.get("name") or "") for one in lists}
    still_open = {one["id"]: names[one["id"]] for one in lists if one.get("closed") is not True}
    wanted, done = settings.lists.named(), settings.lists.done
    named = {name: at for name in wanted.values() if (at := _find(name, still_open, remembered)) is not None}
    # an archived list that means done still does
    finished = {name: at for name in done if (at := _find(name, names, remembered)) is not None}
    members = [one for one in said.get("members") or [] if isinstance(one, dict) and isinstance(one.get("id"), str)]
    return Board(
        id=said["id"],
        name=str(said.get("name") or settings.board),
        open_lists=tuple(still_open.items()),
        list_names=names,
        named=named | finished,
        done=frozenset(finished.values()),
        missing=tuple(
            name for name in dict.fromkeys((*wanted.values(), *done)) if name not in named and name not in finished
        ),
        members={str(one["username"]).casefold(): one["id"] for one in members if one.get("username")},
    )


def _find(name: str, lists: Mapping[str, str], remembered: Mapping[str, str]) -> str | None:
    """By id if it was found before and is still there, else by name: exactly, then whatever the case."""
    known = remembered.get(name)
    if known in lists:
        return known
    exact = [one for one, called in lists.items() if called == name]
    alike = [one for one, called in lists.items() if called.strip().casefold() == name.strip().casefold()]
    return next(iter((*exact, *alike)), None)
