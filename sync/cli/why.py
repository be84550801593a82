"""`alignd why`: why something is as it is, and why there is no task."""

from __future__ import annotations

from sync.cli.ending import Ending, wrong
from sync.cli.opening import checked, instant, opened
from sync.cli.options import DEFAULT_FILE, AsJson, At, ConfigFile
from sync.cli.terminal import show, show_json


def why(
    subject: str,
    period: str | None = None,
    /,
    *,
    config: ConfigFile = DEFAULT_FILE,
    at: At = None,
    json: AsJson = False,
) -> int:
    """Why something is as it is, or why there is no task; every number with its origin. Asks no vendor.

    Parameters
    ----------
    subject
        a KPI by id or name, or a task by its key, link or title.
    period
        2026-W46, 2026-11, 2026-Q4, 2026-H2, 2026, FY2027-Q3, 2026-11-16; without it: how things stand.
    """
    from sync.subjects import UnknownSubject

    file = checked(config)
    with opened(file, instant(file, at)) as app:
        try:
            report = app.why(subject, period)
        except UnknownSubject as error:
            raise wrong(f"alignd: {error}; {error.advice}") from error
        except ValueError as error:  # a period that is none: its words say what to write
            raise wrong(f"alignd: {error}") from error
    if json:
        from sync.output import report_object

        show_json(report_object(report, file.workspace.calendar.zone))
        return Ending.DONE
    from sync.cli.render.why import render_why

    show(render_why(report))
    return Ending.DONE
