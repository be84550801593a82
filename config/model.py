"""The checked file: one frozen Config, made of the domain's types and each connector's settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path

from config.problems import Problem
from config.shape.cadence import DaemonShape
from config.shape.kpis import TableShape
from config.shape.who import WorkHours
from connectors.settings import ChannelSettings, SourceSettings, TrackerSettings
from mapping.campaigns import Campaign, Event
from mapping.digests import Digest
from mapping.kpis import Goal, Kpi, Policy, SourceTerms, TargetsTable
from mapping.people import Person, Team
from mapping.periods import Calendar
from mapping.reviews import OPENS, Review, Reviews


@dataclass(frozen=True, slots=True)
class Workspace:
    """Whose file this is. `id` is part of every reference written into a task."""

    id: str
    name: str
    calendar: Calendar
    work_hours: WorkHours | None = None


@dataclass(frozen=True, slots=True)
class Publish:
    """Where numbers are shown beside alignd's own pages.

    `source` and `tab`: a tab of the spreadsheet of that source ("" for none). `goals`: KPI id → Asana goal's id.
    """

    source: str = ""
    tab: str = ""
    goals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a team agreed on. `path`: the file; `store`: an SQLAlchemy URL, absolute; `digest`: of the text.

    `terms`: for every source, when its numbers count. `routes`: team (or "default") → tracker. `policy`: of the file,
    for a KPI without one of its own (each Kpi has its own, resolved). `goals`: depth first, as written.
    `campaigns_from`, `findings`: tables of a spreadsheet, read with the numbers.
    `channels`, `digests`, `publish`: who is told, and where numbers are shown. `secrets`: every secret value, for
    redaction; never shown.
    """

    path: Path
    workspace: Workspace
    store: str = field(repr=False)
    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    sources: Mapping[str, SourceSettings]
    terms: Mapping[str, SourceTerms]
    trackers: Mapping[str, TrackerSettings]
    routes: Mapping[str, str]
    kpis: Mapping[str, Kpi]
    targets_from: TargetsTable | None
    goals: tuple[Goal, ...]
    policy: Policy
    daemon: DaemonShape
    digest: str
    secrets: frozenset[str] = field(repr=False, default=frozenset())
    raw: Mapping[str, object] = field(repr=False, default_factory=dict)
    reviews: Mapping[str, Review] = field(default_factory=dict)
    campaigns: tuple[Campaign, ...] = ()
    campaigns_from: TableShape | None = None
    events: tuple[Event, ...] = ()
    findings: TableShape | None = None
    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    digests: tuple[Digest, ...] = ()
    publish: Publish = Publish()

    @property
    def opens(self) -> time:
        """When work begins on a day: as work_hours say, 08:00 without them."""
        hours = self.workspace.work_hours
        return hours.first if hours is not None else OPENS

    @property
    def cadence(self) -> Reviews:
        """The reviews on the workspace's calendar: which meeting is when."""
        return Reviews(self.reviews, self.workspace.calendar, self.opens)

    def taking_part(self, named: Sequence[str]) -> tuple[str, ...]:
        """The people behind ids of people and teams, each once, in the order of the file."""
        return tuple(one.id for one in self.people.values() if one.id in named or one.team in named)

    def tracker_for(self, person: str | None) -> str:
        """The tracker that gets work for a person: by their team, else the default, else the only one."""
        team = self.people[person].team if person is not None and person in self.people else None
        if team is not None and team in self.routes:
            return self.routes[team]
        return self.routes.get("default") or next(iter(self.trackers))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file as read: `config` only if there is no problem. `warnings` do not stop anything."""

    config: Config | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
