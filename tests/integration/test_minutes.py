"""What people write at a review, read back in both trackers: taken once, followed, answered, summed up."""

from __future__ import annotations

import pytest

from mapping.minutes import lines_said
from sync.app import open_app
from sync.outlook import Choices
from sync.steps import CycleReport
from tests.integration.team import PROJECT, Team, steps

REVIEWS = """
reviews:
  weekly: {title: Weekly KPI review, every: week, on: thursday, at: "10:00", owner: johan, invite: [marketing]}
"""
ABOVE = (12_260, 12_080, 12_310, 12_690, 12_420, 12_140, 12_960, 13_200)
TITLE = "Weekly KPI review, Thu 19 Nov"


@pytest.fixture
def met(any_team: Team) -> Team:
    """A team at its weekly review of Thursday 19 November, in its tracker since Tuesday."""
    team = any_team
    team.rest = REVIEWS
    team.weeks(*ABOVE)
    team.at("2026-11-16T08:00").sync()
    team.at("2026-11-17T08:30").sync()
    return team.at("2026-11-19T10:20")


def review(team: Team) -> str:
    return team.person().finds(TITLE, also_done=True)[0]


def writes(team: Team, text: str) -> str:
    return team.person().comment(review(team), text)


def did(report: CycleReport) -> list[tuple[str, str]]:
    """What was done, but for the comment of the day."""
    return [one for one in steps(report) if one != ("comment", "today")]


def decided(team: Team) -> list[tuple[str, str]]:
    """The decision log of what was written."""
    with open_app(team.config(), at=team.clock.now) as app:
        kept = app.decisions()
    return [(one.what, one.text) for one in kept if one.what in ("decision", "action", "feedback", "helped")]


def task(team: Team, made: str) -> tuple[str, str | None, str | None]:
    """Title, assignee's or member's name, due day."""
    if team.tracker == "asana":
        state = team.sandbox.asana.state
        found = state.tasks[made]
        return found.name, state.users[found.assignee].name if found.assignee else None, str(found.due_on)
    trello = team.sandbox.trello.state
    card = trello.cards[made]
    return card.name, next((trello.members[one].name for one in card.members), None), str(card.due)[:10]


def only(team: Team, title: str) -> str:
    (found,) = team.person().finds(title, also_done=True)
    return found


def test_what_is_written_is_taken_once_ten_minutes_later(met: Team) -> None:
    writes(met, "Thanks all.\nDecision: the newsletter moves to Thursdays\n- action: Thandi – check the tags – 27 Nov")

    assert did(met.later(minutes=5).sync()) == []
    assert decided(met) == []
    assert did(met.later(minutes=6).sync()) == [("create", "said")]
    assert did(met.later(hours=1).sync()) == []

    assert decided(met) == [
        ("decision", "the newsletter moves to Thursdays"),
        ("action", "Thandi – check the tags – Fri 27 Nov"),
    ]
    assert task(met, only(met, "Check the tags")) == ("Check the tags", "Thandi Mokoena", "2026-11-27")


def test_a_young_comment_is_read_again_although_nothing_changed_since(met: Team) -> None:
    def cycle() -> list[tuple[str, str]]:
        """One of the service's, that reads only what changed."""
        with open_app(met.config(), at=met.clock.now) as app:
            return did(app.cycle(Choices(partly=frozenset({"work"})))[0])

    met.sync()
    writes(met, "Action: Thandi – check the tags – 27 Nov")
    met.later(minutes=1)
    assert cycle() == []
    home = PROJECT if met.tracker == "asana" else met.sandbox.trello.state.cards[review(met)].board
    other = met.person().make(home, "Something else")
    met.person().complete(review(met))

    met.later(minutes=8)
    assert cycle() == []
    met.person().rename(other, "Something else again")
    met.later(minutes=60)
    assert cycle() == [("create", "said")]
    met.later(minutes=60)
    assert cycle() == []


def test_an_edit_changes_the_task_and_never_doubles_it(met: Team) -> None:
    comment = writes(met, "Action: Thandi – check the tags – 27 Nov\nDecision: one")
    met.later(minutes=11).sync()
    before = only(met, "Check the tags")

    met.person().edit_comment(comment, "Decision: one\nAction: Thandi – check all tags – 30 Nov\nDecision: two")
    met.later(minutes=30).sync()

    assert met.person().finds("heck") == [before]
    assert task(met, before)[0] == "Check all tags"
    assert task(met, before)[2] == "2026-11-30"
    assert sorted(decided(met)) == [
        ("action", "Thandi – check all tags – Mon 30 Nov"),
        ("decision", "one"),
        ("decision", "two"),
    ]


