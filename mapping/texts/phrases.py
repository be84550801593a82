"""Clauses that several texts share: how far off a number is, for how long, and the rows of the last periods."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from mapping.documents import Document, paragraph
from mapping.judgements import Judgement, Status
from mapping.kpis import Direction, Kpi, TargetValue, Unit
from mapping.periods import PeriodKind
from mapping.runs import Run, run_of
from mapping.texts.facts import Explained
from mapping.texts.quoting import quoted
from mapping.wording import (
    MONTHS,
    WEEKDAYS,
    against,
    count_word,
    in_period,
    ordinal,
    show_gap,
    show_period_short,
    show_short,
    show_target,
    show_value,
    side,
    status_word,
    unit_word,
)

NAME_LIMIT = 120  # characters of a name within a text
WORDS_LIMIT = 600  # characters of something a person wrote
SHOWN_PERIODS = 8
EXPLAINED_AT_MOST = 8

_AFTER_HEAD = re.compile(r"\s(?:of|from|per|in|on|for|to|by|with|at|a|an|the|and|who|that|without|via|through)\s", re.I)
_PARTICIPLE = re.compile(r"(?:.{2,}ed|kept|won|lost|made|spent|sent|sold|read|seen|held|met|paid|done|due)$", re.I)
_SINGULAR = re.compile(r"(?:ss|us|is|news)$", re.I)
_NAMES_OF_THINGS = frozenset(
    {"google", "facebook", "instagram", "twitter", "pinterest", "reddit", "asana", "trello", "hubspot", "africa"}
    | {word.lower() for word in (*MONTHS, *WEEKDAYS)}
)


def remark(*lines: str) -> Document:
    """A comment of plain lines."""
    return Document((paragraph(*lines),))


def name_of(kpi: Kpi, limit: int = NAME_LIMIT) -> str:
    """The KPI's name, at the start of a sentence."""
    return quoted(kpi.name, limit) or kpi.id


def name_within(kpi: Kpi, limit: int = NAME_LIMIT) -> str:
    """The KPI's name within a sentence: "email open rate", but "NPS", "LinkedIn followers", "Google reviews"."""
    name = name_of(kpi, limit)
    first = name.split(" ", 1)[0]
    plain_word = len(first) > 1 and first[1:].islower() and first.lower() not in _NAMES_OF_THINGS
    return name[0].lower() + name[1:] if plain_word else name


def was(kpi: Kpi) -> str:
    """ "were" for a name that speaks of many ("Website sessions", "Visits from social channels"), else "was"."""
    return "were" if _is_plural(kpi.name) else "was"


def has(kpi: Kpi) -> str:
    """ "have" or "has", likewise."""
    return "have" if _is_plural(kpi.name) else "has"


def _is_plural(name: str) -> bool:
    words = _AFTER_HEAD.split(f"{name[:400]} ", maxsplit=1)[0].split()
    while len(words) > 1 and _PARTICIPLE.match(words[-1]):
        words.pop()
    return bool(words) and words[-1].endswith("s") and not _SINGULAR.search(words[-1])


# ── how far off ──────────────────────────────────────────────────────────────────────────────────────────────────


def short_by(judgement: Judgement, kpi: Kpi) -> str:
    """The distance to the target or the nearer end, in words: "32 %", "3.9 points"; "" where there is none to tell."""
    if kpi.unit is Unit.PERCENT:
        short = _distance(judgement, kpi)
        return "" if short is None else short
    return "" if judgement.gap is None else show_gap(judgement.gap)


def off_phrase(kpi: Kpi, judgement: Judgement) -> str:
    """For titles: "32 % below target", "3.9 points below target (18.1 % against 22 %)", "outside the agreed …"."""
    target, value = judgement.target, judgement.value
    where = off_target(kpi, target)
    if value is None or target is None:
        return where
    pair = " against ".join(against(kpi, value, target))
    if target.is_range:
        return f"{where} ({pair})"
    short = short_by(judgement, kpi)
    if not short or kpi.unit is Unit.PERCENT:
        return f"{short} {where} ({pair})".lstrip()
    return f"{short} {where}"


def off_target(kpi: Kpi, target: TargetValue | None) -> str:
    """ "below target", "above the limit", "outside the agreed range"."""
    if target is not None and target.is_range:
        return "outside the agreed range"
    return "below target" if kpi.direction is Direction.UP else "above the limit"


def bound_said(kpi: Kpi, target: TargetValue) -> str:
    """ "12,000 or more", "R 460 or less", "2.0–4.5 %"."""
    goal = show_target(kpi, target)
    if target.is_range or (kpi.direction is Direction.DOWN and not target.low):
        return goal  # nothing is less than none
    return f"{goal} or {'more' if kpi.direction is Direction.UP else 'less'}"


def agreed_sentence(kpi: Kpi, judgement: Judgement) -> str:
    """ "We agreed on 12,000 or more, so 3,800 are missing (32 %)." """
    value, target = judgement.value, judgement.target
    if value is None or target is None:
        return ""
    goal = show_target(kpi, target)
    said = f" ({quoted(target.said, NAME_LIMIT)})" if target.said.strip() else ""
    distance = _distance(judgement, kpi)
    if target.is_range:
        if distance is None:
            return f"We agreed on {goal}{said}."
        return f"We agreed on {goal}{said}, so that is {distance} {side(kpi, value, target)} the agreed range."
    bound = bound_said(kpi, target)
    if distance is None:
        return f"We agreed on {bound}{said}."
    share = f" ({show_gap(judgement.gap)})" if judgement.gap is not None and kpi.unit is not Unit.PERCENT else ""
    return f"We agreed on {bound}{said}, so {_missing(kpi, distance)}{share}."


