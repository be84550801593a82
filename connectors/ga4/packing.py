"""Packing: which exact values of which windows share a report, and which reports share a batch. Pure.

What is asked of GA4 is a set of *cells*: one metric over one exact window, under one filter, whole or by one
dimension. A report answers a rectangle of cells: up to 10 metrics × 4 date ranges under one filter and dimension; a
batch carries up to 5 reports (Data API v1beta: Metric, DateRange, BatchRunReportsRequest). Every cell is asked in
exactly one report.

The lower bound. Within one group (filter, dimension, scope) let m(w) be the metrics asked over window w, and k(m) the
windows asked of metric m. Any packing needs at least

    max( ⌈cells / 40⌉,  ⌈Σ_w ⌈m(w) / 10⌉ / 4⌉,  ⌈Σ_m ⌈k(m) / 4⌉ / 10⌉ )

reports: a report holds 40 cells; a window needs ⌈m(w)/10⌉ reports and a report has room for 4 windows; a metric needs
⌈k(m)/4⌉ reports and a report has room for 10 metrics. Batches: the sum over groups, a fifth of it, rounded up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import ceil
from typing import TypeVar

from connectors.ga4.scopes import scope_of
from mapping.queries import Ask, MetricQuery, Where

T = TypeVar("T")

METRICS = 10
WINDOWS = 4
REPORTS = 5

Window = tuple[date, date]  # both ends inclusive
_COMBINATIONS_UP_TO = 10  # windows: C(10, 4) = 210 choices are tried whole, beyond that greedily


@dataclass(frozen=True, slots=True)
class Cell:
    """One metric over one window under one filter; by one dimension, if `dimension` is set."""

    metric: str
    window: Window
    where: Where = ()
    dimension: str | None = None

    @property
    def twin(self) -> Cell:
        """The same window without the filter: tells zero from missing."""
        return Cell(self.metric, self.window)


@dataclass(frozen=True, slots=True)
class Group:
    """Cells that may share a report. `scope` is "" where any metrics may: no filter, no dimension, and none of an
    item's (those are refused beside a session's or a user's).
    """

    where: Where
    dimension: str | None
    scope: str


@dataclass(frozen=True, slots=True)
class Spec:
    """One report to ask for; `cells` are those it answers (its rectangle may hold others, which nobody asked)."""

    group: Group
    metrics: tuple[str, ...]
    windows: tuple[Window, ...]
    cells: frozenset[Cell]


def cell_of(ask: Ask) -> Cell:
    """The cell that holds an ask's value."""
    if not isinstance(ask.query, MetricQuery):
        raise TypeError("GA4 answers metric queries")
    return Cell(ask.query.metric, (ask.period.first, ask.period.last), ask.query.where)


def breakdown_of(ask: Ask) -> Cell | None:
    """The cell that holds an ask's breakdown, if it wants one."""
    if ask.breakdown is None:
        return None
    value = cell_of(ask)
    return Cell(value.metric, value.window, value.where, ask.breakdown)


def cells_of(asks: Iterable[Ask]) -> frozenset[Cell]:
    """All cells that asks need: the value, its unfiltered twin, its breakdown."""
    cells: set[Cell] = set()
    for ask in asks:
        value, parts = cell_of(ask), breakdown_of(ask)
        cells.update({value, value.twin} if parts is None else {value, value.twin, parts})
    return frozenset(cells)


def group_of(cell: Cell) -> Group:
    """Where a cell may be asked."""
    if not cell.where and cell.dimension is None:
        return Group((), None, "item" if scope_of(cell.metric) == "item" else "")
    return Group(cell.where, cell.dimension, scope_of(cell.metric) or f"only {cell.metric}")


def _grouped(cells: Iterable[Cell]) -> dict[Group, dict[str, set[Window]]]:
    groups: dict[Group, dict[str, set[Window]]] = defaultdict(lambda: defaultdict(set))
    for cell in cells:
        groups[group_of(cell)][cell.metric].add(cell.window)
    return groups


# ── the lower bound ──────────────────────────────────────────────────────────────────────────────────────────────


def fewest_reports(cells: Iterable[Cell]) -> int:
    """No packing needs fewer reports than this."""
    return sum(_fewest(windows) for windows in _grouped(cells).values())


def fewest_batches(cells: Iterable[Cell]) -> int:
    """No packing needs fewer HTTP requests than this: `least`."""
    return ceil(fewest_reports(cells) / REPORTS)


def _fewest(asked: Mapping[str, set[Window]]) -> int:
    metrics_over: dict[Window, int] = defaultdict(int)
    for windows in asked.values():
        for window in windows:
            metrics_over[window] += 1
    cells = sum(metrics_over.values())
    by_window = sum(ceil(metrics / METRICS) for metrics in metrics_over.values())
    by_metric = sum(ceil(len(windows) / WINDOWS) for windows in asked.values())
    return max(ceil(cells / (METRICS * WINDOWS)), ceil(by_window / WINDOWS), ceil(by_metric / METRICS))


# ── packing ──────────────────────────────────────────────────────────────────────────────────────────────────────

Rectangle = tuple[tuple[str, ...], tuple[Window, ...]]
Uncovered = dict[str, set[Window]]


