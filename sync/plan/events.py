"""Inflection events: one alignment review each, with a part for everybody who confirms something. Pure.

An event's review is made as work begins on its day, once, however the event was noted and however late alignd hears of
it; only what was over before first sight is left alone. Each part is added once: what a note does not know (a ledger
that was lost) is known by how its title begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mapping.campaigns import Campaign, Event, alignment_day, event_appears_at
from mapping.keys import comment_key, event_key
from mapping.links import Link, LinkState, NoteState
from mapping.logbook import Passed, Passing
from mapping.people import call_name, stand_in
from mapping.tasks import AddPart, Update, WorkKind
from mapping.texts.event import EventFacts, Held, event_task, event_title, is_called, part_begins, part_title
from mapping.wording import show_day
from sync.asked import evened
from sync.parts import ABOUT
from sync.plan.agenda.strategy import goal_states
from sync.plan.invited import guests, not_on_the_task
from sync.plan.making import create_step
from sync.plan.meetings import is_ahead
from sync.plan.situation import Situation
from sync.steps import Reason, Step, StepKind, step_on
from sync.unheard import PART

EVENT = "event"
ONCE = "once"  # an event is met about once: the slot of one that passed
NOT_MADE = (LinkState.PLANNED, LinkState.FAILED)


def event_steps(situation: Situation) -> list[Step]:
    """Tasks of events that have come, their parts; those that stand follow the file."""
    steps: list[Step] = []
    met = {one.identity for one in situation.logbook.events if _is_made(one, situation)}
    for event in situation.logbook.events:
        link = situation.links.get(_key(event, situation))
        if link is None or link.state in NOT_MADE:
            if event.identity in met or not is_due(event, situation):
                continue  # not yet, or it stands in the file and was noted by command too
            met.add(event.identity)
            made = _made(event, link, situation)
            if made is not None:
                steps += [made, *_parts(event, made.link, situation)]
        elif link.is_live:
            steps += [*_moved(event, link, situation), *_parts(event, link, situation)]
    return steps


def is_due(event: Event, situation: Situation) -> bool:
    """Its day has come, it was not over when it was first seen, and it did not pass while only watched."""
    config, calendar = situation.config, situation.config.workspace.calendar
    seen = calendar.local_date(situation.logbook.first_saw(EVENT, event.id, situation.now))
    if situation.now < event_appears_at(event, calendar, config.opens) or _due(event, situation) < seen:
        return False
    return ONCE not in situation.logbook.passed.get((EVENT, event.id), {})


def events_passed(situation: Situation) -> list[Passed]:
    """Events whose review was to be held by now, while the tracker it belongs in was only watched."""
    config = situation.config
    watched = {name for name, settings in config.trackers.items() if settings.mode == "watch"}
    return [
        Passed(EVENT, event.id, ONCE, Passing.WATCHED, situation.now)
        for event in situation.logbook.events
        if _key(event, situation) not in situation.links
        and _due(event, situation) < situation.today
        and is_due(event, situation)
        and config.tracker_for(_owner(event, situation)) in watched
    ]


def _is_made(event: Event, situation: Situation) -> bool:
    link = situation.links.get(_key(event, situation))
    return link is not None and link.state not in NOT_MADE


def _key(event: Event, situation: Situation) -> str:
    return event_key(situation.config.workspace.id, event.id)


def _due(event: Event, situation: Situation) -> date:
    return alignment_day(event, situation.config.workspace.calendar)


def _owner(event: Event, situation: Situation) -> str | None:
    """Whose review it is: the event's owner, else whoever owns the first goal of all."""
    roots = (one.owner for one in situation.goals.all if one.parent is None and one.owner is not None)
    return event.owner or next(roots, None)


