"""Action items: which KPI needs one, which way it comes about, and what holds it back. Pure.

A KPI has at most one open action item, always. An open episode means: the former item, if it is still open, is taken
up again; else it is reopened if the new run began soon enough; else a new one is made that names the former.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mapping.judgements import Episode, Judgement
from mapping.keys import action_key, parts_of
from mapping.kpis import Kpi
from mapping.links import Link, LinkState
from mapping.runs import Rest, reopen_or_new, resting_verdict
from sync.plan.situation import KpiRecord, Situation


class Way(StrEnum):
    """How an open episode gets its item."""

    NEW = "new"
    FOLLOW_UP = "follow_up"
    REOPEN = "reopen"
    TAKE_UP = "take_up"


@dataclass(frozen=True, slots=True)
class Claim:
    """A KPI's claim to an item: the way, the key it will have, the row it has already, the item before it."""

    kpi: Kpi
    episode: Episode
    way: Way
    key: str
    link: Link | None
    former: Link | None
    person: str | None


def claim_of(kpi: Kpi, situation: Situation) -> Claim | None:
    """What this KPI's open episode still needs, or None: nothing open, an item is there, or people decided."""
    record = situation.records.get(kpi.id)
    if record is None or record.episode is None or not record.episode.is_open:
        return None
    episode, items = record.episode, situation.items(kpi.id)
    mine = [one for one in items if belongs(one, episode, items)]
    person = situation.for_whom(kpi.owner)
    if mine:
        return _again(kpi, episode, mine[-1], record, situation, person)
    key = action_key(situation.config.workspace.id, kpi.id, episode.opened.label)
    former = next((one for one in reversed(items) if one.state is LinkState.LINKED), None)
    if any(one.state in (LinkState.SENDING, LinkState.UNKNOWN) for one in items):
        return None  # an earlier create may still land: one item at a time
    if former is not None and former.is_live:
        return Claim(kpi, episode, Way.TAKE_UP, former.key, former, None, person)
    if former is not None and not former.archived and _soon_enough(kpi, record, situation):
        return Claim(kpi, episode, Way.REOPEN, former.key, former, None, person)
    return Claim(kpi, episode, Way.NEW, key, None, former, person)


def belongs(link: Link, episode: Episode, items: Sequence[Link]) -> bool:
    """Whether an item is this episode's.

    After a lost ledger the episode was worked out anew and may be named otherwise: then the KPI's newest adopted item,
    whatever period its key names, is its latest episode.
    """
    if link.episode == episode.opened.label:
        return True
    return episode.background and link.adopted and link is items[-1]


def _again(
    kpi: Kpi, episode: Episode, link: Link, record: KpiRecord, situation: Situation, person: str | None
) -> Claim | None:
    """The episode has an item already: is it to be tried again, or followed up?"""
    if link.state is LinkState.PLANNED or (link.state is LinkState.FAILED and situation.may_retry(link)):
        former = situation.links.get(link.former) if link.former else None
        way = Way.FOLLOW_UP if former is not None and former.episode == link.episode else Way.NEW
        return Claim(kpi, episode, way, link.key, link, former, person)
    if link.state is LinkState.LINKED and link.completed and follow_up_due(kpi, link, record, situation):
        return Claim(kpi, episode, Way.FOLLOW_UP, _follow_up_key(link, situation), None, link, person)
    return None


def follow_up_due(kpi: Kpi, link: Link, record: KpiRecord, situation: Situation) -> bool:
    """A person completed the item and enough new periods say that the number is still off."""
    if link.completed_at is None:
        return False
    done = situation.config.workspace.calendar.local_date(link.completed_at)
    return resting_verdict(done, record.judgements, kpi.policy).verdict is Rest.FOLLOW_UP


def _follow_up_key(link: Link, situation: Situation) -> str:
    """KEY/2, /3 …: the follow-ups of one opening period are numbered."""
    parts = parts_of(link.key)
    if parts is None or parts.period is None:
        raise ValueError(f"{link.key} is not the key of an action item")
    number = parts.number + 1
    while action_key(parts.workspace, parts.subject, parts.period, number) in situation.links:
        number += 1
    return action_key(parts.workspace, parts.subject, parts.period, number)


def _soon_enough(kpi: Kpi, record: KpiRecord, situation: Situation) -> bool:
    """Whether the new run began at most `reopen_within` after the period that closed the last one."""
    if record.episode is None:
        return False
    closed = [one for one in record.episodes if one.closed is not None and one.opened != record.episode.opened]
    if not closed or closed[-1].closed is None:
        return False
    calendar = situation.config.workspace.calendar
    return reopen_or_new(closed[-1].closed, record.episode.began, kpi.policy, calendar) == "reopen"


def off_periods(judgements: Sequence[Judgement], episode: Episode) -> int:
    """How many periods were off track since the run of this episode began."""
    return sum(1 for one in judgements if one.period >= episode.began and one.status == "off_track")
