"""A canary in every secret: whatever goes wrong, it is in nothing that alignd says, keeps or asks by address."""

from __future__ import annotations

import http.client
import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.sandbox.server import Sandbox
from tests.acceptance.command import Command, Said, environ
from tests.acceptance.test_run import LONG, Running
from tests.acceptance.world import World
from tests.integration.team import Clock

SHEET = "1CanarySheetOfTargetsForAlignd"
TOKENS = {
    "ASANA_TOKEN": "2/1201/canary-asana-5d1f",
    "TRELLO_KEY": "canarytrellokey77aa",
    "TRELLO_TOKEN": "ATTAcanarytrellotoken99bb",
}
TOLD = {
    "SLACK_TOKEN": "canary-slack-4b7e/plain",  # no shape that gives it away
    "SMTP_PASSWORD": 'canary"smtp"%2B+pass',
    "HUBSPOT_TOKEN": "canary-hubspot-c01d",
    "ALIGND_DASHBOARD_TOKEN": "canary-dashboard-17f0-29aa",
}
GRANTED = "sandbox-access"  # what the stand-in's sign-in gives
LOGIN = ("AGFsaWduZAB", "Y2FuYXJ5")  # how user and password of the mail begin in base64, alone and together
ASKING: tuple[tuple[str, ...], ...] = (  # commands that speak to vendors
    ("plan",),
    ("sync", "--debug"),
    ("doctor",),
    ("doctor", "--json"),
)
SHOWING: tuple[tuple[str, ...], ...] = (  # those that show what is known, all that was said of vendors in it
    ("plan", "--json"),
    ("status",),
    ("status", "--json"),
    ("status", "--for", "thandi"),
    ("why", "sessions"),
    ("history", "sessions", "--json"),
    ("history", "--decisions"),
    ("check",),
    ("report",),
    ("report", "--format", "json"),
    ("report", "-o", "shown.html"),
    ("definitions",),
)
CLOCKED = ("plan", "sync", "why")
CHANNEL = "C0123456789"
REST = """
reviews:
  weekly: {{title: Weekly, every: 1 week, on: thursday, at: "10:00", owner: johan, invite: [marketing],
           agenda: [numbers]}}
channels:
  team_slack: {{kind: slack, token: "${{SLACK_TOKEN}}", channel: C0123456789, endpoint: "{url}"}}
  mail: {{kind: email, smtp: "{smtp}", user: alignd, password: "${{SMTP_PASSWORD}}", from: alignd@saypro.example,
          to: [thandi, johan]}}
digests:
  - {{channel: team_slack, every: 1 day, at: "07:00"}}
  - {{channel: mail, every: 1 day, at: "07:00"}}
daemon: {{alerts: mail, http: "127.0.0.1:0"}}
"""


def key_file(url: str, key_id: str) -> tuple[str, list[str]]:
    """A service account's file, and the lines of its private key."""
    pem = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )  # fmt: skip
    robot = {
        "type": "service_account",
        "private_key": pem,
        "private_key_id": key_id,
        "client_email": "robot@project.iam.gserviceaccount.com",
        "token_uri": f"{url}/token",
    }
    return json.dumps(robot), pem.splitlines()[1:-1]


@pytest.fixture(params=["asana", "trello"])
def guarded(request: pytest.FixtureRequest, tmp_path: Path, running: Command) -> Iterator[tuple[World, list[str]]]:
    """A team with every credential there is; in Trello without those that have no tracker."""
    clock = Clock(datetime(2026, 11, 18, 6, 0, tzinfo=UTC))
    with Sandbox(clock) as sandbox:
        world = World(tmp_path / "team", sandbox, clock, tracker=request.param, command=running)
        world.folder.mkdir()
        world.secrets = TOKENS | TOLD
        next(one for one in sandbox.asana.state.users.values() if one.name == "alignd").token = TOKENS["ASANA_TOKEN"]
        sandbox.trello.state.keys.add(TOKENS["TRELLO_KEY"])
        board = sandbox.trello.state.members.values()
        next(one for one in board if one.name == "alignd").token = TOKENS["TRELLO_TOKEN"]
        content, lines = key_file(sandbox.url, "canary-key-id-31cc")
        (world.folder / "google.json").write_text(content)
        sandbox.sheets.add_spreadsheet(SHEET).add_tab("Targets", [["sessions"], [12000]])
        world.kpis += world.kpis.replace("sessions:", "visits:", 1).replace(
            "target: 12000", "target: {source: scorecard, cell: Targets!A2}"
        )
        if request.param == "asana":
            everyone_told(world)
        world.weeks(12_260, 12_080, 9_960, 8_200)
        yield world, [*TOKENS.values(), *TOLD.values(), *LOGIN, "canary-key-id-31cc", GRANTED, *lines]


