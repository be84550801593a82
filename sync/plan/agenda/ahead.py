"""What comes after a meeting: the next reviews, touchpoints of campaigns, alignment reviews, goals that end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from mapping.campaigns import Touch, alignment_day, touchpoints
from mapping.kpis import Kpi
from mapping.measures import expected
from mapping.periods import PeriodKind
from mapping.reviews import Meeting, Review
from mapping.texts.review_facts import Ahead, CampaignNumber, Coming
from sync.plan.situation import Situation

SOON = timedelta(weeks=3)
_OFTEN = (PeriodKind.DAY, PeriodKind.WEEK)
_TOUCHES = {Touch.KICKOFF: Ahead.KICKOFF, Touch.MID: Ahead.MID, Touch.POST: Ahead.POST}


def coming_up(meeting: Meeting, situation: Situation) -> list[Coming]:
    """The three weeks after the meeting: the next meeting of each review, and everything else."""
    until = meeting.day + SOON
    return sorted([*_next_meetings(meeting, until, situation), *_others(meeting.day, until, situation)])


def plans_ahead(meeting: Meeting, situation: Situation) -> list[Coming]:
    """Until the next meeting of this review: what is met about beside the weekly rhythm."""
    following = next_of(meeting, situation)
    until = following.day if following is not None else meeting.day + SOON
    rare = [one for one in situation.config.reviews.values() if one.rhythm.every.kind not in _OFTEN]
    return sorted([*_next_meetings(meeting, until, situation, rare), *_others(meeting.day, until, situation)])


def coming_within(situation: Situation, until: date) -> list[Coming]:
    """Everything that is ahead from today on: every meeting that is held, touchpoints, alignment reviews, goals."""
    config, today = situation.config, situation.today
    met = [
        Coming(one.day, Ahead.REVIEW, config.reviews[one.review].title)
        for one in config.cadence.meetings(today, until)
        if one.replaced_by is None and one.at > situation.now
    ]
    return sorted([*met, *_others(today - timedelta(days=1), until, situation)])


def next_of(meeting: Meeting, situation: Situation) -> Meeting | None:
    """The next meeting of the same review that is held."""
    calendar = situation.config.workspace.calendar
    slot = meeting.slot
    for _ in range(2 * max(situation.config.reviews[meeting.review].rhythm.every.count, 1) + 4):
        slot = calendar.after(slot)
        found = situation.config.cadence.meeting(meeting.review, slot)
        if found is not None and found.replaced_by is None and found.day > meeting.day:
            return found
    return None


def _next_meetings(
    meeting: Meeting, until: date, situation: Situation, reviews: Sequence[Review] | None = None
) -> Iterator[Coming]:
    config = situation.config
    for review in config.reviews.values() if reviews is None else reviews:
        held = config.cadence.meetings(meeting.day + timedelta(days=1), until, review.id)
        first = next((one for one in held if one.replaced_by is None), None)
        if first is not None:
            yield Coming(first.day, Ahead.REVIEW, review.title)


def _others(after: date, until: date, situation: Situation) -> Iterator[Coming]:
    config, logbook = situation.config, situation.logbook
    calendar = config.workspace.calendar
    found: list[Coming] = []
    for campaign in logbook.campaigns:
        for one in touchpoints(campaign, calendar, config.opens):
            found.append(Coming(one.day, _TOUCHES[one.touch], campaign.title))
    for event in [*config.events, *(one for one in logbook.events if one not in config.events)]:
        found.append(Coming(alignment_day(event, calendar), Ahead.EVENT, event.title))
    for goal in situation.goals.all:
        if goal.by is not None:
            found.append(Coming(goal.by, Ahead.GOAL, goal.title))
    return (one for one in found if after < one.day <= until)


def campaign_numbers(kpis: Sequence[Kpi], situation: Situation) -> Iterator[CampaignNumber]:
    """The measures of campaigns that run today, of these KPIs."""
    today, chosen = situation.today, {kpi.id for kpi in kpis}
    for campaign in situation.logbook.campaigns:
        if not campaign.starts <= today <= campaign.ends:
            continue
        for measure in campaign.measures:
            found = situation.logbook.measured.get((campaign.id, measure.kpi))
            if found is None or measure.kpi not in chosen:
                continue
            yield CampaignNumber(
                campaign.title,
                situation.kpi(measure.kpi),
                found.reading.value if found.reading.trusted else None,
                found.target,
                (today - campaign.starts).days + 1,
                (campaign.ends - campaign.starts).days + 1,
                expected(situation.kpi(measure.kpi), found, campaign) if found.reading.trusted else None,
                found.reading.period.last,
            )
