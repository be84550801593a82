"""Counting: what a source answered becomes what may be acted on. Value, zero, missing, untrusted, awaited; first
count or final.

Every number of a formula is counted by itself, for the same period, and the formula's reading is as good as the worst
of them: untrusted if one is, else missing if one is, else awaited if one is; final when all are; flags united.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mapping.decimals import wide
from mapping.formulas import Formula, NoValue, parse_formula
from mapping.kpis import Kpi, SourceTerms
from mapping.periods import Calendar, Period
from mapping.photographs import is_unchanged, photograph_for
from mapping.queries import Answer, CellQuery, Found, MatrixQuery, Query, TableQuery
from mapping.readings import Part, Photograph, Reading, State
from mapping.spans import Span
from mapping.wording import join_words, show_value

# Flags that mean the number is not what was asked for (see product.md, flags travel with the number).
_NOT_BELIEVED = {
    "restricted": "the account that reads it may not see this metric, so it shows zeros",
    "truncated": "the source gave only a part of the data",
    "few_rows": "there are too few rows",
}
_WORST_FIRST = (State.UNTRUSTED, State.MISSING, State.AWAITED)


class Counted(NamedTuple):  # made and changed three times a reading: a tuple is several times faster to copy
    """One number as it counts for one period. `value` is as the source writes it, before a KPI's scale; an untrusted
    number keeps it for show.
    """

    state: State
    value: Decimal | None
    final: bool
    flags: frozenset[str] = frozenset()
    note: str = ""
    origin: str = ""
    newest: date | None = None
    breakdown: tuple[tuple[str, Decimal], ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def trusted(self) -> bool:
        return self.state in (State.VALUE, State.ZERO)


@dataclass(frozen=True, slots=True)
class World:
    """What is known for one period when a KPI is counted.

    `answers`: by query, all for this period; a query without one was not read. `photographs`: by (source, cell),
    those of at least the last three periods. `terms`: by source id.
    """

    answers: Mapping[Query, Answer]
    photographs: Mapping[tuple[str, str], Sequence[Photograph]]
    terms: Mapping[str, SourceTerms]
    calendar: Calendar
    now: datetime


def settled(period: Period, terms: SourceTerms, calendar: Calendar, zone: tzinfo | None, now: datetime) -> bool:
    """Whether the period ended, in that zone, at least `settle_after` ago."""
    return now >= calendar.deadline(period, terms.settle_after, zone)


def reading_of(
    kpi: Kpi, definition: str, period: Period, world: World, kpis: Mapping[str, Kpi], *, background: bool = False
) -> Reading | None:
    """The KPI's reading for a period; None if something it is made of was not read: not read is not missing."""
    counted = count_kpi(kpi, period, world, kpis)
    if counted is None:
        return None
    return Reading(
        kpi=kpi.id,
        definition=definition,
        period=period,
        state=counted.state,
        value=counted.value,
        final=counted.final,
        read_at=world.now,
        flags=counted.flags,
        note=counted.note,
        origin=counted.origin,
        parts=counted.parts,
        breakdown=counted.breakdown,
        background=background,
        newest=counted.newest,
    )


def count_kpi(
    kpi: Kpi, period: Period, world: World, kpis: Mapping[str, Kpi], late_after: Span | None = None
) -> Counted | None:
    """The KPI's number for any period, scaled, with the parts it is made of. `late_after` overrides its own (a KPI
    that is the input of another is as late as that one says).
    """
    late = late_after or kpi.late_after
    if kpi.formula is None:
        if kpi.value is None:
            raise ValueError(f"{kpi.id} has neither value nor formula")
        counted = read_value(kpi.value, period, world, late)
        if counted is None:
            return None
        part = Part("value", counted.value, counted.state, counted.origin, counted.note)
        counted = counted._replace(parts=(part,))
    else:
        inputs: dict[str, Counted] = {}
        formula = _formula(kpi.formula, tuple(sorted(kpi.inputs)))
        for name, source in kpi.inputs.items():
            if name not in formula.names:
                continue  # written under inputs, used by nothing
            one = (
                count_kpi(kpis[source], period, world, kpis, late)
                if isinstance(source, str)
                else read_value(source, period, world, late)
            )
            if one is None:
                return None
            inputs[name] = one
        counted = _united(formula, inputs)
    return _plausible(kpi, _scaled(kpi, counted))


def read_value(query: Query, period: Period, world: World, late_after: Span | None = None) -> Counted | None:
    """One query's number for one period: state and finality by the rules of its kind. None: it was not read.

    A metric is final when settled. A table is final when settled and a row dated on the period's last day or later
    exists, or from `late_after` on. A matrix's number is final when settled; a cell's when its period ended. What is
    absent is awaited until `late_after` (never in Google Analytics, which has no late numbers), then missing.
    """
    if isinstance(query, CellQuery):
        return _read_cell(query, period, world, late_after)
    answer = world.answers.get(query)
    if answer is None:
        return None
    zone = _zone(answer.zone)
    terms = world.terms[query.source]
    is_settled = settled(period, terms, world.calendar, zone, world.now)
    late = world.now >= world.calendar.deadline(period, late_after or terms.late_after, zone)
    if isinstance(query, TableQuery):
        is_final = is_settled and (late or (answer.newest is not None and answer.newest >= period.last))
    else:
        is_final = is_settled
    counted = Counted(
        State.VALUE,
        answer.value,
        is_final,
        answer.flags,
        answer.note,
        answer.origin,
        answer.newest,
        answer.breakdown,
    )
    if answer.found is Found.ABSENT and not answer.flags & _NOT_BELIEVED.keys():
        return _absent(query, period, counted, is_late=late or not isinstance(query, TableQuery | MatrixQuery))
    return _found(counted, answer.found)


