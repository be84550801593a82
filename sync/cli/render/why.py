"""`alignd why` for a terminal: the answer first, then the facts it stands on, each with its origin."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sync.cli.render.style import moment, section, words
from sync.cli.render.style import title as title_line
from sync.reports import WhyReport, WhySection


def render_why(report: WhyReport) -> Group:
    parts: list[RenderableType] = [title_line(report.title, moment(report.at)), words(report.answer)]
    parts += [_section(one) for one in report.sections if one.lines]
    return Group(*parts)


def _section(part: WhySection) -> RenderableType:
    labelled = any(line.label for line in part.lines)
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    if labelled:
        table.add_column(max_width=_label_width(part), overflow="fold")
    table.add_column(overflow="fold")
    for line in part.lines:
        body = words(line.text)
        origin = Padding(words(line.origin, "dim"), (0, 0, 0, 2)) if line.origin else None
        row: list[RenderableType] = [Group(body, origin) if origin is not None else body]
        table.add_row(*([words(line.label, "dim"), *row] if labelled else row))
    return section(part.title, table)


def _label_width(part: WhySection) -> int:
    """A link stays in one piece on 80 columns: it cannot be followed otherwise."""
    longest = max((len(one) for line in part.lines for one in line.origin.split()), default=0)
    return 22 if longest <= 50 else 16


def empty() -> Text:
    """Nothing to say is said too."""
    return words("nothing is known of it yet", "dim")
