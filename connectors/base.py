"""The doors: what a source and a tracker must be able to do. One contract suite each, run on every connector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Protocol, runtime_checkable

from connectors.calls import Calls
from connectors.errors import VendorError
from mapping.letters import Delivery, Letter, Posted
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
class Channel(Protocol):
    """Where people are told: digests, summaries, alerts."""

    id: str
    kind: str  # slack | email
    calls: Calls

    def addresses(self, people: Sequence[Person]) -> Mapping[str, Person | None]:
        """Whom a letter to these people goes to, each address once: of mail theirs (people without one are not in
        it); of Slack the one channel, whoever is meant.
        """
        ...

    def send(self, letter: Letter, address: str) -> Delivery:
        """Tell one address, in one attempt. Never raises for a vendor's fault, never sends twice by itself. A
        connection may be kept for the next one, until `close`.
        """
        ...

    def look(self, doubtful: Sequence[Posted]) -> Mapping[tuple[str, str], str | None]:
        """What became of letters of unknown outcome, by key and address: the vendor's id where it is there, None where
        it surely is not. What the vendor cannot tell is not in it (mail: never anything).
        """
        ...

    def examine(self, people: Sequence[Person]) -> Sequence[Finding]:
        """For `doctor`: the server, the login, the channel, who has an address. Sends nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Board:
    """A table to be shown in a tab of a spreadsheet. `columns`: headings, each once, the id's first, then the name's;
    `rows`: by id, in order, a cell a column (text or number; never a formula).

    `measured`: columns that hold numbers; `patterns`: their number format, by id, set when the row is made ("" leaves
    it as it is). `updated`: the column that is only written together with another cell of its row. `gone`: by column,
    what the row of an id says that is no longer on the board.
    """

    columns: Sequence[str]
    rows: Mapping[str, Sequence[str | Decimal | None]]
    measured: Sequence[str] = ()
    patterns: Mapping[str, str] = field(default_factory=dict)
    updated: str = ""
    gone: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class SheetPublisher(Protocol):
    """A source that can also show a table in a tab of the team's own spreadsheet."""

    def keep(self, tab: str, *, made: bool) -> None:
        """Said before a cycle reads: this tab is kept here. From now on the right to write is asked for, and, if the
        tab was `made` before, it is read along in what is read anyway, so that a table that people changed is noticed
        without a call more.
        """
        ...

    def publish(self, tab: str, board: Board, memory: Mapping[str, object]) -> Mapping[str, object]:
        """Put what differs into the tab, in one request; ask nothing if the board is as it was and nobody touched it.
        What people wrote in columns, rows and tabs of their own stays. `memory`: what the last call returned, {} for
        the first. Raises VendorError; then nothing is certain, and the next call finds out.
        """
        ...

    def examine_tab(self, tab: str) -> Sequence[Finding]:
        """For `doctor`: the tab, and the right to write there. Changes nothing."""
        ...


@runtime_checkable
class GoalPublisher(Protocol):
    """A tracker whose goals can show a number."""

    def set_goals(self, values: Mapping[str, Decimal]) -> Mapping[str, VendorError]:
        """The current value of each goal's metric (by goal id), `batch` at a time; what failed, by goal id. Setting a
        value again changes nothing, so an unknown outcome is a reason to set it again, and nothing else. A share is a
        fraction of 1.
        """
        ...

    def examine_goals(self, goals: Sequence[str]) -> Sequence[Finding]:
        """For `doctor`: each goal, and whether its metric can be set. Changes nothing."""
        ...


@runtime_checkable
class Closeable(Protocol):
    """A source or tracker that keeps connections open between calls."""

    def close(self) -> None:
        """Let go of them. Nothing may be asked of it afterwards."""
        ...
