"""What alignd says on a task later: one short comment for one piece of news. The first line says it all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from mapping.documents import Document, Line, Paragraph, Text
from mapping.judgements import Episode, Judgement, Status
from mapping.kpis import Direction, Kpi, Unit
from mapping.people import call_name
from mapping.periods import Period, PeriodKind
from mapping.runs import run_of
from mapping.texts.action import TITLE_LIMIT, linked
from mapping.texts.facts import CommentFacts, Explained
from mapping.texts.phrases import (
    NAME_LIMIT,
    counted,
    explained_lines,
    has,
    name_of,
    name_within,
    off_target,
    off_word,
    recent,
    remark,
    row_of,
    short_by,
    target_word,
)
from mapping.texts.quoting import quoted
from mapping.wording import (
    against,
    apart,
    in_period,
    ordinal,
    show_day,
    show_period,
    show_period_short,
    show_value,
    side,
    the_period,
    unit_word,
)


def numbers(facts: CommentFacts, read_on: date, explained: Sequence[Explained] = ()) -> Document:
    """ "Latest: 16–22 Nov 6,700 below · 9–15 Nov 8,200 below. Read Wed 25 Nov, final." The one comment that is edited
    in place with each final period. `read_on`: the workspace's date on which the newest of them was read. `explained`:
    KPIs that are short for the same cause, one line each.
    """
    rows = [" ".join(row_of(facts.kpi, one, facts.today, with_target=False)) for one in recent(facts.history)]
    latest = f"Latest: {' · '.join(rows)}. Read {show_day(read_on, facts.today)}, final."
    return remark(latest, *(f"Probably follows from it: {line}." for line in explained_lines(explained, facts.today)))


def worse(facts: CommentFacts, told: Judgement) -> Document:
    """ "Week of 16–22 Nov: 6,700 of 12,000, now 44 % below (32 % the week before). Still yours to decide by Wed 25
    Nov." `told`: the judgement whose gap was told last."""
    kpi, news = facts.kpi, facts.history[-1]
    now, before = short_by(news, kpi), short_by(told, kpi)
    parts = [_pair(kpi, news)]
    if now:
        then = f" ({before} {_then(told.period, news.period, facts)})" if before else ""
        parts.append(f"now {now} {side(kpi, news.value, news.target)}{then}")
    by = f" by {show_day(facts.due, facts.today)}" if facts.due is not None and facts.due >= facts.today else ""
    return remark(f"{_head(news.period, facts.today)}: {', '.join(parts)}. Still yours to decide{by}.")


def recovered(facts: CommentFacts, episode: Episode, then: Literal["open", "completed", "resting"]) -> Document:
    """ "Back on target: Website sessions at 12,260 …, after three weeks below." `episode`: the one
    that ends. `then`: the task stays open, alignd completes it now, or a person had completed it (resting)."""
    kpi, news = facts.kpi, facts.history[-1]
    shown = "" if news.value is None else f" at {show_value(kpi, news.value)}"
    goal = f" ({target_word(kpi, news.target)})" if news.target is not None else ""
    last_off = next((one for one in reversed(facts.history) if one.status is Status.OFF_TRACK), None)
    off = _range_word(off_word(kpi, last_off)) if last_off is not None else "off"
    weeks = _off_periods(facts, episode)
    after = f", after {counted(kpi.period, weeks)} {off}" if weeks else ""
    ending = {
        "open": "If you are finished, write one line on what helped and complete this. It stays open until you do.",
        "completed": "This task is completed now; reopen it if something is left to do.",
        "resting": "Thank you. Nothing is left to do here.",
    }[then]
    return remark(f"Back on target: {name_of(kpi)}{shown} {in_period(news.period, facts.today)}{goal}{after}. {ending}")


def reopened(facts: CommentFacts, closed: Period | None) -> Document:
    """The former item is opened again, since the shortfall came back so soon. `closed`: the period that was back on
    target."""
    since = f": the number had been back on target {in_period(closed, facts.today)}" if closed is not None else ""
    return remark(f"{_again(facts)} This task is open again{since}.", _please(facts))


def taken_up(facts: CommentFacts) -> Document:
    """The former item was still open when the number fell again: it goes on there."""
    return remark(f"{_again(facts)} This task is still open, so it goes on here.", _please(facts))


def escalated(facts: CommentFacts, to: str | None, episode: Episode, how: Literal["review", "follow"]) -> Document:
    """Somebody up the goal tree is told; it stays with its owner. `to`: person id."""
    kpi = facts.kpi
    who = quoted(call_name(to, facts.people) or "", NAME_LIMIT) or "a colleague"
    off = off_target(kpi, facts.history[-1].target)
    weeks = counted(kpi.period, max(_off_periods(facts, episode), 1))
    long = f"{name_of(kpi)} {has(kpi)} been {off} for {weeks} by now"
    stays = f"It stays with {_owner_name(facts)}"
    if how == "follow":
        return remark(f"{long}, so {who} follows this too. {stays}.")
    return remark(f"{long}, so the next review has it on its list, for {who}. {stays}, and nothing more is asked here.")


