"""kill -9 while everything about meetings is made at once, and again while that is repaired: one task a key with its
people, each word and each part once, as after an undisturbed sync.
"""

from __future__ import annotations

from collections import Counter

import pytest

from sync.failpoints import FAILPOINTS
from tests.acceptance.command import KILLED
from tests.acceptance.meetings import ALL
from tests.acceptance.test_killed import REPAIRS, repair, undisturbed
from tests.acceptance.world import World, differences

PASSINGS = 8  # more often no step is passed in that sync


@pytest.mark.parametrize("desk", ["trello"], indirect=True)
def test_everything_about_meetings_happens_in_that_sync(desk: World) -> None:
    said = desk.cycle()

    assert said.code == 0, said.err
    assert sorted(said.steps()) == ALL
    assert said.json["problems"] == []


@pytest.mark.parametrize(
    ("desk", "name", "then"),
    [
        ("asana", "after-answer", "after-comment"),
        ("asana", "after-note", "after-change-intent"),
        ("trello", "after-intent:3", "after-note:2"),
        ("trello", "after-comment:4", "before-note:2"),
    ],
    indirect=["desk"],
)
def test_a_sync_of_meetings_killed_and_its_repair_killed_again_leave_everything_once(
    desk: World, name: str, then: str
) -> None:
    expected = undisturbed(desk)

    assert desk.cycle(failpoint=name).code == KILLED
    assert desk.later(minutes=3).cycle(failpoint=then).code == KILLED
    repair(desk)

    assert differences(desk.board(), expected) == []


@pytest.mark.slow
@pytest.mark.parametrize("then", ["", *FAILPOINTS])
@pytest.mark.parametrize("name", FAILPOINTS)
@pytest.mark.parametrize("desk", ["asana", "trello"], indirect=True)
def test_every_pair_of_kills_at_every_passing_of_meetings(desk: World, name: str, then: str) -> None:
    """The campaign: the first kill at each passing of its step, the second anywhere or nowhere."""
    expected = undisturbed(desk)
    for passing in range(1, PASSINGS + 1):
        desk.back_to(desk.moments[0])
        if desk.cycle(failpoint=f"{name}:{passing}").code != KILLED:
            break
        if desk.later(minutes=3).cycle(failpoint=then).code != KILLED and then:
            continue  # nothing was left to do at that step: it went as it goes without a second kill
        dropped = repair_or_list(desk)
        assert [one for one in differences(desk.board(), expected) if not is_listed(one, dropped)] == [], passing
    assert 1 < passing < PASSINGS, "the step was passed, and killed at each passing"


def repair_or_list(world: World) -> list[str]:
    """Sync until at rest. Words and parts that were lost twice may be dropped, if that is listed. Returns what is."""
    begun = world.moments[0].now
    dropped: list[str] = []
    for minutes in (*REPAIRS, 90):
        world.clock.now = begun
        report = world.later(minutes=minutes).sync()
        assert [one.what for one in report.seen if one.what != "linked"] == []
        assert all(count == 1 for count in Counter(world.live_keys()).values()), world.live_keys()
        dropped += [one.what for one in report.problems if "could not be said" in one.what or "added" in one.what]
    assert [step for step in report.steps if step.outcome.value == "done"] == []
    return dropped


def is_listed(difference: str, dropped: list[str]) -> bool:
    """Whether what is missing on the board was given up and said so."""
    said = [one for one in dropped if "could not be said" in one]
    return bool((said and " said: " in difference) or (len(said) < len(dropped) and " parts: " in difference))


@pytest.mark.slow
@pytest.mark.postgres
def test_meetings_on_postgresql(desk_on_postgresql: World) -> None:
    world = desk_on_postgresql
    for minutes, failpoint in ((0, "after-answer"), (3, "after-note"), (3, "after-change")):
        assert world.later(minutes=minutes).cycle(failpoint=failpoint).code == KILLED
    for minutes in (5, 15, 60):
        assert world.later(minutes=minutes).cycle().code in (0, 1)  # 1: what the kill left in doubt is listed
    last = world.later(minutes=5).cycle()
    assert (last.code, last.json["steps"], last.json["problems"]) == (0, [], [])
    board = world.board()
    assert sorted("/".join(one["key"].split("/")[1:3]) for one in board) == [
        "event/launch", "review/budget", "review/desk", "review/social", "review/weekly", "said/desk",
    ]  # fmt: skip
    assert sorted(len(one["said"]) for one in board) == [0, 0, 0, 1, 1, 3]
    assert sorted(len(one["parts"]) for one in board) == [0, 0, 0, 0, 0, 2]
