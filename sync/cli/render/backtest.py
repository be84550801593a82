"""`alignd backtest` for a terminal: what this file would have done."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from sync.cli.render.style import bullet, calls_line, counted, day, listing, section, words
from sync.cli.render.style import title as title_line
from sync.reports import BacktestItem, BacktestReport


def render_backtest(report: BacktestReport, names: Mapping[str, str] | None = None) -> Group:
    """`names`: person id → name."""
    called = names or {}
    span = f"{day(report.first)} {report.first.year} to {day(report.last)} {report.last.year}"
    parts: list[RenderableType] = [
        title_line("Had this file been in force", span),
        words(f"{counted(len(report.items), 'action item')} in {counted(report.weeks, 'week')}. Nothing was written."),
    ]
    if report.kpis:
        rows = [
            (
                words(row.name),
                words(_counts(row.on_target, row.close, row.below, row.unknown), ""),
                words(counted(row.items, "item"), "" if row.items else "dim"),
                words(row.spark, "dim"),
            )
            for row in report.kpis
        ]
        parts.append(section("KPIs", listing(rows, widths=(24, 30, 9, 13))))
        notes = [bullet(f"{row.name}: {row.note}") for row in report.kpis if row.note]
        if notes:
            parts.append(section("What could not be judged", *notes))
    if report.items:
        parts.append(section("Items that would have been made", *(_item(one, called) for one in report.items)))
    if report.people:
        people = [
            (
                words(called.get(one.person, one.person)),
                words(counted(one.items, "item")),
                words(f"at most {one.most_open} open at once", "dim"),
            )
            for one in report.people
        ]
        parts.append(section("Who would have got them", listing(people, widths=(24, 9, None))))
    if report.notes:
        parts.append(section("Notes", *(bullet(one) for one in report.notes)))
    calls = calls_line(report.calls)
    return Group(*parts, *((Text(), calls) if calls else ()))


def _counts(on_target: int, close: int, below: int, unknown: int) -> str:
    """ "8 on target, 1 close, 4 off"."""
    parts = [(on_target, "on target"), (close, "close"), (below, "off"), (unknown, "not known")]
    return ", ".join(f"{number} {what}" for number, what in parts if number) or "no numbers"


def _item(row: BacktestItem, called: Mapping[str, str]) -> RenderableType:
    until = f"back on target in {row.closed.said}" if row.closed else "not back on target since"
    facts = " · ".join(
        one
        for one in (f"made {day(row.made)}", called.get(row.person or "", row.person or ""), until, row.waited)
        if one
    )
    return bullet(row.title, sign="+", under=(facts,))
