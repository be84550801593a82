"""Gaps: what a team has not agreed on, or has agreed on so that it does not fit. Each by a rule with an id. Pure.

A gap makes no task: it is shown where people look at the whole, in the report and in the quarterly review.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mapping.goals import Goals, escalation_person
from mapping.kpis import Goal, Kpi
from mapping.people import Person, Team


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap. `rule`: its id. `subject`: id of the KPI or goal, `name` as people call it. `on`: a day it is about."""

    rule: str
    subject: str
    name: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Agreements:
    """What the rules look at. `unagreed`: KPIs whose definition nobody agreed to since it last changed. `doubted`:
    KPIs whose target is in question: it took three action items in a row.
    """

    kpis: Sequence[Kpi]
    goals: Goals
    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    today: date
    unagreed: frozenset[str] = frozenset()
    doubted: frozenset[str] = frozenset()


Rule = Callable[[Agreements], Iterable[Gap]]


def gaps(agreements: Agreements, rules: Mapping[str, Rule] | None = None) -> list[Gap]:
    """Every gap, rule by rule in their order, each in the file's order."""
    chosen = RULES if rules is None else rules
    return [gap for rule in chosen.values() for gap in rule(agreements)]


def _of_kpis(rule: str, kpis: Iterable[Kpi]) -> Iterator[Gap]:
    return (Gap(rule, kpi.id, kpi.name) for kpi in kpis)


def kpi_without_owner(known: Agreements) -> Iterator[Gap]:
    return _of_kpis("kpi_without_owner", (kpi for kpi in known.kpis if kpi.owner is None))


def kpi_without_target(known: Agreements) -> Iterator[Gap]:
    """Neither now nor later: a target that only begins later is agreed."""
    ended = (kpi for kpi in known.kpis if all(_is_over(one.last, known.today) for one in kpi.targets))
    return _of_kpis("kpi_without_target", ended)


def kpi_not_agreed(known: Agreements) -> Iterator[Gap]:
    """No definition in words, or nobody agreed to it since the way it is counted last changed."""
    return _of_kpis("kpi_not_agreed", (one for one in known.kpis if one.id in known.unagreed or not one.definition))


def kpi_without_goal(known: Agreements) -> Iterator[Gap]:
    return _of_kpis("kpi_without_goal", (kpi for kpi in known.kpis if not known.goals.naming(kpi.id)))


def nobody_to_escalate_to(known: Agreements) -> Iterator[Gap]:
    """A KPI with an owner and nobody above them."""
    alone = (
        kpi
        for kpi in known.kpis
        if kpi.owner is not None
        and escalation_person(known.goals, kpi.id, kpi.owner, known.people, known.teams) is None
    )
    return _of_kpis("nobody_to_escalate_to", alone)


def target_in_question(known: Agreements) -> Iterator[Gap]:
    return _of_kpis("target_in_question", (kpi for kpi in known.kpis if kpi.id in known.doubted))


def goal_without_kpi(known: Agreements) -> Iterator[Gap]:
    """Nothing measures it, nor any goal below it."""
    measured = {above.id for goal in known.goals.all if goal.kpis for above in known.goals.upward(goal)}
    return (Gap("goal_without_kpi", one.id, one.title) for one in known.goals.all if one.id not in measured)


def goal_past_its_date(known: Agreements) -> Iterator[Gap]:
    over = (goal for goal in known.goals.all if _is_past(goal, known.today))
    return (Gap("goal_past_its_date", goal.id, goal.title, goal.by) for goal in over)


def _is_past(goal: Goal, today: date) -> bool:
    return goal.by is not None and goal.by < today


def _is_over(last: date | None, today: date) -> bool:
    return last is not None and last < today


RULES: Mapping[str, Rule] = {
    "goal_past_its_date": goal_past_its_date,
    "goal_without_kpi": goal_without_kpi,
    "kpi_without_goal": kpi_without_goal,
    "kpi_without_owner": kpi_without_owner,
    "kpi_without_target": kpi_without_target,
    "kpi_not_agreed": kpi_not_agreed,
    "target_in_question": target_in_question,
    "nobody_to_escalate_to": nobody_to_escalate_to,
}
