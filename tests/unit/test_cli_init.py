"""`alignd init`: a file that passes `alignd check`, asked for on a terminal or given by options."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from config import load
from connectors.sandbox import Sandbox
from sync.cli import main
from sync.cli.init import _bare, this_machines_zone

SECRETS = {"ASANA_TOKEN": "0/123456789abcdef", "TRELLO_KEY": "0123456789", "TRELLO_TOKEN": "9876543210"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("tracker", ["asana", "trello"])
@pytest.mark.parametrize("source", ["ga4", "sheets", "csv"])
def test_the_file_it_writes_passes_check_and_is_in_watch(
    folder: Path, source: str, tracker: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "--source", source, "--tracker", tracker, "--timezone", "Africa/Johannesburg"]) == 0
    assert "alignd doctor" in capsys.readouterr().out
    loaded = load(folder / "alignd.yaml", SECRETS)
    assert loaded.config is not None, [str(one) for one in loaded.problems]
    assert [one.mode for one in loaded.config.trackers.values()] == ["watch"]
    assert str(loaded.config.workspace.calendar.zone) == "Africa/Johannesburg"


def test_a_file_that_is_there_is_never_written_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "alignd.yaml").write_text("ours", encoding="utf-8")
    assert main(["init"]) == 2
    assert "is not written over" in capsys.readouterr().err
    assert (folder / "alignd.yaml").read_text(encoding="utf-8") == "ours"


def test_a_folder_that_is_not_there_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "-c", "nowhere/alignd.yaml"]) == 2
    assert "make it first" in capsys.readouterr().err


def test_a_zone_that_is_none_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--timezone", "Europe/Berln"]) == 2
    assert "write one such as Europe/Berlin" in capsys.readouterr().err
    assert not (folder / "alignd.yaml").exists()


def test_what_comes_next_says_where_each_credential_is_from(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--source", "ga4", "--tracker", "asana", "--timezone", "UTC"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Viewer of the property" in said
    assert "export ASANA_TOKEN=… a personal access token" in said
    assert main(["init", "--source", "csv", "--tracker", "trello", "--timezone", "UTC", "-c", "b.yaml"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Google" not in said
    assert "trello.com/power-ups/admin" in said
    assert "alignd check -c b.yaml" in said


def test_a_property_that_is_no_number_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--source", "ga4", "--place", "G-ABC123", "--timezone", "UTC"]) == 2
    assert "such as 123456789" in capsys.readouterr().err
    assert not (folder / "alignd.yaml").exists()


def test_answers_that_are_hostile_stay_answers(folder: Path) -> None:
    name = 'Robert"}, x: {y: "${ASANA_TOKEN}\n- [bold]'
    assert main(["init", "--workspace", name, "--person", name, "--timezone", "UTC"]) == 0
    loaded = load(folder / "alignd.yaml", SECRETS)
    assert loaded.config is not None, [str(one) for one in loaded.problems]
    assert SECRETS["ASANA_TOKEN"] not in loaded.config.workspace.name


@pytest.mark.parametrize(
    ("pasted", "bare"),
    [
        ("https://docs.google.com/spreadsheets/d/1AbC_d-E/edit#gid=0", "1AbC_d-E"),
        ("https://app.asana.com/0/1201234567890123/list", "1201234567890123"),
        ("https://app.asana.com/1/5550001/project/1201234567890123/board", "1201234567890123"),
        ("https://trello.com/b/Ab12Cd34/our-board", "Ab12Cd34"),
        (" 123456789 ", "123456789"),
    ],
)
def test_an_address_may_be_pasted_for_an_id(pasted: str, bare: str) -> None:
    assert _bare(pasted) == bare


def test_this_machine_has_a_zone() -> None:
    from zoneinfo import ZoneInfo

    assert ZoneInfo(this_machines_zone())


def test_on_a_terminal_it_asks_and_takes_the_answers(folder: Path) -> None:
    alignd = Path(sys.executable).with_name("alignd")
    ours, theirs = pty.openpty()
    answers = ["cake", "csv", "asana", "SayPro", "Mars/Olympus", "Africa/Johannesburg", "Thandi Mokoena",
               "thandi@saypro.example", "data/*.csv", "https://app.asana.com/0/1201234567890123/list"]  # fmt: skip
    os.write(ours, ("\n".join(answers) + "\n").encode())
    with subprocess.Popen([alignd, "init"], stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder) as asked:
        os.close(theirs)
        said = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # the other end is closed: all is said
                break
            if not part:
                break
            said += part
    os.close(ours)
    assert asked.returncode == 0, said.decode()
    assert b"Where do numbers come from" in said
    (folder / "data").mkdir()
    loaded = load(folder / "alignd.yaml", SECRETS)
    assert loaded.config is not None, [str(one) for one in loaded.problems]
    assert loaded.config.people["thandi_mokoena"].email == "thandi@saypro.example"
    assert 'project: "1201234567890123"' in (folder / "alignd.yaml").read_text(encoding="utf-8")


# ── a spreadsheet's tabs ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sheet() -> Sandbox:
    return Sandbox()


def test_sheet_lists_tabs_and_headers(sheet: Sandbox, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sheet:
        book = sheet.sheets.add_spreadsheet("1AbC")
        book.add_tab("Spend", [["Date", "Channel", "Amount"], ["2026-11-01", "Search", 5]])
        book.add_tab("Our targets", [["kpi", "target"]])
        book.add_tab("Empty", [])
        arguments = ["init", "--sheet", "https://docs.google.com/spreadsheets/d/1AbC/edit", "--credentials",
                     "anonymous", "--endpoint", sheet.url_for("sheets")]  # fmt: skip
        assert main([*arguments, "--json"]) == 0
        listed = json.loads(capsys.readouterr().out)["tabs"]
        assert main(arguments) == 0
    headers = {one["tab"]: one["headers"] for one in listed}
    assert headers["Spend"] == ["Date", "Channel", "Amount"]
    assert headers["Our targets"] == ["kpi", "target"]
    assert headers["Empty"] == []
    assert "Date, Channel, Amount" in capsys.readouterr().out
    assert not (folder / "alignd.yaml").exists()


def test_a_sheet_that_nobody_answers_for_exits_3(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--sheet", "1AbC", "--credentials", "missing.json"]) == 3
    assert "missing.json cannot be read" in capsys.readouterr().err


def test_anonymous_is_refused_for_google_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--sheet", "1AbC", "--credentials", "anonymous"]) == 2
    assert "endpoint on this machine" in capsys.readouterr().err
