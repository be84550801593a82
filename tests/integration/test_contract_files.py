"""The contract's own files, end to end against the stand-ins: the smallest one alone, and the whole example."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from connectors.sandbox.server import Sandbox
from tests.integration.command_line import typed
from tests.integration.team import Team

DESIGN = Path(__file__).resolve().parents[2].parent / "shared" / "design"
MONDAY = date(2026, 11, 16)


@pytest.fixture
def design() -> Path:
    if not DESIGN.is_dir():
        pytest.skip("the contract's files are not beside this repository")
    return DESIGN


def with_endpoints(text: str, url: str) -> str:
    """Each source and tracker that is spoken to, at the stand-ins."""
    return re.sub(r"kind: (ga4|sheets|asana|trello)", rf'kind: \1, endpoint: "{url}"', text)


def sessions(sandbox: Sandbox, prop: str, *totals: int) -> None:
    for back, total in enumerate(reversed(totals), start=1):
        for day in range(7):
            on = MONDAY - timedelta(weeks=back) + timedelta(days=day)
            sandbox.ga4.properties[prop].record(on, {"sessions": total // 7})


def test_the_smallest_file_works_end_to_end(team: Team, design: Path) -> None:
    text = with_endpoints((design / "minimal.yaml").read_text(), team.sandbox.url)
    text = text.replace('property: "123456789"', 'property: "123456789", credentials: anonymous')
    team.file.write_text(text)
    team.sandbox.asana.state.add_user("Ana Alves", "ana@acme.example")
    sessions(team.sandbox, "123456789", *[14_000] * 6, 9_960, 8_200)
    team.at("2026-11-18T08:00")

    assert typed(team, "check").returncode == 0
    assert typed(team, "plan", "--at", "2026-11-18T08:00").returncode == 0
    assert not (team.folder / "alignd.db").exists()
    first = json.loads(typed(team, "sync", "--json", "--at", "2026-11-18T08:00").stdout)
    assert [(one["kind"], one["outcome"]) for one in first["steps"]] == [("create", "done")]
    assert (team.folder / "alignd.db").exists()
    task = team.sandbox.asana.state.tasks[team.ids()[0]]
    assert team.sandbox.asana.state.users[task.assignee or ""].name == "Ana Alves"
    assert task.due_on == date(2026, 11, 25)
    second = typed(team, "sync", "--json", "--at", "2026-11-18T09:00")
    assert (second.returncode, json.loads(second.stdout)["steps"]) == (0, [])
    assert json.loads(second.stdout)["problems"] == []
    for command in (["status"], ["why", "sessions"], ["history", "sessions"]):
        assert typed(team, *command).returncode == 0


def test_the_whole_example_syncs(team: Team, design: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = team.sandbox.url
    text = (design / "alignd.example.yaml").read_text()
    text = re.sub(r"( +)kind: (ga4|sheets|asana|trello|hubspot)\n", rf'\1kind: \2\n\1endpoint: "{url}"\n', text)
    text = text.replace("{kind: slack,", f'{{kind: slack, endpoint: "{url}",')
    text = text.replace("smtp://mail.saypro.example:587", team.sandbox.smtp.url)
    team.sandbox.slack.state.add_bot(token="s")
    team.sandbox.slack.state.add_channel("C0123456789")
    team.sandbox.smtp.switches.users["alignd"] = "p"
    text = text.replace("credentials: secrets/google.json", "credentials: anonymous")
    (team.folder / "data").mkdir()
    (team.folder / "data" / "mailings-1.csv").write_text("Campaign,Date,Opens,Delivered\nOne,2026-10-05,180,1000\n")
    for name, value in {"HUBSPOT_TOKEN": "h", "SLACK_TOKEN": "s", "SMTP_PASSWORD": "p"}.items():
        monkeypatch.setenv(name, value)
    team.file.write_text(text)
    sandbox = team.sandbox
    sandbox.trello.state.add_member("Lerato Dube", "leratod")
    for name in ("Sipho Nkosi", "Lerato Dube"):
        sandbox.asana.state.add_user(name, f"{name.split()[0].lower()}@saypro.example")
    sessions(sandbox, "123456789", *[12_300] * 8, 8_200, 8_100)
    team.at("2026-11-18T08:00")

    checked = typed(team, "check")
    assert checked.returncode == 0, checked.stderr
    synced = typed(team, "sync", "--json", "--at", "2026-11-18T08:00")
    done = json.loads(synced.stdout)
    assert {"sessions", "weekly_users", "conversion_rate", "open_rate"} <= {one["kpi"] for one in done["readings"]}
    assert "cac" not in {one["kpi"] for one in done["readings"]}
    assert "saypro/action/sessions/2026-W46" in [one["key"] for one in done["steps"] if one["outcome"] == "done"]
    again = json.loads(typed(team, "sync", "--json", "--at", "2026-11-18T09:00").stdout)
    assert [one for one in again["steps"] if one["outcome"] not in ("waiting", "deferred")] == []
    assert [one["new"] for one in again["problems"] if one["new"]] == []
