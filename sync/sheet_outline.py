"""The tabs of a spreadsheet and the words of their first rows, for `alignd init --sheet`. Two requests."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from pydantic import ValidationError

from connectors.calls import Calls
from connectors.patience import Patience
from connectors.sheets.client import SheetsClient
from connectors.sheets.settings import SheetsSettings

Tabs = list[tuple[str, tuple[str, ...]]]


def outline_of(spreadsheet: str, credentials: str | None, endpoint: str | None, folder: Path) -> tuple[str, Tabs]:
    """Title, and each tab with its headers. Raises VendorError; ValueError for an id or file that cannot be.

    `folder`: what a relative path of `credentials` is relative to.
    """
    try:
        settings = SheetsSettings(
            id="sheet", folder=folder, spreadsheet=spreadsheet, credentials=credentials, endpoint=endpoint
        )
    except ValidationError as error:
        raise ValueError("; ".join(one["msg"] for one in error.errors(include_input=False))) from error
    with closing(SheetsClient(settings, Patience(), Calls())) as client:
        outline = client.outline()
        blocks = client.fetch([f"{tab}!1:1" for tab in outline.tabs]) if outline.tabs else []
    headers = (tuple(str(cell) for row in block.rows[:1] for cell in row if str(cell).strip()) for block in blocks)
    return outline.title, list(zip(outline.tabs, headers, strict=True))
