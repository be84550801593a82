"""The team's website as GA4 has seen it: channels, weekdays, growth over the year, and what went wrong this quarter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from connectors.sandbox.ga4.data import Property
from connectors.sandbox.story.cadence import sale_of

HISTORY_WEEKS = 70  # so that the same week of last year is there
WEEKDAYS = (1.16, 1.2, 1.18, 1.12, 1.0, 0.66, 0.68)
YEARLY_GROWTH = 1.17
DAILY_SESSIONS = 1_790


@dataclass(frozen=True, slots=True)
class Channel:
    """A share of the sessions; how far its visitors engage and buy; where its user numbers begin."""

    name: str
    share: float
    engaged: float
    buys: float
    first_user: int


CHANNELS = (
    Channel("Organic Search", 0.41, 0.61, 0.027, 0),
    Channel("Direct", 0.25, 0.58, 0.034, 60_000),
    Channel("Paid Search", 0.12, 0.52, 0.031, 100_000),
    Channel("Organic Social", 0.08, 0.49, 0.012, 130_000),
    Channel("Email", 0.07, 0.66, 0.041, 150_000),
    Channel("Referral", 0.05, 0.55, 0.021, 165_000),
    Channel("Paid Social", 0.02, 0.47, 0.014, 180_000),
)


def fill_website(prop: Property, start: date, weeks: int) -> None:
    """Record every day from long before `start` (a Monday) to the quarter's end, the same way each time."""
    day = start - timedelta(weeks=HISTORY_WEEKS)
    while day < start + timedelta(weeks=weeks + 1):
        _record_day(prop, day, (day - start).days // 7 + 1, (day - start).days)
        day += timedelta(days=1)
    _record_sale(prop, start)


def _record_sale(prop: Property, start: date) -> None:
    """Who came by the sale's links: few in its first two weeks, more when the films showed it."""
    sale = sale_of(start)
    day = sale.starts
    while day <= sale.ends:
        since_start = (day - start).days
        chance = Random(f"sale {since_start}")
        level = 205 if since_start < 42 else 330
        sessions = round(level * WEEKDAYS[day.weekday()] * chance.gauss(1, 0.04))
        purchases = round(sessions * 0.044 * _checkout(since_start // 7 + 1))
        prop.record(day, {"sessions": sessions}, where={"sessionCampaignName": sale.utm})
        bought = {"eventName": "purchase", "sessionCampaignName": sale.utm}
        prop.record(day, {"keyEvents": purchases}, where=bought)
        day += timedelta(days=1)


def _record_day(prop: Property, day: date, week: int, since_start: int) -> None:
    chance = Random(f"website {since_start}")  # by the story's day, so that it is the same whenever it begins
    level = DAILY_SESSIONS * WEEKDAYS[day.weekday()] * YEARLY_GROWTH ** (since_start / 365) * chance.gauss(1, 0.018)
    totals = dict.fromkeys(("sessions", "engagedSessions", "keyEvents", "newUsers", "screenPageViews"), 0)
    everybody = bought = 0
    for channel in CHANNELS:
        sessions = round(level * channel.share * _trouble(channel, week) * chance.gauss(1, 0.03))
        users = _visitors(chance, round(sessions * 0.86), channel.first_user + max(0, since_start + 490) * 9)
        purchases = round(sessions * channel.buys * _checkout(week) * chance.gauss(1, 0.05))
        counts = {
            "sessions": sessions,
            "engagedSessions": round(sessions * channel.engaged * _speed(week) * chance.gauss(1, 0.01)),
            "keyEvents": purchases + sessions // 40,
            "newUsers": round(users.bit_count() * 0.55),
            "screenPageViews": round(sessions * 2.7),
        }
        prop.record(day, counts, where={"sessionDefaultChannelGroup": channel.name}, users=users)
        everybody |= users
        bought += purchases
        for name, value in counts.items():
            totals[name] += value
    prop.record(day, totals, users=everybody)
    # Sessions in which the event happened: what GA4 says when a report names the event.
    prop.record(day, {"keyEvents": bought, "sessions": bought}, where={"eventName": "purchase"})


def _visitors(chance: Random, many: int, first: int) -> int:
    """About `many` visitors out of eight times as many who may come; the crowd moves on as `first` grows."""
    crowd = max(8, many * 8)
    drawn = chance.getrandbits(crowd) & chance.getrandbits(crowd) & chance.getrandbits(crowd)
    return drawn << first


def _trouble(channel: Channel, week: int) -> float:
    """The redesign of week 5 lost the redirects that search engines knew; mended in week 8, felt in week 9."""
    if channel.name == "Organic Search" and 5 <= week <= 8:
        return {5: 0.55, 6: 0.42, 7: 0.40, 8: 0.52}[week]
    if channel.name == "Organic Social" and week >= 6:
        return 1.25  # the films work
    return 1.0


def _checkout(week: int) -> float:
    """A new payment page loses buyers from week 7 to week 10."""
    return 0.52 if 7 <= week <= 10 else 1.0


def _speed(week: int) -> float:
    """Slow pages from week 11 on: people leave earlier."""
    return 0.86 if 11 <= week <= 13 else 1.0
