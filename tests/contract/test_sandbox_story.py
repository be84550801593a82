"""The story is believable, always the same, and its file is a good one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

import config
from connectors.sandbox import Person, Sandbox
from connectors.sandbox.story import Story, build_story

START = date(2026, 9, 7)


class Told:
    def __init__(self, sandbox: Sandbox, clock: list[datetime], folder: Path) -> None:
        self.sandbox, self.clock, self.folder = sandbox, clock, folder
        self.story: Story = build_story(sandbox, START, folder)

    def numbers(self, *metrics: str, week: int, **body: Any) -> list[int]:
        """Whole numbers of the story's week, 1 for the first."""
        first = START + timedelta(weeks=week - 1)
        span = {"startDate": first.isoformat(), "endDate": (first + timedelta(days=6)).isoformat()}
        url = f"{self.sandbox.url}/v1beta/properties/123456789:runReport"
        query = {"metrics": [{"name": m} for m in metrics], "dateRanges": [span], **body}
        row = requests.post(url, json=query, timeout=5).json()["rows"][0]
        return [int(v["value"]) for v in row["metricValues"]]

    def values(self, area: str) -> list[list[Any]]:
        url = f"{self.sandbox.url}/v4/spreadsheets/{next(iter(self.sandbox.sheets.spreadsheets))}/values/{area}"
        found = requests.get(url, params={"valueRenderOption": "UNFORMATTED_VALUE"}, timeout=5).json()
        values: list[list[Any]] = found.get("values", [])
        return values


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    clock = [datetime(2026, 12, 20, 6, 0, tzinfo=UTC)]
    with Sandbox(lambda: clock[0]) as sandbox:
        yield Told(sandbox, clock, tmp_path)


def test_the_file_is_a_good_one_without_a_warning(told: Told) -> None:
    file = told.folder / "alignd.yaml"
    file.write_text(told.story.config_yaml(), encoding="utf-8")
    loaded = config.load(file, told.story.environ)
    assert [*loaded.problems, *loaded.warnings] == []
    assert loaded.config is not None
    assert 10 <= len(loaded.config.kpis) <= 12


def test_search_traffic_falls_with_the_redesign_and_comes_back(told: Told) -> None:
    sessions = [told.numbers("sessions", week=week)[0] for week in range(1, 14)]
    assert [week for week, n in enumerate(sessions, start=1) if n < 12_000 * 0.95] == [5, 6, 7, 8]
    search = {"filter": {"fieldName": "sessionDefaultChannelGroup", "stringFilter": {"value": "Organic Search"}}}
    before, after = (told.numbers("sessions", week=w, dimensionFilter=search)[0] for w in (4, 6))
    assert after < before / 2


def test_users_of_a_week_are_fewer_than_the_sum_of_its_days(told: Told) -> None:
    whole = told.numbers("totalUsers", week=2)[0]
    url = f"{told.sandbox.url}/v1beta/properties/123456789:runReport"
    query = {
        "metrics": [{"name": "totalUsers"}], "dimensions": [{"name": "date"}],
        "dateRanges": [{"startDate": "2026-09-14", "endDate": "2026-09-20"}],
    }  # fmt: skip
    rows = requests.post(url, json=query, timeout=5).json()["rows"]
    days = sum(int(r["metricValues"][0]["value"]) for r in rows)
    assert len(rows) == 7
    assert whole < days * 0.85


def test_channels_add_up_to_the_whole(told: Told) -> None:
    whole = told.numbers("sessions", "keyEvents", week=3)
    url = f"{told.sandbox.url}/v1beta/properties/123456789:runReport"
    query = {
        "metrics": [{"name": "sessions"}, {"name": "keyEvents"}],
        "dimensions": [{"name": "sessionDefaultChannelGroup"}],
        "dateRanges": [{"startDate": "2026-09-21", "endDate": "2026-09-27"}],
    }  # fmt: skip
    rows = requests.post(url, json=query, timeout=5).json()["rows"]
    assert [sum(int(r["metricValues"][n]["value"]) for r in rows) for n in (0, 1)] == whole


def test_people_fill_in_their_books_week_by_week(told: Told) -> None:
    before = len(told.values("Calls!A:C"))
    told.story.act(1)
    assert len(told.values("Calls!A:C")) == before + 1
    assert told.values("Ops!B8") == [[(date(2026, 9, 11) - date(1899, 12, 30)).days]]
    rows = (told.folder / "data" / "mailings-2026-09.csv").read_text(encoding="utf-8").splitlines()
    assert [row[:10] for row in rows[1:]] == ["2026-09-01", "2026-09-08", "2026-09-15"]


def test_a_months_spend_comes_late_only_when_somebody_asks(told: Told) -> None:
    for week in range(11):
        told.story.act(week)

    def october() -> int:
        first, last = ((day - date(1899, 12, 30)).days for day in (date(2026, 10, 1), date(2026, 10, 31)))
        return sum(first <= row[0] <= last for row in told.values("Spend!A2:D"))

    assert october() == 0
    told.sandbox.asana.state.add_user("Somebody", "somebody@saypro.example")
    asked = Person(told.sandbox, "Somebody").make("1201234567890123", "Please add October's cost of a new customer")
    told.story.act(11)
    assert october() == 0
    assert told.story.act(12) == [
        "Johan puts the late rows into the sheet for “Please add October's cost of a new customer”"
    ]
    assert october() == 12
    assert len(told.sandbox.asana.state.comments_of(told.sandbox.asana.state.tasks[asked])) == 1


def test_people_act_on_what_they_find_and_follow_it_under_its_new_name(told: Told) -> None:
    board = next(iter(told.sandbox.trello.state.boards))
    lerato = Person(told.sandbox, "Lerato Dube")
    card = lerato.make(board, "Open tickets per agent 18 % above the limit: find out why")
    assert len(told.story.act(1)) == 2
    shown = told.sandbox.trello.state.cards[card]
    assert shown.name == "Open tickets per agent 18 % above the limit: hire one for the evenings"
    assert told.sandbox.trello.state.lists[shown.in_list].name == "Doing"
    told.story.act(2)
    assert shown.due_complete
    assert told.story.act(3) == []


def test_the_story_is_the_same_every_time(told: Told, tmp_path: Path) -> None:
    again = Sandbox(lambda: told.clock[0])
    build_story(again, START + timedelta(days=3), tmp_path / "again")
    first, second = (s.ga4.properties["123456789"].tables for s in (told.sandbox, again))
    assert [t.days for t in first] == [t.days for t in second]
    tabs = [[t.cells for t in next(iter(s.sheets.spreadsheets.values())).tabs] for s in (told.sandbox, again)]
    assert tabs[0] == tabs[1]


def test_a_week_is_acted_on_before_it_is_synced_and_after_it_ended(told: Told) -> None:
    for week in (0, 13):
        act, sync = told.story.people_act_at(week), told.story.sync_at(week)
        ended = datetime.combine(START + timedelta(weeks=week), datetime.min.time(), act.tzinfo)
        assert ended < act < sync
        assert sync - ended >= timedelta(hours=48)
