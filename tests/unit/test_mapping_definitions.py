"""Definitions: what changes a KPI's hash, and what does not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mapping.definitions import FORM, canonical, digest
from mapping.kpis import Agreed, DatedTarget, Direction, Fixed, Kpi, Policy, SourceTerms, Tolerance, Unit
from mapping.periods import Calendar, PeriodKind
from mapping.queries import (
    Aggregate,
    CellQuery,
    Condition,
    CrmQuery,
    Match,
    MatrixQuery,
    MetricQuery,
    Query,
    TableQuery,
)
from mapping.spans import parse_span

CALENDAR = Calendar(ZoneInfo("Africa/Johannesburg"), fiscal_start=(3, 1))
SEARCH = Condition("channel", Match.IS, ("Search", "Social"))
COUNTRY = Condition("country", Match.IS, ("ZA",))


def terms(source: str, identity: str, settle: str = "48h") -> SourceTerms:
    span = parse_span(settle)
    return SourceTerms(source, "any", identity, span, span, span, span)


SOURCES = {"web": terms("web", "ga4:123"), "sheet": terms("sheet", "sheets:abc"), "crm": terms("crm", "hubspot")}
SESSIONS = Kpi("sessions", "Sessions", PeriodKind.WEEK, value=MetricQuery("web", "sessions", (SEARCH, COUNTRY)))
RATE = Kpi(
    "rate",
    "Rate",
    PeriodKind.WEEK,
    unit=Unit.PERCENT,
    formula="purchases / sessions",
    inputs={"purchases": MetricQuery("web", "keyEvents"), "sessions": "sessions"},
)
TABLE = TableQuery("sheet", "Spend!A:E", "Date", "Amount", Aggregate.SUM)


def hashed(kpi: Kpi, calendar: Calendar = CALENDAR, sources: dict[str, SourceTerms] | None = None, **kpis: Kpi) -> str:
    known = {"sessions": SESSIONS, "rate": RATE, **kpis}
    return digest(canonical(kpi, known, sources or SOURCES, calendar))


def test_names_texts_targets_tolerance_policy_and_breakdown_change_nothing() -> None:
    other = replace(
        SESSIONS,
        name="Visits",
        definition="Something",
        owner="thandi",
        data_owner="johan",
        agreed=Agreed(date(2026, 9, 1)),
        stage="acquisition",
        direction=Direction.DOWN,
        breakdown="sessionDefaultChannelGroup",
        targets=(DatedTarget(None, None, Fixed(Decimal(5))),),
        tolerance=Tolerance(Decimal(1), relative=False),
        plausible=(Decimal(0), Decimal(1)),
        late_after=parse_span("20 days"),
        policy=Policy(breach_after=9),
        was="social_sessions",
        place=7,
    )
    assert hashed(other) == hashed(SESSIONS)


def test_a_source_is_known_by_what_it_is_not_by_its_id_or_its_times() -> None:
    renamed = replace(SESSIONS, value=MetricQuery("ga", "sessions", (SEARCH, COUNTRY)))
    assert hashed(renamed, sources={"ga": terms("ga", "ga4:123", "24h")}) == hashed(SESSIONS)
    assert hashed(SESSIONS, sources={"web": terms("web", "ga4:999")}) != hashed(SESSIONS)


def test_the_order_of_conditions_and_of_their_values_changes_nothing() -> None:
    turned = Condition("channel", Match.IS, ("Social", "Search"))
    other = replace(SESSIONS, value=MetricQuery("web", "sessions", (COUNTRY, turned)))
    assert hashed(other) == hashed(SESSIONS)


@pytest.mark.parametrize(
    "change",
    [
        {"unit": Unit.RATIO},
        {"scale": Decimal("0.01")},
        {"period": PeriodKind.MONTH},
        {"value": MetricQuery("web", "totalUsers", (SEARCH, COUNTRY))},
        {"value": MetricQuery("web", "sessions", (SEARCH,))},
        {"value": MetricQuery("web", "sessions", (replace(SEARCH, negated=True), COUNTRY))},
        {"value": MetricQuery("web", "sessions", (replace(SEARCH, match=Match.BEGINS), COUNTRY))},
        {"value": TABLE},
    ],
)
def test_how_it_is_counted_changes_the_hash(change: dict[str, Any]) -> None:
    assert hashed(replace(SESSIONS, **change)) != hashed(SESSIONS)


def test_every_part_of_every_query_counts() -> None:
    queries: list[Query] = [
        TABLE,
        replace(TABLE, table="Spend!A:F"),
        replace(TABLE, date="Day"),
        replace(TABLE, column="Net"),
        replace(TABLE, aggregate=Aggregate.MEAN),
        replace(TABLE, where=(COUNTRY,)),
        replace(TABLE, min_rows=50),
        replace(TABLE, empty_is_zero=True),
        MatrixQuery("sheet", "Tracker!A1:Z40", "Awareness"),
        MatrixQuery("sheet", "Tracker!A1:Z40", "Reach"),
        CellQuery("sheet", "Ops!B7"),
        CellQuery("sheet", "Ops!B7", "Ops!B8"),
        CrmQuery("crm", "deals", "createdate", Aggregate.COUNT),
        CrmQuery("crm", "deals", "closedate", Aggregate.COUNT),
    ]
    assert len({hashed(replace(SESSIONS, value=query)) for query in queries}) == len(queries)


def test_the_currency_is_part_of_the_unit() -> None:
    rand = replace(SESSIONS, unit=Unit.CURRENCY, currency="ZAR")
    assert hashed(rand) != hashed(replace(rand, currency="USD"))
    assert hashed(replace(SESSIONS, currency="ZAR")) == hashed(SESSIONS)


def test_week_and_fiscal_start_count_only_where_they_matter() -> None:
    sundays = replace(CALENDAR, week_starts=6)
    april = replace(CALENDAR, fiscal_start=(4, 1))
    month, quarter = replace(SESSIONS, period=PeriodKind.MONTH), replace(SESSIONS, period=PeriodKind.FISCAL_QUARTER)
    assert hashed(SESSIONS, sundays) != hashed(SESSIONS)
    assert hashed(month, sundays) == hashed(month)
    assert hashed(quarter, april) != hashed(quarter)
    assert hashed(SESSIONS, april) == hashed(SESSIONS)
    assert hashed(quarter, sundays) == hashed(quarter)


def test_a_formula_s_blanks_and_unused_inputs_change_nothing() -> None:
    other = replace(RATE, formula=" purchases/( sessions )", inputs={**RATE.inputs, "unused": TABLE})
    assert hashed(other) == hashed(RATE)
    assert hashed(replace(RATE, formula="sessions / purchases")) != hashed(RATE)


def test_a_change_of_an_input_kpi_is_a_change_of_the_formula() -> None:
    changed = replace(SESSIONS, value=MetricQuery("web", "engagedSessions"))
    assert hashed(RATE, sessions=changed) != hashed(RATE)
    assert hashed(RATE, sessions=replace(SESSIONS, name="Visits")) == hashed(RATE)
    assert hashed(RATE, sessions=replace(SESSIONS, period=PeriodKind.DAY)) == hashed(RATE)  # it is taken for RATE's


def test_kpis_that_are_inputs_of_each_other_are_refused() -> None:
    loop = replace(SESSIONS, value=None, formula="rate * 2", inputs={"rate": "rate"})
    with pytest.raises(ValueError, match="inputs of each other: rate → sessions → rate"):
        hashed(RATE, sessions=loop)


def test_the_canonical_form_is_json_that_hashes_the_same_when_read_back_and_carries_its_version() -> None:
    form = canonical(RATE, {"sessions": SESSIONS}, SOURCES, CALENDAR)
    stored = json.loads(json.dumps(form))
    assert stored["form"] == FORM
    assert digest(stored) == digest(form)
    assert len(digest(form)) == 32