def _absent(query: Query, period: Period, counted: Counted, *, is_late: bool) -> Counted:
    later_row = counted.newest is not None and counted.newest > period.last
    if isinstance(query, TableQuery) and query.empty_is_zero and later_row:
        return counted._replace(state=State.ZERO, value=Decimal(0))
    if is_late:
        note = counted.note or "there is no number for this period"
        return counted._replace(state=State.MISSING, value=None, note=note)
    note = counted.note or "the number is not there yet"
    return counted._replace(state=State.AWAITED, value=None, final=False, note=note)


def _found(counted: Counted, found: Found) -> Counted:
    """A number that is there: believed or not."""
    if found is Found.UNTRUSTED:
        return counted._replace(state=State.UNTRUSTED)
    if doubts := [words for flag, words in _NOT_BELIEVED.items() if flag in counted.flags]:
        return counted._replace(state=State.UNTRUSTED, note=counted.note or "; ".join(doubts))
    if counted.value is None and found is Found.ZERO:
        counted = counted._replace(value=Decimal(0))
    return counted._replace(state=State.ZERO if counted.value == 0 else State.VALUE)


def _read_cell(query: CellQuery, period: Period, world: World, late_after: Span | None) -> Counted | None:
    calendar, now = world.calendar, world.now
    taken = world.photographs.get((query.source, query.cell), ())
    ended = now >= calendar.ends_at(period)
    origin = f"{query.source} {query.cell}"
    chosen = photograph_for(query, period, taken, calendar)
    if chosen is not None:
        flags = frozenset({"unchanged"} if is_unchanged(query, period, taken, calendar) else ())
        counted = Counted(State.VALUE, chosen.value, ended, flags, chosen.note, origin)
        return _found(counted, Found.UNTRUSTED if chosen.state is State.UNTRUSTED else Found.VALUE)
    if query.as_of is None and ended:
        # Nothing that comes later could be that period's number, so nothing is awaited.
        return Counted(State.MISSING, None, True, note=f"{origin} was not seen with a number in it", origin=origin)
    terms = world.terms[query.source]
    if not ended or now < calendar.deadline(period, late_after or terms.late_after):
        return Counted(State.AWAITED, None, False, note="the number is not there yet", origin=origin)
    if not any(one.seen_at >= calendar.ends_at(period) for one in taken):
        return None  # nobody could look since: not read is not missing
    note = f"{origin} was not seen with a date in this period"
    return Counted(State.MISSING, None, True, note=note, origin=origin)


def _united(formula: Formula, inputs: Mapping[str, Counted]) -> Counted:
    parts = tuple(Part(name, one.value, one.state, one.origin, one.note) for name, one in inputs.items())
    newest = [one.newest for one in inputs.values() if one.newest is not None]
    united = Counted(
        State.VALUE,
        None,
        final=all(one.final for one in inputs.values()),
        flags=frozenset().union(*(one.flags for one in inputs.values())),
        origin="; ".join(dict.fromkeys(one.origin for one in inputs.values() if one.origin)),
        newest=min(newest, default=None),
        parts=parts,
    )
    for state in _WORST_FIRST:
        if bad := [part for part in parts if part.state is state]:
            return united._replace(state=state, note=_inputs_said(bad, state))
    try:
        value = formula.evaluate({name: one.value for name, one in inputs.items() if one.value is not None})
    except NoValue as none:
        return united._replace(state=State.UNTRUSTED, note=none.reason)
    return united._replace(value=value, state=State.ZERO if value == 0 else State.VALUE)


def _inputs_said(bad: Sequence[Part], state: State) -> str:
    """What is wrong with the inputs, by name; those that say the same together: "opens and delivered: …"."""
    named: dict[str, list[str]] = {}
    for part in bad:
        named.setdefault(part.note or state.value, []).append(part.name)
    return "; ".join(f"{join_words(names)}: {note}" for note, names in named.items())


def _scaled(kpi: Kpi, counted: Counted) -> Counted:
    if kpi.scale == 1:
        return counted
    with wide():
        value = None if counted.value is None else counted.value * kpi.scale
        return counted._replace(value=value, breakdown=tuple((n, v * kpi.scale) for n, v in counted.breakdown))


def _plausible(kpi: Kpi, counted: Counted) -> Counted:
    if kpi.plausible is None or counted.value is None or not counted.trusted:
        return counted
    low, high = kpi.plausible
    if low <= counted.value <= high:
        return counted
    shown, ends = show_value(kpi, counted.value), f"{show_value(kpi, low)} and {show_value(kpi, high)}"
    return counted._replace(state=State.UNTRUSTED, note=f"{shown} is not plausible; it should lie between {ends}")


@lru_cache(maxsize=4096)
def _formula(text: str, names: tuple[str, ...]) -> Formula:
    return parse_formula(text, names)


def _zone(name: str | None) -> tzinfo | None:
    """The source's zone; None (the workspace's) if it named none, or one that this machine's tables lack."""
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
