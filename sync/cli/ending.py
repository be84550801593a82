"""How a command ends: the contract's exit codes, and the one exception that ends a command with words."""

from __future__ import annotations

from enum import IntEnum


class Ending(IntEnum):
    """Exit codes."""

    DONE = 0
    PROBLEM = 1  # done, but a problem is new (--strict: any problem)
    WRONG = 2  # the file or the command line is wrong
    NOTHING = 3  # nothing could be done: lock held, store unusable, nothing reachable


class Quit(Exception):
    """End the command here: `lines` go to stderr as they are, then exit with `ending`."""

    def __init__(self, ending: Ending, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.ending, self.lines = ending, lines


def wrong(*lines: str) -> Quit:
    """The file or the command line is wrong."""
    return Quit(Ending.WRONG, *lines)


def nothing_done(*lines: str) -> Quit:
    """Nothing could be done, though the file and the command are right."""
    return Quit(Ending.NOTHING, *lines)
