"""alignd as a user runs it: a command in a process of its own, and what it said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
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
        self.begun = 0

    def __call__(self, *arguments: str, folder: Path, environment: Mapping[str, str] | None = None) -> Said:
        out, err = folder / ".out", folder / ".err"
        order = {
            "arguments": arguments,
            "environ": dict(environment if environment is not None else environ()),
            "folder": str(folder),
            "out": str(out),
            "err": str(err),
        }
        code = int(self.ask(order))
        return Said(code, out.read_text(), err.read_text())

    def begin(self, *arguments: str, folder: Path, environment: Mapping[str, str] | None = None) -> Begun:
        """One that goes on until it is told to end."""
        self.begun += 1
        out = folder / f".out{self.begun}"
        os.mkfifo(out)
        given = dict(environment if environment is not None else environ())
        order = {"arguments": arguments, "environ": given, "folder": str(folder), "stays": True}
        number = int(self.ask({**order, "out": str(out), "err": str(folder / f".err{self.begun}")}))
        return Begun(self, number, out)

    def ask(self, order: Mapping[str, object]) -> str:
        """One line there, one line back."""
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        self.parent.stdin.write(json.dumps(order) + "\n")
        self.parent.stdin.flush()
        return self.parent.stdout.readline().strip()


@dataclass
class Begun:
    """A command that goes on, as `subprocess.Popen` shows one."""

    command: Command
    pid: int
    out: Path
    returncode: int | None = None

    @property
    def stdout(self) -> Iterator[str]:
        """Its lines as they come, to the end."""
        with self.out.open() as lines:
            yield from lines

    def poll(self) -> int | None:
        if self.returncode is None and (code := self.command.ask({"ended": self.pid})):
            self.returncode = int(code)
        return self.returncode

    def wait(self, timeout: float) -> int:
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            assert time.monotonic() < until, f"process {self.pid} does not end"
            time.sleep(0.02)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


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
