"""Sheets' front door: spreadsheets.get, values, batchGet, batchUpdate, append, update, clear; rights and quota."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.sandbox.google import Credentials, error
from connectors.sandbox.sheets.cells import Spreadsheet, Tab, column_letters, shown, typed
from connectors.sandbox.sheets.changes import Protected, about, change, refuse_protected
from connectors.sandbox.sheets.ranges import Area, BadRange, parse
from connectors.sandbox.windows import Window
from connectors.sandbox.wire import Answer, Call, Json, html_answer, json_answer

_PATH = re.compile(
    r"/v4/spreadsheets/([^/:]+)(?:/(values)(?:/(.+?))?)?(?::(append|clear|batchGet|batchUpdate|batchClear))?"
)
_LOST = "<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title><p><b>404.</b> That’s an error."
VALUE_OPTIONS = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
DATE_OPTIONS = ("SERIAL_NUMBER", "FORMATTED_STRING")
INPUT_OPTIONS = ("RAW", "USER_ENTERED")


@dataclass
class Switches:
    """Limits and open questions. Each can be set at any time."""

    reads_per_minute: int | None = None  # 60 a user
    writes_per_minute: int | None = None  # 60 a user
    protected_is: int = 400  # 400 and 403 have both been seen
    empty_writes: bool = True  # values:batchUpdate without data does nothing, after a look at the right; UNCONFIRMED


class SheetsApi:
    """The stand-in. `spreadsheets` by id, `switches`, `credentials` who is let in."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self.now = now
        self.monotonic = monotonic
        self.spreadsheets: dict[str, Spreadsheet] = {}
        self.switches = Switches()
        self.credentials = Credentials()
        self._windows: dict[str, Window] = {}

    def add_spreadsheet(
        self, id: str, title: str = "Scorecard", *, zone: str = "Africa/Johannesburg", locale: str = "en_ZA"  # noqa: A002
    ) -> Spreadsheet:  # fmt: skip
        """A spreadsheet without tabs."""
        made = Spreadsheet(id, title, zone, locale)
        self.spreadsheets[id] = made
        return made

    def handle(self, call: Call) -> Answer:
        """Answer one request."""
        match = _PATH.fullmatch(call.path)
        if match is None:
            return html_answer(404, _LOST)
        refused = self.credentials.refusal(call, anonymous=403) or self._over_quota(call)
        if refused is not None:
            return refused
        id_, values, address, verb = match.groups()
        sheet = self.spreadsheets.get(id_)
        if sheet is None:
            return error(404, "Requested entity was not found.")
        if sheet.forbidden or (sheet.read_only and call.method != "GET"):
            return error(403, "The caller does not have permission")
        if sheet.office:
            text = "This operation is not supported for this document. The document must not be an Office file."
            return error(400, text, "FAILED_PRECONDITION")
        try:
            return self._route(sheet, call, values is not None, address, verb)
        except Protected as bad:
            return error(self.switches.protected_is, str(bad))
        except BadRange as bad:
            return error(400, str(bad))
        except ValueError as bad:
            return error(400, f"Invalid JSON payload received. {bad}")

    def _route(self, sheet: Spreadsheet, call: Call, values: bool, address: str | None, verb: str | None) -> Answer:
        handlers: dict[tuple[str, bool, bool, str | None], Callable[[], Answer]] = {
            ("GET", False, False, None): lambda: json_answer(200, _masked(_about(sheet), call.first("fields"))),
            ("GET", True, False, "batchGet"): lambda: _batch_get(sheet, call),
            ("GET", True, True, None): lambda: json_answer(200, _values(parse(sheet, address or ""), call)),
            ("PUT", True, True, None): lambda: _update(sheet, call, address or ""),
            ("POST", True, False, "batchUpdate"): lambda: _batch_update(sheet, call, self.switches),
            ("POST", True, True, "append"): lambda: _append(sheet, call, address or ""),
            ("POST", True, True, "clear"): lambda: _clear(sheet, address or ""),
            ("POST", False, False, "batchUpdate"): lambda: json_answer(200, change(sheet, call.json() or {})),
        }
        handler = handlers.get((call.method, values, address is not None, verb))
        return html_answer(404, _LOST) if handler is None else handler()

    def _over_quota(self, call: Call) -> Answer | None:
        read = call.method == "GET"
        limit = self.switches.reads_per_minute if read else self.switches.writes_per_minute
        if limit is None:
            return None
        word = "Read" if read else "Write"
        window = self._windows.setdefault(word, Window(limit, 60.0, self.monotonic))
        window.limit = limit
        if window.take():
            return None
        return error(
            429,
            f"Quota exceeded for quota metric '{word} requests' and limit '{word} requests per minute per user' of "
            "service 'sheets.googleapis.com' for consumer 'project_number:1'.",
        )


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _about(sheet: Spreadsheet) -> Json:
    tabs = []
    for place, tab in enumerate(sheet.tabs):
        tabs.append({"properties": about(tab, place)})
        if tab.protected:
            tabs[-1]["protectedRanges"] = _protected(tab)
    answer: Json = {
        "spreadsheetId": sheet.id,
        "properties": {"title": sheet.title, "locale": sheet.locale, "autoRecalc": "ON_CHANGE",
                       "timeZone": sheet.zone, "defaultFormat": {}},
        "sheets": tabs,
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{sheet.id}/edit",
    }  # fmt: skip
    if sheet.names:
        answer["namedRanges"] = [{"namedRangeId": str(n), "name": name} for n, name in enumerate(sheet.names)]
    return answer


