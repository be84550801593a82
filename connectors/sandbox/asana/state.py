"""What an Asana workspace holds: users, projects, sections, tasks, stories; and how they come to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from connectors.sandbox.asana.richtext import from_plain, plain_of


@dataclass
class User:
    gid: str
    name: str
    email: str
    token: str


@dataclass
class Workspace:
    gid: str
    name: str


@dataclass
class Project:
    gid: str
    name: str
    workspace: str
    created_at: datetime
    sections: list[str] = field(default_factory=list)
    members: set[str] | None = None  # None: everybody in the workspace
    archived: bool = False


@dataclass
class Section:
    gid: str
    name: str
    project: str
    created_at: datetime
    tasks: list[str] = field(default_factory=list)  # in the order people see


@dataclass
class Story:
    gid: str
    task: str
    kind: str  # resource_subtype
    by: str
    at: datetime
    html: str
    source: str = "api"
    pinned: bool = False
    edited: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return plain_of(self.html)


@dataclass
class Task:
    gid: str
    name: str
    workspace: str
    created_at: datetime
    created_by: str
    modified_at: datetime
    html: str = "<body></body>"
    assignee: str | None = None
    due_on: date | None = None
    due_at: datetime | None = None
    start_on: date | None = None
    completed: bool = False
    completed_at: datetime | None = None
    completed_by: str | None = None
    followers: list[str] = field(default_factory=list)
    memberships: dict[str, str] = field(default_factory=dict)  # project gid → section gid
    parent: str | None = None
    subtype: str = "default_task"
    external: dict[str, str] | None = None
    trashed_at: datetime | None = None
    stories: list[str] = field(default_factory=list)

    @property
    def notes(self) -> str:
        return plain_of(self.html)


@dataclass
class Metric:
    """A goal's number. A percentage is a fraction: 0.25 is shown as 25 %."""

    gid: str
    unit: str = "none"  # none | currency | percentage
    precision: int = 0
    initial: float = 0
    target: float = 1
    current: float = 0
    currency: str | None = None
    source: str = "manual"


@dataclass
class Goal:
    """A goal. `editors`: who may change it, user gids (None: everybody who sees it)."""

    gid: str
    name: str
    workspace: str
    metric: Metric | None = None
    editors: set[str] | None = None


@dataclass
class Switches:
    """Behaviours that Asana's documents leave open, and limits that tests turn on. Each can be set at any time."""

    per_minute: int | None = None  # 150 free, 1,500 paid; None: not metered
    retry_after: str | None = "30"  # what a 429 of the meter says
    write_slots: int = 15
    moves_bump_modified: bool = False  # the schema says moving containers does not
    comment_edits_bump_modified: bool = True  # UNCONFIRMED
    trashed_is_404: bool = True  # UNCONFIRMED; else 403
    blocks_in_notes: bool = True  # <pre> and <blockquote> in task notes; UNCONFIRMED
    br_allowed: bool = False  # UNCONFIRMED
    name_limit: int | None = None  # UNCONFIRMED
    notes_limit: int | None = None  # UNCONFIRMED
    subtasks_bump_modified: bool = True  # a new one is a changed association; that it counts as one is UNCONFIRMED
    goals_in_plan: bool = True  # goals are a paid feature: 402 without
    worked_out_metrics_refuse: bool = True  # setting a metric that Asana works out itself; UNCONFIRMED
    offset_lives: float = 900.0  # seconds of the clock an offset token is good for; "some time" in the documents


