"""The contract's JSON: what `plan --json` and `sync --json` print, and the other reports in the same formats.

Formats: decimals as plain strings, gaps with four places, dates and times in ISO (times with the workspace's offset),
periods by their label.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from enum import Enum

from mapping.decimals import plain_decimal
from mapping.judgements import Judgement
from mapping.kpis import TargetValue
from mapping.readings import Reading
from sync.steps import CycleReport, Problem, Seen, Step

JsonValue = None | bool | int | str | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject = dict[str, JsonValue]


def cycle_object(report: CycleReport, zone: tzinfo) -> JsonObject:
    """A cycle (or a plan: `cycle` null) as the contract's one object; times in `zone`, the workspace's."""
    return {
        "workspace": report.workspace,
        "cycle": report.cycle,
        "at": time_text(report.at, zone),
        "readings": [reading_object(reading, judgement) for reading, judgement in report.shown],
        "steps": [step_object(step) for step in report.steps],
        "calls": {
            where: {"made": count.made, "least": count.least, "charged": count.charged}
            for where, count in report.calls.items()
        },
        "seen": [seen_object(seen) for seen in report.seen],
        "problems": [problem_object(problem) for problem in report.problems],
    }


def reading_object(reading: Reading, judgement: Judgement) -> JsonObject:
    """One entry of `readings`: the number, what it was judged against, and every flag of either."""
    flags = (reading.flags | judgement.flags) - {"accepted"}  # of the record; the contract says it in `status`
    if reading.background or judgement.background:
        flags |= {"background"}
    return {
        "kpi": reading.kpi,
        "period": reading.period.label,
        "from": reading.period.first.isoformat(),
        "to": reading.period.last.isoformat(),
        "value": None if reading.value is None else plain_decimal(reading.value),
        "target": target_text(judgement.target),
        "gap": gap_text(judgement.gap),
        "state": reading.state.value,
        "final": reading.final,
        "status": judgement.status.value,
        "flags": list[JsonValue](sorted(flags)),
    }


def step_object(step: Step) -> JsonObject:
    return {
        "kind": step.kind.value,
        "reason": step.reason.value,
        "work": step.work.shown,
        "key": step.key if step.period is None else f"{step.key}/{step.period}",
        "subject": step.subject,
        "tracker": step.tracker,
        "title": step.title,
        "task": step.task,
        "outcome": step.outcome.value,
    }


def seen_object(seen: Seen) -> JsonObject:
    return {"key": seen.key, "task": seen.task, "what": seen.what}


def problem_object(problem: Problem) -> JsonObject:
    return {"where": problem.where, "what": problem.what, "advice": problem.advice, "new": problem.new}


def target_text(target: TargetValue | None) -> JsonValue:
    """A target: a string, or both ends of a range, or null."""
    if target is None or target.low is None:
        return None
    if target.high is not None:
        return {"between": [plain_decimal(target.low), plain_decimal(target.high)]}
    return plain_decimal(target.low)


def gap_text(gap: Decimal | None) -> str | None:
    """A gap with exactly four places, half even; never "-0.0000"."""
    if gap is None:
        return None
    with localcontext(prec=50):
        text = format(gap.quantize(Decimal("0.0001"), rounding=ROUND_HALF_EVEN), "f")
    return "0.0000" if text == "-0.0000" else text


def time_text(at: datetime, zone: tzinfo) -> str:
    """An instant in ISO with the zone's offset, to the second."""
    return at.astimezone(zone).isoformat(timespec="seconds")


def report_object(report: object, zone: tzinfo) -> JsonObject:
    """Any report of sync/reports.py as JSON: its fields by name, in the contract's formats."""
    made = _value("", report, zone)
    if not isinstance(made, dict):
        raise TypeError(f"{type(report).__name__} is not a report")
    return made


def _value(name: str, value: object, zone: tzinfo) -> JsonValue:
    match value:
        case Problem():
            return problem_object(value)
        case Enum():
            return str(value.value)
        case None | bool() | int() | str():
            return value
        case Decimal():
            return gap_text(value) if name == "gap" else plain_decimal(value)
        case datetime():
            return time_text(value, zone)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _value("", one, zone) for key, one in value.items()}
        case tuple() | list():
            return [_value("", one, zone) for one in value]
        case frozenset() | set():
            return [_value("", one, zone) for one in sorted(value)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            _key(field.name): _value(field.name, getattr(value, field.name), zone)
            for field in dataclasses.fields(value)
        }
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _key(field: str) -> str:
    """A period's dates are `from` and `to` in all of alignd's JSON, as in the contract."""
    return {"first": "from", "last": "to"}.get(field, field)