def everyone_told(world: World) -> None:
    """A CRM, Slack, mail, pages."""
    sandbox = world.sandbox
    sandbox.hubspot.tokens = {TOLD["HUBSPOT_TOKEN"]}
    sandbox.slack.state.add_bot(TOLD["SLACK_TOKEN"])
    sandbox.slack.state.add_channel(CHANNEL)
    sandbox.smtp.switches.users = {"alignd": TOLD["SMTP_PASSWORD"]}
    sandbox.smtp.switches.login_by = ("PLAIN",)  # what is echoed has user and password in one
    world.kpis += (
        "\n  deals: {name: Deals, owner: thandi, period: week, target: 3, "
        "value: {source: crm, object: deals, date: createdate, aggregate: count}}\n"
    )
    world.rest = REST.format(url=sandbox.url, smtp=sandbox.smtp.url)


def file_of(world: World) -> str:
    text = world.text().replace("credentials: anonymous", "credentials: google.json")
    kind = f'kind: sheets, spreadsheet: "{SHEET}", credentials: google.json, endpoint: "{world.sandbox.url}"'
    sources = f"scorecard: {{{kind}}}"
    if world.tracker == "asana":
        sources += f'\n  crm: {{kind: hubspot, token: "${{HUBSPOT_TOKEN}}", endpoint: "{world.sandbox.url}"}}'
    return text.replace("sources:\n", f"sources:\n  {sources}\n")


def everything_said(world: World, said: list[Said]) -> dict[str, str]:
    """All that a person, a disk or a network's log could show."""
    shown = {f"output {number}": one.out + one.err for number, one in enumerate(said)}
    shown |= {
        str(path.relative_to(world.folder)): path.read_bytes().decode("latin-1")
        for path in world.folder.rglob("*")
        if path.is_file() and path.name not in ("google.json", "alignd.yaml")
    }
    shown |= {f"address {number}": one.url for number, one in enumerate(world.sandbox.requests)}
    shown["boards"] = world.sandbox.page()
    for number, mail in enumerate(world.sandbox.mails):
        shown[f"mail {number}"] = str(mail.message["Subject"]) + mail.body() + mail.body("html")
    for room in world.sandbox.slack.state.channels.values():
        shown |= {f"message {one.ts}": json.dumps(one.sent, ensure_ascii=False) for one in room.messages}
    return shown


def everything_served(url: str) -> dict[str, str]:
    """The pages of a service, as somebody sees them who came in by the token and keeps the cookie."""
    address = url.removeprefix("http://")
    passed = {"X-Forwarded-For": "192.0.2.7"}
    shown: dict[str, str] = {}

    def ask(path: str, method: str = "GET", body: str | None = None, **headers: str) -> str:
        connection = http.client.HTTPConnection(address, timeout=LONG)
        try:
            connection.request(method, path, body, passed | headers)
            answer = connection.getresponse()
            cookie = str(answer.headers["Set-Cookie"]).partition(";")[0]
            shown[f"{method} {path} {len(shown)}"] = f"{answer.status} {answer.read().decode()}"
            return cookie
        finally:
            connection.close()

    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": url}
    ask("/")
    ask("/login", "POST", urlencode({"token": "canary-wrong-one-1234567", "to": ""}), **form)
    cookie = ask("/login", "POST", urlencode({"token": TOLD["ALIGND_DASHBOARD_TOKEN"], "to": ""}), **form)
    assert cookie.startswith("alignd_session=")
    for path in ("/", "/kpi/sessions", "/kpi/deals", "/report", "/decisions", "/definitions", "/nothing"):
        ask(path, Cookie=cookie)
    for path in ("/metrics", "/healthz", "/readyz"):
        ask(path)
    assert sum(one.startswith("200 ") for one in shown.values()) >= 8, {k: v[:80] for k, v in shown.items()}
    seal = cookie.partition(".")[2]
    assert not [where for where, text in shown.items() if seal in text or "canary-wrong" in text]
    return shown | {"cookie of": seal}


