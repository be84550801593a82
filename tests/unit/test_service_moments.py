from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import Config
from mapping.campaigns import Campaign, Event
from mapping.queries import Trouble
from sync.outlook import Outlook
from sync.service.facts import facts_of
from sync.service.moments import LOOK, RETRY, Facts, Moment, next_look, next_moment, spread
from sync.service.trigger import MomentTrigger
from sync.steps import CycleReport, Problem
from tests.unit.service_samples import NOON, config_of, text

REVIEWS = """
reviews:
  weekly: {title: Weekly, every: 1 week, on: thursday, at: "10:00", owner: thandi}
  monthly: {title: Monthly, every: 1 month, on: second thursday, at: "10:00", owner: thandi, replaces: [weekly]}
daemon: {every: 1w}
"""


@pytest.fixture
def cadence(tmp_path: Path) -> Config:
    return config_of(tmp_path, said=text(rest=REVIEWS))


def met(config: Config, since: datetime, until: datetime, facts: Facts | None = None) -> list[tuple[str, str]]:
    """Every moment between the two at which something is met, in local time."""
    found, at = [], since
    while (following := next_moment(config, facts or Facts(), at)).at <= until:
        if following.is_met:
            found.append((f"{following.at.astimezone(config.workspace.calendar.zone):%a %d %H:%M}", following.why))
        at = following.at
    return found


def test_a_review_is_met_when_its_task_appears_on_its_day_and_on_the_morning_after(cadence: Config) -> None:
    assert met(cadence, NOON, NOON + timedelta(days=7)) == [
        ("Thu 19 08:00", "Weekly: its day begins"),
        ("Fri 20 09:00", "Weekly: its summary is due"),
        ("Tue 24 08:00", "Weekly: its task appears"),
    ]


def test_a_review_that_is_replaced_has_no_moments(cadence: Config) -> None:
    december = datetime(2026, 12, 7, tzinfo=UTC)
    assert [why for _, why in met(cadence, december, december + timedelta(days=4, hours=12))] == [
        "Monthly: its task appears",
        "Monthly: its day begins",
        "Monthly: its summary is due",
    ]


def test_campaigns_events_and_what_waits_have_moments_of_their_own(tmp_path: Path) -> None:
    hours = text().replace("holidays:", "work_hours: mon-fri 08:00-17:00, holidays:") + "daemon: {every: 1w}\n"
    config = config_of(tmp_path, said=hours)
    evening = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)
    facts = Facts(
        campaigns=(Campaign("app", "App launch", date(2026, 12, 3), date(2026, 12, 31)),),
        events=(Event("new", date(2026, 11, 20), "new_market", "Namibia"),),
        waits_for_hours=True,
        quiet_at=(evening + timedelta(minutes=7),),
        settles_at=(evening + timedelta(minutes=2),),
    )
    found, at = [], evening
    for _ in range(5):
        following = next_moment(config, facts, at)
        at = following.at
        if following.why != LOOK:
            found.append((at - evening, following.why))
    assert found == [
        (timedelta(minutes=2), "to find out what became of a lost request"),
        (timedelta(minutes=7), "a comment was left alone for ten minutes"),
        (timedelta(hours=12), "work hours begin"),
        (timedelta(hours=36), "Namibia: its review appears"),
    ]
    assert (next_moment(config, Facts(unreached=True), evening).at - evening) == RETRY


def test_what_can_not_be_reached_is_not_asked_more_often_than_it_is_looked_at(tmp_path: Path) -> None:
    config = config_of(tmp_path, said=text(rest="daemon: {every: 2m}\n"))
    assert next_moment(config, Facts(unreached=True), NOON).at - NOON <= timedelta(minutes=2)


instants = st.integers(0, 20 * 365 * 86_400).map(lambda seconds: NOON + timedelta(seconds=seconds))
spans = st.integers(60, 14 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


@given(st.text(max_size=8), spans, instants)
def test_looks_are_on_a_grid_whenever_one_asks(workspace: str, every: timedelta, after: datetime) -> None:
    following = next_look(workspace, every, after)
    assert after < following <= after + every
    assert next_look(workspace, every, following) == following + every
    assert next_look(workspace, every, following - timedelta(microseconds=1)) == following


def test_many_workspaces_are_spread_over_the_interval() -> None:
    looks = sorted(next_look(f"team-{n}", timedelta(hours=1), NOON) - NOON for n in range(100))
    gaps = [later - earlier for earlier, later in pairwise(looks)]
    assert max(gaps) < timedelta(minutes=5)
    assert sum(one < timedelta(minutes=30) for one in looks) in range(35, 66)
    assert {spread("team-1", 3600.0) for _ in range(3)} == {spread("team-1", 3600.0)}


class Given:
    """A workspace whose moments are given."""

    def __init__(self, first: datetime, every: timedelta) -> None:
        self.first, self.every = first, every

    def due(self) -> Moment:
        return Moment(self.first)

    def due_after(self, after: datetime) -> Moment:
        return Moment(after + self.every)


def test_the_trigger_fires_at_once_for_what_is_past_and_never_twice_for_one_look() -> None:
    trigger = MomentTrigger(Given(NOON - timedelta(hours=3), timedelta(minutes=1)))
    assert trigger.get_next_fire_time(None, NOON) == NOON - timedelta(hours=3)
    assert trigger.get_next_fire_time(NOON - timedelta(hours=3), NOON) == NOON + timedelta(minutes=1)
    assert MomentTrigger(Given(NOON, timedelta(0))).get_next_fire_time(NOON, NOON) > NOON


def test_the_trigger_works_at_another_time_than_now() -> None:
    ahead = timedelta(days=365)
    trigger = MomentTrigger(Given(NOON + ahead, timedelta(minutes=1)), ahead)
    assert trigger.get_next_fire_time(None, NOON) == NOON
    assert trigger.get_next_fire_time(NOON, NOON) == NOON + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("kind", "again"), [("unreachable", True), ("late", True), ("refused", False), ("bad_data", False)]
)
def test_only_a_vendor_that_could_not_be_asked_is_tried_again_soon(cadence: Config, kind: str, again: bool) -> None:
    outlook = Outlook(NOON, 1, troubles=[Trouble("web", "no answer", "wait", kind)])
    assert facts_of(cadence, outlook, report_of()).unreached is again


def test_a_late_number_or_a_missed_meeting_is_no_vendor_that_is_away(cadence: Config) -> None:
    late = Problem("web", "Website sessions: there is no number", "put it there", kind="late")
    assert not facts_of(cadence, Outlook(NOON, 1, problems=[late]), report_of(late)).unreached


def report_of(*problems: Problem) -> CycleReport:
    return CycleReport("acme", 1, NOON, (), (), {}, problems=problems)
