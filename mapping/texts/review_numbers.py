"""A review's numbers: how many KPIs stand where, each of them in a row, and what its number is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from mapping.documents import Block, Heading, Line, Paragraph, Rows, Text, line
from mapping.judgements import Judgement, Status
from mapping.kpis import Direction, Kpi, Unit
from mapping.periods import Period, PeriodKind
from mapping.runs import run_of
from mapping.texts.action import linked
from mapping.texts.pace import expected_by, pace_days, pace_row
from mapping.texts.phrases import name_of, off_word, target_word
from mapping.texts.quoting import quoted
from mapping.texts.review_facts import CampaignNumber, ReviewFacts, Standing
from mapping.wording import (
    against,
    count_word,
    join_words,
    ordinal,
    show_date,
    show_period,
    show_period_short,
    show_target,
    show_value,
    status_word,
    unit_word,
)

ROWS_WITH_LINK = 12  # where a page shows the rest
ROWS_AT_MOST = 40
NAMES_AT_MOST = 6
SHORT_NAME = 60  # a row stays a row
_ORDER = ("on target", "ahead", "close", "below", "above", "paused", "no target", "not judged")
_NO_NUMBER = ("no number", "not trusted")


# ── in short ─────────────────────────────────────────────────────────────────────────────────────────────────────


def in_short(facts: ReviewFacts) -> list[Block]:
    """How many KPIs stand where, and when the others' numbers come."""
    if not facts.standings:
        return []
    ready = [one for one in facts.standings if one.is_ready]
    sentences = [_counted(ready, len(facts.standings))]
    sentences += _to_come(facts)
    sentences += _lacking(facts)
    return [Heading("IN SHORT"), Paragraph((line(" ".join(filter(None, sentences))),))]


def _counted(ready: Sequence[Standing], total: int) -> str:
    if not ready:
        return "No number is final yet."
    words = Counter(status_word(one.kpi, one.shown) for one in ready if one.shown is not None)
    counts = ", ".join(f"{words[word]} {word}" for word in _ORDER if words[word])
    many = f"all {total}" if len(ready) == total and total > 1 else f"{len(ready)} of {total}"
    return f"Numbers are final for {many} KPI{'s' if total != 1 else ''}: {counts}."


def _to_come(facts: ReviewFacts) -> list[str]:
    """ "Two come on 20 Dec (Cost of a new customer, Customers kept)." · "One is a first count until 9 Dec (…)." """
    days = sorted({(one.expected, one.is_first_count) for one in facts.standings if one.expected is not None})
    said = []
    for day, first_count in days:
        them = [one for one in facts.standings if one.expected == day and one.is_first_count == first_count]
        many, one = count_word(len(them)).capitalize(), len(them) == 1
        when = show_date(day, facts.today)
        if first_count:
            verb = f"{'is a first count' if one else 'are first counts'}, final on"
        else:
            verb = "comes on" if one else "come on"
        said.append(f"{many} {verb} {when} ({_names([s.kpi for s in them])}).")
    return said[:3]


def _lacking(facts: ReviewFacts) -> list[str]:
    them = [one for one in facts.standings if not one.is_ready and one.expected is None]
    said = []
    for words, first_count in (("Still a first count", True), ("Without a number that counts", False)):
        kpis = [one.kpi for one in them if one.is_first_count is first_count]
        said += [f"{words}: {_names(kpis)}."] if kpis else []
    return said


def _names(kpis: Sequence[Kpi]) -> str:
    shown = [name_of(one, SHORT_NAME) for one in kpis[:NAMES_AT_MOST]]
    return ", ".join(shown) + more(len(kpis) - NAMES_AT_MOST, ", and")


def more(left: int, before: str = "… and") -> str:
    """ " and 3 more", for a list that was cut."""
    return f"{before} {left} more" if left > 0 else ""


# ── all numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


def all_numbers(facts: ReviewFacts) -> list[Block]:
    """A row for each KPI, a second one for its running period where the team looks at that, then for each measure of
    a running campaign.
    """
    rows = [row for one in facts.standings for row in (_row(one, facts), *_pace_rows(one.kpi, facts))]
    rows += [_campaign_row(one, facts) for one in facts.campaigns]
    if not rows:
        return []
    limit = ROWS_WITH_LINK if facts.url is not None and len(rows) > ROWS_WITH_LINK else ROWS_AT_MOST
    period = show_period(facts.period, facts.today) if facts.period is not None else "newest"
    blocks: list[Block] = [Heading(f"ALL NUMBERS ({period}, target, since when)"), Rows(tuple(rows[:limit]))]
    left = len(rows) - limit
    if left > 0:
        link: Line = (Text(": "), linked(facts.url, facts.url)) if facts.url is not None else ()
        blocks.append(Paragraph(((Text(f"… {left} more"), *link),)))
    return blocks


def _row(standing: Standing, facts: ReviewFacts) -> tuple[str, ...]:
    kpi, shown = standing.kpi, standing.shown
    label = _label(standing, facts)
    name = f"{name_of(kpi, SHORT_NAME)}{f' ({label})' if label else ''}"
    if shown is None:
        return (name, "–", "–", _waits(standing, facts))
    value = "–" if shown.value is None else show_value(kpi, shown.value)
    if shown.value is not None and shown.target is not None and shown.status is not Status.ON_TRACK:
        value = against(kpi, shown.value, shown.target)[0]
    target = show_target(kpi, shown.target) if shown.target is not None else "–"
    return (name, value, target, since(standing, facts))


