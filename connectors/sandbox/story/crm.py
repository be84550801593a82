"""The team's CRM: the deals that are opened day by day, and what Sales notes of them in its own sheet."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from connectors.sandbox.hubspot.api import HubspotApi

HISTORY_WEEKS = 62  # so that every month that is looked back at is whole
WEEKDAYS = (9, 9, 8, 8, 7, 2, 2)


def fill_crm(crm: HubspotApi, start: date, weeks: int, zone: ZoneInfo) -> None:
    """Every deal from long before `start` (a Monday) to the quarter's end, the same way each time."""
    day = start - timedelta(weeks=HISTORY_WEEKS)
    while day < start + timedelta(weeks=weeks + 1):
        chance = Random(f"deals {(day - start).days}")
        for _ in range(deals_of(day, start)):
            at = datetime.combine(day, time(8 + chance.randrange(9), chance.randrange(60)), zone)
            stage = chance.choice(("appointmentscheduled", "qualifiedtobuy", "closedwon", "closedlost"))
            crm.add("deals", createdate=at, amount=chance.randrange(4, 60) * 250, dealstage=stage)
        day += timedelta(days=1)


def deals_of(day: date, start: date) -> int:
    """How many deals are opened on a day: fewer at weekends, a few more since the films of week 6."""
    since_start = (day - start).days
    chance = Random(f"deals of {since_start}")  # by the story's day: the same whenever it begins
    level = WEEKDAYS[day.weekday()] * (1.06 if since_start >= 35 else 1)
    return max(0, round(level * chance.gauss(1, 0.12)))


def noted(day: date, start: date) -> int:
    """What Sales notes of them: in the month that begins in the third week or later the fair's are forgotten."""
    deals = deals_of(day, start)
    is_fair = day >= _month_from(start + timedelta(weeks=3)) and day.weekday() in (1, 3)
    return deals // 2 if is_fair else deals


def _month_from(day: date) -> date:
    """The first day of the next month, from that day on."""
    return day if day.day == 1 else date(day.year + day.month // 12, day.month % 12 + 1, 1)
