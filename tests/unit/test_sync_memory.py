"""What a cycle remembers reaches back as far as any period it reads."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import config
from sync.asking import BACKGROUND_PERIODS
from sync.memory import remembered_since

FILE = """
version: 1
workspace: {{id: saypro, timezone: Africa/Johannesburg}}
people: {{ana: {{name: Ana, email: ana@x.example}}}}
sources: {{web: {{kind: ga4, property: "1"}}}}
trackers: {{asana: {{kind: asana, token: t, project: "1"}}}}
kpis: {{visits: {{name: Visits, owner: ana, period: {period}, value: {{source: web, metric: sessions}}, target: 1}}}}
"""


@pytest.mark.parametrize(
    ("period", "days"), [("day", 1), ("month", 31), ("quarter", 92), ("half_year", 184), ("year", 366)]
)
def test_every_period_read_as_background_is_remembered_and_its_baseline(tmp_path: Path, period: str, days: int) -> None:
    path = tmp_path / "alignd.yaml"
    path.write_text(FILE.format(period=period))
    loaded = config.load(path, {})
    assert loaded.config is not None, loaded.problems
    today = date(2026, 11, 18)
    since = remembered_since(loaded.config, today)
    calendar = loaded.config.workspace.calendar
    kind = loaded.config.kpis["visits"].period
    oldest = calendar.before(calendar.containing(kind, today), BACKGROUND_PERIODS)
    assert since <= calendar.year_ago(oldest).first
    assert since >= today - timedelta(days=max(1100, days * (BACKGROUND_PERIODS + 2) + 366))
