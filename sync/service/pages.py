"""Which addresses the files in force want pages on, and the servers that keep them: one for each address."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from importlib.metadata import version

from config import Config
from sync.clock import Clock, system_clock
from sync.service.logs import Log, Secrets
from sync.service.state import ServiceState
from sync.service.web import Server, serve


class Pages:
    """Servers by address, kept as the files say. An address that cannot be had is said once, and tried again."""

    def __init__(self, state: ServiceState, log: Log, secrets: Secrets, clock: Clock = system_clock) -> None:
        self._state, self._log, self._secrets, self._clock = state, log, secrets, clock
        self._servers: dict[str, Server] = {}
        self._refused: dict[str, str] = {}
        self._public: Collection[str] = ()

    def keep(self, configs: Iterable[Config]) -> None:
        """Serve every address that these files name, and no other. Never raises: the service goes on without."""
        daemons = [one.daemon for one in configs]
        self._public = tuple(str(one.public_url) for one in daemons if one.public_url is not None)
        wanted = {one.http for one in daemons if one.http is not None}
        for address in [one for one in self._servers if one not in wanted]:
            self._servers.pop(address).close()
            self._log.info("pages_closed", address=address)
        self._refused = {address: why for address, why in self._refused.items() if address in wanted}
        for address in sorted(wanted - self._servers.keys()):
            self._open(address)
        self._state.serve(self._refused)

    @property
    def urls(self) -> tuple[str, ...]:
        """Where the pages are."""
        return tuple(one.url for one in self._servers.values())

    def close(self) -> None:
        """Let every address go."""
        while self._servers:
            self._servers.popitem()[1].close()

    def _open(self, address: str) -> None:
        try:
            server = serve(
                address,
                self._state,
                version=version("alignd"),
                clock=self._clock,
                public=lambda: self._public,
                secrets=self._secrets,
            )
        except OSError as error:
            why = error.strerror or str(error)
            if address not in self._refused:
                advice = "the service goes on without; free the address, or name another under daemon.http"
                self._log.warning("pages_not_served", address=address, why=why, advice=advice)
            self._refused[address] = why
            return
        self._refused.pop(address, None)
        self._servers[address] = server
        self._log.info("pages_served", url=server.url)
