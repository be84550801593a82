"""Did it help, as a task of its own: whom it asks, once, and when it completes itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from config import Config
from mapping.documents import plain
from mapping.links import Link, LinkState
from mapping.logbook import Evaluation, Helped
from mapping.tasks import Complete, Create, WorkKind
from sync.plan.evaluations import evaluation_key, evaluation_steps
from sync.steps import Reason, Step, StepKind
from tests.unit.helped_story import HELPED, ITEM, item, open_item, situation, task_of, team

KEY = "saypro/evaluation/sessions/2026-W46"
ABOUT = f"helped:{ITEM}"
NOW = HELPED.judged_at


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return team(tmp_path_factory.mktemp("team"), "ask: [sales], evaluation: task, due: 5 business days")


def steps(config: Config, *links: Link, evaluation: Evaluation = HELPED) -> list[Step]:
    return evaluation_steps(situation(config, NOW, (item(), *links), [evaluation]))


def asking(**changes: Any) -> Link:
    made = task_of("sessions", "2026-W46", ABOUT)
    return replace(made, key=KEY, kind=WorkKind.EVALUATION, **changes)


def test_one_task_for_the_lead_of_the_asked_team(config: Config) -> None:
    (made,) = steps(config)
    assert (made.kind, made.reason, made.key, made.person) == (StepKind.CREATE, Reason.EVALUATION, KEY, "lerato")
    assert isinstance(made.order, Create)
    assert (made.order.assignee, made.order.due) == ("a-lerato", date(2026, 12, 9))
    assert made.link is not None
    assert made.link.about == (ABOUT,)
    assert "Rewrote the landing page" in plain(made.order.body)


def test_without_a_team_to_ask_the_owner_gets_it(tmp_path: Path) -> None:
    (made,) = steps(team(tmp_path, "evaluation: task, ask: []"))
    assert made.person == "thandi"


@pytest.mark.parametrize("other", [{}, {"state": LinkState.UNKNOWN}, {"state": LinkState.DISMISSED}])
def test_it_is_made_once_whatever_became_of_it(config: Config, other: dict[str, Any]) -> None:
    assert steps(config, asking(**other)) == []


def test_what_was_refused_is_tried_again_a_day_later(config: Config) -> None:
    refused = asking(state=LinkState.FAILED, task=None)
    assert steps(config, replace(refused, failed_at=NOW - timedelta(hours=1))) == []
    assert len(steps(config, replace(refused, failed_at=NOW - timedelta(days=1)))) == 1


def test_none_where_a_review_asked_or_the_item_is_open_again(config: Config) -> None:
    assert steps(config, task_of("monthly", "2026-12", ABOUT)) == []
    assert evaluation_steps(situation(config, NOW, [open_item()])) == []


@pytest.mark.parametrize("way", ["review", "off"])
def test_none_by_another_policy(tmp_path: Path, way: str) -> None:
    assert steps(team(tmp_path, f"evaluation: {way}")) == []


@pytest.mark.parametrize("answer", [Helped.YES, Helped.NO])
def test_an_answer_completes_it(config: Config, answer: Helped) -> None:
    (done,) = steps(config, asking(), evaluation=replace(HELPED, helped=answer))
    assert done.order == Complete("9")
    assert (done.kind, done.reason, done.key) == (StepKind.COMPLETE, Reason.EVALUATION, KEY)


@pytest.mark.parametrize(
    ("link", "answer"),
    [
        pytest.param(asking(), None, id="nobody answered"),
        pytest.param(asking(), Helped.TOO_EARLY, id="too early"),
        pytest.param(asking(completed=True), Helped.YES, id="completed already"),
        pytest.param(asking(theirs=frozenset({"completed"})), Helped.YES, id="opened again by a person"),
    ],
)
def test_else_it_stays_as_it_is(config: Config, link: Link, answer: Helped | None) -> None:
    assert steps(config, link, evaluation=replace(HELPED, helped=answer)) == []


def test_a_follow_up_has_a_task_of_its_own() -> None:
    assert evaluation_key(f"{ITEM}/2") == f"{KEY}/2"
    with pytest.raises(ValueError, match="not the key"):
        evaluation_key("nothing")
