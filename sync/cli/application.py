"""The parser: every command by its import path, loaded only when it is the one that is called."""

from __future__ import annotations

from collections.abc import Sequence

from cyclopts import App, CycloptsError

from sync.cli.ending import wrong
from sync.cli.overview import COMMANDS


def application() -> App:
    """The cyclopts application. Nothing of a command is imported before that command runs."""
    app = App(
        name="alignd",
        help="alignd keeps a team's work in line with what it agreed to achieve.",
        help_format="plaintext",
        version_flags=[],
        exit_on_error=False,
        print_error=False,
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    for command in COMMANDS:
        app.command(
            f"sync.cli.{command.module}:{command.function}",
            name=command.name,
            help=command.summary,
        )
    return app


def run(arguments: Sequence[str]) -> int:
    """Run the command the arguments name; its exit code."""
    try:
        code = application()(list(arguments))
    except CycloptsError as error:
        raise wrong(f"alignd: {str(error).strip()}", _way_on(arguments)) from error
    return int(code or 0)


def _way_on(arguments: Sequence[str]) -> str:
    known = {command.name for command in COMMANDS}
    return f"alignd {arguments[0]} --help" if arguments[0] in known else "alignd --help lists the commands"
