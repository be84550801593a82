"""What a review's text is told: ready values, nothing to look up. What is empty is left out of the text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from mapping.companions import Pace
from mapping.gaps import Gap
from mapping.judgements import Judgement, Status
from mapping.kpis import Goal, Kpi, TargetValue
from mapping.logbook import Evaluation
from mapping.people import Person
from mapping.periods import Period, PeriodKind
from mapping.reviews import Review
from mapping.tasks import WorkKind
from mapping.texts.facts import Finding


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a KPI stands as a review sees it.

    `period`: the newest one that is over by the day of the meeting. `shown`: its judgement, or that of its first count
    (`final` says which), or of an earlier period while nothing is known of it; None: never judged. `history`: final
    ones under its definition, oldest first. `expected`: the day by which the final number of `period` is to be there;
    None when it is, or when that day has passed.
    """

    kpi: Kpi
    period: Period
    shown: Judgement | None
    history: tuple[Judgement, ...] = ()
    final: bool = False
    expected: date | None = None

    @property
    def status(self) -> Status:
        """Of its newest number, first counts included; not known where there is none."""
        return self.shown.status if self.shown is not None else Status.UNKNOWN

    @property
    def is_ready(self) -> bool:
        """There is a final number for the period the review looks at."""
        return self.final and self.shown is not None and self.shown.value is not None

    @property
    def is_first_count(self) -> bool:
        return not self.final and self.shown is not None and self.shown.period == self.period


class Matter(StrEnum):
    """Why a KPI is to be decided about."""

    OFF = "off"
    ESCALATED = "escalated"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class NumberMatter:
    """A KPI that needs a decision. `newest`: the judgement it is about; `history` ends with it. `person`: who decides.

    `in_hand`: what its open item says is being done. `holder`: who has the item (escalated ones).
    """

    matter: Matter
    kpi: Kpi
    history: tuple[Judgement, ...]
    person: str | None
    in_hand: str = ""
    holder: str | None = None

    @property
    def newest(self) -> Judgement:
        return self.history[-1]


@dataclass(frozen=True, slots=True)
class FindingMatter:
    """Something M&E noted that nobody has answered."""

    kpi: Kpi
    finding: Finding
    person: str | None


@dataclass(frozen=True, slots=True)
class HelpedMatter:
    """Did it help? `teams`: names of those who are asked for their view."""

    kpi: Kpi
    evaluation: Evaluation
    person: str | None
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetMatter:
    """Is the target right? `items`: how many action items in a row it took."""

    kpi: Kpi
    target: TargetValue | None
    person: str | None
    items: int = 3


Decidable = NumberMatter | FindingMatter | HelpedMatter | TargetMatter


class Became(StrEnum):
    """What became of something that was agreed on."""

    DONE = "done"
    LATE = "late"
    OPEN = "open"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class AgreedAction:
    """An action of the meeting before. `by`, `why`: who set it aside, and what they wrote."""

    title: str
    became: Became
    person: str | None = None
    due: date | None = None
    by: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A decision as a person wrote it down. `by`: person id; `where`: the title of the review."""

    text: str
    by: str | None
    on: date
    where: str = ""


@dataclass(frozen=True, slots=True)
class LastTime:
    """The meeting before this one, and what came of it."""

    actions: tuple[AgreedAction, ...] = ()
    decisions: tuple[Said, ...] = ()


class Ahead(StrEnum):
    """What is coming up."""

    REVIEW = "review"
    KICKOFF = "kickoff"
    MID = "mid"
    POST = "post"
    EVENT = "event"
    GOAL = "goal"


@dataclass(frozen=True, slots=True, order=True)
class Coming:
    day: date
    what: Ahead
    title: str


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open task of a person. `history` ends with its KPI's newest judgement, where it has one, and `goal` is the
    highest that names it: why it goes first. `key`: in the ledger; `url`: the task, "" while nobody knows it.

    `kind`: of work. `where`: the title of the review that agreed on it. `quiet`: why people have it left in peace now
    ("quiet until Wed 2 Dec, by Thandi Mokoena"), "" where they do not.
    """

    title: str
    person: str | None
    due: date | None = None
    kpi: Kpi | None = None
    history: tuple[Judgement, ...] = ()
    goal: Goal | None = None
    key: str = ""
    url: str = ""
    kind: WorkKind = WorkKind.ACTION
    where: str = ""
    quiet: str = ""


