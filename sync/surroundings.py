"""What `doctor` looks at on this machine: that our packages are ours, that the clock and the zone are right."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import config
import connectors
import mapping
import sync
from connectors.base import Finding
from sync.clock import system_clock

BUILT = datetime(2026, 11, 1, tzinfo=UTC)  # no clock that is right stands before this release was made


def surroundings(zone: tzinfo, now: datetime | None = None) -> Iterator[Finding]:
    """Findings about this machine; `now` is read from the clock unless it is given."""
    yield own_packages()
    yield clock(now or system_clock(), zone)


def own_packages() -> Finding:
    """`config`, `mapping`, `connectors` must be imported from beside `sync`: PyPI has packages of these names."""
    home = _home(sync.__file__)
    strange = [one.__name__ for one in (config, mapping, connectors) if _home(one.__file__) != home]
    python = ".".join(str(part) for part in sys.version_info[:3])
    if strange:
        return Finding(
            "installation",
            f"{', '.join(strange)} does not come with alignd but from another package of that name",
            False,
            "install alignd into an environment of its own: uv tool install, pipx, or a container",
        )
    return Finding("installation", f"alignd's own packages, Python {python}", True)


def clock(now: datetime, zone: tzinfo) -> Finding:
    """What this machine takes for now, in the workspace's zone."""
    if now < BUILT:
        return Finding(
            "clock", f"this machine says {now:%Y-%m-%d %H:%M} UTC, which is before this release was made", False,
            "set the clock; on a server, turn on time synchronisation (NTP)",
        )  # fmt: skip
    return Finding("clock", f"{now.astimezone(zone):%a %d %b %Y %H:%M} in {zone}", True)


def _home(file: str | None) -> Path | None:
    return None if file is None else Path(file).resolve().parent.parent
