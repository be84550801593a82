"""Comments that stand on a task without a row: an older ledger was restored, and what it forgot was said. Pure.

What is about to be said is compared with what alignd's user has said on that task already, as far as its comments were
read in this cycle; they are, wherever anything was said after the ledger was kept. A part that stands there is told by
its exact title.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from mapping.links import Note, NoteState
from mapping.tasks import AddPart, Say, Task, View
from sync.applying import task_key
from sync.asked import evened
from sync.saying import kind_of, text_of
from sync.steps import Outcome, Step
from sync.unheard import words_of

_YEAR = re.compile(r"\b20\d\d\b")  # dates name their year only when it is not this one


def said_already(
    steps: Sequence[Step], views: Mapping[str, View], notes: Mapping[str, Note], now: datetime
) -> dict[str, Note]:
    """Notes, by key, of planned comments whose exact words alignd's user has said there already, each counted once."""
    taken = {note.comment for note in notes.values() if note.comment is not None}
    found: dict[str, Note] = {}
    for step in steps:
        order, view = step.order, views.get(step.tracker)
        if (
            step.outcome is not Outcome.PLANNED
            or not isinstance(order, Say | AddPart)
            or view is None
            or step.key in notes
        ):
            continue
        task = view.tasks.get(order.task)
        there = _standing(order, task, view.me, taken) if task is not None else None
        if there is None:
            continue
        taken.add(there)
        found[step.key] = Note(
            step.key, task_key(step.key), kind_of(step.key), NoteState.SAID, text_of(order), now,
            comment=there, body=None if isinstance(order, AddPart) else order.body, told_gap=step.told_gap,
        )  # fmt: skip
    return found


def _standing(order: Say | AddPart, task: Task, me: str | None, taken: set[str]) -> str | None:
    """The id of what the order would put there, if it stands there already."""
    text = text_of(order)
    if isinstance(order, AddPart):
        parts = (one.id for one in task.parts or () if evened(one.title) == evened(text))
        return next((one for one in parts if one not in taken), None)
    said = (one for one in task.comments or () if one.author == me and _essence(one.text) == _essence(text))
    return next((one.id for one in said if one.id not in taken), None)


def _essence(text: str) -> str:
    return words_of(_YEAR.sub("", text))
