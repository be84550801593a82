"""Occasions: when people are about to look at numbers, so that it is worth a call to have them fresh. Pure.

A review's task is made or commented on, a campaign is met about, a digest is sent. Computed from the file and the
clock: whether a cycle ran then does not matter, the next one finds that the occasion was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from config import Config
from mapping.campaigns import Campaign, Touch, touchpoints
from mapping.rhythms import instant_of, newest_occurrence

LOOKED_BACK = timedelta(days=31)
_WEEKENDS = timedelta(weeks=2)  # a day so far ahead of the ones a task appears for moved at most so much further


def newest_review(config: Config, now: datetime, since: datetime | None = None) -> datetime | None:
    """The newest instant at which a review's task was due to be made or commented on; None within the last month, or
    since the instant that is given.
    """
    calendar = config.workspace.calendar
    today = calendar.local_date(now)
    first = today - LOOKED_BACK if since is None else max(calendar.local_date(since), today - LOOKED_BACK)
    found = [
        newest((one.appears_at, one.opens_at), before=now)
        for review in config.reviews.values()
        for one in config.cadence.meetings(first, calendar.add(today, review.ahead) + _WEEKENDS, review.id)
        if one.appears_at <= now and one.replaced_by is None
    ]
    return max((one for one in found if one is not None), default=None)


def newest_digest(config: Config, now: datetime) -> datetime | None:
    """The newest instant at which a digest was due."""
    calendar = config.workspace.calendar
    found = (newest_occurrence(one.rhythm, calendar, now) for one in config.digests)
    return max((one.at for one in found if one is not None), default=None)


def newest_touch(campaign: Campaign, config: Config, now: datetime, *touches: Touch) -> datetime | None:
    """The newest instant at which one of these touchpoints was due to be made, or its day began."""
    calendar, opens = config.workspace.calendar, config.opens
    found = [one for one in touchpoints(campaign, calendar, opens) if one.touch in (touches or tuple(Touch))]
    instants = (at for one in found for at in (one.appears_at, instant_of(one.day, opens, calendar.zone)))
    return newest(instants, before=now)


def newest_of_all(
    config: Config, campaigns: Sequence[Campaign], now: datetime, since: datetime | None = None
) -> datetime | None:
    """The newest occasion of any kind; of reviews since the instant that is given, which takes less to find."""
    touches = (newest_touch(one, config, now) for one in campaigns)
    found = [newest_review(config, now, since), newest_digest(config, now), *touches]
    return max((one for one in found if one is not None), default=None)


def newest(instants: Iterable[datetime], *, before: datetime) -> datetime | None:
    """The last of them that has come."""
    return max((one for one in instants if one <= before), default=None)
