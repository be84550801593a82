"""What follows from lines of meetings: tasks, changes of them, answers, and the summary of the morning after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from config import Config
from mapping.documents import Document, plain
from mapping.links import Link, LinkState, Note, NoteState, Quiet, Written
from mapping.logbook import LineKind, Minute
from mapping.people import Away
from mapping.tasks import Create, EditComment, Part, Say, Task, Update, View, WorkKind
from sync.plan.plan import deferred
from sync.plan.said import said_steps
from sync.plan.situation import Situation
from sync.plan.summaries import summaries_owed
from sync.steps import Outcome, Reason, Step, StepKind
from tests.unit.helped_story import situation, task_of, team

THURSDAY = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)  # during the monthly review
FRIDAY = datetime(2026, 12, 11, 7, 0, tzinfo=UTC)  # nine o'clock in Johannesburg
REVIEW = task_of(
    "monthly", "2026-12", made_at=THURSDAY - timedelta(days=2), due=date(2026, 12, 10), title="Monthly KPI review",
    url="https://tasks.example/9", seen_modified=THURSDAY,
)  # fmt: skip
KEY = "saypro/said/monthly/7/1"
SUMMARY = f"{REVIEW.key}#summary/2026-12-10"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return team(tmp_path_factory.mktemp("team"))


def line(text: str = "check tags", kind: LineKind = LineKind.ACTION, number: int = 1, **changes: Any) -> Minute:
    made = Minute(f"work/7/{number}", REVIEW.key, "monthly", "7", kind, text, "johan", THURSDAY)
    if kind is LineKind.ACTION:
        made = replace(made, who="thandi", due=date(2026, 12, 18))
    return replace(made, **changes)


def steps(
    config: Config,
    minutes: Iterable[Minute],
    *links: Link,
    now: datetime = THURSDAY,
    notes: Iterable[Note] = (),
    parts: tuple[Part, ...] | None = None,
    review: Link = REVIEW,
) -> list[Step]:
    made = situation(config, now, (review, *links), ())
    view = replace(made.views["work"], tasks={"9": Task("9", "work", "Monthly", "", parts=parts)})
    logbook = replace(made.logbook, minutes={one.source: one for one in minutes})
    known = {one.key: one for one in notes}
    return said_steps(replace(made, views={"work": view}, logbook=logbook, notes=known))


def said_task(**changes: Any) -> Link:
    """Thandi's task of the line, as alignd made it."""
    made = Link(
        key=KEY, kind=WorkKind.SAID, subject="monthly", tracker="work", state=LinkState.LINKED, made_at=THURSDAY,
        person="thandi", task="11", title="Check tags", about=("work/7/1",),
        written=Written("Check tags", "", "a-thandi", date(2026, 12, 18)),
    )  # fmt: skip
    return replace(made, **changes)


def body_of(step: Step) -> str:
    assert isinstance(step.order, Say | EditComment | Create)
    return plain(step.order.body)


# ── tasks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_action_is_a_task_for_who_was_named(config: Config) -> None:
    (made,) = steps(config, [line()])

    assert (made.kind, made.reason, made.key, made.person) == (StepKind.CREATE, Reason.SAID, KEY, "thandi")
    assert isinstance(made.order, Create)
    assert (made.order.title, made.order.assignee, made.order.due) == ("Check tags", "a-thandi", date(2026, 12, 18))
    assert made.link is not None
    assert made.link.about == ("work/7/1",)
    assert body_of(made).startswith(
        "Johan wrote this down on Thu 10 Dec in Monthly KPI review (https://tasks.example/9)"
    )


def test_a_line_that_a_new_ledger_cannot_place_is_not_called_gone(config: Config) -> None:
    unplaced = line("Peter – check tags – 18 Dec", LineKind.UNPLACED)
    adopted = replace(REVIEW, adopted=True, made_at=THURSDAY + timedelta(minutes=1))

    assert steps(config, [unplaced], said_task(adopted=True), review=adopted) == []


def test_without_a_day_it_is_due_as_the_policy_says_and_says_so(config: Config) -> None:
    (made,) = steps(config, [line(due=None)])

    assert isinstance(made.order, Create)
    assert made.order.due == date(2026, 12, 18)  # five business days; the 16th is a holiday
    assert "No day was named, so it is due on Fri 18 Dec" in body_of(made)


def test_who_was_named_gets_it_away_or_not(config: Config) -> None:
    away = (Away(date(2026, 12, 1), date(2026, 12, 31), "johan"),)
    people = {**config.people, "thandi": replace(config.people["thandi"], away=away)}
    (made,) = steps(replace(config, people=people), [line()])
    assert made.person == "thandi"


