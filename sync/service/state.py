"""What the service knows of itself: written by the runners, read as a snapshot by the pages, metrics and probes."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sync.steps import CallCount, Problem


class Phase(StrEnum):
    """What a workspace is doing."""

    STARTING = "starting"
    STANDING_BY = "standing_by"  # another service holds it
    RUNNING = "running"  # a cycle is under way
    WAITING = "waiting"  # for its next moment
    UNUSABLE = "unusable"  # its store cannot be used now; tried again at the next look
    REFUSED = "refused"  # its file was never good, or names another workspace's store or id
    STOPPING = "stopping"


class Ended(StrEnum):
    """How a cycle ended."""

    GOOD = "good"
    PROBLEM = "problem"  # done, but something needs a person
    UNREACHABLE = "unreachable"  # no source and no tracker could be reached
    FAILED = "failed"  # the store could not be used, or an error nobody foresaw
    CUT_SHORT = "cut_short"  # stopped within it; the next goes on from there


@dataclass(frozen=True, slots=True)
class LastCycle:
    """One cycle that is over. `at`, `ended_at`: the workspace's now (UTC). `seconds`: how long it took, really.

    `why`: in words what was wrong; "" for a good one. `number`: None if it did not get as far as having one.
    """

    number: int | None
    at: datetime
    ended_at: datetime
    seconds: float
    ended: Ended
    why: str = ""

    @property
    def ok(self) -> bool:
        """Whether it did what it was to do, problems or not."""
        return self.ended in (Ended.GOOD, Ended.PROBLEM)


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late what was to be met at a moment was met, in seconds."""

    count: int = 0
    last: float = 0.0
    largest: float = 0.0
    total: float = 0.0

    def and_(self, seconds: float) -> Lateness:
        """This one too."""
        return Lateness(self.count + 1, seconds, max(self.largest, seconds), self.total + seconds)


@dataclass(frozen=True, slots=True)
class WorkspaceState:
    """One workspace, as it stands. `file` names it for good; `id` is "" while its file was never good.

    `holder`: who else holds it, while standing by. `every`: seconds between looks. `good_at`: when the last good cycle
    ended. `problems`: of the last cycle. Since the start of the service: `cycles` by how they ended, `calls` by vendor,
    `waited`: seconds spent waiting for vendors, `lateness`. As of the last cycle: `readings` by state, `open_items`,
    `unknown_creates`. `file_refused`: all that is wrong with the changed file, while the former is in force.
    `clock_trouble`: why nothing is done until the clock is right again, in words.
    """

    file: str
    id: str = ""
    phase: Phase = Phase.STARTING
    holder: str | None = None
    every: float = 3600.0
    last_cycle: LastCycle | None = None
    good_at: datetime | None = None
    next_at: datetime | None = None
    next_why: str = ""
    problems: tuple[Problem, ...] = ()
    cycles: Mapping[str, int] = field(default_factory=dict)
    calls: Mapping[str, CallCount] = field(default_factory=dict)
    waited: float = 0.0
    readings: Mapping[str, int] = field(default_factory=dict)
    open_items: int = 0
    unknown_creates: int = 0
    lateness: Lateness = field(default_factory=Lateness)
    file_refused: tuple[str, ...] = ()
    clock_trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole service at one instant. `at`: its now. `unserved`: addresses without pages, and why."""

    started_at: datetime
    at: datetime
    workspaces: tuple[WorkspaceState, ...]
    stopping: bool = False
    unserved: Mapping[str, str] = field(default_factory=dict)


class ServiceState:
    """The states of all workspaces, by file. Values are never changed, only replaced: a snapshot is cheap and whole."""

    def __init__(self, started_at: datetime) -> None:
        self.started_at = started_at
        self._lock = threading.Lock()
        self._workspaces: dict[str, WorkspaceState] = {}
        self._stopping = False
        self._unserved: dict[str, str] = {}

    def change(self, file: str, **changes: Any) -> WorkspaceState:
        """Replace what is known of a workspace; it is there from the first change on."""
        with self._lock:
            known = self._workspaces.get(file) or WorkspaceState(file)
            self._workspaces[file] = replace(known, **changes)
            return self._workspaces[file]

    def forget(self, file: str) -> None:
        """Its file is gone."""
        with self._lock:
            self._workspaces.pop(file, None)

    def record_cycle(
        self,
        file: str,
        cycle: LastCycle,
        *,
        calls: Mapping[str, CallCount] | None = None,
        waited: float = 0.0,
        **changes: Any,
    ) -> WorkspaceState:
        """A cycle is over. `calls` and `waited`: its own. `changes`: what is as of it (problems, readings, …)."""
        with self._lock:
            known = self._workspaces.get(file) or WorkspaceState(file)
            self._workspaces[file] = replace(
                known,
                last_cycle=cycle,
                good_at=cycle.ended_at if cycle.ok else known.good_at,
                cycles={**known.cycles, cycle.ended.value: known.cycles.get(cycle.ended.value, 0) + 1},
                calls=_added(known.calls, calls or {}),
                waited=known.waited + waited,
                **changes,
            )
            return self._workspaces[file]

    def met(self, file: str, late: float) -> None:
        """Something was met so many seconds after its moment."""
        with self._lock:
            known = self._workspaces.get(file) or WorkspaceState(file)
            self._workspaces[file] = replace(known, lateness=known.lateness.and_(late))

    def serve(self, unserved: Mapping[str, str]) -> None:
        """Which addresses have no pages, and why."""
        with self._lock:
            self._unserved = dict(unserved)

    def stop(self) -> None:
        """The service was asked to stop."""
        with self._lock:
            self._stopping = True

    def snapshot(self, at: datetime) -> Snapshot:
        """Everything as it is now."""
        with self._lock:
            return Snapshot(self.started_at, at, tuple(self._workspaces.values()), self._stopping, self._unserved)


def _added(known: Mapping[str, CallCount], more: Mapping[str, CallCount]) -> dict[str, CallCount]:
    united = dict(known)
    for vendor, one in more.items():
        before = united.get(vendor, CallCount(0, 0, 0))
        united[vendor] = CallCount(before.made + one.made, before.least + one.least, before.charged + one.charged)
    return united
