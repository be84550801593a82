"""`alignd demo`: a quarter of a team's life on local stand-ins, with nothing to configure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from sync.cli.ending import Ending, nothing_done
from sync.cli.terminal import progress, show

Folder = Annotated[Path, Parameter(name=("--folder", "-o"), help="where the demo writes its file, store and pages")]
Serve = Annotated[
    bool, Parameter(name="--serve", negative=(), show_default=False, help="keep the boards up until Ctrl-C")
]


def demo(*, folder: Folder = Path("demo"), serve: Serve = False) -> int:
    """A quarter of a team's life in a minute: local stand-ins of Google Analytics, Sheets, Asana and Trello.

    People complete, rename, move and delete tasks in between. Ends with a summary and a page to look at.
    """
    from sync.cli.render.demo import render_demo
    from sync.demo import run_demo

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise nothing_done(f"alignd: {folder} could not be made: {error.strerror}") from error
    with progress("a quarter of a team's life") as advance:
        summary = run_demo(folder, serve=serve, progress=advance)
    show(render_demo(summary))
    return Ending.DONE
