"""Where a table of ours stands in a tab that people edit too, and which cells of it are to be written. Pure.

Columns are known by their headings, rows by the id in the id column, wherever people moved them. What they may do:
insert, move, delete and sort rows and columns, write above, beside and below, colour, rename a heading. Only cells in
a column and a row of ours are ever written; such a cell is ours, whatever somebody wrote into it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal

from connectors.base import Board
from connectors.sheets.client import Block
from connectors.sheets.ranges import number_of

Cell = str | int | float  # as it goes over the wire; "" empties a cell
Place = tuple[int, int]  # row and column, from 0
LONGEST_TEXT = 1_000  # a cell is a line to be read; Sheets takes 50,000 characters
_EXACT = 2**53  # whole numbers up to here survive in a cell, which is a double

_PLACE = re.compile(r".*!\$?[A-Z]+\$?\d+(?::\$?(?P<column>[A-Z]+)\$?(?P<row>\d+))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was shown when it was written last. `names`: our headings as people renamed them (only those).

    `others`: headings beside ours then, which are people's. `shown`: by id, a cell a column, of every row that was
    ever shown and stands there still. `patterns`: number formats that were set, by id.
    """

    columns: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    shown: Mapping[str, Sequence[Cell]] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)

    def cell(self, id_: str, column: str) -> Cell:
        """What was shown there; "" for a column that there was not."""
        row = self.shown.get(id_, ())
        place = self.columns.index(column) if column in self.columns else len(row)
        return row[place] if place < len(row) else ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A tab as it was read. `height`, `width`: the whole grid's, blank cells included."""

    rows: Sequence[Sequence[object]] = ()
    height: int = 0
    width: int = 0

    @classmethod
    def of(cls, block: Block) -> Grid:
        """From an answer for the whole tab, whose echoed range says how large the grid is."""
        match = _PLACE.fullmatch(block.place)
        used = len(block.rows), max((len(row) for row in block.rows), default=0)
        height = int(match["row"]) if match and match["row"] else 1
        width = number_of(match["column"]) + 1 if match and match["column"] else 1
        return cls(block.rows, max(height, used[0]), max(width, used[1]))

    def at(self, row: int, column: int) -> object:
        line = self.rows[row] if row < len(self.rows) else ()
        return line[column] if column < len(line) else ""

    @property
    def used_width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    @property
    def is_empty(self) -> bool:
        return all(cell in ("", None) for row in self.rows for cell in row)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is, or is to be. `made_columns`, `made_rows`: not there yet. `writes`: what differs."""

    header: int
    columns: Mapping[str, int]
    rows: Mapping[str, int]
    made_columns: frozenset[str]
    made_rows: frozenset[str]
    names: Mapping[str, str]
    writes: Mapping[Place, Cell]

    @property
    def bottom(self) -> int:
        return max([self.header, *self.rows.values()])

    @property
    def right(self) -> int:
        return max(self.columns.values())


def lay_out(grid: Grid, board: Board, kept: Kept | None) -> Layout:
    """Find our columns and rows, give a place to those that are missing, and compare the cells.

    A heading that was renamed keeps its new name: its column is known by what was shown in it. A column or row that
    was deleted is made again, to the right of and below all that stands there; who wants less hides it. A row whose
    id is no longer on the board is marked as `Board.gone` says, and stays.
    """
    header = _header(grid, board, kept)
    if header is None:
        first = 0 if grid.is_empty else len(grid.rows) + 1  # below what people wrote, with a row between
        columns = {name: place for place, name in enumerate(board.columns)}
        rows = {id_: first + 1 + place for place, id_ in enumerate(board.rows)}
        made = frozenset(board.columns), frozenset(board.rows)
        return _written(grid, board, kept, Layout(first, columns, rows, *made, {}, {}))
    found, names = _named(grid, header, board, kept)
    rows = _rows(grid, header, board, kept, found)
    if kept is not None:
        names |= _recognised(grid, header, rows, found, board, kept)
    made_columns = [name for name in board.columns if name not in found]
    right = max(grid.used_width, max(found.values(), default=-1) + 1)
    found |= {name: right + place for place, name in enumerate(made_columns)}
    below = max(len(grid.rows), header + 1)
    made_rows = [id_ for id_ in board.rows if id_ not in rows]
    rows |= {id_: below + place for place, id_ in enumerate(made_rows)}
    made = frozenset(made_columns), frozenset(made_rows)
    return _written(grid, board, kept, Layout(header, found, rows, *made, names, {}))


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _wanted(board: Board, kept: Kept | None) -> dict[str, str]:
    """Our columns, each with the heading it is looked for under."""
    return {name: (kept.names.get(name, name) if kept is not None else name) for name in board.columns}


def _header(grid: Grid, board: Board, kept: Kept | None) -> int | None:
    """The row with most of our headings, half of them at least, so that no table of people's is taken for ours; None
    if there is no such row. Where nothing is remembered the id's must be among them.
    """
    wanted = _wanted(board, kept)
    id_name = wanted[board.columns[0]]
    needed = max(2, len(board.columns) // 2)
    best: tuple[int, int] | None = None
    for place, row in enumerate(grid.rows):
        texts = {_text(cell) for cell in row}
        count = len(texts & set(wanted.values()))
        if count >= needed and (kept is not None or id_name in texts) and (best is None or count > best[0]):
            best = count, place
    return best[1] if best is not None else None


def _named(grid: Grid, header: int, board: Board, kept: Kept | None) -> tuple[dict[str, int], dict[str, str]]:
    """Columns by their headings; of several with one heading that which shows what we showed, else the first."""
    found: dict[str, int] = {}
    names: dict[str, str] = {}
    texts = [_text(cell) for cell in grid.rows[header]]
    for column, heading in _wanted(board, kept).items():
        places = [place for place, text in enumerate(texts) if text == heading and place not in found.values()]
        if places:
            alike = {place: _likeness(grid, header, place, column, kept) for place in places if len(places) > 1}
            found[column] = max(places, key=lambda place: (alike.get(place, 0), -place))
            if heading != column:
                names[column] = heading
    return found, names


def _likeness(grid: Grid, header: int, place: int, column: str, kept: Kept | None) -> int:
    """How many of the values that we showed in a column stand in this one, in whatever order."""
    if kept is None:
        return 0
    there = [grid.at(row, place) for row in range(header + 1, len(grid.rows))]
    texts = {cell.lstrip("'") for cell in there if isinstance(cell, str)}
    numbers = sorted(cell for cell in there if isinstance(cell, int | float) and not isinstance(cell, bool))
    return sum(_is_among(value, texts, numbers) for value in _values(column, kept))


def _is_among(value: Cell, texts: Set[str], numbers: Sequence[float]) -> bool:
    """Whether one of a column's cells shows this, as `is_same` has it."""
    if isinstance(value, str):
        return value.lstrip("'") in texts
    near = bisect_left(numbers, value)
    return any(is_same(one, value) for one in numbers[max(near - 1, 0) : near + 1])


