"""From the situation to what a review's task says: its agenda, its numbers, what is to be decided. No wording here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mapping.companions import Pace
from mapping.documents import Document
from mapping.kpis import Kpi
from mapping.links import Link
from mapping.people import call_name, stand_in
from mapping.periods import PeriodKind
from mapping.reviews import Meeting, Review
from mapping.tasks import WorkKind
from mapping.texts.review import review_task
from mapping.texts.review_day import DayFacts, NewNumber, day_words, moved_words
from mapping.texts.review_facts import ReviewFacts
from sync.companions import pace_shown
from sync.plan.agenda.ahead import campaign_numbers, coming_up, plans_ahead
from sync.plan.agenda.decide import Deciding, to_decide
from sync.plan.agenda.looking_back import decisions_since, evaluated_since, last_time, since_last
from sync.plan.agenda.standings import standing_of, standings_of
from sync.plan.agenda.strategy import gaps_found, goal_states, open_items, priorities
from sync.plan.situation import Situation
from sync.reviewed import kpis_of, taking_part


@dataclass(frozen=True, slots=True)
class Told:
    """Title and notes of a task, and what it asks about (`Link.about`)."""

    title: str
    body: Document
    about: tuple[str, ...] = ()


def review_notes(
    meeting: Meeting, key: str, situation: Situation, *, missed: tuple[Meeting, ...] = (), absent: tuple[str, ...] = ()
) -> Told:
    """A review's task. `missed`: meetings of this review that passed without one, told in a line. `absent`: people
    (ids) who are invited and have no account in the tracker.
    """
    config, calendar = situation.config, situation.config.workspace.calendar
    review = config.reviews[meeting.review]
    parts = frozenset(review.agenda)
    kpis = kpis_of(review, config)
    deciding = to_decide(meeting, kpis, situation) if "to_decide" in parts else Deciding()
    since = since_last(meeting, situation)
    base = config.daemon.public_url
    facts = ReviewFacts(
        key=key,
        review=review,
        day=meeting.day,
        at=meeting.at.astimezone(calendar.zone),
        today=situation.today,
        summary_at=meeting.summary_at.astimezone(calendar.zone),
        people=config.people,
        leader=_leader(review, meeting, situation),
        instead_of=review.owner if _leader(review, meeting, situation) != review.owner else None,
        invited=tuple(_names(review.invite, situation)),
        replaces=tuple(_replaces(meeting, situation)),
        missed=tuple(one.day for one in sorted(missed)),
        absent=tuple(config.people[one].name for one in absent if one in config.people),
        period=calendar.before(calendar.containing(meeting.slot.kind, meeting.day)) if "numbers" in parts else None,
        standings=tuple(standings_of(kpis, meeting.day, situation)) if "numbers" in parts else (),
        campaigns=tuple(campaign_numbers(kpis, situation)) if "numbers" in parts else (),
        to_decide=deciding.matters,
        more_off=deciding.more_off,
        last_time=last_time(meeting, situation),
        views_asked=tuple(_views_asked(review, situation)),
        findings=deciding.findings_left(kpis, calendar.local_date(since), situation),
        coming_up=tuple(coming_up(meeting, situation)),
        priorities=priorities(_owner_first(review, situation), situation) if "priorities" in parts else {},
        goals=tuple(goal_states(meeting.day, situation)) if "goals" in parts else (),
        gaps=tuple(gaps_found(situation)) if "gaps" in parts else (),
        decisions=tuple(decisions_since(since, situation)),
        evaluated=tuple(evaluated_since(since, situation)),
        open_items=tuple(open_items(situation)),
        ahead=tuple(plans_ahead(meeting, situation)),
        url=f"{base.rstrip('/')}/review/{meeting.day.isoformat()}" if base else None,
        paces=dict(_paces(kpis, situation)) if "numbers" in parts else {},
        part="checklist item" if _tracker_kind(key, review, situation) == "trello" else "subtask",
    )
    title, body = review_task(facts)
    return Told(title, body, deciding.about)


def _paces(kpis: Sequence[Kpi], situation: Situation) -> Iterator[tuple[str, Pace]]:
    for kpi in kpis:
        if (pace := pace_shown(kpi, situation)) is not None:
            yield kpi.id, pace


def day_comment(meeting: Meeting, link: Link, situation: Situation) -> Document:
    """The one comment of the day: what changed since the notes were written."""
    config, calendar = situation.config, situation.config.workspace.calendar
    review, since = config.reviews[meeting.review], link.made_at
    people = taking_part(review, config)
    standings = standings_of(kpis_of(review, config), meeting.day, situation)
    return day_words(
        DayFacts(
            at=meeting.at.astimezone(calendar.zone),
            today=situation.today,
            written=calendar.local_date(since),
            people=config.people,
            numbers=tuple(_new_numbers(review, meeting.day, since, situation)),
            still_counting=any(one.is_first_count for one in standings),
            done=tuple(_completed(review, since, situation)),
            decisions=tuple(one for one in decisions_since(since, situation) if one.by in people),
        )
    )


def moved_comment(meeting: Meeting, before: date | None, situation: Situation) -> Document:
    """The file has another day for it now."""
    config = situation.config
    return moved_words(meeting.at.astimezone(config.workspace.calendar.zone), before, config.path.name, situation.today)


# ── who ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _leader(review: Review, meeting: Meeting, situation: Situation) -> str | None:
    """Who leads on that day: the owner, or the deputy while away."""
    if review.owner is None:
        return None
    return stand_in(review.owner, meeting.day, situation.config.people) or review.owner


def _owner_first(review: Review, situation: Situation) -> list[str]:
    people = taking_part(review, situation.config)
    return sorted(people, key=lambda one: one != review.owner)


def _names(invited: Sequence[str], situation: Situation) -> Iterator[str]:
    config = situation.config
    for one in invited:
        if one in config.teams:
            yield config.teams[one].name
        elif one in config.people:
            yield call_name(one, config.people) or config.people[one].name


def _replaces(meeting: Meeting, situation: Situation) -> Iterator[tuple[str, PeriodKind]]:
    for one in meeting.replaces:
        other = situation.config.reviews.get(one)
        if other is not None:
            yield other.title, other.rhythm.every.kind


def _views_asked(review: Review, situation: Situation) -> Iterator[tuple[str, str | None]]:
    """The invited teams whose view the policy asks for, and who speaks for each."""
    config = situation.config
    asked = dict.fromkeys([*config.policy.ask, *(team for kpi in config.kpis.values() for team in kpi.policy.ask)])
    for one in asked:
        if one in review.invite and one in config.teams:
            members = (person.id for person in config.people.values() if person.team == one)
            yield config.teams[one].name, config.teams[one].lead or next(members, None)


def _tracker_kind(key: str, review: Review, situation: Situation) -> str:
    """The kind of tracker the task is in, or will be made in."""
    config, link = situation.config, situation.links.get(key)
    known = link is not None and link.tracker in config.trackers
    name = link.tracker if link is not None and known else config.tracker_for(review.owner)
    return config.trackers[name].kind if name in config.trackers else ""


# ── what changed ─────────────────────────────────────────────────────────────────────────────────────────────────


def _completed(review: Review, since: datetime, situation: Situation) -> Iterator[tuple[str, str | None]]:
    """Titles of the items completed since then that are the review's: of its KPIs, or agreed by its people."""
    kpis = {kpi.id for kpi in kpis_of(review, situation.config)}
    people = taking_part(review, situation.config)
    for one in situation.links.values():
        mine = (
            one.subject in kpis if one.kind is WorkKind.ACTION else one.kind is WorkKind.SAID and one.person in people
        )
        if mine and one.completed_at is not None and one.completed_at > since:
            yield one.title, one.completed_by


def _new_numbers(review: Review, day: date, since: datetime, situation: Situation) -> Iterator[NewNumber]:
    """The newest number of each KPI that became final since then, first counts of what ended, what was corrected."""
    calendar = situation.config.workspace.calendar
    for kpi in kpis_of(review, situation.config):
        record = situation.records.get(kpi.id)
        if record is None:
            continue
        for before, after in record.corrections:
            if after.judged_at > since:
                yield NewNumber(kpi, after, before, corrected=True)
        standing = standing_of(kpi, day, situation)
        if standing.is_first_count and standing.shown is not None and calendar.ends_at(standing.period) > since:
            yield NewNumber(kpi, standing.shown, first_count=True)
        newest = record.newest
        if newest is None or newest.judged_at <= since or newest.background or newest.corrects:
            continue
        earlier = [one for one in record.judgements if one.judged_at <= since]
        yield NewNumber(kpi, newest, earlier[-1] if earlier else None)
