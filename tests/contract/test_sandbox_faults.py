"""Faults strike where they are told to, and leave at the vendor what they say."""

from __future__ import annotations

import gc
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from connectors.sandbox import Person, Sandbox
from connectors.sandbox.asana.state import Project


class World:
    def __init__(self, sandbox: Sandbox, clock: list[datetime]) -> None:
        self.sandbox, self.clock = sandbox, clock
        user = sandbox.asana.state.add_user("alignd", "alignd@saypro.example")
        self.project: Project = sandbox.asana.state.add_project("KPIs")
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {user.token}"

    def create(self, timeout: float = 5.0) -> requests.Response:
        body = {"data": {"name": "x", "projects": [self.project.gid]}}
        return self.session.post(f"{self.sandbox.url}/api/1.0/tasks", json=body, timeout=timeout)

    def get(self, path: str = "/users/me") -> requests.Response:
        return self.session.get(f"{self.sandbox.url}/api/1.0{path}", timeout=5)

    @property
    def made(self) -> int:
        return len(self.sandbox.asana.state.tasks)


@pytest.fixture
def world() -> Iterator[World]:
    clock = [datetime(2026, 11, 18, 6, 0, tzinfo=UTC)]
    with Sandbox(lambda: clock[0]) as sandbox:
        made = World(sandbox, clock)
        yield made
        made.session.close()


@pytest.mark.parametrize(
    ("said", "header"),
    [("30", "30"), ("date", "Wed, 18 Nov 2026 06:00:05 GMT"), (None, None), ("-5", "-5"), ("soon", "soon")],
)
def test_a_429_carries_retry_after_in_each_form(world: World, said: str | None, header: str | None) -> None:
    fault = world.sandbox.faults.add("asana", "429", retry_after=said)
    answer = world.create()
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, header)
    assert (world.made, fault.struck) == (0, 1)
    assert world.create().status_code == 201


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize(("commit", "made"), [("before", 0), ("after", 1)])
def test_a_5xx_strikes_before_or_after_the_commit(world: World, status: int, commit: Any, made: int) -> None:
    world.sandbox.faults.add("asana", "status", status=status, commit=commit, html_body=status == 502)
    answer = world.create()
    assert (answer.status_code, world.made) == (status, made)
    assert answer.headers["Content-Type"].startswith("text/html" if status == 502 else "application/json")


@pytest.mark.parametrize(("commit", "made"), [("before", 0), ("after", 1)])
def test_a_reset_strikes_before_or_after_the_commit(world: World, commit: Any, made: int) -> None:
    world.sandbox.faults.add("asana", "reset", method="post", commit=commit)
    with pytest.raises(requests.ConnectionError, match="reset"):
        world.create()
    assert world.made == made


def test_a_timeout_after_the_commit_leaves_the_task(world: World) -> None:
    world.sandbox.faults.add("asana", "timeout", commit="after")
    with pytest.raises(requests.ReadTimeout):
        world.create(timeout=0.2)
    assert world.made == 1


def test_a_late_commit_comes_by_the_clock(world: World) -> None:
    world.sandbox.faults.add("asana", "status", status=504, commit="late", late_by=300)
    assert world.create().status_code == 504
    world.clock[0] += timedelta(seconds=299)
    assert world.get("/tasks?project=" + world.project.gid).json()["data"] == []
    world.clock[0] += timedelta(seconds=2)
    late = world.get(f"/tasks?project={world.project.gid}&opt_fields=created_at").json()["data"]
    assert [t["created_at"] for t in late] == ["2026-11-18T06:05:00.000Z"]


def test_a_late_commit_comes_by_real_time(world: World) -> None:
    world.sandbox.faults.add("asana", "status", status=504, commit="late", late_by=0.15, late_real=True)
    world.create()
    assert world.made == 0
    until = time.monotonic() + 5
    while world.made == 0 and time.monotonic() < until:
        time.sleep(0.02)
    assert world.made == 1


