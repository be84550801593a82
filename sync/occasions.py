"""Occasions: when people are about to look at numbers, so that it is worth a call to have them fresh. Pure.

A review's task is made or commented on, a campaign is met about. Computed from the file and the clock: whether a cycle
ran then does not matter, the next one finds that the occasion was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from config import Config
from mapping.campaigns import Campaign, Touch, touchpoints
from mapping.rhythms import instant_of

LOOKED_BACK = timedelta(days=31)
_LOOKED_AHEAD = timedelta(days=60)  # no task is made longer before its day


def newest_review(config: Config, now: datetime) -> datetime | None:
    """The newest instant at which a review's task was due to be made or commented on; None within the last month."""
    today = config.workspace.calendar.local_date(now)
    meetings = config.cadence.meetings(today - LOOKED_BACK, today + _LOOKED_AHEAD) if config.reviews else []
    return newest(
        (at for one in meetings if one.replaced_by is None for at in (one.appears_at, one.opens_at)), before=now
    )


def newest_touch(campaign: Campaign, config: Config, now: datetime, *touches: Touch) -> datetime | None:
    """The newest instant at which one of these touchpoints was due to be made, or its day began."""
    calendar, opens = config.workspace.calendar, config.opens
    found = [one for one in touchpoints(campaign, calendar, opens) if one.touch in (touches or tuple(Touch))]
    instants = (at for one in found for at in (one.appears_at, instant_of(one.day, opens, calendar.zone)))
    return newest(instants, before=now)


def newest_of_all(config: Config, campaigns: Sequence[Campaign], now: datetime) -> datetime | None:
    """The newest occasion of any kind."""
    found = [newest_review(config, now), *(newest_touch(one, config, now) for one in campaigns)]
    return max((one for one in found if one is not None), default=None)


def newest(instants: Iterable[datetime], *, before: datetime) -> datetime | None:
    """The last of them that has come."""
    return max((one for one in instants if one <= before), default=None)
