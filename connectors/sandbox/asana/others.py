"""Asana's other endpoints: users, workspaces, projects, sections, stories, search."""

from __future__ import annotations

from connectors.sandbox.asana import say
from connectors.sandbox.asana.desk import Desk
from connectors.sandbox.asana.richtext import BadRichText, check, from_plain
from connectors.sandbox.asana.shapes import (
    COMPACT_STORY,
    OPT_IN_STORY,
    compact_project,
    compact_section,
    compact_workspace,
    full_project,
    full_section,
    full_story,
    full_user,
    full_workspace,
    shown,
)
from connectors.sandbox.asana.state import Story, User
from connectors.sandbox.wire import Answer, Json

_NAMED = ("gid", "resource_type", "name")


# ── users and workspaces ─────────────────────────────────────────────────────────────────────────────────────────


def get_user(desk: Desk, user: str) -> Answer:
    found = desk.state.user_by(user, desk.user.gid)
    if found is None:
        raise say.unknown("user", user)
    return desk.one(shown(full_user(desk.state, found), desk.tree, None))


def list_users(desk: Desk, workspace: str | None = None) -> Answer:
    named = workspace or desk.parameters.get("workspace")
    if named is not None and named not in desk.state.workspaces:
        raise say.unknown("workspace", named)

    def write(gid: str) -> Json:
        return shown(full_user(desk.state, desk.state.users[gid]), desk.tree, _NAMED)

    return desk.page([u.gid for u in sorted(desk.state.users.values(), key=lambda u: u.name)][:2000], write)


def list_workspaces(desk: Desk) -> Answer:
    def write(gid: str) -> Json:
        space = desk.state.workspaces[gid]
        return shown(full_workspace(space), desk.tree, None) if desk.tree else compact_workspace(space)

    return desk.page(list(desk.state.workspaces), write)


def get_workspace(desk: Desk, workspace: str) -> Answer:
    if workspace not in desk.state.workspaces:
        raise say.unknown("workspace", workspace)
    return desk.one(shown(full_workspace(desk.state.workspaces[workspace]), desk.tree, None))


def search(desk: Desk, workspace: str) -> Answer:
    """Search is a premium feature, and eventually consistent: the stand-in only knows the refusal."""
    if workspace not in desk.state.workspaces:
        raise say.unknown("workspace", workspace)
    return say.PAYMENT


# ── projects and sections ────────────────────────────────────────────────────────────────────────────────────────


def get_project(desk: Desk, project: str) -> Answer:
    return desk.one(shown(full_project(desk.state, desk.project(project)), desk.tree, None))


def list_projects(desk: Desk, workspace: str | None = None) -> Answer:
    space = workspace or desk.parameters.get("workspace")
    projects = [p for p in desk.state.projects.values() if space in (None, p.workspace)]
    seen = {p.gid: p for p in projects if desk.state.may_see(desk.user.gid, p)}

    def write(gid: str) -> Json:
        project = seen[gid]
        return shown(full_project(desk.state, project), desk.tree, None) if desk.tree else compact_project(project)

    return desk.page(list(seen), write)


def list_sections(desk: Desk, project: str) -> Answer:
    def write(gid: str) -> Json:
        section = desk.state.sections[gid]
        return shown(full_section(desk.state, section), desk.tree, None) if desk.tree else compact_section(section)

    return desk.page(desk.project(project).sections, write)


def create_section(desk: Desk, project: str) -> Answer:
    name = desk.data.get("name")
    if not isinstance(name, str) or not name.strip():
        raise say.bad("name: Missing input")
    made = desk.state.add_section(desk.project(project).gid, name)
    return desk.one(shown(full_section(desk.state, made), desk.tree, None), 201, f"/sections/{made.gid}")


def get_section(desk: Desk, section: str) -> Answer:
    return desk.one(shown(full_section(desk.state, desk.section(section)), desk.tree, None))


def update_section(desk: Desk, section: str) -> Answer:
    found = desk.section(section)
    found.name = str(desk.data.get("name") or found.name)
    return desk.one(shown(full_section(desk.state, found), desk.tree, None))


def delete_section(desk: Desk, section: str) -> Answer:
    """Only an empty section, and never a project's last."""
    found = desk.section(section)
    home = desk.state.projects[found.project]
    if [g for g in found.tasks if desk.state.tasks[g].trashed_at is None]:
        raise say.bad("section: Cannot delete a section that contains tasks")
    if len(home.sections) == 1:
        raise say.bad("section: Cannot delete the last section of a project")
    home.sections.remove(found.gid)
    del desk.state.sections[found.gid]
    return desk.one({})


# ── stories ──────────────────────────────────────────────────────────────────────────────────────────────────────


def list_stories(desk: Desk, task: str) -> Answer:
    def write(gid: str) -> Json | None:
        story = desk.state.stories.get(gid)
        return None if story is None else shown(full_story(desk.state, story), desk.tree, COMPACT_STORY)

    return desk.page(list(desk.task(task).stories), write)


def create_story(desk: Desk, task: str) -> Answer:
    """A comment by the token's user; text or html_text."""
    found = desk.task(task)
    html = _comment_html(desk)
    if html is None:
        raise say.bad("text: Missing input")
    story = desk.state.tell(found, "comment_added", desk.user.gid, desk.now, html, source=desk.source)
    story.pinned = desk.data.get("is_pinned") is True
    full = shown(full_story(desk.state, story), desk.tree, None, OPT_IN_STORY)
    return desk.one(full, 201, f"/stories/{story.gid}")


def _story(desk: Desk, gid: str) -> Story:
    story = desk.state.stories.get(gid)
    if story is None:
        raise say.unknown("story", gid)
    desk.task(story.task)
    return story


def get_story(desk: Desk, story: str) -> Answer:
    found = _story(desk, story)
    return desk.one(shown(full_story(desk.state, found), desk.tree, None, OPT_IN_STORY))


def update_story(desk: Desk, story: str) -> Answer:
    """The text of one's own comment; the pin of any comment."""
    found = _story(desk, story)
    html = _comment_html(desk)
    if found.kind != "comment_added":
        raise say.bad("story: Only comments can be edited")
    if html is not None:
        _own(desk.user, found)
        if html != found.html:
            found.html, found.edited = html, True
            if desk.switches.comment_edits_bump_modified:
                task = desk.state.tasks[found.task]
                task.modified_at = max(task.modified_at, desk.now)
    if "is_pinned" in desk.data:
        found.pinned = desk.data["is_pinned"] is True
    return desk.one(shown(full_story(desk.state, found), desk.tree, None, OPT_IN_STORY))


def delete_story(desk: Desk, story: str) -> Answer:
    found = _story(desk, story)
    _own(desk.user, found)
    desk.state.tasks[found.task].stories.remove(found.gid)
    del desk.state.stories[found.gid]
    return desk.one({})


def _own(user: User, story: Story) -> None:
    if story.by != user.gid:
        raise say.forbidden("story")


def _comment_html(desk: Desk) -> str | None:
    data = desk.data
    if {"text", "html_text"} <= set(data):
        raise say.bad("text: You should only provide one of text or html_text")
    if "html_text" in data:
        try:
            check(str(data["html_text"]), notes=False)
        except BadRichText as error:
            raise say.bad(f"html_text: xml_parsing_error: XML is invalid: {error}") from error
        return str(data["html_text"])
    if "text" in data:
        return from_plain(str(data["text"]))
    return None
