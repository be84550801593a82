"""The unified report: from the alignment to values and words in five sections. Pure; sync/unified renders it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from mapping.alignment import M_AND_E, MARKETING, Alignment, CompletedItem
from mapping.logbook import Evaluation
from mapping.people import call_name
from mapping.priorities import FIRST_THINGS
from mapping.texts.evaluation import answer_said
from mapping.texts.evaluation import shown as before_after
from mapping.texts.figures import Number
from mapping.texts.gaps import gap_groups
from mapping.texts.goals import below_said
from mapping.texts.phrases import NAME_LIMIT, WORDS_LIMIT, bound_said, name_of
from mapping.texts.priorities import rest_said, thing, why_first
from mapping.texts.quoting import quoted
from mapping.texts.report_kpi import QUOTE, kpi_part, target_part, task_part, web_address
from mapping.texts.report_parts import (
    AdjustmentsPart,
    CampaignPart,
    ComingPart,
    CountPart,
    DecisionPart,
    DonePart,
    FindingPart,
    FirstPart,
    GapGroupPart,
    GapPart,
    GoalKpiPart,
    GoalPart,
    MatterPart,
    MetricsPart,
    PlansPart,
    Report,
)
from mapping.texts.report_summary import pressing, summary
from mapping.texts.review_decide import matter_for, matter_said
from mapping.texts.review_facts import (
    Ahead,
    Coming,
    Decidable,
    FindingMatter,
    GoalState,
    HelpedMatter,
    NumberMatter,
    TargetMatter,
)
from mapping.texts.standings import state_said
from mapping.texts.tally import Place, place_of, tally, tally_words
from mapping.wording import show_date, show_moment, show_value

_COMING = {
    Ahead.REVIEW: "{}",
    Ahead.KICKOFF: "Campaign kickoff: {}",
    Ahead.MID: "Mid-campaign check: {}",
    Ahead.POST: "Campaign evaluation: {}",
    Ahead.EVENT: "Alignment review: {}",
    Ahead.GOAL: "The goal ends: {}",
}


def report(alignment: Alignment) -> Report:
    """The whole report."""
    today = alignment.at.date()
    counted = tally(one.standing for one in alignment.kpis)
    name = quoted(alignment.name or alignment.workspace, NAME_LIMIT)
    return Report(
        workspace=alignment.workspace,
        name=name,
        title=quoted(alignment.title, NAME_LIMIT) or f"How {name} stands",
        at=alignment.at,
        written=f"{show_moment(alignment.at, date.min)}",
        since=alignment.since,
        until=alignment.until,
        days=f"{show_date(alignment.since, date.min)} to {show_date(alignment.until, date.min)}",
        as_of=_as_of(alignment, today),
        counts=CountPart(
            of=counted.of,
            on_target=counted[Place.ON_TARGET],
            ahead=counted[Place.AHEAD],
            close=counted[Place.CLOSE],
            off_target=counted[Place.OFF_TARGET],
            waiting=counted[Place.WAITING],
            no_number=counted[Place.NO_NUMBER],
            not_judged=counted[Place.NOT_JUDGED],
            first_counts=counted.first_counts,
        ),
        summary=summary(alignment),
        off_target=tuple(one.kpi.id for one in pressing(alignment)),
        goals=tuple(_goal(one, alignment) for one in alignment.goals),
        marketing=_metrics(MARKETING, alignment),
        m_and_e=_metrics(M_AND_E, alignment),
        adjustments=_adjustments(alignment),
        plans=_plans(alignment),
        problems=tuple(quoted(one, WORDS_LIMIT) for one in alignment.problems),
        url=alignment.url,
    )


def _as_of(alignment: Alignment, today: date) -> str:
    """Said of a report on days that are over: its numbers are theirs, what is open and ahead is today's."""
    if alignment.until >= today:
        return ""
    until, now = show_date(alignment.until, date.min), show_date(today, date.min)
    return f"The numbers are as of {until}; what is open, to be decided and ahead is as of {now}."


def _metrics(section: str, alignment: Alignment) -> MetricsPart:
    pictures = alignment.of_section(section)
    counted = tally(one.standing for one in pictures)
    found: tuple[FindingPart, ...] = ()
    if section == M_AND_E:
        newest = sorted(alignment.findings, key=lambda one: one[1].on, reverse=True)
        found = tuple(
            FindingPart(
                kpi.id,
                name_of(kpi),
                one.on,
                quoted(one.by, NAME_LIMIT),
                quoted(one.text, WORDS_LIMIT),
                quoted(one.recommendation, WORDS_LIMIT),
                quoted(one.answer, WORDS_LIMIT),
            )
            for kpi, one in newest
            if not one.answer.strip() or one.on >= alignment.since
        )
    words = ", ".join(tally_words(counted)) if pictures else ""
    return MetricsPart(words, tuple(kpi_part(one, alignment) for one in pictures), found)


