"""`alignd history` for a terminal: a KPI's numbers with what they were judged against, and the decision log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from rich.console import Group, RenderableType
from rich.text import Text

from mapping.keys import parts_of
from mapping.links import Decision
from mapping.tasks import WorkKind
from sync.cli.render.style import bullet, counted, listing, mark, moment, section, status_style, words
from sync.cli.render.style import title as title_line
from sync.report_words import decision_said
from sync.reports import HistoryReport, HistoryRow


def render_history(report: HistoryReport) -> Group:
    """Newest first; a corrected number keeps the older one beside it, a change of definition draws a line."""
    parts: list[RenderableType] = [title_line(report.name, counted(len(report.rows), "period"), moment(report.at))]
    if report.spark:
        parts.append(Text(report.spark))
    if report.definition:
        parts.append(words(report.definition, "dim"))
    if report.rows:
        parts += [Text(), _table(report.rows)]
    else:
        parts.append(words("no numbers yet: alignd sync reads the last periods at first sight", "dim"))
    if report.notes:
        parts.append(section("Notes", *(bullet(one) for one in report.notes)))
    return Group(*parts)


def _table(rows: Sequence[HistoryRow]) -> RenderableType:
    lines: list[tuple[Text, ...]] = []
    for row in rows:
        lines.append((
            mark(row.status),
            words(row.period.said),
            words(row.number.said, status_style(row.status)),
            words(row.target.said if row.target else "–", "dim"),
            words(_standing(row), status_style(row.status)),
        ))  # fmt: skip
        lines += [(Text(), Text(), Text(), Text(), words(one, "dim")) for one in _beside(row)]
    return listing(lines, widths=(1, 20, 11, 16, None), right=frozenset({2}))


def _standing(row: HistoryRow) -> str:
    said = row.said if row.final else f"first count, {row.said}"
    return f"{said}; {row.event}" if row.event else said


def _beside(row: HistoryRow) -> list[str]:
    lines = [f"corrected: was {one.number.said}, read {moment(one.read_at)}" for one in row.corrections]
    if row.note:
        lines.append(row.note)
    if row.changed:
        lines.append(f"— {row.changed} —")
    return lines


def _about(one: Decision, names: Mapping[str, str]) -> str:
    """What was decided on, by name. An action that a meeting agreed on is not the meeting."""
    name, parts = names.get(one.subject, one.subject), parts_of(one.key)
    return f"an action of {name}" if parts is not None and parts.kind == WorkKind.SAID else name


def render_decisions(decisions: Sequence[Decision], names: Mapping[str, str], zone: tzinfo) -> Group:
    """The decision log, newest first. `names`: person id → name; subject id → name."""
    if not decisions:
        return Group(words("no decisions yet", "dim"))
    lines = []
    for one in sorted(decisions, key=lambda one: one.at, reverse=True):
        what, said = decision_said(one)
        who = names.get(one.by or "", one.by or "somebody")
        begin = f"{moment(one.at, zone)}  {who} {what}: {_about(one, names)}"
        lines.append(bullet(begin, under=(f"“{said}”" if said else "", one.key)))
    return Group(title_line("Decisions", counted(len(lines), "entry", "entries")), *lines)
