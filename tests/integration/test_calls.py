"""As few calls as possible: sixty KPIs over a property, a spreadsheet, CSV files and Asana, counted at the vendors."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.server import Sandbox
from sync.steps import CycleReport
from tests.integration.numbers_team import Counters
from tests.integration.team import MONDAY, Clock

METRICS = [
    "sessions",
    "engagedSessions",
    "newUsers",
    "eventCount",
    "screenPageViews",
    "keyEvents",
    "transactions",
    "ecommercePurchases",
    "totalRevenue",
    "purchaseRevenue",
    "userEngagementDuration",
    "advertiserAdCost",
    "advertiserAdClicks",
    "itemsPurchased",
    "itemRevenue",
    "totalUsers",
    "activeUsers",
    "engagementRate",
    "bounceRate",
    "averageSessionDuration",
]
OTHERS = [f"n{n}" for n in range(20)]
WEEKS = [MONDAY - timedelta(weeks=back) for back in range(15, -1, -1)]


def kpis() -> str:
    lines = [f"{{source: web, metric: {metric}}}" for metric in METRICS]
    lines += [f'{{source: scorecard, table: "Data!A:U", date: Date, column: {one}, aggregate: sum}}' for one in OTHERS]
    lines += [f"{{source: mailings, date: Date, column: {one}, aggregate: sum}}" for one in OTHERS]
    head = "owner: thandi, data_owner: johan, period: week"
    return "".join(
        f"\n  kpi{n}: {{name: KPI {n}, {head}, value: {value}, target: {0 if n % 2 else 1_000_000_000}, tolerance: 1}}"
        for n, value in enumerate(lines)
    )


@pytest.fixture
def sixty(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Counters:
    team = Counters(
        tmp_path,
        sandbox,
        clock,
        kpis=kpis(),
        tracker_keys="new_at_most: 500",
        rest="\npolicy: {max_open: 500}\n",
    )
    counted = dict.fromkeys((*METRICS[:15], "sessionSeconds"), 10)
    for back in range(1, 120):
        team.web.record(MONDAY + timedelta(days=7 - back), counted, users=range(back, back + 30))
    rows: list[list[Any]] = [[day, *[5] * 20] for day in WEEKS]
    team.sheet.add_tab("Data", [["Date", *OTHERS], *rows])
    written = "".join(f"{day.isoformat()},{','.join(['5'] * 20)}\n" for day in WEEKS)
    (team.folder / "mailings-1.csv").write_text(f"Date,{','.join(OTHERS)}\n{written}")
    return team


def counts(report: CycleReport) -> dict[str, tuple[int, int]]:
    return {name: (one.made, one.least) for name, one in report.calls.items()}


def test_the_first_cycle_of_sixty_kpis_makes_the_least_calls_there_are(sixty: Counters) -> None:
    report = sixty.at("2026-11-20T08:00").sync()

    made = counts(report)
    assert not report.problems
    assert len(sixty.ids()) == 30
    assert len([one for one, _ in report.shown if one.final]) == 60 * 13
    # 18 metrics × 13 windows: a metric needs ⌈13/4⌉ = 4 reports, a report has room for 10 metrics: 8 reports; and 4 for
    # the 2 metrics of items, which Google takes beside no session: 12 reports are 3 batches
    assert made["web"] == (3, 3)
    assert sixty.asked("ga4") == 3
    assert made["scorecard"] == (1, 1)
    assert sixty.asked("sheets") == 1
    assert made["mailings"] == (0, 0)
    assert made["work"][0] == sixty.asked("asana")
    assert made["work"][0] <= made["work"][1] * 1.05
    assert len(sixty.sandbox.asked("asana", "POST", "/batch")) == 3 + _reads(sixty)


def _reads(team: Counters) -> int:
    """Batches that only read."""
    return sum(
        b'"method": "get"' in one.body.lower() or b'"method":"get"' in one.body.lower()
        for one in team.sandbox.asked("asana", "POST", "/batch")
    )


def test_a_cycle_without_a_change_asks_no_source_and_writes_nothing(sixty: Counters) -> None:
    sixty.at("2026-11-20T08:00").sync()
    before = len(sixty.sandbox.requests)

    report = sixty.later(hours=1).sync()

    made = counts(report)
    assert made["web"] == made["scorecard"] == made["mailings"] == (0, 0)
    assert made["work"][0] == made["work"][1] == len(sixty.sandbox.requests) - before
    assert [one for one in report.steps if one.outcome.value != "waiting"] == []


def test_a_new_week_is_asked_in_one_batch_and_one_reading_of_the_sheet(sixty: Counters) -> None:
    sixty.at("2026-11-20T08:00").sync()
    for day in (date(2026, 11, 16), date(2026, 11, 23)):
        sixty.sheet.tab("Data").append([day, *[5] * 20])
    asked = sixty.asked("ga4"), sixty.asked("sheets")

    report = sixty.at("2026-11-27T08:00").sync()

    assert (sixty.asked("ga4") - asked[0], sixty.asked("sheets") - asked[1]) == (1, 1)
    assert all(made <= least * 1.05 for made, least in counts(report).values())


def test_a_cell_is_looked_at_once_a_cycle(sixty: Counters) -> None:
    sixty.sheet.add_tab("Ops", [["Load", 12], ["Cost", 13]])
    for n, cell in enumerate(("B1", "B2")):
        sixty.kpis += (
            f"\n  cell{n}: {{name: Cell {n}, owner: thandi, data_owner: johan, period: week, target: 1, "
            f'value: {{source: scorecard, cell: "Ops!{cell}"}}}}'
        )
    sixty.at("2026-11-20T08:00").sync()
    asked = sixty.asked("sheets"), sixty.asked("ga4")

    report = sixty.later(hours=1).sync()

    assert (sixty.asked("sheets") - asked[0], sixty.asked("ga4") - asked[1]) == (1, 0)
    assert counts(report)["scorecard"] == (1, 1)
