"""The Trello tracker over real HTTP, against a small Trello written from its specification and guides."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.base import Tracker
from connectors.errors import NeedsPerson, Stopped, Unreachable, VendorError
from connectors.trello.settings import TrelloSettings
from connectors.trello.tracker import TrelloTracker
from mapping.documents import Document, paragraph
from mapping.people import Person
from mapping.tasks import (
    Archive,
    Attempt,
    Complete,
    Create,
    EditComment,
    Fate,
    Follow,
    Known,
    Order,
    Reopen,
    Result,
    Say,
    Update,
    View,
    WorkKind,
)
from tests.unit.small_trello import ANA, BEN, BOARD, DONE, ME, REVIEWS, SHORT, TODO, SmallTrello
from tests.unit.tracker_loopback import Call, Clock, Said, Vendor, patience_of, serve

NOW = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
LATER = datetime(2031, 1, 1, tzinfo=UTC)
PEOPLE = (
    Person("ana", "Ana Alves", accounts=(("trello", "@anaalves"),)),
    Person("ben", "Ben Bo", accounts=(("trello", "benbo"),)),
)
LISTS: dict[str, Any] = {"default": "To do", "review": "Reviews", "done": ["Done"]}
REFERENCE = "alignd ref 6SADZD7P6NG7MP55Q52V acme/action/social_visits/2026-W46"
_TOKENS = itertools.count()


@dataclass
class Stage:
    """A small Trello, the server it stands behind, a tracker on it, and the clock of its waits."""

    trello: SmallTrello
    vendor: Vendor
    tracker: TrelloTracker
    clock: Clock
    key: str
    token: str

    def read(self, whole: bool = True, known: tuple[Known, ...] = (), view: View | None = None, **said: Any) -> View:
        memory = json.loads(json.dumps(dict(view.memory))) if view else {}
        return self.tracker.read(
            whole=whole, known=known, people=said.get("people", PEOPLE), memory=memory, now=said.get("now", NOW)
        )

    def sent(self) -> list[str]:
        return [f"{one.method} {one.path.removeprefix('/1')}" for one in self.vendor.calls]

    def another(self) -> Stage:
        """The same Trello, spoken to by a new process."""
        made = _tracker(self.vendor.url, self.key, self.token, self.clock, LISTS, 120.0)
        return Stage(self.trello, self.vendor, made, self.clock, self.key, self.token)


def _tracker(url: str, key: str, token: str, clock: Clock, lists: dict[str, Any], budget: float) -> TrelloTracker:
    settings = TrelloSettings.model_validate(
        {"id": "board", "key": key, "token": token, "board": SHORT, "endpoint": url, "lists": lists}
    )
    return TrelloTracker(
        settings, patience_of(clock, budget), zone=ZoneInfo("Africa/Johannesburg"), monotonic=clock, chance=lambda: 0.5
    )


@contextmanager
def stage(
    trello: SmallTrello | None = None, lists: dict[str, Any] | None = None, budget: float = 120.0
) -> Iterator[Stage]:
    trello, clock, n = trello or SmallTrello(), Clock(), next(_TOKENS)
    key, token = f"canary-key-{n}", f"canary-secret-{n}"
    with serve(trello.answer) as vendor:
        tracker = _tracker(vendor.url, key, token, clock, LISTS if lists is None else lists, budget)
        try:
            yield Stage(trello, vendor, tracker, clock, key, token)
        finally:
            tracker.close()


def create(n: int = 1, **said: Any) -> Create:
    fields: dict[str, Any] = {"assignee": ANA, "due": date(2026, 11, 25)} | said
    body = Document((paragraph("Sessions were 8,200."),), f"{REFERENCE}{n}")
    return Create(f"key/{n}", WorkKind.ACTION, f"Sessions below target {n}", body, **fields)


def say(task: str, text: str = "Latest: 6,700") -> Say:
    return Say(task, "key#numbers", Document((paragraph(text),)), pinned=True)


def _is_create(call: Call) -> bool:
    return call.method == "POST"


def _is_listing(call: Call) -> bool:
    return call.path.startswith("/1/boards/")


def given(where: Stage, *orders: Order) -> list[Result]:
    return [result for order in orders for result in where.tracker.write([order])]


def made(where: Stage, **said: Any) -> str:
    """A card of alignd's, made in this cycle."""
    result = given(where, create(**said))[0]
    assert result.task is not None
    return result.task.id


