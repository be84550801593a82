"""Days and periods as people read them: "Wed 25 Nov", "week of 9–15 November", "9–15 Nov", "November". Own month and
weekday names, so that the machine's locale changes nothing.

A year is said only where it is another than the one the reader is in (`today`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from mapping.periods import Period, PeriodKind

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_UNIT_WORDS = {
    PeriodKind.DAY: "day",
    PeriodKind.WEEK: "week",
    PeriodKind.MONTH: "month",
    PeriodKind.QUARTER: "quarter",
    PeriodKind.HALF_YEAR: "half-year",
    PeriodKind.YEAR: "year",
    PeriodKind.FISCAL_QUARTER: "quarter",
    PeriodKind.FISCAL_YEAR: "year",
    PeriodKind.SPAN: "span",
}


def show_day(day: date, today: date) -> str:
    """ "Wed 25 Nov", "Mon 4 Jan 2027"."""
    return f"{WEEKDAYS[day.weekday()][:3]} {show_date(day, today)}"


def show_date(day: date, today: date) -> str:
    """ "25 Nov", "4 Jan 2027"."""
    return f"{day.day} {_short(day)}{_year(day, today)}"


def show_moment(at: datetime, today: date) -> str:
    """ "Wed 18 Nov 06:10", in whatever zone `at` is in: pass it in the workspace's."""
    return f"{show_day(at.date(), today)} {at.hour:02d}:{at.minute:02d}"


def show_period(period: Period, today: date) -> str:
    """In full, for sentences and titles: "week of 9–15 November", "November", "July–September", "Mon 16 Nov"."""
    match period.kind:
        case PeriodKind.DAY:
            return show_day(period.first, today)
        case PeriodKind.WEEK:
            return f"week of {_dates(period, today, full=True)}"
        case PeriodKind.MONTH:
            return f"{MONTHS[period.first.month - 1]}{_year(period.last, today)}"
        case PeriodKind.QUARTER | PeriodKind.HALF_YEAR:
            return _months(period, today, full=True)
        case PeriodKind.YEAR:
            return str(period.first.year)
        case PeriodKind.FISCAL_QUARTER:
            return f"fiscal quarter {_months(period, None, full=False)}"
        case PeriodKind.FISCAL_YEAR:
            return f"fiscal year {_months(period, None, full=False)}"
        case PeriodKind.SPAN:
            return f"days from {_dates(period, today, full=True)}"


def show_period_short(period: Period, today: date) -> str:
    """For rows: "9–15 Nov", "26 Oct–1 Nov", "Nov", "Nov 2025", "Q3 2026", "H2 2026", "Sep–Nov 2026"."""
    match period.kind:
        case PeriodKind.DAY:
            return show_day(period.first, today)
        case PeriodKind.WEEK:
            return _dates(period, today, full=False)
        case PeriodKind.MONTH:
            return f"{_short(period.first)}{_year(period.last, today)}"
        case PeriodKind.QUARTER:
            return f"Q{(period.first.month + 2) // 3} {period.first.year}"
        case PeriodKind.HALF_YEAR:
            return f"H{1 if period.first.month == 1 else 2} {period.first.year}"
        case PeriodKind.YEAR:
            return str(period.first.year)
        case PeriodKind.FISCAL_QUARTER | PeriodKind.FISCAL_YEAR:
            return _months(period, None, full=False)
        case PeriodKind.SPAN:
            return _dates(period, today, full=False)


def in_period(period: Period, today: date) -> str:
    """With its preposition: "in the week of 9–15 November", "in November", "on Mon 16 Nov"."""
    match period.kind:
        case PeriodKind.DAY:
            return f"on {show_period(period, today)}"
        case PeriodKind.WEEK | PeriodKind.FISCAL_QUARTER | PeriodKind.FISCAL_YEAR | PeriodKind.SPAN:
            return f"in the {show_period(period, today)}"
        case _:
            return f"in {show_period(period, today)}"


def the_period(period: Period, today: date) -> str:
    """As a thing one speaks of: "the week of 9–15 November", "November"."""
    return in_period(period, today).split(" ", 1)[1]


def unit_word(kind: PeriodKind, count: int = 1) -> str:
    """ "week", "weeks", "half-years": the word for so many periods of the kind."""
    return _UNIT_WORDS[kind] if count == 1 else f"{_UNIT_WORDS[kind]}s"


def _short(day: date) -> str:
    return MONTHS[day.month - 1][:3]


def _year(day: date, today: date | None) -> str:
    return "" if today is not None and day.year == today.year else f" {day.year}"


def _month(day: date, full: bool) -> str:
    return MONTHS[day.month - 1] if full else _short(day)


def _dates(period: Period, today: date | None, full: bool) -> str:
    first, last = period.first, period.last
    end = f"{last.day} {_month(last, full)}{_year(last, today)}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    year = f" {first.year}" if first.year != last.year and _year(last, today) else ""
    return f"{first.day} {_month(first, full)}{year}–{end}"


def _months(period: Period, today: date | None, full: bool) -> str:
    """Whole months by their names; a span that begins within a month by its dates."""
    first, last = period.first, period.last
    if first.day != 1 or (last + timedelta(days=1)).day != 1:
        return _dates(period, today, full)
    year = f" {first.year}" if first.year != last.year else ""
    return f"{_month(first, full)}{year}–{_month(last, full)}{_year(last, today)}"
