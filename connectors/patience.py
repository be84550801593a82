"""Patience: how long a connector may wait within one cycle, and how a stop ends any wait at once."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from connectors.errors import BudgetSpent, Stopped


@dataclass
class Patience:
    """Waits that a stop can end, within a budget of seconds for the whole cycle.

    `silence`: the longest, in seconds, that any vendor may keep silent; a connector's own limit counts if it is
    shorter. `paces`: whether the vendors' limits a minute are kept to; simulated time has no minutes, and its vendors
    are stand-ins. `waited`: seconds waited in all cycles. `monotonic` and `stop` are arguments so that tests wait
    without waiting.
    """

    budget: float = 120.0
    stop: threading.Event = field(default_factory=threading.Event)
    monotonic: Callable[[], float] = time.monotonic
    silence: float = 60.0
    paces: bool = True
    _spent: float = 0.0
    waited: float = 0.0

    def begin(self) -> None:
        """A cycle begins, with the whole budget before it."""
        self._spent = 0.0

    def wait(self, seconds: float, where: str, why: str) -> None:
        """Wait, or raise `BudgetSpent` if that is longer than what is left, or `Stopped` when asked to stop."""
        if self.stop.is_set():
            raise Stopped
        if seconds <= 0:
            return
        if self._spent + seconds > self.budget:
            raise BudgetSpent(
                where,
                f"{why}: asked to wait {seconds:.0f} s, more than this cycle may",
                "nothing to do: the next cycle goes on from here",
                after=seconds,
            )
        self._spent += seconds
        self.waited += seconds
        if self.stop.wait(seconds):
            raise Stopped


class Pace:
    """At most `limit` requests in any `window` seconds, for one credential, shared by all workspaces of a process."""

    def __init__(self, limit: int, window: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.limit, self.window, self.monotonic = limit, window, monotonic
        self._sent: deque[float] = deque()
        self._lock = threading.Lock()

    def turn(self, patience: Patience, where: str, weight: int = 1) -> None:
        """Return when `weight` more requests may leave, waiting as long as the vendor's limit needs."""
        if not patience.paces:
            return
        while True:
            with self._lock:
                now = self.monotonic()
                while self._sent and self._sent[0] <= now - self.window:
                    self._sent.popleft()
                free = self.limit - len(self._sent)
                if free >= weight:
                    self._sent.extend([now] * weight)
                    return
                pause = self._sent[min(weight - free, len(self._sent)) - 1] + self.window - now
            patience.wait(max(pause, 0.001), where, "pacing within the vendor's limit")
