"""Cross-checks: one quantity from two sources, and whether they say the same. Shown, never judged. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from mapping.companions import CrossCheck
from mapping.decimals import wide
from mapping.kpis import Kpi, Tolerance, queries_of
from mapping.readings import Reading


def other_of(kpi: Kpi) -> Kpi | None:
    """The KPI as the second source counts it: the same unit, scale and period, another query; None without `same_as`.

    Pauses say when a number is not judged, and this one never is.
    """
    if kpi.same_as is None:
        return None
    return replace(kpi, value=kpi.same_as.query, formula=None, inputs={}, breakdown=None, paused=(), same_as=None)


def cross_check(kpi: Kpi, own: Reading | None, other: Reading | None, kpis: Mapping[str, Kpi]) -> CrossCheck | None:
    """The two numbers beside each other. None while either is not there, not believed or not final: nothing that was
    not read, and nothing that may still change, contradicts anything.
    """
    if kpi.same_as is None or own is None or other is None or own.period != other.period:
        return None
    if own.value is None or other.value is None or not (_counts(own) and _counts(other)):
        return None
    return CrossCheck(
        period=own.period,
        value=own.value,
        other=other.value,
        source=_sources(kpi, kpis),
        other_source=kpi.same_as.query.source,
        agree=agree(own.value, other.value, kpi.same_as.within),
    )


def agree(own: Decimal, other: Decimal, within: Tolerance) -> bool:
    """Whether they lie no further apart than agreed: a share of this KPI's own number, or so much in its unit.

    Compared exactly. Beside an own number of 0 a share allows nothing.
    """
    with wide():
        allowed = abs(own) * within.amount if within.relative else within.amount
        return abs(own - other) <= allowed


def _counts(reading: Reading) -> bool:
    return reading.final and reading.trusted


def _sources(kpi: Kpi, kpis: Mapping[str, Kpi]) -> str:
    """The source of its own number, by id; those of a formula one after the other."""
    return ", ".join(dict.fromkeys(query.source for query in queries_of(kpi, kpis)))
