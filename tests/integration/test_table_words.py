"""What people say to alignd in comments, and what it answers; edits; people it does not know; quiet that ends."""

from __future__ import annotations

from datetime import date

import pytest

from tests.integration.team import Team, steps
from tests.integration.test_table_items import is_done

OFF = (12_260, 12_080, 12_310, 11_690, 12_420, 12_140, 9_960, 8_200)


@pytest.fixture
def item(any_team: Team) -> Team:
    any_team.weeks(*OFF)
    any_team.at("2026-11-18T08:00").sync()
    return any_team


def wednesday(team: Team, day: str, monday: tuple[int, int], total: int) -> list[tuple[str, str]]:
    team.week(date(2026, *monday), total)
    return steps(team.at(f"2026-{day}T08:00").sync())


def status(team: Team, period: str) -> str | None:
    found = [j for r in team.reports for _, j in r.shown if j.period.label == period]
    return found[-1].status.value if found else None


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("alignd snooze 2 weeks: on hold", "2 Dec"),
        ("ALIGND Snooze until Friday", "20 Nov"),
        ("Alignd: snooze – 12 Dec – on hold", "12 Dec"),
        ("alignd snooze 2026-12-12", "12 Dec"),
        ("alignd snooze 3 business days", "23 Nov"),
        ("- alignd snooze till the end of November, please", "30 Nov"),
        ("alignd snooze 10d", "28 Nov"),
        ("alignd snooze until 31/12/2026", "31 Dec"),
    ],
)
def test_a_snooze_takes_any_date_form_and_is_answered_with_the_day(team: Team, said: str, until: str) -> None:
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    task = team.ids()[0]
    team.person().comment(task, said)

    team.later(hours=1).sync()

    answer = team.said(task)[1]
    assert until in answer
    assert len(answer.splitlines()) == 1
    assert not answer.lower().startswith("alignd")


@pytest.mark.parametrize(
    ("said", "advised"),
    [
        ("alignd snoze 2 weeks", "alignd snooze"),
        ("alignd snooze", "alignd snooze"),
        ("alignd accept until 30 Feb", "alignd accept"),
        ("alignd help", "alignd snooze"),
    ],
)
def test_what_is_not_understood_is_answered_once_with_what_to_write(item: Team, said: str, advised: str) -> None:
    task = item.ids()[0]
    item.person().comment(task, said)

    item.later(hours=1).sync()
    item.later(hours=1).sync()

    answers = item.said(task)[1:]
    assert len(answers) == 1
    assert advised in answers[0]
    assert not answers[0].lower().startswith("alignd")


def test_a_person_who_is_not_in_the_file_commands_nothing(item: Team) -> None:
    task = item.ids()[0]
    if item.tracker == "asana":
        item.sandbox.asana.state.add_user("Eve Adams", "eve@elsewhere.example")
    else:
        eve = item.sandbox.trello.state.add_member("Eve Adams", "eve")
        next(iter(item.sandbox.trello.state.boards.values())).members.append(eve.id)
    item.person("Eve Adams").comment(task, "alignd snooze 2 weeks: no")

    item.later(hours=1).sync()

    assert len(item.said(task)) == 1
    assert ("comment", "numbers") in wednesday(item, "11-25", (11, 16), 8_000)


def test_alignds_own_words_never_command(item: Team) -> None:
    task = item.ids()[0]
    item.person("alignd").comment(task, "alignd snooze 2 weeks: me")

    item.later(hours=1).sync()

    assert len(item.said(task)) == 1
    assert ("comment", "numbers") in wednesday(item, "11-25", (11, 16), 8_000)


@pytest.mark.parametrize("dated", [True, False])
def test_an_edited_wish_counts_as_it_stands_now(item: Team, dated: bool) -> None:
    item.sandbox.trello.switches.date_last_edited = dated
    task = item.ids()[0]
    said = item.person().comment(task, "alignd snooze 2 weeks: hold")
    item.later(hours=1).sync()
    item.later(minutes=5).person().edit_comment(said, "alignd snooze 8 weeks: hold")
    item.later(hours=1).sync()

    wednesday(item, "12-09", (11, 30), 8_000)
    assert not any(line.startswith("Latest") for line in item.said(task))


