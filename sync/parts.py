"""Which tasks are read with their parts (subtasks, checklist items), and which of them at once. Pure.

Parts are read where people may add some that count, or where alignd added some; each costs a call in Asana, so only
with a whole listing or on a task that was changed, unless a part of unknown outcome is looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from mapping.links import Link, Note
from mapping.tasks import Known, WorkKind
from sync.unheard import IN_DOUBT, is_part

MET_ABOUT = (WorkKind.REVIEW, WorkKind.EVENT, WorkKind.CAMPAIGN)
FOLLOWED_FOR = timedelta(weeks=5)  # what was agreed at a review is told at the next ones


def known_of(link: Link, notes: Mapping[str, Iterable[Note]], now: datetime) -> Known:
    """A linked task as the tracker is told of it. `notes`: what alignd says on tasks, by the key of the task."""
    doubtful = any(is_part(one) and one.state in IN_DOUBT for one in notes.get(link.key, ()))
    return Known(
        link.task or "", link.is_live, link.seen_modified, parts=doubtful or _counts(link, now), parts_now=doubtful
    )


def _counts(link: Link, now: datetime) -> bool:
    """Work that is met about, while it is open; a review also for some weeks after its meeting."""
    if link.is_live:
        return link.kind in MET_ABOUT
    if link.kind is not WorkKind.REVIEW or not link.completed or link.due is None:
        return False
    return now.date() - link.due <= FOLLOWED_FOR
