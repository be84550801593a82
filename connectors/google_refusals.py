"""What Google's refusals and broken answers mean, as our errors with the mend; the same at every Google API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from connectors.errors import NeedsPerson, Refused, TryLater, Unreachable, VendorError
from connectors.google_http import COME_BACK, Line
from connectors.retry import retry_after


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
