"""Saying things on tasks and adding parts to them, once each: the row is durable before the request leaves; one of
unknown outcome is looked for (sync/unheard.py). A part is known by its title as a comment is by its text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mapping.documents import plain
from mapping.links import Note, NoteState
from mapping.tasks import AddPart, EditComment, Fate, Follow, Order, Result, Say
from sync.applying import Applying, needs_person, task_key, with_sets
from sync.steps import Outcome, Step


def is_word(order: Order | None) -> bool:
    """Whether an order is carried out here."""
    return isinstance(order, Say | AddPart | EditComment)


def is_new(order: Order | None) -> bool:
    """Whether sending it twice would put the same there twice."""
    return isinstance(order, Say | AddPart)


def is_ready(applying: Applying, index: int) -> bool:
    """Has it a task to stand on, and was it not said (or tried) already?"""
    step = applying.steps[index]
    link, note = applying.link_of(step), applying.notes.get(step.key)
    if is_new(step.order) and note is not None and note.state is not NoteState.PLANNED:
        _said_before(applying, index, note)
        return False
    task = step.task or (link.task if link is not None else None)
    if task is None or link is None:
        applying.end(index, Outcome.DEFERRED, because="its task is not made yet")
        return False
    if _follower_is_open(applying, step):
        applying.end(index, Outcome.DEFERRED, because="it is not sure yet that they follow the task")
        return False
    if isinstance(step.order, Say | AddPart | EditComment) and step.order.task != task:
        step = replace(step, order=replace(step.order, task=task))
    applying.steps[index] = replace(step, task=task)
    return True


def _follower_is_open(applying: Applying, step: Step) -> bool:
    """A word to a new follower waits for them: adding them is repeated until it is said, and not after."""
    return any(
        isinstance(one.order, Follow)
        and one.task == step.task
        and one.reason is step.reason
        and one.outcome in (Outcome.UNKNOWN, Outcome.DEFERRED)
        for one in applying.steps
    )


def _said_before(applying: Applying, index: int, note: Note) -> None:
    """The plan may ask again for what hangs on a comment; the comment itself is never sent twice from here."""
    if note.state is NoteState.SAID:
        outcome = Outcome.DONE
    elif note.state is NoteState.DROPPED:
        outcome = Outcome.FAILED
    else:
        outcome = Outcome.UNKNOWN
    _set(applying, applying.steps[index])
    applying.end(index, outcome)


def intend_words(applying: Applying, portion: Sequence[int]) -> None:
    """Its row is durable before the request leaves."""
    if not portion:
        return
    applying.failpoint("before-note")
    new = [index for index in portion if is_new(applying.steps[index].order)]
    with applying.store.records() as records:
        for index in new:
            note = _sending(applying, applying.steps[index])
            applying.notes[note.key] = note
        records.put_notes([applying.notes[applying.steps[index].key] for index in new])
    applying.failpoint("after-note")


def record_words(applying: Applying, answered: Sequence[tuple[int, Result]]) -> list[int]:
    """What became of them. Those that are to be sent again now, without what the vendor would not take."""
    if not answered:
        return []
    applying.failpoint("after-comment")
    forgotten: list[str] = []
    again = [index for index, result in answered if _is_cut(applying, index, result, forgotten)]
    for index, result in answered:
        if index not in again:
            _record(applying, index, result, forgotten)
    keys = [applying.steps[index].key for index, _ in answered]
    with applying.store.records() as records:
        records.forget_notes(forgotten)
        records.put_notes([applying.notes[key] for key in keys if key in applying.notes])
        records.put_links([link for key in keys if (link := applying.links.get(task_key(key))) is not None])
    applying.failpoint("after-note-record")
    return again


def _is_cut(applying: Applying, index: int, result: Result, forgotten: list[str]) -> bool:
    """Whether a part was refused for its person or day and can do without: it certainly did not come to be."""
    step = applying.steps[index]
    order, note = step.order, applying.notes.get(step.key)
    if not isinstance(order, AddPart) or result.fate is not Fate.REFUSED or result.refused_extra is None:
        return False
    bare = replace(order, assignee=None) if result.refused_extra == "assignee" else replace(order, due=None)
    if bare == order:
        return False
    if note is not None:
        _take_back(applying, note, forgotten)
    applying.steps[index] = replace(step, order=bare, trouble=step.trouble or result.trouble)
    return True


def _sending(applying: Applying, step: Step) -> Note:
    before = applying.notes.get(step.key)
    order = step.order
    assert isinstance(order, Say | AddPart)
    return Note(
        step.key,
        task_key(step.key),
        kind_of(step.key),
        NoteState.SENDING,
        text_of(order),
        applying.now(),
        body=None if isinstance(order, AddPart) else order.body,
        attempts=before.attempts if before is not None else 1,
        told_gap=step.told_gap,
    )


def text_of(order: Say | AddPart | EditComment) -> str:
    """The text by which it is known again."""
    return order.title if isinstance(order, AddPart) else plain(order.body)


def kind_of(key: str) -> str:
    """numbers, worse, recovered, … of a comment's key."""
    return key.partition("#")[2].partition("/")[0]


