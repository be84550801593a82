"""The alignment review after an event that changed something: what happened, what was agreed, who confirms what.

The goals stand in it as text, with whom they belong to, their targets and where they stand, so that what still holds
can be said and what does not can be changed in one meeting. Written once; what comes of it is written below it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mapping.campaigns import Campaign, Event
from mapping.documents import Block, Bullets, Code, Document, Heading, Line, Paragraph, Text, line
from mapping.keys import reference
from mapping.kpis import Goal, Kpi
from mapping.people import Person, call_name
from mapping.texts.action import TITLE_LIMIT
from mapping.texts.phrases import NAME_LIMIT, name_of
from mapping.texts.quoting import quoted, shortened
from mapping.texts.review_facts import GoalState, Standing
from mapping.texts.review_numbers import SHORT_NAME, more, pair
from mapping.wording import join_words, show_date, show_day, show_period_short, show_target, status_word

GOALS_AT_MOST = 20
KPIS_OF_A_GOAL = 8
ABSENT_AT_MOST = 12
NAMED_IN_A_PART = 4
PART_LIMIT = 250
_ISOLATES = dict.fromkeys((0x2066, 0x2067, 0x2068, 0x2069))  # around words that run from right to left
KINDS = {
    "acquisition": "An acquisition",
    "merger": "A merger",
    "new_market": "A new market",
    "new_product": "A new product",
    "new_capital": "New capital",
    "new_leader": "A new leader",
    "other": "Something changed",
}


@dataclass(frozen=True, slots=True)
class Held:
    """What a person is asked to confirm. `kpis`: those that the goals name."""

    person: str
    goals: tuple[Goal, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    campaigns: tuple[Campaign, ...] = ()


@dataclass(frozen=True, slots=True)
class EventFacts:
    """`due`: the day of the review. `leader`: person id, who leads it; `instead_of`: the owner, who is away then.

    `campaigns`: those that run then. `absent`: ids of people who follow the goals and cannot stand on the task.
    `part`: what the tracker calls an item of a task.
    """

    key: str
    event: Event
    due: date
    today: date
    people: Mapping[str, Person]
    leader: str | None = None
    instead_of: str | None = None
    goals: tuple[GoalState, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    held: tuple[Held, ...] = ()
    absent: tuple[str, ...] = ()
    part: str = "subtask"


def event_title(event: Event, due: date, today: date) -> str:
    """ "Alignment review, Mon 9 Nov: Launch of the mobile app"."""
    begin = f"Alignment review, {show_day(due, today)}: "
    return shortened(begin + quoted(event.title, TITLE_LIMIT - len(begin)), TITLE_LIMIT)


def is_called(written: str, event: Event) -> bool:
    """Whether a title names the event as it is called now."""
    name = quoted(event.title, NAME_LIMIT).translate(_ISOLATES).rstrip("…")
    return " ".join(name.split()) in " ".join(written.translate(_ISOLATES).split())


def event_task(facts: EventFacts) -> tuple[str, Document]:
    """Title (at most 250 characters) and notes of an event's alignment review."""
    blocks: list[Block] = [_opening(facts)]
    if facts.goals:
        left = len(facts.goals) - GOALS_AT_MOST
        items = [_goal(one, facts) for one in facts.goals[:GOALS_AT_MOST]]
        blocks += [Heading("WHAT WE AGREED ON"), Bullets((*items, *([line(f"and {left} more")] if left > 0 else [])))]
    if facts.campaigns:
        blocks += [Heading("CAMPAIGNS THAT RUN NOW"), Bullets(tuple(_campaign(one, facts) for one in facts.campaigns))]
    blocks += [_asked(facts), _closing(facts)]
    return event_title(facts.event, facts.due, facts.today), Document(tuple(blocks), reference(facts.key))


def part_title(held: Held, event: Event, people: Mapping[str, Person]) -> str:
    """ "Thandi: confirm your goal and KPIs after Launch of the app: 20 % more leads, Website sessions, New leads"."""
    words = [
        _count(held.goals, "goal"),
        _count(held.kpis, "KPI"),
        _count(held.campaigns, "campaign"),
    ]
    names = [*(one.title for one in held.goals), *(one.name for one in held.kpis), *(c.title for c in held.campaigns)]
    shown = [quoted(one, SHORT_NAME) for one in names[:NAMED_IN_A_PART]]
    left = more(len(names) - NAMED_IN_A_PART, ", and")
    what = f"{part_begins(held.person, people)} your {join_words([one for one in words if one])}"
    return shortened(f"{what} after {quoted(event.title, SHORT_NAME)}: {', '.join(shown)}{left}", PART_LIMIT)


