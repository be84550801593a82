"""A small HTTP server on loopback for the trackers' tests, and patience whose time is made of waits."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from connectors.patience import Patience


@dataclass
class Call:
    """One request as it arrived. `query` decoded once, header names in lower case, `target` as it stood on the line."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]
    target: str
    connection: int = 0  # the client's port: two requests of one connection have the same


@dataclass
class Said:
    """What the server answers. `cut`: so many bytes of the body, then the connection is torn down. `reset`: torn down
    without an answer. `pause`: seconds before the answer.
    """

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    reset: bool = False
    pause: float = 0.0


@dataclass
class Vendor:
    """A running server: `calls` is what arrived, in order; `faults` are answered first, one a request. `date`: what its
    Date header says, None for no such header.
    """

    url: str = ""
    date: Callable[[], str | None] = lambda: "Wed, 18 Nov 2026 06:00:00 GMT"
    calls: list[Call] = field(default_factory=list)
    faults: list[Said | Callable[[Call], Said | None]] = field(default_factory=list)


@contextmanager
def serve(answer: Callable[[Call], Said]) -> Iterator[Vendor]:
    """A server on a free port of 127.0.0.1 for as long as the block runs."""
    vendor = Vendor()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length) if length else b""
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(raw) if raw else None
            query = dict(parse_qsl(parts.query))
            call = Call(self.command, unquote(parts.path), query, body, headers, self.path, self.client_address[1])
            vendor.calls.append(call)
            self._reply(_fault(vendor, call) or answer(call))

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

        def _reply(self, said: Said) -> None:
            if said.pause:
                time.sleep(said.pause)
            if said.reset:
                self._tear_down()
                return
            text = said.body if isinstance(said.body, str) else json.dumps(said.body)
            content = text.encode()
            with suppress(OSError):
                self.send_response_only(said.status)
                if (date := vendor.date()) is not None:
                    self.send_header("Date", date)
                for name, value in {"Content-Type": "application/json; charset=utf-8", **said.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content if said.cut is None else content[: said.cut])
                self.wfile.flush()
            if said.cut is not None:
                self._tear_down()

        def _tear_down(self) -> None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

        def log_message(self, *_: object) -> None:
            pass

        def finish(self) -> None:
            with suppress(OSError, ValueError):
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    vendor.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _fault(vendor: Vendor, call: Call) -> Said | None:
    if not vendor.faults:
        return None
    fault = vendor.faults.pop(0)
    return fault(call) if callable(fault) else fault


class Clock(threading.Event):
    """A monotonic clock that waits move on at once; as the stop event of a patience it makes waiting free."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        self.now += timeout or 0.0
        return self.is_set()

    def __call__(self) -> float:
        return self.now


def patience_of(clock: Clock, budget: float = 120.0) -> Patience:
    """Patience whose waits take no time, and which lets no vendor keep silent for long."""
    return Patience(budget=budget, stop=clock, monotonic=clock, silence=0.5)
