"""Queries: what a KPI asks of a source, and what a source answers.

A query is the *definition* of a quantity (it is hashed into the KPI's definition); an `Ask` is a query for one
exact period; an `Answer` is what the source found, before anybody has decided whether it may be acted on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from mapping.periods import Period


class Match(StrEnum):
    """How a `where` condition compares a field with its values."""

    IS = "is"  # one value, or any of several
    BEGINS = "begins"
    CONTAINS = "contains"
    MATCHES = "matches"  # a regular expression


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a `where`: `field` compared with any of `values`; `negated` for `{not: …}`."""

    field: str
    match: Match
    values: tuple[str, ...]
    negated: bool = False


Where = tuple[Condition, ...]  # all must hold; sorted by field so that two spellings are one filter


class Aggregate(StrEnum):
    """How the rows of a period become one number."""

    SUM = "sum"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    COUNT = "count"
    LAST = "last"
    NPS = "nps"  # share of 9-10 minus share of 0-6, times 100


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """A metric over exactly the period, as GA4 counts it (never rebuilt from finer rows)."""

    source: str
    metric: str
    where: Where = ()


@dataclass(frozen=True, slots=True)
class TableQuery:
    """Rows of a table (a sheet range whose first row names its columns, or CSV files), aggregated over the period.

    `table` is None for a CSV source (its `path` is the table). `column` is None for count.
    `min_rows` rows are needed, else the number is flagged few_rows. `empty_is_zero` is the file's `empty: zero`.
    """

    source: str
    table: str | None
    date: str
    column: str | None
    aggregate: Aggregate
    where: Where = ()
    min_rows: int = 0
    empty_is_zero: bool = False


@dataclass(frozen=True, slots=True)
class MatrixQuery:
    """KPIs down, periods across: the cell where `row` meets the column of the period."""

    source: str
    matrix: str
    row: str


@dataclass(frozen=True, slots=True)
class CellQuery:
    """One cell. With `as_of` (a cell that holds a date) it is dated; without, it is a photograph."""

    source: str
    cell: str
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class CrmQuery:
    """Counts or sums of CRM objects by property filter and date property."""

    source: str
    object: str
    date: str
    aggregate: Aggregate
    property: str | None = None
    where: Where = ()


Query = MetricQuery | TableQuery | MatrixQuery | CellQuery | CrmQuery


@dataclass(frozen=True, slots=True)
class Ask:
    """A query for exactly one period. A cell's ask names the period that is running when it is looked at.

    `breakdown` asks, beside the value, for the value by one dimension (context for people, never judged).
    """

    query: Query
    period: Period
    breakdown: str | None = None


class Found(StrEnum):
    """What a source found, in its own terms."""

    VALUE = "value"
    ZERO = "zero"  # the source proves that it is zero (GA4: the same window without the filter has a value)
    ABSENT = "absent"  # nothing there; awaited or missing is decided later, by the clock
    UNTRUSTED = "untrusted"  # something is there that may not be believed; `note` names the place


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source found for one ask.

    `value`: as the source writes it, before the KPI's `scale`; None unless found is value or zero.
    `flags`: thresholded, sampled, other_row, truncated, restricted, few_rows.
    `newest`: the newest date of any row in the table, whatever the filter (tables only).
    `as_of`: the date in the `as_of` cell (dated cells only).
    `zone`: IANA zone the source reads dates in, if the source knows it (GA4: the property's); None: the workspace's.
    `note`: for people, why it is untrusted, with its place ("scorecard Spend!D14 holds #REF!").
    `origin`: for people, where it came from ("Google Analytics, property 123456789").
    `breakdown`: value by dimension value, largest first.
    """

    ask: Ask
    found: Found
    value: Decimal | None = None
    flags: frozenset[str] = frozenset()
    newest: date | None = None
    as_of: date | None = None
    zone: str | None = None
    note: str = ""
    origin: str = ""
    rows: int | None = None
    breakdown: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something at a vendor or in its data that a person should know, with what to do. Becomes a `problem`.

    `where`: the place ("scorecard Targets!C4", "web", "asana"). `asks`: the asks that got no answer because of it.
    `kind`: refused (needs a person), unreachable (try later), late (budget spent, goes on next cycle),
    bad_data (a cell or column), extra (an extra such as an assignee was refused), failed (one write was refused).
    """

    where: str
    what: str
    advice: str
    kind: str = "refused"
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """All that a source said in one cycle. An ask with neither an answer nor a trouble is a defect of the connector.

    `tables`: whole tables by range (targets_from), cells as they came: numbers stay numbers, text stays text.
    """

    answers: Mapping[Ask, Answer]
    troubles: tuple[Trouble, ...] = ()
    read_at: datetime | None = None
    tables: Mapping[str, tuple[tuple[object, ...], ...]] = field(default_factory=dict)
