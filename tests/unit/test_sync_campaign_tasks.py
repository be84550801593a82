"""Which tasks of campaigns there are when: made ahead, once, caught up, moved with the campaign, told when gone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from mapping.documents import plain
from mapping.links import LinkState
from mapping.logbook import Passing
from mapping.tasks import Create, Say, Update
from sync.plan.campaigns import campaigns_given_up, campaigns_missed, campaigns_passed
from sync.plan.situation import Situation
from sync.steps import Outcome, Step
from tests.unit.meeting_samples import Meetings

CAMPAIGN = """\
campaigns:
  - {id: spring, title: Spring sale, owner: thandi, evaluator: %s, invite: [sales], starts: %s, ends: %s,
     measure: [{kpi: sessions, target: 9000}]}
"""
MOVED = CAMPAIGN % ("johan", "2026-12-07", "2026-12-18")


@dataclass
class Campaigning(Meetings):
    """A team whose campaign runs from Mon 30 Nov to Fri 11 Dec: kickoff 16 Nov, halfway 7 Dec, evaluation 21 Dec."""

    reviews: str = ""
    rest: str = CAMPAIGN % ("johan", "2026-11-30", "2026-12-11")
    unread: frozenset[str] = frozenset()
    accounts: dict[str, str] = field(default_factory=lambda: {"thandi": "a-thandi", "johan": "a-johan"})

    def situation(self) -> Situation:
        found = super().situation()
        return replace(found, logbook=replace(found.logbook, unread_campaigns=self.unread))

    def cycle(self, text: str | None = None) -> list[Step]:
        if text is not None:
            self.at(text)
        situation = self.situation()
        passed = campaigns_passed(situation)
        steps = super().cycle()
        self.told = [*self.told, *campaigns_missed(passed, situation)]
        for one in passed:
            self.passed.setdefault((one.kind, one.subject), {})[one.slot] = one
        return steps


@pytest.fixture
def team(tmp_path: Path) -> Campaigning:
    """First seen on Mon 2 November, before anything is due."""
    team = Campaigning(tmp_path)
    assert team.cycle("2026-11-02T09:00") == []
    return team


def made(steps: list[Step], outcome: Outcome = Outcome.PLANNED) -> list[str]:
    return [one.key.rpartition("/")[2] for one in steps if one.kind.value == "create" and one.outcome is outcome]


def order(steps: list[Step]) -> Create:
    (found,) = [one.order for one in steps if isinstance(one.order, Create)]
    return found


def says(steps: list[Step]) -> list[str]:
    return [plain(one.order.body) for one in steps if isinstance(one.order, Say)]


def updates(steps: list[Step]) -> list[Update]:
    return [one.order for one in steps if isinstance(one.order, Update)]


# ── made ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_task_is_made_two_business_days_ahead_for_whoever_leads_it(team: Campaigning) -> None:
    assert made(team.cycle("2026-11-12T07:59")) == []
    steps = team.cycle("2026-11-12T08:00")
    assert made(steps) == ["kickoff"]
    kickoff = order(steps)
    assert (kickoff.assignee, kickoff.due, kickoff.followers) == ("a-thandi", date(2026, 11, 16), ("a-johan",))
    assert "not on the task: Lerato (no account in asana)" in steps[0].because
    assert made(team.cycle("2026-12-03T08:00")) == ["mid"]
    steps = team.cycle("2026-12-17T08:00")  # the 16th is a holiday there
    assert made(steps) == ["post"]
    # Johan is away from 14 December: Sipho stands in, whom the tracker does not know
    assert (steps[0].person, order(steps).due) == ("sipho", date(2026, 12, 21))
    assert "Johan is away" in steps[0].because


def test_nothing_is_made_twice(team: Campaigning) -> None:
    team.cycle("2026-11-12T08:00")
    assert team.cycle() == []
    assert team.cycle("2026-11-16T20:00") == []


@pytest.mark.parametrize("state", [LinkState.UNKNOWN, LinkState.DISMISSED, LinkState.SENDING])
def test_one_that_may_be_there_or_was_dismissed_is_not_made_again(team: Campaigning, state: LinkState) -> None:
    team.cycle("2026-11-12T08:00")
    team.change("saypro/campaign/spring/kickoff", state=state)
    assert made(team.cycle("2026-11-13T08:00")) == []


def test_nothing_that_was_due_before_first_sight_is_made(tmp_path: Path) -> None:
    late = Campaigning(tmp_path)
    assert made(late.cycle("2026-12-07T09:00")) == ["mid"]  # halfway is today; the kickoff was
    assert late.told == []


def test_without_an_evaluator_the_lead_of_m_and_e_leads_the_evaluation(tmp_path: Path) -> None:
    text = (CAMPAIGN % ("X", "2026-11-30", "2026-12-11")).replace(" evaluator: X,", "")
    config = Campaigning(tmp_path, rest=text).situation().config
    assert config.campaigns[0].evaluator == "johan"


# ── after downtime ───────────────────────────────────────────────────────────────────────────────────────────────


def test_after_a_gap_only_the_latest_is_made_and_says_what_was_missed(team: Campaigning) -> None:
    steps = team.cycle("2026-12-09T09:00")
    assert made(steps) == ["mid"]
    assert order(steps).due == date(2026, 12, 9)  # it is late: today
    assert "The kickoff had no task" in plain(order(steps).body)
    assert [one.what for one in team.told] == ["Spring sale: the task of the kickoff was not made in its time"]
    assert team.passed["campaign", "spring"]["kickoff"].passing is Passing.MISSED
    assert team.cycle("2026-12-10T09:00") == []
    assert team.told == []


def test_while_the_tracker_is_away_nothing_is_given_up(team: Campaigning) -> None:
    team.away = True
    assert made(team.cycle("2026-12-09T09:00"), Outcome.DEFERRED) == ["mid"]
    assert team.passed == {}


def test_what_was_over_while_only_watched_is_not_made_later(team: Campaigning) -> None:
    team.mode = "watch"
    assert made(team.cycle("2026-11-12T08:00"), Outcome.DEFERRED) == ["kickoff"]
    team.cycle("2026-11-17T08:00")
    team.mode = "act"
    assert made(team.cycle("2026-11-18T08:00")) == []
    assert team.passed["campaign", "spring"]["kickoff"].passing is Passing.WATCHED
    team.rest = MOVED  # put off: its kickoff is ahead once more
    assert made(team.cycle("2026-11-19T08:00")) == ["kickoff"]


def test_what_could_not_be_made_in_its_time_is_given_up(team: Campaigning) -> None:
    team.cycle("2026-11-12T08:00")
    team.change("saypro/campaign/spring/kickoff", state=LinkState.FAILED, task=None, failed_at=team.now)
    assert campaigns_given_up(team.situation()) == frozenset()
    team.at("2026-12-08T08:00")
    assert campaigns_given_up(team.situation()) == {"saypro/campaign/spring/kickoff"}


# ── on a task that stands ────────────────────────────────────────────────────────────────────────────────────────


def test_a_task_moves_with_its_campaign_and_says_so_once(team: Campaigning) -> None:
    team.cycle("2026-11-12T08:00")
    team.rest = MOVED
    steps = team.cycle()
    assert [(one.fields, one.due) for one in updates(steps)] == [(frozenset({"due", "title"}), date(2026, 11, 23))]
    assert says(steps)[0].startswith("Moved to Mon 23 Nov, was Mon 16 Nov")
    assert team.cycle() == []


def test_a_task_a_person_moved_stays_where_it_is(team: Campaigning) -> None:
    team.cycle("2026-11-12T08:00")
    team.change("saypro/campaign/spring/kickoff", theirs=frozenset({"due"}), due=date(2026, 11, 18))
    team.rest = MOVED
    assert team.cycle() == []


def test_a_campaign_that_moves_after_its_kickoff_leaves_that_alone(team: Campaigning) -> None:
    team.cycle("2026-11-12T08:00")
    team.change("saypro/campaign/spring/kickoff", completed=True)
    team.rest = MOVED
    assert team.cycle("2026-11-19T08:00") == []


def test_a_task_that_was_made_late_does_not_move_by_itself(team: Campaigning) -> None:
    team.cycle("2026-12-09T09:00")
    assert team.cycle("2026-12-09T10:00") == []


def test_a_campaign_that_is_gone_gets_one_comment_and_is_left_to_its_people(team: Campaigning) -> None:
    team.cycle("2026-11-12T08:00")
    team.rest = ""
    (said,) = says(team.cycle())
    assert "spring" in said
    assert team.cycle() == []


@pytest.mark.parametrize("unread", ["spring", "*"])
def test_a_row_that_cannot_be_read_does_not_make_its_campaign_gone(team: Campaigning, unread: str) -> None:
    team.cycle("2026-11-12T08:00")
    team.rest, team.unread = "", frozenset({unread})
    assert team.cycle() == []
