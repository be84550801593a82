"""A team in the first days of December 2026, the day its monthly review's task is made: for the tests of its text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config import Config
from mapping.goals import Goals
from mapping.judgements import Episode, Judgement, Status
from mapping.kpis import Kpi, TargetValue
from mapping.links import Link, LinkState, Quiet
from mapping.logbook import Evaluation, LineKind, Logbook, Minute, Point
from mapping.readings import Reading, State
from mapping.reviews import Meeting
from mapping.status import judge
from mapping.tasks import Part, Task, View, WorkKind
from mapping.texts.facts import Finding
from sync.plan.situation import KpiRecord, Situation
from tests.unit.config_samples import well

NOW = datetime(2026, 12, 8, 6, 0, tzinfo=UTC)  # Tue 8 Dec 08:00 in Johannesburg
KEY = "saypro/review/monthly/2026-12"
LAST_KEY = "saypro/review/monthly/2026-11"
WEB = "value: {source: web, metric: sessions}"
TEAM = """\
version: 1
workspace: {id: saypro, timezone: Africa/Johannesburg, fiscal_year_starts: 03-01, holidays: {country: ZA}}
people:
  thandi: {name: Thandi Mokoena, email: thandi@saypro.example, team: marketing}
  sipho:  {name: Sipho Nkosi,    email: sipho@saypro.example,  team: marketing}
  johan:  {name: Johan Botha,    email: johan@saypro.example,  team: m_and_e}
  lerato: {name: Lerato Dube,    email: lerato@saypro.example, team: sales}
  neo:    {name: Neo Khumalo,    email: neo@saypro.example,    team: leadership}
teams:
  marketing:  {name: Marketing, lead: thandi, section: marketing}
  m_and_e:    {name: M&E, lead: johan, section: m_and_e}
  sales:      {name: Sales, lead: lerato, section: m_and_e}
  leadership: {name: Leadership, lead: neo, section: m_and_e}
sources:
  web: {kind: ga4, property: "123456789"}
  scorecard: {kind: sheets, spreadsheet: 1AbC}
trackers:
  asana: {kind: asana, token: "${ASANA_TOKEN}", project: "1201234567890123"}
  board: {kind: trello, key: "${TRELLO_KEY}", token: "${TRELLO_TOKEN}", board: Ab12Cd34}
routes: {default: asana, sales: board}
policy: {ask: [sales]}
"""
KPIS: tuple[tuple[str, str, str, str, str, str], ...] = (
    # id, name, period, unit, target, owner
    ("sessions", "Website sessions", "week", "count", "12000", "thandi"),
    ("leads", "New leads", "month", "count", "35", "thandi"),
    ("budget", "Budget spent", "month", "percent", "{between: [90%, 105%]}", "thandi"),
    ("open_rate", "Email open rate", "month", "percent", "22%", "sipho"),
    ("conversion", "Conversion rate", "week", "percent", "{between: [2.0%, 4.5%]}", "thandi"),
    ("social", "New visitors from social", "month", "count", "100", "sipho"),
    ("clicks", "Newsletter clicks", "month", "count", "400", "sipho"),
    ("calls", "Calls answered", "month", "percent", "95%", "lerato"),
    ("reviews", "Reviews written", "month", "count", "20", "lerato"),
    ("partners", "Partners", "month", "count", "8", "thandi"),
    ("cac", "Cost of a new customer", "month", "currency", "1000", "thandi"),
    ("kept", "Customers kept", "month", "percent", "90%", "lerato"),
)
GOALS = """\
goals:
  - id: gauteng
    title: Grow in Gauteng
    owner: neo
    by: 2027-02-28
    goals:
      - {id: leads, title: 20 % more leads than last quarter, owner: thandi, by: 2026-11-30,
         kpis: [leads, sessions, conversion, social]}
      - {id: brand, title: Be known, owner: neo}
  - {id: keep, title: Keep the customers we win, owner: lerato, kpis: [kept, calls, open_rate]}
