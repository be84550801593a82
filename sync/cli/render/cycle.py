"""`alignd plan` and `alignd sync` for a terminal: the numbers in short, then each step with its reason."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from config import Config
from mapping.judgements import Judgement, Status
from mapping.keys import parts_of
from mapping.kpis import Kpi
from mapping.readings import Reading, State
from mapping.tasks import AddPart, Create, Reopen, Update
from mapping.wording import status_word
from sync.cli.render.findings import problems_section
from sync.cli.render.style import bullet, calls_line, counted, grid, mark, moment, section, status_style, words
from sync.cli.render.style import title as title_line
from sync.report_parts import Reader, number, person_name, subject_name, target
from sync.report_words import SEEN_WORDS, STATE_WORDS
from sync.steps import CycleReport, Outcome, Seen, Step, StepKind

VERBS: Mapping[StepKind, str] = {
    StepKind.CREATE: "new",
    StepKind.UPDATE: "change",
    StepKind.COMMENT: "comment",
    StepKind.EDIT_COMMENT: "numbers",
    StepKind.COMPLETE: "complete",
    StepKind.REOPEN: "reopen",
    StepKind.FOLLOW: "add",
    StepKind.ARCHIVE: "archive",
}
MOST_ROWS = 12  # KPIs listed of each standing; status lists all


def render_cycle(report: CycleReport, config: Config) -> Group:
    """What a plan would do, or what a sync did."""
    return Group(*_parts(report, config))


def _parts(report: CycleReport, config: Config) -> Iterator[RenderableType]:
    reader = Reader(report.at, config.workspace.calendar.zone)
    name = config.workspace.name or report.workspace
    pass_ = "plan, nothing is written" if report.cycle is None else f"cycle {report.cycle}"
    yield title_line(name, moment(report.at, reader.zone), pass_)
    if report.file_changes:
        yield section("Changed in the file since the last sync", *(bullet(one) for one in report.file_changes))
        yield Text()
    yield from _numbers(report, config, reader)
    moving = [one for one in report.steps if one.outcome not in (Outcome.WAITING, Outcome.DEFERRED)]
    yield section(
        "What a sync would do now" if report.cycle is None else "What was done",
        *(_steps(moving, config, reader) if moving else [words("nothing to do", "dim")]),
    )
    for outcome, heading, note in (
        (Outcome.WAITING, "Waiting", "held by the file or a person"),
        (Outcome.DEFERRED, "Put off", "goes on when it can"),
    ):
        held = [one for one in report.steps if one.outcome is outcome]
        if held:
            yield section(heading, _step_table(held, config, reader), note=note)
    seen = [one for one in report.seen if one.what != "linked"]
    if seen:
        lines = [
            bullet(
                f"{_about(one.key, config)}: {SEEN_WORDS.get(one.what, one.what)}",
                under=(_by(one, config), one.key),
            )
            for one in seen
        ]
        yield section("What people did", *lines)
    problems = problems_section(report.problems)
    if problems is not None:
        yield problems
    calls = calls_line(report.calls)
    if calls is not None:
        yield Text()
        yield calls


def _about(key: str, config: Config) -> str:
    """The KPI (or source), review, campaign or event that a piece of work is about, by name."""
    parts = parts_of(key)
    if parts is None:
        return key
    return subject_name(parts.subject, config)


def _by(seen: Seen, config: Config) -> str:
    by = person_name(seen.by, config.people)
    return ", ".join(one for one in (f"by {by}" if by else "", seen.detail) if one)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _numbers(report: CycleReport, config: Config, reader: Reader) -> Iterator[RenderableType]:
    """Of each KPI its newest final period; only what is not well is listed, the rest is counted."""
    newest = newest_final(report.shown)
    count = Counter(judgement.status for _, judgement in newest.values())
    parts = [
        f"{count[status]} {said}"
        for status, said in (
            (Status.ON_TRACK, "on target"),
            (Status.AT_RISK, "close"),
            (Status.OFF_TRACK, "off target"),
            (Status.UNKNOWN, "not known"),
        )
        if count[status]
    ]
    without = sum(1 for kpi in config.kpis if kpi not in newest)
    if parts and without:
        parts.append(f"{without} without a final number yet")
    if parts:
        yield words(f"{counted(len(newest) + without, 'KPI')}: {', '.join(parts)}")
    else:
        yield words("no final numbers yet", "dim")
    for status, heading in ((Status.OFF_TRACK, "Off target"), (Status.AT_RISK, "Close"), (Status.UNKNOWN, "Not known")):
        rows = [(kpi, *newest[kpi]) for kpi in newest if newest[kpi][1].status is status]
        if rows:
            yield section(heading, _number_table(rows[:MOST_ROWS], config, reader, len(rows) - MOST_ROWS))


def newest_final(shown: Iterable[tuple[Reading, Judgement]]) -> dict[str, tuple[Reading, Judgement]]:
    """The newest final period of each KPI, in the order the report names them."""
    newest: dict[str, tuple[Reading, Judgement]] = {}
    for reading, judgement in shown:
        known = newest.get(reading.kpi)
        if reading.final and (known is None or known[0].period < reading.period):
            newest[reading.kpi] = (reading, judgement)
    return newest


def _number_table(
    rows: Sequence[tuple[str, Reading, Judgement]], config: Config, reader: Reader, more: int
) -> RenderableType:
    table = grid((1, 26, 14, 12, 19), right=frozenset({3}))
    notes: list[RenderableType] = []
    for kpi_id, reading, judgement in rows:
        kpi = config.kpis.get(kpi_id)
        if kpi is None:
            continue
        table.add_row(
            mark(judgement.status),
            words(kpi.name),
            words(reader.span(reading.period).said, "dim"),
            words(_value(kpi, reading), status_style(judgement.status)),
            words(_against(kpi, judgement), "dim"),
        )
        if judgement.status is Status.UNKNOWN and (reading.note or judgement.reason):
            notes.append(words(f"  {kpi.name}: {reading.note or judgement.reason}", "dim"))
    if more > 0:
        notes.append(words(f"and {more} more: alignd status lists all", "dim"))
    return Group(table, *notes)


def _value(kpi: Kpi, reading: Reading) -> str:
    if reading.state in (State.VALUE, State.ZERO):
        return number(kpi, reading.value).said
    return STATE_WORDS[reading.state]


def _against(kpi: Kpi, judgement: Judgement) -> str:
    shown = target(kpi, judgement.target)
    return shown.said if shown is not None else status_word(kpi, judgement)


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _steps(steps: Sequence[Step], config: Config, reader: Reader) -> Iterator[RenderableType]:
    """By tracker; a tracker's name is only said when there are several."""
    trackers = list(dict.fromkeys(one.tracker for one in steps))
    for tracker in trackers:
        if len(trackers) > 1:
            yield words(tracker, "dim")
        yield _step_table([one for one in steps if one.tracker == tracker], config, reader)


