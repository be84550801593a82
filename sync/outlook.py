"""The outlook of one cycle: what was found and what would be done, and what of it a person should look at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from mapping.judgements import Judgement
from mapping.links import Link, LinkState, Note
from mapping.logbook import Logbook
from mapping.queries import Trouble
from mapping.readings import Reading
from mapping.tasks import View, WorkKind
from sync.latches import Latch
from sync.plan.situation import Situation
from sync.quiet import Sighting
from sync.steps import Problem, Seen, Step


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person at the command line said for this cycle, or the service.

    `partly`: trackers of which what changed is enough, until something is to be made there; of the others the whole
    listing is read. `keeps_hours`: nothing is written to people outside work_hours.
    """

    accept_new: bool = False
    accept_missing: frozenset[str] = frozenset()
    partly: frozenset[str] = frozenset()
    keeps_hours: bool = False


@dataclass
class Outlook:
    """What a cycle found and would do, complete before the first write to a tracker."""

    now: datetime
    cycle: int | None
    steps: list[Step] = field(default_factory=list)
    links: dict[str, Link] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    latches: list[Latch] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    shown: list[tuple[Reading, Judgement]] = field(default_factory=list)
    file_changes: tuple[str, ...] = ()
    nothing_reachable: bool = False
    open_episodes: frozenset[tuple[str, str]] = frozenset()  # (KPI, label of the opening period)
    given_up: frozenset[str] = frozenset()  # keys of meetings' tasks that could not be made in their time
    logbook: Logbook = field(default_factory=Logbook)
    young: dict[str, Sighting] = field(default_factory=dict)  # comments somebody may still be editing
    situation: Situation | None = None  # what the steps were planned from
    letters_at: tuple[datetime, ...] = ()  # when a letter is to be tried again, or looked for

    def after(self) -> Situation:
        """The situation as it is once the steps were carried out: what is shown and told is made of it."""
        if self.situation is None:
            raise ValueError("nothing was planned")
        return replace(self.situation, links=self.links, notes=self.notes)

    def is_wanted(self, link: Link) -> bool:
        """Whether work that could not be made is still wanted: not once its KPI is back on target, or its meeting
        is over and another has come.
        """
        refused = link.state is LinkState.FAILED and link.kind is WorkKind.ACTION
        if link.key in self.given_up:
            return False
        return not refused or (link.subject, link.episode) in self.open_episodes


def problems_of(outlook: Outlook) -> list[Problem]:
    """Everything a person should look at: troubles at vendors, latches, and what could not be made or is unknown."""
    found = [Problem(one.where, one.what, one.advice, kind=one.kind) for one in outlook.troubles]
    found += [latch.problem(new=True) for latch in outlook.latches]
    found += outlook.problems
    for step in outlook.steps:
        if step.trouble is not None:
            found.append(Problem(step.trouble.where, step.trouble.what, step.trouble.advice, kind=step.trouble.kind))
    unique: dict[tuple[str, str], Problem] = {}
    for one in found:
        unique.setdefault((one.where, one.what), one)
    return list(unique.values())
