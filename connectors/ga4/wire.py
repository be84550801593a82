"""GA4's wire: a packed report as the vendor's request, the vendor's answer as a plain report. No network.

Answers are read by their headers, never by position: with one date range there is no `dateRange` column, with several
there is; metric values are strings in the order of `metricHeaders`; rows and metadata may be absent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connectors.ga4.packing import Spec, Window
from connectors.ga4.quota import Quota
from mapping.queries import Condition, Match, Where

MOST_ROWS = 10_000  # of a breakdown; the vendor's own default, far above what a person reads
_DATE_RANGE = "dateRange"


class Unreadable(ValueError):
    """The answer is not what the vendor documents."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its window, its value of the dimension (None without one) and the metrics as they were written."""

    window: Window
    dimension: str | None
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Truncation:
    """Why data is missing at the vendor; `ranges` are the dates concerned, empty: perhaps all."""

    message: str
    ranges: tuple[Window, ...] = ()

    def touches(self, window: Window) -> bool:
        return not self.ranges or any(first <= window[1] and window[0] <= last for first, last in self.ranges)


@dataclass(frozen=True, slots=True)
class Report:
    """One report as it was answered. `restricted`: metrics this credential's role may not see (GA4 sends zeros)."""

    rows: tuple[Row, ...]
    zone: str | None = None
    flags: frozenset[str] = frozenset()
    restricted: frozenset[str] = frozenset()
    truncations: tuple[Truncation, ...] = ()
    quota: Quota = field(default=Quota())


@dataclass(frozen=True, slots=True)
class Named:
    """A metric or dimension that the property has. `blocked`: why these credentials may not see it (zeros then)."""

    name: str
    formerly: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the property's metadata lists."""

    metrics: tuple[Named, ...]
    dimensions: tuple[Named, ...]


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────


def request_of(spec: Spec, property_: str) -> Any:
    """The RunReportRequest of a packed report."""
    from google.analytics.data_v1beta import types

    return types.RunReportRequest(
        property=property_,
        metrics=[types.Metric(name=metric) for metric in spec.metrics],
        dimensions=[types.Dimension(name=spec.group.dimension)] if spec.group.dimension else [],
        date_ranges=[
            types.DateRange(start_date=first.isoformat(), end_date=last.isoformat(), name=name_of(n))
            for n, (first, last) in enumerate(spec.windows)
        ],
        dimension_filter=_filter(spec.group.where) if spec.group.where else None,
        limit=MOST_ROWS,
        keep_empty_rows=False,
        return_property_quota=True,
    )


def spelled(body: bytes) -> bytes:
    """A request as Google's library wrote it, its match types in words as the REST documents have them.

    The library writes numbers (2 for BEGINS_WITH). Google takes either; who reads the documents knows the words.
    """
    from google.analytics.data_v1beta import types

    kinds = types.Filter.StringFilter.MatchType

    def with_words(found: dict[str, Any]) -> dict[str, Any]:
        if isinstance(kind := found.get("matchType"), int):
            found["matchType"] = kinds(kind).name
        return found

    return json.dumps(json.loads(body, object_hook=with_words)).encode()


def name_of(place: int) -> str:
    """A date range's name; the vendor reserves date_range_ and RESERVED_."""
    return f"window_{place}"


def _filter(where: Where) -> Any:
    from google.analytics.data_v1beta import types

    lines = [_condition(condition) for condition in where]
    if len(lines) == 1:
        return lines[0]
    return types.FilterExpression(and_group=types.FilterExpressionList(expressions=lines))


def _condition(condition: Condition) -> Any:
    """One line of a `where`. Letters' case makes no difference, as GA4's own default and as for tables."""
    from google.analytics.data_v1beta import types

    expression = types.FilterExpression
    if condition.match is Match.IS and len(condition.values) > 1:
        in_list = types.Filter.InListFilter(values=list(condition.values))
        held = expression(filter=types.Filter(field_name=condition.field, in_list_filter=in_list))
    else:
        held = _any_of([_text_filter(condition.field, condition.match, value) for value in condition.values])
    return expression(not_expression=held) if condition.negated else held


def _text_filter(name: str, match: Match, value: str) -> Any:
    from google.analytics.data_v1beta import types

    kinds = types.Filter.StringFilter.MatchType
    kind = {
        Match.IS: kinds.EXACT,
        Match.BEGINS: kinds.BEGINS_WITH,
        Match.CONTAINS: kinds.CONTAINS,
        Match.MATCHES: kinds.FULL_REGEXP,
    }[match]
    text = types.Filter.StringFilter(match_type=kind, value=value)
    return types.FilterExpression(filter=types.Filter(field_name=name, string_filter=text))


