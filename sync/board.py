"""The alignment as a table for a spreadsheet: a row for each KPI, in the file's order. Pure.

Numbers are numbers and shares fractions, each with a format; days are ISO text, which sorts; all else is text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from connectors.base import Board
from mapping.alignment import Alignment, KpiPicture
from mapping.judgements import Judgement, Status
from mapping.kpis import Kpi, TargetValue, Unit
from mapping.queries import Aggregate, TableQuery
from mapping.runs import run_of
from mapping.texts.review_facts import Standing
from mapping.wording import show_period, show_target, show_value, status_word

Cell = str | Decimal | None

NUMBER, TARGET, SO_FAR, EXPECTED, STATUS, UPDATED = (
    "Number", "Target", "So far", "Expected so far", "Status", "Updated",
)  # fmt: skip
COLUMNS = (
    "KPI id", "KPI", NUMBER, TARGET, STATUS, "Since", "Period", "Owner", "Open item", "Due", "Link", SO_FAR, EXPECTED,
    UPDATED,
)  # fmt: skip
GONE = "no longer in the file"


def board_of(alignment: Alignment) -> Board:
    """What the tab shows."""
    return Board(
        columns=COLUMNS,
        rows={one.kpi.id: _row(one, alignment) for one in alignment.kpis},
        measured=(NUMBER, TARGET, SO_FAR, EXPECTED),
        patterns={one.kpi.id: pattern_of(one.kpi) for one in alignment.kpis},
        updated=UPDATED,
        gone={STATUS: GONE, UPDATED: _stamp(alignment)},
    )


def _row(picture: KpiPicture, alignment: Alignment) -> tuple[Cell, ...]:
    kpi, shown, item, pace = picture.kpi, picture.standing.shown, picture.item, picture.pace
    owner = alignment.people.get(kpi.owner or "")
    since = _since(picture.standing)
    return (
        kpi.id,
        kpi.name,
        shown.value if shown is not None else None,
        _target(kpi, shown.target if shown is not None else None),
        _status(picture.standing),
        since.isoformat() if since is not None else "",
        show_period(shown.period, date.min) if shown is not None else "",  # no reader's year: always with its own
        owner.name if owner is not None else "",
        item.title if item is not None else "",
        item.due.isoformat() if item is not None and item.due is not None else "",
        item.url if item is not None else "",
        pace.value if pace is not None else None,
        pace.expected if pace is not None else None,
        _stamp(alignment),
    )


def _stamp(alignment: Alignment) -> str:
    return f"{alignment.at:%Y-%m-%d %H:%M}"


def _target(kpi: Kpi, target: TargetValue | None) -> Cell:
    """A number; a range as people read it; nothing without one."""
    if target is None:
        return None
    return show_target(kpi, target) if target.is_range else target.low


def _status(standing: Standing) -> str:
    """ "below", "on target", "close (first count)", "no number yet, expected 2026-12-20"."""
    if standing.shown is None:
        return f"no number yet{_awaited(standing)}"
    word = status_word(standing.kpi, standing.shown)
    return f"{word} (first count)" if standing.is_first_count else word


def _awaited(standing: Standing) -> str:
    return f", expected {standing.expected.isoformat()}" if standing.expected is not None else ""


def _since(standing: Standing) -> date | None:
    """The first day of the first of the periods in a row that have stood as the one that is shown."""
    shown = standing.shown
    if shown is None:
        return None
    earlier: Sequence[Judgement] = [one for one in standing.history if one.period < shown.period]
    if shown.status is Status.OFF_TRACK:
        began = run_of([*earlier, shown]).began
        return (began or shown.period).first
    first = shown.period
    for one in reversed(earlier):
        if one.status is not shown.status or ("ahead" in one.flags) != ("ahead" in shown.flags):
            break
        first = one.period
    return first.first


def pattern_of(kpi: Kpi) -> str:
    """The number format of a KPI's cells. A count that is worked out, or a mean, may be broken: one decimal."""
    match kpi.unit:
        case Unit.PERCENT:
            return "0.0#%"
        case Unit.CURRENCY:
            return f'"{show_value(kpi, Decimal(0)).removesuffix("0")}"#,##0.00'
        case Unit.SECONDS:
            return '#,##0" s"'
        case Unit.RATIO | Unit.SCORE:
            return "0.00"
        case Unit.COUNT:
            means = isinstance(kpi.value, TableQuery) and kpi.value.aggregate not in (Aggregate.SUM, Aggregate.COUNT)
            return "#,##0.0" if kpi.value is None or means else "#,##0"
