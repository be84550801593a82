"""What changed in the file since the last sync, in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config import load
from config.changes import changes, proposals, summary
from tests.unit.config_samples import ENVIRON, GOOD, HEAD, SESSIONS, well

TARGET = "    target: 12000\n"
OTHER = "  users: {name: Users, period: week, value: {source: web, metric: totalUsers}}\n"


def compared(folder: Path, before: str, now: str) -> tuple[str, ...]:
    old = json.loads(json.dumps(summary(well(folder, before))))  # as the store gives it back
    return changes(old, summary(well(folder, now)))


def test_the_same_file_has_no_changes_and_neither_has_the_first() -> None:
    config = load(GOOD / "contract.yaml", ENVIRON).config
    assert config is not None
    one = summary(config)
    assert changes(json.loads(json.dumps(one)), one) == ()
    assert changes(None, one) == ()
    assert "canary" not in json.dumps(one)


@pytest.mark.parametrize(
    "before, now, line",
    [
        (("owner: ana", "owner: ana"), ("owner: ana", "owner: ben"),
         "Website sessions: owner Ben Berg (was Ana Alves)"),
        (("12000", "12000"), ("12000", "13000"),
         "Website sessions: 13,000 or more; up to 5 % below is close (was 12,000 or more; up to 5 % below is close); "
         "past periods keep the target that judged them"),
        (("sessions}", "sessions}"), ("sessions}", "totalUsers}"),
         "Website sessions is counted differently: its history breaks here, and it is not yet agreed"),
        (("x: 0", ""), ("    target", "    policy: {due: 2 weeks}\n    target"),
         "Website sessions: due 2 weeks (was 5 business days)"),
        (("x: 0", ""), ("    target", "    paused: [{from: 2026-12-14, to: 2027-01-03}]\n    target"),
         "Website sessions: paused 2026-12-14 to 2027-01-03"),
        (("x: 0", ""), ("Website sessions", "Visits"), "Website sessions is called Visits now"),
        (("x: 0", ""), ("  ben: {name: Ben Berg, email: ben@acme.example}\n", ""),
         "person Ben Berg (ben) is gone: open work of theirs gets one comment and is left to people"),
        (("x: 0", ""),
         ("ben@acme.example", "ben@acme.example, away: [{from: 2026-12-14, to: 2027-01-04, deputy: ana}]"),
         "Ben Berg is away 2026-12-14 to 2027-01-04, Ana Alves stands in"),
        (("kind: asana,", "kind: asana, mode: watch,"), ("x: 0", ""), "tracker asana writes now (mode act, was watch)"),
        (("x: 0", ""), ("123456789", "987654321"), "source web reads ga4:987654321 (was ga4:123456789)"),
    ],
)  # fmt: skip
def test_a_change_is_said(before: tuple[str, str], now: tuple[str, str], line: str, tmp_path: Path) -> None:
    text = HEAD + SESSIONS + TARGET
    assert line in compared(tmp_path, text.replace(*before), text.replace(*now))


def test_a_kpi_that_comes_or_goes_is_said(tmp_path: Path) -> None:
    text = HEAD + SESSIONS + TARGET
    assert compared(tmp_path, text, text + OTHER) == ("Users (users) is new",)
    assert compared(tmp_path, text + OTHER, text) == (
        "Users (users) is gone: its open items get one comment and are left to people",
    )


def test_a_renamed_kpi_goes_on_with_its_history(tmp_path: Path) -> None:
    text = HEAD + SESSIONS + TARGET
    renamed = text.replace("  sessions:", "  visits:").replace("    target", "    was: sessions\n    target")
    assert compared(tmp_path, text, renamed) == (
        "Website sessions (visits) goes on with the history and items of sessions",
    )
    assert compared(tmp_path, renamed, renamed) == ()


def test_was_is_proposed_when_one_goes_and_one_comes(tmp_path: Path) -> None:
    text = HEAD + SESSIONS + TARGET + OTHER
    now = text.replace("  sessions:", "  visits:")
    before, after = summary(well(tmp_path, text)), summary(well(tmp_path, now))
    assert proposals(before, after) == (("visits", "sessions"),)
    assert "if visits is the former sessions, write was: sessions at it to keep its history and items" in changes(
        before, after
    )


def test_was_is_not_proposed_between_kpis_that_have_nothing_in_common(tmp_path: Path) -> None:
    before = HEAD + SESSIONS + TARGET + OTHER
    now = HEAD + "kpis:\n" + "".join(
        f"  {name}: {{name: {name.title()}, period: month, value: {{source: web, metric: {name}}}}}\n"
        for name in ("newUsers", "keyEvents")
    ).replace("  newUsers:", "  new_users:").replace("  keyEvents:", "  key_events:")  # fmt: skip
    assert proposals(summary(well(tmp_path, before)), summary(well(tmp_path, now))) == ()


def test_a_changed_route_says_that_open_items_stay(tmp_path: Path) -> None:
    two = HEAD + '  board: {kind: trello, key: "${TRELLO_KEY}", token: "${TRELLO_TOKEN}", board: Ab12Cd34}\n'
    text = two + "routes: {default: asana}\n" + SESSIONS + TARGET
    lines = compared(tmp_path, text, text.replace("default: asana", "default: board"))
    assert lines == (
        "Website sessions: new work goes to board (was asana); open items stay where they are",
        "all other work goes to board (was asana); open items stay",
    )
