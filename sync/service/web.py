"""The service's pages on the address the file says: /healthz, /readyz, /metrics, and the dashboard for people.

Everything is read-only. The probes are answered from a snapshot: no store, no vendor, no file is opened for them; for
the dashboard a store is read by threads of its own. A request must name this machine or the public address as its
host, so that no page elsewhere can be made to read these (DNS rebinding). Who is slow is left after a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable, Collection
from datetime import UTC
from email.utils import format_datetime
from typing import cast
from urllib.parse import urlsplit

import uvicorn
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from connectors.redaction import redact
from sync.cli.terminal import without_controls
from sync.clock import Clock, system_clock
from sync.service.dashboard.door import Door, Served
from sync.service.dashboard.gate import Gate, is_loopback
from sync.service.dashboard.site import Site
from sync.service.health import Remark, health_of
from sync.service.metrics import registry_of
from sync.service.state import ServiceState

Public = Callable[[], Collection[str]]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_MOST_AT_ONCE = 64  # connections; more are answered 503
_LONGEST_REQUEST = 16_384  # bytes of request line and headers
_UP_WITHIN = 10.0  # seconds
_HEADERS_WITHIN = 15.0  # seconds after a connection was made; whoever says nothing till then makes room
_ANSWERED_WITHIN = 60.0  # seconds, the client's own slowness included
_POSTS = ("/login", "/logout")


class Server:
    """A running web server in a thread of its own. Signals stay the service's."""

    def __init__(self, listening: socket.socket, app: ASGIApp) -> None:
        self._socket = listening
        host, port = listening.getsockname()[:2]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        self._server = _QuietServer(
            uvicorn.Config(
                app, loop="asyncio", http=_Prompt, ws="none", lifespan="off", log_config=None, access_log=False,
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


class _Prompt(H11Protocol):
    """Of a connection something is wanted soon: idle ones would keep others out."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._patience = self.loop.call_later(_HEADERS_WITHIN, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        if cast(object, self.cycle) is None:  # no request yet
            self.transport.close()


def serve(
    address: str,
    state: ServiceState,
    *,
    version: str,
    clock: Clock = system_clock,
    public: Public = tuple,
    secrets: Public = tuple,
    site: Site | None = None,
    served: Served = dict,
    token: str | None = None,
) -> Server:
    """The pages on `address` (`127.0.0.1:8787`, `[::1]:8787`, `:8787` for every interface; port 0: any that is free).

    `public`: the `public_url`s of the files in force. `secrets`: theirs, for redaction. `site`: the dashboard's pages,
    of which the workspaces `served` are shown here, beyond this machine to whoever has the `token`. OSError: the
    address cannot be had.
    """
    host, port = split(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=_MOST_AT_ONCE)
    own = own_names(host)
    door = Door(
        site or Site(state, version=version, clock=clock, secrets=secrets),
        Gate(token, beyond=not is_loopback(host)),
        served,
        clock,
    )
    return Server(
        listening,
        application(state, version=version, clock=clock, own=own, public=public, secrets=secrets, door=door),
    )


def split(address: str) -> tuple[str, int]:
    """Host ("" for every interface) and port of `daemon.http`."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def own_names(host: str) -> frozenset[str]:
    """What this machine may be called in a request, beside loopback's names and any address."""
    if host and (is_loopback(host)):
        return frozenset({host.casefold()})
    return frozenset(one.casefold() for one in (host, socket.gethostname()) if one)


def application(
    state: ServiceState,
    *,
    version: str,
    clock: Clock,
    own: Collection[str],
    public: Public,
    secrets: Public,
    door: Door,
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

    pages = Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Route("/{path:path}", door.answer, methods=["GET", "POST"]),
        ]
    )
    return _Guard(pages, clock, own, public)


class _Guard:
    """Before every page: only GET and HEAD (and signing in and out), only a host that is ours, and not for ever; on
    every answer: the headers that keep it in.
    """

    def __init__(self, app: ASGIApp, clock: Clock, own: Collection[str], public: Public) -> None:
        self._app, self._clock, self._own, self._public = app, clock, own, public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers["Date"] = format_datetime(self._clock().astimezone(UTC), usegmt=True)
            await send(message)

        app: ASGIApp = self._app
        if scope["type"] != "http":
            return
        if not self._is_ours(Headers(scope=scope).getlist("host")):
            app = PlainTextResponse("this host is not served here\n", 421)
        elif scope["method"] not in ("GET", "HEAD") and not _is_post(scope):
            app = PlainTextResponse("only GET and HEAD\n", 405, {"Allow": "GET, HEAD"})
        with contextlib.suppress(TimeoutError):  # what was begun is broken off
            async with asyncio.timeout(_ANSWERED_WITHIN):
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


def _is_post(scope: Scope) -> bool:
    """Signing in or out, the only things that are sent here."""
    return bool(scope["method"] == "POST" and scope["path"].endswith(_POSTS))


def _is_address(host: str) -> bool:
    """An address instead of a name: no name server can have led here (rebinding needs a name)."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
