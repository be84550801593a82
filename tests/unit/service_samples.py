"""A file, clocks that tests set, and a log that can be read: what the tests of the service share."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config import Config, load
from sync.clock import Clocks

NOON = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)  # Wednesday noon in Johannesburg
ENVIRON = {"ASANA_TOKEN": "asana-canary-token"}


def text(workspace: str = "saypro", rest: str = "", target: int = 10, endpoint: str = "http://127.0.0.1:9") -> str:
    """A small file; `rest` is more of it."""
    return textwrap.dedent(
        f"""\
        version: 1
        workspace: {{id: {workspace}, timezone: Africa/Johannesburg, holidays: {{country: ZA}}}}
        store: sqlite:///{workspace}.db
        people: {{thandi: {{name: Thandi Mokoena, email: thandi@saypro.example}}}}
        sources: {{crm: {{kind: csv, path: deals.csv}}}}
        trackers: {{work: {{kind: asana, token: "${{ASANA_TOKEN}}", project: "12", endpoint: "{endpoint}"}}}}
        kpis:
          deals:
            {{name: Deals, owner: thandi, period: week, target: {target},
             value: {{source: crm, date: day, column: deals, aggregate: sum}}}}
        """
    ) + textwrap.dedent(rest)


def config_of(folder: Path, name: str = "alignd.yaml", said: str | None = None) -> Config:
    """The file, written and read."""
    path = folder / name
    path.write_text(text() if said is None else said)
    loaded = load(path, ENVIRON)
    assert loaded.config is not None, "\n".join(str(one) for one in loaded.problems)
    return loaded.config


@dataclass
class Machine:
    """A machine's three clocks, moved by hand."""

    now: datetime = NOON
    up: float = 1000.0
    awake: float = 500.0

    def clocks(self) -> Clocks:
        return Clocks(lambda: self.now, lambda: self.up, lambda: self.awake)

    def runs(self, seconds: float) -> None:
        """Time goes by as it should."""
        self.sleeps(seconds)
        self.awake += seconds

    def sleeps(self, seconds: float) -> None:
        """The machine is suspended."""
        self.now += timedelta(seconds=seconds)
        self.up += seconds

    def is_set(self, seconds: float) -> None:
        """Somebody sets the clock forward, or back."""
        self.now += timedelta(seconds=seconds)


@dataclass
class Said:
    """A log that keeps what it is told."""

    lines: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def info(self, event: str, **fields: object) -> None:
        self.lines.append((event, fields))

    warning = error = info

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.lines]

    def of(self, event: str) -> list[dict[str, object]]:
        return [fields for name, fields in self.lines if name == event]
