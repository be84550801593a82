"""What the demo did, as values, for the terminal and the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sync.reports import HistoryReport, StatusReport
from sync.steps import CallCount


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of the story: for people with a subject ("Thandi moves …"), for alignd without ("asks Thandi …").

    `by_alignd`: which of the two. `is_routine`: what happens every week, for whoever reads on.
    """

    text: str
    by_alignd: bool
    is_routine: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day, in the order in which it happened."""

    on: date
    said: tuple[Said, ...]

    @property
    def news(self) -> tuple[Said, ...]:
        return tuple(one for one in self.said if not one.is_routine)


@dataclass(frozen=True, slots=True)
class Week:
    """One of the story's weeks, from Tuesday, when people look at their boards, to Monday. `reviews`: their tasks made
    in it.
    """

    number: int
    first: date
    days: tuple[Day, ...]
    reviews: int

    @property
    def news(self) -> tuple[Day, ...]:
        return tuple(day for day in self.days if day.news)


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting that people wrote something in, or whose questions they answered, in words."""

    on: date
    title: str
    decisions: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meetings:
    """All that were met about. `by_review`: how many of each were held, by title. `held`: those with something to read;
    `campaigns`, `events`: their tasks.
    """

    by_review: Mapping[str, int]
    held: tuple[Held, ...]
    campaigns: int
    events: int

    def count(self, what: str) -> int:
        """Of all: decisions, actions, feedback or answers."""
        return sum(len(getattr(one, what)) for one in self.held)

    @property
    def reviews(self) -> int:
        return sum(self.by_review.values())


@dataclass(frozen=True, slots=True)
class Totals:
    """Counted over all looks (`syncs`). `duplicates`: keys that more than one task carries, on the boards themselves.
    `changed`: fields and comments that people wrote; `overwritten`: those that did not stand after a sync.
    `calls`: made and least by vendor, as people call it.
    """

    syncs: int
    items: int
    data_tasks: int
    comments: int
    renewed: int
    duplicates: tuple[str, ...]
    changed: int
    overwritten: tuple[str, ...]
    calls: Mapping[str, CallCount]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to a KPI on a day: an item was made or completed, the number was back on target, or a
    campaign began or ended.
    """

    on: date
    what: str  # made | quiet | completed | back | campaign
    said: str


@dataclass(frozen=True, slots=True)
class Told:
    """A KPI over the quarter: its history and what happened to it."""

    history: HistoryReport
    owner: str
    direction: str  # up | down | between
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """The demo's end. `url`: where the boards are, while they are kept up."""

    team: str
    first: date
    last: date
    weeks: tuple[Week, ...]
    totals: Totals
    status: StatusReport
    kpis: tuple[Told, ...]
    meetings: Meetings
    folder: Path
    seconds: float
    url: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)  # file name in the folder → what it is
