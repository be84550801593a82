"""py-trello behind one choke point: every request leaves through `_Gate.request`, and nothing else does.

py-trello takes an `http_service`: this session. The library itself never holds key or token (it would put them into
every URL, and URLs into its messages): the session adds them as a header. Here a request is also turned to the
endpoint, paced, counted, bounded in time and sent once; what went wrong leaves as an error that says what to do next.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests
import trello
import urllib3
from requests.auth import AuthBase

from connectors.answers import Answer, TooSlow, Unreadable, lower_names, read_body
from connectors.calls import Calls
from connectors.errors import NeedsPerson, OutcomeUnknown, Refused, TryLater, Unreachable, VendorError
from connectors.patience import Pace, Patience
from connectors.quota import Quota, shared_quota
from connectors.redaction import vendor_words
from connectors.retry import retry_after, with_retries
from connectors.sending import bad_certificate, never_left

HOST = "https://api.trello.com"
BATCH = 10  # GET routes one /batch may carry
MOST = 1000  # the largest page of cards or actions
WINDOW = 10.0  # seconds; developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits
PER_TOKEN, PER_KEY = 100, 300  # requests in that window
MEMBERS, MEMBERS_WINDOW = 100, 900.0  # the /members/ route has its own
CONNECT, READ, WHOLE = 5.0, 35.0, 60.0  # seconds: to connect, between two packets (Trello gives up after 30), in all
STALE = 20.0  # seconds after which a write opens a new connection instead of trusting an idle one


class TooMuchAtOnce(Refused):
    """API_TOO_MANY_CARDS_REQUESTED: the board is too large for one answer; its cards must be read in pages."""


@dataclass(frozen=True, slots=True)
class Part:
    """One answer of a `/batch`. `status` 0: nothing readable."""

    status: int
    body: Any = None

    @property
    def is_missing(self) -> bool:
        """It does not exist, or the token cannot see it (Trello says 404 or 401 for that)."""
        return self.status in (401, 403, 404, 410)


class TrelloClient:
    """The calls alignd makes, typed. Raises only `VendorError`s and `Stopped`."""

    def __init__(
        self,
        where: str,
        key: str,
        token: str,
        endpoint: str | None,
        calls: Calls,
        patience: Patience,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        host = (endpoint or HOST).rstrip("/")
        self.where, self.patience, self.chance = where, patience, chance
        limits = Limits(host, key, token, monotonic)
        self._gate = _Gate(where, host, key, token, calls, patience, limits, monotonic, chance)
        # the library gets placeholders: what it does not have it cannot put anywhere
        self._library = trello.TrelloClient(api_key="key", api_secret="token", http_service=self._gate)  # noqa: S106

    @property
    def vendor_now(self) -> datetime | None:
        """The `Date` of the last answer that had one."""
        return self._gate.vendor_now

    def begin(self) -> None:
        """A new cycle: connections of the last one are not trusted any more."""
        self._gate.close()

    def close(self) -> None:
        """Let go of all connections."""
        self._gate.close()

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """A read, asked again as often as reads may be."""
        return with_retries(
            lambda: self._library.fetch_json(path, query_params=dict(query or {})),
            patience=self.patience,
            where=self.where,
            chance=self.chance,
        )

    def batch(self, routes: Sequence[str]) -> list[Part]:
        """Reads, ten a request. Those Trello stumbled over are asked once more; the rest of them stays unreadable.

        A route has no comma that is not percent-encoded: commas part the routes.
        """
        parts = self._batches(routes)
        again = [place for place, part in enumerate(parts) if part.status != 200 and not part.is_missing]
        if again:
            for place, part in zip(again, self._batches([routes[place] for place in again]), strict=True):
                parts[place] = part
        return parts

    def _batches(self, routes: Sequence[str]) -> list[Part]:
        parts: list[Part] = []
        for start in range(0, len(routes), BATCH):
            some = routes[start : start + BATCH]
            said = self.get("/batch", {"urls": ",".join(some)})
            listed = said if isinstance(said, list) else []
            parts += [_part(one) for one in listed] if len(listed) == len(some) else [Part(0)] * len(some)
        return parts

    def write(self, method: str, path: str, body: Mapping[str, object] | None, *, repeatable: bool) -> Any:
        """One write. `repeatable` (PUTs and the like) may follow a 429 once more; a create or a comment never."""
        self._gate.trust_only_fresh_connections()
        once = partial(self._library.fetch_json, path, http_method=method, post_args=dict(body or {}))
        if not repeatable:
            return once()
        return with_retries(once, patience=self.patience, where=self.where, attempts=3, chance=self.chance)


class Limits:
    """Trello's limits: of the token, of the key (shared by all its tokens), of the token's /members/ route."""

    def __init__(self, host: str, key: str, token: str, monotonic: Callable[[], float]) -> None:
        both = f"{key}\0{token}"
        self.token = shared_quota("trello token", host, both, lambda: Quota(Pace(PER_TOKEN, WINDOW, monotonic)))
        self.key = shared_quota("trello key", host, key, lambda: Quota(Pace(PER_KEY, WINDOW, monotonic)))
        self.members = shared_quota(
            "trello members", host, both, lambda: Quota(Pace(MEMBERS, MEMBERS_WINDOW, monotonic))
        )

    def turn(self, patience: Patience, where: str, weight: int, *, members: bool) -> None:
        """Return when this may leave."""
        if members:
            self.members.turn(patience, where, weight)
        self.token.turn(patience, where, weight)
        self.key.turn(patience, where, weight)


class _Header(AuthBase):
    """Key and token as a header. An explicit `auth` also keeps requests from looking into ~/.netrc."""

    def __init__(self, key: str, token: str) -> None:
        self._value = f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"'

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._value
        return request


@dataclass(frozen=True, slots=True)
class _Good:
    """What py-trello reads of a response."""

    said: Any
    status_code: int = 200

    def json(self) -> Any:
        return self.said


class _Gate(requests.Session):
    """The one place a request leaves from."""

    def __init__(
        self,
        where: str,
        host: str,
        key: str,
        token: str,
        calls: Calls,
        patience: Patience,
        limits: Limits,
        monotonic: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        super().__init__()
        self.where, self.host, self.calls, self.patience, self.limits = where, urlsplit(host), calls, patience, limits
        self.monotonic, self.chance = monotonic, chance
        self.vendor_now: datetime | None = None
        self._header, self._secrets = _Header(key, token), (key, token)
        self._answered_at: float | None = None

    def trust_only_fresh_connections(self) -> None:
        """An idle connection may be dead, and a write on it of unknown outcome: open a new one instead."""
        if self._answered_at is None or self.monotonic() - self._answered_at > STALE:
            self.close()

    def request(self, method: str, url: str, **said: Any) -> _Good:  # type: ignore[override]
        """Send once. A 2xx with JSON comes back, everything else is raised as what to do next."""
        parts = urlsplit(url)._replace(scheme=self.host.scheme, netloc=self.host.netloc)
        query = {name: value for name, value in (said.get("params") or {}).items() if name not in ("key", "token")}
        writes, weight = method != "GET", _weight(parts.path, query)
        path = parts.path.removeprefix("/1")
        self.limits.turn(
            self.patience, self.where, weight, members=path.startswith("/members/") and path.count("/") == 2
        )
        self.calls.sent(charged=weight)
        headers = {"Accept": "application/json", "User-Agent": "alignd"}
        if writes:
            headers["Content-Type"] = "application/json; charset=utf-8"
        try:
            answer = self._send(method, parts.geturl(), query, headers, said.get("data") if writes else None)
        except (requests.RequestException, urllib3.exceptions.HTTPError, TooSlow, OSError) as trouble:
            raise self._no_answer(trouble, writes) from None
        self.vendor_now = answer.dated or self.vendor_now
        self._answered_at = self.monotonic()
        if not 200 <= answer.status < 300:
            raise self._refusal(answer, writes)
        try:
            return _Good(answer.json())
        except Unreadable:
            raise self._lost("Trello's answer was cut short or is not JSON", writes, answer.status) from None

    def _send(
        self, method: str, url: str, query: Mapping[str, str], headers: Mapping[str, str], body: str | None
    ) -> Answer:
        deadline = self.monotonic() + min(WHOLE, CONNECT + self.patience.silence)
        response = super().request(
            method,
            url,
            params=query,
            headers=headers,
            data=body,
            auth=self._header,
            timeout=(CONNECT, min(READ, self.patience.silence)),
            allow_redirects=False,
            stream=True,
        )
        try:
            content = read_body(response.raw, deadline=deadline, monotonic=self.monotonic)
        except BaseException:
            response.close()  # half an answer is in it: not to be used again
            raise
        response.raw.release_conn()
        return Answer(response.status_code, lower_names(response.headers), content)

    def _no_answer(self, trouble: Exception, writes: bool) -> VendorError:
        if never_left(trouble):
            return Unreachable(
                self.where, "Trello cannot be reached", "nothing to do unless it lasts: the next cycle asks again"
            )
        if bad_certificate(trouble):
            return Unreachable(
                self.where, "Trello's certificate was not accepted", "look at the endpoint, a proxy, and the clock"
            )
        slow = isinstance(trouble, TooSlow | requests.Timeout | urllib3.exceptions.TimeoutError)
        return self._lost("Trello did not answer in time" if slow else "the connection to Trello broke", writes)

    def _lost(self, what: str, writes: bool, status: int | None = None) -> VendorError:
        if writes:
            return OutcomeUnknown(
                self.where, what, "nothing to do: it is looked for before it is tried again", status=status
            )
        return Unreachable(self.where, what, "nothing to do unless it lasts: the next cycle asks again", status=status)

    def _refusal(self, answer: Answer, writes: bool) -> VendorError:
        status, code = answer.status, _code(answer)
        said = vendor_words(_message(answer), self._secrets)
        said = f": {said}" if said else ""
        if code == "API_TOO_MANY_CARDS_REQUESTED":
            return TooMuchAtOnce(
                self.where, f"the board is too large for one answer{said}", "nothing to do", status=status
            )
        if status == 429:
            return self._too_often(answer, code, said)
        if status == 401:
            mend = "make a new token and set it, or let its user onto the board"
            return NeedsPerson(
                self.where, f"Trello does not take key or token, or not for this{said}", mend, status=status
            )
        if status == 403:
            mend = "give alignd's user the right to edit the board, or ask the workspace's admin"
            return NeedsPerson(self.where, f"Trello refused (403){said}", mend, status=status)
        if 400 <= status < 500 and status not in (408, 449):
            mend = "run alignd doctor; it is tried again when something changes, and daily"
            return Refused(self.where, f"Trello refused ({status}){said}", mend, status=status)
        return self._lost(f"Trello failed ({status}){said}", writes, status)

    def _too_often(self, answer: Answer, code: str, said: str) -> VendorError:
        """Trello documents no Retry-After: the window ends at the latest ten seconds on, and not all at once then.

        Asking on would lead to 200 such answers and a lock-out of the whole key.
        """
        asked = retry_after(answer.headers)
        after = asked if asked is not None else WINDOW + 2.0 * self.chance()
        for limit in (self.limits.key,) if "KEY" in code else (self.limits.token,):
            limit.hold(self.patience, after)
        return TryLater(
            self.where,
            f"Trello says that it was asked too much{said}",
            "nothing to do: alignd waits until it may ask again",
            after=after,
            status=429,
        )


def _weight(path: str, query: Mapping[str, str]) -> int:
    """A batch is budgeted as its routes: whether Trello counts them one by one is not documented."""
    return str(query.get("urls", "")).count(",") + 1 if path == "/1/batch" else 1


def _said(answer: Answer) -> Mapping[str, Any]:
    """An error's JSON, where it is some: Trello also answers with plain text."""
    try:
        said = answer.json()
    except Unreadable:
        return {}
    return said if isinstance(said, dict) else {}


def _code(answer: Answer) -> str:
    return str(_said(answer).get("error", ""))


def _message(answer: Answer) -> str:
    said = _said(answer)
    return str(said.get("message") or said.get("error") or "") if said else answer.text


def _part(said: object) -> Part:
    if not isinstance(said, dict):
        return Part(0)
    if isinstance(status := said.get("statusCode"), int):
        return Part(status, said.get("message"))
    for name, body in said.items():
        if name.isdigit():
            return Part(int(name), body)
    return Part(0)
