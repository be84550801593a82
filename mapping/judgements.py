"""Judgements and episodes: the record of what each final period was found to be, and what followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from mapping.kpis import TargetValue
from mapping.periods import Period


class Status(StrEnum):
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"  # people read: close
    OFF_TRACK = "off_track"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one value against one target: exact; `gap` for show (4 places, half even, None at target 0).

    `reason` says in words why the status is unknown. `ahead`: 20 % and more better than target. `short`: in the unit.
    """

    status: Status
    target: TargetValue | None
    gap: Decimal | None
    short: Decimal | None
    ahead: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A final period, judged once and kept; a correction is a second judgement of the same period (`corrects`)."""

    kpi: str
    definition: str
    period: Period
    status: Status
    value: Decimal | None
    target: TargetValue | None
    gap: Decimal | None
    judged_at: datetime
    flags: frozenset[str] = frozenset()
    reason: str = ""
    background: bool = False
    corrects: bool = False
    state: str = "value"


class EpisodeEnd(StrEnum):
    RECOVERED = "recovered"
    REDEFINED = "redefined"


@dataclass(frozen=True, slots=True)
class Episode:
    """A KPI's time from breach to recovery: a record, not a recomputation.

    `opened`: the breach_after-th final off-track period, which names it for good. `began`: the first period of the
    run. `closed`: the period that closed it. `background`: it opened in the history read at first sight.
    """

    kpi: str
    definition: str
    opened: Period
    began: Period
    opened_at: datetime
    closed: Period | None = None
    closed_at: datetime | None = None
    end: EpisodeEnd | None = None
    background: bool = False

    @property
    def is_open(self) -> bool:
        return self.end is None