def _label(standing: Standing, facts: ReviewFacts) -> str:
    """What the number is of, where that is not the review's own period."""
    shown = standing.shown
    words = []
    if shown is not None and (shown.period != standing.period or shown.period != facts.period):
        words.append(_when(shown.period, facts.day, facts.today))
    if standing.is_first_count:
        words.append("first count")
    return ", ".join(words)


def _when(period: Period, day: date, today: date) -> str:
    """ "last week" where it was that on the day of the meeting, else its dates."""
    is_last_week = period.kind is PeriodKind.WEEK and period.last < day <= period.last + timedelta(days=7)
    return "last week" if is_last_week else show_period_short(period, today)


def since(standing: Standing, facts: ReviewFacts) -> str:
    """ "on target" · "below, third week" · "close, first month" · "expected 20 Dec"."""
    shown = standing.shown
    if shown is None or (not standing.final and not standing.is_first_count):
        return _waits(standing, facts)
    word = status_word(standing.kpi, shown)
    if shown.status not in (Status.OFF_TRACK, Status.AT_RISK) or standing.is_first_count:
        return word
    return f"{word}, {nth(standing.kpi, standing.history)}"


def _waits(standing: Standing, facts: ReviewFacts) -> str:
    what = show_period_short(standing.period, facts.today)
    if standing.expected is None:
        return "no number" if standing.shown is None else f"{what}: no number"
    return f"{what} expected {show_date(standing.expected, facts.today)}"


def _pace_rows(kpi: Kpi, facts: ReviewFacts) -> list[tuple[str, ...]]:
    """ "New leads (1–6 Dec)", "36", "35 by now", "on target"."""
    pace = facts.paces.get(kpi.id)
    if pace is None:
        return []
    return [(f"{name_of(kpi, SHORT_NAME)} ({pace_days(pace, facts.today)})", *pace_row(kpi, pace, facts.today))]


def _campaign_row(one: CampaignNumber, facts: ReviewFacts) -> tuple[str, ...]:
    value = "–" if one.value is None else show_value(one.kpi, one.value)
    target = "–" if one.target is None else show_target(one.kpi, one.target)
    if one.expected is not None and one.counted is not None:
        target += f", {expected_by(one.kpi, one.expected, one.counted, facts.today, one.value)}"
    name = f"{quoted(one.title, SHORT_NAME)}: {name_of(one.kpi, SHORT_NAME)}"
    return (name, value, target, f"day {one.day} of {one.days}")


def campaign_line(one: CampaignNumber, today: date) -> str:
    """ "Qualified leads 61 of 180, 63 expected by now": over its own span so far."""
    kpi, name = one.kpi, name_of(one.kpi, SHORT_NAME)
    if one.value is None:
        return f"{name} not counted yet"
    if one.target is None:
        return f"{name} {show_value(kpi, one.value)}"
    value, goal = against(kpi, one.value, one.target)
    if kpi.unit not in (Unit.COUNT, Unit.CURRENCY) or one.target.is_range:
        return f"{name} {value} ({target_word(kpi, one.target)})"
    pair = f"{value} of {'at most ' if kpi.direction is Direction.DOWN else ''}{goal}"
    if one.expected is None or one.counted is None:
        return f"{name} {pair}"
    by_now = expected_by(kpi, one.expected, one.counted, today, one.value)
    return f"{name} {pair}, {by_now.replace(' by ', ' expected by ', 1)}"


# ── for how long ─────────────────────────────────────────────────────────────────────────────────────────────────


def how_many(history: Sequence[Judgement]) -> int:
    """How many periods in a row have stood as the last one does; for off track as runs are counted."""
    last = history[-1]
    if last.status is Status.OFF_TRACK:
        return max(run_of(history).count, 1)
    ahead = "ahead" in last.flags
    count = 0
    for one in reversed(history):
        if one.status is not last.status or ("ahead" in one.flags) != ahead:
            break
        count += 1
    return count


def nth(kpi: Kpi, history: Sequence[Judgement]) -> str:
    """ "first month", "third week", "for at least 13 weeks"."""
    count = how_many(history)
    if history[-1].status is Status.OFF_TRACK and run_of(history).at_least and count > 1:
        return f"for at least {count_word(count)} {unit_word(kpi.period, count)}"
    return f"{ordinal(count)} {unit_word(kpi.period)}"


def long_off(kpi: Kpi, history: Sequence[Judgement]) -> str:
    """ "first month below", "three weeks below", "three weeks outside the agreed range"."""
    count = how_many(history)
    off = off_word(kpi, history[-1])
    where = status_word(kpi, history[-1]) if off == "outside" else off
    if count == 1:
        return f"first {unit_word(kpi.period)} {where}"
    at_least = "at least " if run_of(history).at_least else ""
    return f"{at_least}{count_word(count)} {unit_word(kpi.period, count)} {where}"


def pair(kpi: Kpi, judgement: Judgement) -> str:
    """ "18.1 % against 22 %"; the value alone where there is no target."""
    if judgement.value is None:
        return "no number"
    if judgement.target is None:
        return show_value(kpi, judgement.value)
    return " against ".join(against(kpi, judgement.value, judgement.target))


def named(names: Sequence[str], limit: int = NAMES_AT_MOST) -> str:
    """ "A, B and C", cut to the limit."""
    shown = [quoted(one, SHORT_NAME) for one in names[:limit]]
    left = len(names) - limit
    return join_words([*shown, f"{left} more"] if left > 0 else shown)
