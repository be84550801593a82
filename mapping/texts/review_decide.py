"""What a review is to decide: a numbered list, each with the one question and the person who answers it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mapping.documents import Block, Heading, Line, Paragraph, Strong, Text, line
from mapping.judgements import Status
from mapping.people import Person, call_name
from mapping.texts.evaluation import shown
from mapping.texts.phrases import NAME_LIMIT, name_of, name_within, target_word
from mapping.texts.quoting import quoted
from mapping.texts.review_facts import (
    Decidable,
    FindingMatter,
    HelpedMatter,
    Matter,
    NumberMatter,
    ReviewFacts,
    TargetMatter,
)
from mapping.texts.review_numbers import how_many, long_off, named, pair
from mapping.wording import (
    count_word,
    in_period,
    ordinal,
    show_date,
    show_value,
    unit_word,
)

MINUTES_EACH = 7  # what a team takes for one decision, as far as anybody can say
QUOTE = 240


def to_decide(facts: ReviewFacts) -> list[Block]:
    """The list, or the good news that there is nothing on it."""
    if not facts.to_decide:
        known = not facts.standings or any(one.is_ready for one in facts.standings)
        words = "Nothing needs a decision by the numbers." if known else "There is no final number to decide on yet."
        return [Heading("TO DECIDE"), Paragraph((line(words),))]
    lines = [_numbered(place, one, facts) for place, one in enumerate(facts.to_decide, start=1)]
    if facts.more_off:
        verb = "stands" if facts.more_off == 1 else "stand"
        lines.append(line(f"{facts.more_off} more off target {verb} under the numbers."))
    return [Heading(f"TO DECIDE{_minutes(facts)}"), Paragraph(tuple(lines))]


def _minutes(facts: ReviewFacts) -> str:
    """ " (about 35 minutes)", to the next five; not where it is more than the meeting has."""
    minutes = max(5, round(len(facts.to_decide) * MINUTES_EACH / 5) * 5)
    return "" if facts.review.minutes is not None and minutes > facts.review.minutes else f" (about {minutes} minutes)"


def _numbered(place: int, one: Decidable, facts: ReviewFacts) -> Line:
    who = matter_for(one, facts.people)
    words = Text(f"{place}. {matter_said(one, facts.people, facts.today)}{'  ' if who else ''}")
    return (words, Strong(who)) if who else (words,)


def matter_for(one: Decidable, people: Mapping[str, Person]) -> str:
    """Who decides, or whose view is asked for: "Thandi", "Sales"; "" where nobody is named."""
    if isinstance(one, HelpedMatter) and one.teams:
        return named(one.teams)
    return quoted(call_name(one.person, people) or "", NAME_LIMIT)


def matter_said(one: Decidable, people: Mapping[str, Person], today: date) -> str:
    """What is to be decided, with the one question."""
    match one:
        case NumberMatter():
            return _number(one, people, today)
        case FindingMatter(finding=finding):
            who = quoted(finding.by, NAME_LIMIT)
            when = show_date(finding.on, today)
            begin = f"{who}, {when}" if who else f"Noted on {when}"
            advice = f" Recommended: {sentence(finding.recommendation)}" if finding.recommendation.strip() else ""
            return f"{begin}: {sentence(finding.text)}{advice} Act on it, or not?"
        case HelpedMatter():
            return _helped(one, today)
        case TargetMatter(kpi=kpi, target=target, items=items):
            goal = f" ({target_word(kpi, target)})" if target is not None else ""
            times = count_word(items)
            return f"Is the target of {name_within(kpi)}{goal} right? It took {times} action items in a row."


def _number(one: NumberMatter, people: Mapping[str, Person], today: date) -> str:
    kpi, newest = one.kpi, one.newest
    begin = f"{name_of(kpi)} {pair(kpi, newest)}"
    if one.matter is Matter.AHEAD:
        long = f"{ordinal(how_many(one.history))} {unit_word(kpi.period)} ahead"
        return f"{begin}, {long}. What do we do more of?"
    if newest.status is not Status.OFF_TRACK:
        return f"{begin} {in_period(newest.period, today)}. What do we change?"
    begin = f"{begin}, {long_off(kpi, one.history)}"
    if one.matter is Matter.ESCALATED:
        holder = quoted(call_name(one.holder, people) or "", NAME_LIMIT)
        return f"{begin}{f', with {holder}' if holder else ''}. It has lasted too long: what do we decide?"
    if one.in_hand.strip():
        return f"{begin}. In hand: {sentence(one.in_hand)} Is that enough?"
    return f"{begin}. What do we change?"


def sentence(text: str) -> str:
    """Somebody's words in quotation marks, as a sentence that another can follow: "season". · "It is slow." """
    words = quoted(text, QUOTE)
    return f'"{words}"' if words.endswith((".", "!", "?", "…")) else f'"{words}".'


def _helped(one: HelpedMatter, today: date) -> str:
    kpi, found = one.kpi, one.evaluation
    did = quoted(found.did, QUOTE)
    when = show_date(found.completed_on, today)
    begin = f'"{did}", {when}' if did else f"What was done about it until {when}"
    target = f", {target_word(kpi, found.target)}" if found.target is not None else ""
    return f"Did it help? {begin}: {name_within(kpi)} {before_after(one)}{target}. Yes / no / too early"


def before_after(one: HelpedMatter) -> str:
    """ "1.4 % before, 1.6 % after"."""
    kpi, before, after = one.kpi, one.evaluation.before.value, one.evaluation.after.value
    if before is not None and after is not None:
        first, then = shown(one.evaluation, kpi)
        return f"{first} before, {then} after"
    if after is not None:
        return f"{show_value(kpi, after)} after"
    return "not counted since"
