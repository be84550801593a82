"""The composition root: the one place where file, store, vendors and clock meet."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

from config import Config
from connectors.base import Channel, Closeable, Finding, Source, Tracker
from connectors.patience import Patience
from connectors.registry import build_channel, build_source, build_tracker
from mapping.alignment import Alignment
from mapping.campaigns import Event
from mapping.glossary import Glossary
from mapping.kpis import queries_of
from mapping.links import Decision
from mapping.periods import PeriodKind
from mapping.queries import Ask, CellQuery
from sync.alignment import Span, alignment_of, around_of, usual_span
from sync.asking import newest_ended
from sync.backup import backup
from sync.campaigning import examine_sections, read_sheets
from sync.clock import Clock, fixed_clock, system_clock
from sync.cycle import Cycle, calls_so_far
from sync.cycle_record import cycle_record
from sync.errors import StoreError, StoreUnusable
from sync.explaining import answers, explain
from sync.failpoints import Failpoint, failpoint_of
from sync.history import history_report
from sync.measuring import measured_queries
from sync.memory import recall
from sync.noting import Noted, note_event
from sync.observe import observe
from sync.outlook import Choices, Outlook
from sync.plan.situation import Situation
from sync.publishing import examine as examine_published
from sync.question import desk_of
from sync.recall import recall_kpi, recall_standing
from sync.remembered import remembered
from sync.reports import BacktestReport, HistoryReport, StatusReport, WhyReport
from sync.status import status_report
from sync.steps import CycleReport
from sync.store import Store
from sync.withdraw import withdrawal


class TimeWentBack(StoreError):
    """Now is earlier than the last cycle, `last`: what happened since would be judged from before it (exit 2)."""

    def __init__(self, what: str, advice: str, last: datetime) -> None:
        super().__init__(what, advice)
        self.last = last


class App:
    """What a command may do with one workspace. Vendors are built when first spoken to."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        patience: Patience,
        failpoint: Failpoint,
    ) -> None:
        self.config, self.clock, self.patience, self.failpoint = config, clock, patience, failpoint
        self._stores: list[Store] = []
        self._vendors: tuple[dict[str, Source], dict[str, Tracker]] | None = None
        self._channels: dict[str, Channel] | None = None
        self._is_held = False
        self._looked_at: Store | None = None

    # ── commands that look at the world ──────────────────────────────────────────────────────────────────────────

    def plan(self) -> CycleReport:
        """What a sync would do now and why: a cycle on a copy of the store that is thrown away."""
        with self._copy(as_of=self.clock()) as copy:
            cycle = self._cycle(copy, Choices())
            return cycle.report(cycle.look(None))

    def sync(self, accept_new: bool = False, accept_missing: Sequence[str] = ()) -> CycleReport:
        """One cycle. Raises LockHeld, WorkspaceMismatch, TimeWentBack, StoreUnusable."""
        choices = Choices(accept_new=accept_new, accept_missing=frozenset(accept_missing))
        return self._written("sync", choices, Cycle.act)[0]

    def cycle(self, choices: Choices) -> tuple[CycleReport, Outlook]:
        """One cycle of the service, and what it was worked out from. Raises as `sync` does, and `LockLost`."""
        return self._written("run", choices, Cycle.act)

    def withdraw(self, number: int) -> CycleReport:
        """Complete or archive what a cycle made and nobody touched. LookupError: there was no such cycle."""
        with self._copy() as copy, copy.records(reads_only=True) as records:
            if records.cycle(number) is None:
                last = records.last_cycle()
                there = f"the last is {last.n}" if last is not None else "there was none yet"
                raise LookupError(f"there is no cycle {number}; {there}")

        def only_take_back(cycle: Cycle, outlook: Outlook) -> None:
            tasks = {name: view.tasks for name, view in outlook.views.items()}
            kinds = {name: tracker.kind == "trello" for name, tracker in cycle.trackers.items()}
            outlook.steps = list(withdrawal(number, outlook.links.values(), tasks, kinds).steps)
            cycle.act(outlook)

        return self._written(f"withdraw {number}", Choices(), only_take_back)[0]

    def _written(
        self, command: str, choices: Choices, act: Callable[[Cycle, Outlook], None]
    ) -> tuple[CycleReport, Outlook]:
        self.patience.begin()
        store = self._store()
        with nullcontext() if self._is_held else store.lock(f"alignd {command}"):
            store.check_lock()
            now = self.clock()
            with store.records() as records:
                last = records.last_cycle()
                if last is not None and now < last.at:
                    zone = self.config.workspace.calendar.zone
                    raise TimeWentBack(
                        f"it is {now.astimezone(zone):%Y-%m-%d %H:%M} now, and the last cycle was "
                        f"at {last.at.astimezone(zone):%Y-%m-%d %H:%M}",
                        "set the clock right, or give --at a later time",
                        last.at,
                    )
            cycle = self._cycle(store, choices)
            with store.records() as records:
                number = records.begin_cycle(now, command)
            outlook = cycle.look(number)
            act(cycle, outlook)
            cycle.tell(outlook)
            report = cycle.report(outlook)
            zone = self.config.workspace.calendar.zone
            with store.records() as records:
                calls = {
                    name: {"made": one.made, "least": one.least, "charged": one.charged}
                    for name, one in report.calls.items()
                }
                records.end_cycle(number, self.clock(), cycle_record(report, zone), calls)
            return report, outlook

    @contextmanager
    def held(self, command: str) -> Iterator[None]:
        """Be the workspace's one writer through many cycles, until the block ends. LockHeld names the other."""
        with self._store().lock(f"alignd {command}"):
            self._is_held = True
            try:
                yield
            finally:
                self._is_held = False

    def last_cycle_at(self) -> datetime | None:
        """When the last cycle began; None before the first."""
        with self._store().records(reads_only=True) as records:
            last = records.last_cycle()
        return last.at if last is not None else None

    def has_looked(self) -> bool:
        """Whether anything is known as of now: there was a cycle. Neither makes nor writes a store."""
        with self._copy(as_of=self.clock()) as copy, copy.records(reads_only=True) as records:
            return records.last_cycle() is not None

    def vendor_times(self) -> list[datetime]:
        """What time it is for the trackers that can be reached. Nothing is written anywhere, nor remembered."""
        self.patience.begin()
        _, trackers = self._spoken_to()
        with self._store().records(reads_only=True) as records:
            memory = {name: records.memory(name) for name in trackers}
        views = observe(trackers, [], memory, list(self.config.people.values()), self.clock(), partly=trackers).views
        return [view.vendor_now for view in views.values() if view.vendor_now is not None]

    def take(self, config: Config) -> None:
        """Go on with another file of the same workspace and store; vendors are built anew."""
        self._let_go_of_vendors()
        self.config = config

    def examine(self) -> Iterator[Finding]:
        """Every source and tracker, one line each thing that must be right."""
        with self._copy() as copy, copy.records(reads_only=True) as records:
            now = self.clock()
            today = self.config.workspace.calendar.local_date(now)
            memory = recall(records, self.config, today)
        desk = desk_of(self.config, memory, now)
        campaigns = read_sheets(self.config, memory.tables).campaigns
        sources, trackers = self._spoken_to()
        for name, source in sources.items():
            asks: dict[Ask, None] = {}
            for kpi in self.config.kpis.values():
                period = newest_ended(kpi, desk)
                for query in queries_of(kpi, self.config.kpis):
                    if query.source == name:
                        asks[Ask(query, period, kpi.breakdown if not isinstance(query, CellQuery) else None)] = None
                if kpi.same_as is not None and kpi.same_as.query.source == name:
                    asks[Ask(kpi.same_as.query, period)] = None  # a pace asks what its KPI asks
            for query in measured_queries(self.config, campaigns):
                if query.source == name:
                    asks[Ask(query, desk.calendar.containing(PeriodKind.MONTH, today))] = None
            yield from source.examine(list(asks))
            yield from examine_sections(self.config, source, now)
        for tracker in trackers.values():
            yield from tracker.examine(list(self.config.people.values()))
        yield from examine_published(self.config, sources, trackers)
        for channel in self._told_by().values():
            yield from channel.examine(list(self.config.people.values()))

    def backtest(self, weeks: int) -> BacktestReport:
        """What this file would have done over the past weeks, with real readings, writing nothing."""
        from sync.backtest import backtest

        sources, _ = self._spoken_to()
        with self._copy(as_of=self.clock()) as copy, copy.records(reads_only=True) as records:
            memory = recall(records, self.config, self.config.workspace.calendar.local_date(self.clock()))
        return backtest(self.config, memory, sources, weeks, self.clock())

    # ── commands that only remember ──────────────────────────────────────────────────────────────────────────────

    def note_event(self, event: Event) -> Noted:
        """Keep an inflection event, once. One row that no cycle ever changes, so no lock is needed."""
        store = self._store()
        with store.records() as records:
            return note_event(records, self.config, event, self.clock())

    def status(self, person: str | None, team: str | None = None) -> StatusReport:
        with self._copy(as_of=self.clock()) as copy, copy.records(reads_only=True) as records:
            return status_report(self.config, recall_standing(records, self.config), self.clock(), person, team)

    def alignment(self, choose: Callable[[Situation], Span] | None = None) -> Alignment:
        """How everything stands, as the store has it; nobody is asked. `choose`: what of it, the last thirteen weeks
        without.
        """
        now = self.clock()
        with self._copy(as_of=now) as copy, copy.records(reads_only=True) as records:
            memory = recall(records, self.config, self.config.workspace.calendar.local_date(now))
            around = around_of(memory, records)
        situation = remembered(self.config, memory, now)
        span = choose(situation) if choose is not None else usual_span(now, self.config)
        return alignment_of(situation, span, around)

    def glossary(self) -> Glossary:
        """What is agreed to be measured, with every way of counting the store knows; the file alone without one."""
        from sync.glossary.gathering import glossary_of

        with self._copy(as_of=self.clock()) as copy, copy.records(reads_only=True) as records:
            rows, looked = records.definitions(), records.last_cycle() is not None
        return glossary_of(self.config, rows, self.clock(), has_history=looked)

    def why(self, subject: str, period: str | None) -> WhyReport:
        """UnknownSubject: nothing is called so; ValueError: no such period."""
        with self._copy(as_of=self.clock()) as copy, copy.records(reads_only=True) as records:
            return explain(self.config, records, subject, period, self.clock())

    def answers(self, kpis: Collection[str]) -> dict[str, str]:
        """Why each of these KPIs stands as it does, in the sentence or two that `why` begins with, by id."""
        with self._copy(as_of=self.clock()) as copy, copy.records(reads_only=True) as records:
            return answers(self.config, records, kpis, self.clock())

    def history(self, kpi: str, reread: str | None) -> HistoryReport:
        """A KPI's numbers; with `reread` (a period) everything since then is asked again first."""
        notes: Sequence[str] = ()
        if reread is not None:
            from sync.rereading import reread_from

            since = self.config.workspace.calendar.parse(reread)
            store = self._store(create=False)
            with store.lock("alignd history --reread"):
                notes = reread_from(self.config, store, self._spoken_to()[0], kpi, since, self.clock())
        with self._copy(as_of=self.clock()) as copy, copy.records(reads_only=True) as records:
            return history_report(self.config, self.config.kpis[kpi], recall_kpi(records, kpi), self.clock(), notes)

    def decisions(self) -> list[Decision]:
        with self._copy() as copy, copy.records(reads_only=True) as records:
            return list(records.decisions())

    @contextmanager
    def one_look(self) -> Iterator[None]:
        """Whatever is remembered within the block comes from one copy of the store: read once, and of one instant."""
        with self._copy(as_of=self.clock()) as copy:
            self._looked_at = copy
            try:
                yield
            finally:
                self._looked_at = None

    def backup(self, path: Path) -> None:
        store = Store.open(self.config.store, workspace=self.config.workspace.id, create=False)
        try:
            backup(store, path)
        finally:
            store.close()

    # ── within ───────────────────────────────────────────────────────────────────────────────────────────────────

    def close(self) -> None:
        """Let go of the store and of every connection to a vendor."""
        while self._stores:
            self._stores.pop().close()
        self._let_go_of_vendors()

    def _let_go_of_vendors(self) -> None:
        sources, trackers = self._vendors or ({}, {})
        self._vendors = None
        channels, self._channels = self._channels or {}, None
        for vendor in [*sources.values(), *trackers.values(), *channels.values()]:
            if isinstance(vendor, Closeable):
                vendor.close()

    def _store(self, *, create: bool = True) -> Store:
        """The store, kept open. With `create=False`, StoreUnusable where there is none yet."""
        if not self._stores:
            store = Store.open(self.config.store, workspace=self.config.workspace.id, create=create)
            self._stores.append(store)
            if not store.exists:
                raise StoreUnusable(f"store: there is none yet at {store.name}", "run alignd sync first")
        return self._stores[0]

    @contextmanager
    def _copy(self, as_of: datetime | None = None) -> Iterator[Store]:
        """A copy of the store in memory; the store itself is neither made nor written."""
        if self._looked_at is not None:
            yield self._looked_at
            return
        store = Store.open(self.config.store, workspace=self.config.workspace.id, create=False)
        try:
            copy = store.throwaway(as_of)
        finally:
            store.close()
        try:
            yield copy
        finally:
            copy.close()

    def _spoken_to(self) -> tuple[dict[str, Source], dict[str, Tracker]]:
        if self._vendors is None:
            sources = {name: build_source(settings, self.patience) for name, settings in self.config.sources.items()}
            zone = self.config.workspace.calendar.zone
            trackers = {
                name: build_tracker(settings, self.patience, zone) for name, settings in self.config.trackers.items()
            }
            self._vendors = sources, trackers
        return self._vendors

    def _cycle(self, store: Store, choices: Choices) -> Cycle:
        sources, trackers = self._spoken_to()
        channels = self._told_by()
        before = calls_so_far({**sources, **trackers, **channels})
        return Cycle(self.config, store, sources, trackers, self.clock, choices, self.failpoint, before, channels)

    def _told_by(self) -> dict[str, Channel]:
        if self._channels is None:
            named = self.config.workspace.id
            self._channels = {
                name: build_channel(settings, self.patience, named) for name, settings in self.config.channels.items()
            }
        return self._channels


@contextmanager
def open_app(
    config: Config,
    *,
    at: datetime | None = None,
    stop: threading.Event | None = None,
    patience: Patience | None = None,
    clock: Clock | None = None,
) -> Iterator[App]:
    """The app of one workspace, closed at the end. `at` stands still for now (or `clock` runs); `stop` ends any wait.

    `patience`: how long to wait for vendors, if not as usual (it brings its own stop).
    """
    clock = clock or (fixed_clock(at) if at is not None else system_clock)
    if patience is None:
        patience = Patience(stop=stop) if stop is not None else Patience()
    app = App(config, clock, patience, failpoint_of(os.environ))
    try:
        yield app
    finally:
        app.close()
