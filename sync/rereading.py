"""`history KPI --reread FROM`: ask for older periods again, beyond what a sync rereads by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from config import Config
from connectors.base import Source
from mapping.kpis import queries_of
from mapping.periods import Period
from mapping.queries import Ask, CellQuery
from mapping.readings import Reading
from sync.asking import Due, newest_ended
from sync.gather import gather
from sync.memory import digests, recall
from sync.question import Question, desk_of
from sync.store import Store


def reread_from(
    config: Config, store: Store, sources: Mapping[str, Source], kpi_id: str, since: Period, now: datetime
) -> list[str]:
    """Read every period from `since` on again and keep what changed beside the old. Says what came of it, in words.

    The next sync judges what changed, as it would any correction. ValueError: `since` is no period of this KPI's kind.
    """
    kpi = config.kpis[kpi_id]
    if since.kind is not kpi.period:
        raise ValueError(f"{since.label} is a {since.kind.value}; {kpi.name} is counted by the {kpi.period.value}")
    queries = queries_of(kpi, config.kpis)
    if any(isinstance(query, CellQuery) for query in queries):
        return ["nothing was read: a cell holds today's number, not an older period's"]
    with store.records(reads_only=True) as records:
        memory = recall(records, config, config.workspace.calendar.local_date(now))
    desk = desk_of(config, memory, now)
    present = {name: digest for name, (digest, _) in digests(config).items()}
    dues: list[Due] = []
    period, last = since, newest_ended(kpi, desk)
    while period <= last:
        asks = tuple(Ask(query, period) for query in queries)
        dues.append(Due(kpi.id, period, asks, background=True))
        period = desk.calendar.after(period)
    question = Question.of_dues(dues)
    gathered = gather(question, sources, config, memory, present, desk)
    before = memory.readings.get((kpi.id, present[kpi.id]), {})
    changed = [one for one in gathered.readings if _differs(before.get(one.period.label), one)]
    added = [one for one in gathered.readings if one.period.label not in before]
    with store.records() as records:
        records.keep_readings(gathered.readings, None)
    notes = [f"{len(gathered.readings)} periods read again: {len(changed)} changed, {len(added)} new"]
    notes += [f"{trouble.where}: {trouble.what}; {trouble.advice}" for trouble in gathered.troubles]
    return notes


def _differs(before: Reading | None, now: Reading) -> bool:
    return before is not None and (before.value, before.state) != (now.value, now.state)
