"""The ASGI front of the stand-ins: which vendor a path belongs to, the request log, faults, the boards' page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connectors.sandbox.faults import Fault, struck_answer
from connectors.sandbox.wire import Answer, Call, html_answer, json_answer, split_target

if TYPE_CHECKING:
    from connectors.sandbox.server import Sandbox

PREFIXES = (("/v1beta/", "ga4"), ("/v4/", "sheets"), ("/api/1.0", "asana"), ("/1/", "trello"), ("/crm/", "hubspot"),
            ("/api/", "slack"))  # fmt: skip
WRITES = ("POST", "PUT", "PATCH", "DELETE")


class VendorApi(Protocol):
    """A vendor's stand-in: answers a call; `busy` counts writes in flight (Asana allows 15)."""

    def handle(self, call: Call) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """One request of the log. `query` is the raw query string, `status` what the client got (0: nothing)."""

    vendor: str
    method: str
    path: str
    query: str
    body: bytes
    headers: dict[str, str]
    status: int
    at: datetime
    fault: str | None = None

    @property
    def url(self) -> str:
        """Path and query, as they stood in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass
class _Late:
    due: datetime
    vendor: str
    call: Call


def vendor_of(path: str) -> str | None:
    """The vendor a path belongs to; None for the sandbox's own pages."""
    return next((vendor for prefix, vendor in PREFIXES if path.startswith(prefix)), None)


class Front:
    """The ASGI application. `abort(client, reset)` kills a client's connection; `stopping` ends every wait."""

    def __init__(self, sandbox: Sandbox, abort: Callable[[tuple[str, int] | None, bool], None]) -> None:
        self.sandbox, self.abort = sandbox, abort
        self.stopping: asyncio.Event | None = None
        self._late: list[_Late] = []
        self._timers: set[asyncio.TimerHandle] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if self.stopping is None:
            self.stopping = asyncio.Event()
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        raw = scope.get("raw_path") or scope["path"].encode()
        query = scope["query_string"].decode("latin-1")
        path, pairs = split_target(raw.decode("latin-1") + ("?" + query if query else ""))
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        call = Call(scope["method"], path, pairs, headers, body, self.sandbox.now())
        vendor = vendor_of(path)
        if vendor is None:
            await self._respond(self._own_page(call), call, scope, receive, send)
            return
        fault = self.sandbox.faults.meet(vendor, call)
        answer = await self._outcome(vendor, call, fault)
        status = 0 if answer is None else answer.status
        name = fault.kind if fault else None
        self.sandbox.log(Seen(vendor, call.method, call.path, query, body, headers, status, call.at, name))
        if answer is None:
            await self._die(scope, receive, reset=True)
            return
        if fault is not None and fault.kind == "cut_off":
            await self._respond_in_part(answer, fault.cut, call, send)
            await self._die(scope, receive, reset=False)
            return
        await self._respond(answer, call, scope, receive, send)

    def _own_page(self, call: Call) -> Answer:
        if call.path == "/":
            return html_answer(200, self.sandbox.page())
        if call.path == "/token" and call.method == "POST":
            return json_answer(200, {"access_token": "sandbox-access", "expires_in": 3599, "token_type": "Bearer"})
        if call.path == "/favicon.ico":
            return Answer(204)
        return html_answer(404, "<!DOCTYPE html><title>404</title><p>There is nothing at this address.</p>")

    async def _outcome(self, vendor: str, call: Call, fault: Fault | None) -> Answer | None:
        """The answer the client gets, or None for a connection that dies without one."""
        if fault is None:
            return await self._carried_out(vendor, call)
        hit = replace(call, part=fault.part) if fault.part is not None else call
        real: Answer | None = None
        if fault.commit == "late":
            self._promise(vendor, hit, fault)
        elif fault.commit == "after" or fault.kind in ("truncated", "cut_off", "slow"):
            if fault.kind == "slow":
                await self._pause(fault.seconds)
            real = await self._carried_out(vendor, hit)
        if fault.kind == "timeout":
            await self._pause(fault.seconds)
            return None
        if fault.kind == "reset":
            return None
        return struck_answer(fault, vendor, call, real)

    async def _carried_out(self, vendor: str, call: Call) -> Answer:
        weight = self.sandbox.write_slots(vendor, call)
        try:
            pause = self.sandbox.latency.get(vendor, 0.0)
            if pause:
                await self._pause(pause)
            return self.sandbox.carry_out(vendor, call)
        finally:
            self.sandbox.free_slots(vendor, weight)

    async def _pause(self, seconds: float) -> None:
        assert self.stopping is not None
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return

    def _promise(self, vendor: str, call: Call, fault: Fault) -> None:
        if fault.late_real:
            loop = asyncio.get_running_loop()
            loop.call_later(fault.late_by, lambda: self.sandbox.carry_out(vendor, replace(call, at=self.sandbox.now())))
            return
        self._late.append(_Late(call.at + timedelta(seconds=fault.late_by), vendor, call))

    def settle(self, now: datetime) -> None:
        """Carry out what was promised for up to now (late commits by the stand-in's clock)."""
        due = [one for one in self._late if one.due <= now]
        self._late = [one for one in self._late if one.due > now]
        for one in sorted(due, key=lambda late: late.due):
            self.sandbox.carry_out(one.vendor, replace(one.call, at=one.due), settle=False)

    def _headers(self, answer: Answer, call: Call) -> dict[str, str]:
        date = format_datetime(call.at.astimezone(UTC), usegmt=True)
        return {"Date": date, "Content-Type": answer.content_type, **dict(answer.headers)}

    async def _respond(self, answer: Answer, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        response = Response(answer.body, answer.status, self._headers(answer, call))
        await response(scope, receive, send)

    async def _die(self, scope: Scope, receive: Receive, *, reset: bool) -> None:
        """Kill the connection, and wait until the server has noticed."""
        self.abort(scope.get("client"), reset)
        while (await receive())["type"] != "http.disconnect":
            continue

    async def _respond_in_part(self, answer: Answer, cut: int, call: Call, send: Send) -> None:
        headers = {**self._headers(answer, call), "Content-Length": str(len(answer.body))}
        raw: list[tuple[bytes, bytes]] = [(k.lower().encode(), v.encode()) for k, v in headers.items()]
        start: dict[str, Any] = {"type": "http.response.start", "status": answer.status, "headers": raw}
        await send(start)
        await send({"type": "http.response.body", "body": answer.body[:cut], "more_body": True})
