"""Start-up: `alignd --help`, and the help of a command, against `python -c "import rich"`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.measure import Measured

ROUNDS = 15


def measures() -> list[Measured]:
    """Medians of rounds that take turns, so that a busy machine slows all alike."""
    alignd = str(Path(sys.executable).with_name("alignd"))
    commands = {
        "rich": [sys.executable, "-c", "import rich"],
        "help": [alignd, "--help"],
        "command": [alignd, "plan", "--help"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            taken[name].append(_seconds(command))
    base = median(taken["rich"])
    return [
        Measured("start-up of alignd --help", median(taken["help"]) / base, 2.0, 'to python -c "import rich"'),
        Measured("start-up of alignd plan --help", median(taken["command"]) / base, 15.0, 'to python -c "import rich"'),
    ]


def _seconds(command: Sequence[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun
