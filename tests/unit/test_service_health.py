"""Whether the service is well: what makes it unhealthy, what it is not ready for, and what is only said."""

from __future__ import annotations

import pytest

from sync.service.health import health_of, lasting
from sync.service.state import Ended, Phase
from tests.unit.service_states import EIGHT, FILE, a_cycle, a_service, after


def test_a_service_whose_cycles_end_is_healthy_and_ready() -> None:
    health = health_of(a_service().snapshot(after(minutes=59)))
    assert (health.healthy, health.ready, health.notes) == (True, True, ())


def test_a_service_is_not_ready_before_every_first_cycle_but_healthy() -> None:
    state = a_service(looked=False)
    health = health_of(state.snapshot(after(minutes=1)))
    assert health.healthy
    assert [(one.workspace, one.why) for one in health.awaited] == [("saypro", "its first cycle has not ended yet")]


@pytest.mark.parametrize(("minutes", "healthy"), [(185, True), (186, False)])
def test_no_cycle_within_three_looks_and_five_minutes_is_unhealthy(minutes: int, healthy: bool) -> None:
    health = health_of(a_service().snapshot(after(minutes=minutes)))
    assert health.healthy is healthy
    if not healthy:
        assert health.wrong[0].why == "no cycle has ended for 3 hours; one is due every 1 hour"


def test_a_first_cycle_that_never_ends_is_unhealthy_too() -> None:
    assert not health_of(a_service(looked=False).snapshot(after(hours=4))).healthy


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"phase": Phase.UNUSABLE}, "its store cannot be used"),
        ({"clock_trouble": "it went back by an hour"}, "nothing is done until the clock is right: it went back by an"),
        ({"last_cycle": a_cycle(Ended.FAILED, "the disk is full")}, "the last cycle failed: the disk is full"),
    ],
)
def test_what_a_person_at_the_machine_must_mend_is_unhealthy(changes: dict[str, object], why: str) -> None:
    state = a_service()
    state.change(FILE, **changes)
    assert health_of(state.snapshot(after(minutes=1))).wrong[0].why.startswith(why)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"file_refused": ("saypro.yaml:3:1: unknown",)},
            "its changed file is refused, the former is in force: saypro",
        ),
        ({"phase": Phase.STANDING_BY, "holder": "alignd run on host-b"}, "standing by: alignd run on host-b holds it"),
        ({"last_cycle": a_cycle(Ended.UNREACHABLE)}, "no source and no tracker could be reached"),
    ],
)
def test_a_refused_file_standing_by_and_an_outage_elsewhere_are_said_and_are_no_trouble(
    changes: dict[str, object], why: str
) -> None:
    state = a_service()
    state.change(FILE, **changes)
    health = health_of(state.snapshot(after(minutes=1)))
    assert health.healthy
    assert health.notes[0].why.startswith(why)


def test_standing_by_for_days_is_healthy_and_ready() -> None:
    state = a_service(looked=False)
    state.change(FILE, phase=Phase.STANDING_BY)
    health = health_of(state.snapshot(after(days=3)))
    assert health.healthy
    assert health.ready


def test_one_bad_file_among_several_is_said_and_none_good_is_unhealthy() -> None:
    state = a_service()
    state.change("/srv/teams/acme.yaml", phase=Phase.REFUSED, file_refused=("acme.yaml:1:1: nothing in it",))
    health = health_of(state.snapshot(EIGHT))
    assert health.healthy
    assert (health.notes[0].workspace, health.ready) == ("acme.yaml", True)
    state.forget(FILE)
    assert health_of(state.snapshot(EIGHT)).wrong[0].why == "no file is fit to be worked with"


def test_a_service_that_stops_or_has_read_nothing_is_not_ready() -> None:
    state = a_service()
    state.stop()
    assert [one.why for one in health_of(state.snapshot(EIGHT)).awaited] == ["the service is stopping"]
    state = a_service()
    state.forget(FILE)
    assert not health_of(state.snapshot(EIGHT)).ready


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(40, "40 seconds"), (60, "1 minute"), (1500, "25 minutes"), (3600, "1 hour"), (90_000, "25 hours"),
     (200_000, "2 days")],
)  # fmt: skip
def test_a_length_of_time_is_said_roughly(seconds: float, said: str) -> None:
    assert lasting(seconds) == said
