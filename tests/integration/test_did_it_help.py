"""Did it help? A person completes an item, the number comes back, and somebody is asked, answers and is remembered."""

from __future__ import annotations

from datetime import date

from sync.app import open_app
from tests.integration.command_line import alignd
from tests.integration.team import Team, steps

OFF = (12_260, 12_080, 12_310, 11_690, 12_420, 12_140, 9_960, 8_200)  # off in W45 and W46
WEEKLY = """
reviews:
  weekly: {title: Marketing weekly, every: 1 week, on: thursday, at: "10:00", owner: johan,
           invite: [marketing, m_and_e], ahead: 1 business day}
"""
ABOUT = "helped:saypro/action/sessions/2026-W46"


def worked_on(team: Team, policy: str) -> Team:
    """The item of 18 November, completed with a line on the Friday; a week that is still off; the next is back."""
    team.rest = f"policy: {{ask: [marketing], {policy}}}\n{WEEKLY}"
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    (task,) = team.person().finds("Website sessions 32 %")
    team.at("2026-11-20T15:00").person().comment(task, "Rewrote the landing page")
    team.person().complete(task)
    team.later(minutes=30).sync()
    team.week(date(2026, 11, 16), 7_000)
    team.at("2026-11-25T08:00").sync()
    team.week(date(2026, 11, 23), 12_260)
    team.at("2026-12-02T08:00").sync()
    return team


def known(team: Team) -> tuple[dict[str, tuple[str, ...]], list[str | None]]:
    """What help each review or evaluation task asks about, and the answers so far."""
    with open_app(team.config(), at=team.clock.now) as app, app._copy() as copy, copy.records() as records:
        asked = {key: tuple(one for one in link.about if one == ABOUT) for key, link in records.links().items()}
        asking = {key: about for key, about in asked.items() if about}
        answers = [one.helped.value if one.helped else None for one in records.evaluations().values()]
    return asking, answers


def why(team: Team, subject: str = "sessions") -> str:
    zoned = team.clock.now.isoformat()
    return " ".join(alignd(team, "why", subject, "--at", zoned).stdout.split())


def notes(team: Team, task: str) -> str:
    if team.tracker == "asana":
        return team.sandbox.asana.state.tasks[task].notes
    return team.sandbox.trello.state.cards[task].desc


def test_the_next_review_asks_and_the_answer_is_kept(team: Team) -> None:
    worked_on(team, "evaluation: review")
    asking, answers = known(team)
    assert asking == {"saypro/review/weekly/2026-W49": (ABOUT,)}
    assert answers == [None]
    (review,) = team.person().finds("Marketing weekly, Thu 3 Dec")
    assert "Rewrote the landing page" in notes(team, review)
    shown = why(team)
    assert "before 8,200" in shown
    assert "after 12,260" in shown
    assert "asked in Marketing weekly, Thu 3 Dec" in shown

    team.at("2026-12-03T10:20").person().comment(review, "Helped: yes – more people stay")
    team.later(minutes=30).sync()

    assert known(team)[1] == ["yes"]
    assert "yes: “more people stay” Thandi Mokoena" in why(team)
    assert "more people stay" in alignd(team, "history", "--decisions").stdout
    team.at("2026-12-09T08:00").sync()
    assert known(team)[0] == {"saypro/review/weekly/2026-W49": (ABOUT,)}, "it is not asked again"


def test_as_a_task_it_asks_and_completes_itself(any_team: Team) -> None:
    team = worked_on(any_team, "evaluation: task")
    assert ("create", "evaluation") in steps(team.reports[-1])
    assert known(team)[0] == {"saypro/evaluation/sessions/2026-W46": (ABOUT,)}
    thandi = team.person()
    (task,) = thandi.finds("Did it help?")
    assert "is asked whether what was done about Website sessions helped" in why(team, task)

    thandi.comment(task, "Helped: too early – ask me next week")
    assert steps(team.later(minutes=30).sync()) == []
    assert known(team)[1] == ["too_early"]

    thandi.comment(task, "Helped: no, it was the newsletter")
    assert ("complete", "evaluation") in steps(team.later(minutes=30).sync())
    assert known(team)[1] == ["no"]
    assert steps(team.later(hours=1).sync()) == []


def test_off_asks_nothing(team: Team) -> None:
    worked_on(team, "evaluation: off")
    assert known(team) == ({}, [])
    assert "Did it help?" not in why(team)


def test_a_lost_ledger_asks_nothing_about_the_past(team: Team) -> None:
    worked_on(team, "evaluation: task")
    team.person().delete(team.person().finds("Did it help?")[0])
    for file in team.folder.glob("alignd.db*"):
        file.unlink()

    team.later(hours=1).sync()
    team.week(date(2026, 11, 30), 12_400)
    team.at("2026-12-09T08:00").sync()

    assert known(team) == ({}, [])


def test_the_same_cycle_run_again_asks_nothing_more(team: Team) -> None:
    worked_on(team, "evaluation: review")
    before = known(team)
    assert steps(team.later(minutes=5).sync()) == []
    assert known(team) == before
