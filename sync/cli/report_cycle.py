"""What plan, sync and withdraw have in common: showing a cycle, and the exit code that follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.cli.ending import Ending
from sync.cli.terminal import show, show_json

if TYPE_CHECKING:
    from config import Config
    from sync.steps import CycleReport


def show_cycle(report: CycleReport, config: Config, *, as_json: bool) -> None:
    """As the contract's JSON, or for people."""
    if as_json:
        from sync.output import cycle_object

        show_json(cycle_object(report, config.workspace.calendar.zone))
        return
    from sync.cli.render.cycle import render_cycle

    show(render_cycle(report, config))


def ending_of(report: CycleReport, *, strict: bool) -> Ending:
    """3 if nothing was reachable, 1 if a problem is new (with `strict`: if there is any), else 0."""
    if report.nothing_reachable:
        return Ending.NOTHING
    if any(one.new or strict for one in report.problems):
        return Ending.PROBLEM
    return Ending.DONE
