"""The tasks of a campaign: before it, is everything measurable; halfway, how far it is; after it, what it brought.

A KPI is told over the campaign's own days and filter; its own weekly or monthly numbers stand in the reviews.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from mapping.campaigns import Campaign, Measure, Touch
from mapping.documents import Block, Bullets, Code, Document, Heading, Line, Text, paragraph
from mapping.judgements import Judgement, Status
from mapping.keys import reference
from mapping.kpis import Direction, Kpi, Unit
from mapping.logbook import Measured
from mapping.measures import counts_all, day_in, days_of, expected
from mapping.people import Person, call_name
from mapping.queries import Condition, Match
from mapping.status import judgement_of
from mapping.texts.action import TITLE_LIMIT
from mapping.texts.pace import now_or, show_expected
from mapping.texts.phrases import NAME_LIMIT, name_of, name_within, off_target, short_by
from mapping.texts.quoting import quoted, shortened
from mapping.wording import against, join_words, show_day, show_period_short, show_target, show_value, status_word

LISTED = 12  # measures that are told one by one
_WRITE = ("Decision: what", "Action: who – what – by when", "Feedback: what")


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """All that a campaign's task tells.

    `day`: when it is met about. `kpis`: all of the file; `agreed`: ids of those whose definition is agreed as it is
    counted now. `measured`: by KPI id. `person`: id of whoever the task is for; `invited`: ids of the others; `absent`:
    those of them whom the tracker does not know. `missed`: earlier touchpoints that got no task.
    """

    key: str
    campaign: Campaign
    touch: Touch
    day: date
    today: date
    kpis: Mapping[str, Kpi]
    people: Mapping[str, Person]
    agreed: frozenset[str] = frozenset()
    measured: Mapping[str, Measured] = field(default_factory=dict)
    person: str | None = None
    invited: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    missed: tuple[Touch, ...] = ()


def campaign_task(facts: CampaignFacts) -> tuple[str, Document]:
    """Title (at most 250 characters) and notes of a touchpoint's task."""
    match facts.touch:
        case Touch.KICKOFF:
            blocks = _kickoff(facts)
        case Touch.MID:
            blocks = _mid(facts)
        case Touch.POST:
            blocks = _post(facts)
    blocks.append(paragraph("Please leave the last line in place, it is how alignd finds this task again."))
    return campaign_title(facts), Document((*_head(facts), *blocks), reference(facts.key))


def campaign_title(facts: CampaignFacts) -> str:
    """ "Kickoff Spring sale: is everything measurable? Mon 31 Aug"."""
    when = show_day(facts.day, facts.today)
    name = quoted(facts.campaign.title, 100)
    match facts.touch:
        case Touch.KICKOFF:
            title = f"Kickoff {name}: is everything measurable? {when}"
        case Touch.MID:
            title = f"Halfway through {name}: {_headline(facts)}"
        case Touch.POST:
            title = f"{name} is over: what did it bring?"
    return shortened(title, TITLE_LIMIT)


def moved_comment(facts: CampaignFacts, before: date | None) -> Document:
    """The campaign's days changed, and this task's with them."""
    campaign, was = facts.campaign, f", was {show_day(before, facts.today)}" if before is not None else ""
    return Document(
        (
            paragraph(
                f"Moved to {show_day(facts.day, facts.today)}{was}: {quoted(campaign.title, NAME_LIMIT)} "
                f"now runs from {show_day(campaign.starts, facts.today)} to {show_day(campaign.ends, facts.today)}."
            ),
        )
    )


def measured_line(kpi: Kpi, measured: Measured | None, campaign: Campaign, today: date) -> str:
    """One measure: "Qualified leads: 61 of 180, 63 expected by now", "Conversion rate: 1.6 % against 2.0 %, below"."""
    said = _number(kpi, measured, campaign, today)
    return f"{name_of(kpi)}: {said}"


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _number(kpi: Kpi, measured: Measured | None, campaign: Campaign, today: date) -> str:
    if measured is None:
        return "not counted yet"
    reading, target = measured.reading, measured.target
    if reading.value is None or not reading.trusted:
        note = quoted(reading.note, NAME_LIMIT)
        return f"no number that can be used{f' ({note})' if note else ''}"
    first_count = "" if reading.final or reading.period.last < campaign.ends else ", first count"
    if target is None or target.low is None:
        return show_value(kpi, reading.value) + first_count
    value, goal = against(kpi, reading.value, target)
    if kpi.unit in (Unit.COUNT, Unit.CURRENCY) and not target.is_range:
        pair = f"{value} of {goal}" if kpi.direction is Direction.UP else f"{value} of at most {goal}"
    else:
        pair = f"{value}, agreed {goal}" if target.is_range else f"{value} against {goal}"
    if (by_now := expected(kpi, measured, campaign)) is not None:
        due = show_expected(kpi, by_now, reading.value)
        by = now_or(measured.reading.period.last, today)
        return f"{pair}, {due} expected by {by}" if kpi.direction is Direction.UP else f"{pair}, at most {due} by {by}"
    return f"{pair}, {_verdict(kpi, measured, campaign)}{first_count}"


