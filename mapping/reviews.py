"""Reviews: the meetings a team agreed on, and when each of them meets. Pure.

A meeting is one occurrence of a review. It is named by its slot, the rule's own period, for good: a holiday or a change
of the rule moves its day, and it stays the same meeting and the same task.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mapping.periods import Calendar, Period
from mapping.rhythms import Occurrence, Rhythm, business_day_from, instant_of, occurrence_in, occurrences
from mapping.spans import Span, SpanUnit

OPENS = time(8)  # when a day begins for people where the file names no work_hours
SUMMARY_AT = time(9)  # the morning after
TWO_BUSINESS_DAYS = Span(2, SpanUnit.BUSINESS_DAYS)


@dataclass(frozen=True, slots=True)
class Review:
    """A review of the file. `invite`: people and teams as written. `ahead`: the task appears so long before.

    `agenda`: its parts in order, as written or the default for its kind; what is no part is a line of the team's own.
    `summary_to`: channels. `replaces`: reviews that do not meet in the period in which this one does.
    """

    id: str
    title: str
    rhythm: Rhythm
    owner: str | None = None
    invite: tuple[str, ...] = ()
    ahead: Span = TWO_BUSINESS_DAYS
    minutes: int | None = None
    link: str | None = None
    agenda: tuple[str, ...] = ()
    summary_to: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    """One meeting of a review. Sorts by time. Instants are UTC.

    `day`: the local date. `appears_at`: when its task is made. `opens_at`: the start of that day's work, when the
    comment of the day is written. `summary_at`: 09:00 of the next business day. `replaced_by`: the review that meets
    in its stead: then this one does not meet. `replaces`: reviews whose meeting of this period this one takes.
    """

    at: datetime
    review: str
    slot: Period
    day: date
    ruled: date
    appears_at: datetime
    opens_at: datetime
    summary_at: datetime
    replaced_by: str | None = None
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reviews:
    """The reviews of a file on a calendar. `opens`: when work begins on a day."""

    all: Mapping[str, Review]
    calendar: Calendar
    opens: time = OPENS

    def meetings(self, first: date, last: date, review: str | None = None) -> list[Meeting]:
        """Every meeting whose day is from `first` to `last`, replaced ones included, in order."""
        chosen = self.all.values() if review is None else [self.all[review]]
        found = [
            self._meeting(one, occurrence)
            for one in chosen
            for occurrence in occurrences(one.rhythm, self.calendar, first, last)
        ]
        return sorted(found)

    def meeting(self, review: str, slot: Period) -> Meeting | None:
        """The meeting of that slot as the file has it now; None if it has none."""
        one = self.all.get(review)
        if one is None or slot.kind is not one.rhythm.every.kind:
            return None
        occurrence = occurrence_in(one.rhythm, slot, self.calendar)
        return self._meeting(one, occurrence) if occurrence is not None else None

    def _meeting(self, review: Review, found: Occurrence) -> Meeting:
        appears = self.calendar.add(found.day, Span(-review.ahead.count, review.ahead.unit))
        after = business_day_from(found.day + timedelta(days=1), self.calendar)
        zone = self.calendar.zone
        replaced_by = self._replacer(review, found)
        return Meeting(
            at=found.at,
            review=review.id,
            slot=found.slot,
            day=found.day,
            ruled=found.ruled,
            appears_at=instant_of(appears, self.opens, zone),
            opens_at=instant_of(found.day, self.opens, zone),
            summary_at=instant_of(after, SUMMARY_AT, zone),
            replaced_by=replaced_by,
            replaces=() if replaced_by is not None else tuple(self._replaced(review, found)),
        )

    def _replacer(self, review: Review, found: Occurrence) -> str | None:
        """The first review that meets in this slot's period and says it takes this one's place there.

        A meeting that is replaced itself replaces nothing.
        """
        for other in self.all.values():
            if review.id not in other.replaces:
                continue
            for its in occurrences(other.rhythm, self.calendar, found.slot.first, found.slot.last):
                if self._replacer(other, its) is None:
                    return other.id
        return None

    def _replaced(self, review: Review, found: Occurrence) -> Iterator[str]:
        for name in review.replaces:
            other = self.all.get(name)
            if other is None:
                continue
            slot = self.calendar.containing(other.rhythm.every.kind, found.day)
            if occurrence_in(other.rhythm, slot, self.calendar) is not None:
                yield name
