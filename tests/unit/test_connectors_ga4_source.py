"""GA4 as a source: what is asked on the wire, what the answers mean, and every way it can go wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from connectors.errors import Stopped, VendorError
from connectors.ga4.settings import Ga4Settings
from connectors.ga4.source import Ga4Source
from mapping.periods import Period, PeriodKind
from mapping.queries import Aggregate, Answer, Ask, Condition, Found, Match, MetricQuery, Reply, TableQuery, Where
from tests.unit.google_loopback import Answer as Said
from tests.unit.google_loopback import Request, Untiring, Vendor, refusal, serve

NOW = datetime(2026, 11, 18, 8, tzinfo=UTC)
SOCIAL: Where = (Condition("sessionDefaultChannelGroup", Match.IS, ("Organic Social", "Paid Social")),)
QUOTA = {
    "tokensPerDay": {"consumed": 5, "remaining": 199_000},
    "tokensPerHour": {"consumed": 5, "remaining": 39_000},
    "tokensPerProjectPerHour": {"consumed": 5, "remaining": 13_900},
    "concurrentRequests": {"remaining": 10},
    "serverErrorsPerProjectPerHour": {"remaining": 10},
}

Report = dict[str, Any]
Values = dict[str, str | None]


def week(n: int = 0) -> Period:
    first = date(2026, 11, 9) + timedelta(weeks=n)
    return Period(first, first + timedelta(days=6), PeriodKind.WEEK, f"2026-W{46 + n}")


def ask(metric: str = "sessions", where: Where = (), n: int = 0, parts: str | None = None) -> Ask:
    return Ask(MetricQuery("web", metric, where), week(n), parts)


def report(request: dict[str, Any], value: Callable[[str, bool, str], str | None], **meta: object) -> Report:
    """A RunReportResponse as Google writes it: no dateRange column for one range, no rows for nothing."""
    metrics = [m["name"] for m in request["metrics"]]
    ranges = request["dateRanges"]
    filtered = "dimensionFilter" in request
    rows = []
    for asked in ranges:
        values = [value(metric, filtered, asked["startDate"]) for metric in metrics]
        if all(v is None or v == "0" for v in values):
            continue
        named = [{"value": asked["name"]}] if len(ranges) > 1 else []
        rows.append({"dimensionValues": named, "metricValues": [{"value": v or "0"} for v in values]})
    said: Report = {
        "metricHeaders": [{"name": m, "type": "TYPE_INTEGER"} for m in metrics],
        "metadata": {"timeZone": "America/New_York", "currencyCode": "USD", **meta},
        "propertyQuota": QUOTA,
        "kind": "analyticsData#runReport",
    }
    if len(ranges) > 1:
        said["dimensionHeaders"] = [{"name": "dateRange"}]
    if rows:
        said["rows"], said["rowCount"] = rows, len(rows)
    return said


def answering(one: Callable[[dict[str, Any]], Report]) -> Callable[[Request], Said]:
    return lambda request: Said({"reports": [one(asked) for asked in request.body["requests"]]})


def settings(endpoint: str | None, **more: object) -> Ga4Settings:
    return Ga4Settings.model_validate(
        {"id": "web", "property": "123456789", "credentials": "anonymous", "endpoint": endpoint, **more}
    )


@contextmanager
def property_that(answer: Callable[[Request], Said]) -> Iterator[tuple[Ga4Source, Vendor]]:
    with serve(answer) as vendor:
        source = Ga4Source(settings(vendor.url), Untiring())
        try:
            yield source, vendor
        finally:
            source.close()


def read(source: Ga4Source, *asks: Ask) -> Reply:
    return source.read(asks, now=NOW, zone=UTC)


def only(reply: Reply) -> Answer:
    assert reply.troubles == ()
    (answer,) = reply.answers.values()
    return answer


# ── what is asked ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_batch_goes_to_the_vendors_path_with_exact_dates_names_of_ours_and_the_quota_asked_for() -> None:
    with property_that(answering(lambda r: report(r, lambda *_: "5"))) as (source, vendor):
        read(source, ask(), ask(n=-1), ask("totalUsers"))
    (request,) = vendor.seen
    assert (request.method, request.path) == ("POST", "/v1beta/properties/123456789:batchRunReports")
    (asked,) = request.body["requests"]
    assert [m["name"] for m in asked["metrics"]] == ["sessions", "totalUsers"]
    assert [(r["startDate"], r["endDate"]) for r in asked["dateRanges"]] == [
        ("2026-11-02", "2026-11-08"),
        ("2026-11-09", "2026-11-15"),
    ]
    assert not any(r["name"].startswith(("date_range_", "RESERVED_")) for r in asked["dateRanges"])
    assert asked["returnPropertyQuota"] is True
    assert asked.get("keepEmptyRows", False) is False
    assert int(asked["limit"]) > 0
    assert not {"dimensions", "metricAggregations", "dimensionFilter"} & {k for k, v in asked.items() if v}
    assert (source.calls.made, source.calls.least, source.calls.charged) == (1, 1, 1)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            Condition("eventName", Match.IS, ("purchase",)),
            {"filter": {"fieldName": "eventName", "stringFilter": {"matchType": "EXACT", "value": "purchase"}}},
        ),
        (
            Condition("eventName", Match.IS, ("a", "b")),
            {"filter": {"fieldName": "eventName", "inListFilter": {"values": ["a", "b"]}}},
        ),
        (
            Condition("pagePath", Match.BEGINS, ("/blog",), negated=True),
            {
                "notExpression": {
                    "filter": {"fieldName": "pagePath", "stringFilter": {"matchType": "BEGINS_WITH", "value": "/blog"}}
                }
            },
        ),
        (
            Condition("pagePath", Match.CONTAINS, ("x", "y")),
            {
                "orGroup": {
                    "expressions": [
                        {"filter": {"fieldName": "pagePath", "stringFilter": {"matchType": "CONTAINS", "value": "x"}}},
                        {"filter": {"fieldName": "pagePath", "stringFilter": {"matchType": "CONTAINS", "value": "y"}}},
                    ]
                }
            },
        ),
        (
            Condition("pagePath", Match.MATCHES, ("/a|/b",)),
            {"filter": {"fieldName": "pagePath", "stringFilter": {"matchType": "FULL_REGEXP", "value": "/a|/b"}}},
        ),
    ],
)
def test_each_kind_of_condition_becomes_the_vendors_filter(condition: Condition, expected: object) -> None:
    with property_that(answering(lambda r: report(r, lambda *_: "5"))) as (source, vendor):
        read(source, ask(where=(condition,)))
    filters = [r["dimensionFilter"] for r in vendor.seen[0].body["requests"] if "dimensionFilter" in r]
    assert filters == [expected]


def test_several_conditions_must_all_hold() -> None:
    both = (Condition("country", Match.IS, ("ZA",)), Condition("eventName", Match.IS, ("purchase",)))
    with property_that(answering(lambda r: report(r, lambda *_: "5"))) as (source, vendor):
        read(source, ask(where=both))
    (found,) = (r["dimensionFilter"] for r in vendor.seen[0].body["requests"] if "dimensionFilter" in r)
    assert [e["filter"]["fieldName"] for e in found["andGroup"]["expressions"]] == ["country", "eventName"]


# ── what the answers mean ────────────────────────────────────────────────────────────────────────────────────────


def test_values_are_read_by_their_headers_and_kept_exact() -> None:
    def shuffled(request: dict[str, Any]) -> Report:
        said = report(request, lambda metric, *_: {"sessions": "8200", "bounceRate": "0.4210526315789473"}[metric])
        said["metricHeaders"].reverse()
        for row in said.get("rows", []):
            row["metricValues"].reverse()
        return said

    with property_that(answering(shuffled)) as (source, _):
        reply = read(source, ask(), ask("bounceRate"))
    assert {a.query.metric: r.value for a, r in reply.answers.items()} == {  # type: ignore[union-attr]
        "sessions": Decimal("8200"),
        "bounceRate": Decimal("0.4210526315789473"),
    }


def test_windows_are_told_apart_by_the_date_range_column_whatever_the_order_of_rows() -> None:
    def reversed_rows(request: dict[str, Any]) -> Report:
        said = report(request, lambda _m, _f, first: {"2026-11-02": "1", "2026-11-09": "2", "2026-11-16": "3"}[first])
        said["rows"].reverse()
        return said

    with property_that(answering(reversed_rows)) as (source, _):
        reply = read(source, ask(n=-1), ask(), ask(n=1))
    assert [reply.answers[ask(n=n)].value for n in (-1, 0, 1)] == [1, 2, 3]


def test_an_answer_carries_the_propertys_zone_and_its_origin_in_words() -> None:
    with property_that(answering(lambda r: report(r, lambda *_: "5"))) as (source, _):
        answer = only(read(source, ask()))
    assert (answer.zone, answer.origin) == ("America/New_York", "Google Analytics property 123456789")
    assert source.zone == "America/New_York"


@pytest.mark.parametrize(
    ("unfiltered", "filtered", "found", "value"),
    [
        ("8200", "31", Found.VALUE, Decimal(31)),
        ("8200", None, Found.ZERO, Decimal(0)),
        (None, None, Found.ABSENT, None),
    ],
)
def test_no_row_under_a_filter_is_zero_only_if_the_same_window_without_it_has_a_value(
    unfiltered: str | None, filtered: str | None, found: Found, value: Decimal | None
) -> None:
    one = answering(lambda r: report(r, lambda _m, is_filtered, _w: filtered if is_filtered else unfiltered))
    with property_that(one) as (source, vendor):
        answer = only(read(source, ask(where=SOCIAL)))
    assert (answer.found, answer.value) == (found, value)
    assert len(vendor.seen) == 1
    assert ["dimensionFilter" in r for r in vendor.seen[0].body["requests"]] == [False, True]


def test_no_row_without_a_filter_is_nothing_and_never_zero() -> None:
    with property_that(answering(lambda r: report(r, lambda *_: None))) as (source, _):
        answer = only(read(source, ask()))
    assert (answer.found, answer.value) == (Found.ABSENT, None)


def test_a_zero_beside_another_metrics_number_is_a_zero() -> None:
    with property_that(answering(lambda r: report(r, lambda m, *_: "9" if m == "sessions" else "0"))) as (source, _):
        reply = read(source, ask(), ask("keyEvents"))
    assert reply.answers[ask("keyEvents")].found is Found.ZERO


def test_a_vendor_that_writes_nothing_as_a_row_of_zeros_is_understood_alike() -> None:
    """Whether a report without dimensions answers nothing with no row or with "0" is not documented."""

    def with_zero_rows(request: dict[str, Any]) -> Report:
        said = report(request, lambda *_: "5")
        for row in said["rows"]:
            row["metricValues"] = [{"value": "0"} for _ in request["metrics"]]
        return said

    with property_that(answering(with_zero_rows)) as (source, _):
        reply = read(source, ask(), ask(where=SOCIAL))
    assert {answer.found for answer in reply.answers.values()} == {Found.ABSENT}


@pytest.mark.parametrize(
    ("meta", "flag"),
    [
        ({"subjectToThresholding": True}, "thresholded"),
        ({"samplingMetadatas": [{"samplesReadCount": "500000", "samplingSpaceSize": "1000000"}]}, "sampled"),
        ({"dataLossFromOtherRow": True}, "other_row"),
        ({"dataTruncationReasons": [{"dataTruncationType": "DATA_TRUNCATION_TYPE_PROPERTY"}]}, "truncated"),
    ],
)
def test_every_flag_of_the_metadata_travels_with_the_number(meta: dict[str, object], flag: str) -> None:
    with property_that(answering(lambda r: report(r, lambda *_: "5", **meta))) as (source, _):
        answer = only(read(source, ask()))
    assert (answer.value, answer.flags) == (Decimal(5), frozenset({flag}))


def test_a_truncation_of_other_dates_does_not_stain_this_window() -> None:
    meta = {
        "dataTruncationReasons": [
            {
                "dataTruncationType": "DATA_TRUNCATION_TYPE_PROPERTY",
                "dataTruncationDateRanges": [{"startDate": "2026-11-02", "endDate": "2026-11-04"}],
            }
        ]
    }
    with property_that(answering(lambda r: report(r, lambda *_: "5", **meta))) as (source, _):
        reply = read(source, ask(n=-1), ask())
    assert [reply.answers[ask(n=n)].flags for n in (-1, 0)] == [{"truncated"}, frozenset()]


def test_a_metric_the_role_may_not_see_is_flagged_and_the_others_are_not() -> None:
    meta = {
        "schemaRestrictionResponse": {
            "activeMetricRestrictions": [{"metricName": "totalRevenue", "restrictedMetricTypes": ["REVENUE_DATA"]}]
        }
    }
    one = answering(lambda r: report(r, lambda m, *_: "0" if m == "totalRevenue" else "9", **meta))
    with property_that(one) as (source, _):
        reply = read(source, ask(), ask("totalRevenue"))
    revenue = reply.answers[ask("totalRevenue")]
    assert (revenue.found, revenue.value, revenue.flags) == (Found.VALUE, Decimal(0), frozenset({"restricted"}))
    assert "may not see totalRevenue" in revenue.note
    assert reply.answers[ask()].flags == frozenset()


def test_what_is_no_number_is_not_believed_and_is_shown() -> None:
    with property_that(answering(lambda r: report(r, lambda *_: "NaN"))) as (source, _):
        answer = only(read(source, ask()))
    assert (answer.found, answer.value) == (Found.UNTRUSTED, None)
    assert "'NaN'" in answer.note


def test_a_breakdown_has_a_report_of_its_own_and_never_replaces_the_exact_value() -> None:
    def one(request: dict[str, Any]) -> Report:
        said = report(request, lambda *_: "100")
        if request.get("dimensions"):
            said["dimensionHeaders"] = [{"name": "country"}]
            said["rows"] = [
                {"dimensionValues": [{"value": name}], "metricValues": [{"value": value}]}
                for name, value in (("Kenya", "30"), ("South Africa", "75"), ("", "2"))
            ]
        return said

    with property_that(answering(one)) as (source, vendor):
        answer = only(read(source, ask(parts="country")))
    assert answer.value == 100  # the sum of the parts is 107: distinct people are not additive
    assert answer.breakdown == (("South Africa", Decimal(75)), ("Kenya", Decimal(30)), ("(not set)", Decimal(2)))
    assert [len(r.get("dimensions", [])) for r in vendor.seen[0].body["requests"]] == [0, 1]


def test_a_refused_breakdown_costs_only_the_breakdown() -> None:
    def one(request: Request) -> Said:
        if any("dimensions" in r for r in request.body["requests"]):
            return refusal(400, "Field nowhere is not a valid dimension.", "INVALID_ARGUMENT")
        return answering(lambda r: report(r, lambda *_: "100"))(request)

    with property_that(one) as (source, _):
        reply = read(source, ask(parts="nowhere"))
    assert reply.answers[ask(parts="nowhere")].value == 100
    (trouble,) = reply.troubles
    assert (trouble.asks, trouble.kind) == ((), "extra")
    assert "no breakdown by nowhere" in trouble.what


def test_an_ask_that_is_no_metric_is_answered_with_a_trouble() -> None:
    table = Ask(TableQuery("web", "A:B", "Date", None, Aggregate.COUNT), week())
    with property_that(answering(lambda r: report(r, lambda *_: "1"))) as (source, vendor):
        reply = read(source, table)
    assert vendor.seen == []
    assert [t.asks for t in reply.troubles] == [(table,)]


def test_nothing_asked_is_no_call() -> None:
    with property_that(answering(lambda r: report(r, lambda *_: "1"))) as (source, vendor):
        assert read(source).answers == {}
    assert (vendor.seen, source.calls.made, source.calls.least) == ([], 0, 0)


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


def refusing(*bad: str, words: str = "Request is not valid.") -> Callable[[Request], Said]:
    def one(request: Request) -> Said:
        asked = {m["name"] for r in request.body["requests"] for m in r["metrics"]}
        for name in bad:
            if name in asked:
                return refusal(400, words.format(name=name), "INVALID_ARGUMENT")
        return answering(lambda r: report(r, lambda *_: "7"))(request)

    return one


METRICS = ["sessions", "totalUsers", "newUsers", "screenPageViews", "eventCount", "keyEvents", "engagedSessions"]


def test_one_refused_metric_is_found_by_halving_and_the_others_get_their_answers() -> None:
    asks = [ask(metric) for metric in [*METRICS, "badMetric"]]
    with property_that(refusing("badMetric")) as (source, _):
        reply = read(source, *asks)
    assert {a.query.metric for a in reply.answers} == set(METRICS)  # type: ignore[union-attr]
    (trouble,) = reply.troubles
    assert trouble.asks == (ask("badMetric"),)
    assert (trouble.where, trouble.kind) == ("web", "failed")
    assert "badMetric" in trouble.what
    assert source.calls.made <= 1 + 2 * 3  # 8 metrics: three halvings, two requests each


def test_the_vendors_own_words_shorten_the_search() -> None:
    asks = [ask(metric) for metric in [*METRICS, "badMetric"]]
    with property_that(refusing("badMetric", words="Field {name} is not a valid metric.")) as (source, _):
        reply = read(source, *asks)
    assert len(reply.answers) == len(METRICS)
    assert source.calls.made == 2


def test_what_was_refused_is_asked_apart_the_next_time_and_spoils_nothing() -> None:
    asks = [ask(metric) for metric in [*METRICS, "badMetric"]]
    with property_that(refusing("badMetric")) as (source, _):
        read(source, *asks)
        made, least = source.calls.made, source.calls.least
        reply = read(source, *asks)
        assert (source.calls.made - made, source.calls.least - least) == (2, 2)
    assert len(reply.answers) == len(METRICS)


def test_a_refused_filter_field_costs_one_request_and_the_rest_is_answered() -> None:
    bad: Where = (Condition("nowhere", Match.IS, ("x",)),)

    def one(request: Request) -> Said:
        if "nowhere" in json.dumps(request.body):
            return refusal(400, "Field nowhere is not a valid dimension.", "INVALID_ARGUMENT")
        return answering(lambda r: report(r, lambda *_: "7"))(request)

    with property_that(one) as (source, _):
        reply = read(source, ask(), *(ask(m, bad, n) for m in ("sessions", "engagedSessions") for n in (0, -1)))
    assert set(reply.answers) == {ask()}
    (trouble,) = reply.troubles
    assert len(trouble.asks) == 4
    assert "nowhere" in trouble.what


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────

HTML = "<!DOCTYPE html><html><title>Error 503 (Service Unavailable)</title></html>"


@pytest.mark.parametrize(
    ("said", "kind", "what", "advice", "made"),
    [
        (
            refusal(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED"),
            "refused",
            "401",
            "key",
            1,
        ),
        (
            refusal(403, "User does not have sufficient permissions.", "PERMISSION_DENIED"),
            "refused",
            "403",
            "Viewer",
            1,
        ),
        (
            refusal(403, "Google Analytics Data API has not been used in project 1 before", reason="SERVICE_DISABLED"),
            "refused",
            "403",
            "enable the API",
            1,
        ),
        (refusal(404, "Requested entity was not found.", "NOT_FOUND"), "refused", "does not exist", "id", 1),
        (Said(HTML, 404), "refused", "web page", "id", 1),
        (refusal(400, "Invalid value."), "failed", "400", "doctor", 1),
        (
            refusal(429, "Exhausted property tokens for a project per hour. Return in under an hour."),
            "late",
            "tokens of the hour",
            "next cycle",
            1,
        ),
        (refusal(429, "Exhausted property tokens per day."), "late", "tokens of the day", "next cycle", 1),
        (refusal(429, "Exhausted concurrent requests quota."), "unreachable", "at once", "next cycle", 2),
        (refusal(429, "Slow down.", Retry_After="3"), "unreachable", "429", "next cycle", 2),
        (refusal(429, "Slow down.", Retry_After="9999"), "late", "come back later", "next cycle", 1),
        (refusal(500, "Internal error."), "unreachable", "500", "next cycle", 2),
        (refusal(503, "Unavailable.", Retry_After="garbage"), "unreachable", "503", "next cycle", 2),
        (Said(HTML, 503), "unreachable", "web page", "next cycle", 2),
        (Said([], 503), "unreachable", "503", "next cycle", 2),
        (Said('{"reports": [{"metricHea'), "unreachable", "cannot be read", "next cycle", 2),
        (Said({"reports": []}), "unreachable", "0 reports for 1", "next cycle", 2),
        (Said(HTML), "unreachable", "cannot be read", "next cycle", 2),
        (Said({"reports": [{}]}, cut=5), "unreachable", "connection failed", "next cycle", 2),
        (Said(reset=True), "unreachable", "connection failed", "next cycle", 2),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else None,
)
def test_every_failure_leaves_as_a_trouble_with_its_class_and_its_mend(
    said: Said, kind: str, what: str, advice: str, made: int
) -> None:
    with property_that(lambda _: said) as (source, _):
        reply = read(source, ask())
    assert reply.answers == {}
    (trouble,) = reply.troubles
    assert (trouble.where, trouble.kind, trouble.asks) == ("web", kind, (ask(),))
    assert what in trouble.what
    assert advice in trouble.advice
    assert "<" not in trouble.what
    assert source.calls.made == made


@pytest.mark.parametrize(
    ("failure", "what"),
    [
        (requests.exceptions.ReadTimeout("secret"), "no answer in time"),
        (requests.exceptions.ConnectTimeout("secret"), "no answer in time"),
        (requests.exceptions.SSLError("secret"), "connection failed (SSLError)"),
        (requests.exceptions.ChunkedEncodingError("secret"), "connection failed (ChunkedEncodingError)"),
    ],
)
def test_a_transport_failure_is_unreachable_and_its_text_is_not_repeated(failure: Exception, what: str) -> None:
    source = Ga4Source(settings("http://127.0.0.1:9"), Untiring())
    with responses.RequestsMock() as vendor:
        vendor.post("http://127.0.0.1:9/v1beta/properties/123456789:batchRunReports", body=failure)
        (trouble,) = read(source, ask()).troubles
    source.close()
    assert (trouble.kind, what in trouble.what, "secret" in trouble.what) == ("unreachable", True, False)


def test_every_request_has_our_time_outs() -> None:
    source = Ga4Source(settings("http://127.0.0.1:9"), Untiring())
    with responses.RequestsMock() as vendor:
        vendor.post("http://127.0.0.1:9/v1beta/properties/123456789:batchRunReports", json={"reports": [{}]})
        read(source, ask())
        assert vendor.calls[0].request.req_kwargs["timeout"] == (5.0, 60.0)  # type: ignore[attr-defined]
    source.close()


def test_a_row_without_its_date_range_is_nonsense_and_not_a_number() -> None:
    def nameless(request: dict[str, Any]) -> Report:
        said = report(request, lambda *_: "5")
        said.pop("dimensionHeaders", None)
        for row in said["rows"]:
            row["dimensionValues"] = []
        return said

    with property_that(answering(nameless)) as (source, _):
        reply = read(source, ask(), ask(n=-1))
    assert reply.answers == {}
    assert [t.kind for t in reply.troubles] == ["unreachable"]


def test_one_poisoned_batch_does_not_keep_the_others_from_their_answers() -> None:
    def one(request: Request) -> Said:
        if "poison" in json.dumps(request.body):
            return refusal(500, "Internal error.")
        return answering(lambda r: report(r, lambda *_: "7"))(request)

    filters: list[Where] = [(Condition("country", Match.IS, (name,)),) for name in "abcdefgh"]
    filters.append((Condition("country", Match.IS, ("poison",)),))
    with property_that(one) as (source, _):
        reply = read(source, *(ask(where=where) for where in filters))
    # the unfiltered twin and four filters in the first batch, five in the second: one of the two is poisoned
    assert len(reply.answers) in (4, 5)
    assert sum(len(t.asks) for t in reply.troubles) + len(reply.answers) == 9


def test_a_vendor_that_is_away_is_not_asked_batch_after_batch() -> None:
    filters: list[Where] = [(Condition("country", Match.IS, (f"c{n}",)),) for n in range(40)]
    with property_that(lambda _: Said(reset=True)) as (source, _):
        reply = read(source, *(ask(where=where) for where in filters))
    assert source.calls.made == 4  # two batches, each tried twice
    assert [len(trouble.asks) for trouble in reply.troubles] == [40]


def test_a_stop_ends_the_work_between_two_requests() -> None:
    source: list[Ga4Source] = []

    def stopping(request: Request) -> Said:
        source[0].client.patience.stop.set()
        return answering(lambda r: report(r, lambda *_: "7"))(request)

    filters: list[Where] = [(Condition("country", Match.IS, (f"c{n}",)),) for n in range(12)]
    with property_that(stopping) as (one, vendor):
        source.append(one)
        with pytest.raises(Stopped):
            read(one, *(ask(where=where) for where in filters))
    assert len(vendor.seen) == 1


def test_asking_stops_before_the_tenth_server_error_of_an_hour() -> None:
    with property_that(lambda _: refusal(500, "Internal error.")) as (source, vendor):
        for _ in range(10):
            reply = read(source, ask())
    assert len(vendor.seen) == 8
    assert (reply.troubles[0].kind, "8 server errors" in reply.troubles[0].what) == ("late", True)


def test_the_server_errors_of_one_credential_are_counted_together_in_all_workspaces() -> None:
    with property_that(lambda _: refusal(503, "Unavailable.")) as (source, vendor):
        other = Ga4Source(settings(vendor.url), Untiring())
        for _ in range(5):
            read(source, ask())
            read(other, ask())
        other.close()
    assert len(vendor.seen) == 8


def test_the_propertys_quota_is_kept_for_display() -> None:
    with property_that(answering(lambda r: report(r, lambda *_: "5"))) as (source, _):
        read(source, ask())
    assert (source.quota.tokens_per_hour, source.quota.tokens_per_day, source.quota.consumed) == (39_000, 199_000, 5)
    assert "13,900" in str(source.quota)


def test_with_less_than_a_tenth_of_the_tokens_left_the_rest_waits_for_the_next_cycle() -> None:
    def nearly_empty(request: dict[str, Any]) -> Report:
        said = report(request, lambda *_: "5")
        said["propertyQuota"] = {**QUOTA, "tokensPerProjectPerHour": {"consumed": 9, "remaining": 1_399}}
        return said

    filters: list[Where] = [(Condition("country", Match.IS, (f"c{n}",)),) for n in range(12)]
    with property_that(answering(nearly_empty)) as (source, _):
        reply = read(source, *(ask(where=where) for where in filters))
        assert source.calls.made == 1
        assert {t.kind for t in reply.troubles} == {"late"}
        assert "tenth" in reply.troubles[0].what
        assert len(reply.answers) == 4
        read(source, ask())
        assert source.calls.made == 2  # a new cycle finds out whether the tokens have come back


def test_a_360_property_may_go_lower_in_proportion() -> None:
    def large(request: dict[str, Any]) -> Report:
        said = report(request, lambda *_: "5")
        said["propertyQuota"] = {
            **QUOTA,
            "tokensPerDay": {"remaining": 1_900_000},
            "tokensPerHour": {"remaining": 30_000},
        }
        return said

    filters: list[Where] = [(Condition("country", Match.IS, (f"c{n}",)),) for n in range(12)]
    with property_that(answering(large)) as (source, _):
        read(source, *(ask(where=where) for where in filters))
    assert source.calls.made == 1
    assert source.quota.low() == "project and hour"  # 13,900 is under a tenth of a 360 property's 140,000


# ── credentials ──────────────────────────────────────────────────────────────────────────────────────────────────

CANARY = "c4n4ry-s3cret-value"


def robot_file(folder: Path, **more: str) -> Path:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    path = folder / "google.json"
    path.write_text(
        json.dumps(
            {
                "type": "service_account",
                "private_key": pem,
                "private_key_id": CANARY,
                "client_email": "robot@project.iam.gserviceaccount.com",
                "token_uri": "http://127.0.0.1:9/token",
                **more,
            }
        )
    )
    return path


def test_a_service_account_signs_its_own_token_and_a_403_names_who_needs_access(tmp_path: Path) -> None:
    robot_file(tmp_path)
    with serve(lambda _: refusal(403, f"Permission denied for {CANARY}.", "PERMISSION_DENIED")) as vendor:
        source = Ga4Source(settings(vendor.url, credentials="google.json", folder=tmp_path), Untiring())
        (trouble,) = read(source, ask()).troubles
        source.close()
    assert vendor.seen[0].headers["authorization"].startswith("Bearer ")
    assert "robot@project.iam.gserviceaccount.com" in trouble.advice
    assert CANARY not in trouble.what + trouble.advice


def test_a_401_is_repeated_by_the_library_and_every_repeat_is_counted(tmp_path: Path) -> None:
    robot_file(tmp_path)
    with serve(lambda _: refusal(401, "Invalid credentials", "UNAUTHENTICATED")) as vendor:
        source = Ga4Source(settings(vendor.url, credentials="google.json", folder=tmp_path), Untiring())
        (trouble,) = read(source, ask()).troubles
        source.close()
    assert (trouble.kind, source.calls.made) == ("refused", len(vendor.seen))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "cannot be read"),
        ("not json " + CANARY, "is not JSON"),
        ("[]", "is not JSON"),
        (json.dumps({"type": "service_account", "private_key": CANARY}), "not a complete"),
        (json.dumps({"type": "authorized_user", "refresh_token": CANARY}), "not a complete"),
        (json.dumps({"type": "mystery", "private_key": CANARY}), "of type 'mystery'"),
    ],
)
def test_a_bad_credential_file_is_a_trouble_that_shows_its_path_and_never_its_content(
    tmp_path: Path, content: str | None, what: str
) -> None:
    if content is not None:
        (tmp_path / "google.json").write_text(content)
    source = Ga4Source(settings("http://127.0.0.1:9", credentials="google.json", folder=tmp_path), Untiring())
    (trouble,) = read(source, ask()).troubles
    assert trouble.kind == "refused"
    assert what in trouble.what
    assert "google.json" in trouble.what
    assert CANARY not in trouble.what + trouble.advice


def test_no_error_of_the_client_holds_a_secret_in_any_of_its_texts(tmp_path: Path) -> None:
    robot_file(tmp_path)
    with serve(lambda r: refusal(400, f"echo {r.headers['authorization']} {CANARY}")) as vendor:
        source = Ga4Source(settings(vendor.url, credentials="google.json", folder=tmp_path), Untiring())
        with pytest.raises(VendorError) as caught:
            source.client.batch(())
        source.close()
    token = vendor.seen[0].headers["authorization"].removeprefix("Bearer ")
    texts = f"{caught.value!s} {caught.value!r} {caught.value.__cause__!r} {caught.value.advice}"
    assert token not in texts
    assert CANARY not in texts


# ── doctor ───────────────────────────────────────────────────────────────────────────────────────────────────────


def doctor(request: Request) -> Said:
    if request.method == "GET":
        assert request.path == "/v1beta/properties/123456789/metadata"
        return Said(
            {
                "metrics": [
                    {"apiName": "sessions"},
                    {"apiName": "keyEvents", "deprecatedApiNames": ["conversions"]},
                    {"apiName": "totalRevenue", "blockedReasons": ["NO_REVENUE_METRICS"]},
                    {"apiName": "sessionKeyEventRate"},
                ],
                "dimensions": [{"apiName": "country"}],
            }
        )
    return answering(lambda r: report(r, lambda *_: None))(request)


def test_doctor_names_every_metric_and_dimension_with_the_mend() -> None:
    where = (Condition("Country", Match.IS, ("ZA",)),)
    names = ["session", "conversions", "totalRevenue", "sessions", "sessionKeyEventRate:purchase"]
    with property_that(doctor) as (source, vendor):
        findings = source.examine([*(ask(name) for name in names), ask(where=where), ask(parts="country")])
    lines = {finding.what: (finding.ok, finding.mend) for finding in findings}
    assert lines["metric session is not in this property"] == (False, "did you mean sessions?")
    assert lines["metric conversions has been renamed"] == (False, "write keyEvents")
    assert lines["metric totalRevenue is blocked for these credentials (NO_REVENUE_METRICS)"][0] is False
    assert lines["metric sessions is there"] == (True, "")
    assert lines["metric sessionKeyEventRate:purchase is there"] == (True, "")
    assert lines["dimension Country is not in this property"] == (False, "did you mean country?")
    assert lines["dimension country is there"] == (True, "")
    assert lines["time zone of the property: America/New_York"] == (True, "")
    assert any(line.startswith("quota left: 199,000") for line in lines)
    assert len(vendor.seen) == 2


def test_doctor_says_what_is_wrong_with_the_credential_and_how_to_mend_it() -> None:
    with property_that(lambda _: refusal(403, "No.", "PERMISSION_DENIED")) as (source, _):
        (finding,) = source.examine([ask()])
    assert (finding.ok, finding.where) == (False, "web")
    assert "Viewer" in finding.mend


# ── real recordings ──────────────────────────────────────────────────────────────────────────────────────────────

RECORDED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ga4-sitekit-fixtures"


@pytest.mark.skipif(not RECORDED.is_dir(), reason="needs ../shared/data/ga4-sitekit-fixtures")
def test_a_recorded_report_with_two_date_ranges_is_read_row_by_row() -> None:
    from google.analytics.data_v1beta import types

    from connectors.ga4.packing import Cell, Group, Spec
    from connectors.ga4.wire import report_of

    recorded = json.loads((RECORDED / "report-with-date-range.json").read_text())
    for row in recorded["rows"]:  # alignd names its ranges; the recording has the vendor's default names
        for value in row["dimensionValues"]:
            value["value"] = value["value"].replace("date_range_", "window_")
    windows = ((date(2021, 1, 1), date(2021, 1, 28)), (date(2020, 12, 4), date(2020, 12, 31)))
    metrics = ("totalUsers", "averageSessionDuration", "sessions")
    cells = frozenset(Cell(m, w, (), "country") for m in metrics for w in windows)
    answer = types.RunReportResponse.pb(types.RunReportResponse.from_json(json.dumps(recorded)))
    found = report_of(Spec(Group((), "country", "x"), metrics, windows, cells), answer)
    sums = {w: sum(Decimal(r.values["sessions"]) for r in found.rows if r.window == w) for w in windows}
    assert len(found.rows) == 74
    assert list(sums.values()) == [31, 22]
