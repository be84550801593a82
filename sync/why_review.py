"""`why` of a review, and of the task of a meeting, campaign or event: why it meets when it does, why there is a task or
none, what was written there. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from config import Config
from mapping.keys import parts_of, review_key
from mapping.links import Decision, Link, Note
from mapping.logbook import LineKind, Logbook, Minute, Passing
from mapping.periods import Calendar, Period
from mapping.reviews import Meeting, Review
from mapping.spans import say_span
from mapping.tasks import WorkKind
from mapping.wording import join_words
from mapping.wording_rhythms import say_rhythm
from sync.meetings_ahead import next_meetings, review_row
from sync.report_parts import Reader, person_name, subject_name
from sync.reports import WhyLine, WhyReport, WhySection
from sync.why_work import decision_line, link_line, note_line

SHOWN_AHEAD = 6
SHOWN_BEHIND = 6
LOOKED_BACK = timedelta(days=400)
_WORDS = {
    LineKind.DECISION: "decided",
    LineKind.FEEDBACK: "feedback",
    LineKind.UNPLACED: "could not be placed",
}


@dataclass(frozen=True, slots=True)
class MeetingMemory:
    """All that the store knows of meetings. `decisions`: of the subject alone."""

    links: Mapping[str, Link] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)
    logbook: Logbook = field(default_factory=Logbook)
    decisions: Sequence[Decision] = ()


def why_review(config: Config, review: Review, memory: MeetingMemory, at: datetime) -> WhyReport:
    """Why a review meets when it does; each meeting with its task, or why it has none."""
    reader = Reader(at, config.workspace.calendar.zone)
    ahead = next_meetings(config, review.id, reader.today, SHOWN_AHEAD)
    behind = config.cadence.meetings(reader.today - LOOKED_BACK, reader.today - timedelta(days=1), review.id)
    sections = [
        WhySection("What was agreed", _agreed(config, review, reader)),
        WhySection("Ahead", tuple(_meeting(config, one, memory, reader) for one in ahead)),
        WhySection("Before", tuple(_past(config, one, memory, reader) for one in behind[: -SHOWN_BEHIND - 1 : -1])),
        WhySection("What was written", tuple(written_on(config, review.id, memory, reader))),
    ]
    return WhyReport(
        subject=review.id,
        kind="review",
        title=review.title,
        at=at.astimezone(reader.zone),
        answer=_answer(config, review, ahead, memory, reader),
        sections=tuple(one for one in sections if one.lines),
    )


def _answer(config: Config, review: Review, ahead: Sequence[Meeting], memory: MeetingMemory, reader: Reader) -> str:
    held = next((one for one in ahead if one.replaced_by is None), None)
    said = f"It meets {say_rhythm(review.rhythm)}."
    if held is None:
        return f"{said} It does not meet within the next year."
    row = review_row(config, held, memory.links, reader)
    moved = f", moved from {reader.day(held.ruled)} (not a business day)" if held.ruled != held.day else ""
    said += f" Next: {reader.moment(held.at)}{moved}; {row.state}."
    first = ahead[0]
    if first.replaced_by is not None:
        other = config.reviews[first.replaced_by].title
        said += f" On {reader.day(first.day)} it does not meet: {other} takes its place."
    return said


def why_meeting(config: Config, review: Review, slot: Period, memory: MeetingMemory, at: datetime) -> WhyReport:
    """One meeting without a task: why it has none (yet). ValueError: the review does not meet in that period."""
    reader = Reader(at, config.workspace.calendar.zone)
    meeting = config.cadence.meeting(review.id, slot)
    if meeting is None:
        raise ValueError(f"{review.title} does not meet in {slot.label}: alignd why {review.id} shows when it does")
    line = (_meeting if meeting.day >= reader.today else _past)(config, meeting, memory, reader)
    return WhyReport(
        subject=f"{review.id} {slot.label}",
        kind="review",
        title=review.title,
        at=at.astimezone(reader.zone),
        answer=f"{line.label}: {line.text}.",
        sections=(WhySection("What was agreed", _agreed(config, review, reader)),),
    )


def _agreed(config: Config, review: Review, reader: Reader) -> tuple[WhyLine, ...]:
    lines = [WhyLine(say_rhythm(review.rhythm), "when", "the file")]
    if review.rhythm.anchor is not None:
        lines.append(WhyLine(f"counted from {reader.day(review.rhythm.anchor)} on", "anchor", "the file"))
    lines.append(WhyLine(f"{say_span(review.ahead)} before it meets", "task appears", "the file"))
    people = [name for one in config.taking_part(review.invite) if (name := person_name(one, config.people))]
    leads = person_name(review.owner, config.people)
    lines += [WhyLine(leads, "leads", "the file")] if leads else []
    lines += [WhyLine(join_words(people), "invited", "the file")] if people else []
    takes = [config.reviews[one].title for one in review.replaces]
    lines += [WhyLine(join_words(takes), "takes the place of", "the file")] if takes else []
    return tuple(lines)


def _meeting(config: Config, meeting: Meeting, memory: MeetingMemory, reader: Reader) -> WhyLine:
    row = review_row(config, meeting, memory.links, reader)
    moved = f" (moved from {reader.day(meeting.ruled)}, not a business day)" if meeting.ruled != meeting.day else ""
    return WhyLine(f"{row.state}{moved}", reader.moment(meeting.at), row.url)


def _past(config: Config, meeting: Meeting, memory: MeetingMemory, reader: Reader) -> WhyLine:
    """A meeting that is over: its task, or why there was none."""
    link = memory.links.get(review_key(config.workspace.id, meeting.review, meeting.slot.label))
    if link is not None or meeting.replaced_by is not None:
        return _meeting(config, meeting, memory, reader)
    passed = memory.logbook.passed.get(("review", meeting.review), {}).get(meeting.slot.label)
    first = memory.logbook.first_seen.get(("review", meeting.review))
    if passed is not None:
        why = {
            Passing.MISSED: "no task: alignd was not running then, and a later one was made",
            Passing.WATCHED: "no task: its tracker was only watched then",
        }[passed.passing]
    elif first is None or meeting.at < first:
        why = "no task: it was before alignd first saw this review"
    else:
        why = "no task"
    return WhyLine(why, reader.moment(meeting.at))


def written_on(config: Config, subject: str, memory: MeetingMemory, reader: Reader) -> list[WhyLine]:
    """The newest lines people wrote on a subject's tasks, newest first."""
    mine = [one for one in memory.logbook.minutes.values() if one.review == subject and not one.withdrawn]
    newest = sorted(mine, key=lambda one: one.place, reverse=True)[: 2 * SHOWN_BEHIND]
    return [_minute(one, config, reader) for one in newest]


