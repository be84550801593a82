"""What `alignd doctor` says of a spreadsheet: access, and each table, matrix and cell that the file names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

from connectors.base import Finding
from connectors.errors import VendorError
from connectors.sheets.client import Outline
from connectors.sheets.ranges import tab_of
from mapping.queries import Ask, CellQuery, Found, MatrixQuery, Query, TableQuery

if TYPE_CHECKING:
    from connectors.sheets.source import SheetsSource

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # nothing here depends on when it is asked


def examine(source: SheetsSource, asks: Sequence[Ask]) -> list[Finding]:
    """Two requests: the outline, and all ranges at once."""
    try:
        outline = source.client.outline()
    except VendorError as error:
        return [Finding(source.id, error.what, False, error.advice)]
    tabs = ", ".join(outline.tabs)
    findings = [Finding(source.id, f"spreadsheet {outline.title!r} can be read; its tabs: {tabs}", True)]
    one_each = list({ask.query: ask for ask in asks}.values())
    reply = source.read(one_each, now=_ANY_TIME, zone=UTC)
    for trouble in reply.troubles:
        names = {tab_of(_named(ask.query)) for ask in trouble.asks}
        advice = next((_near_tab(tab, outline) for tab in sorted(names) if tab and tab not in outline.tabs), "")
        findings.append(Finding(trouble.where, trouble.what, False, advice or trouble.advice))
    for ask, answer in reply.answers.items():
        well = answer.found is not Found.UNTRUSTED
        findings.append(
            Finding(source.id, f"{_said(ask.query)} is there", True)
            if well
            else Finding(source.id, answer.note, False, "put a number there, or add the word to `blank`")
        )
    return findings


def _named(query: Query) -> str:
    match query:
        case TableQuery(table=str(name)) | MatrixQuery(matrix=name) | CellQuery(cell=name):
            return name
    return ""


def _said(query: Query) -> str:
    match query:
        case TableQuery(table=table, date=day, column=column):
            return f"{table} with the columns {day}" + (f" and {column}" if column else "")
        case MatrixQuery(matrix=matrix, row=row):
            return f"{matrix} with the row {row}"
        case CellQuery(cell=cell, as_of=as_of):
            return f"{cell}" + (f", dated by {as_of}," if as_of else "")
    return "this"


def _near_tab(tab: str, outline: Outline) -> str:
    near = get_close_matches(tab, outline.tabs, 1)
    return f"there is no tab {tab!r}; " + (f"did you mean {near[0]!r}?" if near else f"its tabs: {outline.tabs}")
