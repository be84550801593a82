"""A KPI's chart laid out: what stands where. Pure but for the width of a text, which it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from mapping.alignment import Mark, MarkKind
from mapping.charts import Agreed, Chart, Edges, Point, Stand, edges_of
from mapping.kpis import Kpi, TargetValue
from mapping.texts.charts import alt_of, mark_said, point_said
from mapping.texts.phrases import name_of, target_word
from mapping.wording import show_period_short, show_target, show_value
from sync.charts.drawing import Area, Drawing, Glyph, Role, Shape, Stroke, Words
from sync.charts.scale import Across, Up, ticks

Width = Callable[[str, float, bool], float]  # text, size, bold → pixels

SIZE = 11.0  # of texts, in pixels
BADGE = 27.0  # what a mark takes above the chart: its sign and two digits
_LANE = 20.0
_FOOT = 24.0
_GAP = 7.0  # between the plot and what stands beside it
_APART = SIZE + 3  # between two texts, one above the other
_NARROW = 460
_MOST_BESIDE = 0.3  # of the width, for the texts on the right

_SHAPES = {
    Stand.ON: (Shape.DOT, Role.ON),
    Stand.CLOSE: (Shape.SQUARE, Role.CLOSE),
    Stand.BELOW: (Shape.DOWN, Role.OFF),
    Stand.ABOVE: (Shape.UP, Role.OFF),
    Stand.UNJUDGED: (Shape.DOT, Role.UNJUDGED),
}
_SIGNS = {
    MarkKind.COMPLETED: Shape.TICK,
    MarkKind.EVENT: Shape.FLAG,
    MarkKind.DEFINITION: Shape.DIAMOND,
    MarkKind.CORRECTION: Shape.PEN,
}


def shape_of(stand: Stand) -> tuple[Shape, Role]:
    return _SHAPES[stand]


@dataclass(frozen=True, slots=True)
class _Plot:
    """The field within the margins, and its scales."""

    chart: Chart
    width: int
    height: int
    left: float
    right: float
    bottom: float
    top: float
    across: Across
    up: Up
    ticks: tuple[tuple[Decimal, str], ...]
    beside: tuple[tuple[Decimal, str, Role, bool], ...]  # on the right: at what number, words, role, bold


def lay_out(chart: Chart, width: int, height: int, width_of: Width) -> Drawing:
    """The whole chart. Without a number: one line that says so."""
    title, description = name_of(chart.kpi), alt_of(chart)
    if not chart.points:
        said = Words("No number yet", width / 2, height / 2 - SIZE / 3, SIZE, Role.SOFT, "center")
        return Drawing(width, height, (), (), (), (said,), title, description)
    plot = _plot(chart, width, height, width_of)
    signs = list(_marks(plot))
    return Drawing(
        width,
        height,
        areas=(*_bands(plot), *_holes(plot), *_spans(plot)),
        strokes=(*_grid(plot), *_stems(plot), *_targets(plot), *_lines(plot)),
        glyphs=(*_rings(plot), *_points(plot), *(one for one in signs if isinstance(one, Glyph))),
        words=(
            *_said_left(plot),
            *_said_right(plot),
            *_said_below(plot, width_of),
            *(one for one in signs if isinstance(one, Words)),
        ),
        title=title,
        description=description,
    )


def _plot(chart: Chart, width: int, height: int, width_of: Width) -> _Plot:
    bottom = _FOOT
    top = height - (_LANE + 4 if chart.marks else 8)
    up = Up(_extent(chart), bottom, top)
    most = 4 if top - bottom > 130 else 3
    marked = tuple(ticks(up, chart.kpi, most))
    beside = _beside(chart, width, width_of)
    left = max((width_of(said, SIZE, False) for _, said in marked), default=0.0) + _GAP + 2
    right = width - max(width_of(said, SIZE, bold) for _, said, _, bold in beside) - _GAP - 2
    if right - left < width / 4:
        left, right = width * 0.35, width * 0.68
    across = Across(chart.first, chart.last, left, right)
    return _Plot(chart, width, height, left, right, bottom, top, across, up, marked, beside)


def _extent(chart: Chart) -> list[Decimal]:
    ends = [end for piece in chart.agreed for end in (piece.low, piece.high) if end is not None]
    return [point.value for point in chart.points] + ends


def _beside(chart: Chart, width: int, width_of: Width) -> tuple[tuple[Decimal, str, Role, bool], ...]:
    """The newest number, and the target where it ends: said where the eye ends up."""
    kpi, last = chart.kpi, chart.points[-1]
    found = [(last.value, show_value(kpi, last.value), Role.INK, True)]
    if chart.agreed:
        piece = chart.agreed[-1]
        target = TargetValue(piece.low, piece.high)
        said = target_word(kpi, target)
        if width < _NARROW or width_of(said, SIZE, False) > width * _MOST_BESIDE:
            said = show_target(kpi, target)
        if piece.low is not None:
            at = piece.low if piece.high is None else (piece.low + piece.high) / 2
            found.append((at, said, Role.TARGET, False))
    return tuple(found)


# ── behind the numbers ───────────────────────────────────────────────────────────────────────────────────────────


def _bands(plot: _Plot) -> Iterator[Area]:
    for piece in plot.chart.agreed:
        x, to_x = plot.across.starts(piece.first), plot.across.ends(piece.last)
        for low, high, role in _levels(plot, plot.chart.kpi, piece):
            if high - low > 0.4:
                yield Area(x, low, to_x - x, high - low, role)


def _levels(plot: _Plot, kpi: Kpi, piece: Agreed) -> Iterator[tuple[float, float, Role]]:
    """From the bottom up: off, close, (on), close, off; what lies outside the field is cut."""
    edges: Edges = edges_of(kpi, piece)

    def at(value: Decimal | None, otherwise: float) -> float:
        return otherwise if value is None else plot.up.at(value)

    on_low, on_high = at(edges.on_low, plot.bottom), at(edges.on_high, plot.top)
    close_low, close_high = at(edges.close_low, on_low), at(edges.close_high, on_high)
    if edges.on_low is not None:
        yield plot.bottom, close_low, Role.BAND_OFF
        yield close_low, on_low, Role.BAND_CLOSE
    if edges.on_low is not None and edges.on_high is not None:
        yield on_low, on_high, Role.BAND_ON
    if edges.on_high is not None:
        yield on_high, close_high, Role.BAND_CLOSE
        yield close_high, plot.top, Role.BAND_OFF


def _holes(plot: _Plot) -> Iterator[Area]:
    for hole in plot.chart.holes:
        x, to_x = plot.across.starts(hole.first), plot.across.ends(hole.last)
        yield Area(x, plot.bottom, to_x - x, plot.top - plot.bottom, Role.HOLE)


def _grid(plot: _Plot) -> Iterator[Stroke]:
    for value, _ in plot.ticks:
        y = plot.up.at(value)
        yield Stroke(((plot.left, y), (plot.right, y)), Role.GRID, 0.7)
    yield Stroke(((plot.left, plot.bottom), (plot.right, plot.bottom)), Role.SOFT, 0.8)


def _targets(plot: _Plot) -> Iterator[Stroke]:
    """Steps where the target moved, a break where there was none."""
    for ends in _ends(plot.chart.agreed):
        line: list[tuple[float, float]] = []
        for piece, value in ends:
            y = plot.up.at(value)
            x = plot.across.starts(piece.first)
            line += [(x, y), (plot.across.ends(piece.last), y)]
        yield Stroke(tuple(line), Role.TARGET, 1.3, (5, 3))


def _ends(agreed: Sequence[Agreed]) -> Iterator[list[tuple[Agreed, Decimal]]]:
    """Low ends, then high ends, each cut where pieces do not touch."""
    for which in ("low", "high"):
        line: list[tuple[Agreed, Decimal]] = []
        for piece in agreed:
            value: Decimal | None = getattr(piece, which)
            if line and (value is None or (piece.first - line[-1][0].last).days != 1):
                yield line
                line = []
            if value is not None:
                line.append((piece, value))
        if line:
            yield line


# ── the numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


def _place(plot: _Plot, point: Point) -> tuple[float, float]:
    return plot.across.middle(point.period.first, point.period.last), plot.up.at(point.value)


def _lines(plot: _Plot) -> Iterator[Stroke]:
    for run in plot.chart.runs:
        if len(run) > 1:
            yield Stroke(tuple(_place(plot, point) for point in run), Role.LINE, 1.8)


def _points(plot: _Plot) -> list[Glyph]:
    """Those of one look after each other: a shape that is used again is not written again."""
    apart = (plot.right - plot.left) / max(len(plot.chart.periods), 1)
    size = 8.5 if apart > 12 else 7.0 if apart > 8 else 5.5 if apart > 5 else 3.5
    found = []
    for point in plot.chart.points:
        shape, role = _SHAPES[point.stand]
        x, y = _place(plot, point)
        own = size * 0.8 if role is Role.UNJUDGED else size
        found.append(Glyph(shape, x, y, own, role, not point.final, point_said(plot.chart, point)))
    return sorted(found, key=lambda one: (one.hollow, one.role))


def _rings(plot: _Plot) -> Iterator[Glyph]:
    for mark in plot.chart.marks:
        if mark.kind is not MarkKind.CORRECTION:
            continue
        for point in plot.chart.points:
            if mark.first in point.period:
                x, y = _place(plot, point)
                yield Glyph(Shape.RING, x, y, 15.0, Role.MARK)


# ── marks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _day_of(plot: _Plot, mark: Mark) -> float:
    x = plot.across.middle(mark.first, mark.first)
    return min(max(x, plot.left), plot.right)


def _badges(plot: _Plot) -> list[float]:
    """Where the marks' signs stand: over their days, and far enough from each other to be read."""
    places = [_day_of(plot, mark) for mark in plot.chart.marks]
    for place in range(1, len(places)):
        places[place] = max(places[place], places[place - 1] + BADGE)
    edge = plot.width - BADGE / 2 - 2
    if places and places[-1] > edge:
        places[-1] = edge
        for place, _ in reversed(list(enumerate(pairwise(places)))):
            places[place] = min(places[place], places[place + 1] - BADGE)
    return places


