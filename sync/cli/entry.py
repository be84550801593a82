"""Where the console script begins: answers --help and --version at once, hands the rest to the parser, and turns
whatever happens into words on stderr and an exit code. People never see a traceback unless they ask with --debug.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from sync.cli.ending import Ending, Quit
from sync.cli.overview import overview


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    _have_somewhere_to_write()
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    given = [one for one in given if one != "--debug"]
    if not given or given[0] in ("--help", "-h", "help"):
        if len(given) > 1 and given[0] == "help":
            return _run([*given[1:], "--help"], debug)
        sys.stdout.write(overview(emphasis=sys.stdout.isatty() and not os.environ.get("NO_COLOR")))
        return Ending.DONE
    if given[0] in ("--version", "-V"):
        from importlib.metadata import version

        sys.stdout.write(f"alignd {version('alignd')}\n")
        return Ending.DONE
    return _run(given, debug)


def _have_somewhere_to_write() -> None:
    """Started with its output closed (`>&-`, some supervisors), Python has no stream at all: what is said is lost."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - as long as the process


def _run(given: list[str], debug: bool) -> int:
    try:
        from sync.cli.application import run

        code = run(given)
        sys.stdout.flush()
    except Quit as quit_:
        _say(quit_.lines)
        return quit_.ending
    except KeyboardInterrupt:
        _say(["stopped; what was done is kept, the next sync goes on from here"])
        return 130
    except BrokenPipeError:
        # The reader (head, less) has gone: nothing left to tell it, and Python must not try again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Ending.DONE
    except Exception as error:  # noqa: BLE001 - the edge: whatever it was, people get one line and a way on
        _say(_unexpected(error, debug))
        return Ending.NOTHING
    return code


def _unexpected(error: Exception, debug: bool) -> list[str]:
    """An error nobody foresaw: its kind and place, never its message (it could hold a secret), and how to report it."""
    if debug:
        import traceback

        from connectors.redaction import redact

        return [redact("".join(traceback.format_exception(error)), _secrets())]
    trace = error.__traceback__
    place = ""
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return [
        f"alignd: this should not happen: {type(error).__name__} in {place}. Nothing is lost; "
        f"please report this line. For details, the same again with --debug"
    ]


def _secrets() -> list[str]:
    """What the environment holds under a name that says it is secret: details of an error must not show it."""
    telling = ("TOKEN", "KEY", "SECRET", "PASS", "PWD", "CREDENTIAL", "AUTH", "DATABASE_URL")
    return [value for name, value in os.environ.items() if value and any(one in name.upper() for one in telling)]


def _say(lines: Sequence[str]) -> None:
    from sync.cli.terminal import without_controls

    for line in lines:
        sys.stderr.write("\n".join(without_controls(part) for part in line.rstrip("\n").split("\n")) + "\n")
