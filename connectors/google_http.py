"""What every request to Google goes through: counted, paced, with time-outs, and its refusals turned into our errors.

Both vendor libraries send by `requests`; an adapter below them sees each HTTP request that really leaves (also the
repeats after a 401), so nothing can be forgotten above it.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter

from connectors.calls import Calls
from connectors.errors import BudgetSpent, NeedsPerson, Refused, TryLater, Unreachable, VendorError
from connectors.fields import is_loopback
from connectors.google_auth import Principal
from connectors.patience import Pace, Patience
from connectors.redaction import vendor_words
from connectors.retry import retry_after

if TYPE_CHECKING:
    from collections.abc import Iterator

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

    def __init__(self, line: Line, refusal: Callable[[Line, requests.Response], VendorError]) -> None:
        super().__init__(max_retries=0)
        self.line, self.refusal = line, refusal

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        """As HTTPAdapter.send; the time-outs are always ours (GA4's library asks for 60 s, gspread for ever)."""
        line = self.line
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


def equip(session: requests.Session, line: Line, refusal: Callable[[Line, requests.Response], VendorError]) -> None:
    """Put the adapter under a session; a loopback endpoint never goes through a proxy."""
    for scheme in ("https://", "http://"):
        session.mount(scheme, Adapter(line, refusal))


def use_no_proxy_on_loopback(session: requests.Session, endpoint: str | None) -> None:
    """The environment's proxy is for the outside; a stand-in on this machine is spoken to directly."""
    if endpoint is not None and is_loopback(endpoint):
        session.trust_env = False


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """Google's error body (`{"error": {"code", "message", "status", "details"}}`), whatever really came."""

    message: str
    status: str = ""
    reasons: tuple[str, ...] = ()


def read_error(text: str) -> ErrorBody:
    """Google's words from an error's body; a web page or garbage is taken as it is."""
    try:
        body = json.loads(text)
    except ValueError:
        return ErrorBody(text)
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):  # the token end point's form
        return ErrorBody(f"{error}: {body.get('error_description', '')}")
    if not isinstance(error, Mapping):
        return ErrorBody("an answer that is no error message")
    details = error.get("details")
    listed: Iterable[Any] = details if isinstance(details, list) else ()
    reasons = tuple(str(d.get("reason", "")) for d in listed if isinstance(d, Mapping))
    return ErrorBody(str(error.get("message", "")), str(error.get("status", "")), reasons)


def body_of(response: requests.Response) -> ErrorBody:
    """The error body of a response; a body that breaks off is no body."""
    try:
        return read_error(response.text)
    except requests.RequestException:
        return ErrorBody("an answer that broke off")


def common_refusal(line: Line, response: requests.Response) -> VendorError:
    """What a status means at every Google API (developers.google.com error model), as our error with the mend."""
    status, body = response.status_code, body_of(response)
    said = line.words(body.message)
    if status == 401:
        return unauthorised(line)
    if status == 403:
        return _forbidden(line, body, said)
    if status == 404:
        return NeedsPerson(
            line.where, f"{line.what} does not exist there (404: {said})", "correct its id in the file", status=404
        )
    if status == 429:
        return TryLater(
            line.where,
            f"Google asks to slow down (429: {said})",
            COME_BACK,
            after=retry_after(response.headers),
            status=429,
        )
    if status >= 500 or status == 408:
        return Unreachable(
            line.where,
            f"Google answers with an error of its own ({status}: {said})",
            COME_BACK,
            after=retry_after(response.headers),
            status=status,
        )
    return Refused(line.where, f"Google refuses this ({status}: {said})", "correct it in the file", status=status)


def unauthorised(line: Line) -> NeedsPerson:
    """A 401 that a fresh token did not mend."""
    return NeedsPerson(
        line.where,
        f"Google does not accept the credentials of {line.principal.who} (401)",
        "make a new key for the service account and replace the credential file",
        status=401,
    )


def _forbidden(line: Line, body: ErrorBody, said: str) -> NeedsPerson:
    if "SERVICE_DISABLED" in body.reasons or "has not been used in project" in body.message:
        mend = "enable the API in the Google Cloud project of the credentials"
    elif "SCOPE" in " ".join(body.reasons) or "insufficient authentication scopes" in body.message.lower():
        mend = "log in again with the read scope, or use a service account"
    else:
        mend = f"{line.access} {line.principal.who}"
    return NeedsPerson(line.where, f"no access to {line.what} (403: {said})", mend, status=403)


@contextmanager
def vendor_faults(line: Line) -> Iterator[None]:
    """Around one call of a Google library: whatever it raises leaves as an error of ours, without its text's secrets.

    The library's own exceptions are broad (AttributeError on a JSON list, ParseError on a cut answer): an answer that
    it cannot read is nonsense, to something that may safely be asked again.
    """
    from google.auth import exceptions as auth

    try:
        yield
    except VendorError:
        raise
    except requests.exceptions.InvalidJSONError:
        raise nonsense(line, "it is not JSON, or breaks off") from None
    except requests.Timeout:
        raise Unreachable(line.where, f"{line.what}: no answer in time", COME_BACK) from None
    except requests.RequestException as failure:
        what = f"{line.what}: the connection failed ({type(failure).__name__})"
        raise Unreachable(line.where, what, COME_BACK) from None
    except auth.TransportError:
        raise Unreachable(line.where, "Google's sign-in cannot be reached", COME_BACK) from None
    except auth.RefreshError as failure:
        if getattr(failure, "retryable", False):
            raise Unreachable(line.where, "Google's sign-in does not answer", COME_BACK) from None
        raise NeedsPerson(
            line.where,
            f"Google's sign-in refuses the credentials of {line.principal.who} "
            f"({line.words(str(failure.args[0]) if failure.args else 'no reason given')})",
            "make a new key for the service account (or log in again) and replace the credential file",
        ) from None
    except auth.GoogleAuthError:  # InvalidOperation: a 401 to anonymous credentials
        raise unauthorised(line) from None
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, ArithmeticError) as failure:
        raise nonsense(line, type(failure).__name__) from None


def nonsense(line: Line, what: str) -> Unreachable:
    """An answer that is not what Google documents."""
    return Unreachable(line.where, f"{line.what}: the answer cannot be read ({what})", COME_BACK)
