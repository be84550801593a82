"""CSV files, as the file describes them."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from connectors.fields import PlainText, read_list, scalar, shown, text_field, wrong
from connectors.settings import SourceSettings, TextCells


def _read_delimiter(value: object) -> str:
    text = value if isinstance(value, str) else scalar(value, 'a delimiter such as "," or ";" or tab')
    text = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}.get(text, text)
    if len(text) != 1 or text in '"\r\n':
        raise wrong(f'{shown(value)} is not a delimiter, write one character: "," or ";" or "|", or the word tab')
    return str(text)


def _read_encoding(value: object) -> str:
    text = scalar(value, "an encoding such as utf-8 or windows-1252")
    try:
        codecs.lookup(text)
    except (LookupError, ValueError):
        raise wrong(f"{shown(value)} is not an encoding, write for example utf-8 or windows-1252") from None
    return str(text)


class CsvSettings(SourceSettings, TextCells):
    """A file or a glob; rows that are the same under `unique_by` count once."""

    kind: Literal["csv"] = "csv"
    path: Annotated[str, text_field("a file or a glob such as data/mailings-*.csv")] = Field(
        description="A file or a glob, relative to this file.", examples=["data/mailings-*.csv"]
    )
    unique_by: Annotated[tuple[PlainText, ...], BeforeValidator(read_list)] = Field(
        default=(),
        description="Columns; of rows that are the same under them the last counts. Without it every row counts.",
        examples=["[Campaign, Date]"],
    )
    delimiter: Annotated[str, BeforeValidator(_read_delimiter)] = Field(
        default=",",
        description='What stands between columns: "," ";" or the word tab. Default: the one that the header shows.',
    )
    encoding: Annotated[str, BeforeValidator(_read_encoding)] = Field(default="utf-8", description="Default utf-8.")

    @property
    def pattern(self) -> Path:
        """The path or glob, relative to the file's folder."""
        return self.resolve(self.path)

    def identity(self) -> str:
        """The path as written: what the numbers come from."""
        return f"csv:{self.path}"
