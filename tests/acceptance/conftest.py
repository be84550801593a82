from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from connectors.sandbox.server import Sandbox
from tests.acceptance.command import Command, command
from tests.acceptance.world import World, prepared
from tests.integration.team import Clock


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
