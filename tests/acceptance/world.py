"""A team whose next sync does everything at once, on either tracker, and what its boards look like to people.

The world stands still at one point of the story and is put back there as often as a test needs.
"""

from __future__ import annotations

import copy
import shutil
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import config
from connectors.patience import Patience
from connectors.sandbox.server import Sandbox
from mapping.keys import find_reference
from sync.app import open_app
from sync.steps import CycleReport
from tests.acceptance.command import SECRETS, Command, Said, environ
from tests.integration.team import MONDAY, PROPERTY, ZONE, Clock, Team

DAY = datetime(2026, 12, 2, 8, 0, tzinfo=ZONE)  # the sync that does everything; the week before is 2026-W48
METRICS = {
    "worse": "sessions",
    "better": "screenPageViews",
    "fresh": "eventCount",
    "again": "engagedSessions",
    "given": "newUsers",
    "second": "keyEvents",
}
WEEKS = {  # 2026-W43 … 2026-W48, of a target of 12,000
    "worse": (12_500, 12_500, 9_900, 8_200, 8_000, 6_000),
    "better": (12_500, 12_500, 9_900, 8_200, 8_000, 12_600),
    "fresh": (12_500, 12_500, 12_500, 12_500, 8_000, 8_100),
    "again": (12_500, 8_000, 8_100, 12_400, 8_000, 8_100),
    "given": (12_500, 12_500, 9_900, 8_200, 8_200, 8_200),
    "second": (12_500, 12_500, 12_500, 12_500, 7_000, 7_100),
}
POLICY = {
    "worse": "{escalate: follow, escalate_after: 4}",
    "better": "{on_recover: complete}",
    "again": "{on_recover: complete}",
}
REST = """
policy: {max_open: 20}
goals:
  - {id: growth, title: Grow in Gauteng, owner: johan, by: 2027-06-30, kpis: [worse, better, fresh, again, given]}
"""


def kpis(owner_of_given: str = "thandi") -> str:
    """The six KPIs of the file."""
    text = ""
    for name, metric in METRICS.items():
        owner = owner_of_given if name == "given" else "thandi"
        policy = f", policy: {POLICY[name]}" if name in POLICY else ""
        text += (
            f'\n  {name}: {{name: "{name.title()} visits", definition: "Counted by {metric}.", owner: {owner}, '
            f"agreed: {{on: 2026-09-01, by: [thandi]}}, period: week, value: {{source: web, metric: {metric}}}, "
            f"target: 12000{policy}}}"
        )
    return text


@dataclass
class Moment:
    """Everything the stand-ins and the folder hold at one time."""

    now: datetime
    asana: dict[str, Any]
    trello: dict[str, Any]
    folder: Path