@pytest.mark.parametrize("changes", [{"completed": True}, {"state": LinkState.DISMISSED}, {"state": LinkState.UNKNOWN}])
def test_it_is_made_once_whatever_became_of_it(config: Config, changes: dict[str, Any]) -> None:
    assert steps(config, [line()], said_task(**changes)) == []


def test_what_was_refused_is_tried_again_a_day_later(config: Config) -> None:
    refused = said_task(state=LinkState.FAILED, task=None, failed_at=THURSDAY - timedelta(hours=1))
    assert steps(config, [line()], refused) == []
    (again,) = steps(config, [line()], replace(refused, failed_at=THURSDAY - timedelta(days=1)))
    assert again.kind is StepKind.CREATE


def test_where_a_tracker_is_only_watched_nothing_is_made(config: Config) -> None:
    watched = replace(config, trackers={"work": config.trackers["work"].model_copy(update={"mode": "watch"})})
    made = situation(watched, THURSDAY, (REVIEW,), ())
    made = replace(made, logbook=replace(made.logbook, minutes={"work/7/1": line()}))
    assert [deferred(one, made).outcome for one in said_steps(made)] == [Outcome.DEFERRED]


def test_a_changed_line_changes_its_task(config: Config) -> None:
    changed = line("check all tags", who="johan", due=date(2026, 12, 21), changed_at=THURSDAY)
    (step,) = steps(config, [changed], said_task())

    assert isinstance(step.order, Update)
    assert step.order.fields == {"title", "assignee", "due"}
    assert (step.order.title, step.order.assignee, step.order.remove_assignee, step.order.due) == (
        "Check all tags", "a-johan", "a-thandi", date(2026, 12, 21),
    )  # fmt: skip
    assert step.sets == (("person", "johan"),)


def test_what_a_person_changed_there_is_theirs(config: Config) -> None:
    changed = line("check all tags", who="johan", due=date(2026, 12, 21), changed_at=THURSDAY)
    (step,) = steps(config, [changed], said_task(theirs=frozenset({"title", "assignee"})))

    assert isinstance(step.order, Update)
    assert step.order.fields == {"due"}
    assert step.sets == ()


def test_a_line_that_lost_its_day_leaves_the_tasks_alone(config: Config) -> None:
    assert steps(config, [line(due=None, changed_at=THURSDAY)], said_task()) == []


@pytest.mark.parametrize("gone", [{"withdrawn": True}, {"kind": LineKind.DECISION}, {"kind": LineKind.FEEDBACK}])
def test_a_line_that_is_gone_gets_one_comment_on_its_task(config: Config, gone: dict[str, Any]) -> None:
    (step,) = steps(config, [line(**gone)], said_task())
    assert (step.kind, step.reason, step.key) == (StepKind.COMMENT, Reason.REMOVED, f"{KEY}#removed/line")

    note = Note(step.key, KEY, "removed", NoteState.SAID, "", THURSDAY)
    assert steps(config, [line(**gone)], said_task(), notes=[note]) == []
    assert steps(config, [line(**gone)], said_task(completed=True)) == []
    assert steps(config, [line(**gone)]) == []


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def stuck(text: str = "Action: someone check tags", number: int = 1, **changes: Any) -> Minute:
    return line(text, LineKind.UNPLACED, number, **changes)


def test_lines_of_one_comment_get_one_answer(config: Config) -> None:
    (step,) = steps(config, [stuck(), stuck("Helped: perhaps", 2)])

    assert (step.kind, step.reason, step.key) == (StepKind.COMMENT, Reason.ANSWER, f"{REVIEW.key}#answer/7")
    assert "“Action: someone check tags”. Please name a person, for example: Action: Johan –" in body_of(step)
    assert "“Helped: perhaps”" in body_of(step)


def test_only_what_was_not_answered_is_answered_again(config: Config) -> None:
    (first,) = steps(config, [stuck(), stuck("Helped: perhaps", 2)])
    note = Note(first.key, REVIEW.key, "answer", NoteState.SAID, body_of(first), THURSDAY)
    assert steps(config, [stuck()], notes=[note]) == []

    (again,) = steps(config, [stuck(), stuck("Action: Peter – x", 2)], notes=[note])
    assert again.key == f"{REVIEW.key}#answer/7/2"
    assert "Peter" in body_of(again)
    assert "someone" not in body_of(again)


def test_what_was_written_before_a_ledger_was_lost_is_not_answered_again(config: Config) -> None:
    adopted = replace(REVIEW, adopted=True, made_at=THURSDAY + timedelta(minutes=1))
    assert steps(config, [stuck()], review=adopted) == []


