"""Numbers that may be acted on: each sentence of the specification, from the source to the board."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.sandbox.server import Sandbox
from connectors.sandbox.sheets.cells import CellError, Tab
from tests.integration.numbers_team import Counters
from tests.integration.team import MONDAY, PROPERTY, Clock

OPENS = """
  opens:
    name: Newsletter opens
    owner: thandi
    data_owner: johan
    period: month
    late_after: 5 business days
    value: {source: scorecard, table: "Mail!A:C", date: Date, column: Opens, aggregate: sum%s}
    target: 1000
"""
FOURTEEN_MONTHS = [date(2025, 9, 15)] + [date(2025 + (m // 12), m % 12 + 1, 15) for m in range(9, 21)]


@pytest.fixture
def counters(tmp_path: Any, sandbox: Sandbox, clock: Clock) -> Callable[..., Counters]:
    return lambda kpis, **changes: Counters(tmp_path, sandbox, clock, kpis=kpis, **changes)


def mail(team: Counters, *rows: list[Any]) -> Tab:
    """The tab Mail with one good row a month from September 2025 to September 2026, and more."""
    months: list[list[Any]] = [[day, "News", 1500] for day in FOURTEEN_MONTHS]
    return team.sheet.add_tab("Mail", [["Date", "Campaign", "Opens"], *months, *rows])


# ── exact windows ────────────────────────────────────────────────────────────────────────────────────────────────


def test_users_are_counted_once_over_the_window_and_not_added_up(counters: Callable[..., Counters]) -> None:
    team = counters(
        """
  weekly: {name: Weekly users, owner: thandi, period: week, value: {source: web, metric: totalUsers}}
  monthly: {name: Monthly users, owner: thandi, period: month, value: {source: web, metric: totalUsers}}
"""
    )
    for n in range(62):
        day = date(2026, 9, 17) + timedelta(days=n)
        team.web.record(day, {"sessions": 50}, users=range(n, n + 40))  # 40 a day, one of them new

    team.at("2026-11-18T08:00").sync()

    assert team.state("weekly", "2026-W46") == ("value", Decimal(46), True)  # 7 days of 40 are 280
    assert team.state("monthly", "2026-10") == ("value", Decimal(70), True)  # 31 days of 40 are 1,240


def test_a_formula_over_a_property_and_a_sheet_is_exact(counters: Callable[..., Counters]) -> None:
    team = counters(
        """
  cost:
    name: Cost of a session
    owner: thandi
    unit: currency
    currency: ZAR
    direction: down
    period: month
    formula: spend / sessions
    inputs:
      spend: {source: scorecard, table: "Spend!A:C", date: Date, column: Amount, where: {Channel: [Search, Social]}, aggregate: sum}
      sessions: {source: web, metric: sessions}
    target: 3
"""  # noqa: E501
    )
    team.sheet.add_tab(
        "Spend",
        [
            ["Date", "Channel", "Amount"],
            [date(2026, 10, 2), "Search", Decimal("1000.10")],
            [date(2026, 10, 31), "Social", Decimal("0.20")],
            [date(2026, 10, 31), "Radio", 5000],
            [date(2026, 11, 1), "Search", 70],
        ],
    )
    for n in range(31):
        team.web.record(date(2026, 10, 1) + timedelta(days=n), {"sessions": 10})

    team.at("2026-11-18T08:00").sync()

    reading, judgement = team.number("cost", "2026-10")
    assert reading.value is not None
    assert reading.value.quantize(Decimal("1E-20")) == (Decimal("1000.30") / 310).quantize(Decimal("1E-20"))
    assert judgement.status.value == "off_track"
    assert {(part.name, part.value) for part in reading.parts} == {
        ("spend", Decimal("1000.3")),
        ("sessions", Decimal(310)),
    }


def test_dividing_by_zero_is_not_believed_and_says_what_is_zero(counters: Callable[..., Counters]) -> None:
    team = counters(
        """
  rate:
    name: Conversion rate
    owner: thandi
    data_owner: johan
    unit: percent
    period: week
    formula: purchases / sessions
    inputs:
      purchases: {source: web, metric: keyEvents, where: {eventName: purchase}}
      sessions: {source: web, metric: sessions, where: {sessionDefaultChannelGroup: Display}}
    target: 2%
