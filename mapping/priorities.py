"""Who goes first when not everything can be done at once: the order of the line behind `max_open`."""

from __future__ import annotations

from decimal import Decimal

Place = tuple[bool, Decimal, bool, int, int, int]


def line_order(gap: Decimal | None, goal_depth: int | None, off_periods: int, place: int) -> Place:
    """A sort key, most important first: gap worst first (no gap last), the highest goal nearest the root first (none
    last), more off-track periods first, then the place in the file.

    `gap`: as judged, negative when short (-0.3167 is worse than -0.1). `goal_depth`: 0 for a root goal.
    """
    return (
        gap is None,
        gap if gap is not None else Decimal(0),
        goal_depth is None,
        goal_depth if goal_depth is not None else 0,
        -off_periods,
        place,
    )
