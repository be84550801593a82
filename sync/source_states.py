"""What a plan must know of the sources' health, and since when each KPI is counted as it is now. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from config import Config
from sync.gather import Gathered
from sync.memory import Memory
from sync.plan.situation import SourceState
from sync.store import DefinitionRow


def source_states(config: Config, memory: Memory, gathered: Gathered | None = None) -> dict[str, SourceState]:
    """Of every source, this cycle's news included where there was one."""
    states: dict[str, SourceState] = {}
    for source in config.sources:
        known = memory.source_facts.get(source, {})
        facts = gathered.facts.get(source, known) if gathered is not None else known
        since = facts.get("unread_since")
        states[source] = SourceState(
            datetime.fromisoformat(since) if isinstance(since, str) else None, str(facts.get("unread_what", ""))
        )
    return states


def counted_since(config: Config, memory: Memory, rows: Sequence[DefinitionRow], now: datetime) -> dict[str, date]:
    """When the way a KPI is counted last changed; a KPI that was never counted otherwise is not in it."""
    calendar = config.workspace.calendar
    changed: dict[str, date] = {}
    for kpi, known in memory.definitions.items():
        if len(known) > 1:
            changed[kpi] = calendar.local_date(known[-1].since)
    for row in rows:
        if memory.definitions.get(row.kpi):
            changed[row.kpi] = calendar.local_date(now)
    return changed