"""
    )
    for n in range(100):
        day = MONDAY - timedelta(days=n)
        team.web.record(day, {"sessions": 10}, where={"sessionDefaultChannelGroup": "Email"})
        team.web.record(day, {"sessions": 10})
        team.web.record(day, {"keyEvents": 2}, where={"eventName": "purchase"})
        team.web.record(day, {"keyEvents": 2})

    team.at("2026-11-18T08:00").sync()

    reading, judgement = team.number("rate", "2026-W46")
    assert (reading.state.value, reading.final) == ("untrusted", True)
    assert "sessions is zero" in reading.note
    assert judgement.status.value == "unknown"
    assert (
        {one.kind.value for one in team.created()} == {"data"}
        if False
        else {one.work.value for one in team.created()} == {"data"}
    )


# ── awaited, missing, zero ───────────────────────────────────────────────────────────────────────────────────────


def test_a_number_is_awaited_then_missing_then_asked_for_and_the_task_completes_itself(
    counters: Callable[..., Counters],
) -> None:
    team = counters(OPENS % "")
    tab = mail(team)

    team.at("2026-11-02T08:00").sync()
    assert team.state("opens", "2026-10") == ("awaited", None, False)
    team.at("2026-11-06T23:00").sync()
    assert team.state("opens", "2026-10") == ("awaited", None, False)
    assert team.ids() == []

    team.at("2026-11-07T00:30").sync()
    assert team.state("opens", "2026-10") == ("missing", None, True)
    assert team.status("opens", "2026-10") == "unknown"
    assert [(one.work.value, one.person, one.key) for one in team.created()] == [
        ("data", "johan", "saypro/data/opens/2026-10")
    ]
    assert team.titles() == ["Please add October's newsletter opens (expected by Fri 6 Nov)"]
    team.later(hours=1).sync()
    assert team.did() == []

    tab.append([date(2026, 10, 20), "News", 1200])
    team.later(hours=1).sync()
    assert team.state("opens", "2026-10") == ("value", 1200, True)
    assert team.did() == [("complete", "number_came", "opens")]
    assert team.sandbox.asana.state.tasks[team.ids()[0]].completed
    assert team.status("opens", "2026-10") == "on_track"


def test_a_table_stays_a_first_count_until_a_row_of_its_last_day_or_until_it_is_late(
    counters: Callable[..., Counters],
) -> None:
    team = counters(OPENS % "")
    tab = mail(team, [date(2026, 10, 5), "News", 300])

    team.at("2026-11-05T08:00").sync()  # settled by the clock, but the sheet may not be filled in yet
    assert team.state("opens", "2026-10") == ("value", 300, False)
    assert team.ids() == []
    tab.append([date(2026, 11, 1), "Extra", 5])
    team.later(hours=1).sync()

    assert team.state("opens", "2026-10") == ("value", 300, True)
    assert [one.work.value for one in team.created()] == ["action"]


def test_empty_is_zero_once_a_later_row_exists(counters: Callable[..., Counters]) -> None:
    team = counters(OPENS % ", empty: zero")
    tab = mail(team)

    team.at("2026-11-05T08:00").sync()
    assert team.state("opens", "2026-10") == ("awaited", None, False)
    tab.append([date(2026, 11, 2), "News", 900])
    team.later(hours=1).sync()

    assert team.state("opens", "2026-10") == ("zero", 0, True)
    assert team.status("opens", "2026-10") == "off_track"


def test_google_gives_no_row_for_zero_and_the_window_without_the_filter_proves_it(
    counters: Callable[..., Counters],
) -> None:
    team = counters(
        """
  social: {name: Social visits, owner: thandi, period: week, target: 5, value: {source: web, metric: sessions, where: {sessionDefaultChannelGroup: Organic Social}}}
