"""`history`: a KPI's numbers over time, each with what judged it, corrections and breaks beside it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from config import Config
from mapping.judgements import Episode, Judgement, Status
from mapping.kpis import Kpi
from mapping.links import LinkState
from mapping.periods import Period
from mapping.readings import Reading, State
from mapping.tasks import WorkKind
from mapping.wording import status_word
from sync.recall import KpiMemory
from sync.report_parts import Reader, number, person_name, target
from sync.report_words import STATE_WORDS
from sync.reports import Correction, HistoryReport, HistoryRow
from sync.sparklines import sparkline

SPARK_PERIODS = 26


def history_report(
    config: Config, kpi: Kpi, memory: KpiMemory, at: datetime, notes: Sequence[str] = ()
) -> HistoryReport:
    """The KPI's periods, newest first: under the definition in force, then what only an older one has counted."""
    reader = Reader(at, config.workspace.calendar.zone)
    rows: list[HistoryRow] = []
    covered: set[str] = set()
    for place, version in enumerate(reversed(memory.definitions)):
        fresh = [one for one in _newest(memory, version.digest) if one.period.label not in covered]
        covered.update(one.period.label for one in fresh)
        made = [_row(kpi, one, memory, config, reader) for one in fresh]
        if place > 0 and made:
            since = memory.definitions[len(memory.definitions) - place].since
            made[0] = _broken(made[0], f"counted differently up to here; changed {reader.moment(since)}")
        rows += made
    newest = [one.number.value if one.state in (State.VALUE, State.ZERO) else None for one in rows if one.final]
    return HistoryReport(
        kpi=kpi.id,
        name=kpi.name,
        at=at.astimezone(reader.zone),
        rows=tuple(rows),
        spark=sparkline(newest[:SPARK_PERIODS][::-1]),
        definition=kpi.definition or "",
        notes=(*_breaks(memory, reader), *notes),
    )


def _breaks(memory: KpiMemory, reader: Reader) -> list[str]:
    """The changes of how it is counted. What was read again hides the older numbers, so the break is said by itself."""
    return [
        f"counted in another way since {reader.moment(version.since)}; the periods just before it were read again so"
        for version in memory.definitions[1:]
    ]


def _newest(memory: KpiMemory, definition: str) -> list[Reading]:
    """The newest version of each period under one definition, newest period first."""
    newest = {one.period: one for one in memory.readings if one.definition == definition}
    return [newest[period] for period in sorted(newest, reverse=True)]


def _row(kpi: Kpi, reading: Reading, memory: KpiMemory, config: Config, reader: Reader) -> HistoryRow:
    judged = [one for one in memory.judgements if one.period == reading.period and one.definition == reading.definition]
    counted = [one for one in judged if one.state != State.MISSING] or judged  # a number that came late is the first
    first, newest = (counted[0], counted[-1]) if counted else (None, None)
    changed = newest is not None and first is not None and newest.status is not first.status
    return HistoryRow(
        period=reader.span(reading.period),
        number=number(kpi, reading.value),
        state=reading.state,
        final=reading.final,
        read_at=reading.read_at,
        status=first.status if first else Status.UNKNOWN,
        said=_said(kpi, reading, first, newest if changed else None),
        target=target(kpi, first.target) if first else None,
        gap=first.gap if first else None,
        flags=tuple(sorted(reading.flags | (first.flags if first else frozenset()))),
        corrections=_corrections(kpi, memory.versions(reading.period, reading.definition)),
        now=newest.status if changed and newest else None,
        note=reading.note or (first.reason if first and first.status is Status.UNKNOWN else ""),
        event=_event(reading, memory, config),
    )


def _said(kpi: Kpi, reading: Reading, judged: Judgement | None, now: Judgement | None) -> str:
    if reading.state in STATE_WORDS and (judged is None or "paused" not in judged.flags):
        return STATE_WORDS[reading.state]
    if judged is None:
        return "not judged"
    said = status_word(kpi, judged)
    return f"{said}, now {status_word(kpi, now)}" if now else said


def _corrections(kpi: Kpi, versions: Sequence[Reading]) -> tuple[Correction, ...]:
    """Final numbers that a later one replaced, oldest first. First counts that grew and numbers that came late are
    no corrections."""
    final = [one for one in versions if one.final and one.state is not State.MISSING]
    replaced = [
        before for before, after in pairwise(final) if (before.value, before.state) != (after.value, after.state)
    ]
    return tuple(Correction(number(kpi, one.value), one.read_at) for one in replaced)


def _event(reading: Reading, memory: KpiMemory, config: Config) -> str:
    """What began or ended with this period."""
    for episode in memory.episodes:
        if episode.definition != reading.definition:
            continue
        if episode.opened == reading.period:
            return _opened(episode, memory, config)
        if episode.closed == reading.period:
            return "back for good"
    return ""


def _opened(episode: Episode, memory: KpiMemory, config: Config) -> str:
    items = [
        one
        for one in memory.links.values()
        if one.kind is WorkKind.ACTION and one.episode == episode.opened.label and one.state is LinkState.LINKED
    ]
    if not items:
        return "asked for an item"
    person = person_name(items[0].person, config.people)
    return f"item for {person}" if person else "item made"


def _broken(row: HistoryRow, words: str) -> HistoryRow:
    return replace(row, changed=words)


def period_of(kpi: Kpi, memory: KpiMemory, period: Period) -> Reading | None:
    """The newest number of a period, under the definition in force or, if that has none, an older one."""
    found = [one for one in memory.readings if one.period == period and one.kpi == kpi.id]
    present = [one for one in found if one.definition == memory.digest]
    return next(reversed(present or found), None)
