"""Samples of every kind of row, and a small Asana-like tracker in memory, for the ledger's tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.base import Finding
from connectors.calls import Calls
from mapping.documents import Bullets, Code, Document, Heading, Paragraph, Rows, Strong, Text, paragraph, plain
from mapping.documents import Link as Hyperlink
from mapping.judgements import Episode, Judgement, Status
from mapping.keys import find_reference, reference
from mapping.kpis import TargetValue
from mapping.links import Link, LinkState
from mapping.people import Person
from mapping.periods import Period, PeriodKind
from mapping.queries import Trouble
from mapping.readings import Part, Reading, State
from mapping.tasks import (
    AddPart,
    Archive,
    Attempt,
    Comment,
    Complete,
    Create,
    EditComment,
    Fate,
    Follow,
    Known,
    Order,
    Reopen,
    Result,
    Say,
    Task,
    Update,
    View,
    WorkKind,
)
from mapping.tasks import Part as TaskPart
from sync.steps import Reason, Step, StepKind

NOW = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
KEY = "saypro/action/sessions/2026-W46"


def week(monday: date = date(2026, 11, 9), label: str = "2026-W46") -> Period:
    return Period(monday, monday + timedelta(days=6), PeriodKind.WEEK, label)


def weeks(count: int) -> list[Period]:
    first = date(2026, 8, 24)
    return [week(first + timedelta(weeks=n), f"2026-W{35 + n}") for n in range(count)]


def reading(kpi: str = "sessions", period: Period | None = None, **changes: Any) -> Reading:
    base = Reading(
        kpi=kpi,
        definition="d1",
        period=period or week(),
        state=State.VALUE,
        value=Decimal("8200.10"),
        final=True,
        read_at=NOW,
        flags=frozenset({"sampled", "thresholded"}),
        note="said so",
        origin="Google Analytics, property 1",
        parts=(Part("ours", Decimal("1E+3"), State.ZERO, "scorecard Spend!D14"),),
        breakdown=(("Organic Search", Decimal("5300")), ("Direct", Decimal("2900.10"))),
        newest=date(2026, 11, 16),
    )
    return replace(base, **changes)


def judgement(kpi: str = "sessions", period: Period | None = None, **changes: Any) -> Judgement:
    base = Judgement(
        kpi=kpi,
        definition="d1",
        period=period or week(),
        status=Status.OFF_TRACK,
        value=Decimal("8200.10"),
        target=TargetValue(Decimal("0.02"), Decimal("0.0450"), "agreed by Neo"),
        gap=Decimal("-0.3167"),
        judged_at=NOW,
        flags=frozenset({"ahead"}),
        reason="why",
        background=True,
    )
    return replace(base, **changes)


def episode(kpi: str = "sessions", period: Period | None = None, **changes: Any) -> Episode:
    opened = period or week()
    return replace(Episode(kpi, "d1", opened, opened, NOW), **changes)


def document(key: str | None = None, title: str = "News") -> Document:
    return Document(
        (
            Heading(title),
            Paragraph(
                ((Text("plain "), Strong("strong"), Code("alignd wrong: <x>"), Hyperlink("here", "https://x.example")),)
            ),
            Bullets(((Text("one"),), (Text("two"),))),
            Rows((("9–15 Nov", "8,200"), ("2–8 Nov", "9,960"))),
        ),
        None if key is None else reference(key),
    )


def order(key: str = KEY, **changes: Any) -> Create:
    base = Create(key, WorkKind.ACTION, f"Title of {key}", document(key), "a-thandi", date(2026, 11, 25))
    return replace(base, **changes)


def link(key: str = KEY, **changes: Any) -> Link:
    base = Link(
        key, WorkKind.ACTION, key.split("/")[2], "asana", LinkState.PLANNED, NOW, episode="2026-W46", person="thandi"
    )
    return replace(base, **changes)


def create_step(key: str = KEY, **changes: Any) -> Step:
    base = Step(
        StepKind.CREATE,
        Reason.EPISODE_OPENED,
        WorkKind.ACTION,
        key,
        key.split("/")[2],
        "asana",
        f"Title of {key}",
        order=order(key),
        person="thandi",
        link=link(key),
    )
    return replace(base, **changes)


def comment_step(
    key: str = KEY, kind: str = "worse", label: str = "2026-W47", text: str = "Worse.", **changes: Any
) -> Step:
    name = f"{key}#{kind}/{label}" if label else f"{key}#{kind}"
    base = Step(
        StepKind.COMMENT,
        Reason(kind),
        WorkKind.ACTION,
        name,
        key.split("/")[2],
        "asana",
        text,
        order=Say("", name, Document((paragraph(text),))),
        told_gap="-0.31",
    )
    return replace(base, **changes)


def change_step(kind: StepKind, change: Order, key: str = KEY, **changes: Any) -> Step:
    base = Step(
        kind,
        Reason.OWNER_CHANGED,
        WorkKind.ACTION,
        key,
        key.split("/")[2],
        "asana",
        "Title",
        task=getattr(change, "task", None),
        order=change,
    )
    return replace(base, **changes)


# ── a tracker in memory ──────────────────────────────────────────────────────────────────────────────────────────

Fault = Callable[[], None]


@dataclass
class MemoryTracker:
    """A tracker that does what the vendors' documents say, as far as the protocol can see, with faults to order.

    `faults`: taken one for each request that writes. ok · lost (never arrives) · answer_lost (done, nobody is told) ·
    late (done when `deliver` is called) · not_sent (429, could not connect) · refused · refused_extra · forbidden ·
    crash (`after` the vendor did it: the process dies with the answer).
    """

    id: str = "asana"
    kind: str = "asana"
    batch: int = 10
    me: str = "a-alignd"
    calls: Calls = field(default_factory=Calls)
    clock: datetime = NOW
    faults: list[str] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    late: list[Order] = field(default_factory=list)
    sent: list[list[Order]] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=lambda: {"thandi": "a-thandi", "sipho": "a-sipho"})
    number: int = 0

    # ── the vendor ───────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, orders: Sequence[Order]) -> Sequence[Result]:
        assert 0 < len(orders) <= self.batch
        self.sent.append(list(orders))
        self.calls.sent(len(orders))
        fault = self.faults.pop(0) if self.faults else "ok"
        if fault in ("answer_lost", "ok", "crash"):
            results = [self.carry_out(one) for one in orders]
            if fault == "ok":
                return results
        if fault in ("crash", "crash_before"):
            raise Crash
        if fault == "late":
            self.late += orders
        if fault == "refused_extra":
            return [self._without_assignee(one) for one in orders]
        if fault == "not_sent":
            trouble = Trouble(self.id, "asks to wait", "nothing to do", "unreachable")
            return [Result(Fate.NOT_SENT, trouble=trouble) for _ in orders]
        if fault == "refused":
            return [self._refusal("no such project", "failed") for _ in orders]
        if fault == "forbidden":
            return [self._refusal("the token is refused", "refused") for _ in orders]
        assert fault in ("answer_lost", "lost", "late"), fault
        return [Result(Fate.UNKNOWN) for _ in orders]

    def _without_assignee(self, one: Order) -> Result:
        if isinstance(one, Create | AddPart) and one.assignee is not None:
            return replace(self._refusal("no such account", "extra"), refused_extra="assignee")
        return self.carry_out(one)

    def _refusal(self, what: str, kind: str) -> Result:
        return Result(Fate.REFUSED, trouble=Trouble(self.id, what, "mend it", kind))

    def deliver(self) -> None:
        """What was under way arrives at last."""
        orders, self.late = self.late, []
        for one in orders:
            self.carry_out(one)

    def carry_out(self, one: Order) -> Result:
        self.number += 1
        match one:
            case Create():
                task = Task(
                    f"t{self.number}",
                    self.id,
                    one.title,
                    plain(one.body),
                    frozenset() if one.assignee is None else frozenset({one.assignee}),
                    one.due,
                    home="project",
                    place="section",
                    url=f"https://tracker.example/t{self.number}",
                    created_at=self.clock,
                    created_by=self.me,
                    modified_at=self.clock,
                    comments=(),
                    parts=(),
                )
                self.tasks[task.id] = task
                return Result(Fate.DONE, task)
            case Say() | AddPart():
                return self._say(one.task, plain(one.body)) if isinstance(one, Say) else self._add(one)
            case EditComment():
                return self._edit(one)
            case Update():
                changes: dict[str, Any] = {}
                if "title" in one.fields:
                    changes["title"] = one.title
                if "due" in one.fields:
                    changes["due"] = one.due
                if "assignee" in one.fields:
                    changes["assignees"] = frozenset() if one.assignee is None else frozenset({one.assignee})
                return self._alter(one.task, **changes)
            case Complete():
                return self._alter(one.task, completed=True, completed_at=self.clock, completed_by=self.me)
            case Archive():
                return self._alter(one.task, archived=True)
            case Reopen():
                return self._alter(one.task, completed=False, archived=False, due=one.due)
            case Follow():
                return self._alter(one.task)

    def _alter(self, task: str, **changes: Any) -> Result:
        if task not in self.tasks:
            return self._refusal("no such task", "failed")
        self.tasks[task] = replace(self.tasks[task], modified_at=self.clock, **changes)
        return Result(Fate.DONE, self.tasks[task])

    def _say(self, task: str, text: str) -> Result:
        if task not in self.tasks:
            return self._refusal("no such task", "failed")
        comment = Comment(f"c{self.number}", task, self.me, text, self.clock)
        self.tasks[task] = replace(self.tasks[task], comments=(*(self.tasks[task].comments or ()), comment))
        return Result(Fate.DONE, comment=comment)

    def _add(self, one: AddPart) -> Result:
        if one.task not in self.tasks:
            return self._refusal("no such task", "failed")
        part = TaskPart(f"p{self.number}", one.title, one.assignee, one.due)
        self.tasks[one.task] = replace(self.tasks[one.task], parts=(*(self.tasks[one.task].parts or ()), part))
        return Result(Fate.DONE, part=part)

    def _edit(self, one: EditComment) -> Result:
        task = self.tasks.get(one.task)
        if task is None or all(said.id != one.comment for said in task.comments or ()):
            return self._refusal("no such comment", "failed")
        said = tuple(
            replace(said, text=plain(one.body)) if said.id == one.comment else said for said in task.comments or ()
        )
        self.tasks[one.task] = replace(task, comments=said)
        return Result(Fate.DONE, comment=next(one_ for one_ in said if one_.id == one.comment))

    # ── people ───────────────────────────────────────────────────────────────────────────────────────────────────

    def person(self, task: str, **changes: Any) -> None:
        self.tasks[task] = replace(self.tasks[task], changed_by_person=True, modified_at=self.clock, **changes)

    def delete(self, task: str) -> None:
        del self.tasks[task]
        self.deleted.add(task)

    def copy(self, task: str, by: str) -> str:
        self.number += 1
        copied = replace(self.tasks[task], id=f"t{self.number}", created_by=by, created_at=self.clock, comments=())
        self.tasks[copied.id] = copied
        return copied.id

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

    def view(self, *, whole: bool = True) -> View:
        """The listing: what stands in the project (moved away: only what is known is followed)."""
        shown = {one.id: one for one in self.tasks.values() if one.home == "project"}
        return View(self.id, whole, shown, frozenset(self.deleted), dict(self.accounts), self.me, {}, self.clock)

    def read(
        self,
        *,
        whole: bool,
        known: Sequence[Known],
        people: Sequence[Person],
        memory: Mapping[str, object],
        now: datetime,
    ) -> View:
        view = self.view(whole=whole)
        followed = {one.id: self.tasks[one.id] for one in known if one.id in self.tasks}
        return replace(view, tasks={**view.tasks, **followed})

    def look(self, attempts: Sequence[Attempt]) -> Mapping[str, Task]:
        wanted = {one.key for one in attempts}
        found: dict[str, Task] = {}
        for task in self.tasks.values():
            key = find_reference(task.notes, "saypro")
            if key in wanted and task.created_by == self.me:
                found.setdefault(key, task)
        return found

    def fetch_comments(self, tasks: Sequence[str]) -> Mapping[str, Task]:
        return {one: self.tasks[one] for one in tasks if one in self.tasks}

    def examine(self, people: Sequence[Person]) -> Sequence[Finding]:
        return [Finding(self.id, "in memory", True)]

    def live(self, key: str) -> list[Task]:
        """Open tasks with this key's reference that alignd's user made."""
        return [
            one
            for one in self.tasks.values()
            if find_reference(one.notes, "saypro") == key
            and one.created_by == self.me
            and not (one.completed or one.archived)
        ]


class Crash(BaseException):
    """The process dies here."""
