"""Peak memory and seconds of a whole cycle with 1,000 KPIs and 500 items, as its own process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bench.measure import Measured
from bench.packing import a_thousand
from bench.world import TOKENS, World, world

GOAL_FIRST, GOAL_AGAIN = 250.0, 200.0  # MiB
_TIMED = """
import resource, subprocess, sys, time
begun = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_maxrss / 1024, time.perf_counter() - begun)
"""


def measures() -> list[Measured]:
    """The first cycle (13 periods read, 500 items made), and the one after it (nothing changed)."""
    with world() as made_in:
        a_thousand(made_in)
        first, seconds = _cycle(made_in)
        made_in.later(minutes=10)
        again, more = _cycle(made_in)
    return [
        Measured("peak memory, first cycle of 1,000 KPIs", first, GOAL_FIRST, f"in {seconds:.0f} s", "MiB"),
        Measured("peak memory, a cycle without a change", again, GOAL_AGAIN, f"in {more:.0f} s", "MiB"),
    ]


def _cycle(made_in: World) -> tuple[float, float]:
    """Peak MiB and seconds of `alignd sync`. `ru_maxrss` is in KiB on Linux."""
    alignd = str(Path(sys.executable).with_name("alignd"))
    at = made_in.now.isoformat(timespec="minutes")
    ran = subprocess.run(
        [sys.executable, "-c", _TIMED, alignd, "sync", "-c", str(made_in.file), "--at", at],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **TOKENS},
    )
    code, peak, seconds = ran.stdout.split()
    if code not in ("0", "1"):
        raise AssertionError(f"alignd sync ended with {code}: {ran.stderr}")
    return float(peak), float(seconds)
