"""What Trello holds: members, boards, lists, cards, actions; ids that carry their time of birth."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.wire import Json

_SHORT = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass
class Member:
    id: str
    name: str
    username: str
    token: str
    email: str

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in self.name.split()[:3]).upper()


@dataclass
class Board:
    id: str
    name: str
    short_link: str
    members: list[str]
    desc: str = ""
    closed: bool = False
    next_short: int = 1


@dataclass
class BoardList:
    id: str
    name: str
    board: str
    pos: float
    closed: bool = False


@dataclass
class CheckItem:
    id: str
    name: str
    pos: float
    complete: bool = False
    member: str | None = None
    due: datetime | None = None


@dataclass
class Checklist:
    id: str
    name: str
    card: str
    pos: float
    items: list[CheckItem] = field(default_factory=list)


@dataclass
class Card:
    id: str
    name: str
    in_list: str
    board: str
    short: int
    short_link: str
    pos: float
    active: datetime
    creator: str
    desc: str = ""
    due: datetime | None = None
    start: datetime | None = None
    due_complete: bool = False
    completed_at: datetime | None = None
    closed: bool = False
    members: list[str] = field(default_factory=list)


@dataclass
class Action:
    """`boards`: the boards whose history shows it; `card`: the card it is about."""

    id: str
    type: str
    at: datetime
    member: str
    data: Json
    boards: tuple[str, ...]
    card: str | None = None


@dataclass
class Switches:
    """Behaviours that Trello's documents leave open, and limits that tests turn on. Each can be set at any time."""

    limits: bool = False  # 300 / 10 s a key, 100 / 10 s a token
    per_key: int = 300
    per_token: int = 100
    window: float = 10.0
    lock_out_after: int = 200  # 429s a key in a window: then everything is 429 until it is over
    rate_headers: bool = True  # seen in real answers, not documented
    max_cards: int | None = None  # more cards than this in one answer: API_TOO_MANY_CARDS_REQUESTED
    date_last_edited: bool = True  # an edited comment says when; UNCONFIRMED
    desc_limit: int = 16384
    comment_limit: int | None = 16384  # assumed; UNCONFIRMED
    name_limit: int | None = 16384  # assumed; UNCONFIRMED
    advanced_items: bool = True  # items take a person and a date, on paid plans; the refusal is UNCONFIRMED
    nests_checklists: bool = True  # a board's nested checklists come with their items; UNCONFIRMED
    trims_desc: bool = False  # leading and trailing blanks are cut off; UNCONFIRMED
    extra_fields: bool = True  # live answers carry fields that the documents do not have
    lack_of_right_is: int = 401  # no write access: 401 or 404


class State:
    """Everything on the boards. Not thread-safe: the sandbox's lock guards it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.keys: set[str] = {"sandbox-trello-key"}
        self.members: dict[str, Member] = {}
        self.boards: dict[str, Board] = {}
        self.lists: dict[str, BoardList] = {}
        self.cards: dict[str, Card] = {}
        self.checklists: dict[str, Checklist] = {}
        self.actions: list[Action] = []
        self._random = random.Random(20)
        self._count = 0x5A0000

    def new_id(self, at: datetime | None = None) -> str:
        """An ObjectId: four bytes of time, five of chance, a counter."""
        self._count += 1
        when = int((at or self.now()).timestamp())
        return f"{when:08x}{'5f3a9c01de'}{self._count:06x}"

    def _short_link(self) -> str:
        return "".join(self._random.choice(_SHORT) for _ in range(8))

    # ── setting up ───────────────────────────────────────────────────────────────────────────────────────────

    def add_member(self, name: str, username: str, *, token: str | None = None, email: str = "") -> Member:
        """A member with a token (default: made from the user name)."""
        made = Member(self.new_id(), name, username, token or f"trello-token-of-{username}", email)
        self.members[made.id] = made
        return made

    def add_board(
        self, name: str, *, lists: Iterable[str] = ("To do", "Doing", "Done"), members: Iterable[str] | None = None,
        short_link: str | None = None,
    ) -> Board:  # fmt: skip
        """A board with open lists; `members`: ids (None: all there are)."""
        ids = list(self.members) if members is None else list(members)
        made = Board(self.new_id(), name, short_link or self._short_link(), ids)
        self.boards[made.id] = made
        for title in lists:
            self.add_list(made.id, title)
        return made

    def add_list(self, board: str, name: str) -> BoardList:
        """A list at the board's end."""
        last = max((one.pos for one in self.lists.values() if one.board == board), default=0.0)
        made = BoardList(self.new_id(), name, board, last + 16384)
        self.lists[made.id] = made
        return made

    # ── finding ──────────────────────────────────────────────────────────────────────────────────────────────

    def lists_of(self, board: str) -> list[BoardList]:
        """A board's lists in order."""
        return sorted((one for one in self.lists.values() if one.board == board), key=lambda one: one.pos)

    def list_named(self, board: str, name: str) -> BoardList:
        """A board's list by its name."""
        return next(one for one in self.lists_of(board) if one.name == name)

    def cards_of(self, board: str) -> list[Card]:
        """A board's cards in the order people see, archived ones too."""
        order = {one.id: place for place, one in enumerate(self.lists_of(board))}
        mine = [card for card in self.cards.values() if card.board == board]
        return sorted(mine, key=lambda card: (order.get(card.in_list, 0), card.pos, card.id))

    def comments_of(self, card: Card) -> list[Action]:
        """A card's comments, oldest first."""
        return [a for a in self.actions if a.card == card.id and a.type == "commentCard"]

    def board_by(self, text: str) -> Board | None:
        """A board by id or short link."""
        return self.boards.get(text) or next((b for b in self.boards.values() if b.short_link == text), None)

    def card_by(self, text: str) -> Card | None:
        """A card by id or short link."""
        return self.cards.get(text) or next((c for c in self.cards.values() if c.short_link == text), None)

    def bottom(self, list_id: str) -> float:
        """The position below a list's last card."""
        return max((c.pos for c in self.cards.values() if c.in_list == list_id), default=0.0) + 16384

    def top(self, list_id: str) -> float:
        """The position above a list's first card."""
        return min((c.pos for c in self.cards.values() if c.in_list == list_id), default=16384.0) / 2

    # ── changing ─────────────────────────────────────────────────────────────────────────────────────────────

    def make_card(self, list_id: str, name: str, by: str, at: datetime, pos: float) -> Card:
        """A card; the caller notes the action."""
        board = self.boards[self.lists[list_id].board]
        made = Card(
            self.new_id(at), name, list_id, board.id, board.next_short, self._short_link(), pos, at, by
        )  # fmt: skip
        board.next_short += 1
        self.cards[made.id] = made
        return made

    def note(
        self, kind: str, by: str, at: datetime, card: Card, data: dict[str, Any], boards: tuple[str, ...] = ()
    ) -> Action:  # fmt: skip
        """Write an action into the history; every action is activity on its card."""
        board = self.boards[card.board]
        full: Json = {
            "card": {"id": card.id, "name": card.name, "idShort": card.short, "shortLink": card.short_link},
            "board": {"id": board.id, "name": board.name, "shortLink": board.short_link},
        }
        full["card"].update(data.pop("card", {}))
        full.update(data)
        made = Action(self.new_id(at), kind, at, by, full, boards or (card.board,), card.id)
        self.actions.append(made)
        card.active = max(card.active, at)
        return made


def born(object_id: str) -> datetime:
    """When an ObjectId was made."""
    return datetime.fromtimestamp(int(object_id[:8], 16), UTC)
