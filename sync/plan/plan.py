"""The plan of one cycle: every step with its reason, in the order it would be taken. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mapping.keys import comment_key
from mapping.links import LinkState
from mapping.tasks import Create, Reopen, Update, WorkKind
from sync.plan import words
from sync.plan.campaigns import campaign_steps
from sync.plan.data import data_steps
from sync.plan.departures import departure_steps
from sync.plan.evaluations import evaluation_steps
from sync.plan.events import event_steps
from sync.plan.holds import sort_claims
from sync.plan.hours import closed_because
from sync.plan.items import Claim, Way, claim_of
from sync.plan.making import create_step, due_by_policy
from sync.plan.reviews import review_steps
from sync.plan.said import said_steps
from sync.plan.situation import Situation
from sync.plan.talk import Item, comment, talk, thanks
from sync.steps import Outcome, Reason, Step, StepKind, step_on


def plan(situation: Situation) -> list[Step]:
    """Everything that should happen now, and everything that waits, each step with its reason.

    Steps of trackers that are away or in `mode: watch` are deferred. Mass-creation is the caller's latch, over this.
    """
    talks = [deferred(step, situation) for step in _talks(situation)]
    steps = [
        *_answers(situation),
        *departure_steps(situation),
        *_mended(situation),
        *talks,
        *_claims(situation, leaving=_completed_by(talks)),
        *data_steps(situation),
        *review_steps(situation),
        *campaign_steps(situation),
        *event_steps(situation),
        *evaluation_steps(situation),
        *said_steps(situation),
    ]
    return [deferred(step, situation) for step in steps]


def _completed_by(steps: Sequence[Step]) -> frozenset[str]:
    """Keys of the work that these steps complete now: a place freed is filled in the same cycle."""
    return frozenset(one.key for one in steps if one.kind is StepKind.COMPLETE and one.outcome is Outcome.PLANNED)


def deferred(step: Step, situation: Situation) -> Step:
    """The step as it is, or held back by circumstance: its tracker is away, stopped or only watched; nobody works."""
    if step.outcome is not Outcome.PLANNED:
        return step
    settings = situation.config.trackers.get(step.tracker)
    if settings is None:
        return replace(step, outcome=Outcome.DEFERRED, because=f"tracker {step.tracker} is not in the file any more")
    if step.tracker in situation.stopped:
        because = f"too many tasks are gone from {step.tracker} at once"
        return replace(step, outcome=Outcome.DEFERRED, because=because)
    if step.tracker not in situation.views:
        return replace(step, outcome=Outcome.DEFERRED, because=f"{step.tracker} could not be read")
    if settings.mode == "watch":
        return replace(step, outcome=Outcome.DEFERRED, because=f"{step.tracker} is in mode: watch")
    if situation.keeps_hours and (closed := closed_because(situation.now, situation.config.workspace)) is not None:
        return replace(step, outcome=Outcome.DEFERRED, because=closed)
    return step


def _answers(situation: Situation) -> Iterator[Step]:
    """One line to a person who wrote to alignd on a task."""
    for reply in situation.replies:
        link = situation.links[reply.key]
        if comment_key(link.key, "answer", reply.comment) not in situation.notes:
            body = words.answer(reply, situation)
            yield comment(link, "answer", reply.comment, body, Reason.ANSWER, "a person wrote to alignd")


def _talks(situation: Situation) -> Iterator[Step]:
    for link in situation.links.values():
        record, kpi = situation.records.get(link.subject), situation.config.kpis.get(link.subject)
        if link.kind is not WorkKind.ACTION or record is None or kpi is None:
            continue
        episode = next((e for e in reversed(record.episodes) if e.opened.label == link.episode), None)
        item = Item(kpi, link, record, episode, situation)
        if link.is_live:
            yield from talk(item)
        elif link.state is LinkState.LINKED and link.completed and not link.archived:
            yield from thanks(item)


def _mended(situation: Situation) -> Iterator[Step]:
    """An assignee the tracker did not know when the work was made, and knows now."""
    for link in situation.links.values():
        if not link.is_live or link.task is None or link.written.assignee is not None or "assignee" in link.theirs:
            continue
        account = situation.account(link.tracker, link.person)
        if account is None or account in link.assignees or not situation.may_retry(link):
            continue
        order = Update(link.task, frozenset({"assignee"}), assignee=account)
        yield step_on(link, StepKind.UPDATE, Reason.EXTRA_MENDED, order, f"{link.tracker} knows {link.person} now")


def _claims(situation: Situation, leaving: frozenset[str]) -> Iterator[Step]:
    claims = [claim for kpi in situation.config.kpis.values() if (claim := claim_of(kpi, situation)) is not None]
    order = sort_claims(claims, situation, leaving)
    for claim in order.admitted:
        yield from _ahead(claim, situation)
    for claim, reason in order.waiting:
        yield replace(_made(claim, situation), outcome=Outcome.WAITING, because=reason, order=None)


def _ahead(claim: Claim, situation: Situation) -> Sequence[Step]:
    match claim.way:
        case Way.TAKE_UP:
            return _taken_up(claim, situation)
        case Way.REOPEN:
            return _reopened(claim, situation)
        case _:
            return [_made(claim, situation)]


def _made(claim: Claim, situation: Situation) -> Step:
    if claim.way is Way.REOPEN and claim.link is not None:
        return next(one for one in _reopened(claim, situation) if one.kind is StepKind.REOPEN)
    title, body = words.action_item(claim, situation)
    reason = Reason.FOLLOW_UP if claim.way is Way.FOLLOW_UP else Reason.EPISODE_OPENED
    return replace(
        create_step(
            situation,
            kind=WorkKind.ACTION,
            key=claim.key,
            subject=claim.kpi.id,
            person=claim.person,
            title=title,
            body=body,
            reason=reason,
            because=words.why_made(claim, situation),
            link=claim.link,
            due=due_by_policy(claim.kpi.id, situation),
            episode=claim.episode.opened.label,
            former=claim.former.key if claim.former is not None else None,
            owner=claim.kpi.owner,
        ),
        told_gap=_gap(claim, situation),
    )


def _taken_up(claim: Claim, situation: Situation) -> list[Step]:
    link, label = claim.link, claim.episode.opened.label
    if link is None or link.state is not LinkState.LINKED:
        return []
    body = words.taken_up(claim, situation)
    step = comment(link, "taken_up", label, body, Reason.TAKEN_UP, "off target again while the item is open")
    sets = (("episode", label), ("theirs", link.theirs - {"completed"}))
    return [replace(step, sets=sets, told_gap=_gap(claim, situation))]


def _reopened(claim: Claim, situation: Situation) -> list[Step]:
    link, label = claim.link, claim.episode.opened.label
    if link is None or link.task is None:
        return []
    calendar, due_after = situation.config.workspace.calendar, claim.kpi.policy.due
    due = calendar.add(situation.today, due_after) if due_after is not None else None
    sets = (("episode", label), ("promise", None), ("theirs", link.theirs - {"due", "completed"}), ("quiet", None))
    order, because = Reopen(link.task, link.kind, due), "off target again soon after it was back"
    opened = step_on(link, StepKind.REOPEN, Reason.REOPENED, order, because, sets=sets)
    said = comment(link, "reopened", label, words.reopened(claim, due, situation), Reason.REOPENED, because)
    # The word first: cut off between the two, the next cycle opens the item and does not say it twice.
    return [replace(said, told_gap=_gap(claim, situation)), opened]


def _gap(claim: Claim, situation: Situation) -> str | None:
    newest = situation.records[claim.kpi.id].newest
    return str(newest.gap) if newest is not None and newest.gap is not None else None


def creates(steps: Sequence[Step]) -> list[Step]:
    """The steps that would make a task now."""
    return [one for one in steps if isinstance(one.order, Create) and one.outcome is Outcome.PLANNED]
