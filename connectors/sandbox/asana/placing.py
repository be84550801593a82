"""Where an Asana task stands and who follows it: projects, sections, followers."""

from __future__ import annotations

from connectors.sandbox.asana import say
from connectors.sandbox.asana.desk import Desk
from connectors.sandbox.asana.shapes import OPT_IN_TASK, compact_section, full_task, shown
from connectors.sandbox.asana.state import Task
from connectors.sandbox.asana.tasks import tell
from connectors.sandbox.wire import Answer, Json


def add_project(desk: Desk, task: str) -> Answer:
    """With `section` at its bottom; a task that is in the project already is moved."""
    found = desk.task(task)
    project = desk.named_project(desk.data.get("project"))
    section = desk.named_section(desk.data["section"], project) if desk.data.get("section") else None
    was_in = project.gid in found.memberships
    if was_in and section is None:
        return desk.one({})
    if not was_in and len(found.memberships) >= 20:
        raise say.bad("project: A task may be in at most 20 projects")
    old = found.memberships.get(project.gid)
    desk.state.place(found, project.gid, section.gid if section else None)
    if was_in:
        _tell_moved(desk, found, old)
    else:
        tell(desk, found, "added_to_project", f"added to {project.name}")
    _moved(desk, found)
    return desk.one({})


def remove_project(desk: Desk, task: str) -> Answer:
    found = desk.task(task)
    project = desk.named_project(desk.data.get("project"))
    if project.gid not in found.memberships:
        raise say.bad("project: Task is not in this project")
    desk.state.unplace(found, project.gid)
    tell(desk, found, "removed_from_project", f"removed from {project.name}")
    _moved(desk, found)
    return desk.one({})


def add_task_to_section(desk: Desk, section: str) -> Answer:
    """Moves within the project, to the section's top."""
    home = desk.section(section)
    if "task" not in desk.data:
        raise say.bad("task: Missing input")
    found = desk.task(str(desk.data["task"]))
    old = found.memberships.get(home.project)
    desk.state.place(found, home.project, home.gid, top=True)
    _tell_moved(desk, found, old)
    _moved(desk, found)
    return desk.one({})


def _tell_moved(desk: Desk, task: Task, old: str | None) -> None:
    sections = desk.state.sections
    new = next(s for p, s in task.memberships.items() if old is None or sections[old].project == p)
    if new == old:
        return
    extra: Json = {"new_section": compact_section(sections[new])}
    if old is not None:
        extra["old_section"] = compact_section(sections[old])
    tell(desk, task, "section_changed", f"moved this task to {sections[new].name}", **extra)


def _moved(desk: Desk, task: Task) -> None:
    if desk.switches.moves_bump_modified:
        task.modified_at = max(task.modified_at, desk.now)


def add_followers(desk: Desk, task: str) -> Answer:
    found = desk.task(task)
    users = [desk.named_user("followers", f) for f in _listed(desk, "followers")]
    for user in users:
        desk.state.follow(found, user.gid)
    return desk.one(shown(full_task(desk.state, found), desk.tree, None, OPT_IN_TASK))


def remove_followers(desk: Desk, task: str) -> Answer:
    found = desk.task(task)
    gone = {desk.named_user("followers", f).gid for f in _listed(desk, "followers")}
    found.followers = [g for g in found.followers if g not in gone]
    return desk.one(shown(full_task(desk.state, found), desk.tree, None, OPT_IN_TASK))


def _listed(desk: Desk, name: str) -> list[object]:
    value = desk.data.get(name)
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    if not isinstance(value, list):
        raise say.bad(f"{name}: Missing input")
    return value
