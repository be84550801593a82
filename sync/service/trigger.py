"""The one trigger of the service: APScheduler asks it when a workspace is due, and it asks the workspace."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from apscheduler.triggers.base import BaseTrigger

from sync.service.moments import Moment

_SOON = timedelta(milliseconds=1)


class HasMoments(Protocol):
    """Something that knows when it is due."""

    def due(self) -> Moment:
        """The moment to look next, which may have passed."""
        ...

    def due_after(self, after: datetime) -> Moment:
        """The next moment later than `after`, if a look begins then."""
        ...


class MomentTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires at a workspace's next due moment. It is set anew after every look, and whenever something changed.

    `ahead`: how far the workspace's clock is ahead of the machine's (`--at` runs on from another time).
    """

    def __init__(self, workspace: HasMoments, ahead: timedelta = timedelta(0)) -> None:
        self.workspace, self.ahead = workspace, ahead

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """With a previous time it is asked what follows while that look is only beginning: always later than now."""
        if previous_fire_time is None:
            return self.workspace.due().at - self.ahead
        following = self.workspace.due_after(max(previous_fire_time, now) + self.ahead).at - self.ahead
        return max(following, now + _SOON)
