"""The one door to the GA4 Data API (v1beta, REST), through Google's own client. Reads only.

Time-outs, pace, the budget of server errors and the counting of calls live in the adapter below the client
(`connectors.google_http`); here are the two methods alignd uses, and what GA4's refusals mean.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import requests

from connectors.calls import Calls
from connectors.errors import BudgetSpent, TryLater, VendorError
from connectors.ga4.packing import Spec
from connectors.ga4.settings import Ga4Settings
from connectors.ga4.wire import Catalogue, Report, catalogue_of, report_of, request_of, spelled
from connectors.google_auth import ANALYTICS_READ, Principal, load_principal
from connectors.google_http import COME_BACK, Line, Meter, ServerErrors, equip, pace_of, shared_meter
from connectors.google_refusals import body_of, common_refusal, nonsense, unauthorised, vendor_faults
from connectors.patience import Patience
from connectors.retry import with_retries

T = TypeVar("T")

ATTEMPTS = 2  # server errors are scarce: ten an hour, and the property is blocked for everybody
_PER_MINUTE = 100  # well within 600 a minute and user, the smallest figure Google ever published
_CONCURRENCY_PAUSE = 30.0
_HOUR = 3600.0


class Ga4Client:
    """One property, one credential. Methods raise only VendorErrors (and Stopped); `now` dates the day's quota."""

    def __init__(
        self,
        settings: Ga4Settings,
        patience: Patience,
        calls: Calls,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings, self.patience, self.calls, self.monotonic = settings, patience, calls, monotonic
        self.property = f"properties/{settings.property}"
        self.now: datetime | None = None
        self._opened: tuple[Any, Line] | None = None

    def batch(self, specs: Sequence[Spec]) -> list[Report]:
        """The reports, in order, in one request (at most five). Refused: the vendor will not have one of them."""
        from google.analytics.data_v1beta import types

        asked = types.BatchRunReportsRequest(
            property=self.property, requests=[request_of(spec, self.property) for spec in specs]
        )

        def call() -> list[Report]:
            client, line = self._open()
            with vendor_faults(line), _library_faults(line):
                answer = types.BatchRunReportsResponse.pb(client.batch_run_reports(asked))
                if len(answer.reports) != len(specs):
                    raise nonsense(line, f"{len(answer.reports)} reports for {len(specs)}")
                return [report_of(spec, one) for spec, one in zip(specs, answer.reports, strict=True)]

        return self._patiently(call)

    def catalogue(self) -> Catalogue:
        """Every metric and dimension of the property (getMetadata)."""

        def call() -> Catalogue:
            client, line = self._open()
            with vendor_faults(line), _library_faults(line):
                found = client.get_metadata(name=f"{self.property}/metadata")
                return catalogue_of(found)

        return self._patiently(call)

    def _patiently(self, call: Callable[[], T]) -> T:
        return with_retries(call, patience=self.patience, where=self.settings.id, attempts=ATTEMPTS)

    def _open(self) -> tuple[Any, Line]:
        if self._opened is None:
            self._opened = self._connect()
        return self._opened

    def _connect(self) -> tuple[Any, Line]:
        settings = self.settings
        principal = load_principal(settings, [ANALYTICS_READ])
        line = Line(
            where=settings.id,
            what=f"Google Analytics property {settings.property}",
            principal=principal,
            calls=self.calls,
            patience=self.patience,
            meter=self._meter(principal),
            access="in Google Analytics, Admin, Property access management, give Viewer to",
        )
        with vendor_faults(line):
            from google.analytics.data_v1beta import BetaAnalyticsDataClient

            # client_options' type is not exported in a form mypy can follow
            options: Any = {"api_endpoint": settings.endpoint} if settings.endpoint else None
            client = BetaAnalyticsDataClient(
                credentials=principal.credentials, transport="rest", client_options=options
            )
            transport: Any = client.transport  # the REST one; its requests session is where the adapter goes
            session: requests.Session = transport._session
            equip(session, line, self._refusal, settings.endpoint, spell=spelled)
        return client, line

    def _meter(self, principal: Principal) -> Meter:
        place = (self.settings.endpoint, self.settings.property, principal.who, self.settings.credentials)
        return shared_meter(
            ("ga4", *place, self.monotonic),
            lambda: Meter(pace_of(principal, _PER_MINUTE, self.monotonic), ServerErrors(monotonic=self.monotonic)),
        )

    def _refusal(self, line: Line, response: requests.Response) -> VendorError:
        """GA4's 429s say in words which bucket is empty, and no Retry-After (Data API quotas page)."""
        plain = common_refusal(line, response)
        if response.status_code != 429 or (isinstance(plain, TryLater) and plain.after is not None):
            return plain
        words = body_of(response).message.lower()
        said = line.words(body_of(response).message)
        if "concurrent" in words:
            return TryLater(line.where, f"too many requests at once ({said})", COME_BACK, after=_CONCURRENCY_PAUSE)
        if "day" in words or "daily" in words:
            return spent(line.where, f"the property's tokens of the day are spent ({said})", self._to_midnight())
        if "hour" in words or "thresholded" in words or "tokens" in words:
            return spent(line.where, f"the property's tokens of the hour are spent ({said})", _HOUR)
        return plain

    def _to_midnight(self) -> float:
        """Seconds to midnight Pacific time, when a day's tokens return; a day if nobody has said what time it is."""
        if self.now is None:
            return 24 * _HOUR
        there = self.now.astimezone(ZoneInfo("America/Los_Angeles"))
        midnight = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return max((midnight - self.now).total_seconds(), 60.0)

    def close(self) -> None:
        """Give the connections back."""
        if self._opened is not None:
            self._opened[0].transport.close()
            self._opened = None


@contextmanager
def _library_faults(line: Line) -> Iterator[None]:
    """The two errors of Google's client that are neither requests' nor google.auth's."""
    from google.api_core.exceptions import GoogleAPICallError
    from google.protobuf.json_format import ParseError  # type: ignore[import-untyped]

    try:
        yield
    except GoogleAPICallError as failure:  # only a 401 gets here: the adapter has turned all others
        if failure.code == 401:
            raise unauthorised(line) from None
        raise nonsense(line, f"status {failure.code}") from None
    except ParseError:
        raise nonsense(line, "it is not JSON, or breaks off") from None


def spent(where: str, what: str, after: float) -> BudgetSpent:
    """A quota is used up: this cycle goes on without, the next ones ask again."""
    return BudgetSpent(where, what, f"{COME_BACK}; another program may be using the same property", after=after)
