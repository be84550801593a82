"""Which review tasks there are when: made ahead, made once, caught up, moved, told, removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mapping.documents import plain
from mapping.links import Link, LinkState, Quiet, Written
from mapping.logbook import Passing
from mapping.tasks import Update, WorkKind
from sync.latches import too_many
from sync.outlook import Outlook
from sync.steps import Outcome, Reason, Step
from tests.unit.meeting_samples import (
    BIWEEKLY,
    MONTHLY,
    QUARTERLY,
    WEEKLY,
    Meetings,
    made,
    order,
    told,
)

KEY = "saypro/review/weekly/2026-W47"


@pytest.fixture
def meetings(tmp_path: Path) -> Meetings:
    """A team that meets on Thursdays at ten, seen for the first time on Monday 16 November, before its meeting."""
    team = Meetings(tmp_path)
    assert team.cycle("2026-11-16T08:00") == []
    return team


@pytest.fixture
def standing(meetings: Meetings) -> Meetings:
    """The same team with the task of Thursday 19 November, made on Wednesday."""
    meetings.cycle("2026-11-18T08:00")
    return meetings


def updates(steps: list[Step]) -> list[Update]:
    return [one.order for one in steps if isinstance(one.order, Update)]


def problems(meetings: Meetings) -> list[str]:
    return [one.what for one in meetings.told]


# ── made ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_task_is_made_so_long_ahead_at_the_start_of_the_day(meetings: Meetings) -> None:
    assert made(meetings.cycle("2026-11-18T07:59")) == []
    steps = meetings.cycle("2026-11-18T08:00")
    assert made(steps) == ["weekly/2026-W47"]
    assert (steps[0].reason, steps[0].work, steps[0].person) == ("review_due", WorkKind.REVIEW, "johan")


def test_it_is_due_on_the_day_and_followed_by_everybody_invited_but_its_owner(
    meetings: Meetings,
) -> None:
    create = order(meetings.cycle("2026-11-18T08:00"), "weekly/2026-W47")
    assert create.due == date(2026, 11, 19)
    assert create.assignee == "a-johan"
    assert create.followers == ("a-thandi", "a-sipho")


def test_it_is_made_once(meetings: Meetings) -> None:
    meetings.cycle("2026-11-18T08:00")
    assert meetings.cycle("2026-11-18T08:00") == []
    assert meetings.cycle("2026-11-18T20:00") == []


@pytest.mark.parametrize("state", [LinkState.SENDING, LinkState.UNKNOWN, LinkState.DISMISSED])
def test_one_that_may_be_there_or_was_dismissed_is_not_made_again(standing: Meetings, state: LinkState) -> None:
    standing.change(KEY, state=state)
    assert made(standing.cycle("2026-11-18T09:00")) == []


def test_one_that_is_completed_is_met(standing: Meetings) -> None:
    standing.change(KEY, completed=True, completed_at=standing.now)
    assert standing.cycle("2026-11-19T09:00") == []


def test_one_that_was_not_sent_is_made_in_the_next_cycle(standing: Meetings) -> None:
    standing.change(KEY, state=LinkState.PLANNED)
    assert made(standing.plan()) == ["weekly/2026-W47"]


def test_one_that_was_refused_is_tried_again_a_day_later_or_when_the_file_changes(standing: Meetings) -> None:
    standing.change(KEY, state=LinkState.FAILED, failed_at=standing.now)
    assert made(standing.at("2026-11-18T12:00").plan()) == []
    standing.changed = True
    assert made(standing.plan()) == ["weekly/2026-W47"]
    standing.changed = False
    assert made(standing.at("2026-11-19T08:00").plan()) == ["weekly/2026-W47"]


def test_the_step_says_when_it_meets_and_who_could_not_be_put_on_the_task(tmp_path: Path) -> None:
    team = Meetings(tmp_path, reviews=MONTHLY.replace(", replaces: [weekly]", ""))
    team.cycle("2026-12-01T08:00")
    (step,) = team.cycle("2026-12-08T08:00")
    assert step.because == "Thu 10 Dec 10:00; not on the task: Lerato (no account in asana)"


def test_an_owner_without_an_account_is_named_in_the_first_line(meetings: Meetings) -> None:
    del meetings.accounts["johan"]
    create = order(meetings.cycle("2026-11-18T08:00"), "weekly/2026-W47")
    assert create.assignee is None
    assert create.body.blocks[0].lines[0][0].text == "For: Johan Botha"  # type: ignore[union-attr]
    assert create.followers == ("a-thandi", "a-sipho")


def test_who_stands_in_on_the_day_of_the_meeting_leads_it(meetings: Meetings) -> None:
    meetings.cycle("2026-12-09T08:00")
    step = next(one for one in meetings.cycle("2026-12-17T08:00") if one.kind == "create")
    assert (step.key, step.person) == ("saypro/review/weekly/2026-W51", "sipho")
    assert "Johan is away" in step.because
    assert order([step], "weekly/2026-W51").followers == ("a-thandi", "a-johan")


def test_a_meeting_that_another_replaces_has_no_task(tmp_path: Path) -> None:
    team = Meetings(tmp_path, reviews=WEEKLY + MONTHLY)
    team.cycle("2026-12-07T08:00")
    assert made(team.cycle("2026-12-09T08:00")) == ["monthly/2026-12"]
    assert made(team.cycle("2026-12-10T12:00")) == []


def test_a_meeting_on_a_holiday_has_its_task_on_the_next_business_day(tmp_path: Path) -> None:
    team = Meetings(tmp_path)
    team.cycle("2026-09-21T08:00")
    create = order(team.cycle("2026-09-23T08:00") or team.cycle("2026-09-25T08:00"), "weekly/2026-W39")
    assert create.due == date(2026, 9, 25)  # Thursday the 24th is Heritage Day


def test_meetings_that_are_still_ahead_are_all_made(tmp_path: Path) -> None:
    team = Meetings(tmp_path, reviews=WEEKLY.replace("1 business day", "15 days"))
    assert made(team.cycle("2026-11-16T08:00")) == ["weekly/2026-W47", "weekly/2026-W48"]
    assert made(team.cycle("2026-11-18T08:00")) == ["weekly/2026-W49"]
    assert problems(team) == []


# ── first sight ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_due_before_first_sight_is_never_made(tmp_path: Path) -> None:
    team = Meetings(tmp_path)
    assert made(team.cycle("2026-11-19T10:01")) == []
    assert made(team.cycle("2026-11-20T10:00")) == []
    assert (team.passed, problems(team)) == ({}, [])


def test_a_meeting_of_today_that_is_still_to_come_is_made_at_first_sight(tmp_path: Path) -> None:
    assert made(Meetings(tmp_path).cycle("2026-11-19T09:59")) == ["weekly/2026-W47"]


def test_what_a_new_rule_names_in_the_past_was_never_a_meeting(standing: Meetings) -> None:
    standing.reviews = WEEKLY.replace("thursday", "monday")
    assert made(standing.cycle("2026-11-25T08:00")) == []
    standing.reviews = WEEKLY.replace("every: 1 week, on: thursday", "every: 1 month, on: 5th business day")
    assert made(standing.cycle("2026-11-26T08:00")) == []
    assert problems(standing) == []
    assert made(standing.cycle("2026-12-04T08:00")) == ["weekly/2026-12"]


def test_after_a_lost_ledger_an_adopted_task_counts_and_nothing_old_is_made(standing: Meetings) -> None:
    standing.first_seen.clear()
    standing.change(KEY, adopted=True, owner=None, made_at=datetime(2026, 11, 19, 9, tzinfo=UTC))
    assert standing.cycle("2026-11-19T11:00") == []
    assert made(standing.cycle("2026-11-25T08:00")) == ["weekly/2026-W48"]


# ── catching up ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_after_three_weeks_the_latest_is_made_and_the_others_are_listed(standing: Meetings) -> None:
    steps = standing.cycle("2026-12-11T08:00")
    assert made(steps) == ["weekly/2026-W50"]
    assert order(steps, "weekly/2026-W50").due == date(2026, 12, 10)
    assert {slot: one.passing for slot, one in standing.passed["review", "weekly"].items()} == {
        "2026-W48": Passing.MISSED,
        "2026-W49": Passing.MISSED,
    }
    (problem,) = standing.told
    assert problem.what == "Weekly: the task of Thu 26 Nov and Thu 3 Dec was not made in its time"
    assert (problem.kind, problem.advice.split(":")[0]) == ("late", "nothing to do")


def test_one_that_is_still_ahead_is_the_latest(standing: Meetings) -> None:
    assert made(standing.cycle("2026-12-09T08:00")) == ["weekly/2026-W50"]
    assert sorted(standing.passed["review", "weekly"]) == ["2026-W48", "2026-W49"]


def test_what_was_missed_is_said_once_and_never_made(standing: Meetings) -> None:
    standing.cycle("2026-12-11T08:00")
    assert standing.cycle("2026-12-11T09:00") == []
    assert problems(standing) == []


def test_the_rhythm_of_every_second_week_is_not_shifted_by_a_gap(tmp_path: Path) -> None:
    team = Meetings(tmp_path, reviews=BIWEEKLY)
    team.cycle("2026-11-11T08:00")
    assert made(team.cycle("2026-11-25T08:00")) == ["one_on_one/2026-W47"]  # of Monday the 16th
    assert made(team.cycle("2026-11-26T08:00")) == ["one_on_one/2026-W49"]


def test_a_quarterly_meeting_is_found_in_a_long_gap(tmp_path: Path) -> None:
    team = Meetings(tmp_path, reviews=WEEKLY + QUARTERLY)
    team.cycle("2026-08-03T08:00")
    steps = team.cycle("2026-11-27T08:00")
    assert made(steps) == ["weekly/2026-W48", "quarterly/FY2027-Q3"]
    assert order(steps, "quarterly/FY2027-Q3").due == date(2026, 9, 8)


def test_many_missed_meetings_are_counted_after_the_first_three(meetings: Meetings) -> None:
    meetings.cycle("2027-02-01T08:00")
    (what,) = problems(meetings)
    assert (
        what
        == "Weekly: the task of Thu 19 Nov 2026, Thu 26 Nov 2026, Thu 3 Dec 2026 and 7 more was not made in its time"
    )


def test_a_gap_of_years_is_searched_no_further_than_is_sensible(meetings: Meetings) -> None:
    assert len(made(meetings.cycle("2040-01-31T08:00"))) == 1
    assert len(meetings.passed["review", "weekly"]) < 60


def test_one_that_was_refused_until_the_next_met_is_given_up(standing: Meetings) -> None:
    standing.change(KEY, state=LinkState.FAILED, failed_at=standing.now)
    assert standing.given_up() == frozenset()
    assert made(standing.cycle("2026-11-25T08:00")) == ["weekly/2026-W48"]
    assert list(standing.passed["review", "weekly"]) == ["2026-W47"]
    assert standing.given_up() == {KEY}
    assert made(standing.cycle("2026-11-26T08:00")) == []


@pytest.mark.parametrize("trouble", ["away", "stopped"])
def test_while_its_tracker_is_away_or_stopped_nothing_is_given_up(meetings: Meetings, trouble: str) -> None:
    setattr(meetings, trouble, True)
    for day in ("2026-11-18", "2026-11-25", "2026-12-02"):
        assert len(made(meetings.cycle(f"{day}T08:00"), Outcome.DEFERRED)) == 1
    assert (meetings.passed, problems(meetings)) == ({}, [])
    setattr(meetings, trouble, False)
    assert made(meetings.cycle("2026-12-02T09:00")) == ["weekly/2026-W49"]
    assert sorted(meetings.passed["review", "weekly"]) == ["2026-W47", "2026-W48"]


def test_the_notes_list_what_was_missed_even_if_the_task_could_not_be_made_at_once(standing: Meetings) -> None:
    key = "saypro/review/weekly/2026-W50"
    standing.cycle("2026-12-11T08:00")
    standing.change(key, state=LinkState.PLANNED)
    notes = plain(order(standing.at("2026-12-11T09:00").plan(), "weekly/2026-W50").body)
    assert "26 Nov" in notes
    assert "3 Dec" in notes


# ── watched ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_in_a_tracker_that_is_watched_what_passes_is_not_made_later(tmp_path: Path) -> None:
    team = Meetings(tmp_path, mode="watch")
    team.cycle("2026-11-16T08:00")
    steps = team.cycle("2026-11-18T08:00")
    assert (made(steps), made(steps, Outcome.DEFERRED)) == ([], ["weekly/2026-W47"])
    assert team.passed == {}
    assert team.cycle("2026-11-19T10:00") == []
    assert team.passed["review", "weekly"]["2026-W47"].passing is Passing.WATCHED
    assert problems(team) == []
    team.mode = "act"
    assert made(team.cycle("2026-11-20T08:00")) == []
    assert made(team.cycle("2026-11-25T08:00")) == ["weekly/2026-W48"]


def test_on_act_what_is_still_to_come_is_made(tmp_path: Path) -> None:
    team = Meetings(tmp_path, mode="watch")
    team.cycle("2026-11-16T08:00")
    team.cycle("2026-11-18T08:00")
    team.mode = "act"
    assert made(team.cycle("2026-11-19T09:00")) == ["weekly/2026-W47"]


# ── the day itself ───────────────────────────────────────────────────────────────────────────────────────────────


def test_on_the_day_one_comment_is_written_when_work_begins(standing: Meetings) -> None:
    assert told(standing.cycle("2026-11-19T07:59")) == []
    assert told(standing.cycle("2026-11-19T08:00")) == ["weekly/2026-W47#today/2026-11-19"]
    assert told(standing.cycle("2026-11-19T09:00")) == []


def test_it_is_written_until_the_day_ends(standing: Meetings) -> None:
    assert told(standing.at("2026-11-19T23:59").plan()) == ["weekly/2026-W47#today/2026-11-19"]
    assert told(standing.at("2026-11-20T00:00").plan()) == []


def test_a_task_made_that_morning_has_nothing_to_add(tmp_path: Path) -> None:
    team = Meetings(tmp_path)
    team.cycle("2026-11-19T08:30")
    assert told(team.cycle("2026-11-19T09:00")) == []


@pytest.mark.parametrize("change", [{"completed": True}, {"state": LinkState.DISMISSED}])
def test_nothing_is_said_on_a_task_that_is_not_open(standing: Meetings, change: dict[str, object]) -> None:
    standing.change(KEY, **change)
    assert standing.cycle("2026-11-19T08:00") == []


def test_nothing_is_said_while_a_person_asked_for_quiet(standing: Meetings) -> None:
    quiet = Quiet("snooze", date(2026, 11, 30), "we are busy", "johan", standing.now, "c1")
    standing.change(KEY, quiet=quiet)
    (step,) = standing.cycle("2026-11-19T08:00")
    assert (step.outcome, step.because) == (Outcome.WAITING, "quiet until Mon 30 Nov, by Johan Botha: we are busy")


def test_the_day_that_people_moved_it_to_is_its_day(standing: Meetings) -> None:
    standing.change(KEY, due=date(2026, 11, 23), theirs=frozenset({"due"}))
    assert told(standing.cycle("2026-11-19T08:00")) == []
    assert told(standing.cycle("2026-11-23T08:00")) == ["weekly/2026-W47#today/2026-11-23"]


# ── moved in the file ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_review_moved_in_the_file_moves_its_task_and_says_so_once(standing: Meetings) -> None:
    before = standing.links[KEY].written.title
    standing.reviews = WEEKLY.replace("thursday", "friday")
    steps = standing.cycle("2026-11-18T09:00")
    assert told(steps) == ["weekly/2026-W47#moved/2026-11-20"]
    (update,) = updates(steps)
    assert update.fields == {"due", "title"}
    assert update.due == date(2026, 11, 20)
    assert update.title != before
    assert {one.reason.value for one in steps} == {"moved"}
    assert standing.cycle("2026-11-18T10:00") == []
    assert made(standing.cycle("2026-11-19T08:00")) == []


def test_the_word_comes_before_the_change(standing: Meetings) -> None:
    standing.reviews = WEEKLY.replace("thursday", "friday")
    assert [one.kind.value for one in standing.at("2026-11-18T09:00").plan()] == ["comment", "update"]


@pytest.mark.parametrize(("theirs", "fields"), [({"due"}, {"title"}), ({"title"}, {"due"}), ({"due", "title"}, set())])
def test_a_field_that_a_person_changed_stays_theirs(standing: Meetings, theirs: set[str], fields: set[str]) -> None:
    standing.change(KEY, theirs=frozenset(theirs), due=date(2026, 11, 24), promise=date(2026, 11, 24))
    standing.reviews = WEEKLY.replace("thursday", "friday")
    steps = standing.cycle("2026-11-18T09:00")
    assert [one.fields for one in updates(steps)] == ([fields] if fields else [])
    assert told(steps) == ["weekly/2026-W47#moved/2026-11-20"]
    assert told(standing.cycle("2026-11-18T10:00")) == []


def test_another_title_in_the_file_is_the_tasks_too(standing: Meetings) -> None:
    standing.reviews = WEEKLY.replace("title: Weekly", "title: Thursday numbers")
    steps = standing.cycle("2026-11-18T09:00")
    (update,) = updates(steps)
    assert update.fields == {"title"}
    assert "Thursday numbers" in update.title
    assert told(steps) == []
    assert standing.cycle("2026-11-18T10:00") == []


def test_a_holiday_that_is_added_moves_the_meeting_and_not_its_slot(standing: Meetings) -> None:
    before = standing.text

    def with_holiday() -> str:
        return before().replace("country: ZA", "country: ZA, extra: [2026-11-19]")

    standing.text = with_holiday  # type: ignore[method-assign]
    (update,) = updates(standing.cycle("2026-11-18T09:00"))
    assert update.due == date(2026, 11, 20)


@pytest.mark.parametrize("day", ["2026-11-20T08:00", "2026-11-27T08:00"])
def test_a_meeting_that_is_past_is_left_alone(standing: Meetings, day: str) -> None:
    standing.cycle("2026-11-19T08:00")
    standing.reviews = WEEKLY.replace("thursday", "friday").replace("owner: johan", "owner: thandi")
    steps = standing.cycle(day)
    assert [one for one in steps if one.key.startswith(KEY) and one.reason is not Reason.SUMMARY] == []


def test_an_adopted_task_whose_day_a_person_moved_is_left_as_it_stands(standing: Meetings) -> None:
    written = standing.links[KEY].written
    moved = replace(written, due=date(2026, 11, 24))
    standing.change(KEY, adopted=True, owner=None, written=moved, due=date(2026, 11, 24))
    assert standing.cycle("2026-11-18T09:00") == []
    standing.change(KEY, written=written, due=written.due)
    standing.reviews = WEEKLY.replace("thursday", "friday")
    assert [one.due for one in updates(standing.cycle("2026-11-18T10:00"))] == [date(2026, 11, 20)]


# ── gone from the file, given to somebody else ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "reviews",
    [
        "",
        WEEKLY.replace("every: 1 week, on: thursday", "every: 1 month, on: second thursday"),
        WEEKLY + MONTHLY.replace("second thursday", "third thursday"),
    ],
    ids=["gone", "another kind of period", "replaced now"],
)
def test_an_open_task_whose_meeting_left_the_file_gets_one_comment(standing: Meetings, reviews: str) -> None:
    standing.reviews = reviews
    steps = standing.cycle("2026-11-18T09:00")
    assert [one for one in told(steps) if one.startswith("weekly/2026-W47")] == ["weekly/2026-W47#removed"]
    assert updates(steps) == []
    assert [one for one in standing.cycle("2026-11-19T08:00") if one.key.startswith(KEY)] == []


def test_an_open_task_of_a_meeting_that_is_over_is_told_that_its_review_left_the_file(standing: Meetings) -> None:
    standing.cycle("2026-11-19T08:00")
    standing.reviews = ""
    assert told(standing.cycle("2026-11-20T08:00")) == ["weekly/2026-W47#removed"]
    assert standing.cycle("2026-11-20T09:00") == []


@pytest.mark.parametrize("at", ["2027-01-20T08:00", "2027-06-01T08:00"])
def test_of_a_meeting_that_was_weeks_ago_nothing_is_said_when_its_review_leaves_the_file(
    standing: Meetings, at: str
) -> None:
    standing.cycle("2026-11-19T08:00")
    standing.reviews = ""
    assert [one for one in standing.at(at).plan() if one.key.startswith(KEY)] == []


def test_of_a_meeting_that_is_over_nothing_is_said_when_only_its_rule_changes(standing: Meetings) -> None:
    standing.cycle("2026-11-19T08:00")
    standing.reviews = WEEKLY.replace("every: 1 week, on: thursday", "every: 1 month, on: second thursday")
    assert [one for one in standing.at("2026-11-20T08:00").plan() if "#removed" in one.key] == []


def test_when_a_person_leaves_the_file_only_what_is_still_to_come_is_told(standing: Meetings) -> None:
    standing.reviews = WEEKLY.replace("owner: johan", "owner: thandi")
    standing.change(KEY, person="gone", owner="gone")
    assert told(standing.at("2026-11-18T09:00").plan()) == ["weekly/2026-W47#removed"]
    assert told(standing.at("2026-11-20T08:00").plan()) == []


def test_another_owner_in_the_file_gets_the_task(standing: Meetings) -> None:
    standing.reviews = WEEKLY.replace("owner: johan", "owner: thandi")
    (step,) = standing.cycle("2026-11-18T09:00")
    assert isinstance(step.order, Update)
    assert (step.reason, step.order.assignee, step.order.remove_assignee) == ("owner_changed", "a-thandi", "a-johan")
    assert step.because == "the file gives Weekly to Thandi Mokoena now"
    assert standing.cycle("2026-11-18T10:00") == []


CAMPAIGN = """
campaigns:
  - {id: spring, title: Spring sale, owner: thandi, evaluator: sipho, starts: 2026-12-01, ends: 2026-12-31}
