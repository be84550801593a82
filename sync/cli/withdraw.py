"""`alignd withdraw`: take back what a cycle made and nobody touched."""

from __future__ import annotations

from sync.cli.ending import wrong
from sync.cli.opening import checked, opened, stoppable
from sync.cli.options import DEFAULT_FILE, AsJson, ConfigFile, Strict
from sync.cli.report_cycle import ending_of, show_cycle
from sync.cli.terminal import progress, tell


def withdraw(cycle: int, /, *, config: ConfigFile = DEFAULT_FILE, json: AsJson = False, strict: Strict = False) -> int:
    """Complete or archive what a cycle made and nobody touched; alignd never deletes a task.

    Parameters
    ----------
    cycle
        its number, as sync and status print it.
    """
    if cycle < 1:
        raise wrong("alignd: CYCLE is the number of a cycle, 1 or more; alignd status lists the last ones")
    file = checked(config)
    with stoppable() as stop, opened(file, None, stop) as app, progress("taking back"):
        try:
            report = app.withdraw(cycle)
        except LookupError as error:
            raise wrong(f"alignd: {error.args[0] if error.args else error}") from error
    show_cycle(report, file, as_json=json)
    if not json and not report.steps and not report.problems:
        tell(f"nothing that cycle {cycle} made is left to take back: people have touched it, or it is over")
    return ending_of(report, strict=strict)