"""  # noqa: E501
    )
    for n in range(1, 8):  # the week of 9 to 15 November has data, none of it social; the weeks before have none at all
        team.web.record(MONDAY - timedelta(days=n), {"sessions": 9}, where={"sessionDefaultChannelGroup": "Email"})
        team.web.record(MONDAY - timedelta(days=n), {"sessions": 9})

    team.at("2026-11-18T08:00").sync()

    assert team.state("social", "2026-W46") == ("zero", 0, True)
    assert team.state("social", "2026-W45") == ("missing", None, True)


def test_a_cell_with_an_error_is_not_believed_and_is_named_wherever_people_look(
    counters: Callable[..., Counters],
) -> None:
    team = counters(OPENS % "")
    tab = mail(
        team, [date(2026, 10, 5), "News", 900], [date(2026, 10, 20), "News", CellError()], [date(2026, 11, 1), "x", 5]
    )

    team.at("2026-11-09T08:00").sync()

    reading, _ = team.number("opens", "2026-10")
    assert (reading.state.value, reading.value) == ("untrusted", None)
    assert "Mail!C16" in reading.note
    assert "#REF!" in reading.note
    assert any("Mail!C16" in one.where + one.what for one in team.reports[-1].problems)
    assert [(one.work.value, one.person) for one in team.created()] == [("data", "johan")]
    assert "Mail!C16" in team.notes(team.ids()[0])
    tab.set("C16", 700)
    team.later(hours=2).sync()
    assert team.state("opens", "2026-10") == ("value", 1600, True)
    assert team.did() == [("complete", "number_came", "opens")]


def test_an_error_in_a_row_that_does_not_count_harms_nobody(counters: Callable[..., Counters]) -> None:
    team = counters(OPENS % ", where: {Campaign: News}")
    mail(
        team, [date(2026, 10, 5), "News", 1900], [date(2026, 10, 20), "Other", CellError()], [date(2026, 11, 1), "x", 5]
    )

    team.at("2026-11-09T08:00").sync()

    assert team.state("opens", "2026-10") == ("value", 1900, True)


# ── cells ────────────────────────────────────────────────────────────────────────────────────────────────────────

CELL = """
  load: {name: Open tickets per agent, owner: thandi, data_owner: johan, direction: down, unit: ratio, period: week, value: {source: scorecard, cell: "Ops!B7"%s}, target: 25}
"""  # noqa: E501


def test_a_cell_is_photographed_and_the_last_picture_of_the_week_is_its_number(
    counters: Callable[..., Counters],
) -> None:
    team = counters(CELL % "")
    ops = team.sheet.add_tab("Ops", [["Tickets"]])
    ops.set("B7", 21)
    team.at("2026-11-11T08:00").sync()  # Wednesday of W46
    assert [one.period.label for one, _ in team.reports[-1].shown if one.final] == []
    ops.set("B7", 23)
    team.at("2026-11-15T22:00").sync()  # Sunday: the last look before midnight
    ops.set("B7", 40)
    team.at("2026-11-16T08:00").sync()  # Monday: W46 has ended

    assert team.state("load", "2026-W46") == ("value", 23, True)
    team.at("2026-11-23T08:00").sync()
    assert team.state("load", "2026-W47") == ("value", 40, True)
    assert team.status("load", "2026-W47") == "off_track"


def test_a_week_in_which_nobody_looked_is_missing(counters: Callable[..., Counters]) -> None:
    team = counters(CELL % "")
    team.sheet.add_tab("Ops", [["Tickets"]]).set("B7", 21)
    team.at("2026-11-11T08:00").sync()
    team.at("2026-11-25T08:00").sync()  # alignd was off all of W47

    assert team.state("load", "2026-W47")[0] == "missing"


def test_a_cell_that_is_never_changed_is_flagged_in_its_third_week(counters: Callable[..., Counters]) -> None:
    team = counters(CELL % "")
    team.sheet.add_tab("Ops", [["Tickets"]]).set("B7", 21)
    for day in ("2026-11-04", "2026-11-11", "2026-11-18", "2026-11-25"):
        team.at(f"{day}T08:00").sync()

    flags = {
        label: "unchanged" in team.number("load", label)[0].flags for label in ("2026-W45", "2026-W46", "2026-W47")
    }
    assert flags == {"2026-W45": False, "2026-W46": False, "2026-W47": True}


def test_a_dated_cell_is_the_number_of_the_week_its_date_lies_in(counters: Callable[..., Counters]) -> None:
    team = counters(CELL % ', as_of: "Ops!B8"')
    ops = team.sheet.add_tab("Ops", [["Tickets"]])
    ops.set("B7", 21)
    ops.set("B8", date(2026, 11, 13))
    team.at("2026-11-13T18:00").sync()
    team.at("2026-11-16T08:00").sync()
    assert team.state("load", "2026-W46") == ("value", 21, True)

    ops.set("B7", 30)
    ops.set("B8", date(2026, 11, 20))
    team.at("2026-11-23T09:00").sync()  # written down late: the date says which week it is of
    assert team.state("load", "2026-W47") == ("value", 30, True)
    team.at("2026-11-30T09:00").sync()
    assert team.state("load", "2026-W48")[0] == "awaited"
    ops.set("B7", 22)
    ops.set("B8", date(2026, 11, 27))
    team.later(hours=1).sync()
    assert team.state("load", "2026-W48") == ("value", 22, True)


# ── flags ────────────────────────────────────────────────────────────────────────────────────────────────────────

VISITS = """
  visits: {name: Visits, owner: thandi, data_owner: johan, period: week, value: {source: web, metric: sessions}, target: 700%s}
