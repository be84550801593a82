"""From the situation to the alignment: how everything stands, as one value, for whatever shows the whole. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from config import Config
from mapping.alignment import MARKETING, Alignment, CompletedItem, KpiPicture, Mark, MarkKind
from mapping.glossary import changes
from mapping.kpis import Kpi
from mapping.links import Link
from mapping.tasks import WorkKind
from mapping.texts.definitions import changes_said
from mapping.wording import show_value
from sync.companions import check_shown, pace_shown
from sync.cycle_record import HELD, held_in
from sync.memory import Memory
from sync.plan.agenda.ahead import campaign_numbers, coming_within
from sync.plan.agenda.decide import open_matters
from sync.plan.agenda.looking_back import decisions_since, evaluated_since
from sync.plan.agenda.standings import standing_of
from sync.plan.agenda.strategy import gaps_found, goal_states, open_item, open_items, priorities
from sync.plan.situation import KpiRecord, Situation
from sync.plan.words import is_agreed
from sync.steps import Step, StepKind
from sync.store import DefinitionRow, Records
from sync.without_item import why_without_item

CYCLES = 20  # looked through for the last that was not cut short
LOOKED_BACK = timedelta(weeks=13)
LOOKED_AHEAD = timedelta(weeks=6)


@dataclass(frozen=True, slots=True)
class Span:
    """What is told of: days (both inclusive), what for, and which KPIs; None for all of them.

    `as_of`: the day on which the numbers stand as they are told (of periods that are over by then); None: today.
    """

    since: date
    until: date
    title: str = ""
    kpis: Sequence[Kpi] | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What a situation does not hold. `waits`: why a KPI has no item though it is off target, by KPI, in words.

    `definitions`: every version of how each KPI is counted. `problems`: what alignd needs a person for, in words.
    """

    waits: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, Sequence[DefinitionRow]] = field(default_factory=dict)
    problems: Sequence[str] = ()


def around_of(memory: Memory, records: Records) -> Around:
    """The same from the store: why things waited in the last whole cycle, what stood in its problems."""
    last = next((row.report for row in records.cycles(CYCLES) if row.report is not None), None)
    waits = {one.subject: one.why for one in held_in(last) if one.work == "action" and one.kind in ("create", "reopen")}
    said = [f"{one.where}: {one.what}; {one.advice}" for one in records.problems().values()]
    return Around(waits, memory.definitions, said)


def around_of_steps(steps: Sequence[Step], records: Records) -> Around:
    """The same within a cycle, from its own steps: what alignd needs a person for is said when it ends."""
    waits = {
        one.subject: one.because
        for one in steps
        if one.work is WorkKind.ACTION
        and one.outcome in HELD
        and one.kind in (StepKind.CREATE, StepKind.REOPEN)
        and one.because
    }
    definitions: dict[str, list[DefinitionRow]] = {}
    for row in records.definitions():
        definitions.setdefault(row.kpi, []).append(row)
    return Around(waits, definitions)


def usual_span(now: datetime, config: Config) -> Span:
    """The thirteen weeks up to today."""
    today = config.workspace.calendar.local_date(now)
    return Span(today - LOOKED_BACK + timedelta(days=1), today)


def kpis_alone(situation: Situation, span: Span, around: Around | None = None) -> Alignment:
    """How each KPI stands, and nothing of what follows from it: for what is shown in every cycle."""
    around = around or Around()
    config, calendar = situation.config, situation.config.workspace.calendar
    return Alignment(
        workspace=config.workspace.id,
        name=config.workspace.name,
        at=situation.now.astimezone(calendar.zone),
        calendar=calendar,
        since=span.since,
        until=span.until,
        title=span.title,
        people=config.people,
        teams=config.teams,
        kpis=tuple(_picture(kpi, span.as_of, situation, around) for kpi in _chosen(span, config)),
        problems=tuple(around.problems),
        url=config.daemon.public_url,
    )


def _chosen(span: Span, config: Config) -> list[Kpi]:
    return list(config.kpis.values()) if span.kpis is None else list(span.kpis)


