"""The dashboard's own files: style, script, sign. Read once, the same for everybody."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_WHERE = {
    "dashboard.css": "sync.service.dashboard.static",
    "live.js": "sync.service.dashboard.static",
    "mark.svg": "sync.service.dashboard.static",
    "chart.css": "sync.charts",
}


@dataclass(frozen=True, slots=True)
class File:
    body: bytes
    kind: str
    version: str


@cache
def own_files() -> Mapping[str, File]:
    """By name."""
    found = {}
    for name, package in _WHERE.items():
        where, _, folder = package.rpartition(".") if package.endswith(".static") else (package, "", "")
        place = files(where) / folder if folder else files(where)
        body = (place / name).read_bytes()
        found[name] = File(body, _KINDS[name.rpartition(".")[2]], hashlib.sha256(body).hexdigest()[:20])
    return found
