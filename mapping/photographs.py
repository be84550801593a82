"""Photographs: a cell has no history of its own, so what it held when alignd looked is its history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mapping.periods import Calendar, Period
from mapping.queries import Answer, CellQuery, Found
from mapping.readings import Photograph, State

UNCHANGED_PERIODS = 3


def photograph_of(answer: Answer, seen_at: datetime) -> Photograph:
    """What a cell answered, kept. An empty cell is kept too (missing): it shows that alignd looked."""
    query = answer.ask.query
    if not isinstance(query, CellQuery):
        raise TypeError(f"a {type(query).__name__} is not photographed")
    states = {Found.ABSENT: State.MISSING, Found.UNTRUSTED: State.UNTRUSTED}
    state = states.get(answer.found, State.VALUE)
    return Photograph(query.source, query.cell, seen_at, state, answer.value, answer.as_of, answer.note)


def photograph_for(
    query: CellQuery, period: Period, photographs: Sequence[Photograph], calendar: Calendar
) -> Photograph | None:
    """The photograph that is the period's reading, of those of one cell in any order; None if there is none.

    Dated: the last one seen whose date lies in the period. Without a date: the last one taken while the period ran,
    in the workspace's zone. An empty cell shows nothing and is passed over. One whose date could not be read counts
    for the period it was taken in, so that the bad cell is named there.
    """
    start, end = calendar.start_of(period.first), calendar.ends_at(period)

    def shows(one: Photograph) -> bool:
        if one.state is State.MISSING:
            return False
        if query.as_of is not None and one.as_of is not None:
            return one.as_of in period
        return start <= one.seen_at < end and (query.as_of is None or one.state is State.UNTRUSTED)

    chosen = [one for one in photographs if shows(one)]
    if query.as_of is not None and any(one.as_of is not None for one in chosen):
        chosen = [one for one in chosen if one.as_of is not None]  # a readable date says more than when we looked
    return _latest(chosen)


def last_before_end(period: Period, photographs: Sequence[Photograph], calendar: Calendar) -> Photograph | None:
    """The last photograph seen before the period ended, however old and even if the cell was empty (targets)."""
    end = calendar.ends_at(period)
    return _latest([one for one in photographs if one.seen_at < end])


def is_unchanged(query: CellQuery, period: Period, photographs: Sequence[Photograph], calendar: Calendar) -> bool:
    """Whether a cell without a date held the same number for three periods running, this one the third: nobody may
    be keeping it any more.
    """
    if query.as_of is not None:
        return False  # a new date beside the same number says that somebody looked
    values = []
    for back in range(UNCHANGED_PERIODS):
        taken = photograph_for(query, calendar.before(period, back), photographs, calendar)
        values.append(None if taken is None or taken.state is State.UNTRUSTED else taken.value)
    return values[0] is not None and all(value == values[0] for value in values)


def _latest(photographs: Sequence[Photograph]) -> Photograph | None:
    return max(enumerate(photographs), key=lambda pair: (pair[1].seen_at, pair[0]), default=(0, None))[1]
