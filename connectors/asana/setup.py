"""Setup: who alignd is in Asana, where work goes there, and who is who. Read once a day, kept in the memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from connectors.answers import instant
from connectors.asana.client import BATCH, PAGE, Action, AsanaClient, Outcome
from connectors.asana.settings import AsanaSettings
from connectors.asana.wire import gid_of
from connectors.errors import NeedsPerson, Unreachable
from mapping.people import Person
from mapping.queries import Trouble
from mapping.tasks import WorkKind

GOOD_FOR = timedelta(hours=24)
GOOD_FOR_UNMET = timedelta(minutes=10)  # while a section is missing: somebody may be mending it
GOOD_FOR_UNKNOWN = timedelta(hours=3)  # while somebody of the file is not in Asana, which may be on purpose


@dataclass(frozen=True, slots=True)
class Setup:
    """`sections`: (gid, name) in the project's order. `named`: name in the file → gid, kept when it is renamed there.

    `accounts`: person → gid; `unknown`: person with an email → why Asana does not know them (somebody without one is
    simply not in Asana). `people`: who was asked for, and how.
    """

    at: datetime
    me: str
    me_name: str
    me_email: str
    project: str
    project_name: str
    workspace: str | None
    sections: tuple[tuple[str, str], ...]
    named: Mapping[str, str]
    accounts: Mapping[str, str]
    unknown: Mapping[str, str]
    people: Mapping[str, str]
    lost: frozenset[str] = field(default=frozenset())  # sections Asana refused since: not used again

    def place(self, kind: WorkKind, wanted: Mapping[str, str]) -> str | None:
        """Section gid for a kind of work: its own, else the default one, else the project's first."""
        for key in (kind.value, "default"):
            gid = self.named.get(wanted[key]) if key in wanted else None
            if gid is not None and gid not in self.lost:
                return gid
        return next((gid for gid, _ in self.sections if gid not in self.lost), None)

    def without(self, section: str | None) -> Setup:
        """The same, after Asana refused this section (None: any, so that work goes to the project alone)."""
        refused = {section} if section is not None else {gid for gid, _ in self.sections}
        return replace(self, lost=self.lost | refused)

    def memory(self) -> dict[str, object]:
        """As JSON."""
        return {
            "at": self.at.isoformat(),
            "me": self.me,
            "me_name": self.me_name,
            "me_email": self.me_email,
            "project": self.project,
            "project_name": self.project_name,
            "workspace": self.workspace,
            "sections": [list(one) for one in self.sections],
            "named": dict(self.named),
            "accounts": dict(self.accounts),
            "unknown": dict(self.unknown),
            "people": dict(self.people),
        }

    def troubles(self, where: str, wanted: Mapping[str, str], *, first: bool) -> tuple[Trouble, ...]:
        """What a person should put right: sections and accounts that are not there; once, whose user this is."""
        missing = [name for name in dict.fromkeys(wanted.values()) if name not in self.named]
        fallback = self.sections[0][1] if self.sections else "the project, without a section"
        return (
            tuple(
                Trouble(
                    f"{where} section {name}",
                    f"the project {self.project_name} has no section {name}: what belongs there goes to {fallback}",
                    f"make that section, or name another one in trackers.{where}.sections",
                    "extra",
                )
                for name in missing
            )
            + tuple(
                Trouble(f"{where} people.{person}", f"Asana does not know {person} ({why})", _mend(person), "extra")
                for person, why in self.unknown.items()
            )
            + tuple(
                Trouble(
                    where,
                    f"the token belongs to {person}, so what alignd writes looks written by them",
                    "give alignd a user of its own in Asana, and use that user's token",
                    "extra",
                )
                for person, account in self.accounts.items()
                if first and account == self.me
            )
        )


