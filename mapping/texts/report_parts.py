"""The unified report as values and words side by side, whatever it is rendered to: Markdown, HTML and JSON of it say
the same. Its JSON is this, field by field (sync/output.py), so a renamed field is a change that users notice.

Every text is plain; whoever renders it makes it safe. What is not known is None or "", and left out where it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from mapping.alignment import MarkKind
from mapping.logbook import Helped
from mapping.texts.figures import Number, Span, Target
from mapping.texts.review_facts import Ahead
from mapping.texts.tally import Place


@dataclass(frozen=True, slots=True)
class CountPart:
    """How many KPIs stand where, of how many. `first_counts`: among those judged, by a number not final yet."""

    of: int
    on_target: int
    ahead: int
    close: int
    off_target: int
    waiting: int
    no_number: int
    not_judged: int
    first_counts: int


class About(StrEnum):
    """What a sentence of the summary is about, in the order of the sentences."""

    COUNT = "count"
    OFF = "off"
    CLOSE = "close"
    WELL = "well"
    DECIDED = "decided"
    WAITING = "waiting"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class SentencePart:
    """One sentence of the summary. `kpi`: id of the one it is about, where it is about one that is off target."""

    about: About
    said: str
    kpi: str | None = None


@dataclass(frozen=True, slots=True)
class TaskPart:
    """An open task. `person`: name, None for nobody. `said`: who and until when ("Thandi, by Wed 25 Nov"). `about`:
    why it goes where it stands, or where it was agreed. `late`: its day is over.
    """

    title: str
    person: str | None
    due: date | None
    said: str
    url: str = ""
    about: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class PacePart:
    """How many there are within the running period. `expected`: how many should be there by now."""

    period: Span
    until: date
    number: Number
    expected: Number | None
    ahead: bool
    said: str


@dataclass(frozen=True, slots=True)
class CheckPart:
    """The same quantity in a second source."""

    period: Span
    source: str
    number: Number
    other_source: str
    other: Number
    agree: bool
    said: str


@dataclass(frozen=True, slots=True)
class MarkPart:
    """What is marked on the chart. `place`: its number there; `days`, `said`: when and what, in words."""

    place: int
    kind: MarkKind
    days: str
    said: str


@dataclass(frozen=True, slots=True)
class PeriodPart:
    """One period of a KPI's history. `said`: how it stood, in a word or two."""

    period: Span
    number: Number
    target: Target | None
    said: str
    final: bool


@dataclass(frozen=True, slots=True)
class KpiPart:
    """One KPI. `said`: how it stands ("below, third week"); `number` of `period`, against `target`.

    Off target: `how_far` ("32 % below target"), `since` ("since the week of 2–8 November"), `why`: what a breakdown
    shows and what people noted, by name and date; `doing`: who does what by when, or that nobody does. `expected`: by
    when the final number is to be there, `awaited` says it. `waits`: why there is no task. `agreed`: by whom, since
    when. `quiet`: why people have it left in peace.
    """

    id: str
    name: str
    owner: str | None
    place: Place
    said: str
    period: Span | None
    number: Number | None
    target: Target | None
    gap: Decimal | None
    first_count: bool
    expected: date | None
    awaited: str
    how_far: str
    since: str
    why: tuple[str, ...]
    doing: str
    task: TaskPart | None
    waits: str
    pace: PacePart | None
    check: CheckPart | None
    definition: str
    agreed: str
    marks: tuple[MarkPart, ...]
    history: tuple[PeriodPart, ...]
    url: str


@dataclass(frozen=True, slots=True)
class GoalKpiPart:
    kpi: str
    name: str
    place: Place
    said: str


@dataclass(frozen=True, slots=True)
class GoalPart:
    """A goal: its own KPIs, and how those below it stand (`below`, in words). `depth`: 0 at the root."""

    id: str
    title: str
    depth: int
    owner: str | None
    by: date | None
    known: str
    kpis: tuple[GoalKpiPart, ...]
    below: str


