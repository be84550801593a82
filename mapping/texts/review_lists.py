"""Labelled lines and cut lists, as the parts of a review have them."""

from __future__ import annotations

from collections.abc import Sequence

from mapping.documents import Block, Bullets, Heading, Line, Strong, Text, line

LIST_AT_MOST = 8


def labelled(label: str, text: str) -> Line:
    return (Strong(label), Text(f"  {text}"))


def listed(title: str, items: Sequence[Line], total: int, limit: int = LIST_AT_MOST) -> list[Block]:
    """A heading and its list; what was cut is counted in the last line."""
    if not items:
        return []
    left = total - limit
    rest = (line(f"and {left} more"),) if left > 0 else ()
    return [Heading(title), Bullets((*items, *rest))]