"""  # noqa: E501


def test_a_metric_the_account_may_not_see_is_not_believed(counters: Callable[..., Counters]) -> None:
    team = counters(VISITS % "")
    team.weeks(*[800] * 14)
    team.web.blocked_metrics = frozenset({"sessions"})

    team.at("2026-11-18T08:00").sync()

    reading, _ = team.number("visits", "2026-W46")
    assert reading.state.value == "untrusted"
    assert "restricted" in reading.flags
    assert {one.work.value for one in team.created()} == {"data"}


def test_small_numbers_hidden_by_google_are_flagged_and_still_count(counters: Callable[..., Counters]) -> None:
    team = counters(VISITS % "")
    team.weeks(*[600] * 14)
    team.web.metadata.subject_to_thresholding = True

    team.at("2026-11-18T08:00").sync()

    reading, _ = team.number("visits", "2026-W46")
    assert reading.state.value == "value"
    assert "thresholded" in reading.flags
    assert [one.work.value for one in team.created()] == ["action"]


def test_a_number_that_is_not_plausible_judges_nothing_and_keeps_its_value(counters: Callable[..., Counters]) -> None:
    team = counters(VISITS % ", plausible: [100, 5000]")
    team.weeks(*[800] * 13, 90_000)

    team.at("2026-11-18T08:00").sync()

    assert team.state("visits", "2026-W46") == ("untrusted", 90_000, True)
    assert team.status("visits", "2026-W46") == "unknown"


def test_too_few_rows_are_not_believed(counters: Callable[..., Counters]) -> None:
    team = counters(OPENS % ", min_rows: 2")
    mail(team, [date(2026, 10, 5), "News", 900], [date(2026, 11, 1), "x", 5])

    team.at("2026-11-09T08:00").sync()

    assert team.state("opens", "2026-10")[0] == "untrusted"
    assert "few_rows" in team.number("opens", "2026-10")[0].flags


# ── growth ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_growth_target_is_measured_from_the_same_week_a_year_ago(counters: Callable[..., Counters]) -> None:
    team = counters((VISITS % "").replace("target: 700", "target: {growth: 20%, over: same_period_last_year}"))
    team.weeks(*[1100] * 66)
    team.week(MONDAY - timedelta(weeks=1) - timedelta(days=364), 100)  # 1,200 in that one week

    team.at("2026-11-18T08:00").sync()

    _, judgement = team.number("visits", "2026-W46")
    assert judgement.target is not None
    assert judgement.target.low == Decimal(1440)
    assert judgement.status.value == "off_track"
    assert team.number("visits", "2026-W45")[1].target.low == Decimal(1320)  # type: ignore[union-attr]


def test_without_a_baseline_nothing_is_judged_and_nobody_is_asked(counters: Callable[..., Counters]) -> None:
    team = counters((VISITS % "").replace("target: 700", "target: {growth: 20%, over: same_period_last_year}"))
    team.weeks(*[1100] * 13)

    team.at("2026-11-18T08:00").sync()

    _, judgement = team.number("visits", "2026-W46")
    assert judgement.status.value == "unknown"
    assert "year before" in judgement.reason
    assert team.ids() == []


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rows_of_a_csv_that_are_the_same_under_unique_by_count_once(counters: Callable[..., Counters]) -> None:
    kpi = """
  mails: {name: Mails opened, owner: thandi, period: month, target: 100, value: {source: mailings, date: Date, column: Opens, aggregate: sum}}
"""  # noqa: E501
    team = counters(kpi, csv_keys=", unique_by: [Campaign, Date]")
    head = "Campaign,Date,Opens\n"
    (team.folder / "mailings-1.csv").write_text(f"{head}A,2026-10-01,60\nB,2026-10-31,50\n")
    (team.folder / "mailings-2.csv").write_text(f"{head}A,2026-10-01,65\nC,2026-11-02,7\n")  # exported again

    team.at("2026-11-18T08:00").sync()

    assert team.state("mails", "2026-10") == ("value", 115, True)


# ── sources away ─────────────────────────────────────────────────────────────────────────────────────────────────

TWO = (
    VISITS % ""
    + """
  opened: {name: Opens, owner: thandi, data_owner: johan, period: week, value: {source: scorecard, table: "Mail!A:C", date: Date, column: Opens, aggregate: sum}, target: 1}
