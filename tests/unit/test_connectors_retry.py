"""Asking again: Retry-After in every form, bounded back-off, waits that a stop ends."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import BudgetSpent, NeedsPerson, OutcomeUnknown, Stopped, TryLater, Unreachable
from connectors.patience import Patience
from connectors.retry import retry_after, with_retries


@dataclass
class Waits(Patience):
    """Patience that notes its waits and spends no time on them."""

    asked: list[float] = field(default_factory=list)

    def wait(self, seconds: float, where: str, why: str) -> None:
        self.asked.append(seconds)
        if self.stop.is_set():
            raise Stopped
        if seconds > self.budget:
            raise BudgetSpent(where, why, "wait", after=seconds)


def failing(times: int, failure: Exception) -> tuple[list[int], object]:
    calls: list[int] = []

    def call() -> str:
        calls.append(1)
        if len(calls) <= times:
            raise failure
        return "answer"

    return calls, call


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "Wed, 18 Nov 2026 08:01:00 GMT", "Date": "Wed, 18 Nov 2026 08:00:00 GMT"}, 60.0),
        ({"Retry-After": "Wed, 18 Nov 2026 07:00:00 GMT", "Date": "Wed, 18 Nov 2026 08:00:00 GMT"}, 0.0),
        ({"Retry-After": "Wed, 18 Nov 2026 08:01:00 GMT"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_seconds_as_a_date_or_not_at_all(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_header_can_break_the_reading_of_retry_after(asked: str, answered: str) -> None:
    pause = retry_after({"Retry-After": asked, "Date": answered})
    assert pause is None or pause >= 0


def test_a_read_is_repeated_until_it_answers_and_waits_as_asked() -> None:
    waits = Waits()
    calls, call = failing(1, TryLater("web", "429", "wait", after=7.0))
    assert with_retries(call, patience=waits, where="web") == "answer"  # type: ignore[arg-type]
    assert (len(calls), waits.asked) == (2, [7.0])


def test_without_a_word_from_the_vendor_waits_double_and_are_jittered() -> None:
    waits = Waits()
    calls, call = failing(9, Unreachable("web", "503", "wait"))
    with pytest.raises(Unreachable):
        with_retries(call, patience=waits, where="web", attempts=4, chance=lambda: 1.0)  # type: ignore[arg-type]
    assert (len(calls), waits.asked) == (4, [1.0, 2.0, 4.0])
    lower = Waits()
    _, again = failing(9, Unreachable("web", "503", "wait"))
    with pytest.raises(Unreachable):
        with_retries(again, patience=lower, where="web", attempts=4, chance=lambda: 0.0)  # type: ignore[arg-type]
    assert lower.asked == [0.5, 1.0, 2.0]


def test_a_retry_after_of_nought_does_not_become_hammering() -> None:
    waits = Waits()
    _, call = failing(9, TryLater("web", "429", "wait", after=0.0))
    with pytest.raises(TryLater):
        with_retries(call, patience=waits, where="web", chance=lambda: 1.0)  # type: ignore[arg-type]
    assert waits.asked == [0.0, 2.0, 4.0]


@pytest.mark.parametrize(
    "failure",
    [NeedsPerson("web", "403", "ask"), OutcomeUnknown("asana", "timeout", "look"), BudgetSpent("a", "b", "c", after=9)],
)
def test_what_is_not_safe_to_ask_again_is_asked_once(failure: Exception) -> None:
    calls, call = failing(9, failure)
    with pytest.raises(type(failure)):
        with_retries(call, patience=Waits(), where="web")  # type: ignore[arg-type]
    assert len(calls) == 1


def test_a_wait_longer_than_the_cycle_ends_the_cycle_without_another_call() -> None:
    calls, call = failing(9, TryLater("web", "429", "wait", after=3600.0))
    with pytest.raises(BudgetSpent) as caught:
        with_retries(call, patience=Patience(budget=120), where="web")  # type: ignore[arg-type]
    assert (len(calls), caught.value.after) == (1, 3600.0)


def test_a_stop_ends_the_wait_at_once_and_nothing_is_called_after_it() -> None:
    stop = threading.Event()
    patience = Patience(budget=120, stop=stop)
    calls, call = failing(9, TryLater("web", "429", "wait", after=60.0))
    threading.Timer(0.05, stop.set).start()
    with pytest.raises(Stopped):
        with_retries(call, patience=patience, where="web")  # type: ignore[arg-type]
    assert len(calls) == 1
