"""Which KPIs a report draws: all of them where they are few, else those that people look at. Pure."""

from __future__ import annotations

from mapping.alignment import MarkKind
from mapping.texts.report_parts import KpiPart, Report
from mapping.texts.tally import Place

AT_MOST = 40  # charts, some 8 KB and 10 ms each: more are not looked at
_LOOKED_AT = (Place.OFF_TARGET, Place.CLOSE, Place.AHEAD)
_OWN = frozenset({MarkKind.DEFINITION, MarkKind.CORRECTION, MarkKind.COMPLETED})  # events and campaigns mark many


def drawn(report: Report) -> frozenset[str]:
    """Ids of the KPIs with a chart: off target first (the most pressing of them), then close, ahead, and those with
    something of their own marked.
    """
    kpis = [*report.marketing.kpis, *report.m_and_e.kpis]
    if len(kpis) <= AT_MOST:
        return frozenset(one.id for one in kpis)
    pressing = {id_: place for place, id_ in enumerate(report.off_target)}
    chosen = [one for one in kpis if one.place in _LOOKED_AT or _is_marked(one)]
    chosen.sort(key=lambda one: (_rank(one), pressing.get(one.id, len(pressing))))
    return frozenset(one.id for one in chosen[:AT_MOST])


def _is_marked(one: KpiPart) -> bool:
    return any(mark.kind in _OWN for mark in one.marks)


def _rank(one: KpiPart) -> int:
    return _LOOKED_AT.index(one.place) if one.place in _LOOKED_AT else len(_LOOKED_AT)


def drawn_said(report: Report, chosen: frozenset[str]) -> str:
    """What the report says of its choice; "" where all are drawn."""
    count = len(report.marketing.kpis) + len(report.m_and_e.kpis)
    if len(chosen) == count:
        return ""
    return (
        f"{len(chosen)} of {count:,} KPIs are drawn: those off target first, then close, well ahead, or with something "
        f"of their own marked; {AT_MOST} at most. The others are rows."
    )
