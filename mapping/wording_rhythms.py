"""How often something meets, in words: "every second week on Monday at 09:00"."""

from __future__ import annotations

from mapping.periods import PeriodKind
from mapping.rhythms import Every, On, Rhythm
from mapping.wording import ordinal
from mapping.wording_dates import WEEKDAYS

_OF = {
    PeriodKind.DAY: "day",
    PeriodKind.WEEK: "week",
    PeriodKind.MONTH: "month",
    PeriodKind.QUARTER: "quarter",
    PeriodKind.HALF_YEAR: "half-year",
    PeriodKind.YEAR: "year",
    PeriodKind.FISCAL_QUARTER: "fiscal quarter",
    PeriodKind.FISCAL_YEAR: "fiscal year",
}


def say_rhythm(rhythm: Rhythm) -> str:
    """ "every week on Thursday at 10:00", "every month on the second Thursday at 10:00"."""
    return f"{say_every(rhythm.every)}{_day(rhythm.on, rhythm.every.kind)} at {rhythm.at:%H:%M}"


def say_every(every: Every) -> str:
    """ "every week", "every second week", "every third fiscal quarter"."""
    return f"every {_OF[every.kind]}" if every.count == 1 else f"every {ordinal(every.count)} {_OF[every.kind]}"


def _day(on: On | None, kind: PeriodKind) -> str:
    if on is None:
        return "" if kind is PeriodKind.DAY else " on its first day"
    if on.business:
        return f" on the {_nth(on.nth)} business day"
    if on.weekday is None:
        return f" on the {on.nth}{_ending(on.nth or 1)}"
    day = WEEKDAYS[on.weekday]
    return f" on {day}" if on.nth is None else f" on the {_nth(on.nth)} {day}"


def _nth(nth: int | None) -> str:
    return "last" if nth == -1 else ordinal(nth or 1)


def _ending(number: int) -> str:
    if 10 <= number % 100 <= 20:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
