"""The service in numbers, for Prometheus: what a snapshot holds, put into families when somebody asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from sync.service.health import health_of, names
from sync.service.state import Ended, Phase, Snapshot, WorkspaceState

ONE = ["workspace"]


def registry_of(snapshot: Callable[[], Snapshot], version: str) -> CollectorRegistry:
    """A registry of the service's own, with what the process itself takes (memory, seconds of CPU, open files)."""
    registry = CollectorRegistry()
    registry.register(ServiceCollector(snapshot, version))
    ProcessCollector(registry=registry)
    return registry


class ServiceCollector(Collector):
    """Makes all families of a snapshot taken now; holds no numbers of its own."""

    def __init__(self, snapshot: Callable[[], Snapshot], version: str) -> None:
        self._snapshot, self._version = snapshot, version

    def collect(self) -> Iterable[Metric]:
        taken = self._snapshot()
        called = names(taken)
        named = [(called[one.file], one) for one in taken.workspaces]
        yield InfoMetricFamily("alignd_build", "Which alignd this is.", {"version": self._version})
        health = health_of(taken)
        yield GaugeMetricFamily("alignd_healthy", "1 if /healthz answers 200.", float(health.healthy))
        yield GaugeMetricFamily("alignd_ready", "1 if /readyz answers 200.", float(health.ready))
        yield GaugeMetricFamily(
            "alignd_start_timestamp_seconds", "When the service started.", taken.started_at.timestamp()
        )
        yield from _cycles(named)
        yield from _vendors(named)
        yield from _work(named)
        yield from _moments(named)

    def describe(self) -> Iterable[Metric]:
        """Nothing: what there is depends on the files, and a registry must not ask before there is a service."""
        return ()


Named = list[tuple[str, WorkspaceState]]


def _cycles(named: Named) -> Iterator[Metric]:
    cycles = CounterMetricFamily("alignd_cycles", "Cycles that ended, by how.", labels=["workspace", "outcome"])
    for name, one in named:
        for ended in Ended:
            cycles.add_metric([name, ended.value], one.cycles.get(ended.value, 0))
    yield cycles
    with_one = [(name, one.last_cycle) for name, one in named if one.last_cycle is not None]
    yield _gauge("alignd_cycle_seconds", "How long the last cycle took.", {name: one.seconds for name, one in with_one})
    yield _gauge(
        "alignd_last_cycle_timestamp_seconds",
        "When the last cycle ended.",
        {name: one.ended_at.timestamp() for name, one in with_one},
    )
    yield _gauge(
        "alignd_last_good_cycle_timestamp_seconds",
        "When the last cycle ended that did what it was to do.",
        {name: one.good_at.timestamp() for name, one in named if one.good_at is not None},
    )


def _vendors(named: Named) -> Iterator[Metric]:
    calls = CounterMetricFamily(
        "alignd_calls",
        "Requests to a source or tracker of the file: made, the least that would have done, charged by the vendor.",
        labels=["workspace", "vendor", "count"],
    )
    for name, one in named:
        for vendor, count in one.calls.items():
            for what, number in (("made", count.made), ("least", count.least), ("charged", count.charged)):
                calls.add_metric([name, vendor, what], number)
    yield calls
    waits = CounterMetricFamily("alignd_wait_seconds", "Seconds spent waiting for vendors' limits.", labels=ONE)
    for name, one in named:
        waits.add_metric([name], one.waited)
    yield waits


def _work(named: Named) -> Iterator[Metric]:
    readings = GaugeMetricFamily(
        "alignd_readings", "KPI numbers as of the last cycle, by state.", labels=["workspace", "state"]
    )
    problems = GaugeMetricFamily(
        "alignd_problems", "What a person should look at, as of the last cycle, by kind.", labels=["workspace", "kind"]
    )
    for name, one in named:
        for state, number in one.readings.items():
            readings.add_metric([name, state], number)
        for kind, number in Counter(problem.kind for problem in one.problems).items():
            problems.add_metric([name, kind], number)
    yield readings
    yield problems
    yield _gauge("alignd_open_items", "Open action items.", {name: one.open_items for name, one in named})
    yield _gauge(
        "alignd_unknown_creates",
        "Tasks that were sent and are not confirmed yet.",
        {name: one.unknown_creates for name, one in named},
    )


def _moments(named: Named) -> Iterator[Metric]:
    late = SummaryMetricFamily(
        "alignd_occurrence_lateness_seconds", "How long after its moment a review or digest was met.", labels=ONE
    )
    for name, one in named:
        late.add_metric([name], one.lateness.count, one.lateness.total)
    yield late
    yield _gauge(
        "alignd_occurrence_lateness_last_seconds",
        "The same, of the last one.",
        {name: one.lateness.last for name, one in named},
    )
    yield _gauge(
        "alignd_occurrence_lateness_max_seconds",
        "The same, of the latest since the start.",
        {name: one.lateness.largest for name, one in named},
    )
    yield _gauge(
        "alignd_file_refused",
        "1 while the file as it is now is refused.",
        {name: float(bool(one.file_refused) or one.phase is Phase.REFUSED) for name, one in named},
    )
    yield _gauge(
        "alignd_standing_by",
        "1 while another service holds the workspace.",
        {name: float(one.phase is Phase.STANDING_BY) for name, one in named},
    )


def _gauge(name: str, what: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=ONE)
    for workspace, value in values.items():
        family.add_metric([workspace], value)
    return family
