"""Links: work ↔ task, with what was last written. The ledger's rows, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mapping.documents import Document
from mapping.tasks import WorkKind


class LinkState(StrEnum):
    """planned → sending → linked; unknown, failed, dismissed (see product.md, exactly one task)."""

    PLANNED = "planned"
    SENDING = "sending"
    LINKED = "linked"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that left for the tracker at `at` and whose outcome is not recorded.

    `fields`: which of title, assignee, due, completed, archived were asked for; only their values mean something.
    `withdraws`: it takes back what a cycle made.
    """

    at: datetime
    fields: frozenset[str]
    title: str = ""
    assignee: str | None = None
    due: date | None = None
    completed: bool = False
    withdraws: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What the vendor answered to our last write of each field, normalised: the base of the three-way merge.

    `asked`: what left and was not answered, as far as anybody recorded: if it stands there, it is ours.
    """

    title: str = ""
    notes: str = ""
    assignee: str | None = None  # account id
    due: date | None = None
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Quiet:
    """A person's `alignd snooze|accept|wrong`. `until` None for wrong (until its data task is done or `wake`)."""

    kind: str  # snooze | accept | wrong
    until: date | None
    why: str
    by: str  # person id
    at: datetime
    comment: str  # vendor id of the comment that said it


@dataclass(frozen=True, slots=True)
class Link:
    """One row of the ledger: a piece of work and the one task that is it.

    `key` is unique and named in the task's last line. `subject`: KPI id, review id, source id.
    `episode`: label of the opening period (action items), so that `…/2` follow-ups share it.
    `person`: id in the file the work is for now. `theirs`: fields a person owns since they changed them.
    `promise`: a due date a person moved later. `seen_modified`: vendor time up to which changes are accounted for.
    `completed`, `archived`, `due`, `assignees`, `title`, `url`, `home`, `place`: the task as last seen.
    `touched`: a person changed or commented it since it was made. `former`: key of the item it follows.
    `looks`: how often the whole listing (and what follows) did not have it, `looked_at` when last.
    `read_cycle_at`: alignd's time of the last cycle that read it (a completion is clamped after that).
    `owner`: who the file named when the work was last assigned (the person may be a deputy).
    `about`: what a review or evaluation asks about, one entry a line of its agenda: "helped:ITEM-KEY",
    "escalated:KPI/PERIOD", "target:KPI", "number:KPI", "ahead:KPI", "finding:KPI/DAY"; of an event's review
    "confirm:PERSON", whom it was made to ask; for a `said` task the source id of the line it comes from.
    """

    key: str
    kind: WorkKind
    subject: str
    tracker: str
    state: LinkState
    made_at: datetime
    episode: str | None = None
    person: str | None = None
    task: str | None = None
    attempted_at: datetime | None = None
    attempted_vendor: datetime | None = None
    looks: int = 0
    looked_at: datetime | None = None
    written: Written = Written()
    theirs: frozenset[str] = frozenset()
    title: str = ""
    url: str = ""
    due: date | None = None
    assignees: frozenset[str] = frozenset()
    completed: bool = False
    completed_at: datetime | None = None
    completed_by: str | None = None
    archived: bool = False
    home: str | None = None
    place: str | None = None
    touched: bool = False
    promise: date | None = None
    quiet: Quiet | None = None
    former: str | None = None
    seen_modified: datetime | None = None
    last_human_line: str = ""
    made_cycle: int | None = None
    failed_why: str = ""
    failed_at: datetime | None = None
    adopted: bool = False
    read_cycle_at: datetime | None = None
    owner: str | None = None
    about: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        """It stands in the tracker, open, and counts."""
        return self.state is LinkState.LINKED and not self.completed and not self.archived


class NoteState(StrEnum):
    PLANNED = "planned"
    SENDING = "sending"
    SAID = "said"
    UNKNOWN = "unknown"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Note:
    """One comment alignd says on a task, once: `key` is TASK-KEY#kind/PERIOD (numbers: TASK-KEY#numbers).

    `text` is the plain text last written; `comment` the vendor's id, by which alignd's own words are known.
    `told_gap`: the gap the text told ("worse" is measured from the one last told).
    """

    key: str
    link: str
    kind: str
    state: NoteState
    text: str
    at: datetime
    comment: str | None = None
    body: Document | None = None
    attempts: int = 1
    looks: int = 0
    looked_at: datetime | None = None
    told_gap: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Something a person did or said that alignd keeps: the decision log."""

    at: datetime
    what: str  # completed | dismissed | restored | moved | edited | snooze | accept | wrong | wake | reopened | …
    key: str
    subject: str
    by: str | None  # person id or account name
    text: str = ""
    source_id: str = ""  # vendor id of the comment, unique once set


def action_items(links: Iterable[Link]) -> dict[str, list[Link]]:
    """The action items of each KPI, by its id, oldest first."""
    items: dict[str, list[Link]] = {}
    actions = (one for one in links if one.kind is WorkKind.ACTION)
    for one in sorted(actions, key=lambda one: (one.made_at, len(one.key), one.key)):
        items.setdefault(one.subject, []).append(one)
    return items
