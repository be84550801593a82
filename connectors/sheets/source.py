"""A spreadsheet as a source: every range of the cycle in one request, each number with the name of its cell."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from connectors.base import Board, Finding
from connectors.calls import Calls
from connectors.errors import Refused, VendorError
from connectors.patience import Patience
from connectors.sheets.client import Block, SheetsClient
from connectors.sheets.examination import examine
from connectors.sheets.publisher import TabPublisher
from connectors.sheets.ranges import fewest_loads, loads, named_in, tab_of
from connectors.sheets.settings import SheetsSettings
from mapping.cells import Writing
from mapping.grids import BadTable, Grid, Placed, cell_answer, sheet_places
from mapping.matrices import Matrix
from mapping.queries import Answer, Ask, CellQuery, MatrixQuery, Query, Reply, TableQuery, Trouble
from mapping.tables import Table

Said = tuple[str, str, str, str]  # where, what, advice, kind of a trouble


@dataclass
class Reading:
    """What one cycle read of a spreadsheet, range by range as the file writes them."""

    blocks: dict[str, Block] = field(default_factory=dict)
    failed: dict[str, VendorError] = field(default_factory=dict)


def ranges_of(query: Query) -> tuple[str, ...]:
    """The ranges a query needs; () for a query that no spreadsheet answers."""
    match query:
        case TableQuery(table=str(table)):
            return (table,)
        case MatrixQuery(matrix=matrix):
            return (matrix,)
        case CellQuery(cell=cell, as_of=as_of):
            return (cell,) if as_of is None else (cell, as_of)
    return ()


class SheetsSource:
    """One spreadsheet."""

    def __init__(
        self, settings: SheetsSettings, patience: Patience, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.id = settings.id
        self.settings = settings
        self.calls = Calls()
        self.client = SheetsClient(settings, patience, self.calls, monotonic)
        self.writing = Writing(
            dates=settings.dates,
            decimal=settings.number.decimal,
            thousands=settings.number.thousands,
            blanks=frozenset(settings.blank),
            serial_dates=True,
        )
        self._publisher = TabPublisher(self.id, self.client, self.calls)
        self._bad: set[str] = set()  # refused lately: asked apart, so that they cannot spoil the others

    def read(self, asks: Sequence[Ask], *, now: datetime, zone: tzinfo, tables: Sequence[str] = ()) -> Reply:
        """All asks, and whole `tables` (targets_from), in one values:batchGet; a longer URL than servers take is split.

        `least` counts ⌈length of all ranges in the URL / 7,500⌉, and one request for each range that was refused
        before.
        """
        del zone  # dates in cells are what people wrote
        reading = self._fetch([*(r for ask in asks for r in ranges_of(ask.query)), *tables])
        answers: dict[Ask, Answer] = {}
        lost: dict[Said, list[Ask]] = {}
        desk = _Desk(self, reading)
        for ask in asks:
            try:
                answers[ask] = desk.answer(ask)
            except BadTable as bad:
                lost.setdefault((desk.where(ask.query), bad.what, bad.advice, "bad_data"), []).append(ask)
            except VendorError as error:
                lost.setdefault(_said(error), []).append(ask)
        for name in tables:
            if name in reading.failed:
                lost.setdefault(_said(reading.failed[name]), [])
        troubles = tuple(Trouble(*said, asks=tuple(dict.fromkeys(some))) for said, some in lost.items())
        wanted = {name: reading.blocks[name].rows for name in tables if name in reading.blocks}
        return Reply(answers, troubles, read_at=now, tables=wanted)

    def examine(self, asks: Sequence[Ask]) -> Sequence[Finding]:
        """For `doctor`: the spreadsheet, and each table, matrix and cell that is named, down to column and row."""
        return examine(self, asks)

    # ── publishing (`connectors.base.SheetPublisher`) ────────────────────────────────────────────────────────────

    def keep(self, tab: str, *, made: bool) -> None:
        """A cycle begins in which this tab is kept up to date."""
        self._publisher.begin(tab, made=made)

    def publish(self, tab: str, board: Board, memory: Mapping[str, object]) -> Mapping[str, object]:
        """Put what differs into the tab; returns what is to be remembered."""
        kept = self._publisher.publish(tab, board, memory)
        self._bad.difference_update(self._publisher.along)
        return kept

    def examine_tab(self, tab: str) -> Sequence[Finding]:
        """For `doctor`: the tab, and the right to write there."""
        return tuple(self._publisher.examine(tab))

    def close(self) -> None:
        """Give the connections back."""
        self.client.close()

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────

    def _fetch(self, wanted: Iterable[str]) -> Reading:
        ranges = list(dict.fromkeys(wanted))
        ranges += [name for name in self._publisher.along if ranges and name not in ranges]
        together = [name for name in ranges if name not in self._bad]
        apart = [name for name in ranges if name in self._bad]
        self.calls.needed(fewest_loads(together) + len(apart))
        reading = Reading()
        for load in [*loads(together), *((name,) for name in apart)]:
            self._take(load, reading)
        self._publisher.noticed(reading.blocks, reading.failed)
        return reading

    def _take(self, ranges: tuple[str, ...], reading: Reading) -> None:
        """Read these ranges; one that does not exist is dropped, so that the others are answered."""
        if not ranges:
            return
        try:
            blocks = self.client.fetch(ranges)
        except Refused as refused:
            bad = ranges[0] if len(ranges) == 1 else named_in(refused.what, ranges)
            if bad is None:  # the vendor does not say which: halve
                middle = len(ranges) // 2
                self._take(ranges[:middle], reading)
                self._take(ranges[middle:], reading)
                return
            self._bad.add(bad)
            reading.failed[bad] = self._no_range(bad, refused)
            self._take(tuple(name for name in ranges if name != bad), reading)
        except VendorError as error:
            reading.failed.update(dict.fromkeys(ranges, error))
        else:
            self._bad.difference_update(ranges)
            reading.blocks.update(zip(ranges, blocks, strict=True))

    def _no_range(self, name: str, refused: Refused) -> Refused:
        tab = tab_of(name)
        advice = f"is there a tab named {tab!r}?" if tab else "write it like Spend!A:E"
        return Refused(f"{self.id} {name}", refused.what, f"{advice} `alignd doctor` lists the tabs", status=400)


def _said(error: VendorError) -> Said:
    """An error as a trouble says it; a range that is not there is the data's fault, not the vendor's."""
    return error.where, error.what, error.advice, "bad_data" if isinstance(error, Refused) else error.kind


class _Desk:
    """Turns what was read into answers; a table or matrix is built once a cycle, however many ask it."""

    def __init__(self, source: SheetsSource, reading: Reading) -> None:
        self._id, self._writing, self._reading = source.id, source.writing, reading
        self._tables: dict[str, Table] = {}
        self._matrices: dict[str, Matrix] = {}

    def where(self, query: Query) -> str:
        """The place of an ask's trouble: "scorecard Spend!A:E"."""
        return " ".join((self._id, *ranges_of(query)[:1]))

    def answer(self, ask: Ask) -> Answer:
        """Raises BadTable, or the VendorError that its range met."""
        match ask.query:
            case TableQuery(table=str(name)):
                if name not in self._tables:
                    self._tables[name] = Table(self._grid(name), self._writing)
                return self._tables[name].answer(ask, origin=self._origin(name))
            case MatrixQuery(matrix=name):
                if name not in self._matrices:
                    self._matrices[name] = Matrix(self._grid(name), self._writing)
                return self._matrices[name].answer(ask, origin=self._origin(name))
            case CellQuery(cell=cell, as_of=as_of):
                dated = None if as_of is None else self._placed(as_of)
                return cell_answer(ask, self._placed(cell), dated, self._writing, origin=f"{self._id}, cell {cell}")
        raise Refused(self._id, "a spreadsheet answers tables, matrices and cells", "write table:, matrix: or cell:")

    def _block(self, name: str) -> Block:
        if name in self._reading.failed:
            raise self._reading.failed[name]
        return self._reading.blocks[name]

    def _grid(self, name: str) -> Grid:
        block = self._block(name)
        # a named range or a bare tab lies where the vendor says it does
        return Grid(block.rows, f"{self._id} {name}", sheet_places(self._id, name if "!" in name else block.place))

    def _placed(self, name: str) -> Placed:
        grid = self._grid(name)
        return Placed(grid.cell(0, 0), grid.place(0, 0))

    def _origin(self, name: str) -> str:
        tab = tab_of(name)
        return f"{self._id}, tab {tab}" if tab else f"{self._id}, {name}"
