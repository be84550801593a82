"""Tables and matrices: rows and cells become one number for one period, or say why not."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.cells import Writing
from mapping.grids import BadTable, Grid, Placed, cell_answer, column_letters, column_number, sheet_places
from mapping.matrices import Matrix, read_heading
from mapping.periods import Calendar
from mapping.queries import (
    Aggregate,
    Answer,
    Ask,
    CellQuery,
    Condition,
    Found,
    Match,
    MatrixQuery,
    TableQuery,
)
from mapping.tables import Table, fits

Cells = Sequence[object]
CALENDAR = Calendar(ZoneInfo("Africa/Johannesburg"), fiscal_start=(3, 1))
SHEET = Writing(dates=("iso", "dmy"), decimal=",", thousands=" ", serial_dates=True, blanks=frozenset({"n/a", "Total"}))
HEAD = ["Date", "Channel", "Amount"]


def table(*rows: Cells, unique_by: Sequence[str] = (), head: Cells = HEAD) -> Table:
    return Table(Grid([head, *rows], "Spend!A:C", sheet_places("scorecard", "Spend!A:C")), SHEET, unique_by=unique_by)


def ask(aggregate: Aggregate, label: str = "2026-10", column: str | None = "Amount", **more: object) -> Ask:
    query = TableQuery("scorecard", "Spend!A:C", "Date", column, aggregate, **more)  # type: ignore[arg-type]
    return Ask(query, CALENDAR.parse(label))


def only(field: str, *values: str, match: Match = Match.IS, negated: bool = False) -> tuple[Condition, ...]:
    return (Condition(field, match, values, negated),)


ROWS: list[Cells] = [
    ["2026-10-01", "Search", 10],
    ["31/10/2026", "Social", "20,5"],
    ["2026-10-15", "Search", "1 000"],
    ["2026-09-30", "Search", 7],
    [46327, "Search", 9],  # 1 November 2026
]


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [
        (Aggregate.SUM, "1030.5"),
        (Aggregate.MEAN, "343.5"),
        (Aggregate.MIN, "10"),
        (Aggregate.MAX, "1000"),
        (Aggregate.COUNT, "3"),
        (Aggregate.LAST, "20.5"),
    ],
)
def test_rows_dated_in_the_period_become_one_number(aggregate: Aggregate, value: str) -> None:
    answer = table(*ROWS).answer(ask(aggregate))
    assert (answer.found, answer.value, answer.rows) == (Found.VALUE, Decimal(value), 3)


def test_the_newest_row_is_the_newest_whatever_the_filter() -> None:
    answer = table(*ROWS, ["2026-11-20", "Fair", 1]).answer(ask(Aggregate.SUM, where=only("Channel", "Social")))
    assert answer.value == Decimal("20.5")
    assert answer.newest == date(2026, 11, 20)
    assert table(*ROWS).newest("Date") == date(2026, 11, 1)


def test_a_period_without_a_row_that_counts_is_absent_not_zero() -> None:
    for aggregate in Aggregate:
        if aggregate is not Aggregate.NPS:
            answer = table(*ROWS).answer(ask(aggregate, "2026-08"))
            assert (answer.found, answer.value) == (Found.ABSENT, None)
    assert table(*ROWS).answer(ask(Aggregate.COUNT, column=None, where=only("Channel", "Fair"))).found is Found.ABSENT


@pytest.mark.parametrize("bad", ["", None, "#REF!", "n/a", "12.5", "five", True])
def test_an_empty_unreadable_or_error_cell_in_a_row_that_counts_is_untrusted_and_named(bad: object) -> None:
    answer = table(*ROWS, ["2026-10-20", "Search", bad]).answer(ask(Aggregate.SUM))
    assert (answer.found, answer.value) == (Found.UNTRUSTED, None)
    assert answer.note.startswith("scorecard Spend!C7 ")


def test_a_bad_cell_in_a_row_that_does_not_count_harms_nothing() -> None:
    rows: list[Cells] = [*ROWS, ["2026-10-20", "Fair", "#REF!"], ["2026-09-20", "Search", "#REF!"]]
    answer = table(*rows).answer(ask(Aggregate.SUM, where=only("Channel", "Search")))
    assert (answer.found, answer.value) == (Found.VALUE, Decimal(1010))


def test_an_error_in_a_filtered_column_leaves_it_unknown_whether_the_row_counts() -> None:
    answer = table(*ROWS, ["2026-10-20", "#N/A", 5]).answer(ask(Aggregate.SUM, where=only("Channel", "Search")))
    assert answer.found is Found.UNTRUSTED
    assert answer.note == "scorecard Spend!B7 holds #N/A"


def test_a_row_whose_date_is_unreadable_might_count_in_any_period() -> None:
    answer = table(*ROWS, ["15.10.26", "Search", 5]).answer(ask(Aggregate.SUM))
    assert answer.found is Found.UNTRUSTED
    assert 'scorecard Spend!A7 holds "15.10.26"' in answer.note
    assert "add the word to `blank`" in answer.note


def test_a_number_without_a_date_is_asked_about_but_prepared_rows_and_declared_words_are_not_rows() -> None:
    prepared: list[Cells] = [["", "", 0], ["", "", ""], ["Total", "", 1039.5], ["Remarks: as agreed", "", ""], []]
    assert table(*ROWS, *prepared).answer(ask(Aggregate.SUM)).value == Decimal("1030.5")
    answer = table(*ROWS, ["", "Search", 12]).answer(ask(Aggregate.SUM))
    assert answer.found is Found.UNTRUSTED
    assert answer.note == "scorecard Spend!A7 is empty, though scorecard Spend!C7 has a number"


def test_several_bad_cells_name_the_first_and_count_the_rest() -> None:
    answer = table(["2026-10-01", "a", "#REF!"], ["2026-10-02", "a", ""]).answer(ask(Aggregate.SUM))
    assert answer.note == "scorecard Spend!C2 holds #REF! (and 1 more)"


def test_only_the_last_row_s_cell_decides_a_last() -> None:
    rows: list[Cells] = [["2026-10-01", "a", "#REF!"], ["2026-10-05", "a", 3], ["2026-10-05", "a", 4]]
    assert table(*rows).answer(ask(Aggregate.LAST)).value == 4
    assert table(*rows, ["2026-10-06", "a", "#REF!"]).answer(ask(Aggregate.LAST)).found is Found.UNTRUSTED


def test_fewer_rows_than_min_rows_are_flagged() -> None:
    few = table(*ROWS).answer(ask(Aggregate.SUM, min_rows=4))
    assert (few.found, few.flags, few.value) == (Found.VALUE, frozenset({"few_rows"}), Decimal("1030.5"))
    assert few.note == "3 rows, at least 4 are needed"
    assert table(*ROWS).answer(ask(Aggregate.SUM, min_rows=3)).flags == frozenset()


def test_nps_is_promoters_less_detractors_of_all_times_100() -> None:
    scores = [10, 9, 9, 8, 7, 6, 0]
    answer = table(*(["2026-10-05", "s", score] for score in scores)).answer(ask(Aggregate.NPS))
    assert round(answer.value or Decimal(0), 10) == round(Decimal(100) / 7, 10)


@pytest.mark.parametrize("score", [11, -1, "8,5", "ten"])
def test_nps_takes_whole_scores_from_0_to_10_only(score: object) -> None:
    answer = table(["2026-10-05", "s", 9], ["2026-10-05", "s", score]).answer(ask(Aggregate.NPS))
    assert answer.found is Found.UNTRUSTED
    assert "scorecard Spend!C3" in answer.note


def test_count_with_a_column_counts_filled_cells_without_one_it_counts_rows() -> None:
    rows: list[Cells] = [["2026-10-05", "a", 1], ["2026-10-05", "a", "n/a"], ["2026-10-05", "a", "yes"]]
    assert table(*rows).answer(ask(Aggregate.COUNT)).value == 2
    assert table(*rows).answer(ask(Aggregate.COUNT, column=None)).value == 3
    assert table(*rows, ["2026-10-06", "a", "#N/A"]).answer(ask(Aggregate.COUNT)).found is Found.UNTRUSTED


def test_rows_that_are_the_same_under_unique_by_count_once_and_the_last_stands() -> None:
    rows: list[Cells] = [
        ["2026-10-05", "May letter", 100],
        ["2026-10-06", "June letter", 5],
        ["2026-10-05", "may  letter", 150],
    ]
    answer = table(*rows, unique_by=["Date", "Channel"]).answer(ask(Aggregate.SUM))
    assert (answer.value, answer.rows) == (Decimal(155), 2)


def test_a_breakdown_lists_the_groups_largest_first() -> None:
    one = ask(Aggregate.SUM)
    answer = table(*ROWS).answer(Ask(one.query, one.period, "Channel"))
    assert answer.breakdown == (("Search", Decimal(1010)), ("Social", Decimal("20.5")))


def test_columns_are_found_in_any_case_and_what_is_wrong_with_them_is_said() -> None:
    assert table(*ROWS, head=[" date", "CHANNEL", "amount "]).answer(ask(Aggregate.SUM)).value == Decimal("1030.5")
    with pytest.raises(BadTable, match="no column 'Amont': did you mean 'Amount'"):
        table(*ROWS).answer(ask(Aggregate.SUM, column="Amont"))
    with pytest.raises(BadTable, match="its columns are Date, Channel, Amount"):
        table(*ROWS).answer(ask(Aggregate.SUM, column="Zzz"))
    with pytest.raises(BadTable, match="two columns 'Amount'"):
        table(head=["Date", "Amount", "amount"]).answer(ask(Aggregate.SUM))
    with pytest.raises(BadTable, match="is empty: its first row must name the columns"):
        Table(Grid([], "Spend!A:C", sheet_places("s", "Spend!A:C")), SHEET)
    with pytest.raises(BadTable, match="no column 'Campaign'"):
        table(*ROWS, unique_by=["Campaign"])


@pytest.mark.parametrize(
    ("cell", "condition", "holds"),
    [
        ("Search", Condition("c", Match.IS, ("search",)), True),
        ("Search ", Condition("c", Match.IS, ("Display", "Search")), True),
        ("Search", Condition("c", Match.IS, ("Search",), negated=True), False),
        ("", Condition("c", Match.IS, ("Search",), negated=True), True),
        (1.0, Condition("c", Match.IS, ("1",)), True),
        (Decimal("1.0"), Condition("c", Match.IS, ("1",)), True),
        ("Paid Social", Condition("c", Match.BEGINS, ("paid",)), True),
        ("Paid Social", Condition("c", Match.CONTAINS, ("soc",)), True),
        ("Paid Social", Condition("c", Match.MATCHES, ("paid .*",)), True),
        ("Paid Social", Condition("c", Match.MATCHES, ("paid",)), False),
        (None, Condition("c", Match.MATCHES, (".+",)), False),
    ],
)
def test_conditions(cell: object, condition: Condition, holds: bool) -> None:
    assert fits(cell, condition) is holds


def test_a_bad_regular_expression_is_said() -> None:
    with pytest.raises(BadTable, match="is not a regular expression"):
        table(*ROWS).answer(ask(Aggregate.SUM, where=only("Channel", "(", match=Match.MATCHES)))


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────

amounts = st.decimals(min_value=Decimal("-1e6"), max_value=Decimal("1e6"), places=3)
dated = st.lists(st.tuples(st.dates(date(2026, 9, 1), date(2026, 12, 31)), amounts), max_size=30)


@given(dated, st.randoms())
def test_the_order_of_rows_changes_no_number_but_a_last(rows: list[tuple[date, Decimal]], random: object) -> None:
    cells: list[Cells] = [[day.isoformat(), "a", amount] for day, amount in rows]
    shuffled = list(cells)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for aggregate in (Aggregate.SUM, Aggregate.MEAN, Aggregate.MIN, Aggregate.MAX, Aggregate.COUNT):
        assert table(*cells).answer(ask(aggregate)).value == table(*shuffled).answer(ask(aggregate)).value


@given(dated)
def test_every_row_counts_in_exactly_one_period(rows: list[tuple[date, Decimal]]) -> None:
    one = table(*([day.isoformat(), "a", amount] for day, amount in rows))
    months = [one.answer(ask(Aggregate.SUM, f"2026-{month:02d}")) for month in range(9, 13)]
    assert sum((answer.value or Decimal(0) for answer in months), Decimal(0)) == sum((a for _, a in rows), Decimal(0))
    assert sum(answer.rows or 0 for answer in months) == len(rows)


@given(dated)
def test_a_mean_lies_between_the_least_and_the_most(rows: list[tuple[date, Decimal]]) -> None:
    one = table(*([day.isoformat(), "a", amount] for day, amount in rows))
    least, mean, most = (one.answer(ask(a)).value for a in (Aggregate.MIN, Aggregate.MEAN, Aggregate.MAX))
    if least is not None and mean is not None and most is not None:
        assert least - Decimal("1e-30") <= mean <= most + Decimal("1e-30")
    else:
        assert least is mean is most is None


@given(st.lists(st.integers(0, 10), min_size=1, max_size=50))
def test_nps_lies_between_minus_100_and_100(scores: list[int]) -> None:
    value = table(*(["2026-10-05", "s", score] for score in scores)).answer(ask(Aggregate.NPS)).value
    assert value is not None
    assert -100 <= value <= 100


@given(dated)
def test_duplicating_an_export_changes_nothing_under_unique_by(rows: list[tuple[date, Decimal]]) -> None:
    cells: list[Cells] = [[(day + timedelta(0)).isoformat(), str(n), amount] for n, (day, amount) in enumerate(rows)]
    once = table(*cells, unique_by=["Date", "Channel"]).answer(ask(Aggregate.SUM))
    twice = table(*cells, *cells, unique_by=["Date", "Channel"]).answer(ask(Aggregate.SUM))
    assert (once.value, once.rows) == (twice.value, twice.rows)


# ── matrices ─────────────────────────────────────────────────────────────────────────────────────────────────────


def matrix(*rows: Sequence[object]) -> Matrix:
    return Matrix(Grid(rows, "Tracker!A1:Z40", sheet_places("scorecard", "Tracker!A1:Z40")), SHEET)


def cell(one: Matrix, label: str, row: str = "Awareness") -> Answer:
    return one.answer(Ask(MatrixQuery("scorecard", "Tracker!A1:Z40", row), CALENDAR.parse(label)))


@pytest.mark.parametrize(
    ("heading", "label"),
    [
        ("2026-Q3", "2026-Q3"),
        ("Q3 2026", "2026-Q3"),
        ("Sep 2026", "2026-09"),
        ("September-2026", "2026-09"),
        ("2026-09", "2026-09"),
        ("09/2026", "2026-09"),
        ("2026-W38", "2026-W38"),
        ("week 38 2026", "2026-W38"),
        ("H2 2026", "2026-H2"),
        ("2026", "2026"),
        (2026, "2026"),
        (2026.0, "2026"),
        ("FY2027", "FY2027"),
        ("FY27 Q3", "FY2027-Q3"),
        ("Q3 FY2027", "FY2027-Q3"),
        ("FY2026/27", "FY2027"),
        ("15 Sep 2026", "2026-09-15"),
        ("15/09/2026", "2026-09-15"),
        (46280, "2026-09-15"),
    ],
)
def test_headings_that_name_a_period(heading: object, label: str) -> None:
    read = read_heading(heading, SHEET)
    assert read is not None
    assert read.label == label
    assert CALENDAR.parse(read.label).label == label


@pytest.mark.parametrize(
    "heading", ["", None, "Notes", "Q5 2026", "2026-W54", "W38", "Foo 2026", "13/2026", True, "12"]
)
def test_headings_that_name_none(heading: object) -> None:
    assert read_heading(heading, SHEET) is None


def test_a_matrix_answers_where_the_row_meets_the_column_of_the_period() -> None:
    one = matrix(["KPI", "2026-Q2", "Q3 2026", "FY27 Q3"], ["awareness ", 11, "12,5", 13])
    assert cell(one, "2026-Q2").value == 11
    assert cell(one, "2026-Q3").value == Decimal("12.5")
    assert cell(one, "FY2027-Q3").value == 13
    assert cell(one, "2026-Q4").found is Found.ABSENT
    assert "no column for 2026-Q4" in cell(one, "2026-Q4").note


def test_a_date_heads_the_period_it_lies_in_and_the_last_month_its_quarter() -> None:
    one = matrix(["KPI", 46280, "Dec 2026"], ["Awareness", 11, 12])
    assert cell(one, "2026-Q3").value == 11
    assert cell(one, "2026-W38").value == 11
    assert cell(one, "2026-Q4").value == 12
    assert cell(one, "2026-H2").found is Found.UNTRUSTED  # two columns lie in it, and nothing is summed


def test_a_month_that_does_not_end_the_quarter_is_not_the_quarter() -> None:
    one = matrix(["KPI", "Jul 2026"], ["Awareness", 11])
    assert cell(one, "2026-Q3").found is Found.ABSENT


def test_a_column_headed_with_the_period_itself_wins_over_shorter_ones() -> None:
    one = matrix(["KPI", "Jul 2026", "Aug 2026", "Sep 2026", "2026-Q3"], ["Awareness", 1, 2, 3, 4])
    assert cell(one, "2026-Q3").value == 4


def test_two_columns_for_one_period_are_untrusted_and_named() -> None:
    answer = cell(matrix(["KPI", "2026-Q3", "Q3 2026"], ["Awareness", 1, 2]), "2026-Q3")
    assert answer.found is Found.UNTRUSTED
    assert answer.note.startswith("scorecard Tracker!B1 and scorecard Tracker!C1 could all be 2026-Q3")


def test_blank_is_absent_and_an_error_untrusted_in_a_matrix() -> None:
    one = matrix([], ["KPI", "2026-Q1", "2026-Q2", "2026-Q3"], ["Awareness", "n/a", "#REF!"])
    assert cell(one, "2026-Q1").found is Found.ABSENT
    assert cell(one, "2026-Q3").found is Found.ABSENT
    error = cell(one, "2026-Q2")
    assert (error.found, error.note) == (Found.UNTRUSTED, "scorecard Tracker!C3 holds #REF!")


def test_what_is_wrong_with_a_matrix_is_said() -> None:
    one = matrix(["KPI", "2026-Q3"], ["Awareness", 1], ["Reach", 1], ["Reach", 2])
    with pytest.raises(BadTable, match="no row 'Awarness': did you mean 'Awareness'"):
        cell(one, "2026-Q3", "Awarness")
    with pytest.raises(BadTable, match="two rows 'Reach'"):
        cell(one, "2026-Q3", "Reach")
    with pytest.raises(BadTable, match=r"no column of .* is headed with a period"):
        matrix(["KPI", "Notes"], ["Awareness", 45000])
    with pytest.raises(BadTable, match="is empty"):
        matrix([], ["", None])


# ── cells and places ─────────────────────────────────────────────────────────────────────────────────────────────

CELL = Ask(CellQuery("scorecard", "Ops!B7", "Ops!B8"), CALENDAR.parse("2026-W46"))


def test_a_dated_cell_answers_with_its_date() -> None:
    answer = cell_answer(CELL, Placed("24,5", "scorecard Ops!B7"), Placed(46339, "scorecard Ops!B8"), SHEET)
    assert (answer.found, answer.value, answer.as_of) == (Found.VALUE, Decimal("24.5"), date(2026, 11, 13))


def test_a_value_whose_date_cannot_be_read_is_untrusted_and_the_date_s_cell_named() -> None:
    answer = cell_answer(CELL, Placed(24, "scorecard Ops!B7"), Placed("soon", "scorecard Ops!B8"), SHEET)
    assert (answer.found, answer.value) == (Found.UNTRUSTED, None)
    assert answer.note.startswith('scorecard Ops!B8 holds "soon"')


def test_an_empty_cell_is_absent_and_an_error_untrusted() -> None:
    empty = cell_answer(CELL, Placed("", "scorecard Ops!B7"), Placed("", "scorecard Ops!B8"), SHEET)
    assert empty.found is Found.ABSENT
    error = cell_answer(CELL, Placed("#REF!", "scorecard Ops!B7"), None, SHEET)
    assert (error.found, error.note) == (Found.UNTRUSTED, "scorecard Ops!B7 holds #REF!")


@pytest.mark.parametrize(
    ("a1", "place"),
    [
        ("Spend!A:E", "s Spend!D3"),
        ("Spend!A10:E", "s Spend!D12"),
        ("'My Tab'!$C$5:$Z", "s 'My Tab'!F7"),
        ("Spend", "s Spend!D3"),
        ("Y!Z1:AC9", "s Y!AC3"),
    ],
)
def test_cells_are_named_as_people_see_them(a1: str, place: str) -> None:
    assert sheet_places("s", a1)(2, 3) == place


@given(st.integers(1, 18278))
def test_column_letters_and_numbers_undo_each_other(number: int) -> None:
    assert column_number(column_letters(number)) == number


# ── recorded data ────────────────────────────────────────────────────────────────────────────────────────────────

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
DAILY = SHARED / "data" / "cdnow-sales" / "cdnow_daily.csv"


@pytest.mark.skipif(not DAILY.exists(), reason=f"needs the recorded sales beside the repository: {DAILY}")
def test_months_of_recorded_sales_equal_their_sums_computed_independently() -> None:
    with DAILY.open(newline="") as stream:
        rows = list(csv.reader(stream))
    revenue = rows[0].index("revenue_usd")
    expected: dict[str, Decimal] = {}
    for row in rows[1:]:
        expected[row[0][:7]] = expected.get(row[0][:7], Decimal(0)) + Decimal(row[revenue])
    sales = Table(Grid(rows, "sales", lambda row, column: f"{row}:{column}"), Writing())
    query = TableQuery("sales", None, "date", "revenue_usd", Aggregate.SUM)
    found = {month: sales.answer(Ask(query, CALENDAR.parse(month))).value for month in expected}
    assert found == expected
    assert len(found) == 18
