"""What a change of the file means for work that stands: gone, redefined, given to somebody else. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mapping.campaign_rows import SOME
from mapping.campaigns import Touch
from mapping.judgements import EpisodeEnd
from mapping.keys import comment_key, parts_of
from mapping.links import Link
from mapping.people import stand_in
from mapping.tasks import Update, WorkKind
from sync.plan import words
from sync.plan.meetings import is_ahead, meeting_of
from sync.plan.situation import Situation
from sync.plan.talk import comment
from sync.steps import Reason, Step, StepKind, step_on

_MEETINGS = (WorkKind.REVIEW, WorkKind.CAMPAIGN, WorkKind.EVENT)
RECENT = timedelta(days=35)  # so long after its day a meeting's open task is told that its meeting is gone


def departure_steps(situation: Situation) -> list[Step]:
    """One comment on open work whose KPI, source, meeting or person left the file; it is left to its people, or given
    to whom the file names now.
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
    if link.kind in _MEETINGS:
        if not is_ahead(link, situation) and not _is_recent(link, situation):
            return None  # of meetings that are long over, nothing is said
        met = _meeting_gone(link, situation)
        if met is not None or not is_ahead(link, situation):
            return met
    if link.person is not None and link.person not in config.people:
        return f"the person {link.person}"
    return None


def _meeting_gone(link: Link, situation: Situation) -> str | None:
    """What people were to meet about and is no longer in the file."""
    config, logbook = situation.config, situation.logbook
    if link.kind is WorkKind.EVENT:  # one noted by command is known to the ledger alone, and a lost one is not gone
        there = any(one.id == link.subject for one in logbook.events) or link.adopted
        return None if there else f"the event {link.subject}"
    if link.kind is WorkKind.CAMPAIGN:
        unread = bool({link.subject, SOME} & logbook.unread_campaigns)
        there = any(one.id == link.subject for one in logbook.campaigns) or unread
        return None if there else f"the campaign {link.subject}"
    review = config.reviews.get(link.subject)
    if review is None:
        return f"the review {link.subject}"
    if meeting_of(link, situation) is not None or not is_ahead(link, situation):
        return None  # what was held on another day than the rule has now was held
    return f"this meeting of {review.title}"


def _is_recent(link: Link, situation: Situation) -> bool:
    """Its day was within the last weeks: people may still be at work on it."""
    return link.due is not None and link.due >= situation.today - RECENT


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
    named = _owner(link, situation)
    if named is None or link.task is None or link.owner is None:
        return
    owner, what = named
    if owner == link.owner or owner is None or "assignee" in link.theirs:
        return
    person = _stands_in(owner, link, situation)
    account = situation.account(link.tracker, person)
    if account is None:
        return
    order = Update(link.task, frozenset({"assignee"}), assignee=account, remove_assignee=link.written.assignee)
    because = f"the file gives {what} to {config.people[person].name} now"
    sets = (("person", person), ("owner", owner))
    yield step_on(link, StepKind.UPDATE, Reason.OWNER_CHANGED, order, because, person=person, sets=sets)


def _owner(link: Link, situation: Situation) -> tuple[str | None, str] | None:
    """Whom the file names for this work now, and what it is called; None where the file names nobody for it."""
    config, logbook = situation.config, situation.logbook
    match link.kind:
        case WorkKind.ACTION | WorkKind.DATA:
            kpi = config.kpis.get(link.subject)
            if kpi is None:
                return None
            return (kpi.owner if link.kind is WorkKind.ACTION else kpi.data_owner), kpi.name
        case WorkKind.REVIEW:
            review = config.reviews.get(link.subject)
            return (review.owner, review.title) if review is not None and is_ahead(link, situation) else None
        case WorkKind.CAMPAIGN:
            campaign = next((one for one in logbook.campaigns if one.id == link.subject), None)
            if campaign is None or not is_ahead(link, situation):
                return None
            parts = parts_of(link.key)
            after = parts is not None and parts.period == Touch.POST
            return (campaign.evaluator or campaign.owner if after else campaign.owner), campaign.title
        case WorkKind.EVENT:
            event = next((one for one in logbook.events if one.id == link.subject), None)
            return (event.owner, event.title) if event is not None and is_ahead(link, situation) else None
        case _:
            return None


def _stands_in(owner: str, link: Link, situation: Situation) -> str:
    """The owner, or their deputy: of a meeting, whoever stands in on its day."""
    day = link.due if link.kind in _MEETINGS and link.due is not None else situation.today
    return stand_in(owner, day, situation.config.people) or owner
