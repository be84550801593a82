"""Spans of time as the file writes them: 10m 48h 14d 2w, 20 days, 2 weeks, 3 business days, 2 periods."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SpanUnit(StrEnum):
    """What a span counts. Minutes and hours are elapsed time; the rest are calendar units."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    BUSINESS_DAYS = "business days"
    PERIODS = "periods"


@dataclass(frozen=True, slots=True)
class Span:
    """`count` of `unit`; may be negative where the file allows it (touchpoints)."""

    count: int
    unit: SpanUnit
