"""Pace: while a period runs, how many there are and how many should be there by now. Shown, never acted on. Pure.

Two ways are agreed on in the file. `even`: the target times the share of the period's days that are over.
`like_last_year`: the target times the share that had come by the same day of the same period a year ago.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from mapping.adding import why_not_added
from mapping.companions import Pace, Role
from mapping.decimals import wide
from mapping.judgements import Status
from mapping.kpis import Direction, Kpi, TargetValue
from mapping.measures import why_not_measured
from mapping.periods import Calendar, Period, PeriodKind, span_of
from mapping.readings import Reading
from mapping.status import judge, pause_of

EVEN, LIKE_LAST_YEAR = "even", "like_last_year"


def pace_of(
    kpi: Kpi,
    companions: Mapping[Role, Reading],
    target: TargetValue | None,
    calendar: Calendar,
    today: date,
    last_year: Reading | None = None,
) -> Pace | None:
    """How the KPI's running period goes. None without a number of it, and once it is over.

    `companions`: as counted now, by role. `target`: the one in force for that period. `last_year`: the whole period a
    year ago where it is among the KPI's own numbers; else its companion counts. Nothing is expected without a target
    of one number, while the KPI is paused, nor like last year where that says nothing.
    """
    so_far = companions.get(Role.SO_FAR)
    if kpi.pace is None or so_far is None or not so_far.trusted or so_far.value is None:
        return None
    running = calendar.containing(kpi.period, so_far.period.first)
    if today not in running:
        return None
    if pause_of(kpi, running) is not None:
        target = None
    by_now = None
    if target is not None and not target.is_range and target.low is not None:
        whole = last_year or companions.get(Role.LAST_YEAR)
        by_now = _expected(kpi.pace, target.low, so_far.period, running, calendar, companions, whole)
    return Pace(
        period=running,
        until=so_far.period.last,
        value=so_far.value,
        target=target,
        expected=by_now,
        ahead=by_now is not None
        and (so_far.value >= by_now if kpi.direction is Direction.UP else so_far.value <= by_now),
    )


def _expected(
    pace: str,
    target: Decimal,
    so_far: Period,
    running: Period,
    calendar: Calendar,
    companions: Mapping[Role, Reading],
    whole: Reading | None,
) -> Decimal | None:
    if pace == EVEN:
        with wide():
            return target * days_of(so_far) / days_of(running)
    then = companions.get(Role.SO_FAR_LAST_YEAR)
    if then is None or whole is None or not (then.trusted and whole.trusted):
        return None
    if then.period != same_days_last_year(so_far, running, calendar) or whole.period != calendar.year_ago(running):
        return None
    if then.value is None or whole.value is None or whole.value == 0:
        return None
    with wide():
        return target * then.value / whole.value


def standing(kpi: Kpi, pace: Pace) -> Status:
    """Where the number lies beside what is expected by now, with the KPI's own tolerance. For a word, no judgement."""
    if pace.expected is None:
        return Status.UNKNOWN
    return judge(pace.value, TargetValue(pace.expected), kpi.tolerance, kpi.direction).status


# ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def days_of(period: Period) -> int:
    """How many days it has."""
    return (period.last - period.first).days + 1


def so_far_by(running: Period, last_over: date) -> Period | None:
    """What of a running period is over: from its first day to `last_over`; None on its first day, and after it."""
    return span_of(running.first, last_over) if running.first <= last_over < running.last else None


def same_days_last_year(so_far: Period, running: Period, calendar: Calendar) -> Period:
    """The same days of the same period a year ago: of a week by weekday, else by date; never beyond its end."""
    then = calendar.year_ago(running)
    by_weekday = running.kind is PeriodKind.WEEK
    last = so_far.last - (running.first - then.first) if by_weekday else _a_year_before(so_far.last)
    return span_of(then.first, min(last, then.last))


def _a_year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


# ── which KPIs can have one ──────────────────────────────────────────────────────────────────────────────────────


def in_part(kpis: Mapping[str, Kpi]) -> dict[str, Kpi]:
    """The KPIs as they are counted for a part of a period: what is plausible for the whole says nothing about that."""
    return {name: replace(kpi, plausible=None, paused=()) for name, kpi in kpis.items()}


def why_no_pace(kpi: Kpi, kpis: Mapping[str, Kpi]) -> str | None:
    """Why nobody can say how many there should be by now, in words; None if one can.

    A pace is of what adds up from day to day: sums and counts, and what is added or subtracted from such.
    """
    if kpi.period is PeriodKind.DAY:
        return f"{kpi.id} is counted by the day, and a pace is of a period of several days"
    return why_not_measured(kpi, kpis) or why_not_added(kpi, kpis)