def _protected(tab: Tab) -> Any:
    """Half open ranges; what the caller may not edit, they may not see the editors of either."""
    return [
        {
            "protectedRangeId": number,
            "range": {"sheetId": tab.id, "startRowIndex": first[0], "endRowIndex": last[0] + 1,
                      "startColumnIndex": first[1], "endColumnIndex": last[1] + 1},
        }
        for number, (first, last) in enumerate(tab.protected, start=1)
    ]  # fmt: skip


def _masked(whole: Json, fields: str | None) -> Json:
    """A partial response: "properties(title,timeZone),sheets.properties.title" leaves the rest out."""
    if fields is None or fields == "*":
        return whole
    tree, rest = _mask(fields)
    if rest:
        raise BadRange(f"Request contains an invalid argument: fields={fields}")
    chosen = _chosen(whole, tree)
    assert isinstance(chosen, dict)
    return chosen


def _mask(text: str) -> tuple[Json, str]:
    """What a mask names, as a tree, up to its end or a closing bracket; and what follows."""
    tree: Json = {}
    while True:
        match = re.match(r"([A-Za-z]+(?:\.[A-Za-z]+)*)", text)
        if match is None:
            raise BadRange(f"Error expanding 'fields' parameter at {text!r}")
        node, text = tree, text[match.end() :]
        for name in match[1].split("."):
            node = node.setdefault(name, {})
        if text.startswith("("):
            below, text = _mask(text[1:])
            if not text.startswith(")"):
                raise BadRange("Error expanding 'fields' parameter: a bracket is not closed")
            node.update(below)
            text = text[1:]
        if not text.startswith(","):
            return tree, text
        text = text[1:]


def _chosen(value: Any, tree: Json) -> Any:
    if isinstance(value, list):
        return [_chosen(one, tree) for one in value]
    if not tree or not isinstance(value, dict):
        return value
    return {name: _chosen(value[name], below) for name, below in tree.items() if name in value}


def _option(call: Call, name: str, allowed: tuple[str, ...]) -> str:
    value = call.first(name) or allowed[0]
    if value not in allowed:
        raise BadRange(f"Invalid value at '{name}' (type.googleapis.com/google.apps.sheets.v4), \"{value}\"")
    return value


def _values(area: Area, call: Call) -> Json:
    """A range's values: trailing empty rows and columns cut, inner blank rows [], no "values" when all is empty."""
    value_option = _option(call, "valueRenderOption", VALUE_OPTIONS)
    date_option = _option(call, "dateTimeRenderOption", DATE_OPTIONS)
    major = _option(call, "majorDimension", ("ROWS", "COLUMNS"))
    last = min(area.bottom, len(area.tab.cells) - 1)
    rows = [
        [shown(area.tab.at(r, c), value_option, date_option) for c in range(area.left, area.right + 1)]
        for r in range(area.top, last + 1)
    ]
    if major == "COLUMNS":
        rows = [list(column) for column in zip(*rows, strict=True)]
    for row in rows:
        while row and row[-1] == "":
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    answer: Json = {"range": area.a1, "majorDimension": major}
    if rows:
        answer["values"] = rows
    return answer


