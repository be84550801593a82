"""A canary in every secret: whatever goes wrong, it is in nothing that alignd says, keeps or asks by address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.sandbox.server import Sandbox
from tests.acceptance.command import Command, Said
from tests.acceptance.world import World
from tests.integration.team import Clock

SHEET = "1CanarySheetOfTargetsForAlignd"
TOKENS = {
    "ASANA_TOKEN": "2/1201/canary-asana-5d1f",
    "TRELLO_KEY": "canarytrellokey77aa",
    "TRELLO_TOKEN": "ATTAcanarytrellotoken99bb",
}
GRANTED = "sandbox-access"  # what the stand-in's sign-in gives
COMMANDS = (
    ("plan",),
    ("plan", "--json"),
    ("sync",),
    ("sync", "--json"),
    ("sync", "--debug"),
    ("doctor",),
    ("doctor", "--json"),
    ("status",),
    ("status", "--json"),
    ("why", "sessions"),
    ("history", "sessions", "--json"),
    ("history", "--decisions"),
    ("check",),
)
CLOCKED = ("plan", "sync", "why")


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
    clock = Clock(datetime(2026, 11, 18, 6, 0, tzinfo=UTC))
    with Sandbox(clock) as sandbox:
        world = World(tmp_path / "team", sandbox, clock, tracker=request.param, command=running)
        world.folder.mkdir()
        world.secrets = dict(TOKENS)
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
        world.weeks(12_260, 12_080, 9_960, 8_200)
        yield world, [*TOKENS.values(), "canary-key-id-31cc", GRANTED, *lines]


def file_of(world: World) -> str:
    text = world.text().replace("credentials: anonymous", "credentials: google.json")
    kind = f'kind: sheets, spreadsheet: "{SHEET}", credentials: google.json, endpoint: "{world.sandbox.url}"'
    sheet = f"scorecard: {{{kind}}}"
    return text.replace("sources:\n", f"sources:\n  {sheet}\n")


def everything_said(world: World, said: list[Said]) -> dict[str, str]:
    """All that a person, a disk or a network's log could show."""
    shown = {f"output {number}": one.out + one.err for number, one in enumerate(said)}
    shown |= {
        path.name: path.read_bytes().decode("latin-1")
        for path in world.folder.iterdir()
        if path.name not in ("google.json", "alignd.yaml")
    }
    shown |= {f"address {number}": one.url for number, one in enumerate(world.sandbox.requests)}
    shown["boards"] = world.sandbox.page()
    return shown


def test_no_secret_is_said_kept_or_asked_by_address(guarded: tuple[World, list[str]]) -> None:
    world, canaries = guarded
    world.file.write_text(file_of(world))
    said: list[Said] = []

    def run(*arguments: str) -> Said:
        clocked = ("--at", world.later(minutes=1).clock.now.isoformat()) if arguments[0] in CLOCKED else ()
        said.append(world.bare(*arguments, *clocked))
        return said[-1]

    first = run("sync", "--json")
    assert (first.code, first.steps()) == (0, [("create", "episode_opened")]), first
    faults = world.sandbox.faults
    for status in (403, 401):
        faults.clear()
        faults.add(None, "status", status=status, echo=True, times=None)
        for arguments in COMMANDS if status == 403 else COMMANDS[3:6]:
            run(*arguments)
    faults.clear()
    world.week(datetime(2026, 11, 16, tzinfo=UTC).date(), 5_000)
    world.at("2026-11-25T08:00")
    faults.add(world.tracker, "status", status=500, echo=True, times=None, when=lambda call: call.method != "GET")
    unknown = run("sync", "--json")
    assert unknown.json["problems"]
    faults.clear()
    for arguments in COMMANDS:
        run(*arguments)

    assert all(one.out or one.err for one in said)
    assert any("not allowed" in one.out + one.err for one in said), "the echo came as far as a person"
    assert {one.vendor for one in world.sandbox.requests} == {"ga4", "sheets", world.tracker}
    assert not [one.err for one in said if "this should not happen" in one.err or "Traceback" in one.err]
    for where, text in everything_said(world, said).items():
        found = [canary for canary in canaries if canary in text]
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
