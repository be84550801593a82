"""A small post office for tests of the outbox: a channel that delivers, refuses, fails or dies as it is told, and a
workspace whose letters it carries. The store is a real one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from config import Config
from connectors.base import Finding
from connectors.calls import Calls
from mapping.documents import plain
from mapping.goals import Goals
from mapping.letters import Delivery, Fate, Letter, Posted
from mapping.links import Link
from mapping.logbook import Logbook, Minute
from mapping.people import Person
from mapping.tasks import View
from sync.first_sight import newly_seen
from sync.outbox import send_due
from sync.outlook import Outlook
from sync.plan.situation import Situation
from sync.steps import Problem
from sync.store import Store
from tests.unit.config_samples import well

ZONE = ZoneInfo("Africa/Johannesburg")
TEAM = """\
version: 1
workspace: {id: saypro, name: SayPro, timezone: Africa/Johannesburg, holidays: {country: ZA}HOURS}
people:
  thandi: {name: Thandi Mokoena, email: thandi@saypro.example, team: marketing}
  johan:  {name: Johan Botha, email: johan@saypro.example, team: m_and_e}
  lerato: {name: Lerato Dube, email: lerato@saypro.example, team: sales}
teams:
  marketing: {name: Marketing, lead: thandi, section: marketing}
  m_and_e:   {name: Monitoring & Evaluation, lead: johan, section: m_and_e}
  sales:     {name: Sales, lead: lerato, section: m_and_e}
sources:
  web: {kind: ga4, property: "123456789"}
trackers:
  asana: {kind: asana, token: "${ASANA_TOKEN}", project: "1201234567890123"}
kpis:
  sessions: {name: Website sessions, owner: thandi, period: week, value: {source: web, metric: sessions}, target: 12000}
channels:
  team_slack: {kind: slack, token: "${SLACK_TOKEN}", channel: C0123456789}
  mail: {kind: email, smtp: "smtp://mail.saypro.example:587", from: alignd@saypro.example, to: [johan]}
"""
WEEKLY = '  - {channel: team_slack, every: 1 week, on: wednesday, at: "08:30"}\n'
BY_MAIL = '  - {channel: mail, to: [marketing, m_and_e], every: 1 week, on: wednesday, at: "08:30"}\n'


class Killed(BaseException):
    """The process died."""


@dataclass
class PostBox:
    """One channel. `fates`: of the next attempts, by address or "" for any; then everything is delivered.

    `knows`: whether it can tell what became of a letter. `got`: what arrived, by address.
    """

    id: str
    kind: str
    room: str | None = None  # the one address of a channel for all
    fates: list[Fate | type[BaseException]] = field(default_factory=list)
    refuses: frozenset[str] = frozenset()
    knows: bool = False
    arrives_unknown: bool = True
    got: list[tuple[str, Letter]] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    calls: Calls = field(default_factory=Calls)

    def addresses(self, people: Sequence[Person]) -> Mapping[str, Person | None]:
        return {self.room: None} if self.room else {one.email: one for one in people if one.email}

    def send(self, letter: Letter, address: str) -> Delivery:
        self.tried.append(address)
        if address in self.refuses:
            return Delivery(address, Fate.REFUSED, why="no such mailbox", advice="correct the address")
        fate = self.fates.pop(0) if self.fates else Fate.SENT
        if isinstance(fate, type):
            raise fate
        if fate is Fate.SENT or (fate is Fate.UNKNOWN and self.arrives_unknown):
            self.got.append((address, letter))
        if fate is Fate.SENT:
            return Delivery(address, fate, id=f"id-{len(self.got)}")
        return Delivery(address, fate, why="the server hung up", after=60 if fate is Fate.LATER else None)

    def look(self, doubtful: Sequence[Posted]) -> Mapping[tuple[str, str], str | None]:
        if not self.knows:
            return {}
        there = {(letter.key, address): f"found-{letter.key}" for address, letter in self.got}
        return {(one.key, one.address): there.get((one.key, one.address)) for one in doubtful}

    def examine(self, people: Sequence[Person]) -> Sequence[Finding]:
        return []

    def delivered(self) -> list[tuple[str, str]]:
        """What arrived: key without the workspace, and address, in order."""
        return [(letter.key.removeprefix("saypro/"), address) for address, letter in self.got]


@dataclass
class Office:
    """The workspace, its store and its post boxes. Each `cycle` is what a cycle does once its steps are done."""

    folder: Path
    digests: str = WEEKLY
    rest: str = ""
    now: datetime = datetime(2026, 11, 16, 6, tzinfo=UTC)
    slack: PostBox = field(default_factory=lambda: PostBox("team_slack", "slack", room="C0123456789"))
    mail: PostBox = field(default_factory=lambda: PostBox("mail", "email"))
    links: dict[str, Link] = field(default_factory=dict)
    minutes: dict[str, Minute] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=lambda: {"thandi": "a-1", "johan": "a-2"})
    first_seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    away: bool = False
    hours: str = ""
    keeps_hours: bool = False
    changed: bool = False
    outlook: Outlook | None = None
    failpoint: str = ""
    _store: Store | None = None
    _files: dict[str, Config] = field(default_factory=dict)

    def at(self, text: str) -> Self:
        """Local time."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)
        return self

    @property
    def store(self) -> Store:
        if self._store is None:
            self._store = Store.open(f"sqlite:///{self.folder / 'post.db'}", workspace="saypro")
        return self._store

    def lose_the_store(self) -> None:
        self.close()
        for one in self.folder.glob("post.db*"):
            one.unlink()
        self.first_seen = {}

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store = None

    def config(self) -> Config:
        team = TEAM.replace("HOURS", f", work_hours: {self.hours}" if self.hours else "")
        text = team + (f"digests:\n{self.digests}" if self.digests else "") + self.rest
        return self._files.get(text) or self._files.setdefault(text, well(self.folder, text))

    def situation(self) -> Situation:
        config = self.config()
        self.first_seen |= newly_seen(config, (), (), self.first_seen, self.now)
        view = View("asana", True, {}, accounts=self.accounts, me="a-alignd")
        return Situation(
            config=config,
            now=self.now,
            records={},
            links=self.links,
            notes={},
            views={} if self.away else {"asana": view},
            goals=Goals(config.goals),
            config_changed=self.changed,
            logbook=Logbook(first_seen=self.first_seen, minutes=self.minutes),
            keeps_hours=self.keeps_hours,
        )

    def cycle(self, text: str | None = None, problems: Iterable[Problem] = ()) -> list[str]:
        """One cycle, at a local time if one is given. What people should know, a line each."""
        if text is not None:
            self.at(text)
        situation = self.situation()
        self.outlook = Outlook(self.now, 1, links=self.links, problems=list(problems), situation=situation)

        def fail(name: str) -> None:
            if name == self.failpoint:
                self.failpoint = ""
                raise Killed

        boxes = {box.id: box for box in (self.slack, self.mail)}
        with self.store.lock("alignd sync"):
            found = send_due(situation, self.outlook, self.store, boxes, fail)
        return [f"{one.where} ({one.kind}): {one.what}" for one in found]

    def rows(self) -> list[str]:
        """The outbox: key without the workspace, address, how it stands."""
        with self.store.records(reads_only=True) as records:
            posted = records.posted()
        return [f"{one.key.removeprefix('saypro/')} {one.address} {one.posting}".replace("  ", " ") for one in posted]

    def texts(self, box: PostBox | None = None) -> list[str]:
        return [plain(letter.body) for _, letter in (box or self.slack).got]
