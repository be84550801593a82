"""The service's pages: /healthz, /readyz, /metrics and a page that names them, on the address the file says.

Everything is read-only and answered from a snapshot: no store, no vendor, no file is opened for a request. A request
must name this machine or the public address as its host, so that no page elsewhere can be made to read these
(DNS rebinding).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Callable, Collection
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

import uvicorn
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.redaction import redact
from sync.cli.terminal import without_controls
from sync.clock import Clock, system_clock
from sync.service.health import Remark, health_of
from sync.service.metrics import registry_of
from sync.service.state import ServiceState

Public = Callable[[], Collection[str]]

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_MOST_AT_ONCE = 64  # connections; more are answered 503
_LONGEST_REQUEST = 16_384  # bytes of request line and headers
_UP_WITHIN = 10.0  # seconds


class Server:
    """A running web server in a thread of its own. Signals stay the service's."""

    def __init__(self, listening: socket.socket, app: ASGIApp) -> None:
        self._socket = listening
        host, port = listening.getsockname()[:2]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        self._server = _QuietServer(
            uvicorn.Config(
                app, loop="asyncio", http="h11", ws="none", lifespan="off", log_config=None, access_log=False,
                proxy_headers=False, server_header=False, date_header=False, limit_concurrency=_MOST_AT_ONCE,
                timeout_graceful_shutdown=2, h11_max_incomplete_event_size=_LONGEST_REQUEST,
            )
        )  # fmt: skip
        self._thread = threading.Thread(target=self._server.run, args=([listening],), name="web", daemon=True)
        self._thread.start()
        self._server.up.wait(_UP_WITHIN)

    def close(self) -> None:
        """Answer what is under way, then let the address go."""
        self._server.ask_to_exit()
        self._thread.join(_UP_WITHIN)
        self._socket.close()


class _QuietServer(uvicorn.Server):
    """uvicorn, without its ten looks a second at whether it should exit: it is told."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()
        self._exit = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.up.set()
        if not await self.on_tick(0):
            await self._exit.wait()

    def ask_to_exit(self) -> None:
        self.should_exit = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._exit.set)


def serve(
    address: str,
    state: ServiceState,
    *,
    version: str,
    clock: Clock = system_clock,
    public: Public = tuple,
    secrets: Public = tuple,
) -> Server:
    """The pages on `address` (`127.0.0.1:8787`, `[::1]:8787`, `:8787` for every interface; port 0: any that is free).

    `public`: the `public_url`s of the files in force. `secrets`: theirs, for redaction. OSError: the address cannot be
    had.
    """
    host, port = split(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=_MOST_AT_ONCE)
    own = own_names(host)
    return Server(listening, application(state, version=version, clock=clock, own=own, public=public, secrets=secrets))


def split(address: str) -> tuple[str, int]:
    """Host ("" for every interface) and port of `daemon.http`."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def own_names(host: str) -> frozenset[str]:
    """What this machine may be called in a request, beside loopback's names and any address."""
    if host and (host == "localhost" or _is_loopback(host)):
        return frozenset({host.casefold()})
    return frozenset(one.casefold() for one in (host, socket.gethostname()) if one)


def application(
    state: ServiceState, *, version: str, clock: Clock, own: Collection[str], public: Public, secrets: Public
) -> ASGIApp:
    """The pages as an ASGI application."""
    registry = registry_of(lambda: state.snapshot(clock()), version)

    def told(remarks: Collection[Remark]) -> list[dict[str, str]]:
        known = secrets()
        return [{"workspace": one.workspace, "why": without_controls(redact(one.why, known))} for one in remarks]

    async def healthz(_: Request) -> Response:
        health = health_of(state.snapshot(clock()))
        if health.healthy:
            return JSONResponse({"status": "ok", "notes": told(health.notes)})
        body = {"status": "not ok", "why": told(health.wrong), "notes": told(health.notes)}
        return JSONResponse(body, status_code=503)

    async def readyz(_: Request) -> Response:
        health = health_of(state.snapshot(clock()))
        if health.ready:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready", "why": told(health.awaited)}, status_code=503)

    async def metrics(request: Request) -> Response:
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"Content-Type": media_type})

    async def front(_: Request) -> Response:
        return HTMLResponse(_FRONT.format(version=escape(version)))

    pages = Starlette(
        routes=[
            Route("/", front),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
        ]
    )
    return _Guard(pages, clock, own, public)


class _Guard:
    """Before every page: only GET and HEAD, only a host that is ours; on every answer: the headers that keep it in."""

    def __init__(self, app: ASGIApp, clock: Clock, own: Collection[str], public: Public) -> None:
        self._app, self._clock, self._own, self._public = app, clock, own, public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update({**HEADERS, "Date": format_datetime(self._clock(), usegmt=True)})
            await send(message)

        app: ASGIApp = self._app
        if scope["type"] != "http":
            return
        if not self._is_ours(Headers(scope=scope).getlist("host")):
            app = PlainTextResponse("this host is not served here\n", 421)
        elif scope["method"] not in ("GET", "HEAD"):
            app = PlainTextResponse("only GET and HEAD\n", 405, {"Allow": "GET, HEAD"})
        await app(scope, receive, guarded)

    def _is_ours(self, named: list[str]) -> bool:
        if len(named) != 1:
            return False
        try:
            host = urlsplit(f"//{named[0]}").hostname or ""
        except ValueError:
            return False
        if host == "localhost" or host in self._own or _is_address(host):
            return True
        return host in {(urlsplit(url).hostname or "") for url in self._public()}


def _is_address(host: str) -> bool:
    """An address instead of a name: no name server can have led here (rebinding needs a name)."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_loopback


_FRONT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>alignd</title></head>
<body>
<h1>alignd {version}</h1>
<p>The service is up. What can be asked here:</p>
<ul>
<li><a href="/healthz">/healthz</a>: whether it does what it is there for, and why not</li>
<li><a href="/readyz">/readyz</a>: whether every workspace has been looked at once</li>
<li><a href="/metrics">/metrics</a>: numbers for Prometheus</li>
</ul>
</body>
</html>
"""
