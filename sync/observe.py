"""Observe: read every tracker as it stands now. One that cannot be read is away, and the rest goes on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from config import Config
from connectors.base import Tracker
from connectors.errors import VendorError
from mapping.links import Link, LinkState, Note
from mapping.people import Person
from mapping.queries import Trouble
from mapping.tasks import Known, View
from sync.parts import known_of


@dataclass
class Observed:
    """`views` by tracker id; `troubles` of trackers that could not be read and of extras that need a person."""

    views: dict[str, View] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)


def observe(
    trackers: Mapping[str, Tracker],
    links: Sequence[Link],
    memory: Mapping[str, Mapping[str, object]],
    people: Sequence[Person],
    now: datetime,
    *,
    partly: Collection[str] = (),
    notes: Collection[Note] = (),
    owed: Collection[str] = (),
) -> Observed:
    """Read each tracker: its whole listing; of those in `partly` what changed since its own cursor.

    `notes`: what alignd says on tasks; a part of unknown outcome is looked for. `owed`: keys of reviews that are to be
    summed up now.
    """
    observed = Observed()
    for tracker_id, tracker in trackers.items():
        try:
            view = tracker.read(
                whole=tracker_id not in partly,
                known=known_tasks(links, tracker_id, notes, now, owed),
                people=people,
                memory=memory.get(tracker_id, {}),
                now=now,
            )
        except VendorError as error:
            observed.troubles.append(error.trouble())
            continue
        observed.views[tracker_id] = view
        observed.troubles.extend(view.troubles)
    return observed


def needed_elsewhere(troubles: Sequence[Trouble], config: Config) -> list[Trouble]:
    """Without those that say a person is unknown to a tracker where they get no work: that is as it should be."""
    idle = {
        f"{tracker} people.{person}"
        for tracker in config.trackers
        for person in config.people
        if config.tracker_for(person) != tracker
    }
    return [one for one in troubles if one.where not in idle]


def known_tasks(
    links: Sequence[Link], tracker: str, notes: Collection[Note], now: datetime, owed: Collection[str] = ()
) -> list[Known]:
    """The tasks alignd is linked to there. A completed or dismissed one is known too, but not fetched when absent."""
    said: dict[str, list[Note]] = {}
    for note in notes:
        said.setdefault(note.link, []).append(note)
    return [
        known_of(link, said, now, owed=link.key in owed)
        for link in links
        if link.tracker == tracker and link.task is not None and link.state is not LinkState.FAILED
    ]


def own_user_advised(views: Mapping[str, View], config: Config) -> list[Trouble]:
    """At the first sync: a token that belongs to one of `people` is better exchanged for a user of alignd's own."""
    troubles: list[Trouble] = []
    for tracker, view in views.items():
        mine = [person for person, account in view.accounts.items() if view.me is not None and account == view.me]
        for person in mine:
            troubles.append(
                Trouble(
                    tracker,
                    f"alignd writes there as {config.people[person].name}, who is one of your people",
                    "give alignd a user of its own, so that its words and theirs can be told apart",
                    "extra",
                )
            )
    return troubles
