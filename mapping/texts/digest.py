"""The digest: how everything stands, what is new, what comes; two lines when all is well.

It names who does something next, never who is late. What comes from people and sources stands in it as data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from mapping.alignment import Alignment, KpiPicture
from mapping.documents import Block, Bullets, Document, Heading, Inline, Line, Link, Paragraph, Strong, Text, line
from mapping.judgements import Judgement, Status
from mapping.kpis import Direction, Kpi, Unit
from mapping.people import call_name
from mapping.periods import Period, PeriodKind
from mapping.texts.phrases import NAME_LIMIT, name_of, target_word
from mapping.texts.priorities import first_thing
from mapping.texts.quoting import quoted, shortened
from mapping.texts.review_facts import Ahead, CampaignNumber, Coming, NumberMatter, OpenItem, Standing
from mapping.texts.review_lists import LIST_AT_MOST
from mapping.texts.review_numbers import SHORT_NAME, campaign_line, more, nth
from mapping.texts.review_strategy import coming_said
from mapping.texts.tally import Place, place_of, tally, tally_words
from mapping.wording import (
    WEEKDAYS,
    against,
    in_period,
    show_day,
    show_period,
    show_value,
)

SUBJECT_LIMIT = 200
IN_HAND = 160  # characters of what somebody wrote that is being done
COMING_AT_MOST = 6
SOON, LATER = timedelta(weeks=3), timedelta(weeks=6)  # how far ahead a digest of weeks looks, and of longer periods
_SHORT = (PeriodKind.DAY, PeriodKind.WEEK)
_NOT_ASKED = "Nothing is asked of anyone not named here."


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """What a digest is told beside the alignment, whose `since` is the day of the digest before.

    `period`: the one it is about, of the rhythm's own kind. `new`: keys of action items made since the digest before.
    `suppliers`: by KPI, who gives its number, where people do. `first`: what its reader, or its readers' team, does
    first, the first thing first; `reader`: who that is ("you", "Marketing"), "" where it goes to more than one.
    `names_late`: its one reader may read there what of theirs is late.
    """

    alignment: Alignment
    period: Period
    new: frozenset[str] = frozenset()
    suppliers: Mapping[str, str] = field(default_factory=dict)
    first: Sequence[OpenItem] = ()
    reader: str = ""
    names_late: bool = False

    @property
    def today(self) -> date:
        return self.alignment.at.date()


@dataclass(frozen=True, slots=True)
class DigestText:
    """`headline`: what the body begins with; `subject`: the same with whose it is. `off`: the KPIs that are listed as
    off target; their charts belong after the block `charts_after`.
    """

    headline: str
    subject: str
    body: Document
    off: tuple[KpiPicture, ...] = ()
    charts_after: int = 0


def digest_text(facts: DigestFacts) -> DigestText:
    """The whole digest. What there is nothing to say of is left out."""
    off = [one for one in facts.alignment.kpis if place_of(one.standing) is Place.OFF_TARGET]
    off.sort(key=lambda one: one.kpi.period is not facts.period.kind)
    head = _headline(facts, off)
    blocks: list[Block] = [Heading(head)]
    charts_after = 0
    if off:
        blocks += [Heading(_off_heading(off)), _cut([_off(one, facts) for one in off])]
        charts_after = len(blocks) - 1
    blocks += _bulleted("Going well", _going_well(facts))
    blocks += _bulleted("Waiting for", [line(one) for one in _waiting(facts)])
    blocks += _first(facts)
    blocks += _campaigns(facts)
    blocks += _decided(facts)
    blocks += _coming_and_end(facts, is_well=len(blocks) == 1)
    name = quoted(facts.alignment.name or facts.alignment.workspace, NAME_LIMIT)
    subject = shortened(f"{name}, {_within(head)}", SUBJECT_LIMIT)
    return DigestText(head, subject, Document(tuple(blocks)), tuple(off), charts_after)


def _within(head: str) -> str:
    """The headline within a line: "week of …", but "October …"."""
    return f"w{head[1:]}" if head.startswith("Week") else head


def _headline(facts: DigestFacts, off: Sequence[KpiPicture]) -> str:
    """ "Week of 9–15 November: 8 of 12 on target, 1 close, 2 off target, 1 waiting for a number"."""
    counts = tally(one.standing for one in facts.alignment.kpis)
    period = show_period(facts.period, facts.today)
    begin = f"{period[0].upper()}{period[1:]}: {', '.join(tally_words(counts))}"
    on = counts[Place.ON_TARGET] + counts[Place.AHEAD]
    if on == counts.of and not off and not facts.alignment.open_items:
        return f"{begin}. Nothing needs you."
    return begin


# ── what is off ──────────────────────────────────────────────────────────────────────────────────────────────────


def _off_heading(off: Sequence[KpiPicture]) -> str:
    ranged = any(one.standing.shown is not None and _is_range(one.standing.shown) for one in off)
    down = any(one.kpi.direction is Direction.DOWN for one in off)
    if down and all(one.kpi.direction is Direction.DOWN for one in off) and not ranged:
        return "Above the limit"
    return "Off target" if down else "Below target"


def _is_range(judgement: Judgement) -> bool:
    return judgement.target is not None and judgement.target.is_range


def _off(one: KpiPicture, facts: DigestFacts) -> Line:
    """ "Website sessions 8,200 of 12,000, second week. NEW: Thandi decides by Wed 25 Nov → task"."""
    standing, shown = one.standing, one.standing.shown
    if shown is None:
        return line(name_of(one.kpi))
    begin = f"{name_of(one.kpi)} {value_said(one.kpi, shown)}{_when(shown, facts)}"
    if standing.is_first_count:
        begin += " so far, a first count"
    elif standing.history and standing.history[-1].status is Status.OFF_TRACK:
        begin += f", {nth(one.kpi, standing.history)}"
    next_step, url = _next_step(one, facts)
    said: list[Inline] = [Text(f"{begin}. {next_step}" if next_step else begin)]
    if url:
        said += [Text(" → "), Link("task", url)]
    return tuple(said)


def _next_step(one: KpiPicture, facts: DigestFacts) -> tuple[str, str]:
    """Who does what by when, and where; never that it is late."""
    item = one.item
    if item is None:
        return (_capital(quoted(one.waits, NAME_LIMIT)), "")
    people = facts.alignment.people
    url = item.url if item.url.startswith(("https://", "http://")) else ""
    if item.quiet:
        return (_capital(quoted(item.quiet, NAME_LIMIT)), url)
    who = quoted(call_name(item.person, people) or "", NAME_LIMIT)
    due = f" by {show_day(item.due, facts.today)}" if item.due is not None and item.due >= facts.today else ""
    decides = f"{who} decides{due}" if who and due else ""
    if item.key in facts.new and decides:
        return (f"NEW: {decides}", url)
    if in_hand := _in_hand(one.kpi, facts.alignment):
        return (f"In hand: {in_hand}", url)
    return (decides, url)


def _in_hand(kpi: Kpi, alignment: Alignment) -> str:
    """What was last written on its item."""
    said = [one.in_hand for one in alignment.to_decide if isinstance(one, NumberMatter) and one.kpi.id == kpi.id]
    return quoted(next((one for one in said if one.strip()), ""), IN_HAND)


def value_said(kpi: Kpi, judgement: Judgement) -> str:
    """ "8,200 of 12,000" · "1.6 % (agreed 2.0–4.5 %)" · "31 (limit 25)" · the value alone without a target."""
    value, target = judgement.value, judgement.target
    if value is None:
        return "without a number"
    if target is None:
        return show_value(kpi, value)
    shown, goal = against(kpi, value, target)
    adds_up = kpi.unit in (Unit.COUNT, Unit.CURRENCY) and kpi.direction is Direction.UP and not target.is_range
    short = judgement.status in (Status.OFF_TRACK, Status.AT_RISK)
    return f"{shown} of {goal}" if adds_up and short else f"{shown} ({target_word(kpi, target)})"


def _when(judgement: Judgement, facts: DigestFacts) -> str:
    """ " in October": where it is another period than the digest's."""
    return "" if judgement.period == facts.period else f" {in_period(judgement.period, facts.today)}"


