"""The commands by name, and the overview that `alignd --help` prints.

The overview is plain text made here, not by the parser: it must come at once, so nothing is imported for it.
"""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """One command: its name, the module under sync.cli and the function there, what it does in a line."""

    name: str
    module: str
    function: str
    summary: str


GROUPS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    (
        "Begin",
        (
            Command("demo", "demo", "demo", "a quarter of a team's life in a minute; nothing to configure"),
            Command("init", "init", "init", "write a commented starter file"),
            Command("check", "check", "check", "read the file, offline: every mistake, then your policy in words"),
            Command("doctor", "doctor", "doctor", "ask the vendors whether all that the file names is there"),
        ),
    ),
    (
        "Work",
        (
            Command("plan", "plan", "plan", "what a sync would do now, and why; writes nothing anywhere"),
            Command("sync", "sync", "sync", "read the numbers, judge them, keep the tasks true: once"),
            Command("run", "run", "run", "the service: looks every hour, meets reviews to the minute"),
            Command("event", "event", "event", "note a launch, a merger …: one alignment review follows"),
            Command("withdraw", "withdraw", "withdraw", "take back what a cycle made and nobody touched"),
        ),
    ),
    (
        "Look",
        (
            Command("status", "status", "status", "the KPIs, the open work, what waits and why"),
            Command("report", "report", "report", "all of it on one page: for a review, a period, or the last weeks"),
            Command("why", "why", "why", "why something is as it is, or why there is no task"),
            Command("history", "history", "history", "a KPI's numbers over time, or what people decided"),
            Command("definitions", "definitions", "definitions", "what is agreed, and how it is and was counted"),
            Command("backtest", "backtest", "backtest", "what this file would have done over the past weeks"),
        ),
    ),
    (
        "Keep",
        (
            Command("service", "service", "service", "install: write the systemd unit that keeps alignd run going"),
            Command("backup", "backup", "backup", "copy the store, safely"),
            Command("schema", "schema", "schema", "JSON Schema of the file and of --json"),
        ),
    ),
)

COMMANDS: tuple[Command, ...] = tuple(command for _, commands in GROUPS for command in commands)


def overview(emphasis: bool = False) -> str:
    """What `alignd` and `alignd --help` print; `emphasis` underlines nothing but sets the group names bold."""
    bold, plain = ("\x1b[1m", "\x1b[0m") if emphasis else ("", "")
    lines = [
        "alignd keeps a team's work in line with what it agreed to achieve.",
        "",
        f"{bold}Usage{plain}: alignd COMMAND [options]",
    ]
    for title, commands in GROUPS:
        lines += ["", f"{bold}{title}{plain}"]
        lines += [f"  {command.name:<13}{command.summary}" for command in commands]
    lines += [
        "",
        f"{bold}Options that most commands take{plain}",
        "  -c FILE   the team's file (default alignd.yaml, or $ALIGND_CONFIG)",
        "  --json    print JSON, for commands that report",
        "  --debug   show the details of an error",
        "",
        "alignd COMMAND --help says more. Exit codes: 0 done · 1 done, a problem is new ·",
        "2 the file or command line is wrong · 3 nothing could be done",
    ]
    return "\n".join(lines) + "\n"
