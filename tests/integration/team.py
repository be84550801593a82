"""A small team against the stand-ins: one file, real HTTP, a real store, a clock that tests move."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import config
from connectors.sandbox.asana.state import Task
from connectors.sandbox.person import Person
from connectors.sandbox.server import Sandbox
from connectors.sandbox.trello.state import Card
from sync.app import open_app
from sync.steps import CycleReport, Outcome, Step

ZONE = ZoneInfo("Africa/Johannesburg")
PROPERTY, PROJECT, BOARD = "123456789", "1201234567890123", "Ab12Cd34"
MONDAY = date(2026, 11, 16)  # the week before it is 2026-W46

PEOPLE = """
people:
  thandi: {name: Thandi Mokoena, email: thandi@saypro.example, team: marketing, trello: thandim}
  johan:  {name: Johan Botha, email: johan@saypro.example, team: m_and_e}
  neo:    {name: Neo Khumalo, email: neo@saypro.example, team: leadership}
teams:
  marketing:  {name: Marketing, lead: thandi, section: marketing}
  m_and_e:    {name: Monitoring & Evaluation, lead: johan, section: m_and_e}
  leadership: {name: Leadership, lead: neo, section: m_and_e}
"""
SESSIONS = """
  sessions:
    name: Website sessions
    definition: Sessions on the public site, all channels, Monday to Sunday.
    agreed: {on: 2026-09-01, by: [thandi, johan]}
    owner: thandi
    period: week
    value: {source: web, metric: sessions}
    target: 12000
"""


@dataclass
class Clock:
    """Now, for alignd and for the vendors, in one. As in the world, no two things happen at the same instant."""

    now: datetime

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class Team:
    """The stand-ins with a project and a board, a file in a folder, and the commands as a person would give them."""

    folder: Path
    sandbox: Sandbox
    clock: Clock
    tracker: str = "asana"
    kpis: str = SESSIONS
    rest: str = ""
    tracker_keys: str = ""
    store: str = "sqlite:///alignd.db"
    reports: list[CycleReport] = field(default_factory=list)

    def __post_init__(self) -> None:
        sandbox = self.sandbox
        if PROPERTY in sandbox.ga4.properties:
            return
        sandbox.ga4.add_property(PROPERTY).late_share *= 0
        state = sandbox.asana.state
        state.add_workspace()
        for name in ("Thandi Mokoena", "Johan Botha", "Neo Khumalo"):
            state.add_user(name, f"{name.split()[0].lower()}@saypro.example")
        state.add_user("alignd", "alignd@saypro.example", token="asana-canary-token")
        state.add_project("Marketing", gid=PROJECT, sections=["Actions", "Reviews", "Done"])
        trello = sandbox.trello.state
        for name, username in (("Thandi Mokoena", "thandim"), ("Johan Botha", "johanb")):
            trello.add_member(name, username)
        trello.add_member("alignd", "alignd", token="trello-canary-token")
        trello.add_board("Marketing", short_link=BOARD, lists=["To do", "Doing", "Done"])

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────

    def weeks(self, *totals: int, until: date = MONDAY) -> None:
        """Sessions of the weeks up to the Monday `until`, oldest first, spread over the days."""
        for back, total in enumerate(reversed(totals), start=1):
            self.week(until - timedelta(weeks=back), total)

    def week(self, monday: date, total: int) -> None:
        each, left = divmod(total, 7)
        for day in range(7):
            count = each + (left if day == 6 else 0)
            self.sandbox.ga4.properties[PROPERTY].record(monday + timedelta(days=day), {"sessions": count})

    # ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def file(self) -> Path:
        return self.folder / "alignd.yaml"

    def text(self) -> str:
        url = self.sandbox.url
        if self.tracker == "asana":
            tracker = f'work: {{kind: asana, token: "${{ASANA_TOKEN}}", project: "{PROJECT}", endpoint: "{url}"'
        else:
            tracker = (
                f'work: {{kind: trello, key: "${{TRELLO_KEY}}", token: "${{TRELLO_TOKEN}}", board: {BOARD}, '
                f'lists: {{default: To do, done: [Done]}}, endpoint: "{url}"'
            )
        keys = f", {self.tracker_keys}" if self.tracker_keys else ""
        return (
            textwrap.dedent(
                f"""\
                version: 1
                workspace: {{id: saypro, timezone: Africa/Johannesburg, holidays: {{country: ZA}}}}
                store: {self.store}
                sources:
                  web: {{kind: ga4, property: "{PROPERTY}", credentials: anonymous, endpoint: "{url}"}}
                trackers:
                  {tracker}{keys}}}
                """
            )
            + PEOPLE
            + "kpis:"
            + self.kpis
            + textwrap.dedent(self.rest)
        )

    def config(self) -> config.Config:
        self.file.write_text(self.text())
        environ = {
            "ASANA_TOKEN": "asana-canary-token",
            "TRELLO_KEY": "sandbox-trello-key",
            "TRELLO_TOKEN": "trello-canary-token",
        }
        loaded = config.load(self.file, environ)
        assert loaded.config is not None, "\n".join(str(problem) for problem in loaded.problems)
        return loaded.config

    # ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────

    def at(self, text: str) -> Self:
        """Set the clock, in the workspace's zone."""
        self.clock.now = datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)
        return self

    def later(self, **span: float) -> Self:
        self.clock.now += timedelta(**span)
        return self

    def sync(self, *, accept_new: bool = False, accept_missing: Sequence[str] = ()) -> CycleReport:
        with open_app(self.config(), at=self.clock.now) as app:
            report = app.sync(accept_new=accept_new, accept_missing=accept_missing)
        self.reports.append(report)
        return report

    def plan(self) -> CycleReport:
        with open_app(self.config(), at=self.clock.now) as app:
            return app.plan()

    # ── the boards ───────────────────────────────────────────────────────────────────────────────────────────────

    def person(self, name: str = "Thandi Mokoena") -> Person:
        return Person(self.sandbox, name)

    def tasks(self) -> list[Task]:
        return self.sandbox.asana.state.live_tasks()

    def cards(self) -> list[Card]:
        return list(self.sandbox.trello.state.cards.values())

    def ids(self) -> list[str]:
        """Ids of all tasks or cards, in the order they were made."""
        if self.tracker == "asana":
            return [task.gid for task in sorted(self.tasks(), key=lambda one: one.gid)]
        return [card.id for card in sorted(self.cards(), key=lambda one: one.id)]

    def said(self, task: str) -> list[str]:
        """The comments on a task, oldest first, as plain text."""
        if self.tracker == "asana":
            state = self.sandbox.asana.state
            return [story.text for story in state.comments_of(state.tasks[task])]
        trello = self.sandbox.trello.state
        return [str(action.data["text"]) for action in trello.comments_of(trello.cards[task])]


def steps(report: CycleReport, outcome: Outcome = Outcome.DONE) -> list[tuple[str, str]]:
    """(kind, reason) of the steps with an outcome."""
    return [(one.kind.value, one.reason.value) for one in report.steps if one.outcome is outcome]


def step(report: CycleReport, reason: str) -> Step:
    return next(one for one in report.steps if one.reason.value == reason)