def cards_of(where: Stage, card: str) -> dict[str, Any]:
    return where.trello.cards[card]


def modified(where: Stage, card: str) -> datetime:
    return datetime.fromisoformat(where.trello.cards[card]["dateLastActivity"])


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tracker_is_what_the_protocol_asks_for() -> None:
    with stage() as it:
        assert isinstance(it.tracker, Tracker)
        assert (it.tracker.id, it.tracker.kind, it.tracker.batch) == ("board", "trello", 1)


def test_a_read_is_one_nested_call_and_once_a_day_one_for_who_alignd_is() -> None:
    with stage() as it:
        view = it.read()
        assert it.sent() == ["GET /members/me", f"GET /boards/{SHORT}"]
        assert (view.me, view.accounts, view.whole, view.troubles) == (ME, {"ana": ANA, "ben": BEN}, True, ())
        second = it.another().read(whole=False, view=view, now=NOW + timedelta(hours=23))
        assert it.sent()[2:] == [f"GET /boards/{SHORT}"]
        assert second.me == ME
        it.another().read(whole=False, view=second, now=NOW + timedelta(hours=25))
        assert it.sent()[3:] == ["GET /members/me", f"GET /boards/{SHORT}"]


def test_calls_made_are_the_least() -> None:
    with stage() as it:
        view = it.read()
        made(it)
        it.read(whole=False, view=view)
        assert it.tracker.calls.made == it.tracker.calls.least == it.tracker.calls.charged == 4


def test_key_and_token_travel_in_the_header_and_in_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with stage() as it:
        it.read()
        results = []
        for status in (400, 401, 403, 429, 500):
            it.vendor.faults.append(Said(f"invalid token {it.token} {it.key}", status, {"Content-Type": "text/plain"}))
            results += given(it, create())
        it.vendor.faults.append(Said(f"invalid token {it.token}", 401))
        with pytest.raises(VendorError) as raised:
            it.read()
        told = [str(results), repr(raised.value), str(raised.value), repr(vars(it.tracker)), caplog.text]
        told += [str(vars(it.tracker._client)), str(vars(it.tracker._client._library))]
        for secret in (it.key, it.token):
            assert not any(secret in one for one in told)
            assert not any(secret in one.target for one in it.vendor.calls)
        header = f'OAuth oauth_consumer_key="{it.key}", oauth_token="{it.token}"'
        assert {one.headers["authorization"] for one in it.vendor.calls} == {header}


def test_a_password_file_on_the_machine_does_not_replace_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with stage() as it:
        it.read()
        assert it.vendor.calls[0].headers["authorization"].startswith("OAuth ")


def test_a_card_is_read_with_everything_that_read_back_needs() -> None:
    with stage() as it:
        it.read()
        card = made(it)
        task = it.read().tasks[card]
        assert (task.title, task.assignees, task.due) == (
            "Sessions below target 1",
            frozenset({ANA}),
            date(2026, 11, 25),
        )
        assert task.notes == f"Sessions were 8,200.\n\n{REFERENCE}1"
        assert (task.home, task.place, task.place_name) == (BOARD, TODO, "To do")
        assert (task.created_by, task.copied, task.archived, task.completed) == (ME, False, False, False)
        assert task.created_at == datetime.fromtimestamp(int(card[:8], 16), UTC)
        assert task.url == f"https://trello.com/c/{card[:8]}"
        assert task.comments == ()


def test_due_complete_or_standing_in_a_done_list_is_completed_with_its_time_and_person() -> None:
    with stage() as it:
        it.read()
        ticked, moved = made(it), made(it, n=2)
        it.trello.change(ticked, {"dueComplete": True}, BEN)
        at = modified(it, ticked)
        it.trello.change(moved, {"idList": DONE}, ANA)
        tasks = it.read().tasks
        assert (tasks[ticked].completed, tasks[ticked].completed_at, tasks[ticked].completed_by) == (True, at, BEN)
        assert (tasks[moved].completed, tasks[moved].completed_by) == (True, ANA)
        assert tasks[ticked].changed_by_person


def test_a_completion_from_before_what_was_read_has_the_time_of_the_last_change() -> None:
    with stage() as it:
        first = it.read()
        card = made(it)
        it.trello.change(card, {"dueComplete": True}, BEN)
        it.trello.actions.clear()
        task = it.read(view=first).tasks[card]
        assert (task.completed_at, task.completed_by) == (modified(it, card), None)