def test_a_remark_that_is_edited_into_a_wish_is_obeyed(item: Team) -> None:
    task = item.ids()[0]
    said = item.person().comment(task, "I am looking")
    item.later(hours=1).sync()
    item.later(minutes=5).person().edit_comment(said, "alignd snooze 2 weeks: hold")

    item.later(hours=1).sync()

    assert item.said(task)[-1].startswith("Understood")


def test_while_snoozed_numbers_are_judged_and_nothing_is_written(item: Team) -> None:
    task = item.ids()[0]
    item.person().comment(task, "alignd snooze 2 weeks: hold")
    item.later(hours=1).sync()

    assert wednesday(item, "11-25", (11, 16), 5_000) == []
    assert status(item, "2026-W47") == "off_track"


def test_accept_passes_over_every_period_that_ends_before_the_day_even_when_it_is_final_only_after_it(
    item: Team,
) -> None:
    """Accepted until Monday 30 November: the week that ends on Sunday 29 is passed over, though final on Wednesday."""
    task = item.ids()[0]
    item.person().comment(task, "alignd accept until 30 Nov: season")
    item.later(hours=1).sync()

    wednesday(item, "11-25", (11, 16), 5_000)
    assert status(item, "2026-W47") == "unknown"
    wednesday(item, "12-02", (11, 23), 5_000)
    assert status(item, "2026-W48") == "unknown"
    wednesday(item, "12-09", (11, 30), 5_000)
    assert status(item, "2026-W49") == "off_track"


def test_wake_undoes_a_snooze_an_acceptance_and_a_doubt(item: Team) -> None:
    task = item.ids()[0]
    for said in ("alignd snooze 8 weeks", "alignd accept until 31 Jan", "alignd wrong: the tag"):
        item.person().comment(task, said)
        item.later(hours=1).sync()
        item.person().comment(task, "alignd wake")
        item.later(hours=1).sync()
    item.later(hours=1).sync()
    item.week(date(2026, 11, 16), 8_000)
    item.at("2026-11-25T08:00").sync()

    assert status(item, "2026-W47") == "off_track"
    assert any(line.startswith("Latest: 16–22 Nov 8,000") for line in item.said(task))
    data = [one for one in item.ids() if one != task]
    assert len(data) == 1
    assert is_done(item, data[0])  # the data task has nothing left to ask


def test_a_doubt_is_freed_by_completing_its_data_task_and_may_be_raised_again(item: Team) -> None:
    task = item.ids()[0]
    item.person().comment(task, "alignd wrong: the tag broke")
    item.later(hours=1).sync()
    data = next(one for one in item.ids() if one != task)
    item.person("Johan Botha").complete(data)
    item.later(hours=1).sync()
    item.later(hours=1).sync()
    assert list(item.reports[-1].steps) == []

    item.person().comment(task, "alignd wrong: it broke again")
    item.later(hours=1).sync()

    assert len(item.ids()) == 3, "one data task for each doubt"
    item.person("Johan Botha").complete(next(one for one in item.ids() if one not in (task, data)))
    item.later(hours=1).sync()
    assert ("comment", "numbers") in wednesday(item, "11-25", (11, 16), 8_000)


def test_a_doubt_freezes_the_judging_and_the_talking(item: Team) -> None:
    task = item.ids()[0]
    item.person().comment(task, "alignd wrong: the tag broke")
    item.later(hours=1).sync()

    assert wednesday(item, "11-25", (11, 16), 5_000) == []
    assert len(item.said(task)) == 2


def test_the_last_human_line_is_kept_and_commands_are_none(item: Team) -> None:
    task = item.ids()[0]
    item.person().comment(task, "Rewrote the landing page")
    item.person().comment(task, "alignd snooze 3 days")
    item.person().complete(task)

    assert [one.what for one in item.later(hours=1).sync().seen] == ["completed"]
