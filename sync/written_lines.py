"""One comment's lines against those of it that are known: which are new, changed, taken back, and when that counts.

A comment is taken ten minutes after its last edit (`sync/quiet.py`); until then its task is read again in every cycle
(`seen_modified` None). A line is known by its place in its comment: a later edit changes it, never doubles it.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from config import Config
from mapping.actions_said import Puzzle
from mapping.keys import parts_of, said_key
from mapping.links import Decision, Link
from mapping.logbook import Evaluation, LineKind, Minute
from mapping.minutes import Heard, Hearing, Line, Question, heard, lines_said
from mapping.names_said import Names, plain_name
from mapping.people import call_name
from mapping.tasks import Comment, Task, View, WorkKind
from mapping.wording import show_day
from sync.quiet import Clocks, Sighting
from sync.readback import Readers

HELPED = "helped:"  # how a question stands in `Link.about`, before the key of the item it asks about

_MEETINGS = frozenset({LineKind.DECISION, LineKind.FEEDBACK, LineKind.ACTION})
_OTHERS = frozenset({LineKind.DECISION, LineKind.FEEDBACK})
TAKEN = {
    WorkKind.REVIEW: _MEETINGS | {LineKind.HELPED},
    WorkKind.EVENT: _MEETINGS,
    WorkKind.CAMPAIGN: _MEETINGS,
    WorkKind.EVALUATION: _OTHERS | {LineKind.HELPED},
}


@dataclass
class MinutesBack:
    """What one tracker's view says of meetings: new and changed lines, decisions to log, newer words (what and text)
    of logged ones by source, answers to "Did it help?", and links whose comments are to be read again. `young`:
    comments that somebody may still be editing; `settled`: those that were taken; both by tracker and comment.
    """

    minutes: dict[str, Minute] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    amended: dict[str, tuple[str, str]] = field(default_factory=dict)
    evaluations: dict[str, Evaluation] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    young: dict[str, Sighting] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Room:
    """What is known when comments are read: the file, all links, and (`before`) those as they were when the view was
    asked for: one without `seen_modified` was read with all its comments, and so were the tasks in `owed` (keys).
    `young`: comments that were too young when they were last seen.
    """

    config: Config
    links: Mapping[str, Link]
    before: Mapping[str, Link]
    owed: frozenset[str] = frozenset()
    young: Mapping[str, Sighting] = field(default_factory=dict)


def hearing_of(link: Link, at: datetime, by: str, config: Config, links: Mapping[str, Link]) -> Hearing:
    """What is needed to understand a line on that task, written by a person at that time."""
    asked = [(place, one.removeprefix(HELPED)) for place, one in enumerate(link.about, 1) if one.startswith(HELPED)]
    return Hearing(
        config.workspace.calendar.local_date(at),
        config.workspace.calendar,
        Names(config.people, by),
        tuple(Question(item, tuple(_names_of(item, config, links)), place) for place, item in asked),
    )


def _names_of(item: str, config: Config, links: Mapping[str, Link]) -> Iterable[str]:
    parts = parts_of(item)
    if parts is not None and parts.subject in config.kpis:
        yield config.kpis[parts.subject].name
    if item in links and links[item].title:
        yield links[item].title


@dataclass
class LineReader:
    """The comments of one task. What is found goes into `back`."""

    link: Link
    task: Task
    view: View
    readers: Readers
    room: Room
    back: MinutesBack

    def take(self, comment: Comment, before: Sequence[Minute]) -> None:
        """One comment, against the lines of it that are known."""
        person = self.readers.accounts.get(comment.author or "")
        if person is None:
            return
        kinds = TAKEN.get(self.link.kind, _OTHERS)
        lines = [one for one in lines_said(comment.text) if one.kind in kinds]
        left = sorted(before, key=_number)
        fresh: list[Line] = []
        for line in lines:
            same = next((one for one in left if self._is(one, line)), None)
            if same is None:
                fresh.append(line)
            else:
                left.remove(same)
                if same.withdrawn:
                    self._keep(replace(same, withdrawn=False, changed_at=self._at(comment)))
        left = [one for one in left if not one.withdrawn]
        if not fresh and not left:
            return
        key = f"{self.view.tracker}/{comment.id}"
        known = self.room.young.get(key)
        seen = Sighting.of(comment, known, self.readers.now)
        if comment.edited_at is None and (before or (known is not None and known.like != seen.like)):
            comment = replace(comment, edited_at=comment.at)  # it was edited, whatever the vendor says
        if not self._clocks().is_quiet(self._edited(comment), seen):
            self.back.young[key] = seen
            self._read_again()
            return
        self.back.settled.add(key)
        self._settle(comment, person, fresh, left, before, self._at(comment, seen))

    def miss(self, comments: Sequence[str], known: Mapping[str, Sequence[Minute]]) -> None:
        """Comments with known lines that are not there: gone, if all were read; else all are read next time."""
        standing = [one for comment in comments for one in known[comment] if not one.withdrawn]
        before = self.room.before.get(self.link.key)
        if not standing or before is None:
            return
        if before.seen_modified is None or self.link.key in self.room.owed:
            for one in standing:
                self._keep(replace(one, withdrawn=True, changed_at=self.readers.now), one)
        elif self.task.modified_at is not None and self.task.modified_at > before.seen_modified:
            self._read_again()

    def _settle(
        self,
        comment: Comment,
        person: str,
        fresh: list[Line],
        left: list[Minute],
        before: Sequence[Minute],
        at: datetime,
    ) -> None:
        """Lines that are new or changed take the places of those that are gone, in order; the rest are added."""
        numbers = {_number(one) for one in before}
        for line in fresh:
            if left:
                former = left.pop(0)
                new = self._minute(line, former.source, comment, person, at)
                self._keep(replace(new, at=former.at, changed_at=at), former)
                continue
            number = line.number if not before else max(numbers, default=0) + 1
            numbers.add(number)
            self._keep(self._minute(line, f"{self.view.tracker}/{comment.id}/{number}", comment, person, at))
        for former in left:
            self._keep(replace(former, withdrawn=True, changed_at=at), former)

    def _is(self, minute: Minute, line: Line) -> bool:
        """Whether the line says what was taken, heard as on the day it was written."""
        at = minute.changed_at or minute.at
        if minute.kind is LineKind.UNPLACED:
            return minute.text == line.line
        if minute.kind is not line.kind:
            return False
        said = self._heard(line, at, minute.by)
        if isinstance(said, Puzzle):
            return self._was_placed(minute, line)
        return said == Heard(minute.text, minute.who, minute.due, minute.item, minute.helped)

    def _was_placed(self, minute: Minute, line: Line) -> bool:
        """Whether a line that could not be placed today is the one that was: the file has other people by now."""
        words = f" {plain_name(line.line)} "
        person = self.room.config.people.get(minute.who or "")
        named = person is None or any(f" {one} " in words for one in plain_name(person.name).split())
        return named and plain_name(minute.text) in words

    def _heard(self, line: Line, at: datetime, by: str) -> Heard | Puzzle:
        return heard(line, hearing_of(self.link, at, by, self.room.config, self.room.links))

    def _minute(self, line: Line, source: str, comment: Comment, person: str, at: datetime) -> Minute:
        said = self._heard(line, at, person)
        minute = Minute(
            source=source,
            link=self.link.key,
            review=self.link.subject,
            comment=comment.id,
            kind=line.kind if isinstance(said, Heard) else LineKind.UNPLACED,
            text=line.line,
            by=person,
            at=at,
        )
        if not isinstance(said, Heard):
            return minute
        return replace(minute, text=said.text, who=said.who, due=said.due, item=said.item, helped=said.helped)

    def _keep(self, minute: Minute, former: Minute | None = None) -> None:
        """A line that is new or changed, and what the log of decisions says of it."""
        self.back.minutes[minute.source] = minute
        if minute.withdrawn or minute.kind is LineKind.UNPLACED:
            if former is not None and former.kind is not LineKind.UNPLACED:
                text = self._told(former)
                self.back.amended[minute.source] = (former.kind.value, f"{text} (taken back)")
            return
        if minute.kind is LineKind.ACTION:
            self._known_by(minute)
        told = self._told(minute)
        at = minute.changed_at or minute.at
        decision = Decision(
            at, minute.kind.value, self.link.key, self.link.subject, minute.by, told, source_id=minute.source
        )
        self.back.decisions.append(decision)
        self.back.amended[minute.source] = (minute.kind.value, told)

    def _known_by(self, minute: Minute) -> None:
        """A task of an earlier ledger is told again which line it comes from."""
        key = said_key(self.room.config.workspace.id, minute.review, minute.comment, _number(minute))
        link = self.room.links.get(key)
        if link is not None and not link.about:
            self.back.links[key] = replace(link, about=(minute.source,))

    def _told(self, minute: Minute) -> str:
        """The line as the log of decisions has it."""
        if minute.kind is LineKind.HELPED and minute.helped is not None:
            answer = minute.helped.value.replace("_", " ")
            return f"{answer} – {minute.text}" if minute.text else answer
        if minute.kind is not LineKind.ACTION:
            return minute.text
        name = call_name(minute.who, self.room.config.people) or minute.who or ""
        due = f" – {show_day(minute.due, self.readers.today)}" if minute.due is not None else ""
        return f"{name} – {minute.text}{due}"

    def _read_again(self) -> None:
        self.back.links[self.link.key] = replace(self.link, seen_modified=None)

    # ── times ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _edited(self, comment: Comment) -> datetime:
        """When it was last edited, by the vendor's clock. Asana says that it was, not when: at the latest when its
        task was last changed.
        """
        if comment.edited_at is None:
            return comment.at
        if comment.edited_at <= comment.at and self.task.modified_at is not None:
            return max(self.task.modified_at, comment.at)
        return max(comment.edited_at, comment.at)

    def _clocks(self) -> Clocks:
        before = self.room.before.get(self.link.key)
        return Clocks(self.readers.now, self.view.vendor_now, before.read_cycle_at if before is not None else None)

    def _at(self, comment: Comment, seen: Sighting | None = None) -> datetime:
        """When it was last edited, by alignd's clock: as long ago as the clock that stamped it says, and not after it
        was first seen like that.
        """
        now = self.readers.now
        latest = seen.since if seen is not None else now
        ago = self._clocks().ago(self._edited(comment)) or timedelta()
        if self.link.adopted:  # a task of an earlier ledger: it was written before the task was taken on
            return min(now - ago, latest)
        return min(max(now - ago, min(self.link.made_at, now)), latest)


def _number(minute: Minute) -> int:
    return int(minute.source.rpartition("/")[2])