@dataclass(frozen=True, slots=True)
class GoalState:
    """A goal, its own KPIs, and those of the goals below it: each once however many goals name it, and none that is
    its own already.

    How a goal stands is how its KPIs do, and nothing beyond: that three of four are on target does not make a goal
    reached or lost. So it is told in counts (`mapping/texts/goals.py`), and `worst` is for a sign or a colour.
    """

    goal: Goal
    own: tuple[Standing, ...] = ()
    under: tuple[Standing, ...] = ()

    @property
    def below(self) -> int:
        return len(self.under)

    @property
    def off_below(self) -> tuple[Kpi, ...]:
        """The cause: which of those below are off target."""
        return tuple(one.kpi for one in self.under if one.status is Status.OFF_TRACK)

    @property
    def worst(self) -> Status | None:
        """Of the KPIs at it and below it; None without any."""
        return worst_of([one.status for one in (*self.own, *self.under)])


def worst_of(statuses: Collection[Status]) -> Status | None:
    """Off target before close before not known; on target only if all of them are."""
    order = (Status.OFF_TRACK, Status.AT_RISK, Status.UNKNOWN, Status.ON_TRACK)
    return next((one for one in order if one in statuses), None)


@dataclass(frozen=True, slots=True)
class CampaignNumber:
    """A running campaign's KPI over its own span so far. `day` of `days` on the day of writing. `expected`: how many
    there should be by `counted`, the last day that was counted; None where that cannot be said.
    """

    title: str
    kpi: Kpi
    value: Decimal | None
    target: TargetValue | None
    day: int
    days: int
    expected: Decimal | None = None
    counted: date | None = None


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """All that a review's task tells.

    `at`: in the workspace's zone. `leader` leads, in `instead_of`'s stead where that is not None. `invited`: teams and
    people by name. `replaces`: title and period kind of each review whose place it takes. `missed`: days. `absent`:
    names of invited people without an account. `period`: the newest of the review's own kind, None without numbers.
    `followers_view`: (team, person) of each team whose view is asked for. `priorities`: by person. `own_words`: lines
    of the team's own stand in `review.agenda` where they belong. `part`: what the tracker calls a part of a task.
    `paces`: of KPIs whose running period is looked at, by id.
    """

    key: str
    review: Review
    day: date
    at: datetime
    today: date
    summary_at: datetime
    people: Mapping[str, Person]
    leader: str | None = None
    instead_of: str | None = None
    invited: tuple[str, ...] = ()
    replaces: tuple[tuple[str, PeriodKind], ...] = ()
    missed: tuple[date, ...] = ()
    absent: tuple[str, ...] = ()
    period: Period | None = None
    standings: tuple[Standing, ...] = ()
    campaigns: tuple[CampaignNumber, ...] = ()
    to_decide: tuple[Decidable, ...] = ()
    more_off: int = 0
    last_time: LastTime | None = None
    views_asked: tuple[tuple[str, str | None], ...] = ()
    findings: tuple[Finding, ...] = ()
    coming_up: tuple[Coming, ...] = ()
    priorities: Mapping[str, tuple[OpenItem, ...]] = field(default_factory=dict)
    goals: tuple[GoalState, ...] = ()
    gaps: tuple[Gap, ...] = ()
    decisions: tuple[Said, ...] = ()
    evaluated: tuple[tuple[Kpi, Evaluation], ...] = ()
    open_items: tuple[OpenItem, ...] = ()
    ahead: tuple[Coming, ...] = ()
    url: str | None = None
    part: str = "subtask"
    paces: Mapping[str, Pace] = field(default_factory=dict)