def _values(column: str, kept: Kept) -> list[Cell]:
    return [value for id_ in kept.shown if (value := kept.cell(id_, column)) != ""]


def _rows(grid: Grid, header: int, board: Board, kept: Kept | None, found: dict[str, int]) -> dict[str, int]:
    """Row by id, the first that has it; by the KPI's name where people took the id column away."""
    id_column, name_column = board.columns[0], board.columns[1]
    known = set(board.rows) | (set(kept.shown) if kept is not None else set())
    if id_column not in found and kept is not None:
        free = _free(grid, header, found, kept)
        best = max(free, key=lambda place: _likeness(grid, header, place, id_column, kept), default=None)
        if best is not None and 2 * _likeness(grid, header, best, id_column, kept) > len(kept.shown):
            found[id_column] = best
    if id_column in found:
        ids = {id_: id_ for id_ in known}
        place = found[id_column]
    elif kept is not None and name_column in found:
        ids = {str(kept.cell(id_, name_column)): id_ for id_ in kept.shown}
        place = found[name_column]
    else:
        return {}
    rows: dict[str, int] = {}
    for row in range(header + 1, len(grid.rows)):
        id_ = ids.get(_text(grid.at(row, place)))
        if id_ is not None:
            rows.setdefault(id_, row)
    return rows


