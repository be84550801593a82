"""First sight: when each review, campaign and event was first met; nothing that was due before it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from config import Config
from mapping.campaigns import Campaign, Event


def newly_seen(
    config: Config,
    campaigns: Sequence[Campaign],
    events: Sequence[Event],
    known: Mapping[tuple[str, str], datetime],
    now: datetime,
) -> dict[tuple[str, str], datetime]:
    """By kind and id, those that no cycle has met before."""
    there = [
        *(("review", one) for one in config.reviews),
        *(("campaign", one.id) for one in campaigns),
        *(("event", one.id) for one in events),
    ]
    return {one: now for one in there if one not in known}
