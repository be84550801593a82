"""Rhythms: the laws every rule keeps, and the awkward days by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.periods import Calendar, PeriodKind
from mapping.rhythms import Every, Occurrence, On, Rhythm, instant_of, occurrence_in, occurrences

ZONES = (
    "Africa/Cairo", "Africa/Casablanca", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi",
    "America/Anchorage", "America/Bogota", "America/Chicago", "America/Denver", "America/Halifax", "America/Havana",
    "America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Nuuk", "America/Santiago",
    "America/Sao_Paulo", "America/St_Johns", "Antarctica/Troll", "Asia/Amman", "Asia/Beirut", "Asia/Dhaka",
    "Asia/Jerusalem", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Riyadh", "Asia/Seoul", "Asia/Shanghai",
    "Asia/Singapore", "Asia/Tehran", "Asia/Tokyo", "Atlantic/Azores", "Australia/Lord_Howe", "Australia/Sydney",
    "Europe/Berlin", "Europe/Dublin", "Europe/London", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham",
)  # fmt: skip
KINDS = [one for one in PeriodKind if one is not PeriodKind.SPAN]
LONG_KINDS = [one for one in KINDS if one not in (PeriodKind.DAY, PeriodKind.WEEK)]
UTC_CALENDAR = Calendar(ZoneInfo("UTC"))

days = st.dates(date(2005, 1, 1), date(2055, 12, 31))
times = st.times().map(lambda at: time(at.hour, at.minute))
calendars = st.builds(
    Calendar,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    week_starts=st.integers(0, 6),
    fiscal_start=st.sampled_from([(1, 1), (3, 1), (4, 6), (7, 1), (10, 1), (2, 28), (12, 31)]),
    country=st.sampled_from([None, "ZA", "DE", "US", "EG", "JP"]),
    extra_holidays=st.frozensets(st.dates(date(2026, 11, 1), date(2027, 2, 28)), max_size=60),
)
weekdays = st.builds(On, weekday=st.integers(0, 6))
in_long = st.one_of(
    st.none(),
    st.builds(On, weekday=st.integers(0, 6), nth=st.sampled_from([1, 2, 3, 4, -1])),
    st.builds(On, nth=st.integers(1, 31)),
    st.builds(On, nth=st.one_of(st.just(-1), st.integers(1, 23)), business=st.just(True)),
)


def rhythms(anchors: st.SearchStrategy[date | None]) -> st.SearchStrategy[Rhythm]:
    counts = st.integers(1, 5)
    return st.one_of(
        st.builds(Rhythm, st.builds(Every, counts, st.just(PeriodKind.DAY)), st.none(), times, anchors),
        st.builds(
            Rhythm, st.builds(Every, counts, st.just(PeriodKind.WEEK)), st.one_of(st.none(), weekdays), times, anchors
        ),
        st.builds(Rhythm, st.builds(Every, counts, st.sampled_from(LONG_KINDS)), in_long, times, anchors),
    )


any_rhythm = rhythms(st.one_of(st.none(), days))


def met(rhythm: Rhythm, calendar: Calendar, first: date, last: date) -> list[Occurrence]:
    return list(occurrences(rhythm, calendar, first, last))


def dates(rhythm: Rhythm, first: date, last: date, calendar: Calendar = UTC_CALENDAR) -> list[date]:
    return [one.day for one in met(rhythm, calendar, first, last)]


def ruled(rhythm: Rhythm, first: date, last: date, calendar: Calendar = UTC_CALENDAR) -> list[date]:
    """The days the rule alone names, wherever they moved."""
    return [one.ruled for one in met(rhythm, calendar, first, last + timedelta(days=14)) if first <= one.ruled <= last]


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(any_rhythm, calendars, days)
@settings(max_examples=50, deadline=None)
def test_time_only_goes_forward_from_one_meeting_to_the_next(rhythm: Rhythm, calendar: Calendar, start: date) -> None:
    found = met(rhythm, calendar, start, start + timedelta(days=800))
    for one, following in pairwise(found):
        assert one.at < following.at
        assert one.day < following.day
        assert one.slot < following.slot


@given(any_rhythm, calendars, days, st.integers(0, 500))
@settings(max_examples=50, deadline=None)
def test_the_same_meetings_come_out_from_wherever_one_begins(
    rhythm: Rhythm, calendar: Calendar, start: date, later: int
) -> None:
    end, cut = start + timedelta(days=700), start + timedelta(days=later)
    whole = met(rhythm, calendar, start, end)
    assert met(rhythm, calendar, start, cut) + met(rhythm, calendar, cut + timedelta(days=1), end) == whole


@given(any_rhythm, calendars, days)
@settings(max_examples=50, deadline=None)
def test_stepping_slot_by_slot_finds_what_asking_for_a_window_finds(
    rhythm: Rhythm, calendar: Calendar, start: date
) -> None:
    end = start + timedelta(days=500)
    slot = calendar.containing(rhythm.every.kind, start - timedelta(days=120))
    stepped = []
    while slot.first <= end:
        found = occurrence_in(rhythm, slot, calendar)
        if found is not None and start <= found.day <= end:
            stepped.append(found)
        slot = calendar.after(slot)
    assert stepped == met(rhythm, calendar, start, end)


@given(any_rhythm, calendars, days)
@settings(max_examples=50, deadline=None)
def test_no_meeting_falls_on_a_weekend_or_a_holiday_and_none_before_its_ruled_day(
    rhythm: Rhythm, calendar: Calendar, start: date
) -> None:
    for one in met(rhythm, calendar, start, start + timedelta(days=400)):
        assert calendar.is_business_day(one.day)
        assert one.ruled <= one.day
        assert one.ruled in one.slot
        assert not any(
            calendar.is_business_day(one.ruled + timedelta(days=n)) for n in range((one.day - one.ruled).days)
        )


@given(any_rhythm, calendars, days)
@settings(max_examples=50, deadline=None)
def test_a_meeting_is_at_its_local_time_or_at_the_first_one_the_day_has_after_it(
    rhythm: Rhythm, calendar: Calendar, start: date
) -> None:
    for one in met(rhythm, calendar, start, start + timedelta(days=400)):
        local = one.at.astimezone(calendar.zone)
        wanted = datetime.combine(one.day, rhythm.at)
        assert local.replace(tzinfo=None) >= wanted
        if local.replace(tzinfo=None) != wanted:
            just_before = (one.at - timedelta(seconds=1)).astimezone(calendar.zone).replace(tzinfo=None)
            assert just_before < wanted
        else:
            earlier = wanted.replace(tzinfo=calendar.zone, fold=0).astimezone(UTC)
            assert one.at == earlier


@pytest.mark.parametrize("zone", ZONES)
def test_fifty_years_do_not_drift(zone: str) -> None:
    calendar = Calendar(ZoneInfo(zone))
    every_second = Rhythm(Every(2, PeriodKind.WEEK), On(weekday=1), time(2, 30), date(2026, 9, 8))
    found = met(every_second, calendar, date(2026, 9, 8), date(2076, 9, 8))
    assert len(found) == 1305
    for number, one in enumerate(found):
        assert one.day == date(2026, 9, 8) + timedelta(weeks=2 * number)
        assert one.at == instant_of(one.day, time(2, 30), calendar.zone)


@given(st.integers(1, 6), st.integers(0, 6), days)
@settings(max_examples=60, deadline=None)
def test_every_nth_week_is_what_rrule_says(count: int, weekday: int, anchor: date) -> None:
    first = anchor + timedelta(days=(weekday - anchor.weekday()) % 7)
    monday = Calendar(ZoneInfo("UTC"))
    rhythm = Rhythm(Every(count, PeriodKind.WEEK), On(weekday=weekday), anchor=first)
    end = first + timedelta(days=1500)
    theirs = rrule(WEEKLY, interval=count, byweekday=weekday, dtstart=datetime.combine(first, time()),
                   until=datetime.combine(end, time()))  # fmt: skip
    assert ruled(rhythm, first, end, monday) == [one.date() for one in theirs]


@given(
    st.sampled_from([(PeriodKind.MONTH, 1), (PeriodKind.QUARTER, 3), (PeriodKind.HALF_YEAR, 6), (PeriodKind.YEAR, 12)]),
    st.integers(0, 6),
    st.sampled_from([1, 2, 3, 4, -1]),
)
@settings(max_examples=60, deadline=None)
def test_the_nth_weekday_of_a_period_is_what_rrule_says(kind: tuple[PeriodKind, int], weekday: int, nth: int) -> None:
    name, months = kind
    start, end = date(2026, 1, 1), date(2040, 12, 31)
    # rrule looks in one month of each period: the first, or for "last" the last.
    looked_in = range(1, 13, months) if nth > 0 else range(months, 13, months)
    theirs = rrule(MONTHLY, bymonth=tuple(looked_in), byweekday=weekday, bysetpos=nth,
                   dtstart=datetime.combine(start, time()), until=datetime.combine(end, time()))  # fmt: skip
    rhythm = Rhythm(Every(1, name), On(weekday=weekday, nth=nth))
    assert ruled(rhythm, start, end) == [one.date() for one in theirs]


@given(st.integers(1, 9), days)
@settings(max_examples=40, deadline=None)
def test_every_nth_day_is_what_rrule_says_less_those_that_moved_onto_the_next(count: int, anchor: date) -> None:
    end = anchor + timedelta(days=300)
    theirs = rrule(DAILY, interval=count, dtstart=datetime.combine(anchor, time()), until=datetime.combine(end, time()))
    wanted = []
    for one in theirs:
        day = one.date()
        while day.weekday() >= 5:
            day += timedelta(days=1)
        wanted.append(day)
    found = dates(Rhythm(Every(count, PeriodKind.DAY), anchor=anchor), anchor, end)
    assert found == [day for day in sorted(set(wanted)) if day <= end]


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_second_week_goes_on_over_a_new_year_of_53_weeks() -> None:
    rhythm = Rhythm(Every(2, PeriodKind.WEEK), On(weekday=0), anchor=date(2026, 12, 7))
    found = met(rhythm, UTC_CALENDAR, date(2026, 12, 1), date(2027, 1, 31))
    assert [one.day for one in found] == [date(2026, 12, 7), date(2026, 12, 21), date(2027, 1, 4), date(2027, 1, 18)]
    assert [one.slot.label for one in found] == ["2026-W50", "2026-W52", "2027-W01", "2027-W03"]


def test_29_february_is_the_last_of_the_month_in_other_years() -> None:
    rhythm = Rhythm(Every(1, PeriodKind.YEAR), On(nth=29))
    assert ruled(rhythm, date(2027, 1, 1), date(2028, 12, 31)) == [date(2027, 1, 29), date(2028, 1, 29)]
    monthly = Rhythm(Every(1, PeriodKind.MONTH), On(nth=29))
    assert ruled(monthly, date(2027, 2, 1), date(2027, 2, 28)) == [date(2027, 2, 28)]
    assert ruled(monthly, date(2028, 2, 1), date(2028, 2, 29)) == [date(2028, 2, 29)]


def test_the_31st_is_the_30th_where_a_month_ends_with_it() -> None:
    rhythm = Rhythm(Every(1, PeriodKind.MONTH), On(nth=31))
    assert ruled(rhythm, date(2026, 9, 1), date(2026, 12, 31)) == [
        date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31),
    ]  # fmt: skip


def test_a_day_of_the_month_in_a_fiscal_quarter_that_begins_within_one_is_the_first_there_is() -> None:
    calendar = Calendar(ZoneInfo("Europe/London"), fiscal_start=(4, 6))
    on_third = Rhythm(Every(1, PeriodKind.FISCAL_QUARTER), On(nth=3))
    assert ruled(on_third, date(2026, 4, 6), date(2026, 12, 31), calendar)[:2] == [date(2026, 5, 3), date(2026, 8, 3)]


def test_the_second_tuesday_of_a_fiscal_quarter_is_counted_from_its_own_first_day() -> None:
    calendar = Calendar(ZoneInfo("Africa/Johannesburg"), fiscal_start=(3, 1))
    rhythm = Rhythm(Every(1, PeriodKind.FISCAL_QUARTER), On(weekday=1, nth=2))
    found = met(rhythm, calendar, date(2026, 11, 1), date(2027, 6, 30))
    assert [(one.day, one.slot.label) for one in found] == [
        (date(2026, 12, 8), "FY2027-Q4"), (date(2027, 3, 9), "FY2028-Q1"), (date(2027, 6, 8), "FY2028-Q2"),
    ]  # fmt: skip


def test_business_days_are_counted_past_holidays_of_the_country_and_the_teams_own() -> None:
    calendar = Calendar(ZoneInfo("Africa/Johannesburg"), country="ZA", extra_holidays=frozenset({date(2026, 12, 28)}))
    first = Rhythm(Every(1, PeriodKind.MONTH), On(nth=1, business=True))
    fifth = Rhythm(Every(1, PeriodKind.MONTH), On(nth=5, business=True))
    last = Rhythm(Every(1, PeriodKind.MONTH), On(nth=-1, business=True))
    assert dates(first, date(2027, 1, 1), date(2027, 1, 31), calendar) == [date(2027, 1, 4)]
    assert dates(fifth, date(2026, 12, 1), date(2026, 12, 31), calendar) == [date(2026, 12, 7)]
    assert dates(last, date(2026, 12, 1), date(2026, 12, 31), calendar) == [date(2026, 12, 31)]


def test_a_holiday_moves_a_meeting_to_the_next_business_day_and_it_stays_the_same_meeting() -> None:
    calendar = Calendar(ZoneInfo("Africa/Johannesburg"), country="ZA")
    rhythm = Rhythm(Every(1, PeriodKind.WEEK), On(weekday=2), time(10))
    wednesday = met(rhythm, calendar, date(2026, 12, 14), date(2026, 12, 20))  # 16 December is Reconciliation Day
    assert [(one.ruled, one.day, one.slot.label) for one in wednesday] == [
        (date(2026, 12, 16), date(2026, 12, 17), "2026-W51")
    ]


def test_a_region_has_holidays_of_its_own() -> None:
    bavaria = Calendar(ZoneInfo("Europe/Berlin"), country="DE", subdivision="BY")
    berlin = Calendar(ZoneInfo("Europe/Berlin"), country="DE", subdivision="BE")
    epiphany = Rhythm(Every(1, PeriodKind.MONTH), On(nth=6))
    assert dates(epiphany, date(2027, 1, 1), date(2027, 1, 31), bavaria) == [date(2027, 1, 7)]
    assert dates(epiphany, date(2027, 1, 1), date(2027, 1, 31), berlin) == [date(2027, 1, 6)]


def test_holidays_longer_than_a_month_only_put_a_meeting_off() -> None:
    closed = frozenset(date(2026, 12, 1) + timedelta(days=n) for n in range(62))
    calendar = Calendar(ZoneInfo("UTC"), extra_holidays=closed)
    found = met(Rhythm(Every(1, PeriodKind.MONTH), On(nth=10)), calendar, date(2027, 2, 1), date(2027, 2, 5))
    assert [(one.ruled, one.day) for one in found] == [(date(2027, 1, 10), date(2027, 2, 1))]


def test_two_slots_that_move_onto_one_day_are_one_meeting_the_later_ones() -> None:
    daily = Rhythm(Every(1, PeriodKind.DAY))
    found = met(daily, UTC_CALENDAR, date(2026, 11, 20), date(2026, 11, 24))
    assert [(one.day, one.slot.label) for one in found] == [
        (date(2026, 11, 20), "2026-11-20"), (date(2026, 11, 23), "2026-11-23"), (date(2026, 11, 24), "2026-11-24"),
    ]  # fmt: skip


def test_without_a_day_a_week_meets_as_it_begins() -> None:
    sunday_first = Calendar(ZoneInfo("UTC"), week_starts=6)
    assert dates(Rhythm(Every(1, PeriodKind.WEEK)), date(2026, 11, 15), date(2026, 11, 21), sunday_first) == [
        date(2026, 11, 16)  # Sunday is no day to meet on
    ]


def test_nothing_happens_before_the_anchor() -> None:
    rhythm = Rhythm(Every(2, PeriodKind.WEEK), On(weekday=0), anchor=date(2026, 9, 7))
    assert dates(rhythm, date(2026, 7, 1), date(2026, 9, 30)) == [date(2026, 9, 7), date(2026, 9, 21)]


def test_without_an_anchor_every_second_week_is_the_same_for_ever() -> None:
    rhythm = Rhythm(Every(2, PeriodKind.WEEK), On(weekday=0))
    found = dates(rhythm, date(2026, 1, 1), date(2036, 1, 1))
    assert {(later - one).days for one, later in pairwise(found)} == {14}


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("America/New_York", date(2027, 3, 14), time(2, 30), datetime(2027, 3, 14, 7, 0, tzinfo=UTC)),  # a gap
        ("America/New_York", date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # twice
        ("Africa/Cairo", date(2027, 4, 30), time(0, 0), datetime(2027, 4, 29, 22, 0, tzinfo=UTC)),  # no midnight
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 30), time(9, 0), datetime(2011, 12, 30, 10, 0, tzinfo=UTC)),  # no such day
    ],
)
def test_a_time_a_day_lacks_is_the_first_it_has_and_one_it_has_twice_is_once(
    zone: str, day: date, at: time, instant: datetime
) -> None:
    assert instant_of(day, at, ZoneInfo(zone)) == instant
