"""A team that has synced once against the stand-ins, its store, and the service's pages of it on loopback."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from config import Config
from connectors.sandbox.server import Sandbox
from sync.service.dashboard.site import Site
from sync.service.state import Ended, LastCycle, Phase, ServiceState
from sync.service.web import Server, serve
from tests.integration.team import SESSIONS, Clock, Team

EIGHT = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)  # 08:00 in Johannesburg
HOSTILE = "<img src=x onerror=alert(1)>\"'>{{ 7*7 }}</table>"
TOKEN = "correct-horse-battery-staple"
KPIS = (
    SESSIONS
    + f"""
  odd:
    name: {HOSTILE!r}
    definition: "</script><script>alert(2)</script>"
    owner: johan
    period: week
    value: {{source: web, metric: keyEvents}}
    target: 5
"""
).replace("\\'", "''")
REST = """
goals:
  - {id: grow, title: "Grow <b>in</b> Gauteng", owner: neo, kpis: [sessions]}
reviews:
  weekly: {title: Marketing weekly, every: 1 week, on: thursday, at: "10:00", owner: johan, invite: [marketing]}
daemon: {http: "127.0.0.1:8787"}
"""


def a_team(folder: Path, sandbox: Sandbox, clock: Clock) -> Team:
    """Sessions are below target for the second week, so there is an item with a name that somebody else gave it."""
    team = Team(folder, sandbox, clock, kpis=KPIS, rest=REST)
    team.weeks(12_000, 12_100, 12_200, 12_050, 12_300, 12_100, 9_960, 8_200)
    team.at("2026-11-18 08:00").sync()
    return team


@dataclass
class Asked:
    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class House:
    """The pages of some workspaces. `now`: the service's; `number`: of the last cycle."""

    configs: list[Config]
    now: datetime = EIGHT + timedelta(hours=1, minutes=5)
    number: int = 1
    public: dict[str, str] = field(default_factory=dict)
    token: str | None = None
    secrets: tuple[str, ...] = ()
    has_looked: bool = True
    every: float = 15.0

    def __post_init__(self) -> None:
        self.state = ServiceState(EIGHT)
        self.site = Site(self.state, version="9.9.9", clock=self.clock, secrets=lambda: self.secrets, every=self.every)
        self.site.keep(self.configs)
        for config in self.configs:
            self.state.change(str(config.path), id=config.workspace.id, phase=Phase.WAITING)
        if self.has_looked:
            self.looked()

    def clock(self) -> datetime:
        return self.now

    def looked(self, *, number: int | None = None) -> None:
        """A look has ended."""
        self.number = number or self.number
        for config in self.configs:
            cycle = LastCycle(self.number, self.now, self.now, 1.0, Ended.GOOD)
            self.state.record_cycle(str(config.path), cycle, next_at=self.now + timedelta(hours=1))

    @contextmanager
    def open(self) -> Iterator[House]:
        self.server: Server = serve(
            "127.0.0.1:0",
            self.state,
            version="9.9.9",
            clock=self.clock,
            public=self.public.values,
            site=self.site,
            served=self.served,
            token=self.token,
        )
        try:
            yield self
        finally:
            self.server.close()
            self.site.close()

    def served(self) -> Mapping[str, str | None]:
        return {one.workspace.id: self.public.get(one.workspace.id) for one in self.configs}

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Asked:
        """Underscores in the names of headers are hyphens."""
        address = self.server.url.removeprefix("http://")
        connection = http.client.HTTPConnection(address, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": address, **headers}.items():
                connection.putheader(name.replace("_", "-"), value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Asked(answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.getheaders()})
        finally:
            connection.close()

    def sign_in(self, token: str, path: str = "/login", to: str = "", **headers: str) -> Asked:
        """As the form does."""
        host = headers.get("Host") or self.server.url.removeprefix("http://")
        said = {"Origin": f"http://{host}", "Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.ask(path, "POST", urlencode({"token": token, "to": to}).encode(), **said)