def test_archived_cards_are_in_a_whole_read_and_fetched_by_id_in_any_other() -> None:
    with stage() as it:
        first = it.read()
        card = made(it)
        it.trello.change(card, {"closed": True}, BEN)
        assert it.read(view=first).tasks[card].archived
        before = len(it.vendor.calls)
        view = it.read(whole=False, known=(Known(card, True, LATER),), view=first)
        assert view.tasks[card].archived
        assert it.sent()[before:] == [f"GET /boards/{SHORT}", "GET /batch"]


def test_a_deleted_card_is_gone_whether_the_board_tells_or_only_its_absence() -> None:
    with stage() as it:
        view = it.read()
        one, two = made(it), made(it, n=2)
        it.trello.act("deleteCard", one, BEN, {})
        del it.trello.cards[one], it.trello.cards[two]
        known = (Known(one, True, None), Known(two, True, None), Known("f" * 24, False, None))
        before = len(it.vendor.calls)
        assert it.read(known=known, view=view).gone == {one, two}
        assert [one.query.get("urls", "").count("/cards/") for one in it.vendor.calls[before:]] == [0, 1]


@pytest.mark.parametrize(
    ("status", "text"), [(404, "Could not find the card"), (401, "unauthorized card permission requested")]
)
def test_a_card_we_may_not_see_any_more_has_gone_from_us(status: int, text: str) -> None:
    with stage() as it:
        it.read()
        card = made(it)
        cards_of(it, card)["idBoard"] = "9" * 24
        it.trello.refusals[f"GET /cards/{card}"] = Said(text, status)
        assert it.read(known=(Known(card, True, None),)).gone == {card}


def test_a_card_moved_to_another_board_is_followed_with_its_comments() -> None:
    with stage() as it:
        view = it.read()
        card = made(it)
        it.trello.say(card, "moved where it belongs", BEN)
        cards_of(it, card)["idBoard"] = "9" * 24
        task = it.read(whole=False, known=(Known(card, True, None),), view=view).tasks[card]
        assert task.home == "9" * 24
        assert [one.text for one in task.comments or ()] == ["moved where it belongs"]


def test_cards_the_board_lacks_are_fetched_ten_a_request() -> None:
    with stage() as it:
        known = tuple(Known(f"{n:024x}", True, None) for n in range(12))
        it.read(known=known)
        assert it.sent()[2:] == ["GET /batch", "GET /batch"]
        assert [one.query["urls"].count("/cards/") for one in it.vendor.calls[2:]] == [10, 2]
        assert it.tracker.calls.charged == 14
        assert it.tracker.calls.made == it.tracker.calls.least == 4


def test_comments_come_with_the_board_in_one_call_since_half_an_hour_before_the_cursor() -> None:
    with stage() as it:
        view = it.read()
        card = made(it)
        it.trello.say(card, "alignd snooze 2 weeks: trade fair", BEN)
        seen = datetime.fromisoformat(it.trello.actions[0]["date"])
        before = len(it.vendor.calls)
        task = it.read(whole=False, known=(Known(card, True, seen),), view=view).tasks[card]
        assert it.sent()[before:] == [f"GET /boards/{SHORT}"]
        assert it.vendor.calls[-1].query["actions_since"] == "2026-11-18T05:30:00.000Z"
        assert [(one.author, one.text) for one in task.comments or ()] == [(BEN, "alignd snooze 2 weeks: trade fair")]
        assert task.changed_by_person


def test_trellos_own_escapes_in_what_people_type_are_taken_away() -> None:
    with stage() as it:
        it.read()
        card = made(it)
        it.trello.say(
            card, '**alignd** wrong: 2026\\-W46 is \\_not\\_ it, see [x](https://e.example "smartCard-inline")', BEN
        )
        comments = it.read().tasks[card].comments or ()
        assert comments[0].text == "alignd wrong: 2026-W46 is _not_ it, see x (https://e.example)"


def test_a_change_that_no_action_explains_is_looked_into_such_as_an_edited_comment() -> None:
    with stage() as it:
        view = it.read()
        card = made(it)
        comment = it.trello.say(card, "alignd snoze", BEN)
        seen = modified(it, card)
        it.trello.now += timedelta(hours=2)
        comment["data"] |= {"text": "alignd snooze 2 weeks", "dateLastEdited": it.trello.stamp()}
        cards_of(it, card)["dateLastActivity"] = it.trello.stamp()
        task = it.read(whole=False, known=(Known(card, True, seen),), view=view).tasks[card]
        edited = (task.comments or ())[0]
        assert edited.text == "alignd snooze 2 weeks"
        assert edited.edited_at is not None
        assert edited.edited_at > edited.at


