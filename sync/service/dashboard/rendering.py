"""Pages as text: the templates, and what they may do with words that come from elsewhere.

Whatever a template shows is escaped, and before that made one line of plain words: known secrets are masked, and
nothing in it can turn the direction of the text around it. Nothing here has a style or a script within it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from datetime import date, datetime, tzinfo
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from connectors.redaction import redact
from mapping.texts.review_decide import matter_for, matter_said
from mapping.wording import show_date, show_day, show_moment
from sync.cli.terminal import without_controls
from sync.unified.in_code import coded

Secrets = Callable[[], Collection[str]]
VERSION = "@version@"  # in a page, until it is known what it says
ROOT = "@root@"  # before a link, until it is known from where it leads home


class Templates:
    """The templates of the pages."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._env = Environment(
            loader=PackageLoader("sync.service.dashboard", "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            finalize=self._plain,
        )
        self._env.filters.update(web=web, coded=coded, rooted=rooted)
        self._env.globals.update(matter_said=matter_said, matter_for=matter_for)

    def render(self, template: str, /, **values: object) -> str:
        return self._env.get_template(template).render(**values)

    def _plain(self, value: object) -> object:
        if isinstance(value, str) and not isinstance(value, Markup):
            return redact(without_controls(value), self._secrets())
        return value


def sealed(text: str) -> tuple[bytes, str]:
    """A page's bytes, with its own version written into it, and the version: the same for the same words."""
    version = hashlib.sha256(text.encode()).hexdigest()[:20]
    return text.replace(VERSION, version, 1).encode(), version


def web(url: str | None) -> str:
    """An address that may be followed: of the web, whole; else ""."""
    if not url or any(sign.isspace() or not sign.isprintable() for sign in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def rooted(body: Markup, root: str) -> Markup:
    """What was made without knowing from where its links lead home, with that put in."""
    return Markup(str(body).replace(f'"{ROOT}/', f'"{root}').replace(f'"{ROOT}"', f'"{root}"'))  # noqa: S704 - as it was


class Said:
    """Days and moments in a workspace's words, for templates."""

    def __init__(self, at: datetime, zone: tzinfo) -> None:
        self._at, self._zone = at, zone

    @property
    def today(self) -> date:
        return self._at.astimezone(self._zone).date()

    def day(self, day: date) -> str:
        return show_day(day, self.today)

    def date(self, day: date) -> str:
        return show_date(day, self.today)

    def moment(self, at: datetime) -> str:
        return show_moment(at.astimezone(self._zone), self.today)

    def machine(self, at: datetime) -> str:
        return at.astimezone(self._zone).isoformat(timespec="seconds")
