"""Cells: what people and spreadsheets write, read strictly as the file says it is written.

Nothing is guessed: a number or date that does not fit what the file declares is a ValueError whose words tell a
person what stands there and what is expected, and the number it would have been part of is not believed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal

from mapping.decimals import wide

# What Google Sheets (and Excel, in exports) shows for a formula that failed or has not finished.
_SHEET_ERRORS = "NULL! DIV/0! VALUE! REF! NAME? NUM! N/A ERROR! SPILL! CALC! FIELD! BLOCKED! UNKNOWN! CONNECT! BUSY!"
ERRORS = frozenset({"#GETTING_DATA", "#LOADING", "LOADING...", "LOADING…"} | {f"#{e}" for e in _SHEET_ERRORS.split()})

_SPACES = " \u00a0\u202f\u2009"  # people type a blank, programs write no-break and thin ones
_APOSTROPHES = "'\u2019"
_MOST_DIGITS = 40
_DOUBLE = Context(prec=15)  # what a double holds for certain, and what spreadsheets show: 0.1 + 0.2 is 0.3 there
_SERIAL_DAY_0 = date(1899, 12, 30)  # Sheets API: DateTimeRenderOption SERIAL_NUMBER counts days from here
_LAST_SERIAL = (date(9999, 12, 31) - _SERIAL_DAY_0).days
_MONTH_NAMES = "january february march april may june july august september october november december"
_MONTHS = tuple(_MONTH_NAMES.split())

_TIME = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})([-/.]?)(\d{{2}})\2(\d{{2}}){_TIME}", re.ASCII)
_NUMERIC = re.compile(rf"(\d{{1,2}})([-/. ])(\d{{1,2}})\2(\d{{4}}){_TIME}", re.ASCII)
_DAY_FIRST = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[- ]([A-Za-z]{{3,9}})\.?,?[- ](\d{{4}}){_TIME}", re.ASCII)
_MONTH_FIRST = re.compile(rf"([A-Za-z]{{3,9}})\.?[- ](\d{{1,2}})(?:st|nd|rd|th)?,?[- ](\d{{4}}){_TIME}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Writing:
    """How a source's cells are written, as its settings declare it.

    `dates`: of iso, dmy, mdy; the first that fits. `serial_dates`: a plain number in a date column is a day number
    (Sheets), else only text is a date (CSV). `blanks`: words that mean "nothing here".
    """

    dates: tuple[str, ...] = ("iso",)
    decimal: str = "."
    thousands: str = ""
    blanks: frozenset[str] = frozenset()
    serial_dates: bool = False

    def blank(self, cell: object) -> bool:
        return is_blank(cell, self.blanks)

    def number(self, cell: object) -> Decimal:
        return parse_number(cell, decimal=self.decimal, thousands=self.thousands)

    def date(self, cell: object) -> date:
        return parse_date(cell, self.dates, serial_ok=self.serial_dates)


def error_in(cell: object) -> str | None:
    """The error a cell holds ("#REF!", "Loading..."), as it stands there, or None."""
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    return text if text.upper() in ERRORS else None


def is_blank(cell: object, blanks: Collection[str] = ()) -> bool:
    """Nothing here: empty, only white space, or one of the words the file declares (any case)."""
    if cell is None:
        return True
    if not isinstance(cell, str):
        return False
    text = cell.strip().casefold()
    return not text or any(text == word.strip().casefold() for word in blanks)


def show_cell(cell: object, most: int = 40) -> str:
    """A cell's content for a message: quoted if text, cut if long, on one line."""
    text = " ".join(str(cell).split())
    text = text if len(text) <= most else text[: most - 1] + "…"
    return f'"{text}"' if isinstance(cell, str) else text


def parse_number(cell: object, *, decimal: str = ".", thousands: str = "") -> Decimal:
    """The number in a cell, exactly as written; a percent sign divides by 100, nothing else does.

    `decimal` and `thousands` say how numbers that are text are written; grouping must be real grouping (1 234 567 or
    12 34 567), so that "12,5" never becomes 125. One currency sign is allowed before or after. A float is taken at
    15 significant digits, beyond which a double (and a spreadsheet) holds noise. Raises ValueError for
    an empty cell, an error cell (#REF!), TRUE/FALSE, NaN, exponents in text (already rounded by whoever wrote it) and
    anything else.
    """
    if isinstance(cell, bool):
        raise ValueError(f"holds {str(cell).upper()}, not a number")  # noqa: TRY004 - data, not a mistake in code
    if isinstance(cell, (int, float, Decimal)):
        number = _DOUBLE.create_decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
        if not number.is_finite():
            raise ValueError(f"holds {cell}, not a number")
        return number
    if is_blank(cell):
        raise ValueError("is empty")
    if not isinstance(cell, str):
        raise ValueError(f"holds {show_cell(cell)}, not a number")  # noqa: TRY004 - data, not a mistake in code
    if (error := error_in(cell)) is not None:
        raise ValueError(f"holds {error}")
    return _number_in_text(cell, decimal, thousands)


