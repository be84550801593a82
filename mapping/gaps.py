"""Gaps: what a team has not agreed on, or has agreed on so that it does not fit. Each by a rule with an id. Pure.

A gap makes no task: it is shown where people look at the whole, in the report and in the quarterly review. A team is
told what it can mend: where one person does everything, nobody is asked to find another to measure or to turn to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from mapping.companions import CrossCheck
from mapping.goals import Goals, escalation_person
from mapping.kpis import DatedTarget, Goal, Kpi
from mapping.people import Person, Team
from mapping.periods import Calendar
from mapping.targets import entry_in_force
from mapping.texts.facts import Finding

ENOUGH_TO_COMPARE = 3  # KPIs under a goal, from which on one stage alone is one-sided
ANSWERED_WITHIN = timedelta(days=7)  # a finding
ENDS_SOON = timedelta(days=30)
A_QUARTER = timedelta(days=92)  # a target that ends with the running period is told this long before, not all year


class Case(StrEnum):
    """Which of a rule's cases it is, where it has several."""

    NO_DEFINITION = "no_definition"
    NOBODY_AGREED = "nobody_agreed"
    COUNTED_OTHERWISE = "counted_otherwise"  # since it was agreed
    NO_TARGET = "no_target"
    TARGET_OVER = "target_over"
    NOBODY_ABOVE = "nobody_above"
    IN_NO_REVIEW = "in_no_review"
    NAMED_AS_BOTH = "named_as_both"  # owner and data owner, in the file
    BOTH_BY_DEFAULT = "both_by_default"
    NO_GOALS = "no_goals"  # in the whole file


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap, with all that its words need.

    `rule`: its id. `subject`: id of the KPI, goal or team it is about, `name` as people call it. `on`: a day it is
    about. `since`: from when on is looked at. `person`: id. `others`: names (of teams, of KPIs). `said`: words of the
    file or of a person. `by`: the name of who said it. `count`: how many.
    """

    rule: str
    subject: str
    name: str
    on: date | None = None
    case: Case | None = None
    since: date | None = None
    person: str | None = None
    others: tuple[str, ...] = ()
    said: str = ""
    by: str = ""
    count: int = 0
    kpi: Kpi | None = None
    check: CrossCheck | None = None


@dataclass(frozen=True, slots=True)
class Agreements:
    """What the rules look at: the file, and what is known beside it.

    `counted_since`: when the way a KPI is counted last changed; one that was never counted otherwise is not in it.
    `reviewed_on`: the day from which on changes are news: of the last strategic review that met, else 13 weeks ago.
    `doubted`: action items in a row, by KPI, where there were so many that the target is in question. `findings`: by
    KPI. `checks`: of KPIs with a second source, where the two disagree. `target_rows`: dated targets of a sheet.
    `decide`: people who take part in a review with decisions on its agenda.
    """

    kpis: Sequence[Kpi]
    goals: Goals
    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    today: date
    calendar: Calendar
    counted_since: Mapping[str, date] = field(default_factory=dict)
    reviewed_on: date | None = None
    doubted: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, Sequence[Finding]] = field(default_factory=dict)
    checks: Mapping[str, CrossCheck] = field(default_factory=dict)
    target_rows: Mapping[str, Sequence[DatedTarget]] = field(default_factory=dict)
    decide: frozenset[str] = frozenset()

    @property
    def of_one_person(self) -> bool:
        """Nobody else is in the file: there is nobody to turn to, or to measure."""
        return len(self.people) <= 1

    def target_on(self, kpi: Kpi, day: date) -> DatedTarget | None:
        return entry_in_force(kpi, day, self.target_rows.get(kpi.id, ()))


Rule = Callable[[Agreements], Iterable[Gap]]


def gaps(agreements: Agreements, rules: Mapping[str, Rule] | None = None) -> list[Gap]:
    """Every gap, rule by rule in their order, each in the file's order."""
    chosen = RULES if rules is None else rules
    return [gap for rule in chosen.values() for gap in rule(agreements)]


# ── goals ────────────────────────────────────────────────────────────────────────────────────────────────────────


def goal_past_its_date(known: Agreements) -> Iterator[Gap]:
    for goal in known.goals.all:
        if goal.by is not None and goal.by < known.today:
            yield Gap("goal_past_its_date", goal.id, goal.title, goal.by, person=goal.owner)


