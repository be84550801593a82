"""The commands against the stand-ins, as a person or a script gives them: words, JSON, exit codes, no secret."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.cells import cell_len

from connectors.sandbox import Sandbox
from sync.cli import main
from sync.output_schema import output_schema
from tests.integration.team import SESSIONS, Clock, Team

SECRETS = {
    "ASANA_TOKEN": "asana-canary-token",
    "TRELLO_KEY": "sandbox-trello-key",
    "TRELLO_TOKEN": "trello-canary-token",
}
RATE = """
  conversion_rate:
    name: Conversion rate
    owner: thandi
    unit: percent
    period: week
    formula: purchases / sessions
    inputs:
      purchases: {source: web, metric: keyEvents, where: {eventName: purchase}}
      sessions: sessions
    target: {between: [2.0%, 4.5%]}
    explained_by: sessions
"""
GOALS = """
goals:
  - {id: grow, title: Grow in Gauteng, owner: neo, by: 2027-02-28, kpis: [sessions]}
"""
FIRST, LATER = "2026-11-18T08:00", "2026-11-18T09:00"


@dataclass
class Desk:
    """A person at a terminal in the team's folder."""

    team: Team
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str, ends: int = 0) -> str:
        """What the command printed to stdout. Whatever it printed held no secret and no line over 80 columns."""
        code = main(arguments)
        said = self.capsys.readouterr()
        assert code == ends, said.err
        for secret in SECRETS.values():
            assert secret not in said.out + said.err
        if "--json" not in arguments and arguments[0] != "schema":
            assert all(cell_len(line) <= 80 for line in said.out.splitlines())
        self.err = said.err
        return said.out

    def read(self, *arguments: str, ends: int = 0) -> Any:
        """The JSON a command printed; it fits the schema of all outputs."""
        made = json.loads(self.run(*arguments, "--json", ends=ends))
        jsonschema.Draft202012Validator(output_schema()).validate(made)
        return made


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 18, 6, 0, tzinfo=UTC))


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock) as running:
        yield running


