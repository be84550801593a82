"""What is written as Markdown, HTML or JSON, to stdout or to a file: shared by the commands that do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from sync.cli.ending import nothing_done, wrong
from sync.cli.terminal import json_without_controls, tell

if TYPE_CHECKING:
    from sync.unified import Format

As = Annotated[
    Literal["md", "html", "json"] | None,
    Parameter(name="--format", help="md, html (one file that needs nothing else) or json; md, or as FILE ends"),
]
Into = Annotated[Path | None, Parameter(name=("--output", "-o"), help="write it to this file, whole or not at all")]


def format_of(given: str | None, output: Path | None, json: bool) -> Format:
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


def refuse_folder(output: Path | None, example: str) -> None:
    """Before anything is read: a place that cannot be written. `example`: what a file there could be called."""
    if output is None:
        return
    if output.is_dir():
        raise wrong(f"alignd: {output} is a folder; name a file in it, for example {output / example}")
    if not output.parent.is_dir():
        raise wrong(f"alignd: {output.parent} is no folder; make it first")


def write_out(text: str, wanted: Format, output: Path | None, what: str) -> None:
    """To the file, whole or not at all; without one to stdout. `what`: "The report"."""
    if output is None:
        sys.stdout.write(_shown(text, wanted))
        return
    from sync.files import write_whole

    try:
        write_whole(output, text)
    except OSError as error:
        raise nothing_done(f"alignd: {output} could not be written: {error.strerror or error}") from error
    tell(f"{what} in {output}.")


def _shown(text: str, wanted: Format) -> str:
    """For a terminal: nothing in it that could steer one, line by line."""
    from sync.cli.terminal import without_controls
    from sync.unified import Format

    if wanted is Format.JSON:
        return json_without_controls(text)
    return "\n".join(without_controls(line) for line in text.split("\n"))
