"""What vendors and networks do wrong to creates, comments, changes and reads, on both trackers: at rest the boards
are what an undisturbed sync leaves there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from connectors.sandbox.faults import Commit, Kind
from connectors.sandbox.wire import Call
from tests.acceptance.test_killed import repair, undisturbed
from tests.acceptance.world import World, differences


@dataclass(frozen=True)
class Wrong:
    """One way to go wrong, as faults.py names it."""

    kind: Kind
    commit: Commit = "before"
    status: int = 503
    late_by: float = 0.0

    def __str__(self) -> str:
        status = f"-{self.status}" if self.kind == "status" else ""
        return f"{self.kind}{status}-{self.commit}"

    def befalls(self, world: World, what: str) -> Any:
        """Switch it on for the next request of that sort."""
        sort = {"create": is_create, "comment": is_comment, "change": is_change, "read": is_read}[what]
        return self.befalls_next(world, sort)

    def befalls_next(self, world: World, sort: Callable[[Call], bool]) -> Any:
        """Switch it on for the next request that `sort` is true of."""
        return world.sandbox.faults.add(
            world.tracker, self.kind, commit=self.commit, status=self.status, late_by=self.late_by, when=sort,
            seconds=0.5, html_body=self.status == 502,
        )  # fmt: skip


WRONG = [
    Wrong("timeout", "before"),
    Wrong("timeout", "after"),
    Wrong("timeout", "late", late_by=300),
    Wrong("reset", "before"),
    Wrong("reset", "after"),
    *(Wrong("status", commit, status) for status in (500, 502, 503, 504) for commit in ("before", "after")),
    Wrong("status", "late", 504, late_by=300),
    Wrong("truncated", "after"),
    Wrong("cut_off", "after"),
    Wrong("empty", "before"),
    Wrong("empty", "after"),
    Wrong("html", "before"),
    Wrong("html", "after"),
]  # fmt: skip


def _long(wrong: Sequence[Wrong]) -> list[Any]:
    """Of the statuses of a server that fails, 504 stands for the others, which belong to the long campaign."""

    def marks(one: Wrong) -> Sequence[pytest.MarkDecorator]:
        return [pytest.mark.slow] if one.kind == "status" and one.status in (500, 502, 503) else []

    return [pytest.param(one, id=str(one), marks=marks(one)) for one in wrong]


def batch_of(call: Call) -> list[tuple[str, str]]:
    """(method, path) of what a batch of Asana's asks for."""
    if not call.path.endswith("/api/1.0/batch"):
        return []
    return [(one["method"], one["relative_path"]) for one in call.json()["data"]["actions"]]


def is_create(call: Call) -> bool:
    return ("post", "/tasks") in batch_of(call) or (call.method == "POST" and call.path == "/1/cards")


def is_comment(call: Call) -> bool:
    said = any(method == "post" and path.endswith("/stories") for method, path in batch_of(call))
    return said or (call.method == "POST" and call.path.endswith("/actions/comments"))


def is_change(call: Call) -> bool:
    put = any(method == "put" and path.startswith("/tasks/") for method, path in batch_of(call))
    return put or (call.method == "PUT" and call.path.startswith("/1/cards/"))


def is_read(call: Call) -> bool:
    return call.method == "GET"


@pytest.mark.parametrize("wrong", _long(WRONG))
def test_creates_comments_and_changes_that_go_wrong_happen_once(world: World, wrong: Wrong) -> None:
    expected = undisturbed(world)
    faults = [wrong.befalls(world, what) for what in ("create", "comment", "change")]

    world.sync()
    world.later(minutes=3).sync()
    repair(world)

    assert [one.struck for one in faults] == [1, 1, 1]
    assert differences(world.board(), expected) == []


@pytest.mark.parametrize("wrong", _long([one for one in WRONG if one.commit == "before"]))
def test_a_read_that_goes_wrong_is_asked_again(world: World, wrong: Wrong) -> None:
    expected = undisturbed(world)
    struck = wrong.befalls(world, "read")

    world.sync()
    repair(world)

    assert struck.struck == 1
    assert differences(world.board(), expected) == []
