"""A small team that meets, and moments of it, for tests of what is planned for meetings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from config import Config
from mapping.documents import plain
from mapping.goals import Goals
from mapping.links import Link, LinkState, Note, NoteState, Written
from mapping.logbook import Logbook, Passed
from mapping.tasks import Create, Say, Update, View
from sync.first_sight import newly_seen
from sync.plan.meetings import given_up
from sync.plan.plan import plan
from sync.plan.reviews import missed, passed_now
from sync.plan.situation import Situation
from sync.steps import Outcome, Problem, Step
from tests.unit.config_samples import well

ZONE = ZoneInfo("Africa/Johannesburg")
TEAM = """\
version: 1
workspace: {id: saypro, timezone: Africa/Johannesburg, fiscal_year_starts: 03-01, holidays: {country: ZA}HOURS}
people:
  thandi: {name: Thandi Mokoena, email: thandi@saypro.example, team: marketing}
  sipho:  {name: Sipho Nkosi, email: sipho@saypro.example, team: marketing}
  johan:
    {name: Johan Botha, email: johan@saypro.example, team: m_and_e,
     away: [{from: 2026-12-14, to: 2027-01-04, deputy: sipho}]}
  lerato: {name: Lerato Dube, email: lerato@saypro.example, team: sales}
teams:
  marketing: {name: Marketing, lead: thandi, section: marketing}
  m_and_e:   {name: Monitoring & Evaluation, lead: johan, section: m_and_e}
  sales:     {name: Sales, lead: lerato, section: m_and_e}
sources:
  web: {kind: ga4, property: "123456789"}
trackers:
  asana: {kind: asana, mode: MODE, token: "${ASANA_TOKEN}", project: "1201234567890123"}
kpis:
  sessions: {name: Website sessions, owner: thandi, period: week, value: {source: web, metric: sessions}, target: 12000}
"""
WEEKLY = """\
  weekly:
    {title: Weekly, every: 1 week, on: thursday, at: "10:00", owner: johan, invite: [marketing, m_and_e],
     ahead: 1 business day}
"""
BIWEEKLY = """\
  one_on_one: {title: Social priorities, every: 2 weeks, anchor: 2026-09-07, on: monday, owner: sipho, invite: [thandi]}
"""
MONTHLY = """\
  monthly:
    {title: Monthly KPI review, every: 1 month, on: second thursday, at: "10:00", owner: johan,
     invite: [marketing, m_and_e, sales], replaces: [weekly]}
"""
QUARTERLY = """\
  quarterly: {title: Quarterly strategy, every: 1 fiscal_quarter, on: second tuesday, owner: thandi, replaces: [weekly]}
"""
ACCOUNTS = {"thandi": "a-thandi", "sipho": "a-sipho", "johan": "a-johan"}


@dataclass
class Meetings:
    """The team's file, ledger and logbook, and the time. `cycle` plans, and does what is planned."""

    folder: Path
    reviews: str = WEEKLY
    rest: str = ""
    mode: str = "act"
    hours: str = ""
    keeps_hours: bool = False
    now: datetime = datetime(2026, 11, 16, 6, tzinfo=UTC)
    links: dict[str, Link] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    first_seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    passed: dict[tuple[str, str], dict[str, Passed]] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=lambda: dict(ACCOUNTS))
    away: bool = False
    stopped: bool = False
    changed: bool = False
    told: list[Problem] = field(default_factory=list)
    files: dict[str, Config] = field(default_factory=dict)

    def at(self, text: str) -> Self:
        """Local time."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)
        return self

    def text(self) -> str:
        hours = f", work_hours: {self.hours}" if self.hours else ""
        head = TEAM.replace("HOURS", hours).replace("MODE", self.mode)
        return head + (f"reviews:\n{self.reviews}" if self.reviews else "") + self.rest

    def situation(self) -> Situation:
        text = self.text()
        config = self.files.get(text) or self.files.setdefault(text, well(self.folder, text))
        self.first_seen |= newly_seen(config, config.campaigns, config.events, self.first_seen, self.now)
        view = View("asana", True, {}, accounts=self.accounts, me="a-alignd")
        seen = {} if self.away or self.stopped else {"asana": view}
        return Situation(
            config=config,
            now=self.now,
            records={},
            links=self.links,
            notes=self.notes,
            views=seen,
            goals=Goals(config.goals),
            stopped=frozenset({"asana"} if self.stopped else ()),
            config_changed=self.changed,
            logbook=Logbook(
                first_seen=self.first_seen, passed=self.passed, campaigns=config.campaigns, events=config.events
            ),
            keeps_hours=self.keeps_hours,
        )

    def plan(self) -> list[Step]:
        return plan(self.situation())

    def cycle(self, text: str | None = None) -> list[Step]:
        """One cycle, at a local time if one is given; every step that is planned succeeds."""
        if text is not None:
            self.at(text)
        situation = self.situation()
        steps = plan(situation)
        passed = passed_now(situation)
        self.told = missed(passed, situation)
        for one in passed:
            self.passed.setdefault((one.kind, one.subject), {})[one.slot] = one
        for step in steps:
            if step.outcome is Outcome.PLANNED:
                self._done(step)
        return steps

    def _done(self, step: Step) -> None:
        key = step.key.partition("#")[0]
        match step.order:
            case Create() as order:
                assert step.link is not None
                written = Written(order.title, plain(order.body), order.assignee, order.due)
                self.links[key] = replace(
                    step.link, state=LinkState.LINKED, task=f"t{len(self.links)}", written=written,
                    assignees=frozenset({order.assignee} if order.assignee else ()),
                )  # fmt: skip
            case Say() as order:
                self.notes[step.key] = Note(step.key, key, "said", NoteState.SAID, plain(order.body), self.now)
            case Update() as order:
                written = self.links[key].written
                changes: dict[str, Any] = {name: getattr(order, name) for name in order.fields}
                self.links[key] = replace(
                    self.links[key], written=replace(written, **changes), due=changes.get("due", self.links[key].due)
                )
        if key in self.links:
            self.change(key, **dict(step.sets))

    def change(self, key: str, **changes: Any) -> None:
        self.links[key] = replace(self.links[key], **changes)

    def given_up(self) -> frozenset[str]:
        return given_up(self.situation())


def made(steps: list[Step], outcome: Outcome = Outcome.PLANNED) -> list[str]:
    """Keys of what is made, without the workspace and the kind."""
    creates = [one for one in steps if one.kind.value == "create" and one.outcome is outcome]
    return [one.key.removeprefix("saypro/review/") for one in creates]


def told(steps: list[Step]) -> list[str]:
    """The comments that are said, without the workspace and the kind."""
    return [
        one.key.removeprefix("saypro/review/")
        for one in steps
        if one.kind.value == "comment" and one.outcome is Outcome.PLANNED
    ]


def order(steps: list[Step], key: str) -> Create:
    found = next(one.order for one in steps if one.key == f"saypro/review/{key}")
    assert isinstance(found, Create)
    return found
