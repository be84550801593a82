"""`why` of a campaign or inflection event: when it is met about, what it is measured by, how its tasks stand. Pure."""

from __future__ import annotations

from datetime import datetime

from config import Config
from mapping.campaigns import Campaign, Event, alignment_day, event_appears_at, touchpoints
from mapping.keys import campaign_key, event_key
from mapping.logbook import Passing
from mapping.texts.campaign import measured_line
from mapping.wording import join_words
from sync.meetings_ahead import appearing, task_state
from sync.report_parts import Reader, person_name
from sync.reports import WhyLine, WhyReport, WhySection
from sync.why_review import MeetingMemory, written_on

_DUE = {"kickoff": "kickoff", "mid": "halfway check", "post": "what it brought"}


def why_campaign(config: Config, campaign: Campaign, memory: MeetingMemory, at: datetime) -> WhyReport:
    """When a campaign is met about and why there is a task or none; what it was measured at."""
    reader = Reader(at, config.workspace.calendar.zone)
    today, days = reader.today, (campaign.ends - campaign.starts).days + 1
    if today < campaign.starts:
        when = f"It begins {reader.day(campaign.starts)} and lasts {days} days."
    elif today <= campaign.ends:
        when = f"It is in day {(today - campaign.starts).days + 1} of {days}."
    else:
        when = f"It ended {reader.day(campaign.ends)}."
    points = touchpoints(campaign, config.workspace.calendar, config.opens)
    following = next((one for one in points if one.day >= today), None)
    then = f" Next: {_DUE[following.touch.value]}, {reader.day(following.day)}." if following is not None else ""
    leads = [name for one in (campaign.owner, campaign.evaluator) if (name := person_name(one, config.people))]
    agreed = [
        WhyLine(f"{reader.day(campaign.starts)} to {reader.day(campaign.ends)}", "days", campaign.origin),
        *([WhyLine(join_words(list(dict.fromkeys(leads))), "owner, evaluator", campaign.origin)] if leads else []),
    ]
    numbers = [
        WhyLine(measured_line(kpi, memory.logbook.measured.get((campaign.id, kpi.id)), campaign, today))
        for one in campaign.measures
        if (kpi := config.kpis.get(one.kpi)) is not None
    ]
    sections = [
        WhySection("What was agreed", tuple(agreed)),
        WhySection("Met about", tuple(_touched(config, campaign, one.touch.value, memory, reader) for one in points)),
        WhySection("Numbers", tuple(numbers)),
        WhySection("What was written", tuple(written_on(config, campaign.id, memory, reader))),
    ]
    answer = f"{when}{then}" if campaign.measures else f"{when}{then} No KPI is named, so nothing is measured."
    return WhyReport(
        campaign.id, "campaign", campaign.title, at.astimezone(reader.zone), answer,
        tuple(one for one in sections if one.lines),
    )  # fmt: skip


def _touched(config: Config, campaign: Campaign, touch: str, memory: MeetingMemory, reader: Reader) -> WhyLine:
    points = touchpoints(campaign, config.workspace.calendar, config.opens)
    point = next(one for one in points if one.touch.value == touch)
    link = memory.links.get(campaign_key(config.workspace.id, campaign.id, touch))
    passed = memory.logbook.passed.get(("campaign", campaign.id), {}).get(touch)
    first = memory.logbook.first_seen.get(("campaign", campaign.id))
    otherwise = appearing(point.appears_at, reader)
    if passed is not None:
        missed = passed.passing is Passing.MISSED
        otherwise = "no task: alignd was not running then" if missed else "no task: its tracker was only watched then"
    elif first is not None and point.day < config.workspace.calendar.local_date(first):
        otherwise = "no task: it was before alignd first saw this campaign"
    label = f"{_DUE[touch]}, {reader.day(point.day)}"
    return WhyLine(task_state(link, otherwise), label, link.url if link is not None else "")


def why_event(config: Config, event: Event, memory: MeetingMemory, at: datetime) -> WhyReport:
    """When an event's alignment review is due, and why there is a task or none."""
    calendar = config.workspace.calendar
    reader = Reader(at, calendar.zone)
    due = alignment_day(event, calendar)
    link = memory.links.get(event_key(config.workspace.id, event.id))
    first = memory.logbook.first_seen.get(("event", event.id))
    if ("event", event.id) in memory.logbook.passed:
        otherwise = "there is no task: its tracker was only watched then"
    elif first is not None and due < calendar.local_date(first):
        otherwise = "there is no task: it was due before alignd first saw this event"
    else:
        otherwise = appearing(event_appears_at(event, calendar, config.opens), reader)
    answer = (
        f"{event.title}, {reader.day(event.on)}: an event like this asks for one alignment review, due "
        f"{reader.day(due)}; {task_state(link, otherwise)}."
    )
    facts = [WhyLine(event.kind.replace("_", " "), "kind", event.origin)]
    facts += [WhyLine(name, "leads", event.origin)] if (name := person_name(event.owner, config.people)) else []
    sections = [
        WhySection("What was agreed", tuple(facts)),
        WhySection("What was written", tuple(written_on(config, event.id, memory, reader))),
    ]
    return WhyReport(
        event.id, "event", event.title, at.astimezone(reader.zone), answer,
        tuple(one for one in sections if one.lines),
    )  # fmt: skip
