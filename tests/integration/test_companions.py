"""Numbers beside the KPIs' own, against the stand-ins: how a running period goes, and what a second source says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.sandbox.server import Sandbox
from mapping.companions import CrossCheck, Pace
from mapping.decimals import wide
from sync.app import open_app
from tests.integration.numbers_team import Counters
from tests.integration.team import Clock

KPIS = """
  sessions:
    name: Website sessions
    definition: Sessions on the public site.
    agreed: {on: 2026-09-01, by: [thandi, johan]}
    owner: thandi
    period: month
    value: {source: web, metric: sessions}
    target: 900
    %s
  leads:
    name: New leads
    definition: Rows of the tab Leads.
    agreed: {on: 2026-09-01, by: [thandi, johan]}
    owner: thandi
    period: month
    value: {source: scorecard, table: "Leads!A:B", date: Date, aggregate: count}
    target: 1
"""
EVEN, LIKE_LAST_YEAR = "pace: even", "pace: like_last_year"
VISITS = '{source: scorecard, table: "Visits!A:B", date: Date, column: Sessions, aggregate: sum}'
SAME = f"same_as: {{value: {VISITS}, within: 5%}}"
REVIEW = """
reviews:
  weekly: {title: Weekly, every: 1 week, on: thursday, at: "10:00", owner: thandi, ahead: 1 business day}
