"""Which KPIs a review looks at, and when their first counts are wanted anew for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from mapping.readings import Reading, State
from sync.asking import Desk, Known, due_periods
from sync.reviewed import kpis_of, taking_part, wanted_since
from tests.unit.review_story import config_of

APPEARED = datetime(2026, 12, 8, 6, 0, tzinfo=UTC)  # of the monthly review of Thu 10 Dec
DAY_BEGAN = datetime(2026, 12, 10, 6, 0, tzinfo=UTC)
MEETS = datetime(2026, 12, 10, 8, 0, tzinfo=UTC)


def test_a_review_looks_at_the_kpis_of_its_people_and_at_all_where_they_have_none() -> None:
    config = config_of()
    assert taking_part(config.reviews["one_on_one"], config) == ("thandi", "sipho")
    two = {kpi.owner for kpi in kpis_of(config.reviews["one_on_one"], config)}
    assert two == {"thandi", "sipho"}
    assert [kpi.id for kpi in kpis_of(config.reviews["sales"], config)] == ["calls", "reviews", "kept"]
    alone = config_of(reviews="reviews:\n  top: {title: Top, every: 1 month, owner: neo}\n")
    assert len(kpis_of(alone.reviews["top"], alone)) == len(alone.kpis)


@pytest.mark.parametrize(
    ("now", "since"),
    [
        (APPEARED - timedelta(minutes=1), None),
        (APPEARED, APPEARED),
        (APPEARED + timedelta(hours=30), APPEARED),
        (DAY_BEGAN, DAY_BEGAN),
        (MEETS, DAY_BEGAN),
        (MEETS + timedelta(minutes=1), None),
    ],
)
def test_numbers_are_wanted_anew_when_the_task_appears_and_when_its_day_begins(
    now: datetime, since: datetime | None
) -> None:
    only = (
        "reviews:\n  monthly: {title: Monthly, every: 1 month, on: second thursday, "
        'at: "10:00", owner: johan, invite: [sales]}\n'
        "  talk: {title: Talk, every: 1 week, on: monday, owner: sipho, agenda: [priorities]}\n"
    )
    found = wanted_since(config_of(reviews=only), now)
    assert found.get("kept") == since
    assert set(found.values()) <= {since}


def test_a_first_count_read_before_the_occasion_is_read_again_once() -> None:
    config = config_of()
    kpi, calendar = config.kpis["sessions"], config.workspace.calendar
    now = APPEARED + timedelta(minutes=5)
    desk = Desk(config.kpis, config.terms, calendar, {}, now)
    week = calendar.parse("2026-W49")

    def asked(read_at: datetime, told_at: datetime | None) -> bool:
        first = Reading(kpi.id, "d", week, State.VALUE, Decimal(9), False, read_at)
        known = Known({week.label: first}, {week.label: read_at}, APPEARED - timedelta(days=400), told_at)
        return week in [one.period for one in due_periods(kpi, known, desk)]

    young = APPEARED - timedelta(minutes=20)
    assert not asked(young, None)
    assert asked(young, APPEARED)
    assert not asked(APPEARED + timedelta(minutes=1), APPEARED)
