"""What comes first when not everything can be done at once: the order of the line behind `max_open`, and that of the
things a person or a team does first. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import IntEnum

from mapping.judgements import Status
from mapping.runs import run_of
from mapping.texts.review_facts import OpenItem

Place = tuple[bool, Decimal, bool, int, int, int]
FIRST_THINGS = 2


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


class Rank(IntEnum):
    """What kind of thing it is to do, the first first."""

    SHORT = 0  # a KPI is off target, or close to it
    DATED = 1  # no number says how much it matters: data that is waited for, what a review agreed on. By its day
    BACK = 2  # its KPI is on target again: left is a line on what helped


def first_things(items: Iterable[OpenItem], n: int = FIRST_THINGS) -> list[OpenItem]:
    """The `n` things to do first of these open items, of a person or of a whole team.

    KPIs that are short come first, in the order of the line: how far off, how high in the goals, for how long, the
    place in the file; what has no number of its own follows by its due date; last what is on target again. What people
    asked to have left in peace is not among them.
    """
    return in_order(one for one in items if not one.quiet)[:n]


def in_order(items: Iterable[OpenItem]) -> list[OpenItem]:
    """All of them, the first thing first. However they came, the order is the same."""
    return sorted(items, key=_order)


def rank_of(item: OpenItem) -> Rank:
    if item.kpi is None or not item.history:
        return Rank.DATED
    return Rank.BACK if item.history[-1].status is Status.ON_TRACK else Rank.SHORT


def _order(item: OpenItem) -> tuple[Rank, Place, date, str, str]:
    rank = rank_of(item)
    place = _NO_PLACE
    if rank is not Rank.DATED and item.kpi is not None:
        depth = item.goal.depth if item.goal is not None else None
        place = line_order(item.history[-1].gap, depth, run_of(item.history).count, item.kpi.place)
    return (rank, place, item.due or date.max, item.key, item.title)


_NO_PLACE = line_order(None, None, 0, 0)
