"""What was told lately, a row a letter: for `status`, pages, and whoever asks what became of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from mapping.letters import Posted, Posting
from mapping.wording import show_moment

LETTERS = 12


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter in one channel. `at`: when it was last tried, or met. `said`: what became of it, in words; `doubt`:
    nobody knows whether somebody has it. `to`: how many addresses it was for.
    """

    at: datetime
    kind: str
    channel: str
    title: str
    said: str
    to: int = 1
    doubt: bool = False


def letter_rows(posted: Sequence[Posted], zone: tzinfo) -> list[LetterRow]:
    """The newest letters, newest first."""
    by_letter: dict[tuple[str, str], list[Posted]] = {}
    for one in posted:
        by_letter.setdefault((one.key, one.channel), []).append(one)
    rows = [_row(rows, zone) for rows in by_letter.values()]
    return sorted(rows, key=lambda row: row.at, reverse=True)[:LETTERS]


def _row(rows: Sequence[Posted], zone: tzinfo) -> LetterRow:
    at = max(_when(one) for one in rows).astimezone(zone)
    newest = max(rows, key=_when)
    parts = []
    for posting, what in _BECAME.items():
        them = [one for one in rows if one.posting is posting]
        if not them:
            continue
        if len(them) < len(rows):
            what = f"{len(them)} of {len(rows)} {_AMONG.get(posting, what)}"
        elif len(them) > 1:
            what = f"{what} to {len(them)}" if posting is Posting.SENT else f"{what} ({len(them)})"
        parts.append(f"{what}{_why(them[0], zone)}")
    doubt = any(one.posting is Posting.UNKNOWN for one in rows)
    return LetterRow(at, newest.kind.value, newest.channel, newest.subject, "; ".join(parts), len(rows), doubt)


def _why(one: Posted, zone: tzinfo) -> str:
    why = f": {one.why}" if one.why and one.posting is not Posting.SENT else ""
    if one.posting is Posting.PENDING and one.not_before is not None:
        at = one.not_before.astimezone(zone)
        return f"{why}, again {show_moment(at, at.date())}"
    return why


def _when(one: Posted) -> datetime:
    return one.attempted_at or one.made_at


_BECAME = {
    Posting.SENT: "sent",
    Posting.SENDING: "sent? nobody knows",
    Posting.UNKNOWN: "sent? nobody knows",
    Posting.PENDING: "to be sent",
    Posting.REFUSED: "not sent",
    Posting.MISSED: "not sent in its time",
}
_AMONG = {Posting.SENDING: "in doubt", Posting.UNKNOWN: "in doubt"}
