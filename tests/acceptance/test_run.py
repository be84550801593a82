"""The service as it is installed: it begins, makes what is due, is told things, stands by, and ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from connectors.sandbox.server import Sandbox
from tests.acceptance.command import Begun, Command
from tests.integration.team import Clock, Team

NOW = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
LONG = 30.0  # seconds until a wait for something that must happen gives up


@dataclass
class Running:
    """A service as a process, and what it has logged so far."""

    process: subprocess.Popen[str] | Begun
    lines: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def events(self) -> list[str]:
        return [one["event"] for one in self.lines]

    def says(self, event: str, times: int = 1) -> dict[str, Any]:
        """The line that says this so many times at last."""
        until = time.monotonic() + LONG
        while time.monotonic() < until:
            found = [one for one in self.lines if one["event"] == event]
            if len(found) >= times:
                return found[times - 1]
            assert self.process.poll() is None, (self.process.returncode, self.lines)
            time.sleep(0.02)
        raise AssertionError(f"never said: {event} ({times}); it said {self.events()}")

    def tell(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ends(self) -> int:
        return self.process.wait(timeout=LONG)


Service = Callable[..., AbstractContextManager[Running]]


@pytest.fixture
def service(running: Command) -> Service:
    """The service of a folder, forked; ended at the end."""

    @contextmanager
    def begun(folder: Path, *arguments: str) -> Iterator[Running]:
        process = running.begin("run", *arguments, folder=folder)
        try:
            yield Running(process)
        finally:
            process.kill()

    return begun


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    clock = Clock(NOW)
    with Sandbox(clock) as sandbox:
        team = Team(tmp_path, sandbox, clock)
        team.weeks(12_260, 12_080, 9_960, 8_200)
        team.file.write_text(team.text())
        yield team


AT = ("--at", NOW.isoformat())


def test_it_makes_what_is_due_and_ends_when_told(team: Team, service: Service) -> None:
    with service(team.folder, *AT) as running:
        done = running.says("cycle_done")
        assert done["done"] == {"create": 1}
        assert done["workspace"] == "saypro"
        assert len(team.ids()) == 1
        running.tell(signal.SIGHUP)
        assert running.says("cycle_done", 2)["done"] is None
        for _ in range(100):
            running.tell(signal.SIGHUP)
            time.sleep(0.002)
        running.tell(signal.SIGTERM)
        assert running.ends() == 0
        assert running.events()[-1] == "stopped"
        assert set(running.events()) <= {"workspace_begins", "cycle_done", "reload", "cut_short", "stopping", "stopped"}
    assert len(team.ids()) == 1


def test_a_stop_ends_a_wait_for_a_vendor(team: Team, service: Service) -> None:
    team.sandbox.latency["asana"] = 1.0
    with service(team.folder, *AT) as running:
        running.says("workspace_begins")
        until = time.monotonic() + LONG
        while not team.sandbox.asked("asana") and time.monotonic() < until:
            time.sleep(0.02)
        running.tell(signal.SIGTERM)
        assert running.ends() == 0
        team.sandbox.latency["asana"] = 0.0


def test_the_second_stands_by_and_takes_over_when_the_first_is_killed(
    team: Team, running: Command, service: Service
) -> None:
    with service(team.folder, *AT) as first:
        first.says("cycle_done")
        with service(team.folder, *AT) as second:
            held = second.says("standing_by")
            assert f"alignd run (process {first.process.pid} on " in held["holder"]
            said = running("sync", *AT, folder=team.folder)
            assert said.code == 3
            assert f"alignd run (process {first.process.pid} on " in said.err
            os.kill(first.process.pid, signal.SIGKILL)
            second.says("took_over")
            assert second.says("cycle_done")["done"] is None
            second.tell(signal.SIGTERM)
            assert second.ends() == 0
    assert len(team.ids()) == 1


def test_a_changed_file_is_taken_and_a_bad_one_refused(team: Team, service: Service) -> None:
    with service(team.folder, *AT) as running:
        running.says("cycle_done")
        replaced = team.folder / "new.yaml"
        replaced.write_text(team.text().replace("target: 12000", "target: lots"))
        replaced.rename(team.file)
        running.tell(signal.SIGHUP)
        refused = running.says("file_refused")
        assert any("target" in one for one in refused["problems"])
        running.says("cycle_done", 2)
        team.file.write_text(team.text().replace("owner: thandi", "owner: johan"))
        running.says("file_taken")
        assert "update" in (running.says("cycle_done", 3)["done"] or {})
        running.tell(signal.SIGINT)
        assert running.ends() == 0


def test_a_wrong_file_ends_it_before_it_begins(team: Team, running: Command) -> None:
    team.file.write_text("version: 1\n")
    said = running("run", folder=team.folder)
    assert said.code == 2
    assert "workspace is missing" in said.err


def test_simulated_time_before_the_last_cycle_does_nothing_and_is_a_wrong_command_line(
    team: Team, running: Command
) -> None:
    team.config()
    first = running("run", "--at", "2026-11-18T08:00", "--until", "2026-11-18T08:30", folder=team.folder)
    assert first.code == 0, first
    before = running("run", "--at", "2026-11-17T08:00", "--until", "2026-11-17T09:00", folder=team.folder)
    assert (before.code, "time_went_back" in before.out) == (2, True)


def test_every_file_in_a_folder_is_run_and_one_that_fails_leaves_the_others_alone(team: Team, service: Service) -> None:
    files = team.folder / "files"
    files.mkdir()
    for name in ("one", "two"):
        text = team.text().replace("id: saypro", f"id: {name}").replace("alignd.db", f"{name}.db")
        (files / f"{name}.yaml").write_text(text)
    (files / "three.yml").write_text(team.text().replace("id: saypro", "id: one"))
    (files / "broken.yaml").write_text("version: 1\nworkspace: {id: broken}\n")
    (files / "other.yaml").write_text("name: of another program\n")
    with service(team.folder, "files", *AT) as running:
        running.says("cycle_done", 2)
        assert {one["workspace"] for one in running.lines if one["event"] == "cycle_done"} == {"one", "two"}
        refused = {Path(one["file"]).name: one["problems"] for one in running.lines if one["event"] == "file_refused"}
        assert set(refused) == {"three.yml", "broken.yaml"}
        assert "as in one.yaml" in refused["three.yml"][0]
        running.tell(signal.SIGTERM)
        assert running.ends() == 0
