"""The wider view: what each person does first, the goals and how they stand, what is not agreed, what is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from mapping.gaps import Agreements, Gap, gaps
from mapping.judgements import Judgement, Status
from mapping.kpis import Goal, Kpi
from mapping.links import Link
from mapping.tasks import WorkKind
from mapping.texts.review_facts import GoalState, OpenItem
from sync.plan.agenda.decide import place_of
from sync.plan.agenda.standings import last_judged, set_aside, standing_of
from sync.plan.questions import targets_in_question
from sync.plan.situation import Situation
from sync.plan.words import is_agreed


def priorities(people: Iterable[str], situation: Situation) -> Mapping[str, tuple[OpenItem, ...]]:
    """Each person's open items, the first thing first: action items in the order of the line, then what was agreed in
    reviews by its due date.
    """
    return {
        person: tuple(
            open_item(one, situation)
            for one in sorted(_open(situation), key=lambda link: _order(link, situation))
            if situation.holder(one) == person
        )
        for person in people
    }


def open_items(situation: Situation) -> list[OpenItem]:
    """Everything that is open, by due date."""
    links = sorted(_open(situation), key=lambda one: (one.due or date.max, one.made_at, one.key))
    return [open_item(one, situation) for one in links]


def _open(situation: Situation) -> list[Link]:
    """Live items that people have not set aside."""
    live = (one for one in situation.links.values() if one.is_live and one.kind in (WorkKind.ACTION, WorkKind.SAID))
    return [one for one in live if not set_aside(one, situation)]


def _order(link: Link, situation: Situation) -> tuple[object, ...]:
    due = link.due or date.max
    kpi = _kpi_of(link, situation)
    if kpi is None:
        return (1, due, link.key)
    return (0, *place_of(kpi, _history(kpi, situation), situation), due, link.key)


def _kpi_of(link: Link, situation: Situation) -> Kpi | None:
    return situation.config.kpis.get(link.subject) if link.kind is WorkKind.ACTION else None


def _history(kpi: Kpi, situation: Situation) -> tuple[Judgement, ...]:
    return last_judged(situation.records.get(kpi.id))


def open_item(link: Link, situation: Situation) -> OpenItem:
    kpi = _kpi_of(link, situation)
    history = _history(kpi, situation) if kpi is not None else ()
    goals: tuple[Goal, ...] = situation.goals.naming(kpi.id) if kpi is not None else ()
    highest = goals[0] if goals else None
    return OpenItem(link.title, situation.holder(link), link.due, kpi, history, highest, link.key, link.url)


def goal_states(day: date, situation: Situation) -> list[GoalState]:
    """Every goal in the file's order with its own KPIs and the count of those below it."""
    goals, kpis = situation.goals, situation.config.kpis
    found = []
    for goal in goals.all:
        below = {
            kpi: None
            for other in goals.all
            if other.id != goal.id and goal.id in {one.id for one in goals.upward(other)}
            for kpi in other.kpis
            if kpi in kpis
        }
        off = [kpis[one] for one in below if _is_off(kpis[one], situation)]
        own = tuple(standing_of(kpis[one], day, situation) for one in goal.kpis if one in kpis)
        found.append(GoalState(goal, own, len(below), tuple(off)))
    return found


def _is_off(kpi: Kpi, situation: Situation) -> bool:
    history = _history(kpi, situation)
    return bool(history) and history[-1].status is Status.OFF_TRACK


def gaps_found(situation: Situation) -> list[Gap]:
    """What the rules find in this file today."""
    config = situation.config
    kpis = list(config.kpis.values())
    return gaps(
        Agreements(
            kpis=kpis,
            goals=situation.goals,
            people=config.people,
            teams=config.teams,
            today=situation.today,
            unagreed=frozenset(kpi.id for kpi in kpis if not is_agreed(kpi, situation)),
            doubted=frozenset(targets_in_question(situation)),
        )
    )
