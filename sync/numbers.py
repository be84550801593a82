"""Numbers: a cycle's readings, judgements and episodes for every KPI, with the definitions they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from config import Config
from connectors.sheets.settings import SheetsSettings
from mapping.grids import sheet_places
from mapping.judgements import Episode, Judgement
from mapping.kpis import DatedTarget
from mapping.links import Link, action_items
from mapping.queries import Trouble
from mapping.readings import Reading
from mapping.runs import redefined
from mapping.target_rows import TargetRows, read_targets_table
from sync.asking import BACKGROUND_PERIODS, Desk, newest_ended
from sync.gather import Gathered
from sync.judging import Bench, Judged, for_show, judge_kpi, rest
from sync.memory import Memory
from sync.plan.items import belongs
from sync.plan.situation import KpiRecord
from sync.store import DefinitionRow


@dataclass
class Numbers:
    """What this cycle knows of every KPI, and what of it is new and to be kept."""

    records: dict[str, KpiRecord] = field(default_factory=dict)
    judgements: list[Judgement] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    links: dict[str, Link] = field(default_factory=dict)
    shown: list[tuple[Reading, Judgement]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    target_rows: Mapping[str, Sequence[DatedTarget]] = field(default_factory=dict)


def new_definitions(
    digests: Mapping[str, tuple[str, dict[str, object]]], memory: Memory, now: datetime
) -> tuple[list[DefinitionRow], list[Episode]]:
    """KPIs that are counted in another way than last time, and the open episodes that end with that."""
    rows: list[DefinitionRow] = []
    ended: list[Episode] = []
    for kpi, (digest, form) in digests.items():
        known = memory.definitions.get(kpi, [])
        if known and known[-1].digest == digest:
            continue
        rows.append(DefinitionRow(kpi, digest, form, now, None))
        episodes = memory.episodes.get(kpi, [])
        if episodes and episodes[-1].is_open:
            ended.append(redefined(episodes[-1], now))
    return rows, ended


def work_out(
    config: Config,
    memory: Memory,
    digests: Mapping[str, str],
    since: Mapping[str, datetime],
    gathered: Gathered,
    ended: Sequence[Episode],
    links: Mapping[str, Link],
    desk: Desk,
) -> Numbers:
    """Judge every KPI on what is known now. `since`: when each definition was first seen; `ended`: redefined ones."""
    numbers = Numbers(episodes=list(ended))
    rows = gathered.targets_rows if gathered.targets_rows is not None else memory.targets_rows
    targets = targets_of(config, rows)
    numbers.troubles += targets.troubles
    numbers.target_rows = targets.by_kpi
    photographs = memory.photographs_with(gathered.photographs)
    fresh: dict[str, dict[str, Reading]] = {}
    for reading in gathered.readings:
        fresh.setdefault(reading.kpi, {})[reading.period.label] = reading
    items_of = action_items(links.values())
    for kpi in config.kpis.values():
        key = (kpi.id, digests[kpi.id])
        readings = {**memory.readings.get(key, {}), **fresh.get(kpi.id, {})}
        if not readings:
            continue
        episodes = _episodes(memory.episodes.get(kpi.id, []), [one for one in ended if one.kpi == kpi.id])
        items = items_of.get(kpi.id, [])
        newest_item = items[-1] if items else None
        start = newest_ended(kpi, replace(desk, now=since[kpi.id]))
        bench = Bench(
            judged=memory.judged.get(key, []),
            episode=_latest(episodes, digests[kpi.id]),
            judge_from=desk.calendar.before(start, BACKGROUND_PERIODS - 1).first,
            rows=targets.by_kpi.get(kpi.id, ()),
            photographs=photographs,
            calendar=desk.calendar,
            now=desk.now,
            item=newest_item,
            quiet=None if newest_item is None else newest_item.quiet,
        )
        judged = judge_kpi(kpi, readings, bench)
        _align(kpi.id, items, judged, bench, numbers, config)
        _keep(kpi.id, key, readings, fresh.get(kpi.id, {}), judged, episodes, bench, memory, numbers, config)
    return numbers


def _latest(episodes: Sequence[Episode], digest: str) -> Episode | None:
    """The newest episode under this definition; an older definition's says nothing about this one's runs."""
    mine = [one for one in episodes if one.definition == digest]
    return mine[-1] if mine else None


def _episodes(known: Sequence[Episode], ended: Sequence[Episode]) -> list[Episode]:
    over = {(one.definition, one.opened.label): one for one in ended}
    return [over.get((one.definition, one.opened.label), one) for one in known]


def _align(kpi: str, items: Sequence[Link], judged: Judged, bench: Bench, numbers: Numbers, config: Config) -> None:
    """After a lost ledger the newest adopted item is the latest episode's, whatever period its key names."""
    episode = judged.episode
    if episode is None or not episode.is_open or not items:
        return
    newest = items[-1]
    if newest.episode == episode.opened.label or not belongs(newest, episode, items):
        return
    aligned = replace(newest, episode=episode.opened.label)
    numbers.links[aligned.key] = aligned
    rest(config.kpis[kpi], replace(bench, item=aligned), judged)