def corrected(facts: CommentFacts, before: Judgement, after: Judgement, source: str) -> Document:
    """ "Google corrected the week of 9–15 November from 8,200 to 11,900. That would not have been reported. Please
    complete this if nothing is left to do." `source`: who corrected it, as people call it."""
    kpi = facts.kpi
    who = quoted(source, NAME_LIMIT) or "the source"
    if before.value is not None and after.value is not None:
        change = "from {} to {}".format(*apart(kpi, before.value, after.value))
    else:
        change = " to ".join(
            "no number" if one.value is None else show_value(kpi, one.value) for one in (before, after)
        )
        change = f"from {change}"
    said = f"{who[0].upper()}{who[1:]} corrected {the_period(after.period, facts.today)} {change}."
    match after.status:
        case Status.OFF_TRACK:
            meaning = f"With that it is {off_target(kpi, after.target)} ({_pair(kpi, after)})."
        case Status.UNKNOWN:
            meaning = "With that there is no number to go by."
        case _:
            meaning = "That would not have been reported. Please complete this if nothing is left to do."
    return remark(f"{said} {meaning}")


def redefined(facts: CommentFacts, on: date) -> Document:
    """How the KPI is counted changed; the item is left to its people."""
    kpi = facts.kpi
    return remark(
        f"How we count {name_within(kpi)} changed on {show_day(on, facts.today)}, so older and newer numbers cannot be "
        "compared. This task is left to you: please complete it if nothing is left to do."
    )


def removed(what: str, on: date, today: date) -> Document:
    """The KPI, review, campaign or person `what` (its name) left the file; the item is left to its people."""
    name = quoted(what, NAME_LIMIT)
    return remark(
        f"Nothing new comes here any more: {name} left the agreed list on {show_day(on, today)}. "
        "This task is left to you: please complete it if nothing is left to do."
    )


def handed_over(what: str, to: str, today: date) -> Document:
    """The person `what` left the file, and the work is `to`'s now."""
    day, name = show_day(today, today), quoted(what, NAME_LIMIT)
    return remark(f"From {day} this is {quoted(to, NAME_LIMIT)}'s: {name} left the agreed list.")


def extra(title: str, url: str) -> Document:
    """A second task for the same work, untouched: put away, with the one that counts."""
    counts = linked(quoted(title, TITLE_LIMIT) or "the other one", url)
    line: Line = (
        Text("This was made twice by mistake; the one that counts is "),
        counts,
        Text(". This one is put away, and nothing is lost."),
    )
    return Document((Paragraph((line,)),))


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _head(period: Period, today: date) -> str:
    said = show_period_short(period, today)
    if period.kind is PeriodKind.WEEK:
        return f"Week of {said}"
    full = show_period(period, today)
    return full[0].upper() + full[1:]


def _pair(kpi: Kpi, judgement: Judgement) -> str:
    """ "6,700 of 12,000" where more is better and things are counted, else "1.4 % against 2.0 %"."""
    if judgement.value is None:
        return "no number"
    if judgement.target is None:
        return show_value(kpi, judgement.value)
    value, target = against(kpi, judgement.value, judgement.target)
    is_part = (
        kpi.direction is Direction.UP and kpi.unit in (Unit.COUNT, Unit.CURRENCY) and not judgement.target.is_range
    )
    return f"{value} of {target}" if is_part else f"{value} against {target}"


def _then(told: Period, news: Period, facts: CommentFacts) -> str:
    if (news.first - told.last).days == 1:
        return f"the {unit_word(told.kind)} before"
    return in_period(told, facts.today)


def _again(facts: CommentFacts) -> str:
    kpi, news, run = facts.kpi, facts.history[-1], run_of(facts.history)
    off = off_target(kpi, news.target)
    in_a_row = run.count > 1 and run.spanned == run.count
    row = f", the {ordinal(run.count)} {unit_word(kpi.period)} in a row" if in_a_row else ""
    number = f"{name_of(kpi)} {_pair(kpi, news)} {in_period(news.period, facts.today)}"
    return f"{off[0].upper()}{off[1:]} again: {number}{row}."


def _off_periods(facts: CommentFacts, episode: Episode) -> int:
    """Off-track periods of the episode so far."""
    return sum(one.status is Status.OFF_TRACK and one.period >= episode.began for one in facts.history)


def _please(facts: CommentFacts) -> str:
    by = f", by {show_day(facts.due, facts.today)}" if facts.due is not None else ""
    return f"Please decide what to do{by}, write one line here, and complete this task."


def _range_word(word: str) -> str:
    return "outside the range" if word == "outside" else word


def _owner_name(facts: CommentFacts) -> str:
    return quoted(call_name(facts.owner, facts.people) or "", NAME_LIMIT) or "whoever has it"
