"""Backtest: what this file would have done over the past, with real readings, writing nothing.

Each past period becomes known when it would have been final, is judged as a sync would judge it, and the real plan is
asked what it would make. Nobody acts in the past, so an item is taken as done when its KPI is back on target.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from config import Config
from connectors.base import Source
from mapping.goals import Goals
from mapping.judgements import Episode, Judgement, Status
from mapping.kpis import Kpi, queries_of
from mapping.links import Link, LinkState
from mapping.periods import Period
from mapping.queries import Ask, CellQuery
from mapping.readings import Reading
from mapping.targets import baseline_period
from mapping.tasks import Create, View, WorkKind
from sync.applying import with_sets
from sync.asking import Desk, Due, newest_ended
from sync.gather import gather
from sync.judging import Bench, judge_kpi
from sync.memory import Memory, digests
from sync.numbers import targets_of
from sync.plan.plan import plan
from sync.plan.situation import KpiRecord, Situation
from sync.question import Question, desk_of, tables_of
from sync.report_parts import Reader
from sync.reports import BacktestItem, BacktestKpi, BacktestPerson, BacktestReport
from sync.sparklines import sparkline
from sync.steps import CallCount, Outcome, StepKind


@dataclass
class Past:
    """The simulated record, as it grows day by day."""

    records: dict[str, KpiRecord] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    waited: dict[str, str] = field(default_factory=dict)
    most_open: dict[str | None, int] = field(default_factory=dict)


def backtest(
    config: Config, memory: Memory, sources: Mapping[str, Source], weeks: int, now: datetime
) -> BacktestReport:
    """Read the past `weeks` weeks (and the baselines they need), and play them forward."""
    desk = desk_of(config, memory, now)
    present = {kpi: digest for kpi, (digest, _) in digests(config).items()}
    start = now - timedelta(weeks=weeks)
    chosen = [kpi for kpi in config.kpis.values() if _can_be_read(kpi, config)]
    dues = [due for kpi in chosen for due in _dues(kpi, start, desk)]
    question = replace(Question.of_dues(dues), tables=tables_of(config))
    gathered = gather(question, sources, config, memory, present, desk)
    rows = gathered.targets_rows if gathered.targets_rows is not None else memory.targets_rows
    targets = targets_of(config, rows)
    desk = replace(desk, rows=targets.by_kpi)
    readings: dict[str, dict[str, Reading]] = {}
    for one in gathered.readings:
        readings.setdefault(one.kpi, {})[one.period.label] = replace(one, background=False)
    past = _play(config, chosen, readings, start, memory, desk)
    notes = [f"{one.where}: {one.what}" for one in (*gathered.troubles, *targets.troubles)]
    left_out = [kpi.name for kpi in config.kpis.values() if kpi not in chosen]
    if left_out:
        notes.append(f"left out, since their past can not be read: {', '.join(left_out)}")
    return _report(config, chosen, past, weeks, start, desk, sources, notes)


def _can_be_read(kpi: Kpi, config: Config) -> bool:
    cells = any(isinstance(query, CellQuery) for query in queries_of(kpi, config.kpis))
    return not cells


def _dues(kpi: Kpi, start: datetime, desk: Desk) -> list[Due]:
    """The periods that ended since `start`, with the baselines of their targets."""
    queries = queries_of(kpi, desk.kpis)
    periods: list[Period] = []
    period = newest_ended(kpi, desk)
    while desk.calendar.ends_at(period) > start:
        periods.append(period)
        period = desk.calendar.before(period)
    bases = {base for one in periods if (base := baseline_period(kpi, one, desk.calendar)) is not None}
    wanted = sorted({*periods, *bases})
    return [Due(kpi.id, one, tuple(Ask(query, one) for query in queries), background=False) for one in wanted]


def _play(
    config: Config,
    kpis: Sequence[Kpi],
    readings: Mapping[str, Mapping[str, Reading]],
    start: datetime,
    memory: Memory,
    desk: Desk,
) -> Past:
    past = Past()
    moments: dict[datetime, list[tuple[Kpi, Reading]]] = {}
    for kpi in kpis:
        for reading in readings.get(kpi.id, {}).values():
            if reading.final and desk.calendar.ends_at(reading.period) > start:
                moments.setdefault(_known_at(kpi, reading, desk), []).append((kpi, reading))
    for moment in sorted(moments):
        for kpi, reading in moments[moment]:
            _judge(kpi, reading, readings[kpi.id], moment, past, memory, desk)
        _follow_up(config, moment, past)
    return past


def _known_at(kpi: Kpi, reading: Reading, desk: Desk) -> datetime:
    """When a sync would have had the final number: settled in every source, and late if it never came."""
    terms = [(query.source, desk.terms[query.source]) for query in queries_of(kpi, desk.kpis)]
    spans = [
        (source, one.settle_after if reading.trusted else (kpi.late_after or one.late_after)) for source, one in terms
    ]
    return max(desk.calendar.deadline(reading.period, span, desk.zone(source)) for source, span in spans)


def _judge(
    kpi: Kpi,
    reading: Reading,
    known: Mapping[str, Reading],
    moment: datetime,
    past: Past,
    memory: Memory,
    desk: Desk,
) -> None:
    record = past.records.get(kpi.id, KpiRecord({}, ()))
    bench = Bench(
        judged=record.judgements,
        episode=record.episode,
        judge_from=reading.period.first,
        rows=desk.rows.get(kpi.id, ()),
        photographs=memory.photographs,
        calendar=desk.calendar,
        now=moment,
    )
    before = {label: one for label, one in known.items() if one.period <= reading.period}
    judged = judge_kpi(kpi, before, bench)
    episodes = [one for one in record.episodes if judged.episode is None or one.opened != judged.episode.opened]
    episodes += [judged.episode] if judged.episode is not None else []
    past.records[kpi.id] = KpiRecord(before, judged.history, (), judged.episode, episodes)


def _follow_up(config: Config, moment: datetime, past: Past) -> None:
    """Ask the real plan what it would do; make what it would make, and take what is back on target as done."""
    for key, link in past.links.items():
        episode = past.records[link.subject].episode
        if link.is_live and episode is not None and episode.opened.label == link.episode and not episode.is_open:
            past.links[key] = replace(link, completed=True, completed_at=moment)
    situation = Situation(
        config=replace(config, reviews={}, campaigns=(), events=()),  # meetings are no question of the past's numbers
        now=moment,
        records=past.records,
        links=past.links,
        notes={},
        views={tracker: _view(tracker, config) for tracker in config.trackers},
        goals=Goals(config.goals),
    )
    for step in plan(situation):
        known = past.links.get(step.key)
        if step.work is not WorkKind.ACTION:
            continue
        if step.kind is StepKind.CREATE and step.outcome is Outcome.WAITING:
            past.waited.setdefault(step.key, step.because)
        elif isinstance(step.order, Create) and step.link is not None:
            past.links[step.key] = replace(step.link, state=LinkState.LINKED, task=step.key, title=step.title)
        elif step.kind is StepKind.REOPEN and known is not None:
            past.links[step.key] = with_sets(replace(known, completed=False, completed_at=None), step)
    for person, count in situation.open_items().items():
        past.most_open[person] = max(past.most_open.get(person, 0), count)


def _view(tracker: str, config: Config) -> View:
    return View(tracker, True, {}, accounts={person: person for person in config.people})


def _report(
    config: Config,
    kpis: Sequence[Kpi],
    past: Past,
    weeks: int,
    start: datetime,
    desk: Desk,
    sources: Mapping[str, Source],
    notes: Sequence[str],
) -> BacktestReport:
    reader = Reader(desk.now, desk.calendar.zone)
    items = [_item(link, past, reader) for link in sorted(past.links.values(), key=lambda one: (one.made_at, one.key))]
    return BacktestReport(
        workspace=config.workspace.id,
        at=desk.now.astimezone(desk.calendar.zone),
        weeks=weeks,
        first=desk.calendar.local_date(start),
        last=desk.calendar.local_date(desk.now),
        kpis=tuple(_kpi(kpi, past) for kpi in kpis),
        items=tuple(items),
        people=tuple(
            BacktestPerson(
                person or "", sum(1 for one in past.links.values() if one.person == person), past.most_open[person]
            )
            for person in sorted(past.most_open, key=lambda one: one or "")
        ),
        notes=tuple(notes),
        calls={name: CallCount(one.calls.made, one.calls.least, one.calls.charged) for name, one in sources.items()},
    )


def _item(link: Link, past: Past, reader: Reader) -> BacktestItem:
    episode = _episode_of(link, past)
    return BacktestItem(
        key=link.key,
        kpi=link.subject,
        title=link.title,
        made=link.made_at.astimezone(reader.zone).date(),
        opened=reader.span(episode.opened),
        person=link.person,
        closed=reader.span(episode.closed) if episode.closed is not None else None,
        waited=past.waited.get(link.key, ""),
    )


def _episode_of(link: Link, past: Past) -> Episode:
    return next(one for one in reversed(past.records[link.subject].episodes) if one.opened.label == link.episode)


def _kpi(kpi: Kpi, past: Past) -> BacktestKpi:
    judged: Sequence[Judgement] = past.records[kpi.id].judgements if kpi.id in past.records else ()
    count = {status: sum(1 for one in judged if one.status is status) for status in Status}
    return BacktestKpi(
        kpi=kpi.id,
        name=kpi.name,
        on_target=count[Status.ON_TRACK],
        close=count[Status.AT_RISK],
        below=count[Status.OFF_TRACK],
        unknown=count[Status.UNKNOWN],
        items=sum(1 for one in past.links.values() if one.subject == kpi.id),
        spark=sparkline([one.value for one in judged]),
        note="" if judged else "no number in these weeks",
    )
