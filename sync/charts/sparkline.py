"""A KPI's course in a line of text's height: the numbers, what was agreed, the newest one marked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mapping.charts import Agreed, Chart, Point
from sync.charts.drawing import Area, Drawing, Glyph, Role, Shape, Stroke
from sync.charts.layout import shape_of
from sync.charts.scale import Across, Up

_EDGE = 5.0  # around, so that the newest point is whole


def sparkline(chart: Chart, width: int, height: int, said: str) -> Drawing:
    """`said`: the course in a sentence. Without a number: a bare line. Ends with the newest period, not with today."""
    if not chart.points:
        bare = Stroke(((_EDGE, height / 2), (width - _EDGE, height / 2)), Role.SOFT, 1.0, (2, 3))
        return Drawing(width, height, (), (bare,), (), (), said)
    last = chart.periods[-1].last
    across = Across(chart.first, last, _EDGE - 2, width - _EDGE + 2)
    ends = [end for piece in chart.agreed for end in (piece.low, piece.high) if end is not None]
    up = Up([point.value for point in chart.points] + ends, _EDGE, height - _EDGE)

    def place(point: Point) -> tuple[float, float]:
        return across.middle(point.period.first, point.period.last), up.at(point.value)

    lines = [Stroke(tuple(place(one) for one in run), Role.LINE, 1.4) for run in chart.runs if len(run) > 1]
    alone = [Glyph(Shape.DOT, *place(run[0]), 2.5, Role.LINE) for run in chart.runs if len(run) == 1]
    newest = chart.points[-1]
    shape, role = shape_of(newest.stand)
    return Drawing(
        width,
        height,
        areas=tuple(_ranges(chart.agreed, across, up, last)),
        strokes=(*_targets(chart.agreed, across, up, last), *lines),
        glyphs=(*alone, Glyph(shape, *place(newest), 6.5, role, not newest.final)),
        words=(),
        title=said,
    )


def _ranges(agreed: tuple[Agreed, ...], across: Across, up: Up, last: date) -> Iterator[Area]:
    for piece in agreed:
        if piece.low is not None and piece.high is not None and piece.first <= last:
            x, low = across.starts(piece.first), up.at(piece.low)
            yield Area(x, low, across.ends(min(piece.last, last)) - x, max(up.at(piece.high) - low, 1.0), Role.BAND_ON)


def _targets(agreed: tuple[Agreed, ...], across: Across, up: Up, last: date) -> Iterator[Stroke]:
    for piece in agreed:
        if piece.low is not None and piece.high is None and piece.first <= last:
            y = up.at(piece.low)
            ends = ((across.starts(piece.first), y), (across.ends(min(piece.last, last)), y))
            yield Stroke(ends, Role.TARGET, 1.0, (3, 2))
