"""The parts of a review that look beyond its numbers: findings, what comes, who does what first, goals, gaps, plans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mapping.documents import Block, Heading, Line, Paragraph, Text, line
from mapping.gaps import Gap
from mapping.judgements import Status
from mapping.people import call_name
from mapping.texts.phrases import NAME_LIMIT, name_of, off_phrase
from mapping.texts.quoting import quoted
from mapping.texts.review_decide import QUOTE, sentence
from mapping.texts.review_facts import (
    Ahead,
    Coming,
    GoalState,
    OpenItem,
    ReviewFacts,
    Standing,
)
from mapping.texts.review_lists import LIST_AT_MOST, labelled, listed
from mapping.texts.review_numbers import SHORT_NAME, long_off, more, named, nth, pair
from mapping.wording import show_date, show_day, status_word

FIRST_THINGS = 2
GOALS_AT_MOST = 20
NAMES_IN_A_GAP = 8

_GAPS = {
    "goal_past_its_date": "Goals past their date",
    "goal_without_kpi": "Goals that no KPI measures",
    "kpi_without_goal": "KPIs that serve no goal",
    "kpi_without_owner": "KPIs without an owner",
    "kpi_without_target": "KPIs without a target",
    "kpi_not_agreed": "KPIs whose definition is not agreed as it is counted now",
    "target_in_question": "Targets in question, after three action items in a row",
    "nobody_to_escalate_to": "KPIs with nobody above their owner to turn to",
}


# ── found, coming up, priorities ─────────────────────────────────────────────────────────────────────────────────


def findings(facts: ReviewFacts) -> list[Block]:
    items = []
    for one in facts.findings[:LIST_AT_MOST]:
        who = quoted(one.by, NAME_LIMIT)
        begin = f"{show_date(one.on, facts.today)}{f', {who}' if who else ''}"
        answer = f' Answer: "{quoted(one.answer, QUOTE)}"' if one.answer.strip() else ""
        items.append(line(f"{begin}: {sentence(one.text)}{answer}"))
    return listed("FINDINGS", items, len(facts.findings))


def coming_up(facts: ReviewFacts) -> list[Block]:
    """ "Thu 17 Dec Marketing and M&E weekly · Mon 23 Nov mid-campaign check, App launch"."""
    if not facts.coming_up:
        return []
    shown = " · ".join(_coming(one, facts.today) for one in facts.coming_up[:LIST_AT_MOST])
    return [Paragraph((labelled("COMING UP", shown + more(len(facts.coming_up) - LIST_AT_MOST, " · and")),))]


def _coming(one: Coming, today: date) -> str:
    title = quoted(one.title, SHORT_NAME)
    words = {
        Ahead.REVIEW: title,
        Ahead.KICKOFF: f"campaign kickoff, {title}",
        Ahead.MID: f"mid-campaign check, {title}",
        Ahead.POST: f"campaign evaluation, {title}",
        Ahead.EVENT: f"alignment review, {title}",
        Ahead.GOAL: f"goal ends, {title}",
    }
    return f"{show_day(one.day, today)} {words[one.what]}"


def priorities(facts: ReviewFacts) -> list[Block]:
    """The first two things of each person, and why these."""
    blocks: list[Block] = []
    for person, items in facts.priorities.items():
        name = quoted(call_name(person, facts.people) or person, NAME_LIMIT).upper()
        if not items:
            blocks.append(Paragraph((labelled(f"FIRST FOR {name}", "nothing is open"),)))
            continue
        lines = tuple(line(f"{place}. {_item(one, facts)}") for place, one in enumerate(items[:FIRST_THINGS], start=1))
        left = len(items) - FIRST_THINGS
        rest = (line(f"{left} more {'is' if left == 1 else 'are'} open after these."),) if left > 0 else ()
        blocks += [Heading(f"FIRST FOR {name}"), Paragraph((*lines, *rest))]
    return blocks


def _item(one: OpenItem, facts: ReviewFacts) -> str:
    """ "Website sessions: 32 % below target, second week, for the goal “20 % more leads”, due Wed 25 Nov"."""
    due = [f"due {show_day(one.due, facts.today)}"] if one.due is not None else []
    if one.kpi is None or not one.history:
        return ", ".join([quoted(one.title, NAME_LIMIT), *due])
    newest = one.history[-1]
    if newest.status is Status.OFF_TRACK:
        why = [off_phrase(one.kpi, newest), nth(one.kpi, one.history)]
    else:
        why = [status_word(one.kpi, newest)]
    goal = [f'for the goal "{quoted(one.goal.title, NAME_LIMIT)}"'] if one.goal is not None else []
    return f"{name_of(one.kpi)}: {', '.join([*why, *goal, *due])}"


# ── goals and gaps ───────────────────────────────────────────────────────────────────────────────────────────────


def goals(facts: ReviewFacts) -> list[Block]:
    """The goal tree: each goal with its own KPIs, and how many of those below it are off target."""
    return listed("GOALS", [_goal(one, facts) for one in facts.goals[:GOALS_AT_MOST]], len(facts.goals), GOALS_AT_MOST)


def _goal(one: GoalState, facts: ReviewFacts) -> Line:
    goal = one.goal
    who = quoted(call_name(goal.owner, facts.people) or "", NAME_LIMIT)
    by = f"by {show_date(goal.by, facts.today)}" if goal.by is not None else ""
    known = ", ".join(filter(None, (who, by)))
    arrow = "→ " * min(goal.depth, 5)
    title = f"{arrow}{quoted(goal.title, NAME_LIMIT)}{f' ({known})' if known else ''}: "
    states = "; ".join(_state(own) for own in one.own[:LIST_AT_MOST]) + more(len(one.own) - LIST_AT_MOST, "; and")
    below = ""
    if one.below:
        cause = f": {named([kpi.name for kpi in one.off_below])}" if one.off_below else ""
        below = f"below it {len(one.off_below)} of {one.below} off target{cause}"
    return (Text(title + ("; ".join(filter(None, (states, below))) or "nothing measures it")),)


def _state(own: Standing) -> str:
    name = name_of(own.kpi, SHORT_NAME)
    if not own.history:
        return f"{name} not counted yet"
    newest = own.history[-1]
    if newest.status is Status.OFF_TRACK:
        return f"{name} {pair(own.kpi, newest)}, {long_off(own.kpi, own.history)}"
    return f"{name} {status_word(own.kpi, newest)}"


def gaps(facts: ReviewFacts) -> list[Block]:
    """What is not agreed yet, one line a rule."""
    by_rule: dict[str, list[Gap]] = {}
    for one in facts.gaps:
        by_rule.setdefault(one.rule, []).append(one)
    lines = [line(f"{_GAPS.get(rule, rule)}: {_subjects(found, facts)}") for rule, found in by_rule.items()]
    return listed("NOT AGREED YET", lines, len(lines), len(_GAPS) + LIST_AT_MOST)


def _subjects(found: Sequence[Gap], facts: ReviewFacts) -> str:
    shown = [
        quoted(one.name, SHORT_NAME) + (f" ({show_date(one.on, facts.today)})" if one.on is not None else "")
        for one in found[:NAMES_IN_A_GAP]
    ]
    return ", ".join(shown) + more(len(found) - NAMES_IN_A_GAP, ", and")


# ── plans ────────────────────────────────────────────────────────────────────────────────────────────────────────


def plans(facts: ReviewFacts) -> list[Block]:
    """Open actions with who and until when, then the reviews and campaigns ahead."""
    items = []
    for one in facts.open_items[:LIST_AT_MOST]:
        who = quoted(call_name(one.person, facts.people) or "", NAME_LIMIT)
        due = f"by {show_day(one.due, facts.today)}" if one.due is not None else ""
        known = ", ".join(filter(None, (who, due)))
        items.append(line(f"{quoted(one.title, NAME_LIMIT)}{f' ({known})' if known else ''}"))
    blocks = listed("OPEN ACTIONS", items, len(facts.open_items))
    shown = [line(_coming(one, facts.today)) for one in facts.ahead[:LIST_AT_MOST]]
    return blocks + listed("AHEAD", shown, len(facts.ahead))
