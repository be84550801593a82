"""Letters about reviews: to people whom the review's tracker does not know, and its summary to channels. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from mapping.keys import parts_of
from mapping.letters import LetterKind
from mapping.links import Link
from mapping.people import Person
from mapping.reviews import SUMMARY_AT, Review
from mapping.rhythms import business_day_from, instant_of
from mapping.tasks import WorkKind
from mapping.wording import show_day
from sync.first_sight import LETTERS, letters_to, told_in
from sync.outbox.due import MeetingTold, Wanted
from sync.plan.hours import is_open
from sync.plan.meetings import meeting_of
from sync.plan.situation import Situation
from sync.plan.summaries import met_on
from sync.plan.talk import quiet_on
from sync.reviewed import taking_part

SUMMARY_FOR = timedelta(days=3)


def meeting_letters(situation: Situation) -> list[Wanted]:
    """Invitations and summaries that are due now."""
    found: list[Wanted] = []
    if not situation.config.channels:
        return found
    for link in situation.links.values():
        review = situation.config.reviews.get(link.subject) if link.kind is WorkKind.REVIEW else None
        if review is not None and link.task is not None:
            found += _invitations(link, review, situation)
            found += _summaries(link, review, situation)
    return found


def _invitations(link: Link, review: Review, situation: Situation) -> Iterator[Wanted]:
    """From the day its task was made until it meets. A task that another ledger made was told of by that."""
    channel = _mail(situation)
    if channel is None or not link.is_live or link.adopted:
        return
    if link.made_at < _first_saw(review, channel, situation):
        return
    meeting = meeting_of(link, situation)
    if meeting is None:
        return
    at, day = meeting.at, meeting.day
    if "due" in link.theirs and link.due is not None:
        day = link.due
        at = instant_of(day, review.rhythm.at, situation.config.workspace.calendar.zone)
    absent = _absent(link, review, situation)
    if at <= situation.now or not absent:
        return
    called = f"the invitation to {review.title} of {show_day(day, situation.today)}"
    about = MeetingTold(link, day, at)
    key = _key("invitation", link)
    yield Wanted(
        key, LetterKind.INVITATION, channel, called, about, link.made_at, absent, held=_is_held(link, situation)
    )


def _summaries(link: Link, review: Review, situation: Situation) -> Iterator[Wanted]:
    """The morning after, for three days: in each channel of `summary_to` to everybody invited, and by mail to those
    whom the tracker does not know.
    """
    met = met_on(link, situation.config, situation.now)
    if met is None:
        return
    day, at = met
    if _was_told(link, day, situation) or not at <= situation.now < at + SUMMARY_FOR:
        return
    invited = tuple(situation.config.people[one] for one in taking_part(review, situation.config))
    for channel in told_in(review, situation.config):
        people = invited if channel in review.summary_to else _absent(link, review, situation)
        if not people or at < _first_saw(review, channel, situation):
            continue
        called = f"the summary of {review.title} of {show_day(day, situation.today)}"
        held = _is_held(link, situation) or link.tracker not in situation.views
        about = MeetingTold(link, day)
        key = _key("summary", link)
        yield Wanted(key, LetterKind.SUMMARY, channel, called, about, at, people, held=held)


def _was_told(link: Link, day: date, situation: Situation) -> bool:
    """Of a task that another ledger made: whether that one had to sum it up before this one knew of it."""
    calendar = situation.config.workspace.calendar
    at = instant_of(business_day_from(day + timedelta(days=1), calendar), SUMMARY_AT, calendar.zone)
    return link.adopted and at <= link.made_at


def _absent(link: Link, review: Review, situation: Situation) -> tuple[Person, ...]:
    """Those who take part and have no account in the tracker its task is in; nobody while it is not read."""
    if link.tracker not in situation.views:
        return ()
    people = taking_part(review, situation.config)
    return tuple(situation.config.people[one] for one in people if situation.account(link.tracker, one) is None)


def _is_held(link: Link, situation: Situation) -> bool:
    """Outside work hours, where they are kept; and while people want to be left in peace."""
    closed = situation.keeps_hours and not is_open(situation.now, situation.config.workspace)
    return closed or quiet_on(link, situation.today) is not None


def _first_saw(review: Review, channel: str, situation: Situation) -> datetime:
    return situation.logbook.first_saw(LETTERS, letters_to(review.id, channel), situation.now)


def _mail(situation: Situation) -> str | None:
    return next((one.id for one in situation.config.channels.values() if one.kind == "email"), None)


def _key(kind: str, link: Link) -> str:
    """ "saypro/summary/monthly/2026-12"."""
    parts = parts_of(link.key)
    rest = "/".join((link.subject, *(parts.rest if parts is not None else ())))
    return f"{link.key.partition('/')[0]}/{kind}/{rest}"
