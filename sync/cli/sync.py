"""`alignd sync`: one cycle, for real."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from sync.cli.ending import wrong
from sync.cli.opening import checked, instant, opened, refuse_unless_on_loopback, stoppable
from sync.cli.options import DEFAULT_FILE, AsJson, At, ConfigFile, Strict
from sync.cli.report_cycle import ending_of, show_cycle
from sync.cli.terminal import progress

AcceptNew = Annotated[
    bool,
    Parameter(
        name="--accept-new", negative=(), show_default=False, help="make more new tasks than new_at_most, this once"
    ),
]
AcceptMissing = Annotated[
    tuple[str, ...],
    Parameter(
        name="--accept-missing",
        negative=(),
        show_default=False,
        help="tasks that are gone from TRACKER were deleted on purpose: go on, this once",
    ),
]


def sync(
    *,
    config: ConfigFile = DEFAULT_FILE,
    at: At = None,
    accept_new: AcceptNew = False,
    accept_missing: AcceptMissing = (),
    json: AsJson = False,
    strict: Strict = False,
) -> int:
    """Read the numbers, judge them, keep the tasks true: once.

    --at is only for trying things out: every source and tracker must then be a stand-in on this machine.
    """
    file = checked(config)
    unknown = [one for one in accept_missing if one not in file.trackers]
    if unknown:
        raise wrong(f"alignd: no tracker is called {', '.join(unknown)}; there are {', '.join(file.trackers)}")
    refuse_unless_on_loopback(file, at)
    with stoppable() as stop, opened(file, instant(file, at), stop) as app, progress("at work"):
        report = app.sync(accept_new=accept_new, accept_missing=accept_missing)
    show_cycle(report, file, as_json=json)
    return ending_of(report, strict=strict)