@dataclass(frozen=True, slots=True)
class MatterPart:
    """What needs a decision. `kind`: off, escalated, ahead, finding, helped, target. `person`: who decides, or
    whose view is asked for."""

    kind: str
    kpi: str
    said: str
    person: str | None


@dataclass(frozen=True, slots=True)
class DecisionPart:
    on: date
    text: str
    by: str | None
    where: str


@dataclass(frozen=True, slots=True)
class DonePart:
    """An action item that was completed. `did`: what was written there last. `before`, `after`: the KPI's number that
    people acted on, and the one it was looked at again by, as people read them; "" while it was not. `why`: what the
    person who said whether it helped wrote.
    """

    title: str
    kpi: str
    name: str
    on: date
    by: str | None
    did: str
    before: str
    after: str
    target: str
    helped: Helped | None
    helped_said: str
    why: str
    url: str


@dataclass(frozen=True, slots=True)
class FindingPart:
    kpi: str
    name: str
    on: date
    by: str
    text: str
    recommendation: str
    answer: str


@dataclass(frozen=True, slots=True)
class GapPart:
    """Something not agreed. `mend`: what to write where; backticks stand around what is written in the file."""

    rule: str
    subject: str
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class GapGroupPart:
    rule: str
    title: str
    why: str
    gaps: tuple[GapPart, ...]


@dataclass(frozen=True, slots=True)
class FirstPart:
    """What a person does first, and why. `rest`: of what is open after that."""

    person: str
    things: tuple[TaskPart, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class CampaignPart:
    """A KPI of a campaign that runs, over the campaign's own days. `expected`: how many there should be by now."""

    title: str
    name: str
    number: Number
    expected: Number | None
    target: Target | None
    day: int
    days: int


@dataclass(frozen=True, slots=True)
class ComingPart:
    day: date
    what: Ahead
    title: str
    said: str


@dataclass(frozen=True, slots=True)
class MetricsPart:
    """One of the two sections of metrics. `findings`: of M&E, in theirs."""

    count: str
    kpis: tuple[KpiPart, ...]
    findings: tuple[FindingPart, ...] = ()


@dataclass(frozen=True, slots=True)
class AdjustmentsPart:
    to_decide: tuple[MatterPart, ...]
    decisions: tuple[DecisionPart, ...]
    completed: tuple[DonePart, ...]
    gaps: tuple[GapGroupPart, ...]


@dataclass(frozen=True, slots=True)
class PlansPart:
    open_actions: tuple[TaskPart, ...]
    first: tuple[FirstPart, ...]
    campaigns: tuple[CampaignPart, ...]
    coming: tuple[ComingPart, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. `since`, `until`: the days it tells of what happened in; `days` says them. `off_target`: ids of the
    KPIs that are, the most pressing first. `as_of`: said where the numbers are of another day than the rest, else "".
    `problems`: what alignd itself needs a person for. `url`: where its pages are.
    """

    workspace: str
    name: str
    title: str
    at: datetime
    written: str
    since: date
    until: date
    days: str
    as_of: str
    counts: CountPart
    summary: tuple[SentencePart, ...]
    off_target: tuple[str, ...]
    goals: tuple[GoalPart, ...]
    marketing: MetricsPart
    m_and_e: MetricsPart
    adjustments: AdjustmentsPart
    plans: PlansPart
    problems: tuple[str, ...]
    url: str | None

    def kpi(self, name: str) -> KpiPart | None:
        return next((one for one in (*self.marketing.kpis, *self.m_and_e.kpis) if one.id == name), None)

    @property
    def pressing(self) -> list[KpiPart]:
        """The KPIs that are off target."""
        return [found for one in self.off_target if (found := self.kpi(one)) is not None]

    @property
    def pressing_title(self) -> str:
        """What stands above them: of days that are over they may be on target again by now."""
        return "Off target at the end of these days" if self.as_of else "Off target now"
