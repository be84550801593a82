"""A small Asana, written from its OpenAPI file: tasks, stories, sections, users, /batch. For the tracker's tests."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.unit.tracker_loopback import Call, Said

PROJECT = "1201234567890123"
ME, ANA, BEN = "900", "901", "902"


@dataclass
class SmallAsana:
    """`page`: how many items a page really holds. `statuses`: path suffix → (status, message). `listed`: the users of
    the workspace as listed. `answers` "compact": writes are answered with little more than a gid; `lists_compact`:
    so are the listings.
    """

    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    stories: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    subtasks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    sections: list[dict[str, str]] = field(
        default_factory=lambda: [{"gid": "11", "name": "Inbox"}, {"gid": "12", "name": "Actions"}]
    )
    users: dict[str, str] = field(default_factory=lambda: {"ana@acme.example": ANA, "ben+x@acme.example": BEN})
    page: int = 100
    now: datetime = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
    statuses: dict[str, tuple[int, str]] = field(default_factory=dict)
    me: str = ME
    listed: list[dict[str, Any]] = field(default_factory=list)
    answers: str = "whole"
    lists_compact: bool = False
    numbers: Any = field(default_factory=lambda: itertools.count(5001))

    def answer(self, call: Call) -> Said:
        assert call.path.startswith("/api/1.0/")
        assert call.headers["authorization"].startswith("Bearer ")
        path = call.path.removeprefix("/api/1.0")
        if path == "/batch":
            actions = call.body["data"]["actions"]
            if not 1 <= len(actions) <= 10:
                return Said({"errors": [{"message": "actions: between 1 and 10"}]}, 400)
            return Said({"data": [self._action(one) for one in actions]})
        query = {name: value for name, value in call.query.items() if name not in ("limit", "offset", "opt_fields")}
        status, body = self.route(call.method.lower(), path, query, call.query.get("offset"))
        return Said(body, status)

    def _action(self, action: dict[str, Any]) -> dict[str, Any]:
        path, options = action["relative_path"], action.get("options", {})
        assert "?" not in path, "a relative path has no query"
        status, body = self.route(action["method"], unquote(path), action.get("data", {}), options.get("offset"))
        if self.answers == "compact" and action["method"] != "get" and "data" in body:
            body = {"data": {"gid": body["data"]["gid"], "resource_type": "?"}}
        return {"status_code": status, "headers": {}, "body": body}

    def route(  # noqa: C901 - one line a route
        self, method: str, path: str, data: dict[str, Any], offset: str | None
    ) -> tuple[int, dict[str, Any]]:
        for ending, (status, message) in self.statuses.items():
            if f"{method} {path}".endswith(ending):
                return status, {"errors": [{"message": message}]}
        parts = path.strip("/").split("/")
        match method, parts:
            case "get", ["users", who]:
                gid = self.me if who == "me" else self.users.get(who)
                return self._found({"gid": gid, "name": who, "email": "alignd@acme.example"} if gid else None, who)
            case "get", ["workspaces", "77", "users"]:
                return self._paged(self.listed, offset)
            case "get", ["projects", gid] if gid == PROJECT:
                return 200, {"data": {"gid": PROJECT, "name": "Growth", "workspace": {"gid": "77"}, "archived": False}}
            case "get", ["projects", gid, "sections"] if gid == PROJECT:
                return self._paged(list(self.sections), offset)
            case "get", ["projects", gid, "project_memberships"] if gid == PROJECT:
                return 200, {"data": [{"gid": "1", "access_level": "editor"}]}
            case "get", ["tasks"]:
                found = self._listed(data)
                return (
                    self._paged([{"gid": one["gid"], "name": one["name"]} for one in found], offset)
                    if (self.lists_compact)
                    else self._paged(found, offset)
                )
            case "get", ["tasks", gid] if (subtask := self._subtask(gid)) is not None:
                return 200, {"data": subtask}
            case "get", ["tasks", gid]:
                return self._found(self.tasks.get(gid) if gid not in self.gone else None, gid, self.gone.get(gid, 404))
            case "get", ["tasks", gid, "stories"]:
                return self._paged(list(self.stories.get(gid, [])), offset)
            case "get", ["tasks", gid, "subtasks"]:
                listed = self.subtasks.get(gid, [])
                compact = [{"gid": one["gid"], "name": one["name"]} for one in listed]
                return self._paged(compact if self.lists_compact else list(listed), offset)
            case "post", ["tasks", gid, "subtasks"]:
                assignee = {"gid": data["assignee"]} if data.get("assignee") else None
                made = {"gid": str(next(self.numbers)), "completed": False, **data, "assignee": assignee}
                self.subtasks.setdefault(gid, []).append(made)
                return 201, {"data": made}
            case "post", ["tasks"]:
                return 201, {"data": self._make(data)}
            case "post", ["tasks", gid, "stories"]:
                return 201, {"data": self.say(gid, data["html_text"], self.me)}
            case "put", ["stories", gid]:
                story = next(one for listed in self.stories.values() for one in listed if one["gid"] == gid)
                story |= {"text": data["html_text"], "is_edited": True}
                return 200, {"data": story}
            case "put", ["tasks", gid]:
                return 200, {"data": self._change(gid, data)}
            case "post", ["tasks", gid, "addFollowers"]:
                self.tasks[gid].setdefault("followers", []).extend(data["followers"])
                return 200, {"data": self.tasks[gid]}
        return 404, {"errors": [{"message": f"unknown route or object: {path}"}]}

    def _subtask(self, gid: str) -> dict[str, Any] | None:
        return next((one for listed in self.subtasks.values() for one in listed if one["gid"] == gid), None)

    def _found(self, said: object, gid: str, status: int = 404) -> tuple[int, dict[str, Any]]:
        return (200, {"data": said}) if said else (status, {"errors": [{"message": f"Unknown object: {gid}"}]})

    def _paged(self, listed: list[Any], offset: str | None) -> tuple[int, dict[str, Any]]:
        start = int(offset or 0)
        following = {"offset": str(start + self.page)} if start + self.page < len(listed) else None
        return 200, {"data": listed[start : start + self.page], "next_page": following}

    def _listed(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        since = datetime.fromisoformat(query["modified_since"]) if "modified_since" in query else None
        found = [task for gid, task in self.tasks.items() if gid not in self.gone]
        if "project" in query:
            found = [one for one in found if any(m["project"]["gid"] == query["project"] for m in one["memberships"])]
        else:
            found = [one for one in found if (one["assignee"] or {}).get("gid") == query["assignee"]]
        return [one for one in found if since is None or datetime.fromisoformat(one["modified_at"]) >= since]

    def _make(self, data: dict[str, Any]) -> dict[str, Any]:
        gid = str(next(self.numbers))
        place = data.get("memberships") or [{"project": data["projects"][0], "section": "11"}]
        name = {one["gid"]: one["name"] for one in self.sections}
        self.tasks[gid] = {
            "gid": gid,
            "name": data["name"],
            "notes": data["html_notes"],
            "completed": False,
            "assignee": {"gid": data["assignee"]} if data.get("assignee") else None,
            "followers": data.get("followers", []),
            "due_on": data.get("due_on"),
            "memberships": [
                {
                    "project": {"gid": place[0]["project"]},
                    "section": {"gid": place[0]["section"], "name": name.get(place[0]["section"])},
                }
            ],
            "created_at": self.stamp(),
            "created_by": {"gid": self.me},
            "modified_at": self.stamp(),
            "permalink_url": f"https://app.asana.com/0/1/{gid}",
        }
        return self.tasks[gid]

    def _change(self, gid: str, data: dict[str, Any]) -> dict[str, Any]:
        task = self.tasks[gid]
        changes = dict(data)
        if "assignee" in changes:
            changes["assignee"] = {"gid": changes["assignee"]} if changes["assignee"] else None
        task |= changes | {"modified_at": self.stamp()}
        return task

    def say(self, gid: str, text: str, who: str | None, kind: str = "comment") -> dict[str, Any]:
        """A story by somebody."""
        by = {"gid": who} if who else None
        story = {
            "gid": str(next(self.numbers)),
            "created_at": self.stamp(),
            "created_by": by,
            "text": text,
            "type": kind,
        }
        self.stories.setdefault(gid, []).append(story)
        if gid in self.tasks:
            self.tasks[gid]["modified_at"] = self.stamp()
        return story

    def stamp(self) -> str:
        """The vendor's time, moving on a second a change."""
        self.now += timedelta(seconds=1)
        return self.now.isoformat().replace("+00:00", "Z")
