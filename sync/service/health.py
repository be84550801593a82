"""Whether the service does what it is there for, and why not, in words. Pure: a snapshot in, what is wrong out.

Unhealthy is what a restart or a person at the machine must mend. What a person must mend in the file, and what another
service does in its place, is said, and is no trouble of this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sync.cli.terminal import without_controls
from sync.service.state import Ended, Phase, Snapshot, WorkspaceState

LOOKS_MISSED = 3  # so many looks may fail to come before the service is unhealthy
GRACE = 300.0  # seconds more


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a workspace; "" for the whole service."""

    workspace: str
    why: str


@dataclass(frozen=True, slots=True)
class Health:
    """`wrong`: what makes it unhealthy. `awaited`: what it is not ready for. `notes`: to be known, no trouble."""

    wrong: tuple[Remark, ...]
    awaited: tuple[Remark, ...]
    notes: tuple[Remark, ...]

    @property
    def healthy(self) -> bool:
        return not self.wrong

    @property
    def ready(self) -> bool:
        return not self.awaited


def names(snapshot: Snapshot) -> Mapping[str, str]:
    """What each workspace is called, by its file: its id, or the file's name where there is none or another has it."""
    known: dict[str, str] = {}
    taken: set[str] = set()
    for one in snapshot.workspaces:
        for name in map(without_controls, (one.id, Path(one.file).name, one.file)):
            if name and name not in taken:
                break
        taken.add(name)
        known[one.file] = name
    return known


def health_of(snapshot: Snapshot) -> Health:
    """How the service is at the snapshot's now."""
    called = names(snapshot)
    wrong, awaited, notes = [], [], []
    for one in snapshot.workspaces:
        name = called[one.file]
        wrong += [Remark(name, why) for why in _wrong(one, snapshot)]
        awaited += [Remark(name, why) for why in _awaited(one)]
        notes += [Remark(name, why) for why in _notes(one)]
    if snapshot.workspaces and all(one.phase is Phase.REFUSED for one in snapshot.workspaces):
        wrong.append(Remark("", "no file is fit to be worked with"))
    notes += [Remark("", f"no pages on {address}: {why}") for address, why in snapshot.unserved.items()]
    if not snapshot.workspaces:
        awaited.append(Remark("", "no file has been read yet"))
    if snapshot.stopping:
        awaited.append(Remark("", "the service is stopping"))
    return Health(tuple(wrong), tuple(awaited), tuple(notes))


def _wrong(one: WorkspaceState, snapshot: Snapshot) -> list[str]:
    if one.phase in (Phase.STANDING_BY, Phase.REFUSED):
        return []
    last, found = one.last_cycle, []
    if one.clock_trouble is not None:
        found.append(f"nothing is done until the clock is right: {one.clock_trouble}")
    if one.phase is Phase.UNUSABLE:
        found.append(f"its store cannot be used{_because(last.why if last is not None else '')}")
    elif last is not None and last.ended is Ended.FAILED:
        found.append(f"the last cycle failed{_because(last.why)}")
    since = max(last.ended_at, snapshot.started_at) if last is not None else snapshot.started_at
    silent = (snapshot.at - since).total_seconds()
    if silent > LOOKS_MISSED * one.every + GRACE:
        found.append(f"no cycle has ended for {lasting(silent)}; one is due every {lasting(one.every)}")
    return found


def _awaited(one: WorkspaceState) -> list[str]:
    if one.last_cycle is not None or one.phase in (Phase.STANDING_BY, Phase.REFUSED):
        return []
    return ["its first cycle has not ended yet"]


def _notes(one: WorkspaceState) -> list[str]:
    said = []
    if one.phase is Phase.STANDING_BY:
        said.append(f"standing by: {one.holder or 'another service'} holds it")
    if one.phase is Phase.REFUSED:
        said.append(f"its file cannot be worked with{_because('; '.join(one.file_refused))}")
    elif one.file_refused:
        said.append(f"its changed file is refused, the former is in force: {'; '.join(one.file_refused)}")
    last = one.last_cycle
    if last is not None and last.ended is Ended.UNREACHABLE:
        said.append(f"no source and no tracker could be reached{_because(last.why)}")
    return said


def _because(why: str) -> str:
    return f": {why}" if why else ""


def lasting(seconds: float) -> str:
    """A length of time, roughly: "40 seconds", "25 minutes", "3 hours", "2 days"."""
    for length, unit in ((86_400.0, "day"), (3_600.0, "hour"), (60.0, "minute")):
        if seconds >= 2 * length or seconds == length:
            return f"{seconds / length:.0f} {unit}{'s' if seconds != length else ''}"
    return f"{seconds:.0f} seconds"
