"""Questions for a review: did it help, who is told of what stays off, is the target right? Pure.

A question is listed in the next meeting of the reviews it suits, counted over all of them: one whose task stands has
its words already, so the next is the earliest that has no task yet. What was listed where stands in `Link.about`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from mapping.goals import escalation_person
from mapping.keys import parts_of
from mapping.kpis import Kpi
from mapping.links import Link, LinkState
from mapping.logbook import Evaluation, Helped
from mapping.periods import PeriodKind
from mapping.repeats import IN_A_ROW, count_of, items_in_a_row
from mapping.reviews import Meeting, Review
from mapping.tasks import WorkKind
from sync.plan.meetings import NOT_MADE, due_meetings, meeting_of
from sync.plan.situation import Situation
from sync.plan.talk import Item, is_escalation_due, quiet_on
from sync.reviewed import taking_part

ASKED_AT_MOST = 3  # reviews that ask about one item, as long as nobody says yes or no
ANEW_AFTER = 2  # items made since a review asked whether the target is right
_STRATEGIC = (
    PeriodKind.QUARTER,
    PeriodKind.HALF_YEAR,
    PeriodKind.YEAR,
    PeriodKind.FISCAL_QUARTER,
    PeriodKind.FISCAL_YEAR,
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a meeting's agenda.

    `about`: what it is about, as `Link.about` of the review's task keeps it: "helped:ITEM-KEY",
    "escalated:KPI/PERIOD", "target:KPI". `person`: id of who is asked or told; `team`: id of the team that is asked,
    called by its name in the text. `evaluation`: of a question whether it helped.
    """

    about: str
    kpi: str
    kind: Literal["helped", "escalated", "target"]
    person: str | None = None
    team: str | None = None
    evaluation: Evaluation | None = None


def questions_for(meeting: Meeting, situation: Situation) -> list[Question]:
    """What this meeting is asked: first what stays off, then what helped, then which target is in question.

    A question to several teams comes once for each of them, with the same `about`.
    """
    review = situation.config.reviews.get(meeting.review)
    if review is None or meeting.replaced_by is not None:
        return []
    at = _At(meeting, review, situation)
    return [*_escalated(at), *_helped(at), *_targets(at)]


class _At:
    """The meeting, with what every question needs of it: the others that list something, and those that come first."""

    def __init__(self, meeting: Meeting, review: Review, situation: Situation) -> None:
        self.meeting, self.review, self.situation = meeting, review, situation
        tasks = [one for one in situation.links.values() if one.kind is WorkKind.REVIEW and one.state not in NOT_MADE]
        self.made = {(one.subject, parts.period): one for one in tasks if (parts := parts_of(one.key)) is not None}
        self.before = frozenset(one.review for one in self._earlier())

    def _earlier(self) -> Iterator[Meeting]:
        """Meetings still without a task that are asked before this one: the next to come first, then what is late."""
        situation, config = self.situation, self.situation.config
        made_now = {one for review in config.reviews.values() for one in due_meetings(review, situation).make}
        if self.meeting.at <= situation.now:
            yield from (one for one in made_now if one.at > situation.now or one < self.meeting)
            return
        for one in config.cadence.meetings(situation.today, self.meeting.day):
            is_made = (one.review, one.slot.label) in self.made
            if situation.now < one.at and one < self.meeting and one.replaced_by is None and not is_made:
                yield one

    def is_next(self, reviews: Collection[str]) -> bool:
        """This is the next meeting of any of these reviews that can still be asked something."""
        return self.meeting.review in reviews and not self.before & frozenset(reviews)

    def asked_in(self, about: str) -> list[Link]:
        """The tasks of other meetings that list it, oldest first."""
        own = (self.meeting.review, self.meeting.slot.label)
        others = [link for named, link in self.made.items() if named != own and about in link.about]
        return sorted(others, key=lambda one: one.made_at)


# ── what stays off ───────────────────────────────────────────────────────────────────────────────────────────────


def _escalated(at: _At) -> Iterator[Question]:
    """By `escalate: review`: once an episode, for the first person up the goal tree who is not the owner."""
    situation = at.situation
    config = situation.config
    for kpi in config.kpis.values():
        record, link = situation.records.get(kpi.id), situation.live_item(kpi.id)
        if kpi.policy.escalate != "review" or record is None or record.episode is None or link is None:
            continue
        episode = record.episode
        if link.episode != episode.opened.label or quiet_on(link, situation.today) is not None:
            continue
        about, item = f"escalated:{kpi.id}/{episode.opened.label}", Item(kpi, link, record, episode, situation)
        told = bool(at.asked_in(about)) or item.note("escalated", episode.opened.label) is not None
        person = escalation_person(situation.goals, kpi.id, kpi.owner, config.people, config.teams)
        if person is None or not is_escalation_due(item, episode, told=told):
            continue
        reviews = _with(situation, [person]) or _with(situation, [kpi.owner])
        if at.is_next(reviews):
            yield Question(about, kpi.id, "escalated", person)


