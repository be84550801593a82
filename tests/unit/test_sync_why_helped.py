"""`why` says whether it helped: before, after, the answer and who gave it, or where it is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config import Config
from mapping.links import Link
from mapping.logbook import Evaluation, Helped
from mapping.tasks import WorkKind
from sync.recall import KpiMemory
from sync.report_parts import Reader
from sync.why_helped import helped_section
from sync.why_work import why_work
from tests.unit.helped_story import BEFORE, HELPED, ITEM, item, task_of, team, week
from tests.unit.sessions_story import ZONE

AT = datetime(2026, 12, 11, 8, 0, tzinfo=UTC)
WEEKS = (*BEFORE, week("2026-W48", 12_260))


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return team(tmp_path_factory.mktemp("team"))


def said(config: Config, evaluation: Evaluation = HELPED, *asking: Link, only: str | None = None) -> list[str]:
    reviews = tuple(one for one in asking if one.kind is WorkKind.REVIEW)
    links = {one.key: one for one in (item(), *asking) if one.kind is not WorkKind.REVIEW}
    memory = KpiMemory(judgements=WEEKS, links=links, evaluations={evaluation.item: evaluation}, asking=reviews)
    section = helped_section(config, config.kpis["sessions"], memory, Reader(AT, ZONE), only)
    return [f"{one.label}: {one.text} ({one.origin})" for one in section.lines]


def test_before_after_and_that_the_next_review_asks(config: Config) -> None:
    assert said(config) == [
        f"done by Thandi Mokoena: Rewrote the landing page, 20 Nov ({ITEM})",
        "before: 8,200 (week of 9–15 November)",
        "after: 12,260, target 12,000 (week of 23–29 November)",
        "answer: the next review asks ()",
    ]


def test_in_which_review_it_is_asked(config: Config) -> None:
    listed = task_of("monthly", "2026-12", f"helped:{ITEM}", due=date(2026, 12, 10))
    assert said(config, HELPED, listed)[-1] == "answer: asked in Monthly KPI review, Thu 10 Dec ()"


def test_in_which_task_it_is_asked(config: Config) -> None:
    task = task_of("x", "y", f"helped:{ITEM}", due=date(2026, 12, 9), person="lerato")
    task = replace(task, key="saypro/evaluation/sessions/2026-W46", kind=WorkKind.EVALUATION)
    assert said(config, HELPED, task)[-1] == "answer: asked in a task for Lerato Dlamini, due Wed 9 Dec ()"


def test_the_answer_who_gave_it_and_when(config: Config) -> None:
    answered = replace(
        HELPED, helped=Helped.YES, why="more people order", answered_by="lerato",
        answered_at=datetime(2026, 12, 10, 8, 30, tzinfo=UTC),
    )  # fmt: skip
    assert said(config, answered)[-1] == "answer: yes: “more people order” (Lerato Dlamini, Thu 10 Dec 10:30)"


def test_another_items_task_says_nothing_of_it(config: Config) -> None:
    assert said(config, only=f"{ITEM}/2") == []
    assert len(said(config, only=ITEM)) == 4


def test_why_of_the_task_that_asks_says_what_it_asks(config: Config) -> None:
    task = task_of("x", "y", f"helped:{ITEM}", person="lerato")
    task = replace(task, key="saypro/evaluation/sessions/2026-W46", kind=WorkKind.EVALUATION, subject="sessions")
    memory = KpiMemory(judgements=WEEKS, links={ITEM: item(), task.key: task}, evaluations={ITEM: HELPED})
    report = why_work(config, task, memory, AT)
    assert report.answer.startswith("Lerato Dlamini is asked whether what was done about Website sessions helped")
    assert "Did it help?" in [one.title for one in report.sections]


def test_where_nobody_asks_any_more_that_is_said(tmp_path: Path) -> None:
    assert said(team(tmp_path, "evaluation: off"))[-1] == "answer: nobody is asked ()"
