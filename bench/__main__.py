"""`make bench`: every measure with its goal, in one table; exit code 1 if a goal is missed."""

from __future__ import annotations

import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from bench import alignment, calls, judging, memory, packing, service, start_up
from bench.measure import Measured

MEASURES: tuple[Callable[[], list[Measured]], ...] = (
    calls.measures,
    packing.measures,
    judging.measures,
    start_up.measures,
    memory.measures,
    alignment.measures,
    service.measures,
)


def main() -> int:
    """Run every measure; print the table."""
    found = [one for measure in MEASURES for one in measure()]
    table = Table("measure", "figure", "goal", "", box=None, pad_edge=False)
    for one in found:
        figure = f"{one.figure:.2f} {one.unit}"
        table.add_row(f"{one.name}\n  {one.how}", figure, f"≤ {one.goal:.2f}", "✓" if one.well else "✗ missed")
    Console().print(table)
    return 0 if all(one.well for one in found) else 1


sys.exit(main())
