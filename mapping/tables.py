"""Tables: typed rows become one number for one period, exactly as the query says, or say why they cannot.

A table's first row names its columns. A row counts for a period if its date lies in it and its `where` holds. Text
is compared without regard to case and outer blanks, as Google Analytics does; `matches` must fit the whole cell.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache

from mapping.aggregates import SCORES, aggregated
from mapping.cells import Writing, error_in
from mapping.grids import BadTable, Grid, label_of
from mapping.queries import Aggregate, Answer, Ask, Condition, Found, Match, TableQuery


@dataclass(frozen=True, slots=True)
class _Dates:
    """One date column, read once: days in order with their rows, and rows whose date is in doubt."""

    days: tuple[date, ...]
    rows: tuple[int, ...]
    doubtful: tuple[tuple[int, str], ...]  # row, what its date cell holds: it might belong to any period
    undated: tuple[int, ...]  # the date cell is empty, not one of the declared words
    newest: date | None


class Table:
    """A table as read this cycle, asked for many periods: dates are read once a column.

    `unique_by` (CSV): rows that are the same in these columns count once; the last one stands, since a later export
    knows more. Raises BadTable if the table is empty or a `unique_by` column is missing.
    """

    def __init__(self, grid: Grid, writing: Writing, *, unique_by: Sequence[str] = ()) -> None:
        self._grid, self._writing = grid, writing
        if not grid.rows or all(writing.blank(cell) for cell in grid.rows[0]):
            raise BadTable(f"{grid.name} is empty", "its first row must name the columns")
        self.columns = tuple("" if cell is None else str(cell).strip() for cell in grid.rows[0])
        self._places: dict[str, list[int]] = {}
        for place, column in enumerate(self.columns):
            self._places.setdefault(label_of(column), []).append(place)
        self._kept = self._without_repeats([self._column(name) for name in unique_by])
        self._dates: dict[int, _Dates] = {}

    def newest(self, date_column: str) -> date | None:
        """The newest date of any row, whatever a filter."""
        return self._dates_in(self._column(date_column)).newest

    def answer(self, ask: Ask, *, origin: str = "") -> Answer:
        """The number for `ask.period`; `ask.query` is a TableQuery of this table.

        Found: value; absent without a row that counts; untrusted, the first bad cell named, if a cell that decides
        the number is empty, an error or unreadable, or a row's date is. Flag few_rows under `min_rows`.
        Raises BadTable if a column is missing or named twice.
        """
        query = ask.query
        if not isinstance(query, TableQuery):
            raise TypeError(f"a table cannot answer a {type(query).__name__}")
        dates = self._dates_in(self._column(query.date))
        rows = dates.rows[bisect_left(dates.days, ask.period.first) : bisect_right(dates.days, ask.period.last)]
        counting = _Counting(self, query)
        counting.doubt_dates(dates)
        counted = counting.rows_that_count(rows)
        value = counting.aggregate(counted)
        if counting.faults:
            more = f" (and {len(counting.faults) - 1} more)" if len(counting.faults) > 1 else ""
            note = counting.faults[0] + more
            return Answer(ask, Found.UNTRUSTED, newest=dates.newest, note=note, origin=origin, rows=len(counted))
        if value is None:
            return Answer(ask, Found.ABSENT, newest=dates.newest, origin=origin, rows=0)
        few = len(counted) < query.min_rows
        return Answer(
            ask,
            Found.VALUE,
            value,
            flags=frozenset({"few_rows"} if few else ()),
            newest=dates.newest,
            note=f"{len(counted)} rows, at least {query.min_rows} are needed" if few else "",
            origin=origin,
            rows=len(counted),
            breakdown=counting.breakdown(counted, ask.breakdown),
        )

    # ── rows, columns, dates ─────────────────────────────────────────────────────────────────────────────────

    def _column(self, name: str) -> int:
        found = self._places.get(label_of(name), [])
        if len(found) == 1:
            return found[0]
        if found:
            raise BadTable(f"{self._grid.name} has two columns {name!r}", "give each column a name of its own")
        named = [column for column in self.columns if column]
        near = get_close_matches(name, named, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"its columns are {', '.join(named)}"
        raise BadTable(f"{self._grid.name} has no column {name!r}", hint)

    def _without_repeats(self, columns: Sequence[int]) -> Sequence[int]:
        every = range(1, len(self._grid.rows))
        if not columns:
            return every
        last = {tuple(label_of(self._grid.cell(row, column)) for column in columns): row for row in every}
        return sorted(last.values())

    def _dates_in(self, column: int) -> _Dates:
        if column not in self._dates:
            self._dates[column] = self._read_dates(column)
        return self._dates[column]

    def _read_dates(self, column: int) -> _Dates:
        dated: list[tuple[date, int]] = []
        doubtful: list[tuple[int, str]] = []
        undated: list[int] = []
        for row in self._kept:
            cell = self._grid.cell(row, column)
            if self._writing.blank(cell):
                if not label_of(cell):
                    undated.append(row)
                continue
            try:
                dated.append((self._writing.date(cell), row))
            except ValueError as problem:
                doubtful.append((row, str(problem)))
        dated.sort()
        days, rows = tuple(day for day, _ in dated), tuple(row for _, row in dated)
        return _Dates(days, rows, tuple(doubtful), tuple(undated), days[-1] if days else None)


class _Counting:
    """One query at work on one table; what may not be believed is collected in `faults`, the place named."""

    def __init__(self, table: Table, query: TableQuery) -> None:
        self._grid, self._writing, self._query = table._grid, table._writing, query
        self._date = table._column(query.date)
        self._value = None if query.column is None else table._column(query.column)
        self._where = [(table._column(condition.field), condition) for condition in query.where]
        self._find_column = table._column
        self.faults: list[str] = []

    def doubt_dates(self, dates: _Dates) -> None:
        """A row whose date is unreadable might count in any period. So might one that has a number and no date (a
        merged cell, a forgotten date); rows of formulas prepared in advance hold 0 or nothing and are passed over.
        """
        for row, problem in dates.doubtful:
            an_error = error_in(self._grid.cell(row, self._date)) is not None
            if not an_error and self._value is not None and self._writing.blank(self._grid.cell(row, self._value)):
                continue  # a heading or a remark among the rows
            if self._holds(row) is not False:
                self._fault(row, self._date, problem if an_error else f"{problem} {_NOT_A_ROW}")
        for row in dates.undated if self._value is not None else ():
            cell = self._grid.cell(row, self._value or 0)
            if self._is_number_but_zero(cell) and self._holds(row) is not False:
                self._fault(row, self._date, f"is empty, though {self._grid.place(row, self._value or 0)} has a number")

    def rows_that_count(self, rows: Sequence[int]) -> list[int]:
        counted = []
        for row in rows:
            holds = self._holds(row)
            if holds is None:
                column = next(c for c, _ in self._where if error_in(self._grid.cell(row, c)))
                self._fault(row, column, f"holds {error_in(self._grid.cell(row, column))}")
            elif holds:
                counted.append(row)
        return counted

    def aggregate(self, rows: Sequence[int]) -> Decimal | None:
        """The number of these rows, None without any. Rows come in the order of their dates."""
        kind = self._query.aggregate
        if kind is Aggregate.LAST:
            rows = rows[-1:]
        if kind is Aggregate.COUNT:
            return self._count(rows)
        numbers = list(self._numbers(rows))
        return None if self.faults else aggregated(kind, numbers)

    def breakdown(self, rows: Sequence[int], by: str | None) -> tuple[tuple[str, Decimal], ...]:
        """The number of each group of rows, largest first."""
        if by is None:
            return ()
        column = self._find_column(by)
        groups: dict[str, list[int]] = {}
        for row in rows:
            cell = self._grid.cell(row, column)
            groups.setdefault("" if cell is None else str(cell).strip(), []).append(row)
        values = ((name, self.aggregate(members)) for name, members in groups.items())
        return tuple(sorted(((name, v) for name, v in values if v is not None), key=lambda pair: (-pair[1], pair[0])))

    def _count(self, rows: Sequence[int]) -> Decimal | None:
        if self._value is None:
            return Decimal(len(rows)) if rows else None
        filled = 0
        for row in rows:
            cell = self._grid.cell(row, self._value)
            if error := error_in(cell):
                self._fault(row, self._value, f"holds {error}")
            filled += not self._writing.blank(cell)
        return Decimal(filled) if filled else None

    def _numbers(self, rows: Sequence[int]) -> Iterator[Decimal]:
        if self._value is None:
            raise BadTable(f"{self._grid.name} is asked for a {self._query.aggregate.value}", "name the column")
        for row in rows:
            cell = self._grid.cell(row, self._value)
            try:
                if self._writing.blank(cell):
                    raise ValueError("is empty")
                number = self._writing.number(cell)
                if self._query.aggregate is Aggregate.NPS and (number not in SCORES):
                    raise ValueError(f"holds {number}, which is no score from 0 to 10")
            except ValueError as problem:
                self._fault(row, self._value, str(problem))
            else:
                yield number

    def _holds(self, row: int) -> bool | None:
        """Whether the row's `where` holds; None if an error cell keeps that from being known."""
        doubt = False
        for column, condition in self._where:
            cell = self._grid.cell(row, column)
            if error_in(cell):
                doubt = True
            elif not fits(cell, condition):
                return False
        return None if doubt else True

    def _is_number_but_zero(self, cell: object) -> bool:
        try:
            return not self._writing.blank(cell) and self._writing.number(cell) != 0
        except ValueError:
            return False

    def _fault(self, row: int, column: int, problem: str) -> None:
        fault = f"{self._grid.place(row, column)} {problem}"
        if fault not in self.faults:
            self.faults.append(fault)


_NOT_A_ROW = "(if that is no row of the table, a total for example, add the word to `blank`)"


def fits(cell: object, condition: Condition) -> bool:
    """Whether a cell fits one line of a `where`. An empty cell is the text ""."""
    text = label_of(cell)
    match condition.match:
        case Match.IS:
            found = any(text == label_of(value) for value in condition.values)
        case Match.BEGINS:
            found = any(text.startswith(label_of(value)) for value in condition.values)
        case Match.CONTAINS:
            found = any(label_of(value) in text for value in condition.values)
        case Match.MATCHES:
            found = any(_pattern(value).fullmatch(str(cell or "").strip()) is not None for value in condition.values)
    return found is not condition.negated


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as problem:
        raise BadTable(f"{text!r} is not a regular expression", str(problem)) from None
