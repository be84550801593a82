"""`alignd doctor`: whether all that the file names is there, online; one line each, with the mend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors.base import Finding
from sync.cli.ending import Ending
from sync.cli.opening import checked, opened, read_file
from sync.cli.options import DEFAULT_FILE, AsJson, ConfigFile
from sync.cli.terminal import console, progress, show, show_json, tell

if TYPE_CHECKING:
    from config import Config


def doctor(*, config: ConfigFile = DEFAULT_FILE, json: AsJson = False) -> int:
    """Ask the vendors whether all that the file names is there: credentials, metrics, sheets, people, rights.

    Writes nothing. Exit code 1 if something is to be mended.
    """
    from sync.cli.render.findings import finding, findings_summary

    file = checked(config)
    for warning in read_file(config).warnings:
        tell(str(warning))
    found: list[Finding] = []
    at_once = not console().is_terminal  # on a terminal the progress stands there until all is asked
    with progress("asking the vendors", wanted=not json) as advance:
        for one in examined(file):
            found.append(one)
            advance(one.where or "asking the vendors")
            if not json and at_once:
                show(finding(one))
    if json:
        from sync.output import report_object

        zone = file.workspace.calendar.zone
        show_json({"findings": [report_object(one, zone) for one in found]})
    else:
        if not at_once:
            show(*(finding(one) for one in found))
        show(findings_summary(found))
    return Ending.DONE if all(one.ok for one in found) else Ending.PROBLEM


def examined(file: Config) -> Iterator[Finding]:
    """This machine first, then every vendor."""
    from sync.surroundings import surroundings

    yield from surroundings(file.workspace.calendar.zone)
    with opened(file) as app:
        yield from app.examine()
