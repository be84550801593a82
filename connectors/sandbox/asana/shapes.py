"""How Asana writes its records as JSON: full, compact, and as asked by opt_fields."""

from __future__ import annotations

from datetime import UTC, date, datetime

from connectors.sandbox.asana.fields import Tree, show
from connectors.sandbox.asana.state import Project, Section, State, Story, Task, User, Workspace
from connectors.sandbox.wire import Json

COMPACT_TASK = ("gid", "name", "resource_type", "resource_subtype")
# A single task without opt_fields lacks what the documents call opt-in.
OPT_IN_TASK = frozenset(
    {"html_notes", "num_subtasks", "created_by", "completed_by", "is_rendered_as_separator", "external"}
)
COMPACT_STORY = ("gid", "created_at", "created_by", "resource_type", "resource_subtype", "text", "type")
OPT_IN_STORY = frozenset({"html_text", "is_pinned", "is_edited", "is_editable"})


def stamp(at: datetime | None) -> str | None:
    """An instant as Asana writes it."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def day(value: date | None) -> str | None:
    """A day as Asana writes it."""
    return None if value is None else value.isoformat()


def compact_user(user: User) -> Json:
    return {"gid": user.gid, "resource_type": "user", "name": user.name}


def full_user(state: State, user: User) -> Json:
    spaces = [compact_workspace(w) for w in state.workspaces.values()]
    return {**compact_user(user), "email": user.email, "photo": None, "workspaces": spaces}


def compact_workspace(workspace: Workspace) -> Json:
    return {"gid": workspace.gid, "resource_type": "workspace", "name": workspace.name}


def full_workspace(workspace: Workspace) -> Json:
    return {**compact_workspace(workspace), "is_organization": True, "email_domains": ["saypro.example"]}


def compact_project(project: Project) -> Json:
    return {"gid": project.gid, "resource_type": "project", "name": project.name}


def full_project(state: State, project: Project) -> Json:
    return {
        **compact_project(project),
        "archived": project.archived,
        "created_at": stamp(project.created_at),
        "completed": False,
        "completed_at": None,
        "public": project.members is None,
        "permalink_url": f"https://app.asana.com/0/{project.gid}",
        "workspace": compact_workspace(state.workspaces[project.workspace]),
        "members": [compact_user(u) for g, u in state.users.items() if project.members is None or g in project.members],
    }


def compact_section(section: Section) -> Json:
    return {"gid": section.gid, "resource_type": "section", "name": section.name}


def full_section(state: State, section: Section) -> Json:
    project = compact_project(state.projects[section.project])
    return {
        **compact_section(section),
        "created_at": stamp(section.created_at),
        "project": project,
        "projects": [project],
    }


def _person(state: State, gid: str | None) -> Json | None:
    return None if gid is None else compact_user(state.users[gid])


def compact_task(task: Task) -> Json:
    return {"gid": task.gid, "resource_type": "task", "name": task.name, "resource_subtype": task.subtype}


def full_task(state: State, task: Task) -> Json:
    """Everything that opt_fields can ask of a task."""
    parent = state.tasks.get(task.parent) if task.parent else None
    first = next(iter(task.memberships), None)
    return {
        **compact_task(task),
        "created_at": stamp(task.created_at),
        "created_by": {"gid": task.created_by, "resource_type": "user", "name": state.users[task.created_by].name},
        "modified_at": stamp(task.modified_at),
        "notes": task.notes,
        "html_notes": task.html,
        "assignee": _person(state, task.assignee),
        "assignee_status": "upcoming",
        "completed": task.completed,
        "completed_at": stamp(task.completed_at),
        "completed_by": _person(state, task.completed_by),
        "due_on": day(task.due_on),
        "due_at": stamp(task.due_at),
        "start_on": day(task.start_on),
        "start_at": None,
        "actual_time_minutes": None,
        "followers": [compact_user(state.users[g]) for g in task.followers],
        "projects": [compact_project(state.projects[p]) for p in task.memberships],
        "memberships": [
            {"project": compact_project(state.projects[p]), "section": compact_section(state.sections[s])}
            for p, s in task.memberships.items()
        ],
        "parent": compact_task(parent) if parent else None,
        "workspace": compact_workspace(state.workspaces[task.workspace]),
        "permalink_url": f"https://app.asana.com/0/{first or 0}/{task.gid}",
        "num_subtasks": len(state.subtasks_of(task)),
        "custom_fields": [],
        "tags": [],
        "dependencies": [],
        "dependents": [],
        "hearted": False,
        "hearts": [],
        "num_hearts": 0,
        "liked": False,
        "likes": [],
        "num_likes": 0,
        "is_rendered_as_separator": False,
        "external": task.external,
    }


def full_story(state: State, story: Story) -> Json:
    """Everything that opt_fields can ask of a story."""
    comment = story.kind == "comment_added"
    task = state.tasks[story.task]
    return {
        "gid": story.gid,
        "resource_type": "story",
        "resource_subtype": story.kind,
        "type": "comment" if comment else "system",
        "created_at": stamp(story.at),
        "created_by": compact_user(state.users[story.by]),
        "text": story.text,
        "html_text": story.html,
        "is_pinned": story.pinned,
        "is_edited": story.edited,
        "is_editable": comment,
        "source": story.source,
        "hearted": False,
        "hearts": [],
        "num_hearts": 0,
        "liked": False,
        "likes": [],
        "num_likes": 0,
        "previews": [],
        "reaction_summary": [],
        "target": compact_task(task),
        **story.extra,
    }


def shown(full: Json, tree: Tree, compact: tuple[str, ...] | None, hidden: frozenset[str] = frozenset()) -> Json:
    """A record as asked: by opt_fields, else compact (in lists), else whole without what is opt-in."""
    if tree:
        return show(full, tree)
    if compact is not None:
        return {k: full[k] for k in compact if k in full}
    return {k: v for k, v in full.items() if k not in hidden}
