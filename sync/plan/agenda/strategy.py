"""The wider view: what each person does first, the goals and how they stand, what is not agreed, what is open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from mapping.gaps import Agreements, Gap, gaps
from mapping.judgements import Judgement
from mapping.kpis import Goal, Kpi
from mapping.links import Link, LinkState
from mapping.priorities import in_order
from mapping.tasks import WorkKind
from mapping.texts.review_facts import GoalState, OpenItem
from sync.companions import disagreements
from sync.plan.agenda.decide import items_in_a_row
from sync.plan.agenda.standings import last_judged, set_aside, standing_of
from sync.plan.meetings import meeting_of
from sync.plan.questions import is_strategic, targets_in_question
from sync.plan.situation import Situation
from sync.plan.talk import quiet_on, quiet_said
from sync.reviewed import taking_part

NEWS_FOR = timedelta(weeks=13)  # a changed definition, where no strategic review met since
AGREED_WORK = frozenset({WorkKind.ACTION, WorkKind.SAID})  # what a review calls open actions
TO_DO = AGREED_WORK | {WorkKind.DATA, WorkKind.EVALUATION}  # whatever asks somebody for something; meetings do not


def priorities(people: Iterable[str], situation: Situation) -> Mapping[str, tuple[OpenItem, ...]]:
    """What each person has to do, the first thing first. What people asked to have left in peace is not in it."""
    items = [open_item(one, situation) for one in _open(situation, TO_DO)]
    ordered = in_order(one for one in items if not one.quiet)
    return {person: tuple(one for one in ordered if one.person == person) for person in people}


def open_items(situation: Situation, kinds: Collection[WorkKind] = AGREED_WORK) -> list[OpenItem]:
    """Everything that is open, by due date."""
    links = sorted(_open(situation, kinds), key=lambda one: (one.due or date.max, one.made_at, one.key))
    return [open_item(one, situation) for one in links]


def _open(situation: Situation, kinds: Collection[WorkKind]) -> list[Link]:
    """Live work that people have not set aside."""
    live = (one for one in situation.links.values() if one.is_live and one.kind in kinds)
    return [one for one in live if not set_aside(one, situation)]


def _kpi_of(link: Link, situation: Situation) -> Kpi | None:
    return situation.config.kpis.get(link.subject) if link.kind is WorkKind.ACTION else None


def _history(kpi: Kpi, situation: Situation) -> tuple[Judgement, ...]:
    return last_judged(situation.records.get(kpi.id))


def open_item(link: Link, situation: Situation) -> OpenItem:
    kpi = _kpi_of(link, situation)
    history = _history(kpi, situation) if kpi is not None else ()
    goals: tuple[Goal, ...] = situation.goals.naming(kpi.id) if kpi is not None else ()
    quiet = quiet_on(link, situation.today)
    return OpenItem(
        link.title,
        situation.holder(link),
        None if quiet is not None and quiet.kind == "accept" else link.due,  # nothing is due that is fine as it is
        kpi,
        history,
        goals[0] if goals else None,
        link.key,
        link.url,
        link.kind,
        _agreed_in(link, situation),
        quiet_said(quiet, situation.today, situation.config.people) if quiet is not None else "",
    )


def _agreed_in(link: Link, situation: Situation) -> str:
    review = situation.config.reviews.get(link.subject) if link.kind is WorkKind.SAID else None
    return review.title if review is not None else ""


def goal_states(day: date, situation: Situation) -> list[GoalState]:
    """Every goal in the file's order with its own KPIs and those of the goals below it."""
    goals, kpis = situation.goals, situation.config.kpis
    standing = {
        kpi: standing_of(kpis[kpi], day, situation)
        for kpi in dict.fromkeys(one for goal in goals.all for one in goal.kpis)
        if kpi in kpis
    }
    return [
        GoalState(
            goal,
            tuple(standing[one] for one in dict.fromkeys(goal.kpis) if one in standing),
            tuple(standing[one] for one in goals.kpis_below(goal) if one in standing),
        )
        for goal in goals.all
    ]


def gaps_found(situation: Situation) -> list[Gap]:
    """What the rules find in this file today."""
    config = situation.config
    return gaps(
        Agreements(
            kpis=list(config.kpis.values()),
            goals=situation.goals,
            people=config.people,
            teams=config.teams,
            today=situation.today,
            calendar=config.workspace.calendar,
            counted_since=situation.counted_since,
            reviewed_on=_reviewed_on(situation),
            doubted={one: items_in_a_row(config.kpis[one], situation) for one in targets_in_question(situation)},
            findings=situation.logbook.findings,
            checks=disagreements(situation),
            target_rows=situation.target_rows,
            decide=frozenset(
                person
                for review in config.reviews.values()
                if "to_decide" in review.agenda
                for person in taking_part(review, config)
            ),
        )
    )


def _reviewed_on(situation: Situation) -> date:
    """The day of the last strategic review that met, as far as it has a task; else 13 weeks ago."""
    days = [
        meeting.day
        for link in situation.links.values()
        if link.kind is WorkKind.REVIEW and link.state is LinkState.LINKED and not link.archived
        if (review := situation.config.reviews.get(link.subject)) is not None and is_strategic(review)
        if (meeting := meeting_of(link, situation)) is not None and meeting.at <= situation.now
    ]
    return max(days, default=situation.today - NEWS_FOR)
