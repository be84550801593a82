"""Real input: GA4 exports of US federal agencies behind the stand-in, targets in a spreadsheet, thirteen weeks.

Every number is worked out a second time here, from the CSV alone.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.sandbox.server import Sandbox
from tests.integration.numbers_team import ENVIRONMENT, Counters, command
from tests.integration.team import Clock

EXPORTS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ga4-analytics-usa-gov"
pytestmark = pytest.mark.skipif(not EXPORTS.is_dir(), reason=f"the real exports are not here ({EXPORTS.name})")

ZONE = "America/New_York"
AGENCIES = {
    "gsa": ("general-services-administration", "1001"),
    "sba": ("small-business-administration", "1002"),
    "hud": ("housing-urban-development", "1003"),
    "nrc": ("nuclear-regulatory-commission", "1004"),
    "live": ("live", "1005"),
}
KPIS = """
  gsa_weekly: {name: GSA visits, owner: thandi, period: week, value: {source: gsa, metric: sessions}, target: {source: scorecard, cell: "Targets!B2"}}
  sba_weekly: {name: SBA visits, owner: thandi, period: week, value: {source: sba, metric: sessions}}
  hud_weekly: {name: HUD visits, owner: thandi, period: week, value: {source: hud, metric: sessions}}
  hud_daily: {name: HUD visits a day, owner: thandi, period: day, value: {source: hud, metric: sessions}}
  nrc_weekly: {name: NRC visits, owner: thandi, period: week, value: {source: nrc, metric: sessions}}
  nrc_daily: {name: NRC visits a day, owner: thandi, period: day, value: {source: nrc, metric: sessions}, target: 1}
  live_daily: {name: Visits of all agencies, owner: thandi, period: day, value: {source: live, metric: sessions}, target: 45000000, policy: {breach_after: 1, clear_after: 1}}
targets_from: {source: scorecard, table: "Agreed!A1:E"}
"""  # noqa: E501


def csv_days(agency: str) -> dict[date, Decimal]:
    """The export, read with nothing but the csv module."""
    with (EXPORTS / AGENCIES[agency][0] / "users.csv").open(newline="") as file:
        return {date.fromisoformat(row["date"]): Decimal(row["visits"]) for row in csv.DictReader(file)}


def csv_week(agency: str, label: str) -> Decimal | None:
    """The sum of a week's days, None where the export has no row."""
    year, week = label.split("-W")
    days = csv_days(agency)
    monday = date.fromisocalendar(int(year), int(week), 1)
    found = [days[day] for n in range(7) if (day := monday + timedelta(days=n)) in days]
    return sum(found, Decimal(0)) if found else None


@pytest.fixture
def agencies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counters]:
    clock = Clock(datetime(2024, 1, 5, 10, 30, tzinfo=ZoneInfo(ZONE)))
    with Sandbox(clock) as sandbox:
        team = Counters(tmp_path, sandbox, clock, zone=ZONE, kpis=KPIS)
        team.csv_keys = ""
        for name, (folder, property_id) in AGENCIES.items():
            prop = sandbox.ga4.add_property(property_id, zone=ZONE, currency="USD")
            prop.late_share *= 0  # the exports are what Google said, young days and all
            assert prop.load_csv(EXPORTS / folder / "users.csv") == len(csv_days(name))
            keys = f'kind: ga4, property: "{property_id}", credentials: anonymous, endpoint: "{sandbox.url}"'
            team.more_sources += f"  {name}: {{{keys}}}\n"
        team.sheet.add_tab("Targets", [["kpi", "target"], ["GSA visits", 7_000_000]])
        team.sheet.add_tab(
            "Agreed",
            [
                ["kpi", "from", "to", "target", "agreed by"],
                ["sba_weekly", date(2023, 10, 1), date(2023, 11, 5), 30_000, "Johan"],
                ["sba_weekly", date(2023, 11, 6), None, 500_000, "Johan"],
                ["HUD visits", date(2023, 10, 1), None, 500_000, "Thandi"],
            ],
        )
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        yield team


def new_york(team: Counters, text: str) -> Counters:
    team.clock.now = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))
    return team


def cli(team: Counters, capsys: Any, *words: str) -> Any:
    team.file.write_text(team.text())
    return command(capsys, *words, "-c", str(team.file), "--at", team.clock.now.isoformat())


def test_every_weekly_number_is_the_sum_of_the_exports_days(agencies: Counters) -> None:
    report = agencies.sync()

    weekly = [one for one, _ in report.shown if one.kpi.endswith("_weekly") and one.kpi != "nrc_weekly"]
    assert len(weekly) == 3 * 13
    for one in weekly:
        assert one.value == csv_week(one.kpi.split("_")[0], one.period.label), one.period.label
        assert one.final
    newest = {kpi: agencies.number(f"{kpi}_weekly", "2023-W52")[0].value for kpi in ("gsa", "sba", "hud")}
    assert newest == {"gsa": 4_365_040, "sba": 382_595, "hud": 497_759}


