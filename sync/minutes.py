"""Minutes: the lines people write on the tasks of meetings (`Decision:`, `Action:`, `Feedback:`, `Helped:`), read back
once each. Pure.

Only comments count, never notes, and only those of people in the file, by their account; never what alignd said itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from mapping.links import Link, LinkState, Note
from mapping.logbook import Evaluation, Minute
from mapping.minutes import lines_said
from mapping.tasks import Comment, View
from sync.readback import Readers
from sync.unheard import words_of
from sync.written_lines import TAKEN, LineReader, MinutesBack, Room


def read_minutes(
    links: Sequence[Link],
    view: View,
    readers: Readers,
    known: Mapping[str, Minute],
    evaluations: Mapping[str, Evaluation],
    room: Room,
) -> MinutesBack:
    """Take what people wrote on the tasks of this tracker."""
    back = MinutesBack()
    by_link: dict[str, dict[str, list[Minute]]] = {}
    for one in known.values():
        by_link.setdefault(one.link, {}).setdefault(one.comment, []).append(one)
    own = _Own(view.me, readers.notes)
    for link in links:
        task = view.tasks.get(link.task or "")
        if task is None or link.state is not LinkState.LINKED:
            continue
        if task.comments is None:
            if link.adopted and link.key not in room.before and link.kind in TAKEN:
                back.links[link.key] = replace(link, seen_modified=None)
            continue
        reader = LineReader(link, task, view, readers, room, back)
        taken = by_link.get(link.key, {})
        for comment in task.comments:
            is_known = comment.id in taken
            if (is_known or lines_said(comment.text)) and not own.has(comment, link):
                reader.take(comment, taken.get(comment.id, ()))
        reader.miss([one for one in taken if one not in {comment.id for comment in task.comments}], taken)
    _evaluate(back, known, evaluations)
    return back


def still_to_read(links: Sequence[Link], before: Mapping[str, Link]) -> dict[str, Link]:
    """Links whose comments an earlier look of the same cycle left to be read again."""
    waiting = (link for link in links if link.key in before and before[link.key].seen_modified is None)
    return {link.key: replace(link, seen_modified=None) for link in waiting if link.seen_modified is not None}


@dataclass
class _Own:
    """What alignd itself said, and copies of it."""

    me: str | None
    notes: Mapping[str, Note]

    def has(self, comment: Comment, link: Link) -> bool:
        """By id; by its words, whoever repeats them; and what alignd's user said before a ledger was lost."""
        if link.adopted and comment.author == self.me and comment.at <= link.made_at:
            return True
        return comment.id in self._ids or words_of(comment.text) in self._texts

    @cached_property
    def _ids(self) -> frozenset[str | None]:
        return frozenset(note.comment for note in self.notes.values()) - {None}

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(words_of(note.text) for note in self.notes.values()) - {""}


def _evaluate(back: MinutesBack, known: Mapping[str, Minute], evaluations: Mapping[str, Evaluation]) -> None:
    """The last answer to each question counts; one that was taken back leaves the one before it, or none."""
    items = {one.item for source, new in back.minutes.items() for one in (new, known.get(source)) if one is not None}
    every = {**known, **back.minutes}.values()
    for item in items - {None}:
        evaluation = evaluations.get(item or "")
        if evaluation is None:
            continue
        answers = [one for one in every if one.item == item and one.helped is not None and not one.withdrawn]
        last = max(answers, key=lambda one: (one.changed_at or one.at, one.source), default=None)
        back.evaluations[evaluation.item] = replace(
            evaluation,
            helped=last.helped if last is not None else None,
            why=last.text if last is not None else "",
            answered_by=last.by if last is not None else None,
            answered_at=(last.changed_at or last.at) if last is not None else None,
        )
