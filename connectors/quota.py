"""Quotas: what one credential may still ask of a vendor, shared by every workspace of the process that uses it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

from connectors.patience import Pace, Patience


class Quota:
    """The vendor's limits for one credential, and the moment until which the vendor asked for silence.

    `paces`: all of them must have room (Trello: the token's and the key's).
    """

    def __init__(self, *paces: Pace) -> None:
        self.paces = paces
        self._silent_until: float | None = None
        self._lock = threading.Lock()

    def turn(self, patience: Patience, where: str, weight: int = 1) -> None:
        """Return when `weight` more requests may leave; waits through `patience` (`BudgetSpent`, `Stopped`)."""
        patience.wait(0, where, "a stop ends the work between any two requests")
        with self._lock:
            until = self._silent_until
        if until is not None and (pause := until - patience.monotonic()) > 0:
            patience.wait(pause, where, "the vendor asked to wait")
        for pace in self.paces:
            pace.turn(patience, where, weight)

    def hold(self, patience: Patience, seconds: float) -> None:
        """The vendor asked to wait: nothing leaves before that, whichever workspace asks. Never shortens a hold."""
        until = patience.monotonic() + seconds
        with self._lock:
            if self._silent_until is None or until > self._silent_until:
                self._silent_until = until

    def slow_down(self, limit: int) -> None:
        """From now on at most `limit` requests in each pace's window; never speeds up."""
        for pace in self.paces:
            pace.limit = min(pace.limit, limit)


_QUOTAS: dict[str, Quota] = {}
_GUARD = threading.Lock()


def shared_quota(vendor: str, host: str, credential: str, make: Callable[[], Quota]) -> Quota:
    """The one quota of this credential in this process, made at the first asking. The credential is kept as a hash."""
    name = hashlib.sha256(f"{vendor}\0{host}\0{credential}".encode()).hexdigest()
    with _GUARD:
        if name not in _QUOTAS:
            _QUOTAS[name] = make()
        return _QUOTAS[name]
