"""Scales: days and numbers → pixels. Numbers stay Decimal until they are a share of the height: none is too large."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal

from mapping.decimals import wide
from mapping.kpis import Kpi, Unit
from mapping.wording import show_value

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_TIME_STEPS = tuple(Decimal(one) for one in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400))
_ROOM = Decimal("0.08")  # of the extent, above and below
MOST_TICKS = 4


class Across:
    """Days → x. A day is as wide as any other; `last` is inclusive."""

    def __init__(self, first: date, last: date, left: float, right: float) -> None:
        self.first, self.left = first, left
        self.day = (right - left) / ((last - first).days + 1)

    def starts(self, day: date) -> float:
        return self.left + self.day * (day - self.first).days

    def ends(self, day: date) -> float:
        return self.starts(day) + self.day

    def middle(self, first: date, last: date) -> float:
        return (self.starts(first) + self.ends(last)) / 2


class Up:
    """Numbers → y, the larger the higher. All of `values` lie within; zero need not."""

    def __init__(self, values: Sequence[Decimal], bottom: float, top: float) -> None:
        self.bottom, self.height = bottom, top - bottom
        with wide():
            low, high = min(values), max(values)
            room = (high - low) * _ROOM or abs(high) / 10 or Decimal(1)
            self.low, self.high = low - room, high + room
            if low >= 0 > self.low:
                self.low = Decimal(0) if low else -room / 4  # a line along zero stays in sight
            self.span = self.high - self.low

    def at(self, value: Decimal) -> float:
        with wide():
            share = (value - self.low) / self.span
        return self.bottom + self.height * float(min(max(share, Decimal(0)), Decimal(1)))


def ticks(up: Up, kpi: Kpi, most: int = MOST_TICKS) -> list[tuple[Decimal, str]]:
    """At most so many round numbers within the scale, with their words, which all differ."""
    with wide():
        step = _step(up.span, kpi, most)
        first = (up.low / step).to_integral_value(ROUND_CEILING)
        values = [step * (first + place) for place in range(most + 1) if step * (first + place) <= up.high]
    whole = [one for one in values if one == one.to_integral_value()]
    if kpi.unit is Unit.COUNT and len(whole) > 1:
        values = whole
    for more in range(5):
        said = [show_value(kpi, one, more) for one in values]
        if len(set(said)) == len(said):
            break
    seen: dict[str, Decimal] = {}
    for value, text in zip(values, said, strict=True):
        seen.setdefault(text, value)
    return [(value, text) for text, value in seen.items()]


def _step(span: Decimal, kpi: Kpi, most: int) -> Decimal:
    rough = span / most
    if kpi.unit is Unit.SECONDS and 1 <= rough <= _TIME_STEPS[-1]:
        return next(one for one in _TIME_STEPS if one >= rough)
    power = Decimal(1).scaleb(rough.adjusted())
    return next(one * power for one in _STEPS if one * power >= rough)