# ── what goes well, what is waited for ───────────────────────────────────────────────────────────────────────────


def _going_well(facts: DigestFacts) -> list[Line]:
    """What is well ahead, and what is on target again: of the digest's own kind of period, or new since the last."""
    found = []
    for one in facts.alignment.kpis:
        shown = one.standing.shown
        if shown is None or not one.standing.final:
            continue
        place = place_of(one.standing)
        is_news = one.kpi.period is facts.period.kind or shown.judged_at.date() >= facts.alignment.since
        if place is Place.AHEAD and is_news:
            found.append(line(f"{name_of(one.kpi)}{_when(shown, facts)}: {value_said(one.kpi, shown)}"))
        elif place in (Place.ON_TARGET, Place.AHEAD) and is_news and _was_off(one.standing):
            said = f"{name_of(one.kpi)}{_when(shown, facts)}: {value_said(one.kpi, shown)}, on target again"
            found.append(line(said))
    return found


def _was_off(standing: Standing) -> bool:
    before = [one for one in standing.history[:-1] if one.status is not Status.UNKNOWN]
    return bool(before) and before[-1].status is Status.OFF_TRACK


def _waiting(facts: DigestFacts) -> list[str]:
    """ "Cost of a new customer, October: expected Fri 20 Nov, from Finance"."""
    found = []
    for one in facts.alignment.kpis:
        standing, place = one.standing, place_of(one.standing)
        if place not in (Place.WAITING, Place.NO_NUMBER) and not (place is Place.OFF_TARGET and standing.expected):
            continue
        if place is Place.OFF_TARGET and (standing.is_first_count or standing.final):
            continue
        source = facts.suppliers.get(one.kpi.id, "")
        begin = f"{name_of(one.kpi)}, {show_period(standing.period, facts.today)}"
        if standing.expected is not None:
            said = f"expected {show_day(standing.expected, facts.today)}"
        else:
            said = "no number that counts yet"
        found.append(f"{begin}: {said}{f', from {quoted(source, NAME_LIMIT)}' if source else ''}")
    return found


