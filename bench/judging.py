"""Judging 10,000 KPIs × 13 periods, against a bare loop over the same Decimals in the same run."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from statistics import median
from zoneinfo import ZoneInfo

from bench.measure import Measured
from mapping.decimals import WIDE
from mapping.kpis import DatedTarget, Fixed, Kpi, Policy
from mapping.periods import Calendar, PeriodKind
from mapping.readings import Reading, State
from sync.judging import Bench, judge_kpi

KPIS, PERIODS, ROUNDS = 10_000, 13, 3
TARGET, TOLERANCE = Decimal(12_000), Decimal("0.05")
Result = tuple[int, Decimal]  # how many are off target, and the sum of all gaps
NOW = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)


def measures() -> list[Measured]:
    """Rounds that take turns, so that a busy machine slows both alike. The judgements are checked against the loop."""
    kpis, readings = _population()
    taken: dict[str, list[float]] = {"loop": [], "alignd": []}
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        plain = _bare_loop(readings)
        taken["loop"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        judged = _judge(kpis, readings)
        taken["alignd"].append(time.perf_counter() - begun)
        if judged != plain:
            raise AssertionError(f"alignd {judged}, the loop {plain}")
    base, ours = median(taken["loop"]), median(taken["alignd"])
    how = f"{ours:.1f} s against {base:.2f} s for the bare arithmetic"
    return [Measured(f"judging {KPIS:,} KPIs × {PERIODS} periods", ours / base, 30.0, how)]


def _population() -> tuple[list[Kpi], list[Mapping[str, Reading]]]:
    calendar = Calendar(ZoneInfo("Europe/Berlin"))
    newest = calendar.containing(PeriodKind.WEEK, date(2026, 11, 9))
    periods = [calendar.before(newest, back) for back in range(PERIODS - 1, -1, -1)]
    target = (DatedTarget(None, None, Fixed(TARGET)),)
    kpis = [
        Kpi(f"k{n}", f"KPI {n}", PeriodKind.WEEK, owner="ana", targets=target, policy=Policy(breach_after=2), place=n)
        for n in range(KPIS)
    ]
    readings: list[Mapping[str, Reading]] = [
        {
            period.label: Reading(
                kpi.id, "d", period, State.VALUE, Decimal(9_000 + (kpi.place * 31 + place * 577) % 4_000), True, NOW
            )
            for place, period in enumerate(periods)
        }
        for kpi in kpis
    ]
    return kpis, readings


def _bare_loop(readings: Sequence[Mapping[str, Reading]]) -> Result:
    """The arithmetic alone, as exact and as finely rounded, over the same Decimals; nothing is kept."""
    off, gaps, places = 0, Decimal(0), Decimal("0.0001")
    with localcontext(WIDE):
        for of_kpi in readings:
            for reading in of_kpi.values():
                value = reading.value
                if value is None:
                    continue
                gap = ((value - TARGET) / abs(TARGET)).quantize(places, ROUND_HALF_EVEN)
                if value < TARGET - abs(TARGET) * TOLERANCE:
                    off += 1
                gaps += gap
    return off, gaps


def _judge(kpis: Sequence[Kpi], readings: Sequence[Mapping[str, Reading]]) -> Result:
    calendar, off, gaps = Calendar(ZoneInfo("Europe/Berlin")), 0, Decimal(0)
    for kpi, of_kpi in zip(kpis, readings, strict=True):
        bench = Bench((), None, date(2026, 1, 1), (), {}, calendar, NOW)
        for one in judge_kpi(kpi, of_kpi, bench).judgements:
            off += one.status == "off_track"
            gaps += one.gap or 0
    return off, gaps
