"""`alignd event`: noted once, beside a running service, before there is a store; what follows is said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sync.app import open_app
from sync.store import Store
from tests.integration.command_line import Said, alignd
from tests.integration.team import Team
from tests.integration.test_events import GOALS

NOW = ("--at", "2026-11-18T09:00")
LAUNCH = ("event", "new_product", "Launch of the mobile app")


@pytest.fixture(autouse=True)
def goals(team: Team) -> None:
    team.rest = GOALS
    team.weeks(*[12_500] * 8)


def kept(team: Team) -> list[tuple[str, str]]:
    with Store.open(team.config().store, workspace="saypro") as store, store.records(reads_only=True) as records:
        return [(one.id, one.origin) for one in records.events()]


def printed(said: Said) -> dict[str, Any]:
    assert (said.returncode, said.stderr) == (0, "")
    found = json.loads(said.stdout)
    assert isinstance(found, dict)
    return found


def test_an_event_is_noted_before_there_is_a_store_and_makes_one_review(team: Team) -> None:
    noted = alignd(team, *LAUNCH, *NOW)

    assert (noted.returncode, noted.stderr) == (0, "")
    assert " ".join(noted.stdout.split()) == (
        "Launch of the mobile app (launch-of-the-mobile-app), Wed 18 Nov: noted; the next sync (or the service, within "
        "1h) makes the alignment review, due Wed 25 Nov"
    )
    assert kept(team) == [("launch-of-the-mobile-app", "noted on Wed 18 Nov by command")]

    team.at("2026-11-18T10:00").sync()
    team.later(hours=1).sync()

    (task,) = [one for one in team.tasks() if one.parent is None]
    assert task.name == "Alignment review, Wed 25 Nov: Launch of the mobile app"
    assert len(team.sandbox.asana.state.subtasks_of(task)) == 2


def test_the_same_event_is_noted_once_and_another_of_its_name_gets_an_id_of_its_own(team: Team) -> None:
    alignd(team, *LAUNCH, *NOW)

    again = alignd(team, "event", "New-Product", "launch  of the Mobile app", "--on", "today", *NOW)
    assert again.returncode == 0
    assert "noted already (noted on Wed 18 Nov by command)" in " ".join(again.stdout.split())
    other = printed(alignd(team, *LAUNCH, "--on", "20 Nov", "--owner", "Neo", "--json", *NOW))

    assert other == {
        "event": {
            "id": "launch-of-the-mobile-app-2",
            "on": "2026-11-20",
            "kind": "new_product",
            "title": "Launch of the mobile app",
            "owner": "neo",
            "due": "2026-11-27",
        }
    }
    assert len(kept(team)) == 2


def test_one_that_stands_in_the_file_is_noted_already(team: Team) -> None:
    team.rest = GOALS + "events: [{id: app, on: 2026-11-18, kind: new_product, title: Launch of the mobile app}]\n"

    noted = alignd(team, *LAUNCH, *NOW)

    assert "(app), Wed 18 Nov: noted already (the file)" in " ".join(noted.stdout.split())
    assert kept(team) == []


def test_one_that_is_written_into_the_file_afterwards_is_met_about_once(team: Team) -> None:
    alignd(team, *LAUNCH, *NOW)
    team.at("2026-11-18T10:00").sync()
    team.rest = GOALS + "events: [{id: app, on: 2026-11-18, kind: new_product, title: Launch of the Mobile App}]\n"

    team.later(hours=1).sync()

    assert len([one for one in team.tasks() if one.parent is None]) == 1


def test_it_works_while_the_service_holds_the_workspace(team: Team) -> None:
    with open_app(team.config(), at=team.clock.now) as app, app.held("run"):
        assert alignd(team, *LAUNCH, *NOW).returncode == 0

    assert len(kept(team)) == 1


def test_what_is_ahead_and_what_is_over_is_said(team: Team) -> None:
    ahead = " ".join(alignd(team, *LAUNCH, "--on", "2026-12-07", *NOW).stdout.split())
    assert "its alignment review is made on Mon 7 Dec 08:00, due Mon 14 Dec" in ahead
    over = " ".join(alignd(team, "event", "merger", "With Acme", "--on", "2026-10-01", *NOW).stdout.split())
    assert "its alignment review was to be held by Thu 8 Oct, so none is made now" in over


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("event", "new_produkt", "Launch"), "did you mean new_product?"),
        (("event", "zzz", "Launch"), "write acquisition, merger"),
        (("event", "other", "  "), "TITLE is what happened"),
        (("event", "other", "Fire", "--on", "3/4"), "is not a day"),
        (("event", "other", "Fire", "--owner", "nobody"), "nobody in people is called"),
    ],
)
def test_what_cannot_be_noted_is_said_with_what_to_write(team: Team, arguments: tuple[str, ...], said: str) -> None:
    refused = alignd(team, *arguments, *NOW)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert said in refused.stderr
