"""What was told lately, as status shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mapping.letters import LetterKind, Posted, Posting
from sync.letters_shown import LETTERS, letter_rows

AT = datetime(2026, 11, 18, 6, 30, tzinfo=UTC)
ROW = Posted("saypro/digest/mail/2026-W47", "a@x.example", "mail", LetterKind.DIGEST, "The week", Posting.SENT, AT, AT)
ZONE = ZoneInfo("Africa/Johannesburg")


def said(*postings: Posting, **changes: object) -> str:
    rows = [replace(ROW, address=f"{n}@x.example", posting=one, **changes) for n, one in enumerate(postings)]  # type: ignore[arg-type]
    (row,) = letter_rows(rows, ZONE)
    return row.said


def test_one_letter_says_what_became_of_it() -> None:
    assert said(Posting.SENT) == "sent"
    assert said(Posting.SENT, Posting.SENT) == "sent to 2"
    assert said(Posting.UNKNOWN, why="the line broke") == "sent? nobody knows: the line broke"
    assert said(Posting.SENT, Posting.SENT, Posting.UNKNOWN) == "2 of 3 sent; 1 of 3 in doubt"
    later = AT + timedelta(minutes=5)
    words = said(Posting.PENDING, why="no answer", not_before=later)
    assert words == "to be sent: no answer, again Wed 18 Nov 08:35"
    assert said(Posting.MISSED, why="alignd was not running") == "not sent in its time: alignd was not running"


def test_the_newest_come_first_and_not_all_of_them() -> None:
    rows = [replace(ROW, key=f"k{n}", attempted_at=AT + timedelta(hours=n)) for n in range(20)]
    shown = letter_rows(rows, ZONE)
    assert len(shown) == LETTERS
    assert shown[0].at == AT + timedelta(hours=19)
