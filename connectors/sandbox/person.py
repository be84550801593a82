"""The scripted person: does by hand, under their own name, what people do on boards."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from connectors.sandbox.server import Sandbox
from connectors.sandbox.wire import Answer, Call, split_target


class CannotDo(Exception):
    """The vendor said no to this person."""


class Person:
    """A person by name, as an Asana user and a Trello member. Task ids say which tracker is meant.

    Acts through the vendors' own rules (the same handlers as over HTTP, with this person's token), without faults,
    rate limits and the request log: those are for machines.
    """

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        self.sandbox, self.name = sandbox, name
        self.user = next((u for u in sandbox.asana.state.users.values() if u.name == name), None)
        self.member = next((m for m in sandbox.trello.state.members.values() if m.name == name), None)
        if self.user is None and self.member is None:
            raise KeyError(name)

    # ── finding ──────────────────────────────────────────────────────────────────────────────────────────────

    def finds(self, title: str, *, also_done: bool = False) -> list[str]:
        """Ids of tasks and open cards whose title holds `title`; the newest last."""
        asana, trello = self.sandbox.asana.state, self.sandbox.trello.state
        with self.sandbox.lock:
            tasks = [t.gid for t in asana.live_tasks() if title in t.name and (also_done or not t.completed)]
            cards = [
                c.id for c in sorted(trello.cards.values(), key=lambda c: c.id)
                if title in c.name and not c.closed and (also_done or not c.due_complete)
            ]  # fmt: skip
        return tasks + cards

    # ── editing ──────────────────────────────────────────────────────────────────────────────────────────────

    def rename(self, task: str, title: str) -> None:
        """Give a task another title."""
        self._put(task, {"name": title})

    def write_notes(self, task: str, text: str) -> None:
        """Replace a task's notes."""
        self._put(task, {"notes": text} if self._in_asana(task) else {"desc": text})

    def redate(self, task: str, due: date | datetime | None) -> None:
        """Move the due date; a date on a card is noon UTC of that day."""
        if self._in_asana(task):
            if isinstance(due, datetime):
                self._put(task, {"due_at": due.isoformat()})
            else:
                self._put(task, {"due_on": due.isoformat() if due else None})
            return
        text = None if due is None else due.isoformat()
        self._put(task, {"due": text + "T12:00:00Z" if text and not isinstance(due, datetime) else text})

    def reassign(self, task: str, to: str | None) -> None:
        """Give a task to another person, by name (None: to nobody). On a card: instead of who is on it now."""
        if self._in_asana(task):
            users = self.sandbox.asana.state.users.values()
            self._put(task, {"assignee": None if to is None else next(u.gid for u in users if u.name == to)})
            return
        members = self.sandbox.trello.state.members.values()
        self._put(task, {"idMembers": [] if to is None else [next(m.id for m in members if m.name == to)]})

    def complete(self, task: str) -> None:
        """Tick a task off."""
        self._put(task, {"completed": True} if self._in_asana(task) else {"dueComplete": True})

    def reopen(self, task: str) -> None:
        """Take the tick away."""
        self._put(task, {"completed": False} if self._in_asana(task) else {"dueComplete": False})

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────

    def add_subtask(self, task: str, title: str, *, assignee: str | None = None, due: date | None = None) -> str:
        """A subtask of an Asana task, for a person by name; returns its id."""
        data: dict[str, Any] = {"name": title}
        if assignee is not None:
            data["assignee"] = next(u.gid for u in self.sandbox.asana.state.users.values() if u.name == assignee)
        if due is not None:
            data["due_on"] = due.isoformat()
        return str(self._asana("POST", f"/tasks/{task}/subtasks", data)["gid"])

    def add_checklist_item(
        self, card: str, title: str, *, assignee: str | None = None, due: date | None = None,
        checklist: str = "Checklist",
    ) -> str:  # fmt: skip
        """An item on a card's checklist of that name, which is made if it is not there; returns the item's id."""
        state = self.sandbox.trello.state
        there = [one.id for one in state.checklists.values() if one.card == card and one.name == checklist]
        home = there[0] if there else self._trello("POST", f"/cards/{card}/checklists", {"name": checklist})["id"]
        data: dict[str, Any] = {"name": title}
        if assignee is not None:
            data["idMember"] = next(m.id for m in state.members.values() if m.name == assignee)
        if due is not None:
            data["due"] = due.isoformat() + "T12:00:00Z"
        return str(self._trello("POST", f"/checklists/{home}/checkItems", data)["id"])

    def add_part(self, task: str, title: str, *, assignee: str | None = None, due: date | None = None) -> str:
        """A subtask or checklist item, whichever the task's tracker has; returns its id."""
        add = self.add_subtask if self._in_asana(task) else self.add_checklist_item
        return add(task, title, assignee=assignee, due=due)

    def complete_part(self, part: str) -> None:
        """Tick a subtask or checklist item off."""
        if self._in_asana(part):
            self._put(part, {"completed": True})
            return
        checklists = self.sandbox.trello.state.checklists.values()
        card = next(one.card for one in checklists if any(item.id == part for item in one.items))
        self._trello("PUT", f"/cards/{card}/checkItem/{part}", {"state": "complete"})

    # ── talking ──────────────────────────────────────────────────────────────────────────────────────────────

    def comment(self, task: str, text: str) -> str:
        """Write a comment; returns its id."""
        if self._in_asana(task):
            return str(self._asana("POST", f"/tasks/{task}/stories", {"text": text})["gid"])
        return str(self._trello("POST", f"/cards/{task}/actions/comments", {"text": text})["id"])

    def edit_comment(self, comment: str, text: str) -> None:
        """Change one's own comment."""
        if comment in self.sandbox.asana.state.stories:
            self._asana("PUT", f"/stories/{comment}", {"text": text})
        else:
            self._trello("PUT", f"/actions/{comment}", {"text": text})

    def delete_comment(self, comment: str) -> None:
        """Take back one's own comment."""
        if comment in self.sandbox.asana.state.stories:
            self._asana("DELETE", f"/stories/{comment}")
        else:
            self._trello("DELETE", f"/actions/{comment}")

    # ── moving and putting away ──────────────────────────────────────────────────────────────────────────────

    def move(self, task: str, place: str) -> None:
        """To another section or list of the project or board it is in, by name."""
        if self._in_asana(task):
            state = self.sandbox.asana.state
            for project in state.tasks[task].memberships:
                for gid in state.projects[project].sections:
                    if state.sections[gid].name == place:
                        self._asana("POST", f"/sections/{gid}/addTask", {"task": task})
                        return
            raise KeyError(place)
        boards = self.sandbox.trello.state
        self._put(task, {"idList": boards.list_named(boards.cards[task].board, place).id})

    def move_to(self, task: str, home: str, place: str | None = None) -> None:
        """To another project or board (its id), out of where it was."""
        if self._in_asana(task):
            state = self.sandbox.asana.state
            old = list(state.tasks[task].memberships)
            data = {"project": home} | ({"section": state.section_named(home, place).gid} if place else {})
            self._asana("POST", f"/tasks/{task}/addProject", data)
            for project in old:
                if project != home:
                    self._asana("POST", f"/tasks/{task}/removeProject", {"project": project})
            return
        boards = self.sandbox.trello.state
        fields = {"idBoard": home} | ({"idList": boards.list_named(home, place).id} if place else {})
        self._put(task, fields)

    def archive(self, task: str) -> None:
        """Archive a card (Asana has no archive for tasks)."""
        if self._in_asana(task):
            raise CannotDo("Asana has no archive for tasks: complete or delete it")
        self._put(task, {"closed": True})

    def unarchive(self, task: str) -> None:
        """Send an archived card back to the board."""
        if self._in_asana(task):
            raise CannotDo("Asana has no archive for tasks")
        self._put(task, {"closed": False})

    def delete(self, task: str) -> None:
        """Delete: to the trash in Asana, for good in Trello."""
        if self._in_asana(task):
            self._asana("DELETE", f"/tasks/{task}")
        else:
            self._trello("DELETE", f"/cards/{task}")

    def restore(self, task: str) -> None:
        """Take a task out of Asana's trash (only people can; the API cannot)."""
        if not self._in_asana(task):
            raise CannotDo("a deleted card is gone for good")
        with self.sandbox.lock:
            found = self.sandbox.asana.state.tasks[task]
            found.trashed_at = None
            found.modified_at = max(found.modified_at, self.sandbox.now())

    def copy(self, task: str, title: str | None = None) -> str:
        """Copy a task with its notes; returns the copy's id."""
        if self._in_asana(task):
            name = title or "Duplicate of " + self.sandbox.asana.state.tasks[task].name
            data = {"name": name, "include": "notes,assignee,dates"}
            return str(self._asana("POST", f"/tasks/{task}/duplicate", data)["new_task"]["gid"])
        card = self.sandbox.trello.state.cards[task]
        data = {"idList": card.in_list, "idCardSource": card.id, "keepFromSource": "all"}
        return str(self._trello("POST", "/cards", data | ({"name": title} if title else {}))["id"])

    def make(self, home: str, title: str, *, place: str | None = None, notes: str = "") -> str:
        """A task of one's own in a project or board; returns its id."""
        if home in self.sandbox.asana.state.projects:
            state = self.sandbox.asana.state
            section = state.section_named(home, place).gid if place else state.projects[home].sections[0]
            data: dict[str, Any] = {"name": title, "notes": notes}
            data["memberships"] = [{"project": home, "section": section}]
            return str(self._asana("POST", "/tasks", data)["gid"])
        boards = self.sandbox.trello.state
        lists = boards.lists_of(home)
        target = boards.list_named(home, place) if place else lists[0]
        return str(self._trello("POST", "/cards", {"idList": target.id, "name": title, "desc": notes})["id"])

    # ── the way in ───────────────────────────────────────────────────────────────────────────────────────────

    def _in_asana(self, task: str) -> bool:
        return task in self.sandbox.asana.state.tasks

    def _put(self, task: str, fields: dict[str, Any]) -> None:
        if self._in_asana(task):
            self._asana("PUT", f"/tasks/{task}", fields)
        else:
            self._trello("PUT", f"/cards/{task}", fields)

    def _asana(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        if self.user is None:
            raise CannotDo(f"{self.name} has no Asana account")
        headers = {"authorization": f"Bearer {self.user.token}"}
        answer = self._carry_out("asana", method, f"/api/1.0{path}", headers, {"data": data or {}})
        return answer.json()["data"]

    def _trello(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        if self.member is None:
            raise CannotDo(f"{self.name} has no Trello account")
        key = next(iter(self.sandbox.trello.state.keys))
        text = f'OAuth oauth_consumer_key="{key}", oauth_token="{self.member.token}"'
        headers = {"authorization": text, "content-type": "application/json"}
        return self._carry_out("trello", method, f"/1{path}", headers, data or {}).json()

    def _carry_out(
        self, vendor: str, method: str, path: str, headers: dict[str, str], data: dict[str, Any]
    ) -> Answer:  # fmt: skip
        decoded, query = split_target(quote(path))
        body = json.dumps(data).encode() if method in ("POST", "PUT") else b""
        call = Call(method, decoded, query, headers, body, self.sandbox.now(), by_hand=True)
        answer = self.sandbox.carry_out(vendor, call)
        if answer.status >= 400:
            raise CannotDo(f"{method} {path}: {answer.status} {answer.body.decode()[:300]}")
        return answer
