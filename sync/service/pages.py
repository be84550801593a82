"""Which addresses the files in force want pages on, and the servers that keep them: one for each address."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from importlib.metadata import version
from urllib.parse import urlsplit

from config import Config
from sync.clock import Clock, system_clock
from sync.service.dashboard.gate import SHORTEST, TOKEN, is_loopback, trouble_of
from sync.service.dashboard.site import Site
from sync.service.logs import Log, Secrets
from sync.service.state import ServiceState
from sync.service.web import Server, serve, split


class Pages:
    """Servers by address, kept as the files say. An address that cannot be had is said once, and tried again."""

    def __init__(
        self,
        state: ServiceState,
        log: Log,
        secrets: Secrets,
        clock: Clock = system_clock,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._state, self._log, self._secrets, self._clock = state, log, secrets, clock
        self._token = environ.get(TOKEN)
        self._site = Site(state, version=version("alignd"), clock=clock, secrets=secrets, log=log)
        self._served: dict[str, dict[str, str | None]] = {}
        self._told: set[str] = set()
        self._servers: dict[str, Server] = {}
        self._refused: dict[str, str] = {}
        self._public: Collection[str] = ()

    def keep(self, configs: Iterable[Config]) -> None:
        """Serve every address that these files name, and no other. Never raises: the service goes on without."""
        shown = [one for one in configs if one.daemon.http is not None]
        daemons = [one.daemon for one in configs]
        self._public = tuple(str(one.public_url) for one in daemons if one.public_url is not None)
        wanted = {one.http for one in daemons if one.http is not None}
        self._site.keep(shown)
        self._served = {address: {} for address in wanted}
        for one in shown:
            url = one.daemon.public_url
            self._served[str(one.daemon.http)][one.workspace.id] = None if url is None else str(url)
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
        self._site.close()

    def _open(self, address: str) -> None:
        try:
            server = serve(
                address,
                self._state,
                version=version("alignd"),
                clock=self._clock,
                public=lambda: self._public,
                secrets=self._secrets,
                site=self._site,
                served=lambda: self._served.get(address, {}),
                token=self._token,
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
        self._say_token(address)

    def _say_token(self, address: str) -> None:
        """That people elsewhere see nothing here before there is a token, or that it is not one."""
        urls = [url for url in self._served.get(address, {}).values() if url is not None]
        is_near = is_loopback(split(address)[0]) and all(is_loopback(urlsplit(one).hostname or "") for one in urls)
        trouble = trouble_of(self._token) or (None if self._token or is_near else f"{TOKEN} is not set")
        if trouble is not None and trouble not in self._told:
            self._told.add(trouble)
            advice = f"set {TOKEN} ({SHORTEST} characters or more); without it people elsewhere see none of these pages"
            self._log.warning("dashboard_closed", address=address, what=trouble, advice=advice)