def _keep(
    kpi: str,
    key: tuple[str, str],
    readings: Mapping[str, Reading],
    fresh: Mapping[str, Reading],
    judged: Judged,
    episodes: Sequence[Episode],
    bench: Bench,
    memory: Memory,
    numbers: Numbers,
    config: Config,
) -> None:
    numbers.judgements += judged.judgements
    numbers.episodes += judged.episodes
    moved = {one.opened.label: one for one in judged.episodes}
    united = [moved.pop(one.opened.label, one) if one.definition == key[1] else one for one in episodes]
    united += [one for label, one in moved.items()]
    numbers.records[kpi] = KpiRecord(
        readings=readings,
        judgements=judged.history,
        corrections=[*corrections_of(memory.all_judged.get(key, [])), *judged.corrections],
        episode=judged.episode,
        episodes=united,
    )
    by_label = {one.period.label: one for one in judged.history}
    for reading in _to_show(readings, fresh):
        judgement = by_label.get(reading.period.label) if reading.final else None
        numbers.shown.append((reading, judgement or for_show(config.kpis[kpi], reading, readings, bench)))


def corrections_of(history: Sequence[Judgement]) -> list[tuple[Judgement, Judgement]]:
    """Pairs of judgements of one period, the second of which corrected the verdict of the first."""
    last: dict[str, Judgement] = {}
    pairs: list[tuple[Judgement, Judgement]] = []
    for one in history:
        before = last.get(one.period.label)
        if before is not None and one.corrects and before.status is not one.status and before.state != "missing":
            pairs.append((before, one))
        last[one.period.label] = one
    return pairs


def _to_show(readings: Mapping[str, Reading], fresh: Mapping[str, Reading]) -> list[Reading]:
    """The newest final period, the newest that is a first count, and every reading made in this cycle."""
    ordered = sorted(readings.values(), key=lambda one: one.period)
    final = [one for one in ordered if one.final][-1:]
    first = [one for one in ordered if not one.final and (not final or one.period > final[0].period)][-1:]
    chosen = {one.period.label: one for one in [*fresh.values(), *final, *first]}
    return sorted(chosen.values(), key=lambda one: one.period)


def targets_of(config: Config, rows: Sequence[Sequence[Any]]) -> TargetRows:
    """What the rows of `targets_from` say, by KPI; what cannot be read of them is a trouble with its cell named."""
    table = config.targets_from
    if table is None or not rows:
        return TargetRows({})
    source, written = table.query.source, table.query.table or ""
    settings = config.sources[source]
    if not isinstance(settings, SheetsSettings):
        raise TypeError(f"targets_from reads a sheet, and {source} is none")
    writing = settings.writing(serial_dates=True)
    return read_targets_table(rows, config.kpis, writing, sheet_places(source, written), name=f"{source} {written}")


def first_seen(digests: Mapping[str, str], memory: Memory, now: datetime) -> dict[str, datetime]:
    """When each KPI's present definition was first seen; now, if in this cycle."""
    found: dict[str, datetime] = {}
    for kpi, digest in digests.items():
        found[kpi] = next((row.since for row in memory.definitions.get(kpi, []) if row.digest == digest), now)
    return found
