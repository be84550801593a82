"""Latches: what stops alignd before a mass change, until somebody says that it is meant.

Pure: what stands there in, what to do out. A latch is set again from the world in every cycle, so it is said once
(when it is new) and lifts by itself when its cause is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mapping.links import Link
from mapping.tasks import View
from sync.steps import Outcome, Problem, Step, StepKind

MISSING = "missing"
NEW = "new"
LEAST_MISSING = 3
MISSING_SHARE = 5  # over one in five


@dataclass(frozen=True, slots=True)
class Latch:
    """Something that holds a tracker's writes back. `name` is missing or new; `count` how many tasks it is about."""

    tracker: str
    name: str
    since: datetime
    count: int
    what: str
    advice: str

    def problem(self, *, new: bool) -> Problem:
        return Problem(self.tracker, self.what, self.advice, new=new, kind="latch")


@dataclass(frozen=True, slots=True)
class Missing:
    """`latch`: set while writing must stop, else None. `new`: to be said now. `gone`: keys whose tasks are gone."""

    latch: Latch | None
    new: bool
    gone: frozenset[str]


def missing(
    tracker: str, links: Iterable[Link], view: View, standing: Latch | None, *, accepted: bool, now: datetime
) -> Missing:
    """Are 3 or more open tasks, and over 20 % of the tracker's, gone at once?

    `links` as they were before this reading. While the latch is set the gone ones must stay as they are in the
    ledger, so that the next cycle sees the same; `accepted` (`--accept-missing`) lets them be dismissed.
    """
    open_ones = {one.task: one.key for one in links if one.tracker == tracker and one.is_live and one.task}
    gone = frozenset(key for task, key in open_ones.items() if task in view.gone)
    if accepted or len(gone) < LEAST_MISSING or len(gone) * MISSING_SHARE <= len(open_ones):
        return Missing(None, False, gone)
    latch = Latch(
        tracker,
        MISSING,
        standing.since if standing else now,
        len(gone),
        f"{len(gone)} of {len(open_ones)} open tasks are gone at once, so nothing is written there",
        f"if they were deleted on purpose: alignd sync --accept-missing {tracker}; "
        "if not: give alignd's user back its access, or restore them",
    )
    return Missing(latch, standing is None, gone)


@dataclass(frozen=True, slots=True)
class TooMany:
    """`steps`: all of them, creates deferred while the latch is set. `new`: to be said now."""

    steps: tuple[Step, ...]
    latch: Latch | None
    new: bool


def too_many(
    tracker: str, steps: Sequence[Step], at_most: int, standing: Latch | None, *, accepted: bool, now: datetime
) -> TooMany:
    """Would this cycle make more than `new_at_most` new tasks in the tracker? Then none of them is made.

    Counted are the creates that would be sent (after `max_open`); other trackers' steps pass through.
    """
    creates = [one for one in steps if _would_create(one, tracker)]
    if accepted or len(creates) <= at_most:
        return TooMany(tuple(steps), None, False)
    what = f"{len(creates)} new tasks at once are more than new_at_most ({at_most}), so none of them is made"
    latch = Latch(
        tracker,
        NEW,
        standing.since if standing else now,
        len(creates),
        what,
        "look at them with alignd plan, then: alignd sync --accept-new",
    )
    held = tuple(
        replace(one, outcome=Outcome.DEFERRED, because=one.because or what) if _would_create(one, tracker) else one
        for one in steps
    )
    return TooMany(held, latch, standing is None)


def _would_create(step: Step, tracker: str) -> bool:
    return step.kind is StepKind.CREATE and step.tracker == tracker and step.outcome is Outcome.PLANNED
