"""Extras: a second task for one piece of work, which a vendor may make by carrying out a lost request late. Pure.

An untouched one is put away with a word about the one that counts; a touched one is only reported. Nothing is ever
deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING

from mapping.keys import comment_key
from mapping.links import Link, LinkState, Note, NoteState, Written
from mapping.queries import Trouble
from mapping.tasks import Archive, Complete, Create, Say, Task
from mapping.texts.comments import extra as extra_text
from sync.applying import as_answered
from sync.steps import Reason, Seen, Step, StepKind, first_line, step_on

if TYPE_CHECKING:
    from sync.doubts import Looking

CLOCK = timedelta(minutes=1)  # vendor times are whole seconds, and its clock was read a little before the attempt
READING = timedelta(minutes=2)  # the longest a cycle waits between reading the vendor's clock and sending


@dataclass(frozen=True, slots=True)
class Doubles:
    """What is to be done about extras; `links`: rows that go over to the task that is left."""

    links: Mapping[str, Link]
    seen: tuple[Seen, ...]
    steps: tuple[Step, ...]
    troubles: tuple[Trouble, ...]


def choose(tasks: Iterable[Task]) -> Task:
    """The one that counts, of several: open before closed, then one that people touched, then the oldest."""
    return min(
        tasks,
        key=lambda one: (
            one.completed or one.archived,
            not one.changed_by_person,
            one.created_at.timestamp() if one.created_at is not None else inf,
            one.id,
        ),
    )


def extras(
    links: Mapping[str, Link], notes: Mapping[str, Note], found: Mapping[str, Sequence[Task]], looking: Looking
) -> Doubles:
    """Open tasks with a reference of this workspace that are not the linked one."""
    moved: dict[str, Link] = {}
    seen: list[Seen] = []
    steps: list[Step] = []
    troubles: list[Trouble] = []
    for key, candidates in found.items():
        link = links.get(key)
        if link is None or link.task is None:
            continue
        left = [one for one in candidates if one.id != link.task and not (one.completed or one.archived)]
        if left and link.is_live and link.task in looking.view.gone:
            # Of two, a person deleted the one that was linked: the other is the work now, and nothing is lost.
            link = moved[key] = taken_over(link, choose(left))
            seen.append(Seen(key, link.task or "", "linked", detail="the task it was before is gone"))
            left = [one for one in left if one.id != link.task]
        for task in left:
            if _may_be_put_away(link, task, looking):
                steps += _put_away(link, task, notes, looking)
            else:
                troubles.append(_reported(link, task))
    return Doubles(moved, tuple(seen), tuple(steps), tuple(troubles))


def taken_over(link: Link, task: Task) -> Link:
    """The link with another task: what stands there counts as written."""
    ours = (
        link.written.assignee if link.written.assignee in task.assignees else next(iter(sorted(task.assignees)), None)
    )
    return replace(
        as_answered(link, task),
        task=task.id,
        written=Written(task.title, task.notes, ours, task.due),
        seen_modified=None,
    )


def _may_be_put_away(link: Link, task: Task, looking: Looking) -> bool:
    """Is it plainly ours, of an attempt of this key, and did nobody touch it?"""
    if looking.me_is_a_person or not looking.adopts or task.created_by is None or task.created_by != looking.view.me:
        return False
    return _of_an_attempt(link, task, looking) and not _touched(link, task, looking)


def _of_an_attempt(link: Link, task: Task, looking: Looking) -> bool:
    """Made within `unknown_after` of an attempt of that key, vendor time against vendor time.

    The linked task was made by an attempt too, which matters when the ledger that knew of it is lost.
    """
    if task.created_at is None:
        return False
    times = [one.vendor_at for one in looking.attempts.get(link.key, ()) if one.vendor_at is not None]
    linked = looking.view.tasks.get(link.task or "")
    if linked is not None and linked.created_at is not None:
        times.append(linked.created_at)
    late = looking.unknown_after + READING
    return any(at - CLOCK <= task.created_at <= at + late for at in times)


def _touched(link: Link, task: Task, looking: Looking) -> bool:
    """A person changed or commented it, as far as the tracker says or it differs from every order of this key."""
    with_comments = looking.comments.get(task.id, task)
    said = [one for one in with_comments.comments or () if one.author != looking.view.me]
    if task.changed_by_person or with_comments.changed_by_person or said:
        return True
    orders = [one.order for one in looking.attempts.get(link.key, ())]
    return bool(orders) and not any(
        _same(task.title, order.title) and task.due == order.due and task.assignees <= _named(order) for order in orders
    )


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()) == " ".join(other.split())


def _named(order: Create) -> frozenset[str]:
    return frozenset(order.followers) | (frozenset() if order.assignee is None else {order.assignee})


def _put_away(link: Link, task: Task, notes: Mapping[str, Note], looking: Looking) -> list[Step]:
    key = comment_key(link.key, "extra", task.id)
    body = extra_text(link.title or link.written.title, link.url)
    because = "the tracker carried out a lost request late; the other task counts"
    steps: list[Step] = []
    note = notes.get(key)
    if note is None or note.state is NoteState.PLANNED:
        say = Say(task.id, key, body)
        told = step_on(
            link, StepKind.COMMENT, Reason.EXTRA, say, because, key=key, task=task.id, title=first_line(body)
        )
        steps.append(told)
    kind, order = (StepKind.ARCHIVE, Archive(task.id)) if looking.archives else (StepKind.COMPLETE, Complete(task.id))
    return [*steps, step_on(link, kind, Reason.EXTRA, order, because, task=task.id, title=task.title)]


def _reported(link: Link, task: Task) -> Trouble:
    other = (
        "the one that counts was put away" if link.state is LinkState.DISMISSED else f"the one that counts: {link.url}"
    )
    return Trouble(
        link.tracker,
        f"two tasks for one piece of work: {task.title} ({task.url or task.id})",
        f"keep what you need from it, then complete or archive it; {other}",
        kind="failed",
    )
