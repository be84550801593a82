"""Read-back: what people did in the trackers, against what the ledger last knew. Pure.

A field a person changed becomes theirs (three-way: last written, now there, wanted). Completion, deletion and archiving
are decisions and are believed. Everything is followed by id, wherever people move it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from mapping.links import Decision, Link, LinkState, Note, NoteState, Quiet
from mapping.periods import Calendar
from mapping.said import Command, NotUnderstood, Wish, out_of_place, parse_command
from mapping.tasks import Comment, Task, View, WorkKind
from sync.asked import evened, is_reopening, own_deeds
from sync.steps import Seen

NO_NUMBER = frozenset({WorkKind.REVIEW, WorkKind.CAMPAIGN, WorkKind.EVENT, WorkKind.SAID})  # nothing to doubt there
LONG_OVER = timedelta(weeks=8)  # after that its vendor's own time is believed, should anybody touch it again


@dataclass(frozen=True, slots=True)
class Reply:
    """One line alignd owes a person who wrote to it: on which task, to which comment, who, and what was understood."""

    key: str
    comment: str
    person: str
    said: Command | NotUnderstood


@dataclass
class ReadBack:
    """What one tracker's view changes: links by key, notes recognised, what was seen and decided, answers owed.

    `read`: links whose task was read and is as it was, but for those long over: nobody asks when they were read last.
    """

    links: dict[str, Link] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    read: dict[str, Link] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Readers:
    """What read-back needs beside the view: who is who, what is already known, and the time."""

    accounts: Mapping[str, str]  # account id → person id
    notes: Mapping[str, Note]
    decided: frozenset[str]  # source ids of comments already taken
    calendar: Calendar
    now: datetime

    @property
    def today(self) -> date:
        return self.calendar.local_date(self.now)


def read_back(links: Sequence[Link], view: View, readers: Readers) -> ReadBack:
    """Compare every link of this tracker that has a task with what the view shows of it.

    A known task that is gone is listed in `gone` and not yet dismissed: the caller applies `dismiss` after the
    mass-vanish latch has had its say.
    """
    result = ReadBack()
    own = frozenset(note.comment for note in readers.notes.values() if note.comment is not None)
    for link in links:
        if link.task is None or link.tracker != view.tracker:
            continue
        task = view.tasks.get(link.task)
        if task is not None and _is_as_known(link, task):
            if not _is_long_over(link, readers.now):
                result.read[link.key] = replace(link, read_cycle_at=readers.now)
        elif task is not None:
            _compare(link, task, view, own, readers, result)
        elif link.task in view.gone and link.state is LinkState.LINKED:
            result.gone.append(link.key)
    return result


def dismiss(link: Link, now: datetime) -> tuple[Link, Seen | None, Decision | None]:
    """A task that is gone: open, it was a decision; completed, it changes nothing but that it cannot be reopened."""
    if link.completed:
        return replace(link, archived=True, read_cycle_at=now), None, None
    gone = replace(link, state=LinkState.DISMISSED, read_cycle_at=now)
    return (
        gone,
        Seen(link.key, link.task or "", "dismissed", detail="deleted"),
        Decision(now, "dismissed", link.key, link.subject, None, "deleted in the tracker"),
    )


def _is_as_known(link: Link, task: Task) -> bool:
    """Whether comparing could find nothing: true of nearly every task of a long list, so it is asked first."""
    written, theirs = link.written, link.theirs
    return (
        task.comments is None
        and written.asked is None
        and link.state is LinkState.LINKED
        and (link.completed, link.archived) == (task.completed, task.archived)
        and (link.title, link.due, link.assignees) == (task.title, task.due, task.assignees)
        and (link.home, link.place, link.url) == (task.home, task.place, task.url or link.url)
        and link.seen_modified == (task.modified_at or link.seen_modified)
        and (link.touched or not task.changed_by_person)
        and ("title" in theirs or task.title == written.title)
        and ("notes" in theirs or not written.notes or task.notes == written.notes)
        and ("due" in theirs or task.due == written.due)
        and ("assignee" in theirs or _is_assigned(link, task))
    )


def _is_long_over(link: Link, now: datetime) -> bool:
    """Completed so long ago that a ledger of many years need not write each of them in every cycle."""
    at = link.completed_at
    return link.completed and at is not None and now - at > LONG_OVER and link.seen_modified is not None


def _is_assigned(link: Link, task: Task) -> bool:
    """Asana has one assignee, so another one there means ours is gone; a Trello card may have more members than ours:
    whom we invited stands among them, so without one of ours it is who came since that counts.
    """
    mine = link.written.assignee
    return mine in task.assignees if mine is not None else task.assignees <= link.assignees


def _compare(link: Link, task: Task, view: View, own: Collection[str], readers: Readers, result: ReadBack) -> None:
    before = link
    link = own_deeds(link, task, readers.now)
    link = _life(link, task, readers, result)
    link = _fields(link, task, readers, result, is_news=link.completed == before.completed)
    link = _words(link, task, view, own, readers, result)
    link = replace(
        link,
        title=task.title,
        url=task.url or link.url,
        due=task.due,
        assignees=task.assignees,
        archived=task.archived,
        home=task.home,
        place=task.place,
        seen_modified=task.modified_at or link.seen_modified,
        touched=link.touched or task.changed_by_person,
        read_cycle_at=readers.now,
    )
    if link != before:
        result.links[link.key] = link


def _clamped(vendor_time: datetime | None, link: Link, readers: Readers) -> datetime:
    """A person's act has the vendor's time, between the last cycle that read the task without it and now."""
    without_it = link.read_cycle_at or link.attempted_at or link.made_at
    return min(max(vendor_time or readers.now, without_it), readers.now)


def _life(link: Link, task: Task, readers: Readers, result: ReadBack) -> Link:
    """Completed, reopened, archived, restored."""
    who = readers.accounts.get(task.completed_by or "")

    def tell(what: str, detail: str = "", at: datetime | None = None, by: str | None = None) -> None:
        result.seen.append(Seen(link.key, task.id, what, by, detail))
        result.decisions.append(Decision(at or readers.now, what, link.key, link.subject, by, detail))

    if link.state is LinkState.DISMISSED:
        if task.archived or (link.completed and task.completed):
            return link
        tell("restored")
        link = replace(link, state=LinkState.LINKED, archived=False, completed=task.completed)
        if task.completed:
            link = replace(link, completed_at=_clamped(task.completed_at, link, readers), completed_by=who)
        return link
    if task.completed and not link.completed:
        at = _clamped(task.completed_at, link, readers)
        tell("completed", at=at, by=who)
        return replace(link, completed=True, completed_at=at, completed_by=who or task.completed_by)
    if link.completed and not task.completed and not task.archived:
        if is_reopening(link):
            return link
        tell("reopened")
        # Whatever the policy says, alignd does not complete again what a person opened again.
        theirs = link.theirs | {"completed"}
        return replace(link, completed=False, completed_at=None, completed_by=None, theirs=theirs)
    if task.archived and not link.archived and not task.completed:
        tell("dismissed", "archived")
        return replace(link, state=LinkState.DISMISSED)
    return link


def _fields(link: Link, task: Task, readers: Readers, result: ReadBack, *, is_news: bool) -> Link:
    """Title, assignee, due, place: what differs from what was last written is a person's, and stays theirs.

    `is_news`: a move is told apart, not as the half of a completion or reopening (into or out of a `done` list).
    """
    theirs = set(link.theirs)
    changed: list[str] = []
    if evened(task.title) != evened(link.written.title):
        theirs.add("title")
        if evened(task.title) != evened(link.title):
            changed.append("title")
    if link.written.notes and evened(task.notes) != evened(link.written.notes):
        if "notes" not in theirs:
            changed.append("notes")
        theirs.add("notes")
    promise = link.promise
    if task.due != link.written.due:
        theirs.add("due")
        if task.due != link.due:
            changed.append("due")
            later = task.due is not None and (link.written.due is None or task.due > link.written.due)
            promise = task.due if later else None
    if not _is_assigned(link, task):
        theirs.add("assignee")
        if task.assignees != link.assignees:
            changed.append("assignee")
    if changed:
        result.seen.append(Seen(link.key, task.id, "edited", detail=", ".join(changed)))
        result.decisions.append(Decision(readers.now, "edited", link.key, link.subject, None, ", ".join(changed)))
    elsewhere = (link.home, link.place) != (task.home, task.place)
    if elsewhere and link.place is not None and is_news and not task.archived:
        result.seen.append(Seen(link.key, task.id, "moved", detail=task.place_name))
        result.decisions.append(Decision(readers.now, "moved", link.key, link.subject, None, task.place_name))
    moved = elsewhere and link.place is not None
    return replace(link, theirs=frozenset(theirs), promise=promise, touched=link.touched or bool(changed) or moved)


def _words(link: Link, task: Task, view: View, own: Collection[str], readers: Readers, result: ReadBack) -> Link:
    """Comments: what people wrote is taken once; alignd's own are known by their id."""
    if task.comments is None:
        return link
    for comment in task.comments:
        if comment.id in own:
            continue
        if comment.author is not None and comment.author == view.me:
            _recognise(link, comment, readers, result)
            if _before_adoption(link, comment):
                continue
        person = readers.accounts.get(comment.author or "")
        if comment.author != view.me:
            link = replace(link, touched=True)
        if person is None:
            continue
        link = _take(link, comment, person, readers, result)
    return link


