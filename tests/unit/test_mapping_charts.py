"""What a chart shows: every number where it belongs, a gap for every number that is not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mapping.alignment import Mark, MarkKind
from mapping.charts import SHOWN_MARKS, Agreed, Stand, chart_of, edges_of
from mapping.kpis import Between, DatedTarget, Direction, Fixed, Growth, TargetValue, Tolerance, Unit
from mapping.periods import PeriodKind
from mapping.readings import State
from mapping.texts.charts import chart_alt, marks_said, point_said
from tests.unit.chart_samples import AT, Value, aligned, pictured

TODAY = AT.date()
VALUES = st.one_of(st.none(), st.sampled_from(["?", "~"]), st.integers(-(10**12), 10**12))


@given(st.lists(VALUES, max_size=60))
def test_no_line_crosses_a_number_that_is_not_there_and_none_is_made_up(values: list[Value]) -> None:
    chart = chart_of(pictured(values, kind=PeriodKind.DAY, last=date(2026, 11, 17)), TODAY)
    numbers = [one for one in values if isinstance(one, int)]
    assert [point.value for point in chart.points] == [Decimal(one) for one in numbers]
    for run in chart.runs:
        assert all((after.period.first - before.period.last).days == 1 for before, after in pairwise(run))
    begun = next((place for place, one in enumerate(values) if isinstance(one, int)), len(values))
    assert len(chart.holes) == sum(not isinstance(one, int) for one in values[begun:])
    assert chart.last == max(TODAY, date(2026, 11, 17))


def test_a_period_that_was_never_read_is_a_gap_as_well() -> None:
    whole = pictured([1, 2, 3, 4])
    holed = replace(whole, readings=[one for place, one in enumerate(whole.readings) if place != 2])
    chart = chart_of(holed, TODAY)
    assert [len(run) for run in chart.runs] == [2, 1]
    assert [(hole.first, hole.last, hole.state) for hole in chart.holes] == [
        (date(2026, 11, 2), date(2026, 11, 8), None)
    ]


def test_a_year_before_that_was_read_only_as_a_baseline_is_no_part_of_the_course() -> None:
    whole = pictured([1, 2, 3, *[4] * 8, 5, 6])
    baselines, course = whole.readings[:3], whole.readings[11:]
    chart = chart_of(replace(whole, readings=[*baselines, *course]), TODAY)
    assert [point.value for point in chart.points] == [Decimal(5), Decimal(6)]
    assert chart.first == course[0].period.first
    assert chart.holes == ()


def test_a_point_has_the_shape_of_its_side() -> None:
    up = chart_of(pictured([12_500, 11_800, 9_000, 8_000], first_counts=1), TODAY)
    assert [point.stand for point in up.points] == [Stand.ON, Stand.CLOSE, Stand.BELOW, Stand.BELOW]
    assert [point.final for point in up.points] == [True, True, True, False]
    down = chart_of(pictured([12_500, 13_000], direction=Direction.DOWN), TODAY)
    assert [point.stand for point in down.points] == [Stand.CLOSE, Stand.ABOVE]
    inside = chart_of(pictured([5, 15, 25], target=lambda _: TargetValue(Decimal(10), Decimal(20))), TODAY)
    assert [point.stand for point in inside.points] == [Stand.BELOW, Stand.ON, Stand.ABOVE]
    nothing = chart_of(pictured([5], target=lambda _: None), TODAY)
    assert [point.stand for point in nothing.points] == [Stand.UNJUDGED]


def test_the_target_is_the_one_that_judged_and_then_the_one_of_the_file() -> None:
    picture = pictured(
        [1, 2, 3],
        target=lambda place: TargetValue(Decimal(10 if place < 2 else 12)),
        targets=(
            DatedTarget(None, date(2026, 11, 15), Fixed(Decimal(12))),
            DatedTarget(date(2026, 11, 16), None, Fixed(Decimal(15))),
        ),
    )
    assert chart_of(picture, TODAY).agreed == (
        Agreed(date(2026, 10, 26), date(2026, 11, 8), Decimal(10), None),
        Agreed(date(2026, 11, 9), date(2026, 11, 15), Decimal(12), None),
        Agreed(date(2026, 11, 16), TODAY, Decimal(15), None),
    )


def test_a_target_that_is_measured_from_another_number_is_not_drawn_before_it_is_known() -> None:
    grows = (DatedTarget(None, None, Growth(Decimal("0.2"), "previous_period")),)
    assert chart_of(pictured([1, 2], targets=grows), TODAY).agreed[-1].last == date(2026, 11, 15)


def test_bands_lie_below_for_more_is_better_above_for_less_and_on_both_sides_of_a_range() -> None:
    day = date(2026, 11, 15)
    one, two = Agreed(day, day, Decimal(100), None), Agreed(day, day, Decimal(100), Decimal(200))
    up, down = pictured([1]).kpi, pictured([1], direction=Direction.DOWN).kpi
    assert (edges_of(up, one).close_low, edges_of(up, one).on_low) == (Decimal(95), Decimal(100))
    assert (edges_of(down, one).on_high, edges_of(down, one).close_high) == (Decimal(100), Decimal(105))
    absolute = pictured([1], tolerance=Tolerance(Decimal(3), False)).kpi
    edges = edges_of(absolute, two)
    assert (edges.close_low, edges.on_low, edges.on_high, edges.close_high) == tuple(map(Decimal, (97, 100, 200, 203)))


def test_marks_are_numbered_by_their_day_and_only_those_of_the_days_shown() -> None:
    marks = [
        Mark(date(2026, 11, 11), date(2026, 11, 11), MarkKind.COMPLETED, "Landing page\nrewritten"),
        Mark(date(2026, 10, 1), date(2026, 11, 2), MarkKind.CAMPAIGN, "Spring sale"),
        Mark(date(2026, 5, 1), date(2026, 5, 1), MarkKind.EVENT, "long ago"),
    ]
    picture = pictured([1, 2, 3], marks=marks)
    assert marks_said(picture) == [(1, "campaign: Spring sale"), (2, "completed: Landing page rewritten")]
    many = [Mark(date(2026, 11, 1), date(2026, 11, 1), MarkKind.EVENT, f"{place:02}") for place in range(40)]
    assert [number for number, _ in marks_said(pictured([1, 2, 3], marks=many))] == list(range(1, SHOWN_MARKS + 1))


def test_the_chart_in_words() -> None:
    picture = pictured([12_260, None, 9_960, 8_200])
    assert chart_alt(picture, aligned(picture)) == (
        "Website sessions, three weeks with a number. Last 9–15 Nov: 8,200, below (target 12,000). "
        "1 on target and 2 below. Between 8,200 and 12,260. 26 Oct–1 Nov has no number."
    )
    assert chart_alt(pictured([None]), aligned()) == "Website sessions: no number yet."


def test_a_point_in_words_never_looks_equal_to_the_target_it_misses() -> None:
    chart = chart_of(
        pictured(
            ["0.0196"],
            unit=Unit.PERCENT,
            target=lambda _: TargetValue(Decimal("0.02")),
            tolerance=Tolerance(Decimal(0), True),
        ),
        TODAY,
    )
    assert point_said(chart, chart.points[0]) == "9–15 Nov: 1.96 %, below (target 2.0 %)"


def test_what_is_not_believed_is_a_gap_and_says_why() -> None:
    chart = chart_of(pictured([1, "?", 3, "~"]), TODAY)
    assert [hole.state for hole in chart.holes] == [State.UNTRUSTED, State.AWAITED]
    alt = chart_alt(pictured([1, "?", 3, "~"]), aligned())
    assert "Two gaps: 1 not trusted and 1 waited for." in alt


def test_fixed_and_range_targets_of_the_file_reach_to_today() -> None:
    both = (DatedTarget(None, None, Between(Decimal(1), Decimal(2))),)
    chart = chart_of(pictured([1], targets=both, target=lambda _: TargetValue(Decimal(1), Decimal(2))), TODAY)
    assert chart.agreed == (Agreed(date(2026, 11, 9), TODAY, Decimal(1), Decimal(2)),)
