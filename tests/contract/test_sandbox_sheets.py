"""The Sheets stand-in answers as Google's documents and recordings say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
import requests

from connectors.sandbox import Sandbox
from connectors.sandbox.sheets.cells import CellError, Formula, Shown
from connectors.sandbox.sheets.hands import Hands
from tests.contract import vendor_specs

VALUE_RANGE = {
    "type": "object",
    "required": ["range", "majorDimension"],
    "additionalProperties": False,
    "properties": {
        "range": {"type": "string"},
        "majorDimension": {"enum": ["ROWS", "COLUMNS"]},
        "values": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "array", "items": {"type": ["string", "number", "boolean"]}},
        },
    },
}
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "status"],
            "properties": {"code": {"type": "integer"}, "message": {"type": "string"}, "status": {"type": "string"}},
        }
    },
}


class World:
    def __init__(self, sandbox: Sandbox, seconds: list[float]) -> None:
        self.sandbox, self.seconds = sandbox, seconds
        self.sheet = sandbox.sheets.add_spreadsheet("1AbC", zone="Europe/Berlin")
        self.sheet.add_tab(
            "Spend",
            [
                ["Date", "Channel", "Amount", "Ok"],
                [date(2026, 11, 1), "Search", Decimal("12.5"), True],
                [],
                ["2026-11-02", "", CellError("#DIV/0!"), None],
            ],
        )
        self.sheet.add_tab("Q3 results", [["a"]])
        self.url = f"{sandbox.url}/v4/spreadsheets/1AbC"

    def ask(self, path: str = "", method: str = "GET", body: Any = None, **query: Any) -> requests.Response:
        return requests.request(method, self.url + path, params=query, json=body, timeout=5)

    def read(self, *ranges: str, **options: str) -> list[dict[str, Any]]:
        answer = self.ask("/values:batchGet", ranges=list(ranges), **options)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["valueRanges"]
        for one in found:
            jsonschema.validate(one, VALUE_RANGE)
        return found


@pytest.fixture
def world() -> Iterator[World]:
    seconds = [0.0]
    with Sandbox(lambda: datetime(2026, 11, 18, 6, tzinfo=UTC), monotonic=lambda: seconds[0]) as sandbox:
        yield World(sandbox, seconds)


def test_values_come_in_the_order_asked_with_trailing_blanks_cut(world: World) -> None:
    spend, cell = world.read("Spend!A:Z", "Spend!B2", valueRenderOption="UNFORMATTED_VALUE")
    assert spend == {
        "range": "Spend!A1:Z1000",
        "majorDimension": "ROWS",
        "values": [
            ["Date", "Channel", "Amount", "Ok"], [46327, "Search", 12.5, True], [], ["2026-11-02", "", "#DIV/0!"],
        ],
    }  # fmt: skip
    assert cell == {"range": "Spend!B2", "majorDimension": "ROWS", "values": [["Search"]]}


def test_formatted_values_are_text(world: World) -> None:
    assert world.read("Spend!A2:D2")[0]["values"] == [["2026-11-01", "Search", "12.5", "TRUE"]]


def test_a_date_is_a_serial_or_text_as_asked(world: World) -> None:
    raw = world.read("Spend!A2", valueRenderOption="UNFORMATTED_VALUE")[0]["values"]
    text = world.read(
        "Spend!A2", valueRenderOption="UNFORMATTED_VALUE", dateTimeRenderOption="FORMATTED_STRING"
    )[0]["values"]  # fmt: skip
    assert (raw, text) == ([[46327]], [["2026-11-01"]])


def test_serials_count_from_1899_12_30(world: World) -> None:
    tab = world.sheet.add_tab("Serials", [[date(2020, 1, 1), datetime(1900, 1, 1, 12)]])  # noqa: DTZ001 - a cell's local time
    assert tab.title == "Serials"
    assert world.read("Serials!A1:B1", valueRenderOption="UNFORMATTED_VALUE")[0]["values"] == [[43831, 2.5]]


def test_formats_and_formulas_show_themselves(world: World) -> None:
    world.sheet.add_tab("Rates", [[Shown(Decimal("0.125"), "12,5 %"), Formula("=A1*2", Decimal("0.25"))]])
    assert world.read("Rates!A1:B1")[0]["values"] == [["12,5 %", "0.25"]]
    assert world.read("Rates!A1:B1", valueRenderOption="UNFORMATTED_VALUE")[0]["values"] == [[0.125, 0.25]]
    assert world.read("Rates!B1", valueRenderOption="FORMULA")[0]["values"] == [["=A1*2"]]


def test_an_empty_range_has_no_values(world: World) -> None:
    assert "values" not in world.read("Spend!H1:K9")[0]


@pytest.mark.parametrize(
    ("asked", "echoed"),
    [
        ("Spend", "Spend!A1:Z1000"), ("Spend!B:C", "Spend!B1:C1000"), ("Spend!2:3", "Spend!A2:Z3"),
        ("Spend!B2:C", "Spend!B2:C1000"), ("A1:B2", "Spend!A1:B2"), ("Spend!A990:C2000", "Spend!A990:C1000"),
        ("'Q3 results'!A1", "'Q3 results'!A1"),
        ("Q3 results!A1", "'Q3 results'!A1"), ("spend!$A$1:$B$2", "Spend!A1:B2"),
        ("Spend!C3:A1", "Spend!A1:C3"),
    ],
)  # fmt: skip
def test_ranges_are_read_as_sheets_reads_them(world: World, asked: str, echoed: str) -> None:
    assert world.read(asked)[0]["range"] == echoed


def test_a_named_range_may_stand_for_an_address(world: World) -> None:
    world.sheet.names["spend_head"] = "Spend!A1:B1"
    assert world.read("spend_head")[0]["values"] == [["Date", "Channel"]]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("Nope!A1", "Unable to parse range: Nope!A1"),
        ("Spend!A0", "Unable to parse range: Spend!A0"),
        ("Spend!", "Unable to parse range: Spend!"),
        ("Spend!A2000", "Range (Spend!A2000) exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("Spend!AB1", "Range (Spend!AB1) exceeds grid limits. Max rows: 1000, max columns: 26"),
    ],
)
def test_one_bad_range_fails_the_whole_batch(world: World, asked: str, message: str) -> None:
    answer = world.ask("/values:batchGet", ranges=["Spend!A1", asked])
    assert answer.status_code == 400
    jsonschema.validate(answer.json(), ERROR)
    assert answer.json()["error"] == {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}


def test_a_spreadsheet_tells_its_tabs_and_zone(world: World) -> None:
    about = world.ask().json()
    assert about["properties"]["timeZone"] == "Europe/Berlin"
    tabs = [(s["properties"]["title"], s["properties"]["index"]) for s in about["sheets"]]
    assert tabs == [("Spend", 0), ("Q3 results", 1)]
    assert about["sheets"][0]["properties"]["sheetId"] == 0


def test_rights_and_absence_are_told_apart(world: World) -> None:
    lost = requests.get(f"{world.sandbox.url}/v4/spreadsheets/nope", timeout=5)
    assert (lost.status_code, lost.json()["error"]["status"]) == (404, "NOT_FOUND")
    world.sandbox.sheets.credentials.required = True
    assert world.ask().status_code == 403
    world.sandbox.sheets.credentials.refused.add("old")
    old = requests.get(world.url, headers={"Authorization": "Bearer old"}, timeout=5)
    assert (old.status_code, old.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
    world.sheet.forbidden = True
    mine = requests.get(world.url, headers={"Authorization": "Bearer new"}, timeout=5)
    assert (mine.status_code, mine.json()["error"]["message"]) == (403, "The caller does not have permission")


def test_an_office_file_is_no_spreadsheet(world: World) -> None:
    world.sheet.office = True
    assert world.ask("/values/A1").json()["error"]["status"] == "FAILED_PRECONDITION"


def test_reads_are_metered_by_the_minute_when_switched_on(world: World) -> None:
    world.sandbox.sheets.switches.reads_per_minute = 2
    assert [world.ask("/values/A1").status_code for _ in range(3)] == [200, 200, 429]
    world.seconds[0] += 61
    assert world.ask("/values/A1").status_code == 200


def test_raw_stays_text_and_user_entered_is_read_as_typed(world: World) -> None:
    body = {"valueInputOption": "RAW", "data": [{"range": "Spend!F1:G1", "values": [["=1+1", "12"]]}]}
    done = world.ask("/values:batchUpdate", "POST", body)
    assert done.json()["totalUpdatedCells"] == 2
    assert world.read("Spend!F1:G1", valueRenderOption="FORMULA")[0]["values"] == [["=1+1", "12"]]
    assert isinstance(world.sheet.tab("Spend").at(0, 5), str)
    world.ask("/values/Spend!F2:H2", "PUT", {"values": [["=1+1", "12", "2026-11-01"]]}, valueInputOption="USER_ENTERED")
    assert isinstance(world.sheet.tab("Spend").at(1, 5), Formula)
    assert world.read("Spend!G2:H2", valueRenderOption="UNFORMATTED_VALUE")[0]["values"] == [[12, 46327]]


def test_a_write_needs_an_input_option_and_the_right(world: World) -> None:
    assert world.ask("/values:batchUpdate", "POST", {"data": []}).status_code == 400
    world.sheet.read_only = True
    body = {"valueInputOption": "RAW", "data": [{"range": "A1", "values": [["x"]]}]}
    assert world.ask("/values:batchUpdate", "POST", body).status_code == 403


def test_a_batch_update_with_a_bad_range_writes_nothing(world: World) -> None:
    data = [{"range": "Spend!A1", "values": [["changed"]]}, {"range": "Nope!A1", "values": [["x"]]}]
    answer = world.ask("/values:batchUpdate", "POST", {"valueInputOption": "RAW", "data": data})
    assert answer.status_code == 400
    assert world.sheet.tab("Spend").at(0, 0) == "Date"


def test_a_wrong_path_is_an_html_page(world: World) -> None:
    answer = world.ask("/charts")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_recorded_answers_have_the_same_shape(world: World) -> None:
    path = vendor_specs.DATA / "sheets-recorded" / "sheets_v4_interactions.json"
    if not path.exists():
        pytest.skip("the recorded answers are not here: they are not part of the project")
    found = list(_value_ranges(json.loads(path.read_text(encoding="utf-8"))))
    assert len(found) > 50
    for one in found:
        jsonschema.validate(one, {**VALUE_RANGE, "required": ["range"]})


def _value_ranges(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "majorDimension" in node and "range" in node and "dataFilters" not in node:
            yield {k: v for k, v in node.items() if k in ("range", "majorDimension", "values") and v}
        for one in node.values():
            yield from _value_ranges(one)
    elif isinstance(node, list):
        for one in node:
            yield from _value_ranges(one)
    elif isinstance(node, str) and '"majorDimension"' in node:
        try:
            yield from _value_ranges(json.loads(node))
        except ValueError:
            return


# ── writing beside people ────────────────────────────────────────────────────────────────────────────────────────


def change(world: World, *requests_: dict[str, Any]) -> requests.Response:
    return world.ask(":batchUpdate", "POST", {"requests": list(requests_)})


def put(world: World, where: str, rows: list[list[Any]], option: str = "RAW") -> requests.Response:
    body = {"valueInputOption": option, "data": [{"range": where, "values": rows}]}
    return world.ask("/values:batchUpdate", "POST", body)


def test_fields_leave_the_rest_of_a_spreadsheet_out(world: World) -> None:
    about = world.ask(fields="properties(title,timeZone),sheets.properties(sheetId,title),namedRanges.name").json()
    assert about == {
        "properties": {"title": "Scorecard", "timeZone": "Europe/Berlin"},
        "sheets": [
            {"properties": {"sheetId": 0, "title": "Spend"}}, {"properties": {"sheetId": 8919, "title": "Q3 results"}},
        ],
    }  # fmt: skip
    assert world.ask(fields="sheets(properties").status_code == 400


def test_a_tab_is_made_with_its_format_in_one_request(world: World) -> None:
    grid = {"rowCount": 20, "columnCount": 5, "frozenRowCount": 1}
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    row = {"sheetId": 77, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 2}
    answer = change(
        world,
        {"addSheet": {"properties": {"sheetId": 77, "title": "Dashboard", "gridProperties": grid}}},
        {"repeatCell": {"range": row, "cell": bold, "fields": "userEnteredFormat.textFormat.bold"}},
    )
    made, nothing = answer.json()["replies"]
    assert made["addSheet"]["properties"] == {
        "sheetId": 77, "title": "Dashboard", "index": 2, "sheetType": "GRID", "gridProperties": grid,
    }  # fmt: skip
    assert nothing == {}
    assert world.sheet.tab("Dashboard").formats == {(0, 0): {"bold": True}, (0, 1): {"bold": True}}


def test_of_several_changes_one_that_is_refused_undoes_all(world: World) -> None:
    answer = change(world, {"addSheet": {"properties": {"title": "New"}}}, {"appendDimension": {"sheetId": 5}})
    assert answer.json()["error"]["message"].startswith("Invalid requests[1].appendDimension: No grid with id: 5")
    assert [tab.title for tab in world.sheet.tabs] == ["Spend", "Q3 results"]
    answer = change(world, {"addSheet": {"properties": {"title": "spend"}}})
    assert 'A sheet with the name "spend" already exists' in answer.json()["error"]["message"]
    assert change(world).status_code == 400


def test_the_grid_ends_where_it_ends_until_it_is_made_larger(world: World) -> None:
    assert "exceeds grid limits" in put(world, "Spend!A1001", [["x"]]).json()["error"]["message"]
    assert put(world, "Spend!A1000:B1001", [["x"], ["y"]]).status_code == 400
    assert put(world, "Spend!Z1", [["x", "y"]]).status_code == 400
    assert change(world, {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}}).status_code == 200
    assert put(world, "Spend!A1001", [["x"]]).status_code == 200


def test_more_than_the_range_holds_is_refused(world: World) -> None:
    answer = put(world, "Spend!A1:B1", [["x", "y", "z"]])
    assert "tried writing to column [C]" in answer.json()["error"]["message"]
    assert world.sheet.tab("Spend").at(0, 0) == "Date"


def test_null_leaves_a_cell_alone_and_empty_text_empties_it(world: World) -> None:
    assert put(world, "Spend!A1:C1", [[None, "", "Cost"]]).json()["totalUpdatedCells"] == 2
    assert world.read("Spend!A1:D1")[0]["values"] == [["Date", "", "Cost", "Ok"]]


@pytest.mark.parametrize("status", [400, 403])
def test_a_protected_cell_is_refused_and_told_by_the_outline(world: World, status: int) -> None:
    world.sandbox.sheets.switches.protected_is = status
    Hands(world.sheet, "Spend").protects((1, 0), (2, 1))
    answer = put(world, "Spend!A1:A2", [["a"], ["b"]])
    assert (answer.status_code, "protected cell" in answer.text) == (status, True)
    assert put(world, "Spend!C2", [["a"]]).status_code == 200
    about = world.ask(fields="sheets(properties.title,protectedRanges.range)").json()["sheets"][0]
    assert about["protectedRanges"] == [
        {"range": {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 2}}
    ]


def test_a_write_of_nothing_only_looks_at_the_right_or_is_refused(world: World) -> None:
    nothing = {"valueInputOption": "RAW", "data": []}
    assert world.ask("/values:batchUpdate", "POST", nothing).json() == {"spreadsheetId": "1AbC"}
    world.sandbox.sheets.switches.empty_writes = False
    assert world.ask("/values:batchUpdate", "POST", nothing).status_code == 400
    world.sheet.read_only = True
    assert world.ask("/values:batchUpdate", "POST", nothing).status_code == 403


def test_a_persons_hands_move_cells_with_their_formats(world: World) -> None:
    tab = world.sheet.tab("Spend")
    tab.formats[1, 2] = {"bold": True}
    hands = Hands(world.sheet, "Spend")
    hands.inserts_column(1)
    hands.inserts_row(0)
    assert (tab.at(2, 3), tab.formats, tab.rows, tab.columns) == (
        Decimal("12.5"), {(2, 3): {"bold": True}}, 1001, 27,
    )  # fmt: skip
    hands.moves_column(3, 0)
    assert (tab.at(1, 0), tab.at(2, 0), tab.formats) == ("Amount", Decimal("12.5"), {(2, 0): {"bold": True}})
    hands.types(3, 0, "99")
    hands.sorts(0, below=1, down=True)
    assert [tab.at(row, 0) for row in range(1, 5)] == ["Amount", CellError("#DIV/0!"), Decimal(99), Decimal("12.5")]
    assert tab.formats == {(4, 0): {"bold": True}}
    hands.deletes_row(0)
    hands.deletes_column(0)
    assert (tab.at(0, 0), tab.formats) == ("Date", {})
