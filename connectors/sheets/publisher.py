"""A board in a tab of the team's own spreadsheet, beside people who edit the same tab.

A quiet cycle costs nothing: the tab is read along with the numbers, where numbers are read, and compared. Only when
something is to be written the tab is read once more, at once before, and what differs leaves as one
values:batchUpdate. The first time, and when columns, rows with a format or room are lacking, one
spreadsheets.batchUpdate goes before it.

What is left to chance: cells are written by their address, and Sheets knows no "only if nothing moved". A column or
row that a person inserts between that reading and the writing, some tenths of a second, moves our cells under the
addresses; the next time the tab is read the table is put right, but what then stands in a foreign cell stays. Writing
by developer metadata (values:batchUpdateByDataFilter) would follow the move, at the price of metadata on every column
and row of the team's spreadsheet, and of reads that need the right to write.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence, Set

from connectors.base import Board, Finding
from connectors.calls import Calls
from connectors.errors import NeedsPerson, Refused, VendorError
from connectors.sheets.client import Block, SheetsClient, TabAbout
from connectors.sheets.layout import Cell, Grid, Kept, Layout, blocks_of, cell_of, lay_out
from connectors.sheets.ranges import in_tab, letters_of, whole_tab

_SPARE_ROWS, _COLUMNS = 100, 26  # of a tab that is made
_BOLD = "userEnteredFormat.textFormat.bold"
_FORMAT = "userEnteredFormat.numberFormat"

Request = Mapping[str, object]


class TabPublisher:
    """The tab that one spreadsheet keeps for alignd."""

    def __init__(self, where: str, client: SheetsClient, calls: Calls) -> None:
        self._where, self._client, self._calls = where, client, calls
        self._along: str | None = None  # the range that is read along
        self._seen: Block | VendorError | None = None  # what this cycle read of it

    # ── reading along ────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, tab: str, *, made: bool) -> None:
        """A cycle begins; see `SheetPublisher.keep`."""
        self._client.allow_writing()
        self._along = whole_tab(tab) if made else None
        self._seen = None

    @property
    def along(self) -> tuple[str, ...]:
        """The range to be read with the others."""
        return (self._along,) if self._along is not None else ()

    def noticed(self, blocks: Mapping[str, Block], failed: Mapping[str, VendorError]) -> None:
        """What came of reading it along."""
        if self._along is not None:
            self._seen = blocks.get(self._along) or failed.get(self._along)

    # ── publishing ───────────────────────────────────────────────────────────────────────────────────────────────

    def publish(self, tab: str, board: Board, memory: Mapping[str, object]) -> Mapping[str, object]:
        """See `SheetPublisher.publish`."""
        kept = _kept(memory, tab)
        digest = _digest(board)
        if kept is not None and memory.get("digest") == digest and not self._is_disturbed(board, kept):
            return memory
        if isinstance(self._seen, VendorError) and not isinstance(self._seen, Refused):
            raise self._seen  # it could not be read just now: not waited for twice in a cycle
        grid, tabs = self._standing(tab, kept)
        layout = lay_out(grid or Grid(), board, kept)
        requests = list(_structure(grid, layout, board, kept))
        if grid is None:
            self._make(tab, tabs, requests, layout)
        elif requests:
            about = _named(tab, tabs or self._tabs())
            if about is None:
                raise Refused(self._where, f"the tab {tab} went away just now", "nothing to do: it is made again")
            self._calls.needed(1)
            self._client.change([_on(about.id, one) for one in requests])
        if layout.writes:
            self._calls.needed(1)
            self._client.put([(in_tab(tab, _a1(place, rows)), rows) for place, rows in blocks_of(layout.writes)])
        return _memory(tab, digest, board, layout, kept, grid)

    def _is_disturbed(self, board: Board, kept: Kept) -> bool:
        """Whether people changed what is ours; not known in a cycle that did not read the spreadsheet."""
        if isinstance(self._seen, Block):
            return bool(lay_out(Grid.of(self._seen), board, kept).writes)
        return isinstance(self._seen, Refused)  # there is no such tab any more

    def _standing(self, tab: str, kept: Kept | None) -> tuple[Grid | None, Sequence[TabAbout]]:
        """The tab as it is now, None without one; and all tabs, where they were asked for."""
        tabs: Sequence[TabAbout] = ()
        if kept is None or isinstance(self._seen, Refused):
            tabs = self._tabs()
            if _named(tab, tabs) is None:
                return None, tabs
        self._calls.needed(1)
        try:
            (block,) = self._client.fetch([whole_tab(tab)])
        except Refused:
            tabs = tabs or self._tabs()
            if _named(tab, tabs) is not None:
                raise
            return None, tabs
        return Grid.of(block), tabs

    def _tabs(self) -> list[TabAbout]:
        self._calls.needed(1)
        return self._client.tabs()

    def _make(self, tab: str, tabs: Sequence[TabAbout], requests: Sequence[Request], layout: Layout) -> None:
        """The tab with its formats, in one request."""
        sheet = _own_id(tab, {one.id for one in tabs})
        self._calls.needed(1)
        try:
            self._client.change([_new_tab(tab, sheet, layout), *(_on(sheet, one) for one in requests)])
        except Refused:
            # asked again after an answer that was lost, it is there already, and with its formats
            if _named(tab, self._tabs()) is None:
                raise

    # ── doctor ───────────────────────────────────────────────────────────────────────────────────────────────────

    def examine(self, tab: str) -> Iterator[Finding]:
        """The tab and what is protected in it; and the right to write, by a values:batchUpdate without any cell.

        That Google looks at the right before it looks at the cells is UNCONFIRMED: a refusal of any other kind says
        nothing about it.
        """
        where = f"{self._where} {tab}"
        self._client.allow_writing()
        self._calls.needed(2)
        try:
            about = _named(tab, self._client.tabs(barred=True))
        except VendorError as error:
            yield Finding(where, error.what, False, error.advice)
            return
        if about is None:
            yield Finding(where, f"there is no tab {tab!r} yet: the first sync makes it", True)
        elif about.barred:
            mend = "in Sheets, Data, Protected sheets and ranges: let alignd's user edit, or name another tab"
            yield Finding(where, f"the tab {tab!r} has protected cells: {', '.join(about.barred)}", False, mend)
        else:
            yield Finding(where, f"the tab {tab!r} is there, nothing in it is protected", True)
        try:
            self._client.put([])
        except NeedsPerson as error:
            yield Finding(where, error.what, False, error.advice)
        except VendorError:
            yield Finding(where, "whether alignd may write there shows at the first sync", True)
        else:
            yield Finding(where, "alignd may write in the spreadsheet", True)


# ── what leaves ──────────────────────────────────────────────────────────────────────────────────────────────────


def _structure(grid: Grid | None, layout: Layout, board: Board, kept: Kept | None) -> Iterator[Request]:
    """What is set once: room, bold headings, a frozen first row of an empty tab, number formats of new cells. Ranges
    lack their sheet's id still.
    """
    if grid is not None:
        for dimension, lack in (("ROWS", layout.bottom + 1 - grid.height), ("COLUMNS", layout.right + 1 - grid.width)):
            if lack > 0:
                yield {"appendDimension": {"dimension": dimension, "length": lack}}
        if layout.made_columns and grid.is_empty:
            yield {
                "updateSheetProperties": {
                    "properties": {"gridProperties": {"frozenRowCount": layout.header + 1}},
                    "fields": "gridProperties.frozenRowCount",
                }
            }
    for first, last in _spans(layout.columns[name] for name in layout.made_columns):
        yield _repeat(layout.header, first, last, {"textFormat": {"bold": True}}, _BOLD)
    for id_, row in layout.rows.items():
        pattern = board.patterns.get(id_, "")
        is_new = id_ in layout.made_rows or (kept is not None and id_ in board.rows and _had(kept, id_) != pattern)
        wanted = board.measured if is_new else [name for name in board.measured if name in layout.made_columns]
        if not pattern and (id_ in layout.made_rows or kept is None or not _had(kept, id_)):
            continue
        kind = "PERCENT" if pattern.endswith("%") else "NUMBER"
        shape = {"numberFormat": {"type": kind, "pattern": pattern}} if pattern else {}
        for first, last in _spans(layout.columns[name] for name in wanted):
            yield _repeat(row, first, last, shape, _FORMAT)


def _had(kept: Kept, id_: str) -> str:
    return kept.patterns.get(id_, "")


def _spans(columns: Iterator[int] | Sequence[int]) -> Iterator[tuple[int, int]]:
    """Columns as runs of neighbours, ends included."""
    run: list[int] = []
    for column in sorted(columns):
        if run and column != run[-1] + 1:
            yield run[0], run[-1]
            run = []
        run.append(column)
    if run:
        yield run[0], run[-1]


def _repeat(row: int, first: int, last: int, shape: Mapping[str, object], fields: str) -> Request:
    area = {"startRowIndex": row, "endRowIndex": row + 1, "startColumnIndex": first, "endColumnIndex": last + 1}
    return {
        "repeatCell": {"range": area, "cell": {"userEnteredFormat": dict(shape)} if shape else {}, "fields": fields}
    }


def _on(sheet: int, request: Request) -> Request:
    """The request with the sheet's id where its kind has it."""
    ((kind, said),) = request.items()
    assert isinstance(said, Mapping)
    match kind:
        case "repeatCell":
            return {kind: {**said, "range": {"sheetId": sheet, **said["range"]}}}
        case "updateSheetProperties":
            return {kind: {**said, "properties": {"sheetId": sheet, **said["properties"]}}}
    return {kind: {"sheetId": sheet, **said}}


