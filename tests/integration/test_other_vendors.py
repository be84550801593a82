"""The cadence at vendors made by other hands: sparse answers, whole seconds, clocks of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox.server import Sandbox
from tests.integration.other_vendors import CLOCKS, OtherTeam, other_team
from tests.integration.team import Clock, Team, steps

REVIEWS = """
reviews:
  weekly: {title: Weekly KPI review, every: week, on: thursday, at: "10:00", owner: johan, invite: [marketing, neo]}
"""
ABOVE = (12_260, 12_080, 12_310, 12_690, 12_420, 12_140, 12_960, 13_200)
TITLE = "Weekly KPI review, Thu 19 Nov"


QUICK = {("asana", "stamps of alignds"), ("asana", "no date"), ("trello", "real"), ("trello", "alignds")}
VENDORS = [
    pytest.param(
        (tracker, times), marks=() if (tracker, times) in QUICK else pytest.mark.slow, id=f"{tracker}, {times}"
    )
    for tracker in ("asana", "trello")
    for times in CLOCKS
]


@pytest.fixture
def other(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Iterator[OtherTeam]:
    with other_team(tmp_path, sandbox, clock, *request.param) as team:
        team.rest = REVIEWS
        team.weeks(*ABOVE)
        yield team


@pytest.mark.parametrize("other", VENDORS, indirect=True)
def test_a_review_from_its_task_to_its_summary(other: OtherTeam) -> None:
    other.at("2026-11-16T08:00").sync()
    assert steps(other.at("2026-11-17T08:30").sync()) == [("create", "review_due")]
    review = other.found(TITLE)
    assert steps(other.at("2026-11-19T09:00").sync()) == [("comment", "today")]
    assert steps(other.at("2026-11-19T10:20").sync()) == []

    other.writes(review, "Decision: the newsletter moves to Thursdays\nAction: Thandi - check the tags - 27 Nov")
    assert steps(other.at("2026-11-19T10:25").sync()) == []
    assert steps(other.at("2026-11-19T10:36").sync()) == [("create", "said")]
    assert steps(other.at("2026-11-19T12:00").sync()) == []
    assert steps(other.at("2026-11-20T09:00").sync()) == [("comment", "summary")]
    assert steps(other.at("2026-11-21T10:00").sync()) == []

    assert other.titles() == ["Weekly KPI review, Thu 19 Nov: how the week of 9–15 Nov went", "Check the tags"]
    assert len(other.comments(review)) == 3
    assert {one.where for report in other.reports for one in report.problems} == set()


@pytest.mark.parametrize("other", [("asana", "real"), ("trello", "stamps of alignds")], indirect=True)
def test_what_was_written_hours_before_is_taken_at_the_first_look(other: OtherTeam) -> None:
    other.at("2026-11-16T08:00").sync()
    other.at("2026-11-17T08:30").sync()
    other.at("2026-11-19T10:20").sync()

    other.writes(other.found(TITLE), "Action: Neo - ask the agency - Friday", "johan")

    assert ("create", "said") in steps(other.at("2026-11-19T16:00").sync())
    (made,) = [one for one in _all(other) if one.get("name") == "Ask the agency"]
    assert str(made.get("due_on") or made.get("due"))[:10] == "2026-11-20"


def _all(other: OtherTeam) -> list[dict[str, object]]:
    return list((other.asana.tasks if other.tracker == "asana" else other.trello.cards).values())


@pytest.mark.slow
@pytest.mark.parametrize("tracker", ["asana", "trello"])
def test_twenty_open_reviews_with_what_was_said_at_them_cost_one_call_a_cycle(
    tracker: str, tmp_path: Path, sandbox: Sandbox, clock: Clock
) -> None:
    line = (
        '  r{0}: {{title: Review {0}, every: week, on: thursday, at: "10:{1:02}", owner: johan, invite: [marketing]}}\n'
    )
    reviews = "\nreviews:\n" + "".join(line.format(n, 2 * n) for n in range(20))
    team = Team(tmp_path, sandbox, clock, tracker=tracker, rest=reviews, tracker_keys="new_at_most: 500")
    team.weeks(*ABOVE)
    for at in ("2026-11-16T08:00", "2026-11-17T08:30", "2026-11-19T09:00", "2026-11-19T12:00"):
        team.at(at).sync()
    for task in team.person().finds("Review", also_done=True):
        team.person().comment(task, "Action: Thandi – check tags – 27 Nov")
    assert steps(team.later(minutes=20).sync()) == [("create", "said")] * 20
    team.later(minutes=70).sync()

    for _ in range(3):
        quiet = team.later(minutes=70).sync()
        assert steps(quiet) == []
        assert (quiet.calls["work"].made, quiet.calls["work"].least) == (1, 1)
