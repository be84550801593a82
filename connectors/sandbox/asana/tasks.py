"""Asana's task endpoints: list, read, create, update, delete, duplicate."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.sandbox.asana import say
from connectors.sandbox.asana.desk import Desk, parse_day, parse_instant
from connectors.sandbox.asana.richtext import BadRichText, check, from_plain
from connectors.sandbox.asana.shapes import (
    COMPACT_TASK,
    OPT_IN_TASK,
    compact_task,
    compact_user,
    day,
    full_task,
    shown,
    stamp,
)
from connectors.sandbox.asana.state import Project, Section, Task
from connectors.sandbox.wire import Answer, Json

_PLAIN_FIELDS = ("notes", "html_notes", "external", "start_on", "custom_fields", "tags", "resource_subtype", "liked")
WRITABLE = frozenset({"name", "assignee", "completed", "due_on", "due_at", "approval_status", "start_at",
                      "assignee_section", "assignee_status", "hearted", *_PLAIN_FIELDS})  # fmt: skip
AT_CREATE = WRITABLE | {"projects", "memberships", "followers", "workspace", "parent"}


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def get_task(desk: Desk, task: str) -> Answer:
    return desk.one(shown(full_task(desk.state, desk.task(task)), desk.tree, None, OPT_IN_TASK))


def list_tasks(desk: Desk) -> Answer:
    """Exactly one of project, section, tag or assignee + workspace; modified_since, completed_since."""
    asked = desk.parameters
    ways = [w for w in ("project", "section", "tag", "assignee", "user_task_list") if w in asked]
    if len(ways) != 1:
        raise say.bad("Must specify exactly one of project, tag, section, user task list, or assignee + workspace")
    if ways[0] == "project":
        found = desk.state.tasks_of(desk.project(asked["project"]).gid)
    elif ways[0] == "section":
        gids = desk.section(asked["section"]).tasks
        found = [desk.state.tasks[g] for g in gids if desk.state.tasks[g].trashed_at is None]
    elif ways[0] == "assignee":
        if "workspace" not in asked:
            raise say.bad("workspace: Missing input")
        if asked["workspace"] not in desk.state.workspaces:
            raise say.unknown("workspace", asked["workspace"])
        user = desk.named_user("assignee", asked["assignee"])
        found = [t for t in desk.state.live_tasks() if t.assignee == user.gid]
        found = [t for t in found if desk.state.may_see_task(desk.user.gid, t)]
    else:
        raise say.unknown(ways[0], asked[ways[0]])
    return _listing(desk, found)


def tasks_of_project(desk: Desk, project: str) -> Answer:
    """Has completed_since, but no modified_since."""
    desk.parameters.pop("modified_since", None)
    return _listing(desk, desk.state.tasks_of(desk.project(project).gid))


def tasks_of_section(desk: Desk, section: str) -> Answer:
    desk.parameters.pop("modified_since", None)
    gids = desk.section(section).tasks
    return _listing(desk, [desk.state.tasks[g] for g in gids if desk.state.tasks[g].trashed_at is None])


def subtasks(desk: Desk, task: str) -> Answer:
    return _listing(desk, desk.state.subtasks_of(desk.task(task)))


def _listing(desk: Desk, found: list[Task]) -> Answer:
    if (text := desk.parameters.get("modified_since")) is not None:
        since = parse_instant("modified_since", text, desk.now)
        found = [t for t in found if t.modified_at >= since]
    if (text := desk.parameters.get("completed_since")) is not None:
        since = parse_instant("completed_since", text, desk.now)
        found = [
            t for t in found
            if not t.completed or (text != "now" and t.completed_at is not None and t.completed_at >= since)
        ]  # fmt: skip

    def write(gid: str) -> Json | None:
        task = desk.state.tasks[gid]
        if task.trashed_at is not None:
            return None
        return shown(full_task(desk.state, task), desk.tree, COMPACT_TASK)

    return desk.page([t.gid for t in found], write)


# ── making ───────────────────────────────────────────────────────────────────────────────────────────────────────


def create_task(desk: Desk, parent: str | None = None) -> Answer:
    """Everything in one request: fields, projects or memberships with sections, followers."""
    data = desk.data
    _check_fields(desk, AT_CREATE)
    above = desk.task(parent) if parent else None
    if above is None and data.get("parent"):
        above = desk.task(str(data["parent"]))
    homes = _homes(desk)
    workspace = _workspace(desk, homes, above)
    followers = [desk.named_user("followers", f) for f in data.get("followers", [])]
    task = Task(
        desk.state.new_gid(), "", workspace, desk.now, desk.user.gid, desk.now,
        parent=above.gid if above else None,
    )  # fmt: skip
    _change(desk, task, silent=True)
    desk.state.tasks[task.gid] = task
    for project, section in homes:
        desk.state.place(task, project.gid, section.gid if section else None)
        text = f"added to {project.name}"
        desk.state.tell_plain(task, "added_to_project", desk.user.gid, desk.now, text, desk.source)
    for gid in [desk.user.gid, *([task.assignee] if task.assignee else []), *(u.gid for u in followers)]:
        desk.state.follow(task, gid)
    if task.assignee:
        _tell_assigned(desk, task)
    if above is not None:
        _tell_subtask(desk, above, task)
    full = shown(full_task(desk.state, task), desk.tree, None, OPT_IN_TASK)
    return desk.one(full, 201, f"/tasks/{task.gid}")


def _tell_subtask(desk: Desk, above: Task, task: Task) -> None:
    """The parent has a story of it; a later change of the subtask is none of the parent's."""
    tell(desk, above, "subtask_added", f"added a subtask: {task.name}")
    if desk.switches.subtasks_bump_modified:
        above.modified_at = max(above.modified_at, desk.now)


