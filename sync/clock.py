"""The only reader of time. Everything else is told what time it is.

`--at TIME` puts a fixed clock in place of the system's: alignd's now everywhere, and it does not run on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def fixed_clock(at: datetime) -> Clock:
    """A clock that stands at `at` (aware)."""
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone: {at!r}")
    instant = at.astimezone(UTC)
    return lambda: instant


def parse_time(text: str, zone: tzinfo) -> datetime:
    """`--at TIME`: 2026-11-18, 2026-11-18T08:00, with or without a zone of its own (else the workspace's).

    A bare date is its midnight. ValueError says what to write.
    """
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no time; write 2026-11-18, 2026-11-18T08:00 or 2026-11-18T08:00+02:00") from None
    return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)


def monotonic() -> float:
    """Seconds that never go back, for measuring how long something took."""
    return time.monotonic()
