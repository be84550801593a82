"""Status: one value against one target, compared exactly; and what a reading is found to be.

Up: short = target - value. Down: short = value - target. Range: the distance to the nearer end, 0 inside. On track if
nothing is short, close ("at risk") within the tolerance, else off track.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from mapping.decimals import rounded, wide
from mapping.judgements import Judgement, Status, Verdict
from mapping.kpis import Direction, Kpi, Pause, TargetValue, Tolerance
from mapping.periods import Period
from mapping.readings import Reading, State

AHEAD = Decimal("0.2")
GAP_PLACES = 4
_NO_NUMBER = {
    State.MISSING: "there is no number",
    State.AWAITED: "the number is not there yet",
    State.UNTRUSTED: "the number is not believed",
}


def judge(value: Decimal, target: TargetValue, tolerance: Tolerance, direction: Direction) -> Verdict:
    """The verdict on a value. `gap` is for show: -short / |target| (or |nearer end|), 4 places half even; None where
    that is 0; 0.0000 inside a range. Ahead: 20 % of |target| or more better; never for a range, inside which nothing
    is better than anything else, nor at a target of 0, which has no 20 %.
    """
    low, high = target.low, target.high
    if low is None and high is None:
        raise ValueError("a target without a number judges nothing")
    if low is not None and high is not None:
        if low <= value <= high:
            return Verdict(Status.ON_TRACK, target, rounded(Decimal(0), GAP_PLACES), Decimal(0))
        end, below = (low, True) if value < low else (high, False)
    else:
        one = low if low is not None else high
        assert one is not None
        end, below = one, direction is Direction.UP
    size = end.copy_abs()
    with wide():
        short = end - value if below else value - end
        allowed = size * tolerance.amount if tolerance.relative else tolerance.amount
        edge = end - allowed if below else end + allowed
        gap = None if end == 0 else rounded(-short / size, GAP_PLACES)
    if value >= end if below else value <= end:  # values are compared, not `short`, which may have been rounded
        with wide():
            better = end + AHEAD * size if below else end - AHEAD * size
        ahead = not target.is_range and end != 0 and (value >= better if below else value <= better)
        return Verdict(Status.ON_TRACK, target, gap, short, ahead)
    close = value >= edge if below else value <= edge
    return Verdict(Status.AT_RISK if close else Status.OFF_TRACK, target, gap, short)


def pause_of(kpi: Kpi, period: Period) -> Pause | None:
    """The pause that a period falls into with any of its days, the first as written; None if it is not paused."""
    return next((one for one in kpi.paused if one.first <= period.last and period.first <= one.last), None)


def verdict_on(reading: Reading, kpi: Kpi, target: TargetValue | None, reason: str = "") -> Verdict:
    """The verdict on a reading. Unknown, with the reason in words, if its period is paused, its number is not there
    or not believed, or it has no target (`reason` from `target_for`).
    """
    if kpi.paused and (pause := pause_of(kpi, reading.period)) is not None:
        why = f"paused: {pause.why}" if pause.why else "paused"
        return Verdict(Status.UNKNOWN, target, None, None, reason=why)
    if not reading.trusted or reading.value is None:
        words = _NO_NUMBER.get(reading.state, "there is no number")
        said = reading.note if words in reading.note else f"{words}: {reading.note}" if reading.note else words
        return Verdict(Status.UNKNOWN, target, None, None, reason=said)
    if target is None:
        return Verdict(Status.UNKNOWN, None, None, None, reason=reason or "no target is agreed for it")
    return judge(reading.value, target, kpi.tolerance, kpi.direction)


def judgement_of(
    reading: Reading,
    kpi: Kpi,
    target: TargetValue | None,
    reason: str,
    now: datetime,
    *,
    corrects: bool = False,
) -> Judgement:
    """What the reading's period was found to be, with the reading's flags and ahead, paused, background.

    For a first count it is for show: only judgements of final readings are kept or moved on.
    """
    verdict = verdict_on(reading, kpi, target, reason)
    added = [
        flag
        for flag, holds in (
            ("ahead", verdict.ahead),
            ("paused", bool(kpi.paused) and pause_of(kpi, reading.period) is not None),
            ("background", reading.background),
        )
        if holds
    ]
    return Judgement(
        kpi=reading.kpi,
        definition=reading.definition,
        period=reading.period,
        status=verdict.status,
        value=reading.value,
        target=verdict.target,
        gap=verdict.gap,
        judged_at=now,
        flags=reading.flags.union(added),
        reason=verdict.reason,
        background=reading.background,
        corrects=corrects,
        state=reading.state.value,
    )
