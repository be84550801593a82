"""A small HTTP server on loopback for the Google connectors' tests: answers as Google documents, with faults."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from connectors.errors import BudgetSpent, Stopped
from connectors.patience import Patience


@dataclass
class Request:
    """One request as it arrived: `query` decoded, header names in lower case, `target` as it stood on the line."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: dict[str, Any]
    headers: dict[str, str]
    target: str


@dataclass
class Answer:
    """What the server says. `cut`: bytes of the body that are really sent; `reset`: the connection is torn down."""

    body: object = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    reset: bool = False


def refusal(status: int, message: str, word: str = "", *, reason: str = "", **headers: str) -> Answer:
    """Google's error body."""
    error: dict[str, Any] = {"code": status, "message": message, "status": word}
    if reason:
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    return Answer({"error": error}, status, {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass
class Vendor:
    """A running server; `seen` is what arrived, in order."""

    url: str
    seen: list[Request] = field(default_factory=list)


@contextmanager
def serve(answer: Callable[[Request], Answer], *, forms: bool = False) -> Iterator[Vendor]:
    """A server on a free port of 127.0.0.1 for as long as the block runs. `forms`: bodies may be no JSON."""
    vendor = Vendor("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length) if length else b""
            body = {"form": raw.decode()} if forms else json.loads(raw) if raw else {}
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = parse_qs(parts.query)
            request = Request(self.command, unquote(parts.path), query, body, headers, self.path)
            vendor.seen.append(request)
            self._reply(answer(request))

        def do_GET(self) -> None:
            self._handle()

        def do_POST(self) -> None:
            self._handle()

        def _reply(self, said: Answer) -> None:
            if said.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
                return
            text = said.body if isinstance(said.body, str) else json.dumps(said.body)
            data = text.encode()
            self.send_response(said.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data if said.cut is None else data[: said.cut])
            if said.cut is not None:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

        def finish(self) -> None:
            with suppress(OSError):  # the connection that was reset on purpose
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    vendor.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield vendor
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Untiring(Patience):
    """Patience that spends no time: what is within the budget is waited for at once, and noted."""

    def __init__(self, budget: float = 120.0) -> None:
        super().__init__(budget=budget)
        self.waits: list[float] = []

    def wait(self, seconds: float, where: str, why: str) -> None:
        if self.stop.is_set():
            raise Stopped
        self.waits.append(seconds)
        if seconds > self.budget:
            raise BudgetSpent(where, why, "the next cycle goes on from here", after=seconds)
