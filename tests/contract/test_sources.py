"""What every source promises, asked of each against its stand-in; and real GA4 exports, counted independently."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.base import Source
from connectors.csv.settings import CsvSettings
from connectors.ga4.settings import Ga4Settings
from connectors.hubspot.settings import HubspotSettings
from connectors.patience import Patience
from connectors.registry import build_source
from connectors.sandbox.server import Sandbox
from connectors.settings import SourceSettings
from connectors.sheets.settings import SheetsSettings
from mapping.periods import Period, PeriodKind
from mapping.queries import (
    Aggregate,
    Ask,
    CellQuery,
    Condition,
    CrmQuery,
    Found,
    Match,
    MatrixQuery,
    MetricQuery,
    Query,
    Reply,
    TableQuery,
    Where,
)

NOW = datetime(2026, 11, 18, 8, tzinfo=UTC)
SOCIAL: Where = (Condition("sessionDefaultChannelGroup", Match.IS, ("Organic Social", "Paid Social")),)
EMAIL: Where = (Condition("sessionDefaultChannelGroup", Match.IS, ("Email",)),)


def week(first: date) -> Period:
    return Period(first, first + timedelta(days=6), PeriodKind.WEEK, str(first))


W45, W46 = week(date(2026, 11, 2)), week(date(2026, 11, 9))


@dataclass
class Bench:
    """One source on its stand-in, what it is asked, and which vendor of the stand-in is behind it."""

    source: Source
    good: list[Query]
    bad: list[Query]
    vendor: str | None
    sandbox: Sandbox
    tables: tuple[str, ...] = ()

    def read(self, queries: list[Query]) -> Reply:
        asks = [Ask(query, period) for query in queries for period in (W45, W46)]
        return self.source.read(asks, now=NOW, zone=UTC, tables=self.tables)

    def requests(self) -> int:
        return len(self.sandbox.asked(self.vendor)) if self.vendor else 0


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(lambda: NOW) as running:
        yield running


def ga4(sandbox: Sandbox, folder: Path) -> Bench:
    made = sandbox.ga4.add_property("123456789")
    for n in range(14):
        for channel, sessions in (("Organic Social", 3), ("Direct", 90)):
            made.record(W45.first + timedelta(n), {"sessions": sessions}, where={"sessionDefaultChannelGroup": channel})
    good: list[Query] = [MetricQuery("web", "sessions"), MetricQuery("web", "sessions", SOCIAL)]
    bad: list[Query] = [MetricQuery("web", "noSuchMetric"), CellQuery("web", "A1")]
    settings = Ga4Settings.model_validate(
        {"id": "web", "property": "123456789", "credentials": "anonymous", "endpoint": sandbox.url}
    )
    return Bench(_built(settings), good, bad, "ga4", sandbox)


def sheets(sandbox: Sandbox, folder: Path) -> Bench:
    made = sandbox.sheets.add_spreadsheet("1AbC")
    made.add_tab("Spend", [["Date", "Amount"], [date(2026, 11, 2), Decimal("100.5")], [date(2026, 11, 10), 20]])
    made.add_tab("My Ops", [["Tickets", 22.5], ["on", date(2026, 11, 15)]])
    made.add_tab("Tracker", [["", "2026-W45"], ["Awareness", 12]])
    good: list[Query] = [
        TableQuery("scorecard", "Spend!A:B", "Date", "Amount", Aggregate.SUM),
        CellQuery("scorecard", "My Ops!B1", "My Ops!B2"),
        MatrixQuery("scorecard", "Tracker!A1:Z40", "Awareness"),
    ]
    bad: list[Query] = [
        TableQuery("scorecard", "Spend!A:B", "Date", "Amont", Aggregate.SUM),
        CellQuery("scorecard", "Gone!B1"),
        MetricQuery("scorecard", "sessions"),
    ]
    settings = SheetsSettings.model_validate(
        {"id": "scorecard", "spreadsheet": "1AbC", "credentials": "anonymous", "endpoint": sandbox.url}
    )
    return Bench(_built(settings), good, bad, "sheets", sandbox, ("Spend!A1:B3",))


def files(sandbox: Sandbox, folder: Path) -> Bench:
    (folder / "mailings-1.csv").write_text("Date,Opens\n2026-11-02,4\n2026-11-10,5\n")
    good: list[Query] = [TableQuery("mailings", None, "Date", "Opens", Aggregate.SUM)]
    bad: list[Query] = [TableQuery("mailings", None, "Date", "Opened", Aggregate.SUM), CellQuery("mailings", "A1")]
    settings = CsvSettings.model_validate({"id": "mailings", "path": "mailings-*.csv", "folder": folder})
    return Bench(_built(settings), good, bad, None, sandbox)


def hubspot(sandbox: Sandbox, folder: Path) -> Bench:
    for n in range(14):
        at = datetime(2026, 11, 2, 9, tzinfo=UTC) + timedelta(days=n)
        sandbox.hubspot.add("deals", createdate=at, amount=Decimal("10.5"), dealstage="won" if n % 2 else "lost")
    won: Where = (Condition("dealstage", Match.IS, ("won",)),)
    good: list[Query] = [
        CrmQuery("crm", "deals", "createdate", Aggregate.COUNT),
        CrmQuery("crm", "deals", "createdate", Aggregate.COUNT, where=won),
        CrmQuery("crm", "deals", "createdate", Aggregate.SUM, "amount"),
    ]
    bad: list[Query] = [
        CrmQuery("crm", "deals", "createdat", Aggregate.COUNT),
        CrmQuery("crm", "dels", "createdate", Aggregate.COUNT),
        MetricQuery("crm", "sessions"),
    ]
    settings = HubspotSettings.model_validate({"id": "crm", "token": "pat-canary", "endpoint": sandbox.url})
    return Bench(_built(settings), good, bad, "hubspot", sandbox)


def _built(settings: SourceSettings) -> Source:
    source = build_source(settings, Patience(budget=1, paces=False))
    assert isinstance(source, Source)
    return source


@pytest.fixture(params=[ga4, sheets, files, hubspot], ids=["ga4", "sheets", "csv", "hubspot"])
def bench(request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path: Path) -> Iterator[Bench]:
    make: Callable[[Sandbox, Path], Bench] = request.param
    made = make(sandbox, tmp_path)
    yield made
    close = getattr(made.source, "close", None)
    if close is not None:
        close()


class TestEverySource:
    def test_every_ask_ends_in_exactly_one_answer_or_trouble(self, bench: Bench) -> None:
        reply = bench.read([*bench.good, *bench.bad])
        lost = [ask for trouble in reply.troubles for ask in trouble.asks]
        asked = [Ask(query, period) for query in [*bench.good, *bench.bad] for period in (W45, W46)]
        assert sorted(map(repr, [*reply.answers, *lost])) == sorted(map(repr, asked))
        assert {ask.query for ask in reply.answers} == set(bench.good)

    def test_a_good_question_is_answered_with_its_origin_and_no_trouble(self, bench: Bench) -> None:
        reply = bench.read(bench.good)
        assert reply.troubles == ()
        assert all(answer.origin for answer in reply.answers.values())
        assert any(answer.found is Found.VALUE for answer in reply.answers.values())
        assert set(reply.tables) == set(bench.tables)
        assert reply.read_at == NOW

    def test_calls_made_are_the_requests_the_vendor_saw_and_no_more_than_least(self, bench: Bench) -> None:
        bench.read(bench.good)
        assert bench.source.calls.made == bench.requests() == bench.source.calls.least
        bench.read(bench.good)
        assert bench.source.calls.made == bench.requests() == bench.source.calls.least

    def test_a_trouble_has_a_place_a_reason_and_a_mend(self, bench: Bench) -> None:
        troubles = bench.read(bench.bad).troubles
        assert troubles
        for trouble in troubles:
            assert trouble.where.startswith(bench.source.id)
            assert trouble.what
            assert trouble.advice

    def test_the_same_question_twice_has_the_same_answer(self, bench: Bench) -> None:
        assert bench.read(bench.good).answers == bench.read(bench.good).answers

    def test_nothing_asked_is_no_call(self, bench: Bench) -> None:
        bench.source.read([], now=NOW, zone=UTC)
        assert (bench.source.calls.made, bench.requests()) == (0, 0)

    def test_doctor_finds_the_good_well_and_the_bad_with_a_mend(self, bench: Bench) -> None:
        assert all(finding.ok for finding in bench.source.examine([Ask(q, W46) for q in bench.good]))
        findings = bench.source.examine([Ask(bench.bad[0], W46)])
        assert [bool(finding.mend) for finding in findings if not finding.ok] == [True]

    @pytest.mark.parametrize("kind", ["429", "status", "reset", "truncated", "cut_off", "empty", "html"])
    def test_a_vendor_that_fails_costs_its_answers_and_raises_nothing(self, bench: Bench, kind: str) -> None:
        if bench.vendor is None:
            pytest.skip("files have no vendor")
        bench.sandbox.faults.add(bench.vendor, kind, times=None, retry_after="3600")  # type: ignore[arg-type]
        reply = bench.read(bench.good)
        assert reply.answers == {}
        assert {trouble.kind for trouble in reply.troubles} <= {"unreachable", "late"}
        assert len([ask for trouble in reply.troubles for ask in trouble.asks]) == 2 * len(bench.good)

    @pytest.mark.parametrize("kind", ["429", "status", "reset", "truncated"])
    def test_a_failure_that_passes_is_asked_again_and_answered(self, bench: Bench, kind: str) -> None:
        if bench.vendor is None:
            pytest.skip("files have no vendor")
        fault = bench.sandbox.faults.add(bench.vendor, kind, retry_after="0", status=503)  # type: ignore[arg-type]
        bench.source.client.patience.budget = 5.0  # type: ignore[attr-defined]
        reply = bench.read(bench.good)
        assert (fault.struck, reply.troubles) == (1, ())


def test_users_of_a_week_are_counted_once_and_not_added_up_from_days(sandbox: Sandbox) -> None:
    made = sandbox.ga4.add_property("123456789")
    for n in range(7):
        made.record(W45.first + timedelta(n), {"sessions": 60}, users=range(50 + n))
    source = _built(
        Ga4Settings.model_validate(
            {"id": "web", "property": "123456789", "credentials": "anonymous", "endpoint": sandbox.url}
        )
    )
    days = [Period(d, d, PeriodKind.DAY, str(d)) for d in (W45.first + timedelta(n) for n in range(7))]
    users = MetricQuery("web", "totalUsers")
    reply = source.read([Ask(users, period) for period in (W45, *days)], now=NOW, zone=UTC)
    by_day = sum((reply.answers[Ask(users, day)].value or Decimal(0) for day in days), Decimal(0))
    assert (reply.answers[Ask(users, W45)].value, by_day) == (Decimal(56), Decimal(371))
    source.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("no_data", ["no_rows", "zero_row"])
@pytest.mark.parametrize("filled", [False, True])
def test_zero_and_missing_are_the_same_however_the_vendor_writes_nothing(
    sandbox: Sandbox, no_data: str, filled: bool
) -> None:
    """Three weeks: one with social visits, one without, one in which nothing was recorded at all."""
    sandbox.ga4.switches.no_data, sandbox.ga4.switches.fill_across_ranges = no_data, filled
    made = sandbox.ga4.add_property("123456789")
    by_channel = [("Direct", 90, W45), ("Organic Social", 3, W45), ("Direct", 80, W46)]
    for channel, sessions, period in by_channel:
        made.record(period.first, {"sessions": sessions}, where={"sessionDefaultChannelGroup": channel})
    empty = week(date(2026, 10, 26))
    source = _built(
        Ga4Settings.model_validate(
            {"id": "web", "property": "123456789", "credentials": "anonymous", "endpoint": sandbox.url}
        )
    )
    asks = [Ask(MetricQuery("web", "sessions", w), p) for w in ((), SOCIAL) for p in (W45, W46, empty)]
    found = source.read(asks, now=NOW, zone=UTC).answers
    assert [(found[ask].found, found[ask].value) for ask in asks] == [
        (Found.VALUE, Decimal(93)),
        (Found.VALUE, Decimal(80)),
        (Found.ABSENT, None),
        (Found.VALUE, Decimal(3)),
        (Found.ZERO, Decimal(0)),
        (Found.ABSENT, None),
    ]
    source.close()  # type: ignore[attr-defined]


EXPORTS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ga4-analytics-usa-gov"


@pytest.mark.skipif(not EXPORTS.is_dir(), reason="needs ../shared/data/ga4-analytics-usa-gov")
@pytest.mark.parametrize(
    "agency", ["general-services-administration", "small-business-administration", "nuclear-regulatory-commission"]
)
def test_real_exports_read_through_the_api_equal_their_own_sums_and_missing_days_are_missing(
    sandbox: Sandbox, agency: str
) -> None:
    path = EXPORTS / agency / "users.csv"
    sandbox.ga4.add_property("123456789", zone="America/New_York").load_csv(path)
    with path.open(newline="") as stream:
        visits = {date.fromisoformat(row["date"]): int(row["visits"]) for row in csv.DictReader(stream)}
    source = _built(
        Ga4Settings.model_validate(
            {"id": "web", "property": "123456789", "credentials": "anonymous", "endpoint": sandbox.url}
        )
    )
    first = date(2023, 10, 9)
    days = [Period(d, d, PeriodKind.DAY, str(d)) for d in (first + timedelta(n) for n in range(84))]
    weeks = [week(first + timedelta(weeks=n)) for n in range(12)]
    sessions = MetricQuery("web", "sessions")
    reply = source.read([Ask(sessions, period) for period in (*days, *weeks)], now=NOW, zone=UTC)
    assert reply.troubles == ()
    for period in (*days, *weeks):
        recorded = [number for day, number in visits.items() if day in period]
        answer = reply.answers[Ask(sessions, period)]
        assert (answer.found, answer.value) == (
            (Found.VALUE, Decimal(sum(recorded))) if recorded else (Found.ABSENT, None)
        )
        assert answer.zone == "America/New_York"
    assert source.calls.made == source.calls.least == 5  # 96 windows: 24 reports, 5 requests
    source.close()  # type: ignore[attr-defined]
