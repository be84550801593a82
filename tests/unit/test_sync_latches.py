"""Latches, withdrawal, time and failpoints: the small pure parts around the ledger."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mapping.links import Link, LinkState
from mapping.tasks import Archive, Complete, Task, View
from sync.clock import fixed_clock, parse_time, system_clock
from sync.failpoints import FAILPOINTS, VARIABLE, failpoint_of, no_failpoint
from sync.latches import missing, too_many
from sync.steps import Outcome, Reason, StepKind
from sync.withdraw import withdrawal
from tests.unit.ledger_samples import NOW, comment_step, create_step, link

ROOT = Path(__file__).parents[2]


def open_links(count: int, tracker: str = "asana") -> list[Link]:
    return [
        link(f"saypro/action/k{n}/2026-W46", state=LinkState.LINKED, task=f"{tracker}{n}", tracker=tracker)
        for n in range(count)
    ]


def view(gone: int) -> View:
    return View("asana", True, {}, frozenset(f"asana{n}" for n in range(gone)))


# ── what is missing ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tasks", "gone", "stops"),
    [(14, 3, True), (15, 3, False), (16, 3, False), (3, 3, True), (2, 2, False), (9, 2, False), (100, 21, True)],
)
def test_three_or_more_and_over_a_fifth_of_the_open_tasks_gone_at_once_stop_writing(
    tasks: int, gone: int, stops: bool
) -> None:
    found = missing("asana", open_links(tasks), view(gone), None, accepted=False, now=NOW)
    assert (found.latch is not None, found.new, len(found.gone)) == (stops, stops, gone)


def test_only_open_tasks_of_that_tracker_count() -> None:
    closed = [replace(one, completed=True) for one in open_links(4)]
    dismissed = [replace(one, state=LinkState.DISMISSED) for one in open_links(4)]
    elsewhere = open_links(20, "trello")
    for standing in (closed, dismissed, elsewhere):
        assert missing("asana", standing, view(4), None, accepted=False, now=NOW).latch is None
    assert missing("asana", [*open_links(4), *elsewhere], view(4), None, accepted=False, now=NOW).latch is not None


def test_it_is_said_once_and_names_the_command_that_goes_on() -> None:
    first = missing("asana", open_links(5), view(5), None, accepted=False, now=NOW)
    assert first.latch is not None
    assert "alignd sync --accept-missing asana" in first.latch.advice
    assert (first.latch.problem(new=True).kind, first.latch.problem(new=True).where) == ("latch", "asana")
    later = NOW + timedelta(hours=1)
    again = missing("asana", open_links(5), view(5), first.latch, accepted=False, now=later)
    assert again.latch is not None
    assert (again.new, again.latch.since) == (False, NOW)


def test_it_goes_when_it_is_accepted_or_the_tasks_are_back() -> None:
    standing = missing("asana", open_links(5), view(5), None, accepted=False, now=NOW).latch
    accepted = missing("asana", open_links(5), view(5), standing, accepted=True, now=NOW)
    assert (accepted.latch, len(accepted.gone)) == (None, 5)
    assert missing("asana", open_links(5), view(0), standing, accepted=False, now=NOW).latch is None


# ── too many new ones ────────────────────────────────────────────────────────────────────────────────────────────


def test_more_creates_than_new_at_most_are_all_deferred_and_other_writes_go_on() -> None:
    creates = [create_step(f"saypro/action/k{n}/2026-W46") for n in range(4)]
    elsewhere = create_step("saypro/action/x/2026-W46", tracker="trello")
    waiting = create_step("saypro/action/y/2026-W46", outcome=Outcome.WAITING, order=None)
    steps = [*creates, comment_step(), elsewhere, waiting]
    held = too_many("asana", steps, 3, None, accepted=False, now=NOW)
    assert [one.outcome for one in held.steps] == [
        *[Outcome.DEFERRED] * 4,
        Outcome.PLANNED,
        Outcome.PLANNED,
        Outcome.WAITING,
    ]
    assert held.latch is not None
    assert held.new
    assert "alignd sync --accept-new" in held.latch.advice
    again = too_many("asana", steps, 3, held.latch, accepted=False, now=NOW + timedelta(hours=1))
    assert (again.new, again.latch and again.latch.since) == (False, NOW)


def test_as_many_as_new_at_most_are_made_and_so_are_more_in_a_cycle_that_accepts_them() -> None:
    creates = [create_step(f"saypro/action/k{n}/2026-W46") for n in range(4)]
    assert too_many("asana", creates, 4, None, accepted=False, now=NOW).steps == tuple(creates)
    accepted = too_many("asana", creates, 3, None, accepted=True, now=NOW)
    assert (accepted.steps, accepted.latch) == (tuple(creates), None)


# ── withdrawal ───────────────────────────────────────────────────────────────────────────────────────────────────


def made(number: int, **changes: object) -> Link:
    base = link(f"saypro/action/k{number}/2026-W46", state=LinkState.LINKED, task=f"t{number}", made_cycle=7)
    return replace(base, **changes)  # type: ignore[arg-type]


def test_what_a_cycle_made_and_nobody_touched_is_completed_or_archived() -> None:
    links = [made(0), made(1, tracker="trello"), made(2, made_cycle=6), made(3, completed=True)]
    tasks = {"asana": {"t0": Task("t0", "asana", "", "")}, "trello": {"t1": Task("t1", "trello", "", "")}}
    found = withdrawal(7, links, tasks, {"asana": False, "trello": True})
    assert [(one.kind, one.order, one.reason) for one in found.steps] == [
        (StepKind.COMPLETE, Complete("t0"), Reason.WITHDRAWN),
        (StepKind.ARCHIVE, Archive("t1"), Reason.WITHDRAWN),
    ]
    assert found.left == ()


def test_what_people_touched_or_cannot_be_reached_stays_and_says_why() -> None:
    links = [made(0, touched=True), made(1, theirs=frozenset({"due"})), made(2), made(3, tracker="trello")]
    tasks = {"asana": {"t2": Task("t2", "asana", "", "", changed_by_person=True)}}
    found = withdrawal(7, links, tasks, {})
    assert found.steps == ()
    assert [why for _, why in found.left] == [
        *["a person changed or commented it"] * 3,
        "trello could not be reached",
    ]


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-18", datetime(2026, 11, 17, 22, 0, tzinfo=UTC)),
        (" 2026-11-18T08:00 ", datetime(2026, 11, 18, 6, 0, tzinfo=UTC)),
        ("2026-11-18T08:00-05:00", datetime(2026, 11, 18, 13, 0, tzinfo=UTC)),
        ("2026-11-18T08:00Z", datetime(2026, 11, 18, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_time_on_the_command_line_is_in_the_workspaces_zone_unless_it_has_one(text: str, instant: datetime) -> None:
    assert parse_time(text, ZoneInfo("Africa/Johannesburg")) == instant


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01", "2026-11-18T25:00"])
def test_what_is_no_time_says_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write 2026-11-18"):
        parse_time(text, UTC)


def test_a_fixed_clock_stands_and_the_systems_knows_its_zone() -> None:
    clock = fixed_clock(NOW.astimezone(ZoneInfo("Africa/Johannesburg")))
    assert (clock(), clock().tzinfo) == (NOW, UTC)
    assert system_clock().tzinfo is UTC
    with pytest.raises(ValueError, match="without a zone"):
        fixed_clock(datetime(2026, 11, 18))  # noqa: DTZ001 - that is the point


# ── failpoints ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_failpoint_kills_the_time_it_is_asked_for() -> None:
    script = (
        "import os; from sync.failpoints import failpoint_of; fail = failpoint_of(os.environ)\n"
        "for n in range(5): print(n, flush=True); fail('before-note'); fail('after-answer')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={VARIABLE: "after-answer:3", "PATH": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout.split()) == (-signal.SIGKILL, ["0", "1", "2"])


def test_a_name_that_is_no_failpoint_is_refused_and_none_is_asked_for_by_default() -> None:
    assert failpoint_of({}) is no_failpoint
    for wrong in ("somewhere", "after-intent:soon"):
        with pytest.raises(ValueError, match=f"write one of {FAILPOINTS[0]}"):
            failpoint_of({VARIABLE: wrong})
