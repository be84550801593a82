"""Moments: when a workspace is looked at next. Pure: the file, what the last look found, and the time in; one out.

A workspace is looked at every `daemon.every`, on a grid of its own so that many do not all begin at once; and at each
moment at which something is to be met: a meeting's task appears, its day begins, its summary is due, and so on.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from config import Config
from mapping.campaigns import Campaign, Event, event_appears_at, touchpoints
from mapping.reviews import Reviews
from mapping.rhythms import next_occurrences
from mapping.spans import Span, SpanUnit, elapsed
from sync.plan.hours import opens_next

LOOK = "the next look"
RETRY = timedelta(minutes=5)  # something could not be reached: asked again so long after, if that is before the look
_MOVED = timedelta(days=31)  # as far as holidays move a day
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """When to look, and why, in words. `is_met`: something of the team's is met then, so being late matters."""

    at: datetime
    why: str = LOOK
    is_met: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the last look found that has moments of its own.

    `waits_for_hours`: steps are held until work_hours begin. `quiet_at`: when comments that were just written count as
    left alone. `settles_at`: when what is in doubt may be settled. `letters_at`: when a letter may be sent again, or is
    looked for. `unreached`: a source or tracker was away.
    """

    campaigns: Sequence[Campaign] = ()
    events: Sequence[Event] = ()
    waits_for_hours: bool = False
    quiet_at: Sequence[datetime] = ()
    settles_at: Sequence[datetime] = ()
    letters_at: Sequence[datetime] = ()
    unreached: bool = False


def next_moment(config: Config, facts: Facts, after: datetime) -> Moment:
    """The first moment later than `after` (aware)."""
    after = after.astimezone(UTC)
    look = Moment(next_look(config.workspace.id, config.daemon.every, after))
    found = [one for one in _all(config, facts, after, look.at) if after < one.at <= look.at]
    return min(found, key=lambda one: one.at, default=look)


def next_look(workspace: str, every: timedelta, after: datetime) -> datetime:
    """The first point of the workspace's own grid after an instant; whole seconds, whatever happened before."""
    seconds = every.total_seconds()
    offset = spread(workspace, seconds)
    turns = math.floor((after.timestamp() - offset) / seconds) + 1
    return datetime.fromtimestamp(offset + turns * seconds, UTC)


def spread(workspace: str, over: float) -> int:
    """So many whole seconds of `over` into it: always the same for a workspace, evenly spread over many."""
    number = int.from_bytes(hashlib.sha256(workspace.encode()).digest()[:8], "big")
    return number % max(int(over), 1)


def _all(config: Config, facts: Facts, after: datetime, until: datetime) -> Iterator[Moment]:
    """What may be met between the two, and a little around."""
    calendar = config.workspace.calendar
    yield from _meetings(config.cadence, calendar.local_date(after), calendar.local_date(until))
    for campaign in facts.campaigns:
        for one in touchpoints(campaign, calendar, config.opens):
            yield Moment(one.appears_at, f"{campaign.title}: {one.touch.value} appears", True)
    for event in facts.events:
        yield Moment(event_appears_at(event, calendar, config.opens), f"{event.title}: its review appears", True)
    if facts.waits_for_hours:
        yield Moment(opens_next(after, config.workspace), "work hours begin", True)
    for at in facts.quiet_at:
        yield Moment(at, "a comment was left alone for ten minutes")
    for digest in config.digests:
        for due in next_occurrences(digest.rhythm, calendar, after, until):
            yield Moment(due.at, f"the digest to {digest.channel} is due", True)
    for at in facts.letters_at:
        yield Moment(at, "a letter that could not be sent")
    for at in facts.settles_at:
        yield Moment(at, "to find out what became of a lost request")
    if facts.unreached:
        yield Moment(after + RETRY, "to try again what could not be reached")


def _meetings(reviews: Reviews, first: date, last: date) -> Iterator[Moment]:
    for review in reviews.all.values():
        # the calendar is asked once a window, not once a look: hourly looks share a day's meetings
        for at, why in _meetings_about(_Asked(reviews, review.id), first, last + _at_most(review.ahead)):
            yield Moment(at, why, True)


class _Asked:
    """Reviews and one of them, as a key: equal if the file says the same."""

    __slots__ = ("review", "reviews", "said")

    def __init__(self, reviews: Reviews, review: str) -> None:
        self.reviews, self.review = reviews, review
        self.said = (review, tuple(reviews.all.items()), reviews.calendar, reviews.opens)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.said == other.said

    def __hash__(self) -> int:
        return hash(self.review)


@lru_cache(maxsize=512)
def _meetings_about(asked: _Asked, first: date, last: date) -> tuple[tuple[datetime, str], ...]:
    title = asked.reviews.all[asked.review].title
    return tuple(
        (at, f"{title}: {what}")
        for meeting in asked.reviews.meetings(first - _MOVED, last, asked.review)
        if meeting.replaced_by is None
        for at, what in (
            (meeting.appears_at, "its task appears"),
            (meeting.opens_at, "its day begins"),
            (meeting.summary_at, "its summary is due"),
        )
    )


def _at_most(span: Span) -> timedelta:
    """As many days as a span can be, holidays and weekends in it counted."""
    match span.unit:
        case SpanUnit.BUSINESS_DAYS:
            return timedelta(days=2 * abs(span.count)) + _MOVED
        case SpanUnit.PERIODS:
            return timedelta(days=366 * abs(span.count))
        case _:
            return elapsed(span) + _DAY
