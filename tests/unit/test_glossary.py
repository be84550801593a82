"""What is agreed and how it is counted, in words; and for every change what it was before."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from config import Config
from mapping.definitions import canonical, digest
from mapping.glossary import Entry, Glossary
from mapping.goals import Goals
from mapping.texts.definitions import counted, said_query
from sync.alignment import Around, alignment_of, usual_span
from sync.cli import main
from sync.glossary import glossary_text
from sync.glossary.gathering import glossary_of
from sync.output_schema import output_schema
from sync.plan.situation import Situation
from sync.store import DefinitionRow
from sync.unified import Format

THEN, SINCE, NOW = (datetime(2026, month, day, 8, tzinfo=UTC) for month, day in ((8, 19), (11, 3), (11, 18)))
CONTRACT = Path(__file__).parents[2] / "docs" / "alignd.example.yaml"
SECRETS = dict.fromkeys(
    ("HUBSPOT_TOKEN", "ASANA_TOKEN", "TRELLO_KEY", "TRELLO_TOKEN", "SLACK_TOKEN", "SMTP_PASSWORD"), "x"
)
FILE = """
version: 1
workspace: {id: saypro, name: SayPro, timezone: Africa/Johannesburg}
people: {thandi: {name: Thandi Mokoena, email: t@x.example}, johan: {name: Johan Botha, email: j@x.example}}
sources:
  web: {kind: ga4, property: "123", credentials: anonymous, endpoint: "http://127.0.0.1:1"}
  new_web: {kind: ga4, property: "456", credentials: anonymous, endpoint: "http://127.0.0.1:1"}
  ops: {kind: sheets, spreadsheet: 1AbC, credentials: anonymous, endpoint: "http://127.0.0.1:1"}
  mails: {kind: csv, path: data/*.csv}
trackers: {asana: {kind: asana, token: x, project: "12"}}
kpis:
  orders:
    name: Orders
    definition: All orders.
    owner: thandi
    agreed: {on: 2026-09-01, by: [thandi, johan]}
    target: 10
    KPI
"""
METRIC = "{unit: count, period: week, value: {source: web, metric: keyEvents}}"
FILTERED = "{unit: count, period: week, value: {source: web, metric: keyEvents, where: {eventName: purchase}}}"
TABLE = "{period: month, value: {source: ops, table: 'Sales!A:E', date: Date, column: Amount, aggregate: sum}}"
RATE = (
    "{period: week, formula: buys / visits, inputs: "
    "{buys: {source: web, metric: keyEvents}, visits: {source: web, metric: sessions}}}"
)
AMOUNT = "the sum of Amount in Sales!A:E of the period, by Date"
CELL = "{period: month, value: {source: ops, cell: 'Ops!B7'}}"


def loaded(tmp_path: Path, kpi: str) -> Config:
    """The file with that KPI; `kpi` as a flow mapping of its terms."""
    terms = kpi.strip()[1:-1]
    path = tmp_path / "alignd.yaml"
    lines = ["    " + line for line in _block(terms)]
    path.write_text(FILE.replace("    KPI", "\n".join(lines)), encoding="utf-8")
    found = config.load(path, {})
    assert found.config is not None, found.problems
    return found.config


def _block(terms: str) -> list[str]:
    """Top-level parts of a flow mapping, one a line."""
    parts, depth, at = [], 0, 0
    for place, char in enumerate(terms):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append(terms[at:place].strip())
            at = place + 1
    return [*parts, terms[at:].strip()]


def row(file: Config, at: datetime, kpi: str = "orders") -> DefinitionRow:
    form = canonical(file.kpis["orders"], file.kpis, file.terms, file.workspace.calendar)
    form = json.loads(json.dumps(form))  # as the store gives it back
    return DefinitionRow(kpi, digest(form), form, at, 1)


def changed(tmp_path: Path, before: str, after: str) -> Entry:
    old, new = loaded(tmp_path, before), loaded(tmp_path, after)
    return glossary_of(new, [row(old, THEN), row(new, SINCE)], NOW).entries[0]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (FILTERED, METRIC, "The filter on event name is gone; before: only where event name is purchase."),
        (METRIC, FILTERED, "Only where event name is purchase; before: without a filter on event name."),
        (
            FILTERED,
            FILTERED.replace("purchase", "{not: [refund, test]}"),
            "Only where event name is not refund or test; before: only where event name is purchase.",
        ),
        (METRIC, METRIC.replace("keyEvents", "sessions"), "Now sessions; before: key events."),
        (
            METRIC,
            METRIC.replace("web", "new_web"),
            "Read from Google Analytics (property 456); before: Google Analytics (property 123).",
        ),
        (METRIC, METRIC.replace("count", "score"), "Shown as a score; before: a count."),
        (METRIC, METRIC.replace("week", "month"), "Counted per month; before: per week."),
        (
            METRIC,
            METRIC.replace("}}", "}, scale: 0.01}"),
            "The source's number times 0.01; before: the source's number as it is.",
        ),
        (TABLE, TABLE.replace("Amount", "Net"), f"Now {AMOUNT.replace('Amount', 'Net')}; before: {AMOUNT}."),
        (TABLE, TABLE.replace("Sales", "Orders"), "From Orders!A:E; before: from Sales!A:E."),
        (
            TABLE,
            TABLE.replace("Date", "Paid"),
            "Rows belong to the period of Paid; before: rows belong to the period of Date.",
        ),
        (TABLE, TABLE.replace("sum", "mean"), f"Now {AMOUNT.replace('sum', 'average')}; before: {AMOUNT}."),
        (TABLE, TABLE.replace("sum}", "sum, min_rows: 50}"), "Of at least 50 rows; before: no such rule."),
        (
            TABLE,
            TABLE.replace("sum}", "sum, empty: zero}"),
            "Zero for a period without rows once a later row is there; before: no such rule.",
        ),
        (
            RATE,
            RATE.replace("buys / visits", "buys / visits * 100"),
            "Computed as (buys / visits) * 100; before: buys / visits.",
        ),
        (
            RATE,
            RATE.replace("metric: keyEvents", "metric: keyEvents, where: {eventName: purchase}"),
            "buys: only where event name is purchase; before: without a filter on event name.",
        ),
        (
            METRIC,
            RATE,
            "Now computed as buys / visits; before: Google Analytics (property 123): key events, without a filter.",
        ),
        (
            TABLE,
            CELL,
            f"Now the sheet ops: cell Ops!B7, as last seen before the period ended; before: the sheet ops: {AMOUNT}.",
        ),
    ],
)
def test_each_kind_of_change_is_said_with_what_it_was(tmp_path: Path, before: str, after: str, said: str) -> None:
    entry = changed(tmp_path, before, after)
    assert entry.versions[0].changed == (said,)
    assert [one.since.isoformat() for one in entry.versions if one.since] == ["2026-11-03", "2026-08-19"]
    assert str(entry.versions[1].until) == "2026-11-02"
    assert not entry.agreed
    assert entry.agreement == (
        "Not yet agreed as it is counted now: agreed on 1 Sep 2026 by Thandi Mokoena and Johan Botha, "
        "counted otherwise since 3 Nov 2026."
    )


def test_a_chart_marks_the_day_with_what_changed(tmp_path: Path) -> None:
    old, new = loaded(tmp_path, METRIC), loaded(tmp_path, METRIC.replace("keyEvents", "sessions"))
    situation = Situation(new, NOW, {}, {}, notes={}, views={}, goals=Goals(new.goals))
    around = Around(definitions={"orders": [row(old, THEN), row(new, SINCE)]})
    marks = alignment_of(situation, usual_span(NOW, new), around).kpis[0].marks
    assert [one.said for one in marks] == ["counted otherwise from here on: now sessions; before: key events"]


def test_a_week_that_begins_on_another_day_is_a_change(tmp_path: Path) -> None:
    file = loaded(tmp_path, METRIC)
    other = replace(file, workspace=replace(file.workspace, calendar=replace(file.workspace.calendar, week_starts=6)))
    entry = glossary_of(other, [row(file, THEN), row(other, SINCE)], NOW).entries[0]
    assert entry.versions[0].changed == ("Weeks run Sunday to Saturday; before: Monday to Sunday.",)


def test_what_the_file_says_and_nobody_has_read_yet_is_a_version_too(tmp_path: Path) -> None:
    old, new = loaded(tmp_path, FILTERED), loaded(tmp_path, METRIC)
    entry = glossary_of(new, [row(old, THEN)], NOW).entries[0]
    assert [one.since for one in entry.versions] == [None, THEN.date()]
    assert "**Not read yet:** The filter on event name is gone" in markdown(glossary_of(new, [row(old, THEN)], NOW))
    assert not entry.agreed


def test_what_was_never_counted_otherwise_is_agreed_since_the_day_of_the_file(tmp_path: Path) -> None:
    file = loaded(tmp_path, METRIC)
    entry = glossary_of(file, [row(file, THEN)], NOW).entries[0]
    assert (entry.agreed, entry.agreement) == (True, "Agreed on 1 Sep 2026 by Thandi Mokoena and Johan Botha.")
    assert entry.earlier == ()
    without = replace(file, kpis={"orders": replace(file.kpis["orders"], agreed=None)})
    assert glossary_of(without, [], NOW).entries[0].agreement.startswith("Not yet agreed")


def test_a_kpi_that_the_file_no_longer_has_stays_readable(tmp_path: Path) -> None:
    file = loaded(tmp_path, METRIC)
    glossary = glossary_of(file, [row(file, THEN), row(file, THEN, "gone")], NOW)
    assert [one.kpi for one in glossary.left] == ["gone"]
    for wanted in (Format.MD, Format.HTML):
        assert "No longer measured" in glossary_text(glossary, wanted, UTC)


@pytest.fixture(scope="module")
def contract() -> Glossary:
    found = config.load(CONTRACT, SECRETS)
    assert found.config is not None
    return glossary_of(found.config, [], NOW, has_history=False)


def test_the_contracts_file_in_words(contract: Glossary) -> None:
    said = {one.kpi: " ".join(one.counted) for one in contract.entries}
    assert said == {
        "sessions": "Google Analytics (property 123456789): sessions, without a filter.",
        "social_visits": "Google Analytics (property 123456789): sessions, only where session default channel group is "
        "Organic Social or Paid Social.",
        "weekly_users": "Google Analytics (property 123456789): total users, without a filter.",
        "conversion_rate": "purchases / sessions, where "
        "purchases: Google Analytics (property 123456789): key events, only where event name is purchase "
        "sessions: the KPI Website sessions (Google Analytics (property 123456789): sessions, without a filter)",
        "cac": "spend / customers, where "
        "spend: the sheet scorecard: the sum of Amount in Spend!A:E of the period, by Date, only where Channel is "
        "Search or Social "
        "customers: HubSpot: the number of contacts of the period, by closedate, only where lifecyclestage is customer",
        "open_rate": "opens / delivered, where "
        "opens: the files data/mailings-*.csv: the sum of Opens of the period, by Date "
        "delivered: the files data/mailings-*.csv: the sum of Delivered of the period, by Date",
        "nps": "The sheet scorecard: the net promoter score of Score (share of 9 and 10 minus share of 0 to 6) in "
        "Survey!A:C of the period, by Date, of at least 50 rows.",
        "awareness": "The sheet scorecard: row Awareness of Tracker!A1:Z40, in the column of the period.",
        "support_load": "The sheet scorecard: cell Ops!B7, for the date in Ops!B8.",
        "leads": "HubSpot: the number of deals of the period, by createdate.",
    }


def test_what_holds_beside_it(contract: Glossary) -> None:
    facts = {one.kpi: {fact.about: fact.said for fact in one.facts} for one in contract.entries}
    assert facts["weekly_users"]["Target now"].startswith("from 1 Sep 2026: 20 % more than the same week a year before")
    assert facts["weekly_users"]["All targets"].startswith("from 1 Mar 2026: 9,000 or more; from 1 Sep 2026")
    assert facts["awareness"]["Scale"] == "the source's number times 0.01"
    assert facts["cac"] | {} == {
        "Counted per": "month",
        "Shown as": "an amount of money in ZAR",
        "Better is": "less",
        "Target": "what Targets!C4 of scorecard says, or less; up to 5 % above is close",
        "Final": "the sheet scorecard: 72 hours after the month ended, once a row of its last day or later is there; "
        "HubSpot: 24 hours after the month ended",
        "Late": "not there 20 days after the month ended",
        "Owner": "Thandi Mokoena",
        "Number from": "Johan Botha",
    }
    assert facts["leads"]["Counted per"] == "fiscal quarter, the fiscal year begins on 1 March"
    assert facts["leads"]["Compared with"] == "the same quantity from the sheet scorecard"
    assert facts["support_load"]["Final"] == "as soon as the week ended"
    goals = {one.kpi: one.goals for one in contract.entries}
    assert goals["nps"] == ("Keep the customers we win (Lerato)",)


def test_the_page_needs_nothing_else_and_its_policy_allows_its_own_style_alone(contract: Glossary) -> None:
    page = glossary_text(contract, Format.HTML, UTC)
    assert re.findall(r"<(script|link|img|iframe)|\sstyle=|\son\w+=|url\(|@import", page) == []
    assert "default-src &#39;none&#39;; style-src &#39;sha256-" in page
    assert page.count("<article ") == 10
    assert page.count("<h1>") == 1


def test_the_json_is_what_the_schema_says(contract: Glossary) -> None:
    text = glossary_text(contract, Format.JSON, UTC)
    schema: dict[str, Any] = output_schema()
    jsonschema.validate(json.loads(text), {**schema, "anyOf": [{"$ref": "#/$defs/definitions"}]})
    assert json.loads(text)["entries"][0]["versions"][0]["since"] is None


@settings(max_examples=40, deadline=None)
@given(text=st.text(min_size=1, max_size=60))
def test_whatever_a_file_names_is_shown_and_does_nothing(text: str) -> None:
    hostile = f"<script>alert(1)</script>[x](javascript:y) {text}"
    entry = Entry("k", hostile, hostile, False, hostile, (hostile, hostile), (), (hostile,), ())
    glossary = Glossary("w", hostile, NOW.date(), True, (entry,))
    page = glossary_text(glossary, Format.HTML, UTC)
    assert "<script" not in page
    assert html.escape("<script>") in page
    written = markdown(glossary)
    assert not re.search(r"(?<!\\)<script", written)
    assert not re.search(r"(?<!\\)\]\(", written)


KEYS = st.sampled_from(["source", "value", "where", "inputs", "kpi", "formula", "metric", "table", "x"])
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
FORMS = st.recursive(
    LEAVES, lambda one: st.lists(one, max_size=3) | st.dictionaries(KEYS, one, max_size=4), max_leaves=8
)


@given(FORMS.filter(lambda one: isinstance(one, dict)))
def test_a_form_of_another_release_is_said_as_far_as_it_can_be(form: Any) -> None:
    assert all(isinstance(one, str) for one in counted(form, {}))
    assert isinstance(said_query(form, {}), str)


def test_without_a_store_the_command_tells_what_the_file_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded(tmp_path, METRIC)
    assert main(["definitions", "-c", str(tmp_path / "alignd.yaml")]) == 0
    said = capsys.readouterr().out
    assert "# What we measure: SayPro" in said
    assert "earlier ways of counting are not known" in said
    assert sorted(one.name for one in tmp_path.iterdir()) == ["alignd.yaml"]
    assert main(["definitions", "-c", str(tmp_path / "alignd.yaml"), "-o", str(tmp_path / "d.html")]) == 0
    assert (tmp_path / "d.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert main(["definitions", "-c", str(tmp_path / "alignd.yaml"), "-o", str(tmp_path / "d.doc")]) == 2


def markdown(glossary: Glossary) -> str:
    return glossary_text(glossary, Format.MD, UTC)