def test_what_a_person_changed_on_the_task_stays_and_a_line_taken_back_leaves_it_to_people(met: Team) -> None:
    comment = writes(met, "Action: Thandi – check the tags – 27 Nov")
    met.later(minutes=11).sync()
    made = only(met, "Check the tags")
    met.person().rename(made, "Check the tags of the shop")
    met.later(minutes=20).sync()

    met.person().edit_comment(comment, "Action: Thandi – check everything – 30 Nov")
    met.later(minutes=20).sync()
    assert task(met, made)[::2] == ("Check the tags of the shop", "2026-11-30")
    met.person().delete_comment(comment)
    met.at("2026-11-20T09:01").sync()
    met.later(minutes=20).sync()

    assert [text.split(" is gone")[0] for text in met.said(made)] == ["The line that asked for this"]
    assert decided(met) == [("action", "Thandi – check everything – Mon 30 Nov (taken back)")]


def test_what_cannot_be_placed_is_answered_once_and_again_when_an_edit_still_fails(met: Team) -> None:
    met.sync()
    comment = writes(met, "Action: someone check tags")
    before = len(met.said(review(met)))

    for _ in range(3):
        met.later(minutes=11).sync()

    (answer,) = met.said(review(met))[before:]
    assert answer.replace("`", "") == (
        "One line could not be placed: “Action: someone check tags”. "
        "Please name a person, for example: Action: Thandi – check tags – Friday"
    )
    met.person().edit_comment(comment, "Action: Peter – check tags – Friday")
    for _ in range(3):
        met.later(minutes=11).sync()
    assert "(Peter is not known here)" in met.said(review(met))[-1]
    assert len(met.said(review(met))) == before + 2
    met.person().edit_comment(comment, "Action: Thandi – check tags – Friday")
    for _ in range(3):
        met.later(minutes=11).sync()
    assert len(met.said(review(met))) == before + 2
    assert task(met, only(met, "Check tags"))[2] == "2026-11-20"


def test_the_summary_of_the_morning_after_and_what_comes_later(met: Team) -> None:
    writes(met, "Decision: the newsletter moves to Thursdays\nFeedback: customers like it\nAction: check tags")
    met.person().add_part(review(met), "Call ten lost customers")
    met.later(minutes=30).sync()
    met.person().complete(review(met))
    met.at("2026-11-20T08:59").sync()
    before = len(met.said(review(met)))

    assert did(met.at("2026-11-20T09:01").sync()) == [("comment", "summary")]
    assert did(met.later(hours=1).sync()) == []

    said = met.said(review(met))
    assert len(said) == before + 1
    assert said[-1].startswith("Summary: 1 decision, 1 action, 1 piece of feedback.")
    assert "Thandi: the newsletter moves to Thursdays" in said[-1]
    assert "Nobody yet: Call ten lost customers" in said[-1]
    assert "“Action: check tags”" in said[-1]
    writes(met, "Decision: and to the afternoon")
    met.later(minutes=30).sync()
    assert len(met.said(review(met))) == before + 2
    assert any(one.startswith("Summary: 2 decisions, 1 action") for one in met.said(review(met)))
    assert [lines_said(one) for one in met.said(review(met)) if one.startswith(("Summary", "One line"))] == [[], []]


def test_a_review_at_which_nothing_was_written(met: Team) -> None:
    met.at("2026-11-20T09:01").sync()
    met.later(hours=30).sync()

    said = [one for one in met.said(review(met)) if one.startswith("Nothing was written down at this review.")]
    assert len(said) == 1


def test_a_lost_ledger_makes_no_task_twice_and_says_nothing_twice(met: Team) -> None:
    writes(met, "Action: Thandi – check the tags – 27 Nov\nAction: someone check tags")
    met.at("2026-11-20T09:01").sync()
    tasks, said = met.ids(), met.said(review(met))
    for file in met.folder.glob("alignd.db*"):
        file.unlink()

    for _ in range(4):
        met.later(minutes=20).sync()

    assert (met.ids(), met.said(review(met))) == (tasks, said)
    assert ("action", "Thandi – check the tags – Fri 27 Nov") in decided(met)


def test_only_people_of_the_file_in_their_own_comments_can_say_anything(met: Team) -> None:
    """Notes, titles, strangers, alignd's own words and copies of them, what is quoted, parts: nothing commands."""
    person, at = met.person(), review(met)
    stranger = "Johan Botha" if met.tracker == "trello" else "alignd"  # no account of anybody in the file
    met.person(stranger).comment(at, "Decision: pay me")
    person.comment(at, "> Decision: pay me\nWe should not write Decision: pay me")
    person.write_notes(at, "Decision: pay me\nAction: Thandi – pay me – Friday")
    person.add_part(at, "Action: Thandi – pay me – Friday")

    for _ in range(2):
        met.later(minutes=20).sync()
    met.at("2026-11-20T09:01").sync()
    summary = next(one for one in met.said(at) if one.startswith("Summary"))
    person.comment(at, summary)
    met.later(minutes=20).sync()
    met.later(minutes=20).sync()

    assert decided(met) == []
    assert not [one for one in met.reports if ("create", "said") in did(one)]
