"""Campaigns against the stand-ins: from the file and from a sheet, measured over their own days, moved, broken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from connectors.sandbox.server import Sandbox
from sync.app import open_app
from sync.steps import CycleReport
from tests.integration.numbers_team import Counters
from tests.integration.team import Clock

USERS = """
  visitors:
    name: Visitors
    definition: Distinct people in the week.
    agreed: {on: 2026-09-01, by: [thandi, johan]}
    owner: thandi
    period: week
    value: {source: web, metric: totalUsers}
    target: 1
  leads:
    name: New leads
    definition: Rows of the tab Leads.
    agreed: {on: 2026-09-01, by: [thandi, johan]}
    owner: thandi
    period: month
    value: {source: scorecard, table: "Leads!A:B", date: Date, aggregate: count}
    target: 1
"""
SPRING = """
campaigns:
  - id: spring
    title: Spring sale
    owner: thandi
    invite: [marketing, m_and_e]
    starts: %s
    ends: %s
    measure:
      - {kpi: visitors, where: {sessionCampaignName: spring-2026}, target: 240}
"""
FIRST = date(2026, 11, 9)


@pytest.fixture
def counters(tmp_path: Any, sandbox: Sandbox, clock: Clock) -> Callable[..., Counters]:
    def made(**changes: Any) -> Counters:
        team = Counters(tmp_path, sandbox, clock, kpis=USERS, **changes)
        for back in range(100):
            day = date(2026, 12, 31) - timedelta(days=back)
            team.web.record(day, {"sessions": 30}, users=range(30))
        for n in range(30):  # 20 a day came by the campaign, 5 of them new
            day = FIRST + timedelta(days=n)
            where = {"sessionCampaignName": "spring-2026"}
            team.web.record(day, {"sessions": 20}, where=where, users=range(1000 + 5 * n, 1020 + 5 * n))
            team.web.record(day, {"sessions": 10}, where={"sessionCampaignName": "other"}, users=range(30))
        leads: list[list[Any]] = [[date(2026, 9 + n // 5, 2 + n), "x"] for n in range(12)]
        team.sheet.add_tab("Leads", [["Date", "Name"], *leads])
        return team

    return made


def creates(report: CycleReport) -> list[str]:
    return [one.key.removeprefix("saypro/") for one in report.steps if one.kind.value == "create"]


def test_a_campaign_is_measured_over_its_own_days_and_filter(counters: Callable[..., Counters]) -> None:
    team = counters(rest=SPRING % ("2026-11-09", "2026-11-29"))
    team.at("2026-11-16T09:00").sync()

    report = team.at("2026-11-17T08:30").sync()  # two business days before its middle, Thu 19 Nov

    assert creates(report) == ["campaign/spring/mid"]
    notes = team.notes(report.steps[-1].task or "")
    # 8 days are over: 20 people on the first and 5 new ones on each other; 240 × 8 / 21 are 91
    assert "Visitors: 55 of 240, 91 expected by now" in notes
    assert notes.startswith("Thu 19 Nov · Thandi leads")
    asked = [one.body for one in team.sandbox.asked("ga4") if b"spring-2026" in one.body]
    assert len(asked) == 1
    assert b"sessionCampaignName" in asked[0]
    task = team.sandbox.asana.state.tasks[report.steps[-1].task or ""]
    assert task.due_on == date(2026, 11, 19)
    assert [one.outcome.value for one in team.later(hours=1).sync().steps] == []


def test_a_campaign_that_moves_takes_what_is_ahead_with_it_and_leaves_its_kickoff(
    counters: Callable[..., Counters],
) -> None:
    team = counters(rest=SPRING % ("2026-11-30", "2026-12-20"))
    team.at("2026-11-12T09:00").sync()  # kickoff is ten business days before: Mon 16 Nov
    (kickoff,) = team.ids()
    assert team.titles() == ["Kickoff Spring sale: is everything measurable? Mon 16 Nov"]
    team.person().complete(kickoff)
    team.at("2026-11-13T09:00").sync()

    team.rest = SPRING % ("2026-12-07", "2026-12-27")
    report = team.later(hours=1).sync()
    assert [one for one in report.steps if one.work.value == "campaign"] == []
    assert team.said(kickoff) == []

    assert creates(team.at("2026-12-15T09:00").sync()) == ["campaign/spring/mid"]
    mid = team.reports[-1].steps[-1].task or ""
    team.rest = SPRING % ("2026-12-07", "2027-01-03")
    team.later(hours=1).sync()
    assert team.sandbox.asana.state.tasks[mid].due_on == date(2026, 12, 21)
    assert len(team.said(mid)) == 1
    assert "Moved to Mon 21 Dec, was Thu 17 Dec" in team.said(mid)[0]
    assert team.later(hours=1).sync().steps == ()


def test_a_filter_google_refuses_is_told_and_not_asked_again_that_day(counters: Callable[..., Counters]) -> None:
    rest = (SPRING % ("2026-11-09", "2026-11-29")).replace("sessionCampaignName", "campaignNam")
    team = counters(rest=rest)
    team.at("2026-11-16T09:00").sync()

    report = team.at("2026-11-17T08:30").sync()

    assert creates(report) == ["campaign/spring/mid"]
    assert "Visitors: not counted yet" in team.notes(report.steps[-1].task or "")
    assert any("campaignNam" in one.what for one in report.problems)
    asked = [one for one in team.sandbox.asked("ga4") if b"campaignNam" in one.body]
    report = team.later(hours=1).sync()
    assert [one for one in team.sandbox.asked("ga4") if b"campaignNam" in one.body] == asked
    assert any("campaignNam" in one.what for one in report.problems)


FROM = """
campaigns_from: {source: scorecard, table: "Campaigns!A:H"}
findings: {source: scorecard, table: "Findings!A:F"}
"""
HEAD = ["id", "Title", "owner", "starts", "ends", "KPIs", "utm campaign", "target"]


def test_a_campaign_of_the_sheet_counts_and_a_broken_row_does_not_make_it_gone(
    counters: Callable[..., Counters],
) -> None:
    team = counters(rest=f"\n{FROM}")
    spring: list[Any] = [
        "spring",
        "Spring sale",
        "Thandi Mokoena",
        date(2026, 11, 9),
        date(2026, 11, 29),
        "Visitors; leads",
    ]
    tab = team.sheet.add_tab(
        "Campaigns", [HEAD, [*spring, "spring-2026", "240; 9"], ["x", "X", "nobody", *spring[3:5]]]
    )
    team.sheet.add_tab("Findings", [["date", "kpi", "finding"], [date(2026, 11, 2), "visitors", "Slow pages."]])
    calls = len(team.sandbox.asked("sheets"))

    first = team.at("2026-11-16T09:00").sync()

    assert len(team.sandbox.asked("sheets")) == calls + 1  # with the numbers, in one call
    (problem,) = [one for one in first.problems if "Campaigns" in one.where]
    assert problem.where == "scorecard Campaigns!C3"
    report = team.at("2026-11-17T08:30").sync()
    assert creates(report) == ["campaign/spring/mid"]
    mid = report.steps[-1].task or ""
    assert "Visitors: 55 of 240, 91 expected by now" in team.notes(mid)
    assert "New leads: 2 of 9" in team.notes(mid)  # rows of 12 and 13 November
    assert "in part over everything" in team.notes(mid)  # the tab Leads knows nothing of utm campaigns

    tab.set("E2", "soon")
    team.at("2026-11-18T09:00").sync()
    assert any(one.where == "scorecard Campaigns!E2" for one in team.reports[-1].problems)
    assert team.said(mid) == []
    tab.set("E2", date(2026, 12, 3))
    team.at("2026-11-19T09:30").sync()
    assert team.sandbox.asana.state.tasks[mid].due_on == date(2026, 11, 23)


def test_findings_stand_on_the_action_item(counters: Callable[..., Counters]) -> None:
    team = counters(rest=f"\n{FROM}\npolicy: {{breach_after: 1}}\n")
    team.kpis = team.kpis.replace("target: 1\n", "target: 1000\n", 1)
    team.sheet.add_tab("Campaigns", [HEAD])
    rows: list[list[Any]] = [
        ["Date", "KPI", "Finding", "Recommendation", "By", "Answer"],
        [date(2026, 11, 6), "Visitors", "The course pages load slowly.", "Fewer images", "johan", ""],
        [date(2026, 3, 1), "visitors", "Long ago, answered.", "", "johan", "Done"],
        [date(2026, 11, 7), "leads", "Of another KPI.", "", "johan", ""],
    ]
    team.sheet.add_tab("Findings", rows)

    team.at("2026-11-18T09:00").sync()

    notes = next(team.notes(gid) for gid in team.ids() if "Visitors" in team.notes(gid))
    assert '6 Nov, Johan Botha: "The course pages load slowly."' in notes
    assert "Long ago" not in notes
    assert "another KPI" not in notes


def test_doctor_says_what_of_the_sheet_cannot_be_read(counters: Callable[..., Counters]) -> None:
    team = counters(rest=f"\n{FROM}")
    team.sheet.add_tab("Campaigns", [HEAD, ["x", "X", "nobody", FIRST, FIRST]])
    with open_app(team.config(), at=team.clock.now) as app:
        found = {one.where: (one.ok, one.what) for one in app.examine() if not one.ok or "holds" in one.what}
    assert found["scorecard Campaigns!C2"] == (False, '"nobody" is nobody in the file')
    assert found["scorecard"] == (True, "Campaigns!A:H holds 0 campaigns")
    assert not found["scorecard Findings!A:F"][0]
