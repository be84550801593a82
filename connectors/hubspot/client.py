"""HubSpot's own library behind one choke point: every request leaves through `_Gate.request`, and nothing else does.

There it is paced, counted, bounded in time and sent once; what went wrong leaves as an error that says what to do next.
Reads only, so whatever nobody answered may be asked again. Limits and errors: developers.hubspot.com/docs, "Search the
CRM", "Usage guidelines", "Error handling".
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import urllib3
from hubspot.crm.objects import ApiClient, Configuration, SearchApi, rest
from hubspot.crm.properties import ApiClient as PropertiesClient
from hubspot.crm.properties import Configuration as PropertiesConfiguration
from hubspot.crm.properties import CoreApi

from connectors.answers import Answer, TooSlow, Unreadable
from connectors.calls import Calls
from connectors.errors import NeedsPerson, Refused, TryLater, Unreachable, VendorError
from connectors.fields import is_loopback
from connectors.patience import Pace, Patience
from connectors.quota import Quota, shared_quota
from connectors.redaction import vendor_words
from connectors.retry import retry_after, with_retries
from connectors.sending import bad_certificate, never_left, sent_once

HOST = "https://api.hubapi.com"
PER_SECOND = 5  # searches an account ("Search the CRM", limits; four in older copies of the page)
LONGEST_BODY = 3_000  # characters of a search ("Search the CRM", limits)
LOCKED = 2.0  # seconds to wait at least after a 423
_PAUSES = {
    "SECONDLY": 1.0,
    "TEN_SECONDLY_ROLLING": 10.0,
    "DAILY": 3_600.0,
}  # by policyName; HubSpot sends no Retry-After


class HubspotClient:
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
    ) -> None:
        host = (endpoint or HOST).rstrip("/")
        quota = shared_quota("hubspot", host, token, lambda: Quota(Pace(PER_SECOND, 1.0, monotonic)))
        searches = ApiClient(_configured(Configuration, host, token))
        properties = PropertiesClient(_configured(PropertiesConfiguration, host, token))
        self._gate = _Gate(searches.configuration, where, token, calls, patience, quota, monotonic, is_loopback(host))
        searches.rest_client = properties.rest_client = self._gate
        self.where, self.patience = where, patience
        self._searches, self._properties = SearchApi(searches), CoreApi(properties)

    def needed(self, requests: int = 1) -> None:
        """So many requests more are what the rule needs (`Calls.least`)."""
        self._gate.calls.needed(requests)

    def search(self, kind: str, body: Mapping[str, object]) -> Mapping[str, Any]:
        """One search: `total` counts all that fit, `results` is a page of them, `paging.next.after` the next page.

        Refused: a property or an object is not there, or the filters are too long.
        """
        if len(json.dumps(body)) > LONGEST_BODY:
            raise Refused(
                self.where, f"the filter of {kind} is longer than HubSpot takes", "name fewer or shorter values in it"
            )

        def once() -> Mapping[str, Any]:
            answer: Answer = self._searches.do_search(kind, dict(body), _preload_content=False)
            return _object(answer)

        return with_retries(once, patience=self.patience, where=self.where)

    def kind_of(self, kind: str, name: str) -> str:
        """The type of a property: string, number, date, datetime, enumeration, bool."""

        def once() -> str:
            answer: Answer = self._properties.get_by_name(kind, name, _preload_content=False)
            return str(_object(answer).get("type", ""))

        return with_retries(once, patience=self.patience, where=self.where)

    def close(self) -> None:
        """Let go of all connections."""
        self._gate.pool_manager.clear()


def _configured(make: Any, host: str, token: str) -> Any:
    configuration = make(host=host)
    configuration.access_token, configuration.retries = token, False
    return configuration


def _object(answer: Answer) -> Mapping[str, Any]:
    said = answer.json()
    return said if isinstance(said, dict) else {}


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
        is_here: bool,
    ) -> None:
        if is_here:
            configuration.proxy = None  # what stands on this machine is not behind the outside's proxy
        super().__init__(configuration)
        self.where, self.calls, self.patience, self.quota, self.monotonic = where, calls, patience, quota, monotonic
        self._secrets = (token,)

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
        self.quota.turn(self.patience, self.where)
        self.calls.sent()
        try:
            answer = self._send(method, url, query_params, headers, body)
        except (urllib3.exceptions.HTTPError, TooSlow, OSError) as trouble:
            raise self._no_answer(trouble) from None
        if not 200 <= answer.status < 300:
            raise self._refusal(answer)
        try:
            readable = isinstance(answer.json(), dict)
        except Unreadable:
            readable = False
        if not readable:
            raise self._lost("HubSpot's answer was cut short or is not JSON", answer.status)
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

    def _no_answer(self, trouble: Exception) -> VendorError:
        if never_left(trouble):
            return self._lost("HubSpot cannot be reached")
        if bad_certificate(trouble):
            mend = "look at the endpoint, a proxy, and the clock"
            return Unreachable(self.where, "HubSpot's certificate was not accepted", mend)
        slow = isinstance(trouble, TooSlow | urllib3.exceptions.TimeoutError)
        return self._lost("HubSpot did not answer in time" if slow else "the connection to HubSpot broke")

    def _lost(self, what: str, status: int | None = None, after: float | None = None) -> VendorError:
        advice = "nothing to do unless it lasts: the next cycle asks again"
        return Unreachable(self.where, what, advice, status=status, after=after)

    def _refusal(self, answer: Answer) -> VendorError:
        """By status and, of a 429, by which limit was met."""
        status, said, body = answer.status, self._words(answer), self._body(answer)
        if status == 429:
            policy = str(body.get("policyName", ""))
            after = retry_after(answer.headers) or _PAUSES.get(policy)
            if after:
                self.quota.hold(self.patience, after)
            spent = "the day's requests are used up" if policy == "DAILY" else "it was asked too much"
            return TryLater(
                self.where,
                f"HubSpot says that {spent}{said}",
                "nothing to do: alignd waits as long as it must",
                after=after,
                status=status,
            )
        if status in (423, 477):  # locked for a moment; being moved to another place
            after = max(retry_after(answer.headers) or 0.0, LOCKED)
            return self._lost(f"HubSpot is busy with this account ({status}){said}", status, after)
        if status == 401:
            return NeedsPerson(
                self.where, f"HubSpot does not take the token{said}", "make a new token and set it", status=status
            )
        if status in (402, 403):
            scopes = "give the app the scopes to read it: crm.objects.contacts.read, crm.objects.deals.read and so on"
            return NeedsPerson(self.where, f"HubSpot refused ({status}){said}", scopes, status=status)
        if status == 404:
            return Refused(self.where, f"HubSpot knows no such object{said}", "check object: in the file", status=404)
        if 400 <= status < 500 and status != 408:
            advice = "check the names of properties in the file; run alignd doctor"
            return Refused(self.where, f"HubSpot refused ({status}){said}", advice, status=status)
        return self._lost(f"HubSpot failed ({status}){said}", status, retry_after(answer.headers))

    def _body(self, answer: Answer) -> Mapping[str, Any]:
        try:
            return _object(answer)
        except Unreadable:
            return {}

    def _words(self, answer: Answer) -> str:
        words = vendor_words(str(self._body(answer).get("message", "")) or answer.text, self._secrets)
        return f": {words}" if words else ""