@pytest.fixture
def desk(
    tmp_path: Path,
    sandbox: Sandbox,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Desk:
    team = Team(tmp_path, sandbox, clock, kpis=SESSIONS + RATE, rest=GOALS)
    team.weeks(12310, 11690, 12420, 12140, 9960, 8200)
    team.file.write_text(team.text(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return Desk(team, capsys)


def test_check_says_the_policy_back_and_warns_of_nothing(desk: Desk) -> None:
    assert "12,000 or more" in desk.run("check")
    assert desk.read("check")["ok"] is True


def test_check_prints_every_problem_with_its_place_and_exits_2(desk: Desk) -> None:
    text = desk.team.file.read_text(encoding="utf-8")
    desk.team.file.write_text(text.replace("owner: thandi", "owner: tandi").replace("period: week", "period: weeks"))
    assert desk.run("check", ends=2) == ""
    places = [line for line in desk.err.splitlines() if line.startswith("alignd.yaml:")]
    assert len(places) >= 4
    for line in places:
        file, row, column, path, *_ = line.split(":")
        assert (file, row.isdigit(), column.isdigit()) == ("alignd.yaml", True, True)
        assert path.strip().startswith("kpis.")
    assert desk.read("check", ends=2)["problems"][0]["line"] > 1


def test_doctor_has_a_line_for_everything_the_file_names(desk: Desk) -> None:
    out = desk.run("doctor")
    for part in ("alignd's own packages", "Africa/Johannesburg", "metric sessions is there", "project Marketing"):
        assert part in out
    assert "✗" not in out
    assert all(one["ok"] for one in desk.read("doctor")["findings"])


def test_doctor_exits_1_with_the_mend_where_something_is_not_there(desk: Desk) -> None:
    text = desk.team.file.read_text(encoding="utf-8")
    desk.team.file.write_text(text.replace("metric: sessions", "metric: sesions"), encoding="utf-8")
    out = desk.run("doctor", ends=1)
    assert "✗ web" in out
    assert "sesions" in out


def test_plan_says_what_sync_then_does_and_writes_nothing(desk: Desk) -> None:
    plan = desk.read("plan", "--at", FIRST)
    assert plan["cycle"] is None
    assert not (desk.team.folder / "alignd.db").exists()
    assert desk.team.tasks() == []
    done = desk.read("sync", "--at", FIRST)
    assert (done["cycle"], done["at"]) == (1, "2026-11-18T08:00:00+02:00")

    def made(of: Any, outcome: str) -> list[str]:
        return sorted(one["key"] for one in of["steps"] if one["kind"] == "create" and one["outcome"] == outcome)

    assert made(plan, "planned") == made(done, "done") == ["saypro/action/sessions/2026-W46"]
    assert made(plan, "waiting") == made(done, "waiting")
    assert len(desk.team.tasks()) == 1


def test_the_numbers_are_printed_in_the_contracts_form(desk: Desk) -> None:
    readings = {(one["kpi"], one["period"]): one for one in desk.read("plan", "--at", FIRST)["readings"]}
    newest = readings["sessions", "2026-W46"]
    assert newest | {"flags": []} == {
        "kpi": "sessions", "period": "2026-W46", "from": "2026-11-09", "to": "2026-11-15", "value": "8200",
        "target": "12000", "gap": "-0.3167", "state": "value", "final": True, "status": "off_track", "flags": [],
    }  # fmt: skip
    assert readings["conversion_rate", "2026-W46"]["target"] == {"between": ["0.02", "0.045"]}


def test_a_second_sync_has_nothing_to_do_and_makes_no_call_too_many(desk: Desk) -> None:
    desk.run("sync", "--at", FIRST)
    assert "nothing to do" in desk.run("sync", "--at", LATER)
    calls = desk.read("sync", "--at", "2026-11-18T10:00")["calls"]
    assert all(count["made"] == count["least"] for count in calls.values())


def test_status_why_and_history_tell_one_story(desk: Desk) -> None:
    desk.run("sync", "--at", FIRST)
    status = desk.read("status")
    assert (status["kpis"][0]["kpi"], status["kpis"][0]["status"]) == ("sessions", "off_track")
    assert [one["key"] for one in status["work"]] == ["saypro/action/sessions/2026-W46"]
    assert [one["subject"] for one in status["waiting"]] == ["conversion_rate"]
    assert "Grow in Gauteng" in desk.run("status", "--goals", "--for", "Thandi")
    assert "Thandi Mokoena has an item" in desk.read("why", "sessions")["answer"]
    assert "Website sessions" in desk.run("why", "saypro/action/sessions/2026-W46")
    assert "There is no item yet" in desk.read("why", "conversion rate")["answer"]
    assert "12,140" in desk.run("why", "sessions", "2026-W44")
    assert [one["number"]["said"] for one in desk.read("history", "sessions")["rows"]][:2] == ["8,200", "9,960"]
    assert "no decisions yet" in desk.run("history", "--decisions")
    assert desk.read("history", "--decisions") == {"decisions": []}


def test_why_can_be_asked_about_an_earlier_time(desk: Desk) -> None:
    desk.run("sync", "--at", FIRST)
    before = desk.read("why", "sessions", "--at", "2026-11-17T08:00")
    assert before["at"] == "2026-11-17T08:00:00+02:00"
    assert "Nothing has been read" in before["answer"]


def test_backtest_writes_nothing_and_finds_the_same_item(desk: Desk) -> None:
    past = desk.read("backtest", "--weeks", "6", "--at", FIRST)
    assert [(one["key"], one["person"]) for one in past["items"]][-1] == ("saypro/action/sessions/2026-W46", "thandi")
    assert desk.team.tasks() == []
    assert not (desk.team.folder / "alignd.db").exists()
    assert "Nothing was written" in desk.run("backtest", "--weeks", "6", "--at", FIRST)


def test_backup_copies_the_store_and_never_writes_over_a_file(desk: Desk) -> None:
    desk.run("backup", "copy.db", ends=3)
    assert "run alignd sync first" in desk.err
    desk.run("sync", "--at", FIRST)
    assert "copied to copy.db" in desk.run("backup", "copy.db")
    assert (desk.team.folder / "copy.db").stat().st_size > 0
    desk.run("backup", "copy.db", ends=2)
    desk.run("backup", "nowhere/copy.db", ends=2)


# ── exit codes ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_problem_exits_1_an_old_one_0_and_strict_1_again(desk: Desk) -> None:
    text = desk.team.file.read_text(encoding="utf-8")
    desk.team.file.write_text(
        text.replace("kind: asana,", "kind: asana, sections: {default: Nowhere},"), encoding="utf-8"
    )
    assert "(new)" in desk.run("sync", "--at", FIRST, ends=1)
    assert "(new)" not in desk.run("sync", "--at", LATER)
    desk.run("sync", "--at", "2026-11-18T10:00", "--strict", ends=1)


def test_a_time_before_the_last_cycle_exits_2(desk: Desk) -> None:
    desk.run("sync", "--at", LATER)
    assert desk.run("sync", "--at", FIRST, ends=2) == ""
    assert "the last cycle was at 2026-11-18 09:00" in desk.err


def test_a_tracker_that_is_not_there_cannot_be_accepted(desk: Desk) -> None:
    desk.run("sync", "--at", FIRST, "--accept-missing", "cake", ends=2)
    assert "there are work" in desk.err


def test_a_workspace_that_is_not_the_stores_exits_2(desk: Desk) -> None:
    desk.run("sync", "--at", FIRST)
    text = desk.team.file.read_text(encoding="utf-8")
    desk.team.file.write_text(text.replace("id: saypro", "id: other"), encoding="utf-8")
    desk.run("sync", "--at", LATER, ends=2)
    assert "saypro" in desk.err


def test_a_store_that_is_no_store_exits_3(desk: Desk) -> None:
    (desk.team.folder / "alignd.db").write_text("this is no database, however long it is " * 100, encoding="utf-8")
    desk.run("sync", "--at", FIRST, ends=3)
    assert "Traceback" not in desk.err


def test_while_another_writes_a_sync_exits_3_and_names_it(desk: Desk) -> None:
    desk.run("sync", "--at", FIRST)
    locks = [one for one in desk.team.folder.iterdir() if one.name.endswith(".lock")]
    assert locks
    with locks[0].open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        desk.run("sync", "--at", LATER, ends=3)
        assert "another alignd is at work here" in desk.err
        desk.run("status")


def test_a_cycle_that_never_was_cannot_be_withdrawn(desk: Desk) -> None:
    desk.run("withdraw", "7", ends=2)
    assert "there is no cycle 7" in desk.err


# ── the installed command ────────────────────────────────────────────────────────────────────────────────────────


def test_the_installed_command_does_a_whole_first_day(desk: Desk) -> None:
    alignd = Path(sys.executable).with_name("alignd")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [alignd, *arguments], cwd=desk.team.folder, env={**os.environ, **SECRETS}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    for arguments in (["check"], ["plan", "--at", FIRST], ["sync", "--at", FIRST], ["status"]):
        done = run(*arguments)
        assert (done.returncode, done.stderr) == (0, ""), arguments
        assert "\x1b" not in done.stdout
    assert len(desk.team.tasks()) == 1
