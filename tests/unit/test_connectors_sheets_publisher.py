"""A board in a tab beside people who edit it: what is written, what never is, what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.base import Board, SheetPublisher
from connectors.errors import BudgetSpent, NeedsPerson, Refused, TryLater, Unreachable
from connectors.patience import Patience
from connectors.sandbox import Sandbox
from connectors.sandbox.sheets.cells import Cell, Formula, Spreadsheet, Tab
from connectors.sandbox.sheets.hands import Hands, snapshot
from connectors.sheets.layout import cell_of
from connectors.sheets.settings import SheetsSettings
from connectors.sheets.source import SheetsSource
from mapping.periods import Period, PeriodKind
from mapping.queries import Ask, CellQuery
from tests.unit.google_loopback import Untiring
from tests.unit.sheet_boards import COLUMNS, board

NOW = datetime(2026, 11, 18, 6, tzinfo=UTC)
CELL = Ask(CellQuery("scorecard", "Ops!B2"), Period(NOW.date(), NOW.date(), PeriodKind.DAY, "2026-11-18"))


@dataclass
class Desk:
    """A spreadsheet that alignd publishes to, cycle by cycle."""

    sandbox: Sandbox
    sheet: Spreadsheet
    source: SheetsSource
    memory: dict[str, Any] = field(default_factory=dict)

    def cycle(self, shown: Board, *, reads: bool = True) -> list[str]:
        """One cycle: numbers are read or not, then the board is shown. The requests it took, as verbs."""
        before = len(self.sandbox.requests)
        self.source.keep("Dashboard", made=bool(self.memory))
        if reads:
            self.source.read([CELL], now=NOW, zone=UTC)
        self.memory = dict(self.source.publish("Dashboard", shown, self.memory))
        assert self.source.calls.made == self.source.calls.least
        return self.asked(before)

    def asked(self, since: int = 0) -> list[str]:
        return [f"{one.method} {one.path.rsplit('/', 1)[1]}" for one in self.sandbox.requests[since:]]

    @property
    def tab(self) -> Tab:
        return self.sheet.tab("Dashboard")

    @property
    def hands(self) -> Hands:
        return Hands(self.sheet, "Dashboard")

    def rows(self) -> list[list[Cell]]:
        return [list(line) for line in self.tab.cells]

    def column(self, heading: str) -> list[Cell]:
        place = self.tab.cells[0].index(heading)
        return [self.tab.at(row, place) for row in range(1, len(self.tab.cells))]


READ, WRITE, OUTLINE, CHANGE = (
    "GET values:batchGet", "POST values:batchUpdate", "GET 1AbC", "POST 1AbC:batchUpdate",
)  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(lambda: NOW) as made:
        yield made


@pytest.fixture
def desk(sandbox: Sandbox) -> Iterator[Desk]:
    yield from opened(sandbox, Untiring())


def opened(sandbox: Sandbox, patience: Patience) -> Iterator[Desk]:
    sandbox.faults.clear()
    sandbox.sheets.spreadsheets.clear()
    sheet = sandbox.sheets.add_spreadsheet("1AbC")
    sheet.add_tab("Ops", [["a", "b"], ["x", Decimal(7)]])
    wanted = {"id": "scorecard", "spreadsheet": "1AbC", "credentials": "anonymous", "endpoint": sandbox.url}
    source = SheetsSource(SheetsSettings.model_validate(wanted), patience)
    try:
        yield Desk(sandbox, sheet, source)
    finally:
        source.close()


# ── what it costs ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_time_the_tab_is_made_with_its_format_and_filled(desk: Desk) -> None:
    assert desk.cycle(board(leads="8.5", rate="0.016")) == [READ, OUTLINE, CHANGE, WRITE]
    assert desk.rows() == [
        list(COLUMNS),
        ["leads", "Leads", 8.5, 10, "below", "Thandi", "09:00"],
        ["rate", "Rate", 0.016, 10, "below", "Thandi", "09:00"],
    ]
    assert desk.tab.frozen == 1
    assert all(desk.tab.formats[0, column] == {"bold": True} for column in range(7))
    percent = {"numberFormat": {"type": "PERCENT", "pattern": "0.0#%"}}
    assert [desk.tab.formats.get(place) for place in [(2, 2), (2, 3), (2, 4), (1, 2)]] == [percent, percent, None, None]


def test_a_quiet_cycle_asks_nothing_more_and_the_time_alone_is_no_change(desk: Desk) -> None:
    desk.cycle(board(leads="8"))
    assert desk.cycle(board("10:00", leads="8")) == [READ]
    assert desk.cycle(board("11:00", leads="8"), reads=False) == []
    assert desk.column("Updated") == ["09:00"]


def test_a_change_is_one_reading_and_one_write_of_just_that(desk: Desk) -> None:
    desk.cycle(board(leads="8", sales="3"))
    assert desk.cycle(board("10:00", leads="8", sales="4"), reads=False) == [READ, WRITE]
    (sent,) = [one for one in desk.sandbox.requests if one.path.endswith("values:batchUpdate")][-1:]
    assert b'"RAW"' in sent.body
    assert sent.body.count(b'"range"') == 2  # the number, and when
    assert (desk.column("Number"), desk.column("Updated")) == ([8, 4], ["09:00", "10:00"])


def test_a_new_kpi_is_a_row_below_and_one_that_is_gone_is_marked_once(desk: Desk) -> None:
    desk.cycle(board(leads="8", sales="3"))
    assert desk.cycle(board("10:00", sales="3", rate="0.5")) == [READ, READ, OUTLINE, CHANGE, WRITE]
    assert desk.column("KPI id") == ["leads", "sales", "rate"]
    assert desk.column("Status") == ["no longer in the file", "below", "below"]
    assert desk.column("Number") == [8, 3, 0.5]
    assert desk.cycle(board("11:00", sales="3", rate="0.5")) == [READ]
    desk.cycle(board("12:00", leads="9", sales="3", rate="0.5"))
    assert desk.column("Status") == ["below"] * 3


def test_a_full_grid_is_made_larger_first(desk: Desk) -> None:
    desk.cycle(board(leads="8"))
    desk.tab.rows = 2
    assert desk.cycle(board(leads="8", sales="3"), reads=False) == [READ, OUTLINE, CHANGE, WRITE]
    assert desk.column("Number") == [8, 3]


# ── text is text ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name",
    ['=IMPORTXML("http://x","//a")', "+1", "-2+3", "@SUM(A1)", "'quoted", "1/2", "2026-11-01", "TRUE", "12%",
     "=HYPERLINK(\"x\")\t\n", "\u202eabc", "a" * 60_000],
)  # fmt: skip
def test_a_hostile_name_stays_the_text_it_is(desk: Desk, name: str) -> None:
    shown = board(leads="8")
    row = [*shown.rows["leads"]]
    row[1] = name
    hostile = Board(shown.columns, {"leads": row}, updated="Updated")
    desk.cycle(hostile)
    there = desk.tab.at(1, 1)
    assert isinstance(there, str)
    assert there == cell_of(name)
    assert len(there) <= 1_000
    assert desk.cycle(hostile) == [READ]  # and is not written again


# ── beside a person ──────────────────────────────────────────────────────────────────────────────────────────────


def test_columns_and_rows_are_found_wherever_people_moved_them(desk: Desk) -> None:
    desk.cycle(board(leads="8", sales="3"))
    hands = desk.hands
    hands.inserts_column(2)
    hands.types(0, 2, "Our notes")
    hands.types(1, 2, "call the agency")
    hands.inserts_row(2)
    hands.types(2, 0, "a row of ours")
    hands.types(1, 9, "=C2*2")
    assert desk.cycle(board("10:00", leads="8", sales="3")) == [READ]  # nothing of alignd's was touched
    hands.moves_column(3, 0)
    hands.sorts(desk.tab.cells[0].index("KPI id"), down=True)
    mine = {place: cell for place, cell in snapshot(desk.tab).items() if cell in ("Our notes", "call the agency")}
    assert desk.cycle(board("11:00", leads="9", sales="3")) == [READ, READ, WRITE]
    ids = desk.column("KPI id")
    assert sorted(str(id_) for id_ in ids) == ["a row of ours", "leads", "sales"]
    assert dict(zip(ids, desk.column("Number"), strict=True)) == {"a row of ours": None, "leads": 9, "sales": 3}
    assert mine.items() <= snapshot(desk.tab).items()
    assert any(isinstance(cell, Formula) for cell in snapshot(desk.tab).values())


def test_a_heading_that_a_person_renamed_keeps_its_new_name(desk: Desk) -> None:
    desk.cycle(board(leads="8", sales="3"))
    desk.hands.types(0, 2, "Value")
    assert desk.cycle(board("10:00", leads="8", sales="3")) == [READ]
    for at, value in (("11:00", "9"), ("12:00", "10")):
        desk.cycle(board(at, leads=value, sales="3"))
        assert desk.tab.cells[0] == ["KPI id", "KPI", "Value", *COLUMNS[3:]]
        assert desk.column("Value") == [int(value), 3]


def test_a_heading_that_was_blanked_and_a_cell_that_was_overwritten_are_written_again(desk: Desk) -> None:
    desk.cycle(board(leads="8", sales="3"))
    desk.hands.types(0, 3, "")
    desk.hands.types(2, 2, "99")
    assert desk.cycle(board("10:00", leads="8", sales="3"), reads=False) == []  # not seen, as nothing was read
    assert desk.cycle(board("11:00", leads="8", sales="3")) == [READ, READ, WRITE]
    assert (desk.tab.cells[0], desk.column("Number")) == (list(COLUMNS), [8, 3])


def test_a_column_or_row_that_was_deleted_is_made_again_at_the_end(desk: Desk) -> None:
    desk.cycle(board(leads="8", rate="0.5"))
    desk.hands.deletes_column(2)
    desk.hands.deletes_row(1)
    desk.hands.types(0, 8, "Mine")
    assert desk.cycle(board("10:00", leads="8", rate="0.5")) == [READ, READ, OUTLINE, CHANGE, WRITE]
    assert desk.tab.cells[0] == [*COLUMNS[:2], *COLUMNS[3:], None, None, "Mine", "Number"]
    assert (desk.column("KPI id"), desk.column("Number")) == (["rate", "leads"], [0.5, 8])
    assert desk.tab.formats[0, 9] == {"bold": True}
    assert "numberFormat" in desk.tab.formats[1, 9]


def test_without_the_id_column_rows_are_known_by_the_kpis_name(desk: Desk) -> None:
    desk.cycle(board(leads="8", sales="3"))
    desk.hands.deletes_column(0)
    desk.hands.sorts(0, down=True)
    desk.cycle(board("10:00", leads="9", sales="3"))
    assert desk.column("KPI") == ["Sales", "Leads"]
    assert (desk.column("KPI id"), desk.column("Number")) == (["sales", "leads"], [3, 9])


def test_a_column_of_theirs_that_shows_the_same_is_not_taken_for_one_of_ours(desk: Desk) -> None:
    desk.cycle(board(leads="8", sales="3"))
    for row, text in enumerate(["Who leads", "Thandi", "Thandi"]):
        desk.hands.types(row, 8, text)
    desk.cycle(board("10:00", leads="9", sales="3"))  # it is there, and known to be theirs
    desk.hands.deletes_column(5)
    shown = board("11:00", leads="9", sales="3")
    desk.cycle(Board(shown.columns, {id_: [*row[:5], "Neo", row[6]] for id_, row in shown.rows.items()}))
    assert (desk.column("Who leads"), desk.column("Owner")) == (["Thandi", "Thandi"], ["Neo", "Neo"])


def test_a_tab_that_was_deleted_is_made_again_when_that_is_seen(desk: Desk) -> None:
    desk.cycle(board(leads="8"))
    desk.hands.deletes_tab()
    assert desk.cycle(board(leads="8"), reads=False) == []
    desk.source.calls.needed(1)  # the range that is not there fails the reading, and is dropped
    assert desk.cycle(board(leads="8")) == [READ, READ, OUTLINE, CHANGE, WRITE]
    assert desk.column("Number") == [8]
    assert desk.cycle(board(leads="8")) == [READ]


def test_a_tab_that_was_renamed_is_a_persons_from_then_on(desk: Desk) -> None:
    desk.cycle(board(leads="8"))
    renamed = desk.tab
    renamed.title = "Board of October"
    desk.cycle(board("10:00", leads="9"), reads=False)
    assert (renamed.at(1, 2), desk.tab.at(1, 2)) == (8, 9)
    assert renamed.id != desk.tab.id


def test_in_a_tab_that_people_use_already_the_table_begins_below_what_stands_there(desk: Desk) -> None:
    theirs: list[list[Cell]] = [["KPI", "Owner"], ["Leads", "Neo"], [None, "=SUM(A1)"]]
    desk.sheet.add_tab("Dashboard", theirs)
    before = snapshot(desk.tab)
    desk.cycle(board(leads="8"))
    assert before.items() <= snapshot(desk.tab).items()
    assert desk.tab.cells[4] == list(COLUMNS)
    assert desk.tab.frozen == 0
    assert desk.cycle(board(leads="8")) == [READ]


def test_a_store_that_was_lost_finds_its_table_again(desk: Desk) -> None:
    desk.cycle(board(leads="8", rate="0.5"))
    desk.hands.inserts_column(0)
    desk.memory = {}
    assert desk.cycle(board("10:00", leads="9", rate="0.5")) == [READ, OUTLINE, READ, WRITE]
    assert desk.column("Number") == [9, 0.5]


def test_a_title_with_quotes_and_marks_is_a_title(desk: Desk) -> None:
    desk.source.keep("O'Neill!A1 ", made=False)
    memory = desk.source.publish("O'Neill!A1 ", board(leads="8"), {})
    desk.source.publish("O'Neill!A1 ", board(leads="9"), memory)
    assert desk.sheet.tab("O'Neill!A1 ").at(1, 2) == 9


# ── when it goes wrong ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_spreadsheet_that_may_only_be_read_says_whom_to_let_write(desk: Desk) -> None:
    desk.sheet.read_only = True
    with pytest.raises(NeedsPerson, match="no access to the spreadsheet 1AbC") as caught:
        desk.cycle(board(leads="8"))
    assert "as Editor" in caught.value.advice
    (_, right) = desk.source.examine_tab("Dashboard")
    assert (right.ok, "as Editor" in right.mend) == (False, True)


@pytest.mark.parametrize("status", [400, 403])
def test_protected_cells_are_a_persons_business(desk: Desk, status: int) -> None:
    desk.sandbox.sheets.switches.protected_is = status
    desk.cycle(board(leads="8"))
    desk.hands.protects((1, 2), (1, 2))
    with pytest.raises(NeedsPerson, match="protected cells") as caught:
        desk.cycle(board(leads="9"))
    assert "Protected sheets and ranges" in caught.value.advice
    (first, _) = desk.source.examine_tab("Dashboard")
    assert (first.ok, "C2:C2" in first.what) == (False, True)


def test_doctor_finds_all_well_and_changes_nothing(desk: Desk) -> None:
    assert isinstance(desk.source, SheetPublisher)
    assert [one.ok for one in desk.source.examine_tab("Dashboard")] == [True, True]
    assert [tab.title for tab in desk.sheet.tabs] == ["Ops"]
    desk.cycle(board(leads="8"))
    before = snapshot(desk.tab)
    desk.sandbox.sheets.switches.empty_writes = False
    assert [one.ok for one in desk.source.examine_tab("Dashboard")] == [True, True]
    desk.sandbox.sheets.switches.empty_writes = True
    assert snapshot(desk.tab) == before


@pytest.mark.parametrize(("kind", "more"), [("429", {"retry_after": "0"}), ("status", {"status": 503})])
def test_a_passing_no_is_waited_out(desk: Desk, kind: Any, more: dict[str, Any]) -> None:
    desk.sandbox.faults.add("sheets", kind, method="POST", path="values:batchUpdate", **more)
    desk.source.keep("Dashboard", made=False)
    desk.source.publish("Dashboard", board(leads="8"), {})
    assert desk.column("Number") == [8]


def test_a_no_that_lasts_is_told_and_the_next_cycle_goes_on(desk: Desk) -> None:
    desk.sandbox.faults.add("sheets", "status", method="POST", path="values:batchUpdate", times=None)
    desk.source.keep("Dashboard", made=False)
    with pytest.raises(TryLater):
        desk.source.publish("Dashboard", board(leads="8"), {})
    desk.sandbox.faults.clear()
    desk.source.publish("Dashboard", board(leads="8"), {})
    assert desk.column("Number") == [8]


@pytest.mark.parametrize("path", ["values:batchUpdate", "1AbC:batchUpdate"])
@pytest.mark.parametrize("lasts", [True, False])
def test_an_answer_that_is_lost_after_the_deed_makes_nothing_twice(desk: Desk, path: str, lasts: bool) -> None:
    desk.sandbox.faults.add("sheets", "reset", method="POST", path=path, commit="after", times=None if lasts else 1)
    desk.source.keep("Dashboard", made=False)
    if lasts:
        with pytest.raises((Unreachable, Refused)):
            desk.source.publish("Dashboard", board(leads="8"), {})
        desk.sandbox.faults.clear()
    memory = desk.source.publish("Dashboard", board(leads="8"), {})
    assert [tab.title for tab in desk.sheet.tabs] == ["Ops", "Dashboard"]
    assert desk.rows() == [list(COLUMNS), ["leads", "Leads", 8, 10, "below", "Thandi", "09:00"]]
    before = len(desk.sandbox.requests)
    desk.source.publish("Dashboard", board("10:00", leads="8"), memory)
    assert desk.asked(before) == []


def test_a_spreadsheet_that_cannot_be_read_is_not_waited_for_a_second_time(desk: Desk) -> None:
    desk.cycle(board(leads="8"))
    before = len(desk.sandbox.requests)
    desk.sandbox.faults.add("sheets", "status", times=None)
    with pytest.raises(TryLater):
        desk.cycle(board(leads="9"))
    assert desk.asked(before) == [READ] * 4
    desk.sandbox.faults.clear()
    desk.source.calls.least = desk.source.calls.made
    assert desk.cycle(board(leads="9")) == [READ, READ, WRITE]


def test_a_day_of_waiting_ends_the_publishing_not_the_cycle(sandbox: Sandbox) -> None:
    for desk in opened(sandbox, Untiring()):
        desk.sandbox.faults.add("sheets", "429", method="POST", retry_after="86400", times=None)
        desk.source.keep("Dashboard", made=False)
        with pytest.raises(BudgetSpent):
            desk.source.publish("Dashboard", board(leads="8"), {})