def _marks(plot: _Plot) -> Iterator[Glyph | Words]:
    y = plot.height - _LANE / 2
    for number, (mark, x) in enumerate(zip(plot.chart.marks, _badges(plot), strict=True), 1):
        said = mark_said(mark)
        if mark.kind is MarkKind.CAMPAIGN:
            yield Glyph(Shape.SQUARE, x - 4, y, 6.5, Role.SPAN, said=said)
        else:
            is_break = mark.kind is MarkKind.DEFINITION
            yield Glyph(_SIGNS[mark.kind], x - 4, y, 5.5 if is_break else 7.5, Role.MARK, is_break, said)
        yield Words(str(number), x + 2.0, y - SIZE * 0.36, SIZE - 1, Role.INK)


def _spans(plot: _Plot) -> Iterator[Area]:
    for mark in plot.chart.marks:
        if mark.kind is MarkKind.CAMPAIGN:
            x = plot.across.starts(max(mark.first, plot.chart.first))
            to_x = plot.across.ends(min(mark.last, plot.chart.last))
            yield Area(x, plot.top, max(to_x - x, 1.0), 3.0, Role.SPAN)


def _stems(plot: _Plot) -> Iterator[Stroke]:
    for mark, badge in zip(plot.chart.marks, _badges(plot), strict=True):
        x, head = _day_of(plot, mark), plot.height - _LANE
        if mark.kind is MarkKind.DEFINITION:
            at = min(max(plot.across.starts(mark.first), plot.left), plot.right)
            yield Stroke(((badge - 4, head), (at, plot.top), (at, plot.bottom)), Role.MARK, 1.2, (2, 2))
        elif mark.kind is MarkKind.CAMPAIGN:
            yield Stroke(((badge - 4, head), (x, plot.top)), Role.STEM, 0.8)
        elif mark.kind is not MarkKind.CORRECTION:
            yield Stroke(((badge - 4, head), (x, plot.top), (x, plot.bottom)), Role.STEM, 0.8)


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _said_left(plot: _Plot) -> Iterator[Words]:
    for value, said in plot.ticks:
        yield Words(said, plot.left - _GAP, plot.up.at(value) - SIZE * 0.36, SIZE, Role.SOFT, "right")


