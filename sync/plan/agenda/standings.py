"""Where each KPI stands as a review sees it: its number, final or first count, or when that is to be expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from mapping.judgements import Judgement, Status
from mapping.kpis import Kpi, queries_of
from mapping.links import Link
from mapping.periods import Calendar, Period, PeriodKind
from mapping.queries import CellQuery
from mapping.readings import Reading, State
from mapping.status import judgement_of
from mapping.targets import target_for
from mapping.texts.review_facts import Standing
from sync.plan.data import late_at
from sync.plan.situation import KpiRecord, Situation
from sync.plan.talk import quiet_on

DAYS_LOOKED_BACK = 7
_WAITED_FOR = (State.AWAITED, State.VALUE, State.ZERO)


def standings_of(kpis: Iterable[Kpi], day: date, situation: Situation) -> Iterator[Standing]:
    """Of each KPI, in the order given. `day`: of the meeting; periods that are over by then are looked at."""
    for kpi in kpis:
        yield standing_of(kpi, day, situation)


def standing_of(kpi: Kpi, day: date, situation: Situation) -> Standing:
    calendar = situation.config.workspace.calendar
    period = calendar.before(calendar.containing(kpi.period, day))
    record = situation.records.get(kpi.id)
    if kpi.period is PeriodKind.DAY and record is not None:
        period = _newest_day(period, record, calendar)
    if record is None:
        return Standing(kpi, period, None, expected=_expected(kpi, period, None, situation))
    history = tuple(record.judgements)
    final = record.on(period.label)
    if final is not None:
        return Standing(kpi, period, final, tuple(one for one in history if one.period <= period), final=True)
    reading = record.readings.get(period.label)
    shown = _first_count(kpi, reading, record, situation) if reading is not None and not reading.final else None
    expected = _expected(kpi, period, reading, situation)
    return Standing(kpi, period, shown or record.newest, history, expected=expected)


def _newest_day(yesterday: Period, record: KpiRecord, calendar: Calendar) -> Period:
    """The last day that is final: a day's number is not there when the next begins, and nobody waits for just that."""
    days = (calendar.before(yesterday, back) for back in range(DAYS_LOOKED_BACK))
    return next((one for one in days if record.on(one.label) is not None), yesterday)


def _first_count(kpi: Kpi, reading: Reading, record: KpiRecord, situation: Situation) -> Judgement | None:
    """How a number that is not final yet stands, for show; None without a number."""
    if reading.value is None or not reading.trusted:
        return None
    target, reason = target_for(
        kpi,
        reading.period,
        situation.config.workspace.calendar,
        baseline=lambda earlier: record.readings.get(earlier.label),
        definition=reading.definition,
    )
    return judgement_of(reading, kpi, target, reason, situation.now)


def _expected(kpi: Kpi, period: Period, reading: Reading | None, situation: Situation) -> date | None:
    """The day by which the final number is to be there; None if that has passed, or what is there will not do."""
    if reading is not None and (reading.final or reading.state not in _WAITED_FOR):
        return None
    calendar = situation.config.workspace.calendar
    settles = final_from(kpi, period, situation)
    if settles > situation.now:
        return calendar.local_date(settles)
    late = late_at(kpi, period, situation)
    return calendar.local_date(late - timedelta(seconds=1)) if late > situation.now else None


def final_from(kpi: Kpi, period: Period, situation: Situation) -> datetime:
    """The instant from which the number of a period can be final: the latest of its sources."""
    config = situation.config
    calendar = config.workspace.calendar
    instants = [
        calendar.ends_at(period)
        if isinstance(query, CellQuery)
        else calendar.deadline(period, config.terms[query.source].settle_after)
        for query in queries_of(kpi, config.kpis)
    ]
    return max(instants, default=calendar.ends_at(period))


def last_judged(record: KpiRecord | None) -> tuple[Judgement, ...]:
    """The history up to the newest judgement that says something; unknown ones at its end are passed over."""
    history = list(record.judgements) if record is not None else []
    while history and history[-1].status is Status.UNKNOWN:
        history.pop()
    return tuple(history)


def set_aside(link: Link | None, situation: Situation) -> bool:
    """People accepted the number as it is, or doubt it: nothing is to be decided now."""
    if link is None:
        return False
    quiet = quiet_on(link, situation.today)
    return quiet is not None and quiet.kind in ("accept", "wrong")