def served(world: World, running: Command) -> dict[str, str]:
    """A service in trouble: its pages, and its log."""
    process = running.begin(
        "run", "--at", world.clock.now.isoformat(), folder=world.folder, environment=environ(**world.secrets)
    )
    try:
        service = Running(process)
        url = service.says("pages_served")["url"]
        service.says("cycle_done")
        shown = everything_served(url)
        service.tell(signal.SIGTERM)
        assert service.ends() == 0
    finally:
        process.kill()
    seal = shown.pop("cookie of")
    shown["log"] = json.dumps(service.lines, ensure_ascii=False)
    assert seal not in shown["log"]
    return shown


def test_no_secret_is_said_kept_or_asked_by_address(guarded: tuple[World, list[str]], running: Command) -> None:
    world, canaries = guarded
    is_told = world.tracker == "asana"
    world.file.write_text(file_of(world))
    said: list[Said] = []
    faults = world.sandbox.faults

    def run(*arguments: str) -> Said:
        clocked = ("--at", world.later(minutes=1).clock.now.isoformat()) if arguments[0] in CLOCKED else ()
        said.append(world.bare(*arguments, *clocked))
        return said[-1]

    def repeats(status: int, mail: int, **where: str) -> None:
        """Every vendor refuses, and says what it was told."""
        faults.clear()
        for vendor in ("ga4", "sheets", "hubspot", "slack", world.tracker):
            faults.add(vendor, "status", status=status, echo=True, times=None)
        faults.add("smtp", "status", status=mail, echo=True, times=None, **where)  # type: ignore[arg-type]

    first = run("sync", "--json")
    assert first.out, first
    assert (first.code, first.steps()[0]) == (0, ("create", "episode_opened")), first
    world.at("2026-11-19T08:00")  # a digest is due in both channels, and the report for a review
    repeats(403, 535, method="AUTH")
    for arguments in ASKING:
        run(*arguments)
    world.at("2026-11-20T08:00")
    repeats(401, 554, method="END")
    run("sync", "--debug")
    shown: dict[str, str] = {}
    if is_told:
        run("run", "--at", world.clock.now.isoformat(), "--until", world.later(hours=2).clock.now.isoformat(),
            "--log", "people")  # fmt: skip
        shown = served(world.later(minutes=5), running)

    faults.clear()
    world.week(datetime(2026, 11, 16, tzinfo=UTC).date(), 5_000)
    world.at("2026-11-25T08:00")
    faults.add(world.tracker, "status", status=500, echo=True, times=None,
               when=lambda call: call.method != "GET" and b'"get"' not in call.body.lower())  # fmt: skip
    unknown = run("sync", "--json")
    assert unknown.json["problems"]
    faults.clear()
    for arguments in (("sync",), *SHOWING):
        run(*arguments)

    assert all(one.out or one.err or (world.folder / "shown.html").exists() for one in said)
    assert any("not allowed" in one.out + one.err for one in said), "the echo came as far as a person"
    assert {one.vendor for one in world.sandbox.requests} == {
        "ga4", "sheets", world.tracker, *(("hubspot", "slack", "smtp") if is_told else ())
    }  # fmt: skip
    if is_told:
        assert world.sandbox.mails
        assert world.sandbox.slack.state.channels[CHANNEL].messages
    assert not [one.err for one in said if "this should not happen" in one.err or "Traceback" in one.err]
    shown |= everything_said(world, said)
    for where, text in shown.items():
        found = [canary for canary in canaries if canary in text or json.dumps(canary)[1:-1] in text]
        assert not found, f"{where} shows {found}"


def test_a_databases_password_is_not_said(tmp_path: Path, running: Command) -> None:
    with Sandbox(Clock(datetime(2026, 11, 18, 6, 0, tzinfo=UTC))) as sandbox:
        world = World(tmp_path / "team", sandbox, Clock(datetime(2026, 11, 18, 6, 0, tzinfo=UTC)), command=running)
        world.folder.mkdir()
        world.store = '"postgresql+psycopg://alignd:canary%2Fpassword@127.0.0.1:9/alignd"'
        for arguments in (("sync",), ("plan", "--json"), ("status",), ("history", "sessions"), ("sync", "--debug")):
            world.file.write_text(world.text())
            said = world.bare(*arguments)
            assert said.code == 3 or arguments[0] == "sync", said
            assert "canary" not in (said.out + said.err).replace(str(world.folder), "")
            assert said.err
