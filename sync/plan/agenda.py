"""From the situation to what a review's task says: its agenda, its numbers, what is to be decided. No wording here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mapping.documents import Document, paragraph
from mapping.links import Link
from mapping.reviews import Meeting
from sync.plan.situation import Situation


@dataclass(frozen=True, slots=True)
class Told:
    """Title and notes of a task, and what it asks about (`Link.about`)."""

    title: str
    body: Document
    about: tuple[str, ...] = ()


def review_notes(
    meeting: Meeting, key: str, situation: Situation, *, missed: tuple[Meeting, ...] = (), absent: tuple[str, ...] = ()
) -> Told:
    """A review's task. `missed`: meetings of this review that passed without one, told in a line. `absent`: people
    (ids) who are invited and have no account in the tracker.
    """
    return Told(situation.config.reviews[meeting.review].title, Document((paragraph(""),), key))


def day_comment(meeting: Meeting, link: Link, situation: Situation) -> Document:
    """The one comment of the day: what changed since the notes were written."""
    return Document((paragraph("Today."),))


def moved_comment(meeting: Meeting, before: date | None, situation: Situation) -> Document:
    """The file has another day for it now."""
    return Document((paragraph("Moved."),))
