"""First sight: when each review, campaign and event was first met; nothing that was due before it is made.

A review's rule has a first sight of its own: what a new rule names in the past was never a meeting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from config import Config
from mapping.campaigns import Campaign, Event
from mapping.reviews import Review

REVIEW, RULE = "review", "rule"


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
    ]
    return {one: now for one in there if one not in known}


def rule_of(review: Review) -> str:
    """On which days a review meets, as its rule says it. Another time of day is no other rule."""
    rhythm = review.rhythm
    on = rhythm.on
    day = f"{on.weekday} {on.nth} {on.business}" if on is not None else "first"
    return f"{review.id} {rhythm.every.count} {rhythm.every.kind.value} {day} {rhythm.anchor or ''}".strip()
