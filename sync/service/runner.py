"""A runner: one workspace, looked at again and again. Whatever happens in it stays in it.

It is looked at by one thread at a time, and told things (another file, look now) by the service's own thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from config import Config
from connectors.errors import Stopped
from connectors.patience import Patience
from sync.app import App, TimeWentBack, open_app
from sync.clock import Clock, monotonic
from sync.errors import LockHeld, LockLost, StoreError, WorkspaceMismatch
from sync.outlook import Choices
from sync.service.aloud import FILE_REFUSED
from sync.service.clockwatch import ClockWatch
from sync.service.facts import facts_of, wants_whole
from sync.service.logs import Log
from sync.service.moments import LOOK, RETRY, Facts, Moment, next_moment
from sync.service.state import LastCycle, Phase, ServiceState
from sync.service.telling import LOCK_LOST, Telling

TAKE_OVER = timedelta(seconds=10)  # how often a workspace that another service holds is tried
SILENCE = 25.0  # seconds a vendor may keep silent: a stop must not wait longer
WHOLE_EVERY = timedelta(hours=24)
UNWATCHED = timedelta(days=1)  # after so long without a cycle the clock needs a witness

AfterCycle = Callable[[Config, LastCycle], None]


@dataclass(frozen=True, slots=True)
class Common:
    """What all runners of a service share. `watch`: whether the clock may be believed; None: it is a simulated one.

    `take_over`: how often to try a workspace that another service holds.
    """

    state: ServiceState
    log: Log
    clock: Clock
    stop: threading.Event
    watch: ClockWatch | None = None
    after_cycle: AfterCycle | None = None
    take_over: timedelta = TAKE_OVER


class Runner:
    """One workspace. `first`: when it is looked at first."""

    def __init__(self, file: Path, config: Config, common: Common, first: Moment) -> None:
        self.file, self.config, self.common = file, config, common
        self.patience = Patience(stop=common.stop, silence=SILENCE, paces=common.watch is not None)
        self._tell = Telling(str(file), config, common.state, common.log)
        self._turn = threading.Lock()  # whoever looks, or ends it
        self._is_over = False
        self._lock = threading.Lock()
        self._first = first
        self._last: datetime | None = None
        self._asked: str | None = None
        self._given: Config | None = None
        self._facts = _facts_of_file(config)
        self._phase = Phase.STARTING
        self._past: datetime | None = None  # nothing is done before: the last cycle was then
        self._looking = False
        self._app: App | None = None
        self._opened = ExitStack()
        self._whole_at: dict[str, datetime] = {}
        self._wants_whole: frozenset[str] = frozenset()
        self._tell.waits(Phase.STARTING, first, config)

    # ── when ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def is_looking(self) -> bool:
        """Whether a look is under way."""
        return self._looking

    def due(self) -> Moment:
        """The moment to look next, which may have passed."""
        with self._lock:
            if self._asked is not None:
                return Moment(self.common.clock(), self._asked)
            return self._first if self._last is None else self._following(self._last)

    def due_after(self, after: datetime) -> Moment:
        """The next moment later than `after`."""
        with self._lock:
            return self._following(after)

    def _following(self, after: datetime) -> Moment:
        if self._phase is Phase.STANDING_BY:
            return Moment(after + self.common.take_over, "to take over, if the other one is gone")
        if self._past is not None:
            return Moment(max(self._past, after + timedelta(seconds=1)), "the last cycle is past then")
        if self._phase is Phase.UNUSABLE or (self.common.watch is not None and self.common.watch.doubt is not None):
            return Moment(after + min(RETRY, self.config.daemon.every), "to try again")
        return next_moment(self.config, self._facts, after)

    # ── what it is told ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def newest(self) -> Config:
        """The file it goes on with at its next look."""
        return self._given or self.config

    def ask(self, why: str) -> None:
        """Look at once, whatever the time."""
        with self._lock:
            self._asked = why

    def take(self, config: Config) -> None:
        """Go on with this file, and look at once."""
        with self._lock:
            self._given, self._asked = config, "the file changed"

    def refuse(self, against: Sequence[str]) -> None:
        """Its changed file is refused, and the former stays in force; nothing against it: it is mended."""
        if not against:
            self._tell.aloud.over(FILE_REFUSED)
            return
        what = f"{self.file.name} was changed and is refused: {against[0]}"
        what += f", and {len(against) - 1} more" if len(against) > 1 else ""
        advice = "alignd check says all that is wrong with it; the last good one stays in force until it is mended"
        self._tell.aloud.trouble(FILE_REFUSED, what, advice, self.common.clock())

    def end(self) -> None:
        """Look no more, and let go of the workspace: its lock, its store, its connections. After a look under way."""
        with self._turn:
            self._is_over = True
            self._let_go()

    # ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────

    def look(self) -> None:
        """Look once, if it may be. Never raises."""
        with self._turn:
            if not self._is_over and not self.common.stop.is_set():
                self._look_once()

    def _look_once(self) -> None:
        moment = self.due()
        with self._lock:
            asked, self._asked = self._asked, None
            self._last, self._looking = self.common.clock(), True
            if moment.is_met and asked is None:
                self.common.state.met(str(self.file), max((self._last - moment.at).total_seconds(), 0.0))
        try:
            self._look(moment)
            self._tell.aloud.speak(self.config, self.patience, self.common.clock())
        finally:
            with self._lock:
                self._looking = False
            if not self.common.stop.is_set():
                self._tell.waits(self._phase, self.due(), self.config)

    def _look(self, moment: Moment) -> None:
        began, at = monotonic(), self.common.clock()
        failed = Phase.WAITING
        try:
            self._use_the_file_given()
            if not self._is_doubted():
                self._take_hold()
                self._cycle(moment, began, at)
                self._past = None
            self._phase = Phase.WAITING
            return
        except Stopped:
            self._tell.cut_short(at, monotonic() - began)
            self._forget_what_was_read()
            return
        except LockHeld as error:
            failed = Phase.STANDING_BY
            self._tell.stands_by(error.holder)
        except LockLost as error:
            failed = Phase.STANDING_BY
            self._tell.failed(LOCK_LOST, error.what, error.advice, at, monotonic() - began)
        except TimeWentBack as error:
            self._past, self._phase = error.last, Phase.WAITING
            self._tell.went_back(error.what, error.advice, at)
            return
        except WorkspaceMismatch as error:
            failed = Phase.REFUSED
            self._tell.failed("workspace_refused", error.what, error.advice, at, monotonic() - began)
        except StoreError as error:
            failed = Phase.UNUSABLE
            self._tell.failed("store_unusable", error.what, error.advice, at, monotonic() - began)
        except Exception as error:  # noqa: BLE001 - the edge of a workspace: the others go on, and so does its next look
            self._tell.unforeseen(error, at, monotonic() - began)
        self._phase = failed
        self._let_go()

    def _is_doubted(self) -> bool:
        """Whether the clock is doubted, and no tracker confirms it."""
        watch = self.common.watch
        if watch is None:
            return False
        if watch.doubt is None:
            self._ask_what_time_it_is(watch)
        if watch.doubt is None:
            return False
        self._take_hold()
        if self._app is not None and any(watch.heard(one) for one in self._app.vendor_times()):
            self._tell.clock(None, self.common.clock())
            return False
        self._tell.clock(watch.doubt, self.common.clock())
        return watch.doubt is not None

    def _ask_what_time_it_is(self, watch: ClockWatch) -> None:
        """Before the first cycle after a day or more in which nobody watched the clock: a tracker is asked."""
        if self._app is not None:
            return
        app = self._take_hold()
        last = app.last_cycle_at()
        if last is not None and self.common.clock() - last < UNWATCHED:
            return
        for vendor in app.vendor_times()[:1]:
            watch.compare(vendor)
            if watch.doubt is not None:
                self.common.log.warning("clock_doubted", workspace=self.config.workspace.id, what=watch.doubt)

    def _take_hold(self) -> App:
        """The app and the lock, kept until something goes wrong with them."""
        if self._app is None:
            self._app = self._opened.enter_context(
                open_app(self.config, patience=self.patience, clock=self.common.clock)
            )
            self._opened.enter_context(self._app.held("run"))
            self._tell.holds()
        return self._app

    def _let_go(self) -> None:
        self._forget_what_was_read()
        self._app = None
        try:
            self._opened.close()
        except StoreError as error:  # a database that is gone has let go by itself
            self.common.log.warning("store_gone", workspace=self.config.workspace.id, what=error.what)

    def _forget_what_was_read(self) -> None:
        self._whole_at.clear()

    def _use_the_file_given(self) -> None:
        with self._lock:
            given, self._given = self._given, None
        if given is None:
            return
        if self._app is not None and given.store == self.config.store:
            self._app.take(given)
            self._forget_what_was_read()
        else:
            self._let_go()
        with self._lock:
            self.config = given
            self._facts = replace(self._facts, campaigns=given.campaigns, events=given.events)

    def _cycle(self, moment: Moment, began: float, at: datetime) -> None:
        if self._app is None:
            raise RuntimeError("a cycle needs its workspace")
        self._phase = Phase.RUNNING
        self._tell.runs()
        waited = self.patience.waited
        fresh = {name for name, read in self._whole_at.items() if timedelta(0) <= at - read < WHOLE_EVERY}
        report, outlook = self._app.cycle(Choices(partly=frozenset(fresh) - self._wants_whole, keeps_hours=True))
        self._whole_at |= {name: at for name, view in outlook.views.items() if view.whole}
        self._wants_whole = wants_whole(outlook)
        with self._lock:
            self._facts = facts_of(self.config, outlook, report)
            following = self._following(self._last or at) if self._asked is None else Moment(at, self._asked)
        why = moment.why if moment.why != LOOK else ""
        seconds, spent = monotonic() - began, self.patience.waited - waited
        cycle = self._tell.cycle_over(report, outlook, why, seconds, spent, self.common.clock(), following)
        if self.common.after_cycle is not None:
            self.common.after_cycle(self.config, cycle)


def _facts_of_file(config: Config) -> Facts:
    return Facts(campaigns=config.campaigns, events=config.events)
