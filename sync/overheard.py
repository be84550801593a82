"""Comments that stand on a task without a row: an older ledger was restored, and what it forgot was said. Pure.

What is about to be said is compared with what alignd's user has said on that task already, as far as its comments were
read in this cycle; they are, wherever anything was said after the ledger was kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from mapping.documents import plain
from mapping.links import Note, NoteState
from mapping.tasks import Say, View
from sync.applying import task_key
from sync.saying import kind_of
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
        if step.outcome is not Outcome.PLANNED or not isinstance(order, Say) or view is None or step.key in notes:
            continue
        task, text = view.tasks.get(order.task), plain(order.body)
        for comment in (task.comments if task is not None else None) or ():
            if comment.author != view.me or comment.id in taken or _essence(comment.text) != _essence(text):
                continue
            taken.add(comment.id)
            found[step.key] = Note(
                step.key, task_key(step.key), kind_of(step.key), NoteState.SAID, text, now,
                comment=comment.id, body=order.body, told_gap=step.told_gap,
            )  # fmt: skip
            break
    return found


def _essence(text: str) -> str:
    return words_of(_YEAR.sub("", text))