def alignment_of(situation: Situation, span: Span, around: Around | None = None) -> Alignment:
    """All of it, as of the situation's now."""
    config, calendar = situation.config, situation.config.workspace.calendar
    kpis = _chosen(span, config)
    since = calendar.start_of(span.since)
    ends = calendar.start_of(span.until + timedelta(days=1))
    return replace(
        kpis_alone(situation, span, around),
        goals=tuple(goal_states(span.as_of or situation.today, situation)),
        gaps=tuple(gaps_found(situation)),
        to_decide=open_matters(kpis, since, situation),
        open_items=tuple(open_items(situation)),
        priorities=priorities(config.people, situation),
        decisions=tuple(one for one in decisions_since(since, situation) if one.on <= span.until),
        completed=tuple(_completed(kpis, since, ends, situation)),
        evaluated=tuple(evaluated_since(since, situation)),
        findings=tuple((kpi, one) for kpi in kpis for one in situation.logbook.findings.get(kpi.id, ())),
        campaigns=tuple(campaign_numbers(kpis, situation)),
        coming=tuple(coming_within(situation, situation.today + LOOKED_AHEAD)),
    )


def _picture(kpi: Kpi, as_of: date | None, situation: Situation, around: Around) -> KpiPicture:
    day = as_of or situation.today
    record = situation.records.get(kpi.id)
    item = situation.live_item(kpi.id)
    readings = sorted(record.readings.values(), key=lambda one: one.period) if record is not None else []
    judgements = record.judgements if record is not None else ()
    return KpiPicture(
        standing=standing_of(kpi, day, situation),
        section=_section(kpi, situation.config),
        readings=tuple(one for one in readings if as_of is None or one.period.last < day),
        judgements=tuple(one for one in judgements if as_of is None or one.period.last < day),
        marks=tuple(sorted(one for one in _marks(kpi, record, situation, around) if one.first <= day)),
        item=open_item(item, situation) if item is not None else None,
        waits=why_without_item(
            kpi,
            record.judgements if record is not None else (),
            record.episode if record is not None else None,
            situation.items(kpi.id),
            situation.config.workspace.calendar,
            situation.today,
            around.waits.get(kpi.id, ""),
        ),
        agreed=is_agreed(kpi, situation),
        pace=pace_shown(kpi, situation) if as_of is None else None,
        check=check_shown(kpi, situation),
    )


def _section(kpi: Kpi, config: Config) -> str:
    """Where its owner's team has its KPIs stand."""
    person = config.people.get(kpi.owner or "")
    team = config.teams.get(person.team or "") if person is not None else None
    return (team.section if team is not None else None) or MARKETING


# ── marks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _marks(kpi: Kpi, record: KpiRecord | None, situation: Situation, around: Around) -> Iterator[Mark]:
    calendar, logbook = situation.config.workspace.calendar, situation.logbook
    names = {terms.identity: name for name, terms in situation.config.terms.items()}
    for before, row in pairwise(around.definitions.get(kpi.id, ())):
        day = calendar.local_date(row.since)
        what = changes_said(changes(before.canonical, row.canonical), before.canonical, row.canonical, names)
        said = " ".join(what).rstrip(".")
        yield Mark(day, day, MarkKind.DEFINITION, f"counted otherwise from here on: {said[:1].lower()}{said[1:]}")
    for old, new in record.corrections if record is not None else ():
        if old.value is None or new.value is None:
            continue
        said = f"corrected from {show_value(kpi, old.value)} to {show_value(kpi, new.value)}"
        yield Mark(new.period.last, new.period.last, MarkKind.CORRECTION, said)
    for event in logbook.events:
        if event.on <= situation.today:
            yield Mark(event.on, event.on, MarkKind.EVENT, event.title)
    for campaign in logbook.campaigns:
        if campaign.starts <= situation.today and any(one.kpi == kpi.id for one in campaign.measures):
            yield Mark(campaign.starts, campaign.ends, MarkKind.CAMPAIGN, campaign.title)
    for link in situation.items(kpi.id):
        if link.completed and link.completed_at is not None:
            day = calendar.local_date(link.completed_at)
            yield Mark(day, day, MarkKind.COMPLETED, link.last_human_line or link.title)


def _completed(kpis: Sequence[Kpi], since: datetime, ends: datetime, situation: Situation) -> list[CompletedItem]:
    chosen = {kpi.id for kpi in kpis}
    links = [one for one in situation.links.values() if one.kind is WorkKind.ACTION and one.subject in chosen]
    done = [one for one in links if one.completed and one.completed_at and since <= one.completed_at < ends]
    return [_completed_item(one, situation) for one in sorted(done, key=lambda one: (str(one.completed_at), one.key))]


def _completed_item(link: Link, situation: Situation) -> CompletedItem:
    day = situation.config.workspace.calendar.local_date(link.completed_at or situation.now)
    return CompletedItem(
        link.title,
        situation.kpi(link.subject),
        day,
        link.completed_by,
        link.last_human_line,
        link.url,
        situation.logbook.evaluations.get(link.key),
    )
