"""People, teams and goals of the file become the domain's, and refer to each other rightly."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from config.checking import Checking
from config.entries import read_entry
from config.expansion import Data
from config.kpis import refuse_backwards
from config.problems import Trail
from config.shape.who import GoalShape, PersonShape, TeamShape
from mapping.kpis import Goal
from mapping.people import Away, Person, Team

PERSON = "{name: Ana Alves, email: ana@acme.example}"
TEAM = "{name: Marketing, lead: ana, section: marketing}"
GOAL = "{id: leads, title: More qualified leads, owner: ana, kpis: [leads]}"


def mapping_of(data: Mapping[str, Data], section: str, checking: Checking, example: str) -> dict[str, Data]:
    """A section that maps ids to entries; its ids checked."""
    found = data.get(section)
    if found is None:
        return {}
    if not isinstance(found, dict):
        checking.wrong((section,), f"a mapping of ids is wanted here, write {example}")
        return {}
    for name in found:
        checking.identify((section, name), name)
    return found


def list_of(data: Mapping[str, Data], section: str, checking: Checking, example: str) -> list[Data]:
    """A section that is a list of entries."""
    found = data.get(section)
    if found is None:
        return []
    if not isinstance(found, list):
        checking.wrong((section,), f"a list is wanted here, write - {example}")
        return []
    return found


def read_people(data: Mapping[str, Data], checking: Checking) -> tuple[dict[str, Person], dict[str, Team]]:
    """Everybody, also those who are wrong in part, so that references to them hold."""
    people, teams = {}, {}
    team_data = mapping_of(data, "teams", checking, "marketing: " + TEAM)
    person_data = mapping_of(data, "people", checking, "ana: " + PERSON)
    for name, entry in person_data.items():
        shape = read_entry(PersonShape, entry, ("people", name), checking, example=PERSON)
        people[name] = _person(name, shape) if shape is not None else Person(name, name)
        if shape is not None:
            _check_person(name, shape, checking, person_data, team_data)
    for name, entry in team_data.items():
        team = read_entry(TeamShape, entry, ("teams", name), checking, example=TEAM)
        teams[name] = Team(name, team.name or name, team.lead, team.section) if team is not None else Team(name, name)
        if team is not None:
            checking.refer(("teams", name, "lead"), team.lead, person_data, "people")
        if name in person_data:
            checking.wrong(
                ("teams", name), f"{name} is a person too, write another id, so that invite: knows which", at_key=True
            )
        if name == "default":
            checking.wrong(("teams", name), "default is a word of routes:, write another id", at_key=True)
    return people, teams


def _check_person(
    name: str, shape: PersonShape, checking: Checking, people: Collection[str], teams: Collection[str]
) -> None:
    path: Trail = ("people", name)
    checking.refer((*path, "team"), shape.team, teams, "teams")
    for index, away in enumerate(shape.away):
        here = (*path, "away", index)
        refuse_backwards(away, here, checking)
        if away.deputy == name:
            checking.wrong((*here, "deputy"), "nobody stands in for themselves, write another person")
        else:
            checking.refer((*here, "deputy"), away.deputy, [one for one in people if one != name], "people")


def _person(name: str, shape: PersonShape) -> Person:
    accounts = (("trello", shape.trello.lstrip("@")),) if shape.trello else ()
    away = tuple(Away(one.first, one.last, one.deputy) for one in shape.away)
    return Person(name, shape.name, shape.email, shape.team, accounts, away)


def read_goals(
    data: Mapping[str, Data], checking: Checking, people: Collection[str], kpis: Collection[str]
) -> tuple[Goal, ...]:
    """The goal tree, depth first as written."""
    goals: list[Goal] = []
    met: set[str] = set()

    def take(shape: GoalShape, path: Trail, parent: str | None, depth: int) -> None:
        if shape.id != "?":
            checking.identify((*path, "id"), shape.id)
        if shape.id in met and shape.id != "?":
            checking.wrong((*path, "id"), f"there are two goals {shape.id}, write another id")
        met.add(shape.id)
        checking.refer((*path, "owner"), shape.owner, people, "people")
        checking.refer((*path, "kpis"), shape.kpis, kpis, "kpis")
        goals.append(Goal(shape.id, shape.title, shape.owner, shape.by, shape.kpis, parent, depth))
        for index, below in enumerate(shape.goals):
            take(below, (*path, "goals", index), shape.id, depth + 1)

    for index, entry in enumerate(list_of(data, "goals", checking, GOAL)):
        shape = read_entry(GoalShape, entry, ("goals", index), checking, example=GOAL)
        if shape is not None:
            take(shape, ("goals", index), None, 0)
    return tuple(goals)