"""  # noqa: E501
)


def test_a_source_that_is_away_for_a_day_gets_one_task_and_the_rest_goes_on(counters: Callable[..., Counters]) -> None:
    team = counters(TWO)
    team.weeks(*[800] * 14)
    weeks: list[list[Any]] = [[MONDAY - timedelta(weeks=n, days=1), "x", 5] for n in range(15)]
    team.sheet.add_tab("Mail", [["Date", "Campaign", "Opens"], *weeks, [date(2026, 11, 16), "x", 5]])
    team.at("2026-11-18T08:00").sync()
    assert team.ids() == []
    team.sheet.forbidden = True
    team.week(MONDAY, 800)

    team.at("2026-11-25T08:00").sync()
    assert any("scorecard" in one.where for one in team.reports[-1].problems)
    assert team.state("visits", "2026-W47") == ("value", 800, True)
    assert team.ids() == []
    team.at("2026-11-26T09:00").sync()
    assert [(one.work.value, one.reason.value, one.subject, one.person) for one in team.created()] == [
        ("data", "source_unread", "scorecard", "johan")
    ]
    team.at("2026-11-27T09:00").sync()
    assert team.did() == []

    team.sheet.forbidden = False
    team.at("2026-11-27T10:00").sync()
    assert ("complete", "number_came", "scorecard") in team.did()
    assert len(team.ids()) == 1


def test_a_csv_that_is_not_there_for_a_day_is_asked_for(counters: Callable[..., Counters]) -> None:
    team = counters(
        """
  mails: {name: Mails opened, owner: thandi, data_owner: johan, period: month, target: 100, value: {source: mailings, date: Date, column: Opens, aggregate: sum}}
"""  # noqa: E501
    )
    team.at("2026-11-18T08:00").sync()
    team.at("2026-11-19T09:00").sync()

    assert [(one.reason.value, one.subject) for one in team.created()] == [("source_unread", "mailings")]
    (team.folder / "mailings-1.csv").write_text("Date,Opens\n2026-10-01,160\n2026-11-02,7\n")
    team.later(hours=1).sync()
    assert ("complete", "number_came", "mailings") in team.did()


def test_kpis_that_lack_the_same_rows_share_one_task(counters: Callable[..., Counters]) -> None:
    second = (OPENS % "").replace("opens:", "clicks:").replace("Newsletter opens", "Newsletter clicks")
    team = counters(OPENS % "" + second.replace("column: Opens", "column: Clicks"))
    months: list[list[Any]] = [[day, "News", 1500, 1500] for day in FOURTEEN_MONTHS]
    team.sheet.add_tab("Mail", [["Date", "Campaign", "Opens", "Clicks"], *months])
    team.kpis = team.kpis.replace("Mail!A:C", "Mail!A:D")

    team.at("2026-11-09T08:00").sync()

    assert [(one.work.value, one.key) for one in team.created()] == [("data", "saypro/data/scorecard/2026-10")]


def test_a_late_number_is_not_asked_for_where_the_file_says_so(counters: Callable[..., Counters]) -> None:
    team = counters((OPENS % "").rstrip() + "\n    policy: {on_no_data: report}\n")
    mail(team)

    team.at("2026-11-09T08:00").sync()

    assert team.state("opens", "2026-10")[0] == "missing"
    assert team.ids() == []


def test_the_property_zone_decides_when_its_days_end(counters: Callable[..., Counters]) -> None:
    team = counters(VISITS % "")
    sandbox = team.sandbox
    team.weeks(*[800] * 14)
    sandbox.ga4.properties[PROPERTY].zone = ZoneInfo("America/Los_Angeles")

    team.at("2026-11-18T08:00").sync()  # 48 h after midnight in Johannesburg, 38 h after midnight in Los Angeles
    assert team.state("visits", "2026-W46") == ("value", 800, False)
    team.at("2026-11-18T10:30").sync()
    assert team.state("visits", "2026-W46") == ("value", 800, True)


def test_kpis_of_one_bad_cell_share_one_task_whatever_a_formula_calls_it(counters: Callable[..., Counters]) -> None:
    team = counters(
        OPENS % ""
        + """
  doubled:
    name: Opens, doubled
    owner: thandi
    data_owner: johan
    period: month
    late_after: 5 business days
    formula: it * 2
    inputs: {it: opens}
    target: 1
"""
    )
    mail(team, [date(2026, 10, 20), "News", "about 900"], [date(2026, 11, 1), "x", 5])

    team.at("2026-11-09T08:00").sync()

    assert [one.key for one in team.created()] == ["saypro/data/scorecard/2026-10"]
    assert len([one for one in team.reports[-1].problems if "Mail!C15" in one.what]) <= 2