def _free(grid: Grid, header: int, found: Mapping[str, int], kept: Kept) -> list[int]:
    """Columns that might be ours under another heading: not found yet, and not people's when we looked last."""
    places = (place for place in range(grid.used_width) if place not in found.values())
    return [place for place in places if _text(grid.at(header, place)) not in kept.others]


def _recognised(
    grid: Grid, header: int, rows: Mapping[str, int], found: dict[str, int], board: Board, kept: Kept
) -> dict[str, str]:
    """Columns that people renamed: the one free column that shows, row by row, just what we showed there. Returns
    their new headings; one that was blanked is written again.
    """
    ours = {id_: row for id_, row in rows.items() if id_ in kept.shown and id_ in board.rows}
    for column in board.columns:
        if column in found or not any(kept.cell(id_, column) != "" for id_ in ours):
            continue
        alike = [
            place
            for place in _free(grid, header, found, kept)
            if all(is_same(grid.at(row, place), kept.cell(id_, column)) for id_, row in ours.items())
        ]
        if len(alike) == 1:
            found[column] = alike[0]
    headings = {column: _text(grid.at(header, place)) for column, place in found.items()}
    return {column: heading for column, heading in headings.items() if heading not in ("", column)}


# ── comparing ────────────────────────────────────────────────────────────────────────────────────────────────────


def _written(grid: Grid, board: Board, kept: Kept | None, layout: Layout) -> Layout:
    """The same with every cell that is not as it should be. The time of an update is only written beside another."""
    writes: dict[Place, Cell] = {}
    for column, place in layout.columns.items():
        heading = layout.names.get(column, column)
        if not is_same(grid.at(layout.header, place), heading):
            writes[layout.header, place] = heading
    for id_, row in layout.rows.items():
        wanted = dict(zip(board.columns, map(cell_of, board.rows[id_]), strict=True)) if id_ in board.rows else None
        if wanted is None:
            wanted = {column: cell_of(text) for column, text in board.gone.items()} if kept is not None else {}
        stamp = wanted.pop(board.updated, None)
        changed = {
            (row, layout.columns[column]): value
            for column, value in wanted.items()
            if not is_same(grid.at(row, layout.columns[column]), value)
        }
        writes |= changed
        if changed and stamp is not None:
            writes[row, layout.columns[board.updated]] = stamp
    return Layout(
        layout.header, layout.columns, layout.rows, layout.made_columns, layout.made_rows, layout.names, writes
    )


def is_same(there: object, wanted: Cell) -> bool:
    """Whether a cell, as it was read, shows this. A leading apostrophe is how Sheets may keep text as text."""
    if isinstance(wanted, str):
        if wanted == "":
            return there in ("", None)
        return isinstance(there, str) and there.lstrip("'") == wanted.lstrip("'")
    if isinstance(there, bool) or not isinstance(there, int | float):
        return False
    return math.isclose(there, wanted, rel_tol=1e-12)


def cell_of(value: str | Decimal | None) -> Cell:
    """A value as it goes over the wire: numbers as numbers, text in one line without control characters."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < _EXACT else float(value)
    line = " ".join(value.split())
    line = "".join(one for one in line if unicodedata.category(one) not in ("Cc", "Cs"))
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"


def _text(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else ""


# ── places ───────────────────────────────────────────────────────────────────────────────────────────────────────


def blocks_of(writes: Mapping[Place, Cell]) -> list[tuple[Place, list[list[Cell]]]]:
    """Cells as rectangles, each with its first cell: neighbours in a row together, alike runs below each other too."""
    runs: list[tuple[Place, list[Cell]]] = []
    for (row, column), value in sorted(writes.items()):
        if runs and runs[-1][0][0] == row and runs[-1][0][1] + len(runs[-1][1]) == column:
            runs[-1][1].append(value)
        else:
            runs.append(((row, column), [value]))
    found: list[tuple[Place, list[list[Cell]]]] = []
    open_: dict[tuple[int, int, int], int] = {}  # (next row, column, width) → which rectangle may grow
    for (row, column), run in runs:
        index = open_.pop((row, column, len(run)), None)
        if index is None:
            index = len(found)
            found.append(((row, column), []))
        found[index][1].append(run)
        open_[row + 1, column, len(run)] = index
    return found
