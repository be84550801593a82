"""`alignd status` for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sync.cli.render.findings import problems_section
from sync.cli.render.style import bullet, calls_line, counted, day, grid, mark, moment, section, status_style, words
from sync.cli.render.style import title as title_line
from sync.reports import CycleRow, GoalRow, KpiRow, LetterRow, MeetingRow, StatusReport, WorkRow
from sync.status import counts

MEETINGS, LETTERS = 8, 4  # shown on a terminal; --json has them all


def render_status(report: StatusReport, *, goals: bool = False) -> Group:
    """KPIs, open work, what waits and why, problems, the last cycles; the goal tree when asked for."""
    return Group(*_parts(report, goals))


def _parts(report: StatusReport, goals: bool) -> Iterator[RenderableType]:
    yield title_line(report.name or report.workspace, moment(report.at))
    yield words(in_short(report.kpis))
    if report.person is not None or report.team is not None:
        yield section("First", *_first(report))
    if report.kpis:
        yield section("KPIs", kpi_table(report.kpis))
    if goals and report.goals:
        yield section("Goals", *(_goal(one) for one in report.goals))
    if report.work:
        yield section("Open work", *(_work(one) for one in report.work))
    elif report.kpis:
        yield section("Open work", words("none", "dim"))
    if report.waiting:
        held = (bullet(one.title, under=(_for(one.person, one.why),)) for one in report.waiting)
        yield section("Waiting", *held)
    if report.meetings:
        yield section("Coming up", *meeting_lines(report.meetings))
    if report.letters:
        yield section("Told", *letter_lines(report.letters))
    problems = problems_section(report.problems)
    if problems is not None:
        yield problems
    if report.file_changes:
        yield section("Changed in the file since the last sync", *(bullet(one) for one in report.file_changes))
    if report.cycles:
        yield section("Last cycles", *(_cycle(one) for one in report.cycles))
    else:
        yield Text()
        yield words("Nothing has been synced yet: alignd plan shows what a first sync would do.", "dim")


def _first(report: StatusReport) -> Iterator[RenderableType]:
    """What they do first, and why; of a team with who has it."""
    if not report.do_first:
        yield words("nothing is open", "dim")
    for place, one in enumerate(report.do_first, start=1):
        who = f"{one.person}: " if report.team is not None and one.person else ""
        yield bullet(one.title, sign=f"{place}", under=(f"{who}{one.why}", one.url))


def in_short(rows: Sequence[KpiRow]) -> str:
    """ "12 KPIs by their final numbers: 8 on target, 1 close, 2 off target, 1 without a number"."""
    said = ", ".join(f"{count} {words}" for words, count in counts(rows).items())
    whose = "its final number" if len(rows) == 1 else "their final numbers"
    return f"{counted(len(rows), 'KPI')} by {whose}: {said}" if said else "no KPIs"


def kpi_table(rows: Sequence[KpiRow]) -> RenderableType:
    """One line a KPI: sign, name, number, what was agreed, the last periods, how it stands; details under it."""
    parts: list[RenderableType] = []
    for row in rows:
        line = grid((1, 24, 10, 16, 8, 11), right=frozenset({2}))
        line.add_row(
            mark(row.status),
            words(row.name),
            words(row.number.said if row.number else "–", status_style(row.status)),
            words(row.target.said if row.target else "no target", "dim"),
            words(row.spark, "dim"),
            words(row.said, status_style(row.status)),
        )
        parts.append(line)
        detail = " · ".join(one for one in _details(row) if one)
        if detail:
            parts.append(Padding(words(detail, "dim"), (0, 0, 0, 2)))
    return Group(*parts)


def _details(row: KpiRow) -> tuple[str, ...]:
    first = row.first_count
    return (
        row.detail,
        row.reason,
        f"{first.period.said}: {first.number.said} so far, {first.said}" if first else "",
        "" if row.agreed else "not yet agreed",
        f"no task now: {row.waits}" if row.waits else "",
    )


def _work(row: WorkRow) -> RenderableType:
    due = "" if row.due is None else ("was due " if row.overdue else "due ") + day(row.due)
    facts = " · ".join(one for one in (row.person or "", due, row.state, row.tracker) if one)
    return bullet(row.title, sign="□", style="red" if row.overdue else "dim", under=(facts, row.url))


def meeting_lines(rows: Sequence[MeetingRow]) -> list[RenderableType]:
    """The next meetings, a line each and how their task stands; missed ones at the end."""
    ahead = [row for row in rows if not row.missed][:MEETINGS]
    return [_meeting(row) for row in [*ahead, *(row for row in rows if row.missed)]]


def _meeting(row: MeetingRow) -> RenderableType:
    when = moment(row.at) if row.at is not None else day(row.day)
    facts = " · ".join(one for one in (f"{row.lead} leads" if row.lead else "", row.state) if one)
    sign, style = ("!", "yellow") if row.missed else ("–", "dim") if row.replaced_by else ("◷", "dim")
    return bullet(f"{when}  {row.title}", sign=sign, style=style, under=(facts, row.url))


def letter_lines(rows: Sequence[LetterRow]) -> list[RenderableType]:
    """The last letters, and every one of which nobody knows whether it arrived."""
    shown = [row for place, row in enumerate(rows) if place < LETTERS or row.doubt]
    return [_letter(row) for row in shown]


def _letter(row: LetterRow) -> RenderableType:
    sign, style = ("?", "yellow") if row.doubt else ("✉", "dim")
    return bullet(f"{moment(row.at)}  {row.title}", sign=sign, style=style, under=(f"{row.channel}: {row.said}",))


def _for(person: str | None, why: str) -> str:
    return f"{person}: {why}" if person else why


def _goal(row: GoalRow) -> RenderableType:
    """A goal, as far to the right as it lies deep: whose it is, its own KPIs, and how many below it stand how."""
    sign, colour = (mark(row.worst).plain, str(mark(row.worst).style)) if row.worst is not None else ("·", "dim")
    by = f"by {day(row.by)} {row.by.year}" if row.by else ""
    cause = f" ({row.cause})" if row.cause else ""
    below = ", ".join(
        f"{number} {what}{cause if what == 'off target' else ''}" for what, number in row.below.items() if number
    )
    under = [
        " · ".join(one for one in (row.owner or "", by) if one),
        *row.own,
        f"below it {below}" if below else "",
        "" if row.own or below else "nothing measures it",
    ]
    return Padding(bullet(row.title, sign=sign, style=colour, under=under), (0, 0, 0, 2 * min(row.depth, 8)))


def _cycle(row: CycleRow) -> RenderableType:
    calls = calls_line(row.calls)
    return bullet(f"{row.cycle}, {moment(row.at)}: {row.did}", under=(calls.plain,) if calls else ())
