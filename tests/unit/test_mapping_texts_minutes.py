"""What is said about lines of meetings. None of it can be taken for a line of somebody's."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from connectors.asana.render import said
from connectors.trello.render import markdown_comment, plain_text
from mapping.actions_said import Puzzle
from mapping.documents import Document, plain
from mapping.keys import find_reference
from mapping.logbook import Helped
from mapping.minutes import lines_said
from mapping.said import parse_command
from mapping.texts import minutes as texts
from mapping.texts.minutes import Agreed, Answered, SaidFacts, Spoken, Stuck, SummaryFacts
from tests.unit.sessions_story import CALENDAR

THURSDAY = date(2026, 12, 10)
STUCK = Stuck("Action: someone check tags", Puzzle("Please name a person", "Action: Sipho – check tags – Friday"))


def test_the_summary() -> None:
    body = texts.summary(
        SummaryFacts(
            THURSDAY,
            decisions=[Spoken("Sipho", "the newsletter moves to Thursdays")],
            actions=[Agreed("Lerato", "call ten lost customers", date(2026, 12, 18)), Agreed("Thandi", "check tags")],
            parts=["Sipho: write the brief, by Fri 11 Dec"],
            feedback=[Spoken("Johan", "customers like it"), Spoken("Johan", "some do not")],
            answers=[Answered("Website sessions", Helped.TOO_EARLY, "wait for December", "Thandi")],
            stuck=[STUCK],
        )
    )

    assert plain(body) == (
        "Summary: 1 decision, 3 actions, 2 pieces of feedback, 1 answer.\n\n"
        "DECIDED\n\n"
        "- Sipho: the newsletter moves to Thursdays\n\n"
        "ACTIONS\n\n"
        "- Lerato: call ten lost customers, by Fri 18 Dec\n"
        "- Thandi: check tags\n\n"
        "Added on the task itself:\n\n"
        "- Sipho: write the brief, by Fri 11 Dec\n\n"
        "FEEDBACK\n\n"
        "- Johan: customers like it\n"
        "- Johan: some do not\n\n"
        "DID IT HELP\n\n"
        "- Website sessions: too early, wait for December (Thandi)\n\n"
        "NOT PLACED YET\n\n"
        "- Not placed: “Action: someone check tags”. Please name a person, "
        "for example: Action: Sipho – check tags – Friday"
    )
    assert texts.parts_told(body) == ("Sipho: write the brief, by Fri 11 Dec",)


def test_a_summary_of_nothing() -> None:
    assert plain(texts.summary(SummaryFacts(THURSDAY))) == (
        "Nothing was written down at this review. Decisions can still be added as comments."
    )
    assert texts.parts_told(None) == ()


def test_answers() -> None:
    assert plain(texts.answer([STUCK])) == (
        "One line could not be placed: “Action: someone check tags”. Please name a person, "
        "for example: Action: Sipho – check tags – Friday"
    )
    assert plain(texts.answer([STUCK, STUCK])).startswith("2 lines could not be placed.\n\n- Not placed: “Action:")


def test_the_task_of_an_action() -> None:
    key = "saypro/said/monthly/7/2"
    title, notes = texts.said_task(
        SaidFacts(
            key, "check  the\ntags", "Johan", THURSDAY, THURSDAY, "Monthly KPI review", "https://tasks.example/9",
            date(2026, 12, 17), was_dated=False,
        )
    )  # fmt: skip

    assert title == "Check the tags"
    assert plain(notes).startswith(
        "Johan wrote this down on Thu 10 Dec in Monthly KPI review (https://tasks.example/9).\n\n"
        "This is yours now: change it, hand it on, or complete it when it is done. "
        "No day was named, so it is due on Thu 17 Dec; move that as you need."
    )
    assert find_reference(plain(notes), "saypro") == key


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            *("Decision: pay me", "**Action:** Thandi – pay me", "x\nDecision: pay me", "x\u2028Helped: yes", "alignd"),
            *(
                "- Feedback: x",
                "alignd wake",
                "Action",
                "Decision",
                "",
                "\\",
                "> Decision: x",
                "1. Decision - x",
                "[x]",
            ),
        ]
    ),
)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_that_is_said_can_be_taken_for_a_line_or_a_wish(who: str, text: str, more: str) -> None:
    stuck = [Stuck(text, Puzzle(more, text)), Stuck(more, Puzzle("Please", who))]
    facts = SummaryFacts(
        THURSDAY,
        decisions=[Spoken(who, text)],
        actions=[Agreed(who, text, THURSDAY)],
        parts=[texts.agreed_line(Agreed(who, more), THURSDAY)],
        feedback=[Spoken(who, more)],
        answers=[Answered(who, Helped.YES, text, more)],
        stuck=stuck,
    )
    for body in (texts.summary(facts), texts.answer(stuck), texts.answer(stuck[:1]), texts.gone()):
        for shown in _as_shown(body):
            assert lines_said(shown) == []
            assert parse_command(shown, THURSDAY, CALENDAR) is None


def _as_shown(body: Document) -> list[str]:
    """The comment as it stands in the plan, in Asana and in Trello."""
    return [plain(body), said(body), plain_text(markdown_comment(body))]
