"""Charts as they are drawn: within a page of strict policy, in a mail, on a machine that offers nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.alignment import KpiPicture, Mark, MarkKind
from mapping.charts import chart_of
from mapping.kpis import Between, DatedTarget, Direction, Fixed, TargetValue, Unit
from mapping.periods import PeriodKind
from sync.charts import chart_css, png_chart, sparkline_svg, svg_chart
from sync.charts.canvas import width_of
from sync.charts.drawing import Drawing, Role
from sync.charts.layout import lay_out
from sync.charts.palette import DARK, LIGHT, variables
from tests.unit.chart_samples import AT, Value, aligned, pictured

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"><script>alert(1)</script> $x^2$ </svg> &amp; \u202e\x00\ud800 ]]>'
VALUES = st.one_of(st.none(), st.sampled_from(["?", "~"]), st.integers(-(10**15), 10**15))


def marked(day: date, kind: MarkKind, said: str, last: date | None = None) -> Mark:
    return Mark(day, last or day, kind, said)


def everything() -> KpiPicture:
    marks = [
        marked(date(2026, 9, 14), MarkKind.CAMPAIGN, HOSTILE, date(2026, 10, 31)),
        marked(date(2026, 9, 20), MarkKind.DEFINITION, "counted otherwise from here on"),
        marked(date(2026, 10, 11), MarkKind.CORRECTION, "corrected"),
        marked(date(2026, 11, 2), MarkKind.EVENT, HOSTILE),
        marked(date(2026, 11, 11), MarkKind.COMPLETED, HOSTILE),
    ]
    values: list[Value] = [12_260, 12_080, 12_310, 11_690, None, 12_420, 12_140, 9_960, "?", 8_200, 9_100, 9_900, 8_200]
    return pictured(
        values, marks=marks, first_counts=1, name=HOSTILE, targets=(DatedTarget(None, None, Fixed(Decimal(12_000))),)
    )


SAMPLES: dict[str, Callable[[], KpiPicture]] = {
    "everything": everything,
    "range": lambda: pictured(
        ["0.021", "0.046", "0.016"],
        unit=Unit.PERCENT,
        target=lambda _: TargetValue(Decimal("0.02"), Decimal("0.045")),
        targets=(DatedTarget(None, None, Between(Decimal("0.02"), Decimal("0.045"))),),
    ),
    "limit": lambda: pictured([11_000, 13_000, "~"], kind=PeriodKind.MONTH, direction=Direction.DOWN),
    "one": lambda: pictured([35], kind=PeriodKind.QUARTER, last=date(2026, 9, 30), target=lambda _: None),
    "none": lambda: pictured([None, None]),
    "days": lambda: pictured([1_000 + place % 7 for place in range(60)], kind=PeriodKind.DAY, last=date(2026, 11, 17)),
    "equal": lambda: pictured([25] * 8, unit=Unit.RATIO),
    "huge": lambda: pictured(["1e12", "1.2e30", "-9e11"], unit=Unit.CURRENCY, currency="ZAR"),
    "zeros": lambda: pictured([0, 0], target=lambda _: TargetValue(Decimal(0))),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_chart_is_whole_small_and_needs_no_style_and_nothing_from_elsewhere(name: str) -> None:
    picture = SAMPLES[name]()
    for text in (svg_chart(picture, aligned(picture)), sparkline_svg(picture)):
        root = ET.fromstring(text)
        assert root.tag == f"{SVG}svg"
        tags = {one.tag for one in root.iter()}
        assert tags <= {f"{SVG}{tag}" for tag in ("svg", "title", "desc", "path", "text", "g", "defs", "use")}
        attributes = {name for one in root.iter() for name in one.attrib}
        assert not attributes & {"style", "onload", "onclick", "src"}
        assert all(one.get("href", "#").startswith("#") for one in root.iter())
        assert len(text) < 25_000
        assert "rdf" not in text
        assert "2026-11-18T" not in text


def test_what_people_wrote_is_text_and_never_markup_or_mathematics() -> None:
    text = svg_chart(everything(), aligned())
    assert "<script" not in text
    root = ET.fromstring(text)
    title = root.findtext(f"{SVG}title") or ""
    assert title.startswith('"><script>alert(1)</script> $x^2$ </svg> &amp;')
    said = [one.text or "" for one in root.iter(f"{SVG}title")]
    assert any("completed: " in one for one in said)


def test_those_who_do_not_see_it_are_told() -> None:
    root = ET.fromstring(svg_chart(pictured([12_500, 8_200]), aligned()))
    assert root.get("role") == "img"
    named = (root.get("aria-labelledby") or "").split()
    by_id = {one.get("id"): one.text or "" for one in root.iter() if one.get("id")}
    assert [by_id[one] for one in named] == [
        "Website sessions",
        "Website sessions, two weeks with a number. Last 9–15 Nov: 8,200, below (target 12,000). "
        "1 on target and 1 below. Between 8,200 and 12,500.",
    ]


def test_the_same_numbers_give_the_same_bytes_also_in_several_threads() -> None:
    from sync import charts

    def drawn(_: int) -> tuple[str, bytes, str]:
        charts._svg.cache_clear()
        charts._png.cache_clear()
        picture = everything()
        return svg_chart(picture, aligned()), png_chart(picture, aligned(), scale=1), sparkline_svg(picture)

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(drawn, range(8)))) == 1


def test_several_charts_on_a_page_share_no_id() -> None:
    pictures = [pictured([1, 20_000], id="one"), pictured([1, 20_000], id="two")]
    page = "".join(svg_chart(one, aligned()) + sparkline_svg(one) for one in pictures)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 8
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_a_status_is_told_by_shape_and_not_by_colour_alone() -> None:
    drawing = lay_out(chart_of(pictured([12_500, 11_800, 8_000]), AT.date()), 640, 240, width_of)
    assert len({glyph.shape for glyph in drawing.glyphs}) == 3


@settings(max_examples=60, deadline=None)
@given(
    st.lists(VALUES, min_size=1, max_size=60),
    st.sampled_from([PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH]),
    st.lists(st.integers(0, 60), max_size=14),
    st.sampled_from([(640, 240), (340, 170)]),
)
def test_everything_stays_within_the_picture_and_no_text_lies_on_another(
    values: list[Value], kind: PeriodKind, days: list[int], size: tuple[int, int]
) -> None:
    marks = [marked(date.fromordinal(AT.date().toordinal() - day), MarkKind.EVENT, "x") for day in days]
    picture = pictured(values, kind=kind, marks=marks, target=lambda place: TargetValue(Decimal(place * 100)))
    drawing = lay_out(chart_of(picture, AT.date()), *size, width_of)
    for x, y in _places(drawing):
        assert -1 <= x <= size[0] + 1
        assert -1 <= y <= size[1] + 1
    boxes = [
        (left, one.y, left + width, one.y + one.size)
        for one in drawing.words
        for width in [width_of(one.text, one.size, one.bold)]
        for left in [one.x - width * {"left": 0, "center": 0.5, "right": 1}[one.anchor]]
    ]
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 3 or b[3] <= a[1] + 3


def _places(drawing: Drawing) -> Iterator[tuple[float, float]]:
    for area in drawing.areas:
        yield area.x, area.y
        yield area.x + area.width, area.y + area.height
    for stroke in drawing.strokes:
        yield from stroke.points
    for glyph in drawing.glyphs:
        yield glyph.x, glyph.y


def test_the_page_has_every_colour_in_light_and_dark_and_no_two_are_the_same() -> None:
    css = chart_css()
    for theme in (LIGHT, DARK):
        assert set(theme) == set(Role)
        assert len(set(theme.values())) == len(Role)
        assert all(one in css for one in variables(theme).split("; "))


def test_mail_gets_a_picture_of_twice_the_size() -> None:
    drawn = png_chart(pictured([12_500, 8_200]), aligned(), width=320, height=120)
    assert drawn.startswith(b"\x89PNG")
    assert (int.from_bytes(drawn[16:20]), int.from_bytes(drawn[20:24])) == (640, 240)


NOTHING_OFFERED = """
import logging, sys, warnings
warnings.simplefilter("error")
logging.basicConfig(level=logging.DEBUG)
from sync.charts import sparkline_svg
assert "matplotlib" not in sys.modules, "loaded before a chart is drawn"
from tests.unit.chart_samples import pictured
text = sparkline_svg(pictured([1, 2]))
from matplotlib.font_manager import fontManager
import os
assert len(fontManager.ttflist) == 2, "it looked for the machine's fonts"
assert "MPLCONFIGDIR" not in os.environ
assert "<svg" in text
"""


def test_it_draws_without_a_home_without_a_cache_and_without_a_word(tmp_path: Path) -> None:
    """As a hardened service has it. A matplotlibrc where it is started changes nothing."""
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: nonsense\nsvg.fonttype: path\n", encoding="utf-8")
    house = str(Path(__file__).parents[2])
    environ = {"PATH": "/nowhere", "HOME": "/nonexistent", "XDG_CACHE_HOME": "/proc/1", "PYTHONPATH": house}
    done = subprocess.run(
        [sys.executable, "-c", NOTHING_OFFERED], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [one.name for one in tmp_path.iterdir()] == ["matplotlibrc"]
