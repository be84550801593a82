"""`status`: how everything stands, from the file and the store alone. Pure: values in, a report out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from config import Config
from mapping.goals import Goals
from mapping.judgements import Episode, Judgement, Status
from mapping.kpis import Between, Fixed, Goal, Kpi, TargetValue
from mapping.letters import Posted
from mapping.links import Link, LinkState, action_items
from mapping.logbook import Logbook
from mapping.priorities import first_things
from mapping.readings import Reading, State
from mapping.targets import entry_in_force
from mapping.tasks import WorkKind
from mapping.texts.priorities import thing, why_first
from mapping.texts.review_facts import worst_of
from mapping.wording import status_word
from sync.cycle_record import Held, held_in, outcome_of, seen_in, shown_status
from sync.letters_shown import letter_rows
from sync.meetings_ahead import meetings_ahead
from sync.plan.situation import KpiRecord, Situation
from sync.plan.talk import quiet_said
from sync.report_parts import Reader, how_long, in_a_row, number, person_name, subject_name, target
from sync.reports import CycleRow, FirstCount, FirstRow, GoalRow, KpiRow, StatusReport, Waiting, WorkRow
from sync.sparklines import sparkline
from sync.steps import CallCount, Problem
from sync.without_item import why_without_item

SPARK_PERIODS = 8
LAST_CYCLES = 5


@dataclass(frozen=True, slots=True)
class Cycle:
    """One recorded cycle, newest first in a list. `record`: what sync/cycle_record.py kept of it."""

    number: int
    at: datetime
    record: object = None
    calls: Mapping[str, CallCount] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """What the store knows, for `status`. `readings` and `judgements`: of each KPI under its present definition, the
    newest version of each period, oldest period first. `agreed`: KPIs whose definition is agreed as it is counted now.
    """

    readings: Mapping[str, Sequence[Reading]] = field(default_factory=dict)
    judgements: Mapping[str, Sequence[Judgement]] = field(default_factory=dict)
    episodes: Mapping[str, Sequence[Episode]] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    cycles: Sequence[Cycle] = ()
    not_agreed: frozenset[str] = frozenset()
    file_changes: tuple[str, ...] = ()
    logbook: Logbook = field(default_factory=Logbook)
    posted: Sequence[Posted] = ()

    @cached_property
    def items(self) -> Mapping[str, list[Link]]:
        """Action items by KPI, oldest first."""
        return action_items(self.links.values())


def status_report(
    config: Config, standing: Standing, at: datetime, person: str | None = None, team: str | None = None
) -> StatusReport:
    """How everything stands at `at`; for one person or one team: their KPIs, their work, what waits for them, and what
    they do first.

    Raises KeyError for a person or team that is not in the file.
    """
    people = _people(config, person, team)
    reader = Reader(at, config.workspace.calendar.zone)
    last = next((one.record for one in standing.cycles if one.record is not None), None)  # one may be cut short
    rows = {kpi.id: kpi_row(kpi, config, standing, reader, last) for kpi in config.kpis.values()}
    kpis = [one for one in config.kpis.values() if people is None or not people.isdisjoint({one.owner, one.data_owner})]
    return StatusReport(
        workspace=config.workspace.id,
        name=config.workspace.name,
        at=at.astimezone(reader.zone),
        kpis=tuple(rows[one.id] for one in kpis),
        work=tuple(work_rows(config, standing, reader, people)),
        waiting=tuple(
            Waiting(one.key, one.subject, _held_title(one, config), one.why, person_name(one.person, config.people))
            for one in held_in(last)
            if people is None or one.person in people
        ),
        problems=tuple(standing.problems),
        cycles=tuple(cycle_row(one, reader) for one in standing.cycles[:LAST_CYCLES]),
        goals=tuple(goal_row(goal, Goals(config.goals), rows, config) for goal in config.goals),
        person=person,
        team=team,
        file_changes=standing.file_changes,
        meetings=tuple(meetings_ahead(config, standing.logbook, standing.links, reader, people)),
        do_first=() if people is None else _do_first(config, standing, at, people),
        letters=tuple(letter_rows(standing.posted, reader.zone)) if people is None else (),
    )


def _people(config: Config, person: str | None, team: str | None) -> frozenset[str] | None:
    """Whom it is for; None for everybody."""
    if person is not None:
        return frozenset({config.people[person].id})
    if team is not None:
        return frozenset(config.taking_part([config.teams[team].id]))
    return None


def _do_first(config: Config, standing: Standing, at: datetime, people: frozenset[str]) -> tuple[FirstRow, ...]:
    """The first things of these people, as a review between them would list them."""
    from sync.plan.agenda.strategy import priorities

    known = {kpi: KpiRecord({}, judged) for kpi, judged in standing.judgements.items() if kpi in config.kpis}
    situation = Situation(
        config, at, known, standing.links, notes={}, views={}, goals=Goals(config.goals), logbook=standing.logbook
    )
    theirs = [item for items in priorities(people, situation).values() for item in items]
    return tuple(
        FirstRow(
            key=one.key,
            title=thing(one),
            why=why_first(one, situation.today),
            person=person_name(one.person, config.people),
            kpi=one.kpi.id if one.kpi is not None else None,
            due=one.due,
            url=one.url,
        )
        for one in first_things(theirs)
    )


# ── KPIs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def kpi_row(kpi: Kpi, config: Config, standing: Standing, reader: Reader, last: object = None) -> KpiRow:
    """The newest final period, what led there, and a newer first count if there is one."""
    judgements = standing.judgements.get(kpi.id, ())
    readings = standing.readings.get(kpi.id, ())
    newest = judgements[-1] if judgements else None
    first_count = _first_count(kpi, readings, newest, reader, last)
    spark = sparkline([one.value if one.trusted else None for one in readings if one.final][-SPARK_PERIODS:])
    owner, agreed = person_name(kpi.owner, config.people), kpi.id not in standing.not_agreed
    if newest is None:
        reason = "no final number yet" if readings else "not read yet"
        return KpiRow(
            kpi.id, kpi.name, owner, Status.UNKNOWN, "not known",
            target=target(kpi, target_in_file(kpi, reader.today)),
            reason=reason, first_count=first_count, agreed=agreed, spark=spark,
        )  # fmt: skip
    reading = next((one for one in reversed(readings) if one.period == newest.period), None)
    flags = newest.flags | (reading.flags if reading else frozenset())
    return KpiRow(
        kpi=kpi.id,
        name=kpi.name,
        owner=owner,
        status=newest.status,
        said=status_word(kpi, newest),
        period=reader.span(newest.period),
        number=number(kpi, newest.value),
        target=target(kpi, newest.target),
        gap=newest.gap,
        state=reading.state if reading else State(newest.state),
        since=in_a_row(judgements)[0].period.label,
        flags=tuple(sorted(flags)),
        first_count=first_count,
        reason=newest.reason if newest.status is Status.UNKNOWN else "",
        detail=" · ".join(one for one in (reader.span(newest.period).said, how_long(judgements)) if one),
        agreed=agreed,
        spark=spark,
        waits=why_without_item(
            kpi,
            judgements,
            next(reversed(standing.episodes.get(kpi.id, ())), None),
            standing.items.get(kpi.id, []),
            config.workspace.calendar,
            reader.today,
        ),
    )


def target_in_file(kpi: Kpi, day: date) -> TargetValue | None:
    """The target in force on a day as far as the file alone says it: a number or a range, no growth and no cell."""
    entry = entry_in_force(kpi, day)
    match entry.rule if entry is not None else None:
        case Fixed(value=value):
            return TargetValue(value)
        case Between(low=low, high=high):
            return TargetValue(low, high)
        case _:
            return None


def _first_count(
    kpi: Kpi, readings: Sequence[Reading], newest: Judgement | None, reader: Reader, last: object
) -> FirstCount | None:
    """The newest number of an ended period that is not final, if it is newer than what was judged."""
    for one in reversed(readings):
        if one.final or (newest is not None and one.period <= newest.period):
            return None
        if one.value is not None and one.period.last < reader.today:
            shown = shown_status(last, kpi.id, one.period.label)
            status = Status(shown) if shown else Status.UNKNOWN
            return FirstCount(reader.span(one.period), number(kpi, one.value), status, "first count")
    return None


# ── work ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def work_rows(
    config: Config, standing: Standing, reader: Reader, people: Collection[str] | None = None
) -> list[WorkRow]:
    """Open work, by due date; completed items that are being watched come last."""
    rows: list[WorkRow] = []
    by_account = {(one.tracker, one.written.assignee): one.person for one in standing.links.values()}
    for link in standing.links.values():
        state = _work_state(link, config, standing, reader)
        holder, has_it = _holder(link, by_account, config)
        if state is None or (people is not None and holder not in people):
            continue
        is_fine = link.quiet is not None and link.quiet.kind == "accept"  # then nothing is due
        due = link.due if not link.completed and not is_fine else None
        rows.append(
            WorkRow(
                key=link.key,
                kind=link.kind.shown,
                subject=link.subject,
                title=link.title or link.written.title or link.key,
                tracker=link.tracker,
                state=state,
                person=has_it,
                task=link.task,
                due=due,
                overdue=due is not None and due < reader.today,
                url=link.url,
            )
        )
    return sorted(rows, key=lambda row: (row.due is None, str(row.due), row.key))


def _holder(
    link: Link, by_account: Mapping[tuple[str, str | None], str | None], config: Config
) -> tuple[str | None, str | None]:
    """Who has it now, as last seen in the tracker: the person of the file if it is one, and how to say it.

    No vendor is asked: an account is known by the work that was made for its person.
    """
    name = person_name(link.person, config.people)
    mine = link.written.assignee
    if link.task is None or mine is None or mine in link.assignees:
        return link.person, name
    if not link.assignees:
        return link.person, f"nobody (made for {name})" if name else None
    known = [by_account.get((link.tracker, account)) for account in sorted(link.assignees)]
    for one in known:
        if one is not None:
            return one, person_name(one, config.people)
    return None, f"somebody else (made for {name})" if name else "somebody"


def _work_state(link: Link, config: Config, standing: Standing, reader: Reader) -> str | None:
    """How a piece of work stands, in words; None for what is over."""
    match link.state:
        case LinkState.PLANNED:
            return "to be made"
        case LinkState.SENDING | LinkState.UNKNOWN:
            return f"sent; {link.tracker} has not confirmed it, being looked for"
        case LinkState.FAILED:
            return f"could not be made: {link.failed_why}" if link.failed_why else "could not be made"
        case LinkState.DISMISSED:
            return None
    if link.archived:
        return None
    episode_open = _open_episode(link, standing)
    if link.completed:
        if not episode_open or link.kind is not WorkKind.ACTION or link.completed_at is None:
            return None
        return f"completed {reader.day(link.completed_at.astimezone(reader.zone).date())}, looked at again"
    if link.quiet is not None:
        return why_quiet(link, config, reader)
    if link.kind is WorkKind.ACTION and not episode_open:
        return "back on target, for its owner to complete"
    if link.promise is not None:
        return "due date moved by a person"
    return "somebody is on it" if link.touched else "open"


def why_quiet(link: Link, config: Config, reader: Reader) -> str:
    """Why an item is left in peace ("quiet until Wed 2 Dec, by Thandi Mokoena: why"); "" where it is not."""
    return "" if link.quiet is None else quiet_said(link.quiet, reader.today, config.people)


def _open_episode(link: Link, standing: Standing) -> bool:
    episodes = standing.episodes.get(link.subject, ())
    return any(one.is_open for one in episodes)


def _held_title(held: Held, config: Config) -> str:
    """A task's title; for a comment, what it is about."""
    if held.kind not in ("comment", "edit_comment"):
        return held.title or held.key
    what = "the numbers comment" if held.kind == "edit_comment" else "a comment"
    return f"{subject_name(held.subject, config)}: {what}"


