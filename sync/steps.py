"""The plan as a value: the steps a cycle would take, each with a reason, complete before the first write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mapping.documents import Document, plain
from mapping.judgements import Judgement
from mapping.links import Link
from mapping.queries import Trouble
from mapping.readings import Reading
from mapping.tasks import Order, WorkKind


class StepKind(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    COMMENT = "comment"
    EDIT_COMMENT = "edit_comment"
    COMPLETE = "complete"
    REOPEN = "reopen"
    FOLLOW = "follow"
    ARCHIVE = "archive"


class Reason(StrEnum):
    """Why a step is there. Creates use the first nine. Every one of them is produced by a test."""

    EPISODE_OPENED = "episode_opened"
    FOLLOW_UP = "follow_up"
    NO_DATA = "no_data"
    SOURCE_UNREAD = "source_unread"
    REVIEW_DUE = "review_due"
    CAMPAIGN_DUE = "campaign_due"
    EVENT = "event"
    EVALUATION = "evaluation"
    SAID = "said"
    TAKEN_UP = "taken_up"
    REOPENED = "reopened"
    NUMBERS = "numbers"
    WORSE = "worse"
    RECOVERED = "recovered"
    ESCALATED = "escalated"
    CORRECTED = "corrected"
    REDEFINED = "redefined"
    REMOVED = "removed"
    EXTRA = "extra"
    ANSWER = "answer"
    OWNER_CHANGED = "owner_changed"
    NUMBER_CAME = "number_came"
    TODAY = "today"  # the day of a meeting
    MOVED = "moved"  # the file has another day for a meeting, or another title
    SUMMARY = "summary"  # the morning after a meeting
    EXTRA_MENDED = "extra_mended"  # an extra that was refused can be put right now
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    UNKNOWN = "unknown"
    FAILED = "failed"
    WAITING = "waiting"  # held by the file or a comment: max_open, needs, explained_by, snooze, accept, wrong
    DEFERRED = "deferred"  # held by circumstance: latch, budget, tracker away, hours, watch


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `order` is what would be sent (None while held); `because` says why in words, for people.

    A comment step's key is TASK-KEY#kind/PERIOD and its title the first line of the comment. The one numbers comment
    is TASK-KEY#numbers in the ledger, whatever it says by now: `period` is the newest that this step would have it say.
    `link`: for a create, the ledger row to insert as planned (or to claim, if the key has one already).
    `sets`: fields of the link (found by the task key before any `#`) to replace once the step is done.
    `fallback`: the same order without its extras (assignee, place, followers), for a vendor that refuses one.
    `trouble`: what went wrong with it, or (done all the same) which extra it had to be made without.
    """

    kind: StepKind
    reason: Reason
    work: WorkKind
    key: str
    subject: str
    tracker: str
    title: str
    task: str | None = None
    outcome: Outcome = Outcome.PLANNED
    order: Order | None = None
    person: str | None = None
    because: str = ""
    told_gap: str | None = None
    link: Link | None = None
    sets: tuple[tuple[str, object], ...] = ()
    fallback: Order | None = None
    trouble: Trouble | None = None
    period: str | None = None


def step_on(
    link: Link,
    kind: StepKind,
    reason: Reason,
    order: Order,
    because: str,
    *,
    key: str | None = None,
    task: str | None = None,
    title: str | None = None,
    person: str | None = None,
    sets: tuple[tuple[str, object], ...] = (),
) -> Step:
    """A step on work that stands. What is not given (as a comment's key, or a copy's task) is the link's."""
    return Step(
        kind,
        reason,
        link.kind,
        key or link.key,
        link.subject,
        link.tracker,
        link.title if title is None else title,
        task=task or link.task,
        order=order,
        person=person or link.person,
        because=because,
        sets=sets,
    )


def first_line(body: Document) -> str:
    """What a comment is called in a plan."""
    return next(iter(plain(body).splitlines()), "")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read back: linked, adopted, completed, reopened, dismissed, restored, moved, edited."""

    key: str
    task: str
    what: str
    by: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should look at. `new`: not there in the last cycle."""

    where: str
    what: str
    advice: str
    new: bool = True
    kind: str = "refused"


@dataclass(frozen=True, slots=True)
class CallCount:
    made: int
    least: int
    charged: int

    def less(self, before: CallCount) -> CallCount:
        """Those made since."""
        return CallCount(self.made - before.made, self.least - before.least, self.charged - before.charged)


@dataclass(frozen=True, slots=True)
class CycleReport:
    """Everything `plan` and `sync` show, as text or as the contract's JSON. `cycle` is None for a plan.

    `shown`: for every KPI its newest final period and its newest ended, not yet final one, and every reading made
    in this cycle, each with the judgement that goes with it (a first count has one for show).
    `file_changes`: what changed in the file since the last sync, in words.
    """

    workspace: str
    cycle: int | None
    at: datetime
    shown: tuple[tuple[Reading, Judgement], ...]
    steps: tuple[Step, ...]
    calls: dict[str, CallCount]
    seen: tuple[Seen, ...] = ()
    problems: tuple[Problem, ...] = ()
    file_changes: tuple[str, ...] = ()
    nothing_reachable: bool = False
