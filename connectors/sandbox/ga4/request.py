"""A report request, read and checked against the API's limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from connectors.sandbox.ga4.catalog import DIMENSIONS, METRICS, base_columns
from connectors.sandbox.ga4.data import Property
from connectors.sandbox.ga4.filters import BadRequest, Test, compile_filter, fields_of, pick
from connectors.sandbox.wire import Json

SCHEMA = "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema"
EXPLORER = "https://ga-dev-tools.google/ga4/dimensions-metrics-explorer/"


@dataclass(frozen=True, slots=True)
class Range:
    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Report:
    """What is asked, checked. `filtered` are the dimensions that the filter names."""

    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    ranges: tuple[Range, ...]
    keeps: Test
    having: Test
    filtered: frozenset[str]
    limit: int
    offset: int
    keep_empty: bool
    wants_quota: bool
    order: tuple[Json, ...]
    aggregations: tuple[Any, ...]

    @property
    def names_range(self) -> bool:
        """Whether rows carry the range they are of."""
        return len(self.ranges) > 1

    @property
    def columns(self) -> set[str]:
        """The stored columns that the metrics need."""
        return {c for m in self.metrics for c in base_columns(m)}


def read_report(prop: Property, body: Json, today: date) -> Report:
    """Raises BadRequest with Google's words for what it refuses."""
    dimensions = tuple(str(d.get("name", "")) for d in body.get("dimensions", []))
    metrics = tuple(str(m.get("name", "")) for m in body.get("metrics", []))
    if len(dimensions) > 9:
        raise BadRequest("Requests are limited to 9 dimensions. This request is for "
                         f"{len(dimensions)} dimensions.")  # fmt: skip
    if len(metrics) > 10:
        raise BadRequest(f"Requests are limited to 10 metrics. This request is for {len(metrics)} metrics.")
    if not metrics:
        raise BadRequest("A dimension or metric is required in the request.")
    for name in metrics:
        if name not in METRICS or name in prop.unknown_metrics:
            raise BadRequest(_unknown(name, "metric", METRICS))
    known = {d for t in prop.tables for d in t.dimensions} | set(DIMENSIONS) | prop.custom_dimensions
    by_dimension = pick(body, "dimensionFilter", "dimension_filter")
    by_metric = pick(body, "metricFilter", "metric_filter")
    filtered = frozenset(fields_of(by_dimension))
    for name in (*dimensions, *filtered):
        if name not in known and name != "dateRange":
            raise BadRequest(_unknown(name, "dimension", known))
    if len(set(dimensions)) < len(dimensions) or len(set(metrics)) < len(metrics):
        raise BadRequest("A dimension or metric may be requested only once.")
    for name in fields_of(by_metric):
        if name not in metrics:
            raise BadRequest(f"Field {name} in the metric filter must be one of the requested metrics.")
    if prop.blocked_metrics & set(fields_of(by_metric)):
        raise BadRequest("Metric filters may not name a metric this user may not see.")
    _compatible(metrics, (*dimensions, *filtered))
    return Report(
        dimensions, metrics, _ranges(pick(body, "dateRanges", "date_ranges") or [], today),
        compile_filter(by_dimension), compile_filter(by_metric), filtered,
        _int(body, "limit", 10_000), _int(body, "offset", 0),
        bool(pick(body, "keepEmptyRows", "keep_empty_rows")),
        bool(pick(body, "returnPropertyQuota", "return_property_quota")),
        tuple(pick(body, "orderBys", "order_bys") or ()),
        tuple(pick(body, "metricAggregations", "metric_aggregations") or ()),
    )  # fmt: skip


def _unknown(name: str, kind: str, known: Any) -> str:
    near = next((k for k in sorted(known) if k.lower().rstrip("s") == name.lower().rstrip("s")), None)
    hint = f"Did you mean {near}? " if near else ""
    return (
        f"{hint}Field {name} is not a valid {kind}. For a list of valid dimensions and metrics, see {SCHEMA} "
    )  # fmt: skip


def _compatible(metrics: tuple[str, ...], dimensions: tuple[str, ...]) -> None:
    """Item-scoped fields go with item-scoped and event-scoped ones only."""
    items = [m for m in metrics if METRICS[m].scope == "item"] + [
        d for d in dimensions if DIMENSIONS.get(d) == "item"
    ]  # fmt: skip
    others = [m for m in metrics if METRICS[m].scope in ("session", "user")] + [
        d for d in dimensions if DIMENSIONS.get(d) == "session"
    ]
    if items and others:
        raise BadRequest(
            f"Please remove {', '.join(others)} to make the request compatible. The request's dimensions & metrics "
            f"are incompatible. To learn more, see {EXPLORER}"
        )


def _int(body: Json, name: str, default: int) -> int:
    value = body.get(name)
    if value in (None, ""):
        return default
    try:
        number = int(str(value))
    except ValueError:
        raise BadRequest(f'Invalid value at "{name}" (TYPE_INT64), "{value}"') from None
    if name == "limit" and not 1 <= number <= 250_000:
        raise BadRequest(f"Limit must be greater than 0 and at most 250000, got {number}.")
    if number < 0:
        raise BadRequest(f"Offset must not be negative, got {number}.")
    return number


def _ranges(given: list[Json], today: date) -> tuple[Range, ...]:
    if not given:
        raise BadRequest("At least one dateRange is required.")
    if len(given) > 4:
        raise BadRequest(f"Requests are limited to 4 date ranges. This request is for {len(given)} date ranges.")
    ranges: list[Range] = []
    for place, one in enumerate(given):
        name = str(one.get("name") or f"date_range_{place}")
        if one.get("name") and name.startswith(("date_range_", "RESERVED_")):
            raise BadRequest(f"Date range name {name} may not begin with date_range_ or RESERVED_.")
        first = _day(pick(one, "startDate", "start_date"), today)
        last = _day(pick(one, "endDate", "end_date"), today)
        if first > last:
            raise BadRequest(f"startDate {first} must not be after endDate {last}.")
        ranges.append(Range(name, first, last))
    if len({r.name for r in ranges}) < len(ranges):
        raise BadRequest("Date range names must be unique.")
    return tuple(ranges)


def _day(text: Any, today: date) -> date:
    if text == "today":
        return today
    if text == "yesterday":
        return today - timedelta(days=1)
    if isinstance(text, str) and (match := re.fullmatch(r"(\d{1,4})daysAgo", text)):
        return today - timedelta(days=int(match.group(1)))
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise BadRequest(f"Invalid date: {text}. Dates must be YYYY-MM-DD, NdaysAgo, yesterday or today.")