# ── the task ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _made(event: Event, link: Link | None, situation: Situation) -> Step | None:
    """The step that makes it; None while what the tracker refused may not be tried again."""
    if link is not None and link.state is LinkState.FAILED and not situation.may_retry(link):
        return None
    config, key, due, owner = situation.config, _key(event, situation), _due(event, situation), _owner(event, situation)
    person = (stand_in(owner, due, config.people) or owner) if owner is not None else None
    tracker = link.tracker if link is not None and link.tracker in config.trackers else config.tracker_for(owner)
    leads = [team.lead for team in config.teams.values()]
    invite = [one for one in (*(goal.owner for goal in situation.goals.all), *leads) if one is not None]
    invited = guests(invite, person, tracker, situation)
    held = tuple(held_by(event, situation))
    title, body = event_task(
        EventFacts(
            key=key,
            event=event,
            due=due,
            today=situation.today,
            people=config.people,
            leader=person,
            instead_of=owner if person != owner else None,
            goals=tuple(goal_states(situation.today, situation)),
            campaigns=tuple(_running(event, situation)),
            held=held,
            absent=invited.absent,
            part="checklist item" if config.trackers[tracker].kind == "trello" else "subtask",
        )
    )
    because = [f"{event.title}, {show_day(event.on, situation.today)}"]
    if person != owner:
        because.append(f"{call_name(owner, config.people)} is away")
    because.append(not_on_the_task(invited.absent, tracker, situation))
    return create_step(
        situation,
        kind=WorkKind.EVENT,
        key=key,
        subject=event.id,
        person=person,
        title=title,
        body=body,
        reason=Reason.EVENT,
        because="; ".join(one for one in because if one),
        link=link,
        due=due,
        followers=invited.accounts,
        about=tuple(f"{ABOUT}{one.person}" for one in held),
        tracker=tracker,
        owner=owner,
    )


def _moved(event: Event, link: Link, situation: Situation) -> Iterator[Step]:
    """The file has another day or title for it: the task follows, but for what a person changed there."""
    due, today = _due(event, situation), situation.today
    if link.task is None or not is_ahead(link, situation) or due < today:
        return
    fields = {"due"} if due != link.written.due else set()
    if fields or not is_called(link.written.title, event):
        fields.add("title")
    as_written = event_title(event, link.written.due, today) if link.written.due is not None else ""
    if link.adopted and evened(as_written) != evened(link.written.title):
        return  # what stood there when it was taken on may be a person's
    if fields := fields - link.theirs:
        title = event_title(event, due, today)
        order = Update(link.task, frozenset(fields), title=title, due=due)
        because = f"it is met about on {show_day(due, today)} now"
        yield step_on(link, StepKind.UPDATE, Reason.MOVED, order, because, title=title)


# ── who confirms what ────────────────────────────────────────────────────────────────────────────────────────────


def held_by(event: Event, situation: Situation) -> list[Held]:
    """Everybody with something of theirs, in the order of the file: goals, KPIs that goals name, running campaigns."""
    config, goals = situation.config, situation.goals.all
    named = dict.fromkeys(kpi for goal in goals for kpi in goal.kpis if kpi in config.kpis)
    running = _running(event, situation)
    found = []
    for person in config.people:
        one = Held(
            person,
            tuple(goal for goal in goals if goal.owner == person),
            tuple(config.kpis[kpi] for kpi in named if config.kpis[kpi].owner == person),
            tuple(campaign for campaign in running if campaign.owner == person),
        )
        if one.goals or one.kpis or one.campaigns:
            found.append(one)
    return found


def _running(event: Event, situation: Situation) -> list[Campaign]:
    due = _due(event, situation)
    return [one for one in situation.logbook.campaigns if one.starts <= due and event.on <= one.ends]


def _parts(event: Event, link: Link | None, situation: Situation) -> Iterator[Step]:
    """One part for each whom the review was made to ask, once. On a task that stands only where its parts were read in
    this cycle: what stands there already is not added again.
    """
    if link is None or (link.adopted and not is_ahead(link, situation)):
        return
    view = situation.views.get(link.tracker)
    task = view.tasks.get(link.task) if view is not None and link.task is not None else None
    there = task.parts if task is not None else None
    if link.task is not None and there is None:
        return
    due = _due(event, situation)
    for held in held_by(event, situation):
        if not link.adopted and f"{ABOUT}{held.person}" not in link.about:
            continue
        key = comment_key(link.key, PART, held.person)
        note = situation.notes.get(key)
        if note is not None and note.state is not NoteState.PLANNED:
            continue
        begins = part_begins(held.person, situation.config.people)
        if note is None and any(evened(one.title).startswith(evened(begins)) for one in there or ()):
            continue
        title = note.text if note is not None else part_title(held, event, situation.config.people)
        account = situation.account(link.tracker, held.person)
        order = AddPart(link.task or "", key, title, account, due)
        because = "whether what is theirs still holds"
        yield step_on(link, StepKind.UPDATE, Reason.EVENT, order, because, key=key, title=title, person=held.person)
