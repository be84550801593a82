"""The published promise, as a model: whatever the vendor, the process and people do, in whatever order.

One live task per key at rest; what could not be made is listed until it is; at most one extra, for at most one cycle,
and only if the vendor commits a request later than `unknown_after`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mapping.links import Link, LinkState, NoteState
from mapping.tasks import Comment, Create, Order, Result, Say
from sync.failpoints import FAILPOINTS
from sync.steps import Step
from sync.store import Store
from tests.unit.ledger_cycle import UNKNOWN_AFTER, Ledger
from tests.unit.ledger_samples import Crash, MemoryTracker, comment_step

KEYS = [f"saypro/action/k{n}/2026-W46" for n in range(3)]
EMPTY = Store.open("sqlite://", workspace="saypro")  # migrated once, copied for each history
FAULTS = (
    "ok",
    "lost",
    "answer_lost",
    "late",
    "late",
    "late",
    "not_sent",
    "refused",
    "forbidden",
    "crash",
    "crash_before",
)
DOUBTFUL = ("lost", "answer_lost", "late", "crash", "crash_before")


@dataclass
class Watched(MemoryTracker):
    """Watches the one thing that can never be seen from the outcome: was a create sent again too early?"""

    doubtful: dict[str, datetime] = field(default_factory=dict)
    under_way: dict[str, datetime] = field(default_factory=dict)  # when the first that has not arrived yet was sent
    too_late: set[str] = field(default_factory=set)  # keys of requests that were carried out after unknown_after

    def write(self, orders: Sequence[Order]) -> Sequence[Result]:
        fault = self.faults[0] if self.faults else "ok"
        for one in orders:
            if isinstance(one, Create):
                before = self.doubtful.get(one.key)
                assert before is None or self.clock >= before + UNKNOWN_AFTER, f"{one.key} was sent again too early"
                if fault in DOUBTFUL:
                    self.doubtful[one.key] = self.clock
                    if fault == "late":
                        self.under_way.setdefault(one.key, self.clock)
                else:
                    self.doubtful.pop(one.key, None)
        return super().write(orders)

    def deliver(self) -> None:
        for one in self.late:
            if isinstance(one, Create) and (one.key not in self.doubtful or self._is_late(one.key)):
                self.too_late.add(one.key)
        self.under_way.clear()
        super().deliver()

    def _is_late(self, key: str) -> bool:
        """By the first of its requests: one that was sent again since tells nothing of when that arrives."""
        return self.clock > self.under_way.get(key, self.doubtful[key]) + UNKNOWN_AFTER


class Promise(RuleBasedStateMachine):
    """One workspace, one tracker, three pieces of work that should exist, each with one thing to say."""

    @initialize(batch=st.sampled_from([1, 10]), wanted=st.integers(1, 2))
    def begin(self, batch: int, wanted: int) -> None:
        self.tracker = Watched(batch=batch)
        self.store = EMPTY.throwaway()
        self.ledger = Ledger(self.store, self.tracker, wanted=KEYS[:wanted])
        self.backup: Store | None = None
        self.is_new_ledger = False  # it has not read the listing yet
        self.was_lost = False
        self.decided: set[str] = set()  # a person put the linked task away, and the ledger could see that
        self.human: set[str] = set()  # a person did something that takes a task out of the count

    # ── the world ────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(fault=st.sampled_from(FAULTS))
    def something_will_go_wrong(self, fault: str) -> None:
        self.tracker.faults.append(fault)

    @rule()
    def what_was_under_way_arrives(self) -> None:
        self.tracker.deliver()

    @rule(minutes=st.sampled_from([0, 1, 3, 4, 11]))
    def a_cycle(self, minutes: int) -> None:
        self.ledger.after(minutes=minutes)
        self._cycle()

    @rule(minutes=st.sampled_from([1, 3, 11]), name=st.sampled_from(FAILPOINTS), passed=st.integers(1, 3))
    def a_cycle_that_is_killed(self, minutes: int, name: str, passed: int) -> None:
        left = passed

        def fail(at: str) -> None:
            nonlocal left
            left -= at == name
            if left == 0 and at == name:
                raise Crash

        self.ledger.after(minutes=minutes)
        self.ledger.failpoint = fail
        self._cycle()
        self.ledger.failpoint = lambda _name: None

    def _cycle(self) -> bool:
        self.is_new_ledger = False
        try:
            self.ledger.cycle(self._say)
        except Crash:
            return False
        return True

    def _say(self, links: Mapping[str, Link]) -> list[Step]:
        """A plan that asks for the same thing in every cycle; nothing is said about the past on an adopted task."""
        live = [one for one in links.values() if one.is_live and not one.adopted]
        return [comment_step(one.key, text=f"Worse: {one.key}", task=one.task) for one in live]

    # ── people ───────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(number=st.integers(0, 4), does=st.sampled_from(["delete", "complete", "edit", "move", "copy", "comment"]))
    def a_person(self, number: int, does: str) -> None:
        tasks = sorted(self.tracker.tasks)
        if not tasks or (does == "move" and self.is_new_ledger):
            return  # a lost ledger finds what stands in the listing, not what was moved out of it before
        task = tasks[number % len(tasks)]
        there, key = self.tracker.tasks[task], self.tracker.tasks[task].notes.rpartition(" ")[2]
        if does in ("delete", "complete"):
            self._decide(task, key)
        match does:
            case "delete":
                self.tracker.delete(task)
            case "complete":
                self.tracker.person(task, completed=True, completed_at=self.tracker.clock)
            case "edit":
                self.tracker.person(task, title="Our own words")
            case "move":
                self.tracker.person(task, home="another project")
            case "copy":
                self.tracker.copy(task, by="a-thandi")
            case _:
                self.tracker.number += 1
                said = Comment(f"c{self.tracker.number}", task, "a-thandi", "on it", self.tracker.clock)
                self.tracker.person(task, comments=(*(there.comments or ()), said))

    def _decide(self, task: str, key: str) -> None:
        """A person put the task away: respected where the ledger knew the task and no other one was to come."""
        self.human.add(key)
        with self.store.records(reads_only=True) as records:
            standing = records.links().get(key)
        alone = len(self.tracker.live(key)) <= 1 and not self.tracker.late
        if alone and standing is not None and standing.state is LinkState.LINKED and standing.task == task:
            self.decided.add(key)

    # ── the ledger ───────────────────────────────────────────────────────────────────────────────────────────────

    def _listing_is_all_there_is(self) -> bool:
        return not self.tracker.late and all(one.home == "project" for one in self.tracker.tasks.values())

    @rule(does=st.sampled_from(["back up", "delete", "restore"]))
    def the_database(self, does: str) -> None:
        if does == "back up":
            if self.backup is not None:
                self.backup.close()
            self.backup = self.store.throwaway()
        elif self._listing_is_all_there_is():
            if does == "delete":
                self._replace(EMPTY.throwaway())
            elif self.backup is not None:
                self._replace(self.backup.throwaway())

    def _replace(self, store: Store) -> None:
        self.store.close()
        self.store = self.ledger.store = store
        self.is_new_ledger = self.was_lost = True
        self.decided.clear()  # dismissals of deleted tasks are not rebuilt
        self.tracker.doubtful.clear()  # who forgets an attempt may try again: the listing was read first

    # ── the promise ──────────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def there_is_never_a_second_live_task_unless_the_vendor_was_too_late(self) -> None:
        for key in (getattr(self, "ledger", None) and self.ledger.wanted) or ():
            if key not in self.tracker.too_late:
                assert len(self.tracker.live(key)) <= 1, key

    @invariant()
    def a_comment_stands_twice_at_most(self) -> None:
        if self.was_lost:  # an older backup does not know what was said since
            return
        for task in self.tracker.tasks.values():
            ours = [one.text for one in task.comments or () if one.text.startswith("Worse")]
            assert len(ours) <= 2, ours

    def teardown(self) -> None:
        if not hasattr(self, "ledger"):
            return
        try:
            self._comes_to_rest()
        finally:
            self.store.close()
            if self.backup is not None:
                self.backup.close()

    def _comes_to_rest(self) -> None:
        self.tracker.faults.clear()
        self.tracker.deliver()
        for _ in range(6):
            self.ledger.after(minutes=15)
            assert self._cycle()
        reported = " ".join(one.what for one in self.ledger.resolved.troubles)
        for key in self.ledger.wanted:
            live = self.tracker.live(key)
            beyond = [one for one in live if one.url not in (self.ledger.links[key].url,)]
            for one in beyond:  # a second one may stand, but only where a person is told of it
                assert one.url in reported or one.home != "project", (key, reported)
                assert key in self.tracker.too_late
            if key in self.decided:
                assert len(live) == len(beyond), f"{key} came back though a person put it away"
            elif key not in self.human:
                assert len(live) - len(beyond) == 1, f"{key} is lost"
        assert self.ledger.problems == []
        sent = len(self.tracker.sent)
        assert self._cycle()
        assert len(self.tracker.sent) == sent, "no change in the world: no write"
        assert {one.state for one in self.ledger.notes.values()} <= {NoteState.SAID, NoteState.DROPPED}
        assert not any(isinstance(one, Say) for one in self.tracker.late)


TestPromise = Promise.TestCase
TestPromise.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
