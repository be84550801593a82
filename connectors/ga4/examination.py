"""What `alignd doctor` says of a GA4 property: access, zone, quota, and every metric and dimension by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches

from connectors.base import Finding
from connectors.errors import VendorError
from connectors.ga4.client import Ga4Client
from connectors.ga4.packing import Cell, pack
from connectors.ga4.wire import Named
from mapping.queries import Ask, MetricQuery

_A_DAY = date(2024, 1, 1)  # any that every property may be asked for (GA4's data begin no earlier than 2015-08-14)


def examine(client: Ga4Client, source: str, asks: Sequence[Ask]) -> list[Finding]:
    """Two requests: the metadata, and one small report for zone and quota."""
    try:
        catalogue = client.catalogue()
    except VendorError as error:
        return [Finding(source, error.what, False, error.advice)]
    findings = [Finding(source, f"credentials accepted, {len(catalogue.metrics)} metrics to read", True)]
    metrics, fields = _names(asks)
    findings += [_look_up(source, "metric", name, catalogue.metrics) for name in metrics]
    findings += [_look_up(source, "dimension", name, catalogue.dimensions) for name in fields]
    well = {finding.what.split()[1] for finding in findings[1:] if finding.ok}
    return findings + _probe(client, source, next((m for m in metrics if m in well), "activeUsers"))


def _names(asks: Iterable[Ask]) -> tuple[list[str], list[str]]:
    metrics: dict[str, None] = {}
    fields: dict[str, None] = {}
    for ask in asks:
        if isinstance(ask.query, MetricQuery):
            metrics[ask.query.metric] = None
            fields.update(dict.fromkeys(condition.field for condition in ask.query.where))
            fields.update({ask.breakdown: None} if ask.breakdown else {})
    return list(metrics), list(fields)


def _look_up(source: str, kind: str, name: str, listed: Sequence[Named]) -> Finding:
    by_name = {entry.name: entry for entry in listed}
    base = name.partition(":")[0]  # sessionKeyEventRate:purchase
    found = by_name.get(name) or (by_name.get(base) if kind == "metric" and base != name else None)
    if found is not None and found.blocked:
        why = ", ".join(found.blocked)
        mend = "give the credentials a role that may see it (cost, revenue); Google sends zeros until then"
        return Finding(source, f"{kind} {name} is blocked for these credentials ({why})", False, mend)
    if found is not None:
        return Finding(source, f"{kind} {name} is there", True)
    now = next((entry.name for entry in listed if name in entry.formerly), None)
    if now is not None:
        return Finding(source, f"{kind} {name} has been renamed", False, f"write {now}")
    lower = {known.lower(): known for known in by_name}
    near = get_close_matches(name.lower(), list(lower), 1)
    mend = f"did you mean {lower[near[0]]}?" if near else "names are in Google's API schema; letters' case counts"
    return Finding(source, f"{kind} {name} is not in this property", False, mend)


def _probe(client: Ga4Client, source: str, metric: str) -> list[Finding]:
    try:
        report = client.batch(pack([Cell(metric, (_A_DAY, _A_DAY))]))[0]
    except VendorError as error:
        return [Finding(source, f"a report of {metric}: {error.what}", False, error.advice)]
    low = report.quota.low()
    mend = f"less than a tenth of the {low}'s tokens is left: reading stops until they are back" if low else ""
    return [
        Finding(source, f"time zone of the property: {report.zone or 'not told'}", True),
        Finding(source, f"quota {report.quota}", low is None, mend),
    ]
