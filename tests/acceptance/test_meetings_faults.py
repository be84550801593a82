"""What vendors and networks do wrong to a review's task, to parts and to a summary: nothing twice, nothing lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connectors.sandbox.wire import Call
from tests.acceptance.test_killed import repair, undisturbed
from tests.acceptance.test_vendor_faults import WRONG, Wrong, batch_of
from tests.acceptance.world import World, differences

REFUSED = [Wrong("429"), Wrong("status", "before", 400)]
AGAIN = (6, 20, 26, 30, 60)  # minutes: what is made only after unknown_after may have its parts lost then
FAST = ["asana-status-504-late", "trello-truncated-after"]


def makes_the_review(call: Call) -> bool:
    return b"Weekly KPI review, Thu" in call.body and (call.path == "/1/cards" or ("post", "/tasks") in batch_of(call))


def adds_a_part(call: Call) -> bool:
    return call.path.endswith("/checkItems") or any(path.endswith("/subtasks") for how, path in posts(call))


def posts(call: Call) -> list[tuple[str, str]]:
    return [one for one in batch_of(call) if one[0] == "post"]


def makes_the_checklist(call: Call) -> bool:
    return call.method == "POST" and call.path.endswith("/checklists")


def sums_up(call: Call) -> bool:
    return b"Summary: 1 decision" in call.body


def cases(*every: Wrong) -> list[object]:
    """On both trackers; those that are not fast belong to the campaign."""
    return [
        pytest.param(tracker, one, id=(name := f"{tracker}-{one}"), marks=[] if name in FAST else [pytest.mark.slow])
        for tracker in ("asana", "trello")
        for one in every
    ]


def struck_and_repaired(desk: World, wrong: Wrong, *sorts: Callable[[Call], bool]) -> None:
    expected = undisturbed(desk)
    faults = [wrong.befalls_next(desk, sort) for sort in sorts]

    desk.sync()
    desk.later(minutes=3).sync()
    repair(desk, AGAIN)

    assert [one.struck for one in faults] == [1] * len(sorts)
    assert differences(desk.board(), expected) == []


@pytest.mark.parametrize(("desk", "wrong"), cases(*WRONG, REFUSED[0]), indirect=["desk"])
def test_a_review_parts_and_a_summary_that_go_wrong_are_made_once(desk: World, wrong: Wrong) -> None:
    struck_and_repaired(desk, wrong, makes_the_review, adds_a_part, sums_up)


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [*WRONG, REFUSED[0]], ids=str)
@pytest.mark.parametrize("desk", ["trello"], indirect=True)
def test_a_checklist_that_goes_wrong_is_no_part_lost_and_none_twice(desk: World, wrong: Wrong) -> None:
    struck_and_repaired(desk, wrong, makes_the_checklist)


@pytest.mark.slow
@pytest.mark.parametrize("desk", ["asana", "trello"], indirect=True)
def test_a_review_that_the_vendor_makes_only_after_it_was_made_again_is_put_away(desk: World) -> None:
    keys = [one["key"] for one in undisturbed(desk)]
    late = Wrong("status", "late", 504, late_by=25 * 60).befalls_next(desk, makes_the_review)

    for minutes in (0, 4, 16, 10, 5):  # made again by the third, and the other appears before the fourth
        desk.later(minutes=minutes).sync()
    report = desk.later(minutes=5).sync()

    assert late.struck == 1
    assert sorted(desk.live_keys()) == sorted(keys)
    assert len(desk.board()) == len(keys) + (3 if desk.tracker == "asana" else 1)  # put away, with a word each
    assert [one for one in report.steps if one.outcome.value != "waiting"] == []
