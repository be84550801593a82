"""A `value` of the file becomes the domain's query; which keys belong together depends on the source's kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from config.checking import Checking
from config.problems import Trail, all_of, one_of
from config.shape.conditions import ConditionText
from config.shape.kpis import AGGREGATES, ValueShape
from connectors.fields import shown
from mapping.queries import (
    Aggregate,
    CellQuery,
    CrmQuery,
    Match,
    MatrixQuery,
    MetricQuery,
    Query,
    TableQuery,
    Where,
)

_ROWS = ("aggregate", "column", "where", "min_rows", "empty")
_FORMS: dict[str, dict[str, tuple[str, ...]]] = {  # kind → the key that makes the form → the keys that go with it
    "ga4": {"metric": ("metric", "where")},
    "sheets": {
        "table": ("table", "date", *_ROWS),
        "matrix": ("matrix", "row"),
        "cell": ("cell", "as_of"),
    },
    "csv": {"date": ("date", *_ROWS)},
    "hubspot": {"object": ("object", "date", "aggregate", "property", "filter")},
}
_EXAMPLES = {
    "ga4": "{source: web, metric: sessions}",
    "sheets": '{source: scorecard, table: "Spend!A:E", date: Date, column: Amount, aggregate: sum}, '
    '{source: scorecard, matrix: "Tracker!A1:Z40", row: Awareness} or {source: scorecard, cell: "Ops!B7"}',
    "csv": "{source: mailings, date: Date, column: Opens, aggregate: sum}",
    "hubspot": "{source: crm, object: deals, date: createdate, aggregate: count}",
}
_A_TAB = r"(?:'(?:[^']|'')+'|[^!']+)"
_CELL = re.compile(rf"{_A_TAB}!\$?[A-Za-z]{{1,3}}\$?[1-9]\d{{0,6}}", re.ASCII | re.DOTALL)
_END = r"\$?[A-Za-z]{1,3}(?:\$?[1-9]\d{0,6})?|\$?[1-9]\d{0,6}"
_RANGE = re.compile(rf"{_A_TAB}(?:!(?:{_END}):(?:{_END}))?", re.DOTALL)
_LOOSE_RANGE = re.compile(r"\$?[A-Za-z]{1,3}\$?\d*(?::\$?[A-Za-z]{1,3}\$?\d*)?", re.ASCII)
_METRIC = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?::[A-Za-z0-9_]+)?", re.ASCII)
_NOT_IN_RE2 = re.compile(r"\(\?<?[=!]|\\[1-9]|\(\?P=|\(\?\(")


@dataclass(frozen=True, slots=True)
class Queries:
    """Makes queries. `kinds`: source id → kind, None where the source itself is wrong."""

    checking: Checking
    kinds: Mapping[str, str | None]

    def of(self, value: ValueShape, path: Trail) -> Query | None:
        """The query, or None after saying what is wrong."""
        if value.source not in self.kinds:
            self.checking.refer((*path, "source"), value.source, self.kinds.keys(), "sources")
            return None
        kind = self.kinds[value.source]
        form = self._form(value, path, kind) if kind is not None else None
        if form is None:
            return None
        match kind:
            case "ga4":
                return self._metric(value, path)
            case "hubspot":
                return self._crm(value, path)
            case "sheets" if form == "cell":
                return self._cell(value, path)
            case "sheets" if form == "matrix":
                return self._matrix(value, path)
            case _:
                return self._table(value, path)

    def _form(self, value: ValueShape, path: Trail, kind: str) -> str | None:
        """Which form of a value this is, when its keys are those of exactly one."""
        forms, given = _FORMS[kind], [name for name in type(value).model_fields if self._has(value, name)]
        chosen = [key for key in forms if key in given]
        if not chosen:
            self._say_no_form(value, path, kind, given)
            return None
        if len(chosen) > 1:
            self.checking.wrong(
                (*path, chosen[1]), f"{all_of(chosen)} exclude each other, keep one of them", at_key=True
            )
            return None
        for name in given:
            if name not in forms[chosen[0]]:
                takes = all_of(["source", *forms[chosen[0]]])
                what = f"a {kind} value" if len(forms) == 1 else f"a {kind} value with {chosen[0]}"
                self.checking.wrong(
                    (*path, name), f"{name} does not fit here, {what} takes {takes}; remove it", at_key=True
                )
        return chosen[0]

    def _say_no_form(self, value: ValueShape, path: Trail, kind: str, given: list[str]) -> None:
        foreign = [name for name in given if not any(name in keys for keys in _FORMS[kind].values())]
        if foreign:
            text = f"{foreign[0]} does not fit here, {value.source} is a {kind} source; write {_EXAMPLES[kind]}"
            self.checking.wrong((*path, foreign[0]), text, at_key=True)
        else:
            keys = one_of(list(_FORMS[kind]))
            self.checking.wrong(path, f"{keys} is missing, write {_EXAMPLES[kind]}", at_key=True)

    def _has(self, value: ValueShape, name: str) -> bool:
        return name != "source" and getattr(value, name) is not None

    # ── one form each ────────────────────────────────────────────────────────────────────────────────────────────

    def _metric(self, value: ValueShape, path: Trail) -> Query:
        metric = value.metric or ""
        if not _METRIC.fullmatch(metric):
            self.checking.wrong(
                (*path, "metric"), f"{shown(metric)} is not a metric's API name, write it like totalUsers or keyEvents"
            )
        where = self.where(value.where, (*path, "where"))
        for condition in where:
            if condition.match is Match.MATCHES and any(_NOT_IN_RE2.search(p) for p in condition.values):
                self.checking.wrong(
                    (*path, "where", condition.field),
                    "Google Analytics knows no look-ahead or back-reference, write it without (?=…) and \\1",
                )
        return MetricQuery(value.source, metric, where)

    def _table(self, value: ValueShape, path: Trail) -> Query | None:
        if value.table is not None:
            self.range((*path, "table"), value.table)
        missing = [name for name in ("date", "aggregate") if getattr(value, name) is None]
        if value.column is None and value.aggregate not in (None, Aggregate.COUNT):
            missing.append("column")
        for name in missing:
            if self.checking.has((*path, name)):
                continue
            mend = {
                "date": "write the column that dates a row: date: Date",
                "aggregate": f"write one of {', '.join(AGGREGATES)}: aggregate: sum",
                "column": f"write the column that {value.aggregate} is taken of: column: Amount (count needs none)",
            }[name]
            self.checking.wrong(path, f"{name} is missing, {mend}", at_key=True)
        if missing or value.date is None or value.aggregate is None:
            return None
        return TableQuery(
            value.source,
            value.table,
            value.date,
            value.column,
            value.aggregate,
            self.where(value.where, (*path, "where")),
            value.min_rows or 0,
            value.empty == "zero",
        )

    def _matrix(self, value: ValueShape, path: Trail) -> Query | None:
        self.range((*path, "matrix"), value.matrix or "")
        if value.row is None:
            self.checking.wrong(path, "row is missing, write the first cell of the row: row: Awareness", at_key=True)
            return None
        return MatrixQuery(value.source, value.matrix or "", value.row)

    def _cell(self, value: ValueShape, path: Trail) -> Query:
        self.cell((*path, "cell"), value.cell or "")
        if value.as_of is not None:
            self.cell((*path, "as_of"), value.as_of)
        return CellQuery(value.source, value.cell or "", value.as_of)

    def _crm(self, value: ValueShape, path: Trail) -> Query | None:
        missing = [name for name in ("date", "aggregate") if getattr(value, name) is None]
        for name in missing:
            mend = "date: createdate" if name == "date" else "aggregate: count"
            self.checking.wrong(path, f"{name} is missing, write {mend}", at_key=True)
        if value.property is None and value.aggregate not in (None, Aggregate.COUNT):
            missing.append("property")
            self.checking.wrong(path, f"property is missing, write what {value.aggregate} is taken of", at_key=True)
        if missing or value.date is None or value.aggregate is None:
            return None
        where = self.where(value.filter, (*path, "filter"))
        for one in where:
            if one.match is not Match.IS:
                text = f"HubSpot cannot search for what {one.match.value} something, write the values: [one, another]"
                self.checking.wrong((*path, "filter", one.field), text)
        return CrmQuery(value.source, value.object or "", value.date, value.aggregate, value.property, where)

    def where(self, conditions: Mapping[str, ConditionText] | None, path: Trail) -> Where:
        """The conditions, sorted by field so that two spellings are one filter."""
        for name in conditions or {}:
            if not name.strip():
                self.checking.wrong((*path, name), "a field's name is missing, write one", at_key=True)
        return tuple(condition.on(name) for name, condition in sorted((conditions or {}).items()))

    # ── places in a spreadsheet ──────────────────────────────────────────────────────────────────────────────────

    def range(self, path: Trail, text: str) -> None:
        """`Tab!A:E`, `Tab!A1:Z40`, or a whole `Tab`."""
        if _LOOSE_RANGE.fullmatch(text) and ":" in text:
            self.checking.wrong(path, f'the tab is missing, write it in front: "Tab!{text}"')
        elif not _RANGE.fullmatch(text):
            self.checking.wrong(path, f'{shown(text)} is not a range, write tab and columns: "Spend!A:E"')

    def cell(self, path: Trail, text: str) -> None:
        """`Tab!C4`."""
        if "!" not in text and _LOOSE_RANGE.fullmatch(text):
            self.checking.wrong(path, f'the tab is missing, write it in front: "Tab!{text}"')
        elif not _CELL.fullmatch(text):
            self.checking.wrong(path, f'{shown(text)} is not one cell, write tab and cell: "Targets!C4"')