def test_alignds_own_changes_and_comments_are_no_change_by_a_person() -> None:
    with stage() as it:
        it.read()
        card = made(it)
        given(it, say(card), Complete(card))
        task = it.read(known=(Known(card, True, None),)).tasks[card]
        assert len(task.comments or ()) == 1
        assert not task.changed_by_person


def test_a_copy_is_told_from_a_card_that_was_plainly_made_and_is_asked_about_once() -> None:
    with stage() as it:
        first = it.read()
        card = it.trello.make(BEN, "copyCard", desc=f"x\n\n{REFERENCE}")["id"]
        assert (it.read(view=first).tasks[card].copied, it.read(view=first).tasks[card].created_by) == (True, BEN)
        it.trello.now += timedelta(days=9)
        aged = it.read(view=first)
        old = dict(aged.memory) | {"cursor": "2026-11-27T06:00:00.000Z", "origins": {}}
        it.trello.most = 1000
        view = it.tracker.read(whole=True, known=(), people=PEOPLE, memory=old, now=NOW)
        assert it.sent()[-1] == "GET /batch"
        assert (view.tasks[card].copied, view.tasks[card].created_by) == (True, BEN)
        again = it.tracker.read(
            whole=True, known=(), people=PEOPLE, memory=json.loads(json.dumps(dict(view.memory))), now=NOW
        )
        assert it.sent()[-1] == f"GET /boards/{SHORT}"
        assert again.tasks[card].copied


def test_a_full_page_of_actions_is_walked_back_to_the_cursor() -> None:
    with stage() as it:
        view = it.read()
        card = made(it)
        for n in range(1005):
            it.trello.say(card, f"line {n}", BEN)
        task = it.read(whole=False, known=(Known(card, True, NOW - timedelta(days=1)),), view=view).tasks[card]
        assert len(task.comments or ()) == 1005
        assert it.sent()[-1] == f"GET /boards/{BOARD}/actions"


def test_a_board_too_large_for_one_answer_is_read_in_pages_from_then_on() -> None:
    with stage(SmallTrello(too_many=True)) as it:
        for n in range(1001):
            it.trello.make(name=str(n))
        view = it.read()
        assert len(view.tasks) == 1001
        assert it.sent()[1:] == [f"GET /boards/{SHORT}"] * 2 + [f"GET /boards/{BOARD}/cards/all"] * 2
        before = len(it.vendor.calls)
        it.trello.actions.clear()
        assert len(it.read(whole=False, view=view).tasks) == 1001
        assert it.sent()[before:] == [f"GET /boards/{SHORT}"] + [f"GET /boards/{BOARD}/cards/open"] * 2


def test_a_card_trello_stumbles_over_is_left_out_and_the_cursor_stays() -> None:
    with stage() as it:
        first = it.read()
        card = made(it)
        it.trello.change(card, {"closed": True}, BEN)
        it.trello.refusals[f"GET /cards/{card}"] = Said("timeout", 504)
        view = it.read(whole=False, known=(Known(card, True, None),), view=first)
        assert (view.tasks, view.gone) == ({}, frozenset())
        assert view.memory["cursor"] == first.memory["cursor"]


def test_lists_are_found_by_name_once_and_then_by_id_and_a_missing_one_is_a_trouble() -> None:
    with stage(lists={"default": "to do", "data": "Data", "done": "Done"}) as it:
        view = it.read()
        assert [(one.where, one.kind) for one in view.troubles] == [("board list Data", "extra")]
        it.trello.lists[1]["name"] = "Doing"
        it.read(view=view)
        assert cards_of(it, made(it))["idList"] == TODO
        it.trello.lists[1]["closed"] = True
        assert [one.where for one in it.read(view=view).troubles] == ["board list to do", "board list Data"]
        assert cards_of(it, made(it))["idList"] == REVIEWS


def test_with_no_list_named_work_goes_to_the_first_open_one_from_the_left() -> None:
    with stage(lists={}) as it:
        it.read()
        assert cards_of(it, made(it))["idList"] == TODO


