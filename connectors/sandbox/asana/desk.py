"""What every Asana handler needs: who asks, with what, and how to answer."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.sandbox.asana import say
from connectors.sandbox.asana.fields import Tree, split_fields, tree_of
from connectors.sandbox.asana.state import Project, Section, State, Switches, Task, User
from connectors.sandbox.wire import Answer, Call, Json, json_answer


@dataclass
class Token:
    """What is left of a paged listing."""

    query: str
    rest: list[str]
    expires: datetime


@dataclass
class Desk:
    """One request by one user: its parameters, data and options, and the state it acts on."""

    state: State
    switches: Switches
    tokens: dict[str, Token]
    call: Call
    user: User
    parameters: dict[str, str]
    data: Json
    tree: Tree
    source: str = "api"
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.call.at

    # ── answers ──────────────────────────────────────────────────────────────────────────────────────────────

    def one(self, value: Json, status: int = 200, location: str | None = None) -> Answer:
        """One record; a created one says where it is."""
        headers = (("Location", f"/api/1.0{location}"),) if location else ()
        return json_answer(status, {"data": value}, headers)

    def page(self, gids: Sequence[str], write: Callable[[str], Json | None]) -> Answer:
        """A listing, paged by `limit` and `offset`; what has gone since the token was given is left out."""
        query = self.call.path + "?" + "&".join(sorted(f"{k}={v}" for k, v in self.parameters.items() if k != "offset"))
        limit = self._limit()
        rest = list(gids)
        offset = self.parameters.get("offset")
        if offset is not None:
            token = self.tokens.get(offset)
            if token is None or token.query != query or token.expires < self.now:
                raise say.bad("offset: Your pagination token has expired or is invalid.")
            rest = token.rest
        cut = limit if limit is not None else 1000
        records = [record for gid in rest[:cut] if (record := write(gid)) is not None]
        following: Json | None = None
        if limit is not None and len(rest) > cut:
            text = "eyJ0" + secrets.token_urlsafe(24)
            self.tokens[text] = Token(query, rest[cut:], self.now + timedelta(seconds=self.switches.offset_lives))
            path = f"{self.call.path.removeprefix('/api/1.0')}?limit={limit}&offset={text}"
            following = {"offset": text, "path": path, "uri": f"https://app.asana.com/api/1.0{path}"}
        return json_answer(200, {"data": records, "next_page": following})

    def _limit(self) -> int | None:
        text = self.parameters.get("limit")
        if text is None:
            return None
        if not text.isdigit() or not 1 <= int(text) <= 100:
            raise say.bad("limit: Must be between 1 and 100")
        return int(text)

    # ── finding what a path or body names ────────────────────────────────────────────────────────────────────

    def task(self, gid: str) -> Task:
        """The task a path names; 404 when unknown or in the trash, 403 when not for this user."""
        task = self.state.tasks.get(gid)
        if task is None and gid.startswith("external:"):
            task = next((t for t in self.state.tasks.values() if (t.external or {}).get("gid") == gid[9:]), None)
        if task is None:
            raise say.unknown("task", gid)
        if task.trashed_at is not None:
            raise say.unknown("task", gid) if self.switches.trashed_is_404 else say.forbidden("task")
        if not self.state.may_see_task(self.user.gid, task):
            raise say.forbidden("task")
        return task

    def project(self, gid: str) -> Project:
        """The project a path or parameter names."""
        project = self.state.projects.get(gid)
        if project is None:
            raise say.unknown("project", gid)
        if not self.state.may_see(self.user.gid, project):
            raise say.forbidden("project")
        return project

    def section(self, gid: str) -> Section:
        """The section a path or parameter names."""
        section = self.state.sections.get(gid)
        if section is None:
            raise say.unknown("section", gid)
        self.project(section.project)
        return section

    def named_project(self, value: object) -> Project:
        """The project a body names."""
        project = self.state.projects.get(str(value))
        if project is None:
            raise say.unrecognised("project", str(value))
        if not self.state.may_see(self.user.gid, project):
            raise say.forbidden("project")
        return project

    def named_section(self, value: object, project: Project) -> Section:
        """The section a body names; it must be the project's."""
        section = self.state.sections.get(str(value))
        if section is None:
            raise say.unrecognised("section", str(value))
        if section.project != project.gid:
            raise say.bad(f"section: Not in project {project.gid}")
        return section

    def named_user(self, name: str, value: object) -> User:
        """The user a body names: "me", e-mail or gid."""
        if not isinstance(value, str):
            raise say.bad(f"{name}: Not a valid user: {value!r}")
        user = self.state.user_by(value, self.user.gid)
        if user is None:
            raise say.unrecognised(name, value)
        return user


def parse_instant(name: str, text: str, now: datetime) -> datetime:
    """An instant or day of a parameter; "now" is now."""
    if text == "now":
        return now
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00").replace(" ", "+"))
    except ValueError:
        raise say.bad(f"{name}: Not a valid date: {text}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def parse_day(name: str, value: object) -> date | None:
    """A day of a body, null for none."""
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise say.bad(f"{name}: Not a valid date: {value}") from None


def open_desk(
    state: State, switches: Switches, tokens: dict[str, Token], call: Call, user: User, body: Any
) -> Desk:  # fmt: skip
    """Read a call's parameters, data and fields; 400 for a body without `data`."""
    parameters = {k: v for k, v in call.query if not k.startswith("opt_")}
    data: Json = {}
    fields = call.every("opt_fields")
    if call.method in ("POST", "PUT"):
        if not isinstance(body, dict) or not isinstance(body.get("data", {}), dict):
            raise say.bad("Could not parse request data, invalid JSON")
        data = body.get("data", {})
        options = body.get("options") or {}
        asked = options.get("fields", options.get("opt_fields", []))
        fields += [asked] if isinstance(asked, str) else list(asked)
    source = "web" if call.by_hand else "api"
    return Desk(state, switches, tokens, call, user, parameters, data, tree_of(split_fields(fields)), source)