def _step_table(steps: Sequence[Step], config: Config, reader: Reader) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(width=8, no_wrap=True)
    table.add_column(overflow="fold")
    for step in steps:
        table.add_row(words(_verb(step), _style(step)), words(_title(step, config)))
        detail = " · ".join(one for one in _details(step, config, reader) if one)
        if detail:
            table.add_row(Text(), words(detail, "dim"))
    return table


def _verb(step: Step) -> str:
    return "add" if isinstance(step.order, AddPart) else VERBS[step.kind]


def _style(step: Step) -> str:
    if step.outcome is Outcome.FAILED:
        return "red"
    if step.outcome in (Outcome.UNKNOWN, Outcome.WAITING, Outcome.DEFERRED):
        return "yellow"
    return "green" if step.kind is StepKind.CREATE else ""


def _title(step: Step, config: Config) -> str:
    """The task's title; for a comment, what it is about and how it begins."""
    if step.kind in (StepKind.COMMENT, StepKind.EDIT_COMMENT):
        return f"{_about(step.key.partition('#')[0], config)}: {textwrap.shorten(step.title, 90, placeholder=' …')}"
    return step.title or _about(step.key, config)


def _details(step: Step, config: Config, reader: Reader) -> tuple[str, ...]:
    person = person_name(step.person, config.people)
    due = _due(step)
    outcome = {Outcome.FAILED: "refused", Outcome.UNKNOWN: "not confirmed, will be looked for"}.get(step.outcome, "")
    return (
        f"for {person}" if person and step.kind in (StepKind.CREATE, StepKind.REOPEN, StepKind.FOLLOW) else "",
        f"due {reader.day(due)}" if due else "",
        step.because,
        outcome,
    )


def _due(step: Step) -> date | None:
    return step.order.due if isinstance(step.order, Create | Update | Reopen | AddPart) else None
