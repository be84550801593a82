"""What a page is made of, read from one workspace's store: what the commands print, as values.

Every function opens the store to read, once, and lets it go. Nobody else is asked, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from config import Config
from mapping.alignment import Alignment, KpiPicture
from mapping.glossary import Glossary
from mapping.links import Decision
from mapping.reviews import Meeting
from mapping.texts.tally import Place, place_of
from sync.alignment import Span
from sync.app import App, open_app
from sync.plan.agenda.looking_back import since_last
from sync.plan.situation import Situation
from sync.reports import HistoryReport, KpiRow, StatusReport, WhyReport
from sync.reviewed import kpis_of

_EXPLAINED = (Place.OFF_TARGET, Place.CLOSE)


@dataclass(frozen=True, slots=True)
class Overview:
    """How a team stands. `answers`: why a KPI stands as it does, of those that are off target or close, by id."""

    alignment: Alignment
    status: StatusReport
    answers: Mapping[str, str] = field(default_factory=dict)

    def row(self, kpi: str) -> KpiRow:
        return next(one for one in self.status.kpis if one.kpi == kpi)


@dataclass(frozen=True, slots=True)
class OneKpi:
    """One KPI: how it stands among the others, every number, and why."""

    overview: Overview
    picture: KpiPicture
    row: KpiRow
    history: HistoryReport
    why: WhyReport


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided: in reviews, and the log of what people did and said about tasks."""

    alignment: Alignment
    status: StatusReport
    log: Sequence[Decision]


def read_overview(config: Config, at: datetime) -> Overview:
    with open_app(config, at=at) as app, app.one_look():
        return _overview(app)


def _overview(app: App) -> Overview:
    alignment = app.alignment()
    explained = [one.kpi.id for one in alignment.kpis if place_of(one.standing) in _EXPLAINED]
    return Overview(alignment, app.status(None), app.answers(explained))


def read_kpi(config: Config, at: datetime, kpi: str) -> OneKpi:
    """KeyError: there is no such KPI."""
    with open_app(config, at=at) as app, app.one_look():
        overview = Overview(app.alignment(), app.status(None))
        history, why = app.history(kpi, None), app.why(kpi, None)
    picture = overview.alignment.picture(kpi)
    if picture is None:
        raise KeyError(kpi)
    return OneKpi(overview, picture, overview.row(kpi), history, why)


def read_decisions(config: Config, at: datetime) -> Decided:
    with open_app(config, at=at) as app, app.one_look():
        return Decided(app.alignment(), app.status(None), app.decisions())


def read_alignment(config: Config, at: datetime) -> Alignment:
    """For the report."""
    with open_app(config, at=at) as app:
        return app.alignment()


def read_glossary(config: Config, at: datetime) -> Glossary:
    with open_app(config, at=at) as app:
        return app.glossary()


def meetings_on(config: Config, day: date) -> list[Meeting]:
    """The reviews that meet on a day, by the file; the day is what links in their tasks name."""
    return [one for one in config.cadence.meetings(day, day) if one.replaced_by is None]


def read_review(config: Config, at: datetime, day: date) -> Alignment:
    """How things stand for the review of that day: its KPIs, and what happened since the one before."""
    meeting = max(meetings_on(config, day), key=lambda one: len(kpis_of(config.reviews[one.review], config)))
    review, calendar = config.reviews[meeting.review], config.workspace.calendar

    def of_review(situation: Situation) -> Span:
        since = calendar.local_date(since_last(meeting, situation))
        until = min(day, situation.today)
        return Span(min(since, until), until, review.title, kpis_of(review, config))

    with open_app(config, at=at) as app:
        return app.alignment(of_review)
