"""From the situation to the facts that mapping's texts are made of: who, what, since when, where. No wording here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from mapping.documents import Document, paragraph
from mapping.judgements import Episode, Judgement, Status
from mapping.keys import parts_of
from mapping.kpis import Kpi
from mapping.links import Link, Quiet
from mapping.people import call_name
from mapping.readings import Reading, State
from mapping.runs import run_of
from mapping.said import NotUnderstood
from mapping.texts import answers
from mapping.texts import comments as said
from mapping.texts.action import FINDINGS_AT_MOST
from mapping.texts.action import action_item as action_text
from mapping.texts.data import data_task as data_text
from mapping.texts.facts import ActionFacts, CommentFacts, DataCause, DataFacts, Explained, Finding, Former
from mapping.wording import count_word, join_words, ordinal, show_period_short, unit_word
from sync.plan.items import Claim, Way, off_periods
from sync.plan.situation import KpiRecord, Situation
from sync.readback import Reply

BREAKDOWNS_BEFORE = 4
FINDINGS_SINCE = timedelta(days=30)
Then = Literal["open", "completed", "resting"]  # what becomes of the task of a KPI that is back on target
_NO_ROWS = re.compile(r", 0 rows\b")  # that nothing was found there says nothing about where it belongs


def action_item(claim: Claim, situation: Situation) -> tuple[str, Document]:
    """Title and notes of an action item."""
    kpi, record, config = claim.kpi, situation.records[claim.kpi.id], situation.config
    history = record.judgements
    judged = next((one for one in reversed(history) if one.status is Status.OFF_TRACK), history[-1])
    reading = record.readings.get(judged.period.label)
    calendar = config.workspace.calendar
    earlier = [one for one in sorted(record.readings.values(), key=lambda r: r.period) if one.period < judged.period]
    tracker = situation.config.tracker_for(claim.person)
    due = calendar.add(situation.today, kpi.policy.due) if kpi.policy.due is not None else None
    parts = parts_of(claim.key)
    facts = ActionFacts(
        key=claim.key,
        kpi=kpi,
        history=tuple(history),
        today=situation.today,
        people=config.people,
        owner=claim.person,
        has_account=claim.person is None or situation.account(tracker, claim.person) is not None,
        due=due,
        data_owner=kpi.data_owner,
        goals=situation.goals.chain(kpi.id),
        findings=_findings(kpi, situation),
        agreed=is_agreed(kpi, situation),
        origin=origin_of(kpi, situation),
        read_at=reading.read_at.astimezone(calendar.zone) if reading is not None else None,
        breakdown=reading.breakdown if reading is not None else (),
        breakdowns_before=tuple(one.breakdown for one in reversed(earlier[-BREAKDOWNS_BEFORE:]) if one.breakdown),
        explained=_explained(kpi, situation),
        former=_former(claim.former, situation),
        number=parts.number if parts is not None else 1,
        chart_url=chart_url(kpi, situation),
        pinned=config.trackers[tracker].kind == "asana",
    )
    return action_text(facts)


def why_made(claim: Claim, situation: Situation) -> str:
    """Why the item is made now, and why for whom, in words."""
    owner, people = claim.kpi.owner, situation.config.people
    away = f"; {call_name(owner, people)} is away" if owner in people and claim.person != owner else ""
    return _why_now(claim, situation) + away


def _why_now(claim: Claim, situation: Situation) -> str:
    record = situation.records[claim.kpi.id]
    count = off_periods(record.judgements, claim.episode)
    unit, began = unit_word(claim.kpi.period), show_period_short(claim.episode.began, situation.today)
    if claim.way is Way.FOLLOW_UP:
        return f"completed, looked at again, and still off target: the {ordinal(count)} {unit} by now"
    if count == 1:
        return f"first {unit} off target ({began})"
    if run_of(record.judgements).at_least:
        long = f"{count_word(count)} {unit_word(claim.kpi.period, count)}"
        return f"off target for at least {long}, since {began} or longer"
    return f"off target, the {ordinal(count)} {unit}, since {began}"


def numbers(kpi: Kpi, record: KpiRecord, situation: Situation) -> Document:
    """The numbers comment. Explained KPIs' shortfalls stand in it as lines of their own."""
    history = record.judgements
    newest = record.readings.get(history[-1].period.label)
    read_at = newest.read_at if newest is not None else history[-1].judged_at
    # The day the newest period was judged, not when it was last confirmed: the text changes only with the news.
    day = situation.config.workspace.calendar.local_date(min(read_at, history[-1].judged_at))
    return said.numbers(_facts(kpi, history, situation), day, _explained(kpi, situation))


