"""Good files: the contract passes whole, the minimal file has every default, other spellings mean what they should."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from config import Config, load
from connectors.csv.settings import CsvSettings
from connectors.ga4.settings import Ga4Settings
from connectors.sheets.settings import SheetsSettings
from connectors.trello.settings import TrelloSettings
from mapping.kpis import Between, DatedTarget, Direction, Fixed, FromCell, Growth, Policy, Tolerance, Unit
from mapping.people import Away
from mapping.periods import PeriodKind
from mapping.queries import Aggregate, CellQuery, Condition, CrmQuery, Match, MatrixQuery, MetricQuery, TableQuery
from mapping.spans import Span, SpanUnit
from tests.unit.config_samples import CANARY, DATA, ENVIRON, GOOD, HEAD, SESSIONS, well

CONTRACT = GOOD / "contract.yaml"
DESIGN = Path(__file__).resolve().parents[2].parent / "shared" / "design"


def good(path: Path, **more: str) -> Config:
    loaded = load(path, {**ENVIRON, **more})
    assert [str(one) for one in loaded.problems] == []
    assert loaded.config is not None
    return loaded.config


def test_the_whole_contract_passes_without_a_word() -> None:
    loaded = load(CONTRACT, ENVIRON)
    assert loaded.config is not None
    assert loaded.problems == ()
    assert [str(one) for one in loaded.warnings] == []
    assert [one.channel for one in loaded.config.digests] == ["team_slack", "mail"]
    assert (loaded.config.publish.source, loaded.config.publish.tab) == ("scorecard", "Dashboard")
    assert loaded.config.kpis["leads"].pace == "even"


def test_the_shipped_example_is_the_contract() -> None:
    shipped = Path(__file__).resolve().parents[2] / "docs" / "alignd.example.yaml"
    assert shipped.read_text() == CONTRACT.read_text()
    assert load(shipped, ENVIRON).problems == ()


def test_the_contract_here_is_the_one_of_the_design() -> None:
    if not DESIGN.exists():
        pytest.skip(f"no design beside the project ({DESIGN})")
    assert (DESIGN / "alignd.example.yaml").read_text() == CONTRACT.read_text()
    assert (DESIGN / "minimal.yaml").read_text() == (GOOD / "minimal.yaml").read_text()


def test_the_contracts_workspace_and_people_become_the_domains() -> None:
    config = good(CONTRACT)
    calendar = config.workspace.calendar
    assert (config.workspace.id, config.workspace.name) == ("saypro", "SayPro")
    assert str(calendar.zone) == "Africa/Johannesburg"
    assert (calendar.week_starts, calendar.fiscal_start, calendar.country) == (0, (3, 1), "ZA")
    assert calendar.extra_holidays == {date(2026, 12, 28)}
    hours = config.workspace.work_hours
    assert hours is not None
    assert (hours.days, hours.first, hours.last) == (frozenset(range(5)), time(8), time(17))
    assert config.people["sipho"].away == (Away(date(2026, 12, 14), date(2027, 1, 4), "thandi"),)
    assert config.people["thandi"].accounts == (("trello", "thandim"),)
    assert config.teams["marketing"].lead == "thandi"
    assert config.store == f"sqlite:///{GOOD / 'alignd.db'}"


def test_the_contracts_values_become_queries() -> None:
    kpis = good(CONTRACT).kpis
    assert kpis["sessions"].value == MetricQuery("web", "sessions")
    social = kpis["social_visits"].value
    assert social == MetricQuery(
        "web", "sessions",
        (Condition("sessionDefaultChannelGroup", Match.IS, ("Organic Social", "Paid Social")),),
    )  # fmt: skip
    assert kpis["cac"].inputs == {
        "spend": TableQuery(
            "scorecard", "Spend!A:E", "Date", "Amount", Aggregate.SUM,
            (Condition("Channel", Match.IS, ("Search", "Social")),),
        ),
        "customers": CrmQuery(
            "crm", "contacts", "closedate", Aggregate.COUNT, None,
            (Condition("lifecyclestage", Match.IS, ("customer",)),),
        ),
    }  # fmt: skip
    assert kpis["open_rate"].inputs["opens"] == TableQuery("mailings", None, "Date", "Opens", Aggregate.SUM)
    assert kpis["nps"].value == TableQuery("scorecard", "Survey!A:C", "Date", "Score", Aggregate.NPS, (), 50)
    assert kpis["awareness"].value == MatrixQuery("scorecard", "Tracker!A1:Z40", "Awareness")
    assert kpis["support_load"].value == CellQuery("scorecard", "Ops!B7", "Ops!B8")
    assert kpis["conversion_rate"].inputs["sessions"] == "sessions"
    assert kpis["awareness"].scale == Decimal("0.01")
    assert [kpi.place for kpi in kpis.values()] == list(range(10))


def test_the_contracts_targets_are_exact() -> None:
    kpis = good(CONTRACT).kpis
    assert kpis["sessions"].targets == (DatedTarget(None, None, Fixed(Decimal(12000))),)
    assert kpis["weekly_users"].targets == (
        DatedTarget(date(2026, 3, 1), None, Fixed(Decimal(9000))),
        DatedTarget(date(2026, 9, 1), None, Growth(Decimal("0.2"), "same_period_last_year")),
    )
    assert kpis["conversion_rate"].targets[0].rule == Between(Decimal("0.02"), Decimal("0.045"))
    assert kpis["conversion_rate"].plausible == (Decimal(0), Decimal("0.2"))
    assert kpis["cac"].targets[0].rule == FromCell(CellQuery("scorecard", "Targets!C4"))
    assert kpis["cac"].late_after == Span(20, SpanUnit.DAYS)
    assert kpis["open_rate"].targets[0].rule == Fixed(Decimal("0.22"))
    assert kpis["sessions"].tolerance == Tolerance(Decimal("0.05"), relative=True)


def test_a_policy_is_resolved_for_each_kpis_period() -> None:
    kpis = good(CONTRACT).kpis
    week = kpis["sessions"].policy
    assert (week.breach_after, week.clear_after, week.recheck_after) == (2, 1, 2)
    assert (week.escalate_after, week.no_data_after) == (4, 2)
    month = kpis["cac"].policy
    assert (month.breach_after, month.escalate_after, month.no_data_after) == (1, 2, 1)
    assert week.due == Span(5, SpanUnit.BUSINESS_DAYS)
    assert week.reopen_within == Span(2, SpanUnit.PERIODS)
    assert week.ask == ("sales",)


def test_goals_are_a_tree_depth_first() -> None:
    goals = good(CONTRACT).goals
    assert [(goal.id, goal.parent, goal.depth) for goal in goals] == [
        ("awareness", None, 0),
        ("leads", "awareness", 1),
        ("social", "leads", 2),
        ("keep", None, 0),
    ]


def test_work_goes_by_the_team_of_whoever_it_is_for() -> None:
    config = good(CONTRACT)
    assert config.tracker_for("lerato") == "board"
    assert config.tracker_for("thandi") == "asana"
    assert config.tracker_for(None) == "asana"


def test_every_secret_is_known_and_none_is_shown() -> None:
    config = good(CONTRACT)
    assert {CANARY, "canary-key", "canary-tok", "canary-hub", "canary-slk", "canary-pw", "/ping/abc"} == config.secrets
    assert "canary" not in repr(config)
    assert "canary" not in str(config.trackers)


def test_the_data_owner_is_the_lead_of_the_first_team_with_section_m_and_e() -> None:
    assert good(CONTRACT).kpis["weekly_users"].data_owner == "johan"
    assert good(GOOD / "minimal.yaml").kpis["sessions"].data_owner == "ana"


def test_the_minimal_file_has_every_default() -> None:
    config = good(GOOD / "minimal.yaml")
    assert load(GOOD / "minimal.yaml", ENVIRON).warnings == ()
    kpi = config.kpis["sessions"]
    assert (kpi.unit, kpi.direction, kpi.tolerance) == (Unit.COUNT, Direction.UP, Tolerance(Decimal("0.05"), True))
    assert kpi.policy == Policy(
        breach_after=2, clear_after=1, recheck_after=2, escalate_after=4, no_data_after=2,
        due=Span(5, SpanUnit.BUSINESS_DAYS), on_recover="comment", reopen_within=Span(2, SpanUnit.PERIODS),
        escalate="review", evaluation="review", ask=(), max_open=5, on_no_data="task",
    )  # fmt: skip
    assert config.store == f"sqlite:///{GOOD / 'alignd.db'}"
    assert config.teams == {}
    assert config.tracker_for("ana") == "asana"
    assert config.daemon.every == timedelta(hours=1)
    assert config.daemon.http is None
    tracker = config.trackers["asana"]
    assert (tracker.id, tracker.mode, tracker.new_at_most) == ("asana", "act", 20)
    assert tracker.unknown_after == timedelta(minutes=10)


@pytest.mark.parametrize(
    "kind, late, settle, refresh",
    [
        ("web", Span(48, SpanUnit.HOURS), Span(48, SpanUnit.HOURS), Span(6, SpanUnit.HOURS)),
        ("scorecard", Span(10, SpanUnit.BUSINESS_DAYS), Span(72, SpanUnit.HOURS), Span(0, SpanUnit.MINUTES)),
        ("mailings", Span(5, SpanUnit.BUSINESS_DAYS), Span(72, SpanUnit.HOURS), Span(0, SpanUnit.MINUTES)),
        ("crm", Span(24, SpanUnit.HOURS), Span(24, SpanUnit.HOURS), Span(0, SpanUnit.MINUTES)),
    ],
)
def test_when_numbers_count_depends_on_the_kind_of_source(kind: str, late: Span, settle: Span, refresh: Span) -> None:
    terms = good(CONTRACT).terms[kind]
    assert (terms.late_after, terms.settle_after, terms.refresh) == (late, settle, refresh)
    assert terms.reread == Span(14, SpanUnit.DAYS)


def test_what_numbers_come_from_is_named_without_endpoint_or_credential() -> None:
    terms = good(CONTRACT).terms
    assert terms["web"].identity == "ga4:123456789"
    assert terms["scorecard"].identity == "sheets:1AbCdEfGhIjKlMnOpQrStUvWxYz"
    assert terms["mailings"].identity == "csv:data/mailings-*.csv"


def test_anchors_and_merge_keys_hold_and_scalars_are_texts_as_written() -> None:
    config = good(GOOD / "anchors.yaml")
    assert config.workspace.name == "No"
    assert config.people["no"].name == "Nora"
    sessions, users = config.kpis["sessions"], config.kpis["users"]
    assert (sessions.name, sessions.owner, sessions.period) == ("1e3", "ana", PeriodKind.WEEK)
    assert (users.owner, users.period) == ("ana", PeriodKind.DAY)
    assert (sessions.policy.breach_after, users.policy.breach_after) == (3, 3)
    assert isinstance(sessions.value, MetricQuery)
    assert sessions.value.where == (
        Condition("eventName", Match.IS, ("on", "010")),
        Condition("x-custom", Match.IS, ("yes",)),  # a source's own field name, not one of ours
    )


def test_other_spellings_mean_what_they_should(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "team"
    folder.mkdir()
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "trello").write_text("from-a-file\n")
    file = folder / "alignd.yaml"
    file.write_text((GOOD / "everything.yaml").read_text())
    config = good(file, PGPASSWORD="p@ss/w:rd")
    assert config.store == "postgresql+psycopg://alignd:p%40ss%2Fw%3Ard@db.acme.example:5433/alignd"
    assert {"p@ss/w:rd", "from-a-file"} <= config.secrets
    assert config.workspace.calendar.week_starts == 6
    assert config.workspace.calendar.subdivision == "NY"
    hours = config.workspace.work_hours
    assert hours is not None
    assert hours.days == {0, 2, 4}
    web, book, files, board = (
        config.sources["web"],
        config.sources["book"],
        config.sources["files"],
        config.trackers["board"],
    )
    assert isinstance(web, Ga4Settings)
    assert (web.anonymous, web.credentials_file, web.endpoint) == (True, None, "http://127.0.0.1:8401")
    assert isinstance(book, SheetsSettings)
    assert (book.dates, book.number.decimal, book.number.thousands) == (("dmy",), ",", "")
    assert isinstance(files, CsvSettings)
    assert (files.unique_by, files.delimiter, files.blank, files.pattern) == (
        ("Id",),
        "\t",
        ("n/a",),
        folder / "in/*.csv",
    )
    assert isinstance(board, TrelloSettings)
    assert (board.lists.done, board.mode, board.new_at_most) == (("Done",), "watch", 500)
    assert config.people["ben"].accounts == (("trello", "benberg"),)


def test_the_other_spellings_of_targets_and_policies(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "trello").write_text("from-a-file")
    (tmp_path / "team").mkdir()
    config = well(tmp_path / "team", (GOOD / "everything.yaml").read_text(), {**ENVIRON, "PGPASSWORD": "x"})
    rate, wait, spend = config.kpis["rate"], config.kpis["wait"], config.kpis["spend"]
    assert [entry.first for entry in rate.targets] == [None, date(2026, 7, 1), date(2027, 1, 1)]
    assert rate.targets[0].rule == Growth(Decimal("-0.1"), "period:FY2026-Q1")
    assert rate.targets[1] == DatedTarget(
        date(2026, 7, 1), date(2026, 12, 31), Growth(Decimal("0.055"), Decimal("0.0125"))
    )
    assert rate.tolerance == Tolerance(Decimal("0.03"), relative=False)
    assert wait.tolerance == Tolerance(Decimal("12.5"), relative=False)
    assert spend.targets[0].rule == Fixed(Decimal("100000.00"))
    assert rate.policy.reopen_within is None  # 0 = never
    assert (rate.policy.breach_after, rate.policy.due) == (2, Span(2, SpanUnit.WEEKS))
    assert (wait.policy.breach_after, wait.policy.clear_after) == (7, 2)
    assert (spend.policy.breach_after, spend.policy.clear_after) == (4, 1)
    assert rate.policy.evaluation == "off"
    assert wait.explained_by == ("rate",)
    assert spend.value == TableQuery("book", "Spend", "Day", "Amount", Aggregate.SUM, min_rows=3, empty_is_zero=True)
    orders = rate.inputs["orders"]
    assert isinstance(orders, TableQuery)
    assert orders.where == (
        Condition("Item", Match.MATCHES, ("^A-\\d+",)),
        Condition("State", Match.IS, ("open", "lost"), negated=True),
    )


def test_hostile_names_are_data() -> None:
    config = good(GOOD / "hostile.yaml")
    assert config.people["ana"].name == '=IMPORTXML("https://evil.example","//a")'
    assert config.people["rtl"].name.startswith("\u202e")
    name = config.kpis["sessions"].name
    assert "<script>" in name
    assert "${NOT_A_VARIABLE}" in name  # $${ stands for ${


def test_a_name_of_twenty_thousand_characters_loads(tmp_path: Path) -> None:
    name = "x" * 20_000
    assert well(tmp_path, HEAD + SESSIONS.replace("Website sessions", name)).kpis["sessions"].name == name


def test_every_good_file_is_read_here() -> None:
    assert {f.stem for f in (DATA / "good").glob("*.yaml")} == {
        "anchors", "contract", "everything", "hostile", "minimal",
    }  # fmt: skip