def _number_in_text(cell: str, decimal: str, thousands: str) -> Decimal:
    text = cell.strip().replace("\u2212", "-")
    percent = text.endswith("%")
    if percent:
        text = text[:-1].rstrip(_SPACES)
    sign = ""
    for _ in range(2):  # "-$5", "$-5", "5 €"
        if text[:1] in ("-", "+") and not sign:
            sign, text = text[0], text[1:].lstrip(_SPACES)
        if text[:1] in tuple("$€£¥₹₦₽₩₱₺₫₪฿₴"):
            text = text[1:].lstrip(_SPACES)
    if text[-1:] in tuple("$€£¥₹₦₽₩₱₺₫₪฿₴"):
        text = text[:-1].rstrip(_SPACES)
    whole, point, fraction = text.partition(decimal)
    whole = _ungrouped(whole, thousands)
    digits = whole + fraction
    if not digits or not (digits.isascii() and digits.isdigit()) or (point and not fraction):
        raise ValueError(f"holds {show_cell(cell)}, which is not a number written {_example(decimal, thousands)}")
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"holds {show_cell(cell)}, a number of more than {_MOST_DIGITS} digits")
    number = Decimal(f"{sign}{whole or '0'}.{fraction}" if fraction else f"{sign}{whole}")
    with wide():
        return number.scaleb(-2) if percent else number


def _ungrouped(whole: str, thousands: str) -> str:
    """`1 234 567` → `1234567`; returned as it stands (and refused by the caller) if it is not real grouping."""
    marks = _SPACES if thousands in tuple(_SPACES) else _APOSTROPHES if thousands in tuple(_APOSTROPHES) else thousands
    if not marks or not any(mark in whole for mark in marks):
        return whole
    groups = re.split("[" + re.escape(marks) + "]", whole)
    first, middle, last = groups[0], groups[1:-1], groups[-1]
    if 1 <= len(first) <= 3 and len(last) == 3 and all(len(g) in (2, 3) for g in middle):
        return "".join(groups)
    return whole


def _example(decimal: str, thousands: str) -> str:
    return f"like 1{thousands}234{decimal}5"


def parse_date(cell: object, formats: Sequence[str], *, serial_ok: bool) -> date:
    """The date in a cell, as written (a time of day after it is dropped; no zone is applied).

    `formats`: of iso (2026-11-15, also 20261115), dmy (15/11/2026), mdy (11/15/2026); the first that fits. A month
    in letters (15 Nov 2026, Nov 15, 2026) is never in doubt and always read. `serial_ok`: a number is a Sheets day
    number (46341 = 2026-11-15). Raises ValueError with words; a year of two digits is refused.
    """
    if isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool):
        return _serial_date(cell, formats, serial_ok)
    if is_blank(cell):
        raise ValueError("is empty")
    if not isinstance(cell, str):
        raise ValueError(f"holds {show_cell(cell)}, not a date")  # noqa: TRY004 - data, not a mistake in code
    if (error := error_in(cell)) is not None:
        raise ValueError(f"holds {error}")
    text = cell.strip()
    found = _lettered(text)
    for form in () if found else formats:
        found = _in_format(text, form)
        if found:
            break
    if not found:
        raise ValueError(f"holds {show_cell(cell)}, which is not a date written {' or '.join(formats)}")
    return found


def _serial_date(cell: int | float | Decimal, formats: Sequence[str], serial_ok: bool) -> date:
    number = Decimal(str(cell))
    if number.is_finite() and 1 <= number < _LAST_SERIAL + 1 and serial_ok:
        return _SERIAL_DAY_0 + timedelta(days=int(number))
    whole = number.is_finite() and number == number.to_integral_value()
    if whole and "iso" in formats and 19000101 <= number <= 99991231 and (day := _in_format(str(int(number)), "iso")):
        return day  # 20261115, as analytics exports write it; far beyond any day number
    raise ValueError(f"holds {show_cell(cell)}, a number where a date is expected")


def _in_format(text: str, form: str) -> date | None:
    if form == "iso":
        match = _ISO.fullmatch(text)
        parts = (match[1], match[3], match[4]) if match else None
    else:
        match = _NUMERIC.fullmatch(text)
        parts = ((match[4], match[3], match[1]) if form == "dmy" else (match[4], match[1], match[3])) if match else None
    return _real_date(*(int(p) for p in parts)) if parts else None


def _lettered(text: str) -> date | None:
    if match := _DAY_FIRST.fullmatch(text):
        return _real_date(int(match[3]), month_named(match[2]), int(match[1]))
    if match := _MONTH_FIRST.fullmatch(text):
        return _real_date(int(match[3]), month_named(match[1]), int(match[2]))
    return None


def _real_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_named(name: str) -> int:
    """1-12 for Jan, January, Sept …; 0 if it is no month's name."""
    low = name.lower().rstrip(".")
    low = "sep" if low == "sept" else low
    return next((n for n, month in enumerate(_MONTHS, 1) if low in (month, month[:3])), 0)
