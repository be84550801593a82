"""`alignd report`: the unified report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from sync.cli.ending import Ending, nothing_done, wrong
from sync.cli.opening import checked, instant, opened
from sync.cli.options import DEFAULT_FILE, AsJson, At, ConfigFile
from sync.cli.terminal import json_without_controls, tell

if TYPE_CHECKING:
    from mapping.alignment import Alignment
    from sync.unified import Format

For = Annotated[
    str | None,
    Parameter(
        name="--for",
        help="a review by its id (its next meeting: its KPIs, since it met last), or a period: 2026-11, 2026-Q4, "
        "2026-W46, FY2027-Q3; without it: the last thirteen weeks",
    ),
]
As = Annotated[
    Literal["md", "html", "json"] | None,
    Parameter(name="--format", help="md, html (one file that needs nothing else) or json; md, or as FILE ends"),
]
Into = Annotated[Path | None, Parameter(name=("--output", "-o"), help="write it to this file, whole or not at all")]


def report(
    *,
    for_: For = None,
    format: As = None,  # noqa: A002 - what it is called on the command line
    output: Into = None,
    config: ConfigFile = DEFAULT_FILE,
    at: At = None,
    json: AsJson = False,
) -> int:
    """Everything on one page: executive summary, marketing metrics, M&E metrics, strategy adjustments, plans.

    From what alignd knows; nobody is asked. Markdown to stdout, if nothing else is said. With --at, from what was
    known then.

    alignd report --for monthly -o report.html writes what a review's people need before it.
    """
    wanted = _format(format, output, json)
    file = checked(config)
    if output is not None:
        _refuse_folder(output)
    from sync.errors import StoreUnusable
    from sync.unified import report_text
    from sync.unified.chosen import NothingToTell, chosen

    try:
        choose = chosen(for_, file)
        with opened(file, instant(file, at)) as app:
            if not app.has_looked():
                raise StoreUnusable(
                    "nothing is known yet" if at is None else f"nothing was known at {at}", "run alignd sync first"
                )
            alignment: Alignment = app.alignment(choose)
    except NothingToTell as error:
        raise wrong(f"alignd: {error}; {error.advice}") from error
    text = report_text(alignment, wanted)
    if output is None:
        sys.stdout.write(_shown(text, wanted))
        return Ending.DONE
    from sync.files import write_whole

    try:
        write_whole(output, text)
    except OSError as error:
        raise nothing_done(f"alignd: {output} could not be written: {error.strerror or error}") from error
    tell(f"The report is in {output}.")
    return Ending.DONE


def _format(given: str | None, output: Path | None, json: bool) -> Format:
    """As asked for; else as the file's name ends; else Markdown."""
    from sync.unified import Format

    if json and given not in (None, "json"):
        raise wrong(f"alignd: --json and --format {given} do not go together")
    if json or given is not None:
        return Format(given or "json")
    if output is None:
        return Format.MD
    ending = output.suffix.lower().lstrip(".")
    known = {"md": Format.MD, "markdown": Format.MD, "html": Format.HTML, "htm": Format.HTML, "json": Format.JSON}
    if ending not in known:
        raise wrong(f"alignd: {output} does not say its format; end it with .md, .html or .json, or give --format")
    return known[ending]


def _refuse_folder(output: Path) -> None:
    if output.is_dir():
        raise wrong(f"alignd: {output} is a folder; name a file in it, for example {output / 'report.html'}")
    if not output.parent.is_dir():
        raise wrong(f"alignd: {output.parent} is no folder; make it first")


def _shown(text: str, wanted: Format) -> str:
    """For a terminal: nothing in it that could steer one, line by line."""
    from sync.cli.terminal import without_controls
    from sync.unified import Format

    if wanted is Format.JSON:
        return json_without_controls(text)
    return "\n".join(without_controls(line) for line in text.split("\n"))
