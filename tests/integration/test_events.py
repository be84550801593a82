"""Inflection events in both trackers: one alignment review, one part a person, however the event was noted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from connectors.sandbox.server import Sandbox
from mapping.tasks import WorkKind
from sync.app import open_app
from sync.outlook import Choices
from sync.steps import CycleReport, Outcome
from tests.integration.team import Clock, Team, steps

GOALS = """
goals:
  - id: grow
    title: Grow in Gauteng
    owner: neo
    goals:
      - {id: leads, title: 20 % more leads than last quarter, owner: thandi, by: 2026-12-31, kpis: [sessions]}
"""
LAUNCH = GOALS + (
    "events:\n  - {id: launch, on: 2026-11-18, kind: new_product, title: Launch of the mobile app, owner: thandi}\n"
)
DUE = date(2026, 11, 25)
TITLE = "Alignment review, Wed 25 Nov: Launch of the mobile app"
THANDIS = "Thandi: confirm your goal and KPI after Launch of the mobile app: 20 % more leads than last quarter, "


@pytest.fixture(params=["asana", "trello"])
def team(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Team:
    made = Team(tmp_path, sandbox, clock, tracker=request.param, rest=GOALS)
    made.weeks(*[12_500] * 8)
    made.at("2026-11-16T08:00").sync()
    assert made.ids() == []
    made.rest = LAUNCH
    return made


def parts(team: Team, task: str) -> list[tuple[str, bool]]:
    """Titles of the task's parts, and whether they are somebody's."""
    if team.tracker == "asana":
        state = team.sandbox.asana.state
        return [(one.name, one.assignee is not None) for one in state.subtasks_of(state.tasks[task])]
    lists = [one for one in team.sandbox.trello.state.checklists.values() if one.card == task]
    return [(item.name, item.member is not None) for one in lists for item in one.items]


def review(team: Team) -> str:
    """The one alignment review there is."""
    named = "Alignment review"
    if team.tracker == "trello":
        (card,) = [one.id for one in team.cards() if one.name.startswith(named)]
        return card
    (task,) = [one.gid for one in team.tasks() if one.name.startswith(named)]
    return task


def due_of(team: Team, task: str) -> date | None:
    if team.tracker == "asana":
        return team.sandbox.asana.state.tasks[task].due_on
    due = team.sandbox.trello.state.cards[task].due
    return due.date() if due is not None else None


def title_of(team: Team, task: str) -> str:
    if team.tracker == "asana":
        return team.sandbox.asana.state.tasks[task].name
    return team.sandbox.trello.state.cards[task].name


def planned(report: CycleReport) -> list[Outcome]:
    """What became of the steps about events."""
    return [one.outcome for one in report.steps if one.work is WorkKind.EVENT]


def done(report: CycleReport) -> list[tuple[str, str]]:
    return [(one.kind.value, one.key) for one in report.steps if one.outcome is Outcome.DONE]


def test_an_event_makes_one_alignment_review_with_a_part_for_everybody_who_has_something(team: Team) -> None:
    assert planned(team.at("2026-11-18T07:59").sync()) == []

    report = team.at("2026-11-18T08:00").sync()

    key = "saypro/event/launch"
    assert done(report) == [
        ("create", key),
        ("update", f"{key}#confirm/thandi"),
        ("update", f"{key}#confirm/neo"),
    ]
    assert not report.problems
    task = review(team)
    assert (title_of(team, task), due_of(team, task)) == (TITLE, DUE)
    assert sorted(parts(team, task)) == [
        ("Neo: confirm your goal after Launch of the mobile app: Grow in Gauteng", team.tracker == "asana"),
        (THANDIS + "Website sessions", True),
    ]
    for _ in range(3):
        assert planned(team.later(hours=26).sync()) == []


def test_its_notes_say_what_happened_what_was_agreed_and_who_confirms(team: Team) -> None:
    team.at("2026-11-18T08:00").sync()
    task = review(team)
    if team.tracker == "asana":
        notes = team.sandbox.asana.state.tasks[task].notes
    else:
        notes = team.sandbox.trello.state.cards[task].desc
    for words in (
        "A new product on Wed 18 Nov: Launch of the mobile app",
        "Thandi leads",
        "Grow in Gauteng (Neo)",
        "20 % more leads than last quarter (Thandi, by 31 Dec)",
        "Website sessions (Thandi) 12,500 against 12,000",
        "confirm that what is yours still holds",
    ):
        assert words in notes
    assert "saypro/event/launch" in notes.splitlines()[-1]


def test_an_event_that_was_over_before_it_was_seen_makes_nothing(team: Team) -> None:
    team.rest = LAUNCH.replace("2026-11-18", "2026-11-06")

    assert planned(team.at("2026-11-18T08:00").sync()) == []


def test_a_stopped_alignd_makes_it_when_it_is_back(team: Team) -> None:
    team.at("2026-11-17T08:00").sync()

    team.at("2026-12-09T08:00").sync()

    assert len(parts(team, review(team))) == 2


def test_one_that_passed_while_its_tracker_was_only_watched_is_not_made_later(team: Team) -> None:
    team.tracker_keys = "mode: watch"
    assert steps(team.at("2026-11-18T08:00").sync(), Outcome.DEFERRED)[0] == ("create", "event")
    team.at("2026-12-09T08:00").sync()
    team.tracker_keys = ""

    assert planned(team.later(hours=1).sync()) == []


def test_a_lost_ledger_adds_no_part_a_second_time(team: Team) -> None:
    team.at("2026-11-18T08:00").sync()
    before = parts(team, review(team))
    for one in team.folder.glob("alignd.db*"):
        one.unlink()

    for hours in (1, 1, 26):
        team.later(hours=hours).sync()

    assert parts(team, review(team)) == before


def test_the_file_moves_the_day_unless_a_person_did(team: Team) -> None:
    team.at("2026-11-18T08:00").sync()
    task = review(team)
    team.rest = LAUNCH.replace("2026-11-18", "2026-11-20")

    team.later(hours=1).sync()

    assert due_of(team, task) == date(2026, 11, 27)
    assert title_of(team, task) == TITLE.replace("Wed 25", "Fri 27")
    assert planned(team.later(hours=1).sync()) == []

    team.person().redate(task, date(2026, 11, 30))
    team.rest = LAUNCH
    team.later(hours=1).sync()

    assert due_of(team, task) == date(2026, 11, 30)


def test_an_event_that_leaves_the_file_gets_one_comment_and_is_left_to_its_people(team: Team) -> None:
    team.at("2026-11-18T08:00").sync()
    task = review(team)
    team.rest = GOALS

    for _ in range(2):
        team.later(hours=1).sync()

    assert len(team.said(task)) == 1
    assert "launch" in team.said(task)[0]
    assert len(parts(team, task)) == 2


def test_a_part_that_was_lost_on_its_way_is_looked_for_and_stands_there_once(team: Team) -> None:
    team.at("2026-11-17T08:00").sync()
    route = b"/subtasks" if team.tracker == "asana" else b"/checkItems"
    team.sandbox.faults.add(
        team.tracker, "reset", method="POST", when=lambda call: route in call.path.encode() + call.body, commit="after"
    )

    report = team.at("2026-11-18T08:00").sync()
    assert Outcome.UNKNOWN in [one.outcome for one in report.steps]
    for _ in range(3):
        team.later(minutes=5).sync()

    assert sorted(title for title, _ in parts(team, review(team))) == [
        "Neo: confirm your goal after Launch of the mobile app: Grow in Gauteng",
        THANDIS + "Website sessions",
    ]


def test_a_part_that_could_not_leave_is_added_by_a_cycle_that_reads_only_what_changed(team: Team) -> None:
    team.at("2026-11-17T08:00").sync()
    route = b"/subtasks" if team.tracker == "asana" else b"/checkItems"
    team.sandbox.faults.add(
        team.tracker,
        "429",
        method="POST",
        when=lambda call: route in call.path.encode() + call.body,
        times=None,
        retry_after="0",
    )
    report = team.at("2026-11-18T08:00").sync()
    assert planned(report) == [Outcome.DONE, Outcome.DEFERRED, Outcome.DEFERRED]
    task = review(team)
    assert parts(team, task) == []
    team.sandbox.faults.clear()

    for hours in (1, 1):
        team.later(hours=hours)
        with open_app(team.config(), at=team.clock.now) as app:
            app.cycle(Choices(partly=frozenset({"work"})))

    assert len(parts(team, task)) == 2
