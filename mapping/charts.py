"""What a KPI's chart shows, as values: which periods, which of them are gaps, where the target lay, what is marked.

Nothing of pixels or colours is here, so that a drawing, its description and the list beside it come from one place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from mapping.alignment import KpiPicture, Mark
from mapping.decimals import wide
from mapping.judgements import Judgement, Status
from mapping.kpis import Between, Direction, Fixed, Kpi, TargetValue
from mapping.periods import Period, PeriodKind
from mapping.readings import Reading, State
from mapping.targets import entry_in_force

MOST_UNREAD = 4  # periods in a row without a reading, that a chart shows as a gap
SHOWN_MARKS = 12  # the newest; more could not be told apart above one chart
SHOWN_PERIODS = {
    PeriodKind.DAY: 60,
    PeriodKind.WEEK: 26,
    PeriodKind.MONTH: 18,
    PeriodKind.QUARTER: 12,
    PeriodKind.FISCAL_QUARTER: 12,
}
_OTHERS = 10


class Stand(StrEnum):
    """How a point stands, as its shape says it."""

    ON = "on"
    CLOSE = "close"
    BELOW = "below"
    ABOVE = "above"
    UNJUDGED = "unjudged"  # paused, without a target, not judged yet


@dataclass(frozen=True, slots=True)
class Point:
    """A number that is believed. `final` False: a first count."""

    period: Period
    value: Decimal
    stand: Stand
    final: bool
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True)
class Hole:
    """A period without a number that can be shown: missing, untrusted, awaited, or never read."""

    first: date
    last: date
    state: State | None


@dataclass(frozen=True, slots=True)
class Agreed:
    """A target over days (both ends inclusive). Pieces of the same target that touch are one."""

    first: date
    last: date
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Edges:
    """Where an agreed piece is on target and where close, as numbers; None: no end on that side."""

    on_low: Decimal | None
    on_high: Decimal | None
    close_low: Decimal | None
    close_high: Decimal | None


@dataclass(frozen=True, slots=True)
class Chart:
    """All that is drawn of a KPI. `first` to `last` (inclusive) are the days across; `numbers` may be empty.

    `runs`: the points between two gaps, so that no line crosses one. `marks` are numbered from 1 in this order.
    """

    kpi: Kpi
    today: date
    first: date
    last: date
    periods: tuple[Period, ...]
    runs: tuple[tuple[Point, ...], ...]
    holes: tuple[Hole, ...]
    agreed: tuple[Agreed, ...]
    marks: tuple[Mark, ...]

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(point for run in self.runs for point in run)


def chart_of(picture: KpiPicture, today: date) -> Chart:
    """The newest periods from the first number on, up to today."""
    kpi, readings = picture.kpi, shown_readings(picture)
    judged = _judged(picture)
    points = [_point(kpi, one, judged.get(one.period.first)) for one in readings]
    runs = _runs(readings, points)
    first = readings[0].period.first if readings else today
    last = max(today, readings[-1].period.last if readings else today)
    return Chart(
        kpi=kpi,
        today=today,
        first=first,
        last=last,
        periods=tuple(one.period for one in readings),
        runs=tuple(tuple(run) for run in runs),
        holes=tuple(_holes(readings, points)),
        agreed=tuple(_agreed(picture, [one.period for one in readings], judged, last)),
        marks=shown_marks(picture),
    )


def shown_readings(picture: KpiPicture) -> list[Reading]:
    """Oldest first, from the first number on, as many as can be told apart. What was only read as a baseline, a year
    before, is no part of the course: it ends where periods were not read for long.
    """
    newest = sorted(picture.readings, key=lambda one: one.period)[-SHOWN_PERIODS.get(picture.kpi.period, _OTHERS) :]
    for place in range(len(newest) - 1, 0, -1):
        before, after = newest[place - 1].period, newest[place].period
        if (after.first - before.last).days > MOST_UNREAD * ((after.last - after.first).days + 1):
            newest = newest[place:]
            break
    begun = next((place for place, one in enumerate(newest) if shown_value(one) is not None), len(newest))
    return newest[begun:]


def shown_value(reading: Reading) -> Decimal | None:
    """The number a chart may show: None for one that is missing, awaited or not believed."""
    return reading.value if reading.trusted else None


def shown_marks(picture: KpiPicture) -> tuple[Mark, ...]:
    """The marks of the days shown, oldest first; the newest of them if they are many."""
    readings = shown_readings(picture)
    if not readings:
        return ()
    within = [one for one in picture.marks if one.last >= readings[0].period.first]
    return tuple(sorted(within)[-SHOWN_MARKS:])


def edges_of(kpi: Kpi, agreed: Agreed) -> Edges:
    """The numbers at which a piece's status changes: on target, then close within the tolerance, then off."""
    low, high = agreed.low, agreed.high
    if high is None:
        one = low
        return Edges(one, None, _beyond(kpi, one, -1), None) if kpi.direction is Direction.UP else _limit(kpi, one)
    return Edges(low, high, _beyond(kpi, low, -1), _beyond(kpi, high, 1))


