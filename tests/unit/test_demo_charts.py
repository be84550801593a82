"""The demo's charts: everything stands where its number and its day put it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from mapping.judgements import Status
from mapping.readings import State
from sync.demo.charts import APART, BOTTOM, LEFT, RIGHT, TOP, chart_of
from sync.demo.summary import Mark, Told
from sync.reports import HistoryReport, HistoryRow, Number, Span, Target

MONDAY = date(2026, 9, 7)
LAST = MONDAY + timedelta(weeks=6, days=2)
AT = datetime(2026, 11, 18, 6, tzinfo=UTC)


def week(place: int, value: int | None, target: int | None = 100) -> HistoryRow:
    first = MONDAY + timedelta(weeks=place)
    span = Span(f"week {place}", first, first + timedelta(days=6), f"week {place}")
    number = Number(None if value is None else Decimal(value), "–" if value is None else str(value))
    state = State.MISSING if value is None else State.VALUE
    status = Status.UNKNOWN if value is None else Status.ON_TRACK if value >= 100 else Status.OFF_TRACK
    agreed = None if target is None else Target(Decimal(target), None, f"min {target}")
    return HistoryRow(span, number, state, True, AT, status, "said", agreed)


def told(rows: Sequence[HistoryRow], marks: Sequence[Mark] = ()) -> Told:
    return Told(HistoryReport("kpi", "KPI", AT, tuple(reversed(rows))), "Ana", "up", marks)


def test_a_missing_number_is_a_gap_in_the_line() -> None:
    chart = chart_of(told([week(0, 120), week(1, 110), week(2, None), week(3, 90), week(4, 100)]), MONDAY, LAST)
    assert chart is not None
    assert [len(line.split()) for line in chart.lines] == [2, 2]
    assert [point.shape for point in chart.points] == ["on", "on", "off", "on"]


def test_a_larger_number_stands_higher_and_the_target_at_its_own_height() -> None:
    chart = chart_of(told([week(0, 120), week(1, 100), week(2, 80)]), MONDAY, LAST)
    assert chart is not None
    high, level, low = chart.points
    assert high.y < level.y < low.y
    assert [target.y for target in chart.targets] == [level.y]


def test_a_target_that_moves_is_drawn_in_steps_and_one_that_stays_in_one_piece() -> None:
    chart = chart_of(told([week(0, 120), week(1, 120, 110), week(2, 120, 110), week(3, 120, None)]), MONDAY, LAST)
    assert chart is not None
    first, second = chart.targets
    assert first.to_x == second.x
    assert second.y < first.y


def test_without_a_number_there_is_no_chart() -> None:
    assert chart_of(told([week(0, None)]), MONDAY, LAST) is None


@given(
    st.lists(st.one_of(st.none(), st.integers(-(10**12), 10**12)), min_size=1, max_size=40),
    st.lists(st.integers(0, 44), max_size=8),
)
def test_everything_stays_within_the_picture_and_no_mark_hides_another(
    values: list[int | None], days: list[int]
) -> None:
    marks = [Mark(MONDAY + timedelta(days=day), "made", "asked") for day in sorted(days)]
    rows = [week(place - len(values) + 6, value) for place, value in enumerate(values)]
    chart = chart_of(told(rows, marks), MONDAY, LAST)
    if chart is None:
        assert all(value is None for value in values)
        return
    for point in chart.points:
        assert LEFT <= point.x <= RIGHT
        assert TOP <= point.y <= BOTTOM
    for one, other in zip(chart.signs, chart.signs[1:], strict=False):
        assert other.x - one.x >= APART - 0.2
    assert all(sign.x <= RIGHT for sign in chart.signs)
