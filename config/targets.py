"""Targets, tolerances and plausible ranges: amounts as written become exact values in the KPI's unit."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from config.checking import Checking
from config.problems import Trail, all_of
from config.queries import Queries
from config.shape.fields import Amount
from config.shape.kpis import KpiShape, TargetShape
from connectors.fields import shown
from mapping.kpis import Between, DatedTarget, Fixed, FromCell, Growth, TargetRule, Tolerance
from mapping.periods import Calendar, PeriodKind
from mapping.queries import CellQuery

_RULES = ("value", "between", "growth", "source", "cell")
_UNITS = {
    "count": "a count",
    "currency": "an amount of money",
    "seconds": "a time in seconds",
    "score": "a score",
    "ratio": "a ratio",
}
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)  # as much of Europe writes twelve thousand: 12.000
DEFAULT_TOLERANCE = Tolerance(Decimal("0.05"), relative=True)


class Targets:
    """Reads what one KPI should reach, complaining in its unit."""

    def __init__(
        self, checking: Checking, queries: Queries, calendar: Calendar, unit: str, period: PeriodKind, path: Trail
    ) -> None:
        self._checking, self._queries, self._calendar = checking, queries, calendar
        self._unit, self._period, self._path = unit, period, path

    def number(self, amount: Amount, path: Trail) -> Decimal | None:
        """An amount in the KPI's own unit: percent is written with %, nothing else is."""
        if self._unit == "percent":
            if amount.form == "percent":
                return amount.value
            self._checking.wrong(path, f"this KPI is a percentage, write it with %: {_as_percent(amount)}")
            return None
        if amount.form == "plain":
            if self._unit == "count" and _THOUSANDS.fullmatch(amount.written):
                meant = amount.written.replace(".", "")
                self._checking.warn(
                    path, f"{amount.written} is read as {amount.value.normalize():f}; for thousands write {meant}"
                )
            return amount.value
        whole = f"{amount.value.scaleb(2).normalize():f}"
        self._checking.wrong(
            path, f"this KPI is {_UNITS[self._unit]}, not a percentage, write {whole} (or unit: percent)"
        )
        return None

    def dated(self, entries: tuple[TargetShape, ...] | None) -> tuple[DatedTarget, ...]:
        """The entries by the day they begin on, the newest last."""
        listed: list[tuple[DatedTarget, Trail]] = []
        for index, entry in enumerate(entries or ()):
            path = (*self._path, "target", index)
            rule = self._rule(entry, path)
            if entry.first is not None and entry.last is not None and entry.last < entry.first:
                self._checking.wrong((*path, "to"), f"{entry.last} is before {entry.first}, write the later day")
            elif rule is not None:
                listed.append((DatedTarget(entry.first, entry.last, rule), path))
        listed.sort(key=lambda pair: pair[0].first or date.min)
        for (older, _), (newer, path) in pairwise(listed):
            self._refuse_overlap(older, newer, path)
        return tuple(entry for entry, _ in listed)

    def _refuse_overlap(self, older: DatedTarget, newer: DatedTarget, path: Trail) -> None:
        if older.first == newer.first:
            when = f"from {newer.first}" if newer.first else "without from:"
            self._checking.wrong(
                path, f"two targets {when}, write the day from which this one counts: from: 2026-09-01"
            )
        elif older.last is not None and newer.first is not None and older.last >= newer.first:
            day = newer.first - timedelta(days=1)
            self._checking.wrong(
                path, f"this target begins while the one before is in force until {older.last}, write to: {day} there"
            )

    def _rule(self, entry: TargetShape, path: Trail) -> TargetRule | None:
        given = [name for name in _RULES if getattr(entry, name) is not None]
        kinds = [name for name in given if name != "source"] or given
        if len(kinds) != 1 or ("source" in given and kinds != ["cell"] and kinds != ["source"]):
            self._say_mixed(given, path)
            return None
        if entry.over is not None and entry.growth is None:
            self._checking.wrong((*path, "over"), "over goes with growth, write {growth: 20%, over: previous_period}")
            return None
        match kinds[0]:
            case "value":
                value = self.number(entry.value, (*path, "value")) if entry.value is not None else None
                return Fixed(value) if value is not None else None
            case "between":
                return self._between(entry, path)
            case "growth":
                return self._growth(entry, path)
            case _:
                return self._from_cell(entry, path)

    def _say_mixed(self, given: list[str], path: Trail) -> None:
        advice = "write a number, {between: [low, high]}, {growth: 20%, over: previous_period} or {source: …, cell: …}"
        if given:
            self._checking.wrong(path, f"{all_of(given)} exclude each other, {advice}")
        elif not self._checking.said(path):
            self._checking.wrong(path, f"the target itself is missing, {advice}")

    def _between(self, entry: TargetShape, path: Trail) -> TargetRule | None:
        assert entry.between is not None
        ends = [self.number(end, (*path, "between", i)) for i, end in enumerate(entry.between)]
        low, high = ends
        if low is None or high is None:
            return None
        if low > high:
            first, second = (end.written for end in entry.between)
            self._checking.wrong((*path, "between"), f"the low end comes first, write [{second}, {first}]")
            return None
        return Between(low, high)

    def _growth(self, entry: TargetShape, path: Trail) -> TargetRule | None:
        assert entry.growth is not None
        if entry.growth.form != "percent":
            self._checking.wrong((*path, "growth"), f"growth is written with %, write {_as_percent(entry.growth)}")
            return None
        if entry.over is None and self._checking.said((*path, "over")):
            return None
        if entry.over is None:
            self._checking.wrong(
                path, "over is missing, write over: previous_period, over: same_period_last_year or over: {value: 9100}"
            )
            return None
        over = self._baseline(entry, path)
        return Growth(entry.growth.value, over) if over is not None else None

    def _baseline(self, entry: TargetShape, path: Trail) -> str | Decimal | None:
        over, here = entry.over, (*path, "over")
        if over is None or isinstance(over, str):
            return over
        if (over.value is None) == (over.period is None):
            self._checking.wrong(
                here, "a baseline is one number or one period, write {value: 9100} or {period: 2026-W10}"
            )
            return None
        if over.value is not None:
            return self.number(over.value, (*here, "value"))
        label = over.period or ""
        try:
            period = self._calendar.parse(label)
        except ValueError:
            period = None
        if period is None or period.kind is not self._period:
            example = self._calendar.containing(self._period, self._calendar_day()).label
            kind = self._period.value.replace("_", " ")
            self._checking.wrong((*here, "period"), f"{shown(label)} is not a {kind}, write one such as {example}")
            return None
        return f"period:{period.label}"

    def _calendar_day(self) -> date:
        return date(2026, 3, 4)

    def _from_cell(self, entry: TargetShape, path: Trail) -> TargetRule | None:
        if entry.source is None or entry.cell is None:
            gone = "source" if entry.source is None else "cell"
            self._checking.wrong(
                path, f'{gone} is missing, a target in a sheet is written {{source: scorecard, cell: "Targets!C4"}}'
            )
            return None
        kind = self._queries.kinds.get(entry.source, "")
        if kind == "":
            self._checking.refer((*path, "source"), entry.source, self._queries.kinds.keys(), "sources")
            return None
        if kind not in ("sheets", None):
            self._checking.wrong((*path, "source"), f"{entry.source} is a {kind} source, write one of kind sheets")
            return None
        self._queries.cell((*path, "cell"), entry.cell)
        return FromCell(CellQuery(entry.source, entry.cell))

    # ── tolerance and plausible ──────────────────────────────────────────────────────────────────────────────────

    def tolerance(self, shape: KpiShape, targets: tuple[DatedTarget, ...]) -> Tolerance:
        """How far short is still close."""
        amount, path = shape.tolerance, (*self._path, "tolerance")
        if amount is None:
            return DEFAULT_TOLERANCE
        tolerance = self.within(amount, path)
        if tolerance.relative and any(isinstance(entry.rule, Fixed) and entry.rule.value == 0 for entry in targets):
            example = "1 point" if self._unit == "percent" else "3"
            self._checking.wrong(path, f"a share of the target 0 is nothing, write an amount: {example}")
        return tolerance

    def within(self, amount: Amount, path: Trail) -> Tolerance:
        """How far two numbers of this KPI may be apart."""
        if amount.value < 0:
            self._checking.wrong(path, f"a tolerance is not below zero, write {amount.written.lstrip('-')}")
            return DEFAULT_TOLERANCE
        if amount.form == "percent":
            return Tolerance(amount.value, relative=True)
        if amount.form == "points" and self._unit != "percent":
            whole = f"{amount.value.scaleb(2).normalize():f}"
            self._checking.wrong(path, f"points are for percentages, write {whole} (in the unit) or {whole}%")
        elif amount.form == "plain" and self._unit == "percent":
            self._checking.wrong(
                path, f"say of what, write {amount.written}% (of the target) or {amount.written} points"
            )
        return Tolerance(amount.value, relative=False)

    def plausible(self, shape: KpiShape) -> tuple[Decimal, Decimal] | None:
        """The range in which a number is believed."""
        if shape.plausible is None:
            return None
        path = (*self._path, "plausible")
        low, high = (self.number(end, (*path, i)) for i, end in enumerate(shape.plausible))
        if low is None or high is None:
            return None
        if low >= high:
            first, second = (end.written for end in shape.plausible)
            self._checking.wrong(path, f"the low end comes first, write [{second}, {first}]")
        return low, high


def _as_percent(amount: Amount) -> str:
    """What the writer of a number without % most likely meant."""
    value = amount.value if amount.form == "plain" else amount.value.scaleb(2)
    if amount.form == "plain" and 0 < abs(value) < 1:
        return f"{value.scaleb(2).normalize():f}%"
    return f"{value.normalize():f}%"
