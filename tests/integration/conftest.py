from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.sandbox.server import Sandbox
from tests.integration.team import Clock, Team


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 18, 6, 0, tzinfo=UTC))


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock) as running:
        yield running


@pytest.fixture
def team(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Team:
    """A team that works in Asana."""
    return Team(tmp_path, sandbox, clock)


@pytest.fixture(params=["asana", "trello"])
def any_team(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Team:
    """The same team, once in Asana and once in Trello."""
    return Team(tmp_path, sandbox, clock, tracker=request.param)


@pytest.fixture
def team_with(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Callable[..., Team]:
    """A team with another file."""
    return lambda **changes: Team(tmp_path, sandbox, clock, **changes)


TWICE_IN_THE_CAMPAIGN = ("test_reviews.py", "test_minutes.py", "test_review_numbers.py", "test_partly_read.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where the trackers differ is under test elsewhere: the meetings' stories run in Asana, and in Trello in the long
    campaign, so that the tests end within their minutes.
    """
    for item in items:
        if item.path.name in TWICE_IN_THE_CAMPAIGN and "[trello" in item.name:
            item.add_marker(pytest.mark.slow)
