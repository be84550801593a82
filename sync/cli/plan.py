"""`alignd plan`: what a sync would do now, and why. Writes nothing anywhere."""

from __future__ import annotations

from sync.cli.opening import checked, instant, opened, stoppable
from sync.cli.options import DEFAULT_FILE, AsJson, At, ConfigFile, Strict
from sync.cli.report_cycle import ending_of, show_cycle
from sync.cli.terminal import progress


def plan(*, config: ConfigFile = DEFAULT_FILE, at: At = None, json: AsJson = False, strict: Strict = False) -> int:
    """What a sync would do now, and why. Reads the vendors; writes nothing anywhere."""
    file = checked(config)
    now = instant(file, at)
    with stoppable() as stop, opened(file, now, stop) as app, progress("reading numbers and tasks"):
        report = app.plan()
    show_cycle(report, file, as_json=json)
    return ending_of(report, strict=strict)