def _minute(one: Minute, config: Config, reader: Reader) -> WhyLine:
    who = person_name(one.by, config.people)
    if one.kind is LineKind.ACTION:
        due = f" by {reader.day(one.due)}" if one.due is not None else ""
        return WhyLine(f"{person_name(one.who, config.people)}: {one.text}{due}", reader.moment(one.at), f"{who}")
    if one.kind is LineKind.HELPED:
        return WhyLine(_answered(one, config), reader.moment(one.at), f"{who}")
    return WhyLine(f"{_WORDS[one.kind]}: {one.text}", reader.moment(one.at), f"{who}")


def _answered(one: Minute, config: Config) -> str:
    """ "did it help? (Website sessions): yes, the redirects brought the visitors back"."""
    parts = parts_of(one.item) if one.item else None
    about = f" ({subject_name(parts.subject, config)})" if parts is not None else ""
    answer = one.helped.replace("_", " ") if one.helped is not None else ""
    return f"did it help?{about}: {', '.join(part for part in (answer, one.text) if part)}"


def why_meeting_task(config: Config, link: Link, memory: MeetingMemory, at: datetime) -> WhyReport:
    """Why the task of a meeting, campaign, event, or of what was said in one, is as it is."""
    reader = Reader(at, config.workspace.calendar.zone)
    events = [(link.made_at, link_line(link, config, reader))]
    events += [(one.at, note_line(one, reader)) for one in memory.notes.values() if one.link == link.key]
    events += [(one.at, decision_line(one, config.people, reader)) for one in memory.decisions if one.key == link.key]
    said = [one for one in memory.logbook.minutes.values() if one.link == link.key and not one.withdrawn]
    said.sort(key=lambda one: one.place)
    sections = [
        WhySection("What followed", tuple(line for _, line in sorted(events, key=lambda pair: pair[0]))),
        WhySection("What was written", tuple(_minute(one, config, reader) for one in said)),
    ]
    return WhyReport(
        subject=link.key,
        kind="task",
        title=link.title or link.written.title or link.key,
        at=at.astimezone(reader.zone),
        answer=_why_there(config, link, memory, reader),
        sections=tuple(one for one in sections if one.lines),
    )


def _why_there(config: Config, link: Link, memory: MeetingMemory, reader: Reader) -> str:
    match link.kind:
        case WorkKind.REVIEW:
            return _why_review_task(config, link, reader)
        case WorkKind.CAMPAIGN:
            campaign = next((one for one in memory.logbook.campaigns if one.id == link.subject), None)
            name = campaign.title if campaign is not None else link.subject
            origin = f" ({campaign.origin})" if campaign is not None else ", which is not in the file any more"
            parts = parts_of(link.key)
            return f"The campaign {name}{origin} is met about here: {parts.period if parts is not None else ''}."
        case WorkKind.EVENT:
            event = next((one for one in memory.logbook.events if one.id == link.subject), None)
            if event is None:
                return "The event it is about is not in the file any more; the task is left to its people."
            return f"{event.title}, {reader.day(event.on)}: an event like this asks for one alignment review."
        case WorkKind.SAID:
            line = memory.logbook.minutes.get(link.about[0]) if link.about else None
            if line is None:
                return "Somebody asked for it in a comment on a review's task."
            who = person_name(line.by, config.people)
            gone = " The line is gone from the comment since." if line.withdrawn else ""
            return f"{who} asked for it in a comment on {reader.moment(line.at)}.{gone}"
        case _:
            return "It asks whether what was done has helped."


def _why_review_task(config: Config, link: Link, reader: Reader) -> str:
    parts, review = parts_of(link.key), config.reviews.get(link.subject)
    if review is None or parts is None or parts.period is None:
        return "Its review is not in the file any more; the task is left to its people."
    meeting = _meeting_of(config, review, parts.period, config.workspace.calendar)
    if meeting is None:
        return f"{review.title} does not meet in {parts.period} any more, as the file has it now."
    said = f"{review.title} meets {say_rhythm(review.rhythm)}; this is {reader.moment(meeting.at)}."
    if meeting.ruled == meeting.day:
        return said
    return f"{said} It moved from {reader.day(meeting.ruled)}, which is no business day."


def _meeting_of(config: Config, review: Review, label: str, calendar: Calendar) -> Meeting | None:
    try:
        slot = calendar.parse(label)
    except ValueError:
        return None
    return config.cadence.meeting(review.id, slot)
