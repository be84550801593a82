"""The Asana tracker over real HTTP, against a small Asana written from its specification."""

from __future__ import annotations

import itertools
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.asana.settings import AsanaSettings
from connectors.asana.tracker import AsanaTracker
from connectors.base import Tracker
from connectors.errors import BudgetSpent, NeedsPerson, Stopped, Unreachable, VendorError
from mapping.documents import Document, paragraph
from mapping.people import Person
from mapping.tasks import (
    AddPart,
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
from tests.unit.small_asana import ANA, BEN, ME, PROJECT, SmallAsana
from tests.unit.tracker_loopback import Call, Clock, Said, Vendor, patience_of, serve

NOW = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
PEOPLE = (Person("ana", "Ana Alves", "ana@acme.example"), Person("ben", "Ben Bo", "ben+x@acme.example"))
SECTIONS: dict[str, str] = {"default": "Actions"}
REFERENCE = "alignd ref 6SADZD7P6NG7MP55Q52V acme/action/sessions/2026-W46"
_TOKENS = itertools.count()


@dataclass
class Stage:
    """A small Asana, the server it stands behind, a tracker on it, and the clock of its waits."""

    asana: SmallAsana
    vendor: Vendor
    tracker: AsanaTracker
    clock: Clock
    token: str

    def read(self, whole: bool = True, known: tuple[Known, ...] = (), view: View | None = None, **said: Any) -> View:
        memory = json.loads(json.dumps(dict(view.memory))) if view else {}
        return self.tracker.read(
            whole=whole, known=known, people=said.get("people", PEOPLE), memory=memory, now=said.get("now", NOW)
        )

    def sent(self) -> list[str]:
        return [f"{one.method} {one.path.removeprefix('/api/1.0')}" for one in self.vendor.calls]

    def another(self, sections: dict[str, str] | None = None) -> Stage:
        """The same Asana, spoken to by a new process."""
        tracker = _tracker(self.vendor.url, self.token, self.clock, sections)
        return Stage(self.asana, self.vendor, tracker, self.clock, self.token)


def _tracker(
    url: str, token: str, clock: Clock, sections: dict[str, str] | None, budget: float = 120.0
) -> AsanaTracker:
    settings = AsanaSettings.model_validate(
        {"id": "asana", "token": token, "project": PROJECT, "endpoint": url, "sections": sections or SECTIONS}
    )
    return AsanaTracker(settings, patience_of(clock, budget), zone=ZoneInfo("Africa/Johannesburg"), monotonic=clock)


@contextmanager
def stage(
    asana: SmallAsana | None = None, sections: dict[str, str] | None = None, budget: float = 120.0
) -> Iterator[Stage]:
    asana, clock, token = asana or SmallAsana(), Clock(), f"canary-secret-{next(_TOKENS)}"
    with serve(asana.answer) as vendor:
        tracker = _tracker(vendor.url, token, clock, sections, budget)
        made = Stage(asana, vendor, tracker, clock, token)
        try:
            yield made
        finally:
            tracker.close()


def create(n: int = 1, **said: Any) -> Create:
    fields: dict[str, Any] = {"assignee": ANA, "due": date(2026, 11, 25)} | said
    body = Document((paragraph("Sessions were 8,200."),), f"{REFERENCE}{n}")
    return Create(f"key/{n}", WorkKind.ACTION, f"Sessions below target {n}", body, **fields)


def say(task: str, text: str = "Latest: 6,700") -> Say:
    return Say(task, "key#numbers", Document((paragraph(text),)), pinned=True)


def _is_create(call: Call) -> bool:
    return call.path.endswith("/batch") and call.body["data"]["actions"][0]["method"] == "post"


def _is_listing(call: Call) -> bool:
    return call.path.endswith("/tasks")


def given(where: Stage, *orders: Order) -> list[Result]:
    return list(where.tracker.write(orders))


# ── setup ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tracker_is_what_the_protocol_asks_for() -> None:
    with stage() as it:
        assert isinstance(it.tracker, Tracker)
        assert (it.tracker.id, it.tracker.kind, it.tracker.batch) == ("asana", "asana", 10)


def test_a_first_read_takes_one_request_for_the_setup_and_one_for_the_listing() -> None:
    with stage() as it:
        view = it.read()
        assert it.sent() == ["POST /batch", "GET /tasks"]
        assert (view.me, view.accounts, view.whole, view.troubles) == (ME, {"ana": ANA, "ben": BEN}, True, ())
        assert view.vendor_now == datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
        calls = it.tracker.calls
        assert (calls.made, calls.least, calls.charged) == (2, 2, 6)


def test_within_a_day_the_setup_comes_from_the_memory_and_a_read_is_one_request() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        first = it.read()
        sent = len(it.sent())
        second = it.another().read(whole=False, view=first, now=NOW + timedelta(hours=23))
        assert it.sent()[sent:] == ["GET /tasks"]
        assert (second.accounts, second.me, second.whole) == (first.accounts, ME, False)
        it.another().read(whole=False, view=second, now=NOW + timedelta(hours=25))
        assert it.sent()[sent + 1 :] == ["POST /batch", "GET /tasks"]


def test_eight_people_take_two_requests() -> None:
    people = tuple(Person(f"p{n}", f"P{n}", f"p{n}@acme.example") for n in range(8))
    with stage() as it:
        it.asana.users = {f"p{n}@acme.example": f"90{n}" for n in range(8)}
        it.read(people=people)
        assert it.sent() == ["POST /batch", "POST /batch", "GET /tasks"]
        assert it.tracker.calls.made == it.tracker.calls.least == 3


def test_somebody_asana_does_not_know_is_a_trouble_with_the_mend_and_hinders_nobody() -> None:
    people = (*PEOPLE, Person("cy", "Cy", "cy@acme.example"), Person("di", "Di"))
    with stage() as it:
        view = it.read(people=people)
        assert view.accounts == {"ana": ANA, "ben": BEN}
        assert [(one.where, one.kind) for one in view.troubles] == [("asana people.cy", "extra")]
        assert "invite that address" in view.troubles[0].advice


def test_while_somebody_is_missing_the_setup_is_asked_for_again_after_three_hours() -> None:
    people = (*PEOPLE, Person("cy", "Cy", "cy@acme.example"))
    with stage() as it:
        first = it.read(people=people)
        it.another().read(whole=False, view=first, people=people, now=NOW + timedelta(hours=2))
        it.asana.users["cy@acme.example"] = "903"
        later = it.another().read(whole=False, view=first, people=people, now=NOW + timedelta(hours=4))
        assert later.accounts["cy"] == "903"
        assert later.troubles == ()
        assert it.sent().count("POST /batch") == 3  # once more for the list of users, while Cy was unknown


def test_while_a_section_is_missing_the_setup_is_asked_for_again_after_ten_minutes() -> None:
    sections = {"default": "Actions", "review": "Reviews"}
    with stage(sections=sections) as it:
        first = it.read()
        it.asana.sections.append({"gid": "13", "name": "Reviews"})
        assert it.another(sections).read(whole=False, view=first, now=NOW + timedelta(minutes=9)).troubles
        assert not it.another(sections).read(whole=False, view=first, now=NOW + timedelta(minutes=11)).troubles


def test_the_first_sync_advises_a_user_of_its_own_and_says_it_once() -> None:
    with stage() as it:
        it.asana.me = ANA
        first = it.read()
        assert "a user of its own" in first.troubles[0].advice
        assert it.another().read(view=first).troubles == ()


def test_a_section_is_found_by_name_once_and_then_by_its_id() -> None:
    with stage() as it:
        view = it.read()
        it.asana.sections[1]["name"] = "Doing"
        later = it.another()
        later.read(view=view, now=NOW + timedelta(days=2))
        assert given(later, create())[0].task is not None
        assert it.asana.tasks["5001"]["memberships"][0]["section"]["gid"] == "12"


def test_a_section_that_is_not_there_is_a_trouble_and_its_work_goes_to_the_default() -> None:
    with stage(sections={"default": "actions ", "review": "Reviews"}) as it:
        view = it.read()
        assert [one.where for one in view.troubles] == ["asana section Reviews"]
        given(it, Create("k", WorkKind.REVIEW, "Review", Document(())))
        assert it.asana.tasks["5001"]["memberships"][0]["section"]["gid"] == "12"


def test_without_named_sections_work_goes_to_the_first_and_without_any_to_the_project() -> None:
    with stage(sections={"review": "Actions"}) as it:
        it.read()
        given(it, create())
        assert it.asana.tasks["5001"]["memberships"][0]["section"]["gid"] == "11"
    bare = SmallAsana(sections=[])
    with stage(bare, sections={"review": "Actions"}) as it:
        it.read()
        given(it, create())
        assert it.vendor.calls[-1].body["data"]["actions"][0]["data"]["projects"] == [PROJECT]


def test_a_project_that_is_not_there_needs_a_person_and_says_which() -> None:
    with stage() as it:
        it.asana.statuses[f"get /projects/{PROJECT}"] = (404, "project: Unknown object")
        with pytest.raises(NeedsPerson, match=PROJECT):
            it.read()


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_task_is_read_with_everything_that_read_back_needs() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        it.asana.tasks["5001"] |= {
            "completed": True,
            "completed_at": "2026-11-18T06:05:00.000Z",
            "completed_by": {"gid": BEN},
        }
        task = it.read().tasks["5001"]
        assert (task.title, task.assignees, task.due) == (
            "Sessions below target 1",
            frozenset({ANA}),
            date(2026, 11, 25),
        )
        assert (task.completed, task.completed_by) == (True, BEN)
        assert task.completed_at == datetime(2026, 11, 18, 6, 5, tzinfo=UTC)
        assert (task.home, task.place, task.place_name) == (PROJECT, "12", "Actions")
        assert (task.created_by, task.comments, task.archived) == (ME, None, False)
        assert task.url == "https://app.asana.com/0/1/5001"


def test_a_due_time_counts_as_the_local_date_of_the_workspace() -> None:
    with stage() as it:
        it.read()
        given(it, create(due=None))
        it.asana.tasks["5001"]["due_at"] = "2026-11-24T22:30:00.000Z"
        assert it.read().tasks["5001"].due == date(2026, 11, 25)


def test_a_whole_listing_is_read_page_by_page() -> None:
    with stage(SmallAsana(page=2)) as it:
        it.read()
        given(it, *(create(n) for n in range(1, 6)))
        before = it.tracker.calls.made
        assert len(it.read().tasks) == 5
        assert it.tracker.calls.made - before == 3
        assert it.tracker.calls.made == it.tracker.calls.least


def test_the_cursor_is_the_newest_change_seen_and_asks_only_for_what_changed_since() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        newest = datetime.fromisoformat(it.asana.tasks["5001"]["modified_at"])
        view = it.read(now=datetime(2031, 1, 1, tzinfo=UTC))
        it.read(whole=False, view=view, now=datetime(2031, 1, 1, 1, tzinfo=UTC))
        since = datetime.fromisoformat(it.vendor.calls[-1].query["modified_since"])
        assert since == newest - timedelta(minutes=2)


def test_a_date_header_that_runs_ahead_of_the_records_hides_no_change() -> None:
    with stage() as it:
        it.asana.now = datetime(2026, 11, 10, tzinfo=UTC)  # the header says 18 November
        view = it.read()
        given(it, create())
        view = it.read(whole=False, view=view)
        assert set(view.tasks) == {"5001"}
        it.asana.say("5001", "alignd snooze 2 weeks", ANA)
        view = it.read(whole=False, view=view, known=(Known("5001", True, view.tasks["5001"].modified_at),))
        assert not view.whole
        assert len(view.tasks["5001"].comments or ()) == 1


def test_without_a_cursor_a_read_is_whole_whatever_was_asked() -> None:
    with stage() as it:
        assert it.read(whole=False).whole
        assert "modified_since" not in it.vendor.calls[-1].query


def test_open_known_tasks_that_the_listing_lacks_are_fetched_ten_a_request() -> None:
    with stage() as it:
        it.read()
        given(it, *(create(n) for n in range(1, 3)))
        moved = it.asana.tasks["5001"]
        moved["memberships"] = [{"project": {"gid": "666"}, "section": {"gid": "6", "name": "Theirs"}}]
        it.asana.gone["5002"] = 404
        known = (*(Known(str(5000 + n), True, None) for n in range(1, 12)), Known("4000", False, None))
        before = len(it.vendor.calls)
        view = it.read(known=known)
        asked = [one for one in it.vendor.calls[before:] if one.path.endswith("/batch")]
        assert [len(one.body["data"]["actions"]) for one in asked] == [10, 1, 1]  # eleven tasks, one's comments
        assert view.tasks["5001"].home == "666"
        assert view.gone == {str(5000 + n) for n in range(2, 12)}


def test_a_task_that_is_refused_while_the_project_is_readable_has_gone_from_us() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        it.asana.gone["5001"] = 403
        assert it.read(known=(Known("5001", True, None),)).gone == {"5001"}


def test_a_task_moved_to_another_project_is_followed_by_id_in_every_cycle() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        it.asana.tasks["5001"]["memberships"] = []
        seen = datetime(2030, 1, 1, tzinfo=UTC)
        view = it.read(known=(Known("5001", True, seen),))
        assert view.tasks["5001"].home is None
        it.asana.tasks["5001"] |= {"completed": True}
        later = it.read(whole=False, known=(Known("5001", True, seen),), view=view)
        assert later.tasks["5001"].completed
        it.asana.tasks["5001"]["memberships"] = [{"project": {"gid": PROJECT}, "section": None}]
        back = it.read(known=(Known("5001", True, seen),), view=later)
        assert back.memory["away"] == []


def test_an_incremental_read_fetches_no_open_task_just_because_it_did_not_change() -> None:
    with stage() as it:
        view = it.read()
        given(it, create())
        view = it.read(view=view)
        it.asana.tasks["5001"]["modified_at"] = "2026-01-01T00:00:00.000Z"
        before = len(it.vendor.calls)
        later = it.read(whole=False, known=(Known("5001", True, NOW),), view=view)
        assert (len(it.vendor.calls) - before, later.tasks, later.gone) == (1, {}, frozenset())


def test_comments_are_read_of_known_tasks_that_changed_since_and_of_no_other() -> None:
    with stage() as it:
        it.read()
        given(it, create(1), create(2), create(3))
        seen = datetime.fromisoformat(it.asana.tasks["5003"]["modified_at"])
        it.asana.say("5001", "alignd snooze 2 weeks: trade fair", BEN)
        it.asana.say("5001", "marked this task", BEN, "system")
        it.asana.say("5002", "no one knows this task", BEN)
        view = it.read(known=(Known("5001", True, seen), Known("5003", True, seen)))
        comments = view.tasks["5001"].comments
        assert comments is not None
        assert [(one.author, one.text) for one in comments] == [(BEN, "alignd snooze 2 weeks: trade fair")]
        assert view.tasks["5001"].changed_by_person
        assert view.tasks["5002"].comments is None
        assert view.tasks["5003"].comments is None


def test_alignds_own_stories_are_no_change_by_a_person() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        it.asana.say("5001", "Latest: 6,700", ME)
        it.asana.say("5001", "Asana reminded", None, "system")
        task = it.read(known=(Known("5001", True, None),)).tasks["5001"]
        assert task.comments is not None
        assert len(task.comments) == 1
        assert not task.changed_by_person


def test_a_long_conversation_is_read_to_its_end_oldest_first() -> None:
    with stage(SmallAsana(page=2)) as it:
        it.read()
        given(it, create())
        for n in range(5):
            it.asana.say("5001", f"line {n}", BEN)
        it.asana.stories["5001"].reverse()
        task = it.read(known=(Known("5001", True, None),)).tasks["5001"]
        assert [one.text for one in task.comments or ()] == [f"line {n}" for n in range(5)]


def test_an_edited_comment_is_told_apart_however_often_it_is_read() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        it.asana.say("5001", "alignd snooze", BEN)["is_edited"] = True
        one = (it.tracker.fetch_comments(["5001"])["5001"].comments or ())[0]
        it.asana.say("5001", "later", BEN)
        again = (it.tracker.fetch_comments(["5001"])["5001"].comments or ())[0]
        assert one.edited_at == again.edited_at == one.at


def test_a_task_whose_comments_asana_stumbles_over_is_left_out_and_the_cursor_stays() -> None:
    with stage() as it:
        first = it.read()
        given(it, create())
        it.asana.statuses["get /tasks/5001/stories"] = (500, "Server Error")
        it.asana.now += timedelta(hours=1)
        view = it.read(whole=False, known=(Known("5001", True, None),), view=first)
        assert view.tasks == {}
        assert view.gone == frozenset()
        assert view.memory["cursor"] == first.memory["cursor"]


def test_a_task_whose_comments_are_refused_is_shown_without_them_and_said() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        it.asana.statuses["get /tasks/5001/stories"] = (403, "Forbidden")
        view = it.read(known=(Known("5001", True, None),))
        assert view.tasks["5001"].comments is None
        assert "5001" in view.troubles[0].what


def test_all_comments_of_named_tasks_are_fetched_five_tasks_a_request() -> None:
    with stage() as it:
        it.read()
        given(it, *(create(n) for n in range(1, 7)))
        it.asana.say("5001", "hello", BEN)
        before = it.tracker.calls.made
        found = it.tracker.fetch_comments([f"500{n}" for n in range(1, 7)] + ["9999"])
        assert it.tracker.calls.made - before == 2
        assert set(found) == {f"500{n}" for n in range(1, 7)}
        assert [one.text for one in found["5001"].comments or ()] == ["hello"]


def test_a_look_finds_the_create_among_the_assignees_tasks_wherever_it_was_moved() -> None:
    with stage() as it:
        it.read()
        given(it, create(1), create(2))
        it.asana.tasks["5001"]["memberships"] = []
        it.asana.tasks["5002"]["created_by"] = {"gid": BEN}  # a person's copy is not ours
        attempts = [Attempt(f"key/{n}", f"{REFERENCE}{n}", NOW - timedelta(days=1), ANA) for n in (1, 2)]
        found = it.tracker.look([*attempts, Attempt("key/3", "none", NOW, None)])
        assert {key: task.id for key, task in found.items()} == {"key/1": "5001"}
        assert it.vendor.calls[-1].query["workspace"] == "77"


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_create_is_one_request_with_everything_in_it() -> None:
    with stage() as it:
        it.read()
        result = given(it, create(followers=(BEN, BEN)))[0]
        action = it.vendor.calls[-1].body["data"]["actions"][0]
        assert (action["relative_path"], action["method"]) == ("/tasks", "post")
        data = action["data"]
        assert data["memberships"] == [{"project": PROJECT, "section": "12"}]
        assert (data["assignee"], data["due_on"], data["followers"]) == (ANA, "2026-11-25", [BEN])
        assert data["html_notes"].endswith(f"\n\n{REFERENCE}1</body>")
        assert "notes" in action["options"]["fields"]
        assert result.fate is Fate.DONE
        assert result.task is not None
        assert result.task.title == "Sessions below target 1"


def test_fifty_creates_take_five_requests_which_is_what_the_rule_needs() -> None:
    with stage() as it:
        it.read()
        before = it.tracker.calls.made
        for start in range(0, 50, 10):
            given(it, *(create(n) for n in range(start, start + 10)))
        assert it.tracker.calls.made - before == 5
        assert it.tracker.calls.made == it.tracker.calls.least
        assert len(it.asana.tasks) == 50


def test_half_filled_requests_show_as_more_than_the_least() -> None:
    with stage() as it:
        it.read()
        for n in range(10):
            given(it, create(n))
        assert it.tracker.calls.made - it.tracker.calls.least == 9


def test_what_must_follow_on_a_task_needs_a_request_of_its_own() -> None:
    with stage() as it:
        it.read()
        task = given(it, create(1), create(2))[0].task
        assert task is not None
        given(it, AddPart(task.id, "key#confirm/ana", "Ana: confirm", ANA), AddPart(task.id, "key#confirm/ben", "Ben"))
        given(it, Update(task.id, frozenset({"title"}), title="Other"))
        assert it.tracker.calls.made == it.tracker.calls.least


@pytest.mark.parametrize("compact", [False, True])
def test_subtasks_are_read_whole_whatever_their_list_says_of_them(compact: bool) -> None:
    with stage() as it:
        it.read()
        task = given(it, create(1))[0].task
        assert task is not None
        given(
            it, AddPart(task.id, "k#confirm/ana", "Ana: confirm", ANA, date(2026, 11, 25)), AddPart(task.id, "k", "Ben")
        )
        first, _ = it.asana.subtasks[task.id]
        first["completed"] = True
        it.asana.lists_compact = compact
        found = it.read(known=(Known(task.id, True, None, parts_now=True),)).tasks[task.id].parts

        assert found is not None
        assert [(one.title, one.assignee, one.due, one.completed) for one in found] == [
            ("Ana: confirm", ANA, date(2026, 11, 25), True),
            ("Ben", None, None, False),
        ]
        assert it.tracker.calls.made == it.tracker.calls.least


def test_more_than_ten_orders_in_one_request_are_a_mistake_of_the_caller() -> None:
    with stage() as it:
        it.read()
        with pytest.raises(ValueError, match="at most 10"):
            given(it, *(create(n) for n in range(11)))


def test_every_other_order_changes_only_what_it_names() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        task = "5001"
        story = it.asana.say(task, "Latest: 1", ME)["gid"]
        results = given(
            it,
            Update(task, frozenset({"assignee", "due"}), title="not this", assignee=BEN, due=None),
            Update(task, frozenset({"title"}), title="Two\nlines"),
            say(task),
            EditComment(task, story, "k", Document((paragraph("Latest: 2"),)), pinned=True),
            Complete(task),
            Reopen(task, WorkKind.ACTION, date(2026, 12, 1)),
            Follow(task, BEN),
            Archive(task),
        )
        bodies = [one["data"] for one in it.vendor.calls[-1].body["data"]["actions"]]
        assert bodies == [
            {"assignee": BEN, "due_on": None},
            {"name": "Two lines"},
            {"html_text": "<body>Latest: 6,700</body>", "is_pinned": True},
            {"html_text": "<body>Latest: 2</body>", "is_pinned": True},
            {"completed": True},
            {"completed": False, "due_on": "2026-12-01"},
            {"followers": [BEN]},
            {"completed": True},
        ]
        assert {one.fate for one in results} == {Fate.DONE}
        assert results[2].comment is not None
        assert results[2].comment.text == "<body>Latest: 6,700</body>"
        assert results[3].comment is not None
        assert results[3].comment.id == story


def test_results_come_in_the_order_of_the_orders_each_by_its_own_status() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        it.asana.statuses["put /tasks/5001"] = (403, "Forbidden")
        it.asana.statuses["post /tasks/404/stories"] = (404, "task: Unknown object: 404")
        it.asana.statuses["post /tasks/5001/addFollowers"] = (500, "Server Error")
        results = given(it, Complete("5001"), create(2), say("404"), Follow("5001", BEN))
        assert [one.fate for one in results] == [Fate.REFUSED, Fate.DONE, Fate.REFUSED, Fate.UNKNOWN]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 422, 451])