def _batch_get(sheet: Spreadsheet, call: Call) -> Answer:
    areas = [parse(sheet, text) for text in call.every("ranges")]
    answer: Json = {"spreadsheetId": sheet.id}
    if areas:
        answer["valueRanges"] = [_values(area, call) for area in areas]
    return json_answer(200, answer)


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _write(sheet: Spreadsheet, text: str, body: Json, option: str, dry: bool = False) -> Json:
    """Into one range. A single cell stands for as much as there is; null leaves a cell alone, "" empties it."""
    area, rows = parse(sheet, text), _rows_of(body)
    columns = max((len(r) for r in rows), default=0)
    _refuse_beyond(area, text, len(rows), columns)
    given = [
        (area.top + down, area.left + across, value)
        for down, row in enumerate(rows)
        for across, value in enumerate(row)
        if value is not None
    ]
    for row, column, value in () if dry else given:
        area.tab.put(row, column, None if value == "" else typed(value, option))
    return {"spreadsheetId": sheet.id, "updatedRange": area.a1, "updatedRows": len(rows), "updatedColumns": columns,
            "updatedCells": len(given)}  # fmt: skip


def _rows_of(body: Json) -> list[list[Any]]:
    rows = body.get("values", [])
    if not isinstance(rows, list) or any(not isinstance(row, list) for row in rows):
        raise BadRange("Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue)")
    if any(isinstance(value, list | dict) for row in rows for value in row):
        raise BadRange("Invalid value at 'data.values' (type.googleapis.com/google.protobuf.Value)")
    if body.get("majorDimension") == "COLUMNS":
        width = max((len(r) for r in rows), default=0)
        rows = [[r[n] if n < len(r) else None for r in rows] for n in range(width)]
    return rows


def _refuse_beyond(area: Area, text: str, rows: int, columns: int) -> None:
    """The no to cells outside the range, outside the grid, or protected."""
    bottom, right, tab = area.top + rows - 1, area.left + columns - 1, area.tab
    if (area.top, area.left) != (area.bottom, area.right):
        if bottom > area.bottom:
            raise BadRange(f"Requested writing within range [{area.a1}], but tried writing to row [{area.bottom + 2}]")
        if right > area.right:
            column = column_letters(area.right + 1)
            raise BadRange(f"Requested writing within range [{area.a1}], but tried writing to column [{column}]")
    if bottom >= tab.rows or right >= tab.columns:
        raise BadRange(f"Range ({text}) exceeds grid limits. Max rows: {tab.rows}, max columns: {tab.columns}")
    if rows and columns:
        refuse_protected(tab, area.top, area.left, bottom, right)


def _input_option(value: Any) -> str:
    if value not in INPUT_OPTIONS:
        raise BadRange("'valueInputOption' is required but not specified")
    return str(value)


def _update(sheet: Spreadsheet, call: Call, address: str) -> Answer:
    option = _input_option(call.first("valueInputOption"))
    return json_answer(200, _write(sheet, address, call.json() or {}, option))


def _batch_update(sheet: Spreadsheet, call: Call, switches: Switches) -> Answer:
    """All ranges or none."""
    body = call.json() or {}
    option = _input_option(body.get("valueInputOption"))
    data = body.get("data", [])
    if not data:
        if not switches.empty_writes:
            raise BadRange("Must specify at least one range.")
        return json_answer(200, {"spreadsheetId": sheet.id})
    for one in data:
        _write(sheet, str(one.get("range")), one, option, dry=True)
    done = [_write(sheet, str(one.get("range")), one, option) for one in data]
    totals = {f"totalUpdated{w}": sum(d[f"updated{w}"] for d in done) for w in ("Rows", "Columns", "Cells")}
    tabs = {parse(sheet, str(one.get("range"))).tab.id for one in data}
    answer = {"spreadsheetId": sheet.id, **totals, "totalUpdatedSheets": len(tabs)}
    return json_answer(200, answer | {"responses": done})


def _append(sheet: Spreadsheet, call: Call, address: str) -> Answer:
    area = parse(sheet, address)
    option = _input_option(call.first("valueInputOption"))
    first = len(area.tab.cells)
    for row in (call.json() or {}).get("values", []):
        area.tab.append([None] * area.left + [typed(v, option) for v in row])
    written = Area(area.tab, first, area.left, len(area.tab.cells) - 1, area.right)
    updates = {"spreadsheetId": sheet.id, "updatedRange": written.a1, "updatedRows": len(area.tab.cells) - first}
    return json_answer(200, {"spreadsheetId": sheet.id, "tableRange": area.a1, "updates": updates})


def _clear(sheet: Spreadsheet, address: str) -> Answer:
    area = parse(sheet, address)
    for row in range(area.top, min(area.bottom, len(area.tab.cells) - 1) + 1):
        for column in range(area.left, min(area.right, len(area.tab.cells[row]) - 1) + 1):
            area.tab.cells[row][column] = None
    return json_answer(200, {"spreadsheetId": sheet.id, "clearedRange": area.a1})