class State:
    """The workspace's content and the rules that keep it whole. Not thread-safe: the sandbox's lock guards it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.users: dict[str, User] = {}
        self.workspaces: dict[str, Workspace] = {}
        self.projects: dict[str, Project] = {}
        self.sections: dict[str, Section] = {}
        self.tasks: dict[str, Task] = {}
        self.stories: dict[str, Story] = {}
        self.goals: dict[str, Goal] = {}
        self._next = 1_208_000_000_000_001
        self._below: dict[str, list[str]] = {}  # task → its subtasks; a task has its parent from the beginning
        self._sorted = 0  # so many tasks are in it

    def new_gid(self) -> str:
        """A gid nobody has."""
        self._next += 7
        return str(self._next)

    # ── setting up ───────────────────────────────────────────────────────────────────────────────────────────

    def add_workspace(self, name: str = "SayPro", gid: str | None = None) -> Workspace:
        """A workspace."""
        made = Workspace(gid or self.new_gid(), name)
        self.workspaces[made.gid] = made
        return made

    def add_user(self, name: str, email: str, *, token: str | None = None, gid: str | None = None) -> User:
        """A user with a personal access token (default: made from the e-mail)."""
        made = User(gid or self.new_gid(), name, email, token or f"asana-token-of-{email}")
        self.users[made.gid] = made
        return made

    def add_project(
        self,
        name: str,
        *,
        gid: str | None = None,
        sections: Iterable[str] = (),
        workspace: str | None = None,
        members: Iterable[str] | None = None,
    ) -> Project:
        """A project; without sections it has Asana's own "Untitled section". `members`: user gids (None: all)."""
        if workspace is None:
            workspace = next(iter(self.workspaces)) if self.workspaces else self.add_workspace().gid
        allowed = None if members is None else set(members)
        made = Project(gid or self.new_gid(), name, workspace, self.now(), members=allowed)
        self.projects[made.gid] = made
        for title in tuple(sections) or ("Untitled section",):
            self.add_section(made.gid, title)
        return made

    def add_section(self, project: str, name: str) -> Section:
        """A section at the project's end."""
        made = Section(self.new_gid(), name, project, self.now())
        self.sections[made.gid] = made
        self.projects[project].sections.append(made.gid)
        return made

    def add_goal(self, name: str, *, gid: str | None = None, metric: bool = True, **shape: Any) -> Goal:
        """A goal; `shape`: fields of its metric."""
        workspace = next(iter(self.workspaces)) if self.workspaces else self.add_workspace().gid
        made = Goal(gid or self.new_gid(), name, workspace, Metric(self.new_gid(), **shape) if metric else None)
        self.goals[made.gid] = made
        return made

    # ── finding ──────────────────────────────────────────────────────────────────────────────────────────────

    def user_by(self, text: str, me: str) -> User | None:
        """A user by "me", e-mail or gid."""
        if text == "me":
            return self.users[me]
        found = self.users.get(text)
        return found or next((u for u in self.users.values() if u.email.lower() == text.lower()), None)

    def section_named(self, project: str, name: str) -> Section:
        """A project's section by its name."""
        for gid in self.projects[project].sections:
            if self.sections[gid].name == name:
                return self.sections[gid]
        raise KeyError(name)

    def live_tasks(self) -> list[Task]:
        """Tasks that are not in the trash, oldest first."""
        return [t for t in self.tasks.values() if t.trashed_at is None]

    def tasks_of(self, project: str) -> list[Task]:
        """A project's tasks in the order people see."""
        gids = [g for s in self.projects[project].sections for g in self.sections[s].tasks]
        return [self.tasks[g] for g in gids if self.tasks[g].trashed_at is None]

    def comments_of(self, task: Task) -> list[Story]:
        """A task's comments, oldest first."""
        return [self.stories[g] for g in task.stories if self.stories[g].kind == "comment_added"]

    def subtasks_of(self, task: Task) -> list[Task]:
        """A task's subtasks."""
        if self._sorted < len(self.tasks):
            for one in islice(self.tasks.values(), self._sorted, None):
                if one.parent is not None:
                    self._below.setdefault(one.parent, []).append(one.gid)
            self._sorted = len(self.tasks)
        return [t for gid in self._below.get(task.gid, ()) if (t := self.tasks[gid]).trashed_at is None]

    def may_see(self, user: str, project: Project) -> bool:
        """Whether a user may see a project."""
        return project.members is None or user in project.members

    def may_see_task(self, user: str, task: Task) -> bool:
        """Whether a user may see a task: through a project, or as assignee, follower or maker."""
        if user in (task.assignee, task.created_by) or user in task.followers or not task.memberships:
            return True
        return any(self.may_see(user, self.projects[p]) for p in task.memberships)

    # ── changing ─────────────────────────────────────────────────────────────────────────────────────────────

    def place(self, task: Task, project: str, section: str | None, *, top: bool = False, at: int | None = None) -> None:
        """Put a task into a project's section (default its first)."""
        self.unplace(task, project)
        gid = section or self.projects[project].sections[0]
        order = self.sections[gid].tasks
        order.insert(0 if top else len(order) if at is None else at, task.gid)
        task.memberships[project] = gid

    def unplace(self, task: Task, project: str) -> None:
        """Take a task out of a project."""
        old = task.memberships.pop(project, None)
        if old is not None and task.gid in self.sections[old].tasks:
            self.sections[old].tasks.remove(task.gid)

    def tell(
        self, task: Task, kind: str, by: str, at: datetime, html: str, *, source: str = "api", **extra: Any
    ) -> Story:
        """Add a story to a task; a comment bumps modified_at and makes its author a follower."""
        made = Story(self.new_gid(), task.gid, kind, by, at, html, source, extra=extra)
        self.stories[made.gid] = made
        task.stories.append(made.gid)
        if kind == "comment_added":
            task.modified_at = max(task.modified_at, at)
            self.follow(task, by)
        return made

    def tell_plain(self, task: Task, kind: str, by: str, at: datetime, text: str, source: str, **extra: Any) -> None:
        """A system story."""
        self.tell(task, kind, by, at, from_plain(text), source=source, **extra)

    def follow(self, task: Task, user: str) -> None:
        """Make a user a follower."""
        if user not in task.followers:
            task.followers.append(user)
