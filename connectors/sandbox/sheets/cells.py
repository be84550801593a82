"""Spreadsheets: tabs of typed cells, and how a cell shows itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class CellError:
    """An error cell: shown as its text ("#REF!")."""

    text: str = "#REF!"


@dataclass(frozen=True, slots=True)
class Shown:
    """A number with a format: the value, and the text a person sees ("12,5 %")."""

    value: Decimal | int | float
    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as typed, with the value it has."""

    text: str
    value: Decimal | int | float | str | None = None


Cell = None | str | bool | int | float | Decimal | date | datetime | CellError | Shown | Formula


@dataclass
class Tab:
    """One sheet of a spreadsheet: a grid of `rows` × `columns`, of which `cells` holds the used part.

    `frozen`: rows; `formats`: by cell, what was set ("bold", "numberFormat"); `protected`: areas (first and last cell)
    that the caller may not edit.
    """

    title: str
    id: int
    rows: int = 1000
    columns: int = 26
    cells: list[list[Cell]] = field(default_factory=list)
    frozen: int = 0
    formats: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    protected: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)

    def fill(self, rows: Sequence[Sequence[Cell]], at: str = "A1") -> None:
        """Write cells from a corner on; the grid grows where it must."""
        column, row = _corner(at)
        for down, values in enumerate(rows):
            for across, value in enumerate(values):
                self.put(row + down, column + across, value)

    def append(self, values: Sequence[Cell]) -> None:
        """A row below the last used one."""
        self.cells.append(list(values))
        self.rows = max(self.rows, len(self.cells))
        self.columns = max(self.columns, len(values))

    def put(self, row: int, column: int, value: Cell) -> None:
        """One cell, counted from 0."""
        while len(self.cells) <= row:
            self.cells.append([])
        line = self.cells[row]
        while len(line) <= column:
            line.append(None)
        line[column] = value
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)

    def set(self, address: str, value: Cell) -> None:
        """One cell by its address ("C4")."""
        column, row = _corner(address)
        self.put(row, column, value)

    def at(self, row: int, column: int) -> Cell:
        """One cell, counted from 0."""
        line = self.cells[row] if row < len(self.cells) else []
        return line[column] if column < len(line) else None


@dataclass
class Spreadsheet:
    """A spreadsheet. `forbidden`: the caller may not read it; `office`: an .xlsx file that Sheets will not serve."""

    id: str
    title: str
    zone: str = "Africa/Johannesburg"
    locale: str = "en_ZA"
    tabs: list[Tab] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # named range → A1 with tab
    forbidden: bool = False
    read_only: bool = False
    office: bool = False

    def add_tab(self, title: str, rows: Sequence[Sequence[Cell]] = (), at: str = "A1") -> Tab:
        """A tab, filled."""
        made = Tab(title, 0 if not self.tabs else 1000 + 7919 * len(self.tabs))
        made.fill(rows, at)
        self.tabs.append(made)
        return made

    def tab(self, title: str) -> Tab:
        """A tab by its title, as people see it (case does not matter)."""
        for one in self.tabs:
            if one.title.lower() == title.lower():
                return one
        raise KeyError(title)


def column_number(letters: str) -> int:
    """A is 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """0 is A."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _corner(address: str) -> tuple[int, int]:
    match = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?(\d+)", address)
    if match is None:
        raise ValueError(f"{address!r} is no cell")
    return column_number(match.group(1)), int(match.group(2)) - 1


def serial(value: date | datetime) -> int | float:
    """Days since 30 December 1899; the time of day is the fraction."""
    if isinstance(value, datetime):
        whole = datetime(EPOCH.year, EPOCH.month, EPOCH.day)
        span = value.replace(tzinfo=None) - whole
        return span / timedelta(days=1)
    return (value - EPOCH).days


def _number(value: Decimal | int | float) -> int | float:
    return int(value) if value == int(value) else float(value)


def shown(cell: Cell, value_option: str, date_option: str) -> str | int | float | bool:
    """A cell as values.get tells it."""
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        return cell.text if value_option == "FORMULA" else shown(cell.value, value_option, date_option)
    if isinstance(cell, CellError):
        return cell.text
    formatted = value_option == "FORMATTED_VALUE"
    if isinstance(cell, bool):
        return ("TRUE" if cell else "FALSE") if formatted else cell
    if isinstance(cell, Shown):
        return cell.text if formatted else _number(cell.value)
    if isinstance(cell, date):  # a datetime is a date too
        if formatted or date_option == "FORMATTED_STRING":
            return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
        return serial(cell)
    if isinstance(cell, str):
        return cell
    return str(_number(cell)) if formatted else _number(cell)


def typed(text: str | int | float | bool | None, option: str) -> Cell:
    """What a written value becomes: RAW keeps text as text, USER_ENTERED reads it as typed by a person."""
    if text is None or isinstance(text, bool | int | float) or option == "RAW":
        return text
    if text.startswith("="):
        return Formula(text, CellError("#NAME?").text)
    if text.startswith("'"):
        return text[1:]
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    if re.fullmatch(r"-?\d+(\.\d+)?%", text):
        return Shown(Decimal(text[:-1]) / 100, text)
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return Decimal(text)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text
