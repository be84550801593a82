"""A metric that Google Analytics refuses: isolated, asked alone once a day, and one lasting problem meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from tests.integration.team import SESSIONS, Team

UNKNOWN = """
  typo:
    name: A metric nobody has
    owner: thandi
    period: week
    value: {source: web, metric: sesions}
    target: 10
"""


def test_a_refused_metric_stays_a_known_problem_until_it_is_answered(team_with: Callable[..., Team]) -> None:
    team = team_with(kpis=SESSIONS + UNKNOWN)
    team.weeks(12_100, 12_200)
    first = team.at("2026-11-18T08:00").sync()
    assert [one.new for one in first.problems] == [True]
    assert {one.kpi for one, _ in first.shown} == {"sessions"}

    second = team.later(hours=1).sync()
    assert [one.new for one in second.problems] == [False]
    assert second.calls["web"].made == 0

    third = team.later(hours=24).sync()
    assert [one.new for one in third.problems] == [False]
    assert third.calls["web"].made >= 1

    team.kpis = SESSIONS
    assert team.later(hours=1).sync().problems == ()
