"""Did it help, as a task of its own, where the policy says so (`evaluation: task`). Pure.

One task for each evaluation, for the lead of the first team that is asked. It completes itself once somebody said yes
or no; "too early" leaves it open.
"""

from __future__ import annotations

from collections.abc import Iterator

from mapping.keys import parts_of
from mapping.kpis import Kpi
from mapping.links import Link, LinkState
from mapping.logbook import Evaluation, Helped
from mapping.tasks import Complete, WorkKind
from mapping.texts.evaluation import answer_said, evaluation_task
from sync.plan.making import create_step, due_by_policy
from sync.plan.situation import Situation
from sync.steps import Reason, Step, StepKind, step_on


def evaluation_steps(situation: Situation) -> list[Step]:
    """The steps of this cycle."""
    return [*_asked(situation), *_answered(situation)]


def evaluation_key(item: str) -> str:
    """WORKSPACE/evaluation/KPI/PERIOD of the action item's key, follow-ups `…/2` as the item."""
    parts = parts_of(item)
    if parts is None:
        raise ValueError(f"{item} is not the key of an action item")
    return "/".join((parts.workspace, WorkKind.EVALUATION.value, parts.subject, *parts.rest))


def _asked(situation: Situation) -> Iterator[Step]:
    reviewed = {about for one in situation.links.values() if one.kind is WorkKind.REVIEW for about in one.about}
    for evaluation in situation.logbook.evaluations.values():
        kpi, item = situation.config.kpis.get(evaluation.kpi), situation.links.get(evaluation.item)
        if kpi is None or kpi.policy.evaluation != "task" or evaluation.helped is not None:
            continue
        about, key = f"helped:{evaluation.item}", evaluation_key(evaluation.item)
        link = situation.links.get(key)
        if about in reviewed or (item is not None and item.is_live) or not _may_make(link, situation):
            continue
        yield _create(evaluation, kpi, item, link, about, key, situation)


def _may_make(link: Link | None, situation: Situation) -> bool:
    if link is None or link.state is LinkState.PLANNED:
        return True
    return link.state is LinkState.FAILED and situation.may_retry(link)


def _create(
    evaluation: Evaluation, kpi: Kpi, item: Link | None, link: Link | None, about: str, key: str, situation: Situation
) -> Step:
    person = situation.for_whom(who_is_asked(kpi, situation))
    title, body = evaluation_task(
        evaluation,
        kpi,
        key,
        situation.today,
        situation.config.people,
        title=item.title if item is not None else "",
        url=item.url if item is not None else "",
    )
    return create_step(
        situation,
        kind=WorkKind.EVALUATION,
        key=key,
        subject=kpi.id,
        person=person,
        title=title,
        body=body,
        reason=Reason.EVALUATION,
        because=f"the item for {kpi.name} was completed, and the number was looked at again",
        link=link,
        due=due_by_policy(kpi.id, situation),
        about=(about,),
    )


def who_is_asked(kpi: Kpi, situation: Situation) -> str | None:
    """The lead of the first asked team that has one; else the KPI's owner."""
    teams = situation.config.teams
    leads = (teams[one].lead for one in kpi.policy.ask if one in teams)
    return next((one for one in leads if one is not None), kpi.owner)


def _answered(situation: Situation) -> Iterator[Step]:
    """Somebody said yes or no, there or elsewhere: the task has nothing left to ask."""
    asking = {evaluation_key(item): one for item, one in situation.logbook.evaluations.items()}
    for link in situation.links.values():
        if link.kind is not WorkKind.EVALUATION or not link.is_live or link.task is None:
            continue
        found = asking.get(link.key)
        if found is None or found.helped not in (Helped.YES, Helped.NO) or "completed" in link.theirs:
            continue  # unanswered, or a person opened it again: it is theirs to close
        because = f"the answer is there: {answer_said(found)}"
        yield step_on(link, StepKind.COMPLETE, Reason.EVALUATION, Complete(link.task), because)
