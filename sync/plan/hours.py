"""Work hours: when the service may write to people, and when it may again. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from config.model import Workspace
from mapping.business_days import public_holidays
from mapping.periods import Calendar
from mapping.rhythms import instant_of
from mapping.wording_dates import WEEKDAYS, show_day

_LOOKED_AHEAD = 400  # days; somebody works on one of them
_WEEK = timedelta(days=7)


def is_open(now: datetime, workspace: Workspace) -> bool:
    """Whether people may be written to now; always, where the file names no work_hours."""
    return opens_next(now, workspace) == now


def opens_next(now: datetime, workspace: Workspace) -> datetime:
    """The instant (UTC) from which people may be written to: now, or the start of the next day of work."""
    hours = workspace.work_hours
    if hours is None:
        return now
    calendar = workspace.calendar
    today = calendar.local_date(now)
    for day in (today + timedelta(days=n) for n in range(_LOOKED_AHEAD)):
        if day.weekday() not in hours.days or _is_holiday(day, calendar):
            continue
        opens, closes = (instant_of(day, at, calendar.zone) for at in (hours.first, hours.last))
        if now < closes:
            return max(now, opens)
    return instant_of(today + timedelta(days=_LOOKED_AHEAD), time(), calendar.zone)


def closed_because(now: datetime, workspace: Workspace) -> str | None:
    """Why nothing is written to people now, in words; None if it may be."""
    opens = opens_next(now, workspace)
    if opens == now:
        return None
    zone = workspace.calendar.zone
    here, there = now.astimezone(zone), opens.astimezone(zone)
    day = WEEKDAYS[there.weekday()][:3] if there - here < _WEEK else show_day(there.date(), here.date())
    return f"outside work_hours, from {day} {there:%H:%M}"


def _is_holiday(day: date, calendar: Calendar) -> bool:
    """A weekend is no holiday: work_hours say themselves on which weekdays people work."""
    return day in public_holidays(calendar.country, calendar.subdivision, day.year) or day in calendar.extra_holidays
