"""Cells as people and spreadsheets write them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.cells import error_in, is_blank, month_named, parse_date, parse_number, show_cell

STYLES = [(".", ""), (".", ","), (",", " "), (",", "."), (".", "'"), (",", "\u202f")]


@given(st.integers(-(10**15), 10**15), st.integers(0, 6), st.sampled_from(STYLES), st.booleans())
def test_a_number_written_in_a_style_reads_back_exactly(
    digits: int, places: int, style: tuple[str, str], percent: bool
) -> None:
    decimal, thousands = style
    number = Decimal(digits).scaleb(-places)
    text = f"{number:,.{places}f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
    expected = number / 100 if percent else number
    assert parse_number(text + (" %" if percent else ""), decimal=decimal, thousands=thousands) == expected


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "number"),
    [
        ("12,5 %", ",", " ", "0.125"),
        ("22%", ".", "", "0.22"),
        ("1 234 567,80", ",", " ", "1234567.80"),
        ("1\u00a0234,5", ",", " ", "1234.5"),  # a no-break space is a space
        ("12,34,567", ".", ",", "1234567"),  # lakhs
        ("-5", ".", "", "-5"),
        ("\u22125", ".", "", "-5"),
        ("-$5.20", ".", "", "-5.20"),
        ("€ 1.234,50", ",", ".", "1234.50"),
        ("5 €", ".", "", "5"),
        (".5", ".", "", "0.5"),
        ("007", ".", "", "7"),
        ("0.016233766233766232", ".", "", "0.016233766233766232"),
    ],
)
def test_numbers_as_they_are_written(text: str, decimal: str, thousands: str, number: str) -> None:
    assert parse_number(text, decimal=decimal, thousands=thousands) == Decimal(number)


def test_numbers_that_are_numbers_stay_what_they_are() -> None:
    assert parse_number(12000) == 12000
    assert parse_number(0.1) == Decimal("0.1")
    assert parse_number(0.1 + 0.2) == Decimal("0.3")  # as the spreadsheet shows it
    assert parse_number(123456789012345678) == 123456789012345678
    assert parse_number(Decimal("1.10")) == Decimal("1.1")


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("12,5", 'holds "12,5", which is not a number written like 1234.5'),
        ("1.234.5", "is not a number"),
        ("1e5", "is not a number"),
        ("--5", "is not a number"),
        ("-", "is not a number"),
        ("%", "is not a number"),
        ("5 apples", "is not a number"),
        ("٣", "is not a number"),
        ("9" * 41, "more than 40 digits"),
        ("", "is empty"),
        (None, "is empty"),
        ("#REF!", "holds #REF!"),
        (" #n/a ", "holds #n/a"),
        ("#DIV/0!", "holds #DIV/0!"),
        ("Loading...", "holds Loading..."),
        (True, "holds TRUE, not a number"),
        (float("nan"), "holds nan"),
        (float("inf"), "holds inf"),
        ([1], "not a number"),
    ],
)
def test_what_is_no_number_is_said_in_words(cell: object, words: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_number(cell)
    assert words in str(caught.value)


def test_a_misplaced_mark_never_makes_a_number_ten_times_larger() -> None:
    for text in ("12,5", "1,2345", "12,34", ",123", "1,,234"):
        with pytest.raises(ValueError):
            parse_number(text, decimal=".", thousands=",")


@given(st.dates(date(1900, 3, 1), date(2200, 1, 1)))
def test_a_date_reads_back_from_every_form(day: date) -> None:
    assert parse_date(day.isoformat(), ["iso"], serial_ok=False) == day
    assert parse_date(f"{day:%Y%m%d}", ["iso"], serial_ok=False) == day
    assert parse_date(f"{day:%d/%m/%Y}", ["dmy"], serial_ok=False) == day
    assert parse_date(f"{day.day}.{day.month}.{day.year}", ["dmy"], serial_ok=False) == day
    assert parse_date(f"{day:%m/%d/%Y}", ["mdy"], serial_ok=False) == day
    assert parse_date((day - date(1899, 12, 30)).days, ["iso"], serial_ok=True) == day


def test_serial_numbers_count_days_from_30_december_1899() -> None:
    assert parse_date(43831, ["iso"], serial_ok=True) == date(2020, 1, 1)
    assert parse_date(2.5, ["iso"], serial_ok=True) == date(1900, 1, 1)
    with pytest.raises(ValueError, match="a number where a date is expected"):
        parse_date(43831, ["iso"], serial_ok=False)
    for beyond in (0, -1, 5_000_000, float("nan")):
        with pytest.raises(ValueError, match="a number where a date is expected"):
            parse_date(beyond, ["iso"], serial_ok=True)


def test_an_analytics_export_s_date_is_one_even_as_a_number() -> None:
    assert parse_date(20261115, ["iso"], serial_ok=True) == date(2026, 11, 15)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-15T23:30:00Z", date(2026, 11, 15)),
        ("2026-11-15 08:00", date(2026, 11, 15)),
        ("15 Nov 2026", date(2026, 11, 15)),
        ("15-Nov-2026", date(2026, 11, 15)),
        ("1st November 2026", date(2026, 11, 1)),
        ("Nov 15, 2026", date(2026, 11, 15)),
        ("Sept 3, 2026", date(2026, 9, 3)),
        ("04/05/2026", date(2026, 5, 4)),  # dmy stands before mdy
        ("11/15/2026", date(2026, 11, 15)),  # fits only mdy
    ],
)
def test_the_first_form_that_fits_wins_and_month_names_are_never_in_doubt(text: str, day: date) -> None:
    assert parse_date(text, ["iso", "dmy", "mdy"], serial_ok=False) == day


@pytest.mark.parametrize(
    "cell",
    [
        "15.11.26",
        "2026-13-01",
        "2026-02-30",
        "2026-1115",
        "Total",
        "15 Foo 2026",
        "#REF!",
        "",
        None,
        True,
        "11/15/2026",
    ],
)
def test_what_is_no_date_is_refused(cell: object) -> None:
    with pytest.raises(ValueError, match=r"holds|is empty"):
        parse_date(cell, ["iso", "dmy"], serial_ok=True)


@given(st.text(max_size=40))
def test_no_text_makes_the_readers_fail_otherwise_than_in_words(text: str) -> None:
    for read in (
        lambda: parse_number(text, decimal=",", thousands="."),
        lambda: parse_date(text, ["iso", "dmy", "mdy"], serial_ok=True),
    ):
        words = "it is one"
        try:
            read()
        except ValueError as problem:
            words = str(problem)
        assert words


@given(st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
def test_serial_numbers_keep_the_order_of_days(day: date, later: int) -> None:
    first = (day - date(1899, 12, 30)).days
    assert parse_date(first + later, ["iso"], serial_ok=True) - day == timedelta(days=later)


def test_blanks_are_empty_cells_and_the_words_the_file_declares() -> None:
    blanks = {"-", "n/a", "No data"}
    assert all(is_blank(cell, blanks) for cell in (None, "", "  ", "-", "N/A", " no data "))
    assert not any(is_blank(cell, blanks) for cell in (0, False, "0", "none", "#REF!"))


def test_an_error_cell_is_known_by_its_text() -> None:
    assert error_in(" #REF! ") == "#REF!"
    assert error_in("Loading...") == "Loading..."
    assert error_in("REF") is None
    assert error_in(5) is None


def test_a_cell_is_shown_short_and_on_one_line() -> None:
    assert show_cell("a\nb") == '"a b"'
    assert len(show_cell("x" * 1000)) < 50


def test_month_names() -> None:
    assert [month_named(name) for name in ("Jan", "sept", "DECEMBER", "Mai", "")] == [1, 9, 12, 0, 0]
