"""The demo's page: what happened, each KPI's history, and the boards at the end. No scripts, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from connectors.sandbox.page import board_sections
from connectors.sandbox.server import Sandbox
from mapping.judgements import Status
from mapping.wording import show_day
from sync.demo.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Chart, chart_of, shown_rows
from sync.demo.summary import DemoSummary, Told
from sync.reports import HistoryRow, KpiRow

BOX = {"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM}
_CLASSES = {Status.ON_TRACK: "on", Status.AT_RISK: "close", Status.OFF_TRACK: "off", Status.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class Card:
    """One KPI on the page: how it stands, its chart, and the same in words."""

    told: Told
    row: KpiRow
    chart: Chart | None

    @property
    def standing(self) -> str:
        return _CLASSES[self.row.status]

    @property
    def shown(self) -> Sequence[HistoryRow]:
        """The periods that the chart shows, newest first."""
        return shown_rows(self.told.history.rows)[::-1]

    @property
    def alternative(self) -> str:
        """The chart in a sentence."""
        shown = len(self.chart.points) if self.chart is not None else 0
        number = self.row.number.said if self.row.number is not None else "no number"
        target = f", agreed {self.row.target.said}" if self.row.target is not None else ""
        marks = "".join(f"; {one.said}" for one in self.told.marks)
        return f"{self.row.name}: {shown} numbers, the last {number}{target}, {self.row.said}{marks}. Table below."


def render_page(summary: DemoSummary, sandbox: Sandbox, zone: tzinfo) -> str:
    """The whole page."""
    boards = board_sections(sandbox, zone=zone)
    loader = PackageLoader("sync.demo", "pages")
    pages = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    today = summary.last

    def day(of: date) -> str:
        return show_day(of, today)

    rows = {row.kpi: row for row in summary.status.kpis}
    cards = [Card(told, rows[told.history.kpi], chart_of(told, summary.first, summary.last)) for told in summary.kpis]
    sign = pages.get_template("sign.html")
    chart = pages.get_template("chart.html")

    def shape(what: str) -> Markup:
        return Markup(sign.render(what=what))  # noqa: S704 - rendered with autoescape, as all below

    def glyph(what: str) -> Markup:
        return Markup('<svg class="chart" viewBox="-8 -8 16 16">{}</svg>').format(shape(what))

    def draw(card: Card) -> Markup:
        return Markup(chart.render(card=card, box=BOX, shape=shape))  # noqa: S704

    return pages.get_template("index.html").render(
        summary=summary,
        totals=summary.totals,
        met=summary.meetings,
        cards=cards,
        board_style=boards.style,
        boards=boards.body,
        style=Markup(loader.get_source(pages, "demo.css")[0]),  # noqa: S704 - our own file
        day=day,
        glyph=glyph,
        draw=draw,
    )
