"""Asana's front door: tokens, the meter, routes, and /batch."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from connectors.sandbox.asana import goals, others, placing, say, tasks
from connectors.sandbox.asana.desk import Token, open_desk
from connectors.sandbox.asana.state import State, Switches, User
from connectors.sandbox.windows import Window
from connectors.sandbox.wire import Answer, Call, Refusal, Routes, json_answer

PREFIX = "/api/1.0"
_METHODS = ("get", "post", "put", "delete", "patch", "head")
_NOT_IN_BATCH = ("/batch", "/organization_exports", "/attachments")


class AsanaApi:
    """The stand-in. `state` is the workspace, `switches` its open questions; `batches_part` see `Call.part`."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self.state = State(now)
        self.switches = Switches()
        self.monotonic = monotonic
        self.writes_in_flight = 0
        self._tokens: dict[str, Token] = {}
        self._windows: dict[str, Window] = {}
        self._shuffle = random.Random(7)
        self._routes = _routes()

    def weight(self, call: Call) -> int:
        """How many requests a call counts for: a batch as many as its actions."""
        if call.path != f"{PREFIX}/batch":
            return 1
        try:
            body = call.json()
        except ValueError:
            return 1
        actions = (body.get("data") or {}).get("actions") if isinstance(body, dict) else None
        return max(1, len(actions)) if isinstance(actions, list) else 1

    def handle(self, call: Call) -> Answer:
        """Answer one request."""
        user = self._user(call)
        if user is None:
            return say.UNAUTHORIZED
        over = None if call.by_hand else self._over_the_limit(call)
        if over is not None:
            return over
        try:
            body = call.json() if call.method in ("POST", "PUT") else None
        except ValueError:
            return say.errors(400, "Could not parse request data, invalid JSON")
        if call.path == f"{PREFIX}/batch":
            return self._batch(call, user, body)
        return self._answer(call, user, {} if body is None else body)

    def _user(self, call: Call) -> User | None:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        return next((u for u in self.state.users.values() if u.token == token), None)

    def _over_the_limit(self, call: Call) -> Answer | None:
        after = self.switches.retry_after
        headers = () if after is None else (("Retry-After", after),)
        limit = self.switches.per_minute
        if limit is not None:
            token = call.headers["authorization"]
            window = self._windows.setdefault(token, Window(limit, 60.0, self.monotonic))
            window.limit = limit
            if not window.take(self.weight(call)):
                return say.errors(429, say.TOO_MANY, headers)
        if self.writes_in_flight > self.switches.write_slots and call.method != "GET":
            return say.errors(429, say.TOO_MANY, headers)
        return None

    def _answer(self, call: Call, user: User, body: Any) -> Answer:
        found = self._routes.find(call.method, call.path.removeprefix(PREFIX))
        if found is None:
            return say.NO_ROUTE
        handler, arguments = found
        try:
            return handler(open_desk(self.state, self.switches, self._tokens, call, user, body), **arguments)
        except Refusal as refusal:
            return refusal.answer

    # ── batch ────────────────────────────────────────────────────────────────────────────────────────────────

    def _batch(self, call: Call, user: User, body: Any) -> Answer:
        """At most ten actions, in parallel (in no order), answered in the order asked."""
        if call.method != "POST":
            return say.NO_ROUTE
        actions = (body.get("data") or {}).get("actions") if isinstance(body, dict) else None
        if not isinstance(actions, list) or not actions:
            return say.errors(400, "actions: Missing input")
        if len(actions) > 10:
            return say.errors(400, "actions: Too many actions: at most 10")
        order = list(range(len(actions)))
        self._shuffle.shuffle(order)
        results: dict[int, Any] = {}
        for place in order if call.part is None else order[: call.part]:
            answer = self._action(call, user, actions[place])
            results[place] = {
                "status_code": answer.status,
                "headers": {k.lower() if k != "Location" else k: v for k, v in answer.headers},
                "body": answer.json() if answer.body else None,
            }
        return json_answer(200, {"data": [results.get(place) for place in range(len(actions))]})

    def _action(self, call: Call, user: User, action: Any) -> Answer:
        if not isinstance(action, dict) or not isinstance(action.get("relative_path"), str):
            return say.errors(400, "relative_path: Missing input")
        path, method = action["relative_path"], str(action.get("method", "")).lower()
        if method not in _METHODS:
            return say.errors(400, f"method: Not a valid method: {method}")
        if "?" in path or not path.startswith("/"):
            return say.errors(400, "relative_path: Must begin with / and may not have a query string")
        if path.startswith(_NOT_IN_BATCH) or path.endswith("/attachments"):
            return say.errors(400, "relative_path: This action may not be part of a batch request")
        data, options = action.get("data") or {}, action.get("options") or {}
        if not isinstance(data, dict) or not isinstance(options, dict):
            return say.errors(400, "data: Must be an object")
        fields = options.get("fields") or []
        query: list[tuple[str, str]] = [("opt_fields", f if isinstance(f, str) else str(f)) for f in fields]
        query += [(k, str(options[k])) for k in ("limit", "offset") if k in options]
        if method == "get":
            query += [(str(k), v if isinstance(v, str) else str(v)) for k, v in data.items()]
        inner = replace(call, method=method.upper(), path=PREFIX + path, query=tuple(query))
        return self._answer(inner, user, {"data": data})


