"""What a review looks at: its KPIs, and from when on their first counts are wanted anew for it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from config import Config
from mapping.kpis import Kpi
from mapping.reviews import Review
from sync.occasions import newest_digest


def taking_part(review: Review, config: Config) -> tuple[str, ...]:
    """The people of a review: who leads it and everybody invited."""
    return config.taking_part((*((review.owner,) if review.owner is not None else ()), *review.invite))


def kpis_of(review: Review, config: Config) -> list[Kpi]:
    """The KPIs of a review, in the file's order: those that somebody of it owns or gives the numbers of; all of them
    where nobody does."""
    people = taking_part(review, config)
    found = [kpi for kpi in config.kpis.values() if kpi.owner in people or kpi.data_owner in people]
    return found or list(config.kpis.values())


def wanted_since(config: Config, now: datetime) -> Mapping[str, datetime]:
    """By KPI, the instant of the newest occasion to tell its number: the task of a review appeared, its day began, a
    digest was due.

    A first count that was read before that is read again, however young it is. Only meetings that are still to come.
    """
    today = config.workspace.calendar.local_date(now)
    told = newest_digest(config, now)
    found = dict.fromkeys(config.kpis, told) if told is not None else {}
    for review in config.reviews.values():
        if "numbers" not in review.agenda:
            continue
        last = config.workspace.calendar.add(today, review.ahead)  # later ones have not appeared yet
        for meeting in config.cadence.meetings(today, last, review.id):
            occasions = [at for at in (meeting.appears_at, meeting.opens_at) if at <= now]
            if not occasions or meeting.at < now or meeting.replaced_by is not None:
                continue
            for kpi in kpis_of(review, config):
                found[kpi.id] = max(found.get(kpi.id, occasions[-1]), occasions[-1])
    return found
