"""A Google spreadsheet, as the file describes it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from connectors.fields import Expanded, scalar, shown, wrong
from connectors.settings import GoogleSettings, TextCells


def _read_spreadsheet(value: object) -> str:
    mend = "the part of its address between /d/ and /edit"
    text = str(scalar(value, mend)).strip()
    pasted = re.search(r"/spreadsheets/d/([A-Za-z0-9_-]+)", text)
    if pasted and not isinstance(value, Expanded):
        raise wrong(f"this is the spreadsheet's address, write only its id: {pasted[1]}")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise wrong(f"{shown(value)} is not a spreadsheet id, write {mend}")
    return text


class SheetsSettings(GoogleSettings, TextCells):
    """One spreadsheet; its tabs and ranges are named by the KPIs."""

    kind: Literal["sheets"] = "sheets"
    spreadsheet: Annotated[str, BeforeValidator(_read_spreadsheet)] = Field(
        description="The spreadsheet's id: the part of its address between /d/ and /edit.",
        examples=["1AbCdEfGhIjKlMnOpQrStUvWxYz"],
    )

    def identity(self) -> str:
        """The spreadsheet: what the numbers come from."""
        return f"sheets:{self.spreadsheet}"