def test_somebody_who_is_not_on_the_board_is_a_trouble_with_the_mend() -> None:
    people = (*PEOPLE, Person("cy", "Cy", accounts=(("trello", "cyc"),)), Person("di", "Di"))
    with stage() as it:
        view = it.read(people=people)
        assert view.accounts == {"ana": ANA, "ben": BEN}
        assert [one.where for one in view.troubles] == ["board people.cy"]
        assert "invite them" in view.troubles[0].advice
        assert any("di has no Trello user name" in one.what and one.ok for one in it.tracker.examine(people))


def test_the_first_sync_advises_a_user_of_its_own_and_says_it_once() -> None:
    people = (Person("al", "Al", accounts=(("trello", "AligndBot"),)),)
    with stage() as it:
        view = it.read(people=people)
        assert "a user of its own" in view.troubles[0].advice
        assert it.another().read(people=people, view=view).troubles == ()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Said("The requested resource was not found.", 404, {"Content-Type": "text/plain"}), SHORT),
        (Said("invalid id", 400, {"Content-Type": "text/plain"}), SHORT),
        (Said("invalid token", 401, {"Content-Type": "text/plain"}), "token"),
        (Said({"error": "x", "message": "no"}, 403), "403"),
    ],
)
def test_a_board_that_cannot_be_had_needs_a_person(said: Said, words: str) -> None:
    with stage() as it:
        it.trello.refusals[f"GET /boards/{SHORT}"] = said
        with pytest.raises(NeedsPerson, match=words):
            it.read()


def test_a_closed_board_needs_a_person() -> None:
    with stage(SmallTrello(closed=True)) as it, pytest.raises(NeedsPerson, match="closed"):
        it.read()


@pytest.mark.parametrize(
    "said",
    [
        Said(reset=True),
        Said("oops", 500),
        Said({}, 503),
        Said("", 449),
        Said({}, 200, cut=1),
        Said("{", 200),
        Said({}, 429),
    ],
)
def test_a_read_is_asked_again(said: Said) -> None:
    with stage() as it:
        it.vendor.faults.append(said)
        assert it.read().me == ME
        assert (it.tracker.calls.made, it.tracker.calls.least) == (3, 2)


def test_a_read_that_fails_for_good_says_that_trello_cannot_be_read() -> None:
    with stage() as it:
        it.vendor.faults += [Said({}, 503)] * 9
        with pytest.raises(Unreachable):
            it.read()
        assert len(it.vendor.calls) == 4


