"""The terminal: consoles, plain and safe text, progress. The only place that prints.

Nothing that comes from a source, a tracker, a file or a person can steer a terminal: control characters and those that
turn the direction of text are taken out before anything is shown.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDEST = 100  # longer lines are hard to read; tables are made for 80
IN_A_PIPE = 80

# C0 and C1 controls and DEL; marks, embeddings, overrides and isolates of direction; line and paragraph separators;
# halves of surrogate pairs, which no terminal can be told.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_BLANKS = re.compile(r"[\t\r\n\v\f\x85\u2028\u2029]+")


def without_controls(text: str) -> str:
    """`text` on one line, with nothing in it that a terminal could act on."""
    return _CONTROLS.sub("", _BLANKS.sub(" ", text))


def json_without_controls(text: str) -> str:
    """JSON text in which C1 controls, direction marks and halves of pairs are escaped too (json.dumps: only C0)."""
    return re.sub(
        r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]",
        lambda found: f"\\u{ord(found[0]):04x}",
        text,
    )


def console(*, errors: bool = False) -> Console:
    """A console on stdout or stderr: colour only on a terminal (NO_COLOR honoured), 80 columns in a pipe."""
    from rich.console import Console

    stream = sys.stderr if errors else sys.stdout
    made = Console(file=stream, markup=False, emoji=False, highlight=False)
    made.width = min(made.width, WIDEST) if made.is_terminal else IN_A_PIPE
    return made


def show(*renderables: RenderableType) -> None:
    """Print to stdout."""
    target = console()
    if target.is_terminal:
        target.print(*renderables, sep="\n")
        return
    with target.capture() as captured:
        target.print(*renderables, sep="\n")
    sys.stdout.write("".join(line.rstrip() + "\n" for line in captured.get().splitlines()))


def show_json(value: object) -> None:
    """Print JSON, and nothing else, to stdout."""
    import json

    sys.stdout.write(json_without_controls(json.dumps(value, ensure_ascii=False, indent=2)) + "\n")


def tell(line: str) -> None:
    """One line on stderr: a note beside the result."""
    sys.stderr.write(without_controls(line) + "\n")


def ask(question: str, usual: str) -> str:
    """Ask on a terminal; where nobody can answer, and for an empty answer, it is `usual`."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return usual
    shown = f" [{without_controls(usual)}]" if usual else ""
    return input(f"{without_controls(question)}{shown}: ").strip() or usual


class Progress(Protocol):
    """What long work calls as it goes on."""

    def __call__(self, what: str, done: int | None = None, of: int | None = None) -> None: ...


@contextmanager
def progress(what: str, *, wanted: bool = True) -> Iterator[Progress]:
    """A progress line on stderr while the block runs; silent unless stderr is a terminal."""
    if not wanted or not sys.stderr.isatty():
        yield _silent
        return
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console(errors=True), transient=True) as bars:
        bar = bars.add_task(without_controls(what), total=None)

        def advance(what: str, done: int | None = None, of: int | None = None) -> None:
            bars.update(bar, description=without_controls(what)[:50], completed=done, total=of)

        yield advance


def _silent(what: str, done: int | None = None, of: int | None = None) -> None:
    """Nobody is looking."""
