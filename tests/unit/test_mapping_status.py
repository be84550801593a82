"""Status: exact comparison, tolerance, gap, ahead; pauses and numbers that judge nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.judgements import Status
from mapping.kpis import Direction, Kpi, Pause, TargetValue, Tolerance
from mapping.periods import Calendar, PeriodKind
from mapping.readings import Reading, State
from mapping.status import judge, judgement_of, pause_of

CALENDAR = Calendar(ZoneInfo("Africa/Johannesburg"))
NOW = datetime(2026, 11, 18, 6, tzinfo=UTC)
FIVE_PERCENT = Tolerance(Decimal("0.05"), relative=True)
UP, DOWN = Direction.UP, Direction.DOWN
ORDER = [Status.OFF_TRACK, Status.AT_RISK, Status.ON_TRACK]

numbers = st.decimals(min_value=Decimal("-1e9"), max_value=Decimal("1e9"), places=4)
tolerances = st.builds(Tolerance, st.decimals(min_value=0, max_value=1, places=3), st.booleans())


def at(low: str | int | Decimal, high: str | Decimal | None = None) -> TargetValue:
    return TargetValue(Decimal(low), None if high is None else Decimal(high))


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(numbers, numbers, tolerances)
def test_down_is_up_with_every_sign_turned(value: Decimal, target: Decimal, tolerance: Tolerance) -> None:
    up = judge(value, at(target), tolerance, UP)
    down = judge(-value, at(-target), tolerance, DOWN)
    assert (up.status, up.gap, up.short, up.ahead) == (down.status, down.gap, down.short, down.ahead)


@given(numbers, numbers, numbers, tolerances)
def test_a_better_value_is_never_judged_worse(a: Decimal, b: Decimal, target: Decimal, tolerance: Tolerance) -> None:
    worse, better = sorted((a, b))
    first, second = judge(worse, at(target), tolerance, UP), judge(better, at(target), tolerance, UP)
    assert ORDER.index(first.status) <= ORDER.index(second.status)
    assert first.ahead <= second.ahead
    assert first.gap is None or second.gap is None or first.gap <= second.gap


@given(numbers, numbers, tolerances)
def test_the_statuses_are_those_of_exact_arithmetic(value: Decimal, target: Decimal, tolerance: Tolerance) -> None:
    verdict = judge(value, at(target), tolerance, UP)
    short = Fraction(target) - Fraction(value)
    allowed = Fraction(tolerance.amount) * (abs(Fraction(target)) if tolerance.relative else 1)
    expected = Status.ON_TRACK if short <= 0 else Status.AT_RISK if short <= allowed else Status.OFF_TRACK
    assert verdict.status is expected
    assert verdict.short == Decimal(short.numerator) / Decimal(short.denominator)
    if target:
        assert verdict.gap == Decimal(round(-short / abs(Fraction(target)) * 10000)).scaleb(-4)
    else:
        assert verdict.gap is None


@given(numbers, numbers, numbers, tolerances, st.sampled_from(Direction))
def test_a_range_is_judged_by_its_nearer_end_whatever_the_direction(
    value: Decimal, a: Decimal, b: Decimal, tolerance: Tolerance, direction: Direction
) -> None:
    low, high = sorted((a, b))
    verdict = judge(value, at(low, high), tolerance, direction)
    if low <= value <= high:
        assert (verdict.status, str(verdict.gap), verdict.short) == (Status.ON_TRACK, "0.0000", Decimal(0))
    else:
        end, side = (low, UP) if value < low else (high, DOWN)
        plain = judge(value, at(end), tolerance, side)
        assert (verdict.status, verdict.gap, verdict.short) == (plain.status, plain.gap, plain.short)
    assert not verdict.ahead


# ── edges ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "status", "gap"),
    [
        ("12000", Status.ON_TRACK, "0.0000"),
        ("11999.9999", Status.AT_RISK, "0.0000"),
        ("11400", Status.AT_RISK, "-0.0500"),
        ("11399.9999999999999999999999", Status.OFF_TRACK, "-0.0500"),
        ("8200", Status.OFF_TRACK, "-0.3167"),
        ("14399.99", Status.ON_TRACK, "0.2000"),
        ("0", Status.OFF_TRACK, "-1.0000"),
        ("-12000", Status.OFF_TRACK, "-2.0000"),
    ],
)
def test_up_at_its_edges(value: str, status: Status, gap: str) -> None:
    verdict = judge(Decimal(value), at("12000"), FIVE_PERCENT, UP)
    assert (verdict.status, verdict.gap) == (status, Decimal(gap))
    assert not verdict.ahead


@pytest.mark.parametrize(
    ("value", "status"),
    [("25", Status.ON_TRACK), ("25.0001", Status.AT_RISK), ("26.25", Status.AT_RISK), ("26.2501", Status.OFF_TRACK)],
)
def test_down_at_its_edges(value: str, status: Status) -> None:
    assert judge(Decimal(value), at("25"), FIVE_PERCENT, DOWN).status is status


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("0.02", Status.ON_TRACK),
        ("0.045", Status.ON_TRACK),
        ("0.019", Status.AT_RISK),  # 5 % of 0.02
        ("0.0189", Status.OFF_TRACK),
        ("0.04725", Status.AT_RISK),  # 5 % of 0.045
        ("0.0473", Status.OFF_TRACK),
    ],
)
def test_a_range_at_its_edges(value: str, status: Status) -> None:
    assert judge(Decimal(value), at("0.02", "0.045"), FIVE_PERCENT, UP).status is status


def test_a_plain_tolerance_is_in_the_unit() -> None:
    three_points = Tolerance(Decimal("0.03"), relative=False)
    assert judge(Decimal("0.19"), at("0.22"), three_points, UP).status is Status.AT_RISK
    assert judge(Decimal("0.1899"), at("0.22"), three_points, UP).status is Status.OFF_TRACK
    assert judge(Decimal(-3), at(0), Tolerance(Decimal(3), relative=False), UP).status is Status.AT_RISK


def test_a_value_with_endless_digits_is_compared_exactly() -> None:
    third = Decimal("0." + "3" * 50)
    assert judge(third, at("0." + "3" * 49 + "4"), Tolerance(Decimal(0), relative=True), UP).status is Status.OFF_TRACK
    assert judge(third, at("0." + "3" * 28), Tolerance(Decimal(0), relative=True), UP).status is Status.ON_TRACK


def test_at_a_target_of_zero_there_is_no_gap_and_nobody_is_ahead() -> None:
    for value in (-5, 0, 5):
        verdict = judge(Decimal(value), at(0), FIVE_PERCENT, UP)
        assert verdict.gap is None
        assert not verdict.ahead
    assert judge(Decimal(-1), at(0), FIVE_PERCENT, UP).status is Status.OFF_TRACK


@pytest.mark.parametrize(
    ("value", "target", "direction", "ahead"),
    [
        ("120", "100", UP, True),
        ("119.9999", "100", UP, False),
        ("80", "100", DOWN, True),
        ("80.0001", "100", DOWN, False),
        ("-80", "-100", UP, True),
        ("-120", "-100", DOWN, True),
    ],
)
def test_ahead_is_20_percent_and_more_better_than_the_target(
    value: str, target: str, direction: Direction, ahead: bool
) -> None:
    assert judge(Decimal(value), at(target), FIVE_PERCENT, direction).ahead is ahead


def test_the_gap_is_rounded_half_even_for_show() -> None:
    assert judge(Decimal("99.995"), at(100), FIVE_PERCENT, UP).gap == Decimal("0.0000")
    assert judge(Decimal("99.985"), at(100), FIVE_PERCENT, UP).gap == Decimal("-0.0002")


def test_a_target_without_a_number_judges_nothing() -> None:
    with pytest.raises(ValueError, match="without a number"):
        judge(Decimal(1), TargetValue(None), FIVE_PERCENT, UP)


# ── readings ─────────────────────────────────────────────────────────────────────────────────────────────────────

KPI = Kpi("sessions", "Website sessions", PeriodKind.WEEK)
READING = Reading(
    "sessions", "hash", CALENDAR.parse("2026-W46"), State.VALUE, Decimal(8200), True, NOW, frozenset({"sampled"})
)
TARGET = at(12000)


def test_a_reading_is_judged_with_its_flags() -> None:
    got = judgement_of(READING, KPI, TARGET, "", NOW)
    assert (got.kpi, got.definition, got.period, got.status) == ("sessions", "hash", READING.period, Status.OFF_TRACK)
    assert (got.value, got.target, got.gap, got.judged_at) == (Decimal(8200), TARGET, Decimal("-0.3167"), NOW)
    assert (got.flags, got.reason, got.state, got.corrects) == (frozenset({"sampled"}), "", "value", False)


def test_ahead_and_background_are_flags() -> None:
    got = judgement_of(replace(READING, value=Decimal(20000), background=True), KPI, TARGET, "", NOW, corrects=True)
    assert got.flags == {"sampled", "ahead", "background"}
    assert got.background
    assert got.corrects


@pytest.mark.parametrize(
    ("state", "note", "reason"),
    [
        (State.MISSING, "", "there is no number"),
        (State.AWAITED, "", "the number is not there yet"),
        (State.UNTRUSTED, "sheet Spend!D14 holds #REF!", "the number is not believed: sheet Spend!D14 holds #REF!"),
    ],
)
def test_a_number_that_is_not_there_or_not_believed_is_unknown_with_the_reason(
    state: State, note: str, reason: str
) -> None:
    got = judgement_of(replace(READING, state=state, value=None, note=note), KPI, TARGET, "", NOW)
    assert (got.status, got.gap, got.target, got.reason, got.state) == (
        Status.UNKNOWN,
        None,
        TARGET,
        reason,
        state.value,
    )


def test_an_untrusted_number_is_not_judged_though_it_is_kept_for_show() -> None:
    got = judgement_of(replace(READING, state=State.UNTRUSTED), KPI, TARGET, "", NOW)
    assert (got.status, got.value) == (Status.UNKNOWN, Decimal(8200))


def test_without_a_target_it_is_unknown_with_the_reason() -> None:
    got = judgement_of(READING, KPI, None, "the target is measured from the week before, and that is zero", NOW)
    assert (got.status, got.target, got.gap) == (Status.UNKNOWN, None, None)
    assert got.reason == "the target is measured from the week before, and that is zero"
    assert judgement_of(READING, KPI, None, "", NOW).reason == "no target is agreed for it"


@pytest.mark.parametrize(
    ("first", "last", "paused"),
    [
        (date(2026, 11, 1), date(2026, 11, 9), True),  # its Monday
        (date(2026, 11, 15), date(2026, 12, 1), True),  # its Sunday
        (date(2026, 11, 11), date(2026, 11, 11), True),
        (date(2026, 11, 1), date(2026, 11, 8), False),
        (date(2026, 11, 16), date(2026, 12, 1), False),
    ],
)
def test_a_period_is_paused_when_any_of_its_days_is(first: date, last: date, paused: bool) -> None:
    kpi = replace(
        KPI, paused=(Pause(date(2020, 1, 1), date(2020, 1, 2)), Pause(first, last, "Summer shutdown", "johan"))
    )
    got = judgement_of(READING, kpi, TARGET, "", NOW)
    assert (pause_of(kpi, READING.period) is not None) is paused
    if paused:
        assert (got.status, got.value, got.reason) == (Status.UNKNOWN, Decimal(8200), "paused: Summer shutdown")
        assert "paused" in got.flags
    else:
        assert got.status is Status.OFF_TRACK
        assert "paused" not in got.flags
