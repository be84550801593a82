"""Judging: final readings become judgements, kept for good, and judgements move the episodes. Pure.

A period is judged once. A number that changes afterwards is judged again, with the target that judged it: that may
complete a run, and never closes, renames or reopens anything by itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from mapping.judgements import Episode, Judgement, Status
from mapping.kpis import DatedTarget, FromCell, Kpi, TargetValue
from mapping.links import Link, Quiet
from mapping.periods import Calendar, Period
from mapping.readings import Photograph, Reading, State
from mapping.runs import Rest, advance, recovered, resting_verdict
from mapping.status import judgement_of
from mapping.targets import entry_in_force, target_for
from mapping.wording import show_date


@dataclass(frozen=True, slots=True)
class Bench:
    """What judging one KPI takes beside its readings: its past, its targets, and what people said of it.

    `judged`: the newest judgement of each period, oldest first. `judge_from`: periods before it are only baselines.
    `item`: the KPI's newest action item, if a person completed it: then the episode rests and only what begins after
    the completion counts. `quiet`: what a person said of that item: a doubt freezes it, an acceptance covers the
    periods that end before its date, whenever their numbers come.
    """

    judged: Sequence[Judgement]
    episode: Episode | None
    judge_from: date
    rows: Sequence[DatedTarget]
    photographs: Mapping[tuple[str, str], Sequence[Photograph]]
    calendar: Calendar
    now: datetime
    item: Link | None = None
    quiet: Quiet | None = None


@dataclass
class Judged:
    """What came of it: new judgements, episodes as they are now (opened, closed), corrections with what was before."""

    judgements: list[Judgement] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    corrections: list[tuple[Judgement, Judgement]] = field(default_factory=list)
    history: list[Judgement] = field(default_factory=list)
    episode: Episode | None = None


def judge_kpi(kpi: Kpi, readings: Mapping[str, Reading], bench: Bench) -> Judged:
    """Judge what is final and not judged yet, or judged on another number, oldest period first."""
    history = {one.period.label: one for one in bench.judged}
    ordered = sorted(history.values(), key=_first_day)
    result = Judged(episode=bench.episode, history=ordered)
    frozen = bench.quiet is not None and bench.quiet.kind == "wrong"
    for reading in sorted(readings.values(), key=_first_day):
        before = history.get(reading.period.label)
        if not reading.final or reading.period.first < bench.judge_from:
            continue
        if frozen or (before is not None and _same_number(before, reading)):
            continue
        judgement = _judgement(kpi, reading, before, readings, bench)
        history[reading.period.label] = judgement
        result.judgements.append(judgement)
        if before is not None and before.status is not judgement.status and before.state != "missing":
            result.corrections.append((before, judgement))
        _place(ordered, judgement)
        _move(kpi, judgement, ordered, bench, result)
    rest(kpi, bench, result)
    return result


def for_show(kpi: Kpi, reading: Reading, readings: Mapping[str, Reading], bench: Bench) -> Judgement:
    """What a first count would be found to be: shown, never kept, never acted on."""
    return _judgement(kpi, reading, None, readings, bench)


def _same_number(before: Judgement, reading: Reading) -> bool:
    return before.value == reading.value and before.state == reading.state.value


def _judgement(
    kpi: Kpi, reading: Reading, before: Judgement | None, readings: Mapping[str, Reading], bench: Bench
) -> Judgement:
    if before is not None:  # it keeps the target that judged it, and none if it had none
        target, reason = before.target, before.reason if before.target is None else ""
    else:
        target, reason = _target(kpi, reading.period, readings, bench)
    judgement = judgement_of(reading, kpi, target, reason, bench.now, corrects=before is not None)
    if before is not None:
        judgement = replace(judgement, background=before.background and judgement.background)
        if before.state != State.MISSING:  # a number that came late corrects nothing
            judgement = replace(judgement, flags=judgement.flags | {"corrected"})
        if "accepted" in before.flags:  # a person took that period as it is; another number does not undo it
            return replace(judgement, status=before.status, reason=before.reason, flags=judgement.flags | {"accepted"})
    if before is None and _accepted(bench, reading.period):
        today = bench.calendar.local_date(bench.now)
        until = bench.quiet.until if bench.quiet is not None else None
        why = f"accepted until {show_date(until, today)}" if until is not None else "accepted"
        judgement = replace(judgement, status=Status.UNKNOWN, reason=why, flags=judgement.flags | {"accepted"})
    return judgement


def _target(kpi: Kpi, period: Period, readings: Mapping[str, Reading], bench: Bench) -> tuple[TargetValue | None, str]:
    entry = entry_in_force(kpi, period.first, bench.rows)
    photographs: Sequence[Photograph] = ()
    if entry is not None and isinstance(entry.rule, FromCell):
        photographs = bench.photographs.get((entry.rule.query.source, entry.rule.query.cell), ())
    baseline: Callable[[Period], Reading | None] = lambda one: readings.get(one.label)  # noqa: E731
    return target_for(kpi, period, bench.calendar, baseline=baseline, photographs=photographs, rows=bench.rows)


def _accepted(bench: Bench, period: Period) -> bool:
    """`accept until`: periods that end before the date are passed over."""
    quiet = bench.quiet
    return quiet is not None and quiet.kind == "accept" and quiet.until is not None and period.last < quiet.until


def _move(kpi: Kpi, news: Judgement, history: Sequence[Judgement], bench: Bench, result: Judged) -> None:
    movement = advance(history, result.episode, kpi.policy, bench.now, news=news)
    if movement.closes is not None and _resting(bench, result.episode):
        return  # completed by a person: only periods that begin after that count, see `rest`
    if movement.opens is not None or movement.closes is not None:
        result.episode = movement.after(result.episode)
        if result.episode is not None:
            result.episodes = [one for one in result.episodes if one.opened != result.episode.opened]
            result.episodes.append(result.episode)


def _resting(bench: Bench, episode: Episode | None) -> bool:
    item = bench.item
    return item is not None and episode is not None and item.completed and item.episode == episode.opened.label


def rest(kpi: Kpi, bench: Bench, result: Judged) -> None:
    """The first on_track period that begins after a person's completion closes the episode."""
    episode, item = result.episode, bench.item
    if episode is None or not episode.is_open or item is None or item.completed_at is None:
        return
    if not _resting(bench, episode):
        return
    resting = resting_verdict(bench.calendar.local_date(item.completed_at), result.history, kpi.policy)
    if resting.verdict is Rest.CLOSES and resting.period is not None:
        result.episode = recovered(episode, resting.period, bench.now)
        result.episodes = [one for one in result.episodes if one.opened != episode.opened] + [result.episode]


def _first_day(one: Reading | Judgement) -> date:
    """Periods of one KPI never overlap, so their first days order them."""
    return one.period.first


def _place(ordered: list[Judgement], judgement: Judgement) -> None:
    """Put a judgement where its period belongs, in the place of the one that was there."""
    at = bisect_left(ordered, judgement.period.first, key=_first_day)
    if at < len(ordered) and ordered[at].period == judgement.period:
        ordered[at] = judgement
    else:
        ordered.insert(at, judgement)