def goal_without_kpi(known: Agreements) -> Iterator[Gap]:
    """Nothing measures it, nor any goal below it."""
    measured = {above.id for goal in known.goals.all if goal.kpis for above in known.goals.upward(goal)}
    for goal in known.goals.all:
        if goal.id not in measured:
            yield Gap("goal_without_kpi", goal.id, goal.title)


def one_stage(known: Agreements) -> Iterator[Gap]:
    """Three KPIs or more at and below a goal, each with the same stage; the highest such goal of a branch."""
    found = {goal.id: stage for goal in known.goals.all if (stage := _only_stage(goal, known)) is not None}
    for goal in known.goals.all:
        if goal.id in found and goal.parent not in found:
            names = tuple(kpi.name for kpi in _kpis_under(goal, known))
            yield Gap("one_stage", goal.id, goal.title, others=names, said=found[goal.id], count=len(names))


def _only_stage(goal: Goal, known: Agreements) -> str | None:
    under = _kpis_under(goal, known)
    stages = {kpi.stage for kpi in under}
    return next(iter(stages)) if len(under) >= ENOUGH_TO_COMPARE and len(stages) == 1 else None


def _kpis_under(goal: Goal, known: Agreements) -> list[Kpi]:
    """Those of the goal and of every goal below it, each once, in the file's order."""
    named = set(known.goals.kpis_at_and_below(goal))
    return [kpi for kpi in known.kpis if kpi.id in named]


def no_shared_goal(known: Agreements) -> Iterator[Gap]:
    """Two teams with goals, and no goal tree in which both own a goal or a KPI.

    A team that shares none with several others is told once, with all of them; the one that misses most comes first.
    A team without any goal is not told here: its KPIs serve no goal, which is a rule of its own.
    """
    roots = {team: found for team in known.teams if (found := _roots_of(team, known))}
    apart = {one: [other for other in roots if not roots[one] & roots[other]] for one in roots}
    while any(apart.values()):
        team = max(apart, key=lambda one: len(apart[one]))  # the first in the file of those with most
        others = apart.pop(team)
        yield Gap("no_shared_goal", team, known.teams[team].name, others=tuple(known.teams[one].name for one in others))
        apart = {one: [other for other in left if other != team] for one, left in apart.items()}


def _roots_of(team: str, known: Agreements) -> set[str]:
    """The goal trees in which somebody of the team owns a goal or a KPI."""
    people = {one.id for one in known.people.values() if one.team == team}
    owned = {kpi.id for kpi in known.kpis if kpi.owner in people}
    mine = (goal for goal in known.goals.all if goal.owner in people or not owned.isdisjoint(goal.kpis))
    return {list(known.goals.upward(goal))[-1].id for goal in mine}


# ── KPIs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def kpi_without_goal(known: Agreements) -> Iterator[Gap]:
    case = None if known.goals.all else Case.NO_GOALS
    for kpi in known.kpis:
        if not known.goals.naming(kpi.id):
            yield replace(_of(kpi, "kpi_without_goal"), case=case)


def kpi_without_owner(known: Agreements) -> Iterator[Gap]:
    return (_of(kpi, "kpi_without_owner") for kpi in known.kpis if kpi.owner is None)


def kpi_without_target(known: Agreements) -> Iterator[Gap]:
    """Neither now nor later: a target that only begins later is agreed."""
    for kpi in known.kpis:
        entries = (*kpi.targets, *known.target_rows.get(kpi.id, ()))
        ends = [one.last for one in entries if one.last is not None and one.last < known.today]
        if len(ends) == len(entries):
            case = Case.TARGET_OVER if ends else Case.NO_TARGET
            yield replace(_of(kpi, "kpi_without_target"), on=max(ends, default=None), case=case)


def kpi_not_agreed(known: Agreements) -> Iterator[Gap]:
    """No definition in words, or nobody agreed to it since the way it is counted last changed."""
    for kpi in known.kpis:
        changed = known.counted_since.get(kpi.id)
        if not kpi.definition:
            yield replace(_of(kpi, "kpi_not_agreed"), case=Case.NO_DEFINITION)
        elif kpi.agreed is None:
            yield replace(_of(kpi, "kpi_not_agreed"), case=Case.NOBODY_AGREED)
        elif changed is not None and kpi.agreed.on < changed:
            yield replace(_of(kpi, "kpi_not_agreed"), on=changed, since=kpi.agreed.on, case=Case.COUNTED_OTHERWISE)


