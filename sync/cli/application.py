"""The parser: every command by its import path, loaded only when it is the one that is called."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

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
        app.command(f"sync.cli.{command.module}:{command.function}", name=command.name)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run the command the arguments name; its exit code."""
    arguments = _command_first(arguments)
    known = [command.name for command in COMMANDS]
    if arguments[0] not in known:
        near = get_close_matches(arguments[0], known, n=1)
        hint = f"did you mean alignd {near[0]}?" if near else "alignd --help lists the commands"
        raise wrong(f"alignd: there is no command {arguments[0]!r}; {hint}")
    try:
        code = application()(list(arguments))
    except CycloptsError as error:
        raise wrong(f"alignd: {str(error).strip()}", f"alignd {arguments[0]} --help says what it takes") from error
    return int(code or 0)


def _command_first(arguments: Sequence[str]) -> Sequence[str]:
    """`alignd -c FILE status` is `alignd status -c FILE`: what counts everywhere may stand before the command."""
    taken = 0
    while taken < len(arguments):
        if arguments[taken] in ("-c", "--config"):
            taken += 2
        elif arguments[taken] == "--json" or arguments[taken].startswith(("--config=", "-c=")):
            taken += 1
        else:
            break
    if taken >= len(arguments):
        raise wrong("alignd: no command is named; alignd --help lists them")
    return [arguments[taken], *arguments[taken + 1 :], *arguments[:taken]]
