"""Adoption: a task that names work of this workspace, and no ledger row for it. What stands there counts.

So a lost, old or second ledger meets the reference before it makes anything: nothing is made twice. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mapping.keys import KeyParts, parts_of
from mapping.links import Link, LinkState, Written
from mapping.tasks import Task, View, WorkKind
from sync.applying import as_answered
from sync.extras import choose
from sync.steps import Seen


def adopt(
    found: Mapping[str, Sequence[Task]], links: Mapping[str, Link], view: View, now: datetime
) -> Iterator[tuple[Link, Seen]]:
    """A link for every reference without one, oldest task first. Only from a whole listing: a part may lack the one
    that counts. Kinds of work this release does not make are left alone.
    """
    if not view.whole:
        return
    orphans = [(choose(tasks), key) for key, tasks in found.items() if key not in links]
    orphans.sort(key=lambda one: (one[0].created_at or now, one[1]))
    met: dict[str, int] = {}
    for task, key in orphans:
        parts = parts_of(key)
        kind = _kind(parts)
        if parts is None or kind is None:
            continue
        # Adopted in one cycle, they still have an order: the KPI's newest item is its latest episode.
        place = met[parts.subject] = met.get(parts.subject, -1) + 1
        made_at = now + timedelta(microseconds=place)
        yield _adopted(task, key, kind, parts, view, made_at), Seen(key, task.id, "adopted", detail=task.title)


def _kind(parts: KeyParts | None) -> WorkKind | None:
    try:
        return WorkKind(parts.kind) if parts is not None else None
    except ValueError:
        return None


def _adopted(task: Task, key: str, kind: WorkKind, parts: KeyParts, view: View, made_at: datetime) -> Link:
    persons = {account: person for person, account in view.accounts.items()}
    ours = next((one for one in sorted(task.assignees) if one in persons), next(iter(sorted(task.assignees)), None))
    link = Link(
        key=key,
        kind=kind,
        subject=parts.subject,
        tracker=task.tracker,
        state=LinkState.LINKED,
        made_at=made_at,
        episode=parts.period if kind is WorkKind.ACTION else None,
        person=persons.get(ours or ""),
        task=task.id,
        written=Written(task.title, task.notes, ours, task.due),
        touched=task.changed_by_person,
        adopted=True,
    )
    link = as_answered(link, task)
    if task.completed:  # resting since then
        at = min(task.completed_at, made_at) if task.completed_at is not None else made_at
        by = persons.get(task.completed_by or "", task.completed_by)
        return replace(link, completed=True, completed_at=at, completed_by=by, archived=task.archived)
    if task.archived:  # a person put it away while it was open: their decision
        return replace(link, state=LinkState.DISMISSED, archived=True)
    return link
