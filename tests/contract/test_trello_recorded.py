"""Trello as it was recorded, and as its OpenAPI file declares it: what the tracker reads, and what it asks for."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest

from connectors.calls import Calls
from connectors.errors import Refused
from connectors.patience import Patience
from connectors.trello.client import TrelloClient
from connectors.trello.settings import TrelloSettings
from connectors.trello.tracker import TrelloTracker
from connectors.trello.wire import Reader, comment_of, histories
from mapping.documents import Document, paragraph
from mapping.people import Person
from mapping.tasks import (
    AddPart,
    Archive,
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
from tests.contract.vendor_specs import DATA, _document
from tests.unit.small_trello import ANA, BEN, SHORT, SmallTrello
from tests.unit.tracker_loopback import Call, Said, serve

NOW = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
READER = Reader("board", UTC)


@cache
def _recorded() -> tuple[dict[str, Any], ...]:
    path = DATA / "trello-recorded" / "trello_interactions.json"
    if not path.exists():
        pytest.skip("the recorded answers are not here: they are not part of the project")
    return tuple(one for listed in json.loads(path.read_text()).values() for one in listed)


def _answers(method: str, pattern: str) -> list[dict[str, Any]]:
    route = re.compile(rf"https://api\.trello\.com/1/{pattern}(\?|$)")
    return [one for one in _recorded() if one["method"] == method and route.match(one["uri"])]


def test_every_recorded_card_is_read_as_a_task() -> None:
    answers = [*_answers("GET", "cards/[^/?]+"), *_answers("PUT", "cards/[^/?]+"), *_answers("POST", "cards")]
    cards = [one["body"] for one in answers if one["status"] == 200 and "idBoard" in one["body"]]
    assert len(cards) > 30
    for card in cards:
        task = READER.task(card)
        assert task is not None
        assert (task.id, task.title, task.home, task.place) == (
            card["id"],
            card["name"],
            card["idBoard"],
            card["idList"],
        )
        assert task.assignees == frozenset(card["idMembers"])
        assert (task.completed, task.archived) == (bool(card.get("dueComplete")), card["closed"])
        assert (task.due is not None) == bool(card["due"])
        assert task.url == card["shortUrl"]
        assert task.modified_at is not None
        assert task.created_at is not None
        assert task.created_at <= task.modified_at


def test_a_recorded_comment_and_recorded_actions_are_read() -> None:
    said = _answers("POST", "cards/[^/]+/actions/comments")[0]["body"]
    comment = comment_of(said, said["data"]["card"]["id"])
    assert comment is not None
    assert (comment.text, comment.author) == ("Hello, world!", said["idMemberCreator"])
    told = histories([said])[said["data"]["card"]["id"]]
    assert told.comments == (comment,)
    actions = [one for answer in _answers("GET", "cards/[^/]+/actions") for one in answer["body"]]
    assert actions
    assert set(histories(actions)) == {one["data"]["card"]["id"] for one in actions if "card" in one["data"]}


def test_every_recorded_refusal_is_a_plain_text_that_becomes_a_refusal() -> None:
    refusals = [one for one in _recorded() if one["status"] >= 400]
    assert len(refusals) >= 6
    left = list(refusals)

    def answer(call: Call) -> Said:
        one = left.pop(0)
        return Said(one["body"], one["status"], {"Content-Type": one["headers"]["content-type"]})

    with serve(answer) as vendor:
        client = TrelloClient("board", "k-recorded", "t-recorded", vendor.url, Calls(), Patience())
        for one in refusals:
            with pytest.raises(Refused, match=re.escape(one["body"][:20])) as raised:
                client.get("/cards/x")
            assert raised.value.status == one["status"]
        client.close()


@cache
def _calls() -> tuple[Call, ...]:
    """Everything the tracker can ask, asked once."""
    _document("trello_oas.json")  # skips where the vendors' files are absent
    small = SmallTrello()
    people = (Person("ana", "Ana", accounts=(("trello", "anaalves"),)),)
    with serve(small.answer) as vendor:
        settings = TrelloSettings.model_validate(
            {"id": "board", "key": "k-spec", "token": "t-spec", "board": SHORT, "endpoint": vendor.url}
        )
        tracker = TrelloTracker(settings, Patience())
        view = tracker.read(whole=True, known=(), people=people, memory={}, now=NOW)
        body = Document((paragraph("x"),), "alignd ref x")
        task = tracker.write([Create("k", WorkKind.ACTION, "T", body, ANA, date(2026, 11, 25), (BEN,))])[0].task
        assert task is not None
        said = tracker.write([Say(task.id, "k", body)])[0].comment
        assert said is not None
        fields = frozenset({"title", "due", "assignee"})
        for order in (
            EditComment(task.id, said.id, "k", body),
            Update(task.id, fields, title="U", assignee="d" * 24, remove_assignee=ANA),
            Complete(task.id),
            Reopen(task.id, WorkKind.ACTION, date(2026, 12, 2)),
            Follow(task.id, ANA),
            Archive(task.id),
            AddPart(task.id, "k#confirm/ana", "Ana: confirm", ANA, date(2026, 11, 25)),
        ):
            tracker.write([order])
        known = (Known(task.id, True, None, parts=True), Known("f" * 24, True, None))
        tracker.read(whole=False, known=known, people=people, memory=dict(view.memory), now=NOW)
        tracker.write([AddPart(task.id, "k#confirm/ben", "Ben: confirm")])
        tracker.read(whole=False, known=(), people=people, memory=dict(view.memory), now=NOW)
        tracker.write([AddPart(task.id, "k#confirm/ben", "Ben: confirm")])  # the card's checklists are asked for
        small.unnested = frozenset({"checklists"})
        tracker.read(whole=False, known=known, people=people, memory=dict(view.memory), now=NOW)
        tracker.look([Attempt("k", "alignd ref x", NOW)])
        tracker.fetch_comments([task.id])
        tracker.examine(people)
        tracker.close()
        return tuple(vendor.calls)


def _operation(method: str, path: str) -> dict[str, Any]:
    for declared_path, item in _document("trello_oas.json")["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", declared_path), path) and method.lower() in item:
            found: dict[str, Any] = item[method.lower()]
            return found
    raise AssertionError(f"no such route: {method} {path}")


def test_every_request_is_a_declared_route() -> None:
    routes = {(one.method, one.path.removeprefix("/1")) for one in _calls()}
    assert len(routes) >= 10
    for method, path in routes:
        assert _operation(method, path)


def test_every_write_sends_declared_parameters_in_its_body_and_none_in_the_address() -> None:
    writes = [call for call in _calls() if call.method in ("POST", "PUT")]
    assert writes
    for call in writes:
        names = {one["name"] for one in _operation(call.method, call.path.removeprefix("/1"))["parameters"]}
        assert set(call.body) <= names
        assert call.query == {}


def test_no_address_is_longer_than_two_thousand_characters() -> None:
    assert max(len(call.target) for call in _calls()) < 2000
