"""`why`: why a KPI or task is as it is, and why there is no task; every number with its origin. Pure.

The answer comes first, in a sentence or two. The sections under it are the facts it stands on: the number and what it
was made of, what was agreed, how it was judged, what followed.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from config import Config
from mapping.judgements import Judgement
from mapping.kpis import Kpi, TargetValue
from mapping.periods import Period
from mapping.readings import Reading, State
from mapping.status import judge
from mapping.wording import in_period, show_gap, show_number, show_short, show_value, side, status_word
from sync.history import period_of
from sync.recall import KpiMemory
from sync.report_parts import Reader, target
from sync.report_words import FLAG_WORDS, STATE_WORDS
from sync.reports import WhyLine, WhyReport, WhySection
from sync.why_helped import helped_section
from sync.why_work import answer_of, followed

FIRST_COUNT = "a first count: shown, and not judged before it is final"


def why_kpi(
    config: Config,
    kpi: Kpi,
    memory: KpiMemory,
    at: datetime,
    period: Period | None = None,
    beside: WhySection | None = None,
) -> WhyReport:
    """Why a KPI stands as it does; for `period`, why that period was judged as it was. `beside`: what is shown beside
    its number.
    """
    reader = Reader(at, config.workspace.calendar.zone)
    judged = memory.judged()
    about = period or (judged[-1].period if judged else _newest_period(memory))
    reading = period_of(kpi, memory, about) if about else None
    judgement = next((one for one in judged if about and one.period == about), None)
    sections = [
        _number_section(kpi, reading, memory, reader),
        *([beside] if beside is not None else []),
        _agreed_section(kpi, judgement, config, reader),
        _judged_section(kpi, judgement),
        _last_periods(kpi, judged, reader),
        followed(config, kpi, memory, reader),
        helped_section(config, kpi, memory, reader),
    ]
    answer = (
        _answer_for_period(kpi, period, reading, judgement, reader)
        if period is not None
        else answer_of(config, kpi, memory, reader)
    )
    return WhyReport(
        subject=kpi.id,
        kind="kpi",
        title=kpi.name,
        at=at.astimezone(reader.zone),
        answer=answer,
        sections=tuple(one for one in sections if one.lines),
    )


def _newest_period(memory: KpiMemory) -> Period | None:
    present = memory.present()
    return present[-1].period if present else None


# ── the number ───────────────────────────────────────────────────────────────────────────────────────────────────


def _number_section(kpi: Kpi, reading: Reading | None, memory: KpiMemory, reader: Reader) -> WhySection:
    """The number, where it is from, what it was made of, and what to know about it."""
    if reading is None:
        return WhySection("The number", ())
    said = show_value(kpi, reading.value) if reading.value is not None else STATE_WORDS.get(reading.state, "–")
    if reading.state is State.UNTRUSTED and reading.value is not None:
        said += ", not believed"
    settled = "final" if reading.final else "first count, not final yet"
    origin = ", ".join(one for one in (reading.origin, f"read {reader.moment(reading.read_at)}", settled) if one)
    lines = [WhyLine(said, reader.span(reading.period).said, origin)]
    if reading.note:
        lines.append(WhyLine(reading.note, "note"))
    lines += _made_of(kpi, reading)
    lines += [WhyLine(FLAG_WORDS[flag], "to know") for flag in sorted(reading.flags) if flag in FLAG_WORDS]
    for name, value in reading.breakdown[:3]:
        lines.append(WhyLine(f"{name}: {show_value(kpi, value)}", "mostly"))
    for older in memory.versions(reading.period, reading.definition)[:-1]:
        if older.final and older.value is not None and older.value != reading.value:
            was = f"{show_value(kpi, older.value)}, read {reader.moment(older.read_at)}"
            lines.append(WhyLine(was, "before that"))
    return WhySection("The number", tuple(lines))


def _made_of(kpi: Kpi, reading: Reading) -> list[WhyLine]:
    """The inputs of a formula, each with its own origin. A plain value is its own and only part: nothing to add."""
    if kpi.formula is None:
        return []
    lines = [WhyLine(kpi.formula, "formula", f"kpis.{kpi.id}.formula in the file")]
    for part in reading.parts:
        value = show_number(part.value, 4) if part.value is not None else STATE_WORDS.get(part.state, "–")
        origin = ", ".join(one for one in (part.origin, part.note) if one)
        lines.append(WhyLine(value, part.name, origin))
    return lines


# ── what was agreed, how it was judged ───────────────────────────────────────────────────────────────────────────


def _agreed_section(kpi: Kpi, judgement: Judgement | None, config: Config, reader: Reader) -> WhySection:
    """What it was judged against, and how it is counted."""
    lines: list[WhyLine] = []
    shown = target(kpi, judgement.target) if judgement is not None else None
    if shown is not None:
        lines.append(WhyLine(shown.said, "target", shown.origin or f"kpis.{kpi.id}.target in the file"))
        lines.append(WhyLine(_tolerance(kpi), "close"))
    elif not kpi.targets and config.targets_from is None:
        lines.append(WhyLine("none is agreed, so it is shown and not judged", "target", "nothing in the file"))
    if kpi.definition:
        lines.append(WhyLine(kpi.definition, "counted"))
    if kpi.agreed is not None:
        by = " and ".join(config.people[one].name if one in config.people else one for one in kpi.agreed.by)
        lines.append(WhyLine(f"{reader.day(kpi.agreed.on)}{' by ' + by if by else ''}", "agreed"))
    return WhySection("What was agreed", tuple(lines))


def _tolerance(kpi: Kpi) -> str:
    amount = kpi.tolerance.amount
    if kpi.tolerance.relative:
        return f"short by up to {show_gap(amount)} of it" if amount else "never: any shortfall counts"
    return f"short by up to {show_short(kpi, amount)}"


def _judged_section(kpi: Kpi, judgement: Judgement | None) -> WhySection:
    """The judgement as it was made then; a new target never judges a past period again."""
    if judgement is None:
        return WhySection("How it was judged", ())
    lines = [WhyLine(status_word(kpi, judgement), "it is")]
    if judgement.reason:
        lines.append(WhyLine(judgement.reason, "because"))
    if judgement.value is not None and judgement.target is not None:
        lines.append(WhyLine(_by(kpi, judgement.value, judgement.target), "by"))
    lines += [
        WhyLine(FLAG_WORDS[flag], "to know")
        for flag in sorted(judgement.flags)
        if flag in ("paused", "ahead", "background")
    ]
    return WhySection("How it was judged", tuple(lines))


def _by(kpi: Kpi, value: Decimal, agreed: TargetValue) -> str:
    """How far off, exactly: "3,800 short of it (32 %)", "5 points above it", "260 better than it", "inside …"."""
    verdict = judge(value, agreed, kpi.tolerance, kpi.direction)
    if verdict.short is None or (agreed.is_range and verdict.short <= 0):
        return "inside the agreed range"
    if verdict.short > 0 and side(kpi, value, agreed) == "above":
        where = "above it"
    else:
        where = "short of it" if verdict.short > 0 else "better than it"
    amount = f"{show_short(kpi, verdict.short, value)} {where}"
    if verdict.short == 0:
        return "exactly on it"
    return amount if verdict.gap is None else f"{amount} ({show_gap(verdict.gap)})"


def _last_periods(kpi: Kpi, judged: list[Judgement], reader: Reader) -> WhySection:
    lines = [
        WhyLine(
            f"{show_value(kpi, one.value) if one.value is not None else '–'}  {status_word(kpi, one)}",
            reader.span(one.period).said,
        )
        for one in reversed(judged[-6:])
    ]
    return WhySection("The last periods", tuple(lines) if len(lines) > 1 else ())


def _answer_for_period(
    kpi: Kpi, period: Period, reading: Reading | None, judgement: Judgement | None, reader: Reader
) -> str:
    """Why one period is as it is."""
    when = _upper(in_period(period, reader.today))
    if reading is None:
        return f"{when} nothing was read: it is older than what alignd looked at, or it has not ended."
    if judgement is None:
        return f"{when} there is {'a final number that was not judged' if reading.final else FIRST_COUNT}."
    reason = f": {judgement.reason}" if judgement.reason else ""
    return f"{when} it was judged: {status_word(kpi, judgement)}{reason}."


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
