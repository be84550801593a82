"""Why a KPI that is off target has no task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mapping.judgements import Episode, EpisodeEnd, Judgement, Status
from mapping.kpis import Kpi, Policy
from mapping.links import Link, LinkState, Quiet
from mapping.periods import Calendar, PeriodKind
from mapping.tasks import WorkKind
from sync.without_item import why_without_item

CALENDAR = Calendar(ZoneInfo("Africa/Johannesburg"))
NOW = datetime(2026, 11, 18, 6, tzinfo=UTC)
TODAY = date(2026, 11, 18)
W45, W46 = (CALENDAR.parse(one) for one in ("2026-W45", "2026-W46"))
KPI = Kpi(
    "sessions", "Website sessions", PeriodKind.WEEK, owner="thandi", policy=Policy(breach_after=2, recheck_after=2)
)
OPEN = Episode("sessions", "d", W46, W45, NOW)
ITEM = Link(
    "saypro/action/sessions/2026-W46", WorkKind.ACTION, "sessions", "asana", LinkState.LINKED, NOW,
    episode="2026-W46", person="thandi", task="1",
)  # fmt: skip
AGAIN = "so none is made before it has been back on target"


def history(*statuses: Status) -> list[Judgement]:
    periods = [CALENDAR.before(W46, back) for back in range(len(statuses) - 1, -1, -1)]
    return [
        Judgement("sessions", "d", one, how, None, None, None, NOW)
        for one, how in zip(periods, statuses, strict=True)
    ]  # fmt: skip


def why(
    *items: Link,
    kpi: Kpi = KPI,
    judged: Sequence[Judgement] | None = None,
    episode: Episode | None = OPEN,
    held: str = "",
) -> str:
    off = history(Status.ON_TRACK, Status.OFF_TRACK, Status.OFF_TRACK) if judged is None else judged
    return why_without_item(kpi, off, episode, items, CALENDAR, TODAY, held)


def item(**changes: Any) -> Link:
    return replace(ITEM, **changes)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (item(state=LinkState.DISMISSED), f"a person set its task aside, {AGAIN}"),
        (item(archived=True), f"a person archived its task, {AGAIN}"),
        (
            item(completed=True, completed_at=datetime(2026, 11, 17, 23, tzinfo=UTC)),
            "its task was completed on Wed 18 Nov; it is looked at again when two new weeks are counted",
        ),
    ],
)
def test_it_says_what_people_did_with_its_task(link: Link, said: str) -> None:
    assert why(link) == said


@pytest.mark.parametrize(
    "link",
    [
        ITEM,
        item(quiet=Quiet("accept", date(2027, 1, 31), "season", "thandi", NOW, "c")),
        item(state=LinkState.SENDING),
        item(state=LinkState.UNKNOWN),
        item(state=LinkState.FAILED),
        item(state=LinkState.PLANNED),
    ],
)
def test_where_a_task_is_there_or_on_its_way_there_is_nothing_to_say(link: Link) -> None:
    assert why(link) == ""


def test_what_the_last_cycle_held_back_is_said_as_it_said_it() -> None:
    assert why(held="5 are open; next in line") == "5 are open; next in line"
    former = item(episode="2026-W30", key="saypro/action/sessions/2026-W30", completed=True)
    assert why(former, held="5 are open; next in line") == "5 are open; next in line"


def test_without_an_owner_nobody_is_asked() -> None:
    assert why(kpi=replace(KPI, owner=None)) == "nobody owns it, so nobody is asked"


def test_not_long_enough_off_says_how_long_it_takes() -> None:
    first = history(Status.ON_TRACK, Status.OFF_TRACK)
    said = "a task is made after two weeks off target in a row"
    assert why(judged=first, episode=None) == said
    closed = replace(OPEN, opened=CALENDAR.before(W46, 9), closed=W45, end=EpisodeEnd.RECOVERED)
    assert why(item(archived=True, episode="2026-W37"), judged=first, episode=closed) == said


def test_long_enough_off_and_nothing_known_of_why_says_nothing() -> None:
    assert why(episode=None) == ""


@pytest.mark.parametrize("status", [Status.ON_TRACK, Status.AT_RISK, Status.UNKNOWN])
def test_what_is_not_off_target_needs_no_task(status: Status) -> None:
    assert why(judged=history(Status.OFF_TRACK, status)) == ""
    assert why(judged=[]) == ""
