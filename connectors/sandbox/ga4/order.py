"""The order of a report's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.sandbox.ga4.filters import BadRequest, pick
from connectors.sandbox.ga4.request import Report
from connectors.sandbox.wire import Json

if TYPE_CHECKING:
    from connectors.sandbox.ga4.report import Row


def in_order(rows: list[Row], report: Report) -> list[Row]:
    """By `orderBys`; without them, the first metric from high to low, ranges as asked."""
    place = {one.name: n for n, one in enumerate(report.ranges)}
    ordered = sorted(rows, key=lambda r: (-r.values[report.metrics[0]], place[r.range.name], r.key))
    for how in reversed(report.order):
        ordered.sort(key=_key(how, report), reverse=bool(how.get("desc")))
    return ordered


def _key(how: Json, report: Report) -> Any:
    metric = how.get("metric")
    if metric is not None:
        name = str(pick(metric, "metricName", "metric_name"))
        if name not in report.metrics:
            raise BadRequest(f"Field {name} in the order must be one of the requested metrics.")
        return lambda row: row.values[name]
    dimension = str(pick(how.get("dimension") or {}, "dimensionName", "dimension_name"))
    if dimension == "dateRange":
        return lambda row: row.range.name
    if dimension not in report.dimensions:
        raise BadRequest(f"Field {dimension} in the order must be one of the requested dimensions.")
    spot = report.dimensions.index(dimension)
    return lambda row: row.key[spot]
