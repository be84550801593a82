"""Doubts: creates whose outcome is unknown, whose task a reference is, and which tasks are extras.

Pure, so that `plan` shows what a sync would find. The rules ("Exactly one task for a piece of work"):

- *sending* met at a start is unknown since its attempt;
- found at any look: linked at once;
- absent at two looks at least 2 minutes apart, in different cycles, the last after `unknown_after`: planned again, and
  the create follows in that cycle; else it stays unknown, and a problem is listed (`unsettled`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mapping.keys import find_reference, reference
from mapping.links import Link, LinkState, Note, Written
from mapping.queries import Trouble
from mapping.tasks import Attempt, Create, Fate, Task, View
from sync.adoption import adopt
from sync.applying import as_answered
from sync.extras import choose, extras
from sync.steps import Problem, Seen, Step
from sync.store import Sending
from sync.unheard import resolve_notes

LOOKS = 2
APART = timedelta(minutes=2)
SKEW = timedelta(minutes=5)
IN_DOUBT = (LinkState.SENDING, LinkState.UNKNOWN)
NOT_MADE = (LinkState.PLANNED, LinkState.SENDING, LinkState.UNKNOWN, LinkState.FAILED)


@dataclass(frozen=True, slots=True)
class Settled:
    """What was found out about one tracker, as values to keep and steps to take.

    `links` and `notes`: rows that changed, by key. `steps`: comments sent once more; extras told and put away.
    """

    links: Mapping[str, Link]
    notes: Mapping[str, Note]
    seen: tuple[Seen, ...]
    steps: tuple[Step, ...]
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class Looking:
    """What resolving needs beside the ledger.

    `looked`: the answer of `Tracker.look`; None if it could not be asked (then nothing counts as absent).
    `comments`: tasks with all their comments, of `comments_wanted`. `archives`: an extra is archived (Trello), not
    completed (Asana). `adopts`: False in `mode: watch`, where the ledger gets no work and nothing is put away.
    `me_is_a_person`: the token belongs to one of `people`, so extras are only reported.
    """

    workspace: str
    view: View
    looked: Mapping[str, Task] | None
    comments: Mapping[str, Task]
    attempts: Mapping[str, Sequence[Sending]]
    now: datetime
    unknown_after: timedelta
    archives: bool
    adopts: bool = True

    @property
    def me_is_a_person(self) -> bool:
        return self.view.me is not None and self.view.me in self.view.accounts.values()


def pending(links: Iterable[Link], attempts: Mapping[str, Sequence[Sending]], tracker: str) -> list[Attempt]:
    """What `Tracker.look` is asked: every create of unknown outcome, since the vendor's time of its attempt."""
    return [
        Attempt(
            link.key,
            reference(link.key),
            (link.attempted_vendor or link.attempted_at or link.made_at) - SKEW,
            order.assignee if (order := last_order(attempts.get(link.key, ()))) is not None else None,
        )
        for link in links
        if link.tracker == tracker and link.state in IN_DOUBT
    ]


def settle(links: Mapping[str, Link], notes: Mapping[str, Note], looking: Looking) -> Settled:
    """Everything that can be found out about one tracker from what it showed."""
    tracker = looking.view.tracker
    standing = {key: link for key, link in links.items() if link.tracker == tracker}
    found = referred(looking.view, looking.looked or {}, standing, looking.workspace)
    changed: dict[str, Link] = {}
    seen: list[Seen] = []
    for key, link in standing.items():
        if link.state in NOT_MADE:
            after = _settled(link, found.get(key, ()), looking)
            if after is not None and after != link:
                changed[key] = after
                if after.state is LinkState.LINKED and after.task is not None:
                    seen.append(Seen(key, after.task, "linked"))
    if looking.adopts:
        for link, what in adopt(found, links, looking.view, looking.now):
            changed[link.key] = link
            seen.append(what)
    known = {**standing, **changed}
    double = extras(known, notes, found, looking)
    changed |= double.links
    seen += double.seen
    said = resolve_notes(notes, {**known, **double.links}, looking)
    return Settled(changed, said.notes, tuple(seen), (*said.steps, *double.steps), (*double.troubles, *said.troubles))