def part_begins(person: str, people: Mapping[str, Person]) -> str:
    """How every part for this person begins: "Thandi: confirm"."""
    return f"{quoted(call_name(person, people) or person, NAME_LIMIT)}: confirm"


def _count(things: Sequence[object], word: str) -> str:
    return "" if not things else word if len(things) == 1 else f"{word}s"


def _opening(facts: EventFacts) -> Paragraph:
    event = facts.event
    said = f"{KINDS.get(event.kind, KINDS['other'])} on {show_day(event.on, facts.today)}: "
    lines = [line(said + quoted(event.title, NAME_LIMIT))]
    leader = quoted(call_name(facts.leader, facts.people) or "", NAME_LIMIT)
    if leader:
        away = quoted(call_name(facts.instead_of, facts.people) or "", NAME_LIMIT)
        lines.append(
            line(f"{leader} leads{f' ({away} is away)' if away else ''}, by {show_day(facts.due, facts.today)}")
        )
    if facts.absent:
        names = [quoted(call_name(one, facts.people) or one, NAME_LIMIT) for one in facts.absent[:ABSENT_AT_MOST]]
        left = more(len(facts.absent) - ABSENT_AT_MOST, ", and")
        lines.append(line(f"No account here, please tell them: {', '.join(names)}{left}."))
    return Paragraph(tuple(lines))


def _goal(one: GoalState, facts: EventFacts) -> Line:
    goal = one.goal
    who = quoted(call_name(goal.owner, facts.people) or "", NAME_LIMIT) or "nobody's"
    by = f"by {show_date(goal.by, facts.today)}" if goal.by is not None else ""
    head = f"{'→ ' * min(goal.depth, 5)}{quoted(goal.title, NAME_LIMIT)} ({', '.join(filter(None, (who, by)))})"
    states = "; ".join(_standing(own, facts) for own in one.own[:KPIS_OF_A_GOAL])
    return line(f"{head}: {states}{more(len(one.own) - KPIS_OF_A_GOAL, '; and')}" if states else head)


def _standing(own: Standing, facts: EventFacts) -> str:
    """ "Website sessions (Thandi) 8,200 against 12,000, below, 9–15 Nov"."""
    kpi = own.kpi
    who = quoted(call_name(kpi.owner, facts.people) or "", NAME_LIMIT)
    name = f"{name_of(kpi, SHORT_NAME)}{f' ({who})' if who else ''}"
    newest = next((one for one in reversed(own.history) if one.value is not None), None)
    if newest is not None:
        when = show_period_short(newest.period, facts.today)
        return f"{name} {pair(kpi, newest)}, {status_word(kpi, newest)}, {when}"
    target = own.history[-1].target if own.history else None
    return f"{name} not counted yet" + (f", agreed {show_target(kpi, target)}" if target is not None else "")


def _campaign(campaign: Campaign, facts: EventFacts) -> Line:
    who = quoted(call_name(campaign.owner, facts.people) or "", NAME_LIMIT)
    days = f"{show_date(campaign.starts, facts.today)} to {show_date(campaign.ends, facts.today)}"
    return line(f"{quoted(campaign.title, NAME_LIMIT)} ({', '.join(filter(None, (who, days)))})")


def _asked(facts: EventFacts) -> Paragraph:
    if not facts.held:
        return Paragraph((line("Nothing that was agreed has an owner yet: please agree on whose each goal is."),))
    names = join_words([quoted(call_name(one.person, facts.people) or one.person, NAME_LIMIT) for one in facts.held])
    return Paragraph(
        (
            line(f"PLEASE, BY {show_day(facts.due, facts.today).upper()}"),
            line(
                f"Each of you has a {facts.part} below ({names}): confirm that what is yours still holds, "
                "or say what changes. Then complete it."
            ),
        )
    )


def _closing(facts: EventFacts) -> Paragraph:
    return Paragraph(
        (
            line("Write what you agree on, each line as a comment:"),
            (Code("Decision: what"),),
            (Code("Action: who – what – by when"), Text(f"  (or just add a {facts.part} with a person and a date)")),
            (Code("Feedback: what"),),
        )
    )
