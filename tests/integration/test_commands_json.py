"""`plan --json` and `sync --json` as a strict consumer reads them; exit codes; `--at`; a plan that writes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.integration.command_line import alignd, typed
from tests.integration.team import SESSIONS, Team

OFF = (12_260, 12_080, 12_310, 11_690, 12_420, 12_140, 9_960, 8_200)
MORE = """
  share:
    name: Share of something
    owner: thandi
    period: week
    unit: percent
    formula: s / 70000
    inputs: {s: sessions}
    target: {between: [2.0%, 4.5%]}
  grown:
    name: Grown sessions
    owner: johan
    period: week
    value: {source: web, metric: sessions}
    target: {growth: 20%, over: previous_period}
  bare:
    name: No target
    owner: johan
    period: month
    value: {source: web, metric: sessions}
"""
KINDS = ["create", "update", "comment", "edit_comment", "complete", "reopen", "follow", "archive"]
OUTCOMES = ["planned", "done", "unknown", "failed", "waiting", "deferred"]
FLAGS = {
    *("thresholded", "sampled", "other_row", "truncated", "restricted", "corrected", "unchanged", "few_rows"),
    *("ahead", "paused", "background"),
}
SEEN = ["linked", "adopted", "completed", "reopened", "dismissed", "restored", "moved", "edited"]
COMMENT = re.compile(
    r"saypro/\w+/[\w-]+/[\w-]+(/\d+)?"
    r"#(numbers|worse|recovered|reopened|taken_up|escalated|corrected|redefined|removed|extra|answer)/\S+"
)
DECIMAL = re.compile(r"-?(0|[1-9]\d*)(\.\d*[1-9])?")
STATES = ["value", "zero", "missing", "untrusted", "awaited"]


def strictly(said: str) -> dict[str, Any]:
    """The one object, checked key by key and value by value."""
    found: dict[str, Any] = json.loads(said)
    assert list(found) == ["workspace", "cycle", "at", "readings", "steps", "calls", "seen", "problems"]
    assert found["workspace"] == "saypro"
    assert found["cycle"] is None or isinstance(found["cycle"], int)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+02:00", found["at"])
    for one in found["readings"]:
        keys = ["kpi", "period", "from", "to", "value", "target", "gap", "state", "final", "status", "flags"]
        assert list(one) == keys
        assert date.fromisoformat(one["from"]) <= date.fromisoformat(one["to"])
        assert one["value"] is None or DECIMAL.fullmatch(one["value"])
        target = one["target"]
        ends = target["between"] if isinstance(target, dict) else [target] if target is not None else []
        assert all(DECIMAL.fullmatch(end) for end in ends)
        assert one["gap"] is None or re.fullmatch(r"-?\d+\.\d{4}", one["gap"])
        assert one["state"] in STATES
        assert (one["value"] is None) == (one["state"] not in ("value", "zero")) or one["state"] == "untrusted"
        assert isinstance(one["final"], bool)
        assert one["status"] in ("on_track", "at_risk", "off_track", "unknown")
        assert set(one["flags"]) <= FLAGS
    for one in found["steps"]:
        keys = ["kind", "reason", "work", "key", "subject", "tracker", "title", "task", "outcome"]
        assert list(one) == keys
        assert one["kind"] in KINDS
        assert one["outcome"] in OUTCOMES
        assert one["work"] in ("action", "data")
        assert one["title"]
        if "comment" in one["kind"]:
            assert COMMENT.fullmatch(one["key"]), one["key"]
        else:
            assert "#" not in one["key"]
    for one in found["calls"].values():
        assert list(one) == ["made", "least", "charged"]
        assert all(isinstance(count, int) for count in one.values())
    for one in found["seen"]:
        assert list(one) == ["key", "task", "what"]
        assert one["what"] in SEEN
    for one in found["problems"]:
        assert list(one) == ["where", "what", "advice", "new"]
        assert isinstance(one["new"], bool)
    return found


def standing(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file under a folder, with when it changed and what is in it."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.stat().st_size, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def full(team: Team) -> Team:
    team.kpis = SESSIONS + MORE
    team.weeks(*OFF)
    team.at("2026-11-18T08:00")
    return team


def test_the_object_of_a_plan_and_of_a_sync_is_the_contracts_to_the_letter(full: Team) -> None:
    planned = alignd(full, "plan", "--json", "--at", "2026-11-18T08:00")
    done = alignd(full, "sync", "--json", "--at", "2026-11-18T08:00")

    assert (planned.returncode, planned.stderr) == (0, "")
    plan, sync = strictly(planned.stdout), strictly(done.stdout)
    assert (plan["cycle"], sync["cycle"]) == (None, 1)
    assert plan["at"] == sync["at"] == "2026-11-18T08:00:00+02:00"
    assert {one["outcome"] for one in plan["steps"]} == {"planned"}
    assert {one["outcome"] for one in sync["steps"]} == {"done"}
    assert [one["key"] for one in plan["steps"]] == [one["key"] for one in sync["steps"]]
    assert all(one["task"] is None for one in plan["steps"])
    assert all(one["task"] for one in sync["steps"])
    newest = {(one["kpi"], one["period"]): one for one in sync["readings"]}
    week = newest["sessions", "2026-W46"]
    assert (week["value"], week["target"], week["gap"]) == ("8200", "12000", "-0.3167")
    assert (week["from"], week["to"], week["final"], week["status"]) == ("2026-11-09", "2026-11-15", True, "off_track")
    share = newest["share", "2026-W46"]
    assert share["target"] == {"between": ["0.02", "0.045"]}
    assert share["value"] == "0.1171428571428571428571428571"
    assert newest["grown", "2026-W46"]["target"] == "11952"
    assert newest["bare", "2026-10"]["target"] is None


def test_the_steps_of_the_next_weeks_are_strict_too(full: Team) -> None:
    alignd(full, "sync", "--json", "--at", "2026-11-18T08:00")
    task = full.person().finds("Website sessions")[0]
    full.week(date(2026, 11, 16), 6_000)
    second = strictly(alignd(full, "sync", "--json", "--at", "2026-11-25T08:00").stdout)
    keys = {one["key"] for one in second["steps"] if one["reason"] in ("numbers", "worse")}
    assert "saypro/action/sessions/2026-W46#numbers/2026-W47" in keys
    assert "saypro/action/sessions/2026-W46#worse/2026-W47" in keys
    full.person().comment(task, "alignd snooze 4 weeks: hold")
    full.person().rename(task, "Look at the tag")
    full.week(date(2026, 11, 23), 6_100)
    full.person().comment(full.person().finds("Grown sessions")[0], "alignd accept until 31 Jan")
    third = strictly(alignd(full, "sync", "--json", "--at", "2026-12-02T08:00").stdout)
    assert {"key": "saypro/action/sessions/2026-W46", "task": task, "what": "edited"} in third["seen"]
    edits = [one for one in third["steps"] if one["kind"] == "edit_comment" and one["subject"] == "sessions"]
    assert [(one["key"], one["outcome"]) for one in edits] == [
        ("saypro/action/sessions/2026-W46#numbers/2026-W48", "waiting")
    ]


def test_a_first_count_stands_beside_the_newest_final_period(full: Team) -> None:
    full.clock.now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    full.week(date(2026, 11, 16), 6_000)

    found = strictly(alignd(full, "plan", "--json", "--at", "2026-11-23T08:00").stdout)

    mine = [one for one in found["readings"] if one["kpi"] == "sessions"][-2:]
    assert [(one["period"], one["final"], one["status"]) for one in mine] == [
        ("2026-W46", True, "off_track"),
        ("2026-W47", False, "off_track"),
    ]


def test_a_plan_writes_nothing_anywhere(full: Team) -> None:
    alignd(full, "check")
    before = standing(full.folder)
    alignd(full, "plan", "--at", "2026-11-18T08:00")
    assert standing(full.folder) == before
    assert full.ids() == []
    alignd(full, "sync", "--at", "2026-11-18T08:00")
    full.week(date(2026, 11, 16), 6_000)
    before, stories = standing(full.folder), dict(full.sandbox.asana.state.stories)

    planned = alignd(full, "plan", "--at", "2026-11-25T08:00")

    assert "Week of 16–22 Nov" in planned.stdout
    assert standing(full.folder) == before
    assert full.sandbox.asana.state.stories == stories


def test_a_plan_beside_a_writer_needs_no_lock(full: Team) -> None:
    from sync.app import open_app

    with open_app(full.config(), at=full.clock.now) as app, app._store().lock("alignd run"):
        assert alignd(full, "plan", "--at", "2026-11-18T08:00").returncode == 0
        held = alignd(full, "sync", "--at", "2026-11-18T08:00")
    assert held.returncode == 3
    assert "alignd run" in held.stderr


@pytest.mark.postgres
def test_a_plan_on_postgresql_makes_no_table(team_with: Callable[..., Team], postgres_url: str, postgres: Any) -> None:
    import sqlalchemy as sa

    team = team_with(store=json.dumps(postgres_url.replace("postgresql+psycopg", "postgresql")))
    team.weeks(*OFF)
    schema = postgres_url.partition("search_path%3D")[2] or postgres_url.partition("search_path=")[2]

    def tables() -> set[str]:
        with postgres.connect() as connection:
            return set(sa.inspect(connection).get_table_names(schema=schema))

    first = alignd(team, "plan", "--json", "--at", "2026-11-18T08:00")
    assert (first.returncode, first.stderr) == (0, "")
    assert tables() == set()
    assert alignd(team, "sync", "--at", "2026-11-18T08:00").returncode == 0
    assert len(team.ids()) == 1
    assert strictly(alignd(team, "plan", "--json", "--at", "2026-11-18T09:00").stdout)["steps"] == []


def test_exit_codes(full: Team) -> None:
    assert alignd(full, "plan", "--at", "2026-11-18T08:00").returncode == 0
    assert alignd(full, "plan", "--at", "nonsense").returncode == 2
    assert alignd(full, "plan", "--nonsense").returncode == 2
    assert alignd(full, "plan", "-c", "nowhere.yaml").returncode == 2
    assert alignd(full, "sync", "--at", "2026-11-18T08:00").returncode == 0
    earlier = alignd(full, "sync", "--at", "2026-11-17T08:00")
    assert (earlier.returncode, earlier.stdout) == (2, "")
    assert alignd(full, "sync", "--at", "2026-11-18T08:00").returncode == 0  # the same instant is not earlier
    # a new problem once: the week after has no number
    assert alignd(full, "sync", "--at", "2026-11-26T08:00").returncode == 1
    assert alignd(full, "sync", "--at", "2026-11-26T09:00").returncode == 0
    assert alignd(full, "sync", "--strict", "--at", "2026-11-26T10:00").returncode == 1
    full.sandbox.stop()  # nothing can be reached
    away = typed(full, "sync", "--json", "--at", "2026-11-28T08:00")
    assert away.returncode == 3
    strictly(away.stdout)


def test_a_store_of_another_workspace_is_refused(full: Team) -> None:
    assert alignd(full, "sync", "--at", "2026-11-18T08:00").returncode == 0
    text = full.text().replace("id: saypro", "id: other")
    (full.folder / "other.yaml").write_text(text)

    for command in ("plan", "sync", "status"):
        assert alignd(full, command, "-c", "other.yaml").returncode == 2


def test_sync_at_another_time_is_refused_for_a_vendor_that_is_not_on_this_machine(full: Team) -> None:
    (full.folder / "real.yaml").write_text(
        full.text().replace(f', endpoint: "{full.sandbox.url}"}}\n\npeople', "}\n\npeople")
    )

    refused = alignd(full, "sync", "--at", "2026-11-18T08:00", "-c", "real.yaml")

    assert refused.returncode == 2
    assert "work" in refused.stderr


@pytest.mark.parametrize(
    "command", [["status"], ["why", "sessions"], ["history", "sessions"], ["backtest", "--weeks", "4"]]
)
def test_every_command_that_reports_prints_json(full: Team, command: list[str]) -> None:
    alignd(full, "sync", "--at", "2026-11-18T08:00")
    at = ["--at", "2026-11-18T09:00"] if command[0] in ("why", "backtest") else []

    said = alignd(full, *command, "--json", *at)

    assert said.returncode == 0, said.stderr
    json.loads(said.stdout)


def test_the_environment_names_the_file_and_at_takes_a_zone(full: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    alignd(full, "check")
    full.file.rename(full.folder / "team.yaml")
    monkeypatch.setenv("ALIGND_CONFIG", "team.yaml")

    found = strictly(alignd(full, "plan", "--json", "--at", "2026-11-18T06:00:00Z").stdout)

    assert found["at"] == "2026-11-18T08:00:00+02:00"