def test_a_definite_no_to_one_order_is_refused_with_asanas_words_and_advice(status: int) -> None:
    with stage() as it:
        it.read()
        it.asana.statuses["post /tasks"] = (status, "name: Too long")
        result = given(it, create())[0]
        assert (result.fate, result.refused_extra) == (Fate.REFUSED, None)
        assert result.trouble is not None
        assert "name: Too long" in result.trouble.what
        assert result.trouble.advice


@pytest.mark.parametrize(
    ("message", "extra"),
    [
        (f"assignee: Not a recognized ID: {ANA}", "assignee"),
        (f"user: Unknown object: {ANA}", "assignee"),
        ("Assignee is not in the workspace", "assignee"),
        (f"followers: [0]: Unknown object: {BEN}", "followers"),
        ("memberships: [0]: section: Unknown object: 12", "place"),
        ("section: Not a recognized ID: 12", "place"),
        ("html_notes: XML is invalid", None),
    ],
)
def test_a_refused_extra_is_named_so_that_the_work_can_be_made_without_it(message: str, extra: str | None) -> None:
    with stage() as it:
        it.read()
        it.asana.statuses["post /tasks"] = (400, message)
        result = given(it, create(followers=(BEN,)))[0]
        assert (result.fate, result.refused_extra) == (Fate.REFUSED, extra)


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_person_refused_by_email_is_found_in_the_list_of_the_workspace_s_users(status: int) -> None:
    with stage() as it:
        it.asana.statuses["get /users/ana@acme.example"] = (status, "user: Not a recognized ID")
        it.asana.statuses["get /users/ben+x@acme.example"] = (status, "user: Not a recognized ID")
        it.asana.listed = [{"gid": ANA, "name": "Ana", "email": "Ana@Acme.example"}, {"gid": "950", "name": "?"}]
        view = it.read()
        assert view.accounts == {"ana": ANA}
        assert [one.where for one in view.troubles] == ["asana people.ben"]
        assert (it.tracker.calls.made, it.tracker.calls.least) == (3, 3)


