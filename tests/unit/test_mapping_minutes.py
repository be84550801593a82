"""The lines people write on the tasks of meetings, in as many spellings as they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.actions_said import Puzzle
from mapping.logbook import Helped, LineKind
from mapping.minutes import Heard, Hearing, Question, heard, lines_said
from mapping.names_said import Names
from mapping.people import Person
from tests.unit.sessions_story import CALENDAR

WEDNESDAY = date(2026, 11, 18)
FRIDAY = date(2026, 11, 20)
PEOPLE = {
    one.id: one
    for one in (
        Person("thandi", "Thandi Mokoena"),
        Person("johan", "Johan Botha"),
        Person("sipho", "Sipho Dlamini"),
        Person("lerato", "Lerató Nkosi"),
        Person("anna1", "Anna Smit"),
        Person("anna2", "Anna Brand"),
    )
}
NAMES = Names(PEOPLE, me="johan")
ONE = (Question("saypro/action/sessions/2026-W46", ("Website sessions", "Landing page rewritten")),)
TWO = (replace(ONE[0], number=5), Question("saypro/action/conversion/2026-10", ("Conversion rate",), 7))


def read(text: str, questions: tuple[Question, ...] = ()) -> Heard | Puzzle:
    (line,) = lines_said(text)
    return heard(line, Hearing(WEDNESDAY, CALENDAR, NAMES, questions))


@pytest.mark.parametrize(
    "said",
    [
        "Action: Sipho – check tags – Friday",
        "action: sipho - check tags - friday",
        "ACTION: SIPHO — CHECK TAGS — FRIDAY",
        "- **Action:** Sipho – check tags – by Friday",
        "**Action**: Sipho – check tags – by Friday",
        "1. Action: Sipho – check tags – Fri 20 Nov",
        "• Action: Sipho – check tags – 20 Nov",
        "* Action - Sipho - check tags - 2026-11-20",
        "☐ Action: Sipho – check tags – 20.11.2026",
        "[ ] Action: Sipho – check tags – 20/11",
        "Action:Sipho—check tags—Friday",
        "Action： Sipho – check tags – Friday",
        "Action items: Sipho – check tags – Friday",
        "Action (Sipho): check tags – Friday",
        "Action: Sipho: check tags by Friday",
        "Action: Sipho, check tags, Friday",
        "Action: Sipho; check tags; until Friday",
        "Action: Sipho | check tags | this Friday",
        "Action: check tags – Sipho – Friday",
        "Action: Friday – Sipho – check tags",
        "Action: Sipho – Friday – check tags",
        "Action: check tags (Sipho) by Friday",
        "Action: check tags – Sipho, by Friday",
        "Action: @Sipho check tags by Friday",
        "Action: @sipho - check tags - (Friday)",
        "Action: Sipho to check tags until Friday",
        "Action: sipho will check tags before 20 November",
        "Action: Sipho please check tags by 20th Nov.",
        "Action: Sipho Dlamini – check tags – in 2 days",
        "Action: Sipho D – check tags – due Friday",
        "Action: Siph – check tags – Friday at the latest",
        "Action: Dlamini – check tags – no later than Friday",
        "Action: Sípho – check tags – EOD Friday",
        "\u200bAction: Sipho – check tags – Friday",
        "   Action:   Sipho  –  check   tags  –  Friday.",
    ],
)
def test_an_action_is_understood_however_it_is_written(said: str) -> None:
    found = read(said)

    assert isinstance(found, Heard)
    assert (found.who, found.text.lower(), found.due) == ("sipho", "check tags", FRIDAY)


@pytest.mark.parametrize(
    ("said", "who", "what", "due"),
    [
        ("Sipho – check tags", "sipho", "check tags", None),
        ("Sipho – check tags – asap", "sipho", "check tags", None),
        ("Lerato – call ten lost customers – 4 Dec", "lerato", "call ten lost customers", date(2026, 12, 4)),
        ("me – check tags – tomorrow", "johan", "check tags", date(2026, 11, 19)),
        ("I will check tags by next week", "johan", "check tags", date(2026, 11, 23)),
        ("check tags, pages and forms – Thandi – 12/12", "thandi", "check tags, pages and forms", date(2026, 12, 12)),
        ("Sipho – check e-mail of 10–12 Nov – today", "sipho", "check e-mail of 10–12 Nov", WEDNESDAY),
        ("Sipho – pause the ads for 2 weeks", "sipho", "pause the ads for 2 weeks", None),
        ("Sipho – post every Friday", "sipho", "post every Friday", None),
        ("Sipho – plan Black Friday – 20 Nov", "sipho", "plan Black Friday", FRIDAY),
        ("Sipho – move to version 13.1", "sipho", "move to version 13.1", None),
        ("Anna Smit – check tags – end of month", "anna1", "check tags", date(2026, 11, 30)),
        ("anna2 – check tags – end of the week", "anna2", "check tags", date(2026, 11, 22)),
    ],
)
def test_who_what_and_by_when(said: str, who: str, what: str, due: date | None) -> None:
    assert read(f"Action: {said}") == Heard(what, who, due)


@pytest.mark.parametrize(
    ("said", "please", "example"),
    [
        ("someone check tags", "Please name a person", "Action: Johan – check tags – Friday"),
        ("check tags – 20 Nov", "Please name a person", "Action: Johan – check tags – 20 Nov"),
        ("", "Please name a person", "Action: Johan – check the tags – Friday"),
        ("Sipho", "Please write what is to be done", "Action: Sipho – check the tags – Friday"),
        ("Sipho – 20 Nov", "Please write what is to be done", "Action: Sipho – check the tags – 20 Nov"),
        (
            "Peter – check tags – 20 Nov",
            "Please name a person of the team (Peter is not known here)",
            "Action: Johan – check tags – 20 Nov",
        ),
        (
            "Anna – check tags – 20 Nov",
            "Please write who is meant (Anna Smit or Anna Brand)",
            "Action: Anna Smit – check tags – 20 Nov",
        ),
        (
            "Sipho and Thandi – check tags – 20 Nov",
            "Please name one person in each line",
            "Action: Sipho – check tags – 20 Nov",
        ),
        (
            "Sipho – check tags – 2026-11-17",
            "Please name a day that is to come (2026-11-17 is past)",
            "Action: Sipho – check tags – Friday",
        ),
        (
            "Sipho – check tags – 12 Nov",
            "Please name a day that is to come (12 Nov is past)",
            "Action: Sipho – check tags – Friday",
        ),
        (
            "Sipho – check tags – 3/4",
            "Please write the day so that it can only be one (3/4 could be two)",
            "Action: Sipho – check tags – Friday",
        ),
    ],
)
def test_what_cannot_be_placed_says_what_to_write_and_that_can_be_placed(said: str, please: str, example: str) -> None:
    assert read(f"Action: {said}") == Puzzle(please, example)
    assert isinstance(read(example), Heard)


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        ("Decision: the newsletter moves to Thursdays", LineKind.DECISION, "the newsletter moves to Thursdays"),
        ("DECISION – newsletter moves", LineKind.DECISION, "newsletter moves"),
        ("2) *Decided:* newsletter moves", LineKind.DECISION, "newsletter moves"),
        ("Feedback - customers like it", LineKind.FEEDBACK, "customers like it"),
        ("_feedback_: customers like it", LineKind.FEEDBACK, "customers like it"),
    ],
)
def test_decisions_and_feedback(said: str, kind: LineKind, text: str) -> None:
    assert lines_said(said)[0].kind is kind
    assert read(said) == Heard(text)


@pytest.mark.parametrize("said", ["Decision:", "Feedback – ", "Action:", "Helped:"])
def test_a_word_alone_is_asked_about(said: str) -> None:
    assert isinstance(read(said, ONE), Puzzle)
    assert isinstance(read(lines_said(said)[0].line, ONE), Puzzle)  # and can be, once it was kept


@pytest.mark.parametrize(
    "said",
    [
        "> Decision: pay me",
        "Decision-making takes too long: why?",
        "Decision makers: all of us",
        "Action plan for December – see below",
        "Action-packed week: thanks",
        "We took a Decision: none",
        "the action: Sipho – check tags",
        "Feedback was good",
        "Helped a lot",
    ],
)
def test_other_lines_are_nobodys(said: str) -> None:
    assert lines_said(said) == []


def test_a_line_ends_where_it_ends_and_lines_are_numbered_in_order() -> None:
    text = (
        "Thanks all.\nDecision: one\n  and more of it\n\nAction: Sipho – check tags\n> Decision: quoted\nDecision: two"
    )

    assert [(one.number, one.kind, one.text) for one in lines_said(text)] == [
        (1, LineKind.DECISION, "one"),
        (2, LineKind.ACTION, "Sipho – check tags"),
        (3, LineKind.DECISION, "two"),
    ]


@pytest.mark.parametrize(
    ("said", "helped", "why"),
    [
        ("Helped: yes – more people came", Helped.YES, "more people came"),
        ("helped: YES, more people came", Helped.YES, "more people came"),
        ("- **Helped:** no - nothing changed", Helped.NO, "nothing changed"),
        ("Helped: too early – wait for December", Helped.TOO_EARLY, "wait for December"),
        ("Helped: not yet", Helped.TOO_EARLY, ""),
        ("Helped: not really: it rained", Helped.NO, "it rained"),
        ("Helped – yes", Helped.YES, ""),
        ("Did it help? – yes", Helped.YES, ""),
        ("Helped: Yes.", Helped.YES, ""),
        ("Helped 1: no", Helped.NO, ""),
        ("Helped: landing page: yes – faster", Helped.YES, "faster"),
    ],
)
def test_whether_it_helped(said: str, helped: Helped, why: str) -> None:
    assert read(said, ONE) == Heard(why, item=ONE[0].item, helped=helped)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("Helped 7: yes", 2),
        ("Helped #5: yes", 1),
        ("Helped: 7 yes – why", 2),
        ("Helped (conversion): yes", 2),
        ("Helped: landing page: yes", 1),
        ("Helped: Conversion rate – yes", 2),
        ("Helped: yes, the conversion rate went up", 2),
    ],
)
def test_of_several_questions_the_one_that_is_named_or_numbered_as_in_the_agenda(said: str, number: int) -> None:
    found = read(said, TWO)

    assert isinstance(found, Heard)
    assert found.item == TWO[number - 1].item


@pytest.mark.parametrize("said", ["Helped: yes", "Helped 2: yes", "Helped: maybe", "Helped: yes and no", "Helped 5:"])
def test_an_answer_that_is_not_clear_gets_the_choices(said: str) -> None:
    found = read(said, TWO)

    assert isinstance(found, Puzzle)
    assert "(Website sessions or Conversion rate)" in found.please


def test_an_answer_that_nobody_asked_for() -> None:
    assert isinstance(read("Helped: yes"), Puzzle)


WORDS = st.sampled_from(
    [
        *(
            "Action",
            "Decision",
            "Helped",
            "Feedback",
            ":",
            " – ",
            "-",
            ",",
            " by ",
            "Friday",
            "12 Dec",
            "Sipho",
            "Anna",
        ),
        *(
            "@",
            "(",
            ")",
            "yes",
            "no",
            "2",
            "3/4",
            "31.02.",
            "in 99999999 years",
            "\n",
            ">",
            "*",
            " ",
            "²",
            "\u200d",
            "İ",
        ),
    ]
)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=25).map("".join)))
def test_whatever_is_written_is_understood_or_asked_about(text: str) -> None:
    for asked in ((), ONE, TWO):
        for word in ("", "Action: ", "Helped: "):
            for line in lines_said(f"{word}{text}"):
                found = heard(line, Hearing(WEDNESDAY, CALENDAR, NAMES, asked))
                if isinstance(found, Heard) and line.kind is LineKind.ACTION:
                    assert found.who in PEOPLE
                    assert found.text
                    assert found.due is None or found.due >= WEDNESDAY


@given(st.lists(WORDS, max_size=12).map("".join))
def test_what_is_proposed_can_always_be_placed(text: str) -> None:
    for line in lines_said(f"Action: {text}"):
        found = heard(line, Hearing(WEDNESDAY, CALENDAR, NAMES))
        if isinstance(found, Puzzle) and line.kind is LineKind.ACTION:
            assert [one.kind for one in lines_said(found.example)][:1] == [LineKind.ACTION]
