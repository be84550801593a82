"""The situation as the store alone has it: what commands and pages show between cycles. Nobody is asked anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from config import Config
from mapping.goals import Goals
from mapping.logbook import Logbook
from sync.campaigning import read_sheets
from sync.memory import Memory, digests
from sync.numbers import corrections_of, targets_of
from sync.plan.situation import KpiRecord, Situation
from sync.source_states import counted_since, source_states


def remembered(config: Config, memory: Memory, now: datetime) -> Situation:
    """What is known without looking. No tracker is in it (`views` is empty): nothing can be planned on it."""
    return Situation(
        config=config,
        now=now,
        records=_records(config, memory),
        links=memory.links,
        notes=memory.notes,
        views={},
        goals=Goals(config.goals),
        sources=source_states(config, memory),
        counted_since=counted_since(config, memory, (), now),
        logbook=_logbook(config, memory),
        target_rows=targets_of(config, memory.targets_rows).by_kpi,
        photographs=memory.photographs,
    )


def _records(config: Config, memory: Memory) -> dict[str, KpiRecord]:
    """Each KPI that has a number, under the way it is counted in this file."""
    found = {}
    for kpi, (digest, _) in digests(config).items():
        key = (kpi, digest)
        readings = memory.readings.get(key, {})
        if not readings:
            continue
        episodes = memory.episodes.get(kpi, [])
        mine = [one for one in episodes if one.definition == digest]
        found[kpi] = KpiRecord(
            readings=readings,
            judgements=memory.judged.get(key, []),
            corrections=corrections_of(memory.all_judged.get(key, [])),
            episode=mine[-1] if mine else None,
            episodes=episodes,
        )
    return found


def _logbook(config: Config, memory: Memory) -> Logbook:
    sheets = read_sheets(config, memory.tables)
    return replace(memory.logbook, campaigns=sheets.campaigns, unread_campaigns=sheets.unread, findings=sheets.findings)
