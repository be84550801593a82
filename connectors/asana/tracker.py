"""The Asana tracker: one project, read and written in as few calls as Asana allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from connectors.answers import instant, zulu
from connectors.asana import doctor, setup
from connectors.asana.client import BATCH, Action, AsanaClient, Outcome
from connectors.asana.goals import GoalMetrics
from connectors.asana.lists import STORIES, SUBTASKS, list_of, read_lists
from connectors.asana.orders import action_of, is_repeatable, lost, result_of
from connectors.asana.settings import AsanaSettings
from connectors.asana.setup import Setup
from connectors.asana.wire import TASK_FIELDS, Reader, comments_of, touched_by_others
from connectors.base import Finding
from connectors.calls import Calls
from connectors.errors import BudgetSpent, OutcomeUnknown, Stopped, TryLater, Unreachable, VendorError
from connectors.patience import Patience
from connectors.quota import Quota
from mapping.people import Person
from mapping.queries import Trouble
from mapping.tasks import Attempt, Create, Fate, Known, Order, Result, Task, View

SAME_SECOND = timedelta(seconds=1)  # Asana writes milliseconds, but the format lets it leave them out
OVERLAP = timedelta(minutes=2)  # the listing is asked again for this long before the cursor: vendor clocks differ


class AsanaTracker:
    """Work in one Asana project (`connectors.base.Tracker`). Not for use from two threads at once.

    A single task that is refused (403) while its project is readable has been taken away from us (made private,
    moved out of reach): it counts as gone, like one that does not exist (404). Many at once are the caller's latch.
    """

    kind = "asana"
    batch = BATCH

    def __init__(
        self,
        settings: AsanaSettings,
        patience: Patience,
        *,
        zone: tzinfo = UTC,
        monotonic: Callable[[], float] = time.monotonic,
        quota: Quota | None = None,
    ) -> None:
        self.id = settings.id
        self.calls = Calls()
        self._settings = settings
        self._wanted = settings.sections.named()
        self._secrets = (settings.token.get_secret_value(),)
        self._reader = Reader(settings.id, zone, settings.project)
        self._client = AsanaClient(
            settings.id,
            settings.token.get_secret_value(),
            settings.endpoint,
            self.calls,
            patience,
            monotonic=monotonic,
            quota=quota,
        )
        self._goals = GoalMetrics(self.id, self._client, self.calls, self._secrets)
        self._setup: Setup | None = None
        self._orders = 0  # given in this cycle, for the least
        self._turns: dict[str, int] = {}  # task → requests of this cycle that had an order on it, one after another

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
        """See `connectors.base.Tracker.read`. Tasks that Asana stumbled over are left out, and the cursor stays."""
        self._client.begin()
        self._orders, self._turns = 0, {}
        first = memory.get("setup") is None
        current = self._set_up(people, memory, now)
        cursor = instant(memory.get("cursor")) if memory.get("project") == self._settings.project else None
        looked_at = instant(memory.get("listed_at")) or cursor
        whole = whole or cursor is None
        tasks, listed_at = self._list(None if whole else cursor)
        away = [str(one) for one in _listed(memory.get("away"))] if memory.get("project") == current.project else []
        unseen = [one for one in known if one.id not in tasks]
        absent = [one.id for one in unseen if (one.open and (whole or one.id in away)) or one.parts_now]
        fetched, gone, stumbled = self._fetch(absent)
        tasks |= fetched
        troubles: list[Trouble] = []
        there = [one for one in known if one.id in tasks]
        changed = {one.id for one in there if _is_newer(tasks[one.id], one, looked_at)}
        parted = {one.id for one in there if one.parts_now or (one.parts and (whole or one.id in changed))}
        asked = [tasks[one.id] for one in there if one.id in changed | parted]
        for gid, read in self._with_more(asked, changed, parted, troubles).items():
            if read is None:
                del tasks[gid]
                stumbled = True
            else:
                tasks[gid] = read
        newest = max((task.modified_at for task in tasks.values() if task.modified_at), default=None)
        # of what was seen, not of the vendor's Date: what is newer than the newest cannot be passed over
        following = cursor if stumbled else _latest(newest, cursor)
        # followed by id in every cycle, since the project's listing does not show them any more
        elsewhere = {gid for gid in absent if gid not in gone and not _is_at(tasks.get(gid), current.project)}
        return View(
            tracker=self.id,
            whole=whole,
            tasks=tasks,
            gone=frozenset(gone),
            accounts=dict(current.accounts),
            me=current.me,
            memory={
                "project": current.project,
                "setup": current.memory(),
                "cursor": zulu(following) if following else None,
                "listed_at": zulu(listed_at) if listed_at else None,
                "away": sorted(elsewhere),
            },
            vendor_now=self._client.vendor_now,
            troubles=current.troubles(self.id, self._wanted, first=first) + tuple(troubles),
        )

    def _set_up(self, people: Sequence[Person], memory: Mapping[str, object], now: datetime) -> Setup:
        remembered = setup.from_memory(memory.get("setup"))
        current = self._setup or remembered
        if not setup.is_good(current, self._settings, people, now):
            self.calls.needed(setup.requests_needed(people))
            former = remembered if remembered and remembered.project == self._settings.project else None
            current = setup.read_setup(self._client, self._settings, people, now, former)
        assert current is not None
        self._setup = current
        return current

    def _list(self, since: datetime | None) -> tuple[dict[str, Task], datetime | None]:
        """The project's tasks, all or those modified since; and the vendor's time when the listing began."""
        query = {"project": self._settings.project}
        if since is not None:
            query["modified_since"] = zulu(since - OVERLAP)
        return self._pages(query)

    def _pages(self, query: Mapping[str, str]) -> tuple[dict[str, Task], datetime | None]:
        tasks: dict[str, Task] = {}
        compact: list[str] = []
        began: datetime | None = None
        offset: str | None = None
        while True:
            self.calls.needed(1)
            page = self._client.list_tasks(query, TASK_FIELDS, offset)
            if not isinstance(page.data, list):
                raise Unreachable(self.id, "Asana's listing has no tasks in it", "the next cycle asks again")
            began = began or self._client.vendor_now
            for said in page.data:
                if (task := self._reader.task(said)) is not None:
                    tasks[task.id] = task
                    if "notes" not in said:  # a compact record, which Asana's lists hold where fields are not heeded
                        compact.append(task.id)
            offset = page.next_offset
            if offset is None:
                break
        whole, _, stumbled = self._fetch(compact)
        if stumbled:  # without its notes a task of ours would not be known again
            raise Unreachable(self.id, "Asana did not show every task whole", "the next cycle asks again")
        return tasks | whole, began

    def _fetch(self, gids: Sequence[str]) -> tuple[dict[str, Task], set[str], bool]:
        """Tasks by id: those that are there, those that are gone, and whether Asana stumbled over any."""
        self.calls.needed(-(-len(gids) // BATCH))
        outcomes = self._client.ask([Action("get", f"/tasks/{gid}", fields=TASK_FIELDS) for gid in gids])
        found: dict[str, Task] = {}
        gone: set[str] = set()
        stumbled = False
        for gid, outcome in zip(gids, outcomes, strict=True):
            task = self._reader.task(outcome.data) if 200 <= outcome.status < 300 else None
            if task is not None:
                found[gid] = task
            elif outcome.is_missing:
                gone.add(gid)
            else:
                stumbled = True
        return found, gone, stumbled

    def _with_more(
        self, tasks: Sequence[Task], changed: AbstractSet[str], parted: AbstractSet[str], troubles: list[Trouble]
    ) -> dict[str, Task | None]:
        """Tasks by id with their comments (those `changed`) and subtasks (those `parted`); None for those that Asana
        stumbled over.
        """
        wanted = [(task.id, STORIES) for task in tasks if task.id in changed]
        wanted += [(task.id, SUBTASKS) for task in tasks if task.id in parted and task.parts is None]
        lists, refused, stumbled = read_lists(self._client, wanted)
        for gid, what in sorted(refused):
            called = "comments" if what == STORIES else "subtasks"
            mend = f"give the token's user the right to read {called} there"
            troubles.append(Trouble(self.id, f"the {called} of task {gid} may not be read", mend))
        unread = {gid for gid, _ in stumbled}
        return {task.id: None if task.id in unread else self._filled(task, lists) for task in tasks}

    def _filled(self, task: Task, lists: Mapping[tuple[str, str], Sequence[object]]) -> Task:
        """The task with what was read of its comments and subtasks."""
        stories, subtasks = lists.get((task.id, STORIES)), lists.get((task.id, SUBTASKS))
        if stories is not None:
            me = self._setup.me if self._setup else None
            touched = touched_by_others(stories, me)
            task = replace(task, comments=comments_of(stories, task.id), changed_by_person=touched)
        if subtasks is not None:
            parts = (self._reader.part(said) for said in subtasks)
            task = replace(task, parts=tuple(part for part in parts if part is not None))
        return task

    def look(self, attempts: Sequence[Attempt]) -> Mapping[str, Task]:
        """The assignees' tasks modified since the attempts, wherever they stand now. Only tasks alignd's user made."""
        current = self._setup
        if current is None:
            raise ValueError("read comes before look")
        if current.workspace is None:  # an empty answer would be taken for "it is not there"
            raise Unreachable(self.id, "Asana did not say which workspace this is", "the next cycle asks again")
        found: dict[str, Task] = {}
        for assignee in sorted({one.assignee for one in attempts if one.assignee}):
            theirs = [one for one in attempts if one.assignee == assignee]
            since = min(one.since for one in theirs)
            tasks, _ = self._pages(
                {"assignee": assignee, "workspace": current.workspace, "modified_since": zulu(since)}
            )
            oldest_first = sorted(tasks.values(), key=lambda task: (task.created_at or since, task.id))
            for attempt in theirs:
                for task in oldest_first:
                    if attempt.reference in task.notes and task.created_by in (current.me, None):
                        found.setdefault(attempt.key, task)
        return found

    def fetch_comments(self, tasks: Sequence[str]) -> Mapping[str, Task]:
        """The tasks with all their comments, task and stories side by side in one batch."""
        self.calls.needed(-(-2 * len(tasks) // BATCH))
        asked = [
            action
            for gid in tasks
            for action in (Action("get", f"/tasks/{gid}", fields=TASK_FIELDS), list_of(gid, STORIES, None))
        ]
        outcomes = self._client.ask(asked)
        found: dict[str, Task] = {}
        for place, gid in enumerate(tasks):
            task = self._reader.task(outcomes[2 * place].data) if outcomes[2 * place].status == 200 else None
            stories = self._rest(gid, outcomes[2 * place + 1])
            if task is not None and stories is not None:
                me = self._setup.me if self._setup else None
                found[gid] = replace(
                    task,
                    comments=comments_of(stories, gid),
                    changed_by_person=touched_by_others(stories, me),
                )
        return found

    def _rest(self, gid: str, page: Outcome) -> list[object] | None:
        """All stories, given the first page; None if a page could not be read."""
        stories: list[object] = []
        while page.status == 200 and isinstance(page.data, list):
            stories += page.data
            if page.next_offset is None:
                return stories
            self.calls.needed(1)
            page = self._client.ask([list_of(gid, STORIES, page.next_offset)])[0]
        return None

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, orders: Sequence[Order]) -> Sequence[Result]:
        """One `/batch` for at most ten orders; see `connectors.base.Tracker.write`."""
        if not orders:
            return ()
        if len(orders) > BATCH:
            raise ValueError(f"at most {BATCH} orders go in one request")
        if self._setup is None:
            raise ValueError("read comes before write")
        self._count(orders)
        actions = [action_of(order, self._setup, self._wanted) for order in orders]
        try:
            outcomes = self._client.write(actions, repeatable=all(is_repeatable(order) for order in orders))
        except VendorError as trouble:
            return tuple(_all(trouble) for _ in orders)
        except Stopped:  # raised out of a wait before anything left
            stopped = Trouble(self.id, "alignd was asked to stop", "nothing to do: the next cycle goes on", "late")
            return tuple(Result(Fate.NOT_SENT, trouble=stopped) for _ in orders)
        results = [
            result_of(order, action, outcome, self._reader, self._secrets, self._client.vendor_now)
            for order, action, outcome in zip(orders, actions, outcomes, strict=True)
        ]
        for order, result in zip(orders, results, strict=True):
            if isinstance(order, Create) and result.task is not None:
                self._turns[result.task.id] = 1
            if isinstance(order, Create) and result.refused_extra == "place":
                section = self._setup.place(order.kind, self._wanted)
                words = result.trouble.what.casefold() if result.trouble is not None else ""
                if section is not None:  # the next attempt goes elsewhere
                    is_any = "membership" in words and "section" not in words and section not in words
                    self._setup = self._setup.without(None if is_any else section)
        return tuple(results)

    def _count(self, orders: Sequence[Order]) -> None:
        """All orders of a cycle, ten a request, is what writing needs; and one request after another for those that
        follow each other on a task.
        """
        before = self._least()
        self._orders += len(orders)
        for task in {order.task for order in orders if not isinstance(order, Create)}:
            self._turns[task] = self._turns.get(task, 0) + 1
        self.calls.needed(self._least() - before)

    def _least(self) -> int:
        return max(-(-self._orders // BATCH), *self._turns.values(), 0)

    def examine(self, people: Sequence[Person]) -> Sequence[Finding]:
        """Credential, project, sections, each person, the right to write: one line each."""
        self.calls.needed(setup.requests_needed(people, besides=4))
        return doctor.examine(self._client, self._settings, people)

    # ── goals (`connectors.base.GoalPublisher`) ──────────────────────────────────────────────────────────────────

    def set_goals(self, values: Mapping[str, Decimal]) -> Mapping[str, VendorError]:
        """The current value of each goal's metric, ten a request; what failed, by goal."""
        return self._goals.set(values)

    def examine_goals(self, goals: Sequence[str]) -> Sequence[Finding]:
        """For `doctor`: each goal, and whether its metric can be set."""
        return tuple(self._goals.examine(goals))


def _is_newer(task: Task, known: Known, looked_at: datetime | None) -> bool:
    """Changed since it was accounted for; or perhaps, if its time is a whole second in which it was read last.

    A task that stands as it was made is taken for unchanged: who acts within the second in which it was made is heard
    with their next word, and nobody's calls are spent on reading what cannot be there.
    """
    at = task.modified_at
    if known.seen_modified is None or at is None:
        return known.seen_modified is None
    as_made = task.created_at is not None and at <= task.created_at
    in_that_second = at.microsecond == 0 and not as_made and looked_at is not None and at >= looked_at - SAME_SECOND
    return at > known.seen_modified or (at == known.seen_modified and in_that_second)


def _is_at(task: Task | None, project: str) -> bool:
    return task is not None and task.home == project


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)


def _listed(said: object) -> list[object]:
    return list(said) if isinstance(said, list) else []


def _all(trouble: VendorError) -> Result:
    """What a failed request means for every order in it."""
    if isinstance(trouble, TryLater | BudgetSpent):
        return Result(Fate.NOT_SENT, trouble=trouble.trouble())
    if isinstance(trouble, OutcomeUnknown):
        return lost(trouble.where, trouble.what)
    return Result(Fate.REFUSED, trouble=trouble.trouble())