def _before_adoption(link: Link, comment: Comment) -> bool:
    """After a lost ledger: what alignd's user said on an adopted task before it was adopted counts as said."""
    return link.adopted and comment.at <= link.made_at


def _recognise(link: Link, comment: Comment, readers: Readers, result: ReadBack) -> None:
    """After a lost or older ledger the numbers comment is found again by its first word, so that it stays the one."""
    key = f"{link.key}#numbers"
    if comment.text.startswith("Latest:") and key not in readers.notes and key not in result.notes:
        result.notes[key] = Note(
            key, link.key, "numbers", NoteState.SAID, comment.text, readers.now, comment=comment.id
        )


def _take(link: Link, comment: Comment, person: str, readers: Readers, result: ReadBack) -> Link:
    source = _source_id(comment)
    taken = source in readers.decided or any(one.source_id == source for one in result.decisions)
    said = parse_command(comment.text, readers.today, readers.calendar)
    if said is None:
        words = evened(comment.text)
        return replace(link, last_human_line=words[:300]) if words else link
    if taken or _before_adoption(link, comment):
        return link  # said to a ledger that is lost: a wish is not obeyed a second time
    at = _clamped(comment.edited_at or comment.at, link, readers)
    if isinstance(said, Command) and said.wish in (Wish.ACCEPT, Wish.WRONG) and link.kind in NO_NUMBER:
        said = out_of_place(said.wish, "this task is not about one number, please say that on the number's own task")
    if isinstance(said, NotUnderstood):
        result.decisions.append(Decision(at, "not_understood", link.key, link.subject, person, comment.text, source))
        result.replies.append(Reply(link.key, comment.id, person, said))
        return link
    return _obey(link, said, comment, person, source, at, result)


