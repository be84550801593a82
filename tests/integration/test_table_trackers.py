"""What happens in the trackers: watch, latches, first sight, deputies, data tasks, places that are gone."""

from __future__ import annotations

from datetime import date

import tests.integration.team as world
from tests.integration.team import SESSIONS, Team, steps
from tests.integration.test_table_items import is_done

OFF = (12_260, 12_080, 12_310, 11_690, 12_420, 12_140, 9_960, 8_200)


def wednesday(team: Team, day: str, monday: tuple[int, int], total: int) -> list[tuple[str, str]]:
    team.week(date(2026, *monday), total)
    return steps(team.at(f"2026-{day}T08:00").sync())


def outcomes(team: Team) -> list[tuple[str, str]]:
    return [(one.reason.value, one.outcome.value) for one in team.reports[-1].steps]


def many(count: int) -> str:
    return "".join(SESSIONS.replace("sessions:", f"kpi{n}:", 1).replace("Website", f"No. {n}") for n in range(count))


def test_watch_plans_and_writes_nothing_and_act_makes_one_item_without_words_for_the_past(any_team: Team) -> None:
    team = any_team
    team.tracker_keys = "mode: watch"
    team.weeks(*OFF)
    for day, monday in (("11-18", (11, 9)), ("11-25", (11, 16)), ("12-02", (11, 23))):
        if monday != (11, 9):
            team.week(date(2026, *monday), 6_000)
        team.at(f"2026-{day}T08:00").sync()
        assert outcomes(team) == [("episode_opened", "deferred")]
    assert team.ids() == []

    team.tracker_keys = ""
    assert steps(team.later(hours=1).sync()) == [("create", "episode_opened")]

    assert team.reports[-1].steps[0].key == "saypro/action/sessions/2026-W46"
    assert team.said(team.ids()[0]) == []
    assert steps(team.later(hours=1).sync()) == []
    assert team.said(team.ids()[0]) == []


def test_more_new_tasks_than_new_at_most_are_deferred_said_once_and_made_when_accepted(any_team: Team) -> None:
    team = any_team
    team.kpis, team.rest, team.tracker_keys = many(4), "policy: {max_open: 9}\n", "new_at_most: 3"
    team.weeks(*OFF)

    first = team.at("2026-11-18T08:00").sync()
    assert {one.outcome.value for one in first.steps} == {"deferred"}
    assert [one.new for one in first.problems if one.kind == "latch"] == [True]
    assert "alignd sync --accept-new" in next(one.advice for one in first.problems if one.kind == "latch")
    again = team.later(hours=1).sync()
    assert [one.new for one in again.problems if one.kind == "latch"] == [False]

    accepted = team.later(hours=1).sync(accept_new=True)
    assert len(team.ids()) == 4
    assert not [one for one in accepted.problems if one.kind == "latch"]


def test_many_tasks_gone_at_once_stop_writing_until_it_is_accepted(any_team: Team) -> None:
    team = any_team
    team.kpis, team.rest = many(5), "policy: {max_open: 9}\n"
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    for task in team.ids()[:3]:
        team.person().delete(task)
    team.week(date(2026, 11, 16), 6_000)

    first = team.at("2026-11-25T08:00").sync()
    assert {one.outcome.value for one in first.steps} == {"deferred"}
    assert all("gone" in one.because for one in first.steps)
    assert not first.seen
    latch = next(one for one in first.problems if one.kind == "latch")
    assert (latch.new, "alignd sync --accept-missing work" in latch.advice) == (True, True)
    assert [one.new for one in team.later(hours=1).sync().problems if one.kind == "latch"] == [False]

    accepted = team.later(hours=1).sync(accept_missing=["work"])
    assert [one.what for one in accepted.seen] == ["dismissed"] * 3
    assert len(team.ids()) == 2
    assert all(team.said(task) for task in team.ids())