def test_an_answer_is_cut_empty_or_a_page(world: World) -> None:
    world.sandbox.faults.add("asana", "truncated", cut=15)
    cut = world.create()
    assert (cut.status_code, len(cut.content)) == (201, 15)
    with pytest.raises(requests.JSONDecodeError):
        cut.json()
    world.sandbox.faults.add("asana", "cut_off", cut=10)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        world.create()
    world.sandbox.faults.add("asana", "empty", commit="after")
    assert (world.create().content, world.made) == (b"", 3)
    world.sandbox.faults.add("asana", "html", commit="after")
    page = world.create()
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert world.made == 4


def test_a_slow_answer_is_a_good_one(world: World) -> None:
    world.sandbox.faults.add("asana", "slow", seconds=0.2)
    begun = time.monotonic()
    assert world.create().status_code == 201
    assert time.monotonic() - begun >= 0.2


def test_a_fault_is_chosen_by_vendor_method_path_count_and_condition(world: World) -> None:
    fault = world.sandbox.faults.add("asana", "status", method="GET", path=r"/users/", nth=(2, 3), times=None)
    world.sandbox.faults.add("trello", "reset", times=None)
    world.sandbox.faults.add("asana", "429", when=lambda call: b"poison" in call.body)
    assert [world.get().status_code for _ in range(4)] == [200, 503, 503, 200]
    assert world.create().status_code == 201
    assert (fault.matched, fault.struck) == (4, 2)
    world.sandbox.faults.clear()
    assert world.get().status_code == 200


def test_a_fault_that_is_misnamed_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault is called"):
        Sandbox().faults.add("asana", "explosion")  # type: ignore[arg-type]


def test_part_of_a_batch_may_be_carried_out(world: World) -> None:
    create = {"method": "post", "relative_path": "/tasks", "data": {"name": "b", "projects": [world.project.gid]}}
    world.sandbox.faults.add("asana", "status", path="/batch", status=500, commit="after", part=3)
    body: Any = {"data": {"actions": [create] * 10}}
    answer = world.session.post(f"{world.sandbox.url}/api/1.0/batch", json=body, timeout=5)
    assert (answer.status_code, world.made) == (500, 3)


def test_every_request_is_in_the_log(world: World) -> None:
    world.sandbox.faults.add("asana", "reset", commit="after")
    with pytest.raises(requests.ConnectionError):
        world.create()
    world.get("/users/me?opt_fields=name")
    lost, good = world.sandbox.requests
    assert (lost.vendor, lost.method, lost.path, lost.status, lost.fault) == (
        "asana", "POST", "/api/1.0/tasks", 0, "reset",
    )  # fmt: skip
    assert (good.url, good.status, good.fault) == ("/api/1.0/users/me?opt_fields=name", 200, None)
    assert len(world.sandbox.asked("asana", "GET", "/users")) == 1
    world.sandbox.forget_requests()
    assert world.sandbox.requests == []


def test_people_acting_by_hand_meet_no_fault_and_leave_no_request(world: World) -> None:
    world.sandbox.asana.state.add_user("Thandi", "thandi@saypro.example")
    world.sandbox.faults.add(None, "reset", times=None)
    gid = Person(world.sandbox, "Thandi").make(world.project.gid, "Mine")
    assert world.sandbox.asana.state.tasks[gid].name == "Mine"
    assert world.sandbox.requests == []


def test_an_outage_keeps_the_address_and_the_state(world: World) -> None:
    world.create()
    address = world.sandbox.url
    world.sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=5)
    world.sandbox.start()
    assert world.sandbox.url == address
    assert world.create().status_code == 201
    assert world.made == 2


def test_the_sandbox_starts_at_once_and_ends_cleanly_even_while_somebody_waits() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        begun = time.monotonic()
        with Sandbox() as sandbox:
            assert time.monotonic() - begun < 0.5
            user = sandbox.asana.state.add_user("a", "a@x.example")
            sandbox.faults.add("asana", "timeout", seconds=60)
            with pytest.raises(requests.ReadTimeout), requests.Session() as session:
                session.get(
                    f"{sandbox.url}/api/1.0/users/me", timeout=0.1, headers={"Authorization": f"Bearer {user.token}"}
                )
            begun = time.monotonic()
        assert time.monotonic() - begun < 2
        gc.collect()
