"""People and teams: who work is for, and who stands in."""

from __future__ import annotations

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
