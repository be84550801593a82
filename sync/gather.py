"""Gather: put the cycle's question to the sources, and make readings of what they answer.

A source that could not be asked gives no reading at all; it is asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from config import Config
from connectors.base import Source
from mapping.companions import Companion, Role
from mapping.counting import World, reading_of
from mapping.decimals import wide
from mapping.kpis import Kpi, queries_of
from mapping.logbook import Measured
from mapping.photographs import photograph_of
from mapping.queries import Answer, Ask, CellQuery, MetricQuery, Reply, Trouble
from mapping.readings import Photograph, Reading, State
from sync.asking import Desk, Due, newest_ended
from sync.campaigning import note_sections, still_unread
from sync.companions_asked import companion_queries, companions_from
from sync.measuring import measured_from, measured_queries
from sync.memory import Memory
from sync.question import Question, name_of

REFUSED = "failed"  # the kind of trouble with which a vendor refuses single asks, not the source
OF_DATA = "bad_data"  # … and the kind that is about what stands in the data


@dataclass
class Gathered:
    """What the sources gave in this cycle. `readings`: every one worked out now, changed or not.

    `tables`: rows of `campaigns_from` and `findings` read now, by section. `measured`: by campaign and KPI.
    `companions`: by KPI and role.
    """

    readings: list[Reading] = field(default_factory=list)
    photographs: list[Photograph] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    targets_rows: list[list[Any]] | None = None
    reached: set[str] = field(default_factory=set)
    tables: dict[str, list[list[Any]]] = field(default_factory=dict)
    measured: dict[tuple[str, str], Measured] = field(default_factory=dict)
    companions: dict[tuple[str, Role], Companion] = field(default_factory=dict)


def gather(
    question: Question,
    sources: Mapping[str, Source],
    config: Config,
    memory: Memory,
    digests: Mapping[str, str],
    desk: Desk,
) -> Gathered:
    """Call each source that has something to answer, once, and count what comes back."""
    gathered = Gathered()
    answers: dict[Ask, Answer] = {}
    for source in sorted({*question.asks, *question.alone, *question.tables}):
        if source not in sources:
            continue
        facts = dict(memory.source_facts.get(source, {}))
        for reply, asked in _replies(source, sources[source], question, desk):
            answers.update(reply.answers)
            _account(source, reply, asked, facts, gathered, desk.now)
            gathered.tables |= note_sections(source, question.sections, reply, facts, desk.now)
            targets = config.targets_from.query if config.targets_from is not None else None
            if targets is not None and targets.source == source and targets.table and targets.table in reply.tables:
                gathered.targets_rows = [list(row) for row in reply.tables[targets.table]]
        gathered.facts[source] = facts
    for ask in question.cells:
        if ask in answers:
            photograph = photograph_of(answers[ask], desk.now)
            if _is_news(photograph, memory, desk):
                gathered.photographs.append(photograph)
    gathered.readings = _count(question, answers, gathered, config, memory, digests, desk)
    measured = measured_from(question.measures, answers, desk)
    gathered.measured = {(one.campaign, one.kpi): one for one in measured}
    if question.companions:
        photographs = memory.photographs_with(gathered.photographs)
        beside = companions_from(question.companions, answers, photographs, gathered.readings, memory, desk)
        gathered.companions = {(one.kpi, one.role): one for one in beside}
    gathered.troubles += _still_refused(question, config, memory, gathered)
    told = {(one.where, one.what) for one in gathered.troubles}
    known = still_unread(config, {**memory.source_facts, **gathered.facts})
    gathered.troubles += [one for one in known if (one.where, one.what) not in told]
    return gathered


def _still_refused(question: Question, config: Config, memory: Memory, gathered: Gathered) -> list[Trouble]:
    """What a vendor refused and was not asked again in this cycle: it stays a problem until it is answered."""
    used = {name_of(query) for kpi in config.kpis.values() for query in kpi.queries()}
    used |= {name_of(query) for query in (*measured_queries(config, question.campaigns), *companion_queries(config))}
    told = {(one.where, one.what) for one in gathered.troubles}
    found: dict[tuple[str, str], Trouble] = {}
    for source in config.sources:
        facts = gathered.facts.get(source, memory.source_facts.get(source, {}))
        for name, said in facts.get("refused", {}).items():
            place = (said["where"], said["what"])
            if name in used and place not in told:
                found[place] = Trouble(said["where"], said["what"], said["advice"], REFUSED)
    return list(found.values())


def _replies(name: str, source: Source, question: Question, desk: Desk) -> Iterable[tuple[Reply, Sequence[Ask]]]:
    asks, tables = question.asks.get(name, ()), question.tables.get(name, ())
    if asks or tables:
        yield source.read(asks, now=desk.now, zone=desk.calendar.zone, tables=tables), asks
    if name in question.alone:
        yield source.read(question.alone[name], now=desk.now, zone=desk.calendar.zone), question.alone[name]


def _account(
    source: str, reply: Reply, asked: Sequence[Ask], facts: dict[str, Any], gathered: Gathered, now: datetime
) -> None:
    """Keep what is known of the source: its zone, what it refuses, since when it can not be read."""
    gathered.troubles.extend(reply.troubles)
    zone = next((one.zone for one in reply.answers.values() if one.zone is not None), None)
    if zone is not None:
        facts["zone"] = zone
    refused = dict(facts.get("refused", {}))
    for trouble in reply.troubles:
        if trouble.kind == REFUSED:
            said = {"at": now.isoformat(), "where": trouble.where, "what": trouble.what, "advice": trouble.advice}
            refused.update({name_of(ask.query): said for ask in trouble.asks})
    for ask in reply.answers:
        refused.pop(name_of(ask.query), None)
    facts["refused"] = refused
    in_data = [one for one in reply.troubles if one.kind == OF_DATA]
    whole = [one for one in reply.troubles if one.kind not in (REFUSED, OF_DATA)]
    if set(asked) <= {ask for one in in_data for ask in one.asks}:
        whole += in_data  # a folder without the file, a table without its columns: nothing at all can be read
    if reply.answers or reply.tables:
        gathered.reached.add(source)
        facts.pop("unread_since", None)
        facts.pop("unread_what", None)
    elif asked and whole and source not in gathered.reached:
        facts.setdefault("unread_since", now.isoformat())
        facts["unread_what"] = whole[0].what


def _is_news(photograph: Photograph, memory: Memory, desk: Desk) -> bool:
    """One photograph a day, and one whenever the cell changed: enough to know what it held before any midnight."""
    taken = memory.photographs.get((photograph.source, photograph.cell), [])
    if not taken:
        return True
    last = taken[-1]
    same = replace(last, seen_at=photograph.seen_at) == photograph
    same_day = desk.calendar.local_date(last.seen_at) == desk.calendar.local_date(photograph.seen_at)
    return not (same and same_day)


def _count(
    question: Question,
    answers: Mapping[Ask, Answer],
    gathered: Gathered,
    config: Config,
    memory: Memory,
    digests: Mapping[str, str],
    desk: Desk,
) -> list[Reading]:
    photographs = memory.photographs_with(gathered.photographs)
    readings: list[Reading] = []
    done: set[tuple[str, str]] = set()
    for due in [*question.dues, *_photographed(config, memory, digests, photographs, desk)]:
        if (due.kpi, due.period.label) in done:
            continue
        done.add((due.kpi, due.period.label))
        found = {ask.query: answers[ask] for ask in due.asks if ask in answers}
        world = World(found, photographs, config.terms, desk.calendar, desk.now)
        kpi = config.kpis[due.kpi]
        reading = reading_of(kpi, digests[kpi.id], due.period, world, config.kpis, background=due.background)
        if reading is None:
            continue
        before = memory.readings.get((kpi.id, digests[kpi.id]), {}).get(due.period.label)
        readings.append(_with_context(reading, due, kpi, answers, before))
    return readings


def _with_context(
    reading: Reading, due: Due, kpi: Kpi, answers: Mapping[Ask, Answer], before: Reading | None
) -> Reading:
    """The reading with its breakdown (as asked now, else as known) and with how it was first come by."""
    if due.breakdown is not None and due.breakdown in answers:
        with wide():
            scaled = tuple((name, value * kpi.scale) for name, value in answers[due.breakdown].breakdown)
        reading = replace(reading, breakdown=scaled)
    elif before is not None:
        reading = replace(reading, breakdown=before.breakdown)
    if before is not None and _is_still_zero(reading, before, kpi):
        return replace(before, read_at=reading.read_at)
    if before is None:
        return replace(reading, background=reading.background and reading.final)
    # What was awaited, missing or a first count when alignd first looked is no past: its number is news.
    return replace(reading, background=before.background and before.final and before.trusted)


def _is_still_zero(reading: Reading, before: Reading, kpi: Kpi) -> bool:
    """Google Analytics gives no row both for zero and for nothing: what was proven zero once is not missing now."""
    metric = kpi.value is not None and isinstance(kpi.value, MetricQuery)
    return metric and before.final and before.state is State.ZERO and reading.state is State.MISSING


def _photographed(
    config: Config,
    memory: Memory,
    digests: Mapping[str, str],
    photographs: Mapping[tuple[str, str], Sequence[Photograph]],
    desk: Desk,
) -> Iterable[Due]:
    """KPIs of cells alone: the newest ended period is worked out from photographs, without asking anybody."""
    for kpi in config.kpis.values():
        queries = queries_of(kpi, config.kpis)
        if not queries or not all(isinstance(query, CellQuery) for query in queries):
            continue
        cells = [query for query in queries if isinstance(query, CellQuery)]
        taken = [one for cell in cells for one in photographs.get((cell.source, cell.cell), ())]
        newest = newest_ended(kpi, desk)
        reading = memory.readings.get((kpi.id, digests[kpi.id]), {}).get(newest.label)
        # A cell dated within the period may still be filled, or corrected, after it ended.
        news = any(one.seen_at == desk.now and one.as_of is not None and one.as_of in newest for one in taken)
        if reading is not None and reading.final and reading.trusted and not news:
            continue
        if any(one.seen_at < desk.calendar.ends_at(newest) for one in taken) or any(
            one.as_of is not None and one.as_of in newest for one in taken
        ):
            yield Due(kpi.id, newest, (), False)
