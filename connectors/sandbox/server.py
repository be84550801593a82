"""The sandbox: six vendors on one loopback port, stateful, over real HTTP, and a mail server on another."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from connectors.sandbox.asana.api import AsanaApi
from connectors.sandbox.faults import Faults
from connectors.sandbox.front import WRITES, Front, Seen, VendorApi
from connectors.sandbox.ga4.api import Ga4Api
from connectors.sandbox.hubspot.api import HubspotApi
from connectors.sandbox.sheets.api import SheetsApi
from connectors.sandbox.slack.api import SlackApi
from connectors.sandbox.trello.api import TrelloApi
from connectors.sandbox.wire import Answer, Call

if TYPE_CHECKING:
    from connectors.sandbox.smtp.server import Mail, SmtpStandIn


def real_time() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


class Sandbox:
    """GA4, Sheets, Asana, Trello, HubSpot and Slack on one port: `with Sandbox(clock) as sandbox: sandbox.url`; a mail
    server on another: `sandbox.smtp.url`.

    `clock` gives the vendors' time (aware): created_at, modified_at, the Date header. State is reached through `ga4`,
    `sheets`, `asana`, `trello`, `hubspot`, `slack`, `smtp`; faults through `faults`; what clients asked through
    `requests`. `latency`: seconds an answer of a vendor takes, by vendor. `monotonic` times the rate windows.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = real_time,
        *,
        port: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self.zone: tzinfo = UTC  # of the people who look at the boards
        self.lock = threading.RLock()
        self.faults = Faults()
        self.latency: dict[str, float] = {}
        self.ga4 = Ga4Api(self.now, monotonic)
        self.sheets = SheetsApi(self.now, monotonic)
        self.asana = AsanaApi(self.now, monotonic)
        self.trello = TrelloApi(self.now, monotonic)
        self.hubspot = HubspotApi(self.now, monotonic)
        self.slack = SlackApi(self.now, monotonic)
        self._vendors: dict[str, VendorApi] = {
            "ga4": self.ga4, "sheets": self.sheets, "asana": self.asana, "trello": self.trello,
            "hubspot": self.hubspot, "slack": self.slack,
        }  # fmt: skip
        self._smtp: SmtpStandIn | None = None
        self._requests: list[Seen] = []
        self._port = port
        self._front = Front(self, self._abort)
        self._transports: dict[tuple[str, int], asyncio.Transport] = {}
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    # ── addresses ────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def url(self) -> str:
        """The scheme and host all vendors (but mail) answer at; their paths stay as they are."""
        if self._socket is None:
            raise RuntimeError("the sandbox is not started")
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def url_for(self, vendor: str) -> str:
        """The endpoint of one vendor (today the same for all)."""
        if vendor not in self._vendors:
            raise KeyError(vendor)
        return self.url

    def now(self) -> datetime:
        """The vendors' time, in UTC."""
        return self.clock().astimezone(UTC)

    @property
    def smtp(self) -> SmtpStandIn:
        """The mail server, on a port of its own; started when it is asked for, stopped with the others."""
        from connectors.sandbox.smtp.server import SmtpStandIn

        with self.lock:
            if self._smtp is None:
                self._smtp = SmtpStandIn(self.now, self.faults, self.log)
            self._smtp.start()
            return self._smtp

    @property
    def mails(self) -> list[Mail]:
        """The mails taken so far, oldest first (a copy); starts nothing."""
        return list(self._smtp.mails) if self._smtp is not None else []

    # ── what clients asked ───────────────────────────────────────────────────────────────────────────────────

    @property
    def requests(self) -> list[Seen]:
        """Every request so far, oldest first (a copy)."""
        with self.lock:
            return list(self._requests)

    def asked(self, vendor: str | None = None, method: str | None = None, path: str = "") -> list[Seen]:
        """The requests of one vendor, method and path (a part of it)."""
        return [
            r for r in self.requests
            if vendor in (None, r.vendor) and method in (None, r.method) and path in r.path
        ]  # fmt: skip

    def forget_requests(self) -> None:
        """Empty the request log."""
        with self.lock:
            self._requests.clear()

    def log(self, seen: Seen) -> None:
        """Note a request."""
        with self.lock:
            self._requests.append(seen)

    # ── carrying out ─────────────────────────────────────────────────────────────────────────────────────────

    def carry_out(self, vendor: str, call: Call, *, settle: bool = True) -> Answer:
        """Let a vendor answer a call (also without HTTP: the scripted person acts through here)."""
        with self.lock:
            if settle:
                self._front.settle(self.now())
            return self._vendors[vendor].handle(call)

    def settle(self) -> None:
        """Carry out the late commits that are due by the clock."""
        with self.lock:
            self._front.settle(self.now())

    def write_slots(self, vendor: str, call: Call) -> int:
        """Take as many of Asana's concurrent write slots as the call needs."""
        if vendor != "asana" or call.method not in WRITES:
            return 0
        with self.lock:
            weight = self.asana.weight(call)
            self.asana.writes_in_flight += weight
            return weight

    def free_slots(self, vendor: str, weight: int) -> None:
        """Give the slots back."""
        if vendor == "asana" and weight:
            with self.lock:
                self.asana.writes_in_flight -= weight

    def page(self) -> str:
        """The boards, as a person would see them."""
        from connectors.sandbox.page import render_boards

        return render_boards(self)

    # ── the server ───────────────────────────────────────────────────────────────────────────────────────────

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen on loopback; returns when the port answers. After a `stop`, on the same port with the same state:
        an outage that is over.
        """
        self._socket = socket.create_server(("127.0.0.1", self._port), backlog=128)
        self._port = self._socket.getsockname()[1]
        # Accepted connections inherit it; without it, head and body of an answer wait 40 ms for each other.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(
            self._front, http=self._protocol(), ws="none", lifespan="off", log_config=None, access_log=False,
            server_header=False, date_header=False, timeout_graceful_shutdown=1, timeout_keep_alive=75,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="sandbox", daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.002)
        if not self._server.started:
            raise RuntimeError("the sandbox did not start")

    def _serve(self) -> None:
        assert self._server is not None
        assert self._socket is not None

        async def main(server: uvicorn.Server, listening: socket.socket) -> None:
            self._loop = asyncio.get_running_loop()
            self._front.stopping = asyncio.Event()
            await server.serve(sockets=[listening])

        asyncio.run(main(self._server, self._socket))

    def stop(self) -> None:
        """End every wait, close every connection, free the port."""
        if self._smtp is not None:
            self._smtp.stop()
        if self._server is None or self._thread is None:
            return
        loop, stopping = self._loop, self._front.stopping
        if loop is not None and stopping is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                loop.call_soon_threadsafe(stopping.set)
        self._server.should_exit = True
        self._thread.join(timeout=10)
        if self._socket is not None:
            self._socket.close()
        self._server = self._thread = self._socket = self._loop = None

    def _protocol(self) -> type[asyncio.Protocol]:
        """uvicorn's HTTP protocol that also remembers each client's transport, so that a fault can reset it."""
        transports = self._transports

        class Remembering(H11Protocol):
            def connection_made(self, transport: Any) -> None:
                super().connection_made(transport)
                if self.client is not None:
                    transports[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client is not None:
                    transports.pop(self.client, None)
                super().connection_lost(exc)

        return Remembering

    def _abort(self, client: tuple[str, int] | None, reset: bool) -> None:
        """Kill a client's connection: with RST, or as an end of file."""
        transport = self._transports.get(tuple(client)) if client else None  # type: ignore[arg-type]
        if transport is None:
            return
        raw = transport.get_extra_info("socket")
        if raw is not None and reset:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
