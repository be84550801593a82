"""The service as its own process: memory over many cycles, a hundred workspaces at once, and what it does when idle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.measure import Measured
from bench.world import BEGIN, PROJECT, TOKENS, World, world

WARM, CYCLES = 500, 400  # cycles before memory is looked at, and between the two looks
WORKSPACES = 100
IDLE = 12.0  # seconds of doing nothing, in real time
GOAL_GROWTH, GOAL_WORKSPACE, GOAL_CALLS = 1.0, 2.0, 1.0  # MiB per 1,000 cycles; MiB and calls a workspace
GOAL_WAKES, GOAL_CPU = 60.0, 30.0  # wake-ups a minute; seconds of CPU an hour

_FILE = """\
version: 1
workspace: {{id: {id}, timezone: Europe/Berlin}}
store: sqlite:///{id}.db
people: {{ana: {{name: Ana Alves, email: ana@acme.example}}}}
sources: {{numbers: {{kind: csv, path: numbers.csv}}}}
trackers: {{work: {{kind: asana, token: "${{ASANA_TOKEN}}", project: "{project}", endpoint: "{url}"}}}}
daemon: {{every: {every}}}
kpis:
  deals:
    {{name: Deals, owner: ana, period: month, target: 5,
     value: {{source: numbers, date: day, column: deals, aggregate: sum}}}}
reviews:
  weekly: {{title: Weekly, every: 1 week, on: thursday, at: "10:00", owner: ana}}
"""


@dataclass
class Service:
    """`alignd run` as a process. The stand-ins' time follows the lines it writes."""

    process: subprocess.Popen[str]
    made_in: World

    def said(self) -> Iterator[dict[str, Any]]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            one = json.loads(line)
            self.made_in.now = max(self.made_in.now, datetime.fromisoformat(one["at"]))
            yield one

    def cycles(self, count: int) -> None:
        """Wait until so many more are done."""
        for one in self.said():
            count -= one["event"] == "cycle_done"
            if count == 0:
                return
        raise AssertionError(f"alignd run ended with {self.process.wait()}, {count} cycles early")

    @property
    def memory(self) -> float:
        """MiB in memory now."""
        return _proc(self.process.pid, "VmRSS") / 1024

    @property
    def wakes(self) -> int:
        """How often any of its threads went on after it had waited."""
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(_proc(int(one.name), "voluntary_ctxt_switches") for one in tasks)

    @property
    def cpu(self) -> float:
        """Seconds of CPU used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measures() -> list[Measured]:
    """Memory flat, a workspace small, nothing done when nothing is to be done."""
    return [*_growth(), *_many(), *_idle()]


def _growth() -> list[Measured]:
    """Memory after warm-up, and after some hundred cycles more, in simulated time."""
    with world() as made_in:
        _write(made_in, ["bench"], "10m")
        with _service(made_in, days=(WARM + CYCLES) // 24) as running:
            running.cycles(WARM)
            before = running.memory
            running.cycles(CYCLES)
            grown = max(running.memory - before, 0.0) * 1000 / CYCLES
    how = f"after {WARM} cycles {before:.0f} MiB; {CYCLES} more, set against 1,000"
    return [Measured("memory of the service, growth a thousand cycles", grown, GOAL_GROWTH, how, "MiB")]


def _many() -> list[Measured]:
    """A hundred workspaces in one process, against one."""
    used: list[float] = []
    for count in (1, WORKSPACES):
        with world() as made_in:
            _write(made_in, [f"team{n}" for n in range(count)], "10m")
            with _service(made_in, days=1) as running:
                running.cycles(2 * count)  # what the first one made is read once more in the second
                used.append(running.memory)
                made_in.sandbox.forget_requests()
                running.cycles(count)
                calls = made_in.asked("asana") / count
    each = (used[1] - used[0]) / (WORKSPACES - 1)
    how = f"{WORKSPACES} in one process {used[1]:.0f} MiB, one {used[0]:.0f} MiB"
    return [
        Measured("memory of one workspace more", each, GOAL_WORKSPACE, how, "MiB"),
        Measured(
            "calls of a workspace in a look without a change", calls, GOAL_CALLS, "one listing is needed", "calls"
        ),
    ]


def _idle() -> list[Measured]:
    """A service that waits for its next look, in real time."""
    with world() as made_in:
        _write(made_in, ["bench"], "6h")
        with _service(made_in) as running:
            running.cycles(1)
            time.sleep(2)
            wakes, cpu = running.wakes, running.cpu
            time.sleep(IDLE)
            wakes, cpu = running.wakes - wakes, running.cpu - cpu
    how = f"all threads, over {IDLE:.0f} s"
    return [
        Measured("wake-ups of an idle service, a minute", wakes * 60 / IDLE, GOAL_WAKES, how, "times"),
        Measured("CPU of an idle service, an hour", cpu * 3600 / IDLE, GOAL_CPU, how, "s"),
    ]


def _write(made_in: World, workspaces: Sequence[str], every: str) -> None:
    (made_in.folder / "numbers.csv").write_text("day,deals\n2026-11-02,7\n2026-11-17,1\n")
    for number, one in enumerate(workspaces, int(PROJECT) + 1):
        made_in.sandbox.asana.state.add_project(one, gid=str(number), sections=["To do", "Done"])
        text = _FILE.format(id=one, project=number, url=made_in.sandbox.url, every=every)
        (made_in.folder / f"{one}.yaml").write_text(text)


@contextmanager
def _service(made_in: World, days: int | None = None) -> Iterator[Service]:
    """`alignd run` on the world's folder; with `days`, from moment to moment for so long."""
    at = BEGIN.astimezone(UTC)
    until = ["--until", (at + timedelta(days=days)).isoformat()] if days is not None else []
    command = [
        str(Path(sys.executable).with_name("alignd")),
        "run",
        str(made_in.folder),
        "--at",
        at.isoformat(),
        *until,
    ]
    environ = {**os.environ, **TOKENS}
    with subprocess.Popen(
        [*command, "--log", "json"], cwd=made_in.folder, env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Service(process, made_in)
        finally:
            process.kill()


def _proc(pid: int, name: str) -> int:
    """A number of /proc/PID/status."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(name)
