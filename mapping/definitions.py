"""Definitions: how a KPI is counted, in one canonical form that is hashed and kept, so that a change shows as a break.

In it: source identity and query, the formula with its inputs, unit, scale, period kind, week or fiscal start where
they matter. Not in it: names, texts, targets, tolerance, policy, endpoints, breakdown, ids of sources.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

from mapping.decimals import plain_decimal
from mapping.formulas import parse_formula
from mapping.kpis import Kpi, SourceTerms, Unit
from mapping.periods import Calendar, PeriodKind
from mapping.queries import CellQuery, Condition, CrmQuery, MatrixQuery, MetricQuery, Query, TableQuery, Where

FORM = 1
Canonical = dict[str, object]


def canonical(
    kpi: Kpi, kpis: Mapping[str, Kpi], sources: Mapping[str, SourceTerms], calendar: Calendar
) -> dict[str, object]:
    """The definition as JSON-able data. An input that is another KPI stands in it whole, counted for this KPI's
    period, so that a later release can bring a stored form to its own without the file of the time.

    Raises ValueError if KPIs are inputs of each other.
    """
    return {"form": FORM, **_canonical(kpi, kpis, sources, calendar, ())}


def digest(canonical: Mapping[str, object]) -> str:
    """The hash of a canonical form, 32 hexadecimal digits. Forms that differ only in order have one hash."""
    text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _canonical(
    kpi: Kpi, kpis: Mapping[str, Kpi], sources: Mapping[str, SourceTerms], calendar: Calendar, above: tuple[str, ...]
) -> Canonical:
    if kpi.id in above:
        raise ValueError(f"KPIs are inputs of each other: {' → '.join((*above[above.index(kpi.id) :], kpi.id))}")
    form: Canonical = {
        "unit": f"{kpi.unit.value}:{kpi.currency}" if kpi.unit is Unit.CURRENCY else kpi.unit.value,
        "scale": plain_decimal(kpi.scale),
        "period": kpi.period.value,
    }
    if kpi.period is PeriodKind.WEEK:
        form["week_starts"] = calendar.week_starts
    if kpi.period in (PeriodKind.FISCAL_QUARTER, PeriodKind.FISCAL_YEAR):
        form["fiscal_start"] = list(calendar.fiscal_start)
    if kpi.value is not None:
        form["value"] = _query(kpi.value, sources)
    if kpi.formula is not None:
        formula = parse_formula(kpi.formula, tuple(kpi.inputs))
        inputs: Canonical = {}
        for name in sorted(formula.names):
            one = kpi.inputs[name]
            if isinstance(one, str):
                other = replace(kpis[one], period=kpi.period)
                inputs[name] = {"kpi": _canonical(other, kpis, sources, calendar, (*above, kpi.id))}
            else:
                inputs[name] = _query(one, sources)
        form["formula"] = formula.canonical
        form["inputs"] = inputs
    return form


def _query(query: Query, sources: Mapping[str, SourceTerms]) -> Canonical:
    form: Canonical = {"source": sources[query.source].identity}
    match query:
        case MetricQuery():
            form |= {"metric": query.metric, "where": _where(query.where)}
        case TableQuery():
            form |= {
                "table": query.table,
                "date": query.date,
                "column": query.column,
                "aggregate": query.aggregate.value,
                "where": _where(query.where),
                "min_rows": query.min_rows,
                "empty_is_zero": query.empty_is_zero,
            }
        case MatrixQuery():
            form |= {"matrix": query.matrix, "row": query.row}
        case CellQuery():
            form |= {"cell": query.cell, "as_of": query.as_of}
        case CrmQuery():
            form |= {
                "object": query.object,
                "date": query.date,
                "aggregate": query.aggregate.value,
                "property": query.property,
                "where": _where(query.where),
            }
    return form


def _where(where: Where) -> list[list[object]]:
    """Conditions in one order; so are the values of one condition, since any of them will do."""

    def one(condition: Condition) -> list[object]:
        return [condition.field, condition.match.value, sorted(set(condition.values)), condition.negated]

    return sorted((one(condition) for condition in where), key=lambda parts: json.dumps(parts))
