"""Service states for tests: a team whose last cycle ended at eight, and what can be wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sync.service.state import Ended, LastCycle, Lateness, Phase, ServiceState
from sync.steps import CallCount, Problem

EIGHT = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
FILE = "/srv/teams/saypro.yaml"


def after(**passed: float) -> datetime:
    """So long after eight."""
    return EIGHT + timedelta(**passed)


def a_cycle(ended: Ended = Ended.GOOD, why: str = "") -> LastCycle:
    return LastCycle(7, EIGHT - timedelta(seconds=4), EIGHT, 3.5, ended, why)


def a_service(*, looked: bool = True) -> ServiceState:
    """One workspace, saypro, which looks every hour; `looked`: its first cycle is over."""
    state = ServiceState(EIGHT - timedelta(minutes=1))
    state.change(FILE, id="saypro", phase=Phase.WAITING, every=3600.0)
    if looked:
        state.record_cycle(
            FILE, a_cycle(), calls={"web": CallCount(2, 2, 12), "asana": CallCount(5, 4, 9)}, waited=1.25,
            readings={"value": 11, "awaited": 1}, open_items=3, unknown_creates=1,
            problems=(Problem("asana", "section gone", "make it", kind="refused"),),
            lateness=Lateness().and_(2.0).and_(1.0),
        )  # fmt: skip
    return state
