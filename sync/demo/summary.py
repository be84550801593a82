"""What the demo did, as values, for the terminal and the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sync.reports import HistoryReport, StatusReport
from sync.steps import CallCount


@dataclass(frozen=True, slots=True)
class Week:
    """One week: what people did on `acted_on`, then what alignd did on `synced_on`, as sentences without a subject
    for alignd ("asks Thandi …") and with one for people ("Thandi moves …").
    """

    number: int
    acted_on: date
    synced_on: date
    people: tuple[str, ...]
    alignd: tuple[str, ...]

    @property
    def is_quiet(self) -> bool:
        return not self.people and not self.alignd


@dataclass(frozen=True, slots=True)
class Totals:
    """Counted over all syncs. `duplicates`: keys that more than one task carries, counted on the boards themselves.
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
    """Something that happened to a KPI on a day: an item was made or completed, or the number was back on target."""

    on: date
    what: str  # made | quiet | completed | back
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
    folder: Path
    seconds: float
    url: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)  # file name in the folder → what it is
