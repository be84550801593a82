"""Campaigns and their touchpoints, and inflection events: work that is met about once, out of the reviews' rhythm."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from mapping.kpis import TargetValue
from mapping.periods import Calendar
from mapping.queries import Where
from mapping.rhythms import business_day_from, instant_of
from mapping.spans import Span, SpanUnit

REVIEW_AFTER = Span(5, SpanUnit.BUSINESS_DAYS)  # an event's alignment review is due so long after it
AHEAD = Span(-2, SpanUnit.BUSINESS_DAYS)  # a touchpoint's task appears so long before, as a review's does by default


class Touch(StrEnum):
    """When a campaign is met about."""

    KICKOFF = "kickoff"
    MID = "mid"
    POST = "post"


MIDDLE = "middle"
TOUCHPOINTS: Mapping[Touch, Span | str] = {
    Touch.KICKOFF: Span(-10, SpanUnit.BUSINESS_DAYS),  # before it starts
    Touch.MID: MIDDLE,  # or so long after it starts
    Touch.POST: Span(5, SpanUnit.BUSINESS_DAYS),  # after it ends
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A KPI judged over the campaign's own span: with this filter beside its own, and with this target.

    `web_only`: the filter is one that only Google Analytics knows (a sheet's `utm campaign`); what comes from elsewhere
    is counted without it.
    """

    kpi: str
    where: Where = ()
    target: TargetValue | None = None
    web_only: bool = False


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign. `starts`, `ends`: its first and last day. `evaluator`: leads the post evaluation.

    `touchpoints`: of each, when it is due. `origin`: where it is written ("alignd.yaml", "scorecard Campaigns!A4").
    """

    id: str
    title: str
    starts: date
    ends: date
    owner: str | None = None
    evaluator: str | None = None
    invite: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    touchpoints: Mapping[Touch, Span | str] = field(default_factory=lambda: dict(TOUCHPOINTS))
    origin: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Touchpoint:
    """One touchpoint of a campaign: the day it is due, and when its task is made (UTC)."""

    appears_at: datetime
    day: date
    campaign: str
    touch: Touch


def touchpoints(campaign: Campaign, calendar: Calendar, opens: time) -> list[Touchpoint]:
    """Its touchpoints in order. A day on a weekend or holiday moves to the next business day."""
    found = []
    for touch in Touch:
        day = business_day_from(_day(campaign, touch, calendar), calendar)
        appears = calendar.add(day, AHEAD)
        if (something_by := _first_numbers(campaign, touch)) is not None:
            appears = max(appears, min(day, something_by))
        found.append(Touchpoint(instant_of(appears, opens, calendar.zone), day, campaign.id, touch))
    return sorted(found)


def _day(campaign: Campaign, touch: Touch, calendar: Calendar) -> date:
    when = campaign.touchpoints.get(touch, TOUCHPOINTS[touch])
    if isinstance(when, str):
        return campaign.starts + timedelta(days=(campaign.ends - campaign.starts).days // 2)
    return calendar.add(campaign.ends if touch is Touch.POST else campaign.starts, when)


def _first_numbers(campaign: Campaign, touch: Touch) -> date | None:
    """The day from which there is something to tell: halfway, a day of the campaign is over; at its end, all are."""
    match touch:
        case Touch.KICKOFF:
            return None
        case Touch.MID:
            return campaign.starts + timedelta(days=1)
        case Touch.POST:
            return campaign.ends + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Event:
    """An inflection point: on that day something changed for the team. `origin`: the file, or who noted it."""

    id: str
    on: date
    kind: str  # acquisition merger new_market new_product new_capital new_leader other
    title: str
    owner: str | None = None
    origin: str = ""

    @property
    def identity(self) -> tuple[str, date, str]:
        """What it is, however it was noted: two of the same kind, day and title (in any case) are one event."""
        return self.kind, self.on, " ".join(unicodedata.normalize("NFC", self.title).casefold().split())


def alignment_day(event: Event, calendar: Calendar) -> date:
    """When an event's alignment review is due."""
    return calendar.add(event.on, REVIEW_AFTER)


def event_appears_at(event: Event, calendar: Calendar, opens: time) -> datetime:
    """When its task is made: as work begins on the day itself, so that people have the time to confirm (UTC)."""
    return instant_of(business_day_from(event.on, calendar), opens, calendar.zone)
