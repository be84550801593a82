"""How often in a row a KPI needed an action item while its target stayed the same. Pure.

After the third, a review asks whether the target is right: perhaps it cannot be met, or meeting it takes something
else than an item.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from mapping.judgements import Judgement
from mapping.keys import parts_of
from mapping.kpis import Growth, Kpi
from mapping.links import Link, LinkState
from mapping.periods import Calendar
from mapping.targets import entry_in_force

IN_A_ROW = 3  # items, after which the target itself is in question
SOON = timedelta(weeks=26)  # an item made later than this after the one before was completed begins a row of its own


def items_in_a_row(kpi: Kpi, items: Sequence[Link], history: Sequence[Judgement], calendar: Calendar) -> list[Link]:
    """The KPI's items that are in a row, oldest first, the newest item the last.

    `items`: of this KPI, oldest first. An item is in a row with the one before it when it was made at most 26 weeks
    after that was completed, against the same target; a new target begins anew. Items that people set aside and those
    that are not made yet do not count.
    """
    newest = next((one for one in reversed(history) if one.target is not None), None)
    row: list[Link] = []
    for link in reversed([one for one in items if one.state is LinkState.LINKED]):
        if row and (link.completed_at is None or row[-1].made_at - link.completed_at > SOON):
            break
        then = _judged_when_made(link, history, calendar)
        if then is not None and newest is not None and not _same_target(kpi, then, newest):
            break
        row.append(link)
    return row[::-1]


def count_of(row: Sequence[Link]) -> int:
    """How many items the row has. Of one found again after a lost ledger the key says it: `…/3` is a third."""
    first = parts_of(row[0].key) if row and row[0].adopted else None
    return len(row) + (first.number - 1 if first is not None else 0)


def _judged_when_made(link: Link, history: Sequence[Judgement], calendar: Calendar) -> Judgement | None:
    """The last period with a target that had ended when the item was made; of one found again, its opening period."""
    day = calendar.local_date(link.made_at)
    judged = [one for one in history if one.target is not None and one.period.last < day]
    if link.adopted:
        judged = [one for one in judged if one.period.label == link.episode]
    return judged[-1] if judged else None


def _same_target(kpi: Kpi, then: Judgement, now: Judgement) -> bool:
    """Whether both were judged by one target. Growth that is computed anew each period stays what was agreed."""
    entry = entry_in_force(kpi, now.period.first)
    if entry is not None and isinstance(entry.rule, Growth):
        return entry_in_force(kpi, then.period.first) == entry
    one, other = then.target, now.target
    return one is not None and other is not None and (one.low, one.high) == (other.low, other.high)
