"""Why a KPI that is off target has no task, in words. Pure.

`status` and whatever is made of an alignment say it; `why` tells the same at length.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mapping.judgements import Episode, Judgement, Status
from mapping.kpis import Kpi
from mapping.links import Link, LinkState
from mapping.periods import Calendar
from mapping.runs import run_of
from mapping.wording import count_word, show_day, unit_word
from sync.plan.items import belongs

_NOT_AGAIN = "so none is made before it has been back on target"


def why_without_item(
    kpi: Kpi,
    judged: Sequence[Judgement],
    episode: Episode | None,
    items: Sequence[Link],
    calendar: Calendar,
    today: date,
    held: str = "",
) -> str:
    """ "a person set its task aside, so none is made before …"; "" where there is one, or none is wanted.

    `judged`: oldest first. `items`: the KPI's action items, oldest first. `held`: why the last cycle made none.
    """
    if not judged or judged[-1].status is not Status.OFF_TRACK or any(_is_there(one) for one in items):
        return ""
    if episode is None or not episode.is_open:
        return _not_long_enough(kpi, judged, episode)
    mine = [one for one in items if belongs(one, episode, items)]
    if mine:
        return held or _what_became_of(mine[-1], kpi, calendar, today)
    return held or ("" if kpi.owner is not None else "nobody owns it, so nobody is asked")


def _is_there(link: Link) -> bool:
    """Live, or on its way: what it waits for is told with the open work."""
    return link.is_live or link.state not in (LinkState.LINKED, LinkState.DISMISSED)


def _not_long_enough(kpi: Kpi, judged: Sequence[Judgement], episode: Episode | None) -> str:
    after = None if episode is None else episode.closed or episode.opened
    needed = kpi.policy.breach_after
    count = max(run_of(judged, after=after).count, 1)
    if count >= needed:
        return ""
    return f"a task is made after {count_word(needed)} {unit_word(kpi.period, needed)} off target in a row"


def _what_became_of(item: Link, kpi: Kpi, calendar: Calendar, today: date) -> str:
    if item.state is LinkState.DISMISSED:
        return f"a person set its task aside, {_NOT_AGAIN}"
    if item.completed:
        day = calendar.local_date(item.completed_at) if item.completed_at is not None else None
        on = f" on {show_day(day, today)}" if day is not None else ""
        needed = kpi.policy.recheck_after
        return (
            f"its task was completed{on}; it is looked at again when {count_word(needed)} new "
            f"{unit_word(kpi.period, needed)} {'is' if needed == 1 else 'are'} counted"
        )
    return f"a person archived its task, {_NOT_AGAIN}" if item.archived else ""