def test_the_first_morning_makes_items_only_for_what_is_open_now(agencies: Counters, capsys: Any) -> None:
    planned = cli(agencies, capsys, "plan", "--json")
    assert agencies.ids() == []
    synced = cli(agencies, capsys, "sync", "--json")

    wanted = [(one["kind"], one["reason"], one["subject"]) for one in planned["steps"]]
    assert wanted == [(one["kind"], one["reason"], one["subject"]) for one in synced["steps"]]
    made = [(one["work"], one["subject"]) for one in synced["steps"] if one["kind"] == "create"]
    assert made == [("action", "sba_weekly"), ("data", "nrc_daily")]
    assert {row["kpi"] for row in synced["readings"] if row["final"]} >= {"sba_weekly", "gsa_weekly"}
    for row in synced["readings"]:
        if row["kpi"] == "sba_weekly" and row["final"]:
            target = Decimal(30_000) if row["period"] <= "2023-W44" else Decimal(500_000)
            assert row["target"] == str(target)
            assert Decimal(row["gap"]) == ((Decimal(row["value"]) - target) / target).quantize(Decimal("0.0001"))
        if row["kpi"] == "gsa_weekly":
            assert row["status"] == "unknown"  # nobody looked at the target's cell before those weeks ended


def test_missing_days_are_missing_and_lead_to_one_data_task(agencies: Counters) -> None:
    report = agencies.sync()

    days = csv_days("nrc")
    assert {one.kpi for one, _ in report.shown if one.final} >= {"nrc_daily", "nrc_weekly"}
    for one, _ in report.shown:
        if one.kpi == "nrc_daily" and one.final:
            assert (one.state.value == "value") == (one.period.first in days), one.period.label
            assert one.value == days.get(one.period.first)
        if one.kpi == "nrc_weekly":
            value = csv_week("nrc", one.period.label)
            assert (one.state.value, one.value) == (("value", value) if value is not None else ("missing", None))
    made = [(one.work.value, one.subject, one.key, one.person) for one in agencies.created() if "nrc" in one.subject]
    assert made == [("data", "nrc_daily", "saypro/data/nrc_daily/2023-12-25", "johan")]
    assert not [one for one in report.steps if one.work.value == "action" and "nrc" in one.subject]
    again = agencies.later(hours=3).sync()
    assert [one for one in again.steps if one.outcome.value == "done"] == []


def test_the_last_days_open_nothing_and_are_read_again_until_they_are_final(agencies: Counters) -> None:
    """The 4th was 15.8 % too low the next morning: 41.1 million of what became 48.9 million, around the target."""
    early, whole = csv_days("live")[date(2024, 1, 4)], _read_later()
    assert early < Decimal(45_000_000) < whole

    new_york(agencies, "2024-01-05T10:30").sync()
    assert agencies.state("live_daily", "2024-01-04") == ("value", early, False)
    assert agencies.status("live_daily", "2024-01-04") == "off_track"  # for show
    assert not [one for one in agencies.created() if one.subject == "live_daily"]

    prop = agencies.sandbox.ga4.properties["1005"]
    prop.forget(date(2024, 1, 4))
    prop.record(date(2024, 1, 4), {"sessions": whole})
    new_york(agencies, "2024-01-06T23:59").sync()
    assert agencies.state("live_daily", "2024-01-04") == ("value", whole, False)
    new_york(agencies, "2024-01-07T00:30").sync()
    assert agencies.state("live_daily", "2024-01-04") == ("value", whole, True)
    assert agencies.status("live_daily", "2024-01-04") == "on_track"
    assert not any("all agencies" in title for title in agencies.titles())


def _read_later() -> Decimal:
    with (EXPORTS / "live" / "daily-sessions-30-days.json").open() as file:
        rows = json.load(file)["data"]
    return next(Decimal(row["visits"]) for row in rows if row["date"] == "2024-01-04")


def test_the_tracking_jumps_stand_in_history(agencies: Counters, capsys: Any) -> None:
    agencies.sync()

    weeks = {row["period"]["label"]: row for row in cli_history(agencies, capsys, "sba_weekly")["rows"]}
    assert Decimal(weeks["2023-W44"]["number"]["value"]) == csv_week("sba", "2023-W44")
    assert Decimal(weeks["2023-W45"]["number"]["value"]) > 8 * Decimal(weeks["2023-W44"]["number"]["value"])
    printed = cli_history(agencies, capsys, "hud_daily", "--reread", "2023-10-07", json_=False)
    rows = [line for line in printed.splitlines() if "10 Oct" in line or "11 Oct" in line]
    assert any("16,010" in line for line in rows)
    assert any("103,782" in line for line in rows)
    assert all(len(line) <= 80 for line in printed.splitlines())
    history = cli_history(agencies, capsys, "hud_daily")["rows"]
    days = csv_days("hud")
    assert {row["period"]["label"]: Decimal(row["number"]["value"]) for row in history if row["number"]["value"]} == {
        day.isoformat(): value for day, value in days.items()
    }


