"""A HubSpot account as a source: counts and sums over its objects, one search a number wherever one will do.

A count is the `total` of a search that asks for one object. HubSpot pages through no more than 10,000 objects of a
search, and whether a larger total is exact is not documented: a window with so many is counted in halves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.base import Finding
from connectors.calls import Calls
from connectors.errors import NeedsPerson, Refused, VendorError
from connectors.hubspot.client import HubspotClient
from connectors.hubspot.searches import needs_type, search_body
from connectors.hubspot.settings import HubspotSettings
from connectors.patience import Patience
from mapping.aggregates import SCORES, aggregated
from mapping.queries import Aggregate, Answer, Ask, CrmQuery, Found, Reply, Trouble

MOST = 10_000  # objects of one search ("Search the CRM", limits)
_EMPTY_IS_ZERO = (Aggregate.COUNT, Aggregate.SUM)


class HubspotSource:
    """One account."""

    def __init__(
        self, settings: HubspotSettings, patience: Patience, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.id = settings.id
        self.calls = Calls()
        self.client = HubspotClient(
            settings.id,
            settings.token.get_secret_value(),
            settings.endpoint,
            self.calls,
            patience,
            monotonic=monotonic,
        )
        self._holds_days: dict[tuple[str, str], bool] = {}

    def read(self, asks: Sequence[Ask], *, now: datetime, zone: tzinfo, tables: Sequence[str] = ()) -> Reply:
        """Every ask, one search each; more where objects must be read or are more than a search pages through.

        Days are the workspace's: HubSpot keeps instants. When the account as a whole says no (token, quota, nobody
        there), the rest is not asked.
        """
        del tables  # there are no ranges in a CRM
        answers: dict[Ask, Answer] = {}
        lost: dict[tuple[str, str, str, str], list[Ask]] = {}
        whole: VendorError | None = None
        for ask in dict.fromkeys(asks):
            try:
                if whole is not None:
                    raise whole
                answers[ask] = self._answer(ask, zone)
            except VendorError as error:
                whole = whole or (None if isinstance(error, Refused) else error)
                kind = "bad_data" if isinstance(error, Refused) else error.kind
                lost.setdefault((error.where, error.what, error.advice, kind), []).append(ask)
        troubles = tuple(Trouble(*said, asks=tuple(some)) for said, some in lost.items())
        return Reply(answers, troubles, read_at=now)

    def examine(self, asks: Sequence[Ask]) -> Sequence[Finding]:
        """For `doctor`: the token, and each query once; which days it is asked for does not matter, UTC's will do."""
        found = [Finding(self.id, "HubSpot takes the token", True)]
        for query, ask in {ask.query: ask for ask in asks}.items():
            if not isinstance(query, CrmQuery):
                continue
            try:
                answer = self._answer(ask, UTC)
            except Refused as error:
                found.append(Finding(self.id, error.what, False, error.advice))
            except VendorError as error:
                return [Finding(self.id, error.what, False, error.advice)]
            else:
                well = answer.found is not Found.UNTRUSTED
                said = f"{query.object} by {query.date}" + (f" with {query.property}" if query.property else "")
                mend = "" if well else "put a number there in HubSpot"
                found.append(Finding(self.id, f"{said} can be read" if well else answer.note, well, mend))
        return found

    def close(self) -> None:
        """Give the connections back."""
        self.client.close()

    # ── one number ───────────────────────────────────────────────────────────────────────────────────────────────

    def _answer(self, ask: Ask, zone: tzinfo) -> Answer:
        query = ask.query
        if not isinstance(query, CrmQuery):
            raise Refused(self.id, "HubSpot answers objects", "write object: deals and date: createdate")
        is_day = needs_type(query, ask.period.first, zone) and self._is_day(query)
        found = _Sum()
        self._collect(query, ask.period.first, ask.period.last, zone, is_day, found)
        origin = f"HubSpot, {query.object} by {query.date}"
        if found.odd:
            return Answer(ask, Found.UNTRUSTED, note=f"{self.id}: {found.odd}", origin=origin, rows=found.objects)
        value = found.result(query.aggregate)
        if value is None:
            return Answer(ask, Found.ABSENT, origin=origin, rows=found.objects)
        kind = Found.ZERO if value == 0 and query.aggregate in _EMPTY_IS_ZERO else Found.VALUE
        return Answer(ask, kind, value, origin=origin, rows=found.objects)

    def _collect(self, query: CrmQuery, first: date, last: date, zone: tzinfo, is_day: bool, found: _Sum) -> None:
        """Add what is dated from `first` to `last`, in halves where it is more than a search pages through."""
        body = search_body(query, first, last, zone, self.id, is_day=is_day)
        page = self._search(query.object, body)
        total = _total(page, self.id)
        if total >= MOST and query.aggregate not in (Aggregate.MIN, Aggregate.MAX, Aggregate.LAST):
            if first < last:
                middle = first + (last - first) // 2
                self._collect(query, first, middle, zone, is_day, found)
                self._collect(query, middle + timedelta(days=1), last, zone, is_day, found)
                return
            if query.aggregate is not Aggregate.COUNT:
                raise Refused(
                    self.id,
                    f"{total} {query.object} on one day, {first:%d %b %Y}: a search pages through {MOST} at most",
                    "narrow it with filter:, or take the number from a report or sheet",
                )
        found.objects += total
        if query.aggregate is Aggregate.COUNT:
            return
        while True:
            for record in _records(page):
                found.take(record, str(query.property), query.aggregate)
            after = _after(page)
            if after is None or query.aggregate in (Aggregate.MIN, Aggregate.MAX, Aggregate.LAST):
                return
            page = self._search(query.object, body | {"after": after})

    def _search(self, kind: str, body: Mapping[str, object]) -> Mapping[str, Any]:
        self.client.needed()
        return self.client.search(kind, body)

    def _is_day(self, query: CrmQuery) -> bool:
        """Whether the date property holds whole days: asked once."""
        name = (query.object, query.date)
        if name not in self._holds_days:
            self.client.needed()
            try:
                self._holds_days[name] = self.client.kind_of(*name) == "date"
            except NeedsPerson as error:
                advice = f"let the app read what {query.object} are made of: scope crm.schemas.{query.object}.read"
                raise NeedsPerson(error.where, error.what, advice, status=error.status) from error
            except Refused:
                self._holds_days[name] = False  # not known there: the search says what is wrong, if anything is
        return self._holds_days[name]


