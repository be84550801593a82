"""Aggregates: how the numbers of a period become one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from mapping.decimals import wide
from mapping.queries import Aggregate

SCORES = frozenset(Decimal(score) for score in range(11))  # what people answer when asked for a net promoter score


def aggregated(kind: Aggregate, numbers: Sequence[Decimal]) -> Decimal | None:
    """The one number of these, in the order of their dates; None of none. A count is of rows, not of numbers."""
    if not numbers:
        return None
    with wide():
        match kind:
            case Aggregate.SUM:
                return sum(numbers, Decimal(0))
            case Aggregate.MEAN:
                return sum(numbers, Decimal(0)) / len(numbers)
            case Aggregate.MIN:
                return min(numbers)
            case Aggregate.MAX:
                return max(numbers)
            case Aggregate.LAST:
                return numbers[-1]
            case Aggregate.NPS:
                promoters = sum(1 for one in numbers if one >= 9)
                detractors = sum(1 for one in numbers if one <= 6)
                return Decimal(100 * (promoters - detractors)) / len(numbers)
            case Aggregate.COUNT:
                return Decimal(len(numbers))
