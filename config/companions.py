"""`pace` and `same_as` of the file: refused where nothing could be said, with what to write instead."""

from __future__ import annotations

from collections.abc import Mapping

from config.checking import Checking
from connectors.ga4.additivity import Additivity, additivity
from mapping.formulas import FormulaError
from mapping.kpis import Between, Kpi
from mapping.measures import queries_within
from mapping.pace import EVEN, why_no_pace
from mapping.queries import MetricQuery

_REMOVE = "remove pace"


def check_companions(kpis: Mapping[str, Kpi], checking: Checking) -> None:
    """Every KPI's `pace` and `same_as`. What follows from another mistake is not said."""
    for name, kpi in kpis.items():
        if kpi.pace is not None and not checking.said(("kpis", name)):
            _check_pace(kpi, kpis, checking)
        if kpi.same_as is not None and not checking.said(("kpis", name)):
            _check_same_as(kpi, checking)


def _check_pace(kpi: Kpi, kpis: Mapping[str, Kpi], checking: Checking) -> None:
    path = ("kpis", kpi.id, "pace")
    try:
        why = why_no_pace(kpi, kpis)
    except FormulaError:
        return  # of a KPI it is made of, said where it stands
    metrics = [query.metric for query in queries_within(kpi, kpis) if isinstance(query, MetricQuery)]
    averages = [one for one in metrics if additivity(one) is Additivity.AVERAGE]
    if why is None and averages:
        why = f"{averages[0]} is an average or a rate, which does not add up from day to day"
    if why is not None:
        checking.wrong(path, f"{why}, so nobody can say how many there should be by now; {_REMOVE}")
        return
    ranges = [entry for entry in kpi.targets if isinstance(entry.rule, Between)]
    if ranges:
        checking.wrong(path, f"a target between two numbers has no pace; write one number as the target, or {_REMOVE}")
        return
    people = [one for one in metrics if additivity(one) is Additivity.PEOPLE]
    if people and kpi.pace == EVEN:
        checking.warn(
            path,
            f"{people[0]} counts each person once, so it grows fast at first and slowly later, not evenly: half of the "
            "days have more than half of the people; write pace: like_last_year",
        )


def _check_same_as(kpi: Kpi, checking: Checking) -> None:
    path = ("kpis", kpi.id, "same_as")
    assert kpi.same_as is not None
    if kpi.value is not None and kpi.same_as.query == kpi.value:
        checking.wrong(
            (*path, "value"), "this is the KPI's own value, name another source of the same number, or remove same_as"
        )
