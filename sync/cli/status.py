"""`alignd status`: how everything stands, from the store alone."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from sync.cli.ending import Ending
from sync.cli.opening import checked, known_who, opened
from sync.cli.options import DEFAULT_FILE, AsJson, ConfigFile
from sync.cli.terminal import show, show_json

ForWhom = Annotated[
    str | None, Parameter(name="--for", help="only what concerns one person or team of the file, and what to do first")
]
WithGoals = Annotated[
    bool, Parameter(name="--goals", negative=(), show_default=False, help="the goals too, with what stands under each")
]


def status(
    *, config: ConfigFile = DEFAULT_FILE, who: ForWhom = None, goals: WithGoals = False, json: AsJson = False
) -> int:
    """The KPIs, the open work, what waits and why, the last syncs. Asks no vendor."""
    file = checked(config)
    with opened(file) as app:
        report = app.status(*known_who(file, who))
    if json:
        from sync.output import report_object

        show_json(report_object(report, file.workspace.calendar.zone))
        return Ending.DONE
    from sync.cli.render.status import render_status

    show(render_status(report, goals=goals))
    return Ending.DONE
