"""What a report is for: a review's next meeting, a period, or the last weeks. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from config import Config
from mapping.periods import Period
from mapping.reviews import Meeting
from mapping.wording import show_day, show_period
from sync.alignment import Span, usual_span
from sync.meetings_ahead import next_meetings
from sync.plan.agenda.looking_back import since_last
from sync.plan.situation import Situation
from sync.reviewed import kpis_of

Choose = Callable[[Situation], Span]
LOOKED_AT = 8  # meetings ahead, to find one that no other takes the place of


class NothingToTell(Exception):
    """There is no such review or period. `advice`: what to write."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.advice = advice


def chosen(wanted: str | None, config: Config) -> Choose:
    """What `--for` means: a review by id or title, or a period by its label; without it the last thirteen weeks.

    NothingToTell: neither; or, once the situation is known, a period that has not begun, a review that meets no more.
    """
    if wanted is None:
        return lambda situation: usual_span(situation.now, config)
    review = _review(wanted.strip(), config)
    if review is not None:
        return lambda situation: next_span(review, situation)
    try:
        period = config.workspace.calendar.parse(wanted.strip())
    except ValueError:
        names = ", ".join(config.reviews) or "none in this file"
        raise NothingToTell(
            f"there is no review called {wanted!r}",
            f"the reviews are: {names}; or write a period like 2026-11, 2026-Q4, 2026-W46 or FY2027-Q3",
        ) from None
    return lambda situation: period_span(period, situation)


def _review(wanted: str, config: Config) -> str | None:
    if wanted in config.reviews:
        return wanted
    folded = wanted.casefold()
    named = [one.id for one in config.reviews.values() if folded in (one.id.casefold(), one.title.casefold())]
    return named[0] if len(named) == 1 else None


def next_span(review: str, situation: Situation) -> Span:
    """The next meeting of a review that is held, today's included: its KPIs, since it met last."""
    ahead = next_meetings(situation.config, review, situation.today, LOOKED_AT)
    held = [one for one in ahead if one.replaced_by is None]
    if not held:
        title = situation.config.reviews[review].title
        raise NothingToTell(f"{title} has no meeting ahead", "name a period instead, like 2026-11")
    return meeting_span(held[0], situation)


def meeting_span(meeting: Meeting, situation: Situation) -> Span:
    """One meeting: the KPIs of its review, and what happened since it met before. As of its day if that is over."""
    config, today = situation.config, situation.today
    review = config.reviews[meeting.review]
    since = config.workspace.calendar.local_date(since_last(meeting, situation))
    is_over = meeting.day < today
    until = meeting.day if is_over else today
    title = f"{review.title}, {show_day(meeting.day, today)}"
    return Span(min(since, until), until, title, kpis_of(review, config), meeting.day if is_over else None)


def period_span(period: Period, situation: Situation) -> Span:
    """The days of a period as far as they have come; of one that is over, the numbers as of its end."""
    today = situation.today
    if period.first > today:
        raise NothingToTell(f"{period.label} has not begun", "name a period that has")
    is_over = period.last < today
    as_of = period.last + timedelta(days=1) if is_over else None
    return Span(period.first, min(period.last, today), title_of(period), None, as_of)


def title_of(period: Period) -> str:
    """ "November 2026", "Week of 9–15 November 2026"."""
    far = period.first.replace(year=period.first.year - 1, month=1, day=1)  # so that the year is said
    said = show_period(period, far)
    return said[:1].upper() + said[1:]
