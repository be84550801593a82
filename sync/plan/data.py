"""Data tasks: who is asked when a number is late, missing or not to be believed, and when that is over. Pure.

KPIs with the same cause in the same source share a task. It completes itself when the numbers come, and a dismissed one
is not made again until a number came (its key names the period that made it due, which stays while none comes).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mapping.documents import Document
from mapping.keys import data_key
from mapping.kpis import Kpi, queries_of
from mapping.links import Link, LinkState
from mapping.periods import Period
from mapping.readings import Reading, State
from mapping.runs import no_data_due
from mapping.tasks import Complete, WorkKind
from mapping.wording import show_period
from sync.plan import words
from sync.plan.making import create_step, due_by_policy
from sync.plan.situation import Situation
from sync.steps import Reason, Step, StepKind, step_on

UNREAD_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Lack:
    """A KPI whose number has been missing for too long: since which period, and why (in one source)."""

    kpi: Kpi
    period: Period
    source: str
    cause: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class Need:
    """A data task that should exist: its key, whom it asks, what for."""

    key: str
    subject: str
    person: str | None
    title: str
    body: Document
    reason: Reason
    because: str
    kpis: tuple[str, ...]


def data_steps(situation: Situation) -> list[Step]:
    """Creates for what is newly lacking, completions for what came."""
    needs = [*_needs(situation), *_doubts(situation), *_unread(situation)]
    wanted = {need.key: need for need in needs}
    steps = [step for need in wanted.values() if (step := _create(need, situation)) is not None]
    steps.extend(_completions(frozenset(wanted), situation))
    return steps


def lacks(situation: Situation) -> list[Lack]:
    """Every KPI that lacks a number past the time it was to be there, for as long as its policy waits."""
    found: list[Lack] = []
    for kpi in situation.config.kpis.values():
        record = situation.records.get(kpi.id)
        if record is None:
            continue
        readings = sorted((one for one in record.readings.values() if one.final), key=lambda one: one.period)
        states = [(one.period, _counted(kpi, one, situation)) for one in readings if not _paused(kpi, one.period)]
        period = no_data_due(states, kpi.policy)
        if period is None:
            continue
        reading = record.readings[period.label]
        source = source_of(kpi, reading, situation)
        cause = _cause(reading) if reading.state is State.UNTRUSTED else reading.state.value
        found.append(Lack(kpi, period, source, cause, reading))
    return found


def _counted(kpi: Kpi, reading: Reading, situation: Situation) -> State:
    """Missing and untrusted count only once the number is past the time it was to be there."""
    if reading.state not in (State.MISSING, State.UNTRUSTED):
        return reading.state
    return reading.state if late_at(kpi, reading.period, situation) <= situation.now else State.AWAITED


def late_at(kpi: Kpi, period: Period, situation: Situation) -> datetime:
    """The instant from which this KPI's number for the period is late: the latest of its sources."""
    calendar, terms = situation.config.workspace.calendar, situation.config.terms
    spans = [kpi.late_after or terms[q.source].late_after for q in queries_of(kpi, situation.config.kpis)]
    return max((calendar.deadline(period, span) for span in spans), default=calendar.ends_at(period))


def _paused(kpi: Kpi, period: Period) -> bool:
    return any(pause.first <= period.last and period.first <= pause.last for pause in kpi.paused)


def source_of(kpi: Kpi, reading: Reading, situation: Situation) -> str:
    """The source of the input that is lacking; the first one where the reading does not say."""
    lacking = {part.name for part in reading.parts if part.state in (State.MISSING, State.UNTRUSTED)}
    for name, query in kpi.inputs.items():
        if name in lacking and not isinstance(query, str):
            return query.source
    return next((query.source for query in queries_of(kpi, situation.config.kpis)), "")


def _cause(reading: Reading) -> str:
    """What is wrong, without the name a formula gives the input, so that KPIs of one bad cell share a task."""
    notes = [part.note for part in reading.parts if part.state is State.UNTRUSTED and part.note]
    return "; ".join(notes) or reading.note


def _needs(situation: Situation) -> Iterator[Need]:
    workspace = situation.config.workspace.id
    groups: dict[tuple[str, str, str], list[Lack]] = {}
    for lack in lacks(situation):
        if lack.kpi.policy.on_no_data == "task":
            groups.setdefault((lack.source, lack.cause, lack.period.label), []).append(lack)
    for (source, _, label), group in groups.items():
        alone = _standing_alone(group, label, situation)
        shared = [one for one in group if one not in alone]
        if len(shared) == 1 and data_key(workspace, source, label) not in situation.links:
            alone, shared = [*alone, *shared], []
        for lack in alone:
            yield _need(data_key(workspace, lack.kpi.id, label), lack.kpi.id, [lack], situation)
        if shared:
            yield _need(data_key(workspace, source, label), source, shared, situation)


