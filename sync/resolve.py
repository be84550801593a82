"""Resolving: what a cycle must find out before it plans. Asks the trackers; what is concluded is pure (sync/doubts.py).

Nothing is written here: the caller keeps the links and notes that changed, adds the steps to its plan, and reads back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from config import Config
from connectors.base import Tracker
from connectors.errors import VendorError
from mapping.links import Link, Note
from mapping.queries import Trouble
from mapping.tasks import Task, View, WorkKind
from sync.doubts import Looking, doubles, pending, settle
from sync.steps import Seen, Step
from sync.store import Sending
from sync.unheard import comments_wanted


class Remembered(Protocol):
    """What is needed of a cycle's memory: every attempt to make a task, by key (`Records.attempts()`)."""

    @property
    def attempts(self) -> Mapping[str, Sequence[Sending]]: ...


@dataclass
class Resolved:
    """What was found out. `links`, `notes`: rows that changed, by key, to be kept before anything is sent.

    `steps`: comments sent once more, extras told and put away. `troubles`: extras that are only reported, comments
    that were given up, trackers that could not be asked.
    """

    links: dict[str, Link] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


def resolve(
    links: Mapping[str, Link],
    notes: Mapping[str, Note],
    views: Mapping[str, View],
    trackers: Mapping[str, Tracker],
    config: Config,
    memory: Remembered,
    now: datetime,
) -> Resolved:
    """Find out about every tracker that was read in this cycle, one after the other.

    A task met in one tracker is not taken for the same work in another: each sees the links as they are by then.
    """
    resolved = Resolved()
    standing = dict(links)
    for tracker_id, view in views.items():
        settings = config.trackers[tracker_id]
        doubts = [
            *comments_wanted(notes.values(), standing, tracker_id),
            *doubles(view, standing, config.workspace.id),
        ]
        looking = _look(standing, doubts, view, trackers[tracker_id], memory.attempts, resolved.troubles)
        found = settle(
            standing,
            notes,
            Looking(
                workspace=config.workspace.id,
                view=view,
                looked=looking.looked,
                comments=looking.comments,
                attempts=memory.attempts,
                now=now,
                unknown_after=settings.unknown_after,
                archives=trackers[tracker_id].kind == "trello",
                adopts=settings.mode != "watch",
            ),
        )
        known = {key: _owned(link, config) for key, link in found.links.items()}
        standing |= known
        resolved.links |= known
        resolved.notes |= found.notes
        resolved.seen += found.seen
        resolved.steps += found.steps
        resolved.troubles += found.troubles
    return resolved


def _owned(link: Link, config: Config) -> Link:
    """An adopted item that its KPI's owner has: so it is re-assigned when the file names another owner later."""
    kpi = config.kpis.get(link.subject)
    if not link.adopted or link.owner is not None or kpi is None or link.person is None:
        return link
    owner = kpi.owner if link.kind is WorkKind.ACTION else kpi.data_owner
    return replace(link, owner=owner) if owner == link.person else link


@dataclass(frozen=True, slots=True)
class _Looked:
    looked: Mapping[str, Task] | None
    comments: Mapping[str, Task]


def _look(
    links: Mapping[str, Link],
    wanted: Sequence[str],
    view: View,
    tracker: Tracker,
    attempts: Mapping[str, Sequence[Sending]],
    troubles: list[Trouble],
) -> _Looked:
    """Ask the tracker what its listing does not show; nothing is asked where nothing is in doubt."""
    looked: Mapping[str, Task] | None = {}
    asked = pending(links.values(), attempts, view.tracker)
    if asked:
        try:
            looked = tracker.look(asked)
        except VendorError as error:
            looked = None
            troubles.append(error.trouble())
    comments: Mapping[str, Task] = {}
    if wanted:
        try:
            comments = tracker.fetch_comments(wanted)
        except VendorError as error:
            troubles.append(error.trouble())
    return _Looked(looked, comments)