def cli_history(team: Counters, capsys: Any, kpi: str, *words: str, json_: bool = True) -> Any:
    team.file.write_text(team.text())
    return command(capsys, "history", kpi, *words, "-c", str(team.file), *(["--json"] if json_ else []))


def test_why_names_the_number_its_origin_and_its_target(agencies: Counters, capsys: Any) -> None:
    agencies.sync()

    said = json.dumps(cli(agencies, capsys, "why", "sba_weekly", "2023-W45", "--json"), ensure_ascii=False)
    assert f"{csv_week('sba', '2023-W45'):,}" in said
    assert "property 1002" in said
    assert "500,000" in said
    missing = json.dumps(cli(agencies, capsys, "why", "nrc_weekly", "2023-W52", "--json"), ensure_ascii=False)
    assert "no number" in missing


def test_backtest_over_thirteen_weeks_says_what_would_have_been_made(agencies: Counters, capsys: Any) -> None:
    found = cli(agencies, capsys, "backtest", "--weeks", "13", "--json")

    fared = {row["kpi"]: row for row in found["kpis"]}
    weeks = [f"2023-W{n}" for n in range(40, 53)]
    targets = {week: Decimal(30_000) if week <= "2023-W44" else Decimal(500_000) for week in weeks}
    values = {week: csv_week("sba", week) or Decimal(0) for week in weeks}
    ended = [week for week in weeks if week >= "2023-W40"]  # 13 weeks before 5 January is 6 October
    on = sum(values[week] >= targets[week] for week in ended)
    close = sum(targets[week] > values[week] >= targets[week] * Decimal("0.95") for week in ended)
    below = len(ended) - on - close
    row = fared["sba_weekly"]
    assert (row["on_target"], row["close"], row["below"]) == (on, close, below)
    assert agencies.ids() == []
    assert not (agencies.folder / "alignd.db").exists()


def test_a_target_cell_judges_the_weeks_it_was_seen_before(agencies: Counters) -> None:
    targets = agencies.sheet.tab("Targets")
    new_york(agencies, "2023-12-13T08:00").sync()
    targets.set("B2", 5_000_000)
    new_york(agencies, "2023-12-20T08:00").sync()
    targets.set("B2", 4_000_000)
    new_york(agencies, "2023-12-27T08:00").sync()
    new_york(agencies, "2024-01-03T08:00").sync()

    seen = {}
    for label in ("2023-W49", "2023-W50", "2023-W51", "2023-W52"):
        reading, judgement = agencies.number("gsa_weekly", label)
        assert reading.value == csv_week("gsa", label)
        seen[label] = judgement.target.low if judgement.target else None
    assert seen == {"2023-W49": None, "2023-W50": 7_000_000, "2023-W51": 5_000_000, "2023-W52": 4_000_000}


def test_a_correction_stands_beside_the_old_number_and_decisions_stand(agencies: Counters, capsys: Any) -> None:
    """SBA's last two weeks of the year fall short of 500,000; then Google finds more of the first of them."""
    assert all((csv_week("sba", week) or 0) < 475_000 for week in ("2023-W51", "2023-W52"))
    new_york(agencies, "2024-01-03T08:00").sync()
    item = next(gid for gid in agencies.ids() if agencies.sandbox.asana.state.tasks[gid].name.startswith("SBA"))
    before = csv_week("sba", "2023-W52")
    for day in range(25, 32):
        agencies.sandbox.ga4.properties["1002"].revise(date(2023, 12, day), "sessions", Decimal(3))
    new_york(agencies, "2024-01-04T09:00").sync()
    again = agencies.later(hours=26).sync()

    said = [text for text in agencies.said(item) if "corrected" in text.lower()]
    assert len(said) == 1
    assert f"{before:,}" in said[0]
    assert not agencies.sandbox.asana.state.tasks[item].completed
    assert [
        one.reason.value for one in again.steps if one.subject == "sba_weekly" and one.outcome.value == "done"
    ] == []
    row = next(
        one for one in cli_history(agencies, capsys, "sba_weekly")["rows"] if one["period"]["label"] == "2023-W52"
    )
    assert [one["number"]["value"] for one in row["corrections"]] == [str(before)]
    assert row["status"] == "off_track"
    assert row["now"] == "on_track"
