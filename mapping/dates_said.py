"""Days as people say them: "31 Jan", "Friday", "12 Dec", "2026-12-31", "end of January", "2 weeks", "3 business days".

English, any case. A day without a year is the next one that comes. What could mean two days ("3/4") is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from mapping.periods import Calendar, PeriodKind

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?)"
)
_LEAD = r"(?:(?:until|till|til|to|for|by|on|before|in|up|the|another|at|least)\s+)*"
_OPTIONAL_WEEKDAY = rf"(?:{_WEEKDAY}\.?,?\s+(?:the\s+)?)?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_COUNT = rf"(?P<count>\d{{1,4}}|an?|{'|'.join(_COUNTS)})"
_END = r"(?![\w/])"


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\s*{_LEAD}{pattern}{_END}", re.IGNORECASE | re.ASCII)


def day_at_start(text: str, today: date, calendar: Calendar, *, today_counts: bool = False) -> tuple[date, int] | None:
    """The day that `text` begins with and how many characters say it; None if it begins with no day one can be sure of.

    A date without a year is today or the next such day; a weekday is the next after today (`today_counts`: or today).
    Spans count from today; business days are the calendar's. "next Friday" is the Friday of next week, "end of March"
    its last day. A day with its year is taken as it is, past or not. A weekday that does not fit its date is not
    understood.
    """
    earliest = today if today_counts else today + timedelta(days=1)
    best: tuple[date, int] | None = None
    for form, reader in _FORMS:
        match = form.match(text)
        if match is None:
            continue
        try:
            day = reader(match, earliest, today, calendar)
        except (ValueError, OverflowError):  # 31 Feb, or further than calendars reach
            day = None
        if day is not None and (best is None or match.end() > best[1]):
            best = (day, match.end())
    return best


# ── readers, one for each form ───────────────────────────────────────────────────────────────────────────────────


def _dated(match: re.Match[str], _earliest: date, today: date, _calendar: Calendar) -> date | None:
    month, day = _month_number(match), int(match["day"])
    found = date(int(match["year"]), month, day) if match["year"] else _next(today, month, day)
    weekday = match["weekday"]
    return found if weekday is None or found.weekday() == _weekday_number(weekday) else None


def _numeric(match: re.Match[str], _earliest: date, today: date, _calendar: Calendar) -> date | None:
    a, b = int(match["a"]), int(match["b"])
    if a <= 12 and b <= 12 and a != b:
        return None  # 3/4 is April to some and March to others
    day, month = (a, b) if b <= 12 else (b, a)
    if not match["year"]:
        return _next(today, month, day)
    year = int(match["year"])
    return date(year + 2000 if year < 100 else year, month, day)


def _weekday(match: re.Match[str], earliest: date, today: date, calendar: Calendar) -> date:
    number = _weekday_number(match["weekday"])
    if (match["which"] or "").lower() == "next":
        start = calendar.after(calendar.containing(PeriodKind.WEEK, today)).first
        return start + timedelta(days=(number - start.weekday()) % 7)
    return earliest + timedelta(days=(number - earliest.weekday()) % 7)


def _relative(match: re.Match[str], _earliest: date, today: date, _calendar: Calendar) -> date:
    return today + timedelta(days=1 if match["word"].lower() == "tomorrow" else 0)


def _end_of_month(match: re.Match[str], earliest: date, _today: date, _calendar: Calendar) -> date:
    month = _month_number(match)
    year = int(match["year"]) if match["year"] else earliest.year
    end = date(year, month, 1) + relativedelta(months=1, days=-1)
    return end if match["year"] or end >= earliest else date(year + 1, month, 1) + relativedelta(months=1, days=-1)


def _end_of(match: re.Match[str], _earliest: date, today: date, calendar: Calendar) -> date:
    period = calendar.containing(PeriodKind(match["unit"].lower()), today)
    return (calendar.after(period) if (match["which"] or "").lower() == "next" else period).last


def _next_period(match: re.Match[str], _earliest: date, today: date, calendar: Calendar) -> date:
    return calendar.after(calendar.containing(PeriodKind(match["unit"].lower()), today)).first


def _span(match: re.Match[str], _earliest: date, today: date, calendar: Calendar) -> date | None:
    said = match["count"].lower()
    count = 1 if said in ("a", "an") else _COUNTS.index(said) + 1 if said in _COUNTS else int(said)
    unit = match["unit"].lower().removesuffix("s")
    if match["business"]:
        return calendar.add_business_days(today, count) if unit == "day" else None
    match unit:
        case "day" | "d":
            return today + timedelta(days=count)
        case "week" | "w" | "wk":
            return today + timedelta(weeks=count)
        case "fortnight":
            return today + timedelta(weeks=2 * count)
        case "month":
            return today + relativedelta(months=count)
        case "quarter":
            return today + relativedelta(months=3 * count)
        case _:
            return today + relativedelta(years=count)


def _month_number(match: re.Match[str]) -> int:
    named = match["month"]
    return _MONTHS.index(named[:3].lower()) + 1 if not named.isdecimal() else int(named)


def _weekday_number(word: str) -> int:
    return _DAYS.index(word[:3].lower())


def _next(today: date, month: int, day: int) -> date:
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


_Reader = Callable[[re.Match[str], date, date, Calendar], "date | None"]
_FORMS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_form(rf"{_OPTIONAL_WEEKDAY}{_YEAR}[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})"), _dated),
    (_form(rf"{_OPTIONAL_WEEKDAY}{_DAY}\.?[\s-]*(?:of\s+)?{_MONTH}(?:[,\s-]+{_YEAR})?"), _dated),
    (_form(rf"{_OPTIONAL_WEEKDAY}{_MONTH}[\s-]*{_DAY}(?:,?\s+{_YEAR})?"), _dated),
    (_form(r"(?P<a>\d{1,2})[./](?P<b>\d{1,2})(?:[./](?P<year>\d{4}|\d{2}))?\.?"), _numeric),
    (_form(rf"(?:(?P<which>next|this)\s+)?{_WEEKDAY}\.?"), _weekday),
    (_form(r"(?P<word>today|tomorrow)"), _relative),
    (_form(rf"end\s+of\s+{_MONTH}(?:,?\s+{_YEAR})?"), _end_of_month),
    (_form(r"end\s+of\s+(?:the\s+)?(?:(?P<which>next|this)\s+)?(?P<unit>week|month|quarter|year)"), _end_of),
    (_form(r"next\s+(?P<unit>week|month|quarter|year)"), _next_period),
    (
        _form(
            rf"{_COUNT}[\s-]*(?:more\s+|other\s+)?(?P<business>(?:business|working|work)\s+)?"
            r"(?P<unit>days?|weeks?|fortnights?|months?|quarters?|years?|wks?|d|w)"
        ),
        _span,
    ),
)
