"""What adds up: numbers whose parts, day by day, make the whole: sums and counts, no rate and no mean. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from mapping.formulas import parse_formula
from mapping.kpis import Kpi, Unit
from mapping.queries import Aggregate, CrmQuery, Query, TableQuery

_ADDED = (Aggregate.SUM, Aggregate.COUNT)
_NEVER_ADDED = {Unit.PERCENT: "a percentage", Unit.RATIO: "a ratio", Unit.SCORE: "a score"}


def why_not_added(kpi: Kpi, kpis: Mapping[str, Kpi]) -> str | None:
    """Why a KPI does not add up from day to day, in words; None if it does, as far as can be known here.

    `kpis`: those it may be made of; one that is not among them is taken to add up. Of a metric, its source knows more.
    Raises FormulaError for a formula that is none.
    """
    return _why(kpi, kpis, ())


def _why(kpi: Kpi, kpis: Mapping[str, Kpi], above: tuple[str, ...]) -> str | None:
    if kpi.id in above:
        return None  # made of itself: said where the file is checked
    if kpi.unit in _NEVER_ADDED:
        return f"{kpi.id} is {_NEVER_ADDED[kpi.unit]}, which does not add up from day to day"
    if kpi.formula is not None and not parse_formula(kpi.formula, tuple(kpi.inputs)).adds_up:
        return f"{kpi.formula} does not add up from day to day"
    below = [kpis[one] for one in kpi.inputs.values() if isinstance(one, str) and one in kpis]
    found = [_why_query(query) for query in kpi.queries()]
    found += [_why(one, kpis, (*above, kpi.id)) for one in below]
    return next((why for why in found if why is not None), None)


def _why_query(query: Query) -> str | None:
    if isinstance(query, TableQuery | CrmQuery) and query.aggregate not in _ADDED:
        return f"aggregate: {query.aggregate.value} does not add up from day to day"
    return None
