"""Targets: the one in force, growth over a baseline, photographed cells, and tables of targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.cells import Writing
from mapping.grids import sheet_places
from mapping.kpis import Between, DatedTarget, Fixed, FromCell, Growth, Kpi, TargetRule, TargetValue, Unit
from mapping.periods import Calendar, Period, PeriodKind
from mapping.queries import CellQuery
from mapping.readings import Photograph, Reading, State
from mapping.target_rows import TargetRows, read_targets_table
from mapping.targets import baseline_period, entry_in_force, target_for

CALENDAR = Calendar(ZoneInfo("Africa/Johannesburg"))
WEEK = CALENDAR.parse("2026-W46")
END = datetime(2026, 11, 15, 22, tzinfo=UTC)
CELL = CellQuery("scorecard", "Targets!C4")


def kpi(*targets: DatedTarget | TargetRule, period: PeriodKind = PeriodKind.WEEK, **more: object) -> Kpi:
    entries = tuple(t if isinstance(t, DatedTarget) else DatedTarget(None, None, t) for t in targets)
    return Kpi("sessions", "Sessions", period, targets=entries, **more)  # type: ignore[arg-type]


def since(first: date | None, value: int, last: date | None = None) -> DatedTarget:
    return DatedTarget(first, last, Fixed(Decimal(value)))


def reading(period: Period, value: str | None = "10000", **more: object) -> Reading:
    base = Reading("sessions", "hash", period, State.VALUE, None if value is None else Decimal(value), True, END)
    return replace(base, **more)  # type: ignore[arg-type]


def target(
    one: Kpi,
    period: Period = WEEK,
    *,
    baselines: Mapping[str, Reading] | None = None,
    photographs: Sequence[Photograph] = (),
    rows: Sequence[DatedTarget] = (),
    definition: str | None = None,
) -> tuple[TargetValue | None, str]:
    known = baselines or {}
    return target_for(
        one,
        period,
        CALENDAR,
        baseline=lambda p: known.get(p.label),
        photographs=photographs,
        rows=rows,
        definition=definition,
    )


def number(found: tuple[TargetValue | None, str]) -> Decimal | None:
    value, reason = found
    assert (value is None) == bool(reason)  # a target or a reason, never both, never neither
    return None if value is None else value.low


# ── which entry is in force ──────────────────────────────────────────────────────────────────────────────────────


def test_a_plain_target_and_a_range() -> None:
    assert number(target(kpi(Fixed(Decimal(12000))))) == 12000
    value, _ = target(kpi(Between(Decimal("0.02"), Decimal("0.045"))))
    assert value == TargetValue(Decimal("0.02"), Decimal("0.045"))


def test_the_target_in_force_on_the_period_s_first_day_counts() -> None:
    one = kpi(since(date(2026, 3, 1), 9000), since(date(2026, 11, 10), 9500))  # begins inside the week
    assert number(target(one)) == 9000
    assert number(target(one, CALENDAR.after(WEEK))) == 9500
    assert target(one, CALENDAR.parse("2026-W08")) == (None, "no target is agreed for it")
    exactly = kpi(since(date(2026, 3, 1), 9000), since(date(2026, 11, 9), 9500))
    assert number(target(exactly)) == 9500


def test_a_target_that_ended_counts_up_to_its_last_day() -> None:
    assert number(target(kpi(since(None, 9000, date(2026, 11, 9))))) == 9000
    assert number(target(kpi(since(None, 9000, date(2026, 11, 8))))) is None


def test_no_target_is_no_error() -> None:
    assert target(kpi()) == (None, "no target is agreed for it")


def test_the_file_wins_over_the_table_which_fills_the_days_the_file_leaves_open() -> None:
    one = kpi(since(date(2026, 11, 9), 9000))
    rows = [DatedTarget(None, None, Fixed(Decimal(7000)), "Thandi")]
    assert number(target(one, rows=rows)) == 9000
    value, _ = target(one, CALENDAR.before(WEEK), rows=rows)
    assert value == TargetValue(Decimal(7000), None, "agreed by Thandi")


@given(
    st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 99)), max_size=6), st.randoms()
)
def test_of_entries_that_began_on_different_days_the_last_begun_wins_in_any_order(
    entries: list[tuple[date, int]], random: object
) -> None:
    by_day = dict(entries)
    written = [since(first, value) for first, value in by_day.items()]
    random.shuffle(written)  # type: ignore[attr-defined]
    begun = [first for first in by_day if first <= WEEK.first]
    entry = entry_in_force(kpi(*written), WEEK.first)
    assert (entry.first if entry else None) == max(begun, default=None)


# ── growth ───────────────────────────────────────────────────────────────────────────────────────────────────────

TWENTY = Decimal("0.2")


@pytest.mark.parametrize(
    ("over", "label", "base"),
    [
        ("previous_period", "2026-W46", "2026-W45"),
        ("same_period_last_year", "2026-W46", "2025-W46"),
        ("same_period_last_year", "2026-11-16", "2025-11-17"),
        ("same_period_last_year", "2026-11", "2025-11"),
        ("period:2026-W10", "2026-W46", "2026-W10"),
    ],
)
def test_growth_is_measured_from_its_baseline(over: str, label: str, base: str) -> None:
    period = CALENDAR.parse(label)
    one = kpi(Growth(TWENTY, over), period=period.kind)
    measured = baseline_period(one, period, CALENDAR)
    assert measured is not None
    assert measured.label == base
    found = target(one, period, baselines={base: reading(measured)})
    assert number(found) == 12000
    assert found[0] is not None
    assert found[0].said.startswith("20 % more than 10,000 in ")


def test_growth_over_a_number_needs_no_period() -> None:
    one = kpi(Growth(Decimal("-0.1"), Decimal(9100)))
    assert baseline_period(one, WEEK, CALENDAR) is None
    value, _ = target(one)
    assert value == TargetValue(Decimal(8190), None, "10 % less than 9,100")


def test_a_plain_target_needs_no_baseline() -> None:
    assert baseline_period(kpi(Fixed(Decimal(1))), WEEK, CALENDAR) is None
    assert baseline_period(kpi(), WEEK, CALENDAR) is None


def test_growth_from_a_negative_baseline_goes_up() -> None:
    before = CALENDAR.before(WEEK)
    found = target(kpi(Growth(TWENTY, "previous_period")), baselines={before.label: reading(before, "-100")})
    assert number(found) == -80


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        (None, "the target is measured from the week before, and that has no number"),
        ({"value": Decimal(0), "state": State.ZERO}, "the target is measured from the week before, and that is zero"),
        ({"final": False}, "the target is measured from the week before, and that is not final yet"),
        (
            {"state": State.MISSING, "value": None},
            "the target is measured from the week before, and that has no number",
        ),
        ({"state": State.UNTRUSTED}, "the target is measured from the week before, and that number is not believed"),
        ({"definition": "older"}, "the target is measured from the week before, and that was counted in another way"),
    ],
)
def test_without_a_final_trusted_baseline_of_the_same_definition_there_is_no_target(
    base: dict[str, object] | None, reason: str
) -> None:
    before = CALENDAR.before(WEEK)
    known = {} if base is None else {before.label: reading(before, **base)}  # type: ignore[arg-type]
    assert target(kpi(Growth(TWENTY, "previous_period")), baselines=known, definition="hash") == (None, reason)


def test_a_baseline_of_another_period_kind_is_refused() -> None:
    found = target(kpi(Growth(TWENTY, "period:2026-10")), baselines={"2026-10": reading(CALENDAR.parse("2026-10"))})
    assert found == (None, "2026-10 is no week, so nothing can be measured from it")


# ── from a cell ──────────────────────────────────────────────────────────────────────────────────────────────────


def photo(hours: int, value: str | None, state: State = State.VALUE, note: str = "") -> Photograph:
    amount = None if value is None else Decimal(value)
    return Photograph("scorecard", "Targets!C4", END + timedelta(hours=hours), state, amount, None, note)


def test_a_target_cell_is_the_last_one_seen_before_the_period_ended() -> None:
    one = kpi(FromCell(CELL))
    value, _ = target(one, photographs=[photo(-2000, "80"), photo(-1, "90"), photo(0, "95")])
    assert value == TargetValue(Decimal(90), None, "from scorecard Targets!C4")


@pytest.mark.parametrize(
    ("photographs", "reason"),
    [
        ([], "the target's cell scorecard Targets!C4 was not seen before the period ended"),
        ([photo(1, "90")], "the target's cell scorecard Targets!C4 was not seen before the period ended"),
        (
            [photo(-5, "90"), photo(-1, None, State.MISSING)],
            "the target's cell scorecard Targets!C4 was empty when the period ended",
        ),
        (
            [photo(-5, "90"), photo(-1, None, State.UNTRUSTED, "scorecard Targets!C4 holds #REF!")],
            "the target cannot be read: scorecard Targets!C4 holds #REF!",
        ),
    ],
)
def test_a_target_cell_that_showed_no_number_is_no_target_with_the_reason(
    photographs: list[Photograph], reason: str
) -> None:
    assert target(kpi(FromCell(CELL)), photographs=photographs) == (None, reason)


# ── targets_from ─────────────────────────────────────────────────────────────────────────────────────────────────

KPIS = {
    "sessions": kpi(),
    "open_rate": Kpi("open_rate", "Email open rate", PeriodKind.MONTH, unit=Unit.PERCENT),
}
SHEET = Writing(dates=("iso", "dmy"), decimal=",", thousands=".", serial_dates=True, blanks=frozenset({"-"}))
HEAD = ["kpi", "from", "to", "target", "agreed by"]


def table(*rows: Sequence[object], head: Sequence[object] = HEAD) -> TargetRows:
    return read_targets_table(
        [head, *rows], KPIS, SHEET, sheet_places("scorecard", "Targets!A10:E"), name="Targets!A10:E"
    )


def test_rows_become_dated_targets_of_their_kpi() -> None:
    got = table(
        ["sessions", "2026-03-01", "", 9000, "Thandi"],
        ["Sessions", 46266, "31/12/2026", "9.500", ""],
        ["", "", "", "", ""],
        ["email open rate", "-", "", "22 %", "Johan"],
        ["open_rate", "", "", "2,0% – 4,5%", ""],
    )
    assert got.troubles == ()
    assert got.by_kpi["sessions"] == (
        DatedTarget(date(2026, 3, 1), None, Fixed(Decimal(9000)), "Thandi"),
        DatedTarget(date(2026, 9, 1), date(2026, 12, 31), Fixed(Decimal(9500)), ""),
    )
    assert got.by_kpi["open_rate"] == (
        DatedTarget(None, None, Fixed(Decimal("0.22")), "Johan"),
        DatedTarget(None, None, Between(Decimal("0.020"), Decimal("0.045")), ""),
    )


@pytest.mark.parametrize("text", ["2,0% - 4,5%", "2% to 4,5 %", "between 2 % and 4,5%", "2%..4,5%", "2,0%—4,5%"])
def test_a_range_is_written_in_many_ways(text: str) -> None:
    (entry,) = table(["open_rate", "", "", text, ""]).by_kpi["open_rate"]
    assert entry.rule == Between(Decimal("0.02"), Decimal("0.045"))


def test_columns_stand_in_any_order_and_others_are_people_s_own() -> None:
    got = table(["yes", 9000, "sessions"], head=["Checked", "Target", "KPI"])
    assert got.by_kpi["sessions"] == (DatedTarget(None, None, Fixed(Decimal(9000))),)


def test_a_cell_formatted_as_percent_is_a_fraction() -> None:
    for cell in (0.22, "0.22", "0,22"):
        assert table(["open_rate", "", "", cell, ""]).by_kpi["open_rate"][0].rule == Fixed(Decimal("0.22"))
    assert table(["open_rate", "", "", 1.06, ""]).by_kpi["open_rate"][0].rule == Fixed(Decimal("1.06"))


@pytest.mark.parametrize(
    ("row", "where", "what", "advice"),
    [
        (["sesions", "", "", 9, ""], "scorecard Targets!A11", '"sesions" is no KPI', "did you mean 'sessions'?"),
        (["", "", "", 9, ""], "scorecard Targets!A11", "names no KPI", "write its id or name"),
        (
            ["sessions", "soon", "", 9, ""],
            "scorecard Targets!B11",
            'holds "soon"',
            "write a date (iso or dmy) or nothing",
        ),
        (
            ["sessions", "2026-03-01", "2026-02-01", 9, ""],
            "scorecard Targets!C11",
            "ends on 2026-02-01, before it begins",
            "not before `from`",
        ),
        (["sessions", "", "", "", ""], "scorecard Targets!D11", "is empty", "remove the row"),
        (["sessions", "", "", "#REF!", ""], "scorecard Targets!D11", "holds #REF!", "write a number"),
        (["sessions", "", "", "many", ""], "scorecard Targets!D11", 'holds "many"', "write a number"),
        (["sessions", "", "", "22%", ""], "scorecard Targets!D11", "sessions is no percentage", "write a number"),
        (["open_rate", "", "", 22, ""], "scorecard Targets!D11", "which would be 2200 %", "write 22% for 22 %"),
        (["open_rate", "", "", "4% – 2%", ""], "scorecard Targets!D11", "the wrong way round", "lower end first"),
        (["open_rate", "", "", "2% – many", ""], "scorecard Targets!D11", 'holds "many"', "both ends of the range"),
    ],
)
def test_a_row_that_cannot_be_read_is_one_trouble_with_its_cell(
    row: list[object], where: str, what: str, advice: str
) -> None:
    got = table(row, ["sessions", "", "", 9000, ""])
    (trouble,) = got.troubles
    assert trouble.where == where
    assert what in trouble.what
    assert advice in trouble.advice
    assert trouble.kind == "bad_data"
    assert got.by_kpi["sessions"] == (DatedTarget(None, None, Fixed(Decimal(9000))),)


def test_a_table_without_its_columns_is_one_trouble() -> None:
    (trouble,) = table(["x"], head=["Name", "Value"]).troubles
    assert trouble.what == "there is no column 'kpi' and no column 'target'"
    assert (
        read_targets_table([], KPIS, SHEET, sheet_places("s", "T!A1"), name="T").troubles[0].what
        == "the table is empty"
    )
