"""Explaining: from what a person asks about (`why SUBJECT [PERIOD]`) to a report of what the store knows of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from config import Config
from mapping.keys import parts_of, review_key
from mapping.kpis import Kpi, queries_of
from mapping.periods import Calendar, Period, PeriodKind
from mapping.reviews import Review
from mapping.tasks import WorkKind
from sync.memory import recall
from sync.recall import recall_for_answers, recall_kpi, recall_logbook
from sync.remembered import remembered
from sync.report_parts import Reader
from sync.reports import WhyReport, WhySection
from sync.store import Records
from sync.subjects import find_subject
from sync.why import why_kpi
from sync.why_beside import beside_section
from sync.why_campaign import why_campaign, why_event
from sync.why_review import MeetingMemory, why_meeting, why_meeting_task, why_review
from sync.why_work import answer_of, why_work

MET = frozenset({WorkKind.REVIEW, WorkKind.CAMPAIGN, WorkKind.EVENT, WorkKind.SAID})  # work about meetings, no KPI's


def explain(config: Config, records: Records, subject: str, period: str | None, at: datetime) -> WhyReport:
    """Why the subject is as it is. UnknownSubject: nothing is called so; ValueError: no such period of it."""
    chosen = config.workspace.calendar.parse(period) if period is not None else None
    links, logbook = records.links(), recall_logbook(records, config)
    if subject not in links and (meant := _meeting_named(subject, config)) is not None:
        subject, chosen = meant
    found = find_subject(subject, config, links, logbook)
    if found.kpi is not None and found.link is None:
        kpi = config.kpis[found.kpi]
        sources = {query.source for query in queries_of(kpi, config.kpis)}
        return why_kpi(config, kpi, recall_kpi(records, kpi.id, sources), at, chosen, _beside(kpi, config, records, at))
    if found.link is not None and found.link.kind not in MET:
        return why_work(config, found.link, recall_kpi(records, found.link.subject), at)

    about = found.review or found.campaign or found.event or (found.link.subject if found.link is not None else "")
    memory = MeetingMemory(links, records.notes(), logbook, records.decisions(subject=about))
    if found.link is not None:
        return why_meeting_task(config, found.link, memory, at)
    if found.campaign is not None:
        return why_campaign(config, next(one for one in logbook.campaigns if one.id == about), memory, at)
    if found.event is not None:
        return why_event(config, next(one for one in logbook.events if one.id == about), memory, at)
    review = config.reviews[about]
    if chosen is None:
        return why_review(config, review, memory, at)
    return _why_one(config, review, slot_meant(review, chosen, config.workspace.calendar), memory, at)


def answers(config: Config, records: Records, kpis: Collection[str], at: datetime) -> dict[str, str]:
    """The answer of `explain` alone, of each of these KPIs, by id: the store is read once, however many there are."""
    wanted = {name: {query.source for query in queries_of(config.kpis[name], config.kpis)} for name in kpis}
    if not wanted:
        return {}
    reader, memories = Reader(at, config.workspace.calendar.zone), recall_for_answers(records, wanted)
    return {name: answer_of(config, config.kpis[name], memory, reader) for name, memory in memories.items()}


def _beside(kpi: Kpi, config: Config, records: Records, at: datetime) -> WhySection | None:
    """What is shown beside its number; nothing is recalled for a KPI without."""
    if kpi.pace is None and kpi.same_as is None:
        return None
    calendar = config.workspace.calendar
    situation = remembered(config, recall(records, config, calendar.local_date(at)), at)
    return beside_section(kpi, situation, Reader(at, calendar.zone))


def _meeting_named(key: str, config: Config) -> tuple[str, Period] | None:
    """The review and period that the key of a meeting without a task names."""
    parts = parts_of(key.strip())
    if parts is None or parts.kind != WorkKind.REVIEW or parts.subject not in config.reviews or parts.period is None:
        return None
    return parts.subject, config.workspace.calendar.parse(parts.period)


def slot_meant(review: Review, period: Period, calendar: Calendar) -> Period:
    """The review's own period that was meant: itself, or the one that has a day. ValueError says what to write."""
    kind = review.rhythm.every.kind
    if period.kind is kind:
        return period
    if period.kind is PeriodKind.DAY:
        return calendar.containing(kind, period.first)
    example = calendar.containing(kind, period.first).label
    raise ValueError(f"{review.title} meets by the {kind.value.replace('_', ' ')}: write {example}, or a day of it")


def _why_one(config: Config, review: Review, slot: Period, memory: MeetingMemory, at: datetime) -> WhyReport:
    link = memory.links.get(review_key(config.workspace.id, review.id, slot.label))
    if link is not None:
        return why_meeting_task(config, link, memory, at)
    return why_meeting(config, review, slot, memory, at)
