"""The report as GitHub-flavoured Markdown: it reads well as it stands, and rendered on GitHub, GitLab or in a wiki."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from mapping.alignment import MarkKind
from mapping.texts.report_parts import (
    AdjustmentsPart,
    DonePart,
    GoalPart,
    KpiPart,
    MetricsPart,
    PlansPart,
    Report,
    TaskPart,
)
from mapping.wording import show_date, show_day
from sync.sparklines import sparkline
from sync.unified.safe_markdown import link, safe

SPARK = 8  # periods of a sparkline
_OF_ALL = (MarkKind.EVENT, MarkKind.CAMPAIGN)  # marked on many charts; a line for each would say little


def render_markdown(report: Report) -> str:
    """The whole report; every text in it is escaped."""
    today = report.at.date()
    blocks: list[str] = [f"# {safe(report.title)}", _opening(report)]
    blocks += ["## Executive summary", *_summary(report)]
    blocks += ["## Marketing metrics", *_metrics(report.marketing, today)]
    blocks += ["## M&E metrics", *_metrics(report.m_and_e, today)]
    blocks += ["## Strategy adjustments", *_adjustments(report.adjustments, today)]
    blocks += ["## Plans", *_plans(report.plans, today)]
    if report.problems:
        blocks += ["### What alignd needs a person for", _bullets(safe(one) for one in report.problems)]
    return "\n\n".join(blocks) + "\n"


def _opening(report: Report) -> str:
    parts = [f"**{safe(report.name)}**", safe(report.days), f"written {safe(report.written)}"]
    if report.url:
        parts.append(link("pages and charts", report.url))
    return " · ".join(parts) + (f"\n\n{safe(report.as_of)}" if report.as_of else "")


# ── summary ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _summary(report: Report) -> Iterator[str]:
    first, *rest = report.summary
    yield f"**{safe(first.said)}**"
    if rest:
        yield _bullets(safe(one.said) for one in rest)
    if report.pressing:
        yield f"### {report.pressing_title}"
        yield _table(
            ("KPI", "Number", "Agreed", "How far", "Who does what by when"),
            [
                (
                    _kpi_name(one),
                    _number(one),
                    safe(one.target.said) if one.target else "–",
                    safe(", ".join(filter(None, (one.how_far, one.since)))),
                    _doing(one),
                )
                for one in report.pressing
            ],
        )
    if report.goals:
        yield "### Goals"
        yield "\n".join(_goal(one) for one in report.goals)


def _kpi_name(one: KpiPart) -> str:
    return link(one.name, one.url) if one.url else safe(one.name)


def _number(one: KpiPart) -> str:
    if one.number is None or one.period is None:
        return "–"
    return f"{safe(one.number.said)} ({safe(one.period.said)}{', first count' if one.first_count else ''})"


def _doing(one: KpiPart) -> str:
    said = safe(one.doing[:1].upper() + one.doing[1:])
    return f"{said} ({link('task', one.task.url)})" if one.task is not None and one.task.url else said


def _goal(one: GoalPart) -> str:
    """An item of a nested list."""
    known = f" ({safe(one.known)})" if one.known else ""
    own = [f"{safe(kpi.name)} {safe(kpi.said)}" for kpi in one.kpis]
    states = "; ".join([*own, *([safe(one.below)] if one.below else [])])
    return f"{'  ' * one.depth}- **{safe(one.title)}**{known}: {states}"


# ── metrics ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _metrics(part: MetricsPart, today: date) -> Iterator[str]:
    if not part.kpis:
        yield "No KPI stands here."
    else:
        yield safe(part.count) + "."
        yield _table(("KPI", "Number", "Agreed", "Standing", "Last periods"), [_row(one) for one in part.kpis])
        notes = [f"**{safe(one.name)}**: {note}" for one in part.kpis for note in _notes(one)]
        if notes:
            yield _bullets(notes)
    if part.findings:
        yield "### What M&E found"
        lines = []
        for one in part.findings:
            begin = ", ".join(filter(None, (show_date(one.on, today), safe(one.by))))
            advice = f" Recommended: “{safe(one.recommendation)}”" if one.recommendation else ""
            answer = f" Answer: “{safe(one.answer)}”" if one.answer else " **Nobody has answered.**"
            lines.append(f"{begin}, on {safe(one.name)}: “{safe(one.text)}”{advice}{answer}")
        yield _bullets(lines)


def _row(one: KpiPart) -> Sequence[str]:
    values = [period.number.value for period in reversed(one.history[:SPARK])]
    target = safe(one.target.said) if one.target else "–"
    return (_kpi_name(one), _number(one), target, safe(one.said), sparkline(values) if values else "")


def _notes(one: KpiPart) -> Iterator[str]:
    """What is to be known of it beside its number."""
    for said in one.why:
        yield safe(said)
    if one.pace is not None:
        yield f"So far {safe(one.pace.said)}"
    if one.check is not None:
        yield safe(one.check.said)
    if one.awaited:
        yield safe(one.awaited[:1].upper() + one.awaited[1:])
    marks = [mark for mark in one.marks if mark.kind not in _OF_ALL]
    if marks:
        yield " · ".join(f"{safe(mark.days)} {safe(mark.said)}" for mark in marks)


# ── adjustments ──────────────────────────────────────────────────────────────────────────────────────────────────


def _adjustments(part: AdjustmentsPart, today: date) -> Iterator[str]:
    if part.to_decide:
        yield "### To decide"
        yield "\n".join(
            f"{place}. {safe(one.said)}{f' **{safe(one.person)}**' if one.person else ''}"
            for place, one in enumerate(part.to_decide, start=1)
        )
    yield "### Decided"
    decided = []
    for one in part.decisions:
        who = ", ".join(filter(None, (safe(one.by or ""), safe(one.where))))
        decided.append(f"{show_date(one.on, today)}: {safe(one.text)}{f' ({who})' if who else ''}")
    yield _bullets(decided) if decided else "No decision was written down."
    yield "### Completed, and whether it helped"
    if part.completed:
        yield _table(
            ("What was done", "KPI", "Who, when", "Before → after", "Did it help?"),
            [_done(one, today) for one in part.completed],
        )
    else:
        yield "No action item was completed."
    if part.gaps:
        yield "### Not agreed yet"
        for group in part.gaps:
            yield f"**{safe(group.title)}.** {_mend(group.why)}"
            yield _bullets(f"{safe(one.what)} {_mend(one.mend)}" for one in group.gaps)


def _done(one: DonePart, today: date) -> Sequence[str]:
    what = f"“{safe(one.did)}”" if one.did else safe(one.title)
    return (
        f"{what} ({link('task', one.url)})" if one.url else what,
        safe(one.name),
        ", ".join(filter(None, (safe(one.by or ""), show_date(one.on, today)))),
        f"{safe(one.before)} → {safe(one.after)}" if one.after else "not counted since",
        safe(one.helped_said or "not looked at yet") + (f": “{safe(one.why)}”" if one.why else ""),
    )


def _mend(text: str) -> str:
    """What to write in the file stands as code: only what stands between backticks, and without one in it."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return safe(text)
    return "".join(f"`{one}`" if place % 2 else _between(one) for place, one in enumerate(parts) if one)


