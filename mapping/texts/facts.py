"""What a text is told: ready values, nothing to look up. A fact that is missing is left out of the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from mapping.judgements import Judgement
from mapping.kpis import Goal, Kpi
from mapping.people import Person
from mapping.periods import Period

Breakdown = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What M&E or a colleague noted about the KPI. `answer`: what was decided on it, "" while nobody has."""

    on: date
    by: str  # a name, as the finding has it
    text: str
    recommendation: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Former:
    """The item before this one. `line`: the last line a person wrote there. `by`: the name of who completed it."""

    title: str
    url: str = ""
    completed_on: date | None = None
    by: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """A KPI whose shortfall this item explains (`explained_by`), with its newest judgement."""

    kpi: Kpi
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """All that an action item tells.

    `history`: judgements of the KPI under its current definition, oldest first, one per period, the newest last; the
    text is about the last off-track one and shows the last eight. `owner`: person id the item is for (the deputy while
    the owner is away). `has_account`: the tracker knows them; else the first line names them. `goals`: the chain upward
    (`Goals.chain`). `agreed`: the agreement is not older than how it is counted now. `origin`: the source in words
    ("Google Analytics"); `read_at`: in the workspace's zone. `breakdown`: of the judged period, `breakdowns_before`: of
    up to four periods before it, the latest first. `number`: 1, or n of a follow-up's `…/n`. `pinned`: the tracker can
    pin comments.
    """

    key: str
    kpi: Kpi
    history: tuple[Judgement, ...]
    today: date
    people: Mapping[str, Person]
    owner: str | None = None
    has_account: bool = True
    due: date | None = None
    data_owner: str | None = None
    goals: tuple[Goal, ...] = ()
    findings: tuple[Finding, ...] = ()
    agreed: bool = True
    origin: str = ""
    read_at: datetime | None = None
    breakdown: Breakdown = ()
    breakdowns_before: tuple[Breakdown, ...] = ()
    explained: tuple[Explained, ...] = ()
    former: Former | None = None
    number: int = 1
    chart_url: str | None = None
    pinned: bool = True


class DataCause(StrEnum):
    """Why a person is asked for a number."""

    MISSING = "missing"  # late, or absent for `no_data_after` periods
    UNTRUSTED = "untrusted"  # something is there that cannot be right
    UNREAD = "unread"  # the source itself could not be read for 24 hours
    DOUBTED = "doubted"  # a person wrote `alignd wrong`


@dataclass(frozen=True, slots=True)
class DataFacts:
    """All that a data task tells.

    `kpis`: those that lack the number, the first named in the title. `period`: the one that is asked for (None for a
    source that cannot be read). `place`: where the number belongs or stands ('tab Email, row "2026-10"'). `note`: what
    is wrong there, or what the source answered. `source`: its name in words. `expected_by`: when it should have come.
    `since`: from when on a source could not be read, in the workspace's zone. `doubt`, `doubted_by`: what a person
    wrote, and their name. `item_url`: the action item that waits for the answer.
    """

    key: str
    cause: DataCause
    kpis: tuple[Kpi, ...]
    today: date
    period: Period | None = None
    source: str = ""
    place: str = ""
    note: str = ""
    expected_by: date | None = None
    since: datetime | None = None
    doubt: str = ""
    doubted_by: str = ""
    item_url: str = ""
    chart_url: str | None = None
    person: Person | None = None
    has_account: bool = True


@dataclass(frozen=True, slots=True)
class CommentFacts:
    """What the comments on an action item tell.

    `history`: as for `ActionFacts`; the last one is the news. `due`: the task's due date as it stands. `owner`: person
    id the item is for.
    """

    kpi: Kpi
    history: tuple[Judgement, ...]
    today: date
    people: Mapping[str, Person] = field(default_factory=dict)
    owner: str | None = None
    due: date | None = None
