"""Measures: a KPI over a campaign's own days and filter, and how far it should be by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.campaigns import Campaign, Measure, Touch, touchpoints
from mapping.kpis import Kpi, Pause, TargetValue, Unit
from mapping.logbook import Measured
from mapping.measures import (
    counts_all,
    day_in,
    days_of,
    expected,
    is_answerable,
    narrowed,
    span_by,
    why_not_measured,
)
from mapping.periods import Calendar, PeriodKind, span_of
from mapping.queries import Aggregate, CellQuery, Condition, CrmQuery, Match, MatrixQuery, MetricQuery, TableQuery
from mapping.readings import Reading, State
from mapping.spans import Span, SpanUnit

SPRING = Condition("sessionCampaignName", Match.IS, ("spring",))
PAID = Condition("channel", Match.IS, ("Paid",))
METRIC = MetricQuery("web", "sessions", (PAID,))
TABLE = TableQuery("scorecard", "Spend!A:C", "Date", "Amount", Aggregate.SUM)
WEEK = PeriodKind.WEEK
KPIS = {
    "sessions": Kpi("sessions", "Sessions", WEEK, value=METRIC, plausible=(Decimal(0), Decimal(100))),
    "spend": Kpi("spend", "Spend", WEEK, unit=Unit.CURRENCY, value=TABLE),
    "cost": Kpi(
        "cost", "Cost", WEEK, unit=Unit.RATIO, formula="spend / visits", inputs={"spend": "spend", "visits": METRIC},
        plausible=(Decimal(0), Decimal(9)), paused=(Pause(date(2026, 1, 1), date(2026, 12, 31)),),
    ),
    "load": Kpi("load", "Load", WEEK, value=CellQuery("scorecard", "Ops!B7")),
    "known": Kpi("known", "Known", WEEK, value=MatrixQuery("scorecard", "Tracker!A:Z", "Known")),
    "share": Kpi("share", "Share", WEEK, formula="a / b", inputs={"a": "load", "b": "sessions"}),
    "deals": Kpi("deals", "Deals", WEEK, value=CrmQuery("crm", "deals", "createdate", Aggregate.COUNT)),
}  # fmt: skip
CAMPAIGN = Campaign("spring", "Spring sale", date(2026, 9, 14), date(2026, 10, 23))
JOHANNESBURG = Calendar(ZoneInfo("Africa/Johannesburg"))


def test_the_campaigns_filter_stands_beside_every_ones_own_also_of_what_a_kpi_is_made_of() -> None:
    kpis = narrowed(Measure("cost", (SPRING,)), KPIS)
    assert set(kpis) == {"cost", "spend"}
    assert kpis["cost"].inputs["visits"] == replace(METRIC, where=(PAID, SPRING))
    assert kpis["spend"].value == replace(TABLE, where=(SPRING,))


def test_a_filter_said_twice_is_said_once_and_none_changes_no_query() -> None:
    assert narrowed(Measure("sessions", (PAID,)), KPIS)["sessions"].value == METRIC
    assert narrowed(Measure("sessions"), KPIS)["sessions"].value == METRIC


def test_a_filter_only_google_analytics_knows_leaves_tables_alone_and_says_so() -> None:
    measure = Measure("cost", (SPRING,), web_only=True)
    assert narrowed(measure, KPIS)["spend"].value == TABLE
    assert counts_all(measure, KPIS)
    assert not counts_all(replace(measure, kpi="sessions"), KPIS)
    assert not counts_all(replace(measure, web_only=False), KPIS)


def test_what_is_plausible_in_a_week_and_paused_then_says_nothing_about_a_campaign() -> None:
    assert narrowed(Measure("sessions"), KPIS)["sessions"].plausible is None
    cost = narrowed(Measure("cost"), KPIS)["cost"]
    assert cost.plausible == (Decimal(0), Decimal(9))  # a ratio is plausible over any days
    assert cost.paused == ()


@pytest.mark.parametrize(("kpi", "why"), [("load", "a cell"), ("known", "a number a period"), ("share", "a cell")])
def test_a_cell_or_a_matrix_has_no_days_to_measure_over(kpi: str, why: str) -> None:
    assert why in (why_not_measured(KPIS[kpi], KPIS) or "")
    assert not is_answerable(KPIS[kpi], KPIS)


def test_what_a_crm_counts_can_be_measured_over_any_days() -> None:
    assert why_not_measured(KPIS["deals"], KPIS) is None
    assert is_answerable(KPIS["deals"], KPIS)
    assert is_answerable(KPIS["cost"], KPIS)


def test_kpis_made_of_each_other_end_the_search() -> None:
    ring = {
        "a": Kpi("a", "A", WEEK, formula="x", inputs={"x": "b"}),
        "b": Kpi("b", "B", WEEK, formula="x", inputs={"x": "a"}),
    }
    assert why_not_measured(ring["a"], ring) is None
    assert set(narrowed(Measure("a"), ring)) == {"a", "b"}


@given(st.dates(date(2026, 8, 1), date(2026, 12, 31)))
def test_a_span_lies_within_the_campaign_and_ends_no_later_than_the_last_day_that_is_over(last_over: date) -> None:
    span = span_by(CAMPAIGN, last_over)
    if last_over < CAMPAIGN.starts:
        assert span is None
        return
    assert span is not None
    assert (span.kind, span.first) == (PeriodKind.SPAN, CAMPAIGN.starts)
    assert span.last == min(last_over, CAMPAIGN.ends)


def test_days_are_counted_from_one() -> None:
    assert days_of(CAMPAIGN) == 40
    days = (date(2026, 9, 13), date(2026, 9, 14), date(2026, 9, 27), date(2026, 10, 23), date(2026, 12, 1))
    assert [day_in(CAMPAIGN, day) for day in days] == [0, 1, 14, 40, 40]


def measured(last: date, target: TargetValue | None) -> Measured:
    at = datetime(2026, 9, 28, tzinfo=UTC)
    reading = Reading("sessions", "", span_of(CAMPAIGN.starts, last), State.VALUE, Decimal(61), False, at)
    return Measured("spring", "sessions", reading, target)


def test_expected_is_the_targets_share_of_the_days_that_are_over() -> None:
    sessions, so_far = KPIS["sessions"], measured(date(2026, 9, 27), TargetValue(Decimal(180)))
    assert expected(sessions, so_far, CAMPAIGN) == 63
    assert expected(KPIS["cost"], so_far, CAMPAIGN) is None  # a ratio does not add up
    assert expected(sessions, measured(CAMPAIGN.ends, TargetValue(Decimal(180))), CAMPAIGN) is None  # it is over
    assert expected(sessions, measured(date(2026, 9, 27), None), CAMPAIGN) is None
    assert expected(sessions, measured(date(2026, 9, 27), TargetValue(Decimal(1), Decimal(2))), CAMPAIGN) is None


# ── touchpoints ──────────────────────────────────────────────────────────────────────────────────────────────────


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 200),
    st.integers(-30, 30).map(lambda n: Span(n, SpanUnit.BUSINESS_DAYS)),
)
def test_a_touchpoint_appears_no_later_than_its_day_and_moves_with_its_campaign(
    starts: date, length: int, post: Span
) -> None:
    campaign = replace(CAMPAIGN, starts=starts, ends=starts + timedelta(days=length), touchpoints={Touch.POST: post})
    points = {one.touch: one for one in touchpoints(campaign, JOHANNESBURG, time(8))}
    assert set(points) == set(Touch)
    for one in points.values():
        assert JOHANNESBURG.local_date(one.appears_at) <= one.day
        assert JOHANNESBURG.is_business_day(one.day)
    week = timedelta(weeks=1)
    later = replace(campaign, starts=starts + week, ends=campaign.ends + week)
    assert [one.day for one in touchpoints(later, JOHANNESBURG, time(8))] == [
        one.day + week for one in touchpoints(campaign, JOHANNESBURG, time(8))
    ]


def test_a_task_waits_until_there_is_something_to_tell() -> None:
    """Halfway through a campaign of two days, and the evaluation the day after the end."""
    short = replace(CAMPAIGN, ends=date(2026, 9, 16), touchpoints={Touch.POST: Span(1, SpanUnit.DAYS)})
    points = {one.touch: one for one in touchpoints(short, JOHANNESBURG, time(8))}
    assert JOHANNESBURG.local_date(points[Touch.MID].appears_at) == date(2026, 9, 15)
    assert JOHANNESBURG.local_date(points[Touch.POST].appears_at) == date(2026, 9, 17)
