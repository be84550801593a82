"""Vendors that ask to wait, in every form of Retry-After, and vendors that carry a request out far too late."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.acceptance.test_killed import repair, undisturbed
from tests.acceptance.test_vendor_faults import is_create, is_read
from tests.acceptance.world import World, differences


@pytest.mark.parametrize("form", ["7", "date", None, "-5", "soon"], ids=str)
def test_a_429_is_obeyed_in_every_form_of_retry_after(world: World, form: str | None) -> None:
    expected = undisturbed(world)
    faults = [
        world.sandbox.faults.add(world.tracker, "429", when=sort, retry_after=form) for sort in (is_read, is_create)
    ]

    world.sync()
    world.later(minutes=3).sync()
    repair(world)

    assert [one.struck for one in faults] == [1, 1]
    assert {"7": 7, "date": 5}.get(form or "", 0) <= max(world.timeless.waited, default=0) <= 30
    assert differences(world.board(), expected) == []


@pytest.mark.parametrize("sort", [is_read, is_create])
def test_a_wait_longer_than_the_cycle_may_last_ends_it_cleanly(world: World, sort: Any) -> None:
    expected = undisturbed(world)
    fault = world.sandbox.faults.add(world.tracker, "429", when=sort, retry_after="3600")

    said = world.cycle()

    assert said.code == 1, said.err
    assert fault.struck == 1
    assert [one["where"] for one in said.json["problems"]] == ["work"]
    assert said.steps("unknown", "failed") == []
    repair(world)
    assert differences(world.board(), expected) == []


def late(world: World) -> str:
    """A create that is carried out a quarter of an hour late, when another has been made; the id of the late one."""
    world.tracker_keys = "new_at_most: 1"
    world.sync()
    world.tracker_keys = ""
    add = world.sandbox.faults.add
    # one of the two creates; nothing else is left to leave with them
    add(world.tracker, "timeout", commit="late", late_by=900, seconds=3.0, when=is_create, part=1)
    world.later(minutes=1).sync()
    world.later(minutes=3).sync()
    world.later(minutes=9).sync()
    assert max(Counter(world.live_keys()).values()) == 1
    before = set(world.ids())
    world.later(minutes=4).sandbox.settle()
    [extra] = set(world.ids()) - before
    assert max(Counter(world.live_keys()).values()) == 2
    return extra


def test_an_untouched_extra_is_put_away_with_a_word(world: World) -> None:
    expected = undisturbed(world)
    extra = late(world)

    report = world.later(minutes=4).sync()

    put_away = "archive" if world.tracker == "trello" else "complete"
    done = [(one.kind.value, one.reason.value) for one in report.steps if one.outcome.value == "done"]
    assert sorted(done) == sorted([("comment", "extra"), (put_away, "extra")])
    assert max(Counter(world.live_keys()).values()) == 1
    [word] = world.said(extra)
    assert "http" in word
    again = world.later(minutes=5).sync()
    assert [one for one in again.steps if one.outcome.value != "waiting"] == []
    still_open = [one for one in world.board() if one["open"]]
    assert differences(still_open, [one for one in expected if one["open"]]) == []


def test_a_touched_extra_is_only_reported(world: World) -> None:
    extra = late(world)
    world.person().comment(extra, "I have begun with this one")

    report = world.later(minutes=4).sync()

    assert [one for one in report.steps if one.outcome.value == "done"] == []
    assert [one.what for one in report.problems if one.what.startswith("two tasks for one piece of work")]
    assert world.said(extra) == ["I have begun with this one"]
    assert max(Counter(world.live_keys()).values()) == 2
