"""One number, target or period, exact for machines and as people read it: what outputs in JSON are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Number:
    """One value of a KPI, exact, and as people read it ("1.6 %")."""

    value: Decimal | None
    said: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a period was judged against; `high` only for a range. `origin`: where it came from, in words."""

    low: Decimal | None
    high: Decimal | None
    said: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A period: the contract's label, its dates (both inclusive), and as people read it."""

    label: str
    first: date
    last: date
    said: str
