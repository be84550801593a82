"""What systemd is told, over a real socket; and the heartbeat, over real HTTP."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import pytest

from sync.service.heartbeat import Heartbeat
from sync.service.logs import configure_logs, release_logs
from sync.service.notify import READY, STOPPING, notify, reloading, status, watchdog_every

SECRET = "5e3c1a70-heart"


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_hears_on_a_socket_with_a_path_and_on_an_abstract_one(tmp_path: Path, abstract: bool) -> None:
    name = f"@alignd-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(name.replace("@", "\0"))
        manager.settimeout(5)
        assert notify(READY, status("2 workspaces,\n next look at 09:00"), environ={"NOTIFY_SOCKET": name})
        assert manager.recv(4096) == b"READY=1\nSTATUS=2 workspaces, next look at 09:00"
        assert notify(*reloading(12.5), environ={"NOTIFY_SOCKET": name})
        assert manager.recv(4096) == b"RELOADING=1\nMONOTONIC_USEC=12500000"


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "@"}, {"NOTIFY_SOCKET": "vsock:2:1"},
                                     {"NOTIFY_SOCKET": "/nowhere/notify"}])  # fmt: skip
def test_without_a_manager_that_listens_nothing_is_sent_and_nothing_breaks(environ: dict[str, str]) -> None:
    assert not notify(STOPPING, environ=environ)


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "60000000"}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
    ],
)
def test_the_watchdog_is_fed_twice_as_often_as_it_must(environ: dict[str, str], seconds: float | None) -> None:
    assert watchdog_every(environ) == seconds


class Watcher(ThreadingHTTPServer):
    """A service that counts pings and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.answers, self.paths = 200, list[str]()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/ping/{SECRET}"


class _Answering(BaseHTTPRequestHandler):
    server: Watcher

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.send_response(self.server.answers)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the library
        """Quiet."""


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    with Watcher() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def said() -> Iterator[StringIO]:
    yield StringIO()
    release_logs()


def test_a_failing_heartbeat_is_said_once_and_once_when_it_is_back_and_never_with_its_address(
    watcher: Watcher, said: StringIO
) -> None:
    heart = Heartbeat("saypro", configure_logs(said, "json", tuple))
    for answers in (200, 500, 500, 404, 200, 200):
        watcher.answers = answers
        heart.ping(watcher.url)
        heart.wait()
    assert watcher.paths == [f"/ping/{SECRET}"] * 6
    lines = [json.loads(line) for line in said.getvalue().splitlines()]
    assert [(one["event"], one.get("why")) for one in lines] == [
        ("heartbeat_failed", "answered 500"),
        ("heartbeat_back", None),
    ]
    assert SECRET not in said.getvalue()
    assert "/ping" not in said.getvalue()


def test_a_watcher_that_is_gone_or_an_address_that_is_none_is_only_said(said: StringIO) -> None:
    for address in ("http://127.0.0.1:9/ping/", "gopher://127.0.0.1/ping/"):
        heart = Heartbeat("saypro", configure_logs(said, "json", tuple))
        heart.ping(address + SECRET)
        heart.wait()
    assert [json.loads(line)["event"] for line in said.getvalue().splitlines()] == ["heartbeat_failed"] * 2
    assert SECRET not in said.getvalue()