def _record(applying: Applying, index: int, result: Result, forgotten: list[str]) -> None:
    step = applying.steps[index]
    note, fate = applying.notes.get(step.key), result.fate
    if fate is Fate.DONE and result.comment is None and result.part is None and is_new(step.order):
        fate = Fate.UNKNOWN
    if fate is Fate.DONE:
        _set(applying, step)
        applying.notes[step.key] = _said(applying, step, note, result)
        applying.end(index, Outcome.DONE, trouble=result.trouble or step.trouble)
    elif fate is Fate.UNKNOWN:
        if note is not None and is_new(step.order):
            _set(applying, step)
            applying.notes[step.key] = replace(note, state=NoteState.UNKNOWN)
        applying.end(index, Outcome.UNKNOWN, trouble=result.trouble)
    elif fate is Fate.NOT_SENT or needs_person(result):
        if note is not None and is_new(step.order):
            _take_back(applying, note, forgotten)
        outcome = Outcome.DEFERRED if fate is Fate.NOT_SENT else Outcome.FAILED
        because = result.trouble.what if result.trouble is not None else step.because
        applying.end(index, outcome, because=because, trouble=result.trouble)
    else:
        if note is not None:  # the task or the comment is gone, or the text is refused: never tried again as it is
            applying.notes[step.key] = replace(note, state=NoteState.DROPPED)
        _set(applying, step)
        applying.end(index, Outcome.FAILED, trouble=result.trouble)


def _said(applying: Applying, step: Step, note: Note | None, result: Result) -> Note:
    order = step.order
    assert isinstance(order, Say | AddPart | EditComment)
    if note is None:
        note = Note(
            step.key, task_key(step.key), kind_of(step.key), NoteState.SAID, "", applying.now(), told_gap=step.told_gap
        )
    standing = order.comment if isinstance(order, EditComment) else None
    answered = result.part or result.comment
    return replace(
        note,
        state=NoteState.SAID,
        text=text_of(order),
        body=None if isinstance(order, AddPart) else order.body,
        comment=answered.id if answered is not None else standing,
        told_gap=step.told_gap if step.told_gap is not None else note.told_gap,
    )


def _take_back(applying: Applying, note: Note, forgotten: list[str]) -> None:
    """It certainly did not leave: as before. A second try keeps its count."""
    if note.attempts > 1:
        applying.notes[note.key] = replace(note, state=NoteState.PLANNED)
        return
    del applying.notes[note.key]
    forgotten.append(note.key)


def _set(applying: Applying, step: Step) -> None:
    """What hangs on the comment: it is done whether the comment is known to stand or is still looked for."""
    link = applying.link_of(step)
    if link is not None and step.sets:
        applying.links[link.key] = with_sets(link, step)
