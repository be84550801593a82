"""The numbers in a review's task are those of the hour it is made: read anew for it once, and told again on the day."""

from __future__ import annotations

from datetime import date

from mapping.keys import find_reference
from tests.integration.team import Team, step

TUESDAYS = """
reviews:
  weekly: {title: Weekly, every: 1 week, on: tuesday, at: "10:00", owner: thandi, ahead: 1 business day, minutes: 60}
"""
LAST_MONDAY = date(2026, 11, 9)


def calls(team: Team) -> int:
    return team.reports[-1].calls["web"].made


def notes(team: Team, task: str) -> str:
    if team.tracker == "asana":
        return team.sandbox.asana.state.tasks[task].notes
    return team.sandbox.trello.state.cards[task].desc


def test_a_review_tells_the_first_count_of_its_hour_and_asks_for_it_once(any_team: Team) -> None:
    any_team.rest = TUESDAYS
    any_team.weeks(*[12_500] * 18, 11_300)
    any_team.at("2026-11-16T07:50").sync()
    any_team.week(LAST_MONDAY, 600)  # Google goes on counting
    any_team.at("2026-11-16T07:55").sync()
    assert (calls(any_team), any_team.ids()) == (0, [])

    any_team.at("2026-11-16T08:00").sync()

    assert calls(any_team) == 1
    (task,) = any_team.ids()
    text = notes(any_team, task)
    assert "One is a first count, final on 18 Nov (Website sessions)." in text
    assert "11,900" in text
    assert "11,300" not in text
    assert find_reference(text, "saypro") == "saypro/review/weekly/2026-W47"
    any_team.at("2026-11-16T08:10").sync()
    assert calls(any_team) == 0

    any_team.at("2026-11-16T13:55").sync()  # the refresh comes first, then the day of the meeting
    any_team.at("2026-11-17T07:59").sync()
    any_team.week(LAST_MONDAY, 50)
    report = any_team.at("2026-11-17T08:00").sync()
    assert calls(any_team) == 1
    assert step(report, "today").title == "Today 10:00. No number has become final since Mon 16 Nov."
