"""Periods: the calendar spans that KPIs are judged on, and the calendar that makes them.

A period is whole calendar dates, both ends inclusive; which instant a date begins at is the business
of whoever reads it (a source reads dates in its own zone).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PeriodKind(StrEnum):
    """The kinds of period the file may name."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    FISCAL_QUARTER = "fiscal_quarter"
    FISCAL_YEAR = "fiscal_year"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One calendar span. Sorts by time; periods of one KPI never overlap.

    `label` is the contract's name of it: 2026-11-16, 2026-W46, 2026-11, 2026-Q4, 2026-H2, 2026, FY2027-Q3, FY2027.
    """

    first: date
    last: date
    kind: PeriodKind
    label: str

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last