# ── did it help? ─────────────────────────────────────────────────────────────────────────────────────────────────


def _helped(at: _At) -> Iterator[Question]:
    """Once for each evaluation; again where a review passed without an answer, or it was too early to say."""
    situation = at.situation
    for evaluation in situation.logbook.evaluations.values():
        kpi, item = situation.config.kpis.get(evaluation.kpi), situation.links.get(evaluation.item)
        if kpi is None or kpi.policy.evaluation != "review" or evaluation.helped in (Helped.YES, Helped.NO):
            continue
        if item is not None and item.is_live:
            continue  # opened again: it is compared anew when it is completed
        about = f"helped:{evaluation.item}"
        asked = at.asked_in(about)
        if len(asked) >= ASKED_AT_MOST or not all(is_over(one, situation) for one in asked):
            continue
        if at.is_next(reviews_asked(kpi, situation)):
            yield from _to_each(Question(about, kpi.id, "helped", kpi.owner, evaluation=evaluation), kpi, at)


def _to_each(question: Question, kpi: Kpi, at: _At) -> Iterator[Question]:
    """One for each of the asked teams that takes part in this review, to its lead; else the one to the KPI's owner."""
    config = at.situation.config
    there = {config.people[one].team for one in taking_part(at.review, config)}
    teams = [one for one in kpi.policy.ask if one in config.teams and one in there]
    for team in teams:
        yield replace(question, person=config.teams[team].lead, team=team)
    if not teams:
        yield question


def reviews_asked(kpi: Kpi, situation: Situation) -> frozenset[str]:
    """The reviews in which somebody of the asked teams takes part; else the KPI's own people; else all with decisions
    on their agenda.
    """
    return (
        _with(situation, kpi.policy.ask)
        or _with(situation, [kpi.owner, kpi.data_owner])
        or frozenset(one.id for one in situation.config.reviews.values() if "to_decide" in one.agenda)
    )


def is_over(link: Link, situation: Situation) -> bool:
    """A review's task is over: completed, put away, or the morning after its meeting has come."""
    if not link.is_live:
        return link.state not in (LinkState.SENDING, LinkState.UNKNOWN)
    meeting = meeting_of(link, situation)
    if meeting is not None:
        return meeting.summary_at <= situation.now
    return link.due is not None and link.due < situation.today  # the file has no such meeting any more


# ── is the target right? ─────────────────────────────────────────────────────────────────────────────────────────


def _targets(at: _At) -> Iterator[Question]:
    """After a third action item in a row; again only when two more were made since it was asked."""
    situation = at.situation
    strategic = [one for one in situation.config.reviews.values() if is_strategic(one)]
    deciding = frozenset(one.id for one in strategic if "to_decide" in one.agenda)
    if not at.is_next(deciding or frozenset(one.id for one in strategic)):
        return
    for kpi_id in targets_in_question(situation):
        about, kpi = f"target:{kpi_id}", situation.kpi(kpi_id)
        asked = at.asked_in(about)
        since = [one for one in _row(kpi, situation) if asked and one.made_at > asked[-1].made_at]
        if not asked or len(since) >= ANEW_AFTER:
            chain = situation.goals.chain(kpi_id)
            yield Question(about, kpi_id, "target", next((one.owner for one in chain if one.owner), kpi.owner))


def targets_in_question(situation: Situation) -> list[str]:
    """KPIs that needed three action items in a row, or more, with the same target."""
    return [kpi.id for kpi in situation.config.kpis.values() if count_of(_row(kpi, situation)) >= IN_A_ROW]


def _row(kpi: Kpi, situation: Situation) -> list[Link]:
    record, calendar = situation.records.get(kpi.id), situation.config.workspace.calendar
    return items_in_a_row(kpi, situation.items(kpi.id), record.judgements if record is not None else (), calendar)


def is_strategic(review: Review) -> bool:
    """A review that looks at the whole: once a quarter or more seldom, or with goals, gaps, adjustments to look at."""
    every = review.rhythm.every
    is_long = every.kind in _STRATEGIC or (every.kind is PeriodKind.MONTH and every.count >= 3)
    return is_long or not {"gaps", "goals", "adjustments"}.isdisjoint(review.agenda)


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _with(situation: Situation, named: Iterable[str | None]) -> frozenset[str]:
    """The reviews with decisions on their agenda in which one of these people and teams takes part."""
    config = situation.config
    people = frozenset(config.taking_part([one for one in named if one is not None]))
    return frozenset(
        one.id
        for one in config.reviews.values()
        if "to_decide" in one.agenda and not people.isdisjoint(taking_part(one, config))
    )
