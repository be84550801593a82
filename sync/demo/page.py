"""The demo's page: what happened, each KPI's history, and the boards at the end. No scripts, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from connectors.sandbox.page import board_sections
from connectors.sandbox.server import Sandbox
from mapping.alignment import Alignment, KpiPicture
from mapping.charts import shown_readings
from mapping.judgements import Status
from mapping.wording import show_day
from sync.charts import chart_css, marks_said, svg_chart
from sync.demo.summary import DemoSummary, Told
from sync.reports import HistoryRow, KpiRow

WIDTH, HEIGHT = 340, 170  # of a chart, in pixels
_CLASSES = {Status.ON_TRACK: "on", Status.AT_RISK: "close", Status.OFF_TRACK: "off", Status.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class Card:
    """One KPI on the page: how it stands, its chart, and the same in words."""

    told: Told
    row: KpiRow
    picture: KpiPicture
    chart: Markup | None

    @property
    def standing(self) -> str:
        return _CLASSES[self.row.status]

    @property
    def shown(self) -> Sequence[HistoryRow]:
        """The periods that the chart shows, newest first."""
        drawn = {one.period.label for one in shown_readings(self.picture)}
        return [row for row in self.told.history.rows if row.period.label in drawn]

    @property
    def marks(self) -> Sequence[tuple[int, str]]:
        return marks_said(self.picture)


def render_page(summary: DemoSummary, alignment: Alignment, sandbox: Sandbox, zone: tzinfo) -> str:
    """The whole page."""
    boards = board_sections(sandbox, zone=zone)
    loader = PackageLoader("sync.demo", "pages")
    pages = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    today = summary.last

    def day(of: date) -> str:
        return show_day(of, today)

    rows = {row.kpi: row for row in summary.status.kpis}
    cards = [_card(told, rows[told.history.kpi], alignment) for told in summary.kpis]
    style = Markup(loader.get_source(pages, "demo.css")[0])  # noqa: S704 - our own file
    return pages.get_template("index.html").render(
        summary=summary,
        totals=summary.totals,
        met=summary.meetings,
        cards=cards,
        board_style=boards.style,
        boards=boards.body,
        style=Markup(chart_css()) + style,  # noqa: S704 - likewise
        day=day,
    )


def _card(told: Told, row: KpiRow, alignment: Alignment) -> Card:
    picture = alignment.picture(row.kpi)
    assert picture is not None, "every KPI of the file is in the alignment"
    has_number = any(one.trusted for one in picture.readings)
    drawn = svg_chart(picture, alignment, width=WIDTH, height=HEIGHT) if has_number else None
    return Card(told, row, picture, None if drawn is None else Markup(drawn))  # noqa: S704 - escaped where it is made
