"""What to ask the sources now: only where an answer could matter. Pure.

A period is asked for when it became final and has no reading, when a first count is older than `refresh` or a review
is to tell it, when numbers are awaited or missing, and once a day while it lies within `reread`. A cell without a date
is looked at every `refresh`, for the period that is running.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from mapping.kpis import DatedTarget, FromCell, Kpi, SourceTerms, queries_of
from mapping.periods import Calendar, Period
from mapping.queries import Ask, CellQuery, MetricQuery, Query
from mapping.readings import Photograph, Reading
from mapping.spans import elapsed
from mapping.targets import baseline_period

BACKGROUND_PERIODS = 13  # read at first sight of a KPI and after a change of its definition
BREAKDOWN_PERIODS = 5  # the newest periods whose breakdown people compare ("than the average of the four before")
REREAD_EVERY = timedelta(hours=24)
REREAD_ALONG = timedelta(hours=12)  # where its sources are called anyway: two calls a day become one


@dataclass(frozen=True, slots=True)
class Due:
    """One KPI's period whose value is to be worked out in this cycle, and the asks it takes (none: photographs do)."""

    kpi: str
    period: Period
    asks: tuple[Ask, ...]
    background: bool
    breakdown: Ask | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of one KPI under its present definition.

    `readings`: the latest by period label. `read_at`: when each period was last asked for, by label.
    `since`: when this definition was first seen (None: never, this is first sight). `told_at`: when its number was to
    be told last (a review's task appeared, its day began): a first count read before that is read anew.
    `reread_after`: how old a final number is when it is asked for again, for corrections.
    """

    readings: Mapping[str, Reading]
    read_at: Mapping[str, datetime]
    since: datetime | None
    told_at: datetime | None = None
    reread_after: timedelta = REREAD_EVERY


@dataclass(frozen=True, slots=True)
class Desk:
    """The file and the clock, as this module needs them."""

    kpis: Mapping[str, Kpi]
    terms: Mapping[str, SourceTerms]
    calendar: Calendar
    zones: Mapping[str, tzinfo]  # source id → the zone it reads dates in, where known
    now: datetime
    rows: Mapping[str, Sequence[DatedTarget]] = field(default_factory=dict)  # of `targets_from`, by KPI

    def zone(self, source: str) -> tzinfo:
        return self.zones.get(source, self.calendar.zone)


def newest_ended(kpi: Kpi, desk: Desk) -> Period:
    """The newest period that has ended in the zones of all sources it is made of."""
    zones = {desk.zone(query.source) for query in queries_of(kpi, desk.kpis)} or {desk.calendar.zone}
    today = min(desk.now.astimezone(zone).date() for zone in zones)
    return desk.calendar.before(desk.calendar.containing(kpi.period, today))


def due_periods(kpi: Kpi, known: Known, desk: Desk) -> list[Due]:
    """The periods of this KPI to work out now, oldest first."""
    queries = queries_of(kpi, desk.kpis)
    newest = newest_ended(kpi, desk)
    window = [desk.calendar.before(newest, back) for back in range(BACKGROUND_PERIODS - 1, 0, -1)] + [newest]
    trusted = [p for p in window if (r := known.readings.get(p.label)) is not None and r.final and r.trusted]
    last_trusted = trusted[-1] if trusted else None
    found: list[Due] = []
    for period in window:
        first_sight = known.since is None or _is_over(period, known.since, queries, desk)
        photographed = any(isinstance(query, CellQuery) for query in queries)
        if photographed and first_sight:
            continue  # nobody looked at the cell before alignd did
        if is_wanted(period, queries, known, desk, last_trusted):
            newness = len(window) - 1 - window.index(period)
            found.append(_due(kpi, period, queries, first_sight, with_breakdown=newness < BREAKDOWN_PERIODS))
    return _baselines(kpi, [one.period for one in found], window, known, desk, queries) + found


def _is_over(period: Period, at: datetime, queries: Sequence[Query], desk: Desk) -> bool:
    return all(desk.calendar.ends_at(period, desk.zone(query.source)) <= at for query in queries)


def is_wanted(period: Period, queries: Sequence[Query], known: Known, desk: Desk, last_trusted: Period | None) -> bool:
    """Whether the number of an ended period is to be asked for now. `last_trusted`: the newest period whose final
    number is believed; what is missing is looked at more often while it is newer than that.
    """
    reading, last = known.readings.get(period.label), known.read_at.get(period.label)
    if reading is None or last is None:
        return True
    terms = [desk.terms[query.source] for query in queries]
    age = desk.now - last
    if reading.final and reading.trusted:
        return _reread(period, terms, queries, desk) and age >= known.reread_after
    if not reading.final:
        settled_since = any(
            last < final_from(query, period, desk.terms[query.source], desk) <= desk.now for query in queries
        )
        is_told_now = known.told_at is not None and last < known.told_at
        return settled_since or is_told_now or age >= _refresh(terms)
    # final, but missing or not to be believed: looked at again while it is what people wait for
    if last_trusted is None or period > last_trusted:
        return age >= (REREAD_EVERY if all(isinstance(q, MetricQuery) for q in queries) else _refresh(terms))
    return _reread(period, terms, queries, desk) and age >= known.reread_after


def final_from(query: Query, period: Period, terms: SourceTerms, desk: Desk) -> datetime:
    """The instant from which one query's number of a period can be final."""
    if isinstance(query, CellQuery):
        return desk.calendar.ends_at(period, desk.calendar.zone)
    return desk.calendar.deadline(period, terms.settle_after, desk.zone(query.source))


def _refresh(terms: Sequence[SourceTerms]) -> timedelta:
    return min((elapsed(one.refresh) for one in terms), default=timedelta(0))


def _reread(period: Period, terms: Sequence[SourceTerms], queries: Sequence[Query], desk: Desk) -> bool:
    """Whether the period ended recently enough for its sources to be asked again for corrections."""
    if any(isinstance(query, CellQuery) for query in queries):
        return False  # a cell holds today's number, not that period's
    return any(
        desk.now < desk.calendar.deadline(period, one.reread, desk.zone(query.source))
        for query, one in zip(queries, terms, strict=True)
    )


def _due(kpi: Kpi, period: Period, queries: Sequence[Query], background: bool, *, with_breakdown: bool) -> Due:
    asks = tuple(Ask(query, period) for query in queries if not isinstance(query, CellQuery))
    breakdown = None
    if kpi.breakdown is not None and with_breakdown and isinstance(kpi.value, MetricQuery):
        breakdown = Ask(kpi.value, period, kpi.breakdown)
    return Due(kpi.id, period, asks, background, breakdown)


def _baselines(
    kpi: Kpi,
    judged: Sequence[Period],
    window: Sequence[Period],
    known: Known,
    desk: Desk,
    queries: Sequence[Query],
) -> list[Due]:
    """The periods that growth targets are measured from, where they lie outside the window and were never read."""
    if any(isinstance(query, CellQuery) for query in queries):
        return []
    found: dict[str, Due] = {}
    for period in judged:
        base = baseline_period(kpi, period, desk.calendar, rows=desk.rows.get(kpi.id, ()))
        if base is None or base in window or base.label in found or base.label in known.readings:
            continue
        found[base.label] = _due(kpi, base, queries, True, with_breakdown=False)
    return sorted(found.values(), key=lambda one: one.period)


def cells_due(kpis: Sequence[Kpi], photographs: Callable[[CellQuery], Sequence[Photograph]], desk: Desk) -> list[Ask]:
    """The cells to look at now, each once, every `refresh` of its source: of values, of targets, of `same_as`."""
    found: dict[CellQuery, Ask] = {}
    today = desk.calendar.local_date(desk.now)
    for kpi in kpis:
        cells = [query for query in queries_of(kpi, desk.kpis) if isinstance(query, CellQuery)]
        cells += [entry.rule.query for entry in kpi.targets if isinstance(entry.rule, FromCell)]
        if kpi.same_as is not None and isinstance(kpi.same_as.query, CellQuery):
            cells.append(kpi.same_as.query)
        for cell in cells:
            seen = photographs(cell)
            if cell in found or (seen and desk.now - seen[-1].seen_at < elapsed(desk.terms[cell.source].refresh)):
                continue
            found[cell] = Ask(cell, desk.calendar.containing(kpi.period, today))
    return list(found.values())
