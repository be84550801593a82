"""One GA4 KPI to one Asana item, exactly once."""

from __future__ import annotations

from tests.integration.team import Team, steps


def test_a_kpi_below_target_for_two_weeks_becomes_one_item_exactly_once(any_team: Team) -> None:
    team = any_team
    team.weeks(12_260, 12_080, 12_310, 11_690, 12_420, 12_140, 9_960, 8_200)
    team.at("2026-11-18T08:00")

    first = team.sync()

    assert steps(first) == [("create", "episode_opened")]
    assert len(team.ids()) == 1
    assert first.calls["web"].made == first.calls["web"].least
    second = team.later(hours=1).sync()
    assert steps(second) == []
    assert len(team.ids()) == 1
    assert {name: (one.made, one.least) for name, one in second.calls.items()} == {"web": (0, 0), "work": (1, 1)}
