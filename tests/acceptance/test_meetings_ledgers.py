"""No ledger, an older ledger, two alignds at once: no meeting gets a second task, and nothing of the past is made."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from connectors.sandbox.server import Sandbox
from tests.acceptance.command import Command
from tests.acceptance.meetings import GOALS, MOVED, at_the_desk
from tests.acceptance.world import World, differences
from tests.integration.team import MONDAY, Clock, steps

WEEKS = 13


def loses_its_ledger(world: World) -> None:
    for path in world.folder.glob("alignd.db*"):
        path.unlink()


def reviews(world: World) -> list[str]:
    """REVIEW/SLOT of every review's task there is."""
    return sorted(one["key"].partition("/review/")[2] for one in world.board() if "/review/" in one["key"])


@pytest.mark.parametrize("desk", ["asana"], indirect=True)
def test_a_lost_ledger_makes_nothing_of_meetings_twice_and_the_next_in_its_time(desk: World) -> None:
    desk.sync()
    board = desk.board()
    loses_its_ledger(desk)

    again = desk.later(hours=1).sync()
    desk.later(hours=1).sync()

    assert steps(again) == []
    assert sorted(one.what for one in again.seen) == ["adopted"] * len(board)
    assert differences(desk.board(), board) == []
    before = reviews(desk)
    desk.at("2026-11-26T08:05").sync()
    assert sorted(set(reviews(desk)) - set(before)) == ["desk/2026-W49"]
    assert len(reviews(desk)) == len(before) + 1


@pytest.mark.slow
@pytest.mark.parametrize("desk", ["trello"], indirect=True)
def test_the_second_of_two_alignds_at_a_review_names_the_first(desk: World) -> None:
    desk.file.write_text(desk.text())
    desk.sandbox.latency["trello"] = 0.3
    desk.sandbox.forget_requests()
    first = threading.Thread(target=desk.sync)
    try:
        first.start()
        while not desk.sandbox.asked("trello") and first.is_alive():
            first.join(0.01)
        desk.sandbox.latency["trello"] = 5.0  # the first waits while the second begins
        second = desk.bare("sync", "--json", "--at", desk.clock.now.isoformat())
        alone = not first.is_alive()
    finally:
        desk.sandbox.latency.clear()
        first.join()

    assert not alone, "the first was done before the second began"
    assert (second.code, second.out) == (3, "")
    assert "alignd sync (process " in second.err
    assert all(count == 1 for count in Counter(desk.live_keys()).values())
    assert "saypro/review/weekly/2026-W48" in desk.live_keys()


# ── a quarter ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(params=["asana", "trello"])
def quarter(request: pytest.FixtureRequest, tmp_path: Path, running: Command) -> Iterator[World]:
    """The team before a quarter of weekly and monthly reviews, whose numbers are good."""
    clock = Clock(datetime(2026, 11, 11, 6, 0, tzinfo=UTC))
    with Sandbox(clock) as sandbox:
        world = at_the_desk(tmp_path / "team", request.param, running, sandbox, clock)
        for week in range(1, WEEKS + 8):
            world.week(MONDAY + timedelta(weeks=week), 12_500)
        yield world


def lived(world: World, first: int, last: int) -> None:
    """Weeks of the quarter: on Mondays something is agreed at the desk, on Tuesdays and Thursdays alignd runs, people
    complete some of it.
    """
    for week in range(first, last):
        monday = date(2026, 11, 23) + timedelta(weeks=week)
        desks = world.person().finds("Monday desk")
        if week and desks:
            world.at(f"{monday}T10:20").person().comment(desks[-1], f"Action: Thandi – try idea {week} – in 2 weeks")
        world.at(f"{monday + timedelta(days=1)}T09:05").sync()
        if week % 3 == 1:
            world.person().complete(world.later(hours=1).person().finds("ry idea")[0])
        if week == 2:
            part = next(one for one in parts_of_launch(world))
            world.person().complete_part(part)
        world.at(f"{monday + timedelta(days=3)}T10:05").sync()


def parts_of_launch(world: World) -> list[str]:
    if world.tracker == "asana":
        return [one.gid for one in world.tasks() if one.parent is not None]
    return [item.id for one in world.sandbox.trello.state.checklists.values() for item in one.items]


def settled_again(world: World) -> None:
    """The cycles after a ledger was lost: none makes, says or changes anything."""
    board = world.board()
    reports = [world.later(hours=hours).sync() for hours in (1, 1, 3)]
    assert [done for one in reports for done in steps(one)] == []
    assert differences(world.board(), board) == []


def goes_on(world: World) -> None:
    """The weeks after it: each review is made in its time, once, none that is past."""
    before = reviews(world)
    lived(world, WEEKS, WEEKS + 2)
    after = reviews(world)
    assert len(after) == len(set(after))
    assert sorted(set(after) - set(before)) == [
        *("desk/2027-W09", "desk/2027-W10"),
        *("social/2027-W08", "social/2027-W09"),
        *("weekly/2027-W08", "weekly/2027-W09"),
    ]
    said = Counter((one["key"], text) for one in world.board() for text, _ in one["said"])
    assert [one for one, count in said.items() if count > 1] == []


@pytest.mark.slow
def test_a_database_deleted_after_a_quarter_of_reviews_makes_nothing_twice(quarter: World) -> None:
    lived(quarter, 0, WEEKS)
    loses_its_ledger(quarter)

    settled_again(quarter)
    goes_on(quarter)


@pytest.mark.slow
def test_an_older_backup_restored_after_a_quarter_makes_nothing_twice(quarter: World) -> None:
    lived(quarter, 0, 6)
    kept = quarter.folder / "kept.db"
    assert quarter.bare("backup", str(kept)).code == 0
    lived(quarter, 6, WEEKS)
    loses_its_ledger(quarter)
    shutil.copy(kept, quarter.folder / "alignd.db")

    settled_again(quarter)
    goes_on(quarter)


@pytest.mark.slow
def test_what_was_written_at_a_meeting_is_not_lost_with_the_ledger(quarter: World) -> None:
    """Lost after the meeting and before anything of it was read: its action is made and it is summed up, once."""
    lived(quarter, 0, 2)
    desk = quarter.at("2026-12-07T10:20").person().finds("Monday desk")[-1]
    quarter.person().comment(desk, "Decision: fewer banners\nAction: Thandi – ask three partners – 18 Dec")
    loses_its_ledger(quarter)

    quarter.at("2026-12-07T11:00").sync()
    for time in ("08T09:05", "08T10:05", "10T10:05"):
        quarter.at(f"2026-12-{time}").sync()

    assert len(quarter.person().finds("Ask three partners")) == 1
    assert len([one for one in quarter.said(desk) if one.startswith("Summary: 1 decision, 1 action")]) == 1


@pytest.mark.slow
def test_an_event_taken_out_and_a_review_moved_while_the_ledger_was_lost(quarter: World) -> None:
    lived(quarter, 0, 2)
    loses_its_ledger(quarter)
    quarter.rest = GOALS + MOVED
    tasks = quarter.ids()

    for _ in range(3):
        quarter.later(hours=1).sync()

    assert quarter.ids() == tasks
