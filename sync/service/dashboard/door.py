"""The door: requests for pages at one address, answered. What is asked for, whether it may be seen, and the answer.

Nothing here waits for a store or draws a chart: that is done by the site's threads, and waited for.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Mapping
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from sync.clock import Clock, monotonic
from sync.service.dashboard.files import own_files
from sync.service.dashboard.gate import COOKIE, LASTS, TOKEN, Gate, Pass, host_of, is_loopback, is_same_origin
from sync.service.dashboard.places import Home, Place, home_of, place_of
from sync.service.dashboard.site import Answer, Frame, Site

Served = Callable[[], Mapping[str, str | None]]  # the workspaces at this address, and the public_url of each

LONGEST = 1_000  # characters of a path
LONGEST_FORM = 4_096  # bytes
PATIENCE = 25.0  # seconds for which a page is waited for
SLOWED = 0.5  # seconds after a wrong token
_WELL = re.compile(r"[!-~]+")
_GAMES = re.compile(r"%2f|%5c|%00|%25|\\|//|/\.{1,2}(?:/|$)", re.IGNORECASE)
_STATIC = re.compile(r"/static/([a-z]+\.[a-z]+)")
_WITHIN = re.compile(r"[A-Za-z0-9_./-]*")
_CLOSED = "These pages can be had from elsewhere, so they need a token, and none is set"


class Door:
    """The pages at one address. `served`: what is shown here now."""

    def __init__(self, site: Site, gate: Gate, served: Served, clock: Clock) -> None:
        self._site, self._gate, self._served, self._clock = site, gate, served, clock

    async def answer(self, request: Request) -> Response:
        """Whatever was asked for."""
        served = self._served()
        path = request.scope.get("raw_path", b"").partition(b"?")[0].decode("latin-1") or request.url.path
        homes = [home_of(workspace, url) for workspace, url in served.items()]
        place = _place(path, host_of(request.headers), homes)
        if place is None:
            return self._missing(Frame())
        if (file := _STATIC.fullmatch(place.path)) is not None:
            return _file(request, file[1])
        if request.method == "POST":
            return await self._posted(request, place, served)
        published = any(url is not None and not is_loopback(urlsplit(url).hostname or "") for url in served.values())
        version = str(request.scope.get("http_version", "1.1"))
        passes = self._gate.passes(request.headers, published=published, now=self._clock(), http=version)
        if passes in (Pass.CLOSED, Pass.ASKED):
            return await self._turned_away(request, place, passes)
        if place.path == "":
            return RedirectResponse(path.rpartition("/")[2] + "/", 307)
        signed_in = passes is Pass.KNOWN and "authorization" not in request.headers
        response = await self._shown(request, place, Frame(place.root, place.up, signed_in))
        if signed_in:
            response.headers["Referrer-Policy"] = "same-origin"  # else signing out would come without its origin
        return response

    # ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _shown(self, request: Request, place: Place, frame: Frame) -> Response:
        if place.workspace is None:
            return self._of_several(request, place, frame)
        wanted = self._site.wanted(place.workspace, place.path)
        if wanted is None:
            return self._missing(frame)
        made = asyncio.wrap_future(self._site.page(place.workspace, wanted, frame))
        try:
            answer = await asyncio.wait_for(asyncio.shield(made), PATIENCE)
        except TimeoutError:
            answer = self._site.message(503, "This takes longer than usual", "Try again in a minute.", frame)
        return _page(request, answer)

    def _of_several(self, request: Request, place: Place, frame: Frame) -> Response:
        """The list of workspaces; or the one that has such a page; or which of them was meant."""
        if place.path == "/":
            return _page(request, self._site.listing(place.among, frame))
        having = self._site.having(place.among, place.path)
        if not having:
            return self._missing(frame)
        if len(having) == 1:
            return RedirectResponse(f"{frame.root}w/{having[0]}{place.path}", 307)
        return _page(request, self._site.listing(having, frame, place.path, "Of which team?"))

    def _missing(self, frame: Frame) -> Response:
        advice = "The address may be mistyped, or what it names has left the file."
        return _html(self._site.message(404, "There is no such page here", advice, frame))

    # ── the way in ───────────────────────────────────────────────────────────────────────────────────────────────

    async def _turned_away(self, request: Request, place: Place, passes: Pass) -> Response:
        frame = Frame(place.root)
        if passes is Pass.CLOSED:
            what = self._gate.trouble or _CLOSED
            advice = f"Set `{TOKEN}` for the service."
            return _html(self._site.message(403, what, advice, frame, template="closed.html"))
        if "authorization" in request.headers:
            return await self._wrong(request, place)
        return self._login(place, 401)

    def _login(self, place: Place, status: int, wrong: str = "") -> Response:
        to = place.path.lstrip("/") if _WITHIN.fullmatch(place.path) else ""
        answer = self._site.message(
            status,
            "Sign in",
            f"These pages need the token that is set as `{TOKEN}` where alignd runs.",
            Frame(place.root),
            template="login.html",
            to=to,
            again=place.root + to,
            wrong=wrong,
        )
        response = _html(answer)
        response.headers["WWW-Authenticate"] = 'Bearer realm="alignd"'
        response.headers["Referrer-Policy"] = "same-origin"  # else the form would come without its origin
        return response

    async def _wrong(self, request: Request, place: Place) -> Response:
        """A wrong token was said: slowed, and after some in a minute not looked at any more."""
        client = request.client.host if request.client is not None else ""
        left = self._gate.waits(client, monotonic())
        if left <= 0:
            self._gate.was_wrong(client, monotonic())
            await asyncio.sleep(SLOWED)
            return self._login(place, 401, "This is not the token.")
        response = self._login(place, 429, "Too many wrong tokens. Try again in a minute.")
        response.headers["Retry-After"] = str(int(left) + 1)
        return response

    async def _posted(self, request: Request, place: Place, served: Mapping[str, str | None]) -> Response:
        """A token is said, or a session ends. Only from a page of ours."""
        if place.path not in ("/login", "/logout"):
            return PlainTextResponse("only GET and HEAD\n", 405, {"Allow": "GET, HEAD"})
        origins = frozenset(_origin(url) for url in served.values() if url is not None)
        if not is_same_origin(request.headers, origins):
            return PlainTextResponse("only from a page of this address\n", 403)
        secure = self._is_secure(request, origins)
        if place.path == "/logout":
            return _redirect(place.root, _cookie("", 0, secure))
        form = await _form(request)
        if form is None:
            return PlainTextResponse("this is no form of these pages\n", 413)
        to = form.get("to", "")
        if not _WITHIN.fullmatch(to) or to.startswith("/") or ".." in to:
            to = ""
        home = Place(f"/{to}", place.root, place.workspace)
        client = request.client.host if request.client is not None else ""
        if self._gate.waits(client, monotonic()) > 0 or not self._gate.is_token(form.get("token", "").strip()):
            return await self._wrong(request, home)
        lasts = int(LASTS.total_seconds())
        return _redirect(place.root + to, _cookie(self._gate.session(self._clock()), lasts, secure))

    def _is_secure(self, request: Request, origins: Collection[str]) -> bool:
        """The browser came by https: the public address is, and this is it (or a proxy that says it is us)."""
        host = host_of(request.headers)
        hosts = {urlsplit(one).hostname for one in origins if one.startswith("https://")}
        return bool(hosts) and (host in hosts or is_loopback(host))


def _place(path: str, host: str, homes: list[Home]) -> Place | None:
    if len(path) > LONGEST or not _WELL.fullmatch(path) or _GAMES.search(path):
        return None
    return place_of(path, host, homes)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".casefold()


async def _form(request: Request) -> dict[str, str] | None:
    """The fields of a form; None for what is none, or too long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            return None
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=8)
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items()}


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _page(request: Request, answer: Answer) -> Response:
    """A page, or that it still says the same."""
    if answer.status == 200 and _is_known(request, answer.version):
        return Response(status_code=304, headers={"ETag": f'"{answer.version}"'})
    return _html(answer)


def _html(answer: Answer) -> Response:
    headers = {"ETag": f'"{answer.version}"'} if answer.status == 200 else {}
    return Response(answer.body, answer.status, headers, "text/html; charset=utf-8")


def _file(request: Request, name: str) -> Response:
    found = own_files().get(name)
    if found is None:
        return PlainTextResponse("there is no such file\n", 404)
    headers = {"ETag": f'"{found.version}"', "Cache-Control": "no-cache"}
    if _is_known(request, found.version):
        return Response(status_code=304, headers=headers)
    return Response(found.body, 200, {**headers, "Content-Type": found.kind})


def _is_known(request: Request, version: str) -> bool:
    said = request.headers.get("if-none-match", "")
    return len(said) < LONGEST and f'"{version}"' in [one.strip().removeprefix("W/") for one in said.split(",")]


def _redirect(to: str, cookie: str) -> Response:
    return RedirectResponse(to, 303, {"Set-Cookie": cookie})


def _cookie(value: str, lasts: int, secure: bool) -> str:
    return f"{COOKIE}={value}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Strict{'; Secure' if secure else ''}"