def _missing(kpi: Kpi, distance: str) -> str:
    one = distance in ("1", "1 point")
    if kpi.direction is Direction.UP:
        match kpi.unit:
            case Unit.COUNT | Unit.PERCENT:
                return f"{distance} {'is' if one else 'are'} missing"
            case Unit.CURRENCY:
                return f"{distance} is missing"
            case Unit.SECONDS:
                return f"that is {distance} too short"
            case _:
                return f"that is {distance} too low"
    match kpi.unit:
        case Unit.COUNT:
            return f"that is {distance} too many"
        case Unit.SECONDS:
            return f"that is {distance} too long"
        case _:
            return f"that is {distance} too high"


def _distance(judgement: Judgement, kpi: Kpi) -> str | None:
    value, target = judgement.value, judgement.target
    if value is None or target is None:
        return None
    low, high = target.low, target.high
    if high is not None and value > high:
        return show_short(kpi, value - high, value)
    if low is None or (high is not None and value >= low):
        return None
    return show_short(kpi, value - low, value)


# ── for how long ─────────────────────────────────────────────────────────────────────────────────────────────────


def off_word(kpi: Kpi, judgement: Judgement) -> str:
    """ "below", "above" or "outside": where a run of off-track periods lies, whichever side of a range each was."""
    if judgement.target is not None and judgement.target.is_range:
        return "outside"
    return side(kpi, judgement.value, judgement.target)


def run_sentence(kpi: Kpi, history: Sequence[Judgement]) -> str:
    """ "It is the second week in a row." · "It is the first month below." · "It is the second week below in the last
    three." · "It has been below for at least 13 weeks." ; "" when the last judged period is not off."""
    run: Run = run_of(history)
    if not run.count or history[-1].status is not Status.OFF_TRACK:
        return ""
    unit, nth = unit_word(kpi.period), ordinal(run.count)
    off = off_word(kpi, history[-1])
    if run.count == 1:
        return f"It is the first {unit} {off}{' the range' if off == 'outside' else ''}."
    if run.spanned == run.count and run.at_least:
        where = "outside the range" if off == "outside" else off
        begin = "They have been" if has(kpi) == "have" else "It has been"
        return f"{begin} {where} for at least {counted(kpi.period, run.count)}."
    if run.spanned == run.count:
        return f"It is the {nth} {unit} in a row."
    return f"It is the {nth} {unit} {off} in the last {count_word(run.spanned)}."


def counted(kind: PeriodKind, count: int) -> str:
    """ "three weeks", "one month"."""
    return f"{count_word(count)} {unit_word(kind, count)}"


# ── the last periods ─────────────────────────────────────────────────────────────────────────────────────────────


def recent(history: Sequence[Judgement]) -> list[Judgement]:
    """The last eight, newest first; not the time before there were any numbers."""
    begun = next((place for place, one in enumerate(history) if one.value is not None), 0)
    return list(reversed(history[begun:][-SHOWN_PERIODS:]))


def same_target(judgements: Sequence[Judgement]) -> TargetValue | None:
    """The one target that all of them were judged by; None if they differ or have none."""
    targets = [one.target for one in judgements if one.target is not None]
    alike = {(target.low, target.high) for target in targets}
    return targets[0] if len(alike) == 1 else None


def target_word(kpi: Kpi, target: TargetValue) -> str:
    """ "target 12,000", "limit 25", "agreed 2.0–4.5 %"."""
    word = "agreed" if target.is_range else "target" if kpi.direction is Direction.UP else "limit"
    return f"{word} {show_target(kpi, target)}"


def row_of(kpi: Kpi, judgement: Judgement, today: date, with_target: bool) -> tuple[str, ...]:
    """One row: period, value, the target if it is not the same for all, and where that is."""
    value = "–" if judgement.value is None else show_value(kpi, judgement.value)
    if judgement.value is not None and judgement.target is not None and judgement.status is not Status.ON_TRACK:
        value = against(kpi, judgement.value, judgement.target)[0]
    word = status_word(kpi, judgement)
    if "corrected" in judgement.flags:
        word = f"{word}, corrected"
    period = show_period_short(judgement.period, today)
    if not with_target:
        return (period, value, word)
    goal = "" if judgement.target is None else target_word(kpi, judgement.target)
    return (period, value, goal, word)


def explained_lines(explained: Sequence[Explained], today: date) -> list[str]:
    """ "Conversion rate 1.6 % against 2.0–4.5 % in the week of 9–15 November", at most eight, then "3 more"."""
    lines: list[str] = []
    for one in explained[:EXPLAINED_AT_MOST]:
        value, target = one.judgement.value, one.judgement.target
        pair = (
            f" {' against '.join(against(one.kpi, value, target))}" if value is not None and target is not None else ""
        )
        lines.append(f"{name_of(one.kpi)}{pair} {in_period(one.judgement.period, today)}")
    left = len(explained) - EXPLAINED_AT_MOST
    return [*lines, f"{left} more"] if left > 0 else lines


def month_after_next(today: date) -> date:
    """The last day of the month after the next: a day that people might well accept a number until."""
    months = today.year * 12 + today.month - 1 + 3
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)