# ── goals ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _goal(state: GoalState, alignment: Alignment) -> GoalPart:
    goal, today = state.goal, alignment.at.date()
    who = quoted(call_name(goal.owner, alignment.people) or "", NAME_LIMIT)
    by = f"by {show_date(goal.by, today)}" if goal.by is not None else ""
    own = tuple(GoalKpiPart(one.kpi.id, name_of(one.kpi), place_of(one), state_said(one, today)) for one in state.own)
    return GoalPart(
        goal.id,
        quoted(goal.title, NAME_LIMIT),
        goal.depth,
        _name(goal.owner, alignment),
        goal.by,
        ", ".join(filter(None, (who, by))),
        own,
        below_said(state) or ("" if own else "nothing measures it"),
    )


# ── strategy adjustments ─────────────────────────────────────────────────────────────────────────────────────────


def _adjustments(alignment: Alignment) -> AdjustmentsPart:
    groups = gap_groups(alignment.gaps, alignment.at.date(), alignment.people)
    return AdjustmentsPart(
        to_decide=tuple(_matter(one, alignment) for one in alignment.to_decide),
        decisions=tuple(
            DecisionPart(
                one.on,
                quoted(one.text, WORDS_LIMIT),
                _name(one.by, alignment),
                quoted(one.where, NAME_LIMIT),
            )
            for one in reversed(alignment.decisions)
        ),
        completed=tuple(_done(one, alignment) for one in reversed(alignment.completed)),
        gaps=tuple(
            GapGroupPart(
                group.rule,
                group.title,
                group.why,
                tuple(GapPart(one.rule, one.subject, one.what, one.mend) for one in group.gaps),
            )
            for group in groups
        ),
    )


def _matter(one: Decidable, alignment: Alignment) -> MatterPart:
    said = matter_said(one, alignment.people, alignment.at.date())
    if isinstance(one, FindingMatter):
        said = f"{name_of(one.kpi)}. {said}"
    person = matter_for(one, alignment.people) or None
    return MatterPart(_kind(one), one.kpi.id, said, person)


def _kind(one: Decidable) -> str:
    match one:
        case NumberMatter():
            return one.matter.value
        case FindingMatter():
            return "finding"
        case HelpedMatter():
            return "helped"
        case TargetMatter():
            return "target"


def _done(item: CompletedItem, alignment: Alignment) -> DonePart:
    kpi, found = item.kpi, item.evaluation
    before, after, target, helped_said = "", "", "", ""
    if found is not None:
        before, after = before_after(found, kpi)
        target = bound_said(kpi, found.target) if found.target is not None else ""
        helped_said = _helped(found, alignment)
    return DonePart(
        quoted(item.title, NAME_LIMIT * 2),
        kpi.id,
        name_of(kpi),
        item.on,
        _name(item.by, alignment),
        quoted(item.did, QUOTE),
        before,
        after,
        target,
        found.helped if found is not None else None,
        helped_said,
        quoted(found.why, QUOTE) if found is not None else "",
        web_address(item.url),
    )


def _helped(found: Evaluation, alignment: Alignment) -> str:
    """ "yes, says Lerato"; "nobody has said yet"."""
    answer = answer_said(found)
    by = quoted(call_name(found.answered_by, alignment.people) or "", NAME_LIMIT)
    return f"{answer}{f', says {by}' if by else ''}" if answer else "nobody has said yet"


# ── plans ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _plans(alignment: Alignment) -> PlansPart:
    return PlansPart(
        open_actions=tuple(task_part(one, alignment) for one in alignment.open_items),
        first=tuple(_first(alignment)),
        campaigns=tuple(
            CampaignPart(
                quoted(one.title, NAME_LIMIT),
                name_of(one.kpi),
                Number(one.value, "–" if one.value is None else show_value(one.kpi, one.value)),
                Number(one.expected, show_value(one.kpi, one.expected)) if one.expected is not None else None,
                target_part(one.kpi, one.target),
                one.day,
                one.days,
            )
            for one in alignment.campaigns
        ),
        coming=tuple(
            ComingPart(one.day, one.what, quoted(one.title, NAME_LIMIT), _coming(one)) for one in alignment.coming
        ),
    )


def _first(alignment: Alignment) -> Iterator[FirstPart]:
    today = alignment.at.date()
    for person, items in alignment.priorities.items():
        name = _name(person, alignment)
        if items and name is not None:
            things = [
                replace(task_part(one, alignment, why_first(one, today)), title=thing(one))
                for one in items[:FIRST_THINGS]
            ]
            yield FirstPart(name, tuple(things), rest_said(items[FIRST_THINGS:], today))


def _coming(one: Coming) -> str:
    return _COMING[one.what].format(quoted(one.title, NAME_LIMIT))


def _name(person: str | None, alignment: Alignment) -> str | None:
    """The whole name; the id of somebody who left the file."""
    if person is None:
        return None
    found = alignment.people.get(person)
    return quoted(found.name if found is not None else person, NAME_LIMIT) or None