def _limit(kpi: Kpi, end: Decimal | None) -> Edges:
    return Edges(None, end, None, _beyond(kpi, end, 1))


def _beyond(kpi: Kpi, end: Decimal | None, sign: int) -> Decimal | None:
    if end is None:
        return None
    with wide():
        allowed = abs(end) * kpi.tolerance.amount if kpi.tolerance.relative else kpi.tolerance.amount
        return end + sign * allowed


# ── points ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _judged(picture: KpiPicture) -> dict[date, Judgement]:
    """The newest judgement of each period under the definition that its reading has."""
    counted = {one.period.first: one.definition for one in picture.readings}
    found: dict[date, Judgement] = {}
    for one in picture.judgements:
        if counted.get(one.period.first) == one.definition:
            found[one.period.first] = one
    shown = picture.standing.shown
    if shown is not None and counted.get(shown.period.first) == shown.definition:
        found.setdefault(shown.period.first, shown)  # a first count: judged for show
    return found


def _point(kpi: Kpi, reading: Reading, judgement: Judgement | None) -> Point | None:
    value = shown_value(reading)
    if value is None:
        return None
    return Point(reading.period, value, _stand(kpi, value, judgement), reading.final, judgement)


def _stand(kpi: Kpi, value: Decimal, judgement: Judgement | None) -> Stand:
    if judgement is None or judgement.status is Status.UNKNOWN:
        return Stand.UNJUDGED
    if judgement.status is Status.ON_TRACK:
        return Stand.ON
    if judgement.status is Status.AT_RISK:
        return Stand.CLOSE
    target = judgement.target
    if target is not None and target.high is not None:
        return Stand.ABOVE if value > target.high else Stand.BELOW
    return Stand.BELOW if kpi.direction is Direction.UP else Stand.ABOVE


def _follows(before: Period, after: Period) -> bool:
    return after.first == before.last + timedelta(days=1)


def _runs(readings: Sequence[Reading], points: Sequence[Point | None]) -> list[list[Point]]:
    runs: list[list[Point]] = []
    before: Period | None = None
    for reading, point in zip(readings, points, strict=True):
        if point is None:
            before = None
            continue
        if before is None or not _follows(before, reading.period):
            runs.append([])
        runs[-1].append(point)
        before = reading.period
    return runs


def _holes(readings: Sequence[Reading], points: Sequence[Point | None]) -> Iterator[Hole]:
    before: Period | None = None
    for reading, point in zip(readings, points, strict=True):
        period = reading.period
        if before is not None and not _follows(before, period):
            yield Hole(before.last + timedelta(days=1), period.first - timedelta(days=1), None)
        if point is None:
            yield Hole(period.first, period.last, reading.state)
        before = period


# ── targets ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _agreed(
    picture: KpiPicture, periods: Sequence[Period], judged: dict[date, Judgement], last: date
) -> Iterator[Agreed]:
    """A period's target is the one it was judged by; where nothing was judged, the one the file says for that day.

    What is measured from another period or read from a cell is known only once it has judged: no line until then.
    """
    piece: Agreed | None = None
    for first, end, target in _targets(picture, periods, judged, last):
        if target is None or (target.low is None and target.high is None):
            continue
        low, high = (target.low, target.high) if target.low is not None else (target.high, None)
        touches = piece is not None and piece.last == first - timedelta(days=1)
        if piece is not None and touches and (piece.low, piece.high) == (low, high):
            piece = replace(piece, last=end)
            continue
        if piece is not None:
            yield piece
        piece = Agreed(first, end, low, high)
    if piece is not None:
        yield piece


def _targets(
    picture: KpiPicture, periods: Sequence[Period], judged: dict[date, Judgement], last: date
) -> Iterator[tuple[date, date, TargetValue | None]]:
    for period in periods:
        judgement = judged.get(period.first)
        target = judgement.target if judgement is not None else None
        yield period.first, period.last, target or _in_the_file(picture, period.first)
    if periods and periods[-1].last < last:  # the days from the newest number up to today
        yield periods[-1].last + timedelta(days=1), last, _in_the_file(picture, periods[-1].last + timedelta(days=1))


def _in_the_file(picture: KpiPicture, day: date) -> TargetValue | None:
    pace = picture.pace
    if pace is not None and day in pace.period:
        return pace.target
    entry = entry_in_force(picture.kpi, day)
    match entry.rule if entry is not None else None:
        case Fixed(value=value):
            return TargetValue(value)
        case Between(low=low, high=high):
            return TargetValue(low, high)
        case _:
            return None
