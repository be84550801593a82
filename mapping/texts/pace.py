"""Pace and second sources in words: "36, 35 expected by now: on target", "web says 420, scorecard 371"."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from mapping.companions import CrossCheck, Pace
from mapping.judgements import Status
from mapping.kpis import Direction, Kpi, Unit
from mapping.pace import standing
from mapping.periods import span_of
from mapping.wording import apart, in_period, show_day, show_period_short, show_target, show_value

_WHOLE_FROM = 10  # from here on, people think of a number by now in whole ones


def show_expected(kpi: Kpi, expected: Decimal, value: Decimal | None = None) -> str:
    """How many by now, in whole ones where there are ten and more. `value`: what it stands beside, and never looks
    the same as unless it is.
    """
    plain = kpi.unit is Unit.SECONDS or abs(expected) < _WHOLE_FROM
    shown = show_value(kpi, expected if plain else expected.to_integral_value())
    if value is None or value == expected or shown != show_value(kpi, value):
        return shown
    is_short = value < expected if kpi.direction is Direction.UP else value > expected
    return apart(kpi, value, expected)[1] if is_short else shown


def expected_by(kpi: Kpi, expected: Decimal, until: date, today: date, value: Decimal | None = None) -> str:
    """ "35 by now", "at most 35 by now"; "35 by 6 Dec" where it was not counted up to yesterday."""
    most = "" if kpi.direction is Direction.UP else "at most "
    return f"{most}{show_expected(kpi, expected, value)} by {now_or(until, today)}"


def now_or(until: date, today: date) -> str:
    """ "now" if it was counted up to yesterday, else the last day that was."""
    return "now" if (today - until).days <= 1 else show_day(until, today)


def pace_days(pace: Pace, today: date) -> str:
    """The days that are counted: "1–6 Dec"."""
    return show_period_short(span_of(pace.period.first, pace.until), today)


def pace_word(kpi: Kpi, pace: Pace) -> str:
    """on target, close, below, above; "so far" where nothing can be expected."""
    match standing(kpi, pace):
        case Status.ON_TRACK:
            return "on target"
        case Status.AT_RISK:
            return "close"
        case Status.OFF_TRACK:
            return "below" if kpi.direction is Direction.UP else "above"
        case Status.UNKNOWN:
            return "so far"


def pace_row(kpi: Kpi, pace: Pace, today: date) -> tuple[str, str, str]:
    """Number, what is expected, how that is: ("36", "35 by now", "on target")."""
    value = show_value(kpi, pace.value)
    if pace.expected is None:
        return value, "–" if pace.target is None else show_target(kpi, pace.target), "so far"
    return value, expected_by(kpi, pace.expected, pace.until, today, pace.value), pace_word(kpi, pace)


def pace_line(kpi: Kpi, pace: Pace, today: date) -> str:
    """In one line: "36 on 1–6 Dec, 35 expected by now: on target", "36 on 1–6 Dec"."""
    value, expected, word = pace_row(kpi, pace, today)
    said = f"{value} on {pace_days(pace, today)}"
    if pace.expected is None:
        return said
    return f"{said}, {expected.replace(' by ', ' expected by ', 1)}: {word}"


def check_line(kpi: Kpi, check: CrossCheck, today: date) -> str:
    """ "web says 420 in November, scorecard 371". Source ids are what the team calls its sources."""
    own, other = apart(kpi, check.value, check.other)
    return f"{check.source} says {own} {in_period(check.period, today)}, {check.other_source} {other}"


def check_word(check: CrossCheck) -> str:
    return "close enough" if check.agree else "further apart than agreed"
