"""Periods: the calendar spans that KPIs are judged on, and the calendar that makes them.

A period is whole calendar dates, both ends inclusive; which instant a date begins at is the business
of whoever reads it (a source reads dates in its own zone).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from mapping.business_days import public_holidays, weekend
from mapping.spans import Span, SpanUnit, elapsed, say_span


class PeriodKind(StrEnum):
    """The kinds of period the file may name."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    FISCAL_QUARTER = "fiscal_quarter"
    FISCAL_YEAR = "fiscal_year"
    SPAN = "span"  # from one day to another, as a campaign has it; no rule of the file names it


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One calendar span. Sorts by time; periods of one KPI never overlap.

    `label` is the contract's name of it: 2026-11-16, 2026-W46, 2026-11, 2026-Q4, 2026-H2, 2026, FY2027-Q3, FY2027.
    """

    first: date
    last: date
    kind: PeriodKind
    label: str

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


_MONTHS_IN = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF_YEAR: 6,
    PeriodKind.YEAR: 12,
    PeriodKind.FISCAL_QUARTER: 3,
    PeriodKind.FISCAL_YEAR: 12,
}
_DAYS_IN = {PeriodKind.DAY: 1, PeriodKind.WEEK: 7}
_FISCAL = (PeriodKind.FISCAL_QUARTER, PeriodKind.FISCAL_YEAR)
_FIRST_YEAR, _LAST_YEAR = 1000, 9990  # four digits, with room to step and to add 10 business days at the ends
_LABELS: tuple[tuple[PeriodKind, re.Pattern[str]], ...] = (
    (PeriodKind.DAY, re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)),
    (PeriodKind.WEEK, re.compile(r"(\d{4})-W(\d{2})", re.ASCII)),
    (PeriodKind.MONTH, re.compile(r"(\d{4})-(\d{2})", re.ASCII)),
    (PeriodKind.QUARTER, re.compile(r"(\d{4})-Q([1-4])", re.ASCII)),
    (PeriodKind.HALF_YEAR, re.compile(r"(\d{4})-H([12])", re.ASCII)),
    (PeriodKind.YEAR, re.compile(r"(\d{4})", re.ASCII)),
    (PeriodKind.FISCAL_QUARTER, re.compile(r"FY(\d{4})-Q([1-4])", re.ASCII)),
    (PeriodKind.FISCAL_YEAR, re.compile(r"FY(\d{4})", re.ASCII)),
)
_ADVICE = "write a period like 2026-11-16, 2026-W46, 2026-11, 2026-Q4, 2026-H2, 2026, FY2027-Q3 or FY2027"


def span_of(first: date, last: date) -> Period:
    """The span from one day to another, both inclusive: what a campaign is measured over."""
    if last < first:
        raise ValueError(f"{last} is before {first}")
    return Period(first, last, PeriodKind.SPAN, f"{first}..{last}")


@dataclass(frozen=True, slots=True)
class Calendar:
    """A workspace's calendar: it makes periods, knows when they end, and counts business days.

    `week_starts`: 0 Monday … 6 Sunday. `fiscal_start`: (month, day) on which the fiscal year begins; 29 February is
    refused, since most years lack it. `country`, `subdivision`: whose public holidays (and weekend) are kept;
    `extra_holidays`: the team's own. Every instant it returns is in UTC, so that sums and comparisons are of elapsed
    time, never of wall clocks.
    """

    zone: ZoneInfo
    week_starts: int = 0
    fiscal_start: tuple[int, int] = (1, 1)
    country: str | None = None
    subdivision: str | None = None
    extra_holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not 0 <= self.week_starts <= 6:
            raise ValueError(f"a week starts on day 0 (Monday) to 6 (Sunday), not {self.week_starts}")
        try:
            date(2001, *self.fiscal_start)
        except ValueError:
            month, day = self.fiscal_start
            raise ValueError(
                f"a fiscal year cannot start on {month:02d}-{day:02d}, a day that not every year has; "
                "write MM-DD, for example 03-01"
            ) from None

    # ── periods ──────────────────────────────────────────────────────────────────────────────────────────────

    def containing(self, kind: PeriodKind, day: date) -> Period:
        """The period of that kind that has the day. Periods of a kind tile time: no gap, no overlap."""
        return self._nth(kind, self._index(kind, day))

    def before(self, period: Period, n: int = 1) -> Period:
        """The n-th earlier period of the same kind."""
        return self.after(period, -n)

    def after(self, period: Period, n: int = 1) -> Period:
        """The n-th later period of the same kind; of a span, the n-th as long as it."""
        if period.kind is PeriodKind.SPAN:
            further = timedelta(days=((period.last - period.first).days + 1) * n)
            return span_of(period.first + further, period.last + further)
        return self._nth(period.kind, self._index(period.kind, period.first) + n)

    def between(self, one: Period, other: Period) -> int:
        """How many periods later the other is, both of one kind; negative if it is earlier."""
        if one.kind is not other.kind:
            raise ValueError(f"{one.label} and {other.label} are of two kinds")
        return self._index(other.kind, other.first) - self._index(one.kind, one.first)

    def year_ago(self, period: Period) -> Period:
        """Day and week: 364 days earlier (same weekdays); any other: the same period of the year before."""
        if period.kind in _DAYS_IN:
            return self.before(period, 364 // _DAYS_IN[period.kind])
        return self.before(period, 12 // _MONTHS_IN[period.kind])

    def parse(self, label: str) -> Period:
        """The period with that label. Raises ValueError that says what to write."""
        text = label.strip()
        for kind, pattern in _LABELS:
            if (match := pattern.fullmatch(text)) is None:
                continue
            try:
                return self._labelled(kind, *(int(part) for part in match.groups()))
            except ValueError as problem:
                raise ValueError(f"{text!r} is no period that exists ({problem}): {_ADVICE}") from None
        raise ValueError(f"{text!r} is not a period: {_ADVICE}")

    def _labelled(self, kind: PeriodKind, year: int, *rest: int) -> Period:
        match kind:
            case PeriodKind.DAY:
                return self.containing(kind, date(year, *rest))
            case PeriodKind.WEEK:
                monday = date.fromisocalendar(year, rest[0], 1)
                return self.containing(kind, monday + timedelta(days=(self.week_starts + 3) % 7))
            case PeriodKind.MONTH:
                return self.containing(kind, date(year, rest[0], 1))
            case _:
                steps = 12 // _MONTHS_IN[kind]
                if kind in _FISCAL:
                    year -= self._years_over()
                return self._nth(kind, year * steps + (rest[0] - 1 if rest else 0))

    def _index(self, kind: PeriodKind, day: date) -> int:
        """Periods of a kind, numbered along time; the numbering is this module's own business."""
        if kind is PeriodKind.DAY:
            return day.toordinal()
        if kind is PeriodKind.WEEK:
            return (day.toordinal() - 1 - self.week_starts) // 7  # ordinal 1 was a Monday
        span = _MONTHS_IN[kind]
        guess = (day.year * 12 + day.month - 1 - (self._start_of_year(kind)[0] - 1)) // span
        return guess if self._first_day(kind, guess) <= day else guess - 1

    @lru_cache(maxsize=16384)  # noqa: B019 - calendars are few, and values: the same one is asked for in every cycle
    def _nth(self, kind: PeriodKind, index: int) -> Period:
        try:
            first = self._first_day(kind, index)
            last = self._first_day(kind, index + 1) - timedelta(days=1)
        except (ValueError, OverflowError):
            raise ValueError("that is further than calendars reach") from None
        if not _FIRST_YEAR <= first.year <= last.year <= _LAST_YEAR:
            raise ValueError(f"years from {_FIRST_YEAR} to {_LAST_YEAR} only")
        return Period(first, last, kind, self._label(kind, first, index))

    def _first_day(self, kind: PeriodKind, index: int) -> date:
        if kind is PeriodKind.DAY:
            return date.fromordinal(index)
        if kind is PeriodKind.WEEK:
            return date.fromordinal(index * 7 + 1 + self.week_starts)
        month, day = self._start_of_year(kind)
        months = index * _MONTHS_IN[kind] + month - 1
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(day, monthrange(year, month)[1]))

    def _start_of_year(self, kind: PeriodKind) -> tuple[int, int]:
        return self.fiscal_start if kind in _FISCAL else (1, 1)

    def _label(self, kind: PeriodKind, first: date, index: int) -> str:
        match kind:
            case PeriodKind.DAY:
                return first.isoformat()
            case PeriodKind.WEEK:  # named after the ISO week of its fourth day, wherever weeks start
                year, week, _ = (first + timedelta(days=3)).isocalendar()
                return f"{year}-W{week:02d}"
            case PeriodKind.MONTH:
                return f"{first.year}-{first.month:02d}"
            case PeriodKind.QUARTER:
                return f"{index // 4}-Q{index % 4 + 1}"
            case PeriodKind.HALF_YEAR:
                return f"{index // 2}-H{index % 2 + 1}"
            case PeriodKind.YEAR:
                return f"{index}"
            case PeriodKind.FISCAL_QUARTER:
                return f"FY{index // 4 + self._years_over()}-Q{index % 4 + 1}"
            case PeriodKind.FISCAL_YEAR:
                return f"FY{index + self._years_over()}"
            case PeriodKind.SPAN:
                raise ValueError("a span is no period of a kind: it has no number and no name but its days")

    def _years_over(self) -> int:
        """From the year a fiscal year starts in to the year it ends in, which names it."""
        return 0 if self.fiscal_start == (1, 1) else 1

    # ── instants ─────────────────────────────────────────────────────────────────────────────────────────────

    def start_of(self, day: date, zone: tzinfo | None = None) -> datetime:
        """The instant (UTC) a local day begins at: its midnight, the first of two; if a zone lacks that midnight
        (or the whole day), the first instant after it that exists.
        """
        return _first_instant(day, zone or self.zone)

    def ends_at(self, period: Period, zone: tzinfo | None = None) -> datetime:
        """The instant (UTC) the period is over: the start of the day after its last."""
        return self.start_of(period.last + timedelta(days=1), zone)

    def local_date(self, instant: datetime) -> date:
        """The workspace's date at an instant (which must have a zone)."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return instant.astimezone(self.zone).date()

    # ── business days and spans ──────────────────────────────────────────────────────────────────────────────

    def is_business_day(self, day: date) -> bool:
        """Neither weekend nor public holiday nor one of the team's own days."""
        return (
            day.weekday() not in weekend(self.country, self.subdivision, day.year)
            and day not in public_holidays(self.country, self.subdivision, day.year)
            and day not in self.extra_holidays
        )

    def add_business_days(self, day: date, n: int) -> date:
        """The n-th business day after the day (before it, if n is negative); the day itself for 0."""
        step = timedelta(days=1 if n > 0 else -1)
        for _ in range(abs(n)):
            day += step
            while not self.is_business_day(day):
                day += step
        return day

    def add(self, day: date, span: Span) -> date:
        """The day so many days, weeks or business days later. Raises ValueError for hours and periods."""
        match span.unit:
            case SpanUnit.DAYS:
                return day + timedelta(days=span.count)
            case SpanUnit.WEEKS:
                return day + timedelta(weeks=span.count)
            case SpanUnit.BUSINESS_DAYS:
                return self.add_business_days(day, span.count)
            case _:
                raise ValueError(f"a date cannot be moved by {say_span(span)}; write days, weeks or business days")

    def deadline(self, period: Period, span: Span, zone: tzinfo | None = None) -> datetime:
        """The instant (UTC) so long after the period's end.

        Minutes and hours are elapsed after `ends_at`. Days, weeks and business days are whole: "20 days" after
        31 October is the end of 20 November. Periods: the end of the n-th later period.
        """
        return _deadline(self, period, span, zone)


@lru_cache(maxsize=4096)
def _first_instant(day: date, zone: tzinfo) -> datetime:
    midnight = datetime.combine(day, time(), tzinfo=zone)  # fold 0: the first of two
    instant = midnight.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return instant
    before, after = instant - timedelta(days=2), instant + timedelta(days=2)
    while after - before > timedelta(seconds=1):  # the clocks jump over midnight somewhere between: find the jump
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=1) // 2)
        if middle.astimezone(zone).date() >= day:
            after = middle
        else:
            before = middle
    return after


@lru_cache(maxsize=8192)
def _deadline(calendar: Calendar, period: Period, span: Span, zone: tzinfo | None) -> datetime:
    match span.unit:
        case SpanUnit.MINUTES | SpanUnit.HOURS:
            return calendar.ends_at(period, zone) + elapsed(span)
        case SpanUnit.PERIODS:
            return calendar.ends_at(calendar.after(period, span.count), zone)
        case _:
            return calendar.start_of(calendar.add(period.last, span) + timedelta(days=1), zone)
