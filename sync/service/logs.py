"""The service's log: events with fields, as JSON lines or for people."""

from __future__ import annotations

from typing import Protocol


class Log(Protocol):
    """Where the service says what happens. `event`: a name (cycle_done); fields: plain values."""

    def info(self, event: str, **fields: object) -> None: ...

    def warning(self, event: str, **fields: object) -> None: ...

    def error(self, event: str, **fields: object) -> None: ...
