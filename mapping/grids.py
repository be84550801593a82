"""Grids: rectangles of cells as a source read them, the names of their places, and what one cell answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from unicodedata import normalize

from mapping.cells import Writing
from mapping.queries import Answer, Ask, Found


class BadTable(ValueError):
    """A table, matrix or cell is not as the file says: a column or row is gone, or named twice. For a `Trouble`.

    `what` is what was found, `advice` what to do; the connector knows the place.
    """

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(f"{what}: {advice}")
        self.what, self.advice = what, advice


Places = Callable[[int, int], str]  # (row, column), both from 0 → the cell's name for people: "scorecard Spend!D14"


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells as they came: rows may be ragged (missing cells are empty). `name` is for messages ("Spend!A:E")."""

    rows: Sequence[Sequence[object]]
    name: str
    place: Places

    def cell(self, row: int, column: int) -> object:
        cells = self.rows[row] if row < len(self.rows) else ()
        return cells[column] if column < len(cells) else None


def sheet_places(source: str, a1_range: str) -> Places:
    """Names cells of a range read from a spreadsheet: `sheet_places("scorecard", "Spend!A10:E")(0, 3)` is
    "scorecard Spend!D10". A range that is a bare tab or a named range counts from A1 of it.
    """
    tab, mark, corner = a1_range.rpartition("!")
    match = re.match(r"\$?([A-Za-z]{1,3})?\$?(\d+)?(?=:|$)", corner) if mark else None
    left = column_number(match[1]) if match and match[1] else 1
    top = int(match[2]) if match and match[2] else 1
    shown = tab if mark else corner
    return lambda row, column: f"{source} {shown}!{column_letters(left + column)}{top + row}"


def column_letters(number: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def label_of(cell: object) -> str:
    """A cell's text for comparison: Unicode-normal, blanks evened, any case. 3.0 and "3" are the same."""
    if cell is None:
        return ""
    if isinstance(cell, (float, Decimal)) and cell % 1 == 0:
        cell = int(cell)
    return " ".join(normalize("NFC", str(cell)).split()).casefold()


def value_answer(ask: Ask, cell: object, place: str, writing: Writing, *, origin: str = "") -> Answer:
    """What one value cell answers: a number is a value, a blank is absent, anything else is untrusted, named."""
    if writing.blank(cell):
        return Answer(ask, Found.ABSENT, note=f"{place} is empty", origin=origin)
    try:
        return Answer(ask, Found.VALUE, writing.number(cell), origin=origin)
    except ValueError as problem:
        return Answer(ask, Found.UNTRUSTED, note=f"{place} {problem}", origin=origin)


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell's content with its name for people."""

    cell: object
    place: str


def cell_answer(ask: Ask, value: Placed, as_of: Placed | None, writing: Writing, *, origin: str = "") -> Answer:
    """What a cell answers, with the date its `as_of` cell holds (a dated cell) or without (a photograph).

    A value whose date cannot be read belongs to no period and is untrusted, the date's cell named.
    """
    answer = value_answer(ask, value.cell, value.place, writing, origin=origin)
    if as_of is None:
        return answer
    try:
        return replace(answer, as_of=writing.date(as_of.cell))
    except ValueError as problem:
        if answer.found is Found.ABSENT:
            return answer
        return replace(
            answer, found=Found.UNTRUSTED, value=None, note=f"{as_of.place} {problem}, so its date is unknown"
        )
