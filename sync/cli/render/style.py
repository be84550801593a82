"""The look of the terminal output: calm, 80 columns, colour as an extra that never carries the meaning alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Literal

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mapping.judgements import Status
from sync.cli.terminal import without_controls
from sync.steps import CallCount

WIDTH = 80  # what every table is made to fit

MARKS: Mapping[Status, tuple[str, str]] = {
    Status.ON_TRACK: ("●", "green"),
    Status.AT_RISK: ("◐", "yellow"),
    Status.OFF_TRACK: ("▼", "red"),
    Status.UNKNOWN: ("○", "dim"),
}

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


_LONGEST = 800  # characters: ten lines of a terminal; --json has all of it


def words(text: str, style: str = "") -> Text:
    """Any text, made safe: no terminal codes, no markup, one line, and never screens of it."""
    shown = without_controls(text)
    return Text(shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…", style)


def heading(text: str, note: str = "") -> Text:
    """A heading, with a quieter note behind it."""
    made = words(text, "bold")
    if note:
        made.append("  " + without_controls(note), "dim")
    return made


def title(name: str, *facts: str) -> Text:
    """The first line of a report: who it is about, then facts."""
    made = words(name, "bold")
    for fact in facts:
        if fact:
            made.append(" · " + without_controls(fact), "dim")
    return made


def section(name: str, *body: RenderableType, note: str = "") -> Group:
    """A blank line, a heading, and what belongs to it, indented by two."""
    return Group(Text(), heading(name, note), *(Padding(one, (0, 0, 0, 2)) for one in body))


def listing(
    rows: Iterable[Sequence[Text]], *, widths: Sequence[int | None], right: frozenset[int] = frozenset()
) -> Table:
    """A table without lines. `widths`: the most a column may take, None for the one that takes the rest and wraps."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0), expand=False)
    for place, width in enumerate(widths):
        table.add_column(
            max_width=width,
            justify="right" if place in right else "left",
            no_wrap=width is not None,
            overflow="fold" if width is None else "ellipsis",
            ratio=None,
        )
    for row in rows:
        table.add_row(*row)
    return table


def grid(widths: Sequence[int], *, right: frozenset[int] = frozenset()) -> Table:
    """A table of fixed widths, one blank between, so that rows of several grids stand under each other."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    for place, width in enumerate(widths):
        justify: Literal["left", "right"] = "right" if place in right else "left"
        table.add_column(width=width, no_wrap=True, overflow="ellipsis", justify=justify)
    return table


def mark(status: Status) -> Text:
    """The sign of a status: a shape of its own each, coloured on a terminal."""
    sign, colour = MARKS[status]
    return Text(sign, colour)


def status_style(status: Status) -> str:
    return {Status.OFF_TRACK: "red", Status.AT_RISK: "yellow", Status.UNKNOWN: "dim"}.get(status, "")


def bullet(text: str, *, sign: str = "·", style: str = "", under: Sequence[str] = ()) -> Table:
    """One entry: a sign, its text, and quieter lines under it, all wrapped clear of the sign."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(Text(sign, style or "dim"), words(text))
    for one in under:
        if one:
            table.add_row(Text(), words(one, "dim"))
    return table


def day(of: date) -> str:
    """ "Wed 25 Nov"."""
    return f"{_DAYS[of.weekday()]} {of.day} {_MONTHS[of.month - 1]}"


def moment(at: datetime, zone: tzinfo | None = None) -> str:
    """ "Wed 18 Nov 2026, 08:00", in `zone` if one is given."""
    local = at if zone is None else at.astimezone(zone)
    return f"{day(local.date())} {local.year}, {local:%H:%M}"


def calls_line(calls: Mapping[str, CallCount]) -> Text | None:
    """How many requests were made, beside the least that would have done; charged where the vendor counts otherwise."""
    if not calls:
        return None
    parts = []
    for where, count in sorted(calls.items()):
        extra = f", charged {count.charged}" if count.charged != count.made else ""
        parts.append(f"{where} {count.made} (least {count.least}{extra})")
    return words("Calls: " + " · ".join(parts), "dim")


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 item", "3 items"."""
    return f"{number} {one if number == 1 else many or one + 's'}"