class Timeless(threading.Event):
    """Waits that take no time, for `Patience`: what was waited is added to its clock and listed."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0.0)
        return False

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.waited)


@dataclass
class World(Team):
    """A team, run by the installed command."""

    command: Command | None = None
    moments: list[Moment] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=lambda: dict(SECRETS))
    timeless: Timeless = field(default_factory=lambda: Timeless())
    returns: int = 0

    def text(self) -> str:
        return super().text().replace("johan@saypro.example,", "johan@saypro.example, trello: johanb,")

    def bare(self, *arguments: str, failpoint: str = "") -> Said:
        """A command, with the file as it stands in the folder."""
        assert self.command is not None
        given = environ(**self.secrets, **({"ALIGND_FAILPOINT": failpoint} if failpoint else {}))
        return self.command(*arguments, folder=self.folder, environment=given)

    def run(self, *arguments: str, failpoint: str = "") -> Said:
        """A command at the world's time."""
        self.file.write_text(self.text())
        return self.bare(*arguments, "--at", self.clock.now.isoformat(), failpoint=failpoint)

    def cycle(self, *arguments: str, failpoint: str = "") -> Said:
        """`alignd sync --json` at the world's time."""
        return self.run("sync", "--json", *arguments, failpoint=failpoint)

    def config(self) -> config.Config:
        self.file.write_text(self.text())
        loaded = config.load(self.file, self.secrets)
        assert loaded.config is not None, "\n".join(str(problem) for problem in loaded.problems)
        return loaded.config

    def sync(self, *, accept_new: bool = False, accept_missing: Sequence[str] = ()) -> CycleReport:
        """A cycle in this process, for which a second of silence is long and a wait takes no time."""
        patience = Patience(stop=self.timeless, monotonic=self.timeless.monotonic, silence=1.0)
        with open_app(self.config(), at=self.clock.now, patience=patience) as app:
            return app.sync(accept_new=accept_new, accept_missing=accept_missing)

    # ── the same again ───────────────────────────────────────────────────────────────────────────────────────────

    def keep(self) -> Moment:
        """This moment, to come back to."""
        kept = self.folder.parent / f"{self.folder.name}-kept-{len(self.moments)}"
        shutil.copytree(self.folder, kept)
        states = (_copied(self.sandbox.asana.state.__dict__), _copied(self.sandbox.trello.state.__dict__))
        self.moments.append(Moment(self.clock.now, *states, kept))
        return self.moments[-1]

    def back_to(self, moment: Moment) -> None:
        """As it was then; faults are switched off."""
        self.sandbox.faults.clear()
        self.sandbox.forget_requests()
        self.clock.now = moment.now
        self.sandbox.asana.state.__dict__.update(_copied(moment.asana))
        self.sandbox.trello.state.__dict__.update(_copied(moment.trello))
        shutil.rmtree(self.folder)
        shutil.copytree(moment.folder, self.folder)
        self._take_new_credentials()

    def _take_new_credentials(self) -> None:
        """The vendors' limits belong to a credential: with one of its own no test waits for another."""
        self.returns += 1
        self.timeless = Timeless()
        self.secrets = {name: f"{value}-{self.returns}" for name, value in SECRETS.items()}
        asana, trello = self.sandbox.asana.state, self.sandbox.trello.state
        trello.keys.add(self.secrets["TRELLO_KEY"])
        next(one for one in asana.users.values() if one.name == "alignd").token = self.secrets["ASANA_TOKEN"]
        next(one for one in trello.members.values() if one.name == "alignd").token = self.secrets["TRELLO_TOKEN"]

    # ── what people see ──────────────────────────────────────────────────────────────────────────────────────────

    def board(self) -> list[dict[str, Any]]:
        """Every task or card with what people see of it, comments and parts as bags, in an order of its own."""
        seen = self._asana() if self.tracker == "asana" else self._trello()
        return sorted(seen, key=lambda one: (one["key"] or "", one["title"], one["open"], one["said"]))

    def _asana(self) -> list[dict[str, Any]]:
        state = self.sandbox.asana.state
        return [
            {
                "key": find_reference(task.notes, "saypro"),
                "id": task.gid,
                "title": task.name,
                "notes": task.notes.splitlines()[:-1],
                "for": task.assignee,
                "with": sorted(task.followers),
                "due": task.due_on,
                "open": not task.completed,
                "said": sorted((story.text, story.pinned) for story in state.comments_of(task)),
                "parts": sorted((one.name, str(one.assignee), str(one.due_on)) for one in state.subtasks_of(task)),
            }
            for task in state.live_tasks()
            if task.parent is None
        ]

    def _trello(self) -> list[dict[str, Any]]:
        state = self.sandbox.trello.state
        return [
            {
                "key": find_reference(card.desc, "saypro"),
                "id": card.id,
                "title": card.name,
                "notes": card.desc.splitlines()[:-1],
                "for": sorted(card.members),
                "with": [],
                "due": card.due,
                "open": not (card.due_complete or card.closed),
                "said": sorted((str(action.data["text"]), False) for action in state.comments_of(card)),
                "parts": sorted(
                    (item.name, str(item.member), str(item.due))
                    for one in state.checklists.values()
                    if one.card == card.id
                    for item in one.items
                ),
            }
            for card in state.cards.values()
        ]

    def live_keys(self) -> list[str]:
        """The key of every open task, as often as there is one."""
        return [one["key"] for one in self.board() if one["open"]]


def differences(board: list[dict[str, Any]], expected: list[dict[str, Any]]) -> list[str]:
    """What stands on one board otherwise than on the other, for people who look for the cause."""
    if [one["key"] for one in board] != [one["key"] for one in expected]:
        return [f"keys {[one['key'] for one in board]} instead of {[one['key'] for one in expected]}"]
    return [
        f"{one['key']} {name}: {value} instead of {other[name]}"
        for one, other in zip(board, expected, strict=True)
        for name, value in one.items()
        if value != other[name] and name != "id"
    ]


def _copied(state: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy({name: value for name, value in state.items() if name != "now"})


def prepared(folder: Path, tracker: str, running: Command, sandbox: Sandbox, clock: Clock, store: str = "") -> World:
    """The team on the morning of 2 December: three open items, a completed one, two new runs off target."""
    folder.mkdir(parents=True, exist_ok=True)
    world = World(
        folder, sandbox, clock, tracker=tracker, kpis=kpis(), rest=REST, command=running,
        store=store or "sqlite:///alignd.db",
    )  # fmt: skip
    board = sandbox.trello.state
    board.boards[next(iter(board.boards))].members.extend(
        one.id for one in board.members.values() if one.id not in board.boards[next(iter(board.boards))].members
    )
    record = sandbox.ga4.properties[PROPERTY].record
    first = date(2026, 10, 19)
    for week in range(-12, 6):
        monday = first + timedelta(weeks=week)
        for day in range(7):
            counts = {
                METRICS[name]: (totals[week] if week >= 0 else 12_500) // 7 + (5 if day == 6 else 0)
                for name, totals in WEEKS.items()
            }
            record(monday + timedelta(days=day), counts)
    for morning in (MONDAY - timedelta(days=5), MONDAY + timedelta(days=2), MONDAY + timedelta(days=9)):
        clock.now = datetime(morning.year, morning.month, morning.day, 8, 0, tzinfo=ZONE).astimezone(UTC)
        world.sync()
    clock.now = DAY.astimezone(UTC)
    world.kpis = kpis("johan")
    return world
