"""What `doctor` says of mail: one line a thing, with the mend. Nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.base import Finding
from connectors.calls import Calls
from connectors.email.session import Session
from connectors.email.settings import EmailSettings
from connectors.errors import VendorError
from mapping.people import Person


def examine(session: Session, settings: EmailSettings, calls: Calls, people: Sequence[Person]) -> Sequence[Finding]:
    """The server, the login, and who has no address."""
    where = settings.id
    calls.needed(1)
    calls.sent()
    try:
        session.open()
        answers = session.alive()
    except VendorError as trouble:
        return (Finding(where, trouble.what, ok=False, mend=trouble.advice), *_people(people, where))
    finally:
        session.close()
    if not answers:
        found = Finding(
            where, "the mail server hangs up after the login", ok=False, mend="ask who runs the mail server"
        )
        return (found, *_people(people, where))
    login = f"as {settings.user}" if settings.user is not None else "without login"
    found = Finding(where, f"the mail server {session.host}:{session.port} can be written through, {login}", ok=True)
    return (found, *_people(people, where))


def _people(people: Sequence[Person], where: str) -> list[Finding]:
    return [
        Finding(
            f"{where} people.{one.id}",
            f"{one.id} has no email: no mail goes to them",
            ok=True,
            mend=f"write people.{one.id}.email, if they are to get digests or summaries",
        )
        for one in people
        if not one.email
    ]
