"""One tracker's part of applying a plan: what its steps became, and when to leave the rest for the next cycle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from connectors.base import Tracker
from mapping.links import Link, Note, Written
from mapping.queries import Trouble
from mapping.tasks import AddPart, Fate, Order, Result, Task
from sync.failpoints import Failpoint
from sync.steps import Outcome, Step
from sync.store import Store

FRUITLESS_AT_MOST = 2  # requests in a row that came to nothing: the vendor is unwell, the next cycle goes on
HEALS_WITH_TIME = ("late", "unreachable")
LINK_FIELDS = frozenset(one.name for one in fields(Link))


@dataclass
class Applying:
    """What the phases share. `steps` is the whole plan, each step replaced by what became of it.

    `links` and `notes` are the caller's, kept true as the ledger changes. `vendor_at`: the vendor's clock, if known.
    `halted`: why nothing more leaves for this tracker in this cycle.
    """

    store: Store
    tracker: Tracker
    steps: list[Step]
    links: dict[str, Link]
    notes: dict[str, Note]
    cycle: int
    now: Callable[[], datetime]
    failpoint: Failpoint
    vendor_at: datetime | None = None
    halted: Trouble | None = None
    _fruitless: int = field(default=0)

    def send(self, orders: Sequence[Order]) -> list[Result]:
        """One request; one result an order, a missing one counted as unknown."""
        results = list(self.tracker.write(orders))[: len(orders)]
        results += [Result(Fate.UNKNOWN)] * (len(orders) - len(results))
        self._fruitless = 0 if any(one.fate is Fate.DONE for one in results) else self._fruitless + 1
        for one in results:
            if one.fate is Fate.NOT_SENT and (one.trouble is None or one.trouble.kind in HEALS_WITH_TIME):
                self.halted = one.trouble or _trouble(self.tracker.id, "could not be reached")
        if self._fruitless >= FRUITLESS_AT_MOST and self.halted is None and _is_unwell(results):
            self.halted = _trouble(self.tracker.id, "does not answer as it should")
        return results

    def end(self, index: int, outcome: Outcome, **changes: Any) -> None:
        """What became of a step."""
        self.steps[index] = replace(self.steps[index], outcome=outcome, **changes)

    def defer(self, indexes: Iterable[int]) -> None:
        """The rest of the tracker's steps, once it is halted."""
        for index in indexes:
            why = self.halted.what if self.halted is not None else ""
            self.end(index, Outcome.DEFERRED, because=why or self.steps[index].because)

    def link_of(self, step: Step) -> Link | None:
        """The ledger row a step is about."""
        return self.links.get(task_key(step.key))


def task_key(key: str) -> str:
    """The work's key, of a step's or comment's (`TASK-KEY#kind/PERIOD`)."""
    return key.partition("#")[0]


def next_portion(applying: Applying, indexes: Sequence[int]) -> tuple[list[int], list[int]]:
    """One request's worth of orders, and what is left: no two on one task, in the order of the plan.

    A vendor may carry out one request in any order, so a later order on a task waits for the earlier one. Only parts
    of one task go together: none of them depends on another.
    """
    taken: list[int] = []
    left: list[int] = []
    parted: dict[str, bool] = {}  # the tasks met so far: whether all that is taken on them adds parts
    for index in indexes:
        step = applying.steps[index]
        link = applying.link_of(step)
        task = step.task or (link.task if link is not None else None) or task_key(step.key)
        adds = isinstance(step.order, AddPart)
        fits = len(taken) < max(applying.tracker.batch, 1) and (task not in parted or (adds and parted[task]))
        (taken if fits else left).append(index)
        parted[task] = fits and adds
    return taken, left


def as_answered(link: Link, task: Task) -> Link:
    """The link with the task as the vendor just answered it."""
    return replace(
        link,
        title=task.title,
        url=task.url or link.url,
        due=task.due,
        assignees=task.assignees,
        home=task.home or link.home,
        place=task.place or link.place,
    )


def written_from(task: Task, assignee: str | None) -> Written:
    """What the vendor answered to a create: the base of the three-way merge. `assignee`: whom the order named."""
    return Written(task.title, task.notes, assignee if assignee in task.assignees else None, task.due)


def with_sets(link: Link, step: Step) -> Link:
    """The link with what the step sets once it is done."""
    wrong = [name for name, _ in step.sets if name not in LINK_FIELDS]
    if wrong:
        raise ValueError(f"{step.key}: a link has no {', '.join(wrong)}")
    changes: dict[str, Any] = dict(step.sets)
    return replace(link, **changes)


def needs_person(result: Result) -> bool:
    """The vendor refuses us, not this order: credentials, rights. The order itself may be good."""
    return result.trouble is not None and result.trouble.kind == "refused"


def _is_unwell(results: Sequence[Result]) -> bool:
    return all(one.fate is Fate.UNKNOWN or needs_person(one) for one in results)


def _trouble(where: str, what: str) -> Trouble:
    return Trouble(where, what, "nothing to do: the next cycle goes on from here", "unreachable")
