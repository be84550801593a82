"""Companions of KPIs: numbers asked for beside their own, in the same calls, and what is shown of them. Pure.

How many there are of a running period (`pace`), and what a second source says of the newest final one (`same_as`).
Nothing is judged on them, and nothing is ever done because of them.
"""

from __future__ import annotations

from mapping.companions import CrossCheck, Role
from mapping.crosschecks import cross_check
from mapping.kpis import Kpi
from sync.plan.situation import Situation

# ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────────


def check_shown(kpi: Kpi, situation: Situation) -> CrossCheck | None:
    """The KPI's number beside the other source's, where both are there, final and believed."""
    other = situation.logbook.companions.get((kpi.id, Role.OTHER))
    record = situation.records.get(kpi.id)
    if other is None or record is None:
        return None
    own = record.readings.get(other.reading.period.label)
    return cross_check(kpi, own, other.reading, situation.config.kpis)


def disagreements(situation: Situation) -> dict[str, CrossCheck]:
    """By KPI, in the file's order: two sources of one quantity that differ by more than was agreed."""
    found = {kpi.id: check_shown(kpi, situation) for kpi in situation.config.kpis.values() if kpi.same_as is not None}
    return {name: one for name, one in found.items() if one is not None and not one.agree}
