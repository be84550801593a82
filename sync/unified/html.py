"""The report as one HTML file: no script, nothing from elsewhere, a content policy that allows its own style alone."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from itertools import groupby

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from mapping.alignment import Alignment
from mapping.texts.report_kpi import ended
from mapping.texts.report_parts import GoalPart, Report, SentencePart
from mapping.wording import show_date, show_day
from sync.charts import chart_css, sparkline_svg, svg_chart
from sync.unified.drawn import drawn, drawn_said
from sync.unified.in_code import coded

CHART = (360, 210)  # in pixels: as wide as a phone shows it, and as one of three columns
LABELS = {
    "count": "In short",
    "off": "Off target",
    "close": "Close",
    "well": "Went well",
    "decided": "Decided",
    "waiting": "Waiting for",
    "next": "What comes",
}


@cache
def style() -> str:
    """All of the report's CSS, the charts' colours included."""
    css = (_pages().loader or PackageLoader("sync.unified", "pages")).get_source(_pages(), "report.css")[0]
    return f"\n{chart_css().strip()}\n{css.strip()}\n"


@cache
def style_hash() -> str:
    """`'sha256-…'` of the style, for a content policy that allows it and no other."""
    digest = hashlib.sha256(style().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def policy() -> str:
    """The page's own content policy."""
    return f"default-src 'none'; style-src {style_hash()}; base-uri 'none'; form-action 'none'"


def render_html(report: Report, alignment: Alignment, *, review: str = "") -> str:
    """The whole page. `review`: key of the meeting it is written for."""
    return _pages().get_template("report.html").render(
        **_context(report, alignment),
        policy=policy(),
        style=Markup(style()),  # noqa: S704 - our own file
        review=review,
    )  # fmt: skip


def render_body(report: Report, alignment: Alignment) -> str:
    """Header, main part and footer alone, for a page that has a head of its own (with `style()`)."""
    return _pages().get_template("body.html").render(**_context(report, alignment))


def _context(report: Report, alignment: Alignment) -> dict[str, object]:
    today = report.at.date()
    pictures = {one.kpi.id: one for one in alignment.kpis}
    chosen = drawn(report)

    def chart(kpi: str) -> Markup:
        # Made by our own charts, from data that their XML escapes.
        return Markup(svg_chart(pictures[kpi], alignment, width=CHART[0], height=CHART[1]))  # noqa: S704

    def spark(kpi: str) -> Markup:
        return Markup(sparkline_svg(pictures[kpi]))  # noqa: S704

    def day(on: date) -> str:
        return show_date(on, today)

    def weekday(on: date) -> str:
        return show_day(on, today)

    def tree() -> Markup:
        return _tree(report.goals)

    return {
        "r": report,
        "labels": LABELS,
        "chart": chart,
        "spark": spark,
        "drawn": chosen,
        "drawn_said": drawn_said(report, chosen),
        "day": day,
        "weekday": weekday,
        "tree": tree,
        "coded": coded,
    }


@cache
def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("sync.unified", "pages"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters["groupby_order"] = _in_order
    pages.filters["capital"] = _capital
    pages.filters["ended"] = ended
    return pages


def _in_order(sentences: Iterable[SentencePart], name: str) -> list[tuple[object, list[SentencePart]]]:
    """What follows each other and is alike in `name`."""
    return [(key, list(found)) for key, found in groupby(sentences, lambda one: getattr(one, name))]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tree(goals: Sequence[GoalPart]) -> Markup:
    """The goals as nested lists, each with its KPIs' states."""
    found = Markup("")
    depth = -1
    for goal in goals:
        level = min(goal.depth, depth + 1)
        if level > depth:
            found += Markup('<ul class="tree">') if level == 0 else Markup("<ul>")
        else:
            found += Markup("</li></ul>") * (depth - level) + Markup("</li>")
        found += Markup("<li>") + _goal(goal)
        depth = level
    return found + Markup("</li></ul>") * (depth + 1)


def _goal(goal: GoalPart) -> Markup:
    known = Markup(' <span class="small">({})</span>').format(goal.known) if goal.known else Markup("")
    own = Markup("").join(
        Markup('<span>{} <span class="state {}">{}</span></span>').format(one.name, one.place.value, one.said)
        for one in goal.kpis
    )
    states = Markup('<div class="own">{}</div>').format(own) if goal.kpis else Markup("")
    below = Markup('<div class="small">{}</div>').format(_capital(goal.below)) if goal.below else Markup("")
    return Markup("<strong>{}</strong>{}").format(goal.title, known) + states + below
