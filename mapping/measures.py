"""Measures: a KPI over a campaign's own span and filter, and how far it should be by now. Pure.

A measure is the KPI's own definition asked for one exact span, with the campaign's filter beside its own. Users and
rates are never put together from shorter periods: the span is one window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from mapping.adding import why_not_added
from mapping.campaigns import Campaign, Measure
from mapping.decimals import wide
from mapping.kpis import Kpi, Unit
from mapping.logbook import Measured
from mapping.periods import Period, span_of
from mapping.queries import CellQuery, MatrixQuery, MetricQuery, Query, TableQuery, Where

_ADDS_UP = (Unit.COUNT, Unit.CURRENCY)  # grows with every day of the span; a rate does not


def why_not_measured(kpi: Kpi, kpis: Mapping[str, Kpi]) -> str | None:
    """Why a KPI cannot be measured over a span, in words; None if it can (or could, once its source is read)."""
    for query in queries_within(kpi, kpis):
        if isinstance(query, CellQuery):
            return f"{kpi.id} is read from a cell ({query.source} {query.cell}), which holds one number and no days"
        if isinstance(query, MatrixQuery):
            return f"{kpi.id} is read from {query.source} {query.matrix}, which holds a number a period and no days"
    return None


def narrowed(measure: Measure, kpis: Mapping[str, Kpi]) -> dict[str, Kpi]:
    """The measure's KPI, and every KPI it is made of, counted with the measure's filter beside their own.

    Pauses, and what is plausible for a period of its kind, say nothing about a campaign's span.
    """
    found: dict[str, Kpi] = {}

    def take(name: str) -> None:
        if name in found or name not in kpis:
            return
        kpi = kpis[name]
        inputs = {key: one if isinstance(one, str) else _filtered(one, measure) for key, one in kpi.inputs.items()}
        found[name] = replace(
            kpi,
            value=_filtered(kpi.value, measure) if kpi.value is not None else None,
            inputs=inputs,
            paused=(),
            plausible=None if kpi.unit in _ADDS_UP else kpi.plausible,
        )
        for one in inputs.values():
            if isinstance(one, str):
                take(one)

    take(measure.kpi)
    return found


def is_answerable(kpi: Kpi, kpis: Mapping[str, Kpi]) -> bool:
    """Whether it can be asked for any span of days: a cell and a matrix hold what people put there for a period."""
    return not any(isinstance(query, CellQuery | MatrixQuery) for query in queries_within(kpi, kpis))


def counts_all(measure: Measure, kpis: Mapping[str, Kpi]) -> bool:
    """Whether a part of it is counted over everything, since the filter is one that only Google Analytics knows."""
    if not measure.where or not measure.web_only or measure.kpi not in kpis:
        return False
    return any(not isinstance(query, MetricQuery) for query in queries_within(kpis[measure.kpi], kpis))


def span_by(campaign: Campaign, last_over: date) -> Period | None:
    """What of the campaign can be measured: from its first day to the last that is over; None before there is one."""
    last = min(campaign.ends, last_over)
    return span_of(campaign.starts, last) if last >= campaign.starts else None


def days_of(campaign: Campaign) -> int:
    """How many days the campaign lasts."""
    return (campaign.ends - campaign.starts).days + 1


def day_in(campaign: Campaign, day: date) -> int:
    """The number of a day in it: 1 on the first, the last one's number after its end, 0 before it."""
    return max(0, min((day - campaign.starts).days + 1, days_of(campaign)))


def expected(kpi: Kpi, measured: Measured, campaign: Campaign) -> Decimal | None:
    """How many there should be by the last day that was measured: the target times the share of days that are over.

    For show, of what adds up over time and is still running: counts and money. None for anything else.
    """
    target = measured.target
    counted = measured.reading.period.last
    if why_not_added(kpi, {}) is not None:
        return None
    if target is None or target.is_range or target.low is None or kpi.unit not in _ADDS_UP or counted >= campaign.ends:
        return None
    with wide():
        return target.low * day_in(campaign, counted) / days_of(campaign)


def campaign_over(campaign: Campaign, day: date, days: int) -> bool:
    """Whether it ended more than so many days before that day."""
    return day > campaign.ends + timedelta(days=days)


def queries_within(kpi: Kpi, kpis: Mapping[str, Kpi]) -> list[Query]:
    """As `queries_of`, also of a file that is not checked yet: circles and KPIs that are not there are passed over."""
    found: list[Query] = []
    met, waiting = {kpi.id}, [kpi]
    while waiting:
        one = waiting.pop(0)
        found += one.queries()
        named = [entry for entry in one.inputs.values() if isinstance(entry, str) and entry in kpis]
        waiting += [kpis[name] for name in named if name not in met]
        met.update(named)
    return found


def _filtered(query: Query, measure: Measure) -> Query:
    match query:
        case MetricQuery():
            return replace(query, where=_both(query.where, measure.where))
        case TableQuery() if not measure.web_only:
            return replace(query, where=_both(query.where, measure.where))
        case _:
            return query


def _both(own: Where, more: Where) -> Where:
    """Both hold; what is said twice is said once, sorted by field so that two spellings are one filter."""
    return tuple(sorted(dict.fromkeys((*own, *more)), key=lambda one: one.field))
