"""The law of publishing beside people: cells outside alignd's columns and rows stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Board
from connectors.sandbox.sheets.cells import Cell, Formula, Spreadsheet, Tab
from connectors.sandbox.sheets.hands import Hands, snapshot
from connectors.sheets.layout import Grid, Kept, blocks_of, cell_of, lay_out
from connectors.sheets.ranges import letters_of, number_of
from tests.unit.sheet_boards import COLUMNS, board

Deed = Callable[[Hands], None]
PLACES = st.integers(0, 9)
WORDS = st.sampled_from(["ours", "Number", "Owner", "=A1", "7", "leads", "KPI", ""])


def deeds() -> st.SearchStrategy[Deed]:
    return st.one_of(
        st.builds(lambda at: lambda hands: hands.inserts_column(at), PLACES),
        st.builds(lambda at: lambda hands: hands.inserts_row(at), PLACES),
        st.builds(lambda at: lambda hands: hands.deletes_column(at), PLACES),
        st.builds(lambda at: lambda hands: hands.deletes_row(at), PLACES),
        st.builds(lambda at, to: lambda hands: hands.moves_column(at, to), PLACES, PLACES),
        st.builds(lambda at, down: lambda hands: hands.sorts(at, down=down), PLACES, st.booleans()),
        st.builds(lambda row, column, text: lambda hands: hands.types(row, column, text), PLACES, PLACES, WORDS),
    )  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    done=st.lists(st.lists(deeds(), max_size=6), min_size=1, max_size=3),
    values=st.lists(st.integers(0, 9), min_size=3, max_size=3),
)
def test_whatever_people_do_cells_outside_our_columns_and_rows_stay_as_they_are(
    done: list[list[Deed]], values: list[int]
) -> None:
    sheet = Spreadsheet("1", "Scorecard")
    tab = sheet.add_tab("Dashboard")
    kept: Kept | None = None
    kept = shown_in(tab, board(leads="8", sales="3", rate="0.5"), kept)
    for some, value in zip(done, values, strict=False):
        for deed in some:
            deed(Hands(sheet, "Dashboard"))
        before = snapshot(tab)
        shown = board("10:00", leads=str(value), sales="3", rate="0.5")
        grid = grid_of(tab)
        layout = lay_out(grid, shown, kept)
        rows, columns = {layout.header, *layout.rows.values()}, set(layout.columns.values())
        assert all(row in rows and column in columns for row, column in layout.writes)
        assert len(columns) == len(COLUMNS)
        assert len(set(layout.rows.values())) == len(layout.rows)
        made_columns = {layout.columns[name] for name in layout.made_columns}
        made_rows = {layout.rows[id_] for id_ in layout.made_rows}
        assert not [place for place in before if place[0] >= layout.header and place[1] in made_columns]
        assert not [place for place in before if place[0] in made_rows]
        kept = shown_in(tab, shown, kept)
        after = snapshot(tab)
        foreign = {place: cell for place, cell in before.items() if place[0] not in rows or place[1] not in columns}
        assert foreign.items() <= after.items()
        assert not lay_out(grid_of(tab), shown, kept).writes  # and now all is right


def grid_of(tab: Tab) -> Grid:
    rows = [["" if cell is None else _read(cell) for cell in line] for line in tab.cells]
    for line in rows:
        while line and line[-1] == "":
            line.pop()
    while rows and not rows[-1]:
        rows.pop()
    return Grid(rows, tab.rows, tab.columns)


def _read(cell: Cell) -> object:
    if isinstance(cell, Formula):
        return cell.value
    return float(cell) if isinstance(cell, Decimal) else cell


def shown_in(tab: Tab, shown: Board, kept: Kept | None) -> Kept:
    """What a publisher does, without HTTP."""
    grid = grid_of(tab)
    layout = lay_out(grid, shown, kept)
    for (row, column), value in layout.writes.items():
        tab.put(row, column, value if value != "" else None)
    header = grid.rows[layout.header] if layout.header < len(grid.rows) else ()
    ours = set(layout.columns.values())
    others = frozenset(str(cell).strip() for place, cell in enumerate(header) if place not in ours)
    cells = {id_: [cell_of(cell) for cell in row] for id_, row in shown.rows.items()}
    return Kept(COLUMNS, layout.names, others, cells, dict(shown.patterns))


@given(places=st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20))
def test_cells_are_sent_as_rectangles_each_cell_once(places: set[tuple[int, int]]) -> None:
    sent = blocks_of({(row, column): f"{row},{column}" for row, column in places})
    cells = [
        (top + down, left + across, value)
        for (top, left), rows in sent
        for down, line in enumerate(rows)
        for across, value in enumerate(line)
    ]
    assert sorted(cells) == sorted((row, column, f"{row},{column}") for row, column in places)
    assert all(len({len(line) for line in rows}) == 1 for _, rows in sent)


@given(number=st.integers(0, 18_277))
def test_a_columns_letters_and_number_are_one(number: int) -> None:
    assert number_of(letters_of(number)) == number
