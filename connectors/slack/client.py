"""slack_sdk behind one choke point: every request leaves through `_Web._perform_urllib_http_request_internal`.

The library would follow redirects (with the token), use a proxy for loopback, wait as long as somebody drips bytes,
and send a POST again whose answer was lost. Its one place of sending is therefore replaced: a new connection, one
request, no redirect, bounded in time. The token stands in a header and nowhere else; what went wrong leaves as an
error that says what to do next.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.request import Request

import requests
import urllib3
from requests.auth import AuthBase
from slack_sdk.errors import SlackApiError
from slack_sdk.web.client import WebClient

from connectors.answers import Answer, TooSlow, Unreadable, lower_names, read_body
from connectors.calls import Calls
from connectors.errors import OutcomeUnknown, Refused, TryLater, Unreachable, VendorError
from connectors.fields import is_loopback
from connectors.patience import Pace, Patience
from connectors.quota import Quota, shared_quota
from connectors.redaction import vendor_words
from connectors.retry import retry_after
from connectors.sending import never_left
from connectors.slack.refusals import error_of

HOST = "https://slack.com"
CONNECT, READ, WHOLE = 5.0, 30.0, 60.0  # seconds: to connect, between two packets, in all
EACH = 1.0  # seconds between two messages to one channel; docs.slack.dev/apis/web-api/rate-limits
COME_BACK = "nothing to do unless it lasts: the next cycle asks again"
LARGEST = 4 * 1024 * 1024  # bytes; a page of history is far below


class SlackClient:
    """The calls alignd makes. Raises only `VendorError`s and `Stopped`."""

    def __init__(
        self,
        where: str,
        token: str,
        channel: str,
        endpoint: str | None,
        calls: Calls,
        patience: Patience,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        host = (endpoint or HOST).rstrip("/")
        self.where, self.channel, self.calls, self.patience = where, channel, calls, patience
        self._secrets = (token,)
        of_channel = f"{token}\0{channel}"
        self._quota = shared_quota("slack", host, of_channel, lambda: Quota(Pace(1, EACH, monotonic)))
        self._web = _Web(token, host, patience, monotonic)

    @property
    def vendor_now(self) -> datetime | None:
        """The `Date` of the last answer that had one."""
        return self._web.vendor_now

    def read(self, method: str, **arguments: str) -> Mapping[str, Any]:
        """Ask for something; as a form, since not every method takes JSON."""
        return self._call(method, writes=False, params=arguments)

    def write(self, method: str, body: Mapping[str, object]) -> Mapping[str, Any]:
        """Send something, once. What is lost on the way is `OutcomeUnknown`."""
        return self._call(method, writes=True, json=dict(body))

    def _call(self, method: str, *, writes: bool, **said: Any) -> Mapping[str, Any]:
        if writes:
            self._quota.turn(self.patience, self.where)
        else:
            self.patience.wait(0, self.where, "a stop ends the work between any two requests")
        self.calls.sent()
        try:
            answered = self._web.api_call(method, **said).data
        except SlackApiError as no:
            answered, status, headers = no.response.data, int(no.response.status_code), no.response.headers
            raise self._refusal(method, answered, status, lower_names(headers), writes) from None
        except Unreadable:
            raise self._lost("Slack's answer was cut short or is not JSON", writes, self._web.status) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, TooSlow, OSError) as trouble:
            raise self._no_answer(trouble, writes) from None
        return answered if isinstance(answered, dict) else {}

    def _refusal(self, method: str, said: object, status: int, headers: Mapping[str, str], writes: bool) -> VendorError:
        told: Mapping[str, Any] = said if isinstance(said, dict) else {}
        code = str(told.get("error") or "")
        if status == 429 or code in ("ratelimited", "rate_limited"):
            after = retry_after(headers)
            after = EACH if after is None else after
            if writes:
                self._quota.hold(self.patience, after)
            what = "Slack says that it was asked too much"
            return TryLater(self.where, what, "nothing to do: alignd waits", after=after, status=429)
        if status == 200 and code:
            detail = {name: vendor_words(str(told[name]), self._secrets) for name in ("needed",) if told.get(name)}
            shown = vendor_words(code, self._secrets, limit=80)
            return error_of(self.where, method, code, shown, self.channel, detail.get("needed", ""), writes=writes)
        if status >= 500 or status in (200, 408):
            return self._lost(f"Slack failed ({status})", writes, status)
        words = vendor_words(code or "nothing readable", self._secrets, limit=80)
        mend = "look at the endpoint, and whether a proxy answers in Slack's place"
        return Refused(self.where, f"Slack refused ({status}): {words}", mend, status=status)

    def _no_answer(self, trouble: Exception, writes: bool) -> VendorError:
        if never_left(trouble):
            return Unreachable(self.where, "Slack cannot be reached", COME_BACK)
        if isinstance(trouble, requests.exceptions.SSLError):
            mend = "look at the endpoint, a proxy, and the clock"
            return Unreachable(self.where, "Slack's certificate was not accepted", mend)
        slow = isinstance(trouble, TooSlow | requests.Timeout | urllib3.exceptions.TimeoutError)
        return self._lost("Slack did not answer in time" if slow else "the connection to Slack broke", writes)

    def _lost(self, what: str, writes: bool, status: int | None = None) -> VendorError:
        if writes:
            mend = "nothing to do: it is looked for before it is sent again"
            return OutcomeUnknown(self.where, what, mend, status=status)
        return Unreachable(self.where, what, COME_BACK, status=status)


class _KeepHeader(AuthBase):
    """An explicit `auth` keeps requests from looking into ~/.netrc; the token is in the headers already."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class _Web(WebClient):
    """slack_sdk's client with its own sending: once, bounded, to nobody else."""

    def __init__(self, token: str, host: str, patience: Patience, monotonic: Callable[[], float]) -> None:
        silent = logging.getLogger("connectors.slack.library")  # the library logs answers and bodies
        silent.disabled = True
        super().__init__(token=token, base_url=f"{host}/api/", retry_handlers=[], logger=silent)
        self.patience, self.monotonic = patience, monotonic
        self.by_environment = not is_loopback(host)
        self.vendor_now: datetime | None = None
        self.status: int | None = None

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        answer = self._send(url, req)
        self.status, self.vendor_now = answer.status, answer.dated or self.vendor_now
        if answer.status == 200:
            answer.json()  # anything else than JSON leaves here, as Unreadable
            body = answer.text
        else:
            try:
                body = answer.text if isinstance(answer.json(), dict) else "{}"
            except Unreadable:
                body = "{}"  # a page of a proxy: its words help nobody
        return {"status": answer.status, "headers": dict(answer.headers), "body": body}

    def _send(self, url: str, req: Request) -> Answer:
        silence = self.patience.silence
        deadline = self.monotonic() + min(WHOLE, CONNECT + silence)
        with requests.Session() as session:
            session.trust_env = self.by_environment
            with session.request(
                "POST",
                url,
                data=req.data,
                headers={**dict(req.header_items()), "Connection": "close"},
                auth=_KeepHeader(),
                timeout=(CONNECT, min(READ, silence)),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = read_body(response.raw, deadline=deadline, monotonic=self.monotonic, largest=LARGEST)
                return Answer(response.status_code, lower_names(response.headers), content)
