"""The JSON Schema for editors: it takes what is right and refuses what is plainly wrong."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from config.schema import file_schema
from tests.unit.config_samples import BAD, GOOD, HEAD

SCHEMA = file_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
# what an editor can see without knowing the whole file or the calendar of the world
PLAINLY_BAD = (
    "20-everything-missing", "21-section-misspelt", "22-version", "23-section-is-a-text", "28-store-mysql",
    "30-people", "31-sources", "34-trackers", "37-no-tracker", "42-kpi-unknown-keys", "44-kpi-names-missing",
    "45-kpi-words", "52-where", "61-target-numbers", "69-policy", "70-policy-is-a-list", "71-goals",
    "75-channels-and-digests",
    "76-publish-is-a-text", "78-merged-mistake", "80-hostile-names",
)  # fmt: skip


def plain(value: Any) -> Any:
    """As JSON has it: dates are texts."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def errors(path: Path) -> list[str]:
    document = plain(YAML(typ="safe", pure=True).load(path.read_text()))
    return [f"{error.json_path}: {error.message[:120]}" for error in VALIDATOR.iter_errors(document)]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", sorted(GOOD.glob("*.yaml")), ids=lambda f: f.stem)
def test_a_good_file_passes_the_schema(file: Path) -> None:
    assert errors(file) == []


@pytest.mark.parametrize("name", PLAINLY_BAD)
def test_a_plainly_bad_file_is_refused_by_the_schema(name: str) -> None:
    assert errors(BAD / f"{name}.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "sources: {web: {kind: ga5, property: '1'}}",
        "sources: {web: {kind: ga4, spreadsheet: x}}",
        "sources: {web: {property: '1'}}",
        "trackers: {asana: {kind: asana, token: x}}",
        "trackers: {Asana: {kind: asana, token: x, project: '1'}}",
        "kpis: {a: {name: A, period: week, target: {betwen: [1, 2]}}}",
        "kpis: {a: {name: A, period: week, target: {between: [1]}}}",
        "kpis: {a: {name: A, period: week, tolerance: five}}",
        "policy: {breach_after: {weak: 2}}",
        "daemon: {every: 1h, htp: x}",
    ],
)
def test_a_wrong_part_is_refused_by_the_schema(text: str) -> None:
    section = text.split(":")[0]
    blocks = YAML(typ="safe", pure=True).load(HEAD)
    blocks[section] = YAML(typ="safe", pure=True).load(text)[section]
    assert list(VALIDATOR.iter_errors(plain(blocks)))


def undescribed(schema: dict[str, Any], where: str) -> list[str]:
    found = []
    for name, one in schema.get("properties", {}).items():
        if not isinstance(one, dict) or not (one.get("description") or one.get("examples") or "const" in one):
            found.append(f"{where}.{name}")
    return found


def test_every_section_and_every_key_of_a_kpi_is_described() -> None:
    missing = undescribed(SCHEMA, "file")
    for name in ("KpiShape", "ValueShape", "TargetShape", "PolicyShape", "WorkspaceShape", "ReviewShape", "DaemonShape",
                 "Ga4Settings", "SheetsSettings", "CsvSettings", "AsanaSettings", "TrelloSettings"):  # fmt: skip
        missing += undescribed(SCHEMA["$defs"][name], name)
    assert missing == []


def test_what_alignd_adds_to_settings_is_not_in_the_schema() -> None:
    for name in ("Ga4Settings", "AsanaSettings", "SlackSettings"):
        assert not {"id", "folder"} & SCHEMA["$defs"][name]["properties"].keys()
