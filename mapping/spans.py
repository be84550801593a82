"""Spans of time as the file writes them: 10m 48h 14d 2w, 20 days, 2 weeks, 3 business days, 2 periods."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
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


_LETTERS = {"m": SpanUnit.MINUTES, "h": SpanUnit.HOURS, "d": SpanUnit.DAYS, "w": SpanUnit.WEEKS}
_WORDS = {unit.value.removesuffix("s"): unit for unit in SpanUnit}
_SPAN = re.compile(r"([+\-−]?)\s*(\d{1,5})\s*([a-z]+(?:\s+[a-z]+)?)", re.ASCII)
_ADVICE = "write a span like 10m, 48h, 14d, 2w, 20 days, 2 weeks, 3 business days or 2 periods"


def parse_span(text: str) -> Span:
    """A span as the file writes it, any case. Raises ValueError that says what to write."""
    low = str(text).strip().lower()
    if low in ("0", "+0", "-0"):
        return Span(0, SpanUnit.DAYS)  # the one count that needs no unit ("0 = never")
    match = _SPAN.fullmatch(low)
    if match is None:
        raise ValueError(f"{str(text).strip()!r} is not a span: {_ADVICE}")
    word = " ".join(match[3].split())
    unit = _LETTERS.get(word) or _WORDS.get(word.removesuffix("s"))
    if unit is None:
        raise ValueError(f"{word!r} is no unit of time: {_ADVICE}")
    count = int(match[2])
    return Span(-count if match[1] in ("-", "−") else count, unit)


def say_span(span: Span) -> str:
    """The span in words, readable back by `parse_span`: "1 business day", "48 hours"."""
    word = span.unit.value.removesuffix("s") if abs(span.count) == 1 else span.unit.value
    return f"{span.count} {word}"


def elapsed(span: Span) -> timedelta:
    """The span as elapsed time, a day being 24 hours. Raises ValueError for periods and business days."""
    match span.unit:
        case SpanUnit.MINUTES:
            return timedelta(minutes=span.count)
        case SpanUnit.HOURS:
            return timedelta(hours=span.count)
        case SpanUnit.DAYS:
            return timedelta(days=span.count)
        case SpanUnit.WEEKS:
            return timedelta(weeks=span.count)
        case SpanUnit.BUSINESS_DAYS | SpanUnit.PERIODS:
            raise ValueError(f"{say_span(span)} has no fixed length; write minutes, hours, days or weeks")
