"""Asking again: what Retry-After says, and a bounded, jittered, stop-aware repeat of what may safely be asked again.

Repeating is declared by safety, in the class of the error and nowhere else. `TryLater` (and `Unreachable`, which is
one) may be asked again; every other error leaves at once. A write whose outcome is unknown is `OutcomeUnknown`, which
is not a `TryLater`, so it can never be repeated from here.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_base

from connectors.errors import TryLater
from connectors.patience import Patience

T = TypeVar("T")

ATTEMPTS = 4
FIRST_WAIT = 1.0  # seconds, doubled with every attempt
LONGEST_WAIT = 30.0


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the vendor asks to wait, from `Retry-After` (RFC 9110 §10.2.3: seconds or an HTTP date).

    A date is compared with the answer's own `Date` header, vendor's clock with vendor's clock, so that a wrong clock
    here changes nothing; without a readable `Date` it says nothing. A date that has passed is 0. A negative number,
    garbage, `inf` or `nan` says nothing: None. The result may be hours: `Patience.wait` decides whether a cycle has
    that long. Header names are taken in any case.
    """
    plain = {name.lower(): value for name, value in headers.items()}
    said = str(plain.get("retry-after", "")).strip()
    if not said:
        return None
    try:
        seconds = float(said)
    except ValueError:
        return _until(said, str(plain.get("date", "")))
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _until(moment: str, answered: str) -> float | None:
    try:
        pause = parsedate_to_datetime(moment) - parsedate_to_datetime(answered)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max(pause.total_seconds(), 0.0)


class AskedOrBackOff(wait_base):
    """Wait as long as the vendor asked; if it did not say, 1, 2, 4 … 30 s, each jittered to between half and whole.

    From the second repeat on, an asked wait is never shorter than the back-off: `Retry-After: 0` is no licence to
    hammer.
    """

    def __init__(self, first: float, longest: float, chance: Callable[[], float]) -> None:
        self.first, self.longest, self.chance = first, longest, chance

    def __call__(self, retry_state: RetryCallState) -> float:
        failure = retry_state.outcome.exception() if retry_state.outcome is not None else None
        asked = failure.after if isinstance(failure, TryLater) else None
        repeat = retry_state.attempt_number
        # the exponent is capped: 2.0 ** 2000 would overflow
        back_off = min(self.longest, self.first * 2.0 ** min(repeat - 1, 30)) * (0.5 + self.chance() / 2)
        if asked is None:
            return back_off
        return asked if repeat == 1 else max(asked, back_off)


def with_retries(
    call: Callable[[], T],
    *,
    patience: Patience,
    where: str,
    attempts: int = ATTEMPTS,
    first: float = FIRST_WAIT,
    longest: float = LONGEST_WAIT,
    chance: Callable[[], float] = random.random,
) -> T:
    """Call, and call again after a `TryLater`, at most `attempts` times in all; then the last error is raised.

    `call` sends one request, counts and paces it, and raises only `VendorError`s. For reads, and for writes whose
    every `TryLater` is a definite no (429, could not connect). Waits go through `Patience`: `BudgetSpent` when the
    wait is longer than the cycle has left, `Stopped` when the service is asked to stop; `call` does not run again
    after either. `chance` gives numbers from 0 to 1.
    """
    retrying = Retrying(
        retry=retry_if_exception_type(TryLater),
        stop=stop_after_attempt(attempts),
        wait=AskedOrBackOff(first, longest, chance),
        sleep=lambda seconds: patience.wait(float(seconds), where, "the vendor asks to come back later"),
        reraise=True,
    )
    return retrying(call)