# ── goals, cycles ────────────────────────────────────────────────────────────────────────────────────────────────


def goal_row(goal: Goal, goals: Goals, rows: Mapping[str, KpiRow], config: Config) -> GoalRow:
    """A goal: its own KPIs' state, and counts of those below it, naming what is off."""
    own = [rows[one] for one in dict.fromkeys(goal.kpis) if one in rows]
    under = [rows[one] for one in goals.kpis_below(goal) if one in rows]
    return GoalRow(
        goal=goal.id,
        title=goal.title,
        depth=goal.depth,
        owner=person_name(goal.owner, config.people),
        by=goal.by,
        kpis=tuple((one.kpi, one.status) for one in own),
        below=counts(under),
        cause=", ".join(one.name for one in under if one.status is Status.OFF_TRACK),
        own=tuple(_own_said(one) for one in own),
        worst=worst_of([one.status for one in (*own, *under)]),
    )


def counts(rows: Iterable[KpiRow]) -> dict[str, int]:
    """How many stand how by their newest final number, in the words of the report; those that are none left out."""
    known = list(rows)
    return {said: count for said in _COUNTED.values() if (count := sum(1 for one in known if _counted(one) == said))}


_NO_NUMBER = "without a number"
_COUNTED = {
    Status.ON_TRACK: "on target",
    Status.AT_RISK: "close",
    Status.OFF_TRACK: "off target",
    None: _NO_NUMBER,
    Status.UNKNOWN: "not judged",
}


