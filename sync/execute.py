"""Applying a plan: step → ledger → tracker → ledger. Tasks are made first, then followers added, then
comments said, then tasks changed.

Nothing here decides what should happen; everything here makes sure that it happens once, and that the ledger knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.base import Tracker
from mapping.links import Link, Note
from mapping.tasks import Create, EditComment, Follow, Say
from sync.applying import Applying
from sync.changing import change
from sync.creating import make_tasks
from sync.failpoints import Failpoint, no_failpoint
from sync.saying import say
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
        creates = [index for index in indexes if isinstance(ended[index].order, Create)]
        comments = [index for index in indexes if isinstance(ended[index].order, Say | EditComment)]
        follows = [index for index in indexes if isinstance(ended[index].order, Follow)]
        apart = {*creates, *comments, *follows}
        make_tasks(applying, creates)
        change(applying, follows)  # the word to a new follower is what keeps them from being added again
        say(applying, comments)
        change(applying, [index for index in indexes if index not in apart])
    return ended
