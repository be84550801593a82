"""Did it help? What was done and what came of it, and the task that asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mapping.documents import Block, Bullets, Code, Document, Line, Paragraph, Rows, Text, paragraph
from mapping.keys import reference
from mapping.kpis import Kpi
from mapping.logbook import Evaluation, Helped, Point
from mapping.people import Person, call_name
from mapping.periods import Period
from mapping.texts.action import TITLE_LIMIT, linked
from mapping.texts.phrases import NAME_LIMIT, WORDS_LIMIT, name_of, name_within, target_word
from mapping.texts.quoting import quoted, shortened
from mapping.wording import show_date, show_day, show_period_short, show_value

DID_LIMIT = 120  # characters of what was done, within a line
WRITE = ("Helped: yes – why", "Helped: no – why", "Helped: too early – why")

_ANSWERS = {Helped.YES: "yes", Helped.NO: "no", Helped.TOO_EARLY: "too early to say"}


def done(evaluation: Evaluation, kpi: Kpi, today: date, title: str = "", limit: int = DID_LIMIT) -> str:
    """What was done, and when: "Landing page rewritten, 11 Nov". `title`: of the item, for one on which nobody wrote a
    line.
    """
    what = quoted(evaluation.did, limit) or quoted(title, limit) or f"What was done about {name_within(kpi)}"
    return f"{what.rstrip(' .!;:,')}, {show_date(evaluation.completed_on, today)}"


def shown(evaluation: Evaluation, kpi: Kpi) -> tuple[str, str]:
    """Before and after, with as many places as it takes to tell them and the target apart."""
    before, after, target = evaluation.before.value, evaluation.after.value, evaluation.target
    ends = [one for one in ((target.low, target.high) if target is not None else ()) if one is not None]
    told = {one for one in (before, after, *ends) if one is not None}
    more = 0
    while more < 4 and len({show_value(kpi, one, more) for one in told}) < len(told):
        more += 1
    said = ["no number" if one is None else show_value(kpi, one, more) for one in (before, after)]
    return said[0], said[1]


def answer_said(evaluation: Evaluation) -> str:
    """ "yes", "no", "too early to say", "" while nobody answered."""
    return _ANSWERS[evaluation.helped] if evaluation.helped is not None else ""


def evaluation_task(
    evaluation: Evaluation,
    kpi: Kpi,
    key: str,
    today: date,
    people: Mapping[str, Person],
    *,
    title: str = "",
    url: str = "",
) -> tuple[str, Document]:
    """Title (at most 250 characters) and notes of the task that asks. `title`, `url`: of the item."""
    blocks: list[Block] = [
        paragraph(
            f"{name_of(kpi)} had been off target, and something was done about it. Did it help?",
            "Your view counts, not only the number: say what you see.",
        ),
        Paragraph(tuple(_what_was_done(evaluation, today, people, title, url))),
        Rows(tuple(_rows(evaluation, kpi, today))),
        paragraph("Please answer in a comment, on a line of its own, one of:"),
        Bullets(tuple((Code(one),) for one in WRITE)),
        paragraph(
            "With yes or no this task completes itself; after “too early” it stays open until you know.",
            "Please leave the last line in place, it is how alignd finds this task again.",
        ),
    ]
    said = f"Did it help? {done(evaluation, kpi, today, title)} ({name_within(kpi)})"
    return shortened(said, TITLE_LIMIT), Document(tuple(blocks), reference(key))


def _what_was_done(
    evaluation: Evaluation, today: date, people: Mapping[str, Person], title: str, url: str
) -> list[Line]:
    by = quoted(call_name(evaluation.by, people) or "", NAME_LIMIT)
    when = f"{by + ', ' if by else ''}{show_day(evaluation.completed_on, today)}"
    did = quoted(evaluation.did, WORDS_LIMIT)
    lines: list[Line] = [(Text(f"What was done: “{did}” ({when})" if did else f"Completed: {when}"),)]
    if url:
        lines.append((Text("The task: "), linked(quoted(title, TITLE_LIMIT) or url, url)))
    elif title:
        lines.append((Text(f"The task: {quoted(title, TITLE_LIMIT)}"),))
    return lines


def _rows(evaluation: Evaluation, kpi: Kpi, today: date) -> list[tuple[str, ...]]:
    before, after = shown(evaluation, kpi)
    rows: list[tuple[str, ...]] = [
        ("Before", before, _when(evaluation.before, kpi, today)),
        ("After", after, _when(evaluation.after, kpi, today)),
    ]
    if evaluation.target is not None:
        word, _, amount = target_word(kpi, evaluation.target).partition(" ")
        rows.append((word[0].upper() + word[1:], amount))
    return rows


def _when(point: Point, kpi: Kpi, today: date) -> str:
    return show_period_short(Period(point.first, point.last, kpi.period, point.label), today)
