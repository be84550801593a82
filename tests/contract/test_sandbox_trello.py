"""The Trello stand-in answers as Trello's documents and recordings say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from connectors.sandbox import Person, Sandbox
from tests.contract import vendor_specs

SPEC = "trello_oas.json"


class World:
    """A board with three lists, a bot and a person, and a clock that a test moves."""

    def __init__(self, sandbox: Sandbox, clock: list[datetime], seconds: list[float]) -> None:
        self.sandbox, self.clock, self.seconds = sandbox, clock, seconds
        self.state = sandbox.trello.state
        self.bot = self.state.add_member("alignd", "aligndbot")
        self.person = self.state.add_member("Lerato Dube", "leratod")
        self.board = self.state.add_board("Sales", lists=["To do", "Doing", "Done"])
        self.todo, self.doing, self.done = self.state.lists_of(self.board.id)
        self.session = requests.Session()
        key = next(iter(self.state.keys))
        self.session.headers["Authorization"] = f'OAuth oauth_consumer_key="{key}", oauth_token="{self.bot.token}"'
        self.lerato = Person(sandbox, "Lerato Dube")

    def pass_time(self, **span: float) -> None:
        self.clock[0] += timedelta(**span)

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        return self.session.request(method, f"{self.sandbox.url}/1{path}", json=body, params=query, timeout=5)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.ask("GET", path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def make(self, **fields: Any) -> dict[str, Any]:
        answer = self.ask("POST", "/cards", {"idList": self.todo.id, "name": "A card", **fields})
        assert answer.status_code == 200, answer.text
        made = answer.json()
        assert isinstance(made, dict)
        return made

    def actions(self, kinds: str = "all") -> list[dict[str, Any]]:
        found = self.get(f"/boards/{self.board.id}/actions", filter=kinds, limit=1000)
        assert isinstance(found, list)
        return found


@pytest.fixture
def world() -> Iterator[World]:
    clock = [datetime(2026, 11, 18, 6, 0, tzinfo=UTC)]
    seconds = [0.0]
    with Sandbox(lambda: clock[0], monotonic=lambda: seconds[0]) as sandbox:
        made = World(sandbox, clock, seconds)
        yield made
        made.session.close()


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_cards_lists_boards_members_and_actions_read_as_the_specification_says(world: World) -> None:
    world.sandbox.trello.switches.extra_fields = False
    card = world.make(desc="Why", idMembers=[world.person.id], due="2026-11-25T10:00:00Z")
    world.lerato.comment(card["id"], "On it")
    world.lerato.move(card["id"], "Doing")
    board = world.get(f"/boards/{world.board.id}", fields="all", lists="all", cards="all", members="all", actions="all")
    vendor_specs.check(SPEC, "Card", card)
    for one in board["cards"]:
        vendor_specs.check(SPEC, "Card", one)
    for one in board["lists"]:
        vendor_specs.check(SPEC, "TrelloList", {k: v for k, v in one.items() if k != "softLimit"})
    for one in board["members"]:
        vendor_specs.check(SPEC, "Member", {k: v for k, v in one.items() if v is not None})
    for one in board["actions"]:
        vendor_specs.check(SPEC, "Action", {**one, "memberCreator": {}})
    assert len(board["actions"]) == 4


def test_a_card_has_every_field_that_recorded_cards_have(world: World) -> None:
    path = vendor_specs.DATA / "trello-recorded" / "trello_interactions.json"
    if not path.exists():
        pytest.skip("the recorded answers are not here: they are not part of the project")
    text = path.read_text(encoding="utf-8")
    card = world.make()
    for name in ("idShort", "shortLink", "dateLastActivity", "idMembers", "dueComplete", "pos", "badges", "cover"):
        assert f'"{name}' in text or f'\\"{name}' in text
        assert name in card


def test_live_answers_carry_fields_that_no_document_has(world: World) -> None:
    assert set(world.make()) - vendor_specs.declared(SPEC, "Card")
    world.sandbox.trello.switches.extra_fields = False
    assert "nodeId" not in world.make()


def test_an_id_says_when_it_was_made(world: World) -> None:
    world.pass_time(days=3)
    assert int(world.make()["id"][:8], 16) == int(world.clock[0].timestamp())


# ── who asks ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_key_and_token_come_in_the_header_or_the_query(world: World) -> None:
    url = f"{world.sandbox.url}/1/members/me"
    key = next(iter(world.state.keys))
    good = requests.get(url, params={"key": key, "token": world.bot.token, "fields": "username"}, timeout=5)
    assert good.json() == {"id": world.bot.id, "username": "aligndbot"}
    for query, text in (
        ({"key": "no", "token": world.bot.token}, "invalid key"),
        ({"key": key, "token": "no"}, "invalid token"),
        ({"key": key}, "unauthorized permission requested"),
    ):
        answer = requests.get(url, params=query, timeout=5)
        assert (answer.status_code, answer.text) == (401, text)
        assert answer.headers["Content-Type"].startswith("text/plain")


def test_errors_are_plain_text(world: World) -> None:
    for method, path, body, status, text in (
        ("GET", "/cards/nope", None, 400, "invalid id"),
        ("GET", f"/cards/{'0' * 24}", None, 404, "The requested resource was not found."),
        ("GET", f"/boards/{'0' * 24}", None, 404, "The requested resource was not found."),
        ("POST", "/cards", {"name": "x"}, 400, "invalid value for idList"),
        ("POST", "/cards", {"idList": "0" * 24}, 404, "could not find the list"),
        ("POST", "/cards", {"idList": world.todo.id, "desc": "x" * 16385}, 400, "invalid value for desc"),
        ("POST", "/cards", {"idList": world.todo.id, "idMembers": ["0" * 24]}, 400, "invalid value for idMembers"),
        ("POST", "/cards", {"idList": world.todo.id, "due": "soon"}, 400, "invalid value for due"),
        ("GET", "/nothing", None, 404, "Cannot find that route"),
    ):
        answer = world.ask(method, path, body)
        assert (answer.status_code, answer.text) == (status, text), path
        assert answer.headers["Content-Type"].startswith("text/plain")
    assert world.state.cards == {}


def test_a_board_the_member_is_not_on_is_not_found(world: World) -> None:
    other = world.state.add_board("Secret", members=[world.person.id])
    assert world.ask("GET", f"/boards/{other.id}").status_code == 404


# ── cards ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_parameters_come_in_the_query_or_in_a_json_body(world: World) -> None:
    by_query = world.ask("POST", "/cards", idList=world.todo.id, name="q", idMembers=world.person.id).json()
    by_body = world.make(name="b", idMembers=[world.person.id])
    assert by_query["idMembers"] == by_body["idMembers"] == [world.person.id]


def test_a_card_is_found_by_its_short_link(world: World) -> None:
    card = world.make()
    assert world.get(f"/cards/{card['shortLink']}", fields="name") == {"id": card["id"], "name": "A card"}


def test_an_update_is_an_action_with_the_old_value(world: World) -> None:
    card = world.make(due="2026-11-25T10:00:00Z")
    world.pass_time(minutes=5)
    world.lerato.redate(card["id"], date(2026, 12, 2))
    action = world.actions("updateCard:due")[0]
    assert action["data"]["old"] == {"due": "2026-11-25T10:00:00.000Z"}
    assert action["data"]["card"]["due"] == "2026-12-02T12:00:00.000Z"
    assert action["memberCreator"]["username"] == "leratod"
    assert world.get(f"/cards/{card['id']}")["dateLastActivity"] == "2026-11-18T06:05:00.000Z"


def test_nothing_changed_is_no_action(world: World) -> None:
    card = world.make()
    world.ask("PUT", f"/cards/{card['id']}", {"name": "A card"})
    assert [a["type"] for a in world.actions()] == ["createCard"]


def test_a_move_between_lists_names_both(world: World) -> None:
    card = world.make()
    world.lerato.move(card["id"], "Done")
    data = world.actions("updateCard:idList")[0]["data"]
    assert (data["listBefore"]["name"], data["listAfter"]["name"]) == ("To do", "Done")
    assert data["old"] == {"idList": world.todo.id}


def test_a_move_to_another_board_is_told_on_both(world: World) -> None:
    card = world.make()
    other = world.state.add_board("Elsewhere")
    world.lerato.move_to(card["id"], other.id)
    assert world.actions()[0]["type"] == "moveCardFromBoard"
    assert world.actions()[0]["data"]["boardTarget"]["id"] == other.id
    there = world.get(f"/boards/{other.id}/actions")
    assert [a["type"] for a in there] == ["moveCardToBoard"]
    assert world.get(f"/boards/{world.board.id}", cards="all")["cards"] == []
    assert world.get(f"/cards/{card['id']}")["idBoard"] == other.id


def test_an_archived_card_stays_and_a_deleted_one_is_gone_for_good(world: World) -> None:
    kept, lost = world.make()["id"], world.make()["id"]
    world.lerato.comment(lost, "bye")
    world.lerato.archive(kept)
    world.lerato.delete(lost)
    read = world.get(f"/boards/{world.board.id}", cards="open")["cards"]
    assert read == []
    assert [c["id"] for c in world.get(f"/boards/{world.board.id}", cards="all")["cards"]] == [kept]
    assert world.ask("GET", f"/cards/{lost}").status_code == 404
    assert [a["type"] for a in world.actions("deleteCard,commentCard")] == ["deleteCard"]
    world.lerato.unarchive(kept)
    assert len(world.get(f"/boards/{world.board.id}", cards="open")["cards"]) == 1


def test_a_card_in_an_archived_list_is_open_but_not_visible(world: World) -> None:
    world.make()
    world.ask("PUT", f"/lists/{world.todo.id}/closed", value="true")
    assert len(world.get(f"/boards/{world.board.id}/cards/open")) == 1
    assert world.get(f"/boards/{world.board.id}/cards/visible") == []
    assert world.get(f"/boards/{world.board.id}/cards") == []


def test_members_are_added_one_by_one_or_replaced_wholesale(world: World) -> None:
    card = world.make(idMembers=[world.person.id])
    again = world.ask("POST", f"/cards/{card['id']}/idMembers", {"value": world.person.id})
    assert (again.status_code, again.text) == (400, "member is already on the card")
    world.ask("POST", f"/cards/{card['id']}/idMembers", value=world.bot.id)
    assert world.get(f"/cards/{card['id']}")["idMembers"] == [world.person.id, world.bot.id]
    world.ask("PUT", f"/cards/{card['id']}", {"idMembers": [world.bot.id]})
    assert world.get(f"/cards/{card['id']}")["idMembers"] == [world.bot.id]
    assert [a["type"] for a in world.actions("addMemberToCard,removeMemberFromCard")] == [
        "removeMemberFromCard", "addMemberToCard", "addMemberToCard",
    ]  # fmt: skip


def test_a_copy_is_a_copycard_with_its_source(world: World) -> None:
    card = world.make(desc="alignd ref X y")
    copy = world.lerato.copy(card["id"])
    action = world.actions("copyCard")[0]
    assert (action["data"]["card"]["id"], action["data"]["cardSource"]["id"]) == (copy, card["id"])
    assert world.get(f"/cards/{copy}")["desc"] == "alignd ref X y"
    assert len(world.actions("createCard")) == 1


def test_completing_is_due_complete(world: World) -> None:
    card = world.make()
    world.lerato.complete(card["id"])
    assert world.get(f"/cards/{card['id']}")["dueComplete"] is True
    assert world.actions("updateCard:dueComplete")[0]["data"]["old"] == {"dueComplete": False}


def test_checklists_keep_their_items(world: World) -> None:
    card = world.make()
    checklist = world.ask("POST", f"/cards/{card['id']}/checklists", {"name": "Confirm"}).json()
    item = world.ask("POST", f"/checklists/{checklist['id']}/checkItems", {"name": "Johan"}).json()
    world.ask("PUT", f"/cards/{card['id']}/checkItem/{item['id']}", {"state": "complete"})
    read = world.get(f"/boards/{world.board.id}", checklists="all")["checklists"]
    assert [(i["name"], i["state"]) for i in read[0]["checkItems"]] == [("Johan", "complete")]
    assert world.actions()[0]["type"] == "updateCheckItemStateOnCard"


# ── history ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_history_is_newest_first_and_paged_by_since_before_and_limit(world: World) -> None:
    card = world.make()
    comments = []
    for minute in range(5):
        world.pass_time(minutes=1)
        comments.append(world.lerato.comment(card["id"], f"{minute}"))
    path = f"/boards/{world.board.id}/actions"
    newest = world.get(path, filter="commentCard", limit=2)
    assert [a["id"] for a in newest] == comments[:2:-1]
    older = world.get(path, filter="commentCard", limit=2, before=newest[-1]["id"])
    assert [a["id"] for a in older] == [comments[2], comments[1]]
    since = world.get(path, filter="commentCard", since="2026-11-18T06:04:00Z")
    assert [a["id"] for a in since] == [comments[4], comments[3]]
    assert [a["id"] for a in world.get(path, since=comments[3])] == [comments[4]]
    assert world.ask("GET", path, limit=1001).status_code == 400


def test_the_default_history_of_a_card_is_its_comments_and_moves(world: World) -> None:
    card = world.make()
    world.lerato.comment(card["id"], "x")
    world.lerato.rename(card["id"], "Other")
    world.lerato.move(card["id"], "Doing")
    kinds = [a["type"] for a in world.get(f"/cards/{card['id']}/actions")]
    assert kinds == ["updateCard", "commentCard"]


def test_an_edited_comment_keeps_its_id_and_only_its_author_edits_it(world: World) -> None:
    card = world.make()
    comment = world.lerato.comment(card["id"], "frist")
    world.pass_time(minutes=2)
    world.lerato.edit_comment(comment, "first")
    read = world.actions("commentCard")[0]
    assert (read["id"], read["data"]["text"]) == (comment, "first")
    assert read["data"]["dateLastEdited"] == "2026-11-18T06:02:00.000Z"
    assert world.ask("PUT", f"/actions/{comment}", {"text": "x"}).status_code == 401
    world.lerato.delete_comment(comment)
    assert world.actions("commentCard") == []


def test_one_nested_read_brings_the_whole_board(world: World) -> None:
    card = world.make(idMembers=[world.person.id])
    world.lerato.comment(card["id"], "hi")
    board = world.get(
        f"/boards/{world.board.id}", fields="name", lists="open", list_fields="name", cards="open",
        card_fields="name,idList", card_members="true", card_member_fields="username", members="all",
        member_fields="fullName", actions="commentCard", actions_limit=1000, actions_since="2026-11-01T00:00:00Z",
        action_memberCreator_fields="username", labels="all", customFields="true", checklists="all",
    )  # fmt: skip
    assert set(board) == {"id", "name", "lists", "cards", "members", "actions", "labels", "customFields", "checklists"}
    assert board["lists"][0] == {"id": world.todo.id, "name": "To do"}
    assert board["cards"] == [
        {"id": card["id"], "name": "A card", "idList": world.todo.id,
         "members": [{"id": world.person.id, "username": "leratod"}]}
    ]  # fmt: skip
    assert board["actions"][0]["memberCreator"] == {"id": world.person.id, "username": "leratod"}


def test_a_batch_of_reads_mixes_answers(world: World) -> None:
    card = world.make()
    routes = f"/cards/{card['id']}?fields=name%2CidList,/cards/{'0' * 24},/members/me?fields=username"
    answer = world.get("/batch", urls=routes)
    assert answer[0]["200"] == {"id": card["id"], "name": "A card", "idList": world.todo.id}
    assert answer[1]["statusCode"] == 404
    assert answer[2]["200"]["username"] == "aligndbot"
    assert world.ask("GET", "/batch", urls=",".join(["/members/me"] * 11)).status_code == 400


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_token_over_its_limit_is_refused_in_json_without_retry_after(world: World) -> None:
    world.sandbox.trello.switches.limits = True
    answers = [world.ask("GET", "/members/me", fields="username") for _ in range(101)]
    assert answers[0].headers["x-rate-limit-api-token-remaining"] == "99"
    assert {a.status_code for a in answers[:100]} == {200}
    assert answers[100].status_code == 429
    assert answers[100].json() == {"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}
    assert "Retry-After" not in answers[100].headers
    world.seconds[0] += 10.1
    assert world.ask("GET", "/members/me").status_code == 200


def test_two_hundred_refusals_lock_the_key_out(world: World) -> None:
    switches = world.sandbox.trello.switches
    switches.limits, switches.per_token, switches.lock_out_after = True, 1, 5
    for _ in range(7):
        world.ask("GET", "/members/me")
    locked = world.ask("GET", "/members/me")
    assert locked.json()["error"] == "API_KEY_LIMIT_EXCEEDED"
    world.seconds[0] += 10.1
    assert world.ask("GET", "/members/me").status_code == 200


def test_too_many_cards_in_one_answer_are_refused(world: World) -> None:
    world.make()
    world.make()
    world.sandbox.trello.switches.max_cards = 1
    answer = world.ask("GET", f"/boards/{world.board.id}", cards="all")
    assert (answer.status_code, answer.json()["error"]) == (429, "API_TOO_MANY_CARDS_REQUESTED")
