"""The dashboard's own files: style, script, sign. Read once, the same for everybody."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_OURS = ("dashboard.css", "bar.css", "live.js", "mark.svg")


@dataclass(frozen=True, slots=True)
class File:
    body: bytes
    kind: str
    version: str


@cache
def own_files() -> Mapping[str, File]:
    """By name."""
    from sync.charts import chart_css
    from sync.glossary.html import style as glossary_style
    from sync.unified.html import style as report_style

    ours = files("sync.service.dashboard") / "static"
    found = {name: (ours / name).read_bytes() for name in _OURS}
    found |= {
        "chart.css": chart_css().encode(),
        "report.css": report_style().encode(),
        "definitions.css": glossary_style().encode(),
    }
    return {name: _file(name, body) for name, body in found.items()}


def _file(name: str, body: bytes) -> File:
    return File(body, _KINDS[name.rpartition(".")[2]], hashlib.sha256(body).hexdigest()[:20])
