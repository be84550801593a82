"""What is ahead: the agenda of `status`, from the same meetings that the service makes tasks of. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from config import Config
from mapping.campaigns import alignment_day, event_appears_at, touchpoints
from mapping.keys import campaign_key, event_key, review_key
from mapping.links import Link, LinkState
from mapping.logbook import Logbook, Passing
from mapping.reviews import Meeting
from sync.report_parts import Reader, person_name
from sync.reports import MeetingRow

SHOWN = 10
AHEAD = timedelta(days=400)  # the next meeting of a yearly review is within it
EACH = 2  # meetings shown of one review, as long as others have none shown yet
BACK = timedelta(days=35)  # so long a missed one is told


def meetings_ahead(
    config: Config, logbook: Logbook, links: Mapping[str, Link], reader: Reader, people: Collection[str] | None = None
) -> list[MeetingRow]:
    """The next of everything that meets, by day; then what was missed in the last five weeks. For some people: what
    one of them leads or is invited to.
    """
    rows = [
        *_reviews(config, links, reader, people),
        *_campaigns(config, logbook, links, reader, people),
        *_events(config, logbook, links, reader, people),
    ]
    return [*sorted(rows, key=lambda row: (row.day, str(row.at), row.subject)), *_missed(config, logbook, reader)]


def next_meetings(config: Config, review: str, after: date, count: int) -> list[Meeting]:
    """The next so many meetings of a review from a day on, replaced ones included."""
    found: list[Meeting] = []
    first = after
    while len(found) < count and first < after + AHEAD:
        last = first + timedelta(days=31)
        found += config.cadence.meetings(first, last, review)
        first = last + timedelta(days=1)
    return found[:count]


def _reviews(
    config: Config, links: Mapping[str, Link], reader: Reader, people: Collection[str] | None
) -> Iterator[MeetingRow]:
    for review in config.reviews.values():
        if people is not None and set(people).isdisjoint(config.taking_part([*review.invite, review.owner or ""])):
            continue
        for meeting in next_meetings(config, review.id, reader.today, EACH):
            yield review_row(config, meeting, links, reader)


def review_row(config: Config, meeting: Meeting, links: Mapping[str, Link], reader: Reader) -> MeetingRow:
    """One meeting of a review."""
    review = config.reviews[meeting.review]
    link = links.get(review_key(config.workspace.id, review.id, meeting.slot.label))
    if meeting.replaced_by is not None:
        state = f"{config.reviews[meeting.replaced_by].title} takes its place"
    else:
        state = task_state(link, appearing(meeting.appears_at, reader))
    return MeetingRow(
        kind="review",
        subject=review.id,
        title=review.title,
        slot=meeting.slot.label,
        day=meeting.day,
        state=state,
        at=meeting.at.astimezone(reader.zone),
        lead=person_name(review.owner, config.people),
        task=link.task if link is not None else None,
        url=link.url if link is not None else "",
        replaced_by=meeting.replaced_by,
    )


def appearing(at: datetime, reader: Reader) -> str:
    """When the task of a meeting appears; or, with that time over, that the next sync has it to make."""
    if at > reader.at:
        return f"its task appears {reader.moment(at)}"
    return f"its task waits for the next sync since {reader.moment(at)}"


def task_state(link: Link | None, otherwise: str) -> str:
    """How a meeting's task stands, in words; `otherwise` where there is none."""
    if link is None:
        return otherwise
    match link.state:
        case LinkState.LINKED:
            done = "completed" if link.completed else "archived" if link.archived else ""
            return f"its task is {done}" if done else "its task is there"
        case LinkState.DISMISSED:
            return "its task was set aside by a person"
        case LinkState.FAILED:
            return f"its task could not be made: {link.failed_why}"
        case _:
            return f"its task was sent, {link.tracker} has not confirmed it"


def _campaigns(
    config: Config, logbook: Logbook, links: Mapping[str, Link], reader: Reader, people: Collection[str] | None
) -> Iterator[MeetingRow]:
    for campaign in logbook.campaigns:
        leads = dict.fromkeys(("kickoff", "mid"), campaign.owner) | {"post": campaign.evaluator or campaign.owner}
        involved = config.taking_part([*campaign.invite, campaign.owner or "", campaign.evaluator or ""])
        if people is not None and set(people).isdisjoint(involved):
            continue
        for point in touchpoints(campaign, config.workspace.calendar, config.opens):
            link = links.get(campaign_key(config.workspace.id, campaign.id, point.touch.value))
            if point.day < reader.today:
                continue
            yield MeetingRow(
                kind="campaign",
                subject=campaign.id,
                title=f"{campaign.title}: {point.touch.value}",
                slot=point.touch.value,
                day=point.day,
                state=task_state(link, appearing(point.appears_at, reader)),
                lead=person_name(leads[point.touch.value], config.people),
                task=link.task if link is not None else None,
                url=link.url if link is not None else "",
            )


def _events(
    config: Config, logbook: Logbook, links: Mapping[str, Link], reader: Reader, people: Collection[str] | None
) -> Iterator[MeetingRow]:
    calendar = config.workspace.calendar
    for event in logbook.events:
        day = alignment_day(event, calendar)
        link = links.get(event_key(config.workspace.id, event.id))
        if day < reader.today or (people is not None and event.owner not in people):
            continue
        appears = event_appears_at(event, calendar, config.opens)
        yield MeetingRow(
            kind="event",
            subject=event.id,
            title=f"Alignment review: {event.title}",
            slot="",
            day=day,
            state=task_state(link, appearing(appears, reader)),
            lead=person_name(event.owner, config.people),
            task=link.task if link is not None else None,
            url=link.url if link is not None else "",
        )


def _missed(config: Config, logbook: Logbook, reader: Reader) -> Sequence[MeetingRow]:
    """Reviews that were not held, since alignd was not running: the newest first."""
    rows = []
    for (kind, subject), slots in logbook.passed.items():
        review = config.reviews.get(subject) if kind == "review" else None
        if review is None:
            continue
        for passed in slots.values():
            slot = config.workspace.calendar.parse(passed.slot)
            meeting = config.cadence.meeting(subject, slot)
            if passed.passing is not Passing.MISSED or meeting is None or meeting.day < reader.today - BACK:
                continue
            rows.append(
                MeetingRow(
                    kind="review", subject=subject, title=review.title, slot=passed.slot, day=meeting.day,
                    state="missed: alignd was not running when its task was due", missed=True,
                    at=meeting.at.astimezone(reader.zone), lead=person_name(review.owner, config.people),
                )
            )  # fmt: skip
    return sorted(rows, key=lambda row: row.day, reverse=True)
