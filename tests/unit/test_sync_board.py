"""The alignment as a table: what stands in each cell, in which form."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from mapping.alignment import Alignment, KpiPicture
from mapping.companions import Pace
from mapping.judgements import Judgement, Status
from mapping.kpis import Kpi, TargetValue, Unit
from mapping.people import Person
from mapping.periods import Calendar, Period, PeriodKind
from mapping.queries import Aggregate, MetricQuery, TableQuery
from mapping.texts.review_facts import OpenItem, Standing
from sync.board import COLUMNS, board_of, pattern_of

ZONE = ZoneInfo("Africa/Johannesburg")
LEADS = Kpi("leads", "Leads", PeriodKind.MONTH, owner="thandi", value=MetricQuery("web", "leads"))
TARGET = TargetValue(Decimal(100))


def month(number: int) -> Period:
    last = {8: 31, 9: 30, 10: 31, 11: 30}[number]
    return Period(date(2026, number, 1), date(2026, number, last), PeriodKind.MONTH, f"2026-{number:02d}")


def judged(number: int, status: Status, value: int = 80, target: TargetValue | None = TARGET) -> Judgement:
    at = datetime(2026, number + 1, 2, tzinfo=UTC)
    return Judgement("leads", "d", month(number), status, Decimal(value), target, None, at)


def row(picture: KpiPicture) -> dict[str, object]:
    at = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
    people = {"thandi": Person("thandi", "Thandi Mokoena")}
    alignment = Alignment("saypro", "SayPro", at, Calendar(ZONE), at.date(), at.date(), people=people, kpis=[picture])
    board = board_of(alignment)
    assert board.columns == COLUMNS
    return dict(zip(board.columns, board.rows["leads"], strict=True))


def test_a_kpi_off_target_since_a_while_with_its_item_and_pace() -> None:
    history = (judged(8, Status.ON_TRACK, 120), judged(9, Status.OFF_TRACK), judged(10, Status.OFF_TRACK, 70))
    item = OpenItem("Bring leads back", "thandi", date(2026, 11, 30), url="https://x.example/1")
    pace = Pace(month(11), date(2026, 11, 19), Decimal(40), TARGET, Decimal("63.3"))
    standing = Standing(LEADS, month(10), history[-1], history, final=True)
    assert row(KpiPicture(standing, "marketing", item=item, pace=pace)) == {
        "KPI id": "leads", "KPI": "Leads", "Number": Decimal(70), "Target": Decimal(100), "Status": "below",
        "Since": "2026-09-01", "Period": "October 2026", "Owner": "Thandi Mokoena", "Open item": "Bring leads back",
        "Due": "2026-11-30", "Link": "https://x.example/1", "So far": Decimal(40),
        "Expected so far": Decimal("63.3"), "Updated": "2026-11-20 09:05",
    }  # fmt: skip


def test_a_first_count_says_so_and_since_when_it_stands_so() -> None:
    history = (judged(8, Status.OFF_TRACK), judged(9, Status.ON_TRACK, 120))
    standing = Standing(LEADS, month(10), judged(10, Status.ON_TRACK, 110), history)
    shown = row(KpiPicture(standing, "marketing"))
    assert (shown["Status"], shown["Since"], shown["So far"]) == ("on target (first count)", "2026-09-01", None)


def test_a_kpi_without_a_number_says_when_one_is_expected() -> None:
    standing = Standing(LEADS, month(10), None, expected=date(2026, 11, 25))
    shown = row(KpiPicture(standing, "marketing"))
    assert (shown["Number"], shown["Status"]) == (None, "no number yet, expected 2026-11-25")
    assert (shown["Since"], shown["Period"]) == ("", "")
    assert row(KpiPicture(Standing(LEADS, month(10), None), "marketing"))["Status"] == "no number yet"


def test_a_range_is_text_and_no_target_is_nothing() -> None:
    rate = replace(LEADS, unit=Unit.PERCENT)
    wide = judged(10, Status.OFF_TRACK, target=TargetValue(Decimal("0.02"), Decimal("0.045")))
    bare = judged(10, Status.UNKNOWN, target=None)
    shown = [row(KpiPicture(Standing(rate, month(10), one, (one,), final=True), "marketing")) for one in (wide, bare)]
    assert [one["Target"] for one in shown] == ["2.0–4.5 %", None]


@pytest.mark.parametrize(
    ("kpi", "pattern"),
    [
        (LEADS, "#,##0"),
        (replace(LEADS, unit=Unit.PERCENT), "0.0#%"),
        (replace(LEADS, unit=Unit.CURRENCY, currency="ZAR"), '"R "#,##0.00'),
        (replace(LEADS, unit=Unit.CURRENCY, currency="EUR"), '"EUR "#,##0.00'),
        (replace(LEADS, unit=Unit.SECONDS), '#,##0" s"'),
        (replace(LEADS, unit=Unit.SCORE), "0.00"),
        (replace(LEADS, value=TableQuery("s", "A!A:B", "Day", "N", Aggregate.MEAN)), "#,##0.0"),
        (replace(LEADS, value=None, formula="a / b"), "#,##0.0"),
    ],
)
def test_each_unit_has_its_number_format(kpi: Kpi, pattern: str) -> None:
    assert pattern_of(kpi) == pattern
