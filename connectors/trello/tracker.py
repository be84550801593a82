"""The Trello tracker: one board, read in one nested call, written a card at a time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from connectors.answers import instant, zulu
from connectors.base import Finding
from connectors.calls import Calls
from connectors.errors import Stopped, Unreachable, VendorError
from connectors.patience import Patience
from connectors.trello import checklists, doctor
from connectors.trello.board import Board, Reading, read_board
from connectors.trello.client import BATCH, MOST, TrelloClient
from connectors.trello.orders import Writer
from connectors.trello.settings import TrelloSettings
from connectors.trello.wire import History, Reader, histories
from mapping.people import Person
from mapping.queries import Trouble
from mapping.tasks import Attempt, Create, Fate, Known, Order, Part, Result, Task, View

OVERLAP = timedelta(minutes=30)  # actions are asked for again for this long before the cursor; it costs no call
SAME_MOMENT = timedelta(seconds=2)  # a card's last activity and the action that made it are noted apart by less
GOOD_FOR = timedelta(hours=24)
MARK = "alignd ref "  # cards that have it and are not known: who made them is asked, once


class TrelloTracker:
    """Work on one Trello board (`connectors.base.Tracker`). Not for use from two threads at once.

    Comments come with the board's actions, so a task has those since the last read (30 minutes more, for overlap),
    and all of them where its own actions had to be fetched. A card that is refused (401, 403, 404) while the board is
    readable counts as gone for us. Completing sets dueComplete; a card is never moved by that.
    """

    kind = "trello"
    batch = 1

    def __init__(
        self,
        settings: TrelloSettings,
        patience: Patience,
        *,
        zone: tzinfo = UTC,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.id = settings.id
        self.calls = Calls()
        self._settings = settings
        self._zone = zone
        self._wanted = settings.lists.named()
        self._client = TrelloClient(
            settings.id,
            settings.key.get_secret_value(),
            settings.token.get_secret_value(),
            settings.endpoint,
            self.calls,
            patience,
            monotonic=monotonic,
            chance=chance,
        )
        self._me: Mapping[str, str] | None = None
        self._board: Board | None = None
        self._seen: dict[str, Task] = {}
        self._confirming: dict[str, str | None] = {}  # see Writer

    def close(self) -> None:
        """Let go of all connections."""
        self._client.close()

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

    def read(
        self,
        *,
        whole: bool,
        known: Sequence[Known],
        people: Sequence[Person],
        memory: Mapping[str, object],
        now: datetime,
    ) -> View:
        """See `connectors.base.Tracker.read`. `whole` reads archived cards too; open ones are always all there."""
        self._client.begin()
        kept = memory if memory.get("board") == self._settings.board else {}
        me, first = self._who(kept, now)
        cursor = instant(kept.get("cursor"))
        whole = whole or cursor is None
        reading = read_board(
            self._client,
            self._settings,
            self.calls,
            archived_too=whole,
            since=cursor - OVERLAP if cursor else None,
            remembered=_texts(kept.get("lists")),
            paged=kept.get("paged") is True,
            checklists_too=any(one.parts or one.parts_now for one in known),
        )
        board = self._board = reading.board
        told = histories(reading.actions)
        tasks = self._tasks(reading.cards, told, me["id"])
        gone, stumbled = self._complete(tasks, known, told, me["id"])
        origins = self._origins(tasks, known, told, _origins(kept.get("origins")))
        self._add_parts(tasks, known, reading)
        self._seen = dict(tasks)
        following = cursor if stumbled else _latest(reading.began or _newest(told), cursor)
        accounts = board.accounts(people)
        return View(
            tracker=self.id,
            whole=whole,
            tasks=tasks,
            gone=frozenset(gone),
            accounts=accounts,
            me=me["id"],
            memory={
                "board": self._settings.board,
                "me": dict(me),
                "lists": dict(board.named),
                "cursor": zulu(following) if following else None,
                "paged": reading.is_paged,
                "origins": {card: list(origin) for card, origin in origins.items()},
            },
            vendor_now=self._client.vendor_now,
            troubles=board.troubles(self.id, people) + (self._twins(accounts, me) if first else ()),
        )

    def _who(self, kept: Mapping[str, object], now: datetime) -> tuple[Mapping[str, str], bool]:
        """alignd's member, asked once a day (the /members/ route has limits of its own); whether it is a first time."""
        remembered = _texts(kept.get("me"))
        for one in (self._me or {}, remembered):
            at = instant(one.get("at"))
            if one.get("id") and at is not None and timedelta(0) <= now - at < GOOD_FOR:
                self._me = one
                return one, False
        self.calls.needed(1)
        said = self._client.get("/members/me", {"fields": "username,fullName"})
        if not isinstance(said, dict) or not isinstance(said.get("id"), str):
            raise Unreachable(self.id, "Trello did not say who alignd is there", "the next cycle asks again")
        self._me = {"at": zulu(now), "id": said["id"], "name": str(said.get("username") or "")}
        return self._me, not remembered

    def _reader(self) -> Reader:
        assert self._board is not None
        return Reader(self.id, self._zone, self._board.list_names, self._board.done)

    def _tasks(self, cards: Iterable[Mapping[str, Any]], told: Mapping[str, History], me: str) -> dict[str, Task]:
        reader = self._reader()
        read = (reader.task(card, told.get(str(card.get("id")), History()), me) for card in cards)
        return {task.id: task for task in read if task is not None}

    def _complete(
        self, tasks: dict[str, Task], known: Sequence[Known], told: Mapping[str, History], me: str
    ) -> tuple[set[str], bool]:
        """Fetch what the board did not show: open known cards it lacks, and changes that no action explains.

        Changes tasks in place; says what is gone, and whether Trello stumbled over any card.
        """
        absent = [one.id for one in known if (one.open or one.parts_now) and one.id not in tasks]
        gone = {card for card in absent if card in told and told[card].is_deleted}
        unexplained = [one.id for one in known if one.id in tasks and _is_unexplained(tasks[one.id], one, told)]
        asked = [card for card in absent if card not in gone] + unexplained
        found, missing, stumbled = self._fetch(asked, me)
        tasks |= found
        for card in stumbled & set(unexplained):
            del tasks[card]  # half read would be taken for read
        return gone | missing, bool(stumbled)

    def _add_parts(self, tasks: dict[str, Task], known: Sequence[Known], reading: Reading) -> None:
        """The items of cards whose parts are wanted. Those that the board does not show (a card on another board, a
        board without its checklists) are asked card by card, ten a request; what cannot be read stays None.
        """
        self._confirming = {}
        reader = self._reader()
        found = checklists.parts_of(reading.checklists or (), reader)
        ours = checklists.ours(reading.checklists or ())
        listed = {str(card.get("id")) for card in reading.cards} if reading.checklists is not None else set()
        wanted = [one for one in known if one.id in tasks and (one.parts or one.parts_now)]
        apart = [one.id for one in wanted if one.id not in listed and (one.parts_now or reading.checklists is None)]
        shown = {one.id: found.get(one.id, ()) for one in wanted if one.id in listed} | self._parts_of(apart, reader)
        self._confirming = {card: ours.get(card) for card in shown if card in listed}
        for card, parts in shown.items():
            tasks[card] = replace(tasks[card], parts=parts)

    def _parts_of(self, cards: Sequence[str], reader: Reader) -> dict[str, tuple[Part, ...]]:
        """The items of these cards, each asked on its own; without those that could not be read this time."""
        self.calls.needed(-(-len(cards) // BATCH))
        try:
            answers = self._client.batch([f"/cards/{card}/checklists" for card in cards])
        except VendorError:
            return {}
        whole = {
            card: one.body
            for card, one in zip(cards, answers, strict=True)
            if one.status == 200 and checklists.is_whole(one.body)
        }
        return {card: checklists.parts_of(said, reader).get(card, ()) for card, said in whole.items()}

    def _fetch(self, cards: Sequence[str], me: str | None) -> tuple[dict[str, Task], set[str], set[str]]:
        """Cards by id with all their actions: found, gone (or not for us), stumbled over."""
        self.calls.needed(-(-len(cards) // BATCH))
        # without commas or nested fields: the routes of a batch are parted by commas, and an address has its limits
        parts = self._client.batch([f"/cards/{card}?actions=all&actions_limit={MOST}" for card in cards])
        reader = self._reader()
        found: dict[str, Task] = {}
        missing: set[str] = set()
        stumbled: set[str] = set()
        for card, part in zip(cards, parts, strict=True):
            actions = list(part.body.get("actions") or []) if isinstance(part.body, dict) else []
            actions += self._older(card, actions)
            task = reader.task(part.body, histories(actions).get(card, History()), me) if part.status == 200 else None
            if task is not None:
                found[card] = task
            elif part.is_missing:
                missing.add(card)
            else:
                stumbled.add(card)
        return found, missing, stumbled

    def _older(self, card: str, newest: Sequence[object]) -> list[object]:
        """The rest of a very long history."""
        found: list[object] = []
        page = [one for one in newest if isinstance(one, dict)]
        while len(page) >= MOST:
            oldest = min(page, key=lambda one: (str(one.get("date")), str(one.get("id"))))
            query = {"filter": "all", "limit": str(MOST), "before": str(oldest.get("id"))}
            self.calls.needed(1)
            said = self._client.get(f"/cards/{card}/actions", query)
            page = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
            found += page
        return found

    def _origins(
        self,
        tasks: dict[str, Task],
        known: Sequence[Known],
        told: Mapping[str, History],
        remembered: Mapping[str, tuple[str | None, bool]],
    ) -> dict[str, tuple[str | None, bool]]:
        """Who made cards that bear a reference and are not linked: kept in the memory, since it never changes."""
        linked = {one.id for one in known}
        bearing = [task for task in tasks.values() if MARK in task.notes and task.id not in linked]
        origins = {task.id: remembered[task.id] for task in bearing if task.id in remembered}
        for task in bearing:
            if task.id in told and told[task.id].is_origin_known:
                origins[task.id] = (told[task.id].created_by, told[task.id].copied)
        unasked = [task.id for task in bearing if task.id not in origins]
        found, _, _ = self._fetch(unasked, self._me["id"] if self._me else None)
        for card, task in found.items():
            origins[card] = (task.created_by, task.copied)
        for card, (who, copied) in origins.items():
            tasks[card] = replace(found.get(card, tasks[card]), created_by=who, copied=copied)
        return origins

    def _twins(self, accounts: Mapping[str, str], me: Mapping[str, str]) -> tuple[Trouble, ...]:
        return tuple(
            Trouble(
                self.id,
                f"the token belongs to {person}, so what alignd writes looks written by them",
                "give alignd a user of its own in Trello, and use that user's token",
                "extra",
            )
            for person, account in accounts.items()
            if account == me["id"]
        )

    def look(self, attempts: Sequence[Attempt]) -> Mapping[str, Task]:
        """Cards that alignd's user plainly created since the attempts, on any board; copies are not among them."""
        if not attempts or self._board is None:
            if attempts:
                raise ValueError("read comes before look")
            return {}
        since = min(one.since for one in attempts)
        query = {"filter": "createCard", "since": zulu(since), "limit": str(MOST)}
        created: list[str] = []
        while True:
            self.calls.needed(1)
            said = self._client.get("/members/me/actions", query)
            page = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
            created += list(histories(page))
            if len(page) < MOST:
                break
            oldest = min(page, key=lambda one: (str(one.get("date")), str(one.get("id"))))
            query = query | {"before": str(oldest.get("id"))}
        me = self._me["id"] if self._me else None
        elsewhere, _, stumbled = self._fetch(list(dict.fromkeys(one for one in created if one not in self._seen)), me)
        if stumbled:  # an empty answer would be taken for "it is not there"
            raise Unreachable(self.id, "Trello did not show every card it made", "the next cycle looks again")
        mine = [task for card in created if (task := self._seen.get(card) or elsewhere.get(card)) is not None]
        found: dict[str, Task] = {}
        for task in sorted(mine, key=lambda one: one.id):  # the oldest first
            for attempt in attempts:
                if attempt.reference in task.notes:
                    found.setdefault(attempt.key, task)
        return found

    def fetch_comments(self, tasks: Sequence[str]) -> Mapping[str, Task]:
        """The cards with all their comments, ten a request."""
        if self._board is None:
            raise ValueError("read comes before fetch_comments")
        found, _, _ = self._fetch(tasks, self._me["id"] if self._me else None)
        return found

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, orders: Sequence[Order]) -> Sequence[Result]:
        """One order; see `connectors.base.Tracker.write`."""
        if len(orders) > self.batch:
            raise ValueError("one order goes in one request")
        return tuple(self._give(order) for order in orders)

    def _give(self, order: Order) -> Result:
        if self._board is None:
            raise ValueError("read comes before write")
        writer = Writer(
            self._client, self.calls, self._reader(), self._board, self._wanted, self._seen, self._confirming
        )
        try:
            result = writer.give(order)
        except Stopped:  # raised out of a wait before anything left
            stopped = Trouble(self.id, "alignd was asked to stop", "nothing to do: the next cycle goes on", "late")
            return Result(Fate.NOT_SENT, trouble=stopped)
        if result.task is not None:
            if isinstance(order, Create):
                result = replace(result, task=replace(result.task, created_by=self._me["id"] if self._me else None))
            assert result.task is not None
            self._seen[result.task.id] = result.task
            if isinstance(order, Create):
                self._confirming[result.task.id] = None  # a new card has no checklist
        if isinstance(order, Create) and result.refused_extra == "place":
            place = self._board.place(order.kind, self._wanted)
            if place is not None:  # the next attempt goes elsewhere
                self._board = replace(self._board, lost=self._board.lost | {place})
        return result

    def examine(self, people: Sequence[Person]) -> Sequence[Finding]:
        """Credential, board, lists, each person, the right to write: one line each."""
        return doctor.examine(self._client, self._settings, self.calls, people)


def _is_unexplained(task: Task, known: Known, told: Mapping[str, History]) -> bool:
    """Changed since it was accounted for, by nothing that the board's actions told: an edited comment, for example."""
    if known.seen_modified is None:
        return True
    if task.modified_at is None or task.modified_at <= known.seen_modified:
        return False
    newest = told[task.id].newest if task.id in told else None
    return newest is None or newest < task.modified_at - SAME_MOMENT


def _newest(told: Mapping[str, History]) -> datetime | None:
    return max((one.newest for one in told.values() if one.newest is not None), default=None)


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)


def _texts(said: object) -> dict[str, str]:
    return {str(name): str(value) for name, value in said.items()} if isinstance(said, dict) else {}


def _origins(said: object) -> dict[str, tuple[str | None, bool]]:
    found: dict[str, tuple[str | None, bool]] = {}
    for card, origin in said.items() if isinstance(said, dict) else ():
        if isinstance(origin, list) and len(origin) == 2:
            found[str(card)] = (None if origin[0] is None else str(origin[0]), origin[1] is True)
    return found
