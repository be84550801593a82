"""What goes on around the workspaces: pages, heartbeats, and what systemd is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from config import Config
from sync.clock import Clock, monotonic
from sync.service.heartbeat import Heartbeat
from sync.service.logs import Log, Secrets
from sync.service.notify import READY, STOPPING, WATCHDOG, notify, reloading, status, watchdog_every
from sync.service.pages import Pages
from sync.service.state import LastCycle, ServiceState


class Surroundings:
    """Pages as the files name them, a ping after every good cycle, and a word to systemd where there is one.

    The methods are those of `sync.service.service.Around`.
    """

    def __init__(
        self, state: ServiceState, log: Log, secrets: Secrets, clock: Clock, environ: Mapping[str, str]
    ) -> None:
        self._log, self._environ = log, environ
        self._pages = Pages(state, log, secrets, clock, environ)
        self._heartbeats: dict[str, Heartbeat] = {}
        self._configs: Sequence[Config] = ()
        self._watched = watchdog_every(environ) is not None

    def files(self, configs: Sequence[Config]) -> None:
        self._configs = configs
        self._pages.keep(configs)

    def began(self) -> None:
        count = len(self._configs)
        self._notify(READY, status(f"{count} workspace{'' if count == 1 else 's'}"))

    def turned(self) -> None:
        self._pages.keep(self._configs)  # an address that was taken may be free by now
        if self._watched:
            self._notify(WATCHDOG)

    def cycle_over(self, config: Config, cycle: LastCycle) -> None:
        address = config.daemon.heartbeat
        if address is None or not cycle.ok:
            return
        known = self._heartbeats.setdefault(config.workspace.id, Heartbeat(config.workspace.id, self._log))
        known.ping(str(address))

    def reloads(self) -> None:
        self._notify(*reloading(monotonic()))

    def stops(self) -> None:
        self._notify(STOPPING)

    def close(self) -> None:
        """After the last cycle."""
        for one in self._heartbeats.values():
            one.wait()
        self._pages.close()

    def _notify(self, *lines: str) -> None:
        notify(*lines, environ=self._environ)
