"""What a person does in a tab with mouse and keyboard: types, inserts, deletes, moves, sorts, protects."""

from __future__ import annotations

from collections.abc import Callable

from connectors.sandbox.sheets.cells import Cell, Spreadsheet, Tab, typed

Place = tuple[int, int]


class Hands:
    """A person's hands on one spreadsheet. Rows and columns are counted from 0; formats travel with their cells."""

    def __init__(self, sheet: Spreadsheet, tab: str) -> None:
        self.sheet, self.tab = sheet, sheet.tab(tab)

    def types(self, row: int, column: int, text: str) -> None:
        """As typed by a person: a leading = is a formula, digits are a number."""
        self.tab.put(row, column, typed(text, "USER_ENTERED"))

    def inserts_column(self, at: int) -> None:
        self.tab.columns += 1
        for line in self.tab.cells:
            if len(line) > at:
                line.insert(at, None)
        self._move(lambda row, column: (row, column + (column >= at)))

    def inserts_row(self, at: int) -> None:
        self.tab.rows += 1
        if len(self.tab.cells) > at:
            self.tab.cells.insert(at, [])
        self._move(lambda row, column: (row + (row >= at), column))

    def deletes_column(self, at: int) -> None:
        self.tab.columns -= 1
        for line in self.tab.cells:
            if len(line) > at:
                del line[at]
        self._move(lambda row, column: None if column == at else (row, column - (column > at)))

    def deletes_row(self, at: int) -> None:
        self.tab.rows -= 1
        if len(self.tab.cells) > at:
            del self.tab.cells[at]
        self._move(lambda row, column: None if row == at else (row - (row > at), column))

    def moves_column(self, at: int, to: int) -> None:
        """To stand before what is column `to` then."""
        width = max([at, to, *(len(line) for line in self.tab.cells)]) + 1
        order = [place for place in range(width) if place != at]
        order.insert(to, at)
        for line in self.tab.cells:
            line += [None] * (width - len(line))
            line[:] = [line[place] for place in order]
        there = {old: new for new, old in enumerate(order)}
        self._move(lambda row, column: (row, there.get(column, column)))
        self.tab.columns = max(self.tab.columns, width)

    def sorts(self, column: int, *, below: int = 0, down: bool = False) -> None:
        """The rows below the heading in row `below`, by a column, whole rows; blank cells last."""
        old = list(range(below + 1, len(self.tab.cells)))
        filled = [row for row in old if self.tab.at(row, column) not in (None, "")]
        order = sorted(filled, key=lambda row: _sort_key(self.tab.at(row, column)), reverse=down)
        order += [row for row in old if row not in filled]
        there = dict(zip(order, old, strict=True))
        self.tab.cells[below + 1 :] = [self.tab.cells[row] for row in order]
        self._move(lambda row, place: (there.get(row, row), place))

    def protects(self, first: Place, last: Place) -> None:
        """From everybody else, alignd too."""
        self.tab.protected.append((first, last))

    def deletes_tab(self) -> None:
        self.sheet.tabs.remove(self.tab)

    def _move(self, there: Callable[[int, int], Place | None]) -> None:
        moved = ((there(*place), shape) for place, shape in self.tab.formats.items())
        self.tab.formats = {place: shape for place, shape in moved if place is not None}


def _sort_key(cell: Cell) -> tuple[bool, float, str]:
    is_text = not isinstance(cell, int | float)
    return is_text, 0.0 if is_text else float(cell), str(cell)  # type: ignore[arg-type]


def snapshot(tab: Tab) -> dict[Place, Cell]:
    """Every cell that holds something."""
    return {
        (row, column): cell
        for row, line in enumerate(tab.cells)
        for column, cell in enumerate(line)
        if cell not in (None, "")
    }
