"""Changing the file: each row, seen on the boards and in what `plan` says first."""

from __future__ import annotations

from datetime import date

import pytest

import tests.integration.team as world
from tests.integration.command_line import alignd
from tests.integration.team import SESSIONS, Team, steps

OFF = (12_260, 12_080, 12_310, 11_690, 12_420, 12_140, 9_960, 8_200)
CALM = """
  calm:
    name: Calm sessions
    owner: thandi
    period: week
    value: {source: web, metric: sessions}
    target: 100
"""


@pytest.fixture
def item(any_team: Team) -> Team:
    any_team.kpis = SESSIONS + CALM
    any_team.weeks(*OFF)
    any_team.at("2026-11-18T08:00").sync()
    return any_team


def wednesday(team: Team, day: str, monday: tuple[int, int], total: int) -> list[tuple[str, str]]:
    team.week(date(2026, *monday), total)
    return steps(team.at(f"2026-{day}T08:00").sync())


def assignees(team: Team, task: str) -> set[str]:
    if team.tracker == "asana":
        state = team.sandbox.asana.state
        return {state.users[one].name for one in [state.tasks[task].assignee] if one}
    trello = team.sandbox.trello.state
    return {trello.members[one].name for one in trello.cards[task].members}


def test_a_kpi_that_is_gone_leaves_its_item_to_people_with_one_comment(item: Team) -> None:
    task = item.ids()[0]
    item.kpis = CALM

    assert steps(item.later(hours=1).sync()) == [("comment", "removed")]
    assert steps(item.later(hours=1).sync()) == []
    assert wednesday(item, "11-25", (11, 16), 8_000) == []
    assert len(item.said(task)) == 1
    assert item.person().finds("Website sessions") == [task]


def test_was_carries_history_and_the_open_item_over(item: Team) -> None:
    task = item.ids()[0]
    item.kpis = SESSIONS.replace("  sessions:\n", "  visits:\n    was: sessions\n") + CALM

    assert steps(item.later(hours=1).sync()) == []
    made = wednesday(item, "11-25", (11, 16), 8_000)

    assert made == [("comment", "numbers")]
    assert item.ids() == [task]
    assert "9–15 Nov 8,200" in item.said(task)[0]


def test_an_owner_who_changes_gets_the_open_item(item: Team) -> None:
    task = item.ids()[0]
    world_people = world.PEOPLE
    world.PEOPLE = world_people.replace("team: m_and_e}", "team: m_and_e, trello: johanb}", 1)
    try:
        item.later(hours=1).sync()
        item.kpis = item.kpis.replace("owner: thandi", "owner: johan", 1)

        assert steps(item.later(hours=1).sync()) == [("update", "owner_changed")]

        assert assignees(item, task) == {"Johan Botha"}
        assert steps(item.later(hours=1).sync()) == []
    finally:
        world.PEOPLE = world_people


def test_a_person_who_left_the_file_has_their_item_given_to_the_new_owner_with_one_comment(item: Team) -> None:
    task = item.ids()[0]
    world_people = world.PEOPLE
    world.PEOPLE = (
        world_people.replace(
            "  thandi: {name: Thandi Mokoena, email: thandi@saypro.example, team: marketing, trello: thandim}\n", ""
        )
        .replace("lead: thandi", "lead: johan")
        .replace("team: m_and_e}", "team: m_and_e, trello: johanb}", 1)
    )
    try:
        item.kpis = item.kpis.replace("owner: thandi", "owner: johan").replace("[thandi, johan]", "[johan]")
        assert steps(item.later(hours=1).sync()) == [("comment", "removed"), ("update", "owner_changed")]
        assert item.said(task)[0].startswith("From Wed 18 Nov this is Johan's")
        assert steps(item.later(hours=1).sync()) == []
        assert assignees(item, task) == {"Johan Botha"}
    finally:
        world.PEOPLE = world_people


def test_a_new_target_re_judges_no_past_period_and_is_no_break(item: Team) -> None:
    item.kpis = item.kpis.replace("target: 12000", "target: 8000")

    report = item.later(hours=1).sync()

    assert steps(report) == []
    week = next(j for r, j in report.shown if r.kpi == "sessions" and r.period.label == "2026-W46")
    assert (str(week.target.low if week.target else None), week.status.value) == ("12000", "off_track")
    assert ("comment", "recovered") in wednesday(item, "11-25", (11, 16), 8_100)


def test_a_new_way_of_counting_ends_the_episode_with_one_comment_and_leaves_the_item(item: Team) -> None:
    task = item.ids()[0]
    item.kpis = item.kpis.replace(
        "value: {source: web, metric: sessions}\n    target: 12000",
        "formula: s * 2\n    inputs: {s: {source: web, metric: sessions}}\n    target: 12000",
    )

    assert steps(item.later(hours=1).sync()) == [("comment", "redefined")]
    assert steps(item.later(hours=1).sync()) == []
    assert len(item.said(task)) == 1


def test_a_route_that_changes_leaves_open_items_and_sends_new_work_the_new_way(team: Team) -> None:
    text = Team.text

    def both(self: Team) -> str:
        url = self.sandbox.url
        board = (
            f'  board: {{kind: trello, key: "${{TRELLO_KEY}}", token: "${{TRELLO_TOKEN}}", board: {world.BOARD}, '
            f'lists: {{default: To do}}, endpoint: "{url}"}}\nroutes: {{default: {where}}}\n'
        )
        return text(self).replace("people:", board + "people:", 1)

    where = "work"
    Team.text = both  # type: ignore[method-assign]
    try:
        team.kpis = SESSIONS + CALM
        team.weeks(*OFF)
        team.at("2026-11-18T08:00").sync()
        where = "board"
        team.kpis = SESSIONS + CALM + CALM.replace("calm:", "new:").replace("target: 100", "target: 90000")
        assert steps(team.later(hours=1).sync()) == [("create", "episode_opened")]
        assert (len(team.tasks()), len(team.cards())) == (1, 1)
        made = wednesday(team, "11-25", (11, 16), 8_000)
        assert sorted(made) == [("comment", "numbers"), ("comment", "numbers")]
    finally:
        Team.text = text  # type: ignore[method-assign]


def test_plan_begins_with_what_changed_in_the_file(team: Team) -> None:
    team.kpis = SESSIONS + CALM
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    team.kpis = SESSIONS.replace("target: 12000", "target: 11000")

    said = alignd(team, "plan", "--at", "2026-11-18T09:00").stdout

    assert "Calm sessions (calm) is gone" in " ".join(said.split())
    assert said.index("Changed in the file") < said.index("What a sync would do")


def test_check_proposes_was_when_one_id_goes_and_one_comes(team: Team) -> None:
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    team.kpis = SESSIONS.replace("  sessions:\n", "  visits:\n")

    assert "was: sessions" in alignd(team, "check").stderr
