"""Matrices: KPIs down, periods across. People head a period's column in many ways; all that are plain are read."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from mapping.cells import Writing, is_blank, month_named, parse_date
from mapping.grids import BadTable, Grid, label_of, value_answer
from mapping.periods import Period
from mapping.queries import Answer, Ask, Found, MatrixQuery


@dataclass(frozen=True, slots=True)
class Heading:
    """What a column's heading names: a period by its label, or a single day; `first`, `last` where they are known."""

    label: str
    first: date | None = None
    last: date | None = None


_SEP = r"[\s\-/.,']*"
_FISCAL_YEAR = rf"FY{_SEP}(?:(?:\d{{4}}|\d{{2}})/)?(?P<fy>\d{{4}}|\d{{2}})"
_HEADINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.ASCII | re.IGNORECASE))
    for kind, pattern in (
        ("fiscal_quarter", rf"{_FISCAL_YEAR}{_SEP}Q(?P<n>[1-4])"),
        ("fiscal_quarter", rf"Q(?P<n>[1-4]){_SEP}{_FISCAL_YEAR}"),
        ("fiscal_year", _FISCAL_YEAR),
        ("quarter", rf"(?P<y>\d{{4}}){_SEP}Q(?P<n>[1-4])"),
        ("quarter", rf"Q(?P<n>[1-4]){_SEP}(?P<y>\d{{4}})"),
        ("half", rf"(?P<y>\d{{4}}){_SEP}H(?P<n>[12])"),
        ("half", rf"H(?P<n>[12]){_SEP}(?P<y>\d{{4}})"),
        ("week", rf"(?P<y>\d{{4}}){_SEP}(?:W|week){_SEP}(?P<n>\d{{1,2}})"),
        ("week", rf"(?:W|week){_SEP}(?P<n>\d{{1,2}}){_SEP}(?P<y>\d{{4}})"),
        ("month", r"(?P<y>\d{4})[-/.](?P<n>\d{1,2})"),
        ("month", r"(?P<n>\d{1,2})[-/.](?P<y>\d{4})"),
        ("month", rf"(?P<name>[a-z]{{3,9}})\.?{_SEP}(?P<y>\d{{4}})"),
        ("month", rf"(?P<y>\d{{4}}){_SEP}(?P<name>[a-z]{{3,9}})\.?"),
        ("year", r"(?P<y>\d{4})"),
    )
)


def read_heading(cell: object, writing: Writing) -> Heading | None:
    """The period or day a heading names: 2026-Q3, Q3 2026, Sep 2026, 2026-W38, week 38 2026, H2 2026, FY27 Q3,
    FY2026/27 (named after the year it ends in), 2026, or a date as the source writes dates. None if it names none.
    """
    if is_blank(cell) or isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float, Decimal)) and 1990 <= cell <= 2100 and cell == int(cell):
        cell = str(int(cell))  # a year; as a day number it would lie in 1905
    if isinstance(cell, str):
        text = cell.strip()
        for kind, pattern in _HEADINGS:
            if (match := pattern.fullmatch(text)) and (heading := _named(kind, match.groupdict())):
                return heading
    formats = tuple(dict.fromkeys((*writing.dates, "iso")))
    try:
        day = parse_date(cell, formats, serial_ok=writing.serial_dates)
    except ValueError:
        return None
    return Heading(day.isoformat(), day, day)


def _named(kind: str, parts: dict[str, str | None]) -> Heading | None:
    number = int(parts.get("n") or 0)
    if fiscal := parts.get("fy"):
        year = int(fiscal) if len(fiscal) == 4 else 2000 + int(fiscal)
        return Heading(f"FY{year}-Q{number}" if kind == "fiscal_quarter" else f"FY{year}")
    year = int(parts["y"] or 0)
    if not 1900 <= year <= 2200:
        return None
    match kind:
        case "week":
            return Heading(f"{year}-W{number:02d}") if 1 <= number <= 53 else None
        case "quarter":
            return Heading(f"{year}-Q{number}", *_months(year, number * 3 - 2, number * 3))
        case "half":
            return Heading(f"{year}-H{number}", *_months(year, number * 6 - 5, number * 6))
        case "year":
            return Heading(f"{year}", *_months(year, 1, 12))
    month = month_named(parts["name"] or "") if parts.get("name") else number
    return Heading(f"{year}-{month:02d}", *_months(year, month, month)) if 1 <= month <= 12 else None


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


class Matrix:
    """A matrix as read this cycle. Its first row that is not blank heads the columns, its first column names the rows.

    Raises BadTable if it is empty or none of its columns names a period.
    """

    def __init__(self, grid: Grid, writing: Writing) -> None:
        self._grid, self._writing = grid, writing
        filled = (n for n, row in enumerate(grid.rows) if not all(is_blank(cell) for cell in row))
        self._top = next(filled, -1)
        if self._top < 0:
            raise BadTable(f"{grid.name} is empty", "its first row must name periods, its first column the rows")
        headings = ((n, read_heading(cell, writing)) for n, cell in enumerate(grid.rows[self._top]))
        self._headings = [(column, heading) for column, heading in headings if column and heading]
        if not self._headings:
            raise BadTable(
                f"no column of {grid.name} is headed with a period",
                "head them like 2026-Q3, Sep 2026, 2026-W38, a date",
            )

    def answer(self, ask: Ask, *, origin: str = "") -> Answer:
        """The cell where the row meets the period's column; `ask.query` is a MatrixQuery of this matrix.

        Absent if the period has no column yet or the cell is blank; untrusted, the place named, if the cell is
        unreadable or several columns could be meant. Raises BadTable if the row is missing or there twice.
        """
        query = ask.query
        if not isinstance(query, MatrixQuery):
            raise TypeError(f"a matrix cannot answer a {type(query).__name__}")
        row = self._row(query.row)
        columns = self._columns(ask.period)
        if not columns:
            note = f"{self._grid.name} has no column for {ask.period.label}"
            return Answer(ask, Found.ABSENT, note=note, origin=origin)
        if len(columns) > 1:
            places = " and ".join(self._grid.place(self._top, column) for column in columns[:3])
            note = f"{places} could all be {ask.period.label}; head one column with it"
            return Answer(ask, Found.UNTRUSTED, note=note, origin=origin)
        cell, place = self._grid.cell(row, columns[0]), self._grid.place(row, columns[0])
        return value_answer(ask, cell, place, self._writing, origin=origin)

    def _columns(self, period: Period) -> list[int]:
        """Columns headed with the period itself; else with a day in it, or with a shorter span that ends with it
        ("Sep 2026" for the third quarter). A shorter span is one of several as soon as the others are there.
        """
        exact = [c for c, h in self._headings if h.label == period.label]
        if exact:
            return exact
        within = [(c, h) for c, h in self._headings if h.first and h.last and h.first in period and h.last in period]
        if len(within) == 1:
            heading = within[0][1]
            return [within[0][0]] if heading.first == heading.last or heading.last == period.last else []
        return [column for column, _ in within]

    def _row(self, name: str) -> int:
        names = {n: self._grid.cell(n, 0) for n in range(self._top + 1, len(self._grid.rows))}
        found = [n for n, cell in names.items() if label_of(cell) == label_of(name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise BadTable(f"{self._grid.name} has two rows {name!r}", "give each row a name of its own")
        known = [str(cell).strip() for cell in names.values() if not is_blank(cell)]
        near = get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"its rows are {', '.join(known[:12])}"
        raise BadTable(f"{self._grid.name} has no row {name!r}", hint)
