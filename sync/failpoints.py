"""Failpoints: named places between two statements of the protocol where a test may kill the process.

`ALIGND_FAILPOINT=after-intent` kills (SIGKILL, as a power cut would) the first time the place is passed,
`after-intent:3` the third time. Without the variable a failpoint is a look into an empty table.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping

Failpoint = Callable[[str], None]

VARIABLE = "ALIGND_FAILPOINT"

FAILPOINTS = (
    "before-intent",  # a create is planned, nothing is written
    "inside-intent",  # sending is written, not committed
    "after-intent",  # sending is durable, the request has not left
    "after-answer",  # the vendor has answered, nothing is recorded
    "inside-record",  # the answer is written, not committed
    "after-record",  # linked is durable
    "before-note",  # a comment is planned, nothing is written
    "after-note",  # its row is durable, the request has not left
    "after-comment",  # the vendor has answered, nothing is recorded
    "after-note-record",  # said is durable
    "before-change",  # an update, completion, … is planned, nothing is written
    "after-change-intent",  # what is asked for is durable, the request has not left
    "after-change",  # the vendor has answered, nothing is recorded
    "after-change-record",  # what was written is durable
)
OF_LETTERS = (
    "before-letter",  # a letter is due, nothing of this attempt is written
    "after-letter-intent",  # sending is durable, the request has not left
    "after-letter",  # the vendor has answered, nothing is recorded
    "after-letter-record",  # what became of it is durable
)


def no_failpoint(_name: str) -> None:
    """Nothing happens here."""


def failpoint_of(environ: Mapping[str, str]) -> Failpoint:
    """The failpoint the environment asks for; ValueError for a name that is none."""
    asked = environ.get(VARIABLE, "")
    if not asked:
        return no_failpoint
    name, _, count = asked.partition(":")
    if name not in (*FAILPOINTS, *OF_LETTERS) or not (count.isdecimal() or not count):
        raise ValueError(
            f"{VARIABLE}={asked}: write one of {', '.join((*FAILPOINTS, *OF_LETTERS))}, with :N for the Nth time"
        )
    left = int(count or "1")

    def fail(passed: str) -> None:
        nonlocal left
        if passed == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return fail
