"""Every bad file under tests/data/bad with its full expected text beside it: the lines that check prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import load
from tests.unit.config_samples import BAD, ENVIRON

FILES = sorted(BAD.glob("*.yaml"))


def test_there_are_at_least_sixty_bad_files_and_each_has_its_text() -> None:
    assert len(FILES) >= 60
    assert {f.stem for f in FILES} == {f.stem for f in BAD.glob("*.txt")}


@pytest.mark.parametrize("file", FILES, ids=[f.stem for f in FILES])
def test_a_bad_file_is_told_everything_at_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    loaded = load(Path(file.name), ENVIRON)
    text = "".join(f"{one}\n" for one in (*loaded.problems, *loaded.warnings))
    assert text == file.with_suffix(".txt").read_text(encoding="utf-8")
    assert loaded.config is None


@pytest.mark.parametrize("file", FILES, ids=[f.stem for f in FILES])
def test_every_line_names_a_place_and_what_to_write_and_no_secret(file: Path) -> None:
    text = file.with_suffix(".txt").read_text(encoding="utf-8")
    assert text.strip()
    assert "canary" not in text
    assert "hunter2" not in text
    for line in text.splitlines():
        assert re.match(rf"{re.escape(file.name)}:\d+:\d+: ", line), line
