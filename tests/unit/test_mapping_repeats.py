"""Items in a row: how often a KPI needed one against the same target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from mapping.judgements import Judgement
from mapping.kpis import DatedTarget, Growth, Kpi, TargetValue
from mapping.links import Link, LinkState
from mapping.repeats import count_of, items_in_a_row
from tests.unit.helped_story import BEFORE, DONE, ITEM, item, open_item, week
from tests.unit.sessions_story import CALENDAR, SESSIONS


def row(items: Sequence[Link], history: Sequence[Judgement] = BEFORE, kpi: Kpi = SESSIONS) -> int:
    return count_of(items_in_a_row(kpi, items, history, CALENDAR))


def made(after: timedelta, number: int = 2) -> Link:
    return open_item(key=f"{ITEM}/{number}", made_at=DONE + after)


def test_no_item_is_no_row_and_one_is_a_row_of_one() -> None:
    assert row([]) == 0
    assert row([open_item()]) == 1


@pytest.mark.parametrize(
    ("after", "expected"), [(timedelta(weeks=2), 2), (timedelta(weeks=26), 2), (timedelta(weeks=26, seconds=1), 1)]
)
def test_an_item_made_within_half_a_year_of_the_last_is_in_a_row_with_it(after: timedelta, expected: int) -> None:
    later = open_item(key="saypro/action/sessions/2027-W02", made_at=DONE + after)
    assert row([item(), later]) == expected


def test_items_set_aside_or_not_made_do_not_count() -> None:
    aside = item(f"{ITEM}/2", state=LinkState.DISMISSED)
    refused = open_item(key=f"{ITEM}/4", state=LinkState.FAILED)
    assert row([item(), aside, made(timedelta(weeks=3), 3), refused]) == 2


def test_a_new_target_begins_anew() -> None:
    lower = week("2026-W48", 9_000, target=TargetValue(Decimal(10_000)))
    assert row([item(), made(timedelta(days=2))], (*BEFORE, lower)) == 0
    fresh = made(timedelta(weeks=4))
    assert row([item(), fresh], (*BEFORE, lower)) == 1


def test_a_growth_target_stays_the_same_though_its_number_moves() -> None:
    growth = DatedTarget(None, None, Growth(Decimal("0.2"), "previous_period"))
    moved = week("2026-W48", 9_000, target=TargetValue(Decimal(10_000)))
    grows = replace(SESSIONS, targets=(growth,))
    assert row([item(), made(timedelta(weeks=4))], (*BEFORE, moved), grows) == 2


def test_a_follow_up_whose_former_items_were_forgotten_counts_as_its_key_says() -> None:
    assert row([open_item(key=f"{ITEM}/3", adopted=True)]) == 3