def test_what_makes_the_task_in_the_project_is_sent_beside_what_places_it_in_a_section() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        data = it.vendor.calls[-1].body["data"]["actions"][0]["data"]
        assert (data["projects"], data["memberships"]) == ([PROJECT], [{"project": PROJECT, "section": "12"}])


def test_where_sections_at_creation_are_refused_as_such_work_goes_to_the_project_alone() -> None:
    with stage() as it:
        it.read()
        it.asana.statuses["post /tasks"] = (400, "memberships: Unknown field")
        assert given(it, create())[0].refused_extra == "place"
        it.asana.statuses.clear()
        assert given(it, create())[0].fate is Fate.DONE
        assert "memberships" not in it.vendor.calls[-1].body["data"]["actions"][0]["data"]


def test_an_answer_with_few_fields_is_a_yes_to_what_was_sent_and_no_edit_of_a_person() -> None:
    with stage() as it:
        it.read()
        it.asana.answers = "compact"
        made = given(it, create())[0]
        assert made.task is not None
        assert (made.task.title, made.task.assignees) == ("Sessions below target 1", frozenset({ANA}))
        assert made.task.due == date(2026, 11, 25)
        said = given(it, Say(made.task.id, "k", Document((paragraph("Hello"),))))[0]
        assert said.fate is Fate.DONE
        assert said.comment is not None
        edited = given(it, EditComment(made.task.id, said.comment.id, "k", Document((paragraph("Bye"),))))[0]
        assert edited.fate is Fate.DONE
        assert given(it, Complete(made.task.id))[0] == Result(Fate.DONE)


