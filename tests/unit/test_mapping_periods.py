"""Periods, the calendars that make them, and the instants they end at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.periods import Calendar, Period, PeriodKind, span_of
from mapping.spans import Span, SpanUnit, parse_span

JOHANNESBURG = ZoneInfo("Africa/Johannesburg")
ZONES = [
    "Africa/Johannesburg",
    "America/Sao_Paulo",  # jumped over midnight every spring until 2018
    "America/Havana",  # had midnight twice every autumn
    "Pacific/Apia",  # had no 30 December 2011
    "Asia/Beirut",
    "Europe/Berlin",
    "America/St_Johns",
]

days = st.dates(date(1970, 1, 1), date(2100, 12, 31))
kinds = st.sampled_from([kind for kind in PeriodKind if kind is not PeriodKind.SPAN])
starts = st.tuples(st.integers(1, 12), st.integers(1, 31)).filter(lambda md: _is_day(*md))
calendars = st.builds(Calendar, st.just(JOHANNESBURG), st.integers(0, 6), starts)


def _is_day(month: int, day: int) -> bool:
    try:
        date(2001, month, day)
    except ValueError:
        return False
    return True


def calendar(**given: object) -> Calendar:
    return Calendar(JOHANNESBURG, **given)  # type: ignore[arg-type]


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(calendars, kinds, days)
def test_periods_of_a_kind_tile_time_without_gap_or_overlap(cal: Calendar, kind: PeriodKind, day: date) -> None:
    period = cal.containing(kind, day)
    assert day in period
    assert cal.containing(kind, period.first) == cal.containing(kind, period.last) == period
    assert cal.after(period).first == period.last + timedelta(days=1)
    assert cal.before(period).last == period.first - timedelta(days=1)


@given(calendars, kinds, days, st.integers(-60, 60))
def test_before_and_after_undo_each_other(cal: Calendar, kind: PeriodKind, day: date, n: int) -> None:
    period = cal.containing(kind, day)
    assert cal.before(cal.after(period, n), n) == period
    stepped = period
    for _ in range(abs(n)):
        stepped = cal.after(stepped) if n > 0 else cal.before(stepped)
    assert cal.after(period, n) == stepped


@given(calendars, kinds, days)
def test_every_label_reads_back_as_its_period(cal: Calendar, kind: PeriodKind, day: date) -> None:
    period = cal.containing(kind, day)
    assert cal.parse(period.label) == period


@given(calendars, kinds, days)
def test_labels_of_neighbours_differ_and_periods_sort_by_time(cal: Calendar, kind: PeriodKind, day: date) -> None:
    period = cal.containing(kind, day)
    assert len({cal.before(period).label, period.label, cal.after(period).label}) == 3
    assert cal.before(period) < period < cal.after(period)


@given(calendars, days)
def test_a_week_is_named_after_the_iso_week_of_its_fourth_day(cal: Calendar, day: date) -> None:
    week = cal.containing(PeriodKind.WEEK, day)
    fourth = week.first + timedelta(days=3)
    assert week.label == f"{fourth.isocalendar().year}-W{fourth.isocalendar().week:02d}"
    assert (week.last - week.first).days == 6
    assert week.first.weekday() == cal.week_starts


@given(calendars, days)
def test_a_fiscal_year_is_named_after_the_year_it_ends_in_and_has_four_quarters(cal: Calendar, day: date) -> None:
    year = cal.containing(PeriodKind.FISCAL_YEAR, day)
    assert year.label == f"FY{year.last.year}"
    assert (year.first.month, year.first.day) == cal.fiscal_start
    quarter = cal.containing(PeriodKind.FISCAL_QUARTER, year.first)
    for number in range(1, 5):
        assert quarter.label == f"{year.label}-Q{number}"
        assert quarter.first in year
        assert quarter.last in year
        quarter = cal.after(quarter)
    assert quarter.first == year.last + timedelta(days=1)


@given(kinds, st.sampled_from(ZONES), st.dates(date(2005, 1, 1), date(2030, 12, 31)))
def test_a_period_ends_at_the_instant_the_next_begins_in_any_zone(kind: PeriodKind, zone: str, day: date) -> None:
    cal = Calendar(ZoneInfo(zone))
    period = cal.containing(kind, day)
    assert cal.ends_at(period) == cal.start_of(cal.after(period).first)
    assert cal.ends_at(cal.before(period)) < cal.ends_at(period)


@given(st.sampled_from(ZONES), st.dates(date(2005, 1, 1), date(2030, 12, 31)))
def test_a_day_starts_at_its_first_instant(zone: str, day: date) -> None:
    cal = Calendar(ZoneInfo(zone))
    start = cal.start_of(day)
    assert cal.local_date(start) >= day
    assert cal.local_date(start - timedelta(seconds=1)) < day


@given(days, st.integers(-15, 15), st.integers(0, 40))
def test_adding_business_days_is_monotone_and_lands_on_business_days(day: date, n: int, later: int) -> None:
    cal = calendar(country="ZA")
    there = cal.add_business_days(day, n)
    assert there <= cal.add_business_days(day + timedelta(days=later), n)
    assert there <= cal.add_business_days(day, n + 1)
    assert n == 0 or cal.is_business_day(there)


@given(days, st.integers(0, 10), st.integers(0, 10))
def test_business_days_add_up(day: date, a: int, b: int) -> None:
    cal = calendar(country="ZA")
    assert cal.add_business_days(cal.add_business_days(day, a), b) == cal.add_business_days(day, a + b)


# ── examples ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("label", "first", "last", "kind"),
    [
        ("2026-11-16", date(2026, 11, 16), date(2026, 11, 16), PeriodKind.DAY),
        ("2026-W46", date(2026, 11, 9), date(2026, 11, 15), PeriodKind.WEEK),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30), PeriodKind.MONTH),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), PeriodKind.QUARTER),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31), PeriodKind.HALF_YEAR),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), PeriodKind.YEAR),
        ("FY2027-Q3", date(2026, 9, 1), date(2026, 11, 30), PeriodKind.FISCAL_QUARTER),
        ("FY2027", date(2026, 3, 1), date(2027, 2, 28), PeriodKind.FISCAL_YEAR),
    ],
)
def test_the_contract_s_labels(label: str, first: date, last: date, kind: PeriodKind) -> None:
    assert calendar(fiscal_start=(3, 1)).parse(label) == Period(first, last, kind, label)


def test_weeks_that_start_on_sunday_keep_the_iso_name_of_their_middle() -> None:
    cal = calendar(week_starts=6)
    assert cal.containing(PeriodKind.WEEK, date(2026, 11, 8)) == Period(
        date(2026, 11, 8), date(2026, 11, 14), PeriodKind.WEEK, "2026-W46"
    )


def test_the_week_around_new_year_is_named_after_the_year_of_its_fourth_day() -> None:
    assert calendar().containing(PeriodKind.WEEK, date(2027, 1, 1)).label == "2026-W53"
    assert calendar(week_starts=6).containing(PeriodKind.WEEK, date(2027, 1, 3)).label == "2027-W01"


def test_a_fiscal_year_from_january_is_that_year() -> None:
    assert calendar().containing(PeriodKind.FISCAL_YEAR, date(2026, 5, 1)).label == "FY2026"
    assert calendar().containing(PeriodKind.FISCAL_QUARTER, date(2026, 5, 1)).label == "FY2026-Q2"


def test_a_fiscal_year_from_the_last_of_a_month_has_quarters_that_fit_short_months() -> None:
    cal = calendar(fiscal_start=(11, 30))
    quarter = cal.parse("FY2027-Q2")
    assert (quarter.first, quarter.last) == (date(2027, 2, 28), date(2027, 5, 29))


def test_a_fiscal_year_cannot_start_on_29_february() -> None:
    with pytest.raises(ValueError, match="02-29, a day that not every year has"):
        calendar(fiscal_start=(2, 29))
    with pytest.raises(ValueError, match="write MM-DD"):
        calendar(fiscal_start=(13, 1))
    with pytest.raises(ValueError, match="0 \\(Monday\\) to 6"):
        calendar(week_starts=7)


@pytest.mark.parametrize(
    "label", ["", "2026-W54", "2025-W53", "2026-13", "2026-02-30", "2026-Q5", "2026-H3", "W46", "26-11", "FY27", "0000"]
)
def test_what_is_no_period_is_refused_with_what_to_write(label: str) -> None:
    with pytest.raises(ValueError, match="write a period like 2026-11-16, 2026-W46"):
        calendar().parse(label)


def test_calendars_have_ends_that_are_said_and_not_crashed_into() -> None:
    with pytest.raises(ValueError, match=r"calendars reach|years from"):
        calendar().after(calendar().parse("2026"), 100_000)


@pytest.mark.parametrize(
    ("label", "ago"),
    [
        ("2026-11-16", "2025-11-17"),  # 364 days: a Monday as well
        ("2026-W46", "2025-W46"),
        ("2026-W53", "2026-W01"),  # 364 days, whatever the year is called
        ("2026-11", "2025-11"),
        ("2026-Q4", "2025-Q4"),
        ("2026-H2", "2025-H2"),
        ("2026", "2025"),
        ("FY2027-Q3", "FY2026-Q3"),
        ("FY2027", "FY2026"),
    ],
)
def test_a_year_ago_is_364_days_for_days_and_weeks_else_the_same_period(label: str, ago: str) -> None:
    cal = calendar(fiscal_start=(3, 1))
    assert cal.year_ago(cal.parse(label)).label == ago


def test_a_midnight_that_a_zone_lacks_is_the_first_instant_that_exists() -> None:
    cal = Calendar(ZoneInfo("America/Sao_Paulo"))
    start = cal.start_of(date(2018, 11, 4))  # clocks went from 00:00 to 01:00
    assert start == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert start.astimezone(cal.zone).hour == 1


def test_a_day_that_a_zone_lacks_starts_when_the_next_does() -> None:
    cal = Calendar(ZoneInfo("Pacific/Apia"))
    assert (
        cal.start_of(date(2011, 12, 30)) == cal.start_of(date(2011, 12, 31)) == datetime(2011, 12, 30, 10, tzinfo=UTC)
    )


def test_of_two_midnights_the_first_begins_the_day() -> None:
    cal = Calendar(ZoneInfo("America/Havana"))  # on 2 November 2025 clocks went from 01:00 back to 00:00
    assert cal.start_of(date(2025, 11, 2)) == datetime(2025, 11, 2, 4, tzinfo=UTC)


def test_a_source_in_another_zone_ends_the_same_dates_at_another_instant() -> None:
    cal = calendar()
    week = cal.parse("2026-W46")
    assert cal.ends_at(week) == datetime(2026, 11, 15, 22, tzinfo=UTC)
    assert cal.ends_at(week, ZoneInfo("America/Los_Angeles")) == datetime(2026, 11, 16, 8, tzinfo=UTC)


def test_local_date_needs_an_instant_with_a_zone() -> None:
    assert calendar().local_date(datetime(2026, 11, 15, 22, tzinfo=UTC)) == date(2026, 11, 16)
    with pytest.raises(ValueError, match="needs a zone"):
        calendar().local_date(datetime(2026, 11, 15, 22))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("span", "instant"),
    [
        ("48h", datetime(2026, 11, 2, 22, tzinfo=UTC)),
        ("90m", datetime(2026, 10, 31, 23, 30, tzinfo=UTC)),
        ("20 days", datetime(2026, 11, 20, 22, tzinfo=UTC)),  # the end of 20 November
        ("2w", datetime(2026, 11, 14, 22, tzinfo=UTC)),
        ("5 business days", datetime(2026, 11, 6, 22, tzinfo=UTC)),  # the end of Friday 6 November
        ("2 periods", datetime(2026, 12, 31, 22, tzinfo=UTC)),
    ],
)
def test_deadlines_count_elapsed_hours_but_whole_days_from_the_period_s_end(span: str, instant: datetime) -> None:
    cal = calendar()
    assert cal.deadline(cal.parse("2026-10"), parse_span(span)) == instant


def test_hours_are_elapsed_time_across_a_clock_change() -> None:
    cal = Calendar(ZoneInfo("Europe/Berlin"))
    saturday = cal.parse("2026-10-24")  # the night after it has 25 hours to the next midnight
    assert cal.deadline(saturday, parse_span("24h")).astimezone(cal.zone).hour == 23
    assert cal.deadline(saturday, parse_span("1 day")).astimezone(cal.zone).hour == 0


def test_business_days_skip_weekends_public_holidays_and_the_team_s_own_days() -> None:
    cal = calendar(country="ZA", extra_holidays=frozenset({date(2026, 12, 28)}))
    assert not cal.is_business_day(date(2026, 12, 16))  # Day of Reconciliation
    assert not cal.is_business_day(date(2026, 12, 28))
    assert not cal.is_business_day(date(2026, 12, 19))
    assert cal.add_business_days(date(2026, 12, 24), 1) == date(2026, 12, 29)
    assert cal.add_business_days(date(2026, 12, 29), -1) == date(2026, 12, 24)


def test_subdivisions_have_holidays_of_their_own() -> None:
    day = date(2026, 6, 4)  # Corpus Christi
    assert not Calendar(ZoneInfo("Europe/Berlin"), country="DE", subdivision="BY").is_business_day(day)
    assert Calendar(ZoneInfo("Europe/Berlin"), country="DE", subdivision="BE").is_business_day(day)


def test_a_country_that_rests_on_other_days_has_its_own_weekend() -> None:
    cal = Calendar(ZoneInfo("Asia/Riyadh"), country="SA")
    assert not cal.is_business_day(date(2026, 11, 13))  # a Friday
    assert cal.is_business_day(date(2026, 11, 15))  # a Sunday


def test_a_date_is_moved_by_days_weeks_and_business_days_only() -> None:
    cal = calendar()
    assert cal.add(date(2026, 11, 16), Span(-3, SpanUnit.DAYS)) == date(2026, 11, 13)
    assert cal.add(date(2026, 11, 16), Span(2, SpanUnit.WEEKS)) == date(2026, 11, 30)
    assert cal.add(date(2026, 11, 16), Span(-10, SpanUnit.BUSINESS_DAYS)) == date(2026, 11, 2)
    with pytest.raises(ValueError, match="cannot be moved by 48 hours"):
        cal.add(date(2026, 11, 16), Span(48, SpanUnit.HOURS))


# ── spans ────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(days, st.integers(0, 400), st.integers(-30, 30))
def test_spans_follow_each_other_as_long_as_they_are(first: date, length: int, n: int) -> None:
    calendar = Calendar(ZoneInfo("Africa/Johannesburg"))
    span = span_of(first, first + timedelta(days=length))
    following = calendar.after(span)
    assert following.first == span.last + timedelta(days=1)
    assert calendar.before(calendar.after(span, n), n) == span
    assert calendar.deadline(span, Span(1, SpanUnit.PERIODS)) == calendar.ends_at(following)


def test_a_span_names_its_two_days_and_never_ends_before_it_begins() -> None:
    assert span_of(date(2026, 9, 14), date(2026, 10, 31)).label == "2026-09-14..2026-10-31"
    with pytest.raises(ValueError, match="before"):
        span_of(date(2026, 9, 14), date(2026, 9, 13))
