"""Rate windows: how many requests a credential has made of late."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable


class Window:
    """At most `limit` in any `seconds`; rejected ones count too when `counts_refused`."""

    def __init__(self, limit: int, seconds: float, monotonic: Callable[[], float], counts_refused: bool = True) -> None:
        self.limit, self.seconds, self.monotonic, self.counts_refused = limit, seconds, monotonic, counts_refused
        self._hits: deque[float] = deque()

    def take(self, weight: int = 1) -> bool:
        """Whether `weight` more fit now; counts them."""
        now = self.monotonic()
        while self._hits and self._hits[0] <= now - self.seconds:
            self._hits.popleft()
        fits = len(self._hits) + weight <= self.limit
        if fits or self.counts_refused:
            self._hits.extend([now] * weight)
        return fits

    @property
    def remaining(self) -> int:
        """How many are left now."""
        now = self.monotonic()
        return max(0, self.limit - sum(1 for hit in self._hits if hit > now - self.seconds))

    def wait(self) -> float:
        """Seconds until one more fits."""
        if len(self._hits) < self.limit:
            return 0.0
        return max(0.0, self._hits[-self.limit] + self.seconds - self.monotonic())
