"""Readings: one KPI value for one period, with state, flags and when it was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from mapping.periods import Period


class State(StrEnum):
    """The contract's `state`. "Not read" is no reading at all."""

    VALUE = "value"
    ZERO = "zero"
    MISSING = "missing"
    UNTRUSTED = "untrusted"
    AWAITED = "awaited"


@dataclass(frozen=True, slots=True)
class Part:
    """One input of a formula, or the one query of a plain value, as it was read: for `why`, with its origin."""

    name: str
    value: Decimal | None
    state: State
    origin: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One KPI value for one period.

    `value` is scaled and exact (Decimal); None unless state is value or zero (an untrusted number keeps its value
    for show). `final`: the period is final, for missing and untrusted too. `definition`: hash of how it was counted.
    `background`: read at first sight, judged as if watched. `newest`: newest row of the table it came from.
    """

    kpi: str
    definition: str
    period: Period
    state: State
    value: Decimal | None
    final: bool
    read_at: datetime
    flags: frozenset[str] = frozenset()
    note: str = ""
    origin: str = ""
    parts: tuple[Part, ...] = ()
    breakdown: tuple[tuple[str, Decimal], ...] = ()
    background: bool = False
    newest: date | None = None

    @property
    def trusted(self) -> bool:
        return self.state in (State.VALUE, State.ZERO)


@dataclass(frozen=True, slots=True)
class Photograph:
    """What a cell held when it was looked at. `as_of` for dated cells, else None and `seen_at` decides its period."""

    source: str
    cell: str
    seen_at: datetime
    state: State
    value: Decimal | None
    as_of: date | None = None
    note: str = ""
