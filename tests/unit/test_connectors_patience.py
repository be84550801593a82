from __future__ import annotations

import threading

import pytest

from connectors.errors import BudgetSpent, Stopped
from connectors.patience import Pace, Patience
from connectors.quota import Quota


class Instantly(threading.Event):
    """A stop that nobody asks for, and waits that take no time."""

    def wait(self, timeout: float | None = None) -> bool:
        return False


def test_each_cycle_begins_with_the_whole_budget() -> None:
    patience = Patience(budget=10.0, stop=Instantly())
    patience.wait(8.0, "work", "asked to")
    with pytest.raises(BudgetSpent):
        patience.wait(8.0, "work", "asked to")
    patience.begin()
    patience.wait(8.0, "work", "asked to")
    assert patience.waited == 16.0


def test_a_stop_ends_the_work_between_any_two_requests() -> None:
    patience = Patience()
    quota = Quota(Pace(1000, 60.0))
    quota.turn(patience, "work")
    patience.stop.set()
    with pytest.raises(Stopped):
        quota.turn(patience, "work")


def test_simulated_time_has_no_minutes_to_keep_limits_in() -> None:
    pace = Pace(1, 60.0, monotonic=lambda: 0.0)
    patience = Patience(budget=0.0, paces=False)
    for _ in range(5):
        pace.turn(patience, "work")
    pace.turn(Patience(budget=0.0), "work")
    with pytest.raises(BudgetSpent):
        pace.turn(Patience(budget=0.0), "work")