def _between(text: str) -> str:
    """Safe, with the blanks at its ends kept."""
    shown = safe(text)
    return f"{' ' * text[:1].isspace()}{shown}{' ' * (bool(shown) and text[-1:].isspace())}"


# ── plans ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _plans(part: PlansPart, today: date) -> Iterator[str]:
    if part.first:
        yield "### First for each"
        yield _bullets(
            f"**{safe(one.person)}**: {'; then '.join(_thing(thing) for thing in one.things)}"
            f"{f'. {safe(one.rest)}' if one.rest else ''}"
            for one in part.first
        )
    yield "### Open actions"
    if part.open_actions:
        yield _table(
            ("What", "Who, by when", "Why"),
            [
                (link(one.title, one.url) if one.url else safe(one.title), safe(one.said), safe(one.about))
                for one in part.open_actions
            ],
        )
    else:
        yield "Nothing is open."
    if part.campaigns:
        yield "### Campaigns that run"
        yield _table(
            ("Campaign", "KPI", "So far", "Expected by now", "Agreed", "Day"),
            [
                (
                    safe(one.title),
                    safe(one.name),
                    safe(one.number.said),
                    safe(one.expected.said) if one.expected else "–",
                    safe(one.target.said) if one.target else "–",
                    f"{one.day} of {one.days}",
                )
                for one in part.campaigns
            ],
        )
    yield "### Ahead"
    if part.coming:
        yield _bullets(f"{show_day(one.day, today)}: {safe(one.said)}" for one in part.coming)
    else:
        yield "Nothing is ahead in the next six weeks."


def _thing(one: TaskPart) -> str:
    name = link(one.title, one.url) if one.url else safe(one.title)
    return f"{name} ({safe(one.about or one.said)})"


# ── form ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {one}" for one in items)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are escaped already: a pipe in one is none of the table's."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(one)} |" for one in lines)
