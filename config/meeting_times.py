"""What a rhythm of the file should be warned about: no anchor, one that names another day, a meeting before its
numbers can be final. Everything is found from the rule alone, without a clock: from the first year below on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from config.checking import Checking
from config.problems import Trail
from mapping.kpis import Kpi, SourceTerms, queries_of
from mapping.periods import Calendar, Period
from mapping.queries import CellQuery
from mapping.reviews import Review
from mapping.rhythms import EPOCH, Occurrence, Rhythm, occurrences
from mapping.wording import join_words
from mapping.wording_dates import MONTHS, WEEKDAYS, unit_word

LOOKED_AT = 26  # occurrences of a rule: all weekdays, month lengths and a turn of the year are among them
LOOKED_AHEAD = timedelta(days=731)
FROM = date(2026, 1, 1)
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class MeetingTimes:
    """Warns about rhythms. `kpis` and `terms`: whose numbers are looked at, and when they are final."""

    checking: Checking
    calendar: Calendar
    kpis: Mapping[str, Kpi]
    terms: Mapping[str, SourceTerms]

    def look_at(self, rhythm: Rhythm, path: Trail, *, numbers: bool) -> None:
        """One review's or digest's rhythm; `numbers`: its KPIs' numbers are looked at there."""
        self._anchor(rhythm, path)
        if numbers:
            self._early(rhythm, path)

    def _anchor(self, rhythm: Rhythm, path: Trail) -> None:
        first = self._first(rhythm)
        if first is None:
            return
        if rhythm.anchor is None:
            if rhythm.every.count > 1:
                unit = unit_word(rhythm.every.kind)
                self.checking.warn(
                    (*path, "every"),
                    f"nothing says which {unit} is the first; counted from {EPOCH.year} on, {first.ruled} is one of "
                    f"them: write anchor: {first.ruled}, or another day, to say which",
                )
        elif first.ruled != rhythm.anchor:
            self.checking.warn(
                (*path, "anchor"),
                f"{rhythm.anchor} is a {WEEKDAYS[rhythm.anchor.weekday()]} and not a day this rule names, so the first "
                f"one from there is {first.ruled}: write anchor: {first.ruled} if that is meant",
            )

    def _first(self, rhythm: Rhythm) -> Occurrence | None:
        start = rhythm.anchor or FROM
        return next(occurrences(rhythm, self.calendar, start, start + timedelta(days=366 * 30)), None)

    def _early(self, rhythm: Rhythm, path: Trail) -> None:
        """Whether it meets before the numbers of its own kind of period can be final, at least once."""
        mine = [kpi for kpi in self.kpis.values() if kpi.period is rhythm.every.kind]
        worst: tuple[timedelta, Occurrence, datetime, list[Kpi]] | None = None
        for one in self._spread(rhythm):
            period = self.calendar.before(one.slot)
            final = {kpi.id: self._final_at(kpi, period) for kpi in mine}
            late = [kpi for kpi in mine if final[kpi.id] > one.at]
            if late:
                at = max(final[kpi.id] for kpi in late)
                if worst is None or at - one.at > worst[0]:
                    worst = (at - one.at, one, at, late)
        if worst is None:
            return
        _, meeting, at, late = worst
        there = at.astimezone(self.calendar.zone)
        names = [kpi.name for kpi in late[:_SHOWN]] + ([f"{len(late) - _SHOWN} more"] if len(late) > _SHOWN else [])
        verb = "is" if len(late) == 1 else "are"
        self.checking.warn(
            path,
            f"it meets before its numbers can be final: on {_said(meeting.day)} {join_words(names)} {verb} still "
            f"{'a first count' if len(late) == 1 else 'first counts'}; {_said(there.date())} {there:%H:%M} is the "
            "first time that would do (settle_after of the source says when a number is final)",
            at_key=True,
        )

    def _spread(self, rhythm: Rhythm) -> Iterator[Occurrence]:
        start = max(rhythm.anchor or FROM, FROM)
        return islice(occurrences(rhythm, self.calendar, start, start + LOOKED_AHEAD), LOOKED_AT)

    def _final_at(self, kpi: Kpi, period: Period) -> datetime:
        """At the earliest: `settle_after` of the slowest source after the period's end. A cell is final at that end."""
        settled = [
            self.calendar.deadline(period, self.terms[query.source].settle_after)
            for query in queries_of(kpi, self.kpis)
            if query.source in self.terms and not isinstance(query, CellQuery)
        ]
        return max([self.calendar.ends_at(period), *settled])


def refuse_mutual_places(reviews: Mapping[str, Review], checking: Checking) -> None:
    """Reviews that take each other's place would all be gone."""
    for name, review in reviews.items():
        for index, other in enumerate(review.replaces):
            if other != name and other in reviews and name in _behind(other, reviews):
                text = f"{other} takes the place of {name} too, by way of its own replaces: remove one of them"
                checking.wrong(("reviews", name, "replaces", index), text)
                return


def _behind(name: str, reviews: Mapping[str, Review]) -> set[str]:
    """Every review whose place this one takes, directly or by way of others."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        one = reviews.get(ahead.pop())
        for other in one.replaces if one is not None else ():
            if other not in found:
                found.add(other)
                ahead.append(other)
    return found


def _said(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"