def _verdict(kpi: Kpi, measured: Measured, campaign: Campaign) -> str:
    judgement = judge_measured(kpi, measured)
    so_far = " so far" if measured.reading.period.last < campaign.ends else ""
    if judgement.status is not Status.OFF_TRACK or so_far:
        return status_word(kpi, judgement) + so_far
    return f"{short_by(judgement, kpi)} {off_target(kpi, measured.target)}".strip()


def judge_measured(kpi: Kpi, measured: Measured) -> Judgement:
    """How a measure stands against its own target; what people paused of the KPI says nothing about a campaign."""
    reading = measured.reading
    return judgement_of(
        reading, replace(kpi, paused=()), measured.target, "no target for the campaign", reading.read_at
    )


def _headline(facts: CampaignFacts) -> str:
    """The first measure that has a number, for the title."""
    for measure in facts.campaign.measures:
        kpi, found = facts.kpis.get(measure.kpi), facts.measured.get(measure.kpi)
        if kpi is not None and found is not None and found.reading.value is not None and found.reading.trusted:
            return f"{name_within(kpi, 60)} {_number(kpi, found, facts.campaign, facts.today)}"
    return f"are we on course? {show_day(facts.day, facts.today)}"


def _numbers(facts: CampaignFacts) -> list[Block]:
    shown = [(one, facts.kpis[one.kpi]) for one in facts.campaign.measures if one.kpi in facts.kpis]
    if not shown:
        return [paragraph("No KPI is named for this campaign, so there is no number to show.")]
    counted = [found.reading.period for one, _ in shown if (found := facts.measured.get(one.kpi)) is not None]
    days = f" ({show_period_short(max(counted), facts.today)})" if counted else ""
    lines = [
        measured_line(kpi, facts.measured.get(one.kpi), facts.campaign, facts.today) + _over_all(one, facts)
        for one, kpi in shown[:LISTED]
    ]
    return [Heading(f"NUMBERS{days}"), Bullets(tuple((Text(line),) for line in [*lines, *_more(len(shown))]))]


def _over_all(measure: Measure, facts: CampaignFacts) -> str:
    return " (in part over everything, not only what came by the campaign)" if counts_all(measure, facts.kpis) else ""


# ── the three tasks ──────────────────────────────────────────────────────────────────────────────────────────────


def _kickoff(facts: CampaignFacts) -> list[Block]:
    campaign = facts.campaign
    blocks: list[Block] = [
        paragraph(
            _runs(facts),
            "Before it starts: can everybody see afterwards whether it helped? Please settle what is missing below.",
        ),
        Heading("IS EACH KPI DEFINED, TARGETED, OWNED?"),
    ]
    lines = [_readiness(one, facts) for one in campaign.measures[:LISTED]]
    if not lines:
        lines = [f"✗ No KPI is named yet. Name at least one, with a target, in {_origin(facts)}"]
    blocks.append(Bullets(tuple((Text(line),) for line in [*lines, *_more(len(campaign.measures))])))
    blocks.append(
        paragraph(f"What is missing belongs in {_origin(facts)}. The halfway task shows how far these numbers are.")
    )
    blocks += _guests(facts)
    blocks += _to_write()
    return blocks


def _mid(facts: CampaignFacts) -> list[Block]:
    campaign = facts.campaign
    day, days = day_in(campaign, facts.today), days_of(campaign)
    blocks: list[Block] = [
        paragraph(f"{quoted(campaign.title, NAME_LIMIT)}, day {day} of {days}. {_until(facts)}", *_missed(facts)),
        *_numbers(facts),
        paragraph("Is it on course? What do we change for the second half, and what do we leave alone?"),
    ]
    return [*blocks, *_guests(facts), *_to_write()]


