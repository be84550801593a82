"""Numbers, periods and days as people read them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.judgements import Status
from mapping.kpis import Direction, Kpi, TargetValue, Unit
from mapping.periods import Calendar, PeriodKind
from mapping.wording import (
    against,
    apart,
    count_word,
    in_period,
    join_words,
    ordinal,
    show_date,
    show_day,
    show_gap,
    show_moment,
    show_number,
    show_period,
    show_period_short,
    show_short,
    show_target,
    show_value,
    side,
    status_word,
    the_period,
    unit_word,
)
from tests.unit.sessions_story import CALENDAR, SESSIONS, TARGET, TODAY, judged


def kpi(unit: Unit, currency: str | None = None, direction: Direction = Direction.UP) -> Kpi:
    return Kpi("k", "K", PeriodKind.WEEK, unit=unit, currency=currency, direction=direction)


COUNT, PERCENT, RATIO, SCORE, SECONDS = (
    kpi(unit) for unit in (Unit.COUNT, Unit.PERCENT, Unit.RATIO, Unit.SCORE, Unit.SECONDS)
)
RAND, EURO = kpi(Unit.CURRENCY, "ZAR"), kpi(Unit.CURRENCY, "EUR")


def target(low: str, high: str | None = None) -> TargetValue:
    return TargetValue(Decimal(low), None if high is None else Decimal(high))


@pytest.mark.parametrize(
    ("of", "value", "shown"),
    [
        (COUNT, "8200", "8,200"),
        (COUNT, "0", "0"),
        (COUNT, "-0", "0"),
        (COUNT, "-1234567", "−1,234,567"),
        (COUNT, "12.34", "12.3"),
        (COUNT, "3.333", "3.33"),
        (COUNT, "164.5", "164"),
        (COUNT, "1E+3", "1,000"),
        (COUNT, "1E+30", "1.00e+30"),
        (PERCENT, "0.016", "1.6 %"),
        (PERCENT, "0.02", "2.0 %"),
        (PERCENT, "0.22", "22 %"),
        (PERCENT, "0.181", "18.1 %"),
        (PERCENT, "1.06", "106 %"),
        (PERCENT, "12.5", "1,250 %"),
        (PERCENT, "0", "0 %"),
        (PERCENT, "0.004", "0.4 %"),
        (PERCENT, "0.00042", "0.042 %"),
        (PERCENT, "-0.05", "−5.0 %"),
        (RAND, "81000", "R 81,000"),
        (RAND, "12.5", "R 12.50"),
        (RAND, "450.4", "R 450"),
        (EURO, "1200", "EUR 1,200"),
        (kpi(Unit.CURRENCY), "5", "5"),
        (SECONDS, "125", "2 min 5 s"),
        (SECONDS, "120", "2 min"),
        (SECONDS, "45.6", "46 s"),
        (SECONDS, "0.84", "0.8 s"),
        (SECONDS, "59.7", "1 min"),
        (SECONDS, "3599.6", "1 h"),
        (SECONDS, "3780", "1 h 3 min"),
        (SECONDS, "-90", "−1 min 30 s"),
        (RATIO, "24.60", "24.6"),
        (RATIO, "0.333", "0.33"),
        (SCORE, "35", "35"),
        (SCORE, "1234.5", "1,234.5"),
    ],
)
def test_values_are_shown_in_their_unit(of: Kpi, value: str, shown: str) -> None:
    assert show_value(of, Decimal(value)) == shown


@pytest.mark.parametrize(
    ("of", "goal", "shown"),
    [
        (COUNT, target("12000"), "12,000"),
        (PERCENT, target("0.02", "0.045"), "2.0–4.5 %"),
        (PERCENT, target("0.9", "1.05"), "90–105 %"),
        (PERCENT, target("0.02", "0.1"), "2–10 %"),
        (RAND, target("90000", "105000"), "R 90,000–105,000"),
        (SECONDS, target("60", "120"), "1 min–2 min"),
        (COUNT, TargetValue(None), "none"),
        (COUNT, TargetValue(None, Decimal(5)), "5"),
    ],
)
def test_targets_are_shown_as_a_number_or_a_range(of: Kpi, goal: TargetValue, shown: str) -> None:
    assert show_target(of, goal) == shown


def test_a_value_never_looks_like_the_target_it_misses() -> None:
    assert against(PERCENT, Decimal("0.0196"), target("0.02")) == ("1.96 %", "2.0 %")
    assert against(PERCENT, Decimal("0.02"), target("0.02")) == ("2.0 %", "2.0 %")
    assert against(COUNT, Decimal("11999.6"), target("12000")) == ("11,999.6", "12,000")
    assert against(SECONDS, Decimal("125.2"), target("125")) == ("125.2 s", "2 min 5 s")
    assert apart(COUNT, Decimal("164.5"), Decimal("164.4")) == ("164.5", "164.4")


@given(st.decimals("0.001", 10**6, places=4), st.sampled_from([COUNT, PERCENT, RATIO, RAND, SECONDS]))
def test_a_miss_of_a_thousandth_shows_in_every_unit(value: Decimal, of: Kpi) -> None:
    if value == value.quantize(Decimal("0.001")):
        shown, goal = apart(of, value, value + Decimal("0.001"))
        assert shown != goal


@given(st.decimals(allow_nan=False, allow_infinity=False), st.sampled_from([COUNT, PERCENT, RATIO, RAND, SECONDS]))
def test_every_number_can_be_shown_in_a_short_line(value: Decimal, of: Kpi) -> None:
    shown = show_value(of, value)
    assert 0 < len(shown) <= 60
    assert "\n" not in shown


def test_distances_are_shares_or_points() -> None:
    assert show_gap(Decimal("-0.3167")) == "32 %"
    assert show_gap(Decimal("-0.0042")) == "0.4 %"
    assert show_gap(Decimal("0.0001")) == "under 0.1 %"
    assert show_gap(Decimal(-20)) == "2,000 %"
    assert show_short(PERCENT, Decimal("0.039")) == "3.9 points"
    assert show_short(PERCENT, Decimal("0.01")) == "1 point"
    assert show_short(PERCENT, Decimal("0.004")) == "0.4 points"
    assert show_short(COUNT, Decimal(3800)) == "3,800"
    assert show_short(RAND, Decimal(-180)) == "R 180"
    assert show_short(RAND, Decimal("67.73")) == "R 67.73"
    assert show_short(RAND, Decimal("67.73"), Decimal("527.73")) == "R 68"  # beside R 528
    assert show_short(RAND, Decimal("0.4"), Decimal("460.4")) == "R 0.40"
    assert show_number(Decimal("1234.5678"), 2) == "1,234.57"


# ── periods and days ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("label", "full", "short", "within"),
    [
        ("2026-11-16", "Mon 16 Nov", "Mon 16 Nov", "on Mon 16 Nov"),
        ("2025-11-16", "Sun 16 Nov 2025", "Sun 16 Nov 2025", "on Sun 16 Nov 2025"),
        ("2026-W46", "week of 9–15 November", "9–15 Nov", "in the week of 9–15 November"),
        ("2026-W44", "week of 26 October–1 November", "26 Oct–1 Nov", "in the week of 26 October–1 November"),
        ("2025-W46", "week of 10–16 November 2025", "10–16 Nov 2025", "in the week of 10–16 November 2025"),
        ("2026-W01", "week of 29 December–4 January", "29 Dec–4 Jan", "in the week of 29 December–4 January"),
        (
            "2026-W53",
            "week of 28 December 2026–3 January 2027",
            "28 Dec 2026–3 Jan 2027",
            "in the week of 28 December 2026–3 January 2027",
        ),
        ("2026-11", "November", "Nov", "in November"),
        ("2025-11", "November 2025", "Nov 2025", "in November 2025"),
        ("2026-Q3", "July–September", "Q3 2026", "in July–September"),
        ("2025-Q3", "July–September 2025", "Q3 2025", "in July–September 2025"),
        ("2026-H2", "July–December", "H2 2026", "in July–December"),
        ("2026", "2026", "2026", "in 2026"),
        ("FY2027-Q3", "fiscal quarter Sep–Nov 2026", "Sep–Nov 2026", "in the fiscal quarter Sep–Nov 2026"),
        (
            "FY2027-Q4",
            "fiscal quarter Dec 2026–Feb 2027",
            "Dec 2026–Feb 2027",
            "in the fiscal quarter Dec 2026–Feb 2027",
        ),
        ("FY2027", "fiscal year Mar 2026–Feb 2027", "Mar 2026–Feb 2027", "in the fiscal year Mar 2026–Feb 2027"),
    ],
)
def test_periods_are_named_by_their_dates_and_a_year_only_where_it_is_another(
    label: str, full: str, short: str, within: str
) -> None:
    period = CALENDAR.parse(label)
    assert show_period(period, TODAY) == full
    assert show_period_short(period, TODAY) == short
    assert in_period(period, TODAY) == within
    assert the_period(period, TODAY) in within


def test_a_fiscal_quarter_that_begins_within_a_month_is_named_by_its_dates() -> None:
    british = Calendar(CALENDAR.zone, fiscal_start=(4, 6))
    assert show_period(british.parse("FY2027-Q1"), TODAY) == "fiscal quarter 6 Apr–5 Jul 2026"


@given(
    st.sampled_from([one for one in PeriodKind if one is not PeriodKind.SPAN]),
    st.dates(date(2000, 1, 1), date(2099, 1, 1)),
)
def test_no_period_is_shown_by_its_label_of_machines(kind: PeriodKind, day: date) -> None:
    period = CALENDAR.containing(kind, day)
    for text in (show_period(period, TODAY), show_period_short(period, TODAY), in_period(period, TODAY)):
        assert kind is PeriodKind.YEAR or period.label not in text


def test_days_and_moments_have_short_names() -> None:
    assert show_day(date(2026, 11, 25), TODAY) == "Wed 25 Nov"
    assert show_day(date(2027, 1, 4), TODAY) == "Mon 4 Jan 2027"
    assert show_date(date(2026, 9, 1), TODAY) == "1 Sep"
    assert show_moment(datetime(2026, 11, 18, 6, 10, tzinfo=CALENDAR.zone), TODAY) == "Wed 18 Nov 06:10"


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_counts_and_ordinals_are_words_up_to_twelve() -> None:
    assert [count_word(n) for n in (0, 1, 8, 12, 13)] == ["no", "one", "eight", "twelve", "13"]
    assert [ordinal(n) for n in (1, 2, 12, 13, 21, 22, 23, 101, 111)] == [
        "first", "second", "twelfth", "13th", "21st", "22nd", "23rd", "101st", "111th",
    ]  # fmt: skip


def test_period_kinds_have_words_in_one_and_many() -> None:
    assert [unit_word(kind) for kind in PeriodKind] == [
        "day", "week", "month", "quarter", "half-year", "year", "quarter", "year", "span",
    ]  # fmt: skip
    assert unit_word(PeriodKind.FISCAL_QUARTER, 2) == "quarters"


def test_lists_are_joined_with_and() -> None:
    assert join_words([]) == ""
    assert join_words(["Thandi"]) == "Thandi"
    assert join_words(["Thandi", "Johan", "Neo"]) == "Thandi, Johan and Neo"


def test_where_a_value_lies_depends_on_direction_and_range() -> None:
    costs = kpi(Unit.CURRENCY, "ZAR", Direction.DOWN)
    between = target("0.02", "0.045")
    assert side(SESSIONS, Decimal(1), TARGET) == "below"
    assert side(costs, Decimal(99), TARGET) == "above"
    assert side(PERCENT, Decimal("0.01"), between) == "below"
    assert side(PERCENT, Decimal("0.05"), between) == "above"


@pytest.mark.parametrize(
    ("status", "value", "flags", "state", "word"),
    [
        (Status.OFF_TRACK, "1", (), "value", "below"),
        (Status.AT_RISK, "1", (), "value", "close"),
        (Status.ON_TRACK, "1", (), "value", "on target"),
        (Status.ON_TRACK, "1", ("ahead",), "value", "ahead"),
        (Status.UNKNOWN, "1", ("paused",), "value", "paused"),
        (Status.UNKNOWN, None, (), "missing", "no number"),
        (Status.UNKNOWN, "1", (), "untrusted", "not trusted"),
        (Status.UNKNOWN, "1", (), "value", "not judged"),
    ],
)
def test_a_status_is_a_word_people_use(
    status: Status, value: str | None, flags: tuple[str, ...], state: str, word: str
) -> None:
    found = judged(SESSIONS, "2026-W46", value, status, flags=frozenset(flags), state=state)
    assert status_word(SESSIONS, found) == word


def test_a_number_without_a_target_says_so() -> None:
    assert status_word(SESSIONS, judged(SESSIONS, "2026-W46", "1", Status.UNKNOWN, target=None)) == "no target"
