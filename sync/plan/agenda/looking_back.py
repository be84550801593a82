"""What was agreed at the meeting before, and what was decided and done since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from mapping.keys import parts_of
from mapping.kpis import Kpi
from mapping.links import Link, LinkState
from mapping.logbook import Evaluation, LineKind, Minute
from mapping.periods import Period
from mapping.reviews import Meeting
from mapping.tasks import Part, WorkKind
from mapping.texts.review_facts import AgreedAction, Became, LastTime, Said
from sync.plan.situation import Situation
from sync.plan.talk import quiet_on

AT_FIRST = timedelta(days=92)  # how far a review looks back that has not met before


def last_link(meeting: Meeting, situation: Situation, review: str | None = None) -> Link | None:
    """The task of the newest earlier meeting of the same review that has one, or of the `review` it stands for."""
    wanted = review or meeting.review
    earlier = [
        (slot, link)
        for link in situation.links.values()
        if link.kind is WorkKind.REVIEW and link.subject == wanted and link.task is not None
        if (slot := _slot(link, situation)) is not None and _is_before(slot, meeting)
    ]
    return max(earlier, key=lambda one: one[0])[1] if earlier else None


def _is_before(slot: Period, meeting: Meeting) -> bool:
    """Earlier than the meeting: of its own kind of period an earlier one, of another one that is over by then."""
    return slot < meeting.slot if slot.kind is meeting.slot.kind else slot.last < meeting.day


def _slot(link: Link, situation: Situation) -> Period | None:
    parts = parts_of(link.key)
    if parts is None or parts.period is None:
        return None
    try:
        return situation.config.workspace.calendar.parse(parts.period)
    except ValueError:
        return None


def since_last(meeting: Meeting, situation: Situation) -> datetime:
    """When this review met last, as far as it has a task; else three months ago."""
    link = last_link(meeting, situation)
    slot = _slot(link, situation) if link is not None else None
    before = situation.config.cadence.meeting(meeting.review, slot) if slot is not None else None
    if before is not None:
        return before.at
    if link is not None:
        return link.made_at
    return situation.now - AT_FIRST


def last_time(meeting: Meeting, situation: Situation) -> LastTime | None:
    """What the meeting before agreed, and those whose place this one takes: `Action:` lines, parts, decisions."""
    links = [one for name in (None, *meeting.replaces) if (one := last_link(meeting, situation, name)) is not None]
    if not links:
        return None
    found = [_agreed_on(link, situation) for link in sorted(links, key=lambda one: one.made_at)]
    return LastTime(
        tuple(action for one in found for action in one.actions),
        tuple(decision for one in found for decision in one.decisions),
    )


def _agreed_on(link: Link, situation: Situation) -> LastTime:
    minutes = {
        source: one for source, one in situation.logbook.minutes.items() if one.link == link.key and not one.withdrawn
    }
    said = [
        one
        for one in situation.links.values()
        if one.kind is WorkKind.SAID and one.about and one.about[0] in minutes and one.state is not LinkState.FAILED
    ]
    actions = [_of_link(one, situation) for one in sorted(said, key=lambda one: (one.made_at, one.key))]
    actions += [_of_part(one, link, situation) for one in _parts(link, situation)]
    decisions = [_said(one, situation) for one in _in_order(minutes.values()) if one.kind is LineKind.DECISION]
    return LastTime(tuple(actions), tuple(decisions))


def _of_link(link: Link, situation: Situation) -> AgreedAction:
    quiet = quiet_on(link, situation.today)
    person = situation.holder(link)
    aside = link.state is LinkState.DISMISSED or link.archived or (quiet is not None and quiet.kind == "accept")
    if aside and not link.completed:
        by, why = (quiet.by, quiet.why) if quiet is not None else (None, "")
        return AgreedAction(link.title, Became.ASIDE, person, link.due, by, why)
    if link.completed:
        return AgreedAction(link.title, Became.DONE, person, link.due)
    late = link.due is not None and link.due < situation.today
    return AgreedAction(link.title, Became.LATE if late else Became.OPEN, person, link.due)


def _parts(link: Link, situation: Situation) -> tuple[Part, ...]:
    view = situation.views.get(link.tracker)
    task = view.tasks.get(link.task or "") if view is not None else None
    return task.parts or () if task is not None else ()


def _of_part(part: Part, link: Link, situation: Situation) -> AgreedAction:
    view = situation.views[link.tracker]
    person = next((who for who, account in view.accounts.items() if account == part.assignee), None)
    late = part.due is not None and part.due < situation.today
    became = Became.DONE if part.completed else Became.LATE if late else Became.OPEN
    return AgreedAction(part.title, became, person, part.due)


# ── since then ───────────────────────────────────────────────────────────────────────────────────────────────────


def decisions_since(since: datetime, situation: Situation) -> Iterator[Said]:
    """Decisions of all reviews since then, oldest first."""
    for one in _in_order(situation.logbook.minutes.values()):
        if one.kind is LineKind.DECISION and one.at > since and not one.withdrawn:
            yield _said(one, situation)


def evaluated_since(since: datetime, situation: Situation) -> Iterator[tuple[Kpi, Evaluation]]:
    """Completed items that were looked at again since then, oldest first."""
    for one in sorted(situation.logbook.evaluations.values(), key=lambda one: (one.completed_on, one.item)):
        if one.judged_at > since and one.kpi in situation.config.kpis:
            yield situation.kpi(one.kpi), one


def _in_order(minutes: Iterable[Minute]) -> list[Minute]:
    return sorted(minutes, key=lambda one: one.place)


def _said(one: Minute, situation: Situation) -> Said:
    review = situation.config.reviews.get(one.review)
    day = situation.config.workspace.calendar.local_date(one.at)
    return Said(one.text, one.by, day, review.title if review is not None else "")
