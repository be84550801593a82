"""A KPI of the file becomes the domain's: its queries, formula, targets and policy, each part checked in its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from config.checking import Checking
from config.policies import resolve
from config.problems import Trail
from config.queries import Queries
from config.shape.fields import Shape
from config.shape.kpis import KpiShape, PausedShape, ValueShape
from config.shape.who import PolicyShape
from config.targets import Targets
from connectors.fields import shown
from mapping.formulas import FUNCTIONS, FormulaError, parse_formula
from mapping.kpis import Agreed, Direction, Kpi, Pause, SameAs, Unit
from mapping.people import Person, Team, lead_of_section
from mapping.periods import Calendar
from mapping.queries import MetricQuery, Query

_INPUT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class KpiReader:
    """Turns shapes into KPIs. `ids`: all KPIs of the file, also those that are wrong."""

    checking: Checking
    queries: Queries
    calendar: Calendar
    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    ids: Collection[str]
    policies: tuple[PolicyShape, ...]

    def read(self, name: str, shape: KpiShape, place: int) -> Kpi:
        """The KPI; parts that are wrong are said and left out."""
        path: Trail = ("kpis", name)
        self._check_references(shape, path, name)
        value, inputs = self._counted(shape, path)
        self._check_money(shape, path)
        targets = Targets(self.checking, self.queries, self.calendar, shape.unit, shape.period, path)
        dated = targets.dated(shape.target)
        if shape.scale == 0:
            self.checking.wrong((*path, "scale"), "a scale of 0 makes every number 0, write for example 0.01")
        return Kpi(
            id=name,
            name=shape.name,
            period=shape.period,
            owner=shape.owner,
            data_owner=self._data_owner(shape),
            definition=shape.definition,
            agreed=Agreed(shape.agreed.on, shape.agreed.by) if shape.agreed else None,
            stage=shape.stage,
            unit=Unit(shape.unit),
            currency=shape.currency,
            scale=shape.scale if shape.scale is not None else Decimal(1),
            direction=Direction(shape.direction),
            value=value,
            formula=shape.formula if shape.value is None else None,
            inputs=inputs,
            breakdown=shape.breakdown,
            targets=dated,
            tolerance=targets.tolerance(shape, dated),
            plausible=targets.plausible(shape),
            needs=shape.needs,
            explained_by=shape.explained_by,
            paused=tuple(self._pause(pause, (*path, "paused", i)) for i, pause in enumerate(shape.paused)),
            late_after=shape.late_after,
            policy=resolve((shape.policy, *self.policies), shape.period),
            was=shape.was,
            pace=shape.pace,
            same_as=self._same_as(shape, targets, path),
            place=place,
        )

    def _same_as(self, shape: KpiShape, targets: Targets, path: Trail) -> SameAs | None:
        if shape.same_as is None:
            return None
        query = self.queries.of(shape.same_as.value, (*path, "same_as", "value"))
        return SameAs(query, targets.within(shape.same_as.within, (*path, "same_as", "within"))) if query else None

    def _check_references(self, shape: KpiShape, path: Trail, name: str) -> None:
        refer, others = self.checking.refer, [one for one in self.ids if one != name]
        refer((*path, "owner"), shape.owner, self.people, "people")
        refer((*path, "data_owner"), shape.data_owner, self.people, "people")
        if shape.agreed is not None:
            refer((*path, "agreed", "by"), shape.agreed.by, self.people, "people")
        for key, ids in (("needs", shape.needs), ("explained_by", shape.explained_by)):
            for index, one in enumerate(ids):
                if one == name:
                    self.checking.wrong((*path, key, index), f"{name} cannot stand under its own {key}, remove it")
                else:
                    refer((*path, key, index), one, others, "kpis")
        refer((*path, "policy", "ask"), shape.policy.ask, self.teams, "teams")
        if shape.was is not None and shape.was in self.ids:
            self.checking.wrong(
                (*path, "was"),
                f"{shape.was} is still a KPI of this file, remove that one, or this line if they are two",
            )

    def _data_owner(self, shape: KpiShape) -> str | None:
        if shape.data_owner is not None:
            return shape.data_owner
        return lead_of_section("m_and_e", self.teams) or shape.owner

    def _pause(self, pause: PausedShape, path: Trail) -> Pause:
        self.checking.refer((*path, "by"), pause.by, self.people, "people")
        refuse_backwards(pause, path, self.checking)
        return Pause(pause.first, pause.last, pause.why or "", pause.by)

    def _check_money(self, shape: KpiShape, path: Trail) -> None:
        if shape.unit == "currency":
            if shape.currency is None:
                self.checking.wrong(path, "currency is missing, write its three letters: currency: ZAR", at_key=True)
            elif not re.fullmatch(r"[A-Z]{3}", shape.currency, re.ASCII):
                upper = shape.currency.upper()
                mend = upper if re.fullmatch(r"[A-Z]{3}", upper, re.ASCII) else "its three letters: ZAR, EUR, USD"
                self.checking.wrong((*path, "currency"), f"{shown(shape.currency)} is not a currency, write {mend}")
        elif shape.currency is not None:
            self.checking.wrong((*path, "currency"), "a currency goes with unit: currency, write that or remove this")

    # ── how it is counted ────────────────────────────────────────────────────────────────────────────────────────

    def _counted(self, shape: KpiShape, path: Trail) -> tuple[Query | None, dict[str, Query | str]]:
        if shape.value is not None and shape.formula is not None:
            self.checking.wrong((*path, "formula"), "value and formula exclude each other, keep one", at_key=True)
        elif not any(self.checking.has((*path, key)) for key in ("value", "formula", "inputs")):
            example = "value: {source: web, metric: sessions}, or formula: a / b with inputs:"
            self.checking.wrong(path, f"nothing says how it is counted, write {example}", at_key=True)
        value = self.queries.of(shape.value, (*path, "value")) if shape.value is not None else None
        if shape.breakdown is not None and shape.value is not None and not isinstance(value, MetricQuery | None):
            self.checking.wrong((*path, "breakdown"), "only a ga4 value has a breakdown, remove it", at_key=True)
        if shape.breakdown is not None and shape.value is None and shape.formula is not None:
            self.checking.wrong((*path, "breakdown"), "a formula has no breakdown, remove it", at_key=True)
        if shape.inputs is not None and shape.formula is None and not self.checking.has((*path, "formula")):
            self.checking.wrong((*path, "inputs"), "inputs go with a formula, write formula: a / b", at_key=True)
        inputs = self._inputs(shape.inputs or {}, (*path, "inputs"), str(path[-1]))
        if shape.formula is not None:
            self._check_formula(shape, inputs, path)
        return value, inputs

    def _inputs(self, shapes: Mapping[str, str | ValueShape], path: Trail, name: str) -> dict[str, Query | str]:
        inputs: dict[str, Query | str] = {}
        for key, one in shapes.items():
            here = (*path, key)
            if not _INPUT_NAME.fullmatch(key) or key in FUNCTIONS:
                why = "is a function" if key in FUNCTIONS else "cannot be a name in a formula"
                plain = re.sub(r"\W+", "_", key, flags=re.ASCII).strip("_") or "visits"
                mend = f"{key}_value" if key in FUNCTIONS else plain
                self.checking.wrong(here, f"{shown(key)} {why}, write letters, digits and _: {mend}", at_key=True)
            if isinstance(one, str):
                if one == name:
                    self.checking.wrong(here, f"{name} cannot be made of itself, write another KPI or a value")
                else:
                    self.checking.refer(here, one, [i for i in self.ids if i != name], "kpis")
                    inputs[key] = one
            elif (query := self.queries.of(one, here)) is not None:
                inputs[key] = query
        return inputs

    def _check_formula(self, shape: KpiShape, inputs: Mapping[str, object], path: Trail) -> None:
        names = list(shape.inputs or {})
        here, text = (*path, "formula"), shape.formula or ""
        try:
            formula = parse_formula(text, [name for name in names if name not in FUNCTIONS])
        except FormulaError as error:
            node = self.checking.tree.node(here)
            if (
                node is None or (node.text or "").strip() != text
            ):  # out of the environment: not even a word of it is shown
                self.checking.wrong(here, "what ${…} stands for here is not a formula, write the formula itself")
                return
            said = _said(str(error))
            if not names and not self.checking.said((*path, "inputs")) and _INPUT_NAME.search(text):
                said = f"{said}, write what the names stand for: inputs: {{sessions: sessions}}"
            self.checking.wrong(here, said, right=self._right(here, text, error.column))
            return
        for name in names:
            if name not in formula.names and name in inputs and not self.checking.said((*path, "inputs", name)):
                self.checking.warn(
                    (*path, "inputs", name), f"the formula does not use {name}, remove it or use it", at_key=True
                )

    def _right(self, path: Trail, text: str, column: int) -> int:
        """How far along the line the mistake stands; 0 where the formula is not written as it reads."""
        node = self.checking.tree.node(path)
        if node is None or node.text != text or node.mark.line != node.end_line:
            return 0
        return column - 1 + (1 if node.quoted else 0)


def _said(message: str) -> str:
    """The formula's complaint with the commas of this file's messages."""
    return message.replace("; ", ", ", 1)


def refuse_backwards(span: Shape, path: Trail, checking: Checking) -> None:
    """`to` before `from` is a slip."""
    first, last = getattr(span, "first", None), getattr(span, "last", None)
    if first is not None and last is not None and last < first:
        checking.wrong((*path, "to"), f"{last} is before {first}, write the later day")
