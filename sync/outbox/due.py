"""Which digests are due, and what a letter that is due knows. Pure.

An occurrence of a digest is met once, by its key: found from the rule, never from the last run. After a gap the latest
is sent, which is the one whose successor is not due yet; those before it were missed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from config import Config
from mapping.digests import Digest, digest_key
from mapping.letters import LetterKind, Posted, Posting
from mapping.links import Link
from mapping.people import Person
from mapping.periods import Calendar
from mapping.rhythms import Occurrence, Rhythm, newest_occurrence, occurrence_in
from mapping.texts.told import Need
from mapping.wording import show_day
from sync.first_sight import DIGEST, rule_of_digest
from sync.plan.situation import Situation

LOOKED_BACK = timedelta(days=400)  # how far a gap is searched for what was missed in it
STEPS = (
    60  # slots of a rule tried for an earlier occurrence: those before an anchor, or given to another day, have none
)
BEFORE = 13  # occurrences before one that are looked at for the last that was sent

TOLD = (Posting.SENT, Posting.UNKNOWN)  # as far as anybody knows, somebody has it

Told = Callable[[Collection[str]], Mapping[str, Sequence[Posted]]]
"""What the outbox has of letters, by key; a key without rows is not in it."""


@dataclass(frozen=True, slots=True)
class DigestTime:
    """One occurrence of a digest. `since`: when the one before it was told, or would have been."""

    digest: Digest
    occurrence: Occurrence
    since: datetime


@dataclass(frozen=True, slots=True)
class MeetingTold:
    """The task of a review, `day` and (of an invitation) `at` of its meeting."""

    link: Link
    day: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertTold:
    """What is wrong, and what is well again."""

    needs: tuple[Need, ...] = ()
    over: tuple[Need, ...] = ()


About = DigestTime | MeetingTold | AlertTold


@dataclass(frozen=True, slots=True)
class Wanted:
    """A letter that is to reach people.

    It is wanted as long as it is due: what is wanted no more was missed. `called`: what it is, for people ("the digest
    of Wed 18 Nov"). `people`: who it is meant for. `due`: since when. `is_fixed`: whom it goes to is settled when it is
    first met. `held`: not to be sent just now.
    """

    key: str
    kind: LetterKind
    channel: str
    called: str
    about: About
    due: datetime
    people: tuple[Person, ...] = ()
    is_fixed: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class DueDigest:
    """Of one digest: the occurrence to send now, and those that were missed, oldest first."""

    now: Wanted | None = None
    missed: tuple[Occurrence, ...] = ()


def due_digest(digest: Digest, situation: Situation, told: Told) -> DueDigest:
    """What is due of a digest at the situation's now."""
    config, calendar = situation.config, situation.config.workspace.calendar
    seen = situation.logbook.first_saw(DIGEST, rule_of_digest(digest), situation.now)
    latest = newest_occurrence(digest.rhythm, calendar, situation.now)
    if latest is None or latest.at < seen:
        return DueDigest()
    key = digest_key(config.workspace.id, digest, latest.slot)
    before_it = _earlier(digest, latest, seen, situation)
    earlier = list(islice(before_it, BEFORE))
    known = dict(told([key, *(_key(one, digest, config) for one in earlier)]))
    if key not in known and not any(_key(one, digest, config) in known for one in earlier):
        more = list(before_it)  # a long gap, or a digest that was never sent
        known |= told([_key(one, digest, config) for one in more])
        earlier += more
    # Those since the last that was met were missed, if this one is met now.
    met = [one for one in earlier if _key(one, digest, config) in known]
    missed = [one for one in earlier if not met or one.slot > met[0].slot] if key not in known else []
    about = DigestTime(
        digest, latest, _since(latest, digest, [known[_key(one, digest, config)] for one in met], config)
    )
    wanted = Wanted(
        key,
        LetterKind.DIGEST,
        digest.channel,
        called_digest(latest, situation),
        about,
        latest.at,
        recipients_of(digest.channel, digest.to, config),
        is_fixed=True,
    )
    return DueDigest(wanted, tuple(reversed(missed)))


def called_digest(occurrence: Occurrence, situation: Situation) -> str:
    return f"the digest of {show_day(occurrence.day, situation.today)}"


def recipients_of(channel: str, to: Sequence[str], config: Config) -> tuple[Person, ...]:
    """The people behind `to` (people and teams), else behind the channel's own; a channel may name none."""
    own: tuple[str, ...] = getattr(config.channels.get(channel), "to", ())
    return tuple(config.people[one] for one in config.taking_part(to or own))


# ── occurrences ──────────────────────────────────────────────────────────────────────────────────────────────────


def _earlier(digest: Digest, latest: Occurrence, seen: datetime, situation: Situation) -> Iterator[Occurrence]:
    """The occurrences before the latest, newest first, as far as first sight and the search go."""
    oldest = max(seen, situation.now - LOOKED_BACK)
    for one in _before(digest.rhythm, latest, situation.config.workspace.calendar):
        if one.at < oldest:
            return
        yield one


def _before(rhythm: Rhythm, one: Occurrence, calendar: Calendar) -> Iterator[Occurrence]:
    """The occurrences before one, nearest first; an end where the rule has none for long."""
    slot, tried = one.slot, 0
    while tried < STEPS:
        slot = calendar.before(slot, rhythm.every.count)
        found = occurrence_in(rhythm, slot, calendar)
        tried = 0 if found is not None else tried + 1
        if found is not None:
            yield found


def _key(one: Occurrence, digest: Digest, config: Config) -> str:
    return digest_key(config.workspace.id, digest, one.slot)


def _since(latest: Occurrence, digest: Digest, met: Sequence[Sequence[Posted]], config: Config) -> datetime:
    """When the digest before this one was sent, which may have been late; else when it should have been.

    `met`: rows of earlier ones, the newest first.
    """
    for rows in met:
        sent = [one.attempted_at for one in rows if one.posting in TOLD and one.attempted_at is not None]
        if sent:
            return min(sent)
    before = next(_before(digest.rhythm, latest, config.workspace.calendar), None)
    return before.at if before is not None else latest.at - timedelta(days=7)
