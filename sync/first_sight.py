"""First sight: when each review, campaign, event and digest was first met; nothing that was due before it is made.

A review's rule has a first sight of its own: what a new rule names in the past was never a meeting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from config import Config
from mapping.campaigns import Campaign, Event
from mapping.digests import Digest
from mapping.reviews import Review
from mapping.rhythms import Rhythm

REVIEW, RULE = "review", "rule"
DIGEST, LETTERS = "digest", "letters"  # of a review to a channel


def newly_seen(
    config: Config,
    campaigns: Sequence[Campaign],
    events: Sequence[Event],
    known: Mapping[tuple[str, str], datetime],
    now: datetime,
) -> dict[tuple[str, str], datetime]:
    """By kind and id, those that no cycle has met before."""
    there = [
        *((REVIEW, one) for one in config.reviews),
        *((RULE, rule_of(one)) for one in config.reviews.values()),
        *(("campaign", one.id) for one in campaigns),
        *(("event", one.id) for one in events),
        *((DIGEST, rule_of_digest(one)) for one in config.digests),
        *((LETTERS, letters_to(one.id, to)) for one in config.reviews.values() for to in told_in(one, config)),
    ]
    return {one: now for one in there if one not in known}


def rule_of(review: Review) -> str:
    """On which days a review meets, as its rule says it. Another time of day is no other rule."""
    return _rule(review.id, review.rhythm)


def rule_of_digest(digest: Digest) -> str:
    """On which days a digest is sent, likewise."""
    return _rule(digest.name, digest.rhythm)


def told_in(review: Review, config: Config) -> tuple[str, ...]:
    """The channels in which people are told of a review: those of its summary, and the first one of mail, for people
    who have no account in its tracker.
    """
    mail = next((one.id for one in config.channels.values() if one.kind == "email"), None)
    named = (one for one in (*review.summary_to, mail) if one is not None and one in config.channels)
    return tuple(dict.fromkeys(named))


def letters_to(review: str, channel: str) -> str:
    """The name of a review's letters in a channel: one that is named later is not told what was before."""
    return f"{review} {channel}"


def _rule(name: str, rhythm: Rhythm) -> str:
    on = rhythm.on
    day = f"{on.weekday} {on.nth} {on.business}" if on is not None else "first"
    return f"{name} {rhythm.every.count} {rhythm.every.kind.value} {day} {rhythm.anchor or ''}".strip()
