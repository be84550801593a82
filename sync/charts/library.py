"""matplotlib, loaded when the first chart is drawn, and so that it needs nothing of the machine.

Left alone it looks for a home to keep a list of the machine's fonts in, warns where there is none (a hardened service),
and makes that list anew at every start, with a program of the machine's. Charts need one font, which comes with it:
so it is given a list of that font alone, in a folder that is gone as soon as it is loaded.
"""

from __future__ import annotations

import json
import logging
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

FONT = "DejaVu Sans"
_FACES = (("DejaVuSans.ttf", 400), ("DejaVuSans-Bold.ttf", 700))
_VERSION = re.compile(r"""^    __version__ = ['"]([\w.]+)['"]""", re.MULTILINE)  # of the list's form


@cache
def library() -> SimpleNamespace:
    """What of matplotlib is used: its classes by name. Call it with the drawing's lock held."""
    logging.getLogger("matplotlib").setLevel(logging.CRITICAL)  # what it finds odd is for its programmers
    with _own_folder():
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
        from matplotlib.font_manager import FontProperties
        from matplotlib.lines import Line2D
        from matplotlib.patches import Rectangle
        from matplotlib.path import Path as Outline
        from matplotlib.text import Text
        from matplotlib.textpath import text_to_path
        from matplotlib.transforms import Affine2D

        matplotlib.rcdefaults()  # not what a file of the machine or of the working directory says
        matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "alignd", "path.simplify": False})
        fonts = {bold: FontProperties(family=[FONT], weight=700 if bold else 400) for bold in (False, True)}
        for font in fonts.values():
            text_to_path.get_text_width_height_descent("0", font, ismath=False)  # opens the font's file
    return SimpleNamespace(
        Figure=Figure,
        FigureCanvasAgg=FigureCanvasAgg,
        FigureCanvasSVG=FigureCanvasSVG,
        FontProperties=FontProperties,
        Line2D=Line2D,
        Rectangle=Rectangle,
        Outline=Outline,
        Text=Text,
        Affine2D=Affine2D,
        text_to_path=text_to_path,
    )


@contextmanager
def _own_folder() -> Iterator[None]:
    """While it is loaded: a folder with the font list, no settings of the machine's, one thread for its arithmetic."""
    with tempfile.TemporaryDirectory(prefix="alignd-charts-") as folder:
        _write_font_list(Path(folder))
        with _environment(MPLCONFIGDIR=folder, MPLBACKEND="agg", OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1"):
            yield


def _write_font_list(folder: Path) -> None:
    """In the form that matplotlib keeps its own list in. A list it does not know it passes over, and makes its own."""
    spec = find_spec("matplotlib.font_manager")
    source = Path(spec.origin).read_text(encoding="utf-8") if spec is not None and spec.origin else ""
    version = _VERSION.search(source)
    if version is None:
        return
    faces = [_face(name, weight) for name, weight in _FACES]
    content = {
        "_version": version[1],
        "_FontManager__default_weight": "normal",
        "default_size": None,
        "defaultFamily": {"ttf": FONT, "afm": "Helvetica"},
        "afmlist": [],
        "ttflist": faces,
        "__class__": "FontManager",
    }
    (folder / f"fontlist-v{version[1]}.json").write_text(json.dumps(content), encoding="utf-8")


def _face(name: str, weight: int) -> dict[str, object]:
    return {
        "fname": f"fonts/ttf/{name}",
        "name": FONT,
        "style": "normal",
        "variant": "normal",
        "weight": weight,
        "stretch": "normal",
        "size": "scalable",
        "__class__": "FontEntry",
    }


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
