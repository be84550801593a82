"""Late numbers as problems: what is missing or not to be believed past its time, said once a cause. Pure.

A data task asks a person after the KPI's policy has waited; whoever runs alignd reads it from the first such period on.
The words name the period it began with, and its year, so that they stay the same for as long as it lasts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mapping.kpis import Kpi
from mapping.readings import Reading, State
from mapping.status import pause_of
from mapping.wording import join_words, the_period
from sync.plan.data import late_at, source_of
from sync.plan.situation import Situation
from sync.steps import Problem

_NAMED = 3
_FAR = date.min  # said from so far away, the year is said too: it must not come in only when the year changes
_LACKING = (State.MISSING, State.UNTRUSTED)
_ADVICE = {
    State.MISSING: "put the number there; until then nothing is judged on it",
    State.UNTRUSTED: "mend it where it is read; until then nothing is judged on it",
}


def late_numbers(situation: Situation) -> list[Problem]:
    """One problem for each cause in a source, with the KPIs it keeps from being judged."""
    groups: dict[tuple[str, str, State], list[Kpi]] = {}
    for kpi in situation.config.kpis.values():
        began = _began(kpi, situation)
        if began is None:
            continue
        since = the_period(began.period, _FAR)
        note = _note(began) or "there is no number for this period"
        cause = f"since {since}: {note}" if began.state is State.MISSING else f"{since}: {note}"
        groups.setdefault((source_of(kpi, began, situation), cause, began.state), []).append(kpi)
    return [
        Problem(source, f"{_names(kpis)}, {cause}", _ADVICE[state], kind="late")
        for (source, cause, state), kpis in groups.items()
    ]


def _began(kpi: Kpi, situation: Situation) -> Reading | None:
    """The first reading of the lacking run that the newest final period belongs to; None if that one is there."""
    record = situation.records.get(kpi.id)
    readings = sorted(record.readings.values(), key=lambda one: one.period) if record is not None else []
    run: Reading | None = None
    for one in reversed([one for one in readings if one.final and pause_of(kpi, one.period) is None]):
        if one.state not in _LACKING or late_at(kpi, one.period, situation) > situation.now:
            break
        if run is not None and (one.state, one.note) != (run.state, run.note):
            break
        run = one
    return run


def _note(reading: Reading) -> str:
    """What is wrong, without the names that a formula gives its inputs: KPIs of one cause are told together."""
    notes = dict.fromkeys(part.note for part in reading.parts if part.state is reading.state and part.note)
    return "; ".join(notes) or reading.note


def _names(kpis: Sequence[Kpi]) -> str:
    shown = [one.name for one in kpis[:_NAMED]]
    return join_words([*shown, f"{len(kpis) - _NAMED} more"] if len(kpis) > _NAMED else shown)