def test_a_listing_of_compact_records_is_read_again_task_by_task() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        it.asana.lists_compact = True
        view = it.read()
        assert REFERENCE in view.tasks["5001"].notes


def test_a_task_that_stands_as_it_was_made_is_not_read_for_comments() -> None:
    with stage() as it:
        it.read()
        made = given(it, create())[0].task
        assert made is not None
        whole = datetime(2026, 11, 18, 6, 0, tzinfo=UTC).isoformat().replace("+00:00", "Z")
        it.asana.tasks["5001"] |= {"created_at": whole, "modified_at": whole}
        first = it.read()
        known = (Known("5001", True, datetime(2026, 11, 18, 6, 0, tzinfo=UTC)),)
        assert it.read(whole=False, known=known, view=first).tasks["5001"].comments is None


def test_a_comment_of_the_second_in_which_a_task_was_read_is_not_passed_over() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        task = it.asana.tasks["5001"]
        at = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)  # the second that the vendor's Date says
        task["created_at"] = (at - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
        task["modified_at"] = at.isoformat().replace("+00:00", "Z")
        first = it.read()
        it.asana.say("5001", "alignd snooze 2 weeks", ANA)
        task["modified_at"] = at.isoformat().replace("+00:00", "Z")
        known = (Known("5001", True, at),)
        second = it.read(whole=False, known=known, view=first)
        assert second.tasks["5001"].comments is not None
        task["modified_at"] = (at - timedelta(seconds=5)).isoformat().replace("+00:00", "Z")
        known = (Known("5001", True, at - timedelta(seconds=5)),)
        assert it.read(whole=False, known=known, view=first).tasks["5001"].comments is None


def test_a_section_that_was_refused_is_not_used_again() -> None:
    with stage() as it:
        it.read()
        it.asana.statuses["post /tasks"] = (400, "section: Unknown object: 12")
        assert given(it, create())[0].refused_extra == "place"
        it.asana.statuses.clear()
        given(it, create())
        assert it.asana.tasks["5001"]["memberships"][0]["section"]["gid"] == "11"


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        (Said(reset=True), Fate.UNKNOWN),
        (Said({"errors": []}, 500), Fate.UNKNOWN),
        (Said("<html>bad gateway</html>", 502), Fate.UNKNOWN),
        (Said({"data": [{"status_code": 201, "body": {}}]}, 200, cut=20), Fate.UNKNOWN),
        (Said('{"data": [{"status_code": 201', 200), Fate.UNKNOWN),
        (Said("", 200), Fate.UNKNOWN),
        (Said([], 200), Fate.UNKNOWN),
        (Said({"data": []}, 200), Fate.UNKNOWN),
        (Said({"data": [{"status_code": 201, "body": {"data": {}}}]}), Fate.UNKNOWN),
        (Said({"data": [{"status_code": 201, "body": None}]}), Fate.UNKNOWN),
        (Said({"data": [{"status_code": 503, "body": {"data": {"gid": "1"}}}]}), Fate.UNKNOWN),
        (Said({"data": ["?"]}), Fate.UNKNOWN),
        (Said({}, 302, {"Location": "http://127.0.0.1:1/"}), Fate.UNKNOWN),
        (Said({}, 408), Fate.UNKNOWN),
        (Said({"errors": [{"message": "no"}]}, 400), Fate.REFUSED),
        (Said({"errors": [{"message": "no"}]}, 401), Fate.REFUSED),
        (Said({"errors": [{"message": "no"}]}, 403), Fate.REFUSED),
        (Said({"errors": [{"message": "no"}]}, 404), Fate.REFUSED),
        (Said({"errors": [{"message": "no"}]}, 429, {"Retry-After": "3"}), Fate.NOT_SENT),
        (Said({"data": [{"status_code": 429, "body": {}}]}), Fate.NOT_SENT),
    ],
)
def test_what_became_of_a_create_is_never_guessed_and_it_is_never_sent_twice(said: Said, fate: Fate) -> None:
    with stage() as it:
        it.read()
        it.vendor.faults.append(said)
        before = len(it.vendor.calls)
        results = given(it, create())
        assert [one.fate for one in results] == [fate]
        assert results[0].trouble is not None
        assert len(it.vendor.calls) - before == 1


