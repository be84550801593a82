"""What goes over the wire at a stand-in: one call, one answer, and routes from paths to handlers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request as a stand-in sees it. `path` is decoded, `query` keeps order and repeats, header names are
    lower case. `at` is the stand-in's clock. `part`: only so many actions of a batch are to be carried out (a fault).
    `by_hand`: made by the scripted person, not by an API client.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    at: datetime = datetime.min
    part: int | None = None
    by_hand: bool = False

    def first(self, name: str, default: str | None = None) -> str | None:
        """The first value of a query parameter."""
        return next((v for k, v in self.query if k == name), default)

    def every(self, name: str) -> list[str]:
        """All values of a repeated query parameter."""
        return [v for k, v in self.query if k == name]

    def json(self) -> Any:
        """The body as JSON (None when empty); ValueError when it is none."""
        return json.loads(self.body) if self.body.strip() else None

    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. `headers` beyond Content-Type and Date."""

    status: int
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def json_answer(status: int, value: object, headers: Sequence[tuple[str, str]] = ()) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), headers=tuple(headers))


def text_answer(status: int, text: str, headers: Sequence[tuple[str, str]] = ()) -> Answer:
    """An answer in plain text, as Trello's errors are."""
    return Answer(status, text.encode(), "text/plain; charset=utf-8", tuple(headers))


def html_answer(status: int, text: str) -> Answer:
    """A page."""
    return Answer(status, text.encode(), "text/html; charset=utf-8")


class Refusal(Exception):
    """A handler's no, raised from any depth: the answer to give."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


Handler = Callable[..., Answer]


class Routes:
    """Method and path pattern (`/tasks/{task}/stories`) to handler; the first that fits wins."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        """`{name}` matches one path segment and is handed to the handler as a keyword argument."""
        regex = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        self._routes.append((method, re.compile(f"{regex}/?"), handler))

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, str]] | None:
        """The handler and its arguments, or None when no route fits."""
        for one, regex, handler in self._routes:
            if one == method and (match := regex.fullmatch(path)):
                return handler, match.groupdict()
        return None


def split_target(target: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A request target ("/a/b?c=d") as decoded path and query."""
    path, _, query = target.partition("?")
    return unquote(path), tuple(parse_qsl(query, keep_blank_values=True))
