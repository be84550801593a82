"""Sparklines: a run of numbers as one line of block characters."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

BARS = "▁▂▃▄▅▆▇█"
GAP = "·"


def sparkline(values: Sequence[Decimal | None]) -> str:
    """One character a value, lowest to highest of the run; `·` where there is none. All equal: the middle bar."""
    known = [value for value in values if value is not None]
    if not known:
        return GAP * len(values)
    low, high = min(known), max(known)
    return "".join(GAP if value is None else BARS[_step(value, low, high)] for value in values)


def _step(value: Decimal, low: Decimal, high: Decimal) -> int:
    if high == low:
        return len(BARS) // 2 - 1
    return min(int((value - low) / (high - low) * len(BARS)), len(BARS) - 1)
