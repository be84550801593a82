"""What a person or a team does first, on the boards and on the terminal; the goals and what stands under them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sync.app import open_app
from tests.integration.command_line import alignd
from tests.integration.team import SESSIONS, Team

OFF = (12_260, 12_080, 12_310, 11_690, 12_420, 12_140, 9_960, 8_200)
MORE = """
  deep:
    name: Pages read
    owner: thandi
    period: week
    formula: s
    inputs: {s: sessions}
    target: 12000
  views:
    name: Pages viewed
    owner: johan
    period: week
    formula: s * 2
    inputs: {s: sessions}
    target: 21500
  leads:
    name: Leads
    owner: johan
    period: week
    formula: s / 100
    inputs: {s: sessions}
    target: 50
"""
REST = """
goals:
  - id: grow
    title: Grow in Gauteng
    owner: neo
    by: 2027-02-28
    kpis: [leads]
    goals:
      - {id: reach, title: Be read by more, owner: thandi, kpis: [sessions, views]}
      - {id: web, title: A better site, owner: johan, kpis: [sessions]}
      - {id: brand, title: Be known, owner: neo}
reviews:
  one_on_one:
    title: What comes first
    every: 2 weeks
    anchor: 2026-11-09
    on: monday
    owner: thandi
    invite: [johan]
    agenda: [priorities]
"""


@pytest.fixture
def four(team_with: Callable[..., Team]) -> Team:
    """Three numbers are off target for the second week, one is well; three items stand."""
    team = team_with(kpis=SESSIONS + MORE, rest=REST)
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    return team


def status(team: Team, *options: str) -> str:
    said = alignd(team, "status", *options)
    assert (said.returncode, said.stderr) == (0, "")
    return said.stdout


def first_of(team: Team, who: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(status(team, "--for", who, "--json"))["do_first"]
    return found


def test_a_kpi_that_two_goals_name_has_one_item_and_is_counted_once_above_them(four: Team) -> None:
    assert [task.name.split(" 3")[0] for task in four.tasks() if "sessions" in task.notes.rpartition("\n")[2]] == [
        "Website sessions"
    ]
    assert len(four.tasks()) == 3
    found = {one["goal"]: one for one in json.loads(status(four, "--json"))["goals"]}
    assert found["grow"]["below"] == {"off target": 2}
    assert found["grow"]["cause"] == "Website sessions, Pages viewed"
    assert found["grow"]["own"] == ["Leads ahead"]
    assert found["web"]["below"] == {}
    assert found["reach"]["worst"] == "off_track"
    assert found["brand"]["worst"] is None
    with open_app(four.config(), at=four.clock.now) as app:
        states = {one.goal.id: one for one in app.alignment().goals}
    assert [kpi.id for kpi in states["grow"].off_below] == ["sessions", "views"]
    assert states["grow"].below == 2


def test_the_goals_are_shown_as_a_tree_with_their_own_kpis_and_what_lies_below(four: Team) -> None:
    said = status(four, "--goals")
    tree = said[said.index("Goals") : said.index("Open work")]
    assert [line.rstrip().removeprefix("  ") for line in tree.splitlines() if line.strip()][1:] == [
        "▼ Grow in Gauteng",
        "  Neo Khumalo · by Sun 28 Feb 2027",
        "  Leads ahead",
        "  below it 2 off target (Website sessions, Pages viewed)",
        "  ▼ Be read by more",
        "    Thandi Mokoena",
        "    Website sessions 8,200, below, second week in a row",
        "    Pages viewed 16,400, below, second week in a row",
        "  ▼ A better site",
        "    Johan Botha",
        "    Website sessions 8,200, below, second week in a row",
        "  · Be known",
        "    Neo Khumalo",
        "    nothing measures it",
    ]


def test_a_person_is_told_two_things_to_do_first_and_why(four: Team) -> None:
    assert [(one["kpi"], one["why"], one["due"]) for one in first_of(four, "thandi")] == [
        ("sessions", '32 % below target, second week; serves "Be read by more"; due Wed 25 Nov', "2026-11-25"),
        ("deep", "32 % below target, second week; due Wed 25 Nov", "2026-11-25"),
    ]
    said = status(four, "--for", "Thandi")
    assert "1 Website sessions\n" in said
    assert '32 % below target, second week; serves "Be read by more"; due Wed 25 Nov' in " ".join(said.split())
    assert "Leads" not in said
    assert max(map(len, said.splitlines())) <= 80


def test_a_team_is_told_what_comes_first_among_its_people_and_who_has_it(four: Team) -> None:
    (views,) = first_of(four, "m_and_e")
    assert (views["kpi"], views["person"]) == ("views", "Johan Botha")
    said = status(four, "--for", "Monitoring & Evaluation")
    assert 'Johan Botha: 24 % below target, second week; serves "Be read by more"' in " ".join(said.split())
    assert first_of(four, "leadership") == []
    assert "nothing is open" in status(four, "--for", "leadership")


def test_nobody_is_called_so(four: Team) -> None:
    said = alignd(four, "status", "--for", "sales")
    assert said.returncode == 2
    assert said.stderr == (
        "alignd: no person or team is called 'sales'; "
        "there are thandi, johan, neo, the teams marketing, m_and_e, leadership\n"
    )
    with open_app(four.config(), at=four.clock.now) as app:
        for person, team in (("sales", None), (None, "thandi")):
            with pytest.raises(KeyError):
                app.status(person, team)


def test_the_talk_of_two_lists_for_each_what_the_command_says(four: Team) -> None:
    four.at("2026-11-19T08:00").sync()
    notes = next(task.notes for task in four.tasks() if task.name.startswith("What comes first"))
    assert (
        "FIRST FOR THANDI\n"
        '1. Website sessions: 32 % below target, second week; serves "Be read by more"; due Wed 25 Nov\n'
        "2. Pages read: 32 % below target, second week; due Wed 25 Nov\n"
    ) in "\n".join(line for line in notes.splitlines() if line)
    assert (
        'FIRST FOR JOHAN\n1. Pages viewed: 24 % below target, second week; serves "Be read by more"; due Wed 25 Nov\n'
    ) in "\n".join(line for line in notes.splitlines() if line)
    for who in ("thandi", "johan"):
        assert all(f"{one['title']}: {one['why']}" in notes for one in first_of(four, who))


def test_what_a_person_asked_to_have_left_in_peace_or_set_aside_gives_its_place_to_the_next(four: Team) -> None:
    task = {task.name.split(" 3")[0]: task.gid for task in four.tasks()}
    four.person().comment(task["Website sessions"], "alignd snooze 2 weeks: waiting for the agency")
    four.person().delete(task["Pages read"])
    four.later(minutes=15).sync()

    assert first_of(four, "thandi") == []
    rows = {one["kpi"]: one["waits"] for one in json.loads(status(four, "--json"))["kpis"]}
    assert rows == {
        "sessions": "",
        "deep": "its task was set aside by a person; none is made until it has been back on target",
        "views": "",
        "leads": "",
    }
    said = " ".join(status(four).split())
    assert "no task: its task was set aside by a person; none is made until it has been back on target" in said
    with open_app(four.config(), at=four.clock.now) as app:
        picture = app.alignment().picture("deep")
    assert picture is not None
    assert picture.waits == rows["deep"]


def test_a_first_week_off_target_says_when_a_task_will_be_made(team: Team) -> None:
    team.weeks(*OFF[:-1], until=date(2026, 11, 16))
    team.at("2026-11-18T08:00").sync()
    (row,) = json.loads(status(team, "--json"))["kpis"]
    assert row["waits"] == "the first week off target; a task is made after two in a row"
