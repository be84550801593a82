"""Rhythms: when something repeats, computed from the rule and its anchor alone, never from the last run.

A rule names one day in each of its periods (its slots): `every: 2 weeks, on: thursday` one in every second week. The
day a slot names is found from the slot, so that there is no drift, and the same days come out whether one steps from
the last, or asks for any day of any year.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from mapping.periods import Calendar, Period, PeriodKind

EPOCH = date(1970, 1, 1)  # where `every: 2 weeks` counts from when no anchor is written
_DAY = timedelta(days=1)
_LONGEST = {  # days in one period
    PeriodKind.DAY: 1,
    PeriodKind.WEEK: 7,
    PeriodKind.MONTH: 31,
    PeriodKind.QUARTER: 92,
    PeriodKind.HALF_YEAR: 184,
    PeriodKind.YEAR: 366,
    PeriodKind.FISCAL_QUARTER: 92,
    PeriodKind.FISCAL_YEAR: 366,
}
_MOVED = timedelta(days=31)  # as far as holidays move a day


@dataclass(frozen=True, slots=True)
class Every:
    """How often: every `count` periods of `kind`."""

    count: int
    kind: PeriodKind


@dataclass(frozen=True, slots=True)
class On:
    """On which day. `weekday` 0 Monday … 6 Sunday; `nth` 1.. or -1 for last; `business`: the nth business day.

    A weekday alone: that day of the week. A weekday with nth: second thursday. nth alone: that day of the month.
    """

    weekday: int | None = None
    nth: int | None = None
    business: bool = False


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When something repeats. Without `on`: the first day of the period. `at`: local time.

    `anchor`: a day of the first period that counts; nothing happens before it, and of `every: 2 weeks` it says which.
    """

    every: Every
    on: On | None = None
    at: time = time(9)
    anchor: date | None = None


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One due time of a rhythm. Sorts by time.

    `at`: the instant (UTC). `day`: the local date, moved off weekends and holidays; `ruled`: the day the rule names.
    `slot`: the rule's own period, which names the occurrence for good: a moved day stays the same occurrence.
    """

    at: datetime
    day: date
    ruled: date
    slot: Period


@lru_cache(maxsize=4096)
def occurrence_in(rhythm: Rhythm, slot: Period, calendar: Calendar) -> Occurrence | None:
    """The occurrence of a slot; None where the rule passes the slot over (`every: 2 weeks`, before the anchor), and
    where its day moved onto the day of the next one: that is then one meeting, the next one's.
    """
    ruled = _ruled(rhythm, slot, calendar)
    if ruled is None:
        return None
    day = business_day_from(ruled, calendar)
    following = _ruled(rhythm, calendar.after(slot, rhythm.every.count), calendar)
    if following is not None and business_day_from(following, calendar) == day:
        return None
    return Occurrence(instant_of(day, rhythm.at, calendar.zone), day, ruled, slot)


def occurrences(rhythm: Rhythm, calendar: Calendar, first: date, last: date) -> Iterator[Occurrence]:
    """Every occurrence whose day is from `first` to `last`, in order."""
    earliest = first  # that may have moved into the window, however long the holidays before it
    while not calendar.is_business_day(earliest - _DAY):
        earliest -= _DAY
    slot = _slot_from(rhythm, calendar.containing(rhythm.every.kind, earliest), calendar)
    while slot.first <= last:
        found = occurrence_in(rhythm, slot, calendar)
        if found is not None and first <= found.day <= last:
            yield found
        slot = calendar.after(slot, rhythm.every.count)


def newest_occurrence(rhythm: Rhythm, calendar: Calendar, now: datetime) -> Occurrence | None:
    """The last one that has come."""
    today = calendar.local_date(now)
    back = timedelta(days=_LONGEST.get(rhythm.every.kind, 366) * (rhythm.every.count + 1)) + _MOVED
    found = [one for one in occurrences(rhythm, calendar, today - back, today) if one.at <= now]
    return found[-1] if found else None


def next_occurrences(rhythm: Rhythm, calendar: Calendar, after: datetime, until: datetime) -> Iterator[Occurrence]:
    """Those later than one instant and not later than another."""
    first, last = calendar.local_date(after), calendar.local_date(until)
    return (one for one in occurrences(rhythm, calendar, first, last) if after < one.at <= until)


def business_day_from(day: date, calendar: Calendar) -> date:
    """The day itself, or the next business day: a meeting on a holiday or weekend moves there."""
    while not calendar.is_business_day(day):
        day += _DAY
    return day


def instant_of(day: date, at: time, zone: tzinfo) -> datetime:
    """The instant (UTC) of a local time on a day. A time that the day lacks moves to the first it has (a day that a
    zone lacks: to the first instant after it); one that exists twice is the first.
    """
    wanted = datetime.combine(day, at)
    instant = wanted.replace(tzinfo=zone).astimezone(UTC)  # fold 0: the first of two
    if instant.astimezone(zone).replace(tzinfo=None) == wanted:
        return instant
    return _end_of_gap(wanted, zone)


@lru_cache(maxsize=1024)
def _end_of_gap(wanted: datetime, zone: tzinfo) -> datetime:
    """The first instant whose local time is `wanted` or later: where the clocks jumped over it."""
    about = wanted.replace(tzinfo=UTC)
    before, after = about - timedelta(days=2), about + timedelta(days=2)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=1) // 2)
        if middle.astimezone(zone).replace(tzinfo=None) >= wanted:
            after = middle
        else:
            before = middle
    return after


# ── the day a rule names ─────────────────────────────────────────────────────────────────────────────────────────


def _ruled(rhythm: Rhythm, slot: Period, calendar: Calendar) -> date | None:
    if not _counts(rhythm, slot, calendar):
        return None
    day = _named(rhythm.on, slot, calendar)
    return None if rhythm.anchor is not None and day < rhythm.anchor else day


def _counts(rhythm: Rhythm, slot: Period, calendar: Calendar) -> bool:
    """Whether the slot is one of every `count`, counted from the anchor's."""
    start = calendar.containing(rhythm.every.kind, rhythm.anchor or EPOCH)
    return calendar.between(start, slot) % rhythm.every.count == 0


