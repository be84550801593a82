"""Reviews: the task of each meeting, made ahead of it, moved with it, commented on its day. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mapping.keys import comment_key, review_key
from mapping.links import Link, LinkState
from mapping.logbook import Passed, Passing
from mapping.people import call_name, stand_in
from mapping.reviews import Meeting
from mapping.rhythms import instant_of
from mapping.tasks import Update, WorkKind
from mapping.wording import join_words, show_day
from mapping.wording_dates import show_moment
from sync.asked import evened
from sync.first_sight import REVIEW
from sync.plan.agenda import day_comment, moved_comment, review_notes
from sync.plan.invited import guests, not_on_the_task
from sync.plan.making import create_step
from sync.plan.meetings import Due, due_meetings, is_ahead, meeting_of, missed_before, slot_of
from sync.plan.situation import Situation
from sync.plan.talk import comment, unless_quiet
from sync.steps import Problem, Reason, Step, StepKind, step_on

_NAMED = 3


def review_steps(situation: Situation) -> list[Step]:
    """Tasks of meetings that have appeared; those that stand follow the file, and are commented on their day."""
    steps: list[Step] = []
    for review in situation.config.reviews.values():
        due = due_meetings(review, situation)
        steps += [step for one in due.make if (step := _made(one, due, situation)) is not None]
    for link in situation.links.values():
        if link.kind is not WorkKind.REVIEW or not link.is_live or not is_ahead(link, situation):
            continue
        if (meeting := meeting_of(link, situation)) is not None:
            told = [*_moved(meeting, link, situation), *_today(meeting, link, situation)]
            steps += [unless_quiet(one, link, situation) for one in told]
    return steps


def passed_now(situation: Situation) -> list[Passed]:
    """Meetings that were due and will have no task: a later one is made, or their tracker is only watched."""
    passed = []
    for review in situation.config.reviews.values():
        due = due_meetings(review, situation)
        for passing, meetings in ((Passing.MISSED, due.missed), (Passing.WATCHED, due.watched)):
            passed += [Passed(REVIEW, review.id, one.slot.label, passing, situation.now) for one in meetings]
    return passed


def missed(passed: Sequence[Passed], situation: Situation) -> list[Problem]:
    """What was missed, said once: in the cycle that found it."""
    problems = []
    for review in situation.config.reviews.values():
        labels = [one.slot for one in passed if one.subject == review.id and one.passing is Passing.MISSED]
        slots = [slot for label in labels if (slot := slot_of(label, situation)) is not None]
        days = [one.day for slot in slots if (one := situation.config.cadence.meeting(review.id, slot)) is not None]
        if not days:
            continue
        shown = [show_day(day, situation.today) for day in days]
        if len(shown) > _NAMED:
            shown = [*shown[:_NAMED], f"{len(days) - _NAMED} more"]
        what = f"{review.title}: the task of {join_words(shown)} was not made in its time"
        advice = "nothing to do: the latest meeting has its task, and it lists what was missed"
        problems.append(Problem(f"review {review.id}", what, advice, kind="late"))
    return problems


# ── the task ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _made(meeting: Meeting, due: Due, situation: Situation) -> Step | None:
    """The step that makes the task; None while what the tracker refused may not be tried again."""
    config = situation.config
    review = config.reviews[meeting.review]
    key = review_key(config.workspace.id, review.id, meeting.slot.label)
    link = situation.links.get(key)
    if link is not None and link.state is LinkState.FAILED and not situation.may_retry(link):
        return None
    person = _leads(review.owner, meeting, situation)
    tracker = config.tracker_for(review.owner)
    if link is not None and link.tracker in config.trackers:
        tracker = link.tracker
    invited = guests(review.invite, person, tracker, situation)
    told = review_notes(meeting, key, situation, missed=missed_before(meeting, due, situation), absent=invited.absent)
    because = [show_moment(meeting.at.astimezone(config.workspace.calendar.zone), situation.today)]
    if review.owner is not None and person != review.owner:
        because.append(f"{call_name(review.owner, config.people)} is away")
    because.append(not_on_the_task(invited.absent, tracker, situation))
    return create_step(
        situation,
        kind=WorkKind.REVIEW,
        key=key,
        subject=review.id,
        person=person,
        title=told.title,
        body=told.body,
        reason=Reason.REVIEW_DUE,
        because="; ".join(one for one in because if one),
        link=link,
        due=meeting.day,
        followers=invited.accounts,
        about=told.about,
        tracker=tracker,
        owner=review.owner,
    )


def _leads(owner: str | None, meeting: Meeting, situation: Situation) -> str | None:
    """The owner, or the deputy who stands in on the meeting's day."""
    return (stand_in(owner, meeting.day, situation.config.people) or owner) if owner is not None else None


# ── on a task that stands ────────────────────────────────────────────────────────────────────────────────────────


def _moved(meeting: Meeting, link: Link, situation: Situation) -> Iterator[Step]:
    """The file has another day or title for it: the task follows, but for what a person changed there."""
    before = link.written.due
    moves = before != meeting.day
    if meeting.at <= situation.now or link.task is None or not (moves or _renamed(meeting, link, situation)):
        return
    title = _title(meeting, link, situation)
    if link.adopted and not _as_alignd_wrote_it(meeting, link, situation):
        return  # what stood there when it was taken on may be a person's
    fields = {"due"} if moves else set()
    if evened(title) != evened(link.written.title):
        fields.add("title")
    because = f"the file has it on {show_day(meeting.day, situation.today)}" if moves else "the file calls it so"
    label = meeting.day.isoformat()
    if moves and comment_key(link.key, "moved", label) not in situation.notes:
        yield comment(link, "moved", label, moved_comment(meeting, before, situation), Reason.MOVED, because)
    if (fields := fields - link.theirs) and situation.may_retry(link):
        # The word first: cut off between the two, the next cycle moves the task and does not say it twice.
        order = Update(link.task, frozenset(fields), title=title, due=meeting.day)
        yield step_on(link, StepKind.UPDATE, Reason.MOVED, order, because, title=title)


def _today(meeting: Meeting, link: Link, situation: Situation) -> Iterator[Step]:
    """One comment on the day, which is people's own if they moved it; none on what was written that very morning."""
    config = situation.config
    if "due" in link.theirs and link.due is not None:
        opens = instant_of(link.due, config.opens, config.workspace.calendar.zone)
        meeting = replace(meeting, day=link.due, opens_at=opens)
    label = meeting.day.isoformat()
    if meeting.day != situation.today or situation.now < meeting.opens_at or link.made_at >= meeting.opens_at:
        return
    if comment_key(link.key, "today", label) not in situation.notes:
        body = day_comment(meeting, link, situation)
        yield comment(link, "today", label, body, Reason.TODAY, "the day of the meeting")


def _renamed(meeting: Meeting, link: Link, situation: Situation) -> bool:
    """Whether the file's title is no part of the task's: the rest of it is of the day it was written."""
    return evened(situation.config.reviews[meeting.review].title) not in evened(link.written.title)


def _title(meeting: Meeting, link: Link, situation: Situation) -> str:
    return review_notes(meeting, link.key, situation).title


def _as_alignd_wrote_it(meeting: Meeting, link: Link, situation: Situation) -> bool:
    """Whether title and day fit each other, as in every task alignd made."""
    day = link.written.due
    if day is None:
        return False
    return evened(_title(replace(meeting, day=day), link, situation)) == evened(link.written.title)