def _new_tab(tab: str, sheet: int, layout: Layout) -> Request:
    room = {"rowCount": layout.bottom + 1 + _SPARE_ROWS, "columnCount": max(_COLUMNS, layout.right + 1)}
    grid = {**room, "frozenRowCount": layout.header + 1}
    return {"addSheet": {"properties": {"sheetId": sheet, "title": tab, "gridProperties": grid}}}


def _own_id(tab: str, taken: Set[int]) -> int:
    """An id for a tab that is made, so that the same request can format it."""
    sheet = int.from_bytes(hashlib.sha256(b"alignd " + tab.encode()).digest()[:4], "big") >> 1
    while sheet in taken:
        sheet = (sheet + 1) % 2**31
    return sheet


def _named(tab: str, tabs: Sequence[TabAbout]) -> TabAbout | None:
    """Titles differ by more than case."""
    return next((one for one in tabs if one.title.casefold() == tab.casefold()), None)


def _a1(place: tuple[int, int], rows: Sequence[Sequence[Cell]]) -> str:
    (row, column), last = place, len(rows[0]) - 1
    first = f"{letters_of(column)}{row + 1}"
    return first if len(rows) == 1 and last == 0 else f"{first}:{letters_of(column + last)}{row + len(rows)}"


# ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _digest(board: Board) -> str:
    """Of all that is shown, but not of when it was updated."""
    left_out = board.columns.index(board.updated) if board.updated in board.columns else -1
    rows = {
        id_: [cell_of(cell) for place, cell in enumerate(cells) if place != left_out]
        for id_, cells in board.rows.items()
    }
    gone = {column: text for column, text in board.gone.items() if column != board.updated}
    said = [list(board.columns), rows, dict(board.patterns), gone]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _kept(memory: Mapping[str, object], tab: str) -> Kept | None:
    """What was shown in this tab; None if it was never written, or by a release that remembers otherwise."""
    try:
        if memory["tab"] != tab:
            return None
        columns, names, others = memory["columns"], memory["names"], memory["others"]
        shown, patterns = memory["shown"], memory["patterns"]
    except KeyError:
        return None
    if not isinstance(names, Mapping) or not isinstance(shown, Mapping) or not isinstance(patterns, Mapping):
        return None
    if not isinstance(columns, Sequence) or not isinstance(others, Sequence):
        return None
    return Kept(tuple(columns), names, frozenset(others), shown, patterns)


def _memory(
    tab: str, digest: str, board: Board, layout: Layout, kept: Kept | None, grid: Grid | None
) -> Mapping[str, object]:
    ours = set(layout.columns.values())
    header = grid.rows[layout.header] if grid is not None and layout.header < len(grid.rows) else ()
    others = {str(cell).strip() for place, cell in enumerate(header) if place not in ours}
    shown = {id_: [cell_of(cell) for cell in cells] for id_, cells in board.rows.items()}
    gone = [id_ for id_ in layout.rows if id_ not in board.rows and kept is not None]
    old = {id_: [kept.cell(id_, name) for name in board.columns] for id_ in gone} if kept is not None else {}
    return {
        "tab": tab,
        "digest": digest,
        "columns": list(board.columns),
        "names": dict(layout.names),
        "others": sorted(others),
        "shown": {**old, **shown},
        "patterns": dict(board.patterns),
    }