def _slot_from(rhythm: Rhythm, slot: Period, calendar: Calendar) -> Period:
    """The first slot from this one on that counts."""
    start = calendar.containing(rhythm.every.kind, rhythm.anchor or EPOCH)
    return calendar.after(slot, -calendar.between(start, slot) % rhythm.every.count)


def _named(on: On | None, slot: Period, calendar: Calendar) -> date:
    if on is None:
        return slot.first
    if on.business:
        return _business_day(on.nth or 1, slot, calendar)
    if on.weekday is None:
        return _day_of_month(on.nth or 1, slot)
    if on.nth == -1:
        return slot.last - timedelta(days=(slot.last.weekday() - on.weekday) % 7)
    first = slot.first + timedelta(days=(on.weekday - slot.first.weekday()) % 7)
    return first + timedelta(weeks=(on.nth or 1) - 1)


def _day_of_month(number: int, slot: Period) -> date:
    """The first day of that number within the period; in a month that lacks it, the month's last day."""
    year, month = slot.first.year, slot.first.month
    day = date(year, month, min(number, monthrange(year, month)[1]))
    if day < slot.first:  # a fiscal period that begins within a month
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        day = date(year, month, min(number, monthrange(year, month)[1]))
    return day


def _business_day(nth: int, slot: Period, calendar: Calendar) -> date:
    """The nth business day of the period, the last one if it has fewer."""
    if nth < 0:
        day = slot.last
        while not calendar.is_business_day(day) and day > slot.first:
            day -= _DAY
        return day
    day = business_day_from(slot.first, calendar)
    for _ in range(nth - 1):
        following = business_day_from(day + _DAY, calendar)
        if following > slot.last:
            break
        day = following
    return day