def create_subtask(desk: Desk, task: str) -> Answer:
    return create_task(desk, parent=task)


def _homes(desk: Desk) -> list[tuple[Project, Section | None]]:
    homes: dict[str, tuple[Project, Section | None]] = {}
    for one in desk.data.get("memberships", []):
        if not isinstance(one, dict) or "project" not in one:
            raise say.bad("memberships: project: Missing input")
        project = desk.named_project(one["project"])
        section = desk.named_section(one["section"], project) if one.get("section") else None
        homes[project.gid] = (project, section)
    for gid in desk.data.get("projects", []):
        project = desk.named_project(gid)
        homes.setdefault(project.gid, (project, None))
    if len(homes) > 20:
        raise say.bad("projects: A task may be in at most 20 projects")
    return list(homes.values())


def _workspace(desk: Desk, homes: list[tuple[Project, Section | None]], above: Task | None) -> str:
    if above is not None:
        return above.workspace
    if homes:
        return homes[0][0].workspace
    named = desk.data.get("workspace")
    if named is None:
        raise say.bad("workspace: Missing input")
    if str(named) not in desk.state.workspaces:
        raise say.unrecognised("workspace", str(named))
    return str(named)


# ── changing ─────────────────────────────────────────────────────────────────────────────────────────────────────


def update_task(desk: Desk, task: str) -> Answer:
    found = desk.task(task)
    _check_fields(desk, WRITABLE)
    if _change(desk, found):
        found.modified_at = max(found.modified_at, desk.now)
    return desk.one(shown(full_task(desk.state, found), desk.tree, None, OPT_IN_TASK))


def delete_task(desk: Desk, task: str) -> Answer:
    """To the deleter's trash, recoverable for 30 days."""
    desk.task(task).trashed_at = desk.now
    return desk.one({})


def _check_fields(desk: Desk, allowed: frozenset[str]) -> None:
    wrong = set(desk.data) - allowed
    if wrong:
        raise say.bad(f"{min(wrong)}: Cannot write this property")
    if {"notes", "html_notes"} <= set(desk.data):
        raise say.bad("notes: You should only provide one of notes or html_notes")
    if desk.data.get("due_on") is not None and desk.data.get("due_at") is not None:
        raise say.bad("due_on: You may only provide one of due_on or due_at")


def _change(desk: Desk, task: Task, *, silent: bool = False) -> bool:
    """Apply the fields of a body; system stories for each unless `silent`. All is checked before any is applied."""
    data = desk.data
    html = _notes(desk)
    assignee = task.assignee
    if "assignee" in data:
        assignee = desk.named_user("assignee", data["assignee"]).gid if data["assignee"] is not None else None
    name = _name(desk) if "name" in data else task.name
    due_on, due_at = _due(desk, task)
    completed = data.get("completed", task.completed)
    if not isinstance(completed, bool):
        raise say.bad(f"completed: Not a boolean: {completed}")
    before = (task.name, task.html, task.assignee, task.due_on, task.due_at, task.completed)
    _set_name_and_notes(desk, task, name, html, silent)
    _set_due(desk, task, due_on, due_at, silent)
    if assignee != task.assignee:
        task.assignee = assignee
        if assignee:
            desk.state.follow(task, assignee)
        if not silent:
            _tell_assigned(desk, task)
    _set_completed(desk, task, completed, silent)
    if isinstance(data.get("external"), dict):
        task.external = {k: str(v) for k, v in data["external"].items()}
    return before != (task.name, task.html, task.assignee, task.due_on, task.due_at, task.completed)


