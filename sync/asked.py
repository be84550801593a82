"""Changes that left for a tracker without a record of how they ended: what stands there then is ours. Pure.

A process may die between a vendor's yes and our record, and a yes may be lost on its way. The change itself may be
repeated, but it must not be taken for a person's deed: their field, their completion, their decision.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta

from mapping.links import Asked, Link, LinkState, Written
from mapping.tasks import Archive, Complete, Order, Reopen, Task, Update

LATE = timedelta(hours=1)  # a request of unknown outcome is not carried out later than this
UNFINISHED = timedelta(days=1)  # a reopening that nobody finishes for so long is what a person wanted


def evened(text: str) -> str:
    """Text as it is compared: NFC, blanks evened. Vendors trim and rewrite; people's changes are more than that."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def asked_of(order: Order | None, at: datetime, *, withdraws: bool = False) -> Asked | None:
    """What an order asks to be changed; None for one that changes nothing a person could be taken to have changed."""
    match order:
        case Update():
            return Asked(at, order.fields, order.title or "", order.assignee, order.due)
        case Complete():
            return Asked(at, frozenset({"completed"}), completed=True, withdraws=withdraws)
        case Archive():
            return Asked(at, frozenset({"archived"}), withdraws=withdraws)
        case Reopen(due=due):
            return Asked(at, frozenset({"completed"} if due is None else {"completed", "due"}), due=due)
        case _:
            return None


def with_asked(link: Link, asked: Asked | None) -> Link:
    """The link before its change leaves; what was asked earlier and is still open stays beside it."""
    before = link.written.asked
    if asked is not None and before is not None:
        open_fields = before.fields - asked.fields
        asked = replace(
            asked,
            fields=asked.fields | open_fields,
            title=before.title if "title" in open_fields else asked.title,
            assignee=before.assignee if "assignee" in open_fields else asked.assignee,
            due=before.due if "due" in open_fields else asked.due,
            completed=before.completed if "completed" in open_fields else asked.completed,
            withdraws=asked.withdraws or before.withdraws,
        )
    return replace(link, written=replace(link.written, asked=asked))


def own_deeds(link: Link, task: Task, now: datetime) -> Link:
    """The link with what was asked for and stands there counted as written by us."""
    asked = link.written.asked
    if asked is None:
        return link
    link, left = _written(link, task, asked)
    if "completed" in left and asked.completed and task.completed:
        left -= {"completed"}
        state = LinkState.DISMISSED if asked.withdraws else link.state
        link = replace(link, state=state, completed=True, completed_at=asked.at, completed_by=None)
        link = replace(link, home=task.home, place=task.place)
    if "archived" in left and task.archived:
        left -= {"archived"}
        state = LinkState.DISMISSED if asked.withdraws else link.state
        link = replace(link, state=state, archived=True)
    reopening = "completed" in left and not asked.completed
    if now - asked.at > (UNFINISHED if reopening else LATE):
        left = frozenset()
    return replace(link, written=replace(link.written, asked=replace(asked, fields=left) if left else None))


def is_reopening(link: Link) -> bool:
    """It was asked to be open again: the plan finishes that, with all that hangs on it."""
    asked = link.written.asked
    return asked is not None and "completed" in asked.fields and not asked.completed


def _written(link: Link, task: Task, asked: Asked) -> tuple[Link, frozenset[str]]:
    """Fields that stand there as they were asked for are what was last written."""
    written: Written = link.written
    left = asked.fields
    if "title" in left and evened(task.title) == evened(asked.title):
        written, left = replace(written, title=task.title), left - {"title"}
    there = asked.assignee in task.assignees if asked.assignee is not None else not task.assignees
    if "assignee" in left and there:
        written, left = replace(written, assignee=asked.assignee), left - {"assignee"}
    if "due" in left and task.due == asked.due:
        written, left = replace(written, due=task.due), left - {"due"}
    return replace(link, written=written), left
