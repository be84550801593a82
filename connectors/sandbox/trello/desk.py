"""What every Trello handler needs: who asks, with which parameters, and the things a path or field names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.trello import say
from connectors.sandbox.trello.state import Board, BoardList, Card, Member, State, Switches
from connectors.sandbox.wire import Call, Json, Refusal, text_answer

_ID = re.compile(r"[0-9a-fA-F]{24}")
_SHORT = re.compile(r"[0-9A-Za-z]{8}")


@dataclass
class Desk:
    """One request by one member. `given`: parameters of query and body together (the body wins)."""

    state: State
    switches: Switches
    call: Call
    member: Member
    given: Json

    @property
    def now(self) -> datetime:
        return self.call.at

    # ── parameters ───────────────────────────────────────────────────────────────────────────────────────────

    def text(self, name: str, default: str = "") -> str:
        """A parameter as text."""
        value = self.given.get(name)
        return default if value is None else value if isinstance(value, str) else str(value)

    def names(self, name: str, default: str = "") -> list[str]:
        """A parameter that lists names or ids, with commas or as an array."""
        value = self.given.get(name, default)
        if isinstance(value, list):
            return [str(v) for v in value]
        return [part.strip() for part in str(value or "").split(",") if part.strip()]

    def flag(self, name: str, default: bool = False) -> bool:
        """A true or false parameter; 400 for anything else."""
        value = self.given.get(name, default)
        if isinstance(value, bool):
            return value
        if str(value).lower() in ("true", "false"):
            return str(value).lower() == "true"
        raise say.bad(f"invalid value for {name}")

    def instant(self, name: str) -> datetime | None:
        """A date parameter; null or empty clears."""
        return parse_date(self.given.get(name), name)

    def limited(self, name: str, default: int) -> int:
        """A number of 0 to 1000."""
        text = self.text(name, str(default))
        if not text.isdigit() or int(text) > 1000:
            raise say.bad(f"invalid value for {name}")
        return int(text)

    # ── what is named ────────────────────────────────────────────────────────────────────────────────────────

    def board(self, text: str) -> Board:
        """A board of the path: 400 for no id, 404 for none or not this member's."""
        check_id(text, short=True)
        found = self.state.board_by(text)
        if found is None or self.member.id not in found.members:
            raise say.missing()
        return found

    def card(self, text: str) -> Card:
        """A card of the path."""
        check_id(text, short=True)
        found = self.state.card_by(text)
        if found is None or self.member.id not in self.state.boards[found.board].members:
            raise say.missing()
        return found

    def board_list(self, text: str) -> BoardList:
        """A list of the path."""
        check_id(text)
        found = self.state.lists.get(text)
        if found is None or self.member.id not in self.state.boards[found.board].members:
            raise say.missing()
        return found

    def named_list(self, text: str) -> BoardList:
        """A list of a field."""
        if not _ID.fullmatch(text):
            raise say.bad("invalid value for idList")
        found = self.state.lists.get(text)
        if found is None:
            raise Refusal(text_answer(404, "could not find the list"))
        if self.member.id not in self.state.boards[found.board].members:
            raise Refusal(text_answer(self.switches.lack_of_right_is, "unauthorized permission requested"))
        return found

    def named_members(self, ids: list[str], board: str) -> list[str]:
        """Member ids of a field: each known and on the board, none twice."""
        for one in ids:
            if one not in self.state.members or one not in self.state.boards[board].members:
                raise say.bad("invalid value for idMembers")
        if len(set(ids)) != len(ids):
            raise say.bad("invalid value for idMembers")
        return ids


def check_id(text: str, *, short: bool = False) -> None:
    """400 "invalid id" for what can be no id."""
    if _ID.fullmatch(text) or (short and _SHORT.fullmatch(text)):
        return
    raise say.bad("invalid id")


def parse_date(value: Any, name: str) -> datetime | None:
    """An ISO date or instant; None for null."""
    if value is None or value in ("", "null"):
        return None
    try:
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00").replace(" ", "+"))
    except ValueError:
        raise say.bad(f"invalid value for {name}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def parse_pos(desk: Desk, list_id: str) -> float:
    """`pos`: top, bottom or a positive number; new cards go to the bottom."""
    text = desk.text("pos", "bottom")
    if text == "top":
        return desk.state.top(list_id)
    if text == "bottom":
        return desk.state.bottom(list_id)
    try:
        found = float(text)
    except ValueError:
        raise say.bad("invalid value for pos") from None
    if found <= 0:
        raise say.bad("invalid value for pos")
    return found