def _name(desk: Desk) -> str:
    name = desk.data["name"]
    if not isinstance(name, str):
        raise say.bad("name: Not a string")
    limit = desk.switches.name_limit
    if limit is not None and len(name) > limit:
        raise say.bad(f"name: Too long: at most {limit} characters")
    return name


def _notes(desk: Desk) -> str | None:
    """New html, checked; None when the body has no notes."""
    data = desk.data
    limit = desk.switches.notes_limit
    html: str | None = None
    if "html_notes" in data:
        html = str(data["html_notes"])
        try:
            check(html, notes=True, blocks=desk.switches.blocks_in_notes, br=desk.switches.br_allowed)
        except BadRichText as error:
            raise say.bad(f"html_notes: xml_parsing_error: XML is invalid: {error}") from error
    elif "notes" in data:
        html = from_plain(str(data["notes"] or ""))
    if html is not None and limit is not None and len(html) > limit:
        raise say.bad(f"notes: Too long: at most {limit} characters")
    return html


def _due(desk: Desk, task: Task) -> tuple[object, datetime | None]:
    data = desk.data
    if "due_at" in data:
        if data["due_at"] is None:
            return (parse_day("due_on", data.get("due_on")), None)
        at = parse_instant("due_at", str(data["due_at"]), desk.now)
        return at.astimezone(UTC).date(), at
    if "due_on" in data:
        return parse_day("due_on", data["due_on"]), None
    return task.due_on, task.due_at


def _set_name_and_notes(desk: Desk, task: Task, name: str, html: str | None, silent: bool) -> None:
    if name != task.name:
        if not silent:
            text = f'changed the name to "{name}"'
            tell(desk, task, "name_changed", text, old_name=task.name, new_name=name)
        task.name = name
    if html is not None and html != task.html:
        task.html = html
        if not silent:
            tell(desk, task, "notes_changed", "changed the description")


def _set_due(desk: Desk, task: Task, due_on: object, due_at: datetime | None, silent: bool) -> None:
    if (due_on, due_at) == (task.due_on, task.due_at):
        return
    old = _dates(task)
    task.due_on, task.due_at = due_on, due_at  # type: ignore[assignment]
    new = _dates(task)
    if not silent:
        text = f"changed the due date to {day(task.due_on)}" if task.due_on else "removed the due date"
        tell(desk, task, "due_date_changed", text, old_dates=old, new_dates=new)


def _dates(task: Task) -> Json:
    """A task's dates in a story: those it has."""
    dates = {"due_on": day(task.due_on), "due_at": stamp(task.due_at), "start_on": day(task.start_on)}
    return {k: v for k, v in dates.items() if v is not None}


def _set_completed(desk: Desk, task: Task, completed: bool, silent: bool) -> None:
    if completed == task.completed:
        return
    task.completed = completed
    task.completed_at = desk.now if completed else None
    task.completed_by = desk.user.gid if completed else None
    if not silent:
        kind, text = ("marked_complete", "completed this task") if completed else ("marked_incomplete", "reopened")
        tell(desk, task, kind, text)


def tell(desk: Desk, task: Task, kind: str, text: str, **extra: object) -> None:
    desk.state.tell_plain(task, kind, desk.user.gid, desk.now, f"{desk.user.name} {text}", desk.source, **extra)


def _tell_assigned(desk: Desk, task: Task) -> None:
    if task.assignee is None:
        tell(desk, task, "unassigned", "unassigned this task")
        return
    user = desk.state.users[task.assignee]
    tell(desk, task, "assigned", f"assigned to {user.name}", assignee=compact_user(user))


def duplicate_task(desk: Desk, task: str) -> Answer:
    """A copy with notes, assignee, dates, place and followers as `include` says; answers with a job."""
    found = desk.task(task)
    include = set(str(desk.data.get("include", "")).replace(" ", "").split(","))
    copy = Task(
        desk.state.new_gid(), str(desk.data.get("name") or found.name), found.workspace, desk.now, desk.user.gid,
        desk.now,
    )  # fmt: skip
    if "notes" in include:
        copy.html = found.html
    if "assignee" in include:
        copy.assignee = found.assignee
    if "dates" in include:
        copy.due_on, copy.due_at = found.due_on, found.due_at
    copy.followers = [desk.user.gid]
    desk.state.tasks[copy.gid] = copy
    for project, section in found.memberships.items():
        desk.state.place(copy, project, section)
    tell(desk, copy, "duplicated", "duplicated this task", duplicated_from=compact_task(found))
    job = {"gid": desk.state.new_gid(), "resource_type": "job", "resource_subtype": "duplicate_task",
           "status": "succeeded", "new_task": compact_task(copy)}  # fmt: skip
    return desk.one(job, 201)