"""


@pytest.fixture
def counters(tmp_path: Any, sandbox: Sandbox, clock: Clock) -> Callable[..., Counters]:
    def made(more: str, **changes: Any) -> Counters:
        team = Counters(tmp_path, sandbox, clock, kpis=KPIS % more, **changes)
        first = date(2025, 10, 1)
        for n in range(440):  # 31 a day; in December 2025 the month's first ten days had twice as many as the others
            day = first + timedelta(days=n)
            early = (day.year, day.month) == (2025, 12) and day.day <= 10
            team.web.record(day, {"sessions": 62 if early else 31})
        leads: list[list[Any]] = [[first + timedelta(days=n), "x"] for n in range(440)]
        team.sheet.add_tab("Leads", [["Date", "Name"], *leads])
        team.sheet.add_tab("Visits", [["Date", "Sessions"], [date(2026, 11, 30), 940]])
        return team

    return made


def shown(team: Counters, kpi: str = "sessions") -> tuple[Pace | None, CrossCheck | None]:
    """What the alignment has of a KPI, as every page and report gets it."""
    with open_app(team.config(), at=team.clock.now) as app:
        picture = app.alignment().picture(kpi)
    assert picture is not None
    return picture.pace, picture.check


def facts(*values: object) -> tuple[object, ...]:
    """Of any type, side by side, to compare with numbers as people write them."""
    return values


def calls(team: Counters, source: str = "web") -> tuple[int, int]:
    count = team.reports[-1].calls[source]
    return count.made, count.least


# ── pace ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_running_month_is_shown_beside_what_should_be_there_by_now(counters: Callable[..., Counters]) -> None:
    team = counters(EVEN)
    team.at("2026-11-11T09:00").sync()

    pace, _ = shown(team)

    assert pace is not None
    assert facts(pace.period.label, pace.until, pace.value, pace.expected) == ("2026-11", date(2026, 11, 10), 310, 300)
    assert pace.ahead
    assert shown(team, "leads")[0] is None
    assert [one for one in team.titles() if "sessions" in one] == []


def test_it_costs_one_call_a_day_and_none_of_the_same_day(counters: Callable[..., Counters]) -> None:
    team = counters(EVEN)
    team.at("2026-11-11T09:00").sync()
    assert calls(team) == (1, 1)  # in the batch of all the past

    for time in ("09:30", "17:00", "23:50"):
        team.at(f"2026-11-11T{time}").sync()
        assert calls(team) == (0, 0)
    team.at("2026-11-12T00:10").sync()
    assert calls(team) == (0, 0)  # nobody looks before work begins, and yesterday is hardly counted

    team.at("2026-11-12T08:10").sync()
    assert calls(team) == (1, 1)
    pace, _ = shown(team)
    assert pace is not None
    assert facts(pace.until, pace.value) == (date(2026, 11, 11), 341)
    team.at("2026-11-12T12:00").sync()
    assert calls(team) == (0, 0)


def test_a_daily_run_before_work_has_its_pace_too(counters: Callable[..., Counters]) -> None:
    team = counters(EVEN)
    for day in (11, 12, 13):
        team.at(f"2026-11-{day}T06:00").sync()
        assert calls(team) == (1, 1)
        pace, _ = shown(team)
        assert pace is not None
        assert pace.until == date(2026, 11, day - 1)


def test_on_the_first_day_of_a_period_there_is_nothing_to_show(counters: Callable[..., Counters]) -> None:
    team = counters(EVEN)
    team.at("2026-11-30T09:00").sync()
    assert shown(team)[0] is not None
    team.at("2026-12-01T09:00").sync()
    assert shown(team)[0] is None
    team.at("2026-12-02T09:00").sync()
    pace, _ = shown(team)
    assert pace is not None
    assert (pace.period.label, pace.until) == ("2026-12", date(2026, 12, 1))


def test_like_last_year_asks_for_the_same_days_and_for_the_whole_of_it_once(
    counters: Callable[..., Counters],
) -> None:
    team = counters(LIKE_LAST_YEAR)
    team.at("2026-11-25T09:00").sync()
    team.at("2026-12-05T09:00").sync()
    for n in range(5):
        team.web.record(date(2026, 12, 1 + n), {"sessions": 19})  # beside the 31 of every day

    team.at("2026-12-06T09:00").sync()

    pace, _ = shown(team)
    assert pace is not None
    with wide():
        expected = Decimal(900) * 310 / 1271  # a year ago: 5 × 62 of 10 × 62 + 21 × 31
    assert facts(pace.value, pace.expected) == (250, expected)
    assert pace.ahead
    assert calls(team) == (1, 1)
    asked = team.sandbox.asked("ga4")[-1].body
    assert b'"2025-12-05"' in asked
    assert b'"2025-12-31"' not in asked  # last year's whole month was known


def test_a_pace_that_is_new_is_asked_for_at_once_and_one_that_left_is_shown_no_more(
    counters: Callable[..., Counters],
) -> None:
    team = counters("")
    team.at("2026-11-11T09:00").sync()
    assert shown(team) == (None, None)

    team.kpis = KPIS % EVEN
    team.later(hours=1).sync()
    assert calls(team) == (1, 1)
    assert shown(team)[0] is not None
    definitions = {one.kpi for one, _ in team.reports[-1].shown}
    assert definitions

    team.kpis = KPIS % ""
    team.later(days=1).sync()
    assert shown(team) == (None, None)


def test_another_way_of_counting_is_asked_for_anew(counters: Callable[..., Counters]) -> None:
    team = counters(EVEN)
    team.at("2026-11-11T09:00").sync()
    team.kpis = (KPIS % EVEN).replace("metric: sessions", "metric: sessions, where: {deviceCategory: mobile}")
    assert shown(team)[0] is None  # what is known was counted otherwise
    team.later(hours=1).sync()
    pace, _ = shown(team)
    assert pace is None or pace.value != 310


def test_a_review_says_how_the_running_period_goes(counters: Callable[..., Counters]) -> None:
    team = counters(EVEN, rest=REVIEW)
    team.at("2026-11-11T09:00").sync()
    (task,) = [gid for gid, title in zip(team.ids(), team.titles(), strict=True) if title.startswith("Weekly")]
    assert "Website sessions (1–10 Nov) · 310 · 300 by now · on target" in team.notes(task)


# ── two sources, one truth ───────────────────────────────────────────────────────────────────────────────────────


def test_two_sources_that_agree(counters: Callable[..., Counters]) -> None:
    team = counters(SAME)

    team.at("2026-12-04T09:00").sync()

    _, check = shown(team)
    assert check is not None
    assert facts(check.period.label, check.value, check.other, check.agree) == ("2026-11", 930, 940, True)
    assert (check.source, check.other_source) == ("web", "scorecard")
    assert (calls(team), calls(team, "scorecard")) == ((1, 1), (1, 1))
    team.later(hours=1).sync()
    assert (calls(team), calls(team, "scorecard")) == ((0, 0), (0, 0))


def test_two_sources_that_differ_make_no_task_and_agree_again_once_mended(counters: Callable[..., Counters]) -> None:
    team = counters(SAME)
    team.sheet.tab("Visits").set("B2", 1000)
    team.at("2026-12-04T09:00").sync()
    before = team.titles()

    _, check = shown(team)

    assert check is not None
    assert facts(check.value, check.other, check.agree) == (930, 1000, False)
    assert before == []
    team.sheet.tab("Visits").set("B2", 935)
    team.at("2026-12-05T09:30").sync()  # both are read again a day later, for corrections
    _, check = shown(team)
    assert check is not None
    assert check.agree


def test_a_second_source_that_cannot_be_read_is_a_problem_and_no_difference(
    counters: Callable[..., Counters],
) -> None:
    team = counters(SAME.replace("Visits!", "Gone!"))

    report = team.at("2026-12-04T09:00").sync()

    assert shown(team) == (None, None)
    assert any("Gone" in f"{one.where} {one.what}" for one in report.problems)
    assert team.number("sessions", "2026-11")[0].value == 930


def test_a_number_that_is_not_there_yet_contradicts_nothing(counters: Callable[..., Counters]) -> None:
    team = counters(SAME)
    team.sheet.tab("Visits").set("A2", date(2026, 10, 30))
    team.at("2026-12-04T09:00").sync()
    assert shown(team)[1] is None  # October's row: November's is awaited

    team.sheet.tab("Visits").append([date(2026, 11, 30), 500])
    team.at("2026-12-07T09:00").sync()
    _, check = shown(team)
    assert check is not None
    assert facts(check.other, check.agree) == (500, False)


def test_neither_changes_how_a_kpi_is_counted(counters: Callable[..., Counters]) -> None:
    team = counters("")
    team.at("2026-12-04T09:00").sync()
    with open_app(team.config(), at=team.clock.now) as app:
        before = app.why("sessions", None)
    team.kpis = KPIS % f"{EVEN}\n    {SAME}"
    team.later(hours=1).sync()
    assert shown(team) != (None, None)
    with open_app(team.config(), at=team.clock.now) as app:
        marks = app.alignment().picture("sessions").marks  # type: ignore[union-attr]
        assert app.why("sessions", None).answer == before.answer
    assert [one for one in marks if one.kind.value == "definition"] == []


def test_why_shows_both_numbers_with_their_origin(counters: Callable[..., Counters]) -> None:
    team = counters(f"{EVEN}\n    {SAME}")
    team.at("2026-12-04T09:00").sync()
    with open_app(team.config(), at=team.clock.now) as app:
        (section,) = [one for one in app.why("sessions", None).sections if one.title == "Beside it, for show"]
    running, expected, other = section.lines
    assert (running.label, running.text) == ("1–3 Dec", "93")
    assert running.origin.startswith("Google Analytics property 123456789, read ")
    assert (expected.text, expected.origin) == ("87 by now: on target", "900, spread evenly: 3 of 31 days are over")
    assert (other.label, other.text) == ("scorecard, Nov", "940 beside 930 of web: no more than the agreed 5 % apart")
    assert "Visits" in other.origin


def test_doctor_asks_for_the_second_source_too(counters: Callable[..., Counters]) -> None:
    team = counters(SAME.replace("Visits!", "Gone!"))
    team.at("2026-12-04T09:00")
    with open_app(team.config(), at=team.clock.now) as app:
        assert any("Gone" in one.what and not one.ok for one in app.examine())
