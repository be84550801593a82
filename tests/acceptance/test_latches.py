"""Latches before mass changes, and the calls that many new items cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.server import Sandbox
from tests.acceptance.command import Command
from tests.acceptance.world import World
from tests.integration.team import Clock


def many(count: int) -> str:
    return "".join(
        f'\n  k{n}: {{name: "Number {n}", definition: Sessions., agreed: {{on: 2026-09-01, by: [thandi]}}, '
        "owner: thandi, "
        f"period: week, value: {{source: web, metric: sessions}}, target: {12_000 + n}}}"
        for n in range(count)
    )


@pytest.fixture(params=["asana", "trello"])
def crowd(request: pytest.FixtureRequest, tmp_path: Path, running: Command) -> Iterator[World]:
    clock = Clock(datetime(2026, 11, 18, 6, 0, tzinfo=UTC))
    with Sandbox(clock) as sandbox:
        world = World(
            tmp_path / "team", sandbox, clock, tracker=request.param, kpis=many(10), command=running,
            rest="\npolicy: {max_open: 500}\n",
        )  # fmt: skip
        world.folder.mkdir()
        world.weeks(12_260, 12_080, 9_960, 8_200)
        yield world


def writes(world: World) -> list[Any]:
    return [one for one in world.sandbox.asked(world.tracker) if one.method != "GET" and b'"get"' not in one.body]


def test_three_of_ten_tasks_gone_at_once_stop_all_writing_until_somebody_says_so(crowd: World) -> None:
    assert len(crowd.cycle().steps()) == 10
    for task in crowd.ids()[:3]:
        crowd.person().delete(task)
    crowd.week(date(2026, 11, 16), 5_000)
    crowd.at("2026-11-25T08:00").sandbox.forget_requests()

    first = crowd.cycle()
    second = crowd.later(hours=1).cycle()

    assert writes(crowd) == []
    assert (first.code, second.code) == (1, 0)
    assert [(one["what"], one["new"]) for one in first.json["problems"]] == [
        ("3 of 10 open tasks are gone at once, so nothing is written there", True)
    ]
    assert "alignd sync --accept-missing work" in first.json["problems"][0]["advice"]
    assert [one["new"] for one in second.json["problems"]] == [False]
    assert crowd.later(hours=1).cycle("--strict").code == 1
    assert {outcome for one in first.json["steps"] for outcome in [one["outcome"]]} == {"deferred"}

    accepted = crowd.later(hours=1).cycle("--accept-missing", "work")

    assert accepted.code == 0
    assert [one["what"] for one in accepted.json["seen"]].count("dismissed") == 3
    assert {kind for kind, _ in accepted.steps()} == {"comment"}
    assert len(crowd.ids()) == 7
    assert crowd.later(hours=1).cycle().json["steps"] == []


def test_more_new_tasks_than_new_at_most_are_made_only_when_somebody_says_so(crowd: World) -> None:
    crowd.tracker_keys = "new_at_most: 9"

    first = crowd.cycle()
    second = crowd.later(hours=1).cycle()

    assert crowd.ids() == []
    assert writes(crowd) == []
    assert (first.code, second.code) == (1, 0)
    assert [one["new"] for one in first.json["problems"] + second.json["problems"]] == [True, False]
    assert len(first.steps("deferred")) == 10

    accepted = crowd.later(hours=1).cycle("--accept-new")

    assert (accepted.code, len(accepted.steps()), len(crowd.ids())) == (0, 10, 10)


def test_fifty_new_items_cost_as_few_requests_as_the_vendor_allows(crowd: World) -> None:
    crowd.kpis, crowd.tracker_keys = many(50), "new_at_most: 500"

    first = crowd.cycle()

    assert (first.code, len(first.steps()), len(crowd.ids())) == (0, 50, 50)
    requests = [one for one in writes(crowd) if (one.path == "/api/1.0/batch" or is_card(one))]
    assert len(requests) == (5 if crowd.tracker == "asana" else 50)
    assert all(calls["made"] == calls["least"] for calls in first.json["calls"].values()), first.json["calls"]

    crowd.sandbox.forget_requests()
    second = crowd.later(minutes=30).cycle()

    assert writes(crowd) == []
    assert second.json["steps"] == []
    assert all(calls["made"] == calls["least"] for calls in second.json["calls"].values()), second.json["calls"]
    third = crowd.later(minutes=30).cycle()
    assert third.json["calls"]["web"]["made"] == 0
    assert all(calls["made"] == calls["least"] for calls in third.json["calls"].values()), third.json["calls"]


def is_card(request: Any) -> bool:
    return bool(request.path == "/1/cards" and request.method == "POST")
