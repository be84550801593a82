"""A drawing through matplotlib, as SVG or PNG: its objects only, one figure a drawing, nothing shared but the fonts."""

from __future__ import annotations

import io
from functools import lru_cache
from itertools import groupby
from threading import Lock
from typing import Any

from sync.charts.drawing import Drawing, Glyph, Role, Shape, Words
from sync.charts.library import library
from sync.charts.palette import LIGHT

_DRAWS = Lock()  # matplotlib does not promise to draw in several threads at once
_HALO = 1.2  # paper around a point, so that it stands apart from line and bands

_FILLED = {Shape.DOT: "o", Shape.SQUARE: "s", Shape.DOWN: "v", Shape.UP: "^", Shape.DIAMOND: "D"}
_OUTLINES: dict[Shape, tuple[tuple[float, float], ...]] = {
    Shape.TICK: ((-0.5, 0.0), (-0.15, -0.4), (0.5, 0.45)),
    Shape.FLAG: ((-0.35, -0.55), (-0.35, 0.5), (0.5, 0.2), (-0.35, -0.05)),
    Shape.PEN: ((-0.5, -0.25), (0.5, -0.25), (0.5, 0.25), (-0.5, 0.25), (-0.25, -0.7), (0.25, 0.7)),
}
_BROKEN = {Shape.PEN: (1, 2, 1, 2, 1, 2)}  # "≠": two lines and one across them


@lru_cache(maxsize=4096)
def width_of(text: str, size: float, bold: bool) -> float:
    """How wide a text is, in pixels, in the font that comes with matplotlib: wider than what most pages use."""
    with _DRAWS:
        used = library()
        font = used.FontProperties(family=["DejaVu Sans"], weight=700 if bold else 400, size=size)
        width, _, _ = used.text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def as_svg(drawing: Drawing, colours: dict[Role, str]) -> str:
    """matplotlib's own SVG, in pixels. Groups are named `glyphs-N`, `N` the place of their first glyph."""
    with _DRAWS:
        used = library()
        figure = _figure(drawing, colours, used)
        out = io.StringIO()
        used.FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None, "Creator": None, "Format": None})
    return out.getvalue()


def as_png(drawing: Drawing, scale: float) -> bytes:
    """PNG on white, `scale` pixels of it for each of the drawing's."""
    with _DRAWS:
        used = library()
        figure = _figure(drawing, LIGHT, used)
        figure.patch.set(visible=True, facecolor=LIGHT[Role.PAPER])
        figure.set_dpi(72 * scale)
        out = io.BytesIO()
        used.FigureCanvasAgg(figure).print_png(out, metadata={"Software": None})
    return out.getvalue()


def _figure(drawing: Drawing, colours: dict[Role, str], used: Any) -> Any:
    """One unit is a 72nd of an inch: a pixel of the drawing, whatever the resolution."""
    figure = used.Figure(figsize=(drawing.width / 72, drawing.height / 72), dpi=72)
    figure.patch.set_visible(False)
    pixels = used.Affine2D().scale(1 / 72) + figure.dpi_scale_trans
    order = iter(range(10_000))

    def add(artist: Any) -> None:
        artist.set_transform(pixels)
        artist.set_zorder(next(order))
        figure.add_artist(artist)

    for area in drawing.areas:
        add(used.Rectangle((area.x, area.y), area.width, area.height, facecolor=colours[area.role], linewidth=0))
    for stroke in drawing.strokes:
        xs, ys = zip(*stroke.points, strict=True)
        line = used.Line2D(xs, ys, color=colours[stroke.role], linewidth=stroke.width)
        line.set(solid_capstyle="round", solid_joinstyle="round")
        if stroke.dash:
            line.set_dashes([length / stroke.width for length in stroke.dash])
        add(line)
    place = 0
    for _, alike in groupby(drawing.glyphs, key=lambda one: (one.shape, one.role, one.hollow, one.size)):
        group = list(alike)
        line = _glyphs(group, colours, used)
        line.set_gid(f"glyphs-{place}")
        add(line)
        place += len(group)
    for words in drawing.words:
        add(_text(words, colours, used))
    return figure


def _glyphs(alike: list[Glyph], colours: dict[Role, str], used: Any) -> Any:
    one = alike[0]
    colour, paper = colours[one.role], colours[Role.PAPER]
    line = used.Line2D([g.x for g in alike], [g.y for g in alike], linestyle="none", markersize=one.size)
    if one.shape in _OUTLINES:
        corners = _OUTLINES[one.shape]
        codes = _BROKEN.get(one.shape)
        line.set_marker(used.Outline(corners, codes))
        filled = one.shape is Shape.FLAG
        line.set(markeredgecolor=colour, markeredgewidth=1.5, markerfacecolor=colour if filled else "none")
    elif one.shape is Shape.RING:
        line.set_marker("o")
        line.set(markeredgecolor=colour, markeredgewidth=1.3, markerfacecolor="none")
    elif one.hollow:
        line.set_marker(_FILLED[one.shape])
        line.set(markeredgecolor=colour, markeredgewidth=1.6, markerfacecolor=paper)
    else:
        line.set_marker(_FILLED[one.shape])
        line.set(markeredgecolor=paper, markeredgewidth=_HALO, markerfacecolor=colour)
        line.set_markersize(one.size + _HALO)
    return line


def _text(words: Words, colours: dict[Role, str], used: Any) -> Any:
    """Never parsed as mathematics: a dollar sign is a dollar sign."""
    return used.Text(
        words.x,
        words.y,
        words.text,
        color=colours[words.role],
        parse_math=False,
        horizontalalignment=words.anchor,
        verticalalignment="baseline",
        fontproperties=used.FontProperties(family=["DejaVu Sans"], weight=700 if words.bold else 400, size=words.size),
    )
