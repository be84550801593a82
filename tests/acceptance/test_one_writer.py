"""Two alignds, two ledgers, no ledger, an older ledger: nothing is made twice."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from connectors.sandbox.server import Sandbox
from tests.acceptance.command import KILLED, SCRIPT, Command, Said, environ
from tests.acceptance.test_killed import undisturbed
from tests.acceptance.world import METRICS, World, differences, prepared
from tests.integration.team import PROPERTY, ZONE, Clock, Team


@pytest.fixture
def small(tmp_path: Path, store_url: str) -> Callable[[Sandbox, Clock], Team]:
    def made(sandbox: Sandbox, clock: Clock) -> Team:
        team = Team(tmp_path, sandbox, clock, store=f'"{store_url}"')
        team.weeks(12_260, 12_080, 9_960, 8_200)
        team.file.write_text(team.text())
        return team

    return made


def test_the_second_of_two_alignds_at_once_names_the_first(
    small: Callable[[Sandbox, Clock], Team], tmp_path: Path, running: Command
) -> None:
    clock = Clock(datetime(2026, 11, 18, 6, 0, tzinfo=UTC))
    with Sandbox(clock) as sandbox:
        team = small(sandbox, clock)
        sandbox.latency["asana"] = 0.5
        at = clock.now.isoformat()
        with subprocess.Popen(
            [SCRIPT, "sync", "--json", "--at", at], cwd=tmp_path, env=environ(), stdout=subprocess.PIPE, text=True
        ) as first:
            until = time.monotonic() + 30
            while not sandbox.asked("ga4") and not sandbox.asked("asana") and time.monotonic() < until:
                time.sleep(0.01)
            sandbox.latency["asana"] = 2.0
            second = running("sync", "--json", "--at", at, folder=tmp_path)
            sandbox.latency["asana"] = 0.0
            assert first.stdout is not None
            out = first.stdout.read()
        assert (second.code, second.out) == (3, "")
        assert f"alignd sync (process {first.pid} on " in second.err
        assert first.returncode == 0
        assert Said(0, out, "").steps() == [("create", "episode_opened")]
        assert len(team.ids()) == 1


def test_another_ledger_adopts_what_stands_there(world: World) -> None:
    undisturbed(world)
    world.sync()
    board = world.board()
    world.store = "sqlite:///second.db"
    try:
        said = world.later(hours=1).cycle()
        assert said.steps() == []
        assert {one["what"] for one in said.json["seen"]} == {"adopted"}
        assert len(said.json["seen"]) == 6
        world.later(hours=1).sync()
    finally:
        world.store = "sqlite:///alignd.db"
    assert differences(world.board(), board) == []


def a_winter(world: World) -> None:
    """Five more weeks: a follow-up, a second episode of a KPI, an item a person put away."""
    weeks = {  # 2026-W49 … 2026-W53
        "worse": (6_000, 6_000, 6_000, 6_000, 6_000),
        "better": (12_600, 12_600, 12_600, 8_000, 8_000),
        "fresh": (12_500, 12_500, 12_500, 12_500, 12_500),
        "again": (8_000, 8_000, 8_000, 8_000, 8_000),
        "given": (8_000, 8_000, 8_000, 8_000, 8_000),
        "second": (8_000, 8_000, 8_000, 8_000, 8_000),
    }
    for name, totals in weeks.items():
        for week, total in enumerate(totals):
            for day in range(7):
                when = date(2026, 11, 30) + timedelta(days=7 * week + day)
                world.sandbox.ga4.properties[PROPERTY].record(when, {METRICS[name]: total // 7 + 5})
    world.sync()
    world.later(hours=2)
    open_items = {one["key"]: one["id"] for one in world.board() if one["open"]}
    world.person().complete(open_items["saypro/action/given/2026-W46"])
    if world.tracker == "trello":
        world.person().archive(open_items["saypro/action/second/2026-W48"])
    for week in range(1, 6):
        world.at((datetime(2026, 12, 2, 8, tzinfo=ZONE) + timedelta(weeks=week)).replace(tzinfo=None).isoformat())
        world.sync()


@pytest.fixture
def year(world: World) -> Iterator[World]:
    """The world, whose numbers of December are forgotten afterwards."""
    recorded = world.sandbox.ga4.properties[PROPERTY].tables[0].days
    known = set(recorded)
    yield world
    for day in set(recorded) - known:
        recorded.pop(day)


def test_a_deleted_database_makes_nothing_twice(year: World) -> None:
    a_winter(year)
    world = year
    keys = [one["key"] for one in world.board()]
    assert "saypro/action/given/2026-W46/2" in keys
    assert {"saypro/action/better/2026-W46", "saypro/action/better/2026-W53"} <= set(keys)
    board = world.board()
    for path in world.folder.glob("alignd.db*"):
        path.unlink()

    first = world.later(hours=1).cycle()
    assert first.steps() == [], first.steps()
    for hours in (1, 30):
        world.later(hours=hours).sync()

    assert differences(world.board(), board) == []


def test_an_older_backup_restored_makes_nothing_twice(year: World) -> None:
    world = year
    world.sync()
    kept = world.folder / "kept.db"
    assert world.bare("backup", str(kept)).code == 0
    a_winter(world)
    board = world.board()
    for path in world.folder.glob("alignd.db*"):
        path.unlink()
    shutil.copy(kept, world.folder / "alignd.db")

    world.later(hours=1).sync()
    for hours in (1, 30):
        world.later(hours=hours).sync()

    made = [one["key"] for one in world.board()]
    assert made == [one["key"] for one in board]
    assert differences(world.board(), board) == []


def test_another_workspace_id_is_refused(world: World) -> None:
    assert world.cycle().code == 0
    world.file.write_text(world.text().replace("id: saypro", "id: another"))
    later = (world.clock.now + timedelta(hours=1)).isoformat()
    said = world.bare("sync", "--at", later)
    assert said.code == 2
    assert "saypro" in said.err
    assert "another" in said.err


def test_a_time_before_the_last_cycle_is_refused(world: World) -> None:
    board = world.board()
    said = world.later(days=-20).cycle()
    assert said.code == 2
    assert "the last cycle was at 2026-11-25 08:00" in said.err
    assert world.board() == board


@pytest.mark.postgres
@pytest.mark.parametrize("tracker", ["asana", pytest.param("trello", marks=pytest.mark.slow)])
def test_the_same_on_postgresql(tmp_path: Path, running: Command, postgres_url: str, tracker: str) -> None:
    clock = Clock(datetime(2026, 11, 11, 6, 0, tzinfo=UTC))
    with Sandbox(clock) as sandbox:
        world = prepared(tmp_path / "team", tracker, running, sandbox, clock, store=f'"{postgres_url}"')
        for minutes, failpoint in ((0, "after-answer"), (3, "after-note"), (3, "after-change")):
            assert world.later(minutes=minutes).cycle(failpoint=failpoint).code == KILLED
        for minutes in (5, 15, 60):
            assert world.later(minutes=minutes).cycle().code in (0, 1)  # 1: what the kill left in doubt is listed
        last = world.later(minutes=5).cycle()
        assert (last.code, last.json["steps"], last.json["problems"]) == (0, [], [])
        assert sorted(one["key"].split("/")[2] for one in world.board()) == sorted(METRICS)
        said = [text for one in world.board() for text, _ in one["said"]]
        assert len(said) == len(set(said)) == 8
