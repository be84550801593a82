"""Targets as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.config_samples import HEAD, SESSIONS, read, said


def test_a_point_that_looks_like_thousands_is_read_as_written_with_a_warning(tmp_path: Path) -> None:
    text = HEAD + SESSIONS + "    target: 12.000\n"
    assert read(tmp_path, text).config is not None
    (warning,) = said(tmp_path, text)
    assert "kpis.sessions.target: 12.000 is read as 12; for thousands write 12000" in warning


@pytest.mark.parametrize("target", ["12000", "12.5", "0.125", "{between: [10, 20]}"])
def test_other_numbers_are_read_without_a_word(tmp_path: Path, target: str) -> None:
    assert said(tmp_path, HEAD + SESSIONS + f"    target: {target}\n") == []


def test_a_score_may_have_three_decimals(tmp_path: Path) -> None:
    assert said(tmp_path, HEAD + SESSIONS + "    unit: score\n    target: 4.125\n") == []
