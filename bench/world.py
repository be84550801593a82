"""A workspace on the stand-ins, as large as a measure needs it, and what was really asked of each vendor."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import config
from connectors.patience import Patience
from connectors.sandbox.server import Sandbox
from sync.app import open_app
from sync.steps import CycleReport

ZONE = ZoneInfo("Europe/Berlin")
PROPERTY, PROJECT, BOARD = "123456789", "1201234567890123", "Ab12Cd34"
BEGIN = datetime(2026, 11, 18, 8, 0, tzinfo=ZONE)
TOKENS = {"ASANA_TOKEN": "bench-asana-token", "TRELLO_KEY": "sandbox-trello-key", "TRELLO_TOKEN": "bench-trello-token"}
_TRACKERS = {
    "asana": '{{kind: asana, token: "${{ASANA_TOKEN}}", project: "{project}", new_at_most: 2000, endpoint: "{url}"}}',
    "trello": (
        '{{kind: trello, key: "${{TRELLO_KEY}}", token: "${{TRELLO_TOKEN}}", board: {board}, '
        'lists: {{default: To do, done: [Done]}}, new_at_most: 2000, endpoint: "{url}"}}'
    ),
}


@dataclass
class World:
    """One folder with an alignd.yaml, and the stand-ins it speaks to. `now` is the time of all."""

    folder: Path
    sandbox: Sandbox
    now: datetime = BEGIN

    @property
    def file(self) -> Path:
        return self.folder / "alignd.yaml"

    def write(self, tracker: str, kpis: Sequence[str], sources: str) -> None:
        """The file: `kpis` as lines under `kpis:`, `sources` as lines under `sources:` ({url} is the stand-ins')."""
        said = _TRACKERS[tracker].format(project=PROJECT, board=BOARD, url=self.sandbox.url)
        self.file.write_text(
            "version: 1\n"
            "workspace: {id: bench, timezone: Europe/Berlin}\n"
            "people:\n  ana: {name: Ana Alves, email: ana@acme.example, trello: ana}\n"
            f"sources:\n{sources.format(url=self.sandbox.url)}\n"
            f"trackers:\n  work: {said}\n"
            "policy: {max_open: 2000, breach_after: 1}\n"
            "kpis:\n" + "".join(f"  {line}\n" for line in kpis),
            encoding="utf-8",
        )

    def sync(self) -> CycleReport:
        """One cycle, with an empty request log before it; alignd starts anew, as `alignd sync` does."""
        loaded = config.load(self.file, TOKENS)
        if loaded.config is None:
            raise ValueError("\n".join(str(one) for one in loaded.problems))
        self.sandbox.forget_requests()
        with open_app(loaded.config, at=self.now, patience=Patience(budget=600)) as app:
            return app.sync()

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def asked(self, vendor: str) -> int:
        """HTTP requests that reached the vendor since the last sync began: the stand-in's own log, not alignd's."""
        return len(self.sandbox.asked(vendor))


@contextmanager
def world() -> Iterator[World]:
    """An empty world with one person, one project, one board and one property; gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        made: list[World] = []
        with Sandbox(lambda: made[0].now.astimezone(UTC) if made else BEGIN.astimezone(UTC)) as sandbox:
            made.append(World(Path(folder), sandbox))
            sandbox.ga4.add_property(PROPERTY)
            sandbox.asana.state.add_workspace()
            sandbox.asana.state.add_user("Ana Alves", "ana@acme.example")
            sandbox.asana.state.add_user("alignd", "alignd@acme.example", token=TOKENS["ASANA_TOKEN"])
            sandbox.asana.state.add_project("Team", gid=PROJECT, sections=["To do", "Done"])
            sandbox.trello.state.add_member("Ana Alves", "ana")
            sandbox.trello.state.add_member("alignd", "alignd", token=TOKENS["TRELLO_TOKEN"])
            sandbox.trello.state.add_board("Team", short_link=BOARD, lists=["To do", "Done"])
            yield made[0]


def below_target(world: World, tracker: str, many: int) -> None:
    """`many` weekly KPIs from one CSV file, every one below its target in the newest final week."""
    columns = [f"n{n}" for n in range(many)]
    weeks = [date(2026, 11, 9) - timedelta(weeks=back) for back in range(13)]
    rows = [f"{week.isoformat()},{','.join(['5' if week == weeks[0] else '15'] * many)}" for week in weeks]
    rows.append(f"2026-11-17,{','.join(['0'] * many)}")  # a later row: the week before is complete
    (world.folder / "numbers.csv").write_text(f"Date,{','.join(columns)}\n" + "\n".join(rows) + "\n")
    kpis = [
        f"k{n}: {{name: Number {n}, owner: ana, period: week, target: 10, "
        f"value: {{source: numbers, date: Date, column: {column}, aggregate: sum}}}}"
        for n, column in enumerate(columns)
    ]
    world.write(tracker, kpis, "  numbers: {{kind: csv, path: numbers.csv, settle_after: 24h}}")


def reports_in(world: World) -> int:
    """Reports inside the batches that reached the property."""
    bodies = [json.loads(seen.body) for seen in world.sandbox.asked("ga4") if seen.body]
    return sum(len(body.get("requests", ())) for body in bodies)
