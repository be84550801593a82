"""`alignd backtest`: what this file would have done over the past, with real numbers, writing nothing."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from sync.cli.ending import Ending, wrong
from sync.cli.opening import checked, instant, opened, stoppable
from sync.cli.options import DEFAULT_FILE, AsJson, At, ConfigFile
from sync.cli.terminal import progress, show, show_json

LONGEST = 260  # five years

Weeks = Annotated[int, Parameter(name="--weeks", help="how far back")]


def backtest(*, config: ConfigFile = DEFAULT_FILE, weeks: Weeks = 13, at: At = None, json: AsJson = False) -> int:
    """What this file would have done over the past weeks, with real numbers. Writes nothing anywhere."""
    if not 1 <= weeks <= LONGEST:
        raise wrong(f"alignd: --weeks: from 1 to {LONGEST}")
    file = checked(config)
    with stoppable() as stop, opened(file, instant(file, at), stop) as app, progress(f"reading {weeks} weeks"):
        report = app.backtest(weeks)
    if json:
        from sync.output import report_object

        show_json(report_object(report, file.workspace.calendar.zone))
        return Ending.DONE
    from sync.cli.render.backtest import render_backtest

    show(render_backtest(report, {one.id: one.name for one in file.people.values()}))
    return Ending.DONE
