"""`alignd check` proposes `was:` when one id goes and one comes."""

from __future__ import annotations

import pytest

from sync.cli.check import check, proposed
from tests.integration.team import Team


def test_check_proposes_was_when_one_id_goes_and_one_comes(
    team: Team, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASANA_TOKEN", "asana-canary-token")
    team.weeks(12_100, 12_100)
    team.at("2026-11-18T08:00").sync()
    assert proposed(team.config()) == ()

    team.kpis = team.kpis.replace("  sessions:\n", "  website_sessions:\n")
    team.config()
    check(config=team.file)

    assert "write was: sessions" in capsys.readouterr().err
