"""The parts that reports share: numbers, targets, periods and people, for machines and in words at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal

from config import Config
from mapping.judgements import Judgement, Status
from mapping.kpis import Direction, Kpi, TargetValue
from mapping.people import Person
from mapping.periods import Period
from mapping.wording import (
    count_word,
    ordinal,
    show_day,
    show_moment,
    show_period,
    show_period_short,
    show_target,
    show_value,
    unit_word,
)
from sync.reports import Number, Span, Target


@dataclass(frozen=True, slots=True)
class Reader:
    """From when and where a report is read: it decides how days and times are said."""

    at: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        return self.at.astimezone(self.zone).date()

    def day(self, day: date) -> str:
        """ "Wed 25 Nov"."""
        return show_day(day, self.today)

    def moment(self, at: datetime) -> str:
        """ "Wed 18 Nov 06:10"."""
        return show_moment(at.astimezone(self.zone), self.today)

    def span(self, period: Period, *, full: bool = False) -> Span:
        """A period: "9–15 Nov", or with `full` "week of 9–15 November"."""
        said = show_period(period, self.today) if full else show_period_short(period, self.today)
        return Span(period.label, period.first, period.last, said)


def number(kpi: Kpi, value: Decimal | None) -> Number:
    return Number(value, "–" if value is None else show_value(kpi, value))


def target(kpi: Kpi, value: TargetValue | None) -> Target | None:
    """ "min 12,000", "max R 180", "2.0–4.5 %"."""
    if value is None or value.low is None:
        return None
    said = show_target(kpi, value)
    if not value.is_range:
        said = f"{'min' if kpi.direction is Direction.UP else 'max'} {said}"
    return Target(value.low, value.high, said, value.said)


def person_name(person: str | None, people: Mapping[str, Person]) -> str | None:
    """The name of somebody in the file; the id itself for somebody who is not (any more)."""
    if person is None:
        return None
    found = people.get(person)
    return found.name if found is not None else person


def subject_name(subject: str, config: Config) -> str:
    """What a piece of work is about, by name: a KPI, review, campaign or event of the file; else the id itself."""
    if subject in config.kpis:
        return config.kpis[subject].name
    if subject in config.reviews:
        return config.reviews[subject].title
    titled = {one.id: one.title for one in config.events} | {one.id: one.title for one in config.campaigns}
    return titled.get(subject, subject)


def in_a_row(judgements: Sequence[Judgement]) -> Sequence[Judgement]:
    """The newest judgements that share the newest one's status, oldest first."""
    run: list[Judgement] = []
    for one in reversed(judgements):
        if run and one.status is not run[-1].status:
            break
        run.append(one)
    return run[::-1]


def how_long(judgements: Sequence[Judgement]) -> str:
    """ "second week in a row" for a KPI that is off or close; nothing for one that is well or not known.

    "at least 13 weeks in a row" where it was so from the first period that alignd looked back to.
    """
    run = in_a_row(judgements)
    if not run or run[-1].status not in (Status.OFF_TRACK, Status.AT_RISK):
        return ""
    kind = run[-1].period.kind
    unit = unit_word(kind)
    if len(run) > 1 and len(run) == len(judgements) and run[0].background:
        return f"at least {count_word(len(run))} {unit_word(kind, len(run))} in a row"
    return f"first {unit}" if len(run) == 1 else f"{ordinal(len(run))} {unit} in a row"
