"""Sheets' front door: spreadsheets.get, values, batchGet, batchUpdate, append, update, clear; rights and quota."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.sandbox.google import Credentials, error
from connectors.sandbox.sheets.cells import Spreadsheet, shown, typed
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
        except BadRange as bad:
            return error(400, str(bad))
        except ValueError as bad:
            return error(400, f"Invalid JSON payload received. {bad}")

    def _route(self, sheet: Spreadsheet, call: Call, values: bool, address: str | None, verb: str | None) -> Answer:
        handlers: dict[tuple[str, bool, bool, str | None], Callable[[], Answer]] = {
            ("GET", False, False, None): lambda: json_answer(200, _about(sheet)),
            ("GET", True, False, "batchGet"): lambda: _batch_get(sheet, call),
            ("GET", True, True, None): lambda: json_answer(200, _values(parse(sheet, address or ""), call)),
            ("PUT", True, True, None): lambda: _update(sheet, call, address or ""),
            ("POST", True, False, "batchUpdate"): lambda: _batch_update(sheet, call),
            ("POST", True, True, "append"): lambda: _append(sheet, call, address or ""),
            ("POST", True, True, "clear"): lambda: _clear(sheet, address or ""),
            ("POST", False, False, "batchUpdate"): lambda: _change(sheet, call),
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
    tabs = [
        {"properties": {"sheetId": tab.id, "title": tab.title, "index": place, "sheetType": "GRID",
                        "gridProperties": {"rowCount": tab.rows, "columnCount": tab.columns}}}
        for place, tab in enumerate(sheet.tabs)
    ]  # fmt: skip
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


def _write(sheet: Spreadsheet, text: str, body: Json, option: str) -> Json:
    area = parse(sheet, text)
    rows = body.get("values", [])
    if body.get("majorDimension") == "COLUMNS":
        width = max((len(r) for r in rows), default=0)
        rows = [[r[n] if n < len(r) else None for r in rows] for n in range(width)]
    cells = 0
    for down, row in enumerate(rows):
        for across, value in enumerate(row):
            if area.top + down > max(area.bottom, area.top) and area.bottom != area.top:
                raise BadRange(f"Requested writing within range [{area.a1}], but tried writing to row [{down + 1}]")
            if value is None:
                continue
            area.tab.put(area.top + down, area.left + across, None if value == "" else typed(value, option))
            cells += 1
    columns = max((len(r) for r in rows), default=0)
    return {"spreadsheetId": sheet.id, "updatedRange": area.a1, "updatedRows": len(rows), "updatedColumns": columns,
            "updatedCells": cells}  # fmt: skip


def _input_option(value: Any) -> str:
    if value not in INPUT_OPTIONS:
        raise BadRange("'valueInputOption' is required but not specified")
    return str(value)


def _update(sheet: Spreadsheet, call: Call, address: str) -> Answer:
    option = _input_option(call.first("valueInputOption"))
    return json_answer(200, _write(sheet, address, call.json() or {}, option))


def _batch_update(sheet: Spreadsheet, call: Call) -> Answer:
    body = call.json() or {}
    option = _input_option(body.get("valueInputOption"))
    data = body.get("data", [])
    for one in data:
        parse(sheet, str(one.get("range")))
    done = [_write(sheet, str(one.get("range")), one, option) for one in data]
    totals = {f"totalUpdated{w}": sum(d[f"updated{w}"] for d in done) for w in ("Rows", "Columns", "Cells")}
    answer = {"spreadsheetId": sheet.id, **totals, "totalUpdatedSheets": len({d["updatedRange"] for d in done})}
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


def _change(sheet: Spreadsheet, call: Call) -> Answer:
    """spreadsheets.batchUpdate, as far as adding tabs: all or nothing."""
    requests = (call.json() or {}).get("requests", [])
    titles = [((one.get("addSheet") or {}).get("properties") or {}).get("title") for one in requests]
    if not titles or None in titles:
        raise BadRange("Invalid requests[0]: No request set, or one that this stand-in does not know.")
    for title in titles:
        if any(tab.title.lower() == str(title).lower() for tab in sheet.tabs):
            raise BadRange(f'Invalid requests[0].addSheet: A sheet with the name "{title}" already exists.')
    replies = []
    for title in titles:
        tab = sheet.add_tab(str(title))
        replies.append({"addSheet": {"properties": {"sheetId": tab.id, "title": tab.title}}})
    return json_answer(200, {"spreadsheetId": sheet.id, "replies": replies})
