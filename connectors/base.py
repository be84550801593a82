"""The doors: what a source and a tracker must be able to do. One contract suite each, run on every connector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol, runtime_checkable

from connectors.calls import Calls
from mapping.people import Person
from mapping.queries import Ask, Reply
from mapping.tasks import Attempt, Known, Order, Result, Task, View


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `alignd doctor`: what was looked at, whether it is well, and the mend if not."""

    where: str
    what: str
    ok: bool
    mend: str = ""


@runtime_checkable
class Source(Protocol):
    """Where numbers come from."""

    id: str
    calls: Calls

    def read(self, asks: Sequence[Ask], *, now: datetime, zone: tzinfo, tables: Sequence[str] = ()) -> Reply:
        """Answer all asks of a cycle in as few calls as possible.

        Never raises for a vendor's fault: every ask ends in an answer or a trouble. `zone` is the workspace's.
        `tables`: ranges wanted as they stand (targets_from), read in the same call; they come back in `Reply.tables`
        under the same name (rows of text; a range that could not be read is a trouble and not there). A source
        without ranges takes no notice of them.
        """
        ...

    def examine(self, asks: Sequence[Ask]) -> Sequence[Finding]:
        """For `doctor`: credential, property or spreadsheet, each metric, tab, column and cell that is named."""
        ...


@runtime_checkable
class Tracker(Protocol):
    """Where work goes."""

    id: str
    kind: str  # asana | trello
    batch: int  # how many orders one request may carry (Asana 10, Trello 1)
    calls: Calls

    def read(
        self,
        *,
        whole: bool,
        known: Sequence[Known],
        people: Sequence[Person],
        memory: Mapping[str, object],
        now: datetime,
    ) -> View:
        """What stands there now; raises VendorError if nothing could be read.

        `whole`: read the whole listing, else what changed since `memory`'s cursor (the connector reads whole by
        itself when it has no cursor). Setup (accounts, sections or lists) is read once a day and kept in memory.
        """
        ...

    def look(self, attempts: Sequence[Attempt]) -> Mapping[str, Task]:
        """Beyond the whole listing: where else a create of unknown outcome may have landed and been moved to.

        Asana: the assignee's tasks modified since the attempt. Trello: the creator's createCard actions. By key.
        """
        ...

    def write(self, orders: Sequence[Order]) -> Sequence[Result]:
        """Give at most `batch` orders in one request; one result an order, in order. Never raises for a vendor's
        fault, never repeats a create. The orders of one call must not depend on each other.
        """
        ...

    def fetch_comments(self, tasks: Sequence[str]) -> Mapping[str, Task]:
        """The tasks with all their comments, by id; those that could not be read are left out."""
        ...

    def examine(self, people: Sequence[Person]) -> Sequence[Finding]:
        """For `doctor`: credential, project or board, sections or lists, each person, the right to write."""
        ...


@runtime_checkable
class Closeable(Protocol):
    """A source or tracker that keeps connections open between calls."""

    def close(self) -> None:
        """Let go of them. Nothing may be asked of it afterwards."""
        ...
