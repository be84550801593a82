"""Reviews, campaigns, events, digests and publishing become the domain's, and refer to each other rightly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from config.campaigns import IN_THE_FILE, CampaignReader
from config.checking import Checking
from config.entries import read_entry
from config.expansion import Data
from config.model import Publish
from config.problems import Trail
from config.queries import Queries
from config.shape.cadence import (
    CampaignShape,
    DaemonShape,
    DigestShape,
    EventShape,
    PublishShape,
    ReviewShape,
    RhythmShape,
)
from config.shape.kpis import TableShape
from config.who import list_of, mapping_of
from mapping.campaigns import Campaign, Event
from mapping.digests import Digest
from mapping.periods import PeriodKind
from mapping.reviews import Review
from mapping.rhythms import On, Rhythm

REVIEW = "{title: KPI review, every: 1 week, on: thursday, owner: ana, invite: [marketing]}"
CAMPAIGN = "{id: spring, title: Spring sale, owner: ana, starts: 2026-09-14, ends: 2026-10-31}"
EVENT = "{id: app, on: 2026-11-02, kind: new_product, title: Launch of the app, owner: ana}"
DIGEST = '{channel: team_slack, every: 1 week, on: wednesday, at: "08:30"}'
M = TypeVar("M", bound=BaseModel)
_USUAL = ("to_decide", "numbers", "agreed_last_time", "findings", "coming_up")
_STRATEGIC = ("goals", "gaps", "to_decide", "numbers", "adjustments", "plans")
_SHORT_KINDS = (PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH)


@dataclass(frozen=True, slots=True)
class Cadence:
    """Checks what refers to people, teams, KPIs, sources and channels."""

    checking: Checking
    data: Mapping[str, Data]
    people: Collection[str]
    teams: Collection[str]
    kpis: Collection[str]
    channels: Collection[str]
    queries: Queries

    def reviews(self) -> dict[str, Review]:
        """The reviews by id."""
        found: dict[str, Review] = {}
        entries = mapping_of(self.data, "reviews", self.checking, "weekly: " + REVIEW)
        for name, entry in entries.items():
            path = ("reviews", name)
            shape = read_entry(ReviewShape, entry, path, self.checking, example=REVIEW)
            if shape is None:
                continue
            found[name] = _review(name, shape)
            self._check_rhythm(shape, path)
            self.checking.refer((*path, "owner"), shape.owner, self.people, "people")
            self._either((*path, "invite"), shape.invite)
            self.checking.refer((*path, "summary_to"), shape.summary_to, self.channels, "channels")
            for index, other in enumerate(shape.replaces):
                if other == name:
                    text = "a review cannot take its own place, remove it here"
                    self.checking.wrong((*path, "replaces", index), text)
                else:
                    self.checking.refer((*path, "replaces", index), other, entries, "reviews")
        return found

    def _check_rhythm(self, shape: RhythmShape, path: Trail) -> None:
        on, kind = shape.on, shape.every.kind
        if on is None:
            return
        if kind is PeriodKind.DAY:
            self.checking.wrong((*path, "on"), "every day needs no day, remove it", at_key=True)
        elif kind is PeriodKind.WEEK and on != On(weekday=on.weekday):
            self.checking.wrong((*path, "on"), "in a week there is one of each day, write a weekday: thursday")
        elif kind is not PeriodKind.WEEK and on.weekday is not None and on.nth is None:
            day = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")[on.weekday]
            said = kind.value.replace("_", " ")
            self.checking.wrong((*path, "on"), f"a {said} has several of them, write which: first {day} or last {day}")

    def campaigns(self, reader: CampaignReader) -> tuple[Campaign, ...]:
        """The campaigns, with what they are measured by."""
        found = []
        for index, entry in enumerate(list_of(self.data, "campaigns", self.checking, CAMPAIGN)):
            path: Trail = ("campaigns", index)
            shape = read_entry(CampaignShape, entry, path, self.checking, example=CAMPAIGN)
            if shape is None:
                continue
            found.append(reader.read(shape, path))
            self._identify(path, shape.id)
            if shape.ends < shape.starts:
                self.checking.wrong((*path, "ends"), f"{shape.ends} is before {shape.starts}, write the later day")
            for key in ("owner", "evaluator"):
                self.checking.refer((*path, key), getattr(shape, key), self.people, "people")
            self._either((*path, "invite"), shape.invite)
        self._refuse_doubles("campaigns", [one.id for one in found])
        return tuple(found)

    def events(self) -> tuple[Event, ...]:
        """The inflection points as written."""
        found = []
        for index, entry in enumerate(list_of(self.data, "events", self.checking, EVENT)):
            path: Trail = ("events", index)
            shape = read_entry(EventShape, entry, path, self.checking, example=EVENT)
            if shape is not None:
                found.append(shape)
                self._identify(path, shape.id)
                self.checking.refer((*path, "owner"), shape.owner, self.people, "people")
        self._refuse_doubles("events", [shape.id for shape in found])
        return tuple(Event(one.id, one.on, one.kind, one.title, one.owner, IN_THE_FILE) for one in found)

    def digests(self) -> tuple[Digest, ...]:
        """The digests, each with a name of its own."""
        found: list[Digest] = []
        named: Counter[tuple[str, PeriodKind]] = Counter()
        for index, entry in enumerate(list_of(self.data, "digests", self.checking, DIGEST)):
            path: Trail = ("digests", index)
            shape = read_entry(DigestShape, entry, path, self.checking, example=DIGEST)
            if shape is not None:
                named[shape.channel, shape.every.kind] += 1
                number = named[shape.channel, shape.every.kind]
                name = shape.channel if number == 1 else f"{shape.channel}/{number}"
                found.append(Digest(name, shape.channel, _rhythm(shape), shape.to))
                self._check_rhythm(shape, path)
                self.checking.refer((*path, "channel"), shape.channel, self.channels, "channels")
                self._either((*path, "to"), shape.to)
        return tuple(found)

    def publish(self) -> Publish:
        """Where numbers are published."""
        shape = self._single(PublishShape, "publish", "{sheet: {source: scorecard, tab: Dashboard}}")
        if shape is not None and shape.sheet is not None:
            self._sheets_source(("publish", "sheet", "source"), shape.sheet.source)
        for kpi in (shape.asana_goals or {}) if shape is not None else ():
            self.checking.refer(("publish", "asana_goals", kpi), kpi, self.kpis, "kpis")
        if shape is None:
            return Publish()
        sheet, goals = shape.sheet, shape.asana_goals or {}
        return Publish(sheet.source, sheet.tab, goals) if sheet is not None else Publish(goals=goals)

    def table(self, section: str) -> TableShape | None:
        """A section that names a table of a spreadsheet."""
        shape = self._single(
            TableShape, section, f'{{source: scorecard, table: "{section.split("_")[0].title()}!A:F"}}'
        )
        if shape is not None:
            self._sheets_source((section, "source"), shape.source)
            self.queries.range((section, "table"), shape.table)
        return shape

    def daemon(self) -> DaemonShape:
        """How the service runs."""
        shape = self._single(DaemonShape, "daemon", "{every: 1h}")
        if shape is not None:
            self.checking.refer(("daemon", "alerts"), shape.alerts, self.channels, "channels")
        return shape or DaemonShape()

    def _single(self, model: type[M], section: str, example: str) -> M | None:
        if self.data.get(section) is None:
            return None
        return read_entry(model, self.data[section], (section,), self.checking, example=example)

    def _sheets_source(self, path: Trail, source: str) -> None:
        kinds = self.queries.kinds
        self.checking.refer(path, source, kinds.keys(), "sources")
        if kinds.get(source) not in (None, "sheets"):
            self.checking.wrong(path, f"{source} is a {kinds[source]} source, write one of kind sheets")

    def _either(self, path: Trail, ids: tuple[str, ...]) -> None:
        self.checking.refer(path, ids, [*self.people, *self.teams], "people and teams")

    def _identify(self, path: Trail, name: str) -> None:
        if name != "?":  # the stand-in of one that is missing
            self.checking.identify((*path, "id"), name)

    def _refuse_doubles(self, section: str, ids: list[str]) -> None:
        for index, one in enumerate(ids):
            if one in ids[:index] and one != "?":
                self.checking.wrong((section, index, "id"), f"{one} stands here twice, write another id")


def _rhythm(shape: RhythmShape) -> Rhythm:
    return Rhythm(shape.every, shape.on, shape.at, shape.anchor)


def _review(name: str, shape: ReviewShape) -> Review:
    usual = _USUAL if shape.every.kind in _SHORT_KINDS else _STRATEGIC
    return Review(
        id=name,
        title=shape.title,
        rhythm=_rhythm(shape),
        owner=shape.owner,
        invite=shape.invite,
        ahead=shape.ahead,
        minutes=shape.minutes,
        link=shape.link,
        agenda=usual if shape.agenda is None else shape.agenda,
        summary_to=shape.summary_to,
        replaces=shape.replaces,
    )