def worse(kpi: Kpi, newest: Judgement, told: Decimal | None, link: Link, situation: Situation) -> Document:
    record = situation.records[kpi.id]
    history = [one for one in record.judgements if one.period <= newest.period]
    before = next(
        (one for one in reversed(history[:-1]) if one.gap == told), history[-2] if len(history) > 1 else newest
    )
    return said.worse(_facts(kpi, history, situation, link), before)


def recovered(kpi: Kpi, episode: Episode, record: KpiRecord, situation: Situation, then: Then) -> Document:
    history = [one for one in record.judgements if episode.closed is None or one.period <= episode.closed]
    return said.recovered(_facts(kpi, history, situation), episode, then)


def taken_up(claim: Claim, situation: Situation) -> Document:
    history = situation.records[claim.kpi.id].judgements
    return said.taken_up(_facts(claim.kpi, history, situation, claim.link))


def reopened(claim: Claim, due: date | None, situation: Situation) -> Document:
    record = situation.records[claim.kpi.id]
    history = record.judgements
    closed = [one.closed for one in record.episodes if one.closed is not None and one.opened != claim.episode.opened]
    link = replace(claim.link, due=due) if claim.link is not None else None
    return said.reopened(_facts(claim.kpi, history, situation, link), closed[-1] if closed else None)


def escalated(kpi: Kpi, person: str, episode: Episode, record: KpiRecord, situation: Situation) -> Document:
    return said.escalated(_facts(kpi, record.judgements, situation), person, episode, "follow")


def corrected(kpi: Kpi, before: Judgement, after: Judgement, situation: Situation) -> Document:
    who = "Google" if origin_of(kpi, situation) == "Google Analytics" else origin_of(kpi, situation)
    history = situation.records[kpi.id].judgements
    return said.corrected(_facts(kpi, history, situation), before, after, who)


def redefined(kpi: Kpi, situation: Situation) -> Document:
    history = situation.records[kpi.id].judgements
    return said.redefined(_facts(kpi, history, situation), situation.today)


def removed(gone: str, situation: Situation, *, to: str | None = None) -> Document:
    """`to`: the person the work is given to now; None: it is left to its people."""
    if to is not None:
        return said.handed_over(gone, call_name(to, situation.config.people) or to, situation.today)
    return said.removed(gone, situation.today, situation.today)


def answer(reply: Reply, situation: Situation) -> Document:
    """The one line that a person who wrote to alignd gets."""
    link = situation.links[reply.key]
    kpi = situation.config.kpis.get(link.subject)
    data_owner = call_name(kpi.data_owner, situation.config.people) if kpi is not None else None
    if isinstance(reply.said, NotUnderstood):
        return answers.not_understood(reply.said)
    return answers.understood(reply.said, situation.today, data_owner)


def data_task(
    lacking: Sequence[tuple[Kpi, Reading]],
    source: str,
    late_at: datetime,
    person: str | None,
    key: str,
    situation: Situation,
) -> tuple[str, Document]:
    """Title and notes of a data task for a number that is missing or not to be believed."""
    kpi, reading = lacking[0]
    calendar = situation.config.workspace.calendar
    untrusted = reading.state is State.UNTRUSTED
    bad = [part for part in reading.parts if part.state in (State.MISSING, State.UNTRUSTED)]
    place = next((part.origin for part in bad if part.origin), reading.origin)
    expected = calendar.before(calendar.containing(kpi.period.DAY, calendar.local_date(late_at))).first
    return data_text(
        DataFacts(
            key=key,
            cause=DataCause.UNTRUSTED if untrusted else DataCause.MISSING,
            kpis=tuple(one for one, _ in lacking),
            today=situation.today,
            period=reading.period,
            source=source,
            place=_NO_ROWS.sub("", place),
            note=reading.note if untrusted else "",
            expected_by=None if untrusted else expected,
            person=situation.config.people.get(person or ""),
            has_account=_has_account(person, situation),
            chart_url=chart_url(kpi, situation),
        )
    )