def from_memory(said: object) -> Setup | None:
    """What was remembered; None if there is nothing, or nothing that this release can read."""
    if not isinstance(said, dict):
        return None
    try:
        at = instant(said["at"])
        if at is None:
            return None
        return Setup(
            at=at,
            me=str(said["me"]),
            me_name=str(said["me_name"]),
            me_email=str(said["me_email"]),
            project=str(said["project"]),
            project_name=str(said["project_name"]),
            workspace=None if said["workspace"] is None else str(said["workspace"]),
            sections=tuple((str(gid), str(name)) for gid, name in said["sections"]),
            named={str(k): str(v) for k, v in said["named"].items()},
            accounts={str(k): str(v) for k, v in said["accounts"].items()},
            unknown={str(k): str(v) for k, v in said["unknown"].items()},
            people={str(k): str(v) for k, v in said["people"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def asked_for(people: Sequence[Person]) -> dict[str, str]:
    """Person → what Asana is asked for: the account named for asana in the file, else the email; "" for neither."""
    return {person.id: dict(person.accounts).get("asana") or person.email or "" for person in people}


def is_good(setup: Setup | None, settings: AsanaSettings, people: Sequence[Person], now: datetime) -> bool:
    """Whether what is remembered may be used: less than a day old, of this project, these people and sections."""
    if setup is None or setup.project != settings.project or setup.people != asked_for(people):
        return False
    met = all(name in setup.named for name in settings.sections.named().values())
    good_for = GOOD_FOR_UNMET if not met else GOOD_FOR_UNKNOWN if setup.unknown else GOOD_FOR
    return timedelta(0) <= now - setup.at < good_for


def read_setup(
    client: AsanaClient, settings: AsanaSettings, people: Sequence[Person], now: datetime, former: Setup | None
) -> Setup:
    """Ask Asana, ten a request. Raises `NeedsPerson` if token or project are not what they should be."""
    asked = asked_for(people)
    persons = {person: name for person, name in asked.items() if name}
    path = f"/projects/{settings.project}"
    outcomes = client.ask(
        [
            Action("get", "/users/me", fields=("name", "email")),
            Action("get", path, fields=("name", "workspace", "archived")),
            Action("get", f"{path}/sections", fields=("name",), limit=PAGE),
            *(Action("get", f"/users/{quote(name, safe='@')}", fields=("name", "email")) for name in persons.values()),
        ]
    )
    me, project, first_sections = (_definite(one, settings.id, settings.project) for one in outcomes[:3])
    if gid_of(me.data) is None or gid_of(project.data) is None:
        raise Unreachable(settings.id, "Asana's answer lacks the user or the project", "the next cycle asks again")
    sections = _sections(client, f"{path}/sections", first_sections, settings)
    named = _named(settings.sections.named().values(), sections, former)
    accounts, unknown = _accounts(persons, outcomes[3:], settings.id)
    if by_email := {person: persons[person] for person in unknown if "@" in persons[person]}:
        accounts |= _members(client, by_email, gid_of(project.data.get("workspace")))
        unknown = {person: why for person, why in unknown.items() if person not in accounts}
    return Setup(
        at=now,
        me=str(gid_of(me.data)),
        me_name=str(me.data.get("name") or ""),
        me_email=str(me.data.get("email") or ""),
        project=settings.project,
        project_name=str(project.data.get("name") or settings.project),
        workspace=gid_of(project.data.get("workspace")),
        sections=tuple(sections.items()),
        named=named,
        accounts=accounts,
        unknown=unknown,
        people=asked,
    )


def requests_needed(people: Sequence[Person], besides: int = 3) -> int:
    """How many requests it takes at full packing to ask for the people and so many other things."""
    actions = besides + sum(1 for name in asked_for(people).values() if name)
    return -(-actions // BATCH)


def _definite(outcome: Outcome, where: str, project: str) -> Outcome:
    if 200 <= outcome.status < 300:
        return outcome
    if outcome.is_passing:
        raise Unreachable(where, "Asana did not say who alignd is there", "the next cycle asks again")
    if outcome.status == 401:
        raise NeedsPerson(where, "Asana does not take the token", "make a new token and set it", status=401)
    raise NeedsPerson(
        where,
        f"the project {project} is not there, or alignd's user may not see it ({outcome.status})",
        f"check trackers.{where}.project, and let the token's user into that project",
        status=outcome.status,
    )


def _sections(client: AsanaClient, path: str, page: Outcome, settings: AsanaSettings) -> dict[str, str]:
    found: dict[str, str] = {}
    while True:
        for one in page.data if isinstance(page.data, list) else []:
            if gid := gid_of(one):
                found[gid] = str(one.get("name") or "")
        if (offset := page.next_offset) is None:
            return found
        following = client.ask([Action("get", path, fields=("name",), limit=PAGE, offset=offset)])[0]
        page = _definite(following, settings.id, settings.project)


def _named(names: Any, sections: Mapping[str, str], former: Setup | None) -> dict[str, str]:
    """By id if it was found before and is still there, else by name: exactly, then whatever the case."""
    found: dict[str, str] = {}
    for name in names:
        known = former.named.get(name) if former is not None else None
        exact = [gid for gid, called in sections.items() if called == name]
        alike = [gid for gid, called in sections.items() if called.strip().casefold() == name.strip().casefold()]
        for gid in ((known,) if known in sections else ()) + (*exact, *alike):
            if gid is not None:
                found[name] = gid
                break
    return found


def _accounts(
    persons: Mapping[str, str], outcomes: Sequence[Outcome], where: str
) -> tuple[dict[str, str], dict[str, str]]:
    accounts: dict[str, str] = {}
    unknown: dict[str, str] = {}
    for (person, name), outcome in zip(persons.items(), outcomes, strict=True):
        gid = gid_of(outcome.data)
        if 200 <= outcome.status < 300 and gid is not None:
            accounts[person] = gid
        elif outcome.is_passing:
            raise Unreachable(where, f"Asana did not say who {person} is", "the next cycle asks again")
        else:
            unknown[person] = f"{name}: {outcome.status}"
    return accounts, unknown


def _members(client: AsanaClient, emails: Mapping[str, str], workspace: str | None) -> dict[str, str]:
    """Person → gid of those whom the list of the workspace's users has under this email, whatever the case.

    A user may be refused by email and yet be in the list: an address written in other letters, a token that may list
    but not look up. The list is an extra: who is not found so stays unknown.
    """
    path = f"/workspaces/{workspace}/users" if workspace is not None else "/users"
    limit = None if workspace is not None else PAGE  # the workspace's list knows no limit, only pages
    found: dict[str, str] = {}
    offset: str | None = None
    while True:
        client.needed(1)
        page = client.ask([Action("get", path, fields=("name", "email"), limit=limit, offset=offset)])[0]
        for one in page.data if 200 <= page.status < 300 and isinstance(page.data, list) else []:
            if (gid := gid_of(one)) and isinstance(email := one.get("email"), str):
                found.setdefault(email.strip().casefold(), gid)
        if (offset := page.next_offset) is None:
            break
    return {person: found[key] for person, email in emails.items() if (key := email.strip().casefold()) in found}


def _mend(person: str) -> str:
    return f"check people.{person}.email, and invite that address to the Asana workspace; until then work names them"
