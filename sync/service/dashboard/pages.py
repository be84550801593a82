"""Which pages there are: the paths that mean each, and what each is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from markupsafe import Markup

from config import Config
from mapping.alignment import Alignment, KpiPicture
from mapping.priorities import FIRST_THINGS
from mapping.texts.charts import marks_dated
from mapping.texts.gaps import gap_groups
from mapping.texts.goals import below_said
from mapping.texts.priorities import first_thing, rest_said
from mapping.texts.report_summary import pressing
from mapping.texts.review_numbers import campaign_line
from mapping.texts.standings import state_said
from sync.report_parts import subject_name
from sync.report_words import decision_said
from sync.service.dashboard.overview import KpiView, kpi_view, overview_view, target_of
from sync.service.dashboard.reading import (
    meetings_on,
    read_alignment,
    read_decisions,
    read_glossary,
    read_kpi,
    read_overview,
    read_review,
)
from sync.service.dashboard.rendering import ROOT, Said

WIDE, NARROW = (880, 320), (350, 280)  # pixels of a KPI's chart, on a desk and on a phone
CARD = (420, 150)  # of one that is off target, on the overview
CARDS, LINES = 12, 60  # on the overview: KPIs off target with a card and a chart each; rows with a line
_AROUND = timedelta(days=800)  # days of reviews that may be asked for


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of a workspace. `arg`: the KPI's id, the review's day."""

    kind: str
    arg: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a page shows: its template, and what that is given."""

    template: str
    said: Said
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page. `path`: what means it, its argument in brackets; `is_there`: that argument is one of ours."""

    name: str
    path: re.Pattern[str]
    read: Callable[[Config, datetime, Wanted], Known]
    is_there: Callable[[Config, datetime, str], bool] = lambda _config, _at, _arg: True

    def wanted(self, path: str, config: Config, at: datetime) -> Wanted | None:
        found = self.path.fullmatch(path)
        if found is None:
            return None
        arg = found[1] if self.path.groups else ""
        return Wanted(self.name, arg) if self.is_there(config, at, arg) else None


# ── overview ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _overview(config: Config, at: datetime, _: Wanted) -> Known:
    from sync.charts import svg_chart

    known = read_overview(config, at)
    alignment = known.alignment
    said, view = _said(config, at), overview_view(known)
    width, height = CARD
    cards = _cards(view.off, alignment)
    return Known(
        "overview.html",
        said,
        {
            "view": view,
            "a": alignment,
            "status": known.status,
            "goals": [
                (one, [state_said(own, said.today) for own in one.own], below_said(one)) for one in alignment.goals
            ],
            "gaps": gap_groups(alignment.gaps, said.today, config.people),
            "first": _first(alignment, said.today),
            "views": {one.kpi.id: one for one in view.kpis},
            "cards": cards,
            "sparks": {one.kpi.id: spark(one.picture) for one in view.kpis[:LINES]},
            "courses": {
                one.kpi.id: Markup(svg_chart(one.picture, alignment, width=width, height=height))  # noqa: S704 - as below
                for one in cards
            },
            "marks": {one.kpi.id: marks_dated(one.picture, said.today) for one in cards},
            "campaign_line": campaign_line,
        },
    )


def _cards(off: Sequence[KpiView], alignment: Alignment) -> Sequence[KpiView]:
    """Those with a card, in the file's order; of too many the most pressing."""
    if len(off) <= CARDS:
        return off
    first = {one.kpi.id for one in pressing(alignment)[:CARDS]}
    return [one for one in off if one.kpi.id in first]


def _first(alignment: Alignment, today: date) -> list[tuple[str, list[str], str]]:
    """(person, the first things with why, what is left) of whoever has something open."""
    found = []
    for person, items in alignment.priorities.items():
        if items and person in alignment.people:
            name = alignment.people[person].name
            things = [first_thing(one, today) for one in items[:FIRST_THINGS]]
            found.append((name, things, rest_said(items[FIRST_THINGS:], today)))
    return found


