"""What Google refuses beside others and takes by itself is asked apart, not given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from connectors.errors import Refused
from connectors.ga4.isolation import Answered, Rejected, ask_apart
from connectors.ga4.packing import Cell, Group, Spec
from connectors.ga4.wire import Report
from mapping.queries import Condition, Match

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


def _spec(*metrics: str, where: tuple[Condition, ...] = ()) -> Spec:
    return Spec(Group(where, None, ""), metrics, (WEEK,), frozenset(Cell(metric, WEEK, where) for metric in metrics))


def test_a_name_that_is_only_proposed_is_not_taken_for_the_one_that_is_refused() -> None:
    said = "Did you mean sessions? Field session is not a valid metric. For a list, see https://developers.google.com."

    def ask(specs: Sequence[Spec]) -> list[Report]:
        if any("session" in one.metrics for one in specs):
            raise Refused("web", f"Google refuses this (400: {said})", "correct it")
        return [cast("Report", None) for _ in specs]

    outcomes = list(ask_apart([_spec("session", "sessions", "totalUsers")], ask))

    rejected = [cell.metric for one in outcomes if isinstance(one, Rejected) for cell in one.cells]
    answered = [metric for one in outcomes if isinstance(one, Answered) for metric in one.spec.metrics]
    assert rejected == ["session"]
    assert sorted(answered) == ["sessions", "totalUsers"]


def test_a_field_that_does_not_go_with_one_metric_is_tried_with_the_others() -> None:
    where = (Condition("itemName", Match.IS, ("Course",)),)

    def ask(specs: Sequence[Spec]) -> list[Report]:
        if any("sessions" in one.metrics for one in specs):
            raise Refused("web", "Please remove itemName to make the request compatible for example.", "see the list")
        return [cast("Report", None) for _ in specs]

    outcomes = list(ask_apart([_spec("itemRevenue", "sessions", where=where)], ask))

    assert [cell.metric for one in outcomes if isinstance(one, Rejected) for cell in one.cells] == ["sessions"]
    assert [one.spec.metrics for one in outcomes if isinstance(one, Answered)] == [("itemRevenue",)]
