"""Faults that can be switched on: what a network and a vendor do wrong, chosen by vendor, method, path and count."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Literal

from connectors.sandbox.wire import Answer, Call, html_answer, json_answer, text_answer

Kind = Literal["429", "status", "reset", "timeout", "truncated", "cut_off", "empty", "html", "slow"]
Commit = Literal["before", "after", "late"]

KINDS: tuple[Kind, ...] = ("429", "status", "reset", "timeout", "truncated", "cut_off", "empty", "html", "slow")
_GATEWAY_PAGE = (
    "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>Please try again in 30 seconds.</p></body></html>"
)


@dataclass
class Fault:
    """One thing that goes wrong.

    `kind`: 429 · status (any status, `status`) · reset (RST) · timeout (no answer for `seconds`) · truncated (JSON cut
    at `cut` bytes, framed as whole) · cut_off (the connection dies after `cut` bytes) · empty (2xx without body) ·
    html (200 with a page) · slow (a good answer after `seconds`).
    `commit`: whether the vendor carries the request out: *before* = the fault strikes before it does (it never does),
    *after* = done, then the answer is lost, *late* = done `late_by` seconds after, by the stand-in's clock or, with
    `late_real`, by real time. `part`: only so many actions of a batch are carried out.
    `nth`: which of the matching calls (from 1); `times`: how often it strikes, None for ever.
    `retry_after`: the header's text as it is; or "date" for an HTTP date 5 s ahead; None for no header.
    `html_body`: a status answers with a gateway's page instead of the vendor's own error; `echo`: with an error that
    repeats the request's headers, credential and all, as debugging proxies do.
    """

    vendor: str | None
    kind: Kind
    method: str | None = None
    path: str | None = None
    when: Callable[[Call], bool] | None = None
    nth: int | Collection[int] | None = None
    times: int | None = 1
    status: int = 503
    commit: Commit = "before"
    late_by: float = 0.0
    late_real: bool = False
    retry_after: str | None = None
    cut: int = 20
    seconds: float = 60.0
    part: int | None = None
    html_body: bool = False
    echo: bool = False
    matched: int = field(default=0, init=False)
    struck: int = field(default=0, init=False)

    def strikes(self, vendor: str, call: Call) -> bool:
        """Whether this call is hit; counts it."""
        if self.vendor not in (None, vendor) or (self.method or call.method) != call.method:
            return False
        if self.path is not None and not re.search(self.path, call.path):
            return False
        if self.when is not None and not self.when(call):
            return False
        self.matched += 1
        if self.times is not None and self.struck >= self.times:
            return False
        wanted = {self.nth} if isinstance(self.nth, int) else self.nth
        if wanted is not None and self.matched not in wanted:
            return False
        self.struck += 1
        return True


class Faults:
    """The faults that are switched on; the first that strikes is the one a call meets."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self,
        vendor: str | None,
        kind: Kind,
        *,
        method: str | None = None,
        path: str | None = None,
        when: Callable[[Call], bool] | None = None,
        nth: int | Collection[int] | None = None,
        times: int | None = 1,
        status: int = 503,
        commit: Commit = "before",
        late_by: float = 0.0,
        late_real: bool = False,
        retry_after: str | None = None,
        cut: int = 20,
        seconds: float = 60.0,
        part: int | None = None,
        html_body: bool = False,
        echo: bool = False,
    ) -> Fault:
        """Switch a fault on; the meaning of each argument is `Fault`'s. Ask the returned fault how often it struck."""
        if kind not in KINDS:
            raise ValueError(f"no fault is called {kind!r}; there are {', '.join(KINDS)}")
        fault = Fault(
            vendor, kind, method.upper() if method else None, path, when, nth, times, status, commit, late_by,
            late_real, retry_after, cut, seconds, part, html_body, echo,
        )  # fmt: skip
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Switch all off."""
        with self._lock:
            self._faults.clear()

    def meet(self, vendor: str, call: Call) -> Fault | None:
        """The fault this call meets, counted; None when all is well."""
        with self._lock:
            return next((f for f in self._faults if f.strikes(vendor, call)), None)


def error_answer(vendor: str, status: int) -> Answer:
    """The vendor's own words for an error that is nobody's fault."""
    if vendor in ("ga4", "sheets"):
        name = {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}.get(
            status, "UNKNOWN"
        )
        message = {
            429: "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user'."
            if vendor == "sheets"
            else "Exhausted property tokens for a project per hour. These quota tokens will return in under an hour.",
            503: "The service is currently unavailable.",
        }.get(status, "Internal error encountered.")
        return json_answer(status, {"error": {"code": status, "message": message, "status": name}})
    if vendor == "asana":
        if status == 429:
            return json_answer(status, {"errors": [{"message": "You've made too many requests and hit a rate limit."}]})
        error = {"message": "Server Error", "phrase": "6 sad squid snuggle softly"}
        return json_answer(status, {"errors": [error if status == 500 else {"message": "Service temporarily down"}]})
    if vendor == "hubspot":
        category = "RATE_LIMITS" if status == 429 else "INTERNAL_ERROR"
        message = "You have reached your secondly limit." if status == 429 else "internal error"
        body = {"status": "error", "message": message, "category": category, "policyName": "SECONDLY"}
        return json_answer(status, body)
    if vendor == "slack":
        return json_answer(status, {"ok": False, "error": "ratelimited" if status == 429 else "internal_error"})
    if status == 429:
        return json_answer(status, {"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"})
    return text_answer(status, "Internal Server Error" if status == 500 else "Service Unavailable")


def struck_answer(fault: Fault, vendor: str, call: Call, real: Answer | None) -> Answer:
    """What a call that met `fault` gets, for the kinds that answer at all. `real`: the true answer, if carried out."""
    if fault.kind in ("429", "status"):
        status = 429 if fault.kind == "429" else fault.status
        answer = html_answer(status, _GATEWAY_PAGE.format(status)) if fault.html_body else error_answer(vendor, status)
        answer = _echoed(vendor, status, call) if fault.echo else answer
        return replace(answer, headers=answer.headers + _retry_after(fault, call))
    if fault.kind == "html":
        return html_answer(200, _GATEWAY_PAGE.format("Maintenance"))
    if fault.kind == "empty":
        return Answer(real.status if real else 200, b"", headers=real.headers if real else ())
    if fault.kind == "truncated" and real is not None:
        return replace(real, body=real.body[: fault.cut])
    return real or Answer(200, b"{")


def _echoed(vendor: str, status: int, call: Call) -> Answer:
    """An error in the vendor's form whose words are the request's headers."""
    words = "not allowed: " + ", ".join(f"{name}={value}" for name, value in call.headers.items())
    if vendor in ("ga4", "sheets"):
        return json_answer(status, {"error": {"code": status, "message": words, "status": "UNKNOWN"}})
    if vendor == "asana":
        return json_answer(status, {"errors": [{"message": words}]})
    if vendor == "slack":
        return json_answer(status, {"ok": False, "error": words})
    return json_answer(status, {"error": "UNKNOWN", "message": words})


def _retry_after(fault: Fault, call: Call) -> tuple[tuple[str, str], ...]:
    if fault.retry_after is None:
        return ()
    text = fault.retry_after
    if text == "date":
        text = format_datetime(call.at + timedelta(seconds=5), usegmt=True)
    return (("Retry-After", text),)
