"""What the Asana tracker asks for is what Asana's OpenAPI file declares: routes, fields, options, sizes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest

from connectors.asana.settings import AsanaSettings
from connectors.asana.tracker import AsanaTracker
from connectors.patience import Patience
from mapping.documents import Document, paragraph
from mapping.people import Person
from mapping.tasks import (
    AddPart,
    Attempt,
    Complete,
    Create,
    EditComment,
    Follow,
    Known,
    Reopen,
    Say,
    Update,
    WorkKind,
)
from tests.contract.vendor_specs import _document, check, declared
from tests.unit.small_asana import ANA, BEN, PROJECT, SmallAsana
from tests.unit.tracker_loopback import Call, serve

NOW = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
# Asana's file marks it read-only in the schema, and says in words that it may be given at creation
SAID_IN_WORDS = {"memberships"}


@cache
def _calls() -> tuple[Call, ...]:
    """Everything the tracker can ask, asked once."""
    _document("asana_oas.yaml")  # skips where the vendors' files are absent
    small = SmallAsana(page=2)
    people = (Person("ana", "Ana", "ana@acme.example"), Person("ben", "Ben", "ben+x@acme.example"))
    with serve(small.answer) as vendor:
        settings = AsanaSettings.model_validate(
            {"id": "asana", "token": "t-spec", "project": PROJECT, "endpoint": vendor.url}
        )
        tracker = AsanaTracker(settings, Patience())
        view = tracker.read(whole=True, known=(), people=people, memory={}, now=NOW)
        body = Document((paragraph("x"),), "alignd ref x")
        made = tracker.write([Create("k", WorkKind.ACTION, "T", body, ANA, date(2026, 11, 25), (BEN,))] * 3)
        task = made[0].task
        assert task is not None
        said = tracker.write([Say(task.id, "k", body, pinned=True)])[0].comment
        assert said is not None
        tracker.write(
            [
                EditComment(task.id, said.id, "k", body, pinned=True),
                Update(
                    task.id, frozenset({"title", "assignee", "due"}), title="U", assignee=BEN, due=date(2026, 12, 1)
                ),
                Complete(task.id),
                Reopen(task.id, WorkKind.ACTION, date(2026, 12, 2)),
                Follow(task.id, BEN),
            ]
        )
        for title in ("A", "B"):
            tracker.write([AddPart(task.id, "k#confirm/ana", title, ANA, date(2026, 11, 25))])
        known = (Known(task.id, True, None, parts=True), Known("404", True, None, parts_now=True))
        tracker.read(whole=False, known=known, people=people, memory=dict(view.memory), now=NOW)
        tracker.read(whole=True, known=known, people=people, memory=dict(view.memory), now=NOW)
        tracker.look([Attempt("k", "alignd ref x", NOW, ANA)])
        tracker.fetch_comments([task.id])
        tracker.examine(people)
        tracker.close()
        return tuple(vendor.calls)


def _actions() -> list[dict[str, Any]]:
    return [one for call in _calls() if call.path.endswith("/batch") for one in call.body["data"]["actions"]]


def _operation(method: str, path: str) -> dict[str, Any]:
    for declared_path, item in _document("asana_oas.yaml")["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", declared_path), path) and method in item:
            found: dict[str, Any] = dict(item[method])
            found["parameters"] = [
                _resolved(one) for one in [*item.get("parameters", []), *found.get("parameters", [])]
            ]
            return found
    raise AssertionError(f"no such route: {method} {path}")


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    name = node["$ref"].rsplit("/", 1)[1]
    found: dict[str, Any] = _document("asana_oas.yaml")["components"]["parameters"][name]
    return found


def _opt_fields(operation: dict[str, Any]) -> set[str]:
    listed = next(one for one in operation["parameters"] if one["name"] == "opt_fields")
    return set(listed["schema"]["items"]["enum"])


def test_every_batch_is_what_the_file_calls_one_and_no_larger_than_ten() -> None:
    batches = [call.body["data"] for call in _calls() if call.path.endswith("/batch")]
    assert batches
    for batch in batches:
        check("asana_oas.yaml", "BatchRequest", batch)
        assert 1 <= len(batch["actions"]) <= 10


def test_every_action_is_a_declared_route_that_is_asked_for_declared_fields() -> None:
    assert len(_actions()) > 20
    for action in _actions():
        operation = _operation(action["method"], action["relative_path"])
        assert set(action.get("options", {}).get("fields", [])) <= _opt_fields(operation)
        if action["method"] == "get":
            names = {one["name"] for one in operation["parameters"]}
            assert set(action.get("data", {})) <= names
            assert not set(action.get("data", {})) & {"limit", "offset", "opt_fields"}


def test_every_write_sends_declared_fields_only() -> None:
    writes = [action for action in _actions() if action["method"] != "get"]
    assert writes
    for action in writes:
        operation = _operation(action["method"], action["relative_path"])
        schema = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]["data"]["$ref"]
        assert set(action["data"]) <= declared("asana_oas.yaml", _named(schema)) | SAID_IN_WORDS


def _named(ref: str) -> str:
    """The schema behind a reference, and behind a schema that is only a reference itself."""
    name = ref.rsplit("/", 1)[1]
    schema = _document("asana_oas.yaml")["components"]["schemas"][name]
    return _named(schema["$ref"]) if set(schema) == {"$ref"} else name


@pytest.mark.parametrize("name", ["project", "assignee"])
def test_listings_use_declared_parameters_and_fields(name: str) -> None:
    listings = [one for one in _calls() if one.path.endswith("/tasks") and name in one.query]
    assert listings
    operation = _operation("get", "/tasks")
    for call in listings:
        assert set(call.query) <= {one["name"] for one in operation["parameters"]}
        assert set(call.query["opt_fields"].split(",")) <= _opt_fields(operation)
        assert 1 <= int(call.query["limit"]) <= 100
        assert ("assignee" in call.query) == ("workspace" in call.query)
