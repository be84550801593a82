"""What a review is to decide, the most pressing first; and what its task then remembers having asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mapping.judgements import Judgement, Status
from mapping.kpis import Kpi
from mapping.links import Link
from mapping.priorities import Place, line_order
from mapping.repeats import IN_A_ROW, count_of
from mapping.repeats import items_in_a_row as row_of
from mapping.reviews import Meeting
from mapping.runs import run_of
from mapping.texts.facts import Finding
from mapping.texts.review_facts import (
    Decidable,
    FindingMatter,
    HelpedMatter,
    Matter,
    NumberMatter,
    TargetMatter,
)
from sync.plan.agenda.looking_back import since_last
from sync.plan.agenda.standings import last_judged, set_aside
from sync.plan.questions import Question, questions_for, targets_in_question
from sync.plan.situation import Situation

OFF_AT_MOST = 6
AHEAD_AT_MOST = 3
FINDINGS_AT_MOST = 3
QUESTIONS_AT_MOST = 3  # of each kind


def open_matters(kpis: Sequence[Kpi], since: datetime, situation: Situation) -> tuple[Decidable, ...]:
    """What needs a decision whichever meeting comes next: off track worst first, what is ahead since then, findings
    without an answer, completed items of which nobody said whether they helped, targets in question.
    """
    config = situation.config
    chosen = {kpi.id for kpi in kpis}
    unanswered = [(kpi, one) for kpi, one in _findings(kpis, situation) if not one.answer.strip()]
    helped = [
        HelpedMatter(config.kpis[one.kpi], one, situation.for_whom(config.kpis[one.kpi].owner))
        for one in situation.logbook.evaluations.values()
        if one.kpi in chosen and one.helped is None
    ]
    doubted = [config.kpis[one] for one in targets_in_question(situation) if one in chosen]
    return (
        *_off(kpis, {}, situation),
        *_ahead(kpis, since, situation),
        *(FindingMatter(kpi, one, situation.for_whom(kpi.owner)) for kpi, one in unanswered),
        *helped,
        *(_target_matter(kpi, None, situation) for kpi in doubted),
    )


@dataclass(frozen=True, slots=True)
class Deciding:
    """What is to be decided. `more_off`: KPIs off target that the list has no room for. `about`: what it is about, one
    entry a matter.
    """

    matters: tuple[Decidable, ...] = ()
    more_off: int = 0
    about: tuple[str, ...] = ()

    def findings_left(self, kpis: Sequence[Kpi], since: date, situation: Situation) -> tuple[Finding, ...]:
        """Findings that are not on the list, the newest first: open ones, and what was noted since and is answered."""
        listed = [one.finding for one in self.matters if isinstance(one, FindingMatter)]
        found = (one for _, one in _findings(kpis, situation) if one not in listed)
        return tuple(one for one in found if not one.answer.strip() or one.on >= since)


def to_decide(meeting: Meeting, kpis: Sequence[Kpi], situation: Situation) -> Deciding:
    """Escalated and off-track KPIs, worst first; those ahead; findings; did it help; is the target right."""
    questions = [one for one in questions_for(meeting, situation) if one.kpi in situation.config.kpis]
    escalated = {one.kpi: one for one in _at_most(questions, "escalated")}
    off = list(_off(kpis, escalated, situation))
    ahead = list(_ahead(kpis, since_last(meeting, situation), situation))[:AHEAD_AT_MOST]
    unanswered = [(kpi, one) for kpi, one in _findings(kpis, situation) if not one.answer.strip()]
    noted = [FindingMatter(kpi, one, situation.for_whom(kpi.owner)) for kpi, one in unanswered[:FINDINGS_AT_MOST]]
    helped, targets = _at_most(questions, "helped"), _at_most(questions, "target")
    told = off[: max(OFF_AT_MOST, len(escalated))]
    matters: tuple[Decidable, ...] = (
        *told,
        *ahead,
        *noted,
        *_helped(questions, situation),
        *_targets(targets, situation),
    )
    # One entry a matter, in their order: so that the number people read names it.
    about = [
        *(escalated[one.kpi.id].about if one.kpi.id in escalated else f"number:{one.kpi.id}" for one in told),
        *(f"ahead:{one.kpi.id}" for one in ahead),
        *(f"finding:{one.kpi.id}/{one.finding.on}" for one in noted),
        *(one.about for one in helped),
        *(one.about for one in targets),
    ]
    return Deciding(matters, len(off) - len(told), tuple(about))


def _at_most(questions: Sequence[Question], kind: str) -> list[Question]:
    """The first questions of a kind, each once (a question may be asked of several teams)."""
    found: dict[str, Question] = {}
    for one in questions:
        if one.kind == kind and (kind != "helped" or one.evaluation is not None):
            found.setdefault(one.about, one)
    return list(found.values())[:QUESTIONS_AT_MOST]


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _off(kpis: Sequence[Kpi], escalated: dict[str, Question], situation: Situation) -> Iterator[NumberMatter]:
    """Escalated ones first, whoever owns them, then by the order of the line."""
    chosen = {kpi.id: kpi for kpi in [*(situation.kpi(one) for one in escalated), *kpis]}
    found: list[tuple[bool, Place, NumberMatter]] = []
    for kpi in chosen.values():
        history = last_judged(situation.records.get(kpi.id))
        item = situation.live_item(kpi.id)
        asked = escalated.get(kpi.id)
        off = bool(history) and history[-1].status is Status.OFF_TRACK
        if not history or (asked is None and (not off or _is_quiet(kpi, item, situation))):
            continue
        holder = situation.holder(item) if item is not None else situation.for_whom(kpi.owner)
        matter = NumberMatter(
            Matter.OFF if asked is None else Matter.ESCALATED,
            kpi,
            history,
            holder if asked is None or asked.person is None else asked.person,
            item.last_human_line if item is not None else "",
            holder,
        )
        found.append((asked is None, place_of(kpi, history, situation), matter))
    found.sort(key=lambda one: one[:2])
    yield from (matter for _, _, matter in found)


def place_of(kpi: Kpi, history: Sequence[Judgement], situation: Situation) -> Place:
    """Its place in the line: how far off, how high its goal, for how long, its place in the file."""
    gap = history[-1].gap if history else None
    return line_order(gap, situation.goals.depth_of(kpi.id), run_of(history).count, kpi.place)


def _ahead(kpis: Sequence[Kpi], since: datetime, situation: Situation) -> Iterator[NumberMatter]:
    """What is well ahead, once a number: not again at the next meeting that nothing new has come for."""
    for kpi in kpis:
        history = last_judged(situation.records.get(kpi.id))
        if not history or history[-1].judged_at <= since:
            continue
        if "ahead" in history[-1].flags and not _is_silent(kpi, situation):
            yield NumberMatter(Matter.AHEAD, kpi, history, situation.for_whom(kpi.owner))


def _is_quiet(kpi: Kpi, item: Link | None, situation: Situation) -> bool:
    """Paused, set aside by people, or a line in the open item of a KPI that explains it."""
    explained = any(situation.live_item(other) is not None for other in kpi.explained_by)
    return _is_silent(kpi, situation) or set_aside(item, situation) or (explained and item is None)


def _is_silent(kpi: Kpi, situation: Situation) -> bool:
    """Its newest period is paused: what was before says nothing of now."""
    record = situation.records.get(kpi.id)
    return record is not None and record.newest is not None and "paused" in record.newest.flags


# ── findings and questions ───────────────────────────────────────────────────────────────────────────────────────


def _findings(kpis: Sequence[Kpi], situation: Situation) -> list[tuple[Kpi, Finding]]:
    found = [(kpi, one) for kpi in kpis for one in situation.logbook.findings.get(kpi.id, ())]
    return sorted(found, key=lambda one: one[1].on, reverse=True)


def _helped(questions: Sequence[Question], situation: Situation) -> Iterator[HelpedMatter]:
    teams = situation.config.teams
    for one in _at_most(questions, "helped"):
        if one.evaluation is None:
            continue
        asked = [q.team for q in questions if q.about == one.about and q.team is not None]
        names = tuple(teams[team].name for team in dict.fromkeys(asked) if team in teams)
        yield HelpedMatter(situation.kpi(one.kpi), one.evaluation, one.person, names)


def _targets(questions: Sequence[Question], situation: Situation) -> Iterator[TargetMatter]:
    for one in questions:
        yield _target_matter(situation.kpi(one.kpi), one.person, situation)


def _target_matter(kpi: Kpi, person: str | None, situation: Situation) -> TargetMatter:
    history = last_judged(situation.records.get(kpi.id))
    target = history[-1].target if history else None
    items = max(items_in_a_row(kpi, situation), IN_A_ROW)
    return TargetMatter(kpi, target, person or situation.for_whom(kpi.owner), items)


def items_in_a_row(kpi: Kpi, situation: Situation) -> int:
    """How many action items in a row the KPI took against its present target."""
    record, calendar = situation.records.get(kpi.id), situation.config.workspace.calendar
    return count_of(row_of(kpi, situation.items(kpi.id), record.judgements if record is not None else (), calendar))