def test_a_kpi_that_joins_later_makes_one_item_and_says_nothing_of_its_past(any_team: Team) -> None:
    team = any_team
    team.kpis = SESSIONS.replace("target: 12000", "target: 100")
    team.weeks(*OFF, 7_000, 6_000, until=date(2026, 11, 16))
    team.at("2026-11-18T08:00").sync()
    team.kpis += SESSIONS.replace("sessions:", "late:", 1)

    assert steps(team.later(hours=1).sync()) == [("create", "episode_opened")]

    background = [r for r, _ in team.reports[-1].shown if r.kpi == "late"]
    assert len(background) == 13
    assert steps(team.later(hours=1).sync()) == []


def test_the_deputy_gets_new_work_while_the_owner_is_away(
    team: Team,
) -> None:
    people = world.PEOPLE
    world.PEOPLE = people.replace(
        "trello: thandim}", "trello: thandim, away: [{from: 2026-11-16, to: 2026-11-20, deputy: johan}]}"
    )
    try:
        team.weeks(*OFF)
        team.at("2026-11-18T08:00").sync()
        state = team.sandbox.asana.state
        assert state.users[state.tasks[team.ids()[0]].assignee or ""].name == "Johan Botha"
        assert steps(team.at("2026-11-23T08:00").sync()) == []
    finally:
        world.PEOPLE = people


def test_the_numbers_comment_is_pinned_in_asana(team: Team) -> None:
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    wednesday(team, "11-25", (11, 16), 8_100)
    state = team.sandbox.asana.state
    assert [one.pinned for one in state.comments_of(state.tasks[team.ids()[0]])] == [True]


def test_missing_numbers_make_one_data_task_that_closes_itself_and_is_not_made_again_when_dismissed(
    any_team: Team,
) -> None:
    team = any_team
    team.kpis = SESSIONS.replace("target: 12000", "target: 100") + SESSIONS.replace("sessions:", "other:", 1).replace(
        "target: 12000", "target: 90"
    )
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    team.at("2026-11-25T08:00").sync()
    assert steps(team.reports[-1]) == []

    made = steps(team.at("2026-12-02T08:00").sync())
    assert made == [("create", "no_data")]
    assert team.reports[-1].steps[0].key == "saypro/data/web/2026-W48"
    task = team.ids()[0]
    team.person("Johan Botha").delete(task)
    team.later(hours=1).sync()
    assert steps(team.at("2026-12-09T08:00").sync()) == []

    team.week(date(2026, 12, 7), 9_000)
    team.at("2026-12-16T08:00").sync()
    team.at("2026-12-23T08:00").sync()
    again = steps(team.at("2026-12-30T08:00").sync())
    assert again == [("create", "no_data")]
    task = team.ids()[-1]
    team.week(date(2026, 12, 28), 9_000)
    assert ("complete", "number_came") in steps(team.at("2027-01-06T08:00").sync())
    assert is_done(team, task)


def test_a_source_that_cannot_be_read_for_a_day_gets_one_data_task(any_team: Team) -> None:
    team = any_team
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    del team.sandbox.ga4.properties[world.PROPERTY]

    first = team.at("2026-11-25T08:00").sync()
    assert [one.where for one in first.problems if one.new]
    assert not [one for one in first.steps if one.kind.value == "create"]
    second = team.later(hours=25).sync()

    assert ("create", "source_unread") in steps(second)
    assert not [one for one in team.later(hours=25).sync().steps if one.kind.value == "create"]


def test_a_section_that_is_gone_costs_the_place_and_not_the_work(team: Team) -> None:
    team.tracker_keys = "sections: {default: Nowhere}"
    team.weeks(*OFF)

    first = team.at("2026-11-18T08:00").sync()

    assert steps(first) == [("create", "episode_opened")]
    said = [one for one in first.problems if "Nowhere" in one.what]
    assert len(said) == 1
    assert said[0].advice
    assert [one.new for one in team.later(hours=1).sync().problems if "Nowhere" in one.what] == [False]
