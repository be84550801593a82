"""What people do on the boards, row by row of the table, on both trackers."""

from __future__ import annotations

from datetime import date

import pytest

from tests.integration.team import Team, steps

OFF = (12_260, 12_080, 12_310, 11_690, 12_420, 12_140, 9_960, 8_200)


@pytest.fixture
def item(any_team: Team) -> Team:
    """A team with one open action item, made on Wednesday 18 November."""
    any_team.weeks(*OFF)
    any_team.at("2026-11-18T08:00").sync()
    return any_team


def seen(team: Team) -> list[str]:
    return [one.what for one in team.reports[-1].seen]


def test_a_title_a_person_changes_is_theirs(item: Team) -> None:
    task = item.ids()[0]
    item.person().rename(task, "Fix the tag")

    item.later(hours=1).sync()

    assert seen(item) == ["edited"]
    item.later(weeks=1).sync()
    assert item.person().finds("Fix the tag") == [task]


def test_a_due_date_a_person_moves_later_is_a_promise(item: Team) -> None:
    task = item.ids()[0]
    item.person().redate(task, date(2026, 12, 18))
    item.week(date(2026, 11, 16), 4_000)

    item.later(hours=1).sync()
    item.at("2026-11-25T08:00").sync()

    assert not any("worse" in reason for _, reason in steps(item.reports[-1]))
    assert [line.split(":")[0] for line in item.said(task)] == ["Latest"]


def test_a_number_that_clearly_worsens_is_told_once(item: Team) -> None:
    task = item.ids()[0]
    item.week(date(2026, 11, 16), 6_700)

    item.at("2026-11-25T08:00").sync()
    item.later(hours=1).sync()

    said = item.said(task)
    assert any(line.startswith("Week of 16–22 Nov: 6,700 of 12,000, now 44 % below") for line in said)
    assert any(line.startswith("Latest: 16–22 Nov 6,700 below · 9–15 Nov 8,200 below") for line in said)
    assert len(said) == 2


def test_the_numbers_comment_is_edited_in_place(item: Team) -> None:
    task = item.ids()[0]
    item.week(date(2026, 11, 16), 8_300)
    item.at("2026-11-25T08:00").sync()
    item.week(date(2026, 11, 23), 8_400)

    item.at("2026-12-02T08:00").sync()

    assert steps(item.reports[-1]) == [("edit_comment", "numbers")]
    assert len(item.said(task)) == 1
    assert "23–29 Nov 8,400 below" in item.said(task)[0]


def test_a_kpi_that_recovers_gets_one_comment_and_the_item_stays_open(item: Team) -> None:
    task = item.ids()[0]
    item.week(date(2026, 11, 16), 12_600)

    item.at("2026-11-25T08:00").sync()
    item.later(hours=2).sync()

    assert [line for line in item.said(task) if line.startswith("Back on target:")]
    assert len(item.said(task)) == 1
    assert item.person().finds("Website sessions") == [task]


def test_an_item_a_person_completes_is_believed(item: Team) -> None:
    task = item.ids()[0]
    item.person().complete(task)
    item.week(date(2026, 11, 16), 8_000)

    item.later(hours=1).sync()
    assert seen(item) == ["completed"]
    item.at("2026-11-25T08:00").sync()

    assert item.ids() == [task]
    assert item.said(task) == []


def test_a_completed_item_is_followed_up_after_two_more_weeks_off_target(item: Team) -> None:
    task = item.ids()[0]
    item.person().complete(task)
    for week, total in ((16, 8_000), (23, 8_100), (30, 8_200)):
        item.week(date(2026, 11, week), total)

    item.at("2026-11-25T08:00").sync()
    item.at("2026-12-02T08:00").sync()
    assert item.ids() == [task]
    item.at("2026-12-09T08:00").sync()

    assert steps(item.reports[-1]) == [("create", "follow_up")]
    assert item.reports[-1].steps[-1].key == "saypro/action/sessions/2026-W46/2"
    assert len(item.ids()) == 2


def test_a_deleted_item_is_a_decision_and_not_made_again(item: Team) -> None:
    item.person().delete(item.ids()[0])
    item.week(date(2026, 11, 16), 8_000)

    item.later(hours=1).sync()
    assert seen(item) == ["dismissed"]
    item.at("2026-11-25T08:00").sync()

    assert item.ids() == []
    assert steps(item.reports[-1]) == []


def test_an_item_that_is_moved_is_followed(item: Team) -> None:
    task = item.ids()[0]
    item.person().move(task, "Doing" if item.tracker == "trello" else "Reviews")
    item.week(date(2026, 11, 16), 6_000)

    item.later(hours=1).sync()
    assert seen(item) == ["moved"]
    item.at("2026-11-25T08:00").sync()

    assert len(item.said(task)) == 2
    assert item.ids() == [task]


def test_a_person_who_is_not_the_owner_may_be_given_the_item(item: Team) -> None:
    task = item.ids()[0]
    item.person().reassign(task, "Johan Botha")

    item.later(hours=1).sync()
    item.rest = ""
    item.kpis = item.kpis.replace("owner: thandi", "owner: johan")
    item.later(hours=1).sync()

    assert ("update", "owner_changed") not in steps(item.reports[-1])


def test_snooze_is_obeyed_answered_once_and_writes_nothing_until_then(item: Team) -> None:
    task = item.ids()[0]
    item.person().comment(task, "alignd snooze 2 weeks: campaign is on hold")
    item.week(date(2026, 11, 16), 5_000)

    item.later(hours=1).sync()
    said = item.said(task)
    assert len(said) == 2
    assert said[1].startswith("Understood")
    item.at("2026-11-25T08:00").sync()

    assert len(item.said(task)) == 2
    assert all(one.outcome.value == "waiting" for one in item.reports[-1].steps)
    item.at("2026-12-03T08:00").sync()
    assert len(item.said(task)) > 2


def test_wrong_freezes_the_item_and_asks_the_data_owner(item: Team) -> None:
    task = item.ids()[0]
    item.person().comment(task, "alignd wrong: the tag broke on Tuesday")

    item.later(hours=1).sync()

    assert [one.title for one in item.reports[-1].steps if one.kind.value == "create"]
    assert len(item.ids()) == 2
    item.later(hours=1).sync()
    assert steps(item.reports[-1]) == []


def test_a_second_sync_changes_nothing(item: Team) -> None:
    item.week(date(2026, 11, 16), 6_000)
    item.at("2026-11-25T08:00").sync()

    again = item.later(minutes=30).sync()

    assert steps(again) == []
    assert all(one.made == one.least for one in again.calls.values())


def test_a_kpi_that_recovers_after_a_person_completed_its_item_gets_one_word_of_thanks(item: Team) -> None:
    task = item.ids()[0]
    item.person().complete(task)
    item.later(hours=1).sync()
    item.week(date(2026, 11, 16), 8_000)
    item.week(date(2026, 11, 23), 12_600)

    item.at("2026-11-25T08:00").sync()
    assert item.said(task) == []
    item.at("2026-12-02T08:00").sync()
    item.later(hours=2).sync()

    assert len(item.said(task)) == 1
    assert item.said(task)[0].startswith("Back on target:")
    assert "Thank you" in item.said(task)[0]
