"""The part of `why` that stands beside the number: how the running period goes, what the second source says. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from mapping.companions import Pace, Role
from mapping.kpis import Kpi
from mapping.pace import EVEN, days_of
from mapping.periods import span_of
from mapping.readings import Reading
from mapping.texts.pace import expected_by, pace_word
from mapping.wording import apart, show_number, show_short, show_target, show_value
from sync.companions import check_shown, pace_shown
from sync.plan.situation import Situation
from sync.report_parts import Reader
from sync.report_words import STATE_WORDS
from sync.reports import WhyLine, WhySection


def beside_section(kpi: Kpi, situation: Situation, reader: Reader) -> WhySection:
    """Each number with its origin. Empty for a KPI that asks for neither, and while nothing was read."""
    lines = (*_pace_lines(kpi, situation, reader), *_check_lines(kpi, situation, reader))
    return WhySection("Beside it, for show", lines)


# ── the running period ───────────────────────────────────────────────────────────────────────────────────────────


def _pace_lines(kpi: Kpi, situation: Situation, reader: Reader) -> Iterator[WhyLine]:
    so_far, pace = situation.logbook.companions.get((kpi.id, Role.SO_FAR)), pace_shown(kpi, situation)
    if pace is None or so_far is None:
        return
    yield WhyLine(show_value(kpi, pace.value), reader.span(so_far.reading.period).said, _origin(so_far.reading, reader))
    if pace.expected is None:
        return
    by_now = expected_by(kpi, pace.expected, pace.until, reader.today, pace.value)
    yield WhyLine(f"{by_now}: {pace_word(kpi, pace)}", "expected", _basis(kpi, pace, situation, reader))


def _basis(kpi: Kpi, pace: Pace, situation: Situation, reader: Reader) -> str:
    """What the expectation is worked out of."""
    target = show_target(kpi, pace.target) if pace.target is not None else "–"
    if kpi.pace == EVEN:
        days, whole = days_of(span_of(pace.period.first, pace.until)), days_of(pace.period)
        return f"{target}, spread evenly: {days} of {whole} days are over"
    then = situation.logbook.companions[kpi.id, Role.SO_FAR_LAST_YEAR].reading
    came = show_value(kpi, then.value) if then.value is not None else "–"
    return f"{target}, as it came in a year before: {came} by {reader.day(then.period.last)}"


# ── the second source ────────────────────────────────────────────────────────────────────────────────────────────


def _check_lines(kpi: Kpi, situation: Situation, reader: Reader) -> Iterator[WhyLine]:
    other = situation.logbook.companions.get((kpi.id, Role.OTHER))
    if kpi.same_as is None or other is None:
        return
    source, reading = kpi.same_as.query.source, other.reading
    when, origin = reader.span(reading.period).said, _origin(reading, reader)
    check = check_shown(kpi, situation)
    if check is None:
        if not reading.trusted:
            said = STATE_WORDS.get(reading.state, "–")
            yield WhyLine(f"{said}{f': {reading.note}' if reading.note else ''}", f"{source}, {when}", origin)
        return
    mine, theirs = apart(kpi, check.value, check.other)
    within = kpi.same_as.within
    limit = f"{show_number(within.amount * 100, 2)} %" if within.relative else show_short(kpi, within.amount)
    agreed = f"no more than the agreed {limit} apart" if check.agree else f"more than the agreed {limit} apart"
    yield WhyLine(f"{theirs} beside {mine} of {check.source}: {agreed}", f"{source}, {when}", origin)


def _origin(reading: Reading, reader: Reader) -> str:
    settled = "final" if reading.final else "not final yet"
    return ", ".join(one for one in (reading.origin, f"read {reader.moment(reading.read_at)}", settled) if one)
