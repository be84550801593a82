"""matplotlib's SVG made fit to stand within a page: no style anywhere (a strict content policy forbids it), colours
from the page's theme, ids of its own, words for those who do not see it, the same bytes for the same drawing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from sync.charts.drawing import Drawing, Glyph
from sync.charts.palette import LIGHT, variable

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
_NUMBER = re.compile(r"-?\d*\.\d+")
_SPACES = re.compile(r"\s+")
_COLOURS = {colour: variable(role) for role, colour in LIGHT.items()}
_DEFAULTS = {
    ("stroke-dashoffset", "0"),
    ("stroke-linejoin", "miter"),
    ("stroke-linecap", "butt"),
    ("fill-opacity", "1"),
}


def page_svg(source: str, drawing: Drawing, prefix: str, role: str = "img") -> str:
    """`source` (matplotlib's, in the light colours) as inline SVG. `prefix` makes its ids its own on a page."""
    drawn = ET.fromstring(source)  # noqa: S314 - what we have just drawn ourselves
    root = ET.Element("svg", _frame(drawing, prefix, role))
    for name, text in (("title", drawing.title), ("desc", drawing.description)):
        if text:
            ET.SubElement(root, name, {"id": f"{prefix}-{name}"}).text = _clean(text)
    figure = next(one for one in drawn if one.get("id") == "figure_1")
    root.extend(_parts(figure, drawing, prefix))
    return ET.tostring(root, encoding="unicode", short_empty_elements=True)


def _frame(drawing: Drawing, prefix: str, role: str) -> dict[str, str]:
    frame = {
        "xmlns": _SVG,
        "class": "chart",
        "viewBox": f"0 0 {drawing.width} {drawing.height}",
        "width": str(drawing.width),
        "height": str(drawing.height),
        "font-family": _FONT,
        "stroke-linejoin": "round",
    }
    named = " ".join(
        f"{prefix}-{name}" for name, text in (("title", drawing.title), ("desc", drawing.description)) if text
    )
    return {**frame, "role": role, "aria-labelledby": named} if named else {**frame, "aria-hidden": "true"}


def _parts(figure: ET.Element, drawing: Drawing, prefix: str) -> Iterator[ET.Element]:
    """What is drawn, in order, without the groups around each piece."""
    names: dict[str, str] = {}  # matplotlib's id of a shape → ours
    for group in figure:
        gid = group.get("id", "")
        if gid.startswith("glyphs-"):
            yield from _glyphs(group, drawing.glyphs[int(gid.removeprefix("glyphs-")) :], prefix, names)
        else:
            for one in group.iter():
                if one.tag == f"{{{_SVG}}}path":
                    yield _path(one)
                elif one.tag == f"{{{_SVG}}}text":
                    yield _text(one)


def _path(source: ET.Element) -> ET.Element:
    return ET.Element("path", {"d": _short(source.get("d", "")), **_looks(source)})


def _text(source: ET.Element) -> ET.Element:
    looks = {name: value for name, value in _looks(source).items() if name not in ("font-family", "transform")}
    looks = {name: value for name, value in looks.items() if (name, value) != ("text-anchor", "start")}
    text = ET.Element("text", {"x": _short(source.get("x", "0")), "y": _short(source.get("y", "0")), **looks})
    text.text = source.text
    return text


def _glyphs(group: ET.Element, glyphs: tuple[Glyph, ...], prefix: str, names: dict[str, str]) -> Iterator[ET.Element]:
    """A shape is written once and used at each place, where its words are shown when it is pointed at."""
    for one in group.iter(f"{{{_SVG}}}path"):
        name = names[one.get("id", "")] = f"{prefix}-g{len(names) + 1}"
        defs = ET.Element("defs")
        ET.SubElement(defs, "path", {"id": name, "d": _short(one.get("d", ""))})
        yield defs
    uses = list(group.iter(f"{{{_SVG}}}use"))
    holder = ET.Element("g", _looks(uses[0]))
    for one, glyph in zip(uses, glyphs, strict=False):
        name = names[one.get(_XLINK, "").removeprefix("#")]
        place = {"x": _short(one.get("x", "0")), "y": _short(one.get("y", "0"))}
        use = ET.SubElement(holder, "use", {"href": f"#{name}", **place})
        if glyph.said:
            ET.SubElement(use, "title").text = _clean(glyph.said)
    yield holder


def _looks(source: ET.Element) -> dict[str, str]:
    """The style as attributes, colours by role."""
    looks: dict[str, str] = {}
    for declaration in source.get("style", "").split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip(), value.strip()
        if name and (name, value) not in _DEFAULTS:
            looks[name] = _COLOURS.get(value, value)
    if looks.pop("fill-opacity", None) == "0":
        looks["fill"] = "none"
    return looks


def _short(path: str) -> str:
    """Coordinates to a tenth of a pixel."""
    rounded = _NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), path)
    return _SPACES.sub(" ", rounded).strip().replace("-0 ", "0 ")


def _clean(text: str) -> str:
    """Without what no XML may carry."""
    return "".join(
        char for char in text if char >= " " and not 0xD800 <= ord(char) <= 0xDFFF and ord(char) & 0xFFFE != 0xFFFE
    )
