"""The Asana stand-in answers as Asana's documents say."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from connectors.sandbox import Person, Sandbox
from tests.contract import vendor_specs

SPEC = "asana_oas.yaml"


class World:
    """One project, two users, a clock that a test moves."""

    def __init__(self, sandbox: Sandbox, clock: list[datetime]) -> None:
        self.sandbox, self.clock = sandbox, clock
        state = sandbox.asana.state
        self.bot = state.add_user("alignd", "alignd@saypro.example")
        self.user = state.add_user("Thandi Mokoena", "thandi@saypro.example")
        self.project = state.add_project("KPIs", gid="1201234567890123", sections=["Actions", "Reviews"])
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {self.bot.token}"
        self.thandi = Person(sandbox, "Thandi Mokoena")

    def pass_time(self, **span: float) -> None:
        self.clock[0] += timedelta(**span)

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        url = f"{self.sandbox.url}/api/1.0{path}"
        return self.session.request(method, url, json=body, params=query, timeout=5)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.ask("GET", path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def make(self, **fields: Any) -> dict[str, Any]:
        data = {"name": "A task", "projects": [self.project.gid], **fields}
        answer = self.ask("POST", "/tasks", {"data": data}, opt_fields=EVERYTHING)
        assert answer.status_code == 201, answer.text
        made = answer.json()["data"]
        assert isinstance(made, dict)
        return made


EVERYTHING = (
    "name,notes,html_notes,assignee.name,due_on,due_at,completed,completed_at,completed_by.name,created_at,created_by,"
    "modified_at,memberships.(project|section).name,followers.name,num_subtasks,permalink_url,parent,workspace.name"
)


@pytest.fixture
def world() -> Iterator[World]:
    clock = [datetime(2026, 11, 18, 6, 0, tzinfo=UTC)]
    with Sandbox(lambda: clock[0]) as sandbox:
        made = World(sandbox, clock)
        yield made
        made.session.close()


def message(answer: requests.Response) -> str:
    return str(answer.json()["errors"][0]["message"])


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_task_reads_as_the_specification_says(world: World) -> None:
    task = world.make(html_notes="<body>Why</body>", assignee="thandi@saypro.example", due_on="2026-11-25")
    for record in (task, world.get(f"/tasks/{task['gid']}")):
        vendor_specs.check(SPEC, "TaskResponse", record)
        assert set(record) <= vendor_specs.declared(SPEC, "TaskResponse")


def test_stories_users_sections_and_projects_read_as_the_specification_says(world: World) -> None:
    task = world.make(assignee="me")
    world.thandi.comment(task["gid"], "On it")
    world.thandi.rename(task["gid"], "Another title")
    world.thandi.redate(task["gid"], date(2026, 12, 1))
    world.thandi.move(task["gid"], "Reviews")
    every = ",".join(sorted(vendor_specs.declared(SPEC, "StoryResponse")))
    stories = world.get(f"/tasks/{task['gid']}/stories", opt_fields=every)
    assert [s["resource_subtype"] for s in stories] == [
        "added_to_project", "assigned", "comment_added", "name_changed", "due_date_changed", "section_changed",
    ]  # fmt: skip
    for story in stories:
        vendor_specs.check(SPEC, "StoryResponse", story)
    vendor_specs.check(SPEC, "UserResponse", world.get("/users/me"))
    vendor_specs.check(SPEC, "ProjectResponse", world.get(f"/projects/{world.project.gid}"))
    for section in world.get(f"/projects/{world.project.gid}/sections", opt_fields="name,project.name,created_at"):
        vendor_specs.check(SPEC, "SectionResponse", section)
    vendor_specs.check(SPEC, "WorkspaceResponse", world.get("/workspaces")[0])


def test_errors_read_as_the_specification_says(world: World) -> None:
    for answer, status in (
        (world.ask("GET", "/tasks/77"), 404),
        (world.ask("GET", "/nothing"), 404),
        (world.ask("POST", "/tasks", {"data": {"name": "x"}}), 400),
        (world.ask("GET", f"/workspaces/{world.project.workspace}/tasks/search"), 402),
        (requests.get(f"{world.sandbox.url}/api/1.0/users/me", timeout=5), 401),
    ):
        assert answer.status_code == status
        vendor_specs.check(SPEC, "ErrorResponse", answer.json())


# ── fields and paging ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_listing_without_opt_fields_is_compact(world: World) -> None:
    world.make()
    assert set(world.get("/tasks", project=world.project.gid)[0]) == {
        "gid", "name", "resource_type", "resource_subtype",
    }  # fmt: skip


def test_opt_fields_shows_what_is_asked_and_the_gid(world: World) -> None:
    task = world.make(assignee="thandi@saypro.example")
    shown = world.get(f"/tasks/{task['gid']}", opt_fields="name,assignee,memberships.section.name")
    assert shown == {
        "gid": task["gid"],
        "name": "A task",
        "assignee": {"gid": world.user.gid, "resource_type": "user"},
        "memberships": [{"section": {"gid": world.project.sections[0], "name": "Actions"}}],
    }


def test_what_is_opt_in_is_left_out_unless_asked_for(world: World) -> None:
    task = world.make()
    assert "created_by" not in world.get(f"/tasks/{task['gid']}")
    assert world.get(f"/tasks/{task['gid']}", opt_fields="created_by")["created_by"]["gid"] == world.bot.gid


def test_a_listing_is_paged_by_tokens_that_expire(world: World) -> None:
    made = [world.make(name=f"Task {n}")["gid"] for n in range(5)]
    first = world.ask("GET", "/tasks", project=world.project.gid, limit=2).json()
    vendor_specs.check(SPEC, "NextPage", first["next_page"])
    token = first["next_page"]["offset"]
    second = world.ask("GET", "/tasks", project=world.project.gid, limit=2, offset=token).json()
    third = world.ask("GET", "/tasks", project=world.project.gid, limit=2, offset=second["next_page"]["offset"]).json()
    assert [t["gid"] for page in (first, second, third) for t in page["data"]] == made
    assert third["next_page"] is None
    world.pass_time(hours=1)
    late = world.ask("GET", "/tasks", project=world.project.gid, limit=2, offset=token)
    assert late.status_code == 400
    assert world.ask("GET", "/tasks", project=world.project.gid, limit=101).status_code == 400


def test_modified_since_and_completed_since_narrow_a_listing(world: World) -> None:
    old, done = world.make(name="old")["gid"], world.make(name="done")["gid"]
    world.pass_time(hours=1)
    edge = world.clock[0].isoformat()
    world.thandi.complete(done)
    new = world.make(name="new")["gid"]
    changed = world.get("/tasks", project=world.project.gid, modified_since=edge)
    assert {t["gid"] for t in changed} == {done, new}
    open_now = world.get("/tasks", project=world.project.gid, completed_since="now")
    assert {t["gid"] for t in open_now} == {old, new}


def test_modified_at_rises_with_edits_and_comments_but_not_with_moves(world: World) -> None:
    gid = world.make()["gid"]

    def modified() -> str:
        return str(world.get(f"/tasks/{gid}", opt_fields="modified_at")["modified_at"])

    before = modified()
    world.pass_time(minutes=1)
    world.thandi.move(gid, "Reviews")
    assert modified() == before
    world.thandi.comment(gid, "hello")
    commented = modified()
    assert commented > before
    world.pass_time(minutes=1)
    world.thandi.rename(gid, "Other")
    assert modified() > commented


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_create_says_where_the_task_is(world: World) -> None:
    answer = world.ask("POST", "/tasks", {"data": {"name": "x", "projects": [world.project.gid]}})
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(f"/tasks/{answer.json()['data']['gid']}")
    assert answer.headers["Date"] == "Wed, 18 Nov 2026 06:00:00 GMT"


def test_a_create_places_assigns_and_follows_in_one_request(world: World) -> None:
    reviews = world.project.sections[1]
    task = world.make(
        projects=[], memberships=[{"project": world.project.gid, "section": reviews}],
        assignee="thandi@saypro.example", followers=[world.user.gid], due_on="2026-11-25",
    )  # fmt: skip
    assert task["memberships"][0]["section"] == {"gid": reviews, "name": "Reviews"}
    assert task["assignee"]["name"] == "Thandi Mokoena"
    assert {f["name"] for f in task["followers"]} == {"alignd", "Thandi Mokoena"}
    assert (task["due_on"], task["due_at"], task["completed"]) == ("2026-11-25", None, False)


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<body>one\ntwo</body>", "one\ntwo"),
        ("<body><h1>Head</h1>text &amp; <strong>bold</strong></body>", "Head\ntext & bold"),
        ("<body>a<ul><li>b</li><li>c</li></ul>d</body>", "a\n• b\n• c\nd"),
        ('<body><a href="https://x.example/?a=1&amp;b=2">here</a></body>', "here"),
    ],
)
def test_plain_notes_follow_from_html(world: World, html: str, plain: str) -> None:
    assert world.make(html_notes=html)["notes"] == plain


@pytest.mark.parametrize(
    "html",
    [
        "no root", "<body>open", "<body><p>x</p></body>", "<body><br/></body>", "<body><b>x</b></body>",
        "<body a='1'>x</body>", "<body><strong class='x'>x</strong></body>", "<body>a & b</body>",
        "<body><h1><ul><li>x</li></ul></h1></body>", "<body><ul>x</ul></body>", "<BODY>x</BODY>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><body>&a;</body>", "<body><script>x</script></body>",
        "<body><a onclick='x'>y</a></body>",
    ],
)  # fmt: skip
def test_rich_text_that_asana_does_not_take_is_refused_and_makes_nothing(world: World, html: str) -> None:
    answer = world.ask("POST", "/tasks", {"data": {"name": "x", "projects": [world.project.gid], "html_notes": html}})
    assert answer.status_code == 400
    assert "xml_parsing_error" in message(answer)
    assert world.get("/tasks", project=world.project.gid) == []


def test_headings_are_for_notes_and_not_for_comments(world: World) -> None:
    gid = world.make(html_notes="<body><h2>x</h2></body>")["gid"]
    refused = world.ask("POST", f"/tasks/{gid}/stories", {"data": {"html_text": "<body><h2>x</h2></body>"}})
    assert refused.status_code == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"assignee": "nobody@saypro.example"}, {"assignee": "123"}, {"followers": ["nobody@saypro.example"]},
        {"projects": ["99"]}, {"due_on": "soon"}, {"notes": "a", "html_notes": "<body>b</body>"},
        {"due_on": "2026-11-25", "due_at": "2026-11-25T10:00:00Z"}, {"color": "red"},
    ],
)  # fmt: skip
def test_a_bad_field_is_a_400_and_makes_nothing(world: World, fields: dict[str, Any]) -> None:
    answer = world.ask("POST", "/tasks", {"data": {"name": "x", "projects": [world.project.gid], **fields}})
    assert answer.status_code == 400, answer.text
    assert world.get("/tasks", project=world.project.gid) == []


def test_a_section_that_is_gone_is_a_400(world: World) -> None:
    place = {"project": world.project.gid, "section": "4711"}
    answer = world.ask("POST", "/tasks", {"data": {"name": "x", "memberships": [place]}})
    assert answer.status_code == 400
    assert message(answer) == "section: Not a recognized ID: 4711"


def test_a_project_the_user_may_not_see_is_a_403(world: World) -> None:
    secret = world.sandbox.asana.state.add_project("Board room", members=[world.user.gid])
    assert world.ask("GET", f"/projects/{secret.gid}").status_code == 403
    assert world.ask("GET", "/tasks", project=secret.gid).status_code == 403


def test_completing_says_when_and_by_whom_and_reopening_forgets_it(world: World) -> None:
    gid = world.make()["gid"]
    world.thandi.complete(gid)
    done = world.get(f"/tasks/{gid}", opt_fields=EVERYTHING)
    assert (done["completed"], done["completed_by"]["name"]) == (True, "Thandi Mokoena")
    assert done["completed_at"] == "2026-11-18T06:00:00.000Z"
    world.ask("PUT", f"/tasks/{gid}", {"data": {"completed": False}})
    again = world.get(f"/tasks/{gid}", opt_fields=EVERYTHING)
    assert (again["completed"], again["completed_at"], again["completed_by"]) == (False, None, None)


def test_a_put_changes_only_what_is_sent(world: World) -> None:
    task = world.make(notes="Keep", due_on="2026-11-25", assignee="me")
    world.pass_time(minutes=1)
    world.ask("PUT", f"/tasks/{task['gid']}", {"data": {"name": "New"}})
    after = world.get(f"/tasks/{task['gid']}", opt_fields=EVERYTHING)
    assert after == {**task, "name": "New", "modified_at": "2026-11-18T06:01:00.000Z"}


def test_a_deleted_task_is_in_the_trash_and_comes_back_from_it(world: World) -> None:
    gid = world.make()["gid"]
    world.thandi.delete(gid)
    assert world.ask("GET", f"/tasks/{gid}").status_code == 404
    assert world.get("/tasks", project=world.project.gid) == []
    world.thandi.restore(gid)
    assert [t["gid"] for t in world.get("/tasks", project=world.project.gid)] == [gid]
    world.sandbox.asana.switches.trashed_is_404 = False
    world.thandi.delete(gid)
    assert world.ask("GET", f"/tasks/{gid}").status_code == 403


def test_a_task_moves_between_sections_and_projects(world: World) -> None:
    gid = world.make()["gid"]
    other = world.sandbox.asana.state.add_project("Elsewhere", sections=["Inbox"])
    world.thandi.move(gid, "Reviews")
    assert world.get(f"/tasks/{gid}", opt_fields="memberships.section.name")["memberships"][0]["section"]["name"] == (
        "Reviews"
    )
    world.thandi.move_to(gid, other.gid)
    assert world.get("/tasks", project=world.project.gid) == []
    assert [t["gid"] for t in world.get("/tasks", project=other.gid)] == [gid]


def test_followers_are_added_and_removed_one_by_one(world: World) -> None:
    gid = world.make()["gid"]
    world.ask("POST", f"/tasks/{gid}/addFollowers", {"data": {"followers": [world.user.gid]}})
    assert len(world.get(f"/tasks/{gid}", opt_fields="followers")["followers"]) == 2
    world.ask("POST", f"/tasks/{gid}/removeFollowers", {"data": {"followers": [world.user.gid]}})
    assert len(world.get(f"/tasks/{gid}", opt_fields="followers")["followers"]) == 1


def test_only_its_author_edits_a_comment_and_anybody_pins_it(world: World) -> None:
    gid = world.make()["gid"]
    mine = world.ask("POST", f"/tasks/{gid}/stories", {"data": {"text": "Latest: 1", "is_pinned": True}})
    assert mine.status_code == 201
    story = mine.json()["data"]["gid"]
    world.pass_time(minutes=1)
    edited = world.ask(
        "PUT", f"/stories/{story}", {"data": {"text": "Latest: 2"}}, opt_fields="text,is_pinned,is_edited"
    )
    assert edited.json()["data"] == {"gid": story, "text": "Latest: 2", "is_pinned": True, "is_edited": True}
    theirs = world.thandi.comment(gid, "Hm")
    assert world.ask("PUT", f"/stories/{theirs}", {"data": {"text": "Ha"}}).status_code == 403


def test_the_assignees_tasks_are_listed_for_a_workspace(world: World) -> None:
    gid = world.make(assignee="thandi@saypro.example")["gid"]
    world.make()
    space = world.project.workspace
    assert [t["gid"] for t in world.get("/tasks", assignee=world.user.gid, workspace=space)] == [gid]
    assert world.ask("GET", "/tasks", assignee=world.user.gid).status_code == 400
    assert world.ask("GET", "/tasks").status_code == 400


def test_a_subtask_is_not_in_its_project(world: World) -> None:
    gid = world.make()["gid"]
    made = world.ask("POST", f"/tasks/{gid}/subtasks", {"data": {"name": "Confirm", "assignee": "me"}})
    assert made.status_code == 201
    assert [t["name"] for t in world.get(f"/tasks/{gid}/subtasks")] == ["Confirm"]
    assert [t["gid"] for t in world.get("/tasks", project=world.project.gid)] == [gid]
    assert world.get(f"/tasks/{gid}", opt_fields="num_subtasks")["num_subtasks"] == 1


def test_a_copy_is_a_new_task_by_whoever_copied_it(world: World) -> None:
    gid = world.make(notes="alignd ref X y")["gid"]
    copy = world.thandi.copy(gid)
    shown = world.get(f"/tasks/{copy}", opt_fields="created_by,notes,name")
    assert (shown["created_by"]["gid"], shown["notes"]) == (world.user.gid, "alignd ref X y")


# ── batch and limits ─────────────────────────────────────────────────────────────────────────────────────────────


def batch(world: World, *actions: dict[str, Any]) -> requests.Response:
    return world.ask("POST", "/batch", {"data": {"actions": list(actions)}})


def test_a_batch_answers_in_the_order_asked_whatever_fails(world: World) -> None:
    gid = world.make()["gid"]
    create = {"method": "post", "relative_path": "/tasks", "data": {"name": "b", "projects": [world.project.gid]},
              "options": {"fields": ["name"]}}  # fmt: skip
    answer = batch(
        world, {"method": "get", "relative_path": f"/tasks/{gid}", "options": {"fields": ["name"]}}, create,
        {"method": "get", "relative_path": "/tasks/404"}, {"method": "post", "relative_path": "/batch"},
        {"method": "get", "relative_path": "/tasks?project=1"},
        {"method": "get", "relative_path": "/tasks", "data": {"project": world.project.gid}, "options": {"limit": 1}},
    )  # fmt: skip
    assert answer.status_code == 200
    results = answer.json()["data"]
    for one in results:
        vendor_specs.check(SPEC, "BatchResponse", one)
    assert [r["status_code"] for r in results] == [200, 201, 404, 400, 400, 200]
    assert results[0]["body"]["data"] == {"gid": gid, "name": "A task"}
    assert results[1]["body"]["data"]["name"] == "b"
    assert results[1]["headers"]["Location"].endswith(results[1]["body"]["data"]["gid"])
    assert len(results[5]["body"]["data"]) == 1


def test_a_batch_takes_one_to_ten_actions(world: World) -> None:
    one = {"method": "get", "relative_path": "/users/me"}
    assert batch(world).status_code == 400
    assert batch(world, *[one] * 11).status_code == 400
    assert batch(world, *[one] * 10).status_code == 200


def test_a_batch_over_the_limit_is_refused_whole_and_still_counts(world: World) -> None:
    world.sandbox.asana.switches.per_minute = 15
    create = {"method": "post", "relative_path": "/tasks", "data": {"name": "b", "projects": [world.project.gid]}}
    assert batch(world, *[create] * 10).status_code == 200
    refused = batch(world, *[create] * 10)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert len(world.sandbox.asana.state.tasks) == 10
    assert world.ask("GET", "/users/me").status_code == 429


def test_more_than_fifteen_writes_at_once_are_refused(world: World) -> None:
    world.sandbox.latency["asana"] = 0.3
    create = {"data": {"name": "x", "projects": [world.project.gid]}}
    url, headers = f"{world.sandbox.url}/api/1.0/tasks", dict(world.session.headers)

    def post(_: int) -> int:
        return requests.post(url, json=create, headers=headers, timeout=5).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(post, range(20)))
    assert statuses.count(201) == len(world.sandbox.asana.state.tasks)
    assert 429 in statuses


def test_unknown_objects_are_named_in_the_words_of_asana(world: World) -> None:
    assert message(world.ask("GET", "/tasks/42")) == "task: Unknown object: 42"
    assert message(world.ask("GET", "/sections/42")) == "section: Unknown object: 42"
    assert message(world.ask("PUT", "/tasks/42", {"data": {"name": "x"}})) == "task: Unknown object: 42"


# ── goals ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_goals_number_is_set_and_reads_as_the_specification_says(world: World) -> None:
    goal = world.sandbox.asana.state.add_goal("Leads", unit="percentage", precision=1, target=0.5)
    path = f"/goals/{goal.gid}/setMetricCurrentValue"
    answer = world.ask("POST", path, {"data": {"current_number_value": 0.384}})
    record = answer.json()["data"]
    assert (answer.status_code, record["metric"]["current_display_value"]) == (200, "38.4%")
    for one in (record, world.get(f"/goals/{goal.gid}")):
        vendor_specs.check(SPEC, "GoalResponse", one)
        assert set(one) <= vendor_specs.declared(SPEC, "GoalResponse")
        vendor_specs.check(SPEC, "GoalMetricBase", one["metric"])
    fields = world.get(f"/goals/{goal.gid}", opt_fields="metric.current_number_value")
    assert fields["metric"]["current_number_value"] == 0.384


def test_a_goals_number_is_refused_as_the_specification_says(world: World) -> None:
    state = world.sandbox.asana.state
    bare, worked_out = state.add_goal("No metric", metric=False), state.add_goal("Tasks", source="task_completion")
    closed = state.add_goal("Closed")
    closed.editors = {world.user.gid}

    def tell(gid: str, value: Any = 7) -> int:
        answer = world.ask("POST", f"/goals/{gid}/setMetricCurrentValue", {"data": {"current_number_value": value}})
        if answer.status_code != 200:
            vendor_specs.check(SPEC, "ErrorResponse", answer.json())
        return answer.status_code

    assert [tell(bare.gid), tell(worked_out.gid), tell(closed.gid), tell("77")] == [400, 400, 403, 404]
    good = state.add_goal("Good").gid
    assert [tell(good, "7"), tell(good, None), tell(good)] == [400, 400, 200]
    world.sandbox.asana.switches.goals_in_plan = False
    assert tell(good) == 402
