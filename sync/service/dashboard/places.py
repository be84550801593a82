"""Which workspace and which of its pages an address means, whatever stands before it. Pure.

A link in a task is `public_url` with `/kpi/ID` or `/review/DATE` behind it. What comes in may have the path of
`public_url` before it or not (a proxy takes it off or leaves it), may name one workspace of many by host, by path or
by `/w/ID`, and is answered with links that are relative, so that they work in front of every proxy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_WITHIN = re.compile(r"/w/([^/]+)(/.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a workspace's pages may be asked for. `host`, `prefix`: of its `public_url`, "" without."""

    workspace: str
    host: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What was asked for. `workspace`: None where several are meant (`among`), or the list of them.

    `path`: within the workspace, "" where only the last slash is missing. `root`: what leads from there to the
    workspace's first page; `up`: what leads on to the list of workspaces, None where there is none.
    """

    path: str
    root: str
    workspace: str | None = None
    among: tuple[str, ...] = ()
    up: str | None = None


def home_of(workspace: str, public_url: str | None) -> Home:
    """A workspace's home by what its file says."""
    if public_url is None:
        return Home(workspace)
    parts = urlsplit(public_url)
    return Home(workspace, (parts.hostname or "").casefold(), parts.path.rstrip("/"))


def place_of(path: str, host: str, homes: Sequence[Home]) -> Place | None:
    """What `path` (as it was sent, percent signs and all) means. None: a workspace that is not here."""
    prefix, mine, taken_off = _before(path, host, homes)
    rest = path[len(prefix) :]
    ids = tuple(home.workspace for home in mine)
    named = _WITHIN.fullmatch(rest)
    if named is None:
        chosen = ids[0] if len(ids) == 1 else None
        return Place(rest, taken_off or _up_from(rest), chosen, ids)
    if named[1] not in ids:
        return None
    rest = named[2] or ""
    root = f"{taken_off}w/{named[1]}/" if taken_off else _up_from(rest)
    return Place(rest, root, named[1], ids, f"{root}../../" if len(ids) > 1 else None)


def _before(path: str, host: str, homes: Sequence[Home]) -> tuple[str, list[Home], str]:
    """The prefix that `path` has, whose it is, and what to put before links where a proxy has taken it off."""
    had = {home.prefix for home in homes if home.prefix and (path + "/").startswith(home.prefix + "/")}
    if had:
        prefix = max(had, key=len)
        them = [home for home in homes if home.prefix == prefix]
        return prefix, [home for home in them if home.host == host] or them, ""
    them = [home for home in homes if home.host == host]
    prefixes = {home.prefix for home in them}
    taken_off = f"{prefixes.pop()}/" if len(prefixes) == 1 and "" not in prefixes else ""
    return "", them or list(homes), taken_off


def _up_from(path: str) -> str:
    """ "./" from the first page, "../" from a page one below it."""
    return "../" * (path.count("/") - 1) or "./"
