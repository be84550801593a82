"""Packing GA4 reports: every cell exactly once, within the vendor's limits, close to the lower bound."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import product
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.ga4.packing import (
    Cell,
    Group,
    batches,
    cells_of,
    fewest_batches,
    fewest_reports,
    group_of,
    pack,
)
from connectors.ga4.scopes import SCOPES, scope_of
from mapping.periods import Period, PeriodKind
from mapping.queries import Ask, Condition, Match, MetricQuery, Where

MONDAY = date(2026, 1, 5)
METRICS = sorted(SCOPES)


def week(n: int) -> tuple[date, date]:
    first = MONDAY + timedelta(weeks=n)
    return first, first + timedelta(days=6)


def period(window: tuple[date, date]) -> Period:
    return Period(*window, PeriodKind.WEEK, str(window[0]))


def channel(n: int) -> Where:
    return (Condition("sessionDefaultChannelGroup", Match.IS, (f"channel {n}",)),)


filters = st.one_of(st.just(()), st.integers(0, 3).map(channel))
asks = st.builds(
    lambda metric, n, where, parts: Ask(MetricQuery("web", metric, where), period(week(n)), parts),
    st.sampled_from(METRICS[:30]) | st.just("customThing"),
    st.integers(0, 8),
    filters,
    st.sampled_from([None, None, "country"]),
)


@given(st.lists(asks, max_size=60))
def test_every_cell_an_ask_needs_is_asked_in_exactly_one_report(wanted: list[Ask]) -> None:
    cells = cells_of(wanted)
    asked = Counter(cell for spec in pack(cells) for cell in spec.cells)
    assert asked == Counter(cells)


@given(st.lists(asks, max_size=60))
def test_no_report_and_no_batch_is_over_the_vendors_limits(wanted: list[Ask]) -> None:
    specs = pack(cells_of(wanted))
    for spec in specs:
        assert 1 <= len(spec.metrics) <= 10
        assert 1 <= len(spec.windows) <= 4
        assert len(set(spec.metrics)) == len(spec.metrics)
        for cell in spec.cells:
            assert cell.metric in spec.metrics
            assert cell.window in spec.windows
            assert group_of(cell) == spec.group
    assert all(1 <= len(batch) <= 5 for batch in batches(specs))
    assert [spec for batch in batches(specs) for spec in batch] == list(specs)


@given(st.lists(asks, max_size=60))
def test_metrics_of_different_scopes_share_no_report_once_a_filter_or_dimension_is_set(wanted: list[Ask]) -> None:
    for spec in pack(cells_of(wanted)):
        if spec.group.where or spec.group.dimension:
            scopes = {scope_of(metric) for metric in spec.metrics}
            assert len(scopes) == 1
            assert scopes != {None} or len(spec.metrics) == 1


@given(st.lists(asks, max_size=60))
def test_the_lower_bound_is_one_and_no_packing_beats_it(wanted: list[Ask]) -> None:
    cells = cells_of(wanted)
    assert fewest_reports(cells) <= len(pack(cells))
    assert fewest_batches(cells) == ceil(fewest_reports(cells) / 5)


@given(st.lists(asks, max_size=40))
def test_the_packing_depends_on_what_is_asked_and_not_on_its_order(wanted: list[Ask]) -> None:
    assert pack(cells_of(wanted)) == pack(cells_of(reversed(wanted)))


@settings(max_examples=40)
@given(st.integers(1, 25), st.integers(1, 14))
def test_a_full_rectangle_of_metrics_and_windows_is_packed_near_the_bound(metrics: int, windows: int) -> None:
    cells = {Cell(METRICS[m], week(w)) for m, w in product(range(metrics), range(windows))}
    assert len(pack(cells)) <= fewest_reports(cells) + 1


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(METRICS), min_size=5, max_size=50, unique=True),
    st.integers(4, 25),
    st.integers(1, 13),
    st.randoms(use_true_random=False),
)
def test_a_thousand_kpis_on_one_property_need_at_most_a_twentieth_more_than_the_bound(
    metrics: list[str], channels: int, weeks: int, random: object
) -> None:
    choices = random.choice  # type: ignore[attr-defined]
    kpis = {(choices(metrics), choices([(), *map(channel, range(channels))])) for _ in range(1000)}
    wanted = [Ask(MetricQuery("web", metric, where), period(week(n))) for metric, where in kpis for n in range(weeks)]
    cells = cells_of(wanted)
    assert len(batches(pack(cells))) <= max(ceil(fewest_batches(cells) * 1.05), fewest_batches(cells))


def test_ten_metrics_over_four_weeks_and_their_unfiltered_twins_are_one_request() -> None:
    social = (Condition("sessionDefaultChannelGroup", Match.IS, ("Organic Social", "Paid Social")),)
    sessions = [metric for metric in METRICS if scope_of(metric) == "session"][:9]
    wanted = [Ask(MetricQuery("web", metric, social), period(week(n))) for metric in sessions for n in range(4)]
    cells = cells_of(wanted)
    assert len(cells) == 72
    assert [spec.group for spec in pack(cells)] == [Group((), None, ""), Group(social, None, "session")]
    assert fewest_batches(cells) == 1


def test_a_filtered_report_stands_beside_the_unfiltered_one_that_proves_its_zeros() -> None:
    metrics = METRICS[:60]
    wanted = [
        Ask(MetricQuery("web", metric, where), period(week(0))) for metric in metrics for where in ((), channel(1))
    ]
    specs = pack(cells_of(wanted))
    home = {cell: n for n, spec in enumerate(specs) for cell in spec.cells}
    apart = [abs(home[cell] - home[cell.twin]) for cell in home if cell.where]
    assert sum(distance <= 5 for distance in apart) > len(apart) / 2


def test_a_report_of_mixed_needs_is_better_than_its_parts() -> None:
    # 12 metrics × 5 weeks: two by two blocks would be four reports, three do
    cells = {Cell(METRICS[m], week(w)) for m, w in product(range(12), range(5))}
    assert (fewest_reports(cells), len(pack(cells))) == (3, 3)


def test_a_rate_for_one_key_event_has_the_scope_of_its_family() -> None:
    assert scope_of("sessionKeyEventRate:purchase") == "session"
    assert scope_of("userKeyEventRate:purchase") == "user"
    assert scope_of("customEvent:price") is None
    assert scope_of("unheardOf") is None


def test_metrics_of_items_share_no_report_with_others_even_without_a_filter() -> None:
    week = (date(2026, 11, 9), date(2026, 11, 15))
    cells = [Cell(metric, week) for metric in ("sessions", "totalUsers", "itemRevenue", "itemsPurchased")]

    packed = pack(cells)

    assert sorted(sorted(spec.metrics) for spec in packed) == [
        ["itemRevenue", "itemsPurchased"],
        ["sessions", "totalUsers"],
    ]
    assert fewest_reports(cells) == 2
