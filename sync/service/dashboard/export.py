"""The dashboard as files: the same pages as the service shows, to be looked at without one."""

from __future__ import annotations

import re
from pathlib import Path

from config import Config
from sync.app import App
from sync.clock import fixed_clock
from sync.service.dashboard.files import own_files
from sync.service.dashboard.pages import PAGES, Wanted
from sync.service.dashboard.site import Frame, Site
from sync.service.state import ServiceState

_LINK = re.compile(r'(href|src)="(\./|\.\./)([^"#]*)(#[^"]*)?"')
_REVIEW = re.compile(r'href="\./review/(\d{4}-\d{2}-\d{2})"')
_LIVE = re.compile(r'<script src="[^"]*live\.js" defer></script>\n')
_FOOT = re.compile(r'<footer class="foot">.*?</footer>\n', re.DOTALL)


def export(app: App, folder: Path) -> Path:
    """Write every page of the workspace under `folder`, made if it is not there; the path of the first one.

    Links between them are relative; they need no server, and have no script. Pages that people may not see without a
    token are files like any other then: whoever can read the folder can read them. OSError: it cannot be written.
    """
    config, now = app.config, app.clock()
    site = Site(ServiceState(now), version="", clock=fixed_clock(now), secrets=lambda: config.secrets)
    site.keep([config])
    try:
        pages = _pages(config)
        for path, wanted in pages:
            answer = site.page(config.workspace.id, wanted, Frame("../" if "/" in path else "./")).result()
            body = answer.body.decode()
            if wanted.kind == "overview":
                pages += [(f"review/{day}.html", Wanted("review", day)) for day in sorted(set(_REVIEW.findall(body)))]
            _write(folder / path, _standing_alone(body).encode())
    finally:
        site.close()
    for name, file in own_files().items():
        if not name.endswith(".js"):
            _write(folder / "static" / name, file.body)
    return folder / "index.html"


def _pages(config: Config) -> list[tuple[str, Wanted]]:
    """File name and page: all that need no date."""
    plain = [("index.html" if name == "overview" else f"{name}.html", Wanted(name)) for name in _PLAIN if name in PAGES]
    return [*plain, *((f"kpi/{kpi}.html", Wanted("kpi", kpi)) for kpi in config.kpis)]


_PLAIN = ("overview", "report", "decisions", "definitions")


def _standing_alone(page: str) -> str:
    """Its links name files, what only a service answers is left out."""
    return _LINK.sub(_as_file, _FOOT.sub("", _LIVE.sub("", page)))


def _as_file(link: re.Match[str]) -> str:
    name, root, to, mark = link[1], link[2], link[3], link[4] or ""
    if not to.startswith("static/"):
        to = f"{to}.html" if to else "index.html"
    return f'{name}="{root}{to}{mark}"'


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
