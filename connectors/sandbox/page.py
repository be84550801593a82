"""The boards' page: sections and lists as columns, tasks, cards, messages and mails as people see them. No scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from connectors.sandbox.asana.state import State as AsanaState
from connectors.sandbox.asana.state import Task
from connectors.sandbox.page_texts import asana_html, trello_html
from connectors.sandbox.page_told import channels_told
from connectors.sandbox.trello.state import Card as TrelloCard
from connectors.sandbox.trello.state import State as TrelloState

if TYPE_CHECKING:
    from connectors.sandbox.server import Sandbox


@dataclass(frozen=True, slots=True)
class Face:
    """A person as a page shows them."""

    name: str

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in self.name.split()[:2]).upper()

    @property
    def hue(self) -> int:
        return sum(self.name.encode()) % 7


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment."""

    person: Face
    body: Markup
    at: datetime
    edited: bool = False
    pinned: bool = False

    @property
    def at_text(self) -> str:
        return f"{self.at:%a} {self.at.day} {self.at:%b %H:%M}"


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A subtask or an item of a checklist."""

    title: str
    done: bool
    person: Face | None = None


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A task or card."""

    id: str
    title: str
    done: bool
    notes: Markup
    people: Sequence[Face] = ()
    due: date | None = None
    overdue: bool = False
    comments: Sequence[Remark] = ()
    parts: Sequence[ShownPart] = ()

    @property
    def due_text(self) -> str:
        return "" if self.due is None else f"{self.due:%a} {self.due.day} {self.due:%b}"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    cards: Sequence[ShownCard]


@dataclass(frozen=True, slots=True)
class ShownBoard:
    vendor: str
    name: str
    columns: Sequence[Column]
    away_title: str
    away: Sequence[ShownCard] = field(default=())


@dataclass(frozen=True, slots=True)
class Sections:
    """The boards as a part of another page: its style, and one section a board."""

    style: Markup
    body: Markup
    now: datetime


def render_boards(sandbox: Sandbox, *, title: str = "The boards", zone: tzinfo | None = None) -> str:
    """All projects and boards as one HTML page that needs nothing else; times in `zone` (default the sandbox's)."""
    sections = board_sections(sandbox, zone=zone)
    now = sections.now
    return (
        _templates()
        .get_template("boards.html")
        .render(title=title, sections=sections, now=f"{now:%A}, {now.day} {now:%B %Y, %H:%M}")
    )


def board_sections(sandbox: Sandbox, *, zone: tzinfo | None = None) -> Sections:
    """The same without a page around it."""
    with sandbox.lock:
        now = sandbox.now().astimezone(zone or sandbox.zone)
        boards = [*_projects(sandbox.asana.state, now), *_trello_boards(sandbox.trello.state, now)]
        channels = channels_told(sandbox, now.tzinfo)
    pages = _templates()
    card = pages.get_template("card.html")

    def show(one: ShownCard) -> Markup:
        return Markup(card.render(card=one))  # noqa: S704 - rendered with autoescape

    loader = pages.loader
    assert loader is not None
    style = Markup(loader.get_source(pages, "boards.css")[0])  # noqa: S704 - our own file
    body = Markup(  # noqa: S704 - the same
        pages.get_template("sections.html").render(boards=boards, show=show)
        + pages.get_template("told.html").render(channels=channels)
    )
    return Sections(style, body, now)


def _templates() -> Environment:
    loader = PackageLoader("connectors.sandbox", "pages")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


# ── Asana ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _projects(state: AsanaState, now: datetime) -> list[ShownBoard]:
    boards: list[ShownBoard] = []
    for project in state.projects.values():
        columns = [
            Column(state.sections[gid].name, [_task(state, t, now) for t in _section_tasks(state, gid)])
            for gid in project.sections
        ]
        gone = [_task(state, t, now) for t in state.tasks.values() if t.trashed_at and project.gid in t.memberships]
        boards.append(ShownBoard("asana", project.name, columns, "Deleted", gone))
    return boards


def _section_tasks(state: AsanaState, section: str) -> list[Task]:
    """Open ones first, as people filter them."""
    tasks = [state.tasks[gid] for gid in state.sections[section].tasks]
    return sorted((t for t in tasks if t.trashed_at is None), key=lambda t: t.completed)


def _task(state: AsanaState, task: Task, now: datetime) -> ShownCard:
    comments = [
        Remark(Face(state.users[s.by].name), asana_html(s.html), s.at.astimezone(now.tzinfo), s.edited, s.pinned)
        for s in state.comments_of(task)
    ]
    people = [Face(state.users[task.assignee].name)] if task.assignee else []
    late = task.due_on is not None and task.due_on < now.date() and not task.completed
    notes = asana_html(task.html)
    parts = [
        ShownPart(one.name, one.completed, Face(state.users[one.assignee].name) if one.assignee else None)
        for one in state.subtasks_of(task)
    ]
    return ShownCard(task.gid, task.name, task.completed, notes, people, task.due_on, late, comments, parts)


# ── Trello ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _trello_boards(state: TrelloState, now: datetime) -> list[ShownBoard]:
    boards: list[ShownBoard] = []
    for board in state.boards.values():
        cards = state.cards_of(board.id)
        columns = [
            Column(one.name, [_card(state, c, now) for c in cards if c.in_list == one.id and not c.closed])
            for one in state.lists_of(board.id)
            if not one.closed
        ]
        archived = [_card(state, c, now) for c in cards if c.closed]
        boards.append(ShownBoard("trello", board.name, columns, "Archived", archived))
    return boards


def _card(state: TrelloState, card: TrelloCard, now: datetime) -> ShownCard:
    comments = [
        Remark(
            Face(state.members[a.member].name), trello_html(a.data["text"]), a.at.astimezone(now.tzinfo),
            "dateLastEdited" in a.data,
        )
        for a in state.comments_of(card)
    ]  # fmt: skip
    people = [Face(state.members[m].name) for m in card.members]
    due = card.due.astimezone(now.tzinfo).date() if card.due else None
    late = card.due is not None and card.due < now and not card.due_complete
    parts = [
        ShownPart(item.name, item.complete, Face(state.members[item.member].name) if item.member else None)
        for checklist in state.checklists.values()
        if checklist.card == card.id
        for item in checklist.items
    ]
    return ShownCard(card.id, card.name, card.due_complete, trello_html(card.desc), people, due, late, comments, parts)
