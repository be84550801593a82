"""Running a report: facts of the days asked for, counted as Google counts them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.sandbox.ga4.catalog import METRICS, THRESHOLDED, base_columns
from connectors.sandbox.ga4.data import NOT_SET, Property, Table, seen_count, seen_users
from connectors.sandbox.ga4.order import in_order
from connectors.sandbox.ga4.request import Range, Report
from connectors.sandbox.wire import Json

TYPE_NUMBERS = {"TYPE_INTEGER": 1, "TYPE_FLOAT": 2, "TYPE_SECONDS": 4, "TYPE_STANDARD": 8, "TYPE_CURRENCY": 9}
AGGREGATIONS = {0: "", 1: "TOTAL", 5: "MINIMUM", 6: "MAXIMUM", 4: "COUNT"}
Key = tuple[str, ...]


@dataclass
class Switches:
    """Behaviours that Google's documents leave open. Each can be set at any time."""

    no_data: str = "no_rows"  # a dimensionless report without data: no_rows | zero_row
    fill_across_ranges: bool = False  # a combination that one range has stands as zeros in the others
    key_events_type: str = "TYPE_FLOAT"  # or TYPE_INTEGER
    totals_count_users_once: bool = True  # TOTAL of a user metric: distinct, or the sum of rows
    tokens_per_hour: int = 40_000
    tokens_per_day: int = 200_000


@dataclass
class Sums:
    """What adds up for one row: columns, and users as bits."""

    counts: dict[str, Decimal] = field(default_factory=dict)
    users: int = 0

    def add(self, other: Sums) -> None:
        for name, value in other.counts.items():
            self.counts[name] = self.counts.get(name, Decimal(0)) + value
        self.users |= other.users

    def metric(self, name: str) -> Decimal:
        """A metric's value: a sum, a distinct count or a ratio (0 of nothing)."""
        if name not in METRICS:
            return self.counts.get(name, Decimal(0))
        how = METRICS[name]
        if how.count == "sum":
            return self.counts.get(how.columns[0], Decimal(0))
        if how.count == "users":
            return Decimal(self.users.bit_count())
        above, below = self.metric(how.columns[0]), self.metric(how.columns[1])
        ratio = above / below if below else Decimal(0)
        return 1 - ratio if how.count == "complement" and below else ratio


@dataclass
class Row:
    """One row: its dimension values, the range it is of, its metrics."""

    key: Key
    range: Range
    values: dict[str, Decimal]


def run(prop: Property, report: Report, switches: Switches, now: datetime, *, number_enums: bool) -> Json:
    """The report's answer, as JSON."""
    parts = {one.name: _gather(prop, report, one, now) for one in report.ranges}
    rows = [row for row in _rows(prop, report, switches, parts) if report.having(_as_text(row))]
    combinations = list(dict.fromkeys(row.key for row in in_order(rows, report)))
    page = set(combinations[report.offset : report.offset + report.limit])
    shown = [row for row in in_order(rows, report) if row.key in page]
    answer: Json = {"metricHeaders": [_metric_header(m, switches, number_enums) for m in report.metrics]}
    headers = [*report.dimensions, *(["dateRange"] if report.names_range else [])]
    if headers:
        answer["dimensionHeaders"] = [{"name": name} for name in headers]
    if shown:
        answer["rows"] = [_write(report, row) for row in shown]
        answer["rowCount"] = len(combinations)
    for text in report.aggregations:
        kind = AGGREGATIONS.get(text, "") if isinstance(text, int) else str(text)
        if rows:
            answer[{"TOTAL": "totals", "MINIMUM": "minimums", "MAXIMUM": "maximums"}.get(kind, "counts")] = [
                _aggregate(report, switches, kind, one, rows, parts[one.name]) for one in report.ranges
            ]
    answer["metadata"] = _metadata(prop, report, bool(shown))
    answer["kind"] = "analyticsData#runReport"
    return answer


# ── counting ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _gather(prop: Property, report: Report, one: Range, now: datetime) -> dict[Key, Sums]:
    """Sums by dimension values, from the tables that know each metric."""
    wanted = {d for d in (*report.dimensions, *report.filtered) if d not in _OF_DATE and d != "dateRange"}
    by_table: dict[int, tuple[Table, set[str]]] = {}
    for metric in report.metrics:
        needed = base_columns(metric)
        table = prop.find_table(wanted, needed)
        if table is not None:
            by_table.setdefault(id(table), (table, set()))[1].update(needed)
    found: dict[Key, Sums] = {}
    for table, columns in by_table.values():
        for day in _days(table, one):
            share = prop.seen_share(day, now)
            if share > 0:
                _add_day(report, table, columns, day, share, found)
    return found


def _days(table: Table, one: Range) -> Iterable[date]:
    span = (one.last - one.first).days + 1
    if span > len(table.days):
        return sorted(d for d in table.days if one.first <= d <= one.last)
    every = (one.first + timedelta(days=n) for n in range(span))
    return (d for d in every if d in table.days)


def _add_day(
    report: Report, table: Table, columns: set[str], day: date, share: Decimal, found: dict[Key, Sums]
) -> None:  # fmt: skip
    dated = {name: write(day) for name, write in _OF_DATE.items() if name in {*report.dimensions, *report.filtered}}
    for fact in table.days[day]:
        values = {**fact.where, **dated}
        if not report.keeps(_Defaulting(values)):
            continue
        key = tuple(values.get(d) or NOT_SET for d in report.dimensions if d != "dateRange")
        counts = {c: seen_count(v, share) for c, v in fact.counts.items() if c in columns}
        users = seen_users(fact.users, share) if "users" in columns else 0
        found.setdefault(key, Sums()).add(Sums(counts, users))


