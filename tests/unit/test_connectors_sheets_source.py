"""Sheets as a source: one request a cycle, every number with its cell, bad ranges set apart, every failure mapped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st

from connectors.patience import Pace, Patience
from connectors.sheets.ranges import LONGEST_QUERY, fewest_loads, loads, named_in, quoted, tab_of
from connectors.sheets.settings import SheetsSettings
from connectors.sheets.source import SheetsSource
from mapping.periods import Period, PeriodKind
from mapping.queries import (
    Aggregate,
    Answer,
    Ask,
    CellQuery,
    Condition,
    Found,
    Match,
    MatrixQuery,
    MetricQuery,
    Query,
    Reply,
    TableQuery,
)
from tests.unit.google_loopback import Answer as Said
from tests.unit.google_loopback import Request, Untiring, Vendor, refusal, serve

NOW = datetime(2026, 11, 18, 8, tzinfo=UTC)
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31), PeriodKind.MONTH, "2026-10")
SPEND = TableQuery("scorecard", "Spend!A:C", "Date", "Amount", Aggregate.SUM)

Rows = list[list[object]]
TABS: dict[str, Rows] = {
    "'Spend'!A:C": [
        ["Date", "Channel", "Amount"],
        [46296, "Search", 100.5],  # 2026-10-01
        [46326, "Social", 20],  # 2026-10-31
        [46327, "Search", 7],
    ],
    "'Ops'!B7": [[22.5]],
    "'Ops'!B8": [[46326]],
    "'Tracker'!A1:Z40": [["", "2026-10"], ["Awareness", 12]],
    "'Targets'!A10:E": [["kpi", "from", "to", "target", "agreed by"], ["sessions", 46296, "", 12000]],
}


def spreadsheet(tabs: Mapping[str, Rows]) -> Callable[[Request], Said]:
    """values:batchGet as the API documents it: all or nothing, answers by position, echoed ranges normalised."""

    def answer(request: Request) -> Said:
        found: list[dict[str, Any]] = []
        for name in request.query["ranges"]:
            if name not in tabs:
                return refusal(400, f"Unable to parse range: {name}", "INVALID_ARGUMENT")
            block: dict[str, Any] = {"range": name.replace("'", "") + "1000", "majorDimension": "ROWS"}
            if tabs[name]:
                block["values"] = tabs[name]
            found.append(block)
        return Said({"spreadsheetId": "1AbC", "valueRanges": found})

    return answer


def settings(endpoint: str | None, **more: object) -> SheetsSettings:
    return SheetsSettings.model_validate(
        {"id": "scorecard", "spreadsheet": "1AbC", "credentials": "anonymous", "endpoint": endpoint, **more}
    )


@contextmanager
def sheet_that(answer: Callable[[Request], Said], **more: object) -> Iterator[tuple[SheetsSource, Vendor]]:
    with serve(answer) as vendor:
        source = SheetsSource(settings(vendor.url, **more), Untiring())
        try:
            yield source, vendor
        finally:
            source.close()


def read(source: SheetsSource, *queries: Query, tables: tuple[str, ...] = ()) -> Reply:
    return source.read([Ask(query, OCTOBER) for query in queries], now=NOW, zone=UTC, tables=tables)


def only(reply: Reply) -> Answer:
    assert reply.troubles == ()
    (answer,) = reply.answers.values()
    return answer


# ── one request ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_everything_of_a_cycle_is_one_request_and_each_range_is_asked_once() -> None:
    mean = TableQuery("scorecard", "Spend!A:C", "Date", "Amount", Aggregate.MEAN)
    cell = CellQuery("scorecard", "Ops!B7", "Ops!B8")
    matrix = MatrixQuery("scorecard", "Tracker!A1:Z40", "Awareness")
    with sheet_that(spreadsheet(TABS)) as (source, vendor):
        reply = read(source, SPEND, mean, cell, matrix, tables=("Targets!A10:E",))
    (request,) = vendor.seen
    assert (request.method, request.path) == ("GET", "/v4/spreadsheets/1AbC/values:batchGet")
    assert request.query["ranges"] == ["'Spend'!A:C", "'Ops'!B7", "'Ops'!B8", "'Tracker'!A1:Z40", "'Targets'!A10:E"]
    assert request.query["valueRenderOption"] == ["UNFORMATTED_VALUE"]
    assert request.query["dateTimeRenderOption"] == ["SERIAL_NUMBER"]
    assert (source.calls.made, source.calls.least, source.calls.charged) == (1, 1, 1)
    assert reply.troubles == ()
    assert [reply.answers[Ask(q, OCTOBER)].value for q in (SPEND, mean, cell, matrix)] == [
        Decimal("120.5"),
        Decimal("60.25"),
        Decimal("22.5"),
        Decimal(12),
    ]
    assert reply.answers[Ask(cell, OCTOBER)].as_of == date(2026, 10, 31)
    assert reply.tables == {
        "Targets!A10:E": (("kpi", "from", "to", "target", "agreed by"), ("sessions", 46296, "", 12000))
    }


def test_nothing_asked_is_no_call() -> None:
    with sheet_that(spreadsheet(TABS)) as (source, vendor):
        read(source)
    assert (vendor.seen, source.calls.made, source.calls.least) == ([], 0, 0)


def test_an_answer_says_where_it_comes_from() -> None:
    with sheet_that(spreadsheet(TABS)) as (source, _):
        table = only(read(source, SPEND))
        cell = only(read(source, CellQuery("scorecard", "Ops!B7")))
    assert table.origin == "scorecard, tab Spend"
    assert (table.newest, table.rows) == (date(2026, 11, 1), 2)
    assert (cell.origin, cell.as_of) == ("scorecard, cell Ops!B7", None)


def test_ranges_too_long_for_one_address_are_split_and_counted() -> None:
    names = [f"A tab with a rather long name number {n}!A1:Z999" for n in range(200)]
    tabs: dict[str, Rows] = {quoted(name): [[n]] for n, name in enumerate(names)}
    with sheet_that(spreadsheet(tabs)) as (source, vendor):
        reply = read(source, *(CellQuery("scorecard", name) for name in names))
    assert [a.value for a in reply.answers.values()] == list(range(200))
    assert source.calls.made == source.calls.least == len(vendor.seen) > 1
    assert all(len(request.target) < 8_000 for request in vendor.seen)


# ── places, headers, cells ───────────────────────────────────────────────────────────────────────────────────────


def test_a_cell_that_may_not_be_believed_is_named_as_people_name_it() -> None:
    rows: Rows = [["Date", "Channel", "Amount"], [46296, "Search", 1], [46297, "Search", "#REF!"]]
    with sheet_that(spreadsheet({"'Spend'!A:C": rows})) as (source, _):
        answer = only(read(source, SPEND))
    assert (answer.found, answer.value) == (Found.UNTRUSTED, None)
    assert answer.note == "scorecard Spend!C3 holds #REF!"


def test_places_count_from_where_the_range_begins() -> None:
    rows: Rows = [["Date", "Amount"], [46296, "oops"]]
    query = TableQuery("scorecard", "My Tab!C10:D", "Date", "Amount", Aggregate.SUM)
    with sheet_that(spreadsheet({"'My Tab'!C10:D": rows})) as (source, _):
        answer = only(read(source, query))
    assert answer.note.startswith("scorecard My Tab!D11 holds")


def test_a_named_range_lies_where_the_vendor_says() -> None:
    def answer(request: Request) -> Said:
        assert request.query["ranges"] == ["spend_table"]
        rows = [["Date", "Amount"], [46296, "oops"]]
        return Said({"valueRanges": [{"range": "'Media money'!F3:G9", "values": rows}]})

    with sheet_that(answer) as (source, _):
        found = only(read(source, TableQuery("scorecard", "spend_table", "Date", "Amount", Aggregate.SUM)))
    assert "Media money'!G4" in found.note
    assert found.origin == "scorecard, spend_table"


def test_a_renamed_header_is_a_trouble_with_the_nearest_name_and_no_number() -> None:
    rows: Rows = [["Date", "Channel", "Amounts"], [46296, "Search", 1]]
    with sheet_that(spreadsheet({**TABS, "'Spend'!A:C": rows})) as (source, _):
        reply = read(source, SPEND, CellQuery("scorecard", "Ops!B7"))
    (trouble,) = reply.troubles
    assert (trouble.where, trouble.kind, trouble.asks) == ("scorecard Spend!A:C", "bad_data", (Ask(SPEND, OCTOBER),))
    assert "no column 'Amount'" in trouble.what
    assert "'Amounts'" in trouble.advice
    assert len(reply.answers) == 1


def test_a_header_that_stands_twice_is_a_trouble_only_for_those_who_use_it() -> None:
    rows: Rows = [["Date", "Note", "Note", "Amount"], [46296, "a", "b", 1]]
    noted = TableQuery(
        "scorecard", "Spend!A:C", "Date", "Amount", Aggregate.SUM, (Condition("Note", Match.IS, ("a",)),)
    )
    with sheet_that(spreadsheet({"'Spend'!A:C": rows})) as (source, _):
        reply = read(source, SPEND, noted)
    assert reply.answers[Ask(SPEND, OCTOBER)].value == 1
    (trouble,) = reply.troubles
    assert "two columns 'Note'" in trouble.what


def test_ragged_rows_and_an_empty_range_are_read_as_they_are() -> None:
    rows: Rows = [["Date", "Channel", "Amount"], [46296], [], [46297, "Search", 5]]
    with sheet_that(spreadsheet({"'Spend'!A:C": rows, "'Ops'!B7": []})) as (source, _):
        reply = read(source, SPEND, CellQuery("scorecard", "Ops!B7"))
    table, cell = reply.answers.values()
    assert (table.found, table.note) == (Found.UNTRUSTED, "scorecard Spend!C2 is empty")
    assert (cell.found, cell.value) == (Found.ABSENT, None)


def test_text_numbers_text_dates_and_blanks_are_read_as_the_file_says() -> None:
    rows: Rows = [["Date", "Amount"], ["15/10/2026", "1 234,5"], [46297, "100"], ["01/11/2026", "-"]]
    tabs = {"'Spend'!A:B": rows}
    declared = {"dates": ["iso", "dmy"], "number": {"decimal": ",", "thousands": " "}, "blank": ["-"]}
    with sheet_that(spreadsheet(tabs), **declared) as (source, _):
        answer = only(read(source, TableQuery("scorecard", "Spend!A:B", "Date", "Amount", Aggregate.SUM)))
    assert answer.value == Decimal("1334.5")


def test_a_metric_is_nothing_a_spreadsheet_answers() -> None:
    with sheet_that(spreadsheet(TABS)) as (source, vendor):
        reply = read(source, MetricQuery("scorecard", "sessions"))
    assert vendor.seen == []
    assert [len(t.asks) for t in reply.troubles] == [1]


# ── bad ranges ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_range_that_is_gone_is_dropped_and_the_others_are_answered() -> None:
    gone = CellQuery("scorecard", "Old tab!B2")
    with sheet_that(spreadsheet(TABS)) as (source, _):
        reply = read(source, SPEND, gone, CellQuery("scorecard", "Ops!B7"), tables=("Nowhere!A:B",))
        assert len(reply.answers) == 2
        ours, theirs = sorted(reply.troubles, key=lambda t: t.where, reverse=True)
        assert (ours.where, ours.kind, ours.asks) == ("scorecard Old tab!B2", "bad_data", (Ask(gone, OCTOBER),))
        assert "is there a tab named 'Old tab'?" in ours.advice
        assert (theirs.where, theirs.asks) == ("scorecard Nowhere!A:B", ())
        assert reply.tables == {}
        assert source.calls.made == 3
        read(source, SPEND, gone)  # known now: asked apart, so the rest needs one request and no second
        assert (source.calls.made, source.calls.least) == (5, 3)


def test_a_range_that_comes_back_is_read_with_the_others_again() -> None:
    tabs = dict(TABS)
    back = CellQuery("scorecard", "Late!A1")
    with sheet_that(lambda request: spreadsheet(tabs)(request)) as (source, vendor):
        read(source, SPEND, back)
        tabs["'Late'!A1"] = [[3]]
        assert read(source, SPEND, back).answers[Ask(back, OCTOBER)].value == 3
        read(source, SPEND, back)
    assert vendor.seen[-1].query["ranges"] == ["'Spend'!A:C", "'Late'!A1"]


def test_a_refusal_that_does_not_name_the_range_is_found_by_halving() -> None:
    def silent(request: Request) -> Said:
        if "'Bad'!A1" in request.query["ranges"]:
            return refusal(400, "Invalid request.", "INVALID_ARGUMENT")
        return spreadsheet(TABS)(request)

    with sheet_that(silent) as (source, _):
        reply = read(source, SPEND, CellQuery("scorecard", "Bad!A1"), CellQuery("scorecard", "Ops!B7"))
    assert len(reply.answers) == 2
    assert [t.where for t in reply.troubles] == ["scorecard Bad!A1"]


@pytest.mark.parametrize(
    ("given", "asked", "tab"),
    [
        ("Spend!A:E", "'Spend'!A:E", "Spend"),
        ("'My Tab'!A1:B2", "'My Tab'!A1:B2", "My Tab"),
        ("My Tab!A1", "'My Tab'!A1", "My Tab"),
        ("Ann's!A1", "'Ann''s'!A1", "Ann's"),
        ("'Ann''s'!A1", "'Ann''s'!A1", "Ann's"),
        ("2026!A1", "'2026'!A1", "2026"),
        ("wow! really!A1", "'wow! really'!A1", "wow! really"),
        ("spend_table", "spend_table", ""),
        ("My Tab", "'My Tab'", ""),
        ("📈!A1", "'📈'!A1", "📈"),
    ],
)
def test_tab_names_are_quoted_as_the_vendor_wants_them(given: str, asked: str, tab: str) -> None:
    assert (quoted(given), tab_of(given)) == (asked, tab)


def test_the_vendors_two_messages_about_ranges_name_them() -> None:
    ranges = ["Spend!A:E", "My Tab!A1"]
    assert named_in("Google refuses this (400: Unable to parse range: 'My Tab'!A1)", ranges) == "My Tab!A1"
    assert named_in("Range (Spend!A:E) exceeds grid limits. Max rows: 9", ranges) == "Spend!A:E"
    assert named_in("Unable to parse range: Other!A1", ranges) is None
    assert named_in("Something else.", ranges) is None


@given(st.lists(st.text(min_size=1, max_size=300), max_size=60))
def test_loads_hold_every_range_once_in_order_and_fit_an_address(names: list[str]) -> None:
    found = loads(names)
    assert [name for load in found for name in load] == names
    assert all(load for load in found)
    assert fewest_loads(names) <= len(found)
    if all(len(name) < 100 for name in names):
        from urllib.parse import urlencode

        assert all(len(urlencode({"ranges": [quoted(n) for n in load]}, True)) <= LONGEST_QUERY + 10 for load in found)


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────

HTML = "<!DOCTYPE html><html><title>Error 502 (Server Error)</title></html>"


@pytest.mark.parametrize(
    ("said", "kind", "what", "advice", "made"),
    [
        (refusal(401, "Invalid credentials.", "UNAUTHENTICATED"), "refused", "401", "key", 1),
        (refusal(403, "The caller does not have permission", "PERMISSION_DENIED"), "refused", "403", "share", 1),
        (
            refusal(403, "Google Sheets API has not been used in project 1", reason="SERVICE_DISABLED"),
            "refused",
            "403",
            "enable the API",
            1,
        ),
        (refusal(404, "Requested entity was not found.", "NOT_FOUND"), "refused", "does not exist", "id", 1),
        (Said(HTML, 404), "refused", "web page", "id", 1),
        (
            refusal(400, "This operation is not supported: the document must not be an Office file."),
            "refused",
            "Excel",
            "Save as Google Sheets",
            1,
        ),
        (refusal(429, "Quota exceeded for quota metric 'Read requests'"), "unreachable", "429", "next cycle", 4),
        (refusal(429, "Quota exceeded", Retry_After="999"), "late", "come back later", "next cycle", 1),
        (refusal(500, "Internal error."), "unreachable", "500", "next cycle", 4),
        (refusal(503, "Unavailable.", Retry_After="-1"), "unreachable", "503", "next cycle", 4),
        (Said(HTML, 502), "unreachable", "web page", "next cycle", 4),
        (Said('"text"', 500), "unreachable", "500", "next cycle", 4),
        (Said('{"valueRanges": [{"ran'), "unreachable", "breaks off", "next cycle", 4),
        (Said({"valueRanges": []}), "unreachable", "0 ranges for 1", "next cycle", 4),
        (Said([]), "unreachable", "cannot be read", "next cycle", 4),
        (Said({"valueRanges": [{}]}, cut=4), "unreachable", "connection failed", "next cycle", 4),
        (Said(reset=True), "unreachable", "connection failed", "next cycle", 4),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else None,
)
def test_every_failure_leaves_as_a_trouble_with_its_class_and_its_mend(
    said: Said, kind: str, what: str, advice: str, made: int
) -> None:
    with sheet_that(lambda _: said) as (source, _):
        reply = read(source, SPEND)
    assert reply.answers == {}
    (trouble,) = reply.troubles
    assert (trouble.where, trouble.kind, trouble.asks) == ("scorecard", kind, (Ask(SPEND, OCTOBER),))
    assert what in trouble.what
    assert advice in trouble.advice
    assert "<" not in trouble.what
    assert source.calls.made == made


@pytest.mark.parametrize(
    ("failure", "what"),
    [
        (requests.exceptions.ReadTimeout("secret"), "no answer in time"),
        (requests.exceptions.ConnectionError("secret"), "connection failed"),
    ],
)
def test_a_transport_failure_is_unreachable_and_its_text_is_not_repeated(failure: Exception, what: str) -> None:
    source = SheetsSource(settings("http://127.0.0.1:9"), Untiring())
    with responses.RequestsMock() as vendor:
        vendor.get("http://127.0.0.1:9/v4/spreadsheets/1AbC/values:batchGet", body=failure)
        (trouble,) = read(source, SPEND).troubles
        assert vendor.calls[0].request.req_kwargs["timeout"] == (5.0, 60.0)  # type: ignore[attr-defined]
    source.close()
    assert (trouble.kind, what in trouble.what, "secret" in trouble.what) == ("unreachable", True, False)


def test_a_credentials_reads_a_minute_are_paced_whatever_the_spreadsheet() -> None:
    clock = [0.0]
    pace = Pace(2, 60.0, lambda: clock[0])

    class Waiting(Patience):
        def wait(self, seconds: float, where: str, why: str) -> None:
            clock[0] += seconds

    for _ in range(5):
        pace.turn(Waiting(), "scorecard")
    assert clock[0] == 120.0


# ── doctor ───────────────────────────────────────────────────────────────────────────────────────────────────────


def doctor(request: Request) -> Said:
    if request.path.endswith("values:batchGet"):
        return spreadsheet(TABS)(request)
    assert request.path == "/v4/spreadsheets/1AbC"
    sheets = [{"properties": {"title": name}} for name in ("Spend", "Ops", "Tracker", "Targets")]
    return Said({"properties": {"title": "KPIs", "timeZone": "Africa/Johannesburg"}, "sheets": sheets})


def test_doctor_names_the_spreadsheet_each_range_column_and_row_with_the_mend() -> None:
    queries: list[Query] = [
        SPEND,
        TableQuery("scorecard", "Spend!A:C", "Date", "Amont", Aggregate.SUM),
        TableQuery("scorecard", "Spent!A:C", "Date", "Amount", Aggregate.SUM),
        MatrixQuery("scorecard", "Tracker!A1:Z40", "Awarness"),
        CellQuery("scorecard", "Ops!B7", "Ops!B8"),
    ]
    with sheet_that(doctor) as (source, _):
        findings = source.examine([Ask(query, OCTOBER) for query in queries])
    well = [finding.what for finding in findings if finding.ok]
    assert well[0] == "spreadsheet 'KPIs' can be read; its tabs: Spend, Ops, Tracker, Targets"
    assert "Spend!A:C with the columns Date and Amount is there" in well
    assert "Ops!B7, dated by Ops!B8, is there" in well
    mends = {finding.where: finding.mend for finding in findings if not finding.ok}
    assert mends == {
        "scorecard Spend!A:C": "did you mean 'Amount'?",
        "scorecard Spent!A:C": "there is no tab 'Spent'; did you mean 'Spend'?",
        "scorecard Tracker!A1:Z40": "did you mean 'Awareness'?",
    }


def test_doctor_says_who_needs_to_be_let_in() -> None:
    with sheet_that(lambda _: refusal(403, "The caller does not have permission")) as (source, _):
        (finding,) = source.examine([Ask(SPEND, OCTOBER)])
    assert (finding.ok, finding.mend.startswith("share the spreadsheet")) == (False, True)


# ── real recordings ──────────────────────────────────────────────────────────────────────────────────────────────

RECORDED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "sheets-recorded"


@pytest.mark.skipif(not RECORDED.is_dir(), reason="needs ../shared/data/sheets-recorded")
def test_every_recorded_answer_with_values_is_read_as_a_grid_of_cells() -> None:
    from connectors.sheets.client import _block

    recorded = json.loads((RECORDED / "sheets_v4_interactions.json").read_text())
    bodies = [
        one["body"]
        for calls in recorded.values()
        for one in calls
        if one["status"] == 200 and isinstance(one["body"], dict)
    ]
    ranges = [b for body in bodies for b in ([body] if "majorDimension" in body else body.get("valueRanges", []))]
    blocks = [_block(one) for one in ranges]
    assert len(blocks) > 100
    assert any(block.rows == () for block in blocks)  # a wholly empty range has no "values"
    assert any(len({len(row) for row in block.rows}) > 1 for block in blocks)  # ragged
    assert all(block.place for block in blocks)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="needs ../shared/data/sheets-recorded")
def test_every_recorded_refusal_becomes_an_error_with_a_mend() -> None:
    recorded = json.loads((RECORDED / "sheets_v4_interactions.json").read_text())
    refusals = [one for calls in recorded.values() for one in calls if one["status"] >= 400]
    assert refusals
    for one in refusals:
        said = Said(one["body"], one["status"])
        with sheet_that(lambda _, said=said: said) as (source, _):  # type: ignore[misc]
            reply = read(source, SPEND)
        assert reply.answers == {}
        assert all(trouble.advice for trouble in reply.troubles)
        assert reply.troubles


def test_a_range_whose_values_are_null_is_as_empty_as_one_without() -> None:
    def answer(_: Request) -> Said:
        return Said({"valueRanges": [{"range": "Ops!B7", "values": None}]})

    with sheet_that(answer) as (source, _):
        assert only(read(source, CellQuery("scorecard", "Ops!B7"))).found is Found.ABSENT