def test_a_create_that_cannot_be_connected_was_not_sent() -> None:
    with stage() as it:
        it.read()
        port = it.vendor.url.rsplit(":", 1)[1]
    with stage() as other:
        other.read()
        gone = _tracker(f"http://127.0.0.1:{port}", "t", Clock(), None)
        gone._setup = other.tracker._setup
        assert [one.fate for one in gone.write([create()])] == [Fate.NOT_SENT]


def test_a_batch_of_changes_only_is_sent_again_after_a_429_and_one_with_a_create_is_not() -> None:
    with stage() as it:
        it.read()
        given(it, create())
        it.vendor.faults.append(Said({"errors": []}, 429, {"Retry-After": "7"}))
        assert given(it, Complete("5001"))[0].fate is Fate.DONE
        assert it.clock.waits == [7.0]
        it.vendor.faults.append(Said({"errors": []}, 429, {"Retry-After": "7"}))
        assert {one.fate for one in given(it, Complete("5001"), say("5001"))} == {Fate.NOT_SENT}


def test_after_a_429_nothing_leaves_before_the_time_asana_asked_for() -> None:
    with stage() as it:
        it.read()
        it.vendor.faults.append(Said({"errors": []}, 429, {"Retry-After": "30"}))
        given(it, create())
        assert given(it, create())[0].fate is Fate.DONE
        assert sum(it.clock.waits) == pytest.approx(30.0)


