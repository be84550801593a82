"""What happens in the trackers, half-sentence by half-sentence: items opened, taken up, reopened, freed, over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.integration.team import SESSIONS, Team, step, steps

OFF = (12_260, 12_080, 12_310, 11_690, 12_420, 12_140, 9_960, 8_200)  # off in W45 and W46

USERS = """
  users:
    name: Weekly users
    owner: thandi
    period: week
    value: {source: web, metric: sessions}
    target: 40000
"""
CALM = """
  calm:
    name: Calm sessions
    owner: thandi
    period: week
    value: {source: web, metric: sessions}
    target: 9000
    explained_by: %s
"""
GOALS = """
goals:
  - id: grow
    title: Grow in Gauteng
    owner: neo
    goals:
      - {id: leads, title: More leads, owner: thandi, kpis: [sessions]}
"""


@pytest.fixture
def item(any_team: Team) -> Team:
    """A team with one open action item, made on Wednesday 18 November."""
    any_team.weeks(*OFF)
    any_team.at("2026-11-18T08:00").sync()
    return any_team


def wednesday(team: Team, day: str, monday: tuple[int, int], total: int) -> list[tuple[str, str]]:
    """The week from that Monday brings `total`; what the cycle of the Wednesday after it does."""
    team.week(date(2026, *monday), total)
    return steps(team.at(f"2026-{day}T08:00").sync())


def due(team: Team, task: str) -> date | None:
    """The day a task is due, as it stands in the tracker."""
    if team.tracker == "asana":
        return team.sandbox.asana.state.tasks[task].due_on
    at = team.sandbox.trello.state.cards[task].due
    return at.date() if at is not None else None


def is_done(team: Team, task: str) -> bool:
    if team.tracker == "asana":
        return team.sandbox.asana.state.tasks[task].completed
    card = team.sandbox.trello.state.cards[task]
    return card.due_complete or card.closed


# ── an episode opens ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_item_that_is_still_open_is_taken_up_again_with_one_comment(item: Team) -> None:
    task = item.ids()[0]
    wednesday(item, "11-25", (11, 16), 12_500)
    wednesday(item, "12-02", (11, 23), 8_000)

    assert wednesday(item, "12-09", (11, 30), 7_900)[0] == ("comment", "taken_up")

    assert item.ids() == [task]
    assert steps(item.later(hours=1).sync()) == []


def test_an_item_completed_before_the_number_came_back_is_reopened_with_a_new_due_date(item: Team) -> None:
    task = item.ids()[0]
    item.person().complete(task)
    item.later(hours=1).sync()
    wednesday(item, "11-25", (11, 16), 12_500)
    wednesday(item, "12-02", (11, 23), 12_500)
    wednesday(item, "12-09", (11, 30), 8_000)

    assert wednesday(item, "12-16", (12, 7), 7_900) == [("comment", "reopened"), ("reopen", "reopened")]

    assert item.ids() == [task]
    assert not is_done(item, task)
    assert due(item, task) == date(2026, 12, 23)  # five business days on
    assert [line.split(":")[0] for line in item.said(task)] == ["Back on target", "Below target again"]
    assert steps(item.later(hours=1).sync()) == []


def test_a_run_that_begins_later_than_reopen_within_makes_a_new_item_that_names_the_former(item: Team) -> None:
    task = item.ids()[0]
    item.person().complete(task)
    item.later(hours=1).sync()
    for day, monday in (("11-25", (11, 16)), ("12-02", (11, 23)), ("12-09", (11, 30)), ("12-16", (12, 7))):
        wednesday(item, day, monday, 12_500)
    wednesday(item, "12-23", (12, 14), 12_500)
    wednesday(item, "12-30", (12, 21), 8_000)

    item.week(date(2026, 12, 28), 7_900)
    assert steps(item.at("2027-01-06T08:00").sync()) == [("create", "episode_opened")]

    assert step(item.reports[-1], "episode_opened").key == "saypro/action/sessions/2026-W53"
    assert len(item.ids()) == 2


def test_a_completed_item_that_was_deleted_is_not_reopened_but_made_anew(item: Team) -> None:
    task = item.ids()[0]
    item.person().complete(task)
    item.later(hours=1).sync()
    wednesday(item, "11-25", (11, 16), 12_500)
    item.person().delete(task)
    wednesday(item, "12-02", (11, 23), 8_000)

    wednesday(item, "12-09", (11, 30), 7_900)
    item.later(hours=1).sync()

    assert len(item.ids()) == 1
    assert item.ids() != [task]


def test_a_dismissed_item_stays_away_for_its_episode_and_the_next_episode_makes_a_new_one(item: Team) -> None:
    item.person().delete(item.ids()[0])
    item.later(hours=1).sync()
    assert wednesday(item, "11-25", (11, 16), 7_000) == []
    assert wednesday(item, "12-02", (11, 23), 12_500) == []
    assert wednesday(item, "12-09", (11, 30), 7_000) == []

    assert wednesday(item, "12-16", (12, 7), 7_000) == [("create", "episode_opened")]

    assert len(item.ids()) == 1


# ── the line behind max_open ─────────────────────────────────────────────────────────────────────────────────────


def test_a_place_freed_is_filled_in_the_same_cycle_and_due_counts_from_then(any_team: Team) -> None:
    team = any_team
    team.kpis, team.rest = SESSIONS + USERS, "policy: {max_open: 1}\n"
    team.weeks(*OFF)
    first = team.at("2026-11-18T08:00").sync()
    assert [(one.subject, one.outcome.value) for one in first.steps] == [("users", "done"), ("sessions", "waiting")]
    task = team.ids()[0]

    team.person().complete(task)
    second = team.at("2026-11-20T08:00").sync()

    assert [(one.subject, one.outcome.value) for one in second.steps] == [("sessions", "done")]
    assert due(team, team.ids()[1]) == date(2026, 11, 27)


def test_a_place_freed_by_alignd_itself_is_filled_in_the_same_cycle(team: Team) -> None:
    team.kpis = SESSIONS + USERS.replace("target: 40000", "target: 8300\n    policy: {on_recover: complete}")
    team.rest = "policy: {max_open: 1, breach_after: 1, on_recover: comment}\n"
    team.kpis = team.kpis.replace("target: 12000", "target: 9300")
    team.weeks(12_260, 12_080, 12_310, 11_690, 12_420, 12_140, 12_960, 4_200)
    first = team.at("2026-11-18T08:00").sync()
    assert [(one.subject, one.outcome.value) for one in first.steps] == [("sessions", "done"), ("users", "waiting")]
    team.kpis = team.kpis.replace("target: 9300", "target: 9300\n    policy: {on_recover: complete}").replace(
        "target: 8300", "target: 18300"
    )

    team.week(date(2026, 11, 16), 9_400)
    second = team.at("2026-11-25T08:00").sync()

    assert [(one.subject, one.kind.value, one.outcome.value) for one in second.steps] == [
        ("sessions", "comment", "done"),
        ("sessions", "complete", "done"),
        ("users", "create", "done"),
    ]


def test_a_snoozed_item_takes_a_place(any_team: Team) -> None:
    team = any_team
    team.kpis, team.rest = SESSIONS + USERS, "policy: {max_open: 1}\n"
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    team.person().comment(team.ids()[0], "alignd snooze 2 weeks: later")

    report = team.later(hours=1).sync()

    assert ("waiting", "sessions") in [(one.outcome.value, one.subject) for one in report.steps]
    assert len(team.ids()) == 1


def test_an_explanation_that_does_not_apply_costs_no_place_in_the_line(team: Team) -> None:
    team.kpis = (
        SESSIONS.replace("target: 12000", "target: 8000")  # on target: explains nothing
        + USERS.replace("target: 40000", "target: 12000")
        + CALM.replace("target: 9000", "target: 40000") % "sessions"
    )
    team.rest = "policy: {max_open: 1}\n"
    team.weeks(*OFF)

    report = team.at("2026-11-18T08:00").sync()

    assert [(one.subject, one.outcome.value) for one in report.steps] == [("calm", "done"), ("users", "waiting")]


def test_a_kpi_explained_by_another_kpis_item_waits_and_says_so(team: Team) -> None:
    team.kpis = SESSIONS + CALM.replace("target: 9000", "target: 40000") % "sessions"
    team.weeks(*OFF)

    report = team.at("2026-11-18T08:00").sync()

    assert [(one.subject, one.outcome.value) for one in report.steps] == [("sessions", "done"), ("calm", "waiting")]
    assert "explained by Website sessions" in report.steps[1].because


# ── the KPI recovers ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("touched", [False, True])
def test_complete_if_untouched_completes_only_what_no_person_touched(any_team: Team, touched: bool) -> None:
    team = any_team
    team.rest = "policy: {on_recover: complete_if_untouched}\n"
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    task = team.ids()[0]
    if touched:
        team.person("Johan Botha").comment(task, "I am looking at the tag")

    wednesday(team, "11-25", (11, 16), 12_500)

    assert is_done(team, task) is not touched
    assert [line.split(":")[0] for line in team.said(task)][-1] == "Back on target"
    assert steps(team.later(hours=1).sync()) == []


def test_an_item_that_a_person_opens_again_after_alignd_completed_it_is_left_open(any_team: Team) -> None:
    team = any_team
    team.rest = "policy: {on_recover: complete}\n"
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    task = team.ids()[0]
    wednesday(team, "11-25", (11, 16), 12_500)
    assert is_done(team, task)

    team.person().reopen(task)
    first, second = team.later(hours=1).sync(), team.later(hours=1).sync()

    assert [one.what for one in first.seen] == ["reopened"]
    assert (steps(first), steps(second)) == ([], [])
    assert not is_done(team, task)


# ── escalation ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_escalation_by_follow_adds_the_first_person_up_the_tree_with_one_comment_once_an_episode(
    any_team: Team,
) -> None:
    team = any_team
    team.rest = "policy: {escalate: follow, escalate_after: 3}\n" + GOALS
    if team.tracker == "trello":
        team.sandbox.trello.state.add_member("Neo Khumalo", "neok")
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    task = team.ids()[0]

    made = wednesday(team, "11-25", (11, 16), 8_100)

    assert [one for one in made if one[1] == "escalated"] == (
        [("follow", "escalated"), ("comment", "escalated")] if team.tracker == "asana" else [("comment", "escalated")]
    )
    again = wednesday(team, "12-02", (11, 23), 8_000)
    assert not [one for one in again if one[1] == "escalated"]
    if team.tracker == "asana":
        followers = team.sandbox.asana.state.tasks[task].followers
        names = {team.sandbox.asana.state.users[one].name for one in followers}
        assert "Neo Khumalo" in names


def test_nobody_is_escalated_to_before_a_promise(any_team: Team) -> None:
    team = any_team
    team.rest = "policy: {escalate: follow, escalate_after: 3}\n" + GOALS
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    team.person().redate(team.ids()[0], date(2026, 11, 27))

    made = wednesday(team, "11-25", (11, 16), 8_100)
    assert not [one for one in made if one[1] == "escalated"]
    later = wednesday(team, "12-02", (11, 23), 8_000)
    assert ("comment", "escalated") in later


# ── dismissed, restored, done ────────────────────────────────────────────────────────────────────────────────────


def test_a_deleted_asana_task_that_is_restored_is_live_again(team: Team) -> None:
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    task = team.ids()[0]
    team.person().delete(task)
    assert [one.what for one in team.later(hours=1).sync().seen] == ["dismissed"]

    team.person().restore(task)
    assert [one.what for one in team.later(hours=1).sync().seen] == ["restored"]

    wednesday(team, "11-25", (11, 16), 8_100)
    assert len(team.said(task)) == 1


def test_a_card_archived_while_open_is_dismissed_and_taken_back_is_live_again(team_with: Callable[..., Team]) -> None:
    team = team_with(tracker="trello")
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    card = team.ids()[0]
    team.person().archive(card)
    assert [one.what for one in team.later(hours=1).sync().seen] == ["dismissed"]
    assert wednesday(team, "11-25", (11, 16), 8_100) == []

    team.person().unarchive(card)
    assert [one.what for one in team.later(hours=1).sync().seen] == ["restored"]

    assert len(team.said(card)) == 1
    assert len(team.ids()) == 1


def test_a_card_archived_after_completion_changes_nothing(team_with: Callable[..., Team]) -> None:
    team = team_with(tracker="trello")
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    card = team.ids()[0]
    team.person().complete(card)
    assert [one.what for one in team.later(hours=1).sync().seen] == ["completed"]
    team.person().archive(card)

    report = team.later(hours=1).sync()

    assert (list(report.seen), steps(report)) == ([], [])
    wednesday(team, "11-25", (11, 16), 8_000)
    assert wednesday(team, "12-02", (11, 23), 8_000) == []
    assert wednesday(team, "12-09", (11, 30), 8_000) == [("create", "follow_up")]


def test_a_card_in_a_done_list_is_completed_and_out_of_it_open_again(team_with: Callable[..., Team]) -> None:
    team = team_with(tracker="trello")
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    card = team.ids()[0]
    team.person().move(card, "Done")
    assert [one.what for one in team.later(hours=1).sync().seen] == ["completed"]

    team.person().move(card, "Doing")

    assert "reopened" in [one.what for one in team.later(hours=1).sync().seen]


# ── an extra is refused ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_owner_without_an_account_is_named_in_the_first_line_and_put_right_when_they_have_one(team: Team) -> None:
    team.kpis = SESSIONS.replace("owner: thandi", "owner: sipho")
    state = team.sandbox.asana.state
    import tests.integration.team as world

    people = world.PEOPLE
    try:
        world.PEOPLE = people.replace(
            "teams:", "  sipho: {name: Sipho Nkosi, email: sipho@saypro.example, team: marketing}\nteams:", 1
        )
        team.weeks(*OFF)
        first = team.at("2026-11-18T08:00").sync()
        task = team.ids()[0]
        assert state.tasks[task].assignee is None
        assert "For: Sipho Nkosi" in str(state.tasks[task].notes).splitlines()[0]
        about = [one for one in first.problems if "ipho" in one.where + one.what]
        assert len(about) == 1
        assert about[0].advice
        again = team.later(hours=1).sync()
        assert [one.new for one in again.problems if "ipho" in one.where + one.what] == [False]

        state.add_user("Sipho Nkosi", "sipho@saypro.example")
        third = team.later(hours=25).sync()

        assert steps(third) == [("update", "extra_mended")]
        assert state.users[state.tasks[task].assignee or ""].name == "Sipho Nkosi"
        assert steps(team.later(hours=1).sync()) == []
    finally:
        world.PEOPLE = people


# ── half-sentences on the boards ─────────────────────────────────────────────────────────────────────────────────


def test_a_follow_up_and_a_later_item_name_the_former_with_its_address(any_team: Team) -> None:
    team = any_team
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    former = team.ids()[0]
    team.person().comment(former, "Rewrote the landing page")
    team.person().complete(former)
    team.later(hours=1).sync()
    wednesday(team, "11-25", (11, 16), 8_000)
    wednesday(team, "12-02", (11, 23), 8_000)

    wednesday(team, "12-09", (11, 30), 8_000)

    if team.tracker == "asana":
        notes = str(team.sandbox.asana.state.tasks[team.ids()[1]].html)
        assert former in notes
    else:
        cards = team.sandbox.trello.state.cards
        notes = cards[team.ids()[1]].desc
        assert cards[former].short_link in notes
    assert "Rewrote the landing page" in notes


def test_a_card_that_was_moved_to_a_done_list_is_reopened_out_of_it(team_with: Callable[..., Team]) -> None:
    team = team_with(tracker="trello")
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    card = team.ids()[0]
    team.person().move(card, "Done")
    team.later(hours=1).sync()
    wednesday(team, "11-25", (11, 16), 12_500)
    wednesday(team, "12-02", (11, 23), 12_500)
    wednesday(team, "12-09", (11, 30), 8_000)

    made = wednesday(team, "12-16", (12, 7), 7_900)

    assert ("reopen", "reopened") in made
    trello = team.sandbox.trello.state
    assert trello.lists[trello.cards[card].in_list].name == "To do"
    again = team.later(hours=1).sync()
    assert (steps(again), list(again.seen)) == ([], [])


def test_escalation_on_trello_adds_a_member_and_keeps_the_owner(team_with: Callable[..., Team]) -> None:
    import tests.integration.team as world

    people = world.PEOPLE
    world.PEOPLE = people.replace("team: leadership}", "team: leadership, trello: neok}")
    try:
        team = team_with(tracker="trello", rest="policy: {escalate: follow, escalate_after: 3}\n" + GOALS)
        trello = team.sandbox.trello.state
        next(iter(trello.boards.values())).members.append(trello.add_member("Neo Khumalo", "neok").id)
        team.weeks(*OFF)
        team.at("2026-11-18T08:00").sync()

        made = wednesday(team, "11-25", (11, 16), 8_100)

        assert [one for one in made if one[1] == "escalated"] == [("follow", "escalated"), ("comment", "escalated")]
        on_it = {trello.members[one].name for one in trello.cards[team.ids()[0]].members}
        assert on_it == {"Thandi Mokoena", "Neo Khumalo"}
        again = team.later(hours=1).sync()
        assert (steps(again), list(again.seen)) == ([], [])
    finally:
        world.PEOPLE = people


def test_an_escalation_that_was_due_before_first_sight_is_not_caught_up_with(team: Team) -> None:
    team.rest = "policy: {escalate: follow, escalate_after: 3}\n" + GOALS
    team.weeks(12_260, 12_080, 8_000, 8_100, 8_000, 8_100, 8_000, 8_200)
    team.at("2026-11-18T08:00").sync()

    assert ("comment", "escalated") not in wednesday(team, "11-25", (11, 16), 8_100)
    assert ("comment", "escalated") not in wednesday(team, "12-02", (11, 23), 8_100)
    assert ("comment", "escalated") in wednesday(team, "12-09", (11, 30), 8_100)
