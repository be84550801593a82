"""Asking for companions: which numbers beside a KPI's own matter now, and what the answers come to. Pure.

A running period is asked for once between one opening of the day and the next, so at most once a day, however often
alignd looks; by then, sources have counted most of the day before. The second source of `same_as` is asked for the
newest period that is final, and again with the KPI's own number. All of it in the calls that are made anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from config import Config
from mapping.companions import Companion, Role
from mapping.counting import World, reading_of
from mapping.crosschecks import other_of
from mapping.definitions import canonical, digest
from mapping.kpis import Kpi, queries_of
from mapping.measures import why_not_measured
from mapping.pace import LIKE_LAST_YEAR, in_part, same_days_last_year, so_far_by
from mapping.periods import Period
from mapping.queries import Answer, Ask, CellQuery, Query
from mapping.readings import Photograph, Reading
from mapping.rhythms import instant_of
from sync.asking import Desk, Due, Known, final_from, is_wanted, newest_ended
from sync.memory import Memory

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CompanionDue:
    """One companion to be worked out in this cycle. `counted`: how, with `kpis`, what it is made of.

    `beside`: of a second source, how the KPI's own number of that period is counted, without which it is nothing.
    """

    kpi: str
    role: Role
    counted: Kpi
    kpis: Mapping[str, Kpi]
    definition: str
    period: Period
    asks: tuple[Ask, ...]
    beside: str | None = None


def paces_due(config: Config, memory: Memory, digests: Mapping[str, str], desk: Desk) -> list[CompanionDue]:
    """What is to be asked of running periods, and of those a year ago."""
    paced = [kpi for kpi in config.kpis.values() if kpi.pace is not None]
    if not paced:
        return []
    pacing = _Pacing(in_part(config.kpis), memory, digests, desk, _opened(config, desk))
    return [due for kpi in paced for due in pacing.due(kpi)]


def others_due(
    config: Config, memory: Memory, digests: Mapping[str, str], dues: Sequence[Due], desk: Desk
) -> list[CompanionDue]:
    """What is to be asked of second sources. `dues`: periods of the KPIs' own numbers that are asked for now."""
    found = (_other_due(kpi, config, memory, digests, dues, desk) for kpi in config.kpis.values())
    return [due for due in found if due is not None]


def companion_queries(config: Config) -> list[Query]:
    """What is asked beside what KPIs are counted by: the second sources. A pace asks a KPI's own queries."""
    return [kpi.same_as.query for kpi in config.kpis.values() if kpi.same_as is not None]


def other_digest(kpi: Kpi, config: Config) -> str | None:
    """The hash of how the second source counts; None without one."""
    other = other_of(kpi)
    return None if other is None else _digest(other, config)


def _digest(kpi: Kpi, config: Config) -> str:
    return digest(canonical(kpi, config.kpis, config.terms, config.workspace.calendar))


# ── pace ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _opened(config: Config, desk: Desk) -> datetime:
    """The last instant at which a day's work began."""
    calendar = config.workspace.calendar
    today = calendar.local_date(desk.now)
    at = instant_of(today, config.opens, calendar.zone)
    return at if at <= desk.now else instant_of(today - _A_DAY, config.opens, calendar.zone)


@dataclass(frozen=True, slots=True)
class _Pacing:
    """Which parts of running periods, and of those a year ago, are to be asked for. `opened`: see `_opened`."""

    kpis: Mapping[str, Kpi]
    memory: Memory
    digests: Mapping[str, str]
    desk: Desk
    opened: datetime

    def due(self, kpi: Kpi) -> Iterator[CompanionDue]:
        calendar = self.desk.calendar
        if why_not_measured(kpi, self.kpis) is not None:
            return
        running = calendar.after(newest_ended(kpi, self.desk))
        so_far, known = self._so_far(kpi, running), self._known(kpi, Role.SO_FAR)
        if known is None or known.read_at < self.opened:
            if so_far is not None:
                yield self._of(kpi, Role.SO_FAR, so_far)
        else:
            so_far = known.period if known.period.first == running.first else None
        if kpi.pace != LIKE_LAST_YEAR or so_far is None:
            return
        last_year = calendar.year_ago(running)
        whole = self._own(kpi, last_year) or self._known(kpi, Role.LAST_YEAR)
        if whole is None or whole.period != last_year:
            yield self._of(kpi, Role.LAST_YEAR, last_year)
        elif not whole.trusted or whole.value == 0:
            return  # nothing is like it
        then = same_days_last_year(so_far, running, calendar)
        before = self._known(kpi, Role.SO_FAR_LAST_YEAR)
        if before is None or before.period != then:
            yield self._of(kpi, Role.SO_FAR_LAST_YEAR, then)

    def _so_far(self, kpi: Kpi, running: Period) -> Period | None:
        zones = [self.desk.zone(query.source) for query in queries_of(kpi, self.kpis)]
        last_over = min(self.desk.now.astimezone(zone).date() for zone in zones) - _A_DAY
        return so_far_by(running, last_over)

    def _known(self, kpi: Kpi, role: Role) -> Reading | None:
        """As last read, counted as it is now."""
        companion = self.memory.logbook.companions.get((kpi.id, role))
        return companion.reading if companion and companion.reading.definition == self.digests[kpi.id] else None

    def _own(self, kpi: Kpi, period: Period) -> Reading | None:
        own = self.memory.readings.get((kpi.id, self.digests[kpi.id]), {}).get(period.label)
        return own if own is not None and own.final and own.trusted else None

    def _of(self, kpi: Kpi, role: Role, period: Period) -> CompanionDue:
        asks = tuple(Ask(query, period) for query in queries_of(kpi, self.kpis))
        return CompanionDue(kpi.id, role, self.kpis[kpi.id], self.kpis, self.digests[kpi.id], period, asks)


