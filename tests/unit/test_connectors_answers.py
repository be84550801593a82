"""What the trackers share: answers within a deadline, quotas of a credential, texts cut to fit."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.answers import Answer, TooSlow, Unreadable, instant, read_body, zulu
from connectors.errors import BudgetSpent, Stopped
from connectors.fitting import CUT, clean, fit, one_line
from connectors.patience import Pace
from connectors.quota import Quota, shared_quota
from mapping.documents import Bullets, Document, Heading, Paragraph, Rows, Text, paragraph, plain
from tests.unit.tracker_loopback import Clock, patience_of


class Drip:
    """A body that comes a byte at a time, a second apart."""

    def __init__(self, clock: Clock, size: int) -> None:
        self.clock, self.left = clock, size

    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        self.clock.now += 1
        self.left -= 1
        return b"x" if self.left >= 0 else b""


def test_a_body_that_drips_longer_than_the_deadline_is_given_up() -> None:
    clock = Clock()
    assert read_body(Drip(clock, 5), deadline=clock() + 10, monotonic=clock) == b"xxxxx"
    with pytest.raises(TooSlow):
        read_body(Drip(clock, 50), deadline=clock() + 10, monotonic=clock)


def test_a_body_larger_than_any_answer_is_given_up() -> None:
    clock = Clock()
    with pytest.raises(TooSlow):
        read_body(Drip(clock, 50), deadline=clock() + 1000, monotonic=clock, largest=20)


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_says_so(body: bytes) -> None:
    with pytest.raises(Unreadable):
        Answer(200, {}, body).json()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Wed, 18 Nov 2026 06:00:00 GMT", datetime(2026, 11, 18, 6, tzinfo=UTC)),
        ("Wed, 18 Nov 2026 06:00:00 -0000", datetime(2026, 11, 18, 6, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
    ],
)
def test_the_vendors_clock_is_its_date_header(said: str, meant: datetime | None) -> None:
    assert Answer(200, {"date": said}).dated == meant


def test_instants_are_read_with_their_zone_or_not_at_all() -> None:
    assert instant("2026-11-18T08:00:00.000+02:00") == datetime(2026, 11, 18, 6, tzinfo=UTC)
    assert [instant(one) for one in ("2026-11-18T08:00:00", "", "soon", None, 5)] == [None] * 5
    assert zulu(datetime(2026, 11, 18, 6, 0, 0, 123456, tzinfo=UTC)) == "2026-11-18T06:00:00.123Z"


# ── quotas ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hold_is_waited_out_once_and_never_shortened() -> None:
    clock = Clock()
    quota, patience = Quota(), patience_of(clock)
    quota.hold(patience, 30)
    quota.hold(patience, 5)
    quota.turn(patience, "x")
    quota.turn(patience, "x")
    assert clock.waits == [30.0]


def test_a_hold_longer_than_the_budget_ends_the_cycle_and_a_stop_ends_the_wait() -> None:
    clock = Clock()
    quota = Quota()
    quota.hold(patience_of(clock), 500)
    with pytest.raises(BudgetSpent):
        quota.turn(patience_of(clock), "x")
    clock.set()
    with pytest.raises(Stopped):
        quota.turn(patience_of(clock, 1000), "x")


def test_a_slower_limit_holds_from_now_on_and_a_faster_one_changes_nothing() -> None:
    clock = Clock()
    quota, patience = Quota(Pace(100, 60, clock)), patience_of(clock)
    quota.slow_down(10)
    quota.slow_down(50)
    for _ in range(11):
        quota.turn(patience, "x")
    assert sum(clock.waits) == pytest.approx(60.0)


def test_a_credential_has_one_quota_in_the_process_and_other_credentials_have_their_own() -> None:
    made = itertools.count()

    def make() -> Quota:
        next(made)
        return Quota()

    one = shared_quota("vendor", "http://a", "secret-of-this-test", make)
    assert shared_quota("vendor", "http://a", "secret-of-this-test", make) is one
    assert shared_quota("vendor", "http://b", "secret-of-this-test", make) is not one
    assert shared_quota("vendor", "http://a", "another", make) is not one
    assert next(made) == 3


# ── texts cut to fit ─────────────────────────────────────────────────────────────────────────────────────────────

LONG = Document(
    (
        Heading("Heading " * 5),
        paragraph("one " * 20, "two " * 20),
        Bullets(((Text("item " * 20),), (Text("last " * 20),))),
        Rows((("a" * 30, "b"), ("c" * 30, "d"))),
        Paragraph(((Text("end"),),)),
    ),
    "alignd ref X",
)


@given(st.integers(min_value=60, max_value=700))
def test_a_text_cut_to_fit_fits_begins_as_the_whole_one_and_keeps_its_last_line(limit: int) -> None:
    shown, whole = fit(LONG, plain, limit), plain(LONG)
    assert len(shown) <= limit
    assert shown.endswith("\n\nalignd ref X")
    if shown != whole:
        kept = shown.removesuffix(f"\n\n{CUT}\n\nalignd ref X")
        assert kept == shown.removesuffix("\n\nalignd ref X").removesuffix(CUT).removesuffix("\n\n")
        assert whole.startswith(kept.rstrip("- "))
    else:
        assert len(whole) <= limit


@given(st.text(max_size=40))
def test_clean_data_is_one_line_that_utf8_can_say_and_cleaning_again_changes_nothing(text: str) -> None:
    shown = clean(text)
    assert len(shown.splitlines()) <= 1
    shown.encode()
    assert clean(shown) == shown


def test_a_title_is_one_line_of_bounded_length() -> None:
    assert one_line("a\n b\t\x00c", 50) == "a b c"
    assert one_line("x" * 60, 50) == "x" * 49 + "…"