class _Defaulting(dict[str, str]):
    """Dimension values of which a missing one reads "(not set)"."""

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002 - the default is GA4's own word
        return super().get(key) or NOT_SET


def _rows(prop: Property, report: Report, switches: Switches, parts: dict[str, dict[Key, Sums]]) -> list[Row]:
    keys = list(dict.fromkeys(k for found in parts.values() for k in found))
    if not report.dimensions and switches.no_data == "zero_row":
        keys = [()]
    filled = switches.fill_across_ranges or (not report.dimensions and switches.no_data == "zero_row")
    rows: list[Row] = []
    for one in report.ranges:
        for key in keys:
            sums = parts[one.name].get(key)
            if sums is None and not filled:
                continue
            values = {m: _value(prop, m, sums or Sums()) for m in report.metrics}
            if any(values.values()) or report.keep_empty or filled or prop.blocked_metrics & set(report.metrics):
                rows.append(Row(key, one, values))
    return rows


def _value(prop: Property, metric: str, sums: Sums) -> Decimal:
    return Decimal(0) if metric in prop.blocked_metrics else sums.metric(metric)


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _metric_header(name: str, switches: Switches, number_enums: bool) -> Json:
    kind = switches.key_events_type if name == "keyEvents" else METRICS[name].kind
    return {"name": name, "type": TYPE_NUMBERS[kind] if number_enums else kind}


def write_value(metric: str, value: Decimal) -> str:
    """Numbers travel as text: integers plain, others as a double prints."""
    if METRICS[metric].kind == "TYPE_INTEGER" or value == value.to_integral_value():
        return str(int(value))
    return repr(float(value))


def _as_text(row: Row) -> dict[str, str]:
    return {m: str(v) for m, v in row.values.items()}


def _write(report: Report, row: Row) -> Json:
    key = list(row.key)
    if "dateRange" in report.dimensions:
        key.insert(report.dimensions.index("dateRange"), row.range.name)
    elif report.names_range:
        key.append(row.range.name)
    answer: Json = {"metricValues": [{"value": write_value(m, row.values[m])} for m in report.metrics]}
    if key:
        answer["dimensionValues"] = [{"value": v} for v in key]
    return answer


def _aggregate(
    report: Report, switches: Switches, kind: str, one: Range, rows: list[Row], found: dict[Key, Sums]
) -> Json:  # fmt: skip
    mine = [row for row in rows if row.range is one]
    whole = Sums()
    for row in mine:
        whole.add(found.get(row.key, Sums()))
    values: list[Json] = []
    for metric in report.metrics:
        numbers = [row.values[metric] for row in mine] or [Decimal(0)]
        if kind == "MINIMUM":
            value = min(numbers)
        elif kind == "MAXIMUM":
            value = max(numbers)
        elif kind == "COUNT":
            value = Decimal(len(mine))
        elif METRICS[metric].count == "users" and not switches.totals_count_users_once:
            value = sum(numbers, Decimal(0))
        else:
            value = whole.metric(metric)
        values.append({"value": write_value(metric, value)})
    word = {"MINIMUM": "RESERVED_MIN", "MAXIMUM": "RESERVED_MAX", "COUNT": "RESERVED_COUNT"}.get(kind, "RESERVED_TOTAL")
    key = [word] * len(report.dimensions) + ([one.name] if report.names_range else [])
    return {"dimensionValues": [{"value": v} for v in key], "metricValues": values}


def _metadata(prop: Property, report: Report, any_rows: bool) -> Json:
    told = prop.metadata
    answer: Json = {"currencyCode": prop.currency, "timeZone": prop.zone.key}
    if told.data_loss_from_other_row:
        answer["dataLossFromOtherRow"] = True
    if told.subject_to_thresholding or THRESHOLDED & {*report.dimensions, *report.filtered}:
        answer["subjectToThresholding"] = True
    if told.sampling is not None:
        answer["samplingMetadatas"] = told.sampling
    if told.truncation is not None:
        answer["dataTruncationReasons"] = told.truncation
    if told.empty_reason is not None and not any_rows:
        answer["emptyReason"] = told.empty_reason
    blocked = sorted(prop.blocked_metrics & set(report.metrics))
    if told.schema_restriction is not None:
        answer["schemaRestrictionResponse"] = told.schema_restriction
    elif blocked:
        kinds = {m: "REVENUE_DATA" if "Revenue" in m else "COST_DATA" for m in blocked}
        answer["schemaRestrictionResponse"] = {
            "activeMetricRestrictions": [
                {"metricName": m, "restrictedMetricTypes": [kind]} for m, kind in kinds.items()
            ]
        }
    return answer


def _iso(day: date) -> tuple[int, int]:
    year, week, _ = day.isocalendar()
    return year, week


_OF_DATE: dict[str, Callable[[date], str]] = {
    "date": lambda d: d.strftime("%Y%m%d"),
    "year": lambda d: str(d.year),
    "month": lambda d: f"{d.month:02d}",
    "yearMonth": lambda d: f"{d.year}{d.month:02d}",
    "day": lambda d: f"{d.day:02d}",
    "dayOfWeek": lambda d: str(d.isoweekday() % 7),
    "isoYear": lambda d: str(_iso(d)[0]),
    "isoWeek": lambda d: f"{_iso(d)[1]:02d}",
    "isoYearIsoWeek": lambda d: f"{_iso(d)[0]}{_iso(d)[1]:02d}",
}
