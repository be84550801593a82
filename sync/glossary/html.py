"""The glossary as one HTML file: no script, nothing from elsewhere, a content policy that allows its own style only."""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from mapping.glossary import Glossary
from mapping.texts.definitions import days_of
from mapping.wording import show_date


@cache
def style() -> str:
    """The page's own CSS."""
    loader = _pages().loader
    assert loader is not None
    return f"\n{loader.get_source(_pages(), 'definitions.css')[0].strip()}\n"


def policy() -> str:
    """The page's own content policy."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def render_html(glossary: Glossary) -> str:
    """The whole page."""
    safe_style = Markup(style())  # noqa: S704 - our own file
    return _pages().get_template("definitions.html").render(**_context(glossary), policy=policy(), style=safe_style)


def render_body(glossary: Glossary) -> str:
    """Header and main part alone, for a page that has a head of its own (with `style()`)."""
    return _pages().get_template("body.html").render(**_context(glossary))


def _context(glossary: Glossary) -> dict[str, object]:
    day = show_date(glossary.on, date.min)  # with its year
    return {"g": glossary, "days_of": days_of, "day": day}


@cache
def _pages() -> Environment:
    return Environment(
        loader=PackageLoader("sync.glossary", "pages"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
