"""The summary of a review, on its task the morning after: said once, and edited when a line comes later. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from config import Config
from mapping.actions_said import Puzzle
from mapping.documents import plain
from mapping.keys import comment_key, parts_of
from mapping.links import Link, LinkState, Note, NoteState
from mapping.logbook import LineKind, Minute
from mapping.minutes import heard, lines_said
from mapping.people import call_name
from mapping.reviews import SUMMARY_AT
from mapping.rhythms import business_day_from, instant_of
from mapping.tasks import EditComment, Part, WorkKind
from mapping.texts import minutes as texts
from mapping.texts.minutes import Agreed, Answered, Spoken, Stuck, SummaryFacts
from sync.plan.situation import Situation
from sync.plan.talk import comment, unless_quiet
from sync.steps import Reason, Step, StepKind, first_line, step_on
from sync.written_lines import hearing_of

SUMMARY = "summary"
NEAR = timedelta(days=40)  # a holiday lasts no longer than what is beyond two weeks
FOR = timedelta(days=14)  # after the meeting; what is written later is read, and not summed up any more


def summary_steps(situation: Situation) -> list[Step]:
    """The summaries that are due, and those that what was written since has changed."""
    steps = []
    by_link = _by_link(situation.logbook.minutes.values())
    for link in situation.links.values():
        met = met_on(link, situation.config, situation.now)
        if met is None or not _is_told(link, met[1], situation.now):
            continue
        note = said_summary(link, situation.notes.values())
        if (step := _step(link, met[0], note, by_link.get(link.key, ()), situation)) is not None:
            steps.append(unless_quiet(step, link, situation))
    return steps


def summaries_owed(links: Iterable[Link], notes: Iterable[Note], config: Config, now: datetime) -> frozenset[str]:
    """Keys of reviews whose summary is to be said now: before it, everything on their tasks is read once more."""
    told = {note.link for note in notes if note.kind == SUMMARY}
    owed = set()
    for link in links:
        met = met_on(link, config, now) if link.key not in told else None
        if met is not None and _is_told(link, met[1], now):
            owed.add(link.key)
    return frozenset(owed)


def met_on(link: Link, config: Config, now: datetime) -> tuple[date, datetime] | None:
    """The day of the meeting a review's task is for, people's own if they moved it, and when it is summed up. None
    where that is not about now.
    """
    parts = parts_of(link.key)
    if link.kind is not WorkKind.REVIEW or parts is None or parts.period is None:
        return None
    calendar = config.workspace.calendar
    if not _is_near(link, calendar.local_date(now)):
        return None
    try:
        meeting = config.cadence.meeting(link.subject, calendar.parse(parts.period))
    except ValueError:
        return None
    if meeting is None or meeting.replaced_by is not None:
        return None
    day = link.due if "due" in link.theirs and link.due is not None else meeting.day
    # A meeting whose task was made after it (alignd was not running) is summed up the morning after that.
    after = max(day, calendar.local_date(link.made_at) if link.made_at > meeting.at else day)
    return day, instant_of(business_day_from(after + timedelta(days=1), calendar), SUMMARY_AT, calendar.zone)


def _is_near(link: Link, today: date) -> bool:
    """Whether its meeting may be one that is summed up now: of years of reviews few are."""
    if link.state is not LinkState.LINKED or link.archived:
        return False
    day = link.due or link.made_at.date()
    return -NEAR <= day - today <= NEAR


def _is_told(link: Link, at: datetime, now: datetime) -> bool:
    was_told = link.adopted and at <= link.made_at  # what was said before a ledger was lost stands there
    return at <= now <= at + FOR and not was_told


def said_summary(link: Link, notes: Iterable[Note]) -> Note | None:
    """The summary on that task, whichever day the meeting had when it was said."""
    return next((one for one in notes if one.link == link.key and one.kind == SUMMARY), None)


def _step(link: Link, day: date, note: Note | None, minutes: Iterable[Minute], situation: Situation) -> Step | None:
    body = texts.summary(facts_of(link, day, note, minutes, situation))
    if note is None or note.state is NoteState.PLANNED:
        label = note.key.rpartition("/")[2] if note is not None else day.isoformat()
        return comment(link, SUMMARY, label, body, Reason.SUMMARY, "the morning after the meeting")
    if note.state is not NoteState.SAID or note.comment is None or note.text == plain(body):
        return None
    order = EditComment(link.task or "", note.comment, note.key, body)
    because, title = "something was written after the summary", first_line(body)
    return step_on(link, StepKind.EDIT_COMMENT, Reason.SUMMARY, order, because, key=note.key, title=title)


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def facts_of(link: Link, day: date, note: Note | None, minutes: Iterable[Minute], situation: Situation) -> SummaryFacts:
    people = situation.config.people

    def name(person: str | None) -> str:
        return call_name(person, people) or person or ""

    standing = sorted((one for one in minutes if not one.withdrawn), key=lambda one: one.place)
    of: dict[LineKind, list[Minute]] = {}
    for one in standing:
        of.setdefault(one.kind, []).append(one)
    due = {one.about[0]: one.due for one in situation.links.values() if one.kind is WorkKind.SAID and one.about}
    actions = of.get(LineKind.ACTION, ())
    return SummaryFacts(
        day=day,
        decisions=[Spoken(name(one.by), one.text) for one in of.get(LineKind.DECISION, ())],
        actions=[Agreed(name(one.who), one.text, one.due or due.get(one.source)) for one in actions],
        parts=_parts(link, day, note, situation),
        feedback=[Spoken(name(one.by), one.text) for one in of.get(LineKind.FEEDBACK, ())],
        answers=[
            Answered(_asked_about(one, situation), one.helped, one.text, name(one.by))
            for one in of.get(LineKind.HELPED, ())
            if one.helped is not None
        ],
        stuck=[stuck_of(one, link, situation) for one in of.get(LineKind.UNPLACED, ())],
    )


def _parts(link: Link, day: date, note: Note | None, situation: Situation) -> tuple[str, ...]:
    """Subtasks or checklist items, as lines; as they were told where they were not read now."""
    view = situation.views.get(link.tracker)
    task = view.tasks.get(link.task or "") if view is not None else None
    if view is None or task is None or task.parts is None:
        return texts.parts_told(note.body if note is not None else None)
    persons = {account: person for person, account in view.accounts.items()}
    return tuple(texts.agreed_line(_agreed(one, persons, situation), day) for one in task.parts if one.title.strip())


def _agreed(part: Part, persons: Mapping[str, str], situation: Situation) -> Agreed:
    who = call_name(persons.get(part.assignee or ""), situation.config.people) or "Nobody yet"
    return Agreed(who, part.title, part.due)


def _asked_about(minute: Minute, situation: Situation) -> str:
    parts = parts_of(minute.item or "")
    kpi = situation.config.kpis.get(parts.subject) if parts is not None else None
    return kpi.name if kpi is not None else minute.item or ""


def stuck_of(minute: Minute, link: Link, situation: Situation) -> Stuck:
    """The line and what to write in its stead."""
    at = minute.changed_at or minute.at
    hearing = hearing_of(link, at, minute.by, situation.config, situation.links)
    found = next((heard(one, hearing) for one in lines_said(minute.text)), None)
    if isinstance(found, Puzzle):
        return Stuck(minute.text, found)
    return Stuck(minute.text, Puzzle("Please write it once more as a new comment", minute.text))


def _by_link(minutes: Iterable[Minute]) -> dict[str, list[Minute]]:
    found: dict[str, list[Minute]] = {}
    for one in minutes:
        found.setdefault(one.link, []).append(one)
    return found


def answer_key(link: Link, comment_id: str, number: int) -> str:
    """The key of the answer to a comment: the first, or a later one to what an edit made of it."""
    label = comment_id if number == 1 else f"{comment_id}/{number}"
    return comment_key(link.key, "answer", label)
