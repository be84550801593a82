"""What `alignd demo` says at its end: the quarter as a short story, what it came to, where to look, what to try."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sync.cli.render.status import in_short, kpi_table
from sync.cli.render.style import bullet, counted, day, section, words
from sync.cli.render.style import title as title_line
from sync.demo.summary import DemoSummary, Meetings, Totals, Week

INDENT = 2


def render_demo(summary: DemoSummary, *, serving: bool = False, called: str = "alignd") -> Group:
    """The story, the state at its end, the count, the places to look at, and what to try next. `called`: what to type
    for alignd here.
    """
    return Group(*_parts(summary, serving, called))


def _parts(summary: DemoSummary, serving: bool, called: str) -> Iterator[RenderableType]:
    span = f"{day(summary.first)} to {day(summary.last)} {summary.last.year}"
    yield title_line(f"A quarter at {summary.team}", span, f"told in {summary.seconds:.0f} seconds")
    yield words("On Tuesdays and in meetings people (·) do as they like; alignd (→) looks when it is due.", "dim")
    yield from _story(summary.weeks)
    yield section("At the end", words(in_short(summary.status.kpis)), kpi_table(summary.status.kpis))
    yield section("In all", *(bullet(one) for one in in_all(summary.totals, summary.meetings)))
    yield section("Look at", *_places(summary, serving))
    yield section("Try next", *_commands(summary, serving, called))


# ── the story ────────────────────────────────────────────────────────────────────────────────────────────────────


def _story(weeks: Sequence[Week]) -> Iterator[RenderableType]:
    """Every week in which something happened; weeks without are told together."""
    quiet: list[Week] = []
    for week in weeks:
        if not week.news:
            quiet.append(week)
            continue
        yield from _quiet(quiet)
        quiet = []
        yield Text()
        yield _week(week)
    yield from _quiet(quiet)


def _quiet(weeks: Sequence[Week]) -> Iterator[RenderableType]:
    if not weeks:
        return
    yield Text()
    many = "one week" if len(weeks) == 1 else f"{len(weeks)} weeks"
    reviews = sum(week.reviews for week in weeks)
    made = f"only {counted(reviews, 'task')} for the usual reviews" if reviews else "nothing written"
    yield _days([(day(weeks[0].first), "→", words(f"alignd: {many} with nothing to decide; {made}", "dim"))])


def _week(week: Week) -> RenderableType:
    """Its days, with a line for everything of note that people and alignd did, in the order they did it."""
    rows: list[tuple[str, str, Text]] = []
    for one in week.news:
        for place, said in enumerate(one.news):
            text = f"alignd {said.text}" if said.by_alignd else said.text
            rows.append((day(one.on) if place == 0 else "", "→" if said.by_alignd else "·", words(text)))
    return _days(rows)


def _days(rows: Sequence[tuple[str, str, Text]]) -> RenderableType:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(width=10, no_wrap=True)
    table.add_column(width=1, no_wrap=True)
    table.add_column(overflow="fold")
    for when, sign, text in rows:
        table.add_row(words(when, "bold"), Text(sign, "green" if sign == "→" else "dim"), text)
    return table


# ── what it came to ──────────────────────────────────────────────────────────────────────────────────────────────


def in_all(totals: Totals, met: Meetings) -> Iterator[str]:
    """What the quarter came to, counted on the boards themselves."""
    made = f"{counted(totals.items, 'action item')} and {counted(totals.data_tasks, 'data task')}"
    said = f"{counted(totals.comments, 'comment')} written, {counted(totals.renewed, 'comment')} kept up to date"
    yield f"{counted(totals.syncs, 'look')}: {made} made, {said}"
    reviews = " · ".join(f"{title} {many}" for title, many in met.by_review.items())
    yield f"{counted(met.reviews, 'review')} held: {reviews}"
    also = f"{counted(met.campaigns, 'task')} of a campaign, {counted(met.events, 'alignment review')} of a launch"
    yield f"beside them {also}"
    counts = [counted(met.count("decisions"), "decision"), counted(met.count("actions"), "action")]
    yield f"read back from meetings: {', '.join(counts)}, {counted(met.count('answers'), 'answer')} to “Did it help?”"
    yield f"tasks made twice: {', '.join(totals.duplicates) or 'none'}"
    over = ", ".join(totals.overwritten) or "none"
    yield f"of {counted(totals.changed, 'field')} and comments that people wrote, overwritten: {over}"
    calls = " · ".join(f"{where} {one.made} (least {one.least})" for where, one in sorted(totals.calls.items()))
    if calls:
        yield f"calls made: {calls}"


def _places(summary: DemoSummary, serving: bool) -> Iterator[RenderableType]:
    places = [(str(summary.folder / name), what) for name, what in summary.files.items()]
    if serving and summary.url:
        places.append((summary.url, "the boards, while they are kept up"))
    yield from _to_copy(places)


def _commands(summary: DemoSummary, serving: bool, called: str) -> Iterator[RenderableType]:
    command = f"{called} -c {summary.folder / 'alignd.yaml'}"
    folder = "" if summary.folder == Path("demo") else f" --folder {summary.folder}"
    tries = [
        (f"{command} status", "KPIs, open work, what waits and why"),
        (f"{command} why sessions", "why it is as it is; every number with its origin"),
        (f"{command} history sessions", "every number with what was agreed"),
    ]
    if serving:
        tries.append((f"{command} plan", "in another terminal: what a sync would do now"))
        tries.append((f"{command} run", "the service, with its dashboard at http://127.0.0.1:8787"))
    else:
        tries.append((f"{called} demo{folder} --serve", "keeps the boards up, for plan, sync and doctor"))
    yield from _to_copy(tries)


def _to_copy(pairs: Sequence[tuple[str, str]]) -> Iterator[RenderableType]:
    """Paths, addresses and commands, never cut, so that they can be copied; what each is beside or under it."""
    longest = max(len(left) for left, _ in pairs)
    beside = all(longest + 2 + len(right) <= 76 for _, right in pairs)
    for left, right in pairs:
        line = words(f"{left:<{longest}}  " if beside else left)
        line.no_wrap, line.overflow = True, "ignore"
        yield line + words(right, "dim") if beside else line
        if not beside:
            yield Padding(words(right, "dim"), (0, 0, 0, INDENT))
