"""Work hours: when the service may write to people, and when it wakes to."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.model import Workspace
from config.shape.who import WorkHours
from mapping.periods import Calendar
from sync.plan.hours import closed_because, is_open, opens_next

ZONE = ZoneInfo("Africa/Johannesburg")
CALENDAR = Calendar(ZONE, country="ZA", extra_holidays=frozenset({date(2026, 12, 28)}))
WEEKDAYS = WorkHours(frozenset(range(5)), time(8), time(17))
TEAM = Workspace("saypro", "SayPro", CALENDAR, WEEKDAYS)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-18T08:00", "2026-11-18T08:00"),
        ("2026-11-18T16:59", "2026-11-18T16:59"),
        ("2026-11-18T17:00", "2026-11-19T08:00"),
        ("2026-11-18T07:59", "2026-11-18T08:00"),
        ("2026-11-20T17:00", "2026-11-23T08:00"),
        ("2026-12-15T18:00", "2026-12-17T08:00"),  # Wednesday the 16th is a holiday
        ("2026-12-24T18:00", "2026-12-29T08:00"),  # Christmas, a weekend, a day of the team's own
    ],
)
def test_people_are_written_to_in_their_hours_and_not_on_holidays(now: str, opens: str) -> None:
    assert opens_next(local(now), TEAM) == local(opens)
    assert is_open(local(now), TEAM) is (now == opens)


def test_without_work_hours_it_is_always_time() -> None:
    assert is_open(local("2026-12-25T03:00"), Workspace("saypro", "SayPro", CALENDAR))


def test_who_works_on_saturdays_is_written_to_on_saturdays() -> None:
    team = Workspace("saypro", "SayPro", CALENDAR, WorkHours(frozenset(range(6)), time(8), time(12)))
    assert is_open(local("2026-11-21T08:00"), team)
    assert not is_open(local("2026-12-26T08:00"), team)  # a Saturday, and a holiday


@pytest.mark.parametrize(
    ("now", "because"),
    [
        ("2026-11-18T12:00", None),
        ("2026-11-20T17:00", "outside work_hours, from Mon 08:00"),
        ("2026-11-18T06:00", "outside work_hours, from Wed 08:00"),
    ],
)
def test_the_reason_says_from_when(now: str, because: str | None) -> None:
    assert closed_because(local(now), TEAM) == because


def test_a_start_that_is_further_away_is_said_with_its_date() -> None:
    mondays = Workspace("saypro", "SayPro", CALENDAR, WorkHours(frozenset({0}), time(8), time(17)))
    assert closed_because(local("2026-12-21T17:00"), mondays) == "outside work_hours, from Mon 4 Jan 2027 08:00"


@given(st.integers(0, 700 * 24 * 60), st.sampled_from(["Europe/Berlin", "America/Santiago"]))
def test_it_is_open_when_it_opens_and_closed_until_then(minutes: int, zone: str) -> None:
    team = Workspace(
        "acme", "Acme", Calendar(ZoneInfo(zone), country="DE"), WorkHours(frozenset(range(5)), time(0), time(6))
    )
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opens = opens_next(now, team)
    assert is_open(opens, team)
    assert now <= opens <= now + timedelta(days=8)
    if opens > now:
        assert opens_next(now + (opens - now) / 2, team) == opens