def doubt(
    kpi: Kpi, link: Link, quiet: Quiet, person: str | None, key: str, situation: Situation
) -> tuple[str, Document]:
    record = situation.records.get(kpi.id)
    newest = record.newest if record is not None else None
    return data_text(
        DataFacts(
            key=key,
            cause=DataCause.DOUBTED,
            kpis=(kpi,),
            today=situation.today,
            period=newest.period if newest is not None else None,
            source=origin_of(kpi, situation),
            doubt=quiet.why,
            doubted_by=call_name(quiet.by, situation.config.people) or quiet.by,
            item_url=link.url,
            person=situation.config.people.get(person or ""),
            has_account=_has_account(person, situation),
            chart_url=chart_url(kpi, situation),
        )
    )


def unread(
    source: str,
    what: str,
    since: datetime,
    users: Sequence[Kpi],
    person: str | None,
    key: str,
    situation: Situation,
) -> tuple[str, Document]:
    return data_text(
        DataFacts(
            key=key,
            cause=DataCause.UNREAD,
            kpis=tuple(users),
            today=situation.today,
            source=source,
            note=what,
            since=since.astimezone(situation.config.workspace.calendar.zone),
            person=situation.config.people.get(person or ""),
            has_account=_has_account(person, situation),
        )
    )


def addressed(body: Document, name: str) -> Document:
    """The body for somebody the tracker has no account of: their name stands in the first line."""
    first = paragraph(f"For: {name}")
    if body.blocks and body.blocks[0] == first:
        return body
    return replace(body, blocks=(first, *body.blocks))


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_agreed(kpi: Kpi, situation: Situation) -> bool:
    """Whether `agreed.on` is not older than the last change of how the KPI is counted."""
    since = situation.counted_since.get(kpi.id)
    if kpi.agreed is None:
        return False
    return since is None or kpi.agreed.on >= since


def origin_of(kpi: Kpi, situation: Situation) -> str:
    """Where the number comes from, as people call it."""
    names = {"ga4": "Google Analytics", "sheets": "the sheet", "csv": "the file", "hubspot": "HubSpot"}
    found: dict[str, None] = {}
    for query in kpi.queries():
        kind = situation.config.terms[query.source].kind
        found[names[kind] if kind in ("ga4", "hubspot") else f"{names[kind]} {query.source}"] = None
    for entry in kpi.inputs.values():
        if isinstance(entry, str):
            found[origin_of(situation.config.kpis[entry], situation)] = None
    return join_words(list(found)) if found else ""


def chart_url(kpi: Kpi, situation: Situation) -> str | None:
    """Where the KPI's page stands, once the service shows one (`daemon.public_url`)."""
    base = situation.config.daemon.public_url
    return f"{base.rstrip('/')}/kpi/{kpi.id}" if base else None


def _facts(kpi: Kpi, history: Sequence[Judgement], situation: Situation, link: Link | None = None) -> CommentFacts:
    item = link if link is not None else situation.live_item(kpi.id)
    return CommentFacts(
        kpi=kpi,
        history=tuple(history),
        today=situation.today,
        people=situation.config.people,
        owner=situation.holder(item) if item is not None else kpi.owner,
        due=item.due if item is not None else None,
    )


def _has_account(person: str | None, situation: Situation) -> bool:
    return person is None or situation.account(situation.config.tracker_for(person), person) is not None


def _findings(kpi: Kpi, situation: Situation) -> tuple[Finding, ...]:
    """What M&E found on it that nobody has answered, or lately, the newest first."""
    since = situation.today - FINDINGS_SINCE
    found = [one for one in situation.logbook.findings.get(kpi.id, ()) if not one.answer or one.on > since]
    return tuple(found[:FINDINGS_AT_MOST])


def _explained(kpi: Kpi, situation: Situation) -> tuple[Explained, ...]:
    """KPIs that say `explained_by` this one and are off target now."""
    found = []
    for other in situation.config.kpis.values():
        record = situation.records.get(other.id)
        if kpi.id not in other.explained_by or record is None or record.newest is None:
            continue
        if record.newest.status is Status.OFF_TRACK:
            found.append(Explained(other, record.newest))
    return tuple(found)


def _former(link: Link | None, situation: Situation) -> Former | None:
    if link is None:
        return None
    calendar = situation.config.workspace.calendar
    return Former(
        title=link.title,
        url=link.url,
        completed_on=calendar.local_date(link.completed_at) if link.completed_at is not None else None,
        by=call_name(link.completed_by, situation.config.people) or "",
        line=link.last_human_line,
    )
