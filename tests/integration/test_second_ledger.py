"""A lost ledger: what is adopted goes on as if it had never been lost."""

from __future__ import annotations

from tests.integration.team import Team, steps


def test_an_adopted_item_is_reassigned_when_the_file_names_another_owner(team: Team) -> None:
    team.weeks(12_260, 12_080, 12_310, 11_690, 12_420, 12_140, 9_960, 8_200)
    team.at("2026-11-18T08:00").sync()
    for file in team.folder.glob("alignd.db*"):
        file.unlink()

    adopted = team.later(hours=1).sync()
    assert [one.what for one in adopted.seen] == ["adopted"]
    team.kpis = team.kpis.replace("owner: thandi", "owner: johan")

    assert steps(team.later(hours=1).sync()) == [("update", "owner_changed")]
    assert len(team.ids()) == 1
