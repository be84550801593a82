"""Errors at a vendor, by what to do next. Nothing a vendor does wrong leaves a connector as anything else.

No message may hold a secret: a connector gives its own words, the vendor's message after redaction, never a URL with
a query or a header.
"""

from __future__ import annotations

from mapping.queries import Trouble


class VendorError(Exception):
    """Something went wrong at a vendor. `where` is the id in the file (source, tracker), `advice` what to do next."""

    kind = "failed"

    def __init__(self, where: str, what: str, advice: str, *, status: int | None = None) -> None:
        super().__init__(f"{where}: {what}")
        self.where, self.what, self.advice, self.status = where, what, advice, status

    def trouble(self) -> Trouble:
        """The same, for people."""
        return Trouble(self.where, self.what, self.advice, self.kind)


class TryLater(VendorError):
    """A definite no that time heals: 429, quota spent, could not connect. `after`: seconds, if the vendor said."""

    kind = "unreachable"

    def __init__(
        self, where: str, what: str, advice: str, *, after: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(where, what, advice, status=status)
        self.after = after


class Unreachable(TryLater):
    """Nobody answered, or answered with nonsense, to something that may safely be asked again."""


class NeedsPerson(VendorError):
    """A definite no that only a person can heal: credentials, rights, plan, project or property gone."""

    kind = "refused"


class Refused(VendorError):
    """A definite no to this one item (400, 404, 409, 422): skip it, say so, go on with the rest."""

    kind = "failed"


class OutcomeUnknown(VendorError):
    """A write was sent and nobody knows whether it happened: time-out, reset, 5xx, unreadable answer."""

    kind = "unknown"


class BudgetSpent(VendorError):
    """The wait the vendor asks for is longer than this cycle may last: end the cycle cleanly, go on in the next."""

    kind = "late"

    def __init__(self, where: str, what: str, advice: str, *, after: float) -> None:
        super().__init__(where, what, advice)
        self.after = after


class Stopped(Exception):
    """The service is asked to stop; raised out of any wait."""
