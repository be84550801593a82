from __future__ import annotations

from datetime import timedelta

from sync.service.clockwatch import ClockWatch, Notice
from tests.unit.service_samples import Machine

DAY, HOUR = 86_400.0, 3_600.0


def watching() -> tuple[Machine, ClockWatch]:
    machine = Machine()
    return machine, ClockWatch(machine.clocks())


def test_time_that_goes_by_is_nothing_to_notice() -> None:
    machine, watch = watching()
    for _ in range(1000):
        machine.runs(5.0)
        machine.is_set(0.002)  # a time server slews
        assert watch.tick() == []


def test_a_machine_that_slept_woke_up_and_its_clock_is_believed() -> None:
    machine, watch = watching()
    machine.sleeps(30 * DAY)
    assert watch.tick() == [(Notice.WOKE_UP, 30 * DAY)]
    assert watch.doubt is None
    assert watch.tick() == []


def test_an_hour_back_and_an_hour_forward_are_noticed_once_and_believed() -> None:
    for step in (-HOUR, HOUR):
        machine, watch = watching()
        machine.runs(5.0)
        machine.is_set(step)
        assert watch.tick() == [(Notice.STEPPED, step)]
        machine.runs(5.0)
        assert watch.tick() == []
        assert watch.doubt is None


def test_a_year_forward_is_doubted_until_the_clock_is_right_again() -> None:
    machine, watch = watching()
    machine.is_set(365 * DAY)
    assert [notice for notice, _ in watch.tick()] == [Notice.STEPPED]
    assert watch.doubt is not None
    assert "365 days" in watch.doubt
    machine.runs(2 * HOUR)
    assert watch.tick() == []
    assert watch.doubt is not None
    machine.is_set(-365 * DAY + 2)
    assert [notice for notice, _ in watch.tick()] == [Notice.STEPPED, Notice.SETTLED]
    assert watch.doubt is None


def test_a_year_forward_is_believed_when_a_vendor_says_the_same_time() -> None:
    machine, watch = watching()
    machine.is_set(365 * DAY)
    watch.tick()
    assert not watch.heard(machine.now - timedelta(days=365))
    assert watch.heard(machine.now - timedelta(minutes=30))
    assert watch.doubt is None
    machine.runs(5.0)
    assert watch.tick() == []


def test_a_second_step_does_not_make_the_first_one_right() -> None:
    machine, watch = watching()
    machine.is_set(365 * DAY)
    watch.tick()
    machine.is_set(365 * DAY)
    watch.tick()
    machine.is_set(-365 * DAY)
    watch.tick()
    assert watch.doubt is not None
