"""What a cycle keeps of itself in the store: its report as JSON, and in `held` why each piece of work waits.

`sync/cycle.py` gives `cycle_record(report, zone)` to `end_cycle`; `status` and `why` read it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from sync.output import JsonObject, JsonValue, cycle_object
from sync.steps import CycleReport, Outcome

HELD = (Outcome.WAITING, Outcome.DEFERRED)


@dataclass(frozen=True, slots=True)
class Held:
    """Work that a cycle wanted and did not do. `why`: in words; `outcome`: waiting or deferred."""

    key: str
    subject: str
    work: str
    kind: str
    reason: str
    tracker: str
    title: str
    outcome: str
    why: str
    person: str | None


def cycle_record(report: CycleReport, zone: tzinfo) -> JsonObject:
    """The report as the contract's object, and what people are told beside it."""
    held: list[JsonValue] = [
        {
            "key": step.key,
            "subject": step.subject,
            "work": step.work.value,
            "kind": step.kind.value,
            "reason": step.reason.value,
            "tracker": step.tracker,
            "title": step.title,
            "outcome": step.outcome.value,
            "why": step.because,
            "person": step.person,
        }
        for step in report.steps
        if step.outcome in HELD
    ]
    return {**cycle_object(report, zone), "held": held, "file_changes": list[JsonValue](report.file_changes)}


def held_in(record: object) -> tuple[Held, ...]:
    """What was held in a recorded cycle; nothing for a cycle that was cut short."""
    return tuple(
        Held(**{name: _text(one.get(name)) for name in Held.__slots__ if name != "person"}, person=_maybe(one))
        for one in _list(record, "held")
    )


def outcome_of(record: object, outcome: str) -> dict[str, int]:
    """How many steps of each kind ended so in a recorded cycle."""
    count: dict[str, int] = {}
    for step in _list(record, "steps"):
        if step.get("outcome") == outcome:
            kind = _text(step.get("kind"))
            count[kind] = count.get(kind, 0) + 1
    return count


def shown_status(record: object, kpi: str, period: str) -> str | None:
    """The status a recorded cycle showed for a period of a KPI, first counts included."""
    for reading in _list(record, "readings"):
        if reading.get("kpi") == kpi and reading.get("period") == period:
            return _text(reading.get("status"))
    return None


def seen_in(record: object) -> int:
    """How many changes by people a recorded cycle read back."""
    return sum(1 for one in _list(record, "seen") if one.get("what") not in ("linked", "adopted"))


def _list(record: object, name: str) -> list[Mapping[str, object]]:
    found = record.get(name) if isinstance(record, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _maybe(one: Mapping[str, object]) -> str | None:
    person = one.get("person")
    return None if person is None else str(person)
