"""People and teams: who work is for, and who stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Away:
    """A span of dates, both ends inclusive, in which `deputy` gets new work."""

    first: date
    last: date
    deputy: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the file. `accounts` maps a tracker kind to a name there (trello: username); email serves Asana."""

    id: str
    name: str
    email: str | None = None
    team: str | None = None
    accounts: tuple[tuple[str, str], ...] = ()
    away: tuple[Away, ...] = ()


@dataclass(frozen=True, slots=True)
class Team:
    """A team of the file; `section` is where its KPIs stand in the report (marketing or m_and_e)."""

    id: str
    name: str
    lead: str | None = None
    section: str | None = None


def stand_in(person: str, day: date, people: Mapping[str, Person]) -> str | None:
    """Who gets `person`'s new work on `day` in their place; None when they are there, or when nobody else is.

    A deputy who is away too hands on to their own deputy. A chain that comes back to somebody it has met, or that
    ends with somebody away without a deputy, finds nobody: then the work stays with the person it is for.
    """
    met = {person}
    at = person
    while True:
        absence = _absence(people.get(at), day)
        if absence is None:
            return at if at != person else None
        if absence.deputy is None or absence.deputy in met or absence.deputy not in people:
            return None
        at = absence.deputy
        met.add(at)


def lead_of_section(section: str, teams: Mapping[str, Team]) -> str | None:
    """The lead of the first team of the file whose KPIs stand in that section of the report."""
    return next((team.lead for team in teams.values() if team.section == section), None)


def call_name(person: str | None, people: Mapping[str, Person]) -> str | None:
    """What colleagues call a person: the first word of the name, or the whole name where two share that word.

    None for nobody and for an id that is not in the file.
    """
    found = people.get(person) if person is not None else None
    if found is None:
        return None
    first = _first_word(found.name)
    shared = any(other.id != found.id and _first_word(other.name) == first for other in people.values())
    return found.name if shared or not first else first


def _first_word(name: str) -> str:
    return next(iter(name.split()), "")


def _absence(person: Person | None, day: date) -> Away | None:
    if person is None:
        return None
    return next((away for away in person.away if away.first <= day <= away.last), None)
