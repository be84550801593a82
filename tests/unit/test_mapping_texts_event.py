"""What an event's alignment review says, and what each person is asked to confirm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.campaigns import Campaign, Event
from mapping.documents import plain
from mapping.kpis import Goal, Kpi
from mapping.people import Person
from mapping.periods import Period, PeriodKind
from mapping.texts.event import (
    PART_LIMIT,
    EventFacts,
    Held,
    event_task,
    event_title,
    is_called,
    part_begins,
    part_title,
)
from mapping.texts.review_facts import GoalState, Standing

TODAY, DUE = date(2026, 11, 2), date(2026, 11, 9)
LAUNCH = Event("app", TODAY, "new_product", "Launch of the mobile app", "thandi")
PEOPLE = {
    "thandi": Person("thandi", "Thandi Mokoena"),
    "neo": Person("neo", "Neo Khumalo"),
    "lerato": Person("lerato", "Lerato Dube"),
}
WEEK = Period(date(2026, 10, 26), date(2026, 11, 1), PeriodKind.WEEK, "2026-W44")
SESSIONS = Kpi("sessions", "Website sessions", PeriodKind.WEEK, owner="thandi")
GROW = Goal("grow", "Grow in Gauteng", "neo", None, (), None, 0)
LEADS = Goal("leads", "Qualified leads up 20 %", "thandi", date(2026, 12, 31), ("sessions",), "grow", 1)
SALE = Campaign("sale", "Spring sale", date(2026, 10, 1), date(2026, 11, 30), "lerato")
FACTS = EventFacts(
    key="saypro/event/app",
    event=LAUNCH,
    due=DUE,
    today=TODAY,
    people=PEOPLE,
    leader="thandi",
    goals=(GoalState(GROW), GoalState(LEADS, (Standing(SESSIONS, WEEK, None),))),
    campaigns=(SALE,),
    held=(Held("thandi", (LEADS,), (SESSIONS,)), Held("neo", (GROW,)), Held("lerato", campaigns=(SALE,))),
)


def test_it_says_what_happened_what_was_agreed_and_who_confirms() -> None:
    title, body = event_task(FACTS)

    assert title == "Alignment review, Mon 9 Nov: Launch of the mobile app"
    said = plain(body)
    for words in (
        "A new product on Mon 2 Nov: Launch of the mobile app",
        "Grow in Gauteng (Neo)",
        "→ Qualified leads up 20 % (Thandi, by 31 Dec): Website sessions (Thandi) not counted yet",
        "Spring sale (Lerato, 1 Oct to 30 Nov)",
        "PLEASE, BY MON 9 NOV",
        "Each of you has a subtask below (Thandi, Neo and Lerato): confirm that what is yours still holds",
        "Decision: what",
    ):
        assert words in said
    assert said.splitlines()[-1].endswith("saypro/event/app")


def test_who_is_away_or_has_no_account_is_named() -> None:
    said = plain(event_task(replace(FACTS, leader="neo", instead_of="thandi", absent=("lerato",)))[1])

    assert "Neo leads (Thandi is away)" in said
    assert "No account here, please tell them: Lerato." in said


def test_where_nothing_has_an_owner_that_is_what_to_agree_on() -> None:
    said = plain(event_task(replace(FACTS, held=()))[1])

    assert "please agree on whose each goal is" in said


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (
            Held("thandi", (LEADS,), (SESSIONS,)),
            "Thandi: confirm your goal and KPI after Launch of the mobile app: Qualified leads up 20 %, "
            "Website sessions",
        ),
        (
            Held("neo", (GROW, LEADS)),
            "Neo: confirm your goals after Launch of the mobile app: Grow in Gauteng, Qualified leads up 20 %",
        ),
        (
            Held("lerato", campaigns=(SALE,)),
            "Lerato: confirm your campaign after Launch of the mobile app: Spring sale",
        ),
    ],
)
def test_a_part_names_whose_it_is_and_what(held: Held, said: str) -> None:
    assert part_title(held, LAUNCH, PEOPLE) == said


def test_a_part_with_a_lot_in_it_says_how_much_more() -> None:
    many = tuple(replace(SESSIONS, id=f"k{n}", name=f"Visits {n}") for n in range(9))
    title = part_title(Held("thandi", kpis=many), LAUNCH, PEOPLE)
    assert title.endswith("Visits 0, Visits 1, Visits 2, Visits 3, and 5 more")


words = st.text(min_size=1, max_size=400)


@given(words, words)
def test_whatever_people_write_titles_are_short_one_line_and_known_again(title: str, name: str) -> None:
    event = replace(LAUNCH, title=title)
    people = {"thandi": Person("thandi", name)}
    held = Held("thandi", (replace(LEADS, title=title),), (replace(SESSIONS, name=name),))
    part = part_title(held, event, people)

    for one in (part, event_title(event, DUE, TODAY)):
        assert len(one) <= PART_LIMIT
        assert one.splitlines() == [one]
    assert part.startswith(part_begins("thandi", people))
    assert is_called(event_title(event, DUE, TODAY), event)
