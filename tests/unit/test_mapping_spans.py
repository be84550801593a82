"""Spans as the file writes them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.spans import Span, SpanUnit, elapsed, parse_span, say_span

spans = st.builds(Span, st.integers(-999, 999), st.sampled_from(SpanUnit))


@given(spans)
def test_a_span_said_in_words_reads_back(span: Span) -> None:
    assert parse_span(say_span(span)) == span


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("10m", 10, SpanUnit.MINUTES),
        ("48h", 48, SpanUnit.HOURS),
        ("14d", 14, SpanUnit.DAYS),
        ("2w", 2, SpanUnit.WEEKS),
        ("20 days", 20, SpanUnit.DAYS),
        ("1 week", 1, SpanUnit.WEEKS),
        ("3 business days", 3, SpanUnit.BUSINESS_DAYS),
        (" 1  Business  Day ", 1, SpanUnit.BUSINESS_DAYS),
        ("2 periods", 2, SpanUnit.PERIODS),
        ("-10 business days", -10, SpanUnit.BUSINESS_DAYS),
        ("+5 business days", 5, SpanUnit.BUSINESS_DAYS),
        ("1h", 1, SpanUnit.HOURS),
        ("30 minutes", 30, SpanUnit.MINUTES),
        ("0", 0, SpanUnit.DAYS),
    ],
)
def test_spans_in_letters_and_words(text: str, count: int, unit: SpanUnit) -> None:
    assert parse_span(text) == Span(count, unit)


@pytest.mark.parametrize(
    "text", ["", "2", "days", "2 months", "1.5 days", "2 weeks ago", "٣ days", "123456 days", "2ww"]
)
def test_what_is_no_span_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write a span like 10m, 48h, 14d, 2w, 20 days"):
        parse_span(text)


def test_elapsed_time_has_no_business_days_or_periods() -> None:
    assert elapsed(parse_span("48h")) == elapsed(parse_span("2 days")) == timedelta(days=2)
    assert elapsed(parse_span("90m")) == timedelta(hours=1, minutes=30)
    assert elapsed(parse_span("2w")) == timedelta(days=14)
    for text in ("3 business days", "2 periods"):
        with pytest.raises(ValueError, match="has no fixed length"):
            elapsed(parse_span(text))


def test_spans_are_said_in_the_singular_for_one() -> None:
    assert say_span(Span(1, SpanUnit.BUSINESS_DAYS)) == "1 business day"
    assert say_span(Span(48, SpanUnit.HOURS)) == "48 hours"
