"""The question: everything that this cycle asks the sources, made before anybody is called.

A metric that a source refused is asked alone once a day, so that it never spoils the others' reports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config import Config
from config.shape.kpis import TableShape
from mapping.campaigns import Campaign
from mapping.kpis import queries_of
from mapping.queries import Ask, Query
from sync.asking import REREAD_ALONG, Desk, Due, Known, cells_due, due_periods
from sync.campaigning import read_sheets, sections_due
from sync.companions_asked import CompanionDue, others_due, paces_due
from sync.measuring import MeasureDue, measures_due
from sync.memory import Memory
from sync.reviewed import wanted_since

ALONE_EVERY = {"ga4": timedelta(hours=24)}  # others: every time they are asked


@dataclass(frozen=True)
class Question:
    """What this cycle asks, and of what: made before anybody is called."""

    dues: tuple[Due, ...]
    cells: tuple[Ask, ...]
    tables: Mapping[str, tuple[str, ...]]  # source → ranges read as they are (targets_from, and of the sections)
    asks: Mapping[str, tuple[Ask, ...]]  # source → asks, each once
    alone: Mapping[str, tuple[Ask, ...]]  # source → asks that were refused and are tried alone
    measures: tuple[MeasureDue, ...] = ()  # what campaigns are measured by, each over its own span
    sections: Mapping[str, TableShape] = field(default_factory=dict)  # campaigns_from, findings, if they are read now
    campaigns: tuple[Campaign, ...] = ()  # as known when the question was made
    companions: tuple[CompanionDue, ...] = ()  # what is asked beside KPIs' own numbers

    @classmethod
    def of_dues(cls, dues: Sequence[Due]) -> Question:
        """The question that asks for just these periods."""
        by_source: dict[str, dict[Ask, None]] = defaultdict(dict)
        for ask in (one for due in dues for one in _asks(due)):
            by_source[ask.query.source][ask] = None
        return cls(tuple(dues), (), {}, {source: tuple(asks) for source, asks in by_source.items()}, {})


def desk_of(config: Config, memory: Memory, now: datetime) -> Desk:
    """The clock and the zones that sources are known to read dates in."""
    zones: dict[str, tzinfo] = {}
    for source, facts in memory.source_facts.items():
        if isinstance(name := facts.get("zone"), str) and source in config.sources:
            try:
                zones[source] = ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError):
                continue  # a zone this machine's tables lack: the workspace's is used, as for a source that names none
    return Desk(config.kpis, config.terms, config.workspace.calendar, zones, now)


def known_of(kpi: str, digest: str, memory: Memory, told_at: datetime | None = None) -> Known:
    """What the store knows of a KPI under its present definition. `told_at`: when its number was to be told last."""
    readings = memory.readings.get((kpi, digest), {})
    since = next((row.since for row in memory.definitions.get(kpi, []) if row.digest == digest), None)
    return Known(readings, {label: one.read_at for label, one in readings.items()}, since, told_at)


def question_of(config: Config, memory: Memory, digests: Mapping[str, str], desk: Desk) -> Question:
    """Everything there is to ask now. Nothing to ask is the usual case."""
    paces = paces_due(config, memory, digests, desk)
    dues = _dues(config, memory, digests, {ask.query.source for one in paces for ask in one.asks}, desk)
    cells = cells_due(
        list(config.kpis.values()), lambda cell: memory.photographs.get((cell.source, cell.cell), []), desk
    )
    by_source: dict[str, dict[Ask, None]] = defaultdict(dict)
    alone: dict[str, dict[Ask, None]] = defaultdict(dict)
    campaigns = tuple(read_sheets(config, memory.tables).campaigns)
    measures = measures_due(config, campaigns, memory.logbook.measured, desk)
    companions = [*paces, *others_due(config, memory, digests, dues, desk)]
    asks = [*(one for due in dues for one in _asks(due)), *cells]
    asks += [one for due in measures for one in due.asks]
    asks += [one for due in companions for one in due.asks]
    for ask in asks:
        source = ask.query.source
        refused = memory.source_facts.get(source, {}).get("refused", {})
        last = refused.get(name_of(ask.query))
        if last is None:
            by_source[source][ask] = None
        elif desk.now - datetime.fromisoformat(last["at"]) >= ALONE_EVERY.get(config.terms[source].kind, timedelta(0)):
            alone[source][ask] = None
    tables = tables_of(config) if dues or cells else {}
    sections = sections_due(config, campaigns, memory.source_facts, {*by_source, *tables}, desk.now)
    return Question(
        tuple(dues),
        tuple(cells),
        _with_sections(tables, sections),
        {source: tuple(asks) for source, asks in by_source.items()},
        {source: tuple(asks) for source, asks in alone.items()},
        tuple(measures),
        sections,
        campaigns,
        tuple(companions),
    )


def _dues(config: Config, memory: Memory, digests: Mapping[str, str], called: Collection[str], desk: Desk) -> list[Due]:
    """Every KPI's periods to work out now. `called`: sources that are called anyway."""
    told = wanted_since(config, desk.now)
    found: list[Due] = []
    for kpi in config.kpis.values():
        known = known_of(kpi.id, digests[kpi.id], memory, told.get(kpi.id))
        if called and all(query.source in called for query in queries_of(kpi, config.kpis)):
            known = replace(known, reread_after=REREAD_ALONG)
        found += due_periods(kpi, known, desk)
    return found


def tables_of(config: Config) -> dict[str, tuple[str, ...]]:
    """The ranges that are read as they are, by source: the table of `targets_from`."""
    table = config.targets_from
    return {} if table is None or table.query.table is None else {table.query.source: (table.query.table,)}


def _with_sections(
    tables: Mapping[str, tuple[str, ...]], sections: Mapping[str, TableShape]
) -> dict[str, tuple[str, ...]]:
    united = dict(tables)
    for table in sections.values():
        united[table.source] = tuple(dict.fromkeys((*united.get(table.source, ()), table.table)))
    return united


def _asks(due: Due) -> Iterable[Ask]:
    yield from due.asks
    if due.breakdown is not None:
        yield due.breakdown


def name_of(query: Query) -> str:
    """A stable name of a query, by which a refused one is remembered."""
    return repr(query)