def _any_of(lines: list[Any]) -> Any:
    from google.analytics.data_v1beta import types

    if len(lines) == 1:
        return lines[0]
    return types.FilterExpression(or_group=types.FilterExpressionList(expressions=lines))


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def report_of(spec: Spec, answer: Any) -> Report:
    """The plain report of one RunReportResponse (the raw protobuf); raises Unreadable if it is not one for `spec`."""
    dimensions = [header.name for header in answer.dimension_headers]
    metrics = [header.name for header in answer.metric_headers]
    if answer.rows and not set(spec.metrics) <= set(metrics):
        raise Unreadable("a metric is missing in the answer")
    if answer.rows and len(spec.windows) > 1 and _DATE_RANGE not in dimensions:
        raise Unreadable("several date ranges were asked, and the rows do not say theirs")
    # a range without a name of its own is called date_range_0 and so on (DateRange.name)
    windows = {name: window for n, window in enumerate(spec.windows) for name in (name_of(n), f"date_range_{n}")}
    rows = tuple(_row(spec, dimensions, metrics, windows, row) for row in answer.rows)
    meta = answer.metadata
    restrictions = meta.schema_restriction_response.active_metric_restrictions
    return Report(
        rows=rows,
        zone=meta.time_zone or None,
        flags=frozenset(_flags(meta)),
        restricted=frozenset(limit.metric_name for limit in restrictions),
        truncations=tuple(_truncation(reason) for reason in meta.data_truncation_reasons),
        quota=_quota(answer.property_quota) if answer.HasField("property_quota") else Quota(),
    )


def _row(spec: Spec, dimensions: list[str], metrics: list[str], windows: Mapping[str, Window], row: Any) -> Row:
    named = [value.value for value in row.dimension_values]
    values = [value.value for value in row.metric_values]
    if len(named) != len(dimensions) or len(values) != len(metrics):
        raise Unreadable("a row does not fit its headers")
    by = dict(zip(dimensions, named, strict=True))
    window = windows.get(by[_DATE_RANGE]) if _DATE_RANGE in by else spec.windows[0]
    if window is None:
        raise Unreadable("a row of a date range that was not asked")
    dimension = spec.group.dimension
    if dimension is not None and dimension not in by:
        raise Unreadable("the dimension is missing in the answer")
    return Row(window, by[dimension] if dimension is not None else None, dict(zip(metrics, values, strict=True)))


def _flags(meta: Any) -> Iterable[str]:
    if meta.subject_to_thresholding:
        yield "thresholded"
    if len(meta.sampling_metadatas):
        yield "sampled"
    if meta.data_loss_from_other_row:
        yield "other_row"


def _truncation(reason: Any) -> Truncation:
    ranges = [_range(r.start_date, r.end_date) for r in reason.data_truncation_date_ranges]
    if not ranges and reason.data_truncation_date:  # "data before this date is truncated"
        ranges = [_range("", reason.data_truncation_date)]
    message = reason.data_truncation_message or "the property no longer has all data of these dates"
    return Truncation(message, tuple(r for r in ranges if r is not None) if all(ranges) else ())


def _range(first: str, last: str) -> Window | None:
    try:
        return (
            date.fromisoformat(first) if first else date.min,
            date.fromisoformat(last) if last else date.max,
        )
    except ValueError:
        return None


def _quota(told: Any) -> Quota:
    def left(name: str) -> int | None:
        return int(getattr(told, name).remaining) if told.HasField(name) else None

    return Quota(
        tokens_per_day=left("tokens_per_day"),
        tokens_per_hour=left("tokens_per_hour"),
        tokens_per_project_per_hour=left("tokens_per_project_per_hour"),
        concurrent_requests=left("concurrent_requests"),
        server_errors_per_project_per_hour=left("server_errors_per_project_per_hour"),
        potentially_thresholded_requests_per_hour=left("potentially_thresholded_requests_per_hour"),
        consumed=int(told.tokens_per_day.consumed),
    )


def catalogue_of(answer: Any) -> Catalogue:
    """The names in a Metadata answer."""
    return Catalogue(tuple(map(_named, answer.metrics)), tuple(map(_named, answer.dimensions)))


def _named(entry: Any) -> Named:
    blocked = tuple(reason.name for reason in getattr(entry, "blocked_reasons", ()))
    return Named(entry.api_name, tuple(entry.deprecated_api_names), blocked)