@dataclass
class _Sum:
    """What was found so far. `odd`: the first value that is no number, with its place."""

    objects: int = 0
    numbers: list[Decimal] = field(default_factory=list)
    odd: str = ""

    def take(self, record: Mapping[str, Any], name: str, aggregate: Aggregate) -> None:
        """One object's value. An object without one takes no part, as an empty cell does."""
        text = (record.get("properties") or {}).get(name)
        if text is None or str(text).strip() == "":
            return
        try:
            number = Decimal(str(text).strip())
        except InvalidOperation:
            number = Decimal("NaN")
        score = aggregate is not Aggregate.NPS or number in SCORES
        if not number.is_finite() or not score:
            what = "is no score from 0 to 10" if number.is_finite() else "is no number"
            self.odd = self.odd or f"{name} of {record.get('id', 'an object')} holds {str(text)[:40]!r}, which {what}"
            return
        self.numbers.append(number)

    def result(self, aggregate: Aggregate) -> Decimal | None:
        """The number; None where there is nothing to make it of."""
        if aggregate is Aggregate.COUNT:
            return Decimal(self.objects)
        if aggregate is Aggregate.SUM and not self.numbers:
            return Decimal(0)
        return aggregated(aggregate, self.numbers)


def _total(page: Mapping[str, Any], where: str) -> int:
    total = page.get("total")
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise Refused(where, "HubSpot's answer has no total", "run alignd doctor; if it is well, report it")
    return total


def _records(page: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    results = page.get("results")
    return [one for one in results if isinstance(one, dict)] if isinstance(results, list) else []


def _after(page: Mapping[str, Any]) -> str | None:
    following = (page.get("paging") or {}).get("next") or {}
    after = following.get("after")
    return str(after) if after else None
