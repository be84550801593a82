from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from connectors.sandbox.server import Sandbox
from tests.acceptance.command import Command, command
from tests.acceptance.meetings import at_the_desk
from tests.acceptance.world import World, prepared
from tests.integration.team import Clock

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, started once."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM} here (apt-get install chromium)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def running() -> Iterator[Command]:
    with command() as forked:
        yield forked


@pytest.fixture(scope="session", params=["asana", "trello"])
def morning(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, running: Command
) -> Iterator[World]:
    """The morning on which everything happens at once (world.py); prepared once a tracker, kept as its first moment."""
    clock = Clock(datetime(2026, 11, 11, 6, 0, tzinfo=UTC))
    with Sandbox(clock) as sandbox:
        world = prepared(tmp_path_factory.mktemp(request.param) / "team", request.param, running, sandbox, clock)
        world.keep()
        yield world


@pytest.fixture
def world(morning: World) -> World:
    """The morning, as it began."""
    morning.back_to(morning.moments[0])
    return morning


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory, running: Command) -> Iterator[Callable[[str], World]]:
    """By tracker, the Tuesday on which everything about meetings happens at once (meetings.py); each prepared once."""
    with ExitStack() as standing:

        @cache
        def desk_on(tracker: str) -> World:
            clock = Clock(datetime(2026, 11, 11, 6, 0, tzinfo=UTC))
            sandbox = standing.enter_context(Sandbox(clock))
            folder = tmp_path_factory.mktemp(f"desk-{tracker}") / "team"
            world = at_the_desk(folder, tracker, running, sandbox, clock)
            world.keep()
            return world

        yield desk_on


@pytest.fixture
def desk(request: pytest.FixtureRequest, desks: Callable[[str], World]) -> World:
    """That Tuesday on the tracker a test names, as it began."""
    world = desks(request.param)
    world.back_to(world.moments[0])
    return world


@pytest.fixture
def desk_on_postgresql(tmp_path: Path, running: Command, postgres_url: str) -> Iterator[World]:
    """That Tuesday in Trello, with the ledger on PostgreSQL."""
    clock = Clock(datetime(2026, 11, 11, 6, 0, tzinfo=UTC))
    with Sandbox(clock) as sandbox:
        yield at_the_desk(tmp_path / "team", "trello", running, sandbox, clock, store=f'"{postgres_url}"')
