"""What is said on a review's task later: on its day what changed since it was written, and when the file moves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from mapping.documents import Document
from mapping.judgements import Judgement, Status
from mapping.kpis import Kpi
from mapping.people import Person, call_name
from mapping.texts.phrases import NAME_LIMIT, name_of, remark
from mapping.texts.quoting import quoted
from mapping.texts.review_decide import QUOTE
from mapping.texts.review_facts import Said
from mapping.texts.review_numbers import SHORT_NAME, named, pair
from mapping.wording import apart, in_period, show_day, status_word

DAY_LINES = 8  # of the comment of the day, its first line included


@dataclass(frozen=True, slots=True)
class NewNumber:
    """A number that became final, or was corrected, since the notes were written; what stood there before.

    `first_count`: it is not final yet, and the period has ended since.
    """

    kpi: Kpi
    now: Judgement
    before: Judgement | None = None
    corrected: bool = False
    first_count: bool = False


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What changed from `written` until the day. `done`: titles of completed items and who completed each.

    `still_counting`: there are first counts, which move without being news.
    """

    at: datetime
    today: date
    written: date
    people: Mapping[str, Person]
    numbers: tuple[NewNumber, ...] = ()
    done: tuple[tuple[str, str | None], ...] = ()
    decisions: tuple[Said, ...] = ()
    still_counting: bool = False


def day_words(facts: DayFacts) -> Document:
    """ "Today 10:00. New since Tue 8 Dec:", then a line each, eight in all; or that nothing changed."""
    begin = f"Today {facts.at:%H:%M}."
    written = show_day(facts.written, facts.today)
    changed = [one for one in facts.numbers if _differs(one)]
    same = [one for one in facts.numbers if not _differs(one) and one.now.value is not None]
    lines = [_new_number(one, facts.today) for one in changed]
    lines += [f"Final by now, as they were before: {named([one.kpi.name for one in same])}."] if same else []
    lines += [_decided(one.text, one.by, facts) for one in facts.decisions]
    lines += [_done(title, who, facts) for title, who in facts.done]
    if not lines and facts.still_counting:
        return remark(f"{begin} No number has become final since {written}.")
    if not lines:
        return remark(f"{begin} The numbers are as they were on {written}.")
    left = len(lines) - (DAY_LINES - 1)
    if left > 0:
        lines = [*lines[: DAY_LINES - 2], f"And {left + 1} more changes."]
    return remark(f"{begin} New since {written}:", *lines)


def _differs(one: NewNumber) -> bool:
    return (
        one.corrected
        or one.first_count
        or one.before is None
        or status_word(one.kpi, one.now) != status_word(one.kpi, one.before)
    )


def _new_number(one: NewNumber, today: date) -> str:
    kpi, now, before = one.kpi, one.now, one.before
    name = name_of(kpi, SHORT_NAME)
    if one.corrected and before is not None and before.value is not None and now.value is not None:
        first, then = apart(kpi, before.value, now.value)
        return f"Corrected: {name} {in_period(now.period, today)} from {first} to {then}, {status_word(kpi, now)}."
    if one.first_count:
        return f"First count: {name} {pair(kpi, now)} {in_period(now.period, today)}, {status_word(kpi, now)} so far."
    if now.value is None:
        return f"Nothing to judge: {name} {in_period(now.period, today)}, {status_word(kpi, now)}."
    was = f" now, it was {status_word(kpi, before)}" if before is not None else ""
    head = "On target again" if _is_back(one) else "Final by now"
    return f"{head}: {name} {pair(kpi, now)} {in_period(now.period, today)}, {status_word(kpi, now)}{was}."


def _is_back(one: NewNumber) -> bool:
    return one.now.status is Status.ON_TRACK and one.before is not None and one.before.status is Status.OFF_TRACK


def _decided(text: str, by: str | None, facts: DayFacts) -> str:
    who = quoted(call_name(by, facts.people) or "", NAME_LIMIT)
    return f"New decision: {quoted(text, QUOTE)}{f' ({who})' if who else ''}"


def _done(title: str, who: str | None, facts: DayFacts) -> str:
    name = quoted(call_name(who, facts.people) or "", NAME_LIMIT)
    return f"Completed{f' by {name}' if name else ''}: {quoted(title, NAME_LIMIT)}"


def moved_words(at: datetime, before: date | None, file: str, today: date) -> Document:
    """ "This meets Fri 11 Dec 10:00 now (it was Thu 10 Dec), as alignd.yaml has it." """
    was = f" (it was {show_day(before, today)})" if before is not None and before != at.date() else ""
    return remark(f"This meets {show_day(at.date(), today)} {at:%H:%M} now{was}, as {quoted(file, NAME_LIMIT)} has it.")
