"""A1 ranges, read as Sheets reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from connectors.sandbox.sheets.cells import Spreadsheet, Tab, column_letters, column_number

_QUOTED = re.compile(r"'((?:[^']|'')+)'(?:!(.*))?", re.DOTALL)
_CELLS = re.compile(r"\$?([A-Za-z]{1,3})?\$?(\d+)?(?::\$?([A-Za-z]{1,3})?\$?(\d+)?)?")
_PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class BadRange(ValueError):
    """400 INVALID_ARGUMENT, with Google's words."""


@dataclass(frozen=True, slots=True)
class Area:
    """Part of a tab, from 0, ends included."""

    tab: Tab
    top: int
    left: int
    bottom: int
    right: int

    @property
    def a1(self) -> str:
        """As the API echoes it: the tab quoted when it must be, edges clamped to the grid."""
        title = self.tab.title
        looks_like_cell = re.fullmatch(r"[A-Za-z]{1,3}\d+", title) is not None
        plain = _PLAIN_TITLE.fullmatch(title) and not looks_like_cell
        name = title if plain else "'" + title.replace("'", "''") + "'"
        first = f"{column_letters(self.left)}{self.top + 1}"
        last = f"{column_letters(self.right)}{self.bottom + 1}"
        return f"{name}!{first}" if first == last else f"{name}!{first}:{last}"


def parse(sheet: Spreadsheet, text: str) -> Area:
    """A range of a spreadsheet; BadRange for what cannot be parsed or begins outside the grid."""
    if text in sheet.names:
        return parse(sheet, sheet.names[text])
    tab, cells = _split(sheet, text)
    if cells is None:
        return Area(tab, 0, 0, tab.rows - 1, tab.columns - 1)
    match = _CELLS.fullmatch(cells)
    if match is None or not cells or cells.endswith(":") or cells.startswith(":"):
        raise BadRange(f"Unable to parse range: {text}")
    left_text, top_text, right_text, bottom_text = match.groups()
    if ":" not in cells and (left_text is None or top_text is None):
        raise BadRange(f"Unable to parse range: {text}")
    top = int(top_text) - 1 if top_text else 0
    left = column_number(left_text) if left_text else 0
    if ":" in cells:
        bottom = int(bottom_text) - 1 if bottom_text else tab.rows - 1
        right = column_number(right_text) if right_text else tab.columns - 1
    else:
        bottom, right = top, left
    if top < 0 or bottom < 0:
        raise BadRange(f"Unable to parse range: {text}")
    top, bottom = min(top, bottom), max(top, bottom)
    left, right = min(left, right), max(left, right)
    if top >= tab.rows or left >= tab.columns:
        raise BadRange(
            f"Range ({text}) exceeds grid limits. Max rows: {tab.rows}, max columns: {tab.columns}"
        )  # fmt: skip
    return Area(tab, top, left, min(bottom, tab.rows - 1), min(right, tab.columns - 1))


def _split(sheet: Spreadsheet, text: str) -> tuple[Tab, str | None]:
    """The tab a range names (else the first), and its cells (None: the whole tab)."""
    quoted = _QUOTED.fullmatch(text)
    title, cells = (quoted.group(1).replace("''", "'"), quoted.group(2)) if quoted else (None, None)
    if title is None and "!" in text:
        title, _, cells = text.rpartition("!")
    if title is None:
        if re.fullmatch(r"\$?[A-Za-z]{1,3}\$?\d+(:.*)?|\$?[A-Za-z]{1,3}:.*|\d+:\d+", text):
            return sheet.tabs[0], text
        title = text
    try:
        return sheet.tab(title), cells
    except KeyError:
        raise BadRange(f"Unable to parse range: {text}") from None
