"""How things stand, in a tab of the team's spreadsheet and in Asana's goals: told once, beside people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.sandbox.asana.state import Goal, Task
from connectors.sandbox.server import Sandbox
from connectors.sandbox.sheets.cells import Cell, Spreadsheet
from connectors.sandbox.sheets.hands import Hands
from sync.app import open_app
from sync.steps import CycleReport
from tests.integration.team import Clock, Team

SHEET, GOAL = "1ScoreCard", "1209999999999999"
KPIS = """
  sessions:
    name: "=IMPORTXML(A1)"
    owner: thandi
    period: week
    value: {source: web, metric: sessions}
    target: 12000
  spend:
    name: Spend
    owner: johan
    period: week
    unit: currency
    currency: ZAR
    value: {source: scorecard, table: "Spend!A:B", date: Day, column: Amount, aggregate: sum}
    direction: down
    target: 500
"""


@dataclass
class Publishing(Team):
    """The team with a spreadsheet that it reads numbers from and is shown how things stand in."""

    kpis: str = KPIS
    rest: str = """
        publish:
          sheet: {source: scorecard, tab: Dashboard}
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        if SHEET not in self.sandbox.sheets.spreadsheets:
            made = self.sandbox.sheets.add_spreadsheet(SHEET)
            made.add_tab("Spend", [["Day", "Amount"], ["2026-11-10", 400]])
            self.weeks(13000, 8100, 8000)

    def text(self) -> str:
        one = (
            f"sources:\n  scorecard: {{kind: sheets, spreadsheet: {SHEET}, credentials: anonymous, "
            f'endpoint: "{self.sandbox.url}"}}'
        )
        return super().text().replace("sources:", one, 1)

    @property
    def sheet(self) -> Spreadsheet:
        return self.sandbox.sheets.spreadsheets[SHEET]

    def shown(self, id_: str) -> dict[str, Cell]:
        """A KPI's row, by heading."""
        tab = self.sheet.tab("Dashboard")
        row = next(row for row in tab.cells[1:] if row[0] == id_)
        return dict(zip([str(cell) for cell in tab.cells[0]], row, strict=False))

    def hands(self) -> Hands:
        return Hands(self.sheet, "Dashboard")

    def verbs(self, vendor: str = "sheets") -> list[str]:
        """What was asked of a vendor since the last time this was asked."""
        seen = [one for one in self.sandbox.requests if one.vendor == vendor]
        asked = [f"{one.method} {one.path.rsplit('/', 1)[1]}" for one in seen[self.looked_at :]]
        self.looked_at = len(seen)
        return asked

    looked_at: int = 0

    def item(self) -> Task:
        """The action item of the website's sessions."""
        return next(one for one in self.tasks() if "IMPORTXML" in one.name)

    def well(self) -> CycleReport:
        """A cycle without a problem of publishing, in no more calls than it needs."""
        report = self.sync()
        calls = report.calls["scorecard"]
        assert calls.made == calls.least
        assert not [one for one in report.problems if "Dashboard" in one.where or "goal" in one.what]
        return report


READ, WRITE = "GET values:batchGet", "POST values:batchUpdate"


