"""Which meetings are to have a task now, which were missed, and which passed while a tracker was only watched. Pure.

A meeting is met once: by a row of the ledger, or by passing. Those still ahead are made; of those that are over the
latest is, and the others were missed. Nothing that was due before first sight is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from mapping.keys import parts_of, review_key
from mapping.links import Link, LinkState
from mapping.logbook import Passed, Passing
from mapping.periods import Period
from mapping.reviews import Meeting, Review
from mapping.tasks import WorkKind
from sync.first_sight import REVIEW, RULE, rule_of
from sync.plan.situation import Situation

NOT_MADE = (LinkState.PLANNED, LinkState.FAILED)
LOOKED_BACK = timedelta(days=400)  # how far a gap is searched; at least two periods of the rule, if those are longer
_WEEKENDS = timedelta(weeks=2)  # a day that so many days before is today or earlier is not further ahead than this


@dataclass(frozen=True, slots=True)
class Due:
    """Of one review. `make`: meetings that are to have a task now, in order; `missed`: earlier ones that will have
    none; `watched`: meetings that were over before anything could be written to their tracker.
    """

    make: tuple[Meeting, ...] = ()
    missed: tuple[Meeting, ...] = ()
    watched: tuple[Meeting, ...] = ()


def due_meetings(review: Review, situation: Situation) -> Due:
    """The meetings of a review that have appeared and are not met.

    While its tracker cannot be read or is stopped, nothing is given up.
    """
    unmet = _unmet(review, situation)
    over = tuple(one for one in unmet if one.at <= situation.now)
    ahead = tuple(one for one in unmet if one.at > situation.now)
    tracker = situation.config.tracker_for(review.owner)
    if situation.config.trackers[tracker].mode == "watch":
        return Due(ahead, watched=over)
    made = ahead or over[-1:]
    if tracker not in situation.views:
        return Due(made)
    return Due(made, tuple(one for one in over if one not in made))


def missed_before(meeting: Meeting, due: Due, situation: Situation) -> tuple[Meeting, ...]:
    """Meetings without a task since the one before this that has one: what this one's task lists."""
    if not due.make or meeting != due.make[0]:
        return ()
    review = situation.config.reviews[meeting.review]
    since = next((slot for slot in _slots(review, situation, passed=False) if slot < meeting.slot), None)
    found = {one.slot: one for one in due.missed}
    for label, one in _passed(review, situation).items():
        slot = slot_of(label, situation)
        passed = situation.config.cadence.meeting(review.id, slot) if slot is not None else None
        if one.passing is Passing.MISSED and passed is not None:
            found[passed.slot] = passed
    return tuple(sorted(one for slot, one in found.items() if slot < meeting.slot and (since is None or slot > since)))


def meeting_of(link: Link, situation: Situation) -> Meeting | None:
    """The meeting a review's task is for, as the file has it now; None if it has none, or another in its stead."""
    parts = parts_of(link.key)
    slot = slot_of(parts.period, situation) if parts is not None and parts.period is not None else None
    meeting = situation.config.cadence.meeting(link.subject, slot) if slot is not None else None
    return None if meeting is None or meeting.replaced_by is not None else meeting


def is_ahead(link: Link, situation: Situation) -> bool:
    """Whether the day a meeting's task is for, people's own if they moved it, is today or later: what is past is left
    alone.
    """
    moved = link.due if "due" in link.theirs else None
    day = moved or link.written.due or link.due
    return day is None or day >= situation.today


def given_up(situation: Situation) -> frozenset[str]:
    """Keys of review tasks that could not be made and are not wanted any more."""
    unmade = [one for one in situation.links.values() if one.kind is WorkKind.REVIEW and one.state in NOT_MADE]
    if not unmade:
        return frozenset()
    reviews = situation.config.reviews.values()
    wanted = {_key(one, situation) for review in reviews for one in due_meetings(review, situation).make}
    return frozenset(one.key for one in unmade) - wanted


def slot_of(label: str, situation: Situation) -> Period | None:
    try:
        return situation.config.workspace.calendar.parse(label)
    except ValueError:
        return None


# ── what has appeared and is not met ─────────────────────────────────────────────────────────────────────────────


def _unmet(review: Review, situation: Situation) -> list[Meeting]:
    config, now = situation.config, situation.now
    calendar, passed = config.workspace.calendar, _passed(review, situation)
    seen = max(
        situation.logbook.first_saw(kind, one, now) for kind, one in ((REVIEW, review.id), (RULE, rule_of(review)))
    )
    newest = next(_slots(review, situation, passed=True), None)
    first = max(calendar.local_date(seen), _floor(review, situation))
    if newest is not None:
        first = max(first, min(situation.today, newest.last + timedelta(days=1)))
    last = calendar.add(situation.today, review.ahead) + _WEEKENDS
    found = []
    for one in config.cadence.meetings(first, last, review.id):
        if one.appears_at > now or one.at < seen or one.replaced_by is not None or one.slot.label in passed:
            continue
        link = situation.links.get(_key(one, situation))
        settled = one.at <= now and newest is not None and one.slot <= newest
        if (link is None or link.state in NOT_MADE) and not settled:
            found.append(one)
    return found


def _floor(review: Review, situation: Situation) -> date:
    """The day from which a gap is searched, however long it lasted."""
    calendar, every = situation.config.workspace.calendar, review.rhythm.every
    slot = calendar.containing(every.kind, situation.today)
    return min(situation.today - LOOKED_BACK, calendar.before(slot, min(2 * every.count, 1000)).first)


def _slots(review: Review, situation: Situation, *, passed: bool) -> Iterator[Period]:
    """The slots of the rule's own kind that have a task, and with `passed` those that will have none, newest first.

    Labels of one kind sort by time: of ten years of meetings only the newest is taken apart.
    """
    labels = set(_passed(review, situation)) if passed else set[str]()
    for link in situation.links.values():
        if link.kind is WorkKind.REVIEW and link.subject == review.id and link.state not in NOT_MADE:
            labels.add(link.key.rpartition("/")[2])
    for label in sorted(labels, reverse=True):
        slot = slot_of(label, situation)
        if slot is not None and slot.kind is review.rhythm.every.kind:
            yield slot


def _passed(review: Review, situation: Situation) -> dict[str, Passed]:
    return dict(situation.logbook.passed.get((REVIEW, review.id), {}))


def _key(meeting: Meeting, situation: Situation) -> str:
    return review_key(situation.config.workspace.id, meeting.review, meeting.slot.label)
