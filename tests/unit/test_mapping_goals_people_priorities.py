"""The goal tree, who stands in for whom, and who goes first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from mapping.goals import Goals, chain_said, escalation_person
from mapping.kpis import Goal
from mapping.people import Away, Person, Team, call_name, stand_in
from mapping.priorities import line_order

PEOPLE = {
    one.id: one
    for one in (
        Person("thandi", "Thandi Mokoena", team="marketing"),
        Person("sipho", "Sipho Nkosi", team="marketing"),
        Person("neo", "Neo Khumalo", team="leadership"),
        Person("lerato", "Lerato Dube", team="sales"),
    )
}
TEAMS = {
    "marketing": Team("marketing", "Marketing", lead="thandi"),
    "sales": Team("sales", "Sales", lead="lerato"),
    "leadership": Team("leadership", "Leadership", lead="neo"),
}
GOALS = Goals(
    (
        Goal("grow", "Grow in Gauteng", "neo", None, ("awareness",), None, 0),
        Goal("leads", "20 % more leads", "thandi", None, ("sessions", "cac"), "grow", 1),
        Goal("social", "100 visits from social", "sipho", None, ("social", "cac"), "leads", 2),
        Goal("keep", "Keep customers", "lerato", None, ("nps", "social"), None, 0),
    )
)


def test_the_depth_of_a_kpi_is_that_of_its_highest_goal() -> None:
    assert GOALS.depth_of("awareness") == 0
    assert GOALS.depth_of("cac") == 1
    assert GOALS.depth_of("social") == 0
    assert GOALS.depth_of("spend") is None


def test_what_lies_below_a_goal_is_counted_once_and_none_of_it_is_its_own() -> None:
    grow, leads = GOALS.all[0], GOALS.all[1]
    assert [goal.id for goal in GOALS.below(grow)] == ["leads", "social"]
    assert GOALS.kpis_below(grow) == ["sessions", "cac", "social"]  # cac is named by two of them
    assert GOALS.kpis_below(leads) == ["social"]  # cac is its own
    assert GOALS.kpis_at_and_below(leads) == ["sessions", "cac", "social"]


def test_the_chain_goes_from_the_highest_goal_that_names_the_kpi_up_to_the_root() -> None:
    assert [goal.id for goal in GOALS.chain("sessions")] == ["leads", "grow"]
    assert GOALS.chain("spend") == ()
    assert chain_said(GOALS.chain("sessions"), PEOPLE) == "20 % more leads (Thandi) → Grow in Gauteng (Neo)"
    assert chain_said((Goal("x", "No owner", None, None, (), None, 0),), PEOPLE) == "No owner"


def test_a_goal_that_is_its_own_ancestor_ends_the_chain() -> None:
    loop = Goals((Goal("a", "A", None, None, ("k",), "b", 1), Goal("b", "B", None, None, (), "a", 1)))
    assert [goal.id for goal in loop.chain("k")] == ["a", "b"]


def test_escalation_goes_to_the_first_up_the_tree_who_is_not_the_owner() -> None:
    assert escalation_person(GOALS, "sessions", "thandi", PEOPLE, TEAMS) == "neo"
    assert escalation_person(GOALS, "sessions", "sipho", PEOPLE, TEAMS) == "thandi"


def test_escalation_goes_to_the_team_lead_where_no_goal_names_another() -> None:
    assert escalation_person(GOALS, "spend", "sipho", PEOPLE, TEAMS) == "thandi"


def test_escalation_goes_to_a_root_goal_s_owner_at_last() -> None:
    assert escalation_person(GOALS, "spend", "thandi", PEOPLE, TEAMS) == "neo"
    assert escalation_person(GOALS, "awareness", "neo", PEOPLE, TEAMS) == "lerato"


def test_nobody_to_escalate_to_is_nobody() -> None:
    assert escalation_person(Goals(), "spend", "thandi", PEOPLE, TEAMS) is None
    unknown = Goals((Goal("g", "G", "somebody", None, ("spend",), None, 0),))
    assert escalation_person(unknown, "spend", None, PEOPLE, {}) is None


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────

DAY = date(2026, 12, 20)


def away(person: str, deputy: str | None) -> Person:
    return Person(person, person.title(), away=(Away(date(2026, 12, 14), date(2027, 1, 4), deputy),))


def test_the_deputy_stands_in_on_the_first_and_the_last_day_away_and_not_around_them() -> None:
    people = {"a": away("a", "b"), "b": Person("b", "B")}
    for day, who in (
        (date(2026, 12, 13), None),
        (date(2026, 12, 14), "b"),
        (date(2027, 1, 4), "b"),
        (date(2027, 1, 5), None),
    ):
        assert stand_in("a", day, people) == who


def test_a_deputy_who_is_away_hands_on_to_theirs() -> None:
    people = {"a": away("a", "b"), "b": away("b", "c"), "c": Person("c", "C")}
    assert stand_in("a", DAY, people) == "c"


def test_a_chain_of_deputies_that_finds_nobody_leaves_the_work_where_it_is() -> None:
    assert stand_in("a", DAY, {"a": away("a", "b"), "b": away("b", "a")}) is None
    assert stand_in("a", DAY, {"a": away("a", "a")}) is None
    assert stand_in("a", DAY, {"a": away("a", None)}) is None
    assert stand_in("a", DAY, {"a": away("a", "b"), "b": away("b", None)}) is None
    assert stand_in("a", DAY, {"a": away("a", "gone")}) is None
    assert stand_in("nobody", DAY, {}) is None


def test_people_are_called_by_the_first_word_of_their_name_unless_two_share_it() -> None:
    assert call_name("thandi", PEOPLE) == "Thandi"
    twins = {"a": Person("a", "Thandi Mokoena"), "b": Person("b", "Thandi Zulu")}
    assert call_name("a", twins) == "Thandi Mokoena"
    assert call_name(None, PEOPLE) is None
    assert call_name("gone", PEOPLE) is None


# ── priorities ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_line_is_ordered_by_gap_then_goal_then_how_long_then_the_file() -> None:
    in_order = [
        line_order(Decimal("-0.5"), None, 1, 9),
        line_order(Decimal("-0.3"), 0, 1, 8),
        line_order(Decimal("-0.3"), 2, 5, 7),
        line_order(Decimal("-0.3"), 2, 4, 3),
        line_order(Decimal("-0.3"), 2, 4, 4),
        line_order(Decimal("-0.3"), None, 9, 1),
        line_order(None, 0, 9, 0),
    ]
    shuffled = [in_order[place] for place in (4, 0, 6, 2, 5, 1, 3)]
    assert sorted(shuffled) == in_order
