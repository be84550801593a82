"""Comments of unknown outcome: looked for by task, user and exact text; absent twice, sent once more, then dropped.
Parts (subtasks, checklist items) likewise, by task and exact title; their second try is planned anew.

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
from mapping.tasks import Say, Task
from sync.asked import evened
from sync.steps import Reason, Step, StepKind, first_line, step_on

if TYPE_CHECKING:
    from sync.doubts import Looking

LOOKS = 2
APART = timedelta(minutes=2)
TRIES = 2
PART = "confirm"  # the kind of a note that is a part of its task
PLANNED_ANEW = ("numbers", PART)  # with newer numbers; with the person and the day that the plan knows
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
        if note.state in IN_DOUBT and not is_part(note) and note.link in links and links[note.link].tracker == tracker
    )
    return list(dict.fromkeys(task for task in tasks if task is not None))


def is_part(note: Note) -> bool:
    """Whether it is a part of its task, and no comment; `comment` is the part's id then."""
    return note.kind == PART


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
        if (
            after.state is NoteState.PLANNED
            and after.attempts > 1
            and note.kind not in PLANNED_ANEW
            and task is not None
        ):
            steps.append(_once_more(after, link, task))
        if after.state is NoteState.DROPPED and note.state is not NoteState.DROPPED:
            troubles.append(_given_up(after, link))
    return Heard(changed, tuple(steps), tuple(troubles))


def _looked(note: Note, link: Link, task: str | None, looking: Looking, taken: set[str]) -> Note:
    note = replace(note, state=NoteState.UNKNOWN)
    if task is None or link.state is LinkState.DISMISSED:
        return replace(note, state=NoteState.DROPPED)
    there = (looking.view.tasks if is_part(note) else looking.comments).get(task)
    if there is None or (there.parts if is_part(note) else there.comments) is None:
        return note
    found = _part(note, there, taken) if is_part(note) else _comment(note, there, looking.view.me, taken)
    if found is not None:
        return replace(note, state=NoteState.SAID, comment=found)
    if note.looked_at is not None and looking.now - note.looked_at < APART:
        return note
    note = replace(note, looks=note.looks + 1, looked_at=looking.now)
    if note.looks < LOOKS:
        return note
    if note.attempts < TRIES:
        return replace(note, state=NoteState.PLANNED, attempts=note.attempts + 1, looks=0, looked_at=None)
    return replace(note, state=NoteState.DROPPED)


def _part(note: Note, task: Task, taken: set[str]) -> str | None:
    """The id of the part of that title, whoever has it and whether it is done by now."""
    for part in task.parts or ():
        if part.id not in taken and evened(part.title) == evened(note.text):
            return part.id
    return None


def _comment(note: Note, task: Task, me: str | None, taken: set[str]) -> str | None:
    words = words_of(note.text)
    for comment in task.comments or ():
        if words and comment.id not in taken and comment.author in (me, None) and words_of(comment.text) == words:
            return comment.id
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
    where = link.title or link.key
    what = f"a part of {where} could not be added" if is_part(note) else f"a comment on {where} could not be said"
    return Trouble(
        link.tracker,
        f"{what}: {first}",
        "nothing to do if it no longer matters; else write it there yourself",
        kind="unknown",
    )