def _routes() -> Routes:
    routes = Routes()
    for method, pattern, handler in (
        ("GET", "/users/{user}", others.get_user),
        ("GET", "/users", others.list_users),
        ("GET", "/workspaces", others.list_workspaces),
        ("GET", "/workspaces/{workspace}", others.get_workspace),
        ("GET", "/workspaces/{workspace}/users", others.list_users),
        ("GET", "/workspaces/{workspace}/projects", others.list_projects),
        ("GET", "/workspaces/{workspace}/tasks/search", others.search),
        ("GET", "/projects", others.list_projects),
        ("GET", "/projects/{project}", others.get_project),
        ("GET", "/projects/{project}/sections", others.list_sections),
        ("POST", "/projects/{project}/sections", others.create_section),
        ("GET", "/projects/{project}/tasks", tasks.tasks_of_project),
        ("GET", "/sections/{section}", others.get_section),
        ("PUT", "/sections/{section}", others.update_section),
        ("DELETE", "/sections/{section}", others.delete_section),
        ("GET", "/sections/{section}/tasks", tasks.tasks_of_section),
        ("POST", "/sections/{section}/addTask", placing.add_task_to_section),
        ("GET", "/tasks", tasks.list_tasks),
        ("POST", "/tasks", tasks.create_task),
        ("GET", "/tasks/{task}", tasks.get_task),
        ("PUT", "/tasks/{task}", tasks.update_task),
        ("DELETE", "/tasks/{task}", tasks.delete_task),
        ("GET", "/tasks/{task}/stories", others.list_stories),
        ("POST", "/tasks/{task}/stories", others.create_story),
        ("GET", "/tasks/{task}/subtasks", tasks.subtasks),
        ("POST", "/tasks/{task}/subtasks", tasks.create_subtask),
        ("POST", "/tasks/{task}/addProject", placing.add_project),
        ("POST", "/tasks/{task}/removeProject", placing.remove_project),
        ("POST", "/tasks/{task}/addFollowers", placing.add_followers),
        ("POST", "/tasks/{task}/removeFollowers", placing.remove_followers),
        ("POST", "/tasks/{task}/duplicate", tasks.duplicate_task),
        ("GET", "/stories/{story}", others.get_story),
        ("PUT", "/stories/{story}", others.update_story),
        ("DELETE", "/stories/{story}", others.delete_story),
        ("GET", "/goals/{goal}", goals.get_goal),
        ("POST", "/goals/{goal}/setMetricCurrentValue", goals.set_current_value),
    ):
        routes.add(method, pattern, handler)
    return routes
