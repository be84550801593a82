"""The service: the workspaces of one file or folder, each looked at when it is due, until a signal says stop.

The main thread waits for signals, and every few seconds looks whether a file changed or the clock was set. APScheduler
calls a runner when it is due; a runner never raises.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from config import Config, Loaded, load
from sync.clock import Clock, Clocks, SteppingClock
from sync.service.clockwatch import ClockWatch, Notice
from sync.service.files import Files, Happened
from sync.service.logs import Log
from sync.service.moments import Moment, spread
from sync.service.runner import TAKE_OVER, Common, Runner
from sync.service.signals import RELOADS, STOPS, Signals
from sync.service.state import LastCycle, Phase, ServiceState
from sync.service.trigger import MomentTrigger

TICK = 2.0  # seconds between two looks at files and clocks
AT_ONCE = 8  # more workspaces than this do not begin in the same moment
LOOKS = 32  # under way at once: one whose vendor keeps silent waits for minutes, and the others must not wait for it
APART = 1.0  # seconds between the first looks of many workspaces, on average


class Around(Protocol):
    """What goes on around the workspaces: pages, heartbeats, what systemd is told. None of it may raise."""

    def files(self, configs: Sequence[Config]) -> None:
        """These files are in force now."""

    def began(self) -> None:
        """Everything is up."""

    def turned(self) -> None:
        """Some seconds went by; all is well with the main thread."""

    def cycle_over(self, config: Config, cycle: LastCycle) -> None:
        """A cycle was carried out."""

    def reloads(self) -> None:
        """Files are read again; `began` follows."""

    def stops(self) -> None:
        """A stop was asked for."""

    def close(self) -> None:
        """The last cycle is over."""


class Service:
    """All workspaces of a service. `may_take`: what stands against a file that is right in itself (in words).

    `simulated`: the clock of a run at another time than now; `ahead` of the machine's by so much, if it runs on.
    """

    def __init__(
        self,
        files: Files,
        environ: Mapping[str, str],
        log: Log,
        *,
        clocks: Clocks | None = None,
        simulated: Clock | None = None,
        ahead: timedelta | None = None,
        may_take: Callable[[Config], Sequence[str]] = lambda _: (),
        take_over: timedelta = TAKE_OVER,
    ) -> None:
        self.files, self.environ, self.log, self.may_take = files, environ, log, may_take
        self.around: Around | None = None
        self.clocks = clocks or Clocks()
        self.clock: Clock = simulated or self.clocks.wall
        self.stop = threading.Event()
        self.watch = ClockWatch(self.clocks)
        self.ahead = ahead or timedelta(0)
        self.state = ServiceState(self.clock())
        self.runners: dict[Path, Runner] = {}
        self.refused: dict[Path, tuple[str, ...]] = {}
        self.common = Common(
            self.state,
            log,
            self.clock,
            self.stop,
            watch=self.watch if simulated is None else None,
            after_cycle=self._cycle_over,
            take_over=take_over,
        )
        self._scheduler: BackgroundScheduler | None = None

    def surround(self, around: Around) -> None:
        """With pages, heartbeats and so on; before `open`."""
        self.around = around

    def _cycle_over(self, config: Config, cycle: LastCycle) -> None:
        if self.around is not None:
            self.around.cycle_over(config, cycle)

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self) -> None:
        """Read every file for the first time; runners for the good ones."""
        paths = self.files.paths()
        over = len(paths) * APART if len(paths) > AT_ONCE else 0.0
        for path in paths:
            self._take(path, over)
        self._tell_files()

    def configs(self) -> list[Config]:
        """The files in force."""
        return [one.config for one in self.runners.values()]

    def look_at_files(self, *, at_once: bool = False) -> None:
        """Take what changed. `at_once`: without waiting until it rests."""
        happened = self.files.look(at_once=at_once)
        for path, what in happened:
            if what is not Happened.WENT:
                self._take(path)
            elif self.files.is_folder:
                self._drop(path)
            else:
                self.log.warning("file_away", file=str(path), what="the file is away; the last good one stays in force")
        if happened:
            for path in [one for one in self.refused if one not in dict(happened)]:
                self._take(path)  # what stood against it may have gone
            self._tell_files()

    def _take(self, path: Path, over: float = 0.0) -> None:
        """Read a file and go on with it, or say once what is wrong with it and go on without."""
        loaded = load(path, self.environ)
        runner = self.runners.get(path)
        against = self._against(path, loaded)
        if against or loaded.config is None:
            if self.refused.get(path) != against:
                kept = "the last good one stays in force" if runner is not None else "it is left out until it is mended"
                self.log.error("file_refused", file=str(path), problems=list(against), advice=kept)
            self.refused[path] = against
            if runner is not None:
                runner.refuse(against)
            self.state.change(str(path), file_refused=against, **({} if runner else {"phase": Phase.REFUSED}))
            return
        was_refused = self.refused.pop(path, None) is not None
        self.state.change(str(path), file_refused=())
        if runner is not None:
            runner.refuse(())
        if runner is None:
            self._start(path, loaded.config, over)
            self._warn(path, loaded)
        elif loaded.config != runner.newest or was_refused:
            self._warn(path, loaded)
            self.log.info("file_taken", workspace=loaded.config.workspace.id, file=str(path))
            runner.take(loaded.config)
            self.wake(runner)

    def _warn(self, path: Path, loaded: Loaded) -> None:
        """What works and should be known."""
        if loaded.warnings:
            self.log.warning("file_warnings", file=str(path), problems=[str(one) for one in loaded.warnings])

    def _against(self, path: Path, loaded: Loaded) -> tuple[str, ...]:
        """All that stands against a file."""
        config = loaded.config
        if config is None or loaded.problems:
            return tuple(str(one) for one in loaded.problems)
        runner = self.runners.get(path)
        workspace = config.workspace.id
        if runner is not None and runner.config.workspace.id != workspace:
            return (
                f"{path}: workspace.id is {workspace} now, and {runner.config.workspace.id} runs from this file: "
                f"write {runner.config.workspace.id} again, or start the service anew",
            )
        for other, one in self.runners.items():
            if other != path and one.config.workspace.id == workspace:
                return (f"{path}: workspace.id is {workspace}, as in {other.name}: write another id, or remove one",)
            if other != path and one.config.store == config.store and config.store.startswith("sqlite"):
                return (f"{path}: it names the same store as {other.name}: write another file under store",)
        return tuple(self.may_take(config))

    def _start(self, path: Path, config: Config, over: float) -> None:
        at = self.clock() + timedelta(seconds=spread(config.workspace.id, over) if over else 0)
        runner = Runner(path, config, self.common, Moment(at, "the first look"))
        self.runners[path] = runner
        self.log.info("workspace_begins", workspace=config.workspace.id, file=str(path))
        self._schedule(runner)

    def _drop(self, path: Path) -> None:
        """Its file is gone, so the workspace is left alone."""
        self.refused.pop(path, None)
        self.state.forget(str(path))
        runner = self.runners.pop(path, None)
        if runner is None:
            return
        self.log.info("workspace_ends", workspace=runner.config.workspace.id, file=str(path), why="its file is gone")
        if self._scheduler is not None:
            with contextlib.suppress(JobLookupError):
                self._scheduler.remove_job(str(path))
        if runner.is_looking:  # the others do not wait for its cycle
            threading.Thread(target=runner.end, name=f"ending {path.name}", daemon=True).start()
        else:
            runner.end()

    def _tell_files(self) -> None:
        if self.around is not None:
            self.around.files(self.configs())

    # ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def look_at_clocks(self) -> None:
        """Notice that the machine slept, or that somebody set its clock; every moment is then worked out anew."""
        for notice, seconds in self.watch.tick():
            doubted = self.watch.doubt
            say = self.log.warning if doubted is not None else self.log.info
            say(notice.value, seconds=round(seconds, 1), **({"what": doubted} if doubted is not None else {}))
            for runner in self.runners.values():
                if notice is not Notice.WOKE_UP:
                    runner.ask("the clock was set")
                self.wake(runner)

    # ── running ──────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Have every runner called when it is due."""
        # it would warn of every call it leaves out because the look before is under way: that is how it is meant
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(LOOKS)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
            timezone=UTC,
        )
        self._scheduler.add_listener(self._looked, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
        self._scheduler.start()
        for runner in self.runners.values():
            self._schedule(runner)

    def _schedule(self, runner: Runner) -> None:
        if self._scheduler is not None:
            name = str(runner.file)
            self._scheduler.add_job(runner.look, MomentTrigger(runner, self.ahead), id=name, replace_existing=True)

    def _looked(self, event: JobExecutionEvent) -> None:
        """A look is over: what it found says when the next one is."""
        for runner in list(self.runners.values()):
            if str(runner.file) == event.job_id:
                self.wake(runner)

    def wake(self, runner: Runner) -> None:
        """Work out anew when it is due. While it looks there is nothing to do: that is done when the look is over."""
        if self._scheduler is not None and not runner.is_looking and not self.stop.is_set():
            with contextlib.suppress(JobLookupError):
                self._scheduler.reschedule_job(str(runner.file), trigger=MomentTrigger(runner, self.ahead))

    def reload(self) -> None:
        """Read the files now and look now, whether they changed or not."""
        self.log.info("reload", files=len(self.files.paths()))
        if self.around is not None:
            self.around.reloads()
        self.look_at_files(at_once=True)
        for runner in self.runners.values():
            runner.ask("asked to (SIGHUP)")
            self.wake(runner)
        if self.around is not None:
            self.around.began()

    def tick(self) -> None:
        """What the main thread does every few seconds."""
        self.look_at_clocks()
        self.look_at_files()
        if self.around is not None:
            self.around.turned()

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C."""
        with Signals() as signals:
            self.start()
            if self.around is not None:
                self.around.began()
            while not self.stop.is_set():
                arrived = signals.wait(TICK)
                if STOPS.intersection(arrived):
                    self.stop.set()
                elif RELOADS.intersection(arrived):
                    self.reload()
                else:
                    self.tick()
            signals.end_at_once_next_time()
            self.close()

    def simulate(self, clock: SteppingClock, until: datetime) -> None:
        """From one moment to the next without waiting, until then, or until a signal."""
        with Signals() as signals:
            if self.around is not None:
                self.around.began()
            while self.runners and not self.stop.is_set():
                arrived = signals.wait(0)
                if STOPS.intersection(arrived):
                    self.stop.set()
                elif RELOADS.intersection(arrived):
                    self.reload()
                self.look_at_files()
                following = min(self.runners.values(), key=lambda one: one.due().at, default=None)
                if following is None or following.due().at > until:
                    break
                clock.move_to(following.due().at)
                following.look()
            self.close()

    def close(self) -> None:
        """A stop: waits end, running cycles end cleanly, everything is let go."""
        self.stop.set()
        self.state.stop()
        if self.around is not None:
            self.around.stops()
        self.log.info("stopping", looking=sum(1 for one in self.runners.values() if one.is_looking))
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
            self._scheduler = None
        for runner in self.runners.values():
            runner.end()
        if self.around is not None:
            self.around.close()
        self.log.info("stopped")
