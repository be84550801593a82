"""What a cycle found that says when to look again, and how much of a tracker to read then. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from config import Config
from mapping.links import Link, LinkState, NoteState
from mapping.queries import Trouble
from sync.latches import MISSING
from sync.outlook import Outlook
from sync.plan.hours import is_open
from sync.quiet import SETTLED
from sync.service.moments import Facts
from sync.steps import CycleReport, Outcome
from sync.written_lines import TAKEN

APART = timedelta(minutes=2, seconds=1)  # between two looks for a request that was lost
IN_DOUBT = (LinkState.SENDING, LinkState.UNKNOWN)
_AWAY = ("unreachable", "late")


def facts_of(config: Config, outlook: Outlook, report: CycleReport) -> Facts:
    """The facts of a cycle that is over."""
    held = any(one.outcome is Outcome.DEFERRED for one in report.steps)
    return Facts(
        campaigns=tuple(outlook.logbook.campaigns),
        events=tuple(outlook.logbook.events),
        waits_for_hours=held and not is_open(outlook.now, config.workspace),
        quiet_at=tuple(at for _, at in _young_comments(outlook)),
        settles_at=tuple(_settles_at(config, outlook)),
        letters_at=outlook.letters_at,
        unreached=report.nothing_reachable or any(one.kind in _AWAY for one in _vendor_troubles(outlook)),
    )


def _vendor_troubles(outlook: Outlook) -> Iterator[Trouble]:
    """What went wrong at vendors; a number that is late, or a meeting that was missed, is no such thing."""
    yield from outlook.troubles
    yield from (one.trouble for one in outlook.steps if one.trouble is not None)


def wants_whole(outlook: Outlook) -> frozenset[str]:
    """Trackers whose whole listing the next look must read: something there is in doubt, or must be seen again."""
    doubtful = {one.tracker for one in outlook.links.values() if one.state in IN_DOUBT}
    stopped = {one.tracker for one in outlook.latches if one.name == MISSING}
    young = {link.tracker for link, _ in _young_comments(outlook)}
    return frozenset(doubtful | stopped | young)


def _young_comments(outlook: Outlook) -> Iterator[tuple[Link, datetime]]:
    """What people wrote on the tasks of meetings that somebody may still be editing, and when that is over."""
    for link in outlook.links.values():
        view = outlook.views.get(link.tracker)
        task = view.tasks.get(link.task or "") if view is not None and link.kind in TAKEN else None
        for comment in (task.comments if task is not None else None) or ():
            seen = outlook.young.get(f"{link.tracker}/{comment.id}")
            quiet = [(comment.edited_at or comment.at) + SETTLED, *((seen.since + SETTLED,) if seen else ())]
            at = min((one for one in quiet if one > outlook.now), default=None)
            if view is not None and comment.author != view.me and at is not None:
                yield link, at


def _settles_at(config: Config, outlook: Outlook) -> Iterator[datetime]:
    for link in outlook.links.values():
        settings = config.trackers.get(link.tracker)
        if link.state in IN_DOUBT and settings is not None and link.attempted_at is not None:
            again = (link.looked_at or outlook.now) + APART
            yield again
            yield max(again, link.attempted_at + settings.unknown_after)
    for note in outlook.notes.values():
        if note.state in (NoteState.SENDING, NoteState.UNKNOWN):
            yield (note.looked_at or outlook.now) + APART
