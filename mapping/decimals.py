"""Decimals: arithmetic wide enough not to round anything away, and the one way a decimal is written for machines."""

from __future__ import annotations

from contextlib import AbstractContextManager
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext

WIDE = Context(prec=50, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow])
_SHOWN = Context(prec=28, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, Overflow])


def wide() -> AbstractContextManager[Context]:
    """The 50-digit context that everything is computed in; results are cut to 28 digits only where they leave."""
    return localcontext(WIDE)


def plain_decimal(value: Decimal) -> str:
    """The contract's decimal string: at most 28 digits half even, no exponent, no trailing zeros, never "-0".

    Raises ValueError for NaN and infinities, which no reading may hold.
    """
    if not value.is_finite():
        raise ValueError(f"{value} is not a number")
    text = format(_SHOWN.plus(value), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def rounded(value: Decimal, places: int) -> Decimal:
    """`value` with exactly so many places, half even."""
    return value.quantize(Decimal((0, (1,), -places)), rounding=ROUND_HALF_EVEN, context=WIDE)
