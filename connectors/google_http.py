"""What every request to Google goes through: counted, paced, with time-outs. `google_refusals` says what answers mean.

Both vendor libraries send by `requests`; an adapter below them sees each HTTP request that really leaves (also the
repeats after a 401), so nothing can be forgotten above it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from connectors.calls import Calls
from connectors.errors import BudgetSpent, VendorError
from connectors.fields import is_loopback
from connectors.google_auth import Principal
from connectors.patience import Pace, Patience
from connectors.redaction import vendor_words

_NOBODYS = 1_000_000  # requests a minute that are no pace at all
TIMEOUTS = (5.0, 60.0)  # seconds to connect, and of silence while the answer is awaited
COME_BACK = "nothing to do: the next cycle asks again"


class ServerErrors:
    """How many server errors (500, 503) a property answered within the hour, a credential at a time.

    GA4 blocks a project after 10 an hour (50 on 360; PropertyQuota.serverErrorsPerProjectPerHour), so asking stops
    at `limit`, which leaves room for somebody else's.
    """

    def __init__(self, limit: int = 8, window: float = 3600.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.limit, self.window, self.monotonic = limit, window, monotonic
        self._seen: deque[float] = deque()
        self._lock = threading.Lock()

    def note(self) -> None:
        """One more was answered."""
        with self._lock:
            self._seen.append(self.monotonic())

    def wait(self) -> float:
        """Seconds until one more may be risked; 0 if now."""
        with self._lock:
            now = self.monotonic()
            while self._seen and self._seen[0] <= now - self.window:
                self._seen.popleft()
            if len(self._seen) < self.limit:
                return 0.0
            return self._seen[-self.limit] + self.window - now


@dataclass
class Meter:
    """What one credential may do at one place: its pace, and GA4's budget of server errors."""

    pace: Pace
    errors: ServerErrors | None = None


def pace_of(principal: Principal, per_minute: int, monotonic: Callable[[], float]) -> Pace:
    """So many requests a minute; without a credential (loopback only) there is no user whose quota it could be."""
    return Pace(_NOBODYS if principal.anonymous else per_minute, 60.0, monotonic)


_METERS: dict[Hashable, Meter] = {}
_METERS_LOCK = threading.Lock()


def shared_meter(key: Hashable, make: Callable[[], Meter]) -> Meter:
    """The meter of this place and credential, one for all workspaces of the process."""
    with _METERS_LOCK:
        if key not in _METERS:
            _METERS[key] = make()
        return _METERS[key]


@dataclass
class Line:
    """All that a request to Google needs to know of whom it is sent for."""

    where: str  # the source's id in the file
    what: str  # for people: "property 123456789"
    principal: Principal
    calls: Calls
    patience: Patience
    meter: Meter
    access: str  # the mend of a 403, without the who
    secrets: frozenset[str] = field(default=frozenset(), repr=False)

    def __post_init__(self) -> None:
        self.secrets = self.secrets | self.principal.secrets

    def words(self, text: str) -> str:
        """The vendor's own words, fit to be shown."""
        return vendor_words(text, self.secrets)


class Adapter(HTTPAdapter):
    """Counts, paces and times every request; a refusal leaves as our error, except 401, which the library repeats
    once with a fresh token before it gives up.
    """

    def __init__(
        self,
        line: Line,
        refusal: Callable[[Line, requests.Response], VendorError],
        spell: Callable[[bytes], bytes] | None = None,
    ) -> None:
        super().__init__(max_retries=0)
        self.line, self.refusal, self.spell = line, refusal, spell

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        """As HTTPAdapter.send; the time-outs are always ours (GA4's library asks for 60 s, gspread for ever)."""
        line = self.line
        body = request.body.encode() if isinstance(request.body, str) else request.body
        if self.spell is not None and isinstance(body, bytes):
            request.prepare_body(self.spell(body), None)
        more["timeout"] = (TIMEOUTS[0], min(TIMEOUTS[1], line.patience.silence))
        line.patience.wait(0, line.where, "a stop ends the work between any two requests")
        if line.meter.errors is not None and (pause := line.meter.errors.wait()) > 0:
            raise BudgetSpent(
                line.where,
                f"{line.what} answered {line.meter.errors.limit} server errors within the hour; Google blocks it at 10",
                COME_BACK,
                after=pause,
            )
        line.meter.pace.turn(line.patience, line.where)
        line.calls.sent()
        response = super().send(request, *args, **more)
        if response.status_code in (500, 503) and line.meter.errors is not None:
            line.meter.errors.note()
        if response.status_code >= 400 and (response.status_code != 401 or line.principal.anonymous):
            with response:
                raise self.refusal(line, response)
        return response


def equip(
    session: requests.Session,
    line: Line,
    refusal: Callable[[Line, requests.Response], VendorError],
    endpoint: str | None,
    *,
    spell: Callable[[bytes], bytes] | None = None,
) -> None:
    """Put the adapter under a session. A stand-in on this machine is never spoken to through the outside's proxy.

    `spell`: how a request's body is written, where the library writes it otherwise than the documents do.
    """
    for scheme in ("https://", "http://"):
        session.mount(scheme, Adapter(line, refusal, spell))
    if endpoint is not None and is_loopback(endpoint):
        session.trust_env = False