def pack(cells: Iterable[Cell]) -> tuple[Spec, ...]:
    """Reports that ask every cell exactly once, in an order in which neighbours belong in one batch.

    Unfiltered reports lead, each followed by the filtered ones whose twins it holds, so that a value and what proves
    it zero are asked together wherever they fit.
    """
    specs = [spec for group, asked in sorted(_grouped(cells).items(), key=_by_group) for spec in _specs(group, asked)]
    leaders = [spec for spec in specs if spec.group == Group((), None, "")]
    home = {cell: place for place, spec in enumerate(leaders) for cell in spec.cells}

    def place(spec: Spec) -> tuple[int, bool]:
        return min((home.get(cell.twin, len(leaders)) for cell in spec.cells), default=0), spec.group != Group(
            (), None, ""
        )

    return tuple(sorted(specs, key=place))


def batches(specs: Sequence[Spec]) -> tuple[tuple[Spec, ...], ...]:
    """The reports in requests of five."""
    return tuple(tuple(specs[n : n + REPORTS]) for n in range(0, len(specs), REPORTS))


def _by_group(item: tuple[Group, dict[str, set[Window]]]) -> tuple[str, str, str]:
    return repr(item[0].where), item[0].dimension or "", item[0].scope


def _specs(group: Group, asked: Mapping[str, set[Window]]) -> list[Spec]:
    """The smallest of three packings; each has populations that it packs best."""
    goal = _fewest(asked)
    best: list[Rectangle] | None = None
    for way in (_rows_first, _columns_first, _largest_first):
        found = way(asked)
        if best is None or len(found) < len(best):
            best = found
        if len(best) == goal:
            break
    left: Uncovered = {metric: set(windows) for metric, windows in asked.items()}
    return [_spec(group, rectangle, left) for rectangle in best or ()]


def _spec(group: Group, rectangle: Rectangle, left: Uncovered) -> Spec:
    """The report of a rectangle, trimmed to what no earlier one has asked."""
    cells: set[Cell] = set()
    for metric in rectangle[0]:
        taken = left[metric].intersection(rectangle[1])
        left[metric] -= taken
        cells.update(Cell(metric, window, group.where, group.dimension) for window in taken)
    metrics = tuple(m for m in rectangle[0] if any(c.metric == m for c in cells))
    windows = tuple(w for w in rectangle[1] if any(c.window == w for c in cells))
    return Spec(group, metrics, windows, frozenset(cells))


def _rows_first(asked: Mapping[str, set[Window]]) -> list[Rectangle]:
    """Metrics in tens (those asked over the same windows together), then their windows in fours."""
    ordered = sorted(asked, key=lambda metric: (sorted(asked[metric]), metric))
    found = []
    for metrics in _chunks(ordered, METRICS):
        windows = sorted(set().union(*(asked[metric] for metric in metrics)))
        found += [(tuple(metrics), tuple(some)) for some in _chunks(windows, WINDOWS)]
    return found


def _columns_first(asked: Mapping[str, set[Window]]) -> list[Rectangle]:
    """Windows in fours (those asked of the same metrics together), then their metrics in tens."""
    over: dict[Window, list[str]] = defaultdict(list)
    for metric in sorted(asked):
        for window in asked[metric]:
            over[window].append(metric)
    found = []
    for windows in _chunks(sorted(over, key=lambda window: (over[window], window)), WINDOWS):
        metrics = sorted(set().union(*(over[window] for window in windows)))
        found += [(tuple(some), tuple(sorted(windows))) for some in _chunks(metrics, METRICS)]
    return found


def _largest_first(asked: Mapping[str, set[Window]]) -> list[Rectangle]:
    """Again and again the rectangle that answers most of what is left."""
    left: Uncovered = {metric: set(windows) for metric, windows in asked.items()}
    found: list[Rectangle] = []
    while any(left.values()):
        metrics, windows = max(
            (_widened(left, some) for some in _choices(left)), key=lambda r: (_gain(left, r), r[1], r[0])
        )
        for metric in metrics:
            left[metric].difference_update(windows)
        found.append((metrics, windows))
    return found


def _choices(left: Uncovered) -> Iterable[tuple[Window, ...]]:
    windows = sorted(set().union(*left.values()))
    if len(windows) <= _COMBINATIONS_UP_TO:
        return combinations(windows, min(WINDOWS, len(windows)))
    by_need = sorted(windows, key=lambda window: (-sum(window in need for need in left.values()), window))
    return [_companions(left, seed, by_need) for seed in by_need[:_COMBINATIONS_UP_TO]]


def _companions(left: Uncovered, seed: Window, windows: Sequence[Window]) -> tuple[Window, ...]:
    """The seed and the three windows most wanted by the metrics that want the seed most."""
    metrics, _ = _widened(left, (seed,))
    ranked = sorted(windows, key=lambda w: (w != seed, -sum(w in left[m] for m in metrics), w))
    return tuple(sorted(ranked[:WINDOWS]))


def _widened(left: Uncovered, windows: tuple[Window, ...]) -> Rectangle:
    """The ten metrics that miss most of these windows."""
    missing = {metric: len(need.intersection(windows)) for metric, need in left.items()}
    wanted = sorted((m for m, n in missing.items() if n), key=lambda m: (-missing[m], -len(left[m]), m))
    return tuple(wanted[:METRICS]), windows


def _gain(left: Uncovered, rectangle: Rectangle) -> int:
    return sum(len(left[metric].intersection(rectangle[1])) for metric in rectangle[0])


def _chunks(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[n : n + size] for n in range(0, len(items), size)]
