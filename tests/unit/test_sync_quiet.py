"""When a comment has been left alone long enough, whatever the clocks of vendor and alignd make of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mapping.tasks import Comment
from sync.quiet import Clocks, Sighting, as_kept, from_kept, still_waiting

NOON = datetime(2026, 12, 10, 10, 0, tzinfo=UTC)
YEARS = timedelta(days=1500)
SAID = Comment("7", "9", "a-thandi", "Decision: one", NOON)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def is_quiet(now: datetime, vendor: datetime | None, read_before: datetime | None = None) -> bool:
    """Of a comment of noon that is seen for the first time."""
    return Clocks(now, vendor, read_before).is_quiet(NOON, Sighting.of(SAID, None, now))


@pytest.mark.parametrize("skew", [timedelta(), minutes(-25), minutes(25), timedelta(hours=-3), -YEARS])
def test_a_vendor_whose_clock_goes_otherwise_is_believed(skew: timedelta) -> None:
    """Its stamps and its Date go together, before alignd's clock or after it."""
    assert not is_quiet(NOON + minutes(9) + max(skew, timedelta()), NOON + minutes(9))
    assert is_quiet(NOON + minutes(10) + min(skew, timedelta()), NOON + minutes(10))


@pytest.mark.parametrize("date", [None, NOON - YEARS, NOON + YEARS, NOON - minutes(30)])
def test_stamps_of_alignds_own_time_count_by_it_whatever_the_vendors_date_is(date: datetime | None) -> None:
    before = NOON - minutes(90)

    assert not is_quiet(NOON + minutes(9), date, before)
    assert is_quiet(NOON + minutes(10), date, before)


@pytest.mark.parametrize("ahead", [YEARS, -YEARS])
def test_where_the_clocks_are_of_two_worlds_it_is_the_time_since_it_was_not_there(ahead: timedelta) -> None:
    now, just_now = NOON + ahead, NOON + timedelta(seconds=3)

    assert not is_quiet(now, just_now)
    assert not is_quiet(now, just_now, now - minutes(9))
    assert is_quiet(now, just_now, now - minutes(10))


@pytest.mark.parametrize("vendor", [None, NOON + timedelta(seconds=3)])
def test_a_vendors_clock_that_stands_still_holds_nothing_up(vendor: datetime | None) -> None:
    first = NOON - timedelta(hours=8)
    seen = Sighting.of(SAID, None, first)

    assert not Clocks(first, vendor).is_quiet(NOON, seen)
    assert not Clocks(first + minutes(9), vendor).is_quiet(NOON, Sighting.of(SAID, seen, first + minutes(9)))
    assert Clocks(first + minutes(10), vendor).is_quiet(NOON, Sighting.of(SAID, seen, first + minutes(10)))


def test_an_edit_begins_the_ten_minutes_anew() -> None:
    seen = Sighting.of(SAID, None, NOON)
    other = Comment("7", "9", "a-thandi", "Decision: two", NOON, NOON)

    assert Sighting.of(SAID, seen, NOON + minutes(5)) == seen
    assert Sighting.of(other, seen, NOON + minutes(5)).since == NOON + minutes(5)


def test_what_waits_is_kept_until_it_is_taken_or_nobody_sees_it_any_more() -> None:
    seen = {"work/7": Sighting.of(SAID, None, NOON), "work/8": Sighting("x", NOON)}
    fresh = {"work/9": Sighting("y", NOON + minutes(1))}

    assert from_kept(as_kept(seen)) == seen
    assert from_kept(None) == {}
    assert still_waiting(seen, {"work/7"}, fresh, NOON + minutes(1)) == {"work/8": seen["work/8"], **fresh}
    assert still_waiting(seen, set(), fresh, NOON + timedelta(weeks=5)) == fresh
