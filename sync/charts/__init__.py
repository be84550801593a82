"""Charts of KPIs: as SVG within a page, as PNG for mail. matplotlib is loaded when the first one is drawn.

A page shows chart.css (`chart_css()`) beside them, so that they follow its light and dark theme.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from mapping.alignment import Alignment, KpiPicture
from mapping.charts import chart_of
from mapping.texts.charts import alt_of, chart_alt, marks_dated, marks_said
from sync.charts.drawing import Drawing

__all__ = ["chart_alt", "chart_css", "marks_dated", "marks_said", "png_chart", "sparkline_svg", "svg_chart"]

KEPT = 256  # drawn charts, about 10 KB each: a page that is looked at again costs nothing


def svg_chart(picture: KpiPicture, alignment: Alignment, *, width: int = 640, height: int = 240) -> str:
    """The KPI's chart as inline SVG: no style, no script, nothing from elsewhere."""
    return _svg(_laid_out(picture, alignment, width, height), f"chart-{picture.kpi.id}-{width}")


def png_chart(
    picture: KpiPicture, alignment: Alignment, *, width: int = 640, height: int = 240, scale: float = 2
) -> bytes:
    """The same as PNG in the light theme; `scale` of its pixels a pixel of the page."""
    return _png(_laid_out(picture, alignment, width, height), scale)


def sparkline_svg(picture: KpiPicture, *, width: int = 120, height: int = 28) -> str:
    """Its course in a line's height, as inline SVG. It ends with the newest period, so that it needs no today."""
    from sync.charts.sparkline import sparkline

    ends = [one.period.last for one in picture.readings]
    chart = chart_of(picture, max(ends, default=picture.standing.period.last))
    return _svg(sparkline(chart, width, height, alt_of(chart)), f"line-{picture.kpi.id}")


@cache
def chart_css() -> str:
    """The colours, light and dark, and how a chart stands in a page."""
    return (files(__name__) / "chart.css").read_text(encoding="utf-8")


def _laid_out(picture: KpiPicture, alignment: Alignment, width: int, height: int) -> Drawing:
    from sync.charts.canvas import width_of
    from sync.charts.layout import lay_out

    return lay_out(chart_of(picture, alignment.at.date()), width, height, width_of)


@lru_cache(maxsize=KEPT)
def _svg(drawing: Drawing, prefix: str) -> str:
    from sync.charts.canvas import as_svg
    from sync.charts.markup import page_svg
    from sync.charts.palette import LIGHT

    return page_svg(as_svg(drawing, LIGHT), drawing, prefix)


@lru_cache(maxsize=32)
def _png(drawing: Drawing, scale: float) -> bytes:
    from sync.charts.canvas import as_png

    return as_png(drawing, scale)
