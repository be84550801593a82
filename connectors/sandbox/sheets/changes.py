"""spreadsheets.batchUpdate, as far as it is needed: tabs, room, frozen rows, formats. All or nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from connectors.sandbox.sheets.cells import Spreadsheet, Tab
from connectors.sandbox.sheets.ranges import BadRange
from connectors.sandbox.wire import Json

_NUMBER_TYPES = ("TEXT", "NUMBER", "PERCENT", "CURRENCY", "DATE", "TIME", "DATE_TIME", "SCIENTIFIC")
_MOST_CELLS = 10_000_000


class Protected(BadRange):
    """An edit of cells that are protected from this user."""


def change(sheet: Spreadsheet, body: Json) -> Json:
    """Carry all requests out, or none; the answer's replies."""
    requests = body.get("requests") or []
    if not requests:
        raise BadRange("Must specify at least one request.")
    draft = copy.deepcopy(sheet)
    replies: list[Json] = []
    for place, one in enumerate(requests):
        kinds = [kind for kind in one if kind in _KINDS]
        if len(one) != 1 or not kinds:
            raise BadRange(f"Invalid requests[{place}]: No request set, or one that this stand-in does not know.")
        try:
            replies.append(_KINDS[kinds[0]](draft, one[kinds[0]]))
        except Protected:
            raise
        except BadRange as bad:
            raise BadRange(f"Invalid requests[{place}].{kinds[0]}: {bad}") from None
    for tab in draft.tabs:  # people hold on to their tabs: those stay the same objects
        old = next((one for one in sheet.tabs if one.id == tab.id), None)
        if old is None:
            sheet.tabs.append(tab)
        else:
            old.__dict__.update(tab.__dict__)
    return {"spreadsheetId": sheet.id, "replies": replies}


def _tab(sheet: Spreadsheet, id_: Any) -> Tab:
    found = next((tab for tab in sheet.tabs if tab.id == (id_ or 0)), None)
    if found is None:
        raise BadRange(f"No grid with id: {id_ or 0}")
    return found


def _add_sheet(sheet: Spreadsheet, said: Json) -> Json:
    properties = said.get("properties") or {}
    title = str(properties.get("title") or f"Sheet{len(sheet.tabs) + 1}")
    if any(tab.title.lower() == title.lower() for tab in sheet.tabs):
        raise BadRange(f'A sheet with the name "{title}" already exists. Please enter another name.')
    id_ = properties.get("sheetId")
    if id_ is not None and (not isinstance(id_, int) or not 0 <= id_ < 2**31):
        raise BadRange(f"Invalid sheetId: {id_}")
    if any(tab.id == id_ for tab in sheet.tabs):
        raise BadRange(f"A sheet with id {id_} already exists.")
    tab = sheet.add_tab(title)
    tab.id = tab.id if id_ is None else id_
    room = properties.get("gridProperties") or {}
    tab.rows, tab.columns = room.get("rowCount", tab.rows), room.get("columnCount", tab.columns)
    tab.frozen = room.get("frozenRowCount", 0)
    _is_possible(tab)
    return {"addSheet": {"properties": about(tab, len(sheet.tabs) - 1)}}


def _is_possible(tab: Tab) -> None:
    if tab.rows < 1 or tab.columns < 1 or tab.rows * tab.columns > _MOST_CELLS:
        raise BadRange("This action would increase the number of cells in the workbook above the limit.")
    if tab.frozen >= tab.rows > 1:
        raise BadRange("You can't freeze all visible rows on the sheet.")


def about(tab: Tab, index: int) -> Json:
    """A tab's properties."""
    grid: Json = {"rowCount": tab.rows, "columnCount": tab.columns}
    if tab.frozen:
        grid["frozenRowCount"] = tab.frozen
    return {"sheetId": tab.id, "title": tab.title, "index": index, "sheetType": "GRID", "gridProperties": grid}


def _update_properties(sheet: Spreadsheet, said: Json) -> Json:
    properties, fields = said.get("properties") or {}, str(said.get("fields") or "")
    if not fields:
        raise BadRange("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    tab = _tab(sheet, properties.get("sheetId"))
    for field in fields.split(","):
        match field.strip():
            case "title":
                tab.title = str(properties.get("title"))
            case "gridProperties.frozenRowCount":
                tab.frozen = int((properties.get("gridProperties") or {}).get("frozenRowCount", 0))
            case other:
                raise BadRange(f"Invalid field: {other}")
    _is_possible(tab)
    return {}


def _append_dimension(sheet: Spreadsheet, said: Json) -> Json:
    tab, length = _tab(sheet, said.get("sheetId")), said.get("length")
    if not isinstance(length, int) or length < 1:
        raise BadRange("Cannot append less than one row or column.")
    match said.get("dimension"):
        case "ROWS":
            tab.rows += length
        case "COLUMNS":
            tab.columns += length
        case other:
            raise BadRange(f"Invalid dimension: {other}")
    _is_possible(tab)
    return {}


def _repeat_cell(sheet: Spreadsheet, said: Json) -> Json:
    """Formats alone: what is listed in `fields` is set, or cleared where the cell does not have it."""
    fields = str(said.get("fields") or "")
    if not fields:
        raise BadRange("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    area = said.get("range") or {}
    tab = _tab(sheet, area.get("sheetId"))
    top, bottom = area.get("startRowIndex", 0), area.get("endRowIndex", tab.rows)
    left, right = area.get("startColumnIndex", 0), area.get("endColumnIndex", tab.columns)
    if not (0 <= top < bottom <= tab.rows and 0 <= left < right <= tab.columns):
        raise BadRange(
            f"GridRange [{top}:{bottom}, {left}:{right}] is outside the grid limits. "
            f"Max rows: {tab.rows}, max columns: {tab.columns}"
        )
    refuse_protected(tab, top, left, bottom - 1, right - 1)
    shape = (said.get("cell") or {}).get("userEnteredFormat") or {}
    for field in (one.strip() for one in fields.split(",")):
        match field:
            case "userEnteredFormat.textFormat.bold":
                value = (shape.get("textFormat") or {}).get("bold")
            case "userEnteredFormat.numberFormat":
                value = shape.get("numberFormat")
                if value is not None and value.get("type") not in _NUMBER_TYPES:
                    raise BadRange(f"Invalid numberFormat.type: {value.get('type')}")
            case other:
                raise BadRange(f"Invalid field: {other}")
        name = field.rsplit(".", 1)[1]
        for row in range(top, bottom):
            for column in range(left, right):
                tab.formats.setdefault((row, column), {})[name] = value
    return {}


def refuse_protected(tab: Tab, top: int, left: int, bottom: int, right: int) -> None:
    """The no, if a cell of this area is protected from the caller."""
    for first, last in tab.protected:
        if first[0] <= bottom and top <= last[0] and first[1] <= right and left <= last[1]:
            raise Protected(
                "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove "
                "protection if you need to edit."
            )


_KINDS: dict[str, Callable[[Spreadsheet, Json], Json]] = {
    "addSheet": _add_sheet,
    "updateSheetProperties": _update_properties,
    "appendDimension": _append_dimension,
    "repeatCell": _repeat_cell,
}
