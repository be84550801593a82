"""GA4's front door: properties, rights, quota, runReport, batchRunReports, metadata."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.sandbox.ga4.catalog import DIMENSIONS, METRICS
from connectors.sandbox.ga4.data import Property
from connectors.sandbox.ga4.filters import BadRequest
from connectors.sandbox.ga4.report import Switches, run
from connectors.sandbox.ga4.request import read_report
from connectors.sandbox.google import Credentials, error
from connectors.sandbox.windows import Window
from connectors.sandbox.wire import Answer, Call, Json, html_answer, json_answer

_REPORT = re.compile(r"/v1beta/properties/([^/:]+):(runReport|batchRunReports)")
_METADATA = re.compile(r"/v1beta/properties/([^/:]+)/metadata")
_LOST = "<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title><p><b>404.</b> That’s an error."
_NO_RIGHT = (
    "User does not have sufficient permissions for this property. To learn more about Property ID, see "
    "https://developers.google.com/analytics/devguides/reporting/data/v1/property-id."
)


class Ga4Api:
    """The stand-in. `properties` by id, `switches` Google's open questions, `credentials` who is let in."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self.now = now
        self.monotonic = monotonic
        self.properties: dict[str, Property] = {}
        self.switches = Switches()
        self.credentials = Credentials()
        self._spent: dict[str, Window] = {}

    def add_property(self, id: str, *, zone: str = "Africa/Johannesburg", currency: str = "ZAR") -> Property:  # noqa: A002
        """A property without data."""
        made = Property(id, ZoneInfo(zone), currency)
        self.properties[id] = made
        return made

    def handle(self, call: Call) -> Answer:
        """Answer one request."""
        report, metadata = _REPORT.fullmatch(call.path), _METADATA.fullmatch(call.path)
        if not ((report and call.method == "POST") or (metadata and call.method == "GET")):
            return html_answer(404, _LOST)
        refused = self.credentials.refusal(call, anonymous=401)
        if refused is not None:
            return refused
        match = report or metadata
        assert match is not None
        id_ = match.group(1)
        if not id_.isdigit():
            return error(400, f"Invalid property ID: {id_}. A numeric Property ID is required.")
        prop = self.properties.get(id_)
        if metadata and id_ == "0":
            return json_answer(200, _catalog("0", None))
        if prop is None or prop.forbidden:
            return error(403, _NO_RIGHT)
        if metadata:
            return json_answer(200, _catalog(id_, prop))
        try:
            body = call.json() or {}
            assert report is not None
            if report.group(2) == "runReport":
                return json_answer(200, self._report(prop, body, call))
            return json_answer(200, self._batch(prop, body, call))
        except BadRequest as bad:
            return error(400, str(bad))
        except ValueError:
            return error(400, "Invalid JSON payload received.")
        except _QuotaSpent:
            text = "Exhausted property tokens per hour. These quota tokens will return in under an hour."
            return error(429, text)

    def _batch(self, prop: Property, body: Json, call: Call) -> Json:
        asked = body.get("requests", [])
        if len(asked) > 5:
            raise BadRequest(f"Batch requests are limited to 5 requests. This batch has {len(asked)} requests.")
        for one in asked:
            if one.get("property") not in (None, "", f"properties/{prop.id}"):
                raise BadRequest("Every request in a batch must be for the batch's property.")
        reports = [self._report(prop, one, call) for one in asked]
        return {"reports": reports, "kind": "analyticsData#batchRunReports"}

    def _report(self, prop: Property, body: Json, call: Call) -> Json:
        report = read_report(prop, body, prop.today(self.now()))
        days = sum((r.last - r.first).days + 1 for r in report.ranges)
        tokens = 1 + len(report.metrics) // 3 + len(report.dimensions) + len(report.filtered) + days // 60
        limit = self.switches.tokens_per_hour
        hour = self._spent.setdefault(prop.id, Window(limit, 3600.0, self.monotonic, False))
        hour.limit = limit
        if not hour.take(tokens):
            raise _QuotaSpent
        number_enums = "enum-encoding=int" in (call.first("$alt") or call.first("alt") or "")
        answer = run(prop, report, self.switches, self.now(), number_enums=number_enums)
        if report.wants_quota:
            answer["propertyQuota"] = self._quota(tokens, hour.remaining)
        return answer

    def _quota(self, tokens: int, hour_left: int) -> Json:
        spent_today = self.switches.tokens_per_hour - hour_left
        return {
            "tokensPerDay": {"consumed": tokens, "remaining": max(0, self.switches.tokens_per_day - spent_today)},
            "tokensPerHour": {"consumed": tokens, "remaining": hour_left},
            "tokensPerProjectPerHour": {"consumed": tokens, "remaining": max(0, 14_000 - spent_today)},
            "concurrentRequests": {"consumed": 0, "remaining": 10},
            "serverErrorsPerProjectPerHour": {"consumed": 0, "remaining": 10},
            "potentiallyThresholdedRequestsPerHour": {"consumed": 0, "remaining": 120},
        }


class _QuotaSpent(Exception):
    """The property's tokens of this hour are gone."""


def _catalog(id_: str, prop: Property | None) -> Json:
    """Names, types and blocks, as getMetadata tells them."""
    metrics: list[Json] = []
    for metric in METRICS.values():
        if prop is not None and metric.name in prop.unknown_metrics:
            continue
        one: Json = {
            "apiName": metric.name, "uiName": metric.label, "description": f"{metric.label}.", "type": metric.kind,
            "category": metric.scope.capitalize(),
        }  # fmt: skip
        if metric.old_names:
            one["deprecatedApiNames"] = list(metric.old_names)
        if prop is not None and metric.name in prop.blocked_metrics:
            one["blockedReasons"] = ["NO_REVENUE_METRICS" if "Revenue" in metric.name else "NO_COST_METRICS"]
        metrics.append(one)
    names: dict[str, Any] = dict(DIMENSIONS)
    custom = prop.custom_dimensions if prop else frozenset()
    for name in custom:
        names[name] = "event"
    dimensions = [
        {"apiName": n, "uiName": n, "description": n, "category": str(s).capitalize(),
         **({"customDefinition": True} if n in custom else {})}
        for n, s in names.items()
    ]  # fmt: skip
    return {"name": f"properties/{id_}/metadata", "dimensions": dimensions, "metrics": metrics}
