"""Alignment: how a team stands against what it agreed on, at one instant, as one value.

Whatever shows the whole is made of it: the unified report, the dashboard, digests, the shared sheet, `status --for`. So
no two of them can say different things. Values only; words are made of it in `mapping/texts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from mapping.companions import CrossCheck, Pace
from mapping.gaps import Gap
from mapping.judgements import Judgement
from mapping.kpis import Kpi
from mapping.logbook import Evaluation
from mapping.people import Person, Team
from mapping.periods import Calendar
from mapping.readings import Reading
from mapping.texts.facts import Finding
from mapping.texts.review_facts import (
    CampaignNumber,
    Coming,
    Decidable,
    GoalState,
    OpenItem,
    Said,
    Standing,
)

MARKETING, M_AND_E = "marketing", "m_and_e"  # the report's two sections of metrics, as teams name them


class MarkKind(StrEnum):
    """What is marked on a KPI's chart."""

    DEFINITION = "definition"  # counted otherwise from here on
    CORRECTION = "correction"  # the number of that period was corrected later
    EVENT = "event"
    CAMPAIGN = "campaign"
    COMPLETED = "completed"  # an action item


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A mark on a KPI's chart: a day, or a span (both ends inclusive). `said`: what a person reads there."""

    first: date
    last: date
    kind: MarkKind
    said: str


@dataclass(frozen=True, slots=True)
class KpiPicture:
    """One KPI with all that is shown of it.

    `section`: where it stands in the report. `readings`: the newest version of each period under the definition in
    force, oldest first, first counts included. `judgements`: of final periods, oldest first. `item`: its open action
    item. `waits`: why it has none though it is off target, in words ("waits in line: …"). `agreed`: the agreement is
    not older than how it is counted. `pace`, `check`: where the file asks for them and there is a number.
    """

    standing: Standing
    section: str
    readings: Sequence[Reading] = ()
    judgements: Sequence[Judgement] = ()
    marks: Sequence[Mark] = ()
    item: OpenItem | None = None
    waits: str = ""
    agreed: bool = True
    pace: Pace | None = None
    check: CrossCheck | None = None

    @property
    def kpi(self) -> Kpi:
        return self.standing.kpi


@dataclass(frozen=True, slots=True)
class CompletedItem:
    """An action item that a person completed, and what they wrote last. `by`: person id, None if not known.

    `evaluation`: whether it helped, once its KPI was looked at again.
    """

    title: str
    kpi: Kpi
    on: date
    by: str | None = None
    did: str = ""
    url: str = ""
    evaluation: Evaluation | None = None


@dataclass(frozen=True, slots=True)
class Alignment:
    """All of it. `at`: now, in the workspace's zone. `since`, `until`: the days it tells of what happened in (both
    inclusive); how KPIs stand is as of now. `title`: what it is for ("Monthly KPI review", "November"), "" for none.

    `kpis` in the file's order; `to_decide` the most pressing first; `open_items` by due date; `priorities` by person
    id, the first thing first; `decisions`, `completed` within the days, oldest first; `coming` what is ahead.
    `problems`: what alignd itself needs a person for, in words. `url`: where alignd's pages are, None without.
    """

    workspace: str
    name: str
    at: datetime
    calendar: Calendar
    since: date
    until: date
    title: str = ""
    people: Mapping[str, Person] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    kpis: Sequence[KpiPicture] = ()
    goals: Sequence[GoalState] = ()
    gaps: Sequence[Gap] = ()
    to_decide: Sequence[Decidable] = ()
    open_items: Sequence[OpenItem] = ()
    priorities: Mapping[str, Sequence[OpenItem]] = field(default_factory=dict)
    decisions: Sequence[Said] = ()
    completed: Sequence[CompletedItem] = ()
    evaluated: Sequence[tuple[Kpi, Evaluation]] = ()
    findings: Sequence[tuple[Kpi, Finding]] = ()
    campaigns: Sequence[CampaignNumber] = ()
    coming: Sequence[Coming] = ()
    problems: Sequence[str] = ()
    url: str | None = None

    def of_section(self, section: str) -> list[KpiPicture]:
        """The KPIs of one section of the report, in the file's order."""
        return [one for one in self.kpis if one.section == section]

    def picture(self, kpi: str) -> KpiPicture | None:
        return next((one for one in self.kpis if one.kpi.id == kpi), None)
