"""What stands around a running service: its pages, its heartbeat, what systemd hears; and no secret in any of it."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from connectors.sandbox.server import Sandbox
from tests.acceptance.command import SCRIPT, environ
from tests.acceptance.test_run import LONG, Running
from tests.integration.team import Clock, Team

NOW = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
BEAT = "heart-canary-5e3c1a70"


class Watcher(BaseHTTPRequestHandler):
    """Hears pings."""

    heard = threading.Event()

    def do_GET(self) -> None:
        if self.path == f"/ping/{BEAT}":
            self.heard.set()
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the library
        """Quiet."""


@pytest.fixture
def watcher() -> Iterator[str]:
    Watcher.heard.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Watcher) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/ping/{BEAT}"
        server.shutdown()
        thread.join()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """systemd's end of NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(LONG)
        yield listening


def hears(manager: socket.socket, word: str) -> None:
    """Wait until systemd was told so."""
    while word not in manager.recv(4096).decode().splitlines():
        pass


def page(url: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=LONG)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_running_service_says_how_it_is_and_never_a_secret(
    tmp_path: Path, watcher: str, manager: socket.socket
) -> None:
    clock = Clock(NOW)
    with Sandbox(clock) as sandbox:
        team = Team(tmp_path, sandbox, clock, rest=f'\ndaemon: {{http: "127.0.0.1:0", heartbeat: "{watcher}"}}\n')
        team.weeks(12_260, 12_080, 9_960, 8_200)
        team.file.write_text(team.text())
        told = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        with subprocess.Popen(
            [SCRIPT, "run", "--at", NOW.isoformat()],
            cwd=tmp_path,
            env=environ(**told),
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                running = Running(process)
                hears(manager, "READY=1")
                url = running.says("pages_served")["url"]
                running.says("cycle_done")
                assert Watcher.heard.wait(LONG)
                assert page(url, "/healthz") == (200, '{"status":"ok","notes":[]}')
                assert page(url, "/readyz")[0] == 200
                status, metrics = page(url, "/metrics")
                assert status == 200
                families = text_string_to_metric_families(metrics)
                numbers = {
                    (
                        one.name,
                        one.labels.get("vendor"),
                        one.labels.get("count") or one.labels.get("outcome"),
                    ): one.value
                    for family in families
                    for one in family.samples
                }
                assert numbers["alignd_cycles_total", None, "good"] == 1
                assert numbers["alignd_open_items", None, None] == 1
                assert numbers["alignd_calls_total", "work", "made"] == len(sandbox.asked("asana"))
                running.tell(signal.SIGHUP)
                hears(manager, "RELOADING=1")
                hears(manager, "READY=1")
                running.tell(signal.SIGTERM)
                hears(manager, "STOPPING=1")
                assert running.ends() == 0
            finally:
                if process.poll() is None:
                    process.kill()
    said = metrics + json.dumps(running.lines)
    assert not [one for one in (BEAT, "asana-canary-token") if one in said]