def spark(picture: KpiPicture) -> Markup:
    """The last periods as a line, drawn by us."""
    from sync.charts import sparkline_svg

    return Markup(sparkline_svg(picture))  # noqa: S704 - an SVG that our own charts made, with every text escaped


# ── a KPI ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _kpi(config: Config, at: datetime, wanted: Wanted) -> Known:
    from sync.charts import svg_chart

    known = read_kpi(config, at, wanted.arg)
    alignment, picture = known.overview.alignment, known.picture
    said = _said(config, at)
    charts = [svg_chart(picture, alignment, width=width, height=height) for width, height in (WIDE, NARROW)]
    return Known(
        "kpi.html",
        said,
        {
            "view": kpi_view(picture, alignment, known.why.answer),
            "a": alignment,
            "history": known.history,
            "why": known.why,
            "marks": marks_dated(picture, said.today),
            "completed": [one for one in alignment.completed if one.kpi.id == picture.kpi.id],
            "goals": [one.goal for one in alignment.goals if picture.kpi.id in one.goal.kpis],
            "wide": Markup(charts[0]),  # noqa: S704 - as above
            "narrow": Markup(charts[1]),  # noqa: S704 - as above
            "target_of": target_of,
        },
    )


# ── reports and the rest ─────────────────────────────────────────────────────────────────────────────────────────────


def _report(config: Config, at: datetime, _: Wanted) -> Known:
    return _reported(config, at, read_alignment(config, at))


def _review(config: Config, at: datetime, wanted: Wanted) -> Known:
    return _reported(config, at, read_review(config, at, date.fromisoformat(wanted.arg)))


def _reported(config: Config, at: datetime, alignment: Alignment) -> Known:
    from mapping.texts.report import report
    from sync.unified.html import render_body

    here = replace(alignment, url=ROOT)  # links to KPIs stay in these pages
    found = report(here)
    body = Markup(render_body(found, here))  # noqa: S704 - escaped where it was made
    values = {"body": body, "title": found.title, "style": "report.css", "has_skip": True}
    return Known("framed.html", _said(config, at), values)


def _definitions(config: Config, at: datetime, _: Wanted) -> Known:
    from sync.glossary.html import render_body

    body = Markup(render_body(read_glossary(config, at)))  # noqa: S704 - escaped where it was made
    values = {"body": body, "title": "What we measure", "style": "definitions.css", "has_skip": False}
    return Known("framed.html", _said(config, at), values)


def _has_meeting(config: Config, at: datetime, arg: str) -> bool:
    try:
        day = date.fromisoformat(arg)
    except ValueError:
        return False
    near = abs(day - config.workspace.calendar.local_date(at)) <= _AROUND
    return near and bool(meetings_on(config, day))


def _decisions(config: Config, at: datetime, _: Wanted) -> Known:
    known = read_decisions(config, at)
    work = {one.key: one for one in known.status.work}
    return Known(
        "decisions.html",
        _said(config, at),
        {
            "a": known.alignment,
            "log": sorted(known.log, key=lambda one: one.at, reverse=True),
            "work": work,
            "decision_said": decision_said,
            "subject": lambda one: subject_name(one, config),
        },
    )


def _said(config: Config, at: datetime) -> Said:
    return Said(at, config.workspace.calendar.zone)


PAGES: Mapping[str, Kind] = {
    one.name: one
    for one in (
        Kind("overview", re.compile(r"/"), _overview),
        Kind("kpi", re.compile(r"/kpi/([^/]+)/?"), _kpi, lambda config, _, arg: arg in config.kpis),
        Kind("review", re.compile(r"/review/(\d{4}-\d{2}-\d{2})/?", re.ASCII), _review, _has_meeting),
        Kind("report", re.compile(r"/report/?"), _report),
        Kind("decisions", re.compile(r"/decisions/?"), _decisions),
        Kind("definitions", re.compile(r"/definitions/?"), _definitions),
    )
}