# ── the summary ──────────────────────────────────────────────────────────────────────────────────────────────────


def told(body: Document | None, text: str, **changes: Any) -> Note:
    made = Note(SUMMARY, REVIEW.key, "summary", NoteState.SAID, text, FRIDAY, comment="70", body=body)
    return replace(made, **changes)


def test_the_summary_comes_the_morning_after_and_once(config: Config) -> None:
    decision = line("Newsletter on Thursdays", LineKind.DECISION)
    assert steps(config, [decision], now=FRIDAY - timedelta(minutes=1)) == []

    (step,) = steps(config, [decision], now=FRIDAY)

    assert (step.kind, step.reason, step.key) == (StepKind.COMMENT, Reason.SUMMARY, SUMMARY)
    assert body_of(step) == "Summary: 1 decision.\n\nDECIDED\n\n- Johan: Newsletter on Thursdays"
    assert steps(config, [decision], now=FRIDAY, notes=[told(None, body_of(step))]) == []


def test_while_a_person_asked_for_quiet_the_summary_waits(config: Config) -> None:
    quiet = Quiet("snooze", date(2026, 12, 14), "we are away", "johan", THURSDAY, "8")
    [waiting] = steps(config, [line()], said_task(), now=FRIDAY, review=replace(REVIEW, quiet=quiet))
    assert (waiting.reason, waiting.outcome) == (Reason.SUMMARY, Outcome.WAITING)
    later = FRIDAY + timedelta(days=3)
    [said] = steps(config, [line()], said_task(), now=later, review=replace(REVIEW, quiet=quiet))
    assert (said.reason, said.outcome) == (Reason.SUMMARY, Outcome.PLANNED)


def test_lines_are_told_in_the_order_they_were_written_in(config: Config) -> None:
    puzzles = [line(f"Decision {number}:", LineKind.UNPLACED, number) for number in (10, 9, 2)]
    [answer] = steps(config, puzzles)
    told = [said for said in body_of(answer).splitlines() if "Decision" in said]
    assert ["2:" in told[0], "9:" in told[1], "10:" in told[2]] == [True] * 3


def test_it_is_edited_when_a_line_comes_later_and_keeps_the_parts_it_told(config: Config) -> None:
    part = Part("1", "Write the brief", "a-neo", date(2026, 12, 14))
    (first,) = steps(config, [], now=FRIDAY, parts=(part,))
    assert "- Neo: Write the brief, by Mon 14 Dec" in body_of(first)
    assert isinstance(first.order, Say)

    late = line("Newsletter on Thursdays", LineKind.DECISION)
    (step,) = steps(config, [late], now=FRIDAY + timedelta(days=2), notes=[told(first.order.body, body_of(first))])

    assert (step.kind, step.key) == (StepKind.EDIT_COMMENT, SUMMARY)
    assert body_of(step).startswith("Summary: 1 decision, 1 action.")
    assert "- Neo: Write the brief, by Mon 14 Dec" in body_of(step)


@pytest.mark.parametrize(
    ("review", "days"),
    [
        ({}, 15),  # long after
        ({"state": LinkState.DISMISSED}, 0),
        ({"archived": True}, 0),
        ({"adopted": True, "made_at": FRIDAY}, 0),
        ({"due": date(2027, 2, 10)}, 0),
        ({"theirs": frozenset({"due"}), "due": date(2026, 12, 11)}, 0),  # people moved it to Friday
    ],
)
def test_no_summary(config: Config, review: dict[str, Any], days: int) -> None:
    link = replace(REVIEW, **review)
    assert steps(config, [], now=FRIDAY + timedelta(days=days), review=link) == []
    assert summaries_owed([link], [], config, FRIDAY + timedelta(days=days)) == frozenset()


def test_a_review_whose_task_was_made_after_it_is_summed_up_the_morning_after_that(config: Config) -> None:
    late = replace(REVIEW, made_at=FRIDAY)
    assert steps(config, [], now=FRIDAY + timedelta(days=2), review=late) == []
    assert len(steps(config, [], now=FRIDAY + timedelta(days=3), review=late)) == 1  # Monday


def test_before_a_summary_all_is_read(config: Config) -> None:
    assert summaries_owed([REVIEW], [], config, FRIDAY) == {REVIEW.key}
    assert summaries_owed([REVIEW], [told(None, "")], config, FRIDAY) == frozenset()


def test_views_are_only_those_of_its_tracker(config: Config) -> None:
    """A tracker that is away gives no parts, and nothing fails."""
    made: Situation = replace(situation(config, FRIDAY, (REVIEW,), ()), views={"other": View("other", True, {})})
    assert [one.key for one in said_steps(made)] == [SUMMARY]