"""
REVIEWS = """\
reviews:
  weekly:
    title: Marketing and M&E weekly
    every: 1 week
    on: thursday
    at: "10:00"
    owner: johan
    invite: [marketing, m_and_e]
    ahead: 1 business day
    minutes: 60
  one_on_one:
    title: Social priorities
    every: 2 weeks
    anchor: 2026-09-07
    on: monday
    owner: sipho
    invite: [thandi]
    agenda: [priorities, agreed_last_time]
  monthly:
    title: Monthly KPI review
    every: 1 month
    on: second thursday
    at: "10:00"
    owner: johan
    invite: [marketing, m_and_e, sales]
    minutes: 60
    link: https://meet.example/kpi
    agenda: [to_decide, numbers, agreed_last_time]
    replaces: [weekly]
  quarterly:
    title: Quarterly strategy adjustment
    every: 1 fiscal_quarter
    on: third tuesday
    owner: neo
    invite: [leadership, marketing, m_and_e, sales]
    agenda: [goals, gaps, to_decide, numbers, adjustments, plans]
  sales:
    title: Sales corner
    every: 1 month
    on: second friday
    owner: lerato
    agenda: [to_decide, "What did customers ask for?", findings, coming_up]
"""


def _kpis() -> str:
    lines = ["kpis:"]
    for name, shown, period, unit, target, owner in KPIS:
        lines.append(f"  {name}: {{name: {shown}, period: {period}, unit: {unit}, target: {target}, owner: {owner},")
        if unit == "currency":
            lines.append("    currency: ZAR, direction: down,")
        late = ", late_after: 20 days" if name in ("cac", "kept") else ""
        lines.append(f"    {WEB}{late}}}")
    return "\n".join(lines) + "\n"


@lru_cache
def config_of(extra: str = "", reviews: str = REVIEWS, goals: str = GOALS) -> Config:
    with TemporaryDirectory() as folder:
        return well(Path(folder), TEAM + extra + _kpis() + goals + reviews)


def judged(kpi: Kpi, label: str, value: str | None, at: datetime, config: Config) -> Judgement:
    """The judgement of a period by the KPI's plain target."""
    rule = kpi.targets[0].rule
    low, high = getattr(rule, "value", None), None
    if low is None:
        low, high = getattr(rule, "low"), getattr(rule, "high")  # noqa: B009
    target = TargetValue(low, high)
    period = config.workspace.calendar.parse(label)
    if value is None:
        state = "missing"
        return Judgement(kpi.id, "d", period, Status.UNKNOWN, None, target, None, at, state=state)
    found = judge(Decimal(value), target, kpi.tolerance, kpi.direction)
    flags = frozenset({"ahead"}) if found.ahead else frozenset[str]()
    return Judgement(kpi.id, "d", period, found.status, Decimal(value), target, found.gap, at, flags)


HISTORY: Mapping[str, tuple[tuple[str, str], ...]] = {
    "sessions": (("2026-W47", "12100"), ("2026-W48", "12300"), ("2026-W49", "12260")),
    "leads": (("2026-10", "36"), ("2026-11", "36")),
    "budget": (("2026-10", "1.00"), ("2026-11", "1.06")),
    "open_rate": (("2026-10", "0.225"), ("2026-11", "0.181")),
    "conversion": (("2026-W46", "0.025"), ("2026-W47", "0.015"), ("2026-W48", "0.0155"), ("2026-W49", "0.016")),
    "social": (("2026-09", "90"), ("2026-10", "130"), ("2026-11", "164")),
    "clicks": (("2026-11", "410"),),
    "calls": (("2026-11", "0.96"),),
    "reviews": (("2026-11", "21"),),
    "partners": (("2026-11", "8"),),
    "cac": (("2026-10", "960"),),
    "kept": (("2026-10", "0.91"),),
}


def record(config: Config, kpi: str, values: Iterable[tuple[str, str | None]], at: datetime = NOW) -> KpiRecord:
    history = [judged(config.kpis[kpi], label, value, at, config) for label, value in values]
    episode = None
    if history and history[-1].status is Status.OFF_TRACK:
        episode = Episode(kpi, "d", history[-1].period, history[-1].period, at)
    return KpiRecord({}, history, episode=episode)


def records(config: Config, at: datetime = NOW, **changes: tuple[tuple[str, str | None], ...]) -> dict[str, KpiRecord]:
    return {kpi: record(config, kpi, values, at) for kpi, values in {**HISTORY, **changes}.items()}


def awaited(config: Config, kpi: str, label: str) -> Reading:
    period = config.workspace.calendar.parse(label)
    return Reading(kpi, "d", period, State.AWAITED, None, False, NOW)


