"""Pace and cross-checks: what is expected by now, which KPIs can have a pace, when two sources agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.companions import CrossCheck, Pace, Role
from mapping.crosschecks import agree, cross_check, other_of
from mapping.decimals import wide
from mapping.definitions import canonical
from mapping.formulas import parse_formula
from mapping.kpis import Direction, Kpi, Pause, SameAs, SourceTerms, TargetValue, Tolerance, Unit
from mapping.pace import days_of, pace_of, same_days_last_year, so_far_by, why_no_pace
from mapping.periods import Calendar, Period, PeriodKind, span_of
from mapping.queries import Aggregate, CrmQuery, MetricQuery, TableQuery
from mapping.readings import Reading, State
from mapping.spans import Span, SpanUnit
from mapping.texts.pace import check_line, pace_line, pace_row

CALENDAR = Calendar(ZoneInfo("Africa/Johannesburg"), fiscal_start=(3, 1))
READ = datetime(2026, 12, 7, 6, tzinfo=UTC)
ROWS = TableQuery("scorecard", "Leads!A:D", "Date", None, Aggregate.COUNT)
LEADS = Kpi("leads", "New leads", PeriodKind.MONTH, value=ROWS, pace="even")
KINDS = [kind for kind in PeriodKind if kind not in (PeriodKind.SPAN, PeriodKind.DAY)]
DAYS = st.dates(date(2020, 1, 1), date(2031, 12, 31))
MONEY = st.decimals(Decimal("0.01"), Decimal(10) ** 9, places=2)


def reading(period: Period, value: str | Decimal | None, **more: object) -> Reading:
    state = State.VALUE if value is not None else State.MISSING
    given = Reading("leads", "d", period, state, Decimal(value) if value is not None else None, False, READ)
    return replace(given, **more)  # type: ignore[arg-type]


def pace(
    value: str, target: str | None = "180", kpi: Kpi = LEADS, last: date = date(2026, 12, 6), **more: Reading
) -> Pace:
    so_far = reading(span_of(date(2026, 12, 1), last), value)
    companions = {Role.SO_FAR: so_far} | {Role(name): one for name, one in more.items()}
    agreed = TargetValue(Decimal(target)) if target is not None else None
    found = pace_of(kpi, companions, agreed, CALENDAR, last + timedelta(days=1))
    assert found is not None
    return found


# ── even ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_even_pace_is_the_targets_share_of_the_days_that_are_over() -> None:
    found = pace("36", "186")
    assert (found.expected, found.ahead, found.until) == (Decimal(36), True, date(2026, 12, 6))
    assert not pace("35", "186").ahead


def test_of_what_should_stay_low_as_many_as_expected_is_well() -> None:
    spend = replace(LEADS, unit=Unit.CURRENCY, currency="ZAR", direction=Direction.DOWN)
    assert pace("36", "186", spend).ahead
    assert not pace("37", "186", spend).ahead


@settings(max_examples=60)
@given(kind=st.sampled_from(KINDS), day=DAYS, target=MONEY)
def test_what_is_expected_grows_with_every_day_and_never_reaches_the_target(
    kind: PeriodKind, day: date, target: Decimal
) -> None:
    running = CALENDAR.containing(kind, day)
    kpi = replace(LEADS, period=kind)
    before = Decimal(0)
    for over in sorted({running.first, day, running.last - timedelta(days=1)}):
        so_far = so_far_by(running, over)
        if so_far is None:
            continue
        found = pace_of(kpi, {Role.SO_FAR: reading(so_far, "0")}, TargetValue(target), CALENDAR, running.last)
        assert found is not None
        assert found.expected is not None
        assert before < found.expected < target
        before = found.expected
        with wide():
            assert abs(found.expected * days_of(running) - target * days_of(so_far)) < Decimal("1e-20")


@settings(max_examples=60)
@given(kind=st.sampled_from(KINDS), day=DAYS)
def test_a_period_is_in_part_over_from_its_second_day_to_its_last(kind: PeriodKind, day: date) -> None:
    running = CALENDAR.containing(kind, day)
    assert so_far_by(running, running.first - timedelta(days=1)) is None
    assert so_far_by(running, running.last) is None
    for over in (running.first, running.last - timedelta(days=1)):
        assert so_far_by(running, over) == span_of(running.first, over)


# ── like last year ───────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=80)
@given(kind=st.sampled_from(KINDS), day=DAYS)
def test_the_same_days_a_year_ago_lie_in_the_same_period_and_begin_with_it(kind: PeriodKind, day: date) -> None:
    running = CALENDAR.containing(kind, day)
    so_far = span_of(running.first, day)
    then, whole = same_days_last_year(so_far, running, CALENDAR), CALENDAR.year_ago(running)
    assert then.first == whole.first
    assert then.last in whole
    assert abs(days_of(then) - days_of(so_far)) <= 1  # a leap day
    if kind is PeriodKind.WEEK:
        assert then.last.weekday() == day.weekday()
        assert days_of(then) == days_of(so_far)


def test_a_leap_day_is_the_end_of_february_a_year_ago() -> None:
    year = CALENDAR.containing(PeriodKind.YEAR, date(2028, 2, 29))
    assert same_days_last_year(span_of(year.first, date(2028, 2, 29)), year, CALENDAR).last == date(2027, 2, 28)


def test_like_last_year_follows_how_that_year_came_in() -> None:
    kpi = replace(LEADS, pace="like_last_year")
    then = reading(span_of(date(2025, 12, 1), date(2025, 12, 6)), "60")
    whole = reading(CALENDAR.containing(PeriodKind.MONTH, date(2025, 12, 1)), "120", final=True)
    assert pace("90", kpi=kpi, so_far_last_year=then, last_year=whole).expected == 90
    assert pace("90", kpi=kpi, so_far_last_year=then).expected is None
    assert pace("90", kpi=kpi, last_year=whole).expected is None
    for nothing in (
        replace(whole, value=Decimal(0), state=State.ZERO),
        replace(whole, state=State.MISSING, value=None),
    ):
        assert pace("90", kpi=kpi, so_far_last_year=then, last_year=nothing).expected is None
    other_days = replace(then, period=span_of(date(2025, 12, 1), date(2025, 12, 5)))
    assert pace("90", kpi=kpi, so_far_last_year=other_days, last_year=whole).expected is None


# ── nothing to show ──────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_number_or_after_the_period_there_is_no_pace() -> None:
    span = span_of(date(2026, 12, 1), date(2026, 12, 6))
    known = {Role.SO_FAR: reading(span, "36")}
    target = TargetValue(Decimal(180))
    assert pace_of(LEADS, known, target, CALENDAR, date(2027, 1, 1)) is None
    assert pace_of(LEADS, {}, target, CALENDAR, date(2026, 12, 7)) is None
    assert pace_of(replace(LEADS, pace=None), known, target, CALENDAR, date(2026, 12, 7)) is None
    untrusted = {Role.SO_FAR: reading(span, "36", state=State.UNTRUSTED)}
    assert pace_of(LEADS, untrusted, target, CALENDAR, date(2026, 12, 7)) is None


def test_without_a_target_of_one_number_and_while_paused_nothing_is_expected() -> None:
    assert pace("36", None).expected is None
    paused = replace(LEADS, paused=(Pause(date(2026, 12, 14), date(2027, 1, 3)),))
    assert pace("36", kpi=paused).expected is None
    span = span_of(date(2026, 12, 1), date(2026, 12, 6))
    between = TargetValue(Decimal(90), Decimal(105))
    found = pace_of(LEADS, {Role.SO_FAR: reading(span, "36")}, between, CALENDAR, date(2026, 12, 7))
    assert found is not None
    assert (found.value, found.expected, found.ahead) == (Decimal(36), None, False)


# ── which KPIs can have one ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("formula", "adds_up"),
    [
        ("a + b", True), ("a - b", True), ("-a", True), ("a * 2 + b / 100", True), ("round(a) - 3 * (a + b)", True),
        ("a", True), ("a / b", False), ("a * b", False), ("a + 1", False), ("a - b / b", False), ("2 / a", False),
        ("max(a, b)", False), ("abs(a - b)", False), ("3", False), ("a * (2 + b)", False), ("a * (2 + 3)", True),
    ],
)  # fmt: skip
def test_a_formula_adds_up_where_its_inputs_are_only_added_and_multiplied_by_numbers(
    formula: str, adds_up: bool
) -> None:
    assert parse_formula(formula, ["a", "b"]).adds_up is adds_up


@settings(max_examples=60)
@given(st.sampled_from(["a + b", "a - 2 * b", "(a + b) / 4", "-a * 3 + b"]), st.tuples(*[MONEY] * 4))
def test_of_what_adds_up_the_parts_make_the_whole(text: str, parts: tuple[Decimal, ...]) -> None:
    formula = parse_formula(text, ["a", "b"])
    a, b, c, d = parts
    with wide():
        whole = formula.evaluate({"a": a + c, "b": b + d})
        assert whole == formula.evaluate({"a": a, "b": b}) + formula.evaluate({"a": c, "b": d})


def test_sums_and_counts_of_rows_of_a_crm_and_of_a_metric_have_a_pace() -> None:
    deals = replace(LEADS, value=CrmQuery("crm", "deals", "createdate", Aggregate.COUNT))
    metric = replace(LEADS, value=MetricQuery("web", "sessions"))
    for kpi in (LEADS, deals, metric):
        assert why_no_pace(kpi, {kpi.id: kpi}) is None
    assert why_no_pace(replace(deals, value=replace(deals.value, aggregate=Aggregate.MEAN)), {}) is not None  # type: ignore[type-var]


# ── two sources ──────────────────────────────────────────────────────────────────────────────────────────────────

SAME = replace(LEADS, pace=None, same_as=SameAs(MetricQuery("web", "keyEvents"), Tolerance(Decimal("0.05"), True)))
NOVEMBER = CALENDAR.containing(PeriodKind.MONTH, date(2026, 11, 1))


def check(own: Reading | None, other: Reading | None) -> CrossCheck | None:
    return cross_check(SAME, own, other, {"leads": SAME})


def november(value: str | None, **more: object) -> Reading:
    return reading(NOVEMBER, value, final=True, **more)


def test_two_numbers_agree_within_a_share_of_the_own_one_exactly() -> None:
    for other, agreed in (("105", True), ("105.0000001", False), ("95", True), ("94.9999999", False), ("100", True)):
        found = check(november("100"), november(other))
        assert found is not None
        assert found.agree is agreed
    assert found is not None
    assert (found.source, found.other_source) == ("scorecard", "web")


def test_beside_nothing_only_nothing_agrees() -> None:
    five = Tolerance(Decimal("0.05"), True)
    assert agree(Decimal(0), Decimal(0), five)
    assert not agree(Decimal(0), Decimal("0.0001"), five)
    assert agree(Decimal(0), Decimal(3), Tolerance(Decimal(3), False))


@settings(max_examples=60)
@given(own=MONEY, other=MONEY, more=MONEY, relative=st.booleans())
def test_numbers_that_agree_do_so_with_more_room_and_whichever_sign(
    own: Decimal, other: Decimal, more: Decimal, relative: bool
) -> None:
    narrow, wider = Tolerance(Decimal("0.01"), relative), Tolerance(Decimal("0.01") + more, relative)
    assert agree(own, own, narrow)
    assert agree(-own, -other, narrow) is agree(own, other, narrow)
    assert not agree(own, other, narrow) or agree(own, other, wider)


def test_what_is_not_read_not_believed_or_not_final_contradicts_nothing() -> None:
    own, other = november("100"), november("200")
    assert check(own, other) is not None
    for bad in (None, replace(other, final=False), replace(other, state=State.UNTRUSTED), november(None)):
        assert check(own, bad) is None
        assert check(bad, own) is None
    october = CALENDAR.before(NOVEMBER)
    assert check(own, replace(other, period=october)) is None


def test_neither_pace_nor_a_second_source_is_part_of_the_definition() -> None:
    span = Span(1, SpanUnit.DAYS)
    terms = {name: SourceTerms(name, "ga4", f"ga4:{name}", span, span, span, span) for name in ("web", "scorecard")}

    def form(kpi: Kpi) -> object:
        return canonical(kpi, {kpi.id: kpi}, terms, CALENDAR)

    assert form(LEADS) == form(SAME) == form(replace(LEADS, pace="like_last_year"))
    other = other_of(SAME)
    assert other is not None
    assert form(other) != form(SAME)
    assert form(other) == form(replace(SAME, value=MetricQuery("web", "keyEvents"), same_as=None))


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_running_period_in_a_row_and_in_a_line() -> None:
    today = date(2026, 12, 7)
    assert pace_row(LEADS, pace("36", "186"), today) == ("36", "36 by now", "on target")
    assert pace_row(LEADS, pace("36", "180"), today) == ("36", "35 by now", "on target")
    assert pace_row(LEADS, pace("35", "182"), today) == ("35", "35.2 by now", "close")  # never alike unless it is
    assert pace_row(LEADS, pace("20", "180"), today) == ("20", "35 by now", "below")
    assert pace_row(LEADS, pace("1", "12"), today) == ("1", "2.32 by now", "below")
    assert pace_row(LEADS, pace("20", None), today) == ("20", "–", "so far")
    assert pace_line(LEADS, pace("36", "180"), today) == "36 on 1–6 Dec, 35 expected by now: on target"
    assert pace_line(LEADS, pace("36", "180"), date(2026, 12, 9)).startswith("36 on 1–6 Dec, 35 expected by Sun 6 Dec")
    limit = replace(LEADS, direction=Direction.DOWN)
    assert pace_line(LEADS, pace("36", None), today) == "36 on 1–6 Dec"
    assert pace_row(limit, pace("40", "180", limit), today) == ("40", "at most 35 by now", "above")


def test_two_sources_in_a_line() -> None:
    found = check(november("420"), november("371"))
    assert found is not None
    assert check_line(SAME, found, date(2026, 12, 7)) == "scorecard says 420 in November, web 371"
