"""Making work: the step that creates one task, for which person, on which tracker, until when. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from mapping.documents import Document
from mapping.links import Link, LinkState
from mapping.tasks import Create, WorkKind
from sync.plan import words
from sync.plan.situation import Situation
from sync.steps import Reason, Step, StepKind


def create_step(
    situation: Situation,
    *,
    kind: WorkKind,
    key: str,
    subject: str,
    person: str | None,
    title: str,
    body: Document,
    reason: Reason,
    because: str,
    link: Link | None,
    due: date | None,
    followers: tuple[str, ...] = (),
    about: tuple[str, ...] = (),
    tracker: str | None = None,
    episode: str | None = None,
    former: str | None = None,
    owner: str | None = None,
) -> Step:
    """A step that makes one task, with a fallback without extras. `link`: the row that the key has already, if any.

    `followers`: account ids of who is to see it too. `tracker`: where it is made, if not where the person's team works.
    """
    tracker = _tracker_for(link, tracker or situation.config.tracker_for(person), situation)
    row = Link(
        key=key,
        kind=kind,
        subject=subject,
        tracker=tracker,
        state=LinkState.PLANNED,
        made_at=situation.now,
        episode=episode,
        person=person,
        former=former,
        owner=owner,
        due=due,
        title=title,
        about=about,
    )
    order, fallback = _orders(row, body, followers, situation)
    return Step(
        StepKind.CREATE,
        reason,
        kind,
        key,
        subject,
        tracker,
        title,
        order=order,
        person=person,
        because=because,
        link=row,
        fallback=fallback,
    )


def due_by_policy(subject: str, situation: Situation) -> date | None:
    """So long after today as the KPI's policy says; the workspace's for work that is about a source."""
    config = situation.config
    after = config.kpis[subject].policy.due if subject in config.kpis else config.policy.due
    return config.workspace.calendar.add(situation.today, after) if after is not None else None


def _tracker_for(link: Link | None, wanted: str, situation: Situation) -> str:
    """Where the work was to be made before, if that is still there."""
    return link.tracker if link is not None and link.tracker in situation.config.trackers else wanted


def _orders(
    row: Link, body: Document, followers: tuple[str, ...], situation: Situation
) -> tuple[Create, Create | None]:
    """The create, and the one to fall back to. A person whom the tracker does not know is named in the text."""
    people = situation.config.people
    account = situation.account(row.tracker, row.person)
    name = people[row.person].name if row.person is not None and row.person in people else None
    addressed = words.addressed(body, name) if name is not None else body
    if account is None:
        order = Create(row.key, row.kind, row.title, addressed, None, row.due, followers)
        return order, replace(order, followers=()) if followers else None
    order = Create(row.key, row.kind, row.title, body, account, row.due, followers)
    return order, replace(order, body=addressed, assignee=None, followers=())
