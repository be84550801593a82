"""The service's pages over real HTTP on loopback: what they say, whom they refuse, how they stop."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from types import SimpleNamespace
from typing import Any, cast

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families

from config import Config
from sync.service.logs import configure_logs, release_logs
from sync.service.pages import Pages
from sync.service.state import Phase, ServiceState
from sync.service.web import Server, own_names, serve, split
from tests.unit.service_states import EIGHT, FILE, a_service, after

CANARY = "canary-5b1e77d0"


@dataclass
class Asked:
    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> Asked:
    address = server.url.removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=5)
    try:
        connection.putrequest(method, path, skip_host=True)
        for name, value in {"Host": address, **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return Asked(answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.getheaders()})
    finally:
        connection.close()


@pytest.fixture
def state() -> ServiceState:
    return a_service()


@pytest.fixture
def server(state: ServiceState) -> Iterator[Server]:
    made = serve(
        "127.0.0.1:0", state, version="9.9.9", clock=lambda: after(minutes=5),
        public=lambda: ["https://alignd.saypro.example/x"], secrets=lambda: [CANARY],
    )  # fmt: skip
    yield made
    made.close()


def test_the_three_probes_answer_and_the_front_page_names_them(server: Server) -> None:
    assert ask(server, "/healthz").json == {"status": "ok", "notes": []}
    assert ask(server, "/readyz").json == {"status": "ready"}
    assert ask(server, "/metrics").status == 200
    front = ask(server, "/")
    assert front.status == 200
    assert all(page in front.text for page in ("/healthz", "/readyz", "/metrics", "9.9.9"))
    assert ask(server, "/etc/passwd").status == 404


def test_healthz_answers_503_and_says_why_without_a_secret(server: Server, state: ServiceState) -> None:
    state.change(FILE, clock_trouble=f"it went back\x1b[2J \x9b2J; token={CANARY}")
    answer = ask(server, "/healthz")
    assert answer.status == 503
    assert answer.json["status"] == "not ok"
    assert answer.json["why"][0]["workspace"] == "saypro"
    assert CANARY not in answer.text
    assert not any(sign in answer.text for sign in ("\x1b", "\x9b", "u001b"))


def test_readyz_answers_503_until_the_first_cycle_has_ended(state: ServiceState) -> None:
    server = serve("127.0.0.1:0", a_service(looked=False), version="1", clock=lambda: EIGHT)
    try:
        answer = ask(server, "/readyz")
        assert (answer.status, answer.json["why"][0]["workspace"]) == (503, "saypro")
        assert ask(server, "/healthz").status == 200
    finally:
        server.close()


def test_the_metrics_are_what_the_service_knows_in_valid_exposition(server: Server, state: ServiceState) -> None:
    state.change('/srv/teams/o"dd\\\x1b[2J\n.yaml', phase=Phase.STANDING_BY)
    answer = ask(server, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    numbers = {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }
    mine = ("workspace", "saypro")
    assert numbers["alignd_build_info", (("version", "9.9.9"),)] == 1
    assert numbers["alignd_healthy", ()] == 1
    assert numbers["alignd_cycles_total", (("outcome", "good"), mine)] == 1
    assert numbers["alignd_cycles_total", (("outcome", "failed"), mine)] == 0
    assert numbers["alignd_cycle_seconds", (mine,)] == 3.5
    assert numbers["alignd_last_cycle_timestamp_seconds", (mine,)] == EIGHT.timestamp()
    assert numbers["alignd_last_good_cycle_timestamp_seconds", (mine,)] == EIGHT.timestamp()
    for count, number in (("made", 5), ("least", 4), ("charged", 9)):
        assert numbers["alignd_calls_total", (("count", count), ("vendor", "asana"), mine)] == number
    assert numbers["alignd_wait_seconds_total", (mine,)] == 1.25
    assert numbers["alignd_readings", (("state", "value"), mine)] == 11
    assert numbers["alignd_open_items", (mine,)] == 3
    assert numbers["alignd_unknown_creates", (mine,)] == 1
    assert numbers["alignd_problems", (("kind", "refused"), mine)] == 1
    assert numbers["alignd_occurrence_lateness_seconds_sum", (mine,)] == 3
    assert numbers["alignd_occurrence_lateness_seconds_count", (mine,)] == 2
    assert numbers["alignd_occurrence_lateness_last_seconds", (mine,)] == 1
    assert numbers["alignd_occurrence_lateness_max_seconds", (mine,)] == 2
    assert numbers["alignd_file_refused", (mine,)] == 0
    assert numbers["alignd_standing_by", (("workspace", 'o"dd\\[2J .yaml'),)] == 1
    assert len(numbers) > 30


def test_the_metrics_are_valid_openmetrics_for_whoever_asks_for_it(server: Server) -> None:
    answer = ask(server, "/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert any(family.name == "alignd_cycles" for family in open_metrics(answer.text))  # type: ignore[no-untyped-call]


def test_two_files_that_say_the_same_id_have_series_of_their_own(server: Server, state: ServiceState) -> None:
    state.change("/srv/teams/copy.yaml", id="saypro", phase=Phase.REFUSED)
    text = ask(server, "/metrics").text
    assert 'alignd_open_items{workspace="saypro"} 3.0' in text
    assert 'alignd_open_items{workspace="copy.yaml"} 0.0' in text


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:1", "127.0.0.9", "[::1]:80", "10.1.2.3", "alignd.saypro.example"]
)
def test_a_request_may_name_this_machine_any_address_or_the_public_host(server: Server, host: str) -> None:
    assert ask(server, "/healthz", Host=host).status == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[", "a b"])
def test_a_request_that_names_another_host_is_misdirected(server: Server, host: str) -> None:
    answer = ask(server, "/metrics", Host=host)
    assert answer.status in (400, 421)
    assert "alignd_" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_only_reading_is_allowed(server: Server, method: str) -> None:
    answer = ask(server, "/healthz", method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_head_has_the_headers_and_no_body(server: Server) -> None:
    answer = ask(server, "/healthz", "HEAD")
    assert (answer.status, answer.text) == (200, "")


@pytest.mark.parametrize(("path", "method"), [("/", "GET"), ("/metrics", "GET"), ("/nothing", "GET"), ("/", "POST")])
def test_every_answer_keeps_itself_in(server: Server, path: str, method: str) -> None:
    headers = ask(server, path, method).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["date"] == "Wed, 18 Nov 2026 08:05:00 GMT"
    assert "server" not in headers


def test_a_closed_server_has_let_its_address_and_its_thread_go(state: ServiceState) -> None:
    before = threading.active_count()
    server = serve("127.0.0.1:0", state, version="1")
    port = int(server.url.rpartition(":")[2])
    assert ask(server, "/readyz").status == 200
    server.close()
    assert threading.active_count() == before
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_addresses_are_read_as_the_file_writes_them() -> None:
    assert split("127.0.0.1:8787") == ("127.0.0.1", 8787)
    assert split("[::1]:80") == ("::1", 80)
    assert split(":8787") == ("", 8787)
    assert socket.gethostname().casefold() in own_names("0.0.0.0")
    assert own_names("127.0.0.1") == {"127.0.0.1"}


# ── pages as the files want them ─────────────────────────────────────────────────────────────────────────────────────


def a_file(address: str | None, public: str | None = None) -> Config:
    daemon = SimpleNamespace(http=address, public_url=public)
    return cast(Config, SimpleNamespace(daemon=daemon, workspace=SimpleNamespace(id=public or "saypro")))


def free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return f"127.0.0.1:{found.getsockname()[1]}"


@pytest.fixture
def said() -> Iterator[StringIO]:
    yield StringIO()
    release_logs()


def test_workspaces_with_one_address_share_a_server_and_a_changed_file_moves_it(
    state: ServiceState, said: StringIO
) -> None:
    pages = Pages(state, configure_logs(said, "json", tuple), tuple)
    first, second = free_address(), free_address()
    try:
        pages.keep([a_file(first), a_file(first, "https://b.example"), a_file(None)])
        assert pages.urls == (f"http://{first}",)
        pages.keep([a_file(second)])
        assert pages.urls == (f"http://{second}",)
    finally:
        pages.close()
    assert not pages.urls


def test_an_address_in_use_is_said_once_and_had_as_soon_as_it_is_free(state: ServiceState, said: StringIO) -> None:
    pages = Pages(state, configure_logs(said, "json", tuple), tuple)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        pages.keep([a_file(address)])
        pages.keep([a_file(address)])
        assert not pages.urls
        assert "in use" in state.snapshot(EIGHT).unserved[address]
    pages.keep([a_file(address)])
    pages.close()
    assert [json.loads(line)["event"] for line in said.getvalue().splitlines()] == ["pages_not_served", "pages_served"]
    assert state.snapshot(EIGHT).unserved == {}