def _counted(row: KpiRow) -> str:
    is_without = row.status is Status.UNKNOWN and (row.number is None or row.number.value is None)
    return _NO_NUMBER if is_without or row.state is State.UNTRUSTED else _COUNTED[row.status]


def _own_said(row: KpiRow) -> str:
    """ "Website sessions 8,200, below, second week in a row" · "New leads on target"."""
    if row.status is not Status.OFF_TRACK or row.number is None:
        return f"{row.name} {row.said}"
    long = row.detail.rpartition(" · ")[2] if row.since is not None else ""
    return ", ".join(filter(None, (f"{row.name} {row.number.said}", row.said, long)))


_DID = {
    "create": "made",
    "update": "changed",
    "comment": "commented",
    "edit_comment": "renewed numbers of",
    "complete": "completed",
    "reopen": "reopened",
    "follow": "added people to",
    "archive": "archived",
}


def cycle_row(cycle: Cycle, reader: Reader) -> CycleRow:
    done = outcome_of(cycle.record, "done")
    parts = [f"{said} {done[kind]}" for kind, said in _DID.items() if done.get(kind)]
    held, seen = len(held_in(cycle.record)), seen_in(cycle.record)
    did = ", ".join(parts) or "nothing to do"
    if cycle.record is None:
        did = "was cut short"
    if seen:
        did += f"; read back {seen} by people"
    if held:
        did += f"; {held} held"
    calls = {where: count for where, count in cycle.calls.items() if count.made}
    return CycleRow(cycle.number, cycle.at.astimezone(reader.zone), did, calls)
