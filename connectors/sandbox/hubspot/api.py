"""HubSpot's front door: POST …/{object}/search and GET …/properties/{object}/{name}; tokens, scopes and limits.

Both forms of the path are answered, `/crm/v3/objects/…` and the dated `/crm/objects/2026-03/…`. Limits of "Search the
CRM": 200 objects a page, no paging beyond 10,000 (400), 5 groups of 6 filters and 18 in all, bodies of 3,000
characters, five searches a second; what was just made appears a moment later (`index_lag`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from connectors.sandbox.hubspot.filters import BadSearch, chosen
from connectors.sandbox.windows import Window
from connectors.sandbox.wire import Answer, Call, Json, html_answer, json_answer

_SEARCH = re.compile(r"/crm/(?:v3/objects|objects/\d{4}-\d{2}(?:-beta)?)/([^/]+)/search")
_PROPERTY = re.compile(r"/crm/(?:v3/properties|properties/\d{4}-\d{2}(?:-beta)?)/([^/]+)/([^/]+)")
PAGE, MOST, LONGEST_BODY = 200, 10_000, 3_000
USUAL: Mapping[str, Mapping[str, str]] = {
    "contacts": {"createdate": "datetime", "closedate": "datetime", "lastmodifieddate": "datetime", "email": "string",
                 "firstname": "string", "lastname": "string", "lifecyclestage": "enumeration"},
    "deals": {"createdate": "datetime", "closedate": "datetime", "hs_lastmodifieddate": "datetime", "amount": "number",
              "dealname": "string", "dealstage": "enumeration", "pipeline": "enumeration"},
    "companies": {"createdate": "datetime", "hs_lastmodifieddate": "datetime", "name": "string", "domain": "string",
                  "annualrevenue": "number"},
}  # fmt: skip


@dataclass
class Record:
    """One object of the CRM. `properties` as HubSpot keeps them: texts, instants in ISO 8601, days as YYYY-MM-DD."""

    id: str
    properties: dict[str, str | None]
    indexed_at: datetime
    archived: bool = False


@dataclass
class Switches:
    """Limits and open questions. Each can be set at any time."""

    searches_per_second: int | None = None  # 5 an account
    index_lag: timedelta = timedelta(0)  # "a few moments"
    exact_above_most: bool = True  # not documented: whether `total` is exact above 10,000
    reads_schemas: bool = True  # whether the app has the scopes crm.schemas.*.read


@dataclass
class HubspotApi:
    """The stand-in. `types`: the properties of each object and their types; `tokens`: who is let in (None: anybody)."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    types: dict[str, dict[str, str]] = field(default_factory=lambda: {kind: dict(one) for kind, one in USUAL.items()})
    records: dict[str, list[Record]] = field(default_factory=dict)
    tokens: set[str] | None = None
    forbidden: set[str] = field(default_factory=set)  # objects the app has no scope for
    switches: Switches = field(default_factory=Switches)

    def __post_init__(self) -> None:
        self._window = Window(5, 1.0, self.monotonic)
        self._last = 1000

    def add(self, kind: str, **properties: object) -> Record:
        """An object made now; it appears in searches after the index's lag. Dates and instants become texts."""
        self._last += 1
        known = self.types.setdefault(kind, {})
        for name, value in properties.items():
            known.setdefault(name, "datetime" if isinstance(value, datetime) else "string")
        texts = {name: _text(value) for name, value in properties.items()}
        record = Record(
            str(self._last), {**texts, "hs_object_id": str(self._last)}, self.now() + self.switches.index_lag
        )
        self.records.setdefault(kind, []).append(record)
        return record

    def handle(self, call: Call) -> Answer:
        """Answer one request."""
        search, named = _SEARCH.fullmatch(call.path), _PROPERTY.fullmatch(call.path)
        if search is None and named is None:
            return html_answer(404, "<html><head><title>404</title></head><body>resource not found</body></html>")
        refused = self._refusal(call)
        if refused is not None:
            return refused
        if search is not None and call.method == "POST":
            return self._search(search[1], call)
        if named is not None and call.method == "GET":
            return self._property(named[1], named[2])
        return error(405, "VALIDATION_ERROR", "Method Not Allowed")

    def _refusal(self, call: Call) -> Answer | None:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token or (self.tokens is not None and token not in self.tokens):
            text = "Authentication credentials not found. This API supports OAuth 2.0 authentication."
            return error(401, "INVALID_AUTHENTICATION", text)
        return None

    def _search(self, kind: str, call: Call) -> Answer:
        limit = self.switches.searches_per_second
        if limit is not None:
            self._window.limit = limit
            if not self._window.take():
                return rate_limited("SECONDLY")
        if kind not in self.types:
            return error(404, "OBJECT_NOT_FOUND", f"Unable to infer object type from: {kind}")
        if kind in self.forbidden:
            text = "This app hasn't been granted all required scopes to make this call."
            return error(403, "MISSING_SCOPES", text)
        if len(call.body) > LONGEST_BODY:
            return error(400, "VALIDATION_ERROR", "The request body is too long (max 3000 characters)")
        try:
            body = call.json() or {}
            found = chosen(self._visible(kind), body, self.types[kind])
            return json_answer(200, self._page(found, body))
        except BadSearch as bad:
            return error(400, "VALIDATION_ERROR", str(bad))
        except ValueError:
            return error(400, "VALIDATION_ERROR", "Invalid input JSON on line 1, column 1")

    def _visible(self, kind: str) -> list[Record]:
        now = self.now()
        return [one for one in self.records.get(kind, []) if not one.archived and one.indexed_at <= now]

    def _page(self, found: list[Record], body: Json) -> Json:
        limit, after = int(body.get("limit", 10)), int(body.get("after") or 0)
        if not 0 <= limit <= PAGE:
            raise BadSearch(f"limit must be between 0 and {PAGE}")
        if after + limit > MOST and after > 0:
            raise BadSearch("You've requested more results than can be paged through (10000)")
        some = found[after : after + limit]
        total = len(found) if self.switches.exact_above_most else min(len(found), MOST)
        answer: Json = {"total": total, "results": [self._shown(one, body.get("properties") or []) for one in some]}
        if after + limit < len(found) and some:
            answer["paging"] = {"next": {"after": str(after + limit)}}
        return answer

    def _shown(self, record: Record, wanted: list[str]) -> Json:
        named = {name: record.properties.get(name) for name in ["hs_object_id", "createdate", *wanted]}
        made = record.properties.get("createdate") or "2026-01-01T00:00:00Z"
        return {"id": record.id, "properties": named, "createdAt": made, "updatedAt": made, "archived": False}

    def _property(self, kind: str, name: str) -> Answer:
        if not self.switches.reads_schemas:
            text = "This app hasn't been granted all required scopes to make this call."
            return error(403, "MISSING_SCOPES", text)
        type_ = self.types.get(kind, {}).get(name)
        if type_ is None:
            return error(404, "OBJECT_NOT_FOUND", f'Property "{name}" does not exist')
        field_type = {"datetime": "date", "date": "date", "number": "number", "enumeration": "select"}.get(
            type_, "text"
        )
        return json_answer(200, {"name": name, "label": name, "type": type_, "fieldType": field_type})


def error(status: int, category: str, message: str) -> Answer:
    """An error in HubSpot's form."""
    body = {"status": "error", "message": message, "correlationId": "a43683b0-5717-4ceb-80b4-104d02915d8c"}
    return json_answer(status, {**body, "category": category})


def rate_limited(policy: str) -> Answer:
    """A 429 as searches answer it: without the headers that other calls have."""
    said = {"SECONDLY": "secondly", "TEN_SECONDLY_ROLLING": "ten_secondly_rolling", "DAILY": "daily"}[policy]
    body = {
        "status": "error",
        "message": f"You have reached your {said} limit.",
        "errorType": "RATE_LIMIT",
        "policyName": policy,
        "correlationId": "c033cdaa-2c40-4a64-ae48-b4cec88dad24",
    }
    return json_answer(429, body)


def _text(value: object) -> str | None:
    match value:
        case None:
            return None
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return str(value)
