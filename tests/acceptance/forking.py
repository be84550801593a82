"""The installed command, many times over: one process with everything imported forks a new one for each command.

What runs is the console script's own function, in a process of its own with its own environment, folder and output,
so a SIGKILL ends it as it would end any other; only Python's start and the imports are not paid for again and again.
`python -m tests.acceptance.forking` reads one JSON object a line: arguments, environ, folder, out, err. One with
`stays` is not waited for: the answer is its number, and `{"ended": number}` asks how it ended ("": it did not yet).
"""

from __future__ import annotations

import gc
import json
import os
import sys
from importlib import import_module

IMPORTED = (  # what commands import, and what they import late
    "alembic.command",
    "apscheduler.schedulers.background",
    "connectors.asana.tracker",
    "connectors.email.channel",
    "connectors.ga4.source",
    "connectors.hubspot.source",
    "connectors.sheets.source",
    "connectors.slack.channel",
    "connectors.trello.tracker",
    "google.analytics.data_v1beta",
    "google.auth.transport.requests",
    "google.oauth2.credentials",
    "gspread.http_client",
    "holidays",
    "matplotlib.backends.backend_agg",
    "psycopg",
    "rich.progress",
    "sync.app",
    "sync.cli.application",
    "sync.cli.check",
    "sync.cli.doctor",
    "sync.cli.history",
    "sync.cli.plan",
    "sync.cli.run",
    "sync.cli.render.cycle",
    "sync.cli.status",
    "sync.cli.sync",
    "sync.cli.why",
    "sync.output",
    "sync.service.around",
    "sync.service.service",
    "sync.store",
)


def serve() -> None:
    """Fork for every line; answer with how the child ended: its exit code, or minus the signal."""
    for module in IMPORTED:
        import_module(module)
    gc.freeze()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        order = json.loads(line)
        child = order.get("ended") or os.fork()
        if child == 0:
            _become(order)
        if order.get("stays"):
            said = str(child)
        else:
            over, status = os.waitpid(child, os.WNOHANG if "ended" in order else 0)
            said = str(os.waitstatus_to_exitcode(status)) if over else ""
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()


def _become(order: dict[str, object]) -> None:
    """The console script with these arguments; never returns."""
    from sync.cli import main

    code = 70
    try:
        os.chdir(str(order["folder"]))
        os.environ.clear()
        os.environ.update(order["environ"])  # type: ignore[call-overload]
        for number, name in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
            handle = os.open(str(name), os.O_RDWR | (os.O_CREAT | os.O_TRUNC if number else 0), 0o600)
            os.dup2(handle, number)
            os.close(handle)
        code = main(list(order["arguments"]))  # type: ignore[call-overload]
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve()
