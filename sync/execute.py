"""Applying a plan: step → ledger → tracker → ledger. Tasks are made first, then the rest in the order of the plan;
what does not depend on each other leaves in one request, as many as it carries.

Nothing here decides what should happen; everything here makes sure that it happens once, and that the ledger knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.base import Tracker
from mapping.links import Link, Note
from mapping.tasks import Create
from sync.applying import Applying, next_portion
from sync.changing import intend_changes, record_changes
from sync.creating import Making, intend_tasks, making_of, record_tasks
from sync.failpoints import Failpoint, no_failpoint
from sync.saying import intend_words, is_ready, is_word, record_words
from sync.steps import Outcome, Step
from sync.store import Store


def apply(
    steps: Sequence[Step],
    *,
    store: Store,
    trackers: Mapping[str, Tracker],
    links: dict[str, Link],
    notes: dict[str, Note],
    cycle: int,
    now: Callable[[], datetime],
    failpoint: Failpoint = no_failpoint,
    vendor_now: Mapping[str, datetime | None] | None = None,
) -> list[Step]:
    """Carry out the steps that are planned and have an order; the others come back as they are. Same order out.

    `trackers` are those that answered in this cycle; a step for another is deferred. `links` and `notes` are the
    ledger as the cycle knows it, changed in place as the store changes. `vendor_now`: each vendor's clock at its
    reading. What went wrong is in each step's `trouble`. Raises what the store raises (nothing was sent without its
    row), and `Stopped` out of a wait: what was being sent then is *sending*, which the next start takes for unknown.
    """
    ended = list(steps)
    by_tracker: dict[str, list[int]] = {}
    for index, step in enumerate(ended):
        if step.outcome is Outcome.PLANNED and step.order is not None:
            by_tracker.setdefault(step.tracker, []).append(index)
    for tracker_id, indexes in by_tracker.items():
        tracker = trackers.get(tracker_id)
        if tracker is None:
            for index in indexes:
                ended[index] = replace(
                    ended[index], outcome=Outcome.DEFERRED, because=f"{tracker_id} could not be reached"
                )
            continue
        applying = Applying(
            store, tracker, ended, links, notes, cycle, now, failpoint, (vendor_now or {}).get(tracker_id)
        )
        _carry_out(applying, indexes)
    return ended


def _carry_out(applying: Applying, indexes: Sequence[int]) -> None:
    """One tracker's orders: creates first, then the rest in the order of the plan, as many as fit into each request."""
    steps = applying.steps
    makings = {index: making_of(applying, index) for index in indexes if isinstance(steps[index].order, Create)}
    waiting = [*makings, *(index for index in indexes if index not in makings)]
    first: dict[str, int] = {}
    for index in waiting:
        if is_word(steps[index].order):
            first.setdefault(steps[index].key, index)
    again = [index for index in waiting if first.get(steps[index].key, index) != index]
    waiting = [index for index in waiting if index not in again]
    while waiting:
        portion, waiting = next_portion(applying, waiting)
        if applying.halted is not None:
            applying.defer(portion)
            continue
        retries, bare = _send(applying, portion, makings)
        makings |= {retry.index: retry for retry in retries}
        waiting = [*reversed([retry.index for retry in retries]), *bare, *waiting]
    for index in again:  # planned twice (once as a second try): it became what the first of them became
        one = steps[first[steps[index].key]]
        applying.end(index, one.outcome, because=one.because)


def _send(applying: Applying, portion: Sequence[int], makings: Mapping[int, Making]) -> tuple[list[Making], list[int]]:
    """One request: every intent is durable, then it leaves, then what became of each is recorded.

    What is to be sent again now, without an extra that was refused: tasks, and parts of tasks.
    """
    steps = applying.steps
    words = [index for index in portion if is_word(steps[index].order)]
    words = [index for index in words if is_ready(applying, index)]
    changes = [index for index in portion if index not in makings and not is_word(steps[index].order)]
    applying.store.check_lock()
    claimed = intend_tasks(applying, [makings[index] for index in portion if index in makings])
    intend_words(applying, words)
    intend_changes(applying, changes)
    rest = [*words, *changes]
    orders = [one.order for one in claimed] + [order for index in rest if (order := steps[index].order) is not None]
    if not orders:
        return [], []
    results = applying.send(orders)
    made, others = results[: len(claimed)], dict(zip(rest, results[len(claimed) :], strict=True))
    retries = record_tasks(applying, list(zip(claimed, made, strict=True)))
    bare = record_words(applying, [(index, others[index]) for index in words])
    record_changes(applying, [(index, others[index]) for index in changes])
    return retries, bare
