"""A service reads what changed; before it makes anything it reads all there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from connectors.patience import Patience
from sync.app import App
from sync.failpoints import no_failpoint
from sync.outlook import Choices, Outlook
from sync.steps import CycleReport
from tests.integration.team import MONDAY, PROPERTY, SESSIONS, Team, steps

PARTLY = Choices(partly=frozenset({"work"}))
VIEWS = (
    SESSIONS.replace("sessions:", "views:")
    .replace("metric: sessions", "metric: screenPageViews")
    .replace("Website sessions", "Page views")
)


@contextmanager
def kept(team: Team) -> Iterator[App]:
    """An app kept over many cycles, as the service keeps it."""
    app = App(team.config(), team.clock, Patience(), no_failpoint)
    try:
        with app.held("run"):
            yield app
    finally:
        app.close()


def asked(team: Team, cycle: Callable[[], tuple[CycleReport, Outlook]]) -> tuple[CycleReport, int]:
    """A cycle, and the requests the tracker got of it."""
    team.sandbox.forget_requests()
    report, _ = cycle()
    return report, len(team.sandbox.asked(team.tracker))


def test_a_quiet_cycle_asks_the_tracker_once(any_team: Team) -> None:
    any_team.weeks(12_260, 12_080, 12_960, 12_200)
    with kept(any_team) as app:
        app.cycle(Choices())
        any_team.later(hours=1)
        for _ in range(3):
            any_team.later(hours=1)
            report, requests = asked(any_team, lambda: app.cycle(PARTLY))
            assert report.steps == ()
            assert requests == 1
            count = report.calls["work"]
            assert (count.made, count.least) == (1, 1)


def test_before_something_is_made_the_whole_listing_is_read(any_team: Team) -> None:
    """Another ledger has made the item already: it is met first, and nothing is made twice."""
    team = any_team
    team.weeks(12_260, 12_080, 12_960, 12_200)
    with kept(team) as app:
        app.cycle(Choices())
        team.weeks(5_000, 5_000, until=MONDAY + timedelta(weeks=2))
        team.at("2026-12-02T08:00")
        mine, team.store = team.store, "sqlite:///other.db"
        team.sync()
        team.store = mine
        (made,) = team.ids()
        team.later(hours=2)
        report, _ = app.cycle(PARTLY)
        assert steps(report) == []
        assert [(one.what, one.task) for one in report.seen] == [("adopted", made)]
    assert team.ids() == [made]


def test_a_cycle_that_reads_twice_asks_sources_once_and_answers_people_once(any_team: Team) -> None:
    """Something is due and somebody wrote, in one cycle that began by reading only what changed."""
    team = any_team
    team.kpis = SESSIONS + VIEWS
    team.weeks(12_260, 12_080, 9_960, 8_200)
    record = team.sandbox.ga4.properties[PROPERTY].record
    for day in range(42):
        count = 2_000 if day < 28 else 500
        record(MONDAY - timedelta(days=28) + timedelta(days=day), {"screenPageViews": count})
    with kept(team) as app:
        app.cycle(Choices())
        (item,) = team.ids()
        team.weeks(8_100, 8_000, until=MONDAY + timedelta(weeks=2))
        team.at("2026-12-02T07:00").person().comment(item, "alignd snooze 2 weeks: the season")
        team.at("2026-12-02T08:00").sandbox.forget_requests()
        report, _ = app.cycle(PARTLY)
        assert ("create", "episode_opened") in steps(report)
        assert steps(report).count(("comment", "answer")) == 1
        assert len(team.sandbox.asked("ga4")) == 1
        team.later(hours=1)
        again, _ = app.cycle(PARTLY)
        assert steps(again) == []
    assert len(team.ids()) == 2
    assert len([one for one in team.said(item) if "16 Dec" in one]) == 1
