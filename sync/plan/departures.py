"""What a change of the file means for work that stands: gone, redefined, given to somebody else. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from mapping.judgements import EpisodeEnd
from mapping.keys import comment_key
from mapping.links import Link
from mapping.tasks import Update, WorkKind
from sync.plan import words
from sync.plan.situation import Situation
from sync.plan.talk import comment
from sync.steps import Reason, Step, StepKind, step_on


def departure_steps(situation: Situation) -> list[Step]:
    """One comment on open work whose KPI, source or person left the file; it is left to its people, or given to whom
    the file names now.
    """
    steps: list[Step] = []
    for link in situation.links.values():
        if not link.is_live:
            continue
        gone, given = _gone(link, situation), list(_reassigned(link, situation))
        if gone is not None and comment_key(link.key, "removed", link.episode) not in situation.notes:
            body = words.removed(gone, situation, to=given[0].person if given else None)
            steps.append(
                comment(link, "removed", link.episode, body, Reason.REMOVED, f"{gone} is no longer in the file")
            )
        steps.extend(_redefined(link, situation))
        steps.extend(given)
    return steps


def _gone(link: Link, situation: Situation) -> str | None:
    """What of this work is no longer in the file, in words; None if all is."""
    config = situation.config
    if link.kind in (WorkKind.ACTION, WorkKind.EVALUATION) and link.subject not in config.kpis:
        return f"the KPI {link.subject}"
    if link.kind is WorkKind.DATA and link.subject not in config.kpis and link.subject not in config.sources:
        return f"{link.subject}"
    if link.person is not None and link.person not in config.people:
        return f"the person {link.person}"
    return None


def _redefined(link: Link, situation: Situation) -> Iterator[Step]:
    record = situation.records.get(link.subject)
    if link.kind is not WorkKind.ACTION or record is None:
        return
    for episode in record.episodes:
        if episode.end is not EpisodeEnd.REDEFINED or episode.opened.label != link.episode:
            continue
        if comment_key(link.key, "redefined", episode.opened.label) not in situation.notes:
            body = words.redefined(situation.kpi(link.subject), situation)
            yield comment(
                link, "redefined", episode.opened.label, body, Reason.REDEFINED, "it is counted in another way now"
            )


def _reassigned(link: Link, situation: Situation) -> Iterator[Step]:
    """The file names another owner: re-assigned, unless a person chose the assignee."""
    config = situation.config
    kpi = config.kpis.get(link.subject)
    if kpi is None or link.task is None or link.owner is None:
        return
    owner = kpi.owner if link.kind is WorkKind.ACTION else kpi.data_owner
    if owner == link.owner or owner is None or "assignee" in link.theirs:
        return
    person = situation.for_whom(owner)
    account = situation.account(link.tracker, person)
    if account is None or person is None:
        return
    order = Update(link.task, frozenset({"assignee"}), assignee=account, remove_assignee=link.written.assignee)
    because = f"the file gives {kpi.name} to {config.people[person].name} now"
    sets = (("person", person), ("owner", owner))
    yield step_on(link, StepKind.UPDATE, Reason.OWNER_CHANGED, order, because, person=person, sets=sets)