def definition_changed(known: Agreements) -> Iterator[Gap]:
    """Counted otherwise since the last review that looks at the whole: people compare numbers across that day."""
    for kpi in known.kpis:
        changed = known.counted_since.get(kpi.id)
        if changed is not None and known.reviewed_on is not None and changed >= known.reviewed_on:
            yield replace(_of(kpi, "definition_changed"), on=changed, since=known.reviewed_on)


def target_ends_soon(known: Agreements) -> Iterator[Gap]:
    """The target in force ends, and nothing follows it: within 30 days, or with the running period (of up to a quarter
    before that).
    """
    for kpi in known.kpis:
        entry = known.target_on(kpi, known.today)
        if entry is None or entry.last is None:
            continue
        after = entry.last + timedelta(days=1)
        upcoming = known.calendar.after(known.calendar.containing(kpi.period, known.today)).first
        is_next = known.calendar.containing(kpi.period, after).first <= upcoming and after <= known.today + A_QUARTER
        if (after <= known.today + ENDS_SOON or is_next) and known.target_on(kpi, after) is None:
            yield replace(_of(kpi, "target_ends_soon"), on=entry.last)


def target_in_question(known: Agreements) -> Iterator[Gap]:
    for kpi in known.kpis:
        if kpi.id in known.doubted:
            yield replace(_of(kpi, "target_in_question"), count=known.doubted[kpi.id])


def measured_by_owner(known: Agreements) -> Iterator[Gap]:
    """Who has to reach it also gives its number, written so or because the file names nobody else."""
    for kpi in known.kpis:
        if kpi.owner is not None and kpi.data_owner in (kpi.owner, None) and not known.of_one_person:
            is_default = not any(team.section == "m_and_e" and team.lead for team in known.teams.values())
            case = Case.BOTH_BY_DEFAULT if is_default else Case.NAMED_AS_BOTH
            yield replace(_of(kpi, "measured_by_owner"), case=case, person=kpi.owner)


def sources_disagree(known: Agreements) -> Iterator[Gap]:
    for kpi in known.kpis:
        check = known.checks.get(kpi.id)
        if check is not None and not check.agree:
            yield replace(_of(kpi, "sources_disagree"), check=check)


def finding_unanswered(known: Agreements) -> Iterator[Gap]:
    for kpi in known.kpis:
        for one in known.findings.get(kpi.id, ()):
            if not one.answer.strip() and known.today - one.on > ANSWERED_WITHIN:
                yield replace(_of(kpi, "finding_unanswered"), on=one.on, said=one.text, by=one.by)


def nobody_to_escalate_to(known: Agreements) -> Iterator[Gap]:
    """Nobody above its owner; or `escalate: review`, and neither they nor the owner take part in one that decides."""
    for kpi in known.kpis:
        if kpi.owner is None or known.of_one_person:
            continue
        person = escalation_person(known.goals, kpi.id, kpi.owner, known.people, known.teams)
        if person is None:
            yield replace(_of(kpi, "nobody_to_escalate_to"), case=Case.NOBODY_ABOVE, person=kpi.owner)
        elif kpi.policy.escalate == "review" and known.decide.isdisjoint((person, kpi.owner)):
            yield replace(_of(kpi, "nobody_to_escalate_to"), case=Case.IN_NO_REVIEW, person=person)


def _of(kpi: Kpi, rule: str) -> Gap:
    return Gap(rule, kpi.id, kpi.name, kpi=kpi)


RULES: Mapping[str, Rule] = {
    "goal_past_its_date": goal_past_its_date,
    "goal_without_kpi": goal_without_kpi,
    "one_stage": one_stage,
    "no_shared_goal": no_shared_goal,
    "kpi_without_goal": kpi_without_goal,
    "kpi_without_owner": kpi_without_owner,
    "kpi_without_target": kpi_without_target,
    "kpi_not_agreed": kpi_not_agreed,
    "definition_changed": definition_changed,
    "target_in_question": target_in_question,
    "target_ends_soon": target_ends_soon,
    "measured_by_owner": measured_by_owner,
    "sources_disagree": sources_disagree,
    "finding_unanswered": finding_unanswered,
    "nobody_to_escalate_to": nobody_to_escalate_to,
}
