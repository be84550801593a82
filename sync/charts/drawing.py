"""A drawing: shapes on a canvas in pixels, x to the right, y up from the bottom, each with the role that colours it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a shape is; its colour comes from the page's theme."""

    PAPER = "paper"  # behind the chart: the halo around points
    INK = "ink"  # what is read first
    SOFT = "soft"  # axes
    GRID = "grid"
    LINE = "line"  # between the numbers
    TARGET = "target"
    ON = "on"
    CLOSE = "close"
    OFF = "off"
    UNJUDGED = "unjudged"
    BAND_ON = "band-on"  # the agreed range
    BAND_CLOSE = "band-close"
    BAND_OFF = "band-off"
    HOLE = "hole"  # a period without a number
    MARK = "mark"
    STEM = "stem"  # from a mark down to its day
    SPAN = "span"  # a campaign


class Shape(StrEnum):
    DOT = "dot"
    SQUARE = "square"
    DOWN = "down"  # a triangle that points down
    UP = "up"
    RING = "ring"  # around a corrected number
    TICK = "tick"
    FLAG = "flag"
    DIAMOND = "diamond"
    PEN = "pen"


@dataclass(frozen=True, slots=True)
class Area:
    x: float
    y: float
    width: float
    height: float
    role: Role


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points. `dash`: lengths drawn and left out, in pixels."""

    points: tuple[tuple[float, float], ...]
    role: Role
    width: float = 1.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Glyph:
    """A sign at a place; hollow ones are filled with paper. `said`: shown when pointed at."""

    shape: Shape
    x: float
    y: float
    size: float
    role: Role
    hollow: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A text with its baseline's place. `anchor`: left, center, right."""

    text: str
    x: float
    y: float
    size: float
    role: Role
    anchor: str = "left"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Drawn in the order of its fields. `title`, `description`: for those who do not see it."""

    width: int
    height: int
    areas: tuple[Area, ...]
    strokes: tuple[Stroke, ...]
    glyphs: tuple[Glyph, ...]
    words: tuple[Words, ...]
    title: str = ""
    description: str = ""
