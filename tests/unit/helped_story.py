"""Website sessions that fell short in November 2026, an item that a person completed, and the weeks after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from config import Config
from mapping.goals import Goals
from mapping.judgements import Episode, Judgement, Status
from mapping.kpis import TargetValue
from mapping.links import Link, LinkState
from mapping.logbook import Evaluation, Logbook, Point
from mapping.tasks import View, WorkKind
from sync.first_sight import rule_of
from sync.plan.situation import KpiRecord, Situation
from tests.unit.config_samples import well
from tests.unit.sessions_story import CALENDAR

ITEM = "saypro/action/sessions/2026-W46"
DONE = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)  # a Friday
LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)

FILE = """\
version: 1
workspace: {id: saypro, timezone: Africa/Johannesburg, holidays: {country: ZA}}
people:
  thandi: {name: Thandi Mokoena, email: thandi@saypro.example, team: marketing}
  johan:  {name: Johan Botha, email: johan@saypro.example, team: m_and_e}
  neo:    {name: Neo Khumalo, email: neo@saypro.example, team: leadership}
  lerato: {name: Lerato Dlamini, email: lerato@saypro.example, team: sales}
teams:
  marketing:  {name: Marketing, lead: thandi}
  m_and_e:    {name: Monitoring & Evaluation, lead: johan}
  leadership: {name: Leadership, lead: neo}
  sales:      {name: Sales, lead: lerato}
sources:
  web: {kind: ga4, property: "123456789"}
trackers:
  work: {kind: asana, token: "${ASANA_TOKEN}", project: "1201234567890123"}
kpis:
  sessions:
    name: Website sessions
    owner: thandi
    data_owner: johan
    period: week
    value: {source: web, metric: sessions}
    target: 12000
goals:
  - {id: grow, title: Grow in Gauteng, owner: neo, kpis: [sessions]}
"""
REVIEWS = """\
reviews:
  weekly:    {title: Weekly, every: 1 week, on: thursday, at: "10:00", owner: johan, invite: [marketing]}
  monthly:   {title: Monthly KPI review, every: 1 month, on: second thursday, owner: johan, invite: [marketing, sales]}
  quarterly: {title: Quarterly, every: 1 quarter, on: second tuesday, owner: neo, invite: [marketing]}
"""


def team(folder: Path, policy: str = "", reviews: str = REVIEWS) -> Config:
    """The file. `policy`: keys of it, as `ask: [sales]`."""
    return well(folder, FILE + reviews + (f"policy: {{{policy}}}\n" if policy else ""))


def week(label: str, value: int | None, *, read: datetime | None = None, **changes: Any) -> Judgement:
    """A final week against 12,000, judged on the Wednesday after it."""
    period = CALENDAR.parse(label)
    status = Status.UNKNOWN if value is None else Status.ON_TRACK if value >= 12_000 else Status.OFF_TRACK
    made = Judgement(
        kpi="sessions",
        definition="d1",
        period=period,
        status=status,
        value=None if value is None else Decimal(value),
        target=TargetValue(Decimal(12_000)),
        gap=None if value is None else (Decimal(value) - 12_000) / 12_000,
        judged_at=read or wednesday(period.last),
    )
    return replace(made, **changes)


def wednesday(last: date) -> datetime:
    """The morning on which a week that ends then is final."""
    return datetime(last.year, last.month, last.day, 6, tzinfo=UTC) + timedelta(days=3)


BEFORE = (week("2026-W45", 9_960), week("2026-W46", 8_200))
RUN = Episode("sessions", "d1", CALENDAR.parse("2026-W46"), CALENDAR.parse("2026-W45"), wednesday(date(2026, 11, 15)))


def record(*weeks: Judgement, episode: Episode = RUN) -> KpiRecord:
    return KpiRecord({}, weeks, episode=episode, episodes=(episode,))


def item(key: str = ITEM, **changes: Any) -> Link:
    """An item made on Wednesday 18 November and completed by Thandi on the Friday."""
    made = Link(
        key=key,
        kind=WorkKind.ACTION,
        subject="sessions",
        tracker="work",
        state=LinkState.LINKED,
        made_at=wednesday(date(2026, 11, 15)),
        episode="2026-W46",
        person="thandi",
        task="1",
        title="Website sessions 32 % below target",
        url="https://app.asana.example/0/1/1",
        completed=True,
        completed_at=DONE,
        completed_by="thandi",
        last_human_line="Rewrote the landing page.",
    )
    return replace(made, **changes)


def open_item(**changes: Any) -> Link:
    return item(completed=False, completed_at=None, completed_by=None, **changes)


def task_of(review: str, slot: str, *about: str, **changes: Any) -> Link:
    """The task of a review that lists these questions."""
    made = Link(
        key=f"saypro/review/{review}/{slot}",
        kind=WorkKind.REVIEW,
        subject=review,
        tracker="work",
        state=LinkState.LINKED,
        made_at=DONE,
        task="9",
        title=review,
        about=about,
    )
    return replace(made, **changes)


HELPED = Evaluation(
    item=ITEM,
    kpi="sessions",
    before=Point("2026-W46", date(2026, 11, 9), date(2026, 11, 15), Decimal(8_200)),
    after=Point("2026-W48", date(2026, 11, 23), date(2026, 11, 29), Decimal(12_260)),
    target=TargetValue(Decimal(12_000)),
    completed_on=date(2026, 11, 20),
    judged_at=wednesday(date(2026, 11, 29)),
    did="Rewrote the landing page.",
    by="thandi",
)


def situation(
    config: Config,
    now: datetime,
    links: Iterable[Link] = (),
    evaluations: Sequence[Evaluation] = (HELPED,),
    records: Mapping[str, KpiRecord] | None = None,
) -> Situation:
    seen = {("review", one): LONG_AGO for one in config.reviews}
    seen |= {("rule", rule_of(one)): LONG_AGO for one in config.reviews.values()}
    accounts = {one: f"a-{one}" for one in config.people}
    return Situation(
        config=config,
        now=now,
        records=records if records is not None else {"sessions": record(*BEFORE)},
        links={one.key: one for one in links},
        notes={},
        views={"work": View("work", True, {}, accounts=accounts)},
        goals=Goals(config.goals),
        logbook=Logbook(first_seen=seen, evaluations={one.item: one for one in evaluations}),
    )