@pytest.mark.parametrize("after", ["-5", "soon", "", "Wed, 18 Nov 2026 05:00:00 GMT", "nan"])
def test_a_retry_after_that_says_nothing_holds_nothing_up(after: str) -> None:
    with stage() as it:
        it.read()
        it.vendor.faults.append(Said({"errors": []}, 429, {"Retry-After": after}))
        assert given(it, create())[0].fate is Fate.NOT_SENT
        assert given(it, create())[0].fate is Fate.DONE
        assert it.clock.waits == []


def test_a_wait_longer_than_the_cycle_may_last_ends_it_cleanly() -> None:
    with stage(budget=60.0) as it:
        it.read()
        it.vendor.faults.append(Said({"errors": []}, 429, {"Retry-After": "3600"}))
        given(it, create())
        late = given(it, create())[0]
        assert late.fate is Fate.NOT_SENT
        assert late.trouble is not None
        assert late.trouble.kind == "late"
        with pytest.raises(BudgetSpent):
            it.read()
        assert it.clock.waits == []


def test_a_date_in_retry_after_is_measured_by_asanas_own_clock() -> None:
    with stage() as it:
        it.read()
        it.vendor.faults.append(Said({"errors": []}, 429, {"Retry-After": "Wed, 18 Nov 2026 06:00:20 GMT"}))
        it.read()
        assert it.clock.waits == [20.0]


