"""What `doctor` says of an Asana tracker: one line a thing, with the mend. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from connectors.asana.client import PAGE, Action, AsanaClient, Outcome, messages
from connectors.asana.settings import AsanaSettings
from connectors.asana.setup import asked_for
from connectors.base import Finding
from connectors.errors import VendorError
from connectors.redaction import vendor_words
from mapping.people import Person

WRITERS = frozenset({"admin", "editor"})  # access levels of a project membership that may make tasks


def examine(client: AsanaClient, settings: AsanaSettings, people: Sequence[Person]) -> Sequence[Finding]:
    """Credential, project, sections, the right to write, each person."""
    where, project = settings.id, f"/projects/{settings.project}"
    asked = asked_for(people)
    actions = [
        Action("get", "/users/me", fields=("name", "email")),
        Action("get", project, fields=("name", "archived")),
        Action("get", f"{project}/sections", fields=("name",), limit=PAGE),
        Action("get", f"{project}/project_memberships", {"user": "me"}, ("access_level",), limit=PAGE),
        *(Action("get", f"/users/{quote(name, safe='@')}", fields=("name",)) for name in asked.values() if name),
    ]
    try:
        me, at, sections, rights, *others = client.ask(actions)
    except VendorError as trouble:
        return (Finding(where, trouble.what, ok=False, mend=trouble.advice),)
    findings = [*_token(me, people, settings), *_project(at, settings)]
    if _is_good(at):
        findings += _sections(sections, settings)
        findings.append(_right(rights, where))
    answers = iter(others)
    for person, name in asked.items():
        findings.append(_person(person, name, next(answers) if name else None, settings))
    return tuple(findings)


def _is_good(outcome: Outcome) -> bool:
    return 200 <= outcome.status < 300 and outcome.data is not None


def _token(me: Outcome, people: Sequence[Person], settings: AsanaSettings) -> list[Finding]:
    where = settings.id
    if not _is_good(me):
        return [
            Finding(
                where, f"Asana does not take the token{_why(me, settings)}", ok=False, mend="make a new token, set it"
            )
        ]
    name, email = str(me.data.get("name") or "somebody"), str(me.data.get("email") or "")
    findings = [Finding(where, f"signed in to Asana as {name}", ok=True)]
    twin = next((one for one in people if one.email and one.email.casefold() == email.casefold()), None)
    if twin is not None:
        findings.append(
            Finding(
                where,
                f"the token belongs to {twin.name}, who is one of people: what alignd writes looks written by them",
                ok=False,
                mend="give alignd a user of its own in Asana, and use that user's token",
            )
        )
    return findings


def _project(at: Outcome, settings: AsanaSettings) -> list[Finding]:
    where = settings.id
    if not _is_good(at):
        return [
            Finding(
                where,
                f"project {settings.project} cannot be read{_why(at, settings)}",
                ok=False,
                mend=f"check trackers.{where}.project, and let the token's user into that project",
            )
        ]
    if at.data.get("archived") is True:
        mend = f"take it out of the archive, or name another one in trackers.{where}.project"
        return [Finding(where, f"project {at.data.get('name')} is archived", ok=False, mend=mend)]
    return [Finding(where, f"project {at.data.get('name')} is there", ok=True)]


def _sections(outcome: Outcome, settings: AsanaSettings) -> list[Finding]:
    there = [str(one.get("name")) for one in outcome.data] if isinstance(outcome.data, list) else []
    findings = []
    for name in dict.fromkeys(settings.sections.named().values()):
        found = any(name.strip().casefold() == one.strip().casefold() for one in there)
        mend = f"make it, or name one of these in trackers.{settings.id}.sections: {', '.join(there) or 'none yet'}"
        what = f"section {name} is {'there' if found else 'missing'}"
        findings.append(Finding(settings.id, what, ok=found, mend="" if found else mend))
    if not findings:
        first = there[0] if there else "no section at all"
        findings.append(Finding(settings.id, f"no sections are named, so work goes to the first: {first}", ok=True))
    return findings


def _right(rights: Outcome, where: str) -> Finding:
    members = rights.data if _is_good(rights) and isinstance(rights.data, list) else []
    levels = {str(one.get("access_level")) for one in members if isinstance(one, dict)}
    if levels & WRITERS:
        return Finding(where, "alignd may write in the project", ok=True)
    if levels:
        mend = "make the token's user an editor of the project"
        return Finding(where, f"alignd may only read there ({', '.join(sorted(levels))})", ok=False, mend=mend)
    # a member through a team has no membership of their own: nothing is known for or against it
    return Finding(
        where, "alignd's user reaches the project through a team: it may write unless the team may not", True
    )


def _person(person: str, name: str, outcome: Outcome | None, settings: AsanaSettings) -> Finding:
    where = f"{settings.id} people.{person}"
    if outcome is None:
        mend = f"write people.{person}.email if they get work here"
        return Finding(where, f"{person} has no email: nothing is assigned to them here", ok=True, mend=mend)
    if _is_good(outcome):
        return Finding(where, f"{person} is {outcome.data.get('name') or name} in Asana", ok=True)
    mend = f"check people.{person}.email, and invite that address to the Asana workspace"
    return Finding(where, f"Asana does not know {name}{_why(outcome, settings)}", ok=False, mend=mend)


def _why(outcome: Outcome, settings: AsanaSettings) -> str:
    said = vendor_words(messages(outcome.body), (settings.token.get_secret_value(),))
    return f" ({outcome.status}{': ' + said if said else ''})"
