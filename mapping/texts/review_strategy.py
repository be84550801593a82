"""The parts of a review that look beyond its numbers: findings, what comes, who does what first, goals, gaps, plans."""

from __future__ import annotations

from datetime import date

from mapping.documents import Block, Heading, Line, Paragraph, Text, line
from mapping.people import call_name
from mapping.priorities import first_things
from mapping.texts.gaps import GapGroup, gap_groups, without_ticks
from mapping.texts.goals import below_said
from mapping.texts.phrases import NAME_LIMIT, name_of
from mapping.texts.priorities import first_thing, rest_said
from mapping.texts.quoting import quoted
from mapping.texts.review_decide import QUOTE, sentence
from mapping.texts.review_facts import Ahead, Coming, GoalState, ReviewFacts, Standing
from mapping.texts.review_lists import LIST_AT_MOST, labelled, listed
from mapping.texts.review_numbers import SHORT_NAME, more
from mapping.texts.standings import state_said
from mapping.wording import show_date, show_day

GOALS_AT_MOST = 20
NAMES_IN_A_GAP = 8


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
    shown = " · ".join(coming_said(one, facts.today) for one in facts.coming_up[:LIST_AT_MOST])
    return [Paragraph((labelled("COMING UP", shown + more(len(facts.coming_up) - LIST_AT_MOST, " · and")),))]


def coming_said(one: Coming, today: date) -> str:
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
        first = first_things(items)
        if not first:
            blocks.append(Paragraph((labelled(f"FIRST FOR {name}", "nothing is open"),)))
            continue
        lines = tuple(line(f"{place}. {first_thing(one, facts.today)}") for place, one in enumerate(first, start=1))
        rest = rest_said([one for one in items if one not in first], facts.today)
        blocks += [Heading(f"FIRST FOR {name}"), Paragraph((*lines, *((line(rest),) if rest else ())))]
    return blocks


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
    states = "; ".join(_state(own, facts.today) for own in one.own[:LIST_AT_MOST]) + more(
        len(one.own) - LIST_AT_MOST, "; and"
    )
    return (Text(title + ("; ".join(filter(None, (states, below_said(one)))) or "nothing measures it")),)


def _state(own: Standing, today: date) -> str:
    return f"{name_of(own.kpi, SHORT_NAME)} {state_said(own, today)}"


def gaps(facts: ReviewFacts) -> list[Block]:
    """What is not agreed yet: a line a rule with what it found, why that matters and what to do about it."""
    lines = [_gap_line(one) for one in gap_groups(facts.gaps, facts.today, facts.people)]
    return listed("GAPS IN WHAT IS AGREED", lines, len(lines), len(lines))


def _gap_line(group: GapGroup) -> Line:
    """One gap tells of itself; of several only the names differ."""
    if len(group.gaps) == 1:
        only = group.gaps[0]
        return line(f"{only.what} {only.why} {without_ticks(only.mend)}")
    shown = ", ".join(one.short for one in group.gaps[:NAMES_IN_A_GAP]) + more(
        len(group.gaps) - NAMES_IN_A_GAP, ", and"
    )
    return line(f"{group.title}: {shown}. {group.why} {without_ticks(group.mend)}")


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
    shown = [line(coming_said(one, facts.today)) for one in facts.ahead[:LIST_AT_MOST]]
    return blocks + listed("AHEAD", shown, len(facts.ahead))