def referred(
    view: View, looked: Mapping[str, Task], links: Mapping[str, Link], workspace: str
) -> dict[str, list[Task]]:
    """Tasks by the key their notes refer to: alignd's own, not copied, and not linked to any work yet.

    A tracker that does not say who made a task is believed that alignd did: at worst one piece of work is taken for
    made, which a person can see; the other way round it would be made twice.
    """
    linked = {link.task for link in links.values() if link.tracker == view.tracker}
    found: dict[str, list[Task]] = {}
    for task in {**view.tasks, **{task.id: task for task in looked.values()}}.values():
        if task.copied or task.id in linked or task.created_by not in (view.me, None):
            continue
        key = find_reference(task.notes, workspace)
        if key is not None:
            found.setdefault(key, []).append(task)
    return found


def doubles(view: View, links: Mapping[str, Link], workspace: str) -> list[str]:
    """Open tasks that may be extras; whether a person touched them is in their comments."""
    return [
        task.id
        for key, tasks in referred(view, {}, links, workspace).items()
        if key in links and links[key].task is not None
        for task in tasks
        if not (task.completed or task.archived)
    ]


def last_order(attempts: Sequence[Sending]) -> Create | None:
    """What was asked for by the newest attempt that may have happened."""
    may = [one for one in attempts if one.fate in (None, Fate.UNKNOWN, Fate.DONE)]
    return may[-1].order if may else None


def _settled(link: Link, candidates: Sequence[Task], looking: Looking) -> Link | None:
    """The link after this look; None if nothing can be said."""
    if candidates:
        return found_link(link, choose(candidates), last_order(looking.attempts.get(link.key, ())))
    if link.state not in IN_DOUBT:
        return None
    doubtful = replace(link, state=LinkState.UNKNOWN, attempted_at=link.attempted_at or looking.now)
    if looking.looked is None or not looking.view.whole:
        return doubtful
    if doubtful.looked_at is not None and looking.now - doubtful.looked_at < APART:
        return doubtful
    doubtful = replace(doubtful, looks=doubtful.looks + 1, looked_at=looking.now)
    since = doubtful.attempted_at or looking.now
    if doubtful.looks >= LOOKS and looking.now >= since + looking.unknown_after:
        return replace(doubtful, state=LinkState.PLANNED)
    return doubtful


def found_link(link: Link, task: Task, order: Create | None) -> Link:
    """The link with the task that turned out to be it.

    What was asked for is the base of the merge, so that what a person changed meanwhile stays theirs. Its comments
    are read at the next reading (`seen_modified` None).
    """
    written = Written(
        order.title if order is not None else task.title,
        task.notes,
        order.assignee if order is not None else next(iter(sorted(task.assignees)), None),
        order.due if order is not None else task.due,
    )
    return replace(
        as_answered(link, task),
        state=LinkState.LINKED,
        task=task.id,
        written=written,
        seen_modified=None,
        completed=False,
        archived=False,
        failed_why="",
        failed_at=None,
    )


def unsettled(links: Iterable[Link], attempts: Mapping[str, Sequence[Sending]]) -> list[Problem]:
    """What could not be made, listed in every cycle until it is. The words stay the same while the matter does."""
    problems: list[Problem] = []
    for link in links:
        order = last_order(attempts.get(link.key, ()))
        tried = attempts.get(link.key, ())
        name = order.title if order is not None else tried[-1].order.title if tried else link.title or link.key
        if link.state in IN_DOUBT:
            problems.append(
                Problem(
                    link.tracker,
                    f"nobody knows yet whether it was made: {name}",
                    "nothing to do: alignd looks for it, and makes it only when it is certainly not there",
                    kind="unknown",
                )
            )
        elif link.state is LinkState.FAILED:
            problems.append(
                Problem(
                    link.tracker,
                    f"could not be made: {name}: {link.failed_why}",
                    "alignd doctor says what to mend; it is tried again when the file changes, and daily",
                    kind="failed",
                )
            )
    return problems