def _post(facts: CampaignFacts) -> list[Block]:
    campaign = facts.campaign
    over = f"{quoted(campaign.title, NAME_LIMIT)} ran from {show_day(campaign.starts, facts.today)} to "
    blocks: list[Block] = [
        paragraph(f"{over}{show_day(campaign.ends, facts.today)} ({_days(campaign)}).", *_missed(facts)),
        *_numbers(facts),
    ]
    waiting = [one for one in facts.measured.values() if not one.reading.final]
    if waiting:
        blocks.append(paragraph("What is not final yet may still change a little."))
    blocks += [
        Heading("DID IT HELP? WHAT DO WE KEEP?"),
        paragraph("One line on what helped and what did not, one on what is kept, and complete this task."),
    ]
    return [*blocks, *_guests(facts), *_to_write()]


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _head(facts: CampaignFacts) -> list[Block]:
    when = show_day(facts.day, facts.today)
    leads = call_name(facts.person, facts.people)
    return [paragraph(f"{when} · {quoted(leads, NAME_LIMIT)} leads" if leads else when)]


def _runs(facts: CampaignFacts) -> str:
    campaign = facts.campaign
    span = f"from {show_day(campaign.starts, facts.today)} to {show_day(campaign.ends, facts.today)}"
    evaluator = call_name(campaign.evaluator, facts.people)
    after = f" {quoted(evaluator, NAME_LIMIT)} leads the evaluation after it." if evaluator else ""
    return f"{quoted(campaign.title, NAME_LIMIT)} runs {span} ({_days(campaign)}).{after}"


def _days(campaign: Campaign) -> str:
    days = days_of(campaign)
    return "1 day" if days == 1 else f"{days} days"


def _until(facts: CampaignFacts) -> str:
    verb = "runs" if facts.today <= facts.campaign.ends else "ran"
    return f"It {verb} until {show_day(facts.campaign.ends, facts.today)}."


def _missed(facts: CampaignFacts) -> list[str]:
    names = {Touch.KICKOFF: "The kickoff", Touch.MID: "The halfway check", Touch.POST: "The evaluation"}
    return [f"{names[one]} had no task: nothing was running here then." for one in facts.missed]


def _readiness(measure: Measure, facts: CampaignFacts) -> str:
    """ "✓ Website sessions: target 18,000, owner Thandi; counted only for spring-2026"."""
    kpi = facts.kpis.get(measure.kpi)
    if kpi is None:
        return f"✗ {measure.kpi}: no such KPI is in the file"
    missing = _lacking(kpi, measure, facts)
    there = []
    if measure.target is not None:
        there.append(f"target {show_target(kpi, measure.target)}")
    if owner := call_name(kpi.owner, facts.people):
        there.append(f"owner {quoted(owner, NAME_LIMIT)}")
    there.append(_filter_said(measure, facts))
    said = ", ".join(one for one in there if one)
    if missing:
        return f"✗ {name_of(kpi)}: {join_words(missing)} ({said})"
    return f"✓ {name_of(kpi)}: {said}"


def _lacking(kpi: Kpi, measure: Measure, facts: CampaignFacts) -> list[str]:
    missing = []
    if not (kpi.definition or "").strip():
        missing.append("not yet described")
    elif kpi.id not in facts.agreed:
        missing.append("the definition is not yet agreed")
    if measure.target is None:
        missing.append("no target for this campaign")
    if kpi.owner is None:
        missing.append("nobody owns it")
    return missing


def _filter_said(measure: Measure, facts: CampaignFacts) -> str:
    if not measure.where:
        return "counted over everything in these days"
    said = join_words([_condition(one) for one in measure.where])
    return f"counted only for {said}{_over_all(measure, facts)}"


def _condition(one: Condition) -> str:
    words = {Match.BEGINS: "what begins with ", Match.CONTAINS: "what contains ", Match.MATCHES: "what fits "}
    values = join_words([f"“{quoted(value, NAME_LIMIT)}”" for value in one.values[:4]], "or")
    return f"{'all but ' if one.negated else ''}{words.get(one.match, '')}{values}"


def _origin(facts: CampaignFacts) -> str:
    return quoted(facts.campaign.origin, NAME_LIMIT) or "the file"


def _guests(facts: CampaignFacts) -> list[Block]:
    named = [quoted(name, NAME_LIMIT) for one in facts.invited if (name := call_name(one, facts.people))]
    lines = [f"Invited: {join_words(named)}."] if named else []
    away = [quoted(name, NAME_LIMIT) for one in facts.absent if (name := call_name(one, facts.people))]
    if away:
        lines.append(f"Please tell {join_words(away)}, who cannot see this task.")
    return [paragraph(*lines)] if lines else []


def _to_write() -> list[Block]:
    rows: tuple[Line, ...] = tuple((Code(one),) for one in _WRITE)
    return [paragraph("Write as you go, each line as a comment:"), Bullets(rows)]


def _more(count: int) -> list[str]:
    return [f"and {count - LISTED} more"] if count > LISTED else []
