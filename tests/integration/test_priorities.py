"""What a person or a team does first, on the boards and on the terminal; the goals and what stands under them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date

import jsonschema
import pytest
from rich.console import Console

from mapping.alignment import KpiPicture
from mapping.judgements import Status
from sync.app import open_app
from sync.cli.render.status import render_status
from sync.reports import StatusReport
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


def report(team: Team, person: str | None = None, group: str | None = None) -> StatusReport:
    """As the command has it, at the team's time."""
    with open_app(team.config(), at=team.clock.now) as app:
        return app.status(person, group)


def shown(said: StatusReport, *, goals: bool = False) -> str:
    """On a terminal of 80 columns."""
    out = io.StringIO()
    Console(file=out, width=80, color_system=None).print(render_status(said, goals=goals))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def picture(team: Team, kpi: str) -> KpiPicture:
    with open_app(team.config(), at=team.clock.now) as app:
        found = app.alignment().picture(kpi)
    assert found is not None
    return found


def test_a_kpi_that_two_goals_name_has_one_item_and_is_counted_once_above_them(four: Team) -> None:
    assert [task.name.split(" 3")[0] for task in four.tasks() if "sessions" in task.notes.rpartition("\n")[2]] == [
        "Website sessions"
    ]
    assert len(four.tasks()) == 3
    found = {one.goal: one for one in report(four).goals}
    assert found["grow"].below == {"off target": 2}
    assert found["grow"].cause == "Website sessions, Pages viewed"
    assert found["grow"].own == ("Leads ahead",)
    assert found["web"].below == {}
    assert [found[one].worst for one in ("grow", "reach", "brand")] == [Status.OFF_TRACK, Status.OFF_TRACK, None]
    with open_app(four.config(), at=four.clock.now) as app:
        states = {one.goal.id: one for one in app.alignment().goals}
    assert [kpi.id for kpi in states["grow"].off_below] == ["sessions", "views"]
    assert states["grow"].below == 2


def test_the_goals_are_shown_as_a_tree_with_their_own_kpis_and_what_lies_below(four: Team) -> None:
    said = shown(report(four), goals=True)
    tree = said[said.index("Goals") : said.index("Open work")]
    assert [line.removeprefix("  ") for line in tree.splitlines() if line.strip()][1:] == [
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
    said = report(four, "thandi")
    assert [(one.kpi, one.why, one.due) for one in said.do_first] == [
        ("sessions", '32 % below target, second week; serves "Be read by more"; due Wed 25 Nov', date(2026, 11, 25)),
        ("deep", "32 % below target, second week; due Wed 25 Nov", date(2026, 11, 25)),
    ]
    text = shown(said)
    assert "  1 Website sessions\n" in text
    assert '32 % below target, second week; serves "Be read by more"; due Wed 25 Nov' in text
    assert "Leads" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_team_is_told_what_comes_first_among_its_people_and_who_has_it(four: Team) -> None:
    said = report(four, None, "m_and_e")
    assert [(one.kpi, one.person) for one in said.do_first] == [("views", "Johan Botha")]
    text = " ".join(shown(said).split())
    assert 'Johan Botha: 24 % below target, second week; serves "Be read by more"; due Wed 25 Nov' in text
    assert report(four, None, "leadership").do_first == ()
    assert "nothing is open" in shown(report(four, None, "leadership"))


@pytest.mark.parametrize(
    ("who", "person", "team"),
    [
        ("thandi", "thandi", None),
        ("neo khumalo", "neo", None),
        ("marketing", None, "marketing"),
        ("Monitoring & Evaluation", None, "m_and_e"),
    ],
)
def test_people_and_teams_are_named_as_people_call_them(
    four: Team, who: str, person: str | None, team: str | None
) -> None:
    found = json.loads(alignd(four, "status", "--for", who, "--json").stdout)
    assert (found["person"], found["team"]) == (person, team)
    assert all(sorted(one) == ["due", "key", "kpi", "person", "title", "url", "why"] for one in found["do_first"])
    schema = json.loads(alignd(four, "schema", "output").stdout)
    jsonschema.validate(found, {"$ref": "#/$defs/status", "$defs": schema["$defs"]})


def test_nobody_is_called_so(four: Team) -> None:
    said = alignd(four, "status", "--for", "sales")
    assert said.returncode == 2
    assert said.stderr == (
        "alignd: no person or team is called 'sales'; "
        "there are thandi, johan, neo, the teams marketing, m_and_e, leadership\n"
    )
    for person, group in (("sales", None), (None, "thandi")):
        with pytest.raises(KeyError):
            report(four, person, group)


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
        assert all(f"{one.title}: {one.why}" in notes for one in report(four, who).do_first)


def test_what_a_person_asked_to_have_left_in_peace_or_set_aside_gives_its_place_to_the_next(four: Team) -> None:
    task = {task.name.split(" 3")[0]: task.gid for task in four.tasks()}
    four.person().comment(task["Website sessions"], "alignd snooze 2 weeks: waiting for the agency")
    four.person().delete(task["Pages read"])
    four.later(minutes=15).sync()

    assert report(four, "thandi").do_first == ()
    rows = {one.kpi: one.waits for one in report(four).kpis}
    assert rows == {
        "sessions": "",
        "deep": "a person set its task aside, so none is made before it has been back on target",
        "views": "",
        "leads": "",
    }
    said = " ".join(shown(report(four)).split())
    assert "no task now: a person set its task aside, so none is made before it has been back on target" in said
    assert picture(four, "deep").waits == rows["deep"]


def test_a_first_week_off_target_says_when_a_task_will_be_made(team: Team) -> None:
    team.weeks(*OFF[:-1], until=date(2026, 11, 16))
    team.at("2026-11-18T08:00").sync()
    assert report(team).kpis[0].waits == "a task is made after two weeks off target in a row"
