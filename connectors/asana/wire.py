"""Asana's JSON as the domain's tasks and comments. Read leniently: new fields and values are expected evolution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from connectors.answers import instant
from mapping.tasks import Comment, Part, Task

# what a task must say for read-back and for the base of the three-way merge; all are in the declared opt_fields
TASK_FIELDS = (
    "name",
    "notes",
    "completed",
    "completed_at",
    "completed_by",
    "assignee",
    "due_on",
    "due_at",
    "created_at",
    "created_by",
    "modified_at",
    "memberships.project",
    "memberships.section",
    "memberships.section.name",
    "permalink_url",
    "num_subtasks",
)
PART_FIELDS = ("name", "completed", "assignee", "due_on", "due_at")
STORY_FIELDS = ("created_at", "created_by", "text", "type", "resource_subtype", "is_edited")


@dataclass(frozen=True, slots=True)
class Reader:
    """What is needed to read a task: the tracker's id, the workspace's zone, the project alignd works in."""

    tracker: str
    zone: tzinfo
    project: str

    def task(self, said: object) -> Task | None:
        """A task, without its comments and subtasks (unless it says it has none); None if this is none."""
        if not isinstance(said, dict) or not (gid := gid_of(said)):
            return None
        home, place, place_name = _place(said.get("memberships"), self.project)
        assignee = gid_of(said.get("assignee"))
        return Task(
            id=gid,
            tracker=self.tracker,
            title=_text(said.get("name")),
            notes=_text(said.get("notes")),
            assignees=frozenset((assignee,) if assignee else ()),
            due=self._due(said),
            completed=said.get("completed") is True,
            completed_at=instant(said.get("completed_at")),
            completed_by=gid_of(said.get("completed_by")),
            home=home,
            place=place,
            place_name=place_name,
            url=_text(said.get("permalink_url")),
            created_at=instant(said.get("created_at")),
            created_by=gid_of(said.get("created_by")),
            modified_at=instant(said.get("modified_at")),
            parts=() if said.get("num_subtasks") == 0 else None,
        )

    def part(self, said: object) -> Part | None:
        """A subtask; None if this is none."""
        if not isinstance(said, dict) or not (gid := gid_of(said)):
            return None
        assignee = gid_of(said.get("assignee"))
        return Part(gid, _text(said.get("name")), assignee, self._due(said), said.get("completed") is True)

    def _due(self, said: Mapping[str, Any]) -> date | None:
        on = said.get("due_on")
        if isinstance(on, str):
            try:
                return date.fromisoformat(on)
            except ValueError:
                return None
        at = instant(said.get("due_at"))
        return at.astimezone(self.zone).date() if at else None


def comment_of(said: object, task: str) -> Comment | None:
    """A comment story; None for anything else (system stories, whose text may change with the reader's language).

    Asana says of a comment that it was edited, not when. `edited_at` is then the time it was written: it tells an
    edited comment from an unedited one, and stays the same however often the comment is read.
    """
    if not isinstance(said, dict) or not (gid := gid_of(said)):
        return None
    if said.get("type") != "comment" and said.get("resource_subtype") != "comment_added":
        return None
    at = instant(said.get("created_at"))
    if at is None:
        return None
    edited_at = at if said.get("is_edited") is True else None
    return Comment(gid, task, gid_of(said.get("created_by")), _text(said.get("text")), at, edited_at)


def comments_of(stories: Sequence[object], task: str) -> tuple[Comment, ...]:
    """The comments among the stories, oldest first (Asana promises no order)."""
    found = [comment for said in stories if (comment := comment_of(said, task)) is not None]
    return tuple(sorted(found, key=lambda one: (one.at, one.id)))


def touched_by_others(stories: Sequence[object], me: str | None) -> bool:
    """Whether somebody else is named as the author of any story (Asana's own have no author)."""
    authors = {gid_of(said.get("created_by")) for said in stories if isinstance(said, dict)}
    return bool(authors - {me, None})


def gid_of(said: object) -> str | None:
    """The gid of an object that may be null."""
    gid = said.get("gid") if isinstance(said, dict) else None
    return str(gid) if gid else None


def _place(memberships: object, project: str) -> tuple[str | None, str | None, str]:
    """Project, section and its name: ours if the task is (also) in it, else the first other one it is in."""
    listed = [one for one in memberships if isinstance(one, dict)] if isinstance(memberships, list) else []
    listed.sort(key=lambda one: gid_of(one.get("project")) != project)
    for one in listed:
        if home := gid_of(one.get("project")):
            section = one.get("section")
            return home, gid_of(section), _text(section.get("name")) if isinstance(section, dict) else ""
    return None, None, ""


def _text(said: object) -> str:
    return said if isinstance(said, str) else ""
