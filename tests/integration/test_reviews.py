"""Review tasks on the boards, on both trackers: made once ahead, caught up after a gap, moved with the file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest

import tests.integration.team as world
from sync.cycle import Cycle
from sync.steps import CycleReport, Outcome, Step
from tests.integration.team import ZONE, Team, step, steps

WEEKLY = """
reviews:
  weekly: {title: Weekly, every: 1 week, on: thursday, at: "10:00", owner: thandi, invite: [marketing, m_and_e]}
"""
BIWEEKLY = """
  one_on_one: {title: Priorities, every: 2 weeks, anchor: 2026-09-07, on: monday, owner: thandi}
"""
QUARTERLY = """
  quarterly: {title: Strategy, every: 1 quarter, on: first tuesday, owner: thandi, replaces: [weekly]}
"""


@pytest.fixture
def meeting(any_team: Team, monkeypatch: pytest.MonkeyPatch) -> Team:
    """A team that meets on Thursdays and whose numbers are good, seen for the first time on Monday 16 November."""
    monkeypatch.setattr(world, "PEOPLE", world.PEOPLE.replace("team: m_and_e}", "team: m_and_e, trello: johanb}"))
    any_team.rest = WEEKLY
    any_team.weeks(*[12_500] * 30, until=date(2027, 1, 11))
    any_team.at("2026-11-16T08:00").sync()
    assert any_team.ids() == []
    return any_team


def creates(report: CycleReport, outcome: Outcome = Outcome.DONE) -> list[str]:
    return [one.key for one in report.steps if one.kind == "create" and one.outcome is outcome]


def made(report: CycleReport) -> Step:
    return next(one for one in report.steps if one.kind == "create")


def on_it(team: Team, task: str) -> set[str]:
    """Names of the people on a task, alignd's own user apart."""
    if team.tracker == "asana":
        state = team.sandbox.asana.state
        found = state.tasks[task]
        names = {state.users[one].name for one in [*found.followers, *([found.assignee] if found.assignee else [])]}
    else:
        trello = team.sandbox.trello.state
        names = {trello.members[one].name for one in trello.cards[task].members}
    return names - {"alignd"}


def due(team: Team, task: str) -> date | None:
    if team.tracker == "asana":
        return team.sandbox.asana.state.tasks[task].due_on
    at = team.sandbox.trello.state.cards[task].due
    return at.astimezone(ZONE).date() if isinstance(at, datetime) else None


def title(team: Team, task: str) -> str:
    if team.tracker == "asana":
        return team.sandbox.asana.state.tasks[task].name
    return team.sandbox.trello.state.cards[task].name


def late(report: CycleReport) -> Sequence[str]:
    return [one.what for one in report.problems if one.kind == "late"]


def test_a_task_is_made_once_ahead_with_everybody_on_it_and_one_comment_on_the_day(meeting: Team) -> None:
    assert creates(meeting.at("2026-11-17T07:55").sync()) == []

    assert creates(meeting.at("2026-11-17T08:00").sync()) == ["saypro/review/weekly/2026-W47"]

    (task,) = meeting.ids()
    assert on_it(meeting, task) == {"Thandi Mokoena", "Johan Botha"}
    assert due(meeting, task) == date(2026, 11, 19)
    assert creates(meeting.sync()) == []
    assert steps(meeting.at("2026-11-18T08:00").sync()) == []
    assert steps(meeting.at("2026-11-19T08:05").sync()) == [("comment", "today")]
    assert steps(meeting.at("2026-11-19T12:00").sync()) == []
    assert (meeting.ids(), len(meeting.said(task))) == ([task], 1)
    assert meeting.reports[-1].seen == ()


def test_stopped_for_three_weeks_each_rhythm_goes_on_with_its_latest(meeting: Team) -> None:
    meeting.rest = WEEKLY + BIWEEKLY + QUARTERLY
    before = meeting.at("2026-12-14T08:00").sync()
    assert creates(before) == ["saypro/review/weekly/2026-W51", "saypro/review/one_on_one/2026-W51"]

    report = meeting.at("2027-01-08T08:00").sync()

    assert creates(report) == [
        "saypro/review/weekly/2026-W53",  # of 31 December: the quarterly of 5 January takes the next one's place
        "saypro/review/one_on_one/2027-W02",
        "saypro/review/quarterly/2027-Q1",
    ]
    assert [due(meeting, one.task or "") for one in report.steps if one.kind == "create"] == [
        date(2026, 12, 31),
        date(2027, 1, 11),  # every second Monday, as if nothing had been
        date(2027, 1, 5),
    ]
    assert late(report) == [
        "Weekly: the task of Thu 24 Dec 2026 was not made in its time",
        "Priorities: the task of Mon 28 Dec 2026 was not made in its time",
    ]


def test_what_was_missed_is_told_once(meeting: Team) -> None:
    meeting.at("2026-11-17T08:00").sync()

    report = meeting.at("2026-12-08T08:00").sync()

    assert creates(report) == ["saypro/review/weekly/2026-W50"]
    assert late(report) == ["Weekly: the task of Thu 26 Nov and Thu 3 Dec was not made in its time"]
    again = meeting.later(hours=1).sync()
    assert (creates(again), late(again)) == ([], [])


def test_a_meeting_on_a_holiday_is_due_on_the_next_business_day(meeting: Team) -> None:
    meeting.rest = WEEKLY.replace("thursday", "wednesday")
    meeting.at("2026-12-10T08:00").sync()

    meeting.at("2026-12-15T08:00").sync()  # Wednesday the 16th is a holiday

    (task,) = meeting.ids()
    assert due(meeting, task) == date(2026, 12, 17)


