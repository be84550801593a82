"""Services without a scheduler: what it would call is called by hand, at times that a test sets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connectors.errors import Stopped
from mapping.tasks import View
from sync.app import App
from sync.errors import LockLost, StoreUnusable
from sync.outlook import Choices, Outlook
from sync.service.files import Files
from sync.service.moments import spread
from sync.service.runner import Runner
from sync.service.service import Service
from sync.service.state import Ended, Phase, WorkspaceState
from sync.steps import CallCount, CycleReport, Problem
from tests.unit.service_samples import ENVIRON, NOON, Machine, Said, text


class Cycles:
    """Cycles that do nothing but go wrong as a test wants, and what was asked of each."""

    def __init__(self) -> None:
        self.choices: list[tuple[str, Choices]] = []
        self.fails: dict[str, Exception] = {}
        self.problems: dict[str, Problem] = {}
        self.vendor_now: list[datetime] = []
        self.answers: dict[str, threading.Event] = {}  # a workspace whose vendor keeps silent until then

    def cycle(self, app: App, choices: Choices) -> tuple[CycleReport, Outlook]:
        workspace = app.config.workspace.id
        self.choices.append((workspace, choices))
        if workspace in self.answers:
            self.answers[workspace].wait(30)
        if workspace in self.fails:
            raise self.fails[workspace]
        store, now = app._store(), app.clock()
        with store.records() as records:
            last = records.last_cycle()
            assert last is None or last.at <= now
            number = records.begin_cycle(now, "run")
            problems = records.keep_problems([self.problems[workspace]] if workspace in self.problems else [], now)
        whole = {name: View(name, name not in choices.partly, {}) for name in app.config.trackers}
        report = CycleReport(workspace, number, now, (), (), {"work": CallCount(1, 1, 1)}, problems=tuple(problems))
        return report, Outlook(now, number, views=whole)


@pytest.fixture
def cycles(monkeypatch: pytest.MonkeyPatch) -> Cycles:
    made = Cycles()
    monkeypatch.setattr(App, "cycle", lambda app, choices: made.cycle(app, choices))
    monkeypatch.setattr(App, "vendor_times", lambda app: made.vendor_now)
    return made


class House:
    """A service over a folder, on a machine whose clocks are set by hand."""

    def __init__(self, place: Path) -> None:
        self.place, self.machine, self.said = place, Machine(), Said()
        self.service = Service(Files(place), ENVIRON, self.said, clocks=self.machine.clocks())

    def open(self) -> House:
        self.service.open()
        return self

    def runner(self, name: str = "alignd.yaml") -> Runner:
        return next(one for path, one in self.service.runners.items() if path.name == name)

    def state(self, name: str = "alignd.yaml") -> WorkspaceState:
        snapshot = self.service.state.snapshot(self.machine.now)
        return next(one for one in snapshot.workspaces if Path(one.file).name == name)

    def ticks(self, times: int = 2) -> None:
        for _ in range(times):
            self.machine.runs(2.0)
            self.service.tick()

    def looks(self, name: str = "alignd.yaml") -> None:
        """Time goes by until it is due, and it looks."""
        runner = self.runner(name)
        self.machine.runs(max((runner.due().at - self.machine.now).total_seconds(), 0.0))
        self.service.look_at_clocks()
        runner.look()


@pytest.fixture
def house(tmp_path: Path, cycles: Cycles) -> Callable[..., House]:
    def made(**files: str) -> House:
        for name, said in files.items():
            (tmp_path / f"{name}.yaml").write_text(said)
        return House(tmp_path if len(files) > 1 else tmp_path / f"{next(iter(files))}.yaml")

    return made


def test_the_first_look_is_at_once_and_the_whole_listing_is_read_once_a_day(
    house: Callable[..., House], cycles: Cycles
) -> None:
    here = house(alignd=text()).open()
    assert here.runner().due().at == NOON
    for _ in range(30):
        here.looks()
    whole = [not choices.partly for _, choices in cycles.choices]
    assert whole == [True, *[False] * 23, True, *[False] * 5] or whole == [True, *[False] * 24, True, *[False] * 4]
    assert all(choices.keeps_hours for _, choices in cycles.choices)
    assert here.said.events.count("cycle_done") == 30
    assert here.state().cycles == {"good": 30}
    assert here.state().calls == {"work": CallCount(30, 30, 30)}
    assert (here.state().phase, here.state().next_at) == (Phase.WAITING, here.runner().due().at)


def test_many_workspaces_do_not_all_begin_at_once(house: Callable[..., House]) -> None:
    here = house(**{f"team{n}": text(f"team{n}") for n in range(20)}).open()
    begins = {one.due().at for one in here.service.runners.values()}
    assert len(begins) > 10
    assert all(NOON <= at < NOON + timedelta(seconds=20) for at in begins)


def test_a_second_service_stands_by_says_so_once_and_takes_over(house: Callable[..., House], cycles: Cycles) -> None:
    first, second = house(alignd=text()).open(), house(alignd=text()).open()
    first.looks()
    for _ in range(5):
        second.looks()
    assert second.said.events == ["workspace_begins", "standing_by"]
    assert "alignd run (process" in str(second.said.of("standing_by")[0]["holder"])
    assert second.state().phase is Phase.STANDING_BY
    assert second.runner().due().at - second.machine.now == timedelta(seconds=10)
    first.runner().end()
    second.looks()
    assert second.said.events[-2:] == ["took_over", "cycle_done"]
    assert (second.state().phase, second.state().holder) == (Phase.WAITING, None)


def test_a_lost_lock_is_taken_again(house: Callable[..., House], cycles: Cycles) -> None:
    here = house(alignd=text()).open()
    here.looks()
    cycles.fails["saypro"] = LockLost("the connection is gone", "nothing to do")
    here.looks()
    assert here.state().phase is Phase.STANDING_BY
    cycles.fails.clear()
    here.looks()
    assert here.said.events == ["workspace_begins", "cycle_done", "lock_lost", "well_again", "cycle_done"]


def test_what_fails_in_one_workspace_leaves_the_others_alone_and_is_said_once(
    house: Callable[..., House], cycles: Cycles
) -> None:
    here = house(one=text("one"), two=text("two")).open()
    cycles.fails["one"] = StoreUnusable("the disk is full", "make room on the disk")
    for _ in range(3):
        here.looks("one.yaml")
        here.looks("two.yaml")
    assert here.state("one.yaml").phase is Phase.UNUSABLE
    assert here.state("one.yaml").cycles == {"failed": 3}
    assert here.state("two.yaml").cycles == {"good": 3}
    assert here.said.of("store_unusable") == [
        {"workspace": "one", "what": "the disk is full", "advice": "make room on the disk"}
    ]
    cycles.fails.clear()
    here.looks("one.yaml")
    assert here.said.events[-2:] == ["well_again", "cycle_done"]


def test_a_dozen_workspaces_whose_vendors_keep_silent_do_not_hold_up_the_others(
    house: Callable[..., House], cycles: Cycles
) -> None:
    names = sorted((f"a{number:02}" for number in range(13)), key=lambda name: spread(name, 13.0))
    *silent, last = names  # in the order in which they begin
    here = house(**{name: text(name) for name in names}).open()
    answer, looked = threading.Event(), threading.Event()
    cycles.answers = dict.fromkeys(silent, answer)
    here.service.common = replace(here.service.common, after_cycle=lambda config, _: looked.set())
    here.runner(f"{last}.yaml").common = here.service.common
    here.machine.runs(60)
    here.service.start()
    try:
        assert looked.wait(10)
        assert not answer.is_set()
    finally:
        answer.set()
        here.service.close()


def test_an_error_nobody_foresaw_is_counted_and_the_next_look_goes_on(
    house: Callable[..., House], cycles: Cycles
) -> None:
    here = house(alignd=text()).open()
    cycles.fails["saypro"] = KeyError("secret words")
    here.looks()
    here.looks()
    (said,) = here.said.of("unforeseen")  # once, however many looks it lasts
    assert "KeyError in tests.unit.test_service_runner:" in str(said["what"])
    assert "secret words" not in str(said["what"])
    last = here.state().last_cycle
    assert last is not None
    assert last.ended is Ended.FAILED
    cycles.fails.clear()
    here.looks()
    assert here.state().cycles == {"failed": 2, "good": 1}
    assert here.said.events[-2:] == ["well_again", "cycle_done"]


def test_an_outage_is_said_when_it_comes_and_when_it_is_over(house: Callable[..., House], cycles: Cycles) -> None:
    here = house(alignd=text()).open()
    here.looks()
    cycles.problems["saypro"] = Problem("work", "Asana does not answer", "nothing to do", kind="unreachable")
    for _ in range(4):
        here.looks()
    del cycles.problems["saypro"]
    here.looks()
    assert here.said.events.count("problem") == here.said.events.count("problem_over") == 1
    assert here.state().cycles == {"good": 2, "problem": 4}


def test_a_stop_within_a_cycle_ends_it_and_lets_go(house: Callable[..., House], cycles: Cycles) -> None:
    here = house(alignd=text()).open()
    cycles.fails["saypro"] = Stopped()
    here.looks()
    here.service.close()
    assert here.said.events == ["workspace_begins", "cut_short", "stopping", "stopped"]
    cycles.fails.clear()
    again = house(alignd=text()).open()
    again.looks()
    assert again.said.events[-1] == "cycle_done"


def test_no_look_begins_after_a_stop(house: Callable[..., House], cycles: Cycles) -> None:
    here = house(alignd=text()).open()
    here.service.close()
    here.runner().look()
    assert cycles.choices == []


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_changed_file_is_taken_and_looked_at_at_once(house: Callable[..., House], cycles: Cycles) -> None:
    here = house(alignd=text()).open()
    here.looks()
    here.place.write_text(text(target=20))
    here.ticks(1)
    assert here.said.events[-1] == "cycle_done"
    here.ticks(1)
    assert here.runner().due().at == here.machine.now
    here.looks()
    assert here.said.events[-2:] == ["file_taken", "cycle_done"]
    assert here.said.of("cycle_done")[-1]["why"] == "the file changed"
    assert not cycles.choices[-1][1].partly
    here.ticks()
    assert here.said.events[-1] == "cycle_done"


def test_a_bad_file_is_refused_once_with_all_that_is_wrong_and_the_old_one_stays(house: Callable[..., House]) -> None:
    here = house(alignd=text()).open()
    here.looks()
    before = here.runner().config
    here.place.write_text(text().replace("target: 10", "target: lots").replace("owner: thandi", "owner: nobody"))
    here.ticks(6)
    (said,) = here.said.of("file_refused")
    assert len(list(said["problems"])) == 2  # type: ignore[call-overload]
    assert len(here.state().file_refused) == 2
    here.looks()
    assert here.runner().config == before
    assert here.said.events[-1] == "cycle_done"
    here.place.write_text(text())
    here.ticks()
    assert here.state().file_refused == ()


def test_what_check_warns_of_is_said_once_as_it_begins(house: Callable[..., House]) -> None:
    early = "reviews: {weekly: {title: Weekly, every: 1 week, on: monday, at: '00:30', owner: thandi}}\n"
    here = house(alignd=text(rest=early)).open()
    here.looks()
    here.ticks(4)
    (said,) = here.said.of("file_warnings")
    (warning,) = list(said["problems"])  # type: ignore[call-overload]
    assert "reviews.weekly" in warning


def test_another_workspace_in_the_same_file_is_refused(house: Callable[..., House]) -> None:
    here = house(alignd=text()).open()
    here.looks()
    here.place.write_text(text("other"))
    here.ticks()
    (said,) = here.state().file_refused
    assert "workspace.id is other now, and saypro runs from this file" in said
    here.looks()
    assert here.runner().config.workspace.id == "saypro"


def test_a_file_that_is_away_leaves_the_last_good_one_in_force(house: Callable[..., House]) -> None:
    here = house(alignd=text()).open()
    here.looks()
    here.place.unlink()
    here.ticks(4)
    here.looks()
    assert here.said.events[-2:] == ["file_away", "cycle_done"]
    here.place.write_text(text(target=20))
    here.ticks()
    assert here.said.events[-1] == "file_taken"


def test_files_of_a_folder_come_and_go(house: Callable[..., House], cycles: Cycles) -> None:
    here = house(one=text("one"), two=text("two")).open()
    for name in ("one.yaml", "two.yaml"):
        here.looks(name)
    (here.place / "three.yaml").write_text(text("three"))
    (here.place / "two.yaml").unlink()
    here.ticks()
    assert {path.name for path in here.service.runners} == {"one.yaml", "three.yaml"}
    assert here.said.events[-2:] == ["workspace_begins", "workspace_ends"] or here.said.events[-2:] == [
        "workspace_ends",
        "workspace_begins",
    ]
    here.looks("three.yaml")
    alone = House(here.place / "two.yaml")
    alone.place.write_text(text("two"))
    alone.open().looks("two.yaml")
    assert alone.said.events[-1] == "cycle_done"  # its lock was let go


def test_one_workspace_in_two_files_runs_once_and_the_other_takes_its_place(house: Callable[..., House]) -> None:
    here = house(a=text("one"), b=text("one"), c=text("three").replace("three.db", "one.db")).open()
    assert [path.name for path in here.service.runners] == ["a.yaml"]
    assert "as in a.yaml" in here.state("b.yaml").file_refused[0]
    assert "the same store as a.yaml" in here.state("c.yaml").file_refused[0]
    (here.place / "a.yaml").unlink()
    here.ticks()
    assert [path.name for path in here.service.runners] == ["b.yaml"]
    here.looks("b.yaml")
    assert here.said.events[-1] == "cycle_done"


def test_a_reload_reads_files_and_looks_at_once(house: Callable[..., House]) -> None:
    here = house(alignd=text()).open()
    here.looks()
    here.place.write_text(text(target=20))
    here.service.reload()
    here.looks()
    assert here.said.events[-3:] == ["reload", "file_taken", "cycle_done"]


# ── clocks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_machine_that_slept_looks_when_it_wakes(house: Callable[..., House], cycles: Cycles) -> None:
    here = house(alignd=text()).open()
    here.looks()
    here.machine.sleeps(8 * 3600)
    here.service.tick()
    assert here.said.events[-1] == "woke_up"
    assert here.runner().due().at < here.machine.now
    here.runner().look()
    assert len(cycles.choices) == 2
    assert here.runner().due().at > here.machine.now


def test_a_clock_set_back_is_said_once_and_waited_out(tmp_path: Path) -> None:
    """With real cycles, whose record says when the last one was."""
    (tmp_path / "alignd.yaml").write_text(text())
    (tmp_path / "deals.csv").write_text("day,deals\n2026-11-16,3\n")
    here = House(tmp_path / "alignd.yaml").open()
    here.runner().patience.budget = 0.0  # nobody answers there, and a test waits for nobody
    here.looks()
    last = here.machine.now
    here.machine.runs(600)
    here.machine.is_set(-3600)
    here.service.tick()
    for _ in range(3):
        here.runner().look()
        here.ticks(1)
    assert here.said.events.count("clock_stepped") == here.said.events.count("time_went_back") == 1
    assert "the last cycle was at" in (here.state().clock_trouble or "")
    assert here.runner().due().at == last
    here.looks()
    assert here.said.events[-2:] == ["well_again", "cycle_done"]
    assert here.state().clock_trouble is None
    here.service.close()


def test_a_year_forward_is_not_acted_on_until_a_tracker_says_the_same(
    house: Callable[..., House], cycles: Cycles
) -> None:
    here = house(alignd=text()).open()
    here.looks()
    true = here.machine.now
    here.machine.is_set(365 * 86_400)
    here.service.tick()
    cycles.vendor_now = [true]
    for _ in range(3):
        here.looks()
    assert len(cycles.choices) == 1
    assert "set forward by 365 days" in (here.state().clock_trouble or "")
    cycles.vendor_now = [here.machine.now]
    here.looks()
    assert len(cycles.choices) == 2
    assert here.state().clock_trouble is None


def test_a_service_that_begins_with_its_clock_a_year_ahead_does_nothing_until_it_is_right(
    house: Callable[..., House], cycles: Cycles
) -> None:
    here = house(alignd=text())
    cycles.vendor_now = [here.machine.now]
    here.machine.is_set(365 * 86_400.0)
    here.service.look_at_clocks()
    here.service.watch.doubt = None  # the service begins only now
    here.open().runner().look()
    assert cycles.choices == []
    assert "365 days ahead of what a tracker says" in str(here.state().clock_trouble)
    here.machine.is_set(-365 * 86_400.0)
    here.ticks()
    here.runner().look()
    assert len(cycles.choices) == 1
    assert here.state().clock_trouble is None


def test_a_year_forward_and_back_again_goes_on_as_if_nothing_had_been(
    house: Callable[..., House], cycles: Cycles
) -> None:
    here = house(alignd=text()).open()
    here.looks()
    here.machine.is_set(365 * 86_400)
    here.ticks(1)
    here.looks()
    assert len(cycles.choices) == 1
    here.machine.is_set(-365 * 86_400)
    here.ticks(1)
    here.runner().look()
    assert len(cycles.choices) == 2
    assert here.said.events[-2:] == ["clock_settled", "cycle_done"]
    assert here.runner().due().at - here.machine.now <= timedelta(hours=1)