def _said_right(plot: _Plot) -> Iterator[Words]:
    """Pushed apart where they would lie on each other."""
    at = [plot.up.at(value) for value, *_ in plot.beside]
    if len(at) == 2 and abs(at[0] - at[1]) < _APART:
        middle, up = sum(at) / 2, 1 if at[0] >= at[1] else -1
        at = [middle + up * _APART / 2, middle - up * _APART / 2]
    low, high = plot.bottom + SIZE * 0.4, plot.top - SIZE * 0.4
    over = max(0.0, max(at) - high) - max(0.0, low - min(at))
    for y, (_, said, role, bold) in zip(at, plot.beside, strict=True):
        yield Words(said, plot.right + _GAP, y - over - SIZE * 0.36, SIZE, role, "left", bold)


def _said_below(plot: _Plot, width_of: Width) -> Iterator[Words]:
    """The newest period, and every n-th before it: as many as have room."""
    periods = plot.chart.periods
    said = [show_period_short(one, plot.chart.today) for one in periods]
    widths = [width_of(one, SIZE, False) for one in said]
    middles = [plot.across.middle(one.first, one.last) for one in periods]
    places = [min(max(x, w / 2 + 1), plot.width - w / 2 - 1) for x, w in zip(middles, widths, strict=True)]
    for every in range(1, len(periods) + 1):
        chosen = list(range(len(periods) - 1, -1, -every))[::-1]
        free = [places[b] - widths[b] / 2 - places[a] - widths[a] / 2 for a, b in pairwise(chosen)]
        if all(one >= 14 for one in free):
            break
    for place in chosen:
        yield Words(said[place], places[place], plot.bottom - SIZE - 5, SIZE, Role.SOFT, "center")
