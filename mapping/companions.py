"""Companions: numbers beside a KPI's own, shown and never acted on: how many by now, what another source says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from mapping.kpis import TargetValue
from mapping.periods import Period
from mapping.readings import Reading


class Role(StrEnum):
    SO_FAR = "so_far"  # the running period, from its first day to the last day that is over
    SO_FAR_LAST_YEAR = "so_far_last_year"  # the same days of the same period last year
    LAST_YEAR = "last_year"  # that period whole
    OTHER = "other"  # `same_as`: the same quantity from the second source


@dataclass(frozen=True, slots=True)
class Companion:
    """One of them, as last read. `reading.definition`: hash of how it is counted, so that an edit asks anew."""

    kpi: str
    role: Role
    reading: Reading


@dataclass(frozen=True, slots=True)
class Pace:
    """A KPI within its running period, for show. `value`: from the period's first day to `until` (inclusive).

    `expected`: how many should be there by then, of `target`; None where that cannot be said.
    """

    period: Period
    until: date
    value: Decimal
    target: TargetValue | None
    expected: Decimal | None
    ahead: bool = False  # at or better than expected


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """Two sources of one quantity, of one final period. `source`, `other_source`: ids in the file."""

    period: Period
    value: Decimal
    other: Decimal
    source: str
    other_source: str
    agree: bool
