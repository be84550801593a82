"""Companions of KPIs: numbers asked for beside their own, in the same calls, and what is shown of them. Pure.

How many there are of a running period (`pace`), and what a second source says of the newest final one (`same_as`).
Nothing is judged on them, and nothing is ever done because of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from mapping.companions import CrossCheck, Pace, Role
from mapping.crosschecks import cross_check
from mapping.definitions import canonical, digest
from mapping.kpis import FromCell, Kpi, TargetValue
from mapping.pace import pace_of
from mapping.periods import Period
from mapping.readings import Reading
from mapping.targets import entry_in_force, target_for
from sync.companions_asked import other_digest
from sync.plan.situation import Situation

# ── pace ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def pace_shown(kpi: Kpi, situation: Situation) -> Pace | None:
    """How many there are of the running period and how many should be by now; None where nothing can be shown."""
    if kpi.pace is None:
        return None
    config = situation.config
    calendar = config.workspace.calendar
    counted = digest(canonical(kpi, config.kpis, config.terms, calendar))
    companions = _companions(kpi, situation, counted)
    running = calendar.containing(kpi.period, situation.today)
    record = situation.records.get(kpi.id)
    own: Mapping[str, Reading] = record.readings if record is not None else {}
    whole = own.get(calendar.year_ago(running).label)
    return pace_of(
        kpi,
        companions,
        _target(kpi, running, own, counted, situation),
        calendar,
        situation.today,
        whole if whole is not None and whole.final and whole.trusted else None,
    )


def _companions(kpi: Kpi, situation: Situation, counted: str) -> dict[Role, Reading]:
    """Its companions as it is counted now."""
    found = {role: situation.logbook.companions.get((kpi.id, role)) for role in Role if role is not Role.OTHER}
    return {role: one.reading for role, one in found.items() if one is not None and one.reading.definition == counted}


def _target(
    kpi: Kpi, running: Period, own: Mapping[str, Reading], counted: str, situation: Situation
) -> TargetValue | None:
    """The target in force for the running period, as far as it can be known before its end."""
    rows = situation.target_rows.get(kpi.id, ())
    entry = entry_in_force(kpi, running.first, rows)
    query = entry.rule.query if entry is not None and isinstance(entry.rule, FromCell) else None
    target, _ = target_for(
        kpi,
        running,
        situation.config.workspace.calendar,
        baseline=lambda earlier: own.get(earlier.label),
        photographs=situation.photographs.get((query.source, query.cell), ()) if query is not None else (),
        rows=rows,
        definition=counted,
    )
    return target


# ── the second source ────────────────────────────────────────────────────────────────────────────────────────────


def check_shown(kpi: Kpi, situation: Situation) -> CrossCheck | None:
    """The KPI's number beside the other source's, where both are there, final and believed."""
    other, record = situation.logbook.companions.get((kpi.id, Role.OTHER)), situation.records.get(kpi.id)
    if other is None or record is None or other.reading.definition != other_digest(kpi, situation.config):
        return None
    own = record.readings.get(other.reading.period.label)
    return cross_check(kpi, own, other.reading, situation.config.kpis)


def disagreements(situation: Situation) -> dict[str, CrossCheck]:
    """By KPI, in the file's order: two sources of one quantity that differ by more than was agreed."""
    found = {kpi.id: check_shown(kpi, situation) for kpi in situation.config.kpis.values() if kpi.same_as is not None}
    return {name: one for name, one in found.items() if one is not None and not one.agree}