events:
  - {id: app, on: 2026-12-01, kind: new_product, title: Launch of the app, owner: thandi}
"""


@pytest.mark.parametrize(
    ("kind", "name", "account", "because"),
    [
        (WorkKind.CAMPAIGN, "campaign/spring/kickoff", "a-thandi", "the file gives Spring sale to Thandi Mokoena now"),
        (WorkKind.CAMPAIGN, "campaign/spring/post", "a-sipho", "the file gives Spring sale to Sipho Nkosi now"),
        (WorkKind.EVENT, "event/app", "a-thandi", "the file gives Launch of the app to Thandi Mokoena now"),
    ],
)
def test_campaigns_and_events_follow_their_owner_in_the_file_too(
    meetings: Meetings, kind: WorkKind, name: str, account: str, because: str
) -> None:
    meetings.rest = CAMPAIGN
    key, subject = f"saypro/{name}", name.split("/")[1]
    meetings.links[key] = Link(
        key, kind, subject, "asana", LinkState.LINKED, meetings.now, person="johan", owner="johan", task="t9",
        written=Written("Title", assignee="a-johan", due=date(2026, 12, 8)), assignees=frozenset({"a-johan"}),
        title="Title", due=date(2026, 12, 8),
    )  # fmt: skip
    given = [one for one in meetings.plan() if one.reason is Reason.OWNER_CHANGED]
    assert [(one.order.assignee, one.because) for one in given if isinstance(one.order, Update)] == [(account, because)]
    meetings.change(key, due=date(2026, 11, 13), written=Written("Title", assignee="a-johan", due=date(2026, 11, 13)))
    assert [one for one in meetings.plan() if one.reason is Reason.OWNER_CHANGED] == []  # it is over


def test_what_was_given_up_is_no_problem_any_more(standing: Meetings) -> None:
    standing.change(KEY, state=LinkState.FAILED, failed_at=standing.now)
    outlook = Outlook(standing.now, 1)
    assert outlook.is_wanted(standing.links[KEY])
    standing.cycle("2026-11-25T08:00")
    outlook.given_up = standing.given_up()
    assert not outlook.is_wanted(standing.links[KEY])


def test_unless_a_person_chose_who_has_it(standing: Meetings) -> None:
    standing.change(KEY, theirs=frozenset({"assignee"}))
    standing.reviews = WEEKLY.replace("owner: johan", "owner: thandi")
    assert standing.cycle("2026-11-18T09:00") == []


def test_a_move_that_the_tracker_refused_is_tried_again_a_day_later(standing: Meetings) -> None:
    standing.reviews = WEEKLY.replace("thursday", "friday")
    standing.change(KEY, failed_at=standing.now)
    assert updates(standing.cycle("2026-11-18T09:00")) == []
    assert [one.due for one in updates(standing.cycle("2026-11-19T08:00"))] == [date(2026, 11, 20)]


# ── how many at once ─────────────────────────────────────────────────────────────────────────────────────────────


def test_reviews_count_in_new_at_most_as_any_new_task(tmp_path: Path) -> None:
    team = Meetings(tmp_path, reviews=WEEKLY + BIWEEKLY)
    team.cycle("2026-11-11T08:00")
    steps = team.at("2026-11-25T08:00").plan()
    checked = too_many("asana", steps, 1, None, accepted=False, now=team.now)
    assert len(made(list(checked.steps), Outcome.DEFERRED)) == 2
    assert checked.latch is not None


def test_reviews_are_no_items_that_max_open_counts(standing: Meetings) -> None:
    assert standing.situation().open_items() == {}


# ── work hours ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_outside_work_hours_the_service_writes_to_nobody(meetings: Meetings) -> None:
    meetings.hours, meetings.keeps_hours = "mon-fri 08:00-17:00", True
    (step,) = meetings.cycle("2026-11-18T17:00")
    assert (step.outcome, step.because) == (Outcome.DEFERRED, "outside work_hours, from Thu 08:00")
    assert made(meetings.cycle("2026-11-19T08:00")) == ["weekly/2026-W47"]


def test_a_sync_by_hand_writes_at_once(meetings: Meetings) -> None:
    meetings.hours = "mon-fri 08:00-17:00"
    assert made(meetings.cycle("2026-11-18T17:00")) == ["weekly/2026-W47"]


def test_the_task_appears_when_work_begins(meetings: Meetings) -> None:
    meetings.hours = "mon-fri 09:30-17:00"
    assert made(meetings.cycle("2026-11-18T09:29")) == []
    assert made(meetings.cycle("2026-11-18T09:30")) == ["weekly/2026-W47"]


def test_running_every_day_each_meeting_has_one_task_and_none_is_missed(tmp_path: Path) -> None:
    team = Meetings(tmp_path, reviews=WEEKLY + BIWEEKLY + QUARTERLY)
    found = made(team.cycle("2026-11-16T07:00"))
    start, situation = team.now, team.situation()
    for day in range(1, 120):
        team.now = start + timedelta(days=day, hours=1)
        found += made(team.cycle())
    cadence = situation.config.cadence
    assert sorted(found) == sorted(
        f"{one.review}/{one.slot.label}"
        for one in cadence.meetings(date(2026, 11, 16), date(2027, 7, 1))
        if start < one.at and one.appears_at <= team.now and one.replaced_by is None
    )
    assert team.passed == {}
