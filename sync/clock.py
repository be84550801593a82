"""The only reader of time. Everything else is told what time it is.

`--at TIME` puts a fixed clock in place of the system's: alignd's now everywhere, and it does not run on. For the
service it runs on, or jumps from one moment to the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
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


def boot_seconds() -> float:
    """Seconds since the machine started, those it slept included; never set by anybody. Without such a clock: awake."""
    name = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(name) if name is not None else time.monotonic()


def running_clock(at: datetime) -> Clock:
    """A clock that stands at `at` now and runs on from there."""
    ahead = at.astimezone(UTC) - system_clock()
    return lambda: system_clock() + ahead


class SteppingClock:
    """A clock that stands still until it is moved on."""

    def __init__(self, at: datetime) -> None:
        self.now = at.astimezone(UTC)

    def __call__(self) -> datetime:
        return self.now

    def move_to(self, at: datetime) -> None:
        """It never goes back."""
        self.now = max(self.now, at.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Clocks:
    """The three ways a machine tells time, as arguments: tests bring their own.

    `wall`: what people call now; anybody may set it. `boot`: seconds that go on while the machine sleeps; `awake`:
    seconds that stand still then (where a machine cannot tell, they are the same).
    """

    wall: Clock = system_clock
    boot: Callable[[], float] = boot_seconds
    awake: Callable[[], float] = monotonic
