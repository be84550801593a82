"""Tasks: what exists in a tracker, whoever made it; comments; and the orders alignd gives a tracker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from mapping.documents import Document
from mapping.queries import Trouble


class WorkKind(StrEnum):
    """What a piece of work is. `said`: what a review decided that somebody does (an `Action:` line)."""

    ACTION = "action"
    DATA = "data"
    REVIEW = "review"
    EVALUATION = "evaluation"
    CAMPAIGN = "campaign"
    EVENT = "event"
    SAID = "said"

    @property
    def shown(self) -> str:
        """The kind as the file and the output know it: what was said in a review is an action like any other."""
        return WorkKind.ACTION.value if self is WorkKind.SAID else self.value


@dataclass(frozen=True, slots=True)
class Comment:
    """A person's or alignd's words on a task, plain text. `author` is an account id; times are the vendor's (UTC)."""

    id: str
    task: str
    author: str | None
    text: str
    at: datetime
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A subtask (Asana) or checklist item (Trello) of a task. `assignee`: account id; `due`: local date."""

    id: str
    title: str
    assignee: str | None = None
    due: date | None = None
    completed: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A task (Asana) or card (Trello) as it stands in the tracker, in terms both share.

    `notes`: plain text. `assignees`: account ids (Asana: at most one; Trello: members). `due`: local date.
    `completed`: Asana completed; Trello dueComplete or standing in a `done` list. `archived`: Trello closed only.
    `home`: project or board id it is in now (None: in none of ours); `place`: section or list id.
    `created_by`: account id, None if the tracker did not say; `copied`: made by copying another (Trello copyCard).
    `changed_by_person`: a person other than alignd's user is known to have changed or commented it (this read).
    `comments`: oldest first; None when comments were not read this time. `parts`: its subtasks or checklist items in
    the order they stand in; None when they were not read this time.
    """

    id: str
    tracker: str
    title: str
    notes: str
    assignees: frozenset[str] = frozenset()
    due: date | None = None
    completed: bool = False
    completed_at: datetime | None = None
    completed_by: str | None = None
    archived: bool = False
    home: str | None = None
    place: str | None = None
    place_name: str = ""
    url: str = ""
    created_at: datetime | None = None
    created_by: str | None = None
    copied: bool = False
    modified_at: datetime | None = None
    changed_by_person: bool = False
    comments: tuple[Comment, ...] | None = None
    parts: tuple[Part, ...] | None = None


# ── orders: what alignd asks a tracker to do ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Create:
    """Make one task, everything in the one request. `assignee` and `followers` are account ids."""

    key: str
    kind: WorkKind
    title: str
    body: Document
    assignee: str | None = None
    due: date | None = None
    followers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """Change only the `fields` named (title, assignee, due). `remove_assignee` (Trello): the one we added."""

    task: str
    fields: frozenset[str]
    title: str = ""
    assignee: str | None = None
    remove_assignee: str | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """A new comment; pinned where the tracker can (Asana)."""

    task: str
    key: str
    body: Document
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class EditComment:
    task: str
    comment: str
    key: str
    body: Document
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Complete:
    task: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """Back to open: Asana completed=false; Trello dueComplete=false and out of a `done` list into its kind's list."""

    task: str
    kind: WorkKind
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Follow:
    """Add a follower (Asana addFollowers) or member (Trello POST idMembers); never a PUT of the list."""

    task: str
    account: str


@dataclass(frozen=True, slots=True)
class Archive:
    """Put away without deleting: Trello closed=true. Asana has no archive for tasks: completes it."""

    task: str


@dataclass(frozen=True, slots=True)
class AddPart:
    """Add a subtask (Asana) or checklist item (Trello) that a named person confirms. Has no reference of its own: one
    of unknown outcome is looked for by its exact title under its task, as a comment is by its text.
    """

    task: str
    key: str
    title: str
    assignee: str | None = None
    due: date | None = None


Order = Create | Update | Say | EditComment | Complete | Reopen | Follow | Archive | AddPart


class Fate(StrEnum):
    """What became of an order."""

    DONE = "done"
    REFUSED = "refused"  # a definite no; nothing happened; `trouble` says what to do; do not repeat as it is
    NOT_SENT = "not_sent"  # a definite no that time will heal (429, could not connect, budget): try next cycle
    UNKNOWN = "unknown"  # may or may not have happened


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one order. `task`: as the vendor answered. `comment`: for Say, EditComment; `part`: for AddPart.

    `refused_extra`: names what the vendor would not take ("assignee", "place", "followers") if the refusal was of an
    extra, so that the work can be made without it.
    """

    fate: Fate
    task: Task | None = None
    comment: Comment | None = None
    trouble: Trouble | None = None
    refused_extra: str | None = None
    part: Part | None = None


# ── reading a tracker ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Known:
    """A task alignd is linked to, told to the tracker so that it reads no more than it must.

    `seen_modified`: the newest modified_at this ledger has accounted for; a task newer than it was changed by others
    and its comments are read. `open`: if a whole listing lacks it, it is fetched by id. `parts`: its subtasks or
    checklist items are wanted when the whole listing is read or it was changed; `parts_now`: at this reading anyway.
    """

    id: str
    open: bool
    seen_modified: datetime | None
    parts: bool = False
    parts_now: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What a tracker showed in one cycle.

    `whole`: the whole listing was read, not only what changed since the cursor in `memory`.
    `tasks`: every task seen, by id, known ones that were moved elsewhere included (fetched by id).
    `gone`: known ids that the vendor confirmed do not exist (any more, or for us).
    `accounts`: person id → account id there, for people the tracker knows. `me`: alignd's own account id.
    `memory`: the connector's own notes (cursor, section ids, accounts), JSON; handed back at the next read.
    `vendor_now`: the vendor's clock (Date header). `troubles`: extras that need a person (section gone, no account).
    """

    tracker: str
    whole: bool
    tasks: Mapping[str, Task]
    gone: frozenset[str] = frozenset()
    accounts: Mapping[str, str] = field(default_factory=dict)
    me: str | None = None
    memory: Mapping[str, object] = field(default_factory=dict)
    vendor_now: datetime | None = None
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A create whose outcome is unknown, for `Tracker.look`. `since`: vendor time of the attempt, less some skew."""

    key: str
    reference: str
    since: datetime
    assignee: str | None = None
