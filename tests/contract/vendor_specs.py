"""The vendors' OpenAPI files as JSON Schema, to check what the stand-ins answer. They are not part of the project."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

SPECS = Path(__file__).resolve().parents[2].parent / "shared" / "specs"
DATA = SPECS.parent / "data"


@cache
def _document(name: str) -> dict[str, Any]:
    path = SPECS / name
    if not path.exists():
        pytest.skip(f"{name} is not here: the vendors' specifications are not part of the project")
    text = path.read_text(encoding="utf-8")
    loaded = yaml.load(text, Loader=yaml.CSafeLoader) if name.endswith(".yaml") else json.loads(text)
    assert isinstance(loaded, dict)
    return loaded


@cache
def _schemas(name: str) -> dict[str, Any]:
    made = _as_json_schema(_document(name)["components"]["schemas"])
    assert isinstance(made, dict)
    return made


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0 to JSON Schema: nullable, and a $ref beside other keys counts with them."""
    if isinstance(node, list):
        return [_as_json_schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {k: _as_json_schema(v) for k, v in node.items() if k not in ("nullable", "example", "default")}
    if isinstance(made.get("format"), str):
        del made["format"]
    if "$ref" in made and len(made) > 1:
        made.pop("$ref") if made.get("type") == "string" else None
    if node.get("nullable") is True:
        return {"anyOf": [made, {"type": "null"}]}
    if "allOf" in node and any(isinstance(p, dict) and p.get("nullable") for p in node["allOf"]):
        parts = [_as_json_schema({k: v for k, v in p.items() if k != "nullable"}) for p in node["allOf"]]
        return {"anyOf": [{**made, "allOf": parts}, {"type": "null"}]}
    return made


def check(name: str, schema: str, value: Any) -> None:
    """Raise unless `value` is what the specification calls `schema`."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": _schemas(name)}}
    jsonschema.validate(value, whole)


def declared(name: str, schema: str) -> set[str]:
    """The properties a schema declares, those of its parts included."""
    return _properties(_schemas(name), {"$ref": f"#/components/schemas/{schema}"})


def _properties(schemas: dict[str, Any], node: dict[str, Any]) -> set[str]:
    if "$ref" in node:
        node = schemas[node["$ref"].rsplit("/", 1)[1]]
    found = set(node.get("properties", {}))
    for part in [*node.get("allOf", []), *node.get("anyOf", [])]:
        found |= _properties(schemas, part)
    return found
