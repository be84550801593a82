"""Asana's own library behind one choke point: every request leaves through `_Gate.request`, and nothing else does.

There it is paced, counted, bounded in time and sent once; what went wrong leaves as an error that says what to do
next. The library's retries are off (they sleep where no stop reaches them), its thread pool is closed, its log
handlers are taken away, and its answers are read here (it hands out truncated JSON as bytes and changes blanks).
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import asana
import urllib3
from asana import rest

from connectors.answers import Answer, TooSlow, Unreadable
from connectors.calls import Calls
from connectors.errors import NeedsPerson, OutcomeUnknown, Refused, TryLater, Unreachable, VendorError
from connectors.patience import Pace, Patience
from connectors.quota import Quota, shared_quota
from connectors.redaction import vendor_words
from connectors.retry import retry_after, with_retries
from connectors.sending import bad_certificate, never_left, sent_once

HOST = "https://app.asana.com"
BATCH = 10  # actions one /batch may carry (Asana's OpenAPI, POST /batch)
PAGE = 100  # the largest page
PER_MINUTE, PER_MINUTE_FREE = 1500, 150  # developers.asana.com/docs/rate-limits: paid and free domains
STALE = 20.0  # seconds after which a write opens a new connection instead of trusting an idle one


@dataclass(frozen=True, slots=True)
class Action:
    """One request inside a `/batch`. For GET `data` holds the query; `fields` is what the answer should hold."""

    method: str
    path: str
    data: Mapping[str, object] = field(default_factory=dict)
    fields: Sequence[str] = ()
    limit: int | None = None
    offset: str | None = None

    def wire(self) -> dict[str, object]:
        """As Asana wants it."""
        options: dict[str, object] = {}
        if self.fields:
            options["fields"] = list(self.fields)
        if self.limit is not None:
            options["limit"] = self.limit
        if self.offset is not None:
            options["offset"] = self.offset
        shown: dict[str, object] = {"method": self.method, "relative_path": self.path}
        if self.data:
            shown["data"] = dict(self.data)
        if options:
            shown["options"] = options
        return shown


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one action. `status` 0: Asana's answer has nothing readable for it."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> Any:
        """What stands under `data`; None if there is nothing."""
        return self.body.get("data")

    @property
    def next_offset(self) -> str | None:
        """Where the next page begins; None at the end."""
        following = self.body.get("next_page")
        offset = following.get("offset") if isinstance(following, dict) else None
        return str(offset) if offset else None

    @property
    def is_missing(self) -> bool:
        """It does not exist, or not for us."""
        return self.status in (403, 404, 410)

    @property
    def is_passing(self) -> bool:
        """Nothing is known: a read may be asked again, a write may or may not have happened."""
        return self.status == 0 or self.status in (408, 429) or self.status >= 500 or 300 <= self.status < 400


class AsanaClient:
    """The calls alignd makes, typed. Raises only `VendorError`s and `Stopped`."""

    def __init__(
        self,
        where: str,
        token: str,
        endpoint: str | None,
        calls: Calls,
        patience: Patience,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        quota: Quota | None = None,
    ) -> None:
        host = (endpoint or HOST).rstrip("/")
        quota = quota or shared_quota("asana", host, token, lambda: Quota(Pace(PER_MINUTE, 60.0, monotonic)))
        configuration = _configuration(host, token)
        client = asana.ApiClient(configuration)
        client.pool.close()  # it would keep five idle threads
        client.pool.join()
        client.user_agent = "alignd"
        client.rest_client.pool_manager.clear()
        self.where, self.patience = where, patience
        self._gate = client.rest_client = _Gate(configuration, where, token, calls, patience, quota, monotonic)
        self._tasks, self._batches = asana.TasksApi(client), asana.BatchAPIApi(client)

    @property
    def vendor_now(self) -> datetime | None:
        """The `Date` of the last answer that had one."""
        return self._gate.vendor_now

    def needed(self, requests: int) -> None:
        """So many requests more are what the rule needs (`Calls.least`)."""
        self._gate.calls.needed(requests)

    def begin(self) -> None:
        """A new cycle: connections of the last one are not trusted any more."""
        self._gate.pool_manager.clear()

    def close(self) -> None:
        """Let go of all connections."""
        self._gate.pool_manager.clear()

    def list_tasks(self, query: Mapping[str, str], fields: Sequence[str], offset: str | None = None) -> Outcome:
        """One page of GET /tasks, asked again as often as reads may be."""

        def once() -> Answer:
            opts: dict[str, object] = {**query, "limit": PAGE, "opt_fields": ",".join(fields)}
            if offset is not None:
                opts["offset"] = offset
            # the library's own reading of the answer is switched off; the gate has done it
            answer: Answer = self._tasks.get_tasks(opts, full_payload=True, _preload_content=False)
            return answer

        answer = with_retries(once, patience=self.patience, where=self.where)
        return Outcome(answer.status, _object(answer))

    def ask(self, actions: Sequence[Action]) -> list[Outcome]:
        """Reads, ten a request. Those Asana stumbled over are asked once more; the rest of them stays `is_passing`."""
        outcomes = self._ask(actions)
        again = [place for place, outcome in enumerate(outcomes) if outcome.is_passing]
        if again:
            for place, outcome in zip(again, self._ask([actions[place] for place in again]), strict=True):
                outcomes[place] = outcome
        return outcomes

    def _ask(self, actions: Sequence[Action]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for start in range(0, len(actions), BATCH):
            some = actions[start : start + BATCH]
            outcomes += with_retries(partial(self._batch, some), patience=self.patience, where=self.where)
        return outcomes

    def write(self, actions: Sequence[Action], *, repeatable: bool) -> list[Outcome]:
        """At most ten writes in one request. `repeatable` (only PUTs and the like) may follow a 429 once more."""
        self._gate.trust_only_fresh_connections()
        if not repeatable:
            return self._batch(actions)
        return with_retries(partial(self._batch, actions), patience=self.patience, where=self.where, attempts=3)

    def _batch(self, actions: Sequence[Action]) -> list[Outcome]:
        body = {"data": {"actions": [action.wire() for action in actions]}}
        answer: Answer = self._batches.create_batch_request(body, {}, full_payload=True, _preload_content=False)
        listed = _object(answer).get("data")
        found = [_outcome(one) for one in listed] if isinstance(listed, list) else []
        # an answer with fewer results than actions says nothing about any of them: which is missing is not said
        return found if len(found) == len(actions) else [Outcome(0)] * len(actions)


def _configuration(host: str, token: str) -> Any:
    configuration = asana.Configuration()
    for logger in configuration.logger.values():  # at its first use the library takes hold of urllib3's logger too
        if configuration.logger_stream_handler in logger.handlers:
            logger.removeHandler(configuration.logger_stream_handler)
            logger.setLevel(logging.NOTSET)
    configuration.host = f"{host}/api/1.0"
    configuration.access_token = token
    configuration.retry_strategy = False
    return configuration


def _object(answer: Answer) -> Mapping[str, Any]:
    said = answer.json()
    return said if isinstance(said, dict) else {}


def _outcome(said: object) -> Outcome:
    if not isinstance(said, dict) or not isinstance(said.get("status_code"), int):
        return Outcome(0)
    body = said.get("body")
    if isinstance(body, str):  # seen from proxies and stand-ins: the body as JSON text
        try:
            body = json.loads(body)
        except ValueError:
            body = None
    return Outcome(said["status_code"], body if isinstance(body, dict) else {})


def messages(body: Mapping[str, Any]) -> str:
    """Asana's own words for what is wrong, joined; not redacted yet."""
    errors = body.get("errors")
    said = [str(one.get("message", "")) for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    return "; ".join(one for one in said if one)


class _Gate(rest.RESTClientObject):  # type: ignore[misc]  # the library has no types
    """The one place a request leaves from."""

    def __init__(
        self,
        configuration: Any,
        where: str,
        token: str,
        calls: Calls,
        patience: Patience,
        quota: Quota,
        monotonic: Callable[[], float],
    ) -> None:
        super().__init__(configuration)
        self.where, self.calls, self.patience, self.quota, self.monotonic = where, calls, patience, quota, monotonic
        self.vendor_now: datetime | None = None
        self._secrets = (token,)
        self._answered_at: float | None = None

    def trust_only_fresh_connections(self) -> None:
        """An idle connection may be dead, and a write on it of unknown outcome: open a new one instead."""
        if self._answered_at is None or self.monotonic() - self._answered_at > STALE:
            self.pool_manager.clear()

    def request(
        self,
        method: str,
        url: str,
        query_params: Any = None,
        headers: Any = None,
        body: Any = None,
        post_params: Any = None,  # noqa: ARG002 - the library's signature
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Answer:
        """Send once. A 2xx with a JSON object comes back, everything else is raised as what to do next."""
        writes, weight = _burden(method, body)
        self.quota.turn(self.patience, self.where, weight)
        self.calls.sent(charged=weight)
        try:
            answer = self._send(method, url, query_params, headers, body)
        except (urllib3.exceptions.HTTPError, TooSlow, OSError) as trouble:
            raise self._no_answer(trouble, writes) from None
        self.vendor_now = answer.dated or self.vendor_now
        self._answered_at = self.monotonic()
        if not 200 <= answer.status < 300:
            raise self._refusal(answer, writes)
        try:
            readable = isinstance(answer.json(), dict)
        except Unreadable:
            readable = False
        if not readable:
            raise self._lost("Asana's answer was cut short or is not JSON", writes, answer.status)
        return answer

    def _send(self, method: str, url: str, query: Any, headers: Any, body: Any) -> Answer:
        return sent_once(
            self.pool_manager,
            method,
            url,
            query=query,
            headers=headers,
            body=body,
            patience=self.patience,
            monotonic=self.monotonic,
        )

    def _no_answer(self, trouble: Exception, writes: bool) -> VendorError:
        if never_left(trouble):
            return Unreachable(
                self.where, "Asana cannot be reached", "nothing to do unless it lasts: the next cycle asks again"
            )
        if bad_certificate(trouble):
            return Unreachable(
                self.where, "Asana's certificate was not accepted", "look at the endpoint, a proxy, and the clock"
            )
        slow = isinstance(trouble, TooSlow | urllib3.exceptions.TimeoutError)
        return self._lost("Asana did not answer in time" if slow else "the connection to Asana broke", writes)

    def _lost(self, what: str, writes: bool, status: int | None = None) -> VendorError:
        if writes:
            return OutcomeUnknown(
                self.where, what, "nothing to do: it is looked for before it is tried again", status=status
            )
        return Unreachable(self.where, what, "nothing to do unless it lasts: the next cycle asks again", status=status)

    def _refusal(self, answer: Answer, writes: bool) -> VendorError:
        status, said = answer.status, self._words(answer)
        if status == 429:
            after = retry_after(answer.headers)
            if after:
                self.quota.hold(self.patience, after)
            self.quota.slow_down(PER_MINUTE_FREE)
            return TryLater(
                self.where,
                f"Asana says that it was asked too much{said}",
                "nothing to do: alignd waits as long as Asana asks",
                after=after,
                status=status,
            )
        if status == 401:
            return NeedsPerson(
                self.where, f"Asana does not take the token{said}", "make a new token and set it", status=status
            )
        if status in (402, 403, 404, 410):
            return NeedsPerson(self.where, f"Asana refused ({status}){said}", _MENDS[status], status=status)
        if 400 <= status < 500 and status != 408:
            return Refused(
                self.where,
                f"Asana refused ({status}){said}",
                "run alignd doctor; if it is well, report it",
                status=status,
            )
        return self._lost(f"Asana failed ({status}){said}", writes, status)

    def _words(self, answer: Answer) -> str:
        try:
            said = messages(_object(answer))
        except Unreadable:
            said = answer.text
        words = vendor_words(said, self._secrets)
        return f": {words}" if words else ""


_MENDS = {
    402: "the plan of this workspace lacks it: ask its admin",
    403: "let the token's user into the project, with the right to edit",
    404: "check trackers.…project in the file, and that the token's user may see it",
    410: "check trackers.…project in the file",
}


def _burden(method: str, body: Any) -> tuple[bool, int]:
    """Whether a request writes, and what it is charged: a batch counts as its actions."""
    actions = body.get("data", {}).get("actions") if isinstance(body, dict) else None
    if isinstance(actions, list):
        return any(action["method"] != "get" for action in actions), len(actions)
    return method != "GET", 1