def test_a_review_moved_in_the_file_moves_its_task(meeting: Team) -> None:
    meeting.at("2026-11-17T08:00").sync()
    (task,) = meeting.ids()
    before = title(meeting, task)
    meeting.rest = WEEKLY.replace("thursday", "friday")

    moved = meeting.at("2026-11-17T12:00").sync()

    assert steps(moved) == [("comment", "moved"), ("update", "moved")]
    assert due(meeting, task) == date(2026, 11, 20)
    assert title(meeting, task) != before
    again = meeting.at("2026-11-18T08:00").sync()
    assert (steps(again), again.seen, meeting.ids()) == ([], (), [task])


def test_a_day_that_people_chose_stays_theirs_when_the_file_moves_the_review(meeting: Team) -> None:
    meeting.at("2026-11-17T08:00").sync()
    (task,) = meeting.ids()
    meeting.person().redate(task, date(2026, 11, 24))
    meeting.rest = WEEKLY.replace("thursday", "friday")

    meeting.at("2026-11-17T12:00").sync()

    assert due(meeting, task) == date(2026, 11, 24)
    assert len(meeting.said(task)) == 1


def test_from_watch_to_act_only_what_is_still_to_come_is_made(meeting: Team) -> None:
    meeting.tracker_keys = "mode: watch"
    watched = meeting.at("2026-11-17T08:00").sync()
    assert creates(watched, Outcome.DEFERRED) == ["saypro/review/weekly/2026-W47"]
    meeting.at("2026-11-19T11:00").sync()
    meeting.tracker_keys = ""

    assert creates(meeting.at("2026-11-20T08:00").sync()) == []
    assert creates(meeting.at("2026-11-24T08:00").sync()) == ["saypro/review/weekly/2026-W48"]
    assert late(meeting.reports[-1]) == []


def test_a_lost_ledger_makes_nothing_twice(meeting: Team) -> None:
    meeting.at("2026-11-17T08:00").sync()
    tasks = meeting.ids()
    for file in meeting.folder.glob("alignd.db*"):
        file.unlink()

    again = meeting.at("2026-11-17T12:00").sync()

    assert (steps(again), meeting.ids()) == ([], tasks)
    assert [one.what for one in again.seen] == ["adopted"]


def test_a_task_whose_follower_is_refused_is_made_without(meeting: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    act = Cycle.act

    def johan_leaves(cycle: Cycle, outlook: Any) -> None:
        state: Any = meeting.sandbox.asana.state if meeting.tracker == "asana" else meeting.sandbox.trello.state
        if meeting.tracker == "asana":
            state.users = {gid: user for gid, user in state.users.items() if user.name != "Johan Botha"}
        else:
            board = next(iter(state.boards.values()))
            board.members = [one for one in board.members if state.members[one].name != "Johan Botha"]
        act(cycle, outlook)

    monkeypatch.setattr(Cycle, "act", johan_leaves)

    report = meeting.at("2026-11-17T08:00").sync()

    assert creates(report) == ["saypro/review/weekly/2026-W47"]
    (task,) = meeting.ids()
    assert on_it(meeting, task) == {"Thandi Mokoena"}
    assert step(report, "review_due").trouble is not None
    assert steps(meeting.later(hours=1).sync()) == []


def test_who_has_no_account_there_is_told_in_the_plan_and_not_invited(meeting: Team) -> None:
    meeting.rest = WEEKLY.replace("invite: [marketing, m_and_e]", "invite: [leadership]")
    state: Any = meeting.sandbox.asana.state
    state.users = {gid: user for gid, user in state.users.items() if user.name != "Neo Khumalo"}

    report = meeting.at("2026-11-17T08:00").sync()

    assert made(report).because == "Thu 19 Nov 10:00; not on the task: Neo (no account in work)"
    assert on_it(meeting, meeting.ids()[0]) == {"Thandi Mokoena"}


def test_an_owner_who_has_an_account_later_gets_the_task_beside_its_followers(
    meeting: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "PEOPLE", world.PEOPLE.replace("team: leadership}", "team: leadership, trello: neok}"))
    meeting.rest = WEEKLY.replace("owner: thandi", "owner: neo")
    state: Any = meeting.sandbox.asana.state
    neo = next(gid for gid, user in state.users.items() if user.name == "Neo Khumalo")
    there = state.users.pop(neo)
    meeting.at("2026-11-17T08:00").sync()
    (task,) = meeting.ids()
    assert on_it(meeting, task) == {"Thandi Mokoena", "Johan Botha"}

    state.users[neo] = there
    trello = meeting.sandbox.trello.state
    next(iter(trello.boards.values())).members.append(trello.add_member("Neo Khumalo", "neok").id)

    assert steps(meeting.at("2026-11-18T12:00").sync()) == [("update", "extra_mended")]
    assert on_it(meeting, task) == {"Thandi Mokoena", "Johan Botha", "Neo Khumalo"}
    again = meeting.later(hours=1).sync()
    assert (steps(again), again.seen) == ([], ())


def test_a_withdrawn_review_is_not_made_again(meeting: Team) -> None:
    from sync.app import open_app

    number = meeting.at("2026-11-17T08:00").sync().cycle
    assert number is not None
    with open_app(meeting.config(), at=meeting.later(minutes=5).clock.now) as app:
        assert steps(app.withdraw(number))[0][1] == "withdrawn"

    assert steps(meeting.at("2026-11-17T12:00").sync()) == []
    assert steps(meeting.at("2026-11-19T08:05").sync()) == []