# ── first, campaigns, decisions ──────────────────────────────────────────────────────────────────────────────────


def _first(facts: DigestFacts) -> list[Block]:
    """The first things of whoever reads it, and why these."""
    if not facts.reader or not facts.first:
        return []
    items: list[Line] = []
    for one in facts.first:
        who = "" if facts.names_late else _who_is_asked(one, facts)
        said: list[Inline] = [Text(f"{who}{first_thing(one, facts.today, overdue=facts.names_late)}")]
        if one.url.startswith(("https://", "http://")):
            said += [Text(" → "), Link("task", one.url)]
        items.append(tuple(said))
    return [Heading(f"First for {quoted(facts.reader, NAME_LIMIT)}"), Bullets(tuple(items))]


def _who_is_asked(one: OpenItem, facts: DigestFacts) -> str:
    """ "Thandi: ", for a team; nobody where it is late."""
    is_late = one.due is not None and one.due < facts.today
    who = quoted(call_name(one.person, facts.alignment.people) or "", NAME_LIMIT)
    return f"{who}: " if who and not is_late else ""


def _campaigns(facts: DigestFacts) -> list[Block]:
    by_title: dict[str, list[CampaignNumber]] = {}
    for one in facts.alignment.campaigns:
        by_title.setdefault(one.title, []).append(one)
    blocks: list[Block] = []
    for title, numbers in by_title.items():
        first = numbers[0]
        told = "; ".join(campaign_line(one, facts.today) for one in numbers[:LIST_AT_MOST]) + more(
            len(numbers) - LIST_AT_MOST, "; and"
        )
        said = f" {quoted(title, NAME_LIMIT)}, day {first.day} of {first.days}: {told}."
        blocks.append(Paragraph(((Strong("Campaign"), Text(said)),)))
    return blocks


def _decided(facts: DigestFacts) -> list[Block]:
    """ "Decided since last Wednesday": what people wrote down, with who and where."""
    found = facts.alignment.decisions
    if not found:
        return []
    lines = []
    for one in found[-LIST_AT_MOST:]:
        who = quoted(call_name(one.by, facts.alignment.people) or "", NAME_LIMIT)
        where = quoted(one.where, SHORT_NAME)
        told = ", ".join(part for part in (who, where, show_day(one.on, facts.today)) if part)
        lines.append(line(f"{quoted(one.text, NAME_LIMIT * 2)} ({told})"))
    left = len(found) - len(lines)
    rest = (line(f"and {left} before these"),) if left > 0 else ()
    return [Heading(f"Decided since {_since(facts)}"), Bullets((*lines, *rest))]


def _since(facts: DigestFacts) -> str:
    since = facts.alignment.since
    if timedelta(0) < facts.today - since <= timedelta(days=7):
        return f"last {WEEKDAYS[since.weekday()]}"
    return show_day(since, facts.today)


# ── coming up, the end ───────────────────────────────────────────────────────────────────────────────────────────


def _coming_and_end(facts: DigestFacts, *, is_well: bool) -> list[Block]:
    """What comes, and where all of it stands. In a digest that says nothing else both are one line."""
    coming = _coming(facts)
    end = _end(facts, is_well=is_well)
    if is_well and coming and end:
        return [Paragraph(((*coming, Text(" · "), *end),))]
    return [Paragraph((one,)) for one in (coming, end) if one]


def _coming(facts: DigestFacts) -> Line:
    """The next meeting of each review, and everything else that is near."""
    until = facts.today + (SOON if facts.period.kind in _SHORT else LATER)
    first: dict[tuple[Ahead, str], Coming] = {}
    for one in sorted(facts.alignment.coming):
        if one.day <= until:
            first.setdefault((one.what, one.title), one)
    near = list(first.values())
    if not near:
        return ()
    said = " · ".join(coming_said(one, facts.today) for one in near[:COMING_AT_MOST])
    return (Strong("Coming up"), Text(f" {said}{more(len(near) - COMING_AT_MOST, ' · and')}"))


def _end(facts: DigestFacts, *, is_well: bool) -> Line:
    said: list[Inline] = []
    url = facts.alignment.url
    if url is not None and url.startswith(("https://", "http://")):
        said += [Text("Report and charts → "), Link(url, url)]
    if not is_well:
        said.append(Text(f"{' · ' if said else ''}{_NOT_ASKED}"))
    return tuple(said)


def _bulleted(title: str, lines: Sequence[Line]) -> list[Block]:
    return [Heading(title), _cut(lines)] if lines else []


def _cut(lines: Sequence[Line]) -> Bullets:
    left = len(lines) - LIST_AT_MOST
    rest = (line(f"and {left} more"),) if left > 0 else ()
    return Bullets((*lines[:LIST_AT_MOST], *rest))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
