"""kill -9 at every step of the protocol, in the sync that makes items, speaks, edits, completes, reopens: what is on
the boards at rest is what an undisturbed sync leaves there, and nothing alignd did is taken for a person's deed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from sync.failpoints import FAILPOINTS
from tests.acceptance.command import KILLED
from tests.acceptance.world import World, differences

# minutes after the killed sync: the looks are at least two minutes apart, the last is after unknown_after
REPAIRS = (6, 20, 60)
BOARDS: dict[str, list[dict[str, Any]]] = {}  # by the world's folder


def undisturbed(world: World) -> list[dict[str, Any]]:
    """The boards after the same syncs at the same times, without a kill."""
    if str(world.folder) not in BOARDS:
        first = world.moments[0]
        world.back_to(first)
        for minutes in (0, *REPAIRS):
            world.clock.now = first.now
            world.later(minutes=minutes).sync()
        BOARDS[str(world.folder)] = world.board()
        world.back_to(first)
    return BOARDS[str(world.folder)]


def repair(world: World, at: Sequence[int] = REPAIRS) -> None:
    """Sync until at rest, so many minutes after the first."""
    begun = world.moments[0].now
    for minutes in at:
        world.clock.now = begun
        report = world.later(minutes=minutes).sync()
        assert [one.what for one in report.seen if one.what != "linked"] == [], "alignd's own work taken for a person's"
        assert all(count == 1 for count in Counter(world.live_keys()).values()), "two live tasks for one key"
    last = world.later(minutes=5).sync()
    assert [step for step in last.steps if step.outcome.value != "waiting"] == []
    assert [problem.what for problem in last.problems] == []


def test_everything_happens_in_that_sync(world: World) -> None:
    said = world.cycle()

    assert said.code == 0, said.err
    assert sorted(said.steps()) == [
        ("comment", "escalated"),
        ("comment", "recovered"),
        ("comment", "reopened"),
        ("comment", "worse"),
        ("complete", "recovered"),
        ("create", "episode_opened"),
        ("create", "episode_opened"),
        ("edit_comment", "numbers"),
        ("edit_comment", "numbers"),
        ("follow", "escalated"),
        ("reopen", "reopened"),
        ("update", "owner_changed"),
    ]
    assert len(undisturbed(world)) == 6


@pytest.mark.parametrize(
    ("name", "then"), list(zip(FAILPOINTS, (*FAILPOINTS[4:], *FAILPOINTS[:4]), strict=True)), ids=lambda name: str(name)
)
def test_a_sync_killed_and_its_repair_killed_again_leave_everything_once(world: World, name: str, then: str) -> None:
    expected = undisturbed(world)

    assert world.cycle(failpoint=name).code == KILLED
    world.later(minutes=3)
    again = world.cycle(failpoint=then)
    assert again.code in (0, 1, KILLED), again.err  # the repair may have nothing left to do at that step
    repair(world)

    assert differences(world.board(), expected) == []


@pytest.mark.slow
@pytest.mark.parametrize("then", ["", *FAILPOINTS])
@pytest.mark.parametrize("name", FAILPOINTS)
def test_every_pair_of_kills_at_every_passing(world: World, name: str, then: str) -> None:
    """The campaign: the first kill at each passing of its step, the second anywhere or nowhere."""
    expected = undisturbed(world)
    for passing in range(1, 9):
        world.back_to(world.moments[0])
        if world.cycle(failpoint=f"{name}:{passing}").code != KILLED:
            break
        world.later(minutes=3)
        world.cycle(failpoint=then)
        dropped = repair_or_list(world)
        assert [one for one in differences(world.board(), expected) if not dropped or " said: " not in one] == []
    assert passing > 1, "the step was passed and killed at least once"


def repair_or_list(world: World) -> list[str]:
    """As `repair`; but a comment that was lost twice may be dropped, if that is listed. Returns what is."""
    begun = world.moments[0].now
    dropped: list[str] = []
    for minutes in (*REPAIRS, 90, 120):
        world.clock.now = begun
        report = world.later(minutes=minutes).sync()
        assert [one.what for one in report.seen if one.what != "linked"] == []
        assert all(count == 1 for count in Counter(world.live_keys()).values())
        dropped += [one.what for one in report.problems if "could not be said" in one.what]
    assert [step for step in report.steps if step.outcome.value == "done"] == []
    return dropped
