"""Mail: a letter to each person, one transaction each, over one connection kept from one to the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from connectors.base import Finding
from connectors.calls import Calls
from connectors.email.examination import examine
from connectors.email.message import NoSuchAddress, envelope, mail, message_id
from connectors.email.session import Session
from connectors.email.settings import EmailSettings
from connectors.errors import BudgetSpent, NeedsPerson, OutcomeUnknown, TryLater, VendorError
from connectors.patience import Patience
from mapping.letters import Delivery, Fate, Letter, Posted
from mapping.people import Person

FRESH = 20.0  # seconds an idle connection is trusted without being asked


class EmailChannel:
    """Mails from one sender through one server. The address is a mail address."""

    kind = "email"

    def __init__(
        self,
        settings: EmailSettings,
        patience: Patience,
        *,
        workspace: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.id, self.settings, self.workspace, self.monotonic = settings.id, settings, workspace, monotonic
        self.calls = Calls()
        self._session = Session(settings, patience)
        self._used_at = 0.0

    def addresses(self, people: Sequence[Person]) -> Mapping[str, Person | None]:
        """Their mail addresses, each once; people without one are not in it."""
        found: dict[str, Person | None] = {}
        met: set[str] = set()
        for person in people:
            if person.email and person.email.casefold() not in met:
                met.add(person.email.casefold())
                found[person.email] = person
        return found

    def send(self, letter: Letter, address: str) -> Delivery:
        """One transaction. A connection that died since the last one is opened anew before anything is sent."""
        sender = self.settings.sender
        name: str | None = None
        try:
            name = message_id(letter.key, address, sender)
            self.calls.needed(1)
            content = mail(letter, address, sender, self.workspace)
            self.calls.sent()  # one mail is one call, whatever its dialogue
            self._connected()
            limit = self._session.size_limit
            if limit is not None and len(content) > limit and letter.pictures:
                content = mail(letter, address, sender, self.workspace, with_pictures=False)
            by, to = envelope(sender), envelope(address)
            if not (by + to).isascii() and not self._session.takes_utf8():
                mend = "write an address that is ASCII before the @, or use a server with SMTPUTF8"
                return Delivery(address, Fate.REFUSED, why="the mail server takes no such address", advice=mend)
            self._session.transact(by, to, content)
        except NoSuchAddress:
            mend = "correct the address in the file"
            return Delivery(address, Fate.REFUSED, why="this is not an address that mail can go to", advice=mend)
        except OutcomeUnknown as trouble:
            return Delivery(address, Fate.UNKNOWN, id=name, why=trouble.what, advice=trouble.advice)
        except (TryLater, BudgetSpent) as trouble:
            return Delivery(address, Fate.LATER, why=trouble.what, advice=trouble.advice, after=trouble.after)
        except VendorError as trouble:
            to_all = isinstance(trouble, NeedsPerson)
            return Delivery(address, Fate.REFUSED, why=trouble.what, advice=trouble.advice, to_all=to_all)
        finally:
            self._used_at = self.monotonic()
        return Delivery(address, Fate.SENT, id=name)

    def _connected(self) -> None:
        session = self._session
        if session.is_open and (self.monotonic() - self._used_at <= FRESH or session.alive()):
            return
        session.open()

    def look(self, doubtful: Sequence[Posted]) -> Mapping[tuple[str, str], str | None]:  # noqa: ARG002 - the Protocol's
        """SMTP cannot say what became of a mail."""
        return {}

    def examine(self, people: Sequence[Person]) -> Sequence[Finding]:
        """Server, encryption, login, who has no address. Sends nothing."""
        return examine(self._session, self.settings, self.calls, people)

    def close(self) -> None:
        """Say goodbye to the server."""
        self._session.close()
