"""`targets_from`: rows with columns kpi, from, to, target, agreed by become dated targets, or say what is wrong."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from mapping.cells import Writing, show_cell
from mapping.grids import Places, label_of
from mapping.kpis import Between, DatedTarget, Fixed, Kpi, Unit
from mapping.queries import Trouble

COLUMNS = ("kpi", "from", "to", "target", "agreed by")
_NEEDED = ("kpi", "target")
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_RANGE = re.compile(
    r"(?:between\s+)?(?P<low>.+?)\s*(?:–|—|\.\.|\bto\b|\band\b|(?<=[\d%])\s*-)\s*(?P<high>.+)", re.IGNORECASE
)
_PERCENT_UNITS = (Unit.PERCENT, Unit.RATIO)


@dataclass(frozen=True, slots=True)
class TargetRows:
    """What a table of targets says: dated targets by KPI id, in the table's order, and what could not be read."""

    by_kpi: Mapping[str, tuple[DatedTarget, ...]]
    troubles: tuple[Trouble, ...] = ()


def read_targets_table(
    table: Sequence[Sequence[object]], kpis: Mapping[str, Kpi], writing: Writing, place: Places, *, name: str
) -> TargetRows:
    """Read the table as it came (its first row names the columns, in any order; other columns are people's own).

    `kpi` is an id or a name of the file. `from`, `to` (inclusive): a date or nothing. `target`: a number, or a range
    like 2.0% – 4.5%. For a percent KPI write 22% or format the cell as percent; 22 is refused, since it would be
    2,200 %. A row that cannot be read is one trouble (its cell named) and no target; blank rows are passed over.
    """
    filled = [n for n, row in enumerate(table) if not all(writing.blank(cell) for cell in row)]
    if not filled:
        return TargetRows(
            {}, (Trouble(name, "the table is empty", f"name the columns: {', '.join(COLUMNS)}", "bad_data"),)
        )
    heads = [label_of(cell) for cell in table[filled[0]]]
    columns = {column: heads.index(column) for column in COLUMNS if column in heads}
    if missing := [column for column in _NEEDED if column not in columns]:
        what = f"there is no column {' and no column '.join(repr(m) for m in missing)}"
        return TargetRows({}, (Trouble(name, what, f"its columns are {', '.join(COLUMNS)}", "bad_data"),))
    found: defaultdict[str, list[DatedTarget]] = defaultdict(list)
    troubles: list[Trouble] = []
    reader = _RowReader(table, columns, kpis, writing)
    for row in filled[1:]:
        try:
            kpi, entry = reader.read(row)
        except BadCell as bad:
            column = columns[bad.column]
            troubles.append(Trouble(place(row, column), bad.what, bad.advice, "bad_data"))
        else:
            found[kpi].append(entry)
    return TargetRows({kpi: tuple(entries) for kpi, entries in found.items()}, tuple(troubles))


class BadCell(Exception):
    """What a cell holds cannot be read. `column`: by its name in the header; `what` continues the cell's place."""

    def __init__(self, column: str, what: str, advice: str) -> None:
        super().__init__(what)
        self.column, self.what, self.advice = column, what, advice


@dataclass(frozen=True, slots=True)
class _RowReader:
    table: Sequence[Sequence[object]]
    columns: Mapping[str, int]
    kpis: Mapping[str, Kpi]
    writing: Writing

    def read(self, row: int) -> tuple[str, DatedTarget]:
        kpi = kpi_named(self._cell(row, "kpi"), self.kpis, "kpi")
        first, last = self._date(row, "from"), self._date(row, "to")
        if first is not None and last is not None and last < first:
            raise BadCell("to", f"ends on {last}, before it begins", "write a date that is not before `from`")
        agreed_by = (
            "" if self.writing.blank(self._cell(row, "agreed by")) else str(self._cell(row, "agreed by")).strip()
        )
        return kpi.id, DatedTarget(first, last, target_in(self._cell(row, "target"), kpi, self.writing), agreed_by)

    def _cell(self, row: int, column: str) -> object:
        at = self.columns.get(column, -1)
        cells = self.table[row]
        return cells[at] if 0 <= at < len(cells) else None

    def _date(self, row: int, column: str) -> date | None:
        cell = self._cell(row, column)
        return None if self.writing.blank(cell) else date_in(cell, self.writing, column, " or nothing")


def kpi_named(cell: object, kpis: Mapping[str, Kpi], column: str) -> Kpi:
    """The KPI whose id or name stands there, in any case. Raises BadCell."""
    wanted = label_of(cell)
    if not wanted:
        raise BadCell(column, "names no KPI", "write its id or name")
    found = [kpi for kpi in kpis.values() if wanted in (label_of(kpi.id), label_of(kpi.name))]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadCell(column, f"{show_cell(cell)} is the name of several KPIs", "write the id")
    near = get_close_matches(str(cell).strip(), [*kpis, *(kpi.name for kpi in kpis.values())], 1)
    advice = f"did you mean {near[0]!r}?" if near else "write the id or name of a KPI of the file"
    raise BadCell(column, f"{show_cell(cell)} is no KPI", advice)


def date_in(cell: object, writing: Writing, column: str, else_write: str = "") -> date:
    """The day that stands there. Raises BadCell."""
    try:
        return writing.date(_unquoted(cell) if writing.serial_dates else cell)
    except ValueError as problem:
        advice = f"write a date ({' or '.join(writing.dates)}){else_write}"
        raise BadCell(column, str(problem), advice) from None


def target_in(cell: object, kpi: Kpi, writing: Writing, column: str = "target") -> Fixed | Between:
    """A number or a range in the KPI's unit. Raises BadCell."""
    if writing.blank(cell):
        raise BadCell(column, "is empty", "write a number, or remove the row")
    try:
        return Fixed(_number(cell, kpi, writing))
    except ValueError as problem:
        match = _RANGE.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if match is None:
            advice = "write 22% for 22 %" if kpi.unit is Unit.PERCENT else "write a number, or a range like 20 – 30"
            raise BadCell(column, str(problem), advice) from None
    try:
        low, high = _number(match["low"], kpi, writing), _number(match["high"], kpi, writing)
    except ValueError as problem:
        raise BadCell(column, str(problem), "write both ends of the range, like 2.0% – 4.5%") from None
    if high < low:
        raise BadCell(column, f"holds {show_cell(cell)}, whose ends are the wrong way round", "lower end first")
    return Between(low, high)


def _number(cell: object, kpi: Kpi, writing: Writing) -> Decimal:
    try:
        number = writing.number(cell)
    except ValueError:
        if not writing.serial_dates or not isinstance(plain := _unquoted(cell), Decimal):
            raise
        number = plain
    with_sign = isinstance(cell, str) and "%" in cell
    if with_sign and kpi.unit not in _PERCENT_UNITS:
        raise ValueError(f"holds {show_cell(cell)}, but {kpi.id} is no percentage")
    if kpi.unit is Unit.PERCENT and not with_sign and abs(number) > 1 and number == number.to_integral_value():
        raise ValueError(f"holds {show_cell(cell)}, which would be {number * 100:f} %")
    return number


def _unquoted(cell: object) -> object:
    """A spreadsheet's number that came as text of digits is that number, whatever decimal mark its people write."""
    return Decimal(cell) if isinstance(cell, str) and _PLAIN_NUMBER.fullmatch(cell) else cell
