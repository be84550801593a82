"""Gaps: what is not agreed, by rules with ids."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from mapping.gaps import RULES, Agreements, Gap, gaps
from mapping.goals import Goals
from mapping.kpis import DatedTarget, Fixed, Goal, Kpi
from mapping.people import Person, Team
from mapping.periods import PeriodKind

TODAY = date(2026, 12, 8)
TARGET = (DatedTarget(None, None, Fixed(Decimal(5))),)
SESSIONS = Kpi("sessions", "Website sessions", PeriodKind.WEEK, owner="thandi", definition="Sessions.", targets=TARGET)
GROW = Goal("grow", "Grow", "neo", date(2026, 12, 8), (), None, 0)
LEADS = Goal("leads", "More leads", "thandi", None, ("sessions",), "grow", 1)
PEOPLE = {
    "thandi": Person("thandi", "Thandi Mokoena", team="marketing"),
    "neo": Person("neo", "Neo Khumalo", team="leadership"),
}
WELL = Agreements((SESSIONS,), Goals((GROW, LEADS)), PEOPLE, {"marketing": Team("marketing", "Marketing")}, TODAY)


def with_kpi(**changes: object) -> Agreements:
    return replace(WELL, kpis=(replace(SESSIONS, **changes),))  # type: ignore[arg-type]


def test_what_is_all_agreed_has_no_gap() -> None:
    assert gaps(WELL) == []


@pytest.mark.parametrize(
    ("agreements", "gap"),
    [
        (with_kpi(id="other", name="Other"), Gap("kpi_without_goal", "other", "Other")),
        (with_kpi(owner=None), Gap("kpi_without_owner", "sessions", "Website sessions")),
        (with_kpi(targets=()), Gap("kpi_without_target", "sessions", "Website sessions")),
        (
            with_kpi(targets=(DatedTarget(None, date(2026, 12, 7), Fixed(Decimal(5))),)),
            Gap("kpi_without_target", "sessions", "Website sessions"),
        ),
        (with_kpi(definition=None), Gap("kpi_not_agreed", "sessions", "Website sessions")),
        (replace(WELL, unagreed=frozenset({"sessions"})), Gap("kpi_not_agreed", "sessions", "Website sessions")),
        (replace(WELL, doubted=frozenset({"sessions"})), Gap("target_in_question", "sessions", "Website sessions")),
        (
            replace(WELL, goals=Goals((replace(LEADS, parent=None, depth=0),))),
            Gap("nobody_to_escalate_to", "sessions", "Website sessions"),
        ),
        (
            replace(WELL, goals=Goals((GROW, LEADS, Goal("brand", "Be known", "neo", None, (), "grow", 1)))),
            Gap("goal_without_kpi", "brand", "Be known"),
        ),
        (replace(WELL, today=date(2026, 12, 9)), Gap("goal_past_its_date", "grow", "Grow", date(2026, 12, 8))),
    ],
)
def test_each_rule_finds_its_gap_and_no_other(agreements: Agreements, gap: Gap) -> None:
    assert gaps(agreements) == [gap]


def test_a_target_that_begins_later_is_agreed() -> None:
    later = DatedTarget(date(2027, 3, 1), None, Fixed(Decimal(5)))
    assert gaps(with_kpi(targets=(later,))) == []


def test_rules_can_be_chosen_and_each_gap_names_its_rule() -> None:
    bad = with_kpi(owner=None, targets=(), definition=None)
    only = {"kpi_without_owner": RULES["kpi_without_owner"]}
    assert [one.rule for one in gaps(bad, only)] == ["kpi_without_owner"]
    assert {one.rule for one in gaps(bad)} <= set(RULES)
