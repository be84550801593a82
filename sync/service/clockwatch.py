"""Watching the clock: told apart are a machine that slept, and a clock that somebody set."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sync.clock import Clocks

LEAST = 2.0  # seconds between two ticks that are no slewing of a time server's
DOUBTFUL = 86_400.0  # a clock set forward by so much is not believed without a witness
AGREES = 3_600.0  # and this near is the same time


class Notice(StrEnum):
    WOKE_UP = "woke_up"
    STEPPED = "clock_stepped"
    SETTLED = "clock_settled"


@dataclass
class ClockWatch:
    """Compares the wall clock with the seconds since the machine started, which nobody can set.

    `doubt`: why nothing may be done until the clock is right again, in words; None while it is believed.
    """

    clocks: Clocks
    doubt: str | None = None
    _expected: float = 0.0  # wall minus boot, before the step that is doubted
    _last: tuple[float, float, float] = field(init=False)

    def __post_init__(self) -> None:
        self._last = self._read()

    def tick(self) -> list[tuple[Notice, float]]:
        """What happened since the last tick, with how many seconds it was (negative: back)."""
        wall, boot, awake = self._read()
        wall_before, boot_before, awake_before = self._last
        self._last = (wall, boot, awake)
        slept = (boot - boot_before) - (awake - awake_before)
        stepped = (wall - wall_before) - (boot - boot_before)
        notices: list[tuple[Notice, float]] = []
        if slept > LEAST:
            notices.append((Notice.WOKE_UP, slept))
        if abs(stepped) > LEAST:
            notices.append((Notice.STEPPED, stepped))
            self._doubt(stepped, wall_before - boot_before)
        if self.doubt is not None and abs(wall - boot - self._expected) < AGREES:
            self.doubt = None
            notices.append((Notice.SETTLED, wall - boot - self._expected))
        return notices

    def heard(self, vendor: datetime) -> bool:
        """A vendor said what time it is: whether the clock may be believed (again)."""
        if self.doubt is not None and abs(vendor.timestamp() - self._read()[0]) < AGREES:
            self.doubt = None
        return self.doubt is None

    def compare(self, vendor: datetime) -> None:
        """A vendor said what time it is, after long without anybody watching: a clock far ahead is not believed."""
        wall, boot, _ = self._read()
        ahead = wall - vendor.timestamp()
        if self.doubt is None and ahead >= DOUBTFUL:
            self._expected = vendor.timestamp() - boot
            self.doubt = (
                f"the clock is {_days(ahead)} ahead of what a tracker says; "
                "nothing is done until it is right, or a tracker says the same time"
            )

    def _doubt(self, stepped: float, before: float) -> None:
        if self.doubt is None and stepped >= DOUBTFUL:
            self._expected = before
            self.doubt = (
                f"the clock was set forward by {_days(stepped)}, and nothing confirms it; "
                "nothing is done until it is right again, or a tracker says the same time"
            )

    def _read(self) -> tuple[float, float, float]:
        return self.clocks.wall().timestamp(), self.clocks.boot(), self.clocks.awake()


def _days(seconds: float) -> str:
    days = timedelta(seconds=round(seconds)).days
    return f"{days} day{'s' if days > 1 else ''}"
