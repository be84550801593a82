"""Who may look: whoever is at this machine, and beyond it whoever has the token. Pure but for its memory of attempts.

A token is asked for as soon as a request may come from elsewhere: the socket listens beyond loopback, a file has a
`public_url` beyond it (then a proxy stands before us, and some proxies say `Host: 127.0.0.1`), the request's host is no
name of loopback, or a proxy has left its mark. It is given as `Authorization: Bearer …`, or once in a form, which sets
a cookie: never in an address.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit

TOKEN = "ALIGND_DASHBOARD_TOKEN"  # noqa: S105 - the name of the variable
SHORTEST = 16
LASTS = timedelta(days=30)
COOKIE = "alignd_session"
WRONG_A_MINUTE = 10  # from one address
WRONG_IN_ALL = 60
_REMEMBERED = 1000  # addresses that were wrong lately
_MARKS = ("forwarded", "via", "x-real-ip", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto")


class Pass(Enum):
    """What becomes of a request."""

    OPEN = "open"  # nothing is asked for here
    KNOWN = "known"  # it has the token, or a cookie
    ASKED = "asked"  # it has to say the token
    CLOSED = "closed"  # there is no token, so nobody can


class Gate:
    """The way in at one address. `token`: as the environment has it. `beyond`: the socket can be had from elsewhere."""

    def __init__(self, token: str | None, *, beyond: bool) -> None:
        self.trouble = trouble_of(token)
        self.beyond = beyond
        self._token = token if token is not None and self.trouble is None else None
        self._wrong: dict[str, deque[float]] = {}
        self._all: deque[float] = deque()

    def passes(self, headers: Mapping[str, str], *, published: bool, now: datetime, http: str = "1.1") -> Pass:
        """`published`: some file's pages here have an address beyond this machine. `http`: the request's version.

        Once there is a token, published pages want it on this machine too: a proxy may ask in this machine's name.
        """
        has_one = self._token is not None or self.trouble is not None
        if not self._is_from_elsewhere(headers, published and has_one, http):
            return Pass.OPEN
        if self._token is None:
            return Pass.CLOSED
        scheme, _, said = headers.get("authorization", "").partition(" ")
        if scheme.casefold() == "bearer" and self.is_token(said.strip()):
            return Pass.KNOWN
        return Pass.KNOWN if self.is_session(_cookie(headers.get("cookie", "")), now) else Pass.ASKED

    def _is_from_elsewhere(self, headers: Mapping[str, str], published: bool, http: str) -> bool:
        """HTTP/1.0 is what nginx speaks, in this machine's name, unless it is told otherwise; no browser does."""
        marked = any(one in headers for one in _MARKS) or http == "1.0"
        return self.beyond or published or marked or not is_loopback(host_of(headers))

    # ── token and cookie ─────────────────────────────────────────────────────────────────────────────────────────

    def is_token(self, said: str) -> bool:
        """In a time that tells nothing."""
        return self._token is not None and hmac.compare_digest(said.encode(), self._token.encode())

    def session(self, now: datetime) -> str:
        """A cookie's value: until when it lasts, and a seal that only this token makes."""
        until = str(int((now + LASTS).timestamp()))
        return f"{until}.{self._seal(until)}"

    def is_session(self, value: str, now: datetime) -> bool:
        until, _, seal = value.partition(".")
        if self._token is None or not (until.isascii() and until.isdecimal()) or len(until) > 12:
            return False
        return hmac.compare_digest(seal.encode(), self._seal(until).encode()) and now.timestamp() < int(until)

    def _seal(self, until: str) -> str:
        return hmac.new((self._token or "").encode(), f"alignd session {until}".encode(), hashlib.sha256).hexdigest()

    # ── attempts ─────────────────────────────────────────────────────────────────────────────────────────────────

    def waits(self, client: str, at: float) -> float:
        """Seconds for which nobody at this address may try again. `at`: monotonic."""
        mine = self._wrong.get(client, deque())
        return max(_left(mine, WRONG_A_MINUTE, at), _left(self._all, WRONG_IN_ALL, at))

    def was_wrong(self, client: str, at: float) -> None:
        """A wrong token was said."""
        while len(self._wrong) >= _REMEMBERED and client not in self._wrong:
            self._wrong.pop(next(iter(self._wrong)))
        self._wrong.setdefault(client, deque(maxlen=WRONG_A_MINUTE)).append(at)
        self._all.append(at)
        while len(self._all) > WRONG_IN_ALL:
            self._all.popleft()


def trouble_of(token: str | None) -> str | None:
    """What is wrong with the token of the environment, in words; None for none and for a good one."""
    if token is None or token == "":
        return None
    if len(token) < SHORTEST:
        return f"{TOKEN} has {len(token)} characters and needs at least {SHORTEST}"
    if not (token.isascii() and token.isprintable()) or " " in token:
        return f"{TOKEN} may have only letters, digits and signs of ASCII, and no blanks"
    return None


def _left(wrong: deque[float], most: int, at: float) -> float:
    """Seconds until fewer than `most` were within the last minute."""
    return max(0.0, wrong[-most] + 60.0 - at) if len(wrong) >= most else 0.0


def _cookie(header: str) -> str:
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return ""


# ── where a request comes from ───────────────────────────────────────────────────────────────────────────────────────


def host_of(headers: Mapping[str, str]) -> str:
    """The host that was asked for, without its port, in small letters."""
    try:
        return (urlsplit(f"//{headers.get('host', '')}").hostname or "").casefold()
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """A name or address of this machine that nobody else can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_same_origin(headers: Mapping[str, str], public: frozenset[str]) -> bool:
    """A form was sent from a page of ours. `public`: origins at which a proxy shows us ("https://alignd.example")."""
    if (site := headers.get("sec-fetch-site")) is not None and site != "same-origin":
        return False
    origin = headers.get("origin", "")
    if origin.casefold() in public:
        return True
    return bool(origin) and origin.partition("://")[2].casefold() == headers.get("host", "").casefold()
