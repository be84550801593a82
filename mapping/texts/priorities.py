"""Why a thing is to be done first, in one plain sentence. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mapping.judgements import Status
from mapping.priorities import Rank, rank_of
from mapping.tasks import WorkKind
from mapping.texts.phrases import NAME_LIMIT, name_of, off_phrase
from mapping.texts.quoting import quoted
from mapping.texts.review_facts import OpenItem
from mapping.texts.review_numbers import nth
from mapping.wording import show_day, status_word


def thing(item: OpenItem) -> str:
    """What it is about: the KPI by its name, else the task by its title."""
    return quoted(item.title, NAME_LIMIT) if item.kpi is None or not item.history else name_of(item.kpi)


def why_first(item: OpenItem, today: date, *, overdue: bool = True) -> str:
    """ "32 % below target, second week; serves "Grow in Gauteng"; due Wed 25 Nov".

    `overdue`: say that its day is over ("was due Wed 18 Nov"); a channel that a whole team reads says no day then.
    """
    return "; ".join(filter(None, (_matter(item), _goal(item), due_said(item, today, overdue=overdue))))


def first_thing(item: OpenItem, today: date, *, overdue: bool = True) -> str:
    """The thing and why, as one line: "Website sessions: 32 % below target, second week; …"."""
    why = why_first(item, today, overdue=overdue)
    return f"{thing(item)}: {why}" if why else thing(item)


def rest_said(items: Sequence[OpenItem], today: date) -> str:
    """Of what comes after the first things: "3 more are open after these, 1 of them past its date."; "" for none."""
    if not items:
        return ""
    late = sum(1 for one in items if one.due is not None and one.due < today)
    if len(items) == 1:
        return f"1 more is open after these{', past its date' if late else ''}."
    past = f", {late} of them past {'its date' if late == 1 else 'their dates'}" if late else ""
    return f"{len(items)} more are open after these{past}."


def due_said(item: OpenItem, today: date, *, overdue: bool = True) -> str:
    if item.due is None:
        return ""
    if item.due >= today:
        return f"due {show_day(item.due, today)}"
    return f"was due {show_day(item.due, today)}" if overdue else ""


def _matter(item: OpenItem) -> str:
    if rank_of(item) is Rank.BACK:
        return "on target again, write what helped and complete it"
    if item.kpi is not None and item.history:
        newest = item.history[-1]
        if newest.status is Status.OFF_TRACK:
            return f"{off_phrase(item.kpi, newest)}, {nth(item.kpi, item.history)}"
        return "close to target" if newest.status is Status.AT_RISK else status_word(item.kpi, newest)
    match item.kind:
        case WorkKind.DATA:
            return "the number is waited for"
        case WorkKind.EVALUATION:
            return "a question that waits for an answer"
        case WorkKind.SAID:
            where = quoted(item.where, NAME_LIMIT)
            return f"agreed in {where}" if where else "agreed in a review"
        case _:
            return "not judged yet"


def _goal(item: OpenItem) -> str:
    return f'serves "{quoted(item.goal.title, NAME_LIMIT)}"' if item.goal is not None else ""