def test_a_create_that_was_made_but_not_answered_in_time_is_unknown_and_a_read_is_asked_again() -> None:
    with stage() as it:
        it.read()

        def late(call: Call) -> Said:
            said = it.asana.answer(call)
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
        it.vendor.faults.append(Said({"errors": []}, 429, {"Retry-After": "5"}))
        given(it, create())
        it.clock.set()
        assert given(it, create())[0].fate is Fate.NOT_SENT
        with pytest.raises(Stopped):
            it.read()


def test_the_pace_is_kept_by_all_trackers_of_one_token() -> None:
    with stage() as it:
        it.read()
        other = it.another()
        other.read()
        it.vendor.faults.append(Said({"errors": []}, 429))  # from here on as slowly as a free domain's limit
        given(it, create())
        assert it.clock.waits == []
        for start in range(0, 150, 10):
            given(other, *(create(n) for n in range(start, start + 10)))
        assert sum(it.clock.waits) == pytest.approx(60.0)
        other.tracker.close()


# ── faults while reading ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said",
    [
        Said(reset=True),
        Said({}, 500),
        Said("<html>", 502),
        Said({"data": []}, 200, cut=5),
        Said("not json", 200),
        Said({}, 429),
    ],
)
def test_a_read_is_asked_again(said: Said) -> None:
    with stage() as it:
        it.vendor.faults.append(said)
        assert it.read().me == ME
        assert it.tracker.calls.made == 3
        assert it.tracker.calls.least == 2


