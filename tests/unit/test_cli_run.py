from __future__ import annotations

from pathlib import Path

import pytest

from sync.cli.ending import Ending
from sync.cli.entry import main
from tests.unit.service_samples import ENVIRON, text


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alignd.yaml").write_text(text())
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--until", "2026-12-01"], "--until wants --at"),
        (["--at", "2026-12-02", "--until", "2026-12-01"], "a later time"),
        (["--at", "yesterday"], "--at: 'yesterday' is no time"),
        (["-c", "none.yaml"], "there is no such file"),
        (["nowhere"], "nowhere is no folder"),
    ],
)
def test_what_is_wrong_on_the_command_line_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["run", *arguments]) == Ending.WRONG
    assert said in capsys.readouterr().err


def test_another_time_than_now_only_with_stand_ins(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "alignd.yaml").write_text(text(endpoint="https://app.asana.com"))
    assert main(["run", "--at", "2026-12-01"]) == Ending.WRONG
    assert "work is elsewhere" in capsys.readouterr().err


def test_a_folder_without_files_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "empty").mkdir()
    assert main(["run", "empty"]) == Ending.WRONG
    assert "no file of alignd's is in empty" in capsys.readouterr().err


def test_a_folder_of_bad_files_says_all_that_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad").mkdir()
    for name in ("a", "b"):
        (folder / "bad" / f"{name}.yaml").write_text("version: 1\n")
    assert main(["run", "bad"]) == Ending.WRONG
    err = capsys.readouterr().err
    assert "bad/a.yaml" in err
    assert "bad/b.yaml" in err
