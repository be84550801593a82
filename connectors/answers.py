"""Answers: a body read within a deadline, as JSON or as text, and the vendor's clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

LARGEST = 64 * 1024 * 1024  # bytes; an answer larger than this is nonsense, not data


class TooSlow(Exception):
    """The whole answer did not come within the deadline, or was larger than any answer may be."""


class Unreadable(ValueError):
    """The body is not the JSON it should be: truncated, a web page, or text."""


class _Stream(Protocol):
    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a vendor answered: status, headers (names in lower case) and the body's bytes."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body as text, never failing."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> object:
        """The body as JSON, or `Unreadable`. Trello's errors are text, so this is asked of good answers only."""
        try:
            return json.loads(self.body.decode("utf-8"))
        except (ValueError, RecursionError) as nonsense:
            raise Unreadable("the answer is not JSON") from nonsense

    @property
    def dated(self) -> datetime | None:
        """The vendor's clock (`Date` header), UTC; None if it did not say."""
        try:
            said = parsedate_to_datetime(self.headers.get("date", ""))
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        return said.astimezone(UTC) if said.tzinfo is not None else said.replace(tzinfo=UTC)


def read_body(stream: _Stream, *, deadline: float, monotonic: Callable[[], float], largest: int = LARGEST) -> bytes:
    """The whole body, or `TooSlow`.

    A read time-out is counted anew with every packet, so a vendor (or proxy) that drips a byte now and then would
    hold a write open for ever; the deadline is for the whole answer.
    """
    parts: list[bytes] = []
    size = 0
    while part := stream.read1(65536, decode_content=True):
        size += len(part)
        if size > largest or monotonic() > deadline:
            raise TooSlow
        parts.append(part)
    return b"".join(parts)


def lower_names(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers with their names in lower case."""
    return {name.lower(): value for name, value in headers.items()}


def instant(text: object) -> datetime | None:
    """A vendor's ISO 8601 instant as an aware UTC datetime; None for null, nonsense, or a time without zone."""
    if not isinstance(text, str):
        return None
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        return None
    return said.astimezone(UTC) if said.tzinfo is not None else None


def zulu(moment: datetime) -> str:
    """An aware instant as both vendors write them: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