def test_a_read_that_fails_for_good_says_that_asana_cannot_be_read() -> None:
    with stage() as it:
        it.vendor.faults += [Said({}, 503)] * 9
        with pytest.raises(Unreachable) as raised:
            it.read()
        assert len(it.vendor.calls) == 4
        assert raised.value.where == "asana"


def test_a_token_asana_does_not_take_needs_a_person() -> None:
    with stage() as it:
        it.vendor.faults.append(Said({"errors": [{"message": "Not Authorized"}]}, 401))
        with pytest.raises(NeedsPerson, match="token"):
            it.read()


def test_an_action_asana_stumbled_over_is_asked_once_more() -> None:
    with stage() as it:
        it.vendor.faults.append(lambda call: Said({"data": [{"status_code": 500, "body": {}}] * 5}))
        assert it.read().me == ME
        assert it.sent() == ["POST /batch", "POST /batch", "GET /tasks"]


# ── secrets, doctor ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_token_is_in_no_address_message_result_or_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with stage() as it:
        it.read()
        results = []
        for status in (400, 401, 429, 500):
            it.vendor.faults.append(Said({"errors": [{"message": f"bad Bearer {it.token}"}]}, status))
            results += given(it, create())
        it.vendor.faults.append(Said({"errors": [{"message": it.token}]}, 403))
        with pytest.raises(VendorError) as raised:
            it.read()
        told = [
            str(results),
            repr(raised.value),
            str(raised.value),
            repr(it.tracker),
            str(vars(it.tracker._client)),
            caplog.text,
        ]
        assert not any(it.token in one for one in told)
        assert not any(it.token in one.target for one in it.vendor.calls)
        assert all(one.headers["authorization"] == f"Bearer {it.token}" for one in it.vendor.calls)


def test_the_library_leaves_no_threads_and_no_log_handlers_behind() -> None:
    before = threading.active_count()
    with stage() as it:
        it.read()
        assert threading.active_count() <= before + 3  # the server's own
    handlers = [one for name in ("asana", "urllib3") for one in logging.getLogger(name).handlers]
    assert not any(type(one) is logging.StreamHandler for one in handlers)


def test_doctor_says_one_line_a_thing_with_the_mend() -> None:
    with stage(sections={"default": "Actions", "review": "Reviews"}) as it:
        findings = it.tracker.examine((*PEOPLE, Person("cy", "Cy", "cy@acme.example"), Person("di", "Di")))
        assert [(one.what, one.ok) for one in findings] == [
            ("signed in to Asana as me", True),
            ("project Growth is there", True),
            ("section Actions is there", True),
            ("section Reviews is missing", False),
            ("alignd may write in the project", True),
            ("ana is ana@acme.example in Asana", True),
            ("ben is ben+x@acme.example in Asana", True),
            ("Asana does not know cy@acme.example (404: Unknown object: cy@acme.example)", False),
            ("di has no email: nothing is assigned to them here", True),
        ]
        assert all(one.mend for one in findings if not one.ok)
        assert {one.method for one in it.vendor.calls} == {"POST"}
        assert it.asana.tasks == {}


def test_doctor_advises_a_user_of_its_own_and_sees_a_bad_token() -> None:
    with stage() as it:
        findings = it.tracker.examine((Person("al", "Al", "ALIGND@acme.example"),))
        assert any("one of people" in one.what and "user of its own" in one.mend for one in findings)
        it.vendor.faults.append(Said({"errors": [{"message": "Not Authorized"}]}, 401))
        assert [one.ok for one in it.tracker.examine(())] == [False]


def test_nothing_of_a_document_is_lost_on_the_way() -> None:
    with stage() as it:
        it.read()
        hostile = '<script>alert("x")</script> ]]> & =IMPORTXML(1) [a](b) \x00\ud800 🙂 مرحبا'
        body = Document((paragraph(hostile),), REFERENCE)
        result = given(it, Create("k", WorkKind.DATA, hostile * 100, body))[0]
        assert result.task is not None
        assert len(result.task.title) <= 1024
        assert "&lt;script&gt;" in result.task.notes
