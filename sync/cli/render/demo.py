"""`alignd demo` for a terminal: the quarter as a short story, what it came to, and what to try next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sync.cli.render.status import in_short, kpi_table
from sync.cli.render.style import counted, day, heading, section, title, words
from sync.demo.summary import DemoSummary, Totals, Week

_WHO = 9


def render_demo(summary: DemoSummary, *, serving: bool = False) -> Group:
    """The story week by week, totals, how it stands, and where everything is."""
    return Group(*_parts(summary, serving))


def _parts(summary: DemoSummary, serving: bool) -> Iterator[RenderableType]:
    span = f"{day(summary.first)} to {day(summary.last)} {summary.last.year}"
    yield title(f"A quarter at {summary.team}", span)
    yield words("Every Tuesday people do as they like, every Wednesday alignd syncs.", "dim")
    yield from _story(summary.weeks)
    yield section("What it came to", *_totals(summary.totals))
    yield section("How it stands", words(in_short(summary.status.kpis)), kpi_table(summary.status.kpis))
    yield section("Look at it", _pairs([(_path(summary.folder / name), what) for name, what in summary.files.items()]))
    yield section("Try next", _pairs(_next(summary, serving)))
    yield Text()
    yield words(f"Told in {summary.seconds:.0f} seconds, on stand-ins of Google, Asana and Trello.", "dim")


def _path(path: Path) -> str:
    return str(path)


# ── the story ────────────────────────────────────────────────────────────────────────────────────────────────────


def _story(weeks: Sequence[Week]) -> Iterator[RenderableType]:
    quiet: list[Week] = []
    for week in weeks:
        if week.is_quiet:
            quiet.append(week)
            continue
        yield from _quiet(quiet)
        quiet = []
        yield Text()
        yield heading(_when(week))
        if week.people:
            yield _said("people", week.people, "")
        if week.alignd:
            yield _said("alignd", week.alignd, "cyan")
    yield from _quiet(quiet)


def _when(week: Week) -> str:
    if not week.people:
        return day(week.synced_on)
    if not week.alignd:
        return day(week.acted_on)
    return f"{day(week.acted_on)}, then {day(week.synced_on)}"


def _quiet(weeks: Sequence[Week]) -> Iterator[RenderableType]:
    if not weeks:
        return
    first, last = weeks[0].synced_on, weeks[-1].synced_on
    span = day(first) if first == last else f"{day(first)} to {day(last)}"
    yield Text()
    yield heading(span)
    many = "One sync" if len(weeks) == 1 else f"{len(weeks)} syncs"
    yield Padding(words(f"{many}, nothing to do, nothing written.", "dim"), (0, 0, 0, 2))


def _said(who: str, sentences: Sequence[str], style: str) -> RenderableType:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(width=_WHO, no_wrap=True)
    table.add_column(overflow="fold")
    for place, sentence in enumerate(sentences):
        table.add_row(words("  " + who if place == 0 else "", style or "bold"), words(sentence))
    return table


# ── totals and the way on ────────────────────────────────────────────────────────────────────────────────────────


def _totals(totals: Totals) -> Iterator[RenderableType]:
    yield words(
        f"{counted(totals.syncs, 'sync')}: {counted(totals.items, 'action item')}, "
        f"{counted(totals.data_tasks, 'request')} for a number, {counted(totals.comments, 'comment')}, "
        f"{counted(totals.renewed, 'renewal')} of numbers; {counted(totals.writes, 'write')} in all"
    )
    style = "red" if totals.duplicates else ""
    yield words(f"{counted(len(totals.duplicates), 'task')} made twice {' '.join(totals.duplicates)}".rstrip(), style)
    style = "red" if totals.overwritten else ""
    kept = f"{len(totals.overwritten)} of the {totals.changed} fields and comments that people wrote were overwritten"
    yield words(f"{kept} {', '.join(totals.overwritten)}".rstrip(), style)
    calls = [f"{vendor} {count.made} (least {count.least})" for vendor, count in totals.calls.items()]
    yield words("Calls: " + " · ".join(calls), "dim")


def _pairs(pairs: Sequence[tuple[str, str]]) -> RenderableType:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, overflow="fold")
    table.add_column(overflow="fold")
    for left, right in pairs:
        table.add_row(words(left), words(right, "dim"))
    return table


def _next(summary: DemoSummary, serving: bool) -> list[tuple[str, str]]:
    file = _path(summary.folder / "alignd.yaml")
    folder = "" if summary.folder == Path("demo") else f" --folder {summary.folder}"
    pairs = [
        (f"alignd -c {file} status", "KPIs, open work, what waits"),
        (f"alignd -c {file} why sessions", "why it is as it is"),
        (f"alignd -c {file} history sessions", "every number and target"),
    ]
    if serving:
        return [*pairs, (f"alignd -c {file} plan", "what a sync would do now"), (summary.url or "", "the boards, live")]
    return [*pairs, (f"alignd demo{folder} --serve", "keeps the boards up")]
