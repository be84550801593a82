"""alignd as a user runs it: a command in a process of its own, and what it said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(sysconfig.get_path("scripts")) / "alignd"
SECRETS = {
    "ASANA_TOKEN": "asana-canary-token",
    "TRELLO_KEY": "sandbox-trello-key",
    "TRELLO_TOKEN": "trello-canary-token",
}
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Said:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Its one JSON object."""
        said = json.loads(self.out)
        assert isinstance(said, dict)
        return said

    def steps(self, *outcomes: str) -> list[tuple[str, str]]:
        """(kind, reason) of the steps with one of these outcomes (default: done)."""
        wanted = outcomes or ("done",)
        return [(one["kind"], one["reason"]) for one in self.json["steps"] if one["outcome"] in wanted]


def environ(**more: str) -> dict[str, str]:
    """What a command inherits: the way to programs, and the secrets its file names."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, **(SECRETS | more)}


def script(*arguments: str, folder: Path, **more: str) -> Said:
    """The installed console script, from a cold start."""
    done = subprocess.run(
        [SCRIPT, *arguments], cwd=folder, env=environ(**more), capture_output=True, text=True, timeout=60, check=False
    )
    return Said(done.returncode, done.stdout, done.stderr)


class Command:
    """The installed command, forked (see forking.py)."""

    def __init__(self, parent: subprocess.Popen[str]) -> None:
        self.parent = parent

    def __call__(self, *arguments: str, folder: Path, environment: Mapping[str, str] | None = None) -> Said:
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        out, err = folder / ".out", folder / ".err"
        order = {
            "arguments": arguments,
            "environ": dict(environment if environment is not None else environ()),
            "folder": str(folder),
            "out": str(out),
            "err": str(err),
        }
        self.parent.stdin.write(json.dumps(order) + "\n")
        self.parent.stdin.flush()
        code = int(self.parent.stdout.readline())
        return Said(code, out.read_text(), err.read_text())


@contextmanager
def command() -> Iterator[Command]:
    """Everything imported once; ended at the end."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.acceptance.forking"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        try:
            assert parent.stdout.readline() == "ready\n"
            yield Command(parent)
        finally:
            parent.stdin.close()
            parent.wait(timeout=10)
