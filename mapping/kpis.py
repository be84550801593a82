"""KPIs: the agreed definitions, their targets and the policy that follows them up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from mapping.periods import PeriodKind
from mapping.queries import CellQuery, Query, TableQuery
from mapping.spans import Span


class Unit(StrEnum):
    COUNT = "count"
    PERCENT = "percent"  # shown times 100; values are fractions
    CURRENCY = "currency"
    SECONDS = "seconds"
    SCORE = "score"
    RATIO = "ratio"


class Direction(StrEnum):
    UP = "up"  # more is better
    DOWN = "down"


# ── targets, as written ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Fixed:
    """`target: 12000`."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Between:
    """`target: {between: [2.0%, 4.5%]}`; low <= high."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Growth:
    """`target: {growth: 20%, over: …}`. `rate` 0.2 for 20 %.

    `over`: "previous_period", "same_period_last_year", a Decimal (fixed baseline), or "period:LABEL".
    """

    rate: Decimal
    over: str | Decimal


@dataclass(frozen=True, slots=True)
class FromCell:
    """`target: {source, cell}`: photographed; a period's target is the last one seen before it ended."""

    query: CellQuery


TargetRule = Fixed | Between | Growth | FromCell


@dataclass(frozen=True, slots=True)
class DatedTarget:
    """One entry of a dated target: the one in force on the period's first day counts. `last` inclusive, None: open."""

    first: date | None
    last: date | None
    rule: TargetRule
    agreed_by: str = ""


@dataclass(frozen=True, slots=True)
class TargetValue:
    """A target as it judged one period: a number, or a range. `said` tells people where it came from."""

    low: Decimal | None  # the number for a plain target, or the low end
    high: Decimal | None = None  # only for a range
    said: str = ""

    @property
    def is_range(self) -> bool:
        return self.high is not None


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far short is still "close": a share of |target| (relative) or an amount in the KPI's own unit."""

    amount: Decimal
    relative: bool


# ── policy ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Policy:
    """What happens when this KPI leaves its target, resolved for its period kind (see product.md, policy)."""

    breach_after: int = 1
    clear_after: int = 1
    recheck_after: int = 1
    escalate_after: int = 2
    no_data_after: int = 1
    due: Span | None = None
    on_recover: str = "comment"  # comment | complete_if_untouched | complete
    reopen_within: Span | None = None
    escalate: str = "review"  # review | follow
    evaluation: str = "review"  # review | task | off
    ask: tuple[str, ...] = ()
    max_open: int = 5
    on_no_data: str = "task"  # task | report


@dataclass(frozen=True, slots=True)
class Agreed:
    on: date
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """Read and shown, not judged: any period that has one of these days is paused. Both ends inclusive."""

    first: date
    last: date
    why: str = ""
    by: str | None = None


@dataclass(frozen=True, slots=True)
class SameAs:
    """A second source of the same quantity, and how far the two may differ (relative: of this KPI's own value)."""

    query: Query
    within: Tolerance


@dataclass(frozen=True, slots=True)
class Kpi:
    """One agreed definition. Exactly one of `value` and `formula` is set.

    `inputs` maps a name of the formula to a query, or to the id of another KPI (taken for this KPI's period).
    `targets`: dated entries, newest last; a plain target is one entry without dates; empty: no target agreed.
    `pace`: how a running period is looked at, "even" or "like_last_year"; `same_as`: shown, not acted on; neither is
    part of the definition. `place`: position in the file, the last tie-break of every order.
    """

    id: str
    name: str
    period: PeriodKind
    owner: str | None = None
    data_owner: str | None = None
    definition: str | None = None
    agreed: Agreed | None = None
    stage: str | None = None
    unit: Unit = Unit.COUNT
    currency: str | None = None
    scale: Decimal = Decimal(1)
    direction: Direction = Direction.UP
    value: Query | None = None
    formula: str | None = None
    inputs: Mapping[str, Query | str] = field(default_factory=dict)
    breakdown: str | None = None
    targets: tuple[DatedTarget, ...] = ()
    tolerance: Tolerance = Tolerance(Decimal("0.05"), True)
    plausible: tuple[Decimal, Decimal] | None = None
    needs: tuple[str, ...] = ()
    explained_by: tuple[str, ...] = ()
    paused: tuple[Pause, ...] = ()
    late_after: Span | None = None
    policy: Policy = Policy()
    was: str | None = None
    pace: str | None = None
    same_as: SameAs | None = None
    place: int = 0

    def queries(self) -> tuple[Query, ...]:
        """Every query this KPI's value is made of, its own first; bare-name inputs are other KPIs' business."""
        own = (self.value,) if self.value is not None else ()
        return own + tuple(q for q in self.inputs.values() if not isinstance(q, str))


@dataclass(frozen=True, slots=True)
class Goal:
    """A node of the goal tree. `depth` 0 is a root; `parent` is None there. `kpis` are its own, not its children's."""

    id: str
    title: str
    owner: str | None
    by: date | None
    kpis: tuple[str, ...]
    parent: str | None
    depth: int


@dataclass(frozen=True, slots=True)
class SourceTerms:
    """What the file says of a source that decides when its numbers count. Identity is hashed into definitions.

    `identity`: what the numbers come from ("ga4:123456789", "sheets:1AbC…", "csv:data/mailings-*.csv"), no endpoint.
    """

    id: str
    kind: str
    identity: str
    settle_after: Span
    late_after: Span
    reread: Span
    refresh: Span


@dataclass(frozen=True, slots=True)
class TargetsTable:
    """`targets_from`: a sheet table with columns kpi, from, to, target, agreed by."""

    query: TableQuery


def queries_of(kpi: Kpi, kpis: Mapping[str, Kpi]) -> tuple[Query, ...]:
    """Every query that this KPI's value takes, those of KPIs it names as inputs included, each once."""
    found: dict[Query, None] = dict.fromkeys(kpi.queries())
    for entry in kpi.inputs.values():
        if isinstance(entry, str):
            found.update(dict.fromkeys(queries_of(kpis[entry], kpis)))
    return tuple(found)
