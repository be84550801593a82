"""The review's task: when and who, where the numbers stand, what is to be decided, and how to write it down.

Written once, ahead of the meeting; on its day one comment says what changed. Every list is cut and every word from
outside is bounded, so that the whole can be read in the meeting and fits every tracker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from mapping.documents import Block, Code, Document, Inline, Line, Paragraph, Text, line
from mapping.keys import reference
from mapping.people import call_name
from mapping.periods import Period, PeriodKind
from mapping.texts.action import TITLE_LIMIT, linked
from mapping.texts.phrases import NAME_LIMIT, WORDS_LIMIT, name_of
from mapping.texts.quoting import quoted, shortened
from mapping.texts.review_decide import to_decide
from mapping.texts.review_facts import HelpedMatter, ReviewFacts
from mapping.texts.review_lists import labelled
from mapping.texts.review_numbers import SHORT_NAME, all_numbers, in_short, more
from mapping.texts.review_past import adjustments, agreed_last_time
from mapping.texts.review_strategy import (
    coming_up,
    findings,
    gaps,
    goals,
    plans,
    priorities,
)
from mapping.wording import (
    MONTHS,
    WEEKDAYS,
    show_date,
    show_day,
    show_period_short,
    the_period,
    unit_word,
)

INVITED_AT_MOST = 12
_PARTS: Mapping[str, Callable[[ReviewFacts], list[Block]]] = {
    "to_decide": to_decide,
    "numbers": all_numbers,
    "agreed_last_time": agreed_last_time,
    "findings": findings,
    "coming_up": coming_up,
    "priorities": priorities,
    "goals": goals,
    "gaps": gaps,
    "adjustments": adjustments,
    "plans": plans,
}


def review_task(facts: ReviewFacts) -> tuple[str, Document]:
    """Title (at most 250 characters) and notes of a review's task."""
    blocks: list[Block] = [_opening(facts)]
    if "numbers" in facts.review.agenda:
        blocks += in_short(facts)
    for part in facts.review.agenda:
        if part in _PARTS:
            blocks += _PARTS[part](facts)
        elif own := quoted(part, WORDS_LIMIT):
            blocks.append(Paragraph((line(own),)))
    if facts.views_asked:
        blocks.append(Paragraph(tuple(_view_asked(team, who, facts) for team, who in facts.views_asked)))
    blocks += _closing(facts)
    return _title(facts), Document(tuple(blocks), reference(facts.key))


def _title(facts: ReviewFacts) -> str:
    rest = f", {show_day(facts.day, facts.today)}"
    if facts.period is not None:
        rest += f": how {_went(facts.period, facts.today)} went"
    return shortened(quoted(facts.review.title, TITLE_LIMIT - len(rest)) + rest, TITLE_LIMIT)


def _went(period: Period, today: date) -> str:
    """ "November", "the week of 30 Nov–6 Dec"."""
    if period.kind is PeriodKind.WEEK:
        return f"the week of {show_period_short(period, today)}"
    return show_day(period.first, today) if period.kind is PeriodKind.DAY else the_period(period, today)


# ── when, who, where ─────────────────────────────────────────────────────────────────────────────────────────────


def _opening(facts: ReviewFacts) -> Paragraph:
    lines: list[Line] = [_when_and_who(facts)]
    if facts.replaces:
        them = [f"this {unit_word(kind)}'s {quoted(title, NAME_LIMIT)}" for title, kind in facts.replaces]
        lines.append(line(f"Takes the place of {named_all(them)}."))
    if facts.missed:
        lines.append(line(f"Not held while alignd was stopped: {_days(facts.missed, facts.today)}."))
    if facts.absent:
        names = [f"{quoted(one, NAME_LIMIT)} (no account here)" for one in facts.absent[:INVITED_AT_MOST]]
        left = len(facts.absent) - INVITED_AT_MOST
        lines.append(line(f"Not on this task, please tell them: {', '.join(names)}{more(left, ', and')}."))
    return Paragraph(tuple(lines))


def _when_and_who(facts: ReviewFacts) -> Line:
    day = facts.day
    year = f" {day.year}" if day.year != facts.today.year else ""
    begin = f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1]}{year}, {facts.at:%H:%M}"
    if facts.review.minutes is not None:
        begin += f"–{facts.at + timedelta(minutes=facts.review.minutes):%H:%M}"
    parts = [begin]
    leader = quoted(call_name(facts.leader, facts.people) or "", NAME_LIMIT)
    if leader:
        away = quoted(call_name(facts.instead_of, facts.people) or "", NAME_LIMIT)
        parts.append(f"{leader} leads{f' ({away} is away)' if away else ''}")
    if facts.invited:
        shown = [quoted(one, NAME_LIMIT) for one in facts.invited[:INVITED_AT_MOST]]
        parts.append(", ".join(shown) + more(len(facts.invited) - INVITED_AT_MOST, ", and"))
    found: list[Inline] = [Text(" · ".join(parts))]
    if facts.review.link:
        found += [Text(" · "), linked(facts.review.link, facts.review.link)]
    return tuple(found)


def named_all(words: Sequence[str]) -> str:
    """ "a", "a and b"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _days(days: Sequence[date], today: date) -> str:
    """ "19 and 26 Nov", "26 Nov and 3 Dec"; the last five of many."""
    shown = list(days[-5:])
    words = [
        str(one.day) if then is not None and (one.year, one.month) == (then.year, then.month) else show_date(one, today)
        for one, then in zip(shown, [*shown[1:], None], strict=True)
    ]
    left = len(days) - len(shown)
    return f"{named_all(words)}, and {left} before" if left else named_all(words)


def _view_asked(team: str, who: str | None, facts: ReviewFacts) -> Line:
    name = quoted(call_name(who, facts.people) or "", NAME_LIMIT)
    return labelled(f"WHAT {quoted(team, NAME_LIMIT).upper()} HEARS FROM CUSTOMERS", name)


# ── how to write it down ─────────────────────────────────────────────────────────────────────────────────────────


def _closing(facts: ReviewFacts) -> list[Block]:
    lines: list[Line] = [
        line("Write as you go, each line as a comment:"),
        (Code("Decision: what"),),
        (
            Code("Action: who – what – by when"),
            Text(f"  (or just add a {facts.part} with a person and a date)"),
        ),
        (Code("Feedback: what"),),
    ]
    asked = [one.kpi for one in facts.to_decide if isinstance(one, HelpedMatter)]
    if asked:
        which = f" ({name_of(asked[0], SHORT_NAME)})" if len(asked) > 1 else ""
        lines.append((Code(f"Helped{which}: yes, no or too early – why"),))
    return [Paragraph(tuple(lines)), Paragraph((line(_summary(facts)),))]


def _summary(facts: ReviewFacts) -> str:
    at = facts.summary_at
    is_next = at.date() == facts.day + timedelta(days=1)
    # "Tomorrow" is said from the day of the meeting, on which people have this before them.
    day = "Tomorrow" if is_next else show_day(at.date(), facts.today)
    return f"{day} {at:%H:%M} everybody invited gets these as a summary."
