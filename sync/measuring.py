"""Measuring campaigns: what has to be asked now, each over the campaign's own span, and what the answers come to.

Asked on occasions only: a touchpoint's task is due, or a review while the campaign runs; at most once a day for a
review. Once final, it is asked again for as long as the source is reread for corrections.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from config import Config
from mapping.campaigns import Campaign, Measure, Touch
from mapping.counting import World, reading_of
from mapping.kpis import Kpi, queries_of
from mapping.logbook import Measured
from mapping.measures import is_answerable, narrowed, span_by
from mapping.periods import Period
from mapping.queries import Answer, Ask, Query
from sync.asking import Desk
from sync.occasions import LOOKED_BACK, newest_digest, newest_review, newest_touch

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MeasureDue:
    """One measure to be worked out in this cycle. `kpis`: it and what it is made of, with the campaign's filter."""

    campaign: str
    measure: Measure
    kpis: Mapping[str, Kpi]
    period: Period
    asks: tuple[Ask, ...]

    @property
    def kpi(self) -> Kpi:
        return self.kpis[self.measure.kpi]


def measures_due(
    config: Config, campaigns: Sequence[Campaign], known: Mapping[tuple[str, str], Measured], desk: Desk
) -> list[MeasureDue]:
    """The measures whose numbers matter now and are older than the occasion. None: the usual case."""
    current = [one for one in campaigns if one.measures and one.starts < _today(desk) <= one.ends + LOOKED_BACK]
    if not current:
        return []
    found: list[MeasureDue] = []
    for campaign in current:
        touch = newest_touch(campaign, config, desk.now, Touch.MID, Touch.POST)
        for measure in campaign.measures:
            due, before = _due(campaign, measure, config, desk), known.get((campaign.id, measure.kpi))
            if due is not None and _is_wanted(due, campaign, before, touch, config, desk):
                found.append(due)
    return found


def measured_queries(config: Config, campaigns: Sequence[Campaign]) -> list[Query]:
    """Everything that campaigns ask of sources."""
    found: list[Query] = []
    for measure in (measure for one in campaigns for measure in one.measures):
        kpis = narrowed(measure, config.kpis)
        if measure.kpi in kpis:
            found += queries_of(kpis[measure.kpi], kpis)
    return found


def measured_from(dues: Sequence[MeasureDue], answers: Mapping[Ask, Answer], desk: Desk) -> list[Measured]:
    """What the answers come to. A measure of which a part was not read is not there: not read is not missing."""
    found = []
    for due in dues:
        world = World(
            {ask.query: answers[ask] for ask in due.asks if ask in answers}, {}, desk.terms, desk.calendar, desk.now
        )
        reading = reading_of(due.kpi, "", due.period, world, due.kpis)
        if reading is not None:
            plain = replace(reading, parts=(), newest=None)
            found.append(Measured(due.campaign, due.measure.kpi, plain, due.measure.target))
    return found


def _due(campaign: Campaign, measure: Measure, config: Config, desk: Desk) -> MeasureDue | None:
    kpis = narrowed(measure, config.kpis)
    kpi = kpis.get(measure.kpi)
    if kpi is None or not is_answerable(kpi, kpis):
        return None
    queries = queries_of(kpi, kpis)
    zones = {desk.zone(query.source) for query in queries}
    last_over = min((desk.now.astimezone(zone).date() for zone in zones), default=_today(desk)) - _A_DAY
    period = span_by(campaign, last_over)
    if period is None:
        return None
    return MeasureDue(campaign.id, measure, kpis, period, tuple(Ask(query, period) for query in queries))


def _is_wanted(
    due: MeasureDue, campaign: Campaign, known: Measured | None, touch: datetime | None, config: Config, desk: Desk
) -> bool:
    since, read_today = desk.calendar.start_of(campaign.starts), False
    if known is not None and _is_of(known, campaign):  # else never measured, or the campaign was moved since
        reading = known.reading
        whole = reading.final and reading.trusted and reading.period.last == campaign.ends
        if whole and not _is_reread(due, desk):
            return False
        since, read_today = max(since, reading.read_at), desk.calendar.local_date(reading.read_at) == _today(desk)
    if touch is not None and touch > since:
        return True
    if read_today:
        return False
    looked_at = (newest_review(config, desk.now, since), newest_digest(config, desk.now))
    return any(one is not None and one > since for one in looked_at)


def _is_of(known: Measured, campaign: Campaign) -> bool:
    period = known.reading.period
    return period.first == campaign.starts and period.last <= campaign.ends


def _is_reread(due: MeasureDue, desk: Desk) -> bool:
    return any(
        desk.now < desk.calendar.deadline(due.period, desk.terms[ask.query.source].reread, desk.zone(ask.query.source))
        for ask in due.asks
    )


def _today(desk: Desk) -> date:
    return desk.calendar.local_date(desk.now)
