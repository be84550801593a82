"""`alignd demo`: a quarter of a team's life on local stand-ins, with nothing to configure."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from sync.cli.ending import Ending, nothing_done, wrong
from sync.cli.terminal import progress, show, tell

Folder = Annotated[Path, Parameter(name=("--folder", "-o"), help="where the demo writes its file, store and pages")]
Serve = Annotated[
    bool, Parameter(name="--serve", negative=(), show_default=False, help="keep the boards up until Ctrl-C")
]


def demo(*, folder: Folder = Path("demo"), serve: Serve = False) -> int:
    """A quarter of a team's life in a minute: local stand-ins of Google Analytics, Sheets, Asana and Trello.

    People complete, rename, move and delete tasks in between. Ends with a summary and a page to look at.
    """
    from sync.cli.render.demo import render_demo
    from sync.demo import NotTheDemos, run_demo

    with ExitStack() as stack:
        try:
            with progress("a quarter of a team's life") as advance:
                summary = stack.enter_context(run_demo(folder, advance))
        except NotTheDemos as error:
            raise wrong(f"alignd: {error}") from error
        except OSError as error:
            raise nothing_done(f"alignd: {folder} could not be written: {error.strerror or error}") from error
        show(render_demo(summary, serving=serve, called=how_called()))
        if serve:
            tell("The boards stay up until Ctrl-C.")
            with suppress(KeyboardInterrupt):
                threading.Event().wait()
    return Ending.DONE


def how_called() -> str:
    """What to type for alignd here: its name if the shell finds it, else its path."""
    if shutil.which("alignd"):
        return "alignd"
    return os.path.relpath(sys.argv[0]) if Path(sys.argv[0]).name == "alignd" else "alignd"
