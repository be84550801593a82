"""Decimals as machines read them, and arithmetic that rounds nothing away."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.decimals import plain_decimal, rounded, wide

numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e30"), max_value=Decimal("1e30"))


@given(numbers)
def test_a_plain_decimal_has_no_exponent_no_trailing_zeros_and_at_most_28_digits(value: Decimal) -> None:
    text = plain_decimal(value)
    assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d*[1-9])?", text)
    assert text != "-0"
    significant = text.lstrip("-").replace(".", "").strip("0")
    assert len(significant) <= 28


@given(st.integers(-(10**27), 10**27), st.integers(0, 20))
def test_up_to_28_digits_nothing_is_lost(digits: int, places: int) -> None:
    value = Decimal(digits).scaleb(-places)
    assert Decimal(plain_decimal(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("8200", "8200"),
        ("0.0160", "0.016"),
        ("12000.00", "12000"),
        ("-0", "0"),
        ("-0.000", "0"),
        ("1E+3", "1000"),
        ("1E-7", "0.0000001"),
        ("-3.50", "-3.5"),
        ("1.0000000000000000000000000005", "1"),  # a tie at the 28th digit goes to the even one
        ("1.0000000000000000000000000015", "1.000000000000000000000000002"),
    ],
)
def test_plain_decimals(value: str, text: str) -> None:
    assert plain_decimal(Decimal(value)) == text


def test_what_is_not_a_number_is_not_written() -> None:
    for text in ("NaN", "Infinity", "-Infinity"):
        with pytest.raises(ValueError, match="is not a number"):
            plain_decimal(Decimal(text))


def test_sums_keep_every_digit_of_large_and_small_together() -> None:
    with wide():
        assert Decimal("12345678901234567890123") + Decimal("0.12345678901234567890") == Decimal(
            "12345678901234567890123.12345678901234567890"
        )


def test_rounded_is_half_even() -> None:
    assert rounded(Decimal("0.00005"), 4) == Decimal("0.0000")
    assert rounded(Decimal("0.00015"), 4) == Decimal("0.0002")
    assert str(rounded(Decimal(0), 4)) == "0.0000"
