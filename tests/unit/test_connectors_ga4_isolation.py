"""What Google refuses beside others and takes by itself is asked apart, not given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from connectors.errors import Refused
from connectors.ga4.isolation import Answered, ask_apart
from connectors.ga4.packing import Cell, Group, Spec
from connectors.ga4.wire import Report

WEEK = (date(2026, 11, 9), date(2026, 11, 15))


def test_metrics_that_are_refused_only_beside_others_are_asked_apart() -> None:
    metrics = ("adRevenue", "sessions", "totalUsers")
    spec = Spec(Group((), None, ""), metrics, (WEEK,), frozenset(Cell(metric, WEEK) for metric in metrics))
    asked: list[tuple[str, ...]] = []

    def ask(specs: Sequence[Spec]) -> list[Report]:
        asked.extend(one.metrics for one in specs)
        if any("adRevenue" in one.metrics and len(one.metrics) > 1 for one in specs):
            raise Refused("web", "Please remove sessions, totalUsers to make the request compatible.", "see the list")
        return [cast("Report", None) for _ in specs]

    answered = list(ask_apart([spec], ask))

    assert all(isinstance(one, Answered) for one in answered)
    assert asked == [metrics, ("sessions", "totalUsers"), ("adRevenue",)]