def test_after_a_429_nothing_leaves_before_the_window_has_passed() -> None:
    with stage() as it:
        it.vendor.faults.append(Said({"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}, 429))
        it.read()
        assert it.clock.waits == [11.0]
        it.vendor.faults.append(Said({"error": "API_KEY_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}, 429))
        assert given(it, create())[0].fate is Fate.NOT_SENT
        assert given(it, create())[0].fate is Fate.DONE
        assert sum(it.clock.waits) == pytest.approx(22.0)


def test_a_hundred_requests_in_ten_seconds_are_what_a_token_may_ask() -> None:
    with stage() as it:
        it.read()
        for n in range(98):
            made(it, n=n)
        assert it.clock.waits == []
        made(it, n=99)
        assert sum(it.clock.waits) == pytest.approx(10.0)


def test_a_look_finds_what_alignds_user_made_on_whatever_board_it_stands_now() -> None:
    with stage() as it:
        it.read()
        one, two = made(it), made(it, n=2)
        cards_of(it, one)["idBoard"] = "9" * 24
        copied = it.trello.make(BEN, "copyCard", desc=f"{REFERENCE}3")["id"]
        attempts = [Attempt(f"key/{n}", f"{REFERENCE}{n}", NOW - timedelta(days=1)) for n in (1, 2, 3)]
        found = it.another()
        found.read()
        before = len(it.vendor.calls)
        looked = found.tracker.look(attempts)
        assert {key: task.id for key, task in looked.items()} == {"key/1": one, "key/2": two}
        assert copied not in {task.id for task in looked.values()}
        assert it.sent()[before:] == ["GET /members/me/actions", "GET /batch"]


def test_all_comments_of_named_cards_are_fetched_ten_a_request() -> None:
    with stage() as it:
        it.read()
        cards = [made(it, n=n) for n in range(11)]
        it.trello.say(cards[0], "hello", BEN)
        before = len(it.vendor.calls)
        found = it.tracker.fetch_comments([*cards, "f" * 24])
        assert it.sent()[before:] == ["GET /batch", "GET /batch"]
        assert set(found) == set(cards)
        assert [one.text for one in found[cards[0]].comments or ()] == ["hello"]


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_create_is_one_request_with_everything_in_its_body() -> None:
    with stage() as it:
        it.read()
        before = len(it.vendor.calls)
        result = given(it, create(followers=(BEN, ANA)))[0]
        assert it.sent()[before:] == ["POST /cards"]
        assert it.vendor.calls[-1].query == {}
        assert it.vendor.calls[-1].body == {
            "idList": TODO,
            "name": "Sessions below target 1",
            "desc": f"Sessions were 8,200.\n\n{REFERENCE}1",
            "pos": "bottom",
            "due": "2026-11-25T15:00:00.000Z",  # five in the afternoon in Johannesburg
            "idMembers": [ANA, BEN],
        }
        assert result.fate is Fate.DONE
        assert result.task is not None
        assert (result.task.due, result.task.created_by) == (date(2026, 11, 25), ME)


def test_a_title_is_changed_in_one_request_and_an_assignee_without_touching_other_members() -> None:
    with stage() as it:
        it.read()
        card = made(it)
        cards_of(it, card)["idMembers"].append("e" * 24)
        before = len(it.vendor.calls)
        result = given(it, Update(card, frozenset({"title", "due"}), title="Two", due=None))[0]
        assert it.sent()[before:] == [f"PUT /cards/{card}"]
        assert it.vendor.calls[-1].body == {"name": "Two", "due": None}
        result = given(it, Update(card, frozenset({"assignee"}), assignee=BEN, remove_assignee=ANA))[0]
        assert it.sent()[before + 1 :] == [f"POST /cards/{card}/idMembers", f"DELETE /cards/{card}/idMembers/{ANA}"]
        assert cards_of(it, card)["idMembers"] == ["e" * 24, BEN]
        assert result.task is not None
        assert result.task.assignees == {BEN, "e" * 24}
        assert result.task.title == "Two"


def test_a_member_who_is_there_already_or_not_there_any_more_is_as_it_should_be() -> None:
    with stage() as it:
        it.read()
        card = made(it)
        results = given(
            it,
            Follow(card, ANA),
            Update(card, frozenset({"assignee"}), assignee=ANA, remove_assignee=BEN),
        )
        assert [one.fate for one in results] == [Fate.DONE, Fate.DONE]
        assert cards_of(it, card)["idMembers"] == [ANA]


def test_completing_ticks_the_due_date_and_moves_nothing() -> None:
    with stage() as it:
        it.read()
        card = made(it)
        given(it, Complete(card))
        assert it.vendor.calls[-1].body == {"dueComplete": True}
        assert cards_of(it, card)["idList"] == TODO


def test_reopening_takes_a_card_out_of_the_done_list_and_out_of_the_archive() -> None:
    with stage() as it:
        it.read()
        card = made(it)
        it.trello.change(card, {"dueComplete": True, "idList": DONE, "closed": True}, BEN)
        it.read()
        result = given(it, Reopen(card, WorkKind.REVIEW, date(2026, 12, 1)))[0]
        assert it.vendor.calls[-1].body == {
            "dueComplete": False,
            "due": "2026-12-01T15:00:00.000Z",
            "closed": False,
            "idList": REVIEWS,
        }
        assert result.task is not None
        assert (result.task.completed, result.task.archived) == (False, False)


def test_reopening_a_card_that_was_not_read_reads_it_first() -> None:
    with stage() as it:
        it.read()
        card = made(it)
        it.trello.change(card, {"dueComplete": True, "idList": DONE}, BEN)
        it.tracker._seen.clear()
        given(it, Reopen(card, WorkKind.ACTION))
        assert (cards_of(it, card)["idList"], cards_of(it, card)["dueComplete"]) == (TODO, False)


def test_following_archiving_commenting_and_editing_are_one_request_each() -> None:
    with stage() as it:
        it.read()
        card = made(it)
        before = len(it.vendor.calls)
        results = given(it, Follow(card, BEN), Archive(card), say(card))
        comment = results[2].comment
        assert comment is not None
        results += given(it, EditComment(card, comment.id, "k", Document((paragraph("Latest: *2*"),))))
        assert it.sent()[before:] == [
            f"POST /cards/{card}/idMembers",
            f"PUT /cards/{card}",
            f"POST /cards/{card}/actions/comments",
            f"PUT /actions/{comment.id}",
        ]
        assert [one.body for one in it.vendor.calls[before:]] == [
            {"value": BEN},
            {"closed": True},
            {"text": "Latest: 6,700"},
            {"text": "Latest: \\*2\\*"},
        ]
        assert {one.fate for one in results} == {Fate.DONE}
        assert results[3].comment is not None
        assert (results[3].comment.text, results[3].comment.edited_at is not None) == ("Latest: *2*", True)


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        (Said(reset=True), Fate.UNKNOWN),
        (Said({}, 500), Fate.UNKNOWN),
        (Said("<html>bad gateway</html>", 502), Fate.UNKNOWN),
        (Said({"id": "5"}, 200, cut=3), Fate.UNKNOWN),
        (Said('{"id": "5e93', 200), Fate.UNKNOWN),
        (Said("", 200), Fate.UNKNOWN),
        (Said({}, 200), Fate.UNKNOWN),
        (Said("sub-request failed", 449), Fate.UNKNOWN),
        (Said("", 301, {"Location": "http://127.0.0.1:1/"}), Fate.UNKNOWN),
        (Said("", 408), Fate.UNKNOWN),
        (Said("invalid id", 400, {"Content-Type": "text/plain"}), Fate.REFUSED),
        (Said("invalid token", 401, {"Content-Type": "text/plain"}), Fate.REFUSED),
        (Said({"error": "x", "message": "limit"}, 403), Fate.REFUSED),
        (Said("The requested resource was not found.", 404), Fate.REFUSED),
        (Said({"message": "conflict"}, 409), Fate.REFUSED),
        (Said({"message": "no"}, 422), Fate.REFUSED),
        (Said({"error": "API_TOKEN_LIMIT_EXCEEDED"}, 429), Fate.NOT_SENT),
    ],
)
def test_what_became_of_a_create_is_never_guessed_and_it_is_never_sent_twice(said: Said, fate: Fate) -> None:
    with stage() as it:
        it.read()
        for order in (create(), say("5e95bab4e5c5a66526f74278")):
            it.vendor.faults.append(said)
            before = len(it.vendor.calls)
            result = given(it, order)[0]
            assert (result.fate, len(it.vendor.calls) - before) == (fate, 1)
            assert result.trouble is not None


def test_a_change_is_sent_again_after_a_429() -> None:
    with stage() as it:
        it.read()
        card = made(it)
        it.vendor.faults.append(Said({"error": "API_TOKEN_LIMIT_EXCEEDED"}, 429))
        assert given(it, Complete(card))[0].fate is Fate.DONE
        assert it.clock.waits == [11.0]


def test_a_create_that_cannot_be_connected_was_not_sent() -> None:
    with stage() as it:
        it.read()
        kept = it.tracker
        kept.close()
        url = it.vendor.url
    assert url
    assert [one.fate for one in kept.write([create()])] == [Fate.NOT_SENT]


def test_a_create_that_was_made_but_not_answered_in_time_is_unknown_and_a_read_is_asked_again() -> None:
    with stage() as it:
        it.read()

        def late(call: Call) -> Said:
            said = it.trello.answer(call)
            return Said(said.body, said.status, pause=1.0)

        it.vendor.faults.append(late)
        result = given(it, create())[0]
        assert result.fate is Fate.UNKNOWN
        assert result.trouble is not None
        assert "in time" in result.trouble.what
        it.vendor.faults.append(Said({}, pause=1.0))
        assert len(it.read().tasks) == 1


def test_a_write_trusts_only_a_connection_that_has_just_answered_or_a_new_one() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        it.clock.now += 60
        given(it, create(2))
        it.read()
        given(it, create(3))
        first, second, third = (one.connection for one in it.vendor.calls if _is_create(one))
        read, again = (one.connection for one in it.vendor.calls if _is_listing(one))
        assert first == read
        assert second not in (first, third)
        assert third == again
        assert again not in (first, second)


def test_asked_to_stop_while_waiting_an_order_was_not_sent() -> None:
    with stage() as it:
        it.read()
        it.vendor.faults.append(Said({}, 429))
        given(it, create())
        it.clock.set()
        assert given(it, create())[0].fate is Fate.NOT_SENT
        with pytest.raises(Stopped):
            it.read()


@pytest.mark.parametrize(
    ("text", "followers", "extra"),
    [
        ("invalid value for idMembers", (), "assignee"),
        ("invalid value for idMembers", (BEN,), "followers"),
        ("invalid value for idList", (), "place"),
        ("invalid value for name", (), None),
    ],
)
def test_a_refused_extra_is_named_and_a_refused_list_is_not_used_again(
    text: str, followers: tuple[str, ...], extra: str | None
) -> None:
    with stage() as it:
        it.read()
        it.vendor.faults.append(Said(text, 400, {"Content-Type": "text/plain"}))
        result = given(it, create(followers=followers))[0]
        assert (result.fate, result.refused_extra) == (Fate.REFUSED, extra)
        assert cards_of(it, made(it))["idList"] == (REVIEWS if extra == "place" else TODO)


def test_doctor_says_one_line_a_thing_with_the_mend_and_writes_nothing() -> None:
    people = (
        *PEOPLE,
        Person("cy", "Cy", accounts=(("trello", "cyc"),)),
        Person("al", "Al", accounts=(("trello", "aligndbot"),)),
    )
    with stage(lists={"default": "To do", "data": "Data", "done": "Done"}) as it:
        findings = it.tracker.examine(people)
        assert [(one.what, one.ok) for one in findings if one.ok] == [
            ("signed in to Trello as aligndbot", True),
            ("board Growth is there", True),
            ("list To do is there", True),
            ("list Done is there", True),
            ("alignd may write on the board, if its token was made with the right to write", True),
            ("ana is Anaalves on the board", True),
            ("ben is Benbo on the board", True),
            ("al is Aligndbot on the board", True),
        ]
        wrong = [one for one in findings if not one.ok]
        assert ["one of people" in wrong[0].what, "Data" in wrong[1].what, "cyc" in wrong[2].what] == [True] * 3
        assert all(one.mend for one in wrong)
        assert {one.method for one in it.vendor.calls} == {"GET"}


def test_doctor_sees_a_user_who_may_only_look() -> None:
    with stage() as it:
        del it.trello.members[BEN]
        it.trello.members = {ANA: "anaalves", ME: "aligndbot"}
        shown = it.trello._board({"cards": "none", "actions": "none"}).body
        assert isinstance(shown, dict)
        shown["memberships"] = [{"idMember": ME, "memberType": "observer"}]
        it.trello.refusals[f"GET /boards/{SHORT}"] = Said(shown)
        assert any("only observes" in one.what and not one.ok for one in it.tracker.examine(()))


# ── what the documents leave open ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("left_out", ["lists", "members", "cards", "actions"])
def test_what_a_board_leaves_out_is_asked_on_its_own_route_and_never_taken_for_nothing(left_out: str) -> None:
    with stage() as it:
        card = it.trello.make(name="Ours", desc=REFERENCE, idMembers=[ANA])
        it.trello.say(card["id"], "Well?", BEN)
        expected = it.read()
        it.trello.unnested = frozenset({left_out})
        before = it.tracker.calls.made
        view = it.another().read(view=expected)
        assert view.tasks == expected.tasks
        assert view.accounts == expected.accounts == {"ana": ANA, "ben": BEN}
        assert view.troubles == ()
        assert before == it.tracker.calls.made
        assert it.sent()[-1].startswith(f"GET /boards/{BOARD}/{left_out}")


def test_a_person_without_a_trello_name_is_nobody_on_the_board_whoever_has_none_there_either() -> None:
    with stage() as it:
        it.trello.members["d" * 24] = ""
        view = it.read(people=(*PEOPLE, Person("cy", "Cy")))
        assert "cy" not in view.accounts


def test_an_answer_with_nothing_but_an_id_is_a_yes_to_what_was_sent() -> None:
    with stage() as it:
        it.read()
        it.trello.answers = "bare"
        made = it.tracker.write([create()])[0]
        assert made.fate is Fate.DONE
        assert made.task is not None
        assert (made.task.assignees, made.task.home, made.task.place) == (frozenset({ANA}), BOARD, TODO)
        assert made.task.due == date(2026, 11, 25)
        assert REFERENCE in made.task.notes
        said = it.tracker.write([Say(made.task.id, "k", Document((paragraph("Hello"),)))])[0]
        assert said.comment is not None
        assert said.comment.text == "Hello"
        edited = it.tracker.write([EditComment(made.task.id, said.comment.id, "k", Document((paragraph("Bye"),)))])[0]
        assert edited.fate is Fate.DONE
        assert it.tracker.write([Complete(made.task.id)])[0] == Result(Fate.DONE)
        moved = Update(made.task.id, frozenset({"title", "due", "assignee"}), "U", BEN, ANA, date(2026, 12, 1))
        assert it.tracker.write([moved])[0] == Result(Fate.DONE)
