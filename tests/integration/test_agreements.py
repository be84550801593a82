"""What was agreed, and what changes in it: definitions, owners, pauses, targets, lines and holds, watch and act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.server import Sandbox
from sync.app import open_app
from sync.steps import Outcome
from tests.integration.numbers_team import Counters
from tests.integration.team import MONDAY, SESSIONS, Clock

OFF = (12_260, 12_080, 12_310, 11_690, 12_420, 12_140, 9_960, 8_200)
WEEK_47 = date(2026, 11, 16)


@pytest.fixture
def counters(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Callable[..., Counters]:
    return lambda kpis, **changes: Counters(tmp_path, sandbox, clock, kpis=kpis, **changes)


@pytest.fixture
def item(counters: Callable[..., Counters]) -> Counters:
    """One open action item for Thandi, made on Wednesday 18 November."""
    team = counters(SESSIONS)
    team.weeks(*OFF)
    team.at("2026-11-18T08:00").sync()
    assert len(team.ids()) == 1
    return team


def many(*kpis: tuple[str, str]) -> str:
    """KPIs of channels, each (id, more keys)."""
    return "".join(
        f"\n  {name}: {{name: Visits {name}, owner: thandi, data_owner: johan, period: week, target: 100, "
        f"value: {{source: web, metric: sessions, where: {{sessionDefaultChannelGroup: {name}}}}}{more}}}"
        for name, more in kpis
    )


def channel(team: Counters, name: str, *totals: int, until: date = MONDAY) -> None:
    for back, total in enumerate(reversed(totals), start=1):
        for day in range(7):
            count = total // 7 + (total % 7 if day == 6 else 0)
            where = {"sessionDefaultChannelGroup": name}
            team.web.record(until - timedelta(weeks=back) + timedelta(days=day), {"sessions": count}, where=where)


def status_of(team: Counters, kpi: str) -> Any:
    with open_app(team.config(), at=team.clock.now) as app:
        return next(row for row in app.status(None).kpis if row.kpi == kpi)


# ── the definition ───────────────────────────────────────────────────────────────────────────────────────────────


def test_another_way_of_counting_breaks_the_history_and_leaves_the_item_to_its_people(item: Counters) -> None:
    task = item.ids()[0]
    assert status_of(item, "sessions").agreed
    item.kpis = SESSIONS.replace("metric: sessions}", "metric: screenPageViews}")
    for n in range(1, 100):
        item.web.record(MONDAY - timedelta(days=n), {"screenPageViews": 3000})

    item.later(hours=1).sync()
    item.later(hours=1).sync()

    assert [text.split(" changed")[0] for text in item.said(task)] == ["How we count website sessions"]
    assert not item.sandbox.asana.state.tasks[task].completed
    assert item.state("sessions", "2026-W46") == ("value", 21_000, True)
    assert not status_of(item, "sessions").agreed
    with open_app(item.config(), at=item.clock.now) as app:
        history, glossary = app.history("sessions", None), app.glossary()
    assert len(history.rows) == 13
    assert glossary.entries[0].versions[0].changed == ("Now screen page views; before: sessions.",)
    assert [note.split(";")[0] for note in history.notes] == ["counted in another way since Wed 18 Nov 09:00"]
    item.kpis = item.kpis.replace("on: 2026-09-01", "on: 2026-11-18")
    assert status_of(item, "sessions").agreed


def test_names_texts_targets_and_tolerance_are_no_other_way_of_counting(item: Counters) -> None:
    item.kpis = SESSIONS.replace("Website sessions", "Visits").replace("12000", "12500").replace("public", "open")

    item.later(hours=1).sync()

    assert item.did() == []
    assert status_of(item, "sessions").agreed


def test_a_new_target_never_judges_a_past_week_again(item: Counters) -> None:
    item.kpis = SESSIONS.replace("12000", "5000")

    item.later(hours=26).sync()

    assert item.status("sessions", "2026-W46") == "off_track"
    assert item.number("sessions", "2026-W46")[1].target.low == 12_000  # type: ignore[union-attr]
    item.week(WEEK_47, 8_000)
    item.at("2026-11-25T08:00").sync()
    assert item.status("sessions", "2026-W47") == "on_track"


def test_was_carries_history_and_items_over(item: Counters) -> None:
    task = item.ids()[0]
    item.kpis = SESSIONS.replace("  sessions:", "  visits:").replace("    target", "    was: sessions\n    target")
    item.week(WEEK_47, 8_000)

    item.at("2026-11-25T08:00").sync()

    assert item.ids() == [task]
    assert item.did() == [("comment", "numbers", "visits")]
    assert item.status("visits", "2026-W46") == "off_track"


def test_a_new_owner_is_given_the_item(item: Counters) -> None:
    task = item.ids()[0]
    item.kpis = SESSIONS.replace("owner: thandi", "owner: johan")

    item.later(hours=1).sync()
    assert item.did() == [("update", "owner_changed", "sessions")]
    item.later(hours=1).sync()

    assert item.did() == []
    state = item.sandbox.asana.state
    assert state.users[state.tasks[task].assignee].name == "Johan Botha"  # type: ignore[index]


def test_a_kpi_that_leaves_the_file_gets_one_comment(item: Counters) -> None:
    task = item.ids()[0]
    item.kpis = SESSIONS.replace("  sessions:", "  other:").replace("metric: sessions", "metric: screenPageViews")

    item.later(hours=1).sync()
    item.later(hours=1).sync()
    item.later(days=9).sync()

    assert len(item.said(task)) == 1
    assert not item.sandbox.asana.state.tasks[task].completed
    assert item.did() == []


# ── pauses and acceptance ────────────────────────────────────────────────────────────────────────────────────────


def test_a_week_with_a_paused_day_is_read_and_shown_and_passed_over(counters: Callable[..., Counters]) -> None:
    team = counters(SESSIONS + "    paused: [{from: 2026-11-15, to: 2026-11-15, why: Outage, by: johan}]\n")
    team.weeks(*OFF)

    team.at("2026-11-18T08:00").sync()

    assert team.state("sessions", "2026-W46") == ("value", 8_200, True)
    assert team.status("sessions", "2026-W46") == "unknown"
    assert "paused" in team.number("sessions", "2026-W46")[1].flags
    assert team.ids() == []
    team.week(WEEK_47, 8_000)
    team.at("2026-11-25T08:00").sync()
    assert [one.key for one in team.created()] == ["saypro/action/sessions/2026-W47"]  # W45 and W47 are two


def test_weeks_that_end_before_the_date_a_person_accepts_until_are_passed_over(item: Counters) -> None:
    task = item.ids()[0]
    item.person().comment(task, "alignd accept until 30 Nov: the campaign is off")
    item.week(WEEK_47, 2_000)
    item.week(date(2026, 11, 23), 2_500)
    item.week(date(2026, 11, 30), 12_500)

    item.later(hours=1).sync()
    for day in ("2026-11-25", "2026-12-02"):
        item.at(f"{day}T08:00").sync()

    assert item.status("sessions", "2026-W47") == "unknown"
    assert item.status("sessions", "2026-W48") == "unknown"
    assert [line.split(":")[0] for line in item.said(task)][1:] == ["Understood", "Latest"]  # nothing of "worse"
    item.at("2026-12-09T08:00").sync()
    assert item.status("sessions", "2026-W49") == "on_track"
    assert any(line.startswith("Back on target:") for line in item.said(task))


# ── holds ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_needs_holds_an_item_back_until_there_is_capacity(counters: Callable[..., Counters]) -> None:
    team = counters(many(("Email", ", needs: [Load]"), ("Load", "")))
    team.kpis = team.kpis.replace("Load: {name: Visits Load, owner: thandi", "Load: {name: Visits Load, owner: johan")
    team.kpis = team.kpis.replace("  Email:", "  email:").replace("  Load:", "  load:").replace("[Load]", "[load]")
    channel(team, "Email", *[50] * 13)
    channel(team, "Load", *[40] * 13)

    team.at("2026-11-18T08:00").sync()

    assert team.waiting() == {"email": "waits until Visits Load has room again"}
    assert [one.subject for one in team.created()] == ["load"]
    channel(team, "Load", 140, until=MONDAY + timedelta(weeks=1))
    channel(team, "Email", 50, until=MONDAY + timedelta(weeks=1))
    team.at("2026-11-25T08:00").sync()
    assert [one.subject for one in team.created()] == ["email"]


def test_explained_by_makes_a_line_in_the_other_item(counters: Callable[..., Counters]) -> None:
    team = counters(many(("Email", ", explained_by: [paid]"), ("Paid", "")))
    team.kpis = team.kpis.replace("  Email:", "  email:").replace("  Paid:", "  paid:")
    channel(team, "Email", *[50] * 13)
    channel(team, "Paid", *[40] * 13)

    team.at("2026-11-18T08:00").sync()

    assert team.waiting() == {"email": "explained by Visits Paid: a line in that item"}
    assert "Visits Email" in team.notes(team.ids()[0])
    with open_app(team.config(), at=team.clock.now) as app:
        assert "Visits Paid" in str(app.why("email", None))
        assert any(one.subject == "email" for one in app.status(None).waiting)


def test_more_than_max_open_wait_in_line_worst_first_and_a_freed_place_is_filled_at_once(
    counters: Callable[..., Counters],
) -> None:
    names = [f"c{n}" for n in range(4)]
    team = counters(many(*((name, "") for name in names)), rest="\npolicy: {max_open: 2}\n")
    for n, name in enumerate(names):
        channel(team, name, *[40 + 10 * n] * 13)

    team.at("2026-11-18T08:00").sync()
    assert [one.subject for one in team.created()] == ["c0", "c1"]
    assert set(team.waiting()) == {"c2", "c3"}
    team.person().complete(team.ids()[0])
    team.later(hours=1).sync()

    assert [one.subject for one in team.created()] == ["c2"]
    assert set(team.waiting()) == {"c3"}
    due = team.sandbox.asana.state.tasks[team.ids()[-1]].due_on
    assert str(due) == "2026-11-25"


def test_a_deputy_gets_the_item_while_the_owner_is_away(counters: Callable[..., Counters]) -> None:
    team = counters(SESSIONS)
    team.weeks(*OFF)
    away = "team: marketing, trello: thandim, away: [{from: 2026-11-16, to: 2026-11-29, deputy: johan}]}"
    text = team.text
    team.text = lambda: text().replace("team: marketing, trello: thandim}", away)  # type: ignore[method-assign]

    team.at("2026-11-18T08:00").sync()

    state = team.sandbox.asana.state
    assert state.users[state.tasks[team.ids()[0]].assignee].name == "Johan Botha"  # type: ignore[index]
    team.later(hours=1).sync()
    assert team.did() == []


# ── watch, then act ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_open_when_watching_ends_makes_one_item_each_without_comments_for_the_past(
    counters: Callable[..., Counters],
) -> None:
    team = counters(SESSIONS, tracker_keys="mode: watch")
    team.weeks(*OFF[:-1])
    for monday, total in ((date(2026, 11, 9), 8_200), (date(2026, 11, 16), 6_000), (date(2026, 11, 23), 3_000)):
        team.week(monday, total)
    for day in ("2026-11-11", "2026-11-18", "2026-11-25", "2026-12-02"):
        team.at(f"{day}T08:00").sync()
        assert team.ids() == []
    assert team.did(Outcome.DEFERRED) == [("create", "episode_opened", "sessions")]

    team.tracker_keys = "mode: act"
    team.later(hours=1).sync()
    team.later(hours=1).sync()

    assert len(team.ids()) == 1
    assert team.said(team.ids()[0]) == []
    assert [one.outcome for one in team.reports[-1].steps] == []


def test_first_sight_makes_only_what_is_open_now(counters: Callable[..., Counters]) -> None:
    """Off target all summer, back since two weeks: nothing; another off target for two weeks: one item."""
    team = counters(many(("Email", ""), ("Paid", "")).replace("  Email:", "  email:").replace("  Paid:", "  paid:"))
    channel(team, "Email", *[50] * 11, 120, 130)
    channel(team, "Paid", *[120] * 11, 60, 50)

    team.at("2026-11-18T08:00").sync()

    assert [one.subject for one in team.created()] == ["paid"]
    assert team.said(team.ids()[0]) == []