def _standing_alone(group: Sequence[Lack], label: str, situation: Situation) -> list[Lack]:
    """KPIs that were asked for on their own before others fell short with them: they keep their task."""
    workspace = situation.config.workspace.id
    return [one for one in group if data_key(workspace, one.kpi.id, label) in situation.links]


def _need(key: str, subject: str, group: Sequence[Lack], situation: Situation) -> Need:
    first = group[0]
    person = situation.for_whom(first.kpi.data_owner)
    due = [late_at(one.kpi, one.period, situation) for one in group]
    title, body = words.data_task(
        [(one.kpi, one.reading) for one in group], first.source, min(due), person, key, situation
    )
    what = "not to be believed" if first.reading.state is State.UNTRUSTED else "missing"
    names = ", ".join(one.kpi.name for one in group)
    because = f"{names}: {what} since {show_period(first.period, situation.today)}"
    return Need(key, subject, person, title, body, Reason.NO_DATA, because, tuple(one.kpi.id for one in group))


def _doubts(situation: Situation) -> Iterator[Need]:
    """`alignd wrong`: the data owner is asked to check the number the person doubts."""
    workspace = situation.config.workspace.id
    for link in situation.links.values():
        quiet = link.quiet
        kpi = situation.config.kpis.get(link.subject)
        if link.kind is not WorkKind.ACTION or kpi is None or quiet is None or quiet.kind != "wrong":
            continue
        record = situation.records.get(kpi.id)
        if not link.is_live or record is None or record.newest is None:
            continue
        # A doubt freezes the judging, so the newest judged period names the task for as long as the doubt lasts.
        key = _doubt_key(data_key(workspace, kpi.id, record.newest.period.label), quiet.at, situation)
        person = situation.for_whom(kpi.data_owner)
        title, body = words.doubt(kpi, link, quiet, person, key, situation)
        yield Need(key, kpi.id, person, title, body, Reason.NO_DATA, f"{quiet.by} doubts the number", (kpi.id,))


def _doubt_key(first: str, since: datetime, situation: Situation) -> str:
    """The key of the doubt's data task: KEY, or KEY/2, KEY/3 … where one was completed before this doubt was raised."""
    key, number = first, 1
    while (link := situation.links.get(key)) is not None and _was_over(link, since):
        number += 1
        key = f"{first}/{number}"
    return key


def _was_over(link: Link, since: datetime) -> bool:
    return link.completed and link.completed_at is not None and link.completed_at < since


def _unread(situation: Situation) -> Iterator[Need]:
    """A source that could not be read for 24 hours: one task for the source."""
    config = situation.config
    for source, state in situation.sources.items():
        if state.unread_since is None or situation.now - state.unread_since < UNREAD_FOR:
            continue
        users = [kpi for kpi in config.kpis.values() if any(q.source == source for q in queries_of(kpi, config.kpis))]
        if not users:
            continue
        day = config.workspace.calendar.local_date(state.unread_since).isoformat()
        key = data_key(config.workspace.id, source, day)
        person = situation.for_whom(users[0].data_owner)
        title, body = words.unread(source, state.what, state.unread_since, users, person, key, situation)
        yield Need(key, source, person, title, body, Reason.SOURCE_UNREAD, state.what, tuple(one.id for one in users))


def _create(need: Need, situation: Situation) -> Step | None:
    link = situation.links.get(need.key)
    if link is not None and link.state not in (LinkState.PLANNED, LinkState.FAILED):
        return None
    if link is not None and link.state is LinkState.FAILED and not situation.may_retry(link):
        return None
    return create_step(
        situation,
        kind=WorkKind.DATA,
        key=need.key,
        subject=need.subject,
        person=need.person,
        title=need.title,
        body=need.body,
        reason=need.reason,
        because=need.because,
        link=link,
        due=due_by_policy(need.subject, situation),
    )


def _completions(wanted: frozenset[str], situation: Situation) -> Iterator[Step]:
    """A data task closes itself when the numbers it asked for have come (or the doubt is gone)."""
    for link in situation.links.values():
        if link.kind is not WorkKind.DATA or not link.is_live or link.key in wanted or link.task is None:
            continue
        if "completed" in link.theirs:
            continue  # a person opened it again after it was completed: it is theirs to close
        if not _answered(link, situation):
            continue
        yield step_on(link, StepKind.COMPLETE, Reason.NUMBER_CAME, Complete(link.task), "the number is there")


def _answered(link: Link, situation: Situation) -> bool:
    """The subject is still in the file, and nothing it stands for is lacking any more."""
    config = situation.config
    if link.subject in config.kpis:
        return link.subject in situation.records
    if link.subject not in config.sources:
        return False  # gone from the file: left to people
    state = situation.sources.get(link.subject)
    return state is None or state.unread_since is None