def _source_id(comment: Comment) -> str:
    """By which a comment is taken once: an edit is another, whether the vendor says when it was edited or not."""
    edited = f"@{comment.edited_at.isoformat()}" if comment.edited_at is not None else ""
    words = hashlib.sha256(evened(comment.text).encode()).hexdigest()[:16]
    return f"{comment.id}{edited}#{words}"


def _obey(
    link: Link, said: Command, comment: Comment, person: str, source: str, at: datetime, result: ReadBack
) -> Link:
    result.decisions.append(Decision(at, said.wish.value, link.key, link.subject, person, said.why, source))
    result.replies.append(Reply(link.key, comment.id, person, said))
    if said.wish is Wish.WAKE:
        return replace(link, quiet=None)
    return replace(link, quiet=Quiet(said.wish.value, said.until, said.why, person, at, comment.id))


def freed(links: Mapping[str, Link]) -> dict[str, Link]:
    """A doubt (`alignd wrong`) ends when a person completes the data task that asks about it."""
    checked: dict[str, datetime] = {}
    for link in links.values():
        if link.kind is WorkKind.DATA and link.completed and link.completed_by and link.completed_at is not None:
            checked[link.subject] = max(checked.get(link.subject, link.completed_at), link.completed_at)
    return {
        link.key: replace(link, quiet=None)
        for link in links.values()
        if link.quiet is not None
        and link.quiet.kind == "wrong"
        and link.subject in checked
        and checked[link.subject] >= link.quiet.at
    }