@pytest.fixture
def team(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Publishing:
    return Publishing(tmp_path, sandbox, clock).at("2026-11-20T09:05")


# ── the tab ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tab_shows_each_kpi_with_its_number_and_its_open_item(team: Publishing) -> None:
    team.well()
    assert team.verbs() == [READ, f"GET {SHEET}", f"POST {SHEET}:batchUpdate", WRITE]
    sessions = team.shown("sessions")
    task = team.item()
    assert sessions == {
        "KPI id": "sessions", "KPI": "=IMPORTXML(A1)", "Number": 8000, "Target": 12000, "Status": "below",
        "Since": "2026-11-02", "Period": "week of 9–15 November 2026", "Owner": "Thandi Mokoena",
        "Open item": task.name, "Due": task.due_on.isoformat() if task.due_on else "",
        "Link": f"https://app.asana.com/0/1201234567890123/{task.gid}", "So far": None, "Expected so far": None,
        "Updated": "2026-11-20 09:05",
    }  # fmt: skip
    tab = team.sheet.tab("Dashboard")
    assert (tab.at(2, 2), tab.formats[2, 2]) == (400, {"numberFormat": {"type": "NUMBER", "pattern": '"R "#,##0.00'}})


def test_without_news_nothing_is_asked_and_news_is_one_write(team: Publishing) -> None:
    team.well()
    team.verbs()
    team.later(hours=1).well()
    assert team.verbs() == [READ]  # the numbers; the tab is read along
    team.person().redate(team.item().gid, None)
    team.later(hours=1).well()
    assert team.verbs()[-2:] == [READ, WRITE]
    assert (team.shown("sessions")["Due"], team.shown("sessions")["Updated"]) == (None, "2026-11-20 11:05")
    assert team.shown("spend")["Updated"] == "2026-11-20 09:05"


def test_what_a_person_did_to_the_table_is_seen_where_numbers_are_read_anyway(team: Publishing) -> None:
    team.well()
    team.hands().inserts_column(1)
    team.hands().types(0, 1, "Notes")
    team.hands().types(1, 1, "ask Neo")
    team.hands().types(1, 3, "1")  # over the number
    team.verbs()
    team.at("2026-11-23T09:05").weeks(8000, until=team.clock.now.date())  # a Monday: the spreadsheet is read
    team.well()
    asked = team.verbs()
    assert asked == [READ, READ, WRITE]
    assert (team.shown("sessions")["Number"], team.shown("sessions")["Notes"]) == (8000, "ask Neo")


def test_a_plan_shows_nobody_anything(team: Publishing) -> None:
    team.plan()
    assert [tab.title for tab in team.sheet.tabs] == ["Spend"]
    team.well()
    team.kpis = KPIS.replace("name: Spend", "name: Outlay")
    team.plan()
    assert team.shown("spend")["KPI"] == "Spend"
    team.well()
    assert team.shown("spend")["KPI"] == "Outlay"


def test_a_kpi_that_left_the_file_is_marked_and_one_that_comes_is_added(team: Publishing) -> None:
    team.well()
    team.kpis = KPIS.replace("  spend:", "  outlay:")
    team.later(hours=1).well()
    assert team.shown("spend")["Status"] == "no longer in the file"
    assert team.shown("outlay")["Number"] == 400


def test_a_share_that_may_only_read_is_one_problem_tried_again_after_a_day_or_a_change(team: Publishing) -> None:
    team.sheet.read_only = True

    def problems(report: CycleReport) -> list[tuple[str, bool]]:
        return [(one.advice, one.new) for one in report.problems if one.where == "scorecard Dashboard"]

    ((advice, new),) = problems(team.sync())
    assert (advice.startswith("to publish there, share the spreadsheet as Editor"), new) == (True, True)
    team.verbs()
    assert problems(team.later(hours=1).sync()) == [(advice, False)]
    assert not [verb for verb in team.verbs() if verb.startswith("POST")]
    team.sheet.read_only = False
    team.later(hours=22).sync()
    assert [tab.title for tab in team.sheet.tabs] == ["Spend"]
    team.later(hours=2).well()
    assert team.shown("spend")["Number"] == 400
    team.sheet.read_only = True
    team.kpis = KPIS.replace("name: Spend", "name: Outlay")
    assert problems(team.later(hours=1).sync())
    team.sheet.read_only = False
    team.kpis = KPIS.replace("name: Spend", "name: Costs")
    team.later(hours=1).well()
    assert team.shown("spend")["KPI"] == "Costs"


def test_a_vendor_that_is_down_stops_no_cycle_and_is_caught_up_with(team: Publishing) -> None:
    team.sandbox.faults.add("sheets", "429", method="POST", retry_after="86400", times=None)
    report = team.sync()
    assert team.item().assignee
    assert [one.kind for one in report.problems if one.where == "scorecard Dashboard"] == ["late"]
    team.sandbox.faults.clear()
    team.later(hours=1).well()
    assert team.shown("sessions")["Number"] == 8000


def test_a_write_whose_answer_was_lost_is_not_written_again(team: Publishing) -> None:
    team.well()
    team.kpis = KPIS.replace("name: Spend", "name: Outlay")
    team.sandbox.faults.add("sheets", "status", method="POST", commit="after", retry_after="0")
    team.sync()
    team.verbs()
    assert team.shown("spend")["KPI"] == "Outlay"
    team.later(hours=1).well()
    assert team.verbs() == [READ]  # the numbers; the tab is read along


def test_doctor_looks_at_the_tab_and_the_right_and_writes_nothing(team: Publishing) -> None:
    team.sheet.read_only = True
    with open_app(team.config(), at=team.clock.now) as app:
        found = [one for one in app.examine() if one.where == "scorecard Dashboard"]
    assert [one.ok for one in found] == [True, False]
    assert [tab.title for tab in team.sheet.tabs] == ["Spend"]


# ── goals ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def goal(team: Publishing) -> Goal:
    team.rest = f'\npublish:\n  asana_goals: {{sessions: "{GOAL}"}}\n'
    return team.sandbox.asana.state.add_goal("Ten thousand sessions", gid=GOAL)


def goals_asked(team: Publishing) -> int:
    return sum(b"setMetricCurrentValue" in one.body for one in team.sandbox.requests)


def test_a_goal_has_its_kpis_newest_final_number_and_is_told_once(team: Publishing, goal: Goal) -> None:
    report = team.well()
    assert report.calls["work"].made == report.calls["work"].least
    assert goal.metric is not None
    assert (goal.metric.current, goals_asked(team)) == (8000, 1)
    goal.metric.current = 5  # a person's number stays until there is a new one
    team.later(hours=1).well()
    assert (goal.metric.current, goals_asked(team)) == (5, 1)
    team.at("2026-11-26T09:05").week(team.clock.now.date().replace(day=16), 9100)
    team.well()
    assert (goal.metric.current, goals_asked(team)) == (9100, 2)


def test_a_share_is_told_as_a_fraction(team: Publishing, goal: Goal) -> None:
    team.kpis = KPIS.replace("    target: 12000", "    unit: percent\n    target: 90%").replace(
        "value: {source: web, metric: sessions}", "formula: a / 10000\n    inputs: {a: {source: web, metric: sessions}}"
    )
    team.well()
    assert goal.metric is not None
    assert goal.metric.current == 0.8


def test_a_goal_that_refuses_is_a_problem_with_its_mend_tried_again_the_next_day(team: Publishing, goal: Goal) -> None:
    metric, goal.metric = goal.metric, None

    def problems(report: CycleReport) -> list[str]:
        return [one.advice for one in report.problems if GOAL in one.what]

    (advice,) = problems(team.sync())
    assert advice.startswith("in Asana, give the goal a metric")
    assert problems(team.later(hours=1).sync()) == [advice]
    assert goals_asked(team) == 1
    goal.metric = metric
    assert problems(team.later(hours=24).sync()) == []
    assert metric is not None
    assert (metric.current, goals_asked(team)) == (8000, 2)


@pytest.mark.parametrize("case", [402, 403, 404])
def test_what_a_person_must_mend_of_a_goal_is_said(team: Publishing, goal: Goal, case: int) -> None:
    if case == 402:
        team.sandbox.asana.switches.goals_in_plan = False
    elif case == 403:
        goal.editors = set()
    else:
        del team.sandbox.asana.state.goals[GOAL]
    (problem,) = [one for one in team.sync().problems if GOAL in one.what]
    assert (problem.kind, str(case) in problem.what) == ("refused", True)
    with open_app(team.config(), at=team.clock.now) as app:
        (found,) = [one for one in app.examine() if GOAL in one.where]
    assert found.ok is (case == 403)  # who may edit a goal is not told


def test_a_lost_answer_about_a_goal_is_made_good_in_the_next_cycle(team: Publishing, goal: Goal) -> None:
    team.sandbox.faults.add("asana", "reset", when=lambda call: b"setMetric" in call.body)
    assert [one.kind for one in team.sync().problems if one.where == "work"] == ["unknown"]
    team.later(hours=1).well()
    assert goal.metric is not None
    assert goal.metric.current == 8000


def test_a_tracker_that_is_only_watched_sets_no_goal(team: Publishing, goal: Goal) -> None:
    team.tracker_keys = "mode: watch"
    team.well()
    assert goals_asked(team) == 0


def test_more_than_ten_goals_are_told_ten_at_a_time(team: Publishing) -> None:
    goals = [team.sandbox.asana.state.add_goal(f"Goal {number}") for number in range(12)]
    team.kpis = "".join(
        KPIS.split("  spend:")[0].replace("  sessions:", f"  s{number}:", 1).replace("12000", "1")
        for number in range(12)
    )
    pairs = ", ".join(f's{number}: "{goal.gid}"' for number, goal in enumerate(goals))
    team.rest = f"\npublish:\n  asana_goals: {{{pairs}}}\n"
    report = team.sync()
    assert goals_asked(team) == 2
    assert {goal.metric.current for goal in goals if goal.metric} == {8000}
    assert report.calls["work"].made == report.calls["work"].least
