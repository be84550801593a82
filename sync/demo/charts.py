"""One KPI's quarter as a small chart: where everything stands in an SVG's user units. Pure.

The number of each period stands in the middle of its dates; the target covers them; a period without a number that can
be trusted is a gap. The scale holds numbers and targets and need not begin at zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from mapping.judgements import Status
from mapping.readings import State
from sync.demo.summary import Told
from sync.reports import HistoryRow

WIDTH, HEIGHT = 340, 142
LEFT, RIGHT, TOP, BOTTOM = 8, 332, 34, 122
APART = 15  # the least between two marks, so that neither hides the other
MOST = {"week": 26, "month": 15, "quarter": 9}


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float
    shape: str  # on | close | off | unknown
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    """A horizontal piece of the target; `to_y` for a range."""

    x: float
    to_x: float
    y: float
    to_y: float | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A mark above the plot, with a thin line down from it at `stem`."""

    x: float
    stem: float
    what: str
    said: str


@dataclass(frozen=True, slots=True)
class Chart:
    points: Sequence[Point]
    lines: Sequence[str]  # `points` of an SVG polyline; broken where a number is missing
    targets: Sequence[Line]
    signs: Sequence[Sign]
    begins: float | None  # alignd's first day, if it lies within
    first: str
    last: str


def chart_of(told: Told, started: date, ended: date) -> Chart | None:
    """None when there is no number yet. `started`, `ended`: alignd's first and last day of the story."""
    rows = shown_rows(told.history.rows)
    numbers = [row for row in rows if row.number.value is not None]
    if not numbers:
        return None
    across = _Across(rows[0].period.first, max(rows[-1].period.last, ended))
    up = _Up(_extent(rows))
    return Chart(
        points=[_point(row, across, up) for row in rows if row.number.value is not None],
        lines=_lines(rows, across, up),
        targets=_targets(rows, across, up),
        signs=_signs(told, across),
        begins=across.at(started) if across.first < started else None,
        first=rows[0].period.said,
        last=rows[-1].period.said,
    )


class _Across:
    """Days → x."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.days = first, (last - first).days + 1

    def at(self, day: date, within: float = 0.0) -> float:
        return round(LEFT + (RIGHT - LEFT) * ((day - self.first).days + within) / self.days, 1)

    def middle(self, row: HistoryRow) -> float:
        return round((self.at(row.period.first) + self.at(row.period.last, 1)) / 2, 1)


class _Up:
    """Numbers → y, the larger the higher."""

    def __init__(self, extent: tuple[Decimal, Decimal]) -> None:
        low, high = extent
        room = (high - low) / 12 or abs(high) / 10 or Decimal(1)
        self.low, self.span = low - room, high - low + 2 * room

    def at(self, value: Decimal) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * float((value - self.low) / self.span), 1)


def shown_rows(rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    """Oldest first, from the first number on, as many as can be told apart."""
    oldest_first = list(reversed(rows))
    while oldest_first and oldest_first[0].number.value is None:
        oldest_first.pop(0)
    if not oldest_first:
        return []
    days = (oldest_first[0].period.last - oldest_first[0].period.first).days
    return oldest_first[-MOST["week" if days < 8 else "month" if days < 32 else "quarter"] :]


def _value(row: HistoryRow) -> Decimal:
    return row.number.value if row.number.value is not None else Decimal(0)


def _extent(rows: Sequence[HistoryRow]) -> tuple[Decimal, Decimal]:
    values = [row.number.value for row in rows]
    for row in rows:
        if row.target is not None:
            values += [row.target.low, row.target.high]
    known = [value for value in values if value is not None]
    return min(known), max(known)


def _point(row: HistoryRow, across: _Across, up: _Up) -> Point:
    standing = row.now or row.status
    shape = {Status.ON_TRACK: "on", Status.AT_RISK: "close", Status.OFF_TRACK: "off"}.get(standing, "unknown")
    if not row.final or not _trusted(row):
        shape = "unknown"
    return Point(across.middle(row), up.at(_value(row)), shape, f"{row.period.said}: {row.number.said}, {row.said}")


def _trusted(row: HistoryRow) -> bool:
    return row.state in (State.VALUE, State.ZERO) and row.number.value is not None


def _lines(rows: Sequence[HistoryRow], across: _Across, up: _Up) -> list[str]:
    lines: list[list[str]] = [[]]
    for row in rows:
        if _trusted(row):
            lines[-1].append(f"{across.middle(row)},{up.at(_value(row))}")
        else:
            lines.append([])
    return [" ".join(line) for line in lines if len(line) > 1]


def _targets(rows: Sequence[HistoryRow], across: _Across, up: _Up) -> list[Line]:
    """Pieces of the same height are one."""
    pieces: list[Line] = []
    for row in rows:
        if row.target is None or row.target.low is None:
            continue
        x, to_x = across.at(row.period.first), across.at(row.period.last, 1)
        y, to_y = up.at(row.target.low), None if row.target.high is None else up.at(row.target.high)
        last = pieces[-1] if pieces else None
        if last is not None and (last.y, last.to_y) == (y, to_y) and abs(last.to_x - x) < 0.2:
            pieces[-1] = Line(last.x, to_x, y, to_y)
        else:
            pieces.append(Line(x, to_x, y, to_y))
    return pieces


def _signs(told: Told, across: _Across) -> list[Sign]:
    stems = [across.at(mark.on, 0.5) for mark in told.marks]
    places = list(stems)
    for place in range(1, len(places)):
        places[place] = max(places[place], places[place - 1] + APART)
    if places and places[-1] > RIGHT - 6:  # too far right: push back, from the last to the first
        places[-1] = RIGHT - 6
        for place, _ in reversed(list(enumerate(pairwise(places)))):
            places[place] = min(places[place], places[place + 1] - APART)
    return [
        Sign(round(x, 1), stem, mark.what, mark.said) for x, stem, mark in zip(places, stems, told.marks, strict=True)
    ]
