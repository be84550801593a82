"""Comments of unknown outcome: looked for by task, user and exact text; absent twice, sent once more, then dropped.

Pure. Said twice is a small harm and never said a small loss, so there is one more try and no third.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from mapping.documents import Document, paragraph
from mapping.links import Link, LinkState, Note, NoteState
from mapping.queries import Trouble
from mapping.tasks import Comment, Say, Task
from sync.steps import Reason, Step, StepKind, first_line, step_on

if TYPE_CHECKING:
    from sync.doubts import Looking

LOOKS = 2
APART = timedelta(minutes=2)
TRIES = 2
IN_DOUBT = (NoteState.SENDING, NoteState.UNKNOWN)
_ADDRESS = re.compile(r"\(?https?://[^\s)]+\)?")
_DRESS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Heard:
    """Notes that changed, comments to send once more, and those that were given up."""

    notes: Mapping[str, Note]
    steps: tuple[Step, ...]
    troubles: tuple[Trouble, ...]


def comments_wanted(notes: Iterable[Note], links: Mapping[str, Link], tracker: str) -> list[str]:
    """The tasks whose comments must be read to find out about comments of unknown outcome."""
    tasks = (
        task_of(note, links)
        for note in notes
        if note.state in IN_DOUBT and note.link in links and links[note.link].tracker == tracker
    )
    return list(dict.fromkeys(task for task in tasks if task is not None))


def task_of(note: Note, links: Mapping[str, Link]) -> str | None:
    """The task a comment is on: the link's, or for a word on an extra the one its key names."""
    if note.kind == "extra":
        return note.key.rpartition("#extra/")[2] or None
    link = links.get(note.link)
    return link.task if link is not None else None


def resolve_notes(notes: Mapping[str, Note], links: Mapping[str, Link], looking: Looking) -> Heard:
    """What became of this tracker's comments of unknown outcome."""
    changed: dict[str, Note] = {}
    steps: list[Step] = []
    troubles: list[Trouble] = []
    taken = {note.comment for note in notes.values() if note.comment is not None}
    for note in notes.values():
        link, task = links.get(note.link), task_of(note, links)
        if link is None or link.tracker != looking.view.tracker:
            continue
        after = note
        if note.state in IN_DOUBT:
            after = _looked(note, link, task, looking, taken)
            if after != note:
                changed[note.key] = after
            if after.comment is not None:
                taken.add(after.comment)
        if after.state is NoteState.PLANNED and after.attempts > 1 and note.kind != "numbers" and task is not None:
            steps.append(_once_more(after, link, task))  # the numbers comment is planned anew with newer numbers
        if after.state is NoteState.DROPPED and note.state is not NoteState.DROPPED:
            troubles.append(_given_up(after, link))
    return Heard(changed, tuple(steps), tuple(troubles))


def _looked(note: Note, link: Link, task: str | None, looking: Looking, taken: set[str]) -> Note:
    note = replace(note, state=NoteState.UNKNOWN)
    if task is None or link.state is LinkState.DISMISSED:
        return replace(note, state=NoteState.DROPPED)
    there = looking.comments.get(task)
    if there is None or there.comments is None:
        return note
    found = _find(note, there, looking.view.me, taken)
    if found is not None:
        return replace(note, state=NoteState.SAID, comment=found.id)
    if note.looked_at is not None and looking.now - note.looked_at < APART:
        return note
    note = replace(note, looks=note.looks + 1, looked_at=looking.now)
    if note.looks < LOOKS:
        return note
    if note.attempts < TRIES:
        return replace(note, state=NoteState.PLANNED, attempts=note.attempts + 1, looks=0, looked_at=None)
    return replace(note, state=NoteState.DROPPED)


def _find(note: Note, task: Task, me: str | None, taken: set[str]) -> Comment | None:
    words = words_of(note.text)
    for comment in task.comments or ():
        if words and comment.id not in taken and comment.author in (me, None) and words_of(comment.text) == words:
            return comment
    return None


def words_of(text: str) -> str:
    """The text without what a vendor's rendering adds or takes: list marks, blanks, the address behind a link."""
    return _DRESS.sub("", _ADDRESS.sub("", text))


def _once_more(note: Note, link: Link, task: str) -> Step:
    body = note.body if note.body is not None else Document((paragraph(*note.text.splitlines()),))
    because = "it was not there at two looks, so it is said once more"
    order = Say(task, note.key, body)
    said = step_on(
        link, StepKind.COMMENT, Reason(note.kind), order, because, key=note.key, task=task, title=first_line(body)
    )
    return replace(said, told_gap=note.told_gap)


def _given_up(note: Note, link: Link) -> Trouble:
    first = next(iter(note.text.splitlines()), note.kind)
    return Trouble(
        link.tracker,
        f"a comment on {link.title or link.key} could not be said: {first}",
        "nothing to do if it no longer matters; else write it there yourself",
        kind="unknown",
    )
