"""Questions to the goal tree: how high a KPI's goal is, why the KPI matters, who hears when it stays off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from mapping.kpis import Goal
from mapping.people import Person, Team, call_name


@dataclass(frozen=True)
class Goals:
    """The goals of the file, in the file's order."""

    all: tuple[Goal, ...] = ()

    @cached_property
    def _by_id(self) -> Mapping[str, Goal]:
        return {one.id: one for one in self.all}

    def naming(self, kpi: str) -> tuple[Goal, ...]:
        """The goals that name the KPI as their own, the highest first, then in the file's order."""
        return self._naming.get(kpi, ())

    @cached_property
    def _naming(self) -> Mapping[str, tuple[Goal, ...]]:
        found: dict[str, tuple[Goal, ...]] = {}
        for goal in sorted(self.all, key=lambda goal: goal.depth):
            for kpi in dict.fromkeys(goal.kpis):
                found[kpi] = (*found.get(kpi, ()), goal)
        return found

    def depth_of(self, kpi: str) -> int | None:
        """Depth of the highest goal that names the KPI (0: a root goal); None when no goal does."""
        return next((goal.depth for goal in self.naming(kpi)), None)

    def chain(self, kpi: str) -> tuple[Goal, ...]:
        """The highest goal that names the KPI, then its parents up to the root; empty when no goal names it."""
        return next((tuple(self.upward(goal)) for goal in self.naming(kpi)), ())

    def upward(self, goal: Goal) -> Iterator[Goal]:
        """The goal itself, its parent, and so on to the root."""
        met: set[str] = set()
        at: Goal | None = goal
        while at is not None and at.id not in met:  # a parent that is its own child would never end
            met.add(at.id)
            yield at
            at = self._by_id.get(at.parent) if at.parent is not None else None

    def below(self, goal: Goal) -> list[Goal]:
        """The goals under it, whatever the depth, in the file's order."""
        return list(self._below.get(goal.id, ()))

    @cached_property
    def _below(self) -> Mapping[str, list[Goal]]:
        found: dict[str, list[Goal]] = {}
        for one in self.all:
            for above in self.upward(one):
                if above.id != one.id:
                    found.setdefault(above.id, []).append(one)
        return found

    def kpis_below(self, goal: Goal) -> list[str]:
        """The KPIs that goals under it name and the goal itself does not, each once however many name it."""
        named = dict.fromkeys(kpi for one in self.below(goal) for kpi in one.kpis)
        return [kpi for kpi in named if kpi not in goal.kpis]

    def kpis_at_and_below(self, goal: Goal) -> list[str]:
        """The goal's own KPIs, then those below it, each once."""
        return [*dict.fromkeys(goal.kpis), *self.kpis_below(goal)]


def escalation_person(
    goals: Goals, kpi: str, owner: str | None, people: Mapping[str, Person], teams: Mapping[str, Team]
) -> str | None:
    """The first who is not the owner: up the goal tree, then the owner's team lead, then a root goal's owner.

    None when there is nobody: a gap in the report.
    """
    candidates: list[str | None] = [above.owner for goal in goals.naming(kpi) for above in goals.upward(goal)]
    person = people.get(owner) if owner is not None else None
    team = teams.get(person.team) if person is not None and person.team is not None else None
    if team is not None:
        candidates.append(team.lead)
    candidates.extend(goal.owner for goal in goals.all if goal.parent is None)
    return next((who for who in candidates if who is not None and who != owner and who in people), None)


def chain_said(chain: tuple[Goal, ...], people: Mapping[str, Person]) -> str:
    """The chain for people: "20 % more leads than last quarter (Thandi) → Grow in Gauteng (Neo)"."""
    return " → ".join(
        f"{goal.title} ({name})" if (name := call_name(goal.owner, people)) else goal.title for goal in chain
    )
