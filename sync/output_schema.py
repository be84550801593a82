"""JSON Schema (2020-12) of everything `--json` prints: `alignd schema output`."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from connectors.base import Finding
from mapping.glossary import Glossary
from mapping.judgements import Status
from mapping.links import Decision
from mapping.readings import State
from mapping.tasks import WorkKind
from mapping.texts.report_parts import Report
from sync.noting import NotedEvent
from sync.reports import BacktestReport, HistoryReport, StatusReport, WhyReport
from sync.steps import Outcome, Problem, Reason, StepKind

Schema = dict[str, object]

DECIMAL = r"^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$"
GAP = r"^-?[0-9]+\.[0-9]{4}$"
FLAGS = (
    *("ahead", "background", "corrected", "few_rows", "other_row", "paused", "restricted", "sampled", "thresholded"),
    *("truncated", "unchanged"),
)
SEEN = ("adopted", "completed", "dismissed", "edited", "linked", "moved", "reopened", "restored")

_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_DATE: Schema = {"type": "string", "format": "date"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_DECIMAL: Schema = {"type": "string", "pattern": DECIMAL}


def output_schema() -> Schema:
    """The schema of every output; each command's own is under `$defs`."""
    definitions: dict[str, Schema] = {"cycle": _cycle(), "problem": _problem()}
    reports = {
        "status": StatusReport,
        "why": WhyReport,
        "history": HistoryReport,
        "backtest": BacktestReport,
        "report": Report,
        "definitions": Glossary,
    }
    for name, report in reports.items():
        definitions[name] = _shape(report, definitions)
    definitions["decisions"] = _rows("decisions", Decision, definitions)
    definitions["doctor"] = _rows("findings", Finding, definitions)
    definitions["check"] = _check()
    definitions["event"] = _object({"event": _shape(NotedEvent, definitions)})
    outputs = ("cycle", *reports, "decisions", "doctor", "check", "event")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What alignd prints with --json",
        "description": "plan and sync print a cycle; every other command the object of its own name.",
        "anyOf": [_ref(name) for name in outputs],
        "$defs": definitions,
    }


def _cycle() -> Schema:
    return _object(
        {
            "workspace": _TEXT,
            "cycle": {"type": ["integer", "null"], "description": "null for a plan"},
            "at": _TIME,
            "readings": _list(_reading()),
            "steps": _list(_step()),
            "calls": {
                "type": "object",
                "additionalProperties": _object({one: _count() for one in ("made", "least", "charged")}),
            },
            "seen": _list(_object({"key": _TEXT, "task": _TEXT, "what": {"enum": list(SEEN)}})),
            "problems": _list(_ref("problem")),
        }
    )


def _reading() -> Schema:
    target = [
        _DECIMAL,
        _object({"between": {"type": "array", "items": _DECIMAL, "minItems": 2, "maxItems": 2}}),
        {"type": "null"},
    ]
    return _object(
        {
            "kpi": _TEXT,
            "period": _TEXT,
            "from": _DATE,
            "to": _DATE,
            "value": {"anyOf": [_DECIMAL, {"type": "null"}]},
            "target": {"anyOf": target},
            "gap": {"type": ["string", "null"], "pattern": GAP},
            "state": _enum(State),
            "final": {"type": "boolean"},
            "status": _enum(Status),
            "flags": {"type": "array", "items": {"enum": list(FLAGS)}, "uniqueItems": True},
        }
    )


def _step() -> Schema:
    return _object(
        {
            "kind": _enum(StepKind),
            "reason": _enum(Reason),
            "work": {"enum": sorted({one.shown for one in WorkKind})},
            "key": _TEXT,
            "subject": _TEXT,
            "tracker": _TEXT,
            "title": _TEXT,
            "task": _MAYBE_TEXT,
            "outcome": _enum(Outcome),
        }
    )


def _problem() -> Schema:
    return _object({"where": _TEXT, "what": _TEXT, "advice": _TEXT, "new": {"type": "boolean"}})


def _check() -> Schema:
    place: dict[str, Schema] = {"line": {"type": ["integer", "null"]}, "column": {"type": ["integer", "null"]}}
    found = _object({"file": _TEXT, **place, "path": _TEXT, "what": _TEXT})
    renamed = _object({"kpi": _TEXT, "was": _TEXT})
    return _object(
        {
            "file": _TEXT,
            "ok": {"type": "boolean"},
            "problems": _list(found),
            "warnings": _list(found),
            "words": _list(_TEXT),
            "proposals": _list(renamed),
        }
    )


def _rows(name: str, row: type, definitions: dict[str, Schema]) -> Schema:
    return _object({name: _list(_shape(row, definitions))})


def _shape(made_of: type, definitions: dict[str, Schema]) -> Schema:
    """The schema of a dataclass as sync/output.py writes it."""
    hints = typing.get_type_hints(made_of)
    renamed = {"first": "from", "last": "to"}
    return _object(
        {
            renamed.get(field.name, field.name): _of(hints[field.name], field.name, definitions)
            for field in dataclasses.fields(made_of)
        }
    )


def _of(hint: object, name: str, definitions: dict[str, Schema]) -> Schema:
    if isinstance(hint, type):
        return _of_class(hint, name, definitions)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_of(one, name, definitions) for one in arguments]}
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _list(_of(arguments[0], "", definitions))
    if origin is tuple:
        return {"type": "array", "prefixItems": [_of(one, "", definitions) for one in arguments], "items": False}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _of(arguments[1], "", definitions)}
    raise TypeError(f"no schema for {hint}")


def _of_class(kind: type, name: str, definitions: dict[str, Schema]) -> Schema:
    if kind is Problem:
        return _ref("problem")
    if dataclasses.is_dataclass(kind):
        known = _snake(kind.__name__)
        if known not in definitions:
            definitions[known] = {}  # named before its fields are looked at, so that a shape may hold itself
            definitions[known] = _shape(kind, definitions)
        return _ref(known)
    if issubclass(kind, Enum):
        return _enum(kind)
    plain: dict[type, Schema] = {
        str: _TEXT,
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        type(None): {"type": "null"},
        datetime: _TIME,
        date: _DATE,
        Decimal: {"type": "string", "pattern": GAP if name == "gap" else DECIMAL},
    }
    return plain[kind]


def _snake(name: str) -> str:
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name).lstrip("_")


def _enum(kind: type[Enum]) -> Schema:
    return {"enum": [one.value for one in kind]}


def _count() -> Schema:
    return {"type": "integer", "minimum": 0}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _object(properties: Mapping[str, Schema]) -> Schema:
    """An object with exactly these properties."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
