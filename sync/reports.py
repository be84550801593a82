"""What `status`, `why`, `history` and `backtest` say, as values: for people (`said`) and for machines, side by side.

Built by sync/status.py, sync/why.py, sync/history.py and the backtest; rendered by sync/cli/render/, printed as JSON by
sync/output.py. Texts here are plain; whoever shows them makes them safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from mapping.judgements import Status
from mapping.readings import State
from mapping.texts.figures import Number as Number
from mapping.texts.figures import Span as Span
from mapping.texts.figures import Target as Target
from sync.letters_shown import LetterRow as LetterRow
from sync.steps import CallCount, Problem

# ── status ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FirstCount:
    """A number of an ended period that is not final yet: shown, never acted on."""

    period: Span
    number: Number
    status: Status
    said: str


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One KPI as it stands: its newest final period, and a newer first count if there is one.

    `said`: the standing in a word or two ("below"), `detail`: what else there is to it ("second week in a row").
    `since`: label of the first period in a row that had this status. `spark`: the last periods, oldest first.
    `reason`: why the status is unknown. `waits`: why there is no task though it is off target.
    """

    kpi: str
    name: str
    owner: str | None
    status: Status
    said: str
    period: Span | None = None
    number: Number | None = None
    target: Target | None = None
    gap: Decimal | None = None
    state: State | None = None
    since: str | None = None
    flags: tuple[str, ...] = ()
    first_count: FirstCount | None = None
    reason: str = ""
    detail: str = ""
    agreed: bool = True
    spark: str = ""
    waits: str = ""


@dataclass(frozen=True, slots=True)
class FirstRow:
    """One of the things to do first. `why`: in a sentence; `person`: the name of who has it; `kpi`: id, where it is of
    one.
    """

    key: str
    title: str
    why: str
    person: str | None = None
    kpi: str | None = None
    due: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One open piece of work. `state`: how it stands, in words; `person`: the name."""

    key: str
    kind: str
    subject: str
    title: str
    tracker: str
    state: str
    person: str | None = None
    task: str | None = None
    due: date | None = None
    overdue: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work that is held, and why."""

    key: str
    subject: str
    title: str
    why: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class CycleRow:
    """One of the last cycles. `did`: in words."""

    cycle: int
    at: datetime
    did: str
    calls: Mapping[str, CallCount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal with the state of its own KPIs, in `own` as people read it. `below`: how many KPIs of the goals below it
    stand how, each counted once and none that is its own; `cause`: those of them that are off target, by name.
    """

    goal: str
    title: str
    depth: int
    owner: str | None = None
    by: date | None = None
    kpis: tuple[tuple[str, Status], ...] = ()
    below: Mapping[str, int] = field(default_factory=dict)
    cause: str = ""
    own: tuple[str, ...] = ()
    worst: Status | None = None


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A review, campaign touchpoint or event's review that is ahead, or one that was missed lately.

    `kind`: review, campaign, event. `slot`: the rule's own period, the touchpoint's name, "" for an event. `at`: when
    it meets (a touchpoint: None, it is due on `day`). `state`: how its task stands, in words. `replaced_by`: id of the
    review that takes its place. `lead`: a name.
    """

    kind: str
    subject: str
    title: str
    slot: str
    day: date
    state: str
    at: datetime | None = None
    lead: str | None = None
    task: str | None = None
    url: str = ""
    replaced_by: str | None = None
    missed: bool = False


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Everything `alignd status` shows. `person`, `team`: id, when it is for one of them; then `do_first` has what they
    do first. `meetings`: those ahead in order of time, replaced ones among them, then what was missed lately.
    `letters`: what people were told lately, newest first.
    """

    workspace: str
    name: str
    at: datetime
    kpis: tuple[KpiRow, ...]
    work: tuple[WorkRow, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    problems: tuple[Problem, ...] = ()
    cycles: tuple[CycleRow, ...] = ()
    goals: tuple[GoalRow, ...] = ()
    person: str | None = None
    file_changes: tuple[str, ...] = ()
    meetings: tuple[MeetingRow, ...] = ()
    team: str | None = None
    do_first: tuple[FirstRow, ...] = ()
    letters: tuple[LetterRow, ...] = ()


# ── why ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class WhyLine:
    """One fact. `label`: what it is about, short; `origin`: where it comes from ("Google Analytics, read …")."""

    text: str
    label: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class WhySection:
    title: str
    lines: tuple[WhyLine, ...]


@dataclass(frozen=True, slots=True)
class WhyReport:
    """Why a KPI, task or review is as it is, or why there is no task. `answer`: the whole of it in two sentences."""

    subject: str
    kind: str  # kpi | task | source | review | campaign | event
    title: str
    at: datetime
    answer: str
    sections: tuple[WhySection, ...] = ()


# ── history ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Correction:
    """A value that a later reading replaced; kept beside it. `read_at`: when the older one was read."""

    number: Number
    read_at: datetime


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One period. `status` and `target` are those it was judged with, then; `now`: what the newest number would say,
    if a correction changed it. `changed`: the definition changed at this period, in words.
    """

    period: Span
    number: Number
    state: State
    final: bool
    read_at: datetime
    status: Status
    said: str
    target: Target | None = None
    gap: Decimal | None = None
    flags: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    now: Status | None = None
    changed: str = ""
    note: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """A KPI's numbers, newest first. `spark`: one character a period, oldest first. `notes`: rereads, gaps."""

    kpi: str
    name: str
    at: datetime
    rows: tuple[HistoryRow, ...]
    spark: str = ""
    definition: str = ""
    notes: tuple[str, ...] = ()


# ── backtest ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class BacktestItem:
    """An action item this file would have made. `made`: the day; `opened`: the period that would have opened it;
    `closed`: the one in which the KPI was back, None if it still is not. `person`: id. `waited`: why it would have
    come later.
    """

    key: str
    kpi: str
    title: str
    made: date
    opened: Span
    person: str | None = None
    closed: Span | None = None
    waited: str = ""


@dataclass(frozen=True, slots=True)
class BacktestKpi:
    """How one KPI would have fared: judged periods by status, and items made."""

    kpi: str
    name: str
    on_target: int
    close: int
    below: int
    unknown: int
    items: int
    spark: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class BacktestPerson:
    """What a person (id) would have got: items in all, and the most that were open at once."""

    person: str
    items: int
    most_open: int


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """What this file would have done from `first` to `last`, with real numbers, writing nothing."""

    workspace: str
    at: datetime
    weeks: int
    first: date
    last: date
    kpis: tuple[BacktestKpi, ...]
    items: tuple[BacktestItem, ...] = ()
    people: tuple[BacktestPerson, ...] = ()
    notes: tuple[str, ...] = ()
    calls: Mapping[str, CallCount] = field(default_factory=dict)