# ── the second source ────────────────────────────────────────────────────────────────────────────────────────────


def _other_due(
    kpi: Kpi, config: Config, memory: Memory, digests: Mapping[str, str], dues: Sequence[Due], desk: Desk
) -> CompanionDue | None:
    other = other_of(kpi)
    if other is None or other.value is None:
        return None
    own = memory.readings.get((kpi.id, digests[kpi.id]), {})
    asked = {due.period: own.get(due.period.label) for due in dues if due.kpi == kpi.id}
    period = _compared(kpi, other.value, own, asked, desk)
    if period is None:
        return None
    hashed, is_cell = _digest(other, config), isinstance(other.value, CellQuery)  # of cells, photographs are at hand
    known = memory.logbook.companions.get((kpi.id, Role.OTHER))
    if known is not None and known.reading.definition == hashed and known.reading.period == period:
        beside = Known({period.label: known.reading}, {period.label: known.reading.read_at}, None)
        before = asked.get(period)
        reread = before is not None and before.final and before.trusted
        if not (is_cell or reread or is_wanted(period, [other.value], beside, desk, None)):
            return None
    asks = () if is_cell else (Ask(other.value, period),)
    return CompanionDue(kpi.id, Role.OTHER, other, config.kpis, hashed, period, asks, beside=digests[kpi.id])


def _compared(
    kpi: Kpi, other: Query, own: Mapping[str, Reading], asked: Mapping[Period, Reading | None], desk: Desk
) -> Period | None:
    """The newest period whose own number is final, or should be with this cycle, and the other's can be."""
    queries = queries_of(kpi, desk.kpis)
    final = [one.period for one in own.values() if one.final and one.trusted]
    soon = [period for period, before in asked.items() if _becomes_final(period, before, queries, desk)]
    settled = [one for one in (*final, *soon) if final_from(other, one, desk.terms[other.source], desk) <= desk.now]
    return max(settled, default=None)


def _becomes_final(period: Period, before: Reading | None, queries: Sequence[Query], desk: Desk) -> bool:
    """Whether what is asked for now is likely to be final: it can be, and was not asked for since it can."""
    at = max((final_from(query, period, desk.terms[query.source], desk) for query in queries), default=desk.now)
    return at <= desk.now and (before is None or before.read_at < at)


# ── what the answers come to ─────────────────────────────────────────────────────────────────────────────────────


def companions_from(
    dues: Sequence[CompanionDue],
    answers: Mapping[Ask, Answer],
    photographs: Mapping[tuple[str, str], Sequence[Photograph]],
    fresh: Sequence[Reading],
    memory: Memory,
    desk: Desk,
) -> list[Companion]:
    """The companions that were read. One of which a part was not read is not there: not read is not missing.

    `fresh`: the KPIs' own readings of this cycle. A second source's number that has no own one beside it is let go.
    """
    found = []
    own = {(one.kpi, one.period): one for one in fresh}
    for due in dues:
        given = {ask.query: answers[ask] for ask in due.asks if ask in answers}
        world = World(given, photographs, desk.terms, desk.calendar, desk.now)
        reading = reading_of(due.counted, due.definition, due.period, world, due.kpis)
        if reading is None or (due.beside is not None and not _has_own(due, due.beside, own, memory)):
            continue
        companion = Companion(due.kpi, due.role, replace(reading, parts=(), breakdown=(), newest=None))
        if due.asks or not _says_the_same(companion, memory):
            found.append(companion)
    return found


def _has_own(due: CompanionDue, definition: str, fresh: Mapping[tuple[str, Period], Reading], memory: Memory) -> bool:
    known = memory.readings.get((due.kpi, definition), {}).get(due.period.label)
    own = fresh.get((due.kpi, due.period), known)
    return own is not None and own.final and own.trusted


def _says_the_same(companion: Companion, memory: Memory) -> bool:
    """Of a cell, that nobody was asked for: as it was known before."""
    before = memory.logbook.companions.get((companion.kpi, companion.role))
    return before is not None and replace(before.reading, read_at=companion.reading.read_at) == companion.reading
