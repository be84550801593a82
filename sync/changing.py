"""Changing tasks: updates, completions, reopenings, followers, archiving. Each may safely be repeated next cycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mapping.links import Link, LinkState
from mapping.tasks import Archive, Complete, Fate, Reopen, Result, Task, Update
from sync.applying import Applying, as_answered, with_sets
from sync.asked import asked_of, with_asked
from sync.steps import Outcome, Reason, Step


def intend_changes(applying: Applying, portion: Sequence[int]) -> None:
    """What is about to leave is durable, so that what then stands there is not taken for a person's deed."""
    if not portion:
        return
    applying.failpoint("before-change")
    intended: list[Link] = []
    for index in portion:
        step = applying.steps[index]
        link = applying.link_of(step)
        asked = asked_of(step.order, applying.now(), withdraws=step.reason is Reason.WITHDRAWN)
        if asked is not None and link is not None and link.task == step.task:
            applying.links[link.key] = with_asked(link, asked)
            intended.append(applying.links[link.key])
    if intended:
        with applying.store.records() as records:
            records.put_links(intended)
    applying.failpoint("after-change-intent")


def record_changes(applying: Applying, answered: Sequence[tuple[int, Result]]) -> None:
    """What was written is recorded as the vendor answered it."""
    if not answered:
        return
    applying.failpoint("after-change")
    changed: list[Link] = []
    for index, result in answered:
        step = applying.steps[index]
        link = applying.link_of(step)
        if link is not None and link.task == step.task and result.fate is not Fate.UNKNOWN:
            if result.fate is Fate.DONE:
                link = with_sets(_changed(link, step, result, applying.now()), step)
            elif result.fate is Fate.REFUSED:
                link = replace(link, failed_at=applying.now())
            applying.links[link.key] = with_asked(link, None)
            changed.append(applying.links[link.key])
        _end(applying, index, result)
    if changed:
        with applying.store.records() as records:
            records.put_links(changed)
    applying.failpoint("after-change-record")


def _end(applying: Applying, index: int, result: Result) -> None:
    outcome = {
        Fate.DONE: Outcome.DONE,
        Fate.REFUSED: Outcome.FAILED,
        Fate.NOT_SENT: Outcome.DEFERRED,
        Fate.UNKNOWN: Outcome.UNKNOWN,
    }[result.fate]
    step = applying.steps[index]
    because = result.trouble.what if result.trouble is not None and outcome is Outcome.DEFERRED else step.because
    applying.end(index, outcome, because=because, trouble=result.trouble)


def _changed(link: Link, step: Step, result: Result, now: datetime) -> Link:
    """The link after its change.

    `seen_modified` stays: a person may have commented between our reading and our writing, and a vendor time after
    both would hide that.
    """
    if result.task is not None:
        link = as_answered(link, result.task)
    match step.order:
        case Update() as order:
            return _updated(link, order, result.task)
        case Complete() | Archive() as order:
            if step.reason is Reason.WITHDRAWN:
                link = replace(link, state=LinkState.DISMISSED)
            if isinstance(order, Archive) and (result.task is None or result.task.archived):
                return replace(link, archived=True)
            return replace(link, completed=True, completed_at=now, completed_by=None)
        case Reopen() as order:
            link = replace(
                link, state=LinkState.LINKED, completed=False, completed_at=None, completed_by=None, archived=False
            )
            if order.due is None:
                return link
            due = result.task.due if result.task is not None else order.due
            return replace(link, due=due, written=replace(link.written, due=due))
        case _:
            return link


def _updated(link: Link, order: Update, answered: Task | None) -> Link:
    """Only the fields named were written; for them the answer is the new base of the merge."""
    written = link.written
    if "title" in order.fields:
        written = replace(written, title=answered.title if answered is not None else order.title)
    if "assignee" in order.fields:
        there = answered is None or order.assignee in answered.assignees
        written = replace(written, assignee=order.assignee if there else None)
    if "due" in order.fields:
        written = replace(written, due=answered.due if answered is not None else order.due)
    return replace(link, written=written)
