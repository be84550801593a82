"""A team whose next sync does everything about meetings at once: it makes a review's task, the task of an action that
was written down and an event's with its parts; it speaks on the day, moves a meeting with the file, answers a line and
sums up yesterday's.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from connectors.sandbox.server import Sandbox
from tests.acceptance.command import Command
from tests.acceptance.world import World
from tests.integration.team import MONDAY, SESSIONS, ZONE, Clock

MOMENT = datetime(2026, 11, 24, 9, 5, tzinfo=ZONE)  # a Tuesday; the weekly meets on Thursday, the desk met on Monday
GOALS = """
goals:
  - id: grow
    title: Grow in Gauteng
    owner: neo
    goals:
      - {id: leads, title: 20 % more leads than last quarter, owner: thandi, by: 2026-12-31, kpis: [sessions]}
"""
REVIEWS = """
reviews:
  weekly: {title: Weekly KPI review, every: week, on: thursday, at: "10:00", owner: johan, invite: [marketing, m_and_e],
           agenda: [to_decide, numbers, agreed_last_time]}
  desk:   {title: Monday desk, every: week, on: monday, at: "10:00", owner: thandi, invite: [m_and_e]}
  social: {title: Social priorities, every: week, on: tuesday, at: "14:00", owner: thandi, invite: [m_and_e]}
  budget: {title: Budget, every: 1 month, on: last friday, at: "11:00", owner: thandi, ahead: 10 business days}
"""
MOVED = REVIEWS.replace("last friday", "last thursday")
EVENTS = """
events:
  - {id: launch, on: 2026-11-24, kind: new_product, title: Launch of the mobile app, owner: thandi}
"""
WRITTEN = (
    "Thanks all.\nDecision: the newsletter moves to Thursdays\n"
    "Action: Thandi – check the tags – 27 Nov\nAction: someone ask three partners"
)
ALL = [  # what that sync does, in an undisturbed world
    ("comment", "answer"),
    ("comment", "moved"),
    ("comment", "summary"),
    ("comment", "today"),
    ("create", "event"),
    ("create", "review_due"),
    ("create", "said"),
    ("update", "event"),
    ("update", "event"),
    ("update", "moved"),
]


def at_the_desk(folder: Path, tracker: str, running: Command, sandbox: Sandbox, clock: Clock, store: str = "") -> World:
    """The team on the Tuesday morning, five minutes after yesterday's meeting is to be summed up."""
    folder.mkdir(parents=True, exist_ok=True)
    world = World(
        folder, sandbox, clock, tracker=tracker, kpis=SESSIONS, rest=GOALS + REVIEWS, command=running,
        store=store or "sqlite:///alignd.db",
    )  # fmt: skip
    board = sandbox.trello.state
    first = next(iter(board.boards.values()))
    first.members.extend(one.id for one in board.members.values() if one.id not in first.members)
    world.weeks(*[12_500] * 10, until=MONDAY)
    world.week(MONDAY, 12_500)
    world.at("2026-11-19T11:00").sync()  # the desk of the 23rd and the budget have their tasks
    world.at("2026-11-20T08:00").sync()  # and social's of the 24th
    desk = world.at("2026-11-23T10:20").person().finds("Monday desk")[-1]
    world.person().comment(desk, WRITTEN)
    clock.now = MOMENT.astimezone(UTC)
    world.rest = GOALS + MOVED + EVENTS
    return world
