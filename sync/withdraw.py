"""Withdrawing a cycle: what it made and nobody touched is completed (Asana) or archived (Trello). Pure.

Nothing is deleted. A withdrawn task counts as dismissed: it is not made again for the same episode or occurrence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mapping.links import Link
from mapping.tasks import Archive, Complete, Order, Task
from sync.steps import Reason, Step, StepKind, step_on


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """`steps`: what is put away. `left`: links that stay, each with the reason in words."""

    steps: tuple[Step, ...]
    left: tuple[tuple[Link, str], ...]


def withdrawal(
    cycle: int, links: Iterable[Link], tasks: Mapping[str, Mapping[str, Task]], archives: Mapping[str, bool]
) -> Withdrawal:
    """What `alignd withdraw CYCLE` would do.

    `links` after read-back. `tasks`: by tracker id, then task id, as they stand now, comments read if possible; a
    tracker that is not in it could not be reached. `archives`: by tracker id, True for Trello.
    """
    steps: list[Step] = []
    left: list[tuple[Link, str]] = []
    for link in links:
        if link.made_cycle != cycle or link.task is None or not link.is_live:
            continue
        if link.tracker not in tasks:
            left.append((link, f"{link.tracker} could not be reached"))
            continue
        task = tasks[link.tracker].get(link.task)
        if link.touched or link.theirs or (task is not None and task.changed_by_person):
            left.append((link, "a person changed or commented it"))
            continue
        order: Order = Archive(link.task) if archives.get(link.tracker) else Complete(link.task)
        kind = StepKind.ARCHIVE if isinstance(order, Archive) else StepKind.COMPLETE
        steps.append(step_on(link, kind, Reason.WITHDRAWN, order, f"cycle {cycle} made it and nobody touched it"))
    return Withdrawal(tuple(steps), tuple(left))
