"""The JSON Schema of the file, for editors: completion, descriptions, and red lines under what cannot be.

It is made from the same shapes and settings that read the file. What needs the whole file (references, dates in
order, units) is left to `alignd check`.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from config.loading import SECTIONS
from config.shape.cadence import CampaignShape, DaemonShape, DigestShape, EventShape, PublishShape, ReviewShape
from config.shape.fields import NUMBER_SCHEMA
from config.shape.kpis import KpiShape, TableShape, TargetShape
from config.shape.who import GoalShape, PersonShape, PolicyShape, TeamShape, WorkspaceShape
from connectors.registry import CHANNELS, SOURCES, TRACKERS, Connector

_REF = "#/$defs/{model}"
_ONE: dict[str, tuple[type[BaseModel], str]] = {
    "workspace": (WorkspaceShape, "Whose file this is, and its calendar."),
    "targets_from": (TableShape, "Optional: columns kpi, from, to, target, agreed by; the file wins."),
    "policy": (PolicyShape, "What happens when a KPI leaves its target."),
    "campaigns_from": (TableShape, "Columns id, title, owner, starts, ends, kpis, utm campaign, target."),
    "findings": (TableShape, "M&E input: date, kpi, finding, recommendation, by, answer."),
    "publish": (PublishShape, "Where numbers are published."),
    "daemon": (DaemonShape, "How alignd run runs."),
}
_BY_ID: dict[str, tuple[type[BaseModel], str]] = {
    "people": (PersonShape, "Who gets work or is told of it."),
    "teams": (TeamShape, "Teams: lead, and where their KPIs stand in the report."),
    "kpis": (KpiShape, "What the teams agreed to measure."),
    "reviews": (ReviewShape, "The agreed cadence."),
}
_LISTED: dict[str, tuple[type[BaseModel], str]] = {
    "goals": (GoalShape, "Why: the goals the KPIs serve."),
    "campaigns": (CampaignShape, "Campaigns, measured over their own span."),
    "events": (EventShape, "An inflection point runs an alignment review out of turn."),
    "digests": (DigestShape, "Who is told when."),
}
_VENDORS: dict[str, tuple[dict[str, Connector[Any]], str]] = {
    "sources": (SOURCES, "Where numbers come from."),
    "trackers": (TRACKERS, "Where work goes."),
    "channels": (CHANNELS, "Who is told."),
}
_OWN: dict[str, Any] = {"^x-": {}}  # keys that begin with x- are the reader's own
_ID = {"pattern": "^([a-z0-9_-]{1,64}|x-.*)$"}


def file_schema() -> dict[str, Any]:
    """The whole schema (draft 2020-12)."""
    definitions = _definitions()
    properties: dict[str, Any] = {
        "version": {"const": 1, "description": "The version of this contract."},
        "store": {
            "type": "string",
            "pattern": r"^(sqlite:///|postgres(ql)?://|\$\{)",
            "default": "sqlite:///alignd.db",
            "description": "The embedded default; or postgresql://user@host/db.",
        },
        "routes": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Which tracker gets work: by the team of whoever it is for. default: the rest.",
        },
    }
    for name, (model, said) in _ONE.items():
        properties[name] = {**_ref(model), "description": said}
    for name, (model, said) in _BY_ID.items():
        properties[name] = _keyed(_ref(model), said)
    for name, (model, said) in _LISTED.items():
        properties[name] = {"type": "array", "items": _ref(model), "description": said}
    for name, (connectors, said) in _VENDORS.items():
        properties[name] = _keyed(_by_kind(connectors), said)
    properties["trackers"]["minProperties"] = 1
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "alignd.yaml",
        "description": "Everything a team agreed on, in one reviewed file. Keys that begin with x- are yours.",
        "type": "object",
        "required": ["version", "workspace", "trackers"],
        "properties": {name: properties[name] for name in SECTIONS},
        "patternProperties": _OWN,
        "additionalProperties": False,
        "$defs": definitions,
    }


def _definitions() -> dict[str, Any]:
    shapes = [model for group in (_ONE, _BY_ID, _LISTED) for model, _ in group.values()]
    settings = [one.settings for connectors, _ in _VENDORS.values() for one in connectors.values()]
    models: list[type[BaseModel]] = list(dict.fromkeys([*shapes, TargetShape, *settings]))
    _, schema = models_json_schema([(model, "validation") for model in models], ref_template=_REF, by_alias=True)
    definitions: dict[str, Any] = _plain(schema["$defs"])
    for connectors, _ in _VENDORS.values():
        for kind, one in connectors.items():
            definition = definitions[one.settings.__name__]
            definition["properties"]["kind"] = {"const": kind, "description": "What it is."}
            definition["required"] = ["kind", *definition.get("required", [])]
    return definitions


def _plain(value: Any) -> Any:
    """Targets as their three forms, room for x- keys everywhere, and no titles (they repeat the key)."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("x-shape") == "target":
        one = {"anyOf": [NUMBER_SCHEMA, {"$ref": _REF.format(model="TargetShape")}]}
        said = {key: _plain(value[key]) for key in ("description", "examples") if key in value}
        return {"anyOf": [*one["anyOf"], {"type": "array", "items": one}], **said}
    found = {key: _plain(item) for key, item in value.items() if key not in ("title", "properties")}
    if "properties" in value:
        found["properties"] = {name: _plain(item) for name, item in value["properties"].items()}
        if found.get("additionalProperties") is False:
            found["patternProperties"] = _OWN
    if isinstance(found.get("default"), dict | list) or found.get("default", ...) is None:
        del found["default"]  # an empty one says nothing
    if found.get("type") == "array":
        found |= {f"{end}Items": found.pop(f"{end}Length") for end in ("min", "max") if f"{end}Length" in found}
    items = found.get("items", {})
    is_texts = "enum" in items or "string" in items.get("type", "")
    if found.get("type") == "array" and is_texts and found.get("minItems", 1) == 1:
        said = {key: found.pop(key) for key in ("description", "examples") if key in found}
        return {"anyOf": [items, found], **said}  # one may stand without its list
    return found


def _ref(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": _REF.format(model=model.__name__)}


def _keyed(entry: dict[str, Any], said: str) -> dict[str, Any]:
    return {
        "type": "object",
        "propertyNames": _ID,
        "patternProperties": _OWN | {"^(?!x-)": entry},
        "description": said,
    }


def _by_kind(connectors: dict[str, Connector[Any]]) -> dict[str, Any]:
    """One shape a kind; an editor shows the right keys as soon as the kind is written."""
    cases = [
        {
            "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
            "then": _ref(one.settings),
        }
        for kind, one in connectors.items()
    ]
    kinds = {"kind": {"enum": list(connectors), "description": "What it is."}}
    return {"type": "object", "required": ["kind"], "properties": kinds, "allOf": cases}