def link(key: str, kind: WorkKind, **changes: Any) -> Link:
    base = Link(
        key, kind, key.split("/")[2], "asana", LinkState.LINKED, datetime(2026, 11, 10, 6, tzinfo=UTC), task=key
    )
    return replace(base, **changes)


def minute(number: int, kind: LineKind, text: str, **changes: Any) -> Minute:
    at = datetime(2026, 11, 12, 8, 30, tzinfo=UTC)
    return replace(Minute(f"asana/c{number}/1", LAST_KEY, "monthly", f"c{number}", kind, text, "johan", at), **changes)


EVALUATION = Evaluation(
    item="saypro/action/conversion/2026-W44",
    kpi="conversion",
    before=Point("2026-W45", date(2026, 11, 2), date(2026, 11, 8), Decimal("0.014")),
    after=Point("2026-W49", date(2026, 11, 30), date(2026, 12, 6), Decimal("0.016")),
    target=TargetValue(Decimal("0.02"), Decimal("0.045")),
    completed_on=date(2026, 11, 11),
    judged_at=NOW,
    did="Landing page rewritten",
    by="thandi",
)
LINES = {
    one.source: one
    for one in (
        minute(1, LineKind.ACTION, "check tags", who="sipho"),
        minute(2, LineKind.ACTION, "new photos", who="thandi"),
        minute(3, LineKind.ACTION, "ask three partners", who="thandi"),
        minute(4, LineKind.ACTION, "call ten lost customers", who="lerato"),
    )
}


def _said(number: int, title: str, **changes: Any) -> Link:
    key = f"saypro/said/monthly/c{number}/1"
    return link(key, WorkKind.SAID, title=title, about=(f"asana/c{number}/1",), **changes)


def last_review() -> dict[str, Link]:
    """The review of November, and what was agreed there."""
    done = {"completed": True, "completed_at": datetime(2026, 11, 20, tzinfo=UTC)}
    aside = Quiet("accept", date(2027, 1, 31), "season", "sipho", datetime(2026, 11, 25, tzinfo=UTC), "c9")
    found = [
        link(LAST_KEY, WorkKind.REVIEW, title="Monthly KPI review, Thu 12 Nov", completed=True),
        _said(1, "check tags", person="sipho", **done),
        _said(2, "new photos", person="thandi", **done),
        _said(3, "ask three partners", person="thandi", **done),
        _said(4, "call ten lost customers", person="lerato", due=date(2026, 12, 4)),
        _said(5, "ads on the radio", person="sipho", quiet=aside),
    ]
    return {one.key: one for one in found}


CHECKOUT = link(
    "saypro/action/conversion/2026-W47",
    WorkKind.ACTION,
    episode="2026-W47",
    person="thandi",
    title="Conversion rate outside the agreed range",
    due=date(2026, 12, 11),
    last_human_line="checkout test until 11 Dec",
)
FINDING = Finding(date(2026, 11, 27), "Johan", "Customers do not understand the price page.")


def view(tracker: str = "asana", tasks: Mapping[str, Task] | None = None) -> View:
    accounts = {one: f"a-{one}" for one in ("thandi", "sipho", "johan", "lerato", "neo")}
    return View(tracker, True, tasks or {}, accounts=accounts, me="a-alignd")


def task(key: str, parts: tuple[Part, ...]) -> Task:
    return Task(key, "asana", "a review", "", parts=parts)


def december(config: Config | None = None, **changes: Any) -> Situation:
    """The situation of Tue 8 December, 08:00."""
    file = config if config is not None else config_of()
    known = records(file)
    for kpi in ("cac", "kept"):
        known[kpi] = replace(known[kpi], readings={"2026-11": awaited(file, kpi, "2026-11")})
    minutes = {**LINES, "asana/c5/1": minute(5, LineKind.ACTION, "ads on the radio", who="sipho")}
    base = Situation(
        config=file,
        now=NOW,
        records=known,
        links={**last_review(), CHECKOUT.key: CHECKOUT},
        notes={},
        views={"asana": view(), "board": view("board")},
        goals=Goals(file.goals),
        logbook=Logbook(minutes=minutes, findings={"reviews": [FINDING]}, evaluations={EVALUATION.item: EVALUATION}),
    )
    return replace(base, **changes)


def meeting(review: str, slot: str, config: Config | None = None) -> Meeting:
    file = config if config is not None else config_of()
    found = file.cadence.meeting(review, file.workspace.calendar.parse(slot))
    assert found is not None
    return found
