"""Which tasks are read with their parts (subtasks, checklist items), and which of them at once. Pure.

Parts are read where people may add some that count, or where alignd added some; each costs a call in Asana, so only
with a whole listing or on a task that was changed, unless a part is looked for or is yet to be added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from mapping.keys import comment_key
from mapping.links import Link, LinkState, Note, NoteState
from mapping.tasks import Known, WorkKind
from sync.unheard import IN_DOUBT, PART, is_part

MET_ABOUT = (WorkKind.REVIEW, WorkKind.EVENT, WorkKind.CAMPAIGN)
ADDED_WITHIN = timedelta(weeks=1)
ABOUT = "confirm:"  # begins what stands in `Link.about` for each person a task is made to ask
AWAITED_FOR = timedelta(days=1)
FOLLOWED_FOR = timedelta(weeks=5)  # what was agreed at a review is told at the next ones


def known_of(link: Link, notes: Mapping[str, Iterable[Note]], now: datetime, *, owed: bool = False) -> Known:
    """A linked task as the tracker is told of it. `notes`: what alignd says on tasks, by the key of the task.

    `owed`: its summary is due, and before it everything there is read. So it is where a comment was too young to be
    taken (no `seen_modified`), changed or not; after a day the whole listing has shown it.
    """
    young = link.seen_modified is None and link.state is LinkState.LINKED and link.read_cycle_at is not None
    if owed or (young and link.read_cycle_at is not None and now - link.read_cycle_at <= AWAITED_FOR):
        return Known(link.task or "", link.is_live, None, parts=True, parts_now=True)
    parts = [one for one in notes.get(link.key, ()) if is_part(one)]
    at_once = any(one.state in IN_DOUBT for one in parts) or _is_owed(link, parts, now)
    return Known(
        link.task or "", link.is_live, link.seen_modified, parts=at_once or _counts(link, now), parts_now=at_once
    )


def _is_owed(link: Link, parts: Iterable[Note], now: datetime) -> bool:
    """Whether a part is yet to be added to a task that was just made: it might stand there already."""
    if not link.is_live or now - link.made_at > ADDED_WITHIN:
        return False
    added = {one.key for one in parts if one.state is not NoteState.PLANNED}
    asked = (one.removeprefix(ABOUT) for one in link.about if one.startswith(ABOUT))
    return any(comment_key(link.key, PART, person) not in added for person in asked)


def _counts(link: Link, now: datetime) -> bool:
    """Work that is met about, while it is open; a review also for some weeks after its meeting."""
    if link.is_live:
        return link.kind in MET_ABOUT
    if link.kind is not WorkKind.REVIEW or not link.completed or link.due is None:
        return False
    return now.date() - link.due <= FOLLOWED_FOR
