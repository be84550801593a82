"""CSV as a source: any delimiter and encoding, rows counted once, places named, large files in little memory."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.csv.settings import CsvSettings
from connectors.csv.source import CsvSource
from connectors.patience import Patience
from mapping.periods import Period, PeriodKind
from mapping.queries import (
    Aggregate,
    Answer,
    Ask,
    CellQuery,
    Condition,
    Found,
    Match,
    MetricQuery,
    Query,
    Reply,
    TableQuery,
    Where,
)

NOW = datetime(2026, 11, 18, 8, tzinfo=UTC)
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31), PeriodKind.MONTH, "2026-10")
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30), PeriodKind.MONTH, "2026-09")


def opens(where: Where = (), aggregate: Aggregate = Aggregate.SUM, column: str | None = "Opens") -> TableQuery:
    return TableQuery("mailings", None, "Date", column, aggregate, where)


def source(folder: Path, **more: object) -> CsvSource:
    found = {"id": "mailings", "path": "mailings-*.csv", "folder": folder, **more}
    return CsvSource(CsvSettings.model_validate(found), Patience())


def read(one: CsvSource, *queries: Query, period: Period = OCTOBER) -> Reply:
    return one.read([Ask(query, period) for query in queries], now=NOW, zone=UTC)


def only(reply: Reply) -> Answer:
    assert reply.troubles == ()
    (answer,) = reply.answers.values()
    return answer


def put(folder: Path, text: str, name: str = "mailings-2026-10.csv", encoding: str = "utf-8") -> None:
    (folder / name).write_bytes(text.encode(encoding))


ROWS = "Campaign,Date,Opens\nA,2026-10-01,10\nB,2026-10-31,20\nC,2026-11-01,40\nD,2026-09-30,80\n"


def test_the_rows_of_the_period_are_counted_and_said_where_they_came_from(tmp_path: Path) -> None:
    put(tmp_path, ROWS)
    one = source(tmp_path)
    answer = only(read(one, opens()))
    assert (answer.found, answer.value, answer.rows) == (Found.VALUE, Decimal(30), 2)
    assert (answer.newest, answer.zone) == (date(2026, 11, 1), None)
    assert answer.origin == "mailings-2026-10.csv, 2 rows"
    assert (one.calls.made, one.calls.least, one.calls.charged) == (0, 0, 0)


def test_the_newest_row_is_known_though_it_is_in_no_period_that_was_asked(tmp_path: Path) -> None:
    put(tmp_path, "Date,Opens\n2026-10-05,1\n2026-12-24,5\n2026-12-01,5\n")
    answer = only(read(source(tmp_path), opens()))
    assert (answer.value, answer.newest) == (Decimal(1), date(2026, 12, 24))
    nothing = only(read(source(tmp_path), opens(), period=SEPTEMBER))
    assert (nothing.found, nothing.newest) == (Found.ABSENT, date(2026, 12, 24))


def test_all_files_of_a_glob_are_one_table_whatever_the_order_of_their_columns(tmp_path: Path) -> None:
    put(tmp_path, "Date,Opens\n2026-10-01,1\n", "mailings-a.csv")
    put(tmp_path, "Opens,Other,date\n2,x,2026-10-02\n", "mailings-b.csv")
    put(tmp_path, "Date,Opens\n2026-10-01,100\n", "else.csv")
    answer = only(read(source(tmp_path), opens()))
    assert (answer.value, answer.origin) == (Decimal(3), "mailings-*.csv (2 files), 2 rows")


def test_rows_that_are_the_same_under_unique_by_count_once_across_files_and_the_later_stands(tmp_path: Path) -> None:
    put(tmp_path, "Campaign,Date,Opens\nA,2026-10-01,10\nB,2026-10-02,5\n", "mailings-1.csv")
    put(tmp_path, "Campaign,Date,Opens\na ,2026-10-01,12\nC,2026-10-02,5\n", "mailings-2.csv")
    assert only(read(source(tmp_path), opens())).value == 32
    assert only(read(source(tmp_path, unique_by=["Campaign", "Date"]), opens())).value == 22


def test_a_later_row_outside_the_period_still_replaces_the_former_one(tmp_path: Path) -> None:
    put(tmp_path, "Campaign,Date,Opens\nA,2026-10-01,10\nB,2026-10-02,5\nA,2026-11-09,11\n")
    assert only(read(source(tmp_path, unique_by=["Campaign"]), opens())).value == 5


@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.integers(0, 59), st.integers(0, 99)),
        max_size=40,
    ),
    st.sampled_from([(), ("Campaign",), ("Campaign", "Date")]),
)
def test_one_pass_counts_what_a_plain_reading_of_all_rows_counts(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int, int]], unique_by: tuple[str, ...]
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    first = date(2026, 9, 15)
    dated = [(name, first + timedelta(days=day), number) for name, day, number in rows]
    put(folder, "Campaign,Date,Opens\n" + "".join(f"{name},{day},{number}\n" for name, day, number in dated))
    keys = {"Campaign": 0, "Date": 1}
    last = {tuple(row[keys[k]] for k in unique_by) if unique_by else n: row for n, row in enumerate(dated)}
    expected = [number for _, day, number in last.values() if day in OCTOBER]
    (answer,) = read(source(folder, unique_by=unique_by), opens()).answers.values()
    assert answer.value == (sum(expected) if expected else None)
    assert answer.rows == len(expected)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_an_undeclared_delimiter_is_the_one_that_finds_the_columns(tmp_path: Path, delimiter: str) -> None:
    put(tmp_path, ROWS.replace(",", delimiter))
    assert only(read(source(tmp_path), opens())).value == 30


def test_a_delimiter_that_also_stands_in_a_heading_misleads_nobody(tmp_path: Path) -> None:
    put(tmp_path, "Date;Opens;a, b, c, d and e\n2026-10-01;7;x\n")
    assert only(read(source(tmp_path), opens())).value == 7


def test_a_declared_delimiter_is_used(tmp_path: Path) -> None:
    put(tmp_path, "Date^Opens\n2026-10-01^7\n")
    assert only(read(source(tmp_path, delimiter="^"), opens())).value == 7


@pytest.mark.parametrize(
    ("written", "declared"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-8-sig", "utf-8"),
        ("windows-1252", "windows-1252"),
        ("utf-16", "utf-16"),
    ],
)
def test_a_file_is_read_in_its_encoding_with_or_without_a_mark_in_front(
    tmp_path: Path, written: str, declared: str | None
) -> None:
    put(tmp_path, "Date,Öffnungen\r\n2026-10-01,7\r\n", encoding=written)
    one = source(tmp_path, **({"encoding": declared} if declared else {}))
    assert only(read(one, opens(column="Öffnungen"))).value == 7


def test_numbers_dates_and_blanks_are_read_as_the_file_says(tmp_path: Path) -> None:
    put(tmp_path, 'Date;Opens\n01.10.2026;"1.234,5"\n02.10.2026;1\nGesamt;\n')
    one = source(tmp_path, dates=["dmy"], number={"decimal": ",", "thousands": "."}, blank=["Gesamt"])
    assert only(read(one, opens())).value == Decimal("1235.5")


def test_quoted_line_breaks_and_blank_lines_do_not_shift_the_line_that_is_named(tmp_path: Path) -> None:
    put(tmp_path, 'Date,Note,Opens\n2026-10-01,"two\nlines",1\n\n2026-10-02,x,oops\n')
    answer = only(read(source(tmp_path), opens()))
    assert (answer.found, answer.value) == (Found.UNTRUSTED, None)
    assert answer.note.startswith("mailings-2026-10.csv:5 Opens holds")
    assert "oops" in answer.note


def test_a_row_with_more_cells_than_the_header_is_not_believed(tmp_path: Path) -> None:
    put(tmp_path, "Date,Opens\n2026-10-01,1\n2026-10-02,1,234\n2026-10-03,5,\n")
    answer = only(read(source(tmp_path), opens()))
    assert answer.found is Found.UNTRUSTED
    assert "mailings-2026-10.csv:3 Date" in answer.note
    assert "3 cells where the header names 2" in answer.note


def test_a_renamed_column_is_a_trouble_for_those_who_use_it_with_file_and_nearest_name(tmp_path: Path) -> None:
    put(tmp_path, "Date,Opens,Sent\n2026-10-01,1,9\n", "mailings-1.csv")
    put(tmp_path, "Date,Opened,Sent\n2026-10-02,1,9\n", "mailings-2.csv")
    reply = read(source(tmp_path), opens(), opens(column="Sent"))
    assert [a.value for a in reply.answers.values()] == [18]
    (trouble,) = reply.troubles
    assert (trouble.where, trouble.kind, len(trouble.asks)) == ("mailings mailings-2.csv", "bad_data", 1)
    assert (trouble.what, trouble.advice) == ("has no column 'Opens'", "did you mean 'Opened'?")


def test_two_columns_of_one_name_are_a_trouble(tmp_path: Path) -> None:
    put(tmp_path, "Date,Opens,opens\n2026-10-01,1,9\n")
    (trouble,) = read(source(tmp_path), opens()).troubles
    assert "two columns 'Opens'" in trouble.what


@pytest.mark.parametrize(
    ("name", "content", "where", "what"),
    [
        ("other.csv", b"Date,Opens\n", "mailings mailings-*.csv", "no file is there"),
        ("mailings-1.csv", b"", "mailings mailings-1.csv", "is empty"),
        ("mailings-1.csv", b"\n , \n", "mailings mailings-1.csv", "is empty"),
        ("mailings-1.csv", b"Date,Opens\n2026-10-01,1\nd\xe9j\xe0,2\n", "mailings mailings-1.csv:3", "byte 0xe9"),
        ("mailings-1.csv", b'Date,Opens\n2026-10-01,"' + b"x" * 1_000_100, "mailings mailings-1.csv:", "is not CSV"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_no_number_and_says_where(
    tmp_path: Path, name: str, content: bytes, where: str, what: str
) -> None:
    (tmp_path / name).write_bytes(content)
    reply = read(source(tmp_path), opens(), opens(aggregate=Aggregate.COUNT))
    assert reply.answers == {}
    (trouble,) = reply.troubles
    assert trouble.where.startswith(where)
    assert what in trouble.what
    assert (trouble.kind, len(trouble.asks), bool(trouble.advice)) == ("bad_data", 2, True)


def test_a_file_whose_name_looks_like_a_glob_is_still_that_file(tmp_path: Path) -> None:
    put(tmp_path, ROWS, "report [final].csv")
    assert only(read(source(tmp_path, path="report [final].csv"), opens())).value == 30


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    put(tmp_path, ROWS)
    assert only(read(source(Path("/nowhere"), path=f"{tmp_path}/mail*.csv"), opens())).value == 30


def test_a_filter_and_a_breakdown_work_on_rows(tmp_path: Path) -> None:
    put(tmp_path, ROWS)
    where = (Condition("Campaign", Match.IS, ("a", "c")),)
    reply = source(tmp_path).read([Ask(opens(where), OCTOBER), Ask(opens(), OCTOBER, "Campaign")], now=NOW, zone=UTC)
    filtered, broken = reply.answers.values()
    assert (filtered.value, broken.breakdown) == (Decimal(10), (("B", Decimal(20)), ("A", Decimal(10))))


def test_what_is_no_column_is_answered_with_a_trouble(tmp_path: Path) -> None:
    put(tmp_path, ROWS)
    reply = read(source(tmp_path), MetricQuery("mailings", "sessions"), CellQuery("mailings", "A1"), opens())
    assert len(reply.answers) == 1
    assert [len(t.asks) for t in reply.troubles] == [2]


def test_a_large_file_is_read_in_the_memory_of_what_is_asked(tmp_path: Path) -> None:
    filler = "x" * 200
    with (tmp_path / "mailings-big.csv").open("w") as stream:
        stream.write("Date,Opens,Filler\n")
        for n in range(40_000):
            stream.write(f"{date(2020, 1, 1) + timedelta(days=n % 2000)},1,{filler}\n")
        stream.write(f"2026-10-05,3,{filler}\n")
    tracemalloc.start()
    answer = only(read(source(tmp_path), opens()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (answer.value, answer.rows) == (Decimal(3), 1)
    assert peak < 3_000_000  # the file has 8.6 MB


def test_doctor_names_files_columns_and_how_far_the_rows_go(tmp_path: Path) -> None:
    put(tmp_path, ROWS)
    findings = source(tmp_path).examine([Ask(opens(), OCTOBER), Ask(opens(column="Opend"), OCTOBER)])
    lines = {f.what: (f.ok, f.mend) for f in findings}
    assert lines == {
        "files: mailings-2026-10.csv": (True, ""),
        "has no column 'Opend'": (False, "did you mean 'Opens'?"),
        "columns Date and Opens, rows until 2026-11-01": (True, ""),
    }
    (nothing,) = source(tmp_path, path="gone.csv").examine([])
    assert (nothing.ok, nothing.what) == (False, "no file is there")


SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data")
def test_real_sessions_by_day_add_up_over_a_week_as_a_plain_sum_does() -> None:
    folder = SHARED / "ga4-analytics-usa-gov" / "general-services-administration"
    week = Period(date(2023, 11, 6), date(2023, 11, 12), PeriodKind.WEEK, "2023-W45")
    one = source(folder, path="users.csv")
    answer = only(read(one, TableQuery("mailings", None, "date", "visits", Aggregate.SUM), period=week))
    lines = (folder / "users.csv").read_text().splitlines()[1:]
    plain = sum(int(line.split(",")[1]) for line in lines if "2023-11-06" <= line.split(",")[0] <= "2023-11-12")
    assert (answer.value, answer.rows) == (Decimal(plain), 7)
