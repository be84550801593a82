"""What a review is asked: in which meeting, once, and again only where nobody answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from config import Config
from mapping.judgements import Judgement
from mapping.links import Link, LinkState, Quiet
from mapping.logbook import Evaluation, Helped
from mapping.reviews import Meeting
from sync.plan.questions import Question, questions_for, targets_in_question
from sync.plan.situation import KpiRecord
from tests.unit.helped_story import (
    BEFORE,
    HELPED,
    ITEM,
    REVIEWS,
    item,
    open_item,
    record,
    situation,
    task_of,
    team,
    week,
)

ABOUT = f"helped:{ITEM}"
TUESDAY = datetime(2026, 12, 8, 8, 0, tzinfo=UTC)  # the task of Thursday's monthly appears
ESCALATED = "escalated:sessions/2026-W46"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return team(tmp_path_factory.mktemp("team"), "ask: [sales], escalate_after: 3")


def meeting(config: Config, review: str, slot: str) -> Meeting:
    found = config.cadence.meeting(review, config.workspace.calendar.parse(slot))
    assert found is not None
    return found


def asked(
    config: Config,
    review: str,
    slot: str,
    *links: Link,
    now: datetime = TUESDAY,
    evaluations: Iterable[Evaluation] = (HELPED,),
    records: dict[str, KpiRecord] | None = None,
) -> list[Question]:
    known = situation(config, now, links or (item(),), tuple(evaluations), records)
    return questions_for(meeting(config, review, slot), known)


def abouts(questions: Iterable[Question]) -> list[str]:
    return [one.about for one in questions]


# ── did it help? ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_next_review_with_the_asked_team_asks_its_lead(config: Config) -> None:
    expected = Question(ABOUT, "sessions", "helped", "lerato", "sales", HELPED)
    assert asked(config, "monthly", "2026-12") == [expected]
    assert asked(config, "weekly", "2026-W50") == [], "Sales is not in the weekly"
    assert asked(config, "monthly", "2027-01") == [], "one of December comes first"


def test_where_no_review_has_the_asked_team_the_people_of_the_number_are_asked(tmp_path: Path) -> None:
    nobody = team(tmp_path, "ask: [leadership]", REVIEWS.replace("owner: neo", "owner: johan"))
    assert asked(nobody, "monthly", "2026-12") == [Question(ABOUT, "sessions", "helped", "thandi", None, HELPED)]
    assert asked(nobody, "weekly", "2026-W50") == [], "the monthly is an hour earlier that day"
    assert abouts(asked(nobody, "weekly", "2026-W50", item(), task_of("monthly", "2026-12"))) == [ABOUT]


def test_each_of_several_teams_is_asked(tmp_path: Path) -> None:
    several = team(tmp_path, "ask: [sales, marketing, leadership]")
    made = task_of("weekly", "2026-W50")
    found = asked(several, "monthly", "2026-12", item(), made)
    assert [(one.team, one.person) for one in found] == [("sales", "lerato"), ("marketing", "thandi")]


def test_a_review_without_decisions_is_never_asked(tmp_path: Path) -> None:
    reviews = "reviews:\n  talk: {title: Talk, every: 1 week, on: friday, owner: thandi, agenda: [priorities]}\n"
    assert asked(team(tmp_path, "", reviews), "talk", "2026-W50") == []


def test_what_is_listed_in_a_meeting_to_come_is_not_listed_in_another(tmp_path: Path) -> None:
    both = team(tmp_path, "ask: [marketing]")
    listed = task_of("monthly", "2026-12", ABOUT)
    assert abouts(asked(both, "weekly", "2026-W51", item(), listed)) == []


def test_its_own_task_that_is_still_to_be_made_lists_it_again(config: Config) -> None:
    planned = task_of("monthly", "2026-12", ABOUT, state=LinkState.PLANNED)
    assert abouts(asked(config, "monthly", "2026-12", item(), planned)) == [ABOUT]
    made = task_of("monthly", "2026-12", ABOUT)
    assert abouts(asked(config, "monthly", "2026-12", item(), made)) == [ABOUT]


def test_without_an_answer_the_next_asks_again_and_after_three_nobody_does(config: Config) -> None:
    once = task_of("monthly", "2026-11", ABOUT)
    assert abouts(asked(config, "monthly", "2026-12", item(), once)) == [ABOUT]
    two = [task_of("monthly", slot, ABOUT, completed=True) for slot in ("2026-09", "2026-10")]
    assert abouts(asked(config, "monthly", "2026-12", item(), *two)) == [ABOUT]
    assert asked(config, "monthly", "2026-12", item(), *two, once) == []


def test_until_the_morning_after_a_meeting_its_question_is_open_there(config: Config) -> None:
    listed = task_of("monthly", "2026-12", ABOUT)
    friday = datetime(2026, 12, 11, 6, 0, tzinfo=UTC)
    assert asked(config, "monthly", "2027-01", item(), listed, now=friday) == []
    assert abouts(asked(config, "monthly", "2027-01", item(), listed, now=friday + timedelta(hours=2))) == [ABOUT]


@pytest.mark.parametrize(("answer", "expected"), [("yes", []), ("no", []), ("too_early", [ABOUT])])
def test_only_too_early_is_asked_again(config: Config, answer: str, expected: list[str]) -> None:
    answered = replace(HELPED, helped=Helped(answer))
    over = task_of("monthly", "2026-11", ABOUT, completed=True)
    assert abouts(asked(config, "monthly", "2026-12", item(), over, evaluations=[answered])) == expected


def test_an_item_that_was_opened_again_is_not_asked_about(config: Config) -> None:
    assert ABOUT not in abouts(asked(config, "monthly", "2026-12", open_item()))


@pytest.mark.parametrize("way", ["task", "off"])
def test_by_policy_a_review_asks_nothing(tmp_path: Path, way: str) -> None:
    assert asked(team(tmp_path, f"ask: [sales], evaluation: {way}"), "monthly", "2026-12") == []


def test_a_meeting_that_another_replaces_is_asked_nothing(tmp_path: Path) -> None:
    reviews = REVIEWS.replace("invite: [marketing, sales]", "invite: [marketing], replaces: [weekly]")
    replacing = team(tmp_path, "", reviews)
    assert meeting(replacing, "weekly", "2026-W50").replaced_by == "monthly"
    assert asked(replacing, "weekly", "2026-W50") == []
    assert abouts(asked(replacing, "monthly", "2026-12")) == [ABOUT]


def test_a_meeting_made_late_is_asked_unless_one_to_come_is_made_with_it(config: Config) -> None:
    friday = datetime(2026, 12, 11, 12, 0, tzinfo=UTC)
    assert abouts(asked(config, "monthly", "2026-12", now=friday)) == [ABOUT]
    january = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)
    assert asked(config, "monthly", "2026-12", now=january) == []
    assert abouts(asked(config, "monthly", "2027-01", now=january)) == [ABOUT]


# ── what stays off ───────────────────────────────────────────────────────────────────────────────────────────────

OFF = (*BEFORE, week("2026-W47", 7_000), week("2026-W48", 7_500))


def escalated(
    config: Config, review: str, slot: str, *links: Link, weeks: tuple[Judgement, ...] = OFF
) -> list[Question]:
    return asked(config, review, slot, *(links or (open_item(),)), evaluations=(), records={"sessions": record(*weeks)})


def test_what_stays_off_is_listed_for_the_first_person_up_the_goal_tree(config: Config) -> None:
    expected = [Question(ESCALATED, "sessions", "escalated", "neo")]
    assert escalated(config, "quarterly", "2027-Q1") == expected, "Neo takes part only there"
    assert escalated(config, "weekly", "2026-W50") == []


def test_where_that_person_is_in_no_review_it_is_listed_where_the_owner_is(tmp_path: Path) -> None:
    without = team(tmp_path, "escalate_after: 3", REVIEWS.replace("owner: neo", "owner: johan"))
    assert abouts(escalated(without, "monthly", "2026-12")) == [ESCALATED]
    assert escalated(without, "weekly", "2026-W50") == []


def test_once_an_episode(config: Config) -> None:
    listed = task_of("quarterly", "2026-Q4", ESCALATED, completed=True)
    assert escalated(config, "quarterly", "2027-Q1", open_item(), listed) == []


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(open_item(promise=date(2026, 12, 20)), id="promised for later"),
        pytest.param(
            open_item(quiet=Quiet("snooze", date(2026, 12, 20), "", "thandi", TUESDAY, "c1")), id="asked for time"
        ),
        pytest.param(item(), id="completed: it rests"),
        pytest.param(open_item(made_at=TUESDAY), id="made after all this: the past"),
    ],
)
def test_some_items_are_left_in_peace(config: Config, link: Link) -> None:
    assert escalated(config, "quarterly", "2027-Q1", link) == []


def test_too_short_a_time_or_the_other_way_is_not_listed(config: Config, tmp_path: Path) -> None:
    assert escalated(config, "quarterly", "2027-Q1", weeks=(*BEFORE, week("2026-W47", None))) == []
    follows = team(tmp_path, "escalate: follow, escalate_after: 3")
    assert escalated(follows, "quarterly", "2027-Q1") == []


# ── is the target right? ─────────────────────────────────────────────────────────────────────────────────────────

TARGET = "target:sessions"
THIRD = (item(), item(f"{ITEM}/2"), open_item(key=f"{ITEM}/3"))


def test_a_third_item_in_a_row_asks_the_quarterly_whether_the_target_is_right(config: Config) -> None:
    assert asked(config, "quarterly", "2027-Q1", *THIRD[:2], evaluations=()) == []
    expected = Question(TARGET, "sessions", "target", "neo")
    assert asked(config, "quarterly", "2027-Q1", *THIRD, evaluations=()) == [expected]
    assert asked(config, "monthly", "2026-12", *THIRD, evaluations=()) == []
    assert targets_in_question(situation(config, TUESDAY, THIRD)) == ["sessions"]


def test_it_is_asked_once_and_again_after_two_more_items(config: Config) -> None:
    listed = task_of("quarterly", "2026-Q4", TARGET, completed=True, made_at=TUESDAY)
    later = [open_item(key=f"{ITEM}/{n}", made_at=TUESDAY + timedelta(days=n)) for n in (4, 5)]
    done = [replace(one, completed=True, completed_at=TUESDAY) for one in (THIRD[2], later[0])]
    assert asked(config, "quarterly", "2027-Q1", *THIRD, listed, evaluations=()) == []
    assert asked(config, "quarterly", "2027-Q1", *THIRD[:2], done[0], later[0], listed, evaluations=()) == []
    all_five = (*THIRD[:2], *done, later[1], listed)
    assert abouts(asked(config, "quarterly", "2027-Q1", *all_five, evaluations=())) == [TARGET]
