"""HubSpot as a source against its stand-in: days of the workspace, pages, limits, refusals; the stand-in's rules."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from connectors.hubspot.settings import HubspotSettings
from connectors.hubspot.source import HubspotSource
from connectors.patience import Patience
from connectors.sandbox.hubspot import api as stand_in
from connectors.sandbox.server import Sandbox
from mapping.periods import Period, PeriodKind
from mapping.queries import Aggregate, Answer, Ask, Condition, CrmQuery, Found, Match, Trouble

NOW = datetime(2026, 12, 3, 8, tzinfo=UTC)
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30), PeriodKind.MONTH, "2026-11")
HERE = ZoneInfo("Africa/Johannesburg")
TOKEN = "pat-eu1-canary-0000"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(lambda: NOW) as running:
        running.hubspot.tokens = {TOKEN}
        yield running


@pytest.fixture
def source(sandbox: Sandbox) -> Iterator[HubspotSource]:
    settings = HubspotSettings.model_validate({"id": "crm", "token": TOKEN, "endpoint": sandbox.url})
    made = HubspotSource(settings, Patience(budget=3, paces=False))
    yield made
    made.close()


def deals(aggregate: Aggregate = Aggregate.COUNT, named: str | None = None, **where: object) -> CrmQuery:
    conditions = tuple(
        Condition(field, Match.IS, (value,) if isinstance(value, str) else tuple(value))  # type: ignore[arg-type]
        for field, value in sorted(where.items())
    )
    return CrmQuery("crm", "deals", "createdate", aggregate, named, conditions)


def answer(source: HubspotSource, query: CrmQuery, zone: ZoneInfo = HERE, period: Period = NOVEMBER) -> Answer:
    reply = source.read([Ask(query, period)], now=NOW, zone=zone)
    assert reply.troubles == (), reply.troubles
    return reply.answers[Ask(query, period)]


def trouble(source: HubspotSource, query: CrmQuery) -> Trouble:
    reply = source.read([Ask(query, NOVEMBER)], now=NOW, zone=HERE)
    assert reply.answers == {}
    (found,) = reply.troubles
    return found


def at(day: int, hour: int = 12, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=HERE)


# ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_deal_belongs_to_the_day_of_the_workspace_it_was_made_on(sandbox: Sandbox, source: HubspotSource) -> None:
    for moment in (at(31, 23, 59, month=10), at(1, 0), at(30, 23, 59), at(1, 0, month=12)):
        sandbox.hubspot.add("deals", createdate=moment)
    assert answer(source, deals()).value == 2


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Pacific/Auckland", "Pacific/Kiritimati"])
def test_a_property_of_whole_days_is_that_day_in_every_zone(sandbox: Sandbox, source: HubspotSource, zone: str) -> None:
    sandbox.hubspot.types["deals"]["signed_on"] = "date"
    for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)):
        sandbox.hubspot.add("deals", signed_on=day)
    query = CrmQuery("crm", "deals", "signed_on", Aggregate.COUNT)
    assert answer(source, query, ZoneInfo(zone)).value == 2


def test_west_of_greenwich_the_type_of_a_date_is_asked_once_and_the_scope_it_needs_is_named(
    sandbox: Sandbox, source: HubspotSource
) -> None:
    sandbox.hubspot.types["deals"]["signed_on"] = "date"
    query, west = CrmQuery("crm", "deals", "signed_on", Aggregate.COUNT), ZoneInfo("America/New_York")
    answer(source, query, west)
    answer(source, query, west)
    assert [one.method for one in sandbox.asked("hubspot")] == ["GET", "POST", "POST"]
    sandbox.hubspot.switches.reads_schemas = False
    other = CrmQuery("crm", "contacts", "signed_on", Aggregate.COUNT)
    (told,) = source.read([Ask(other, NOVEMBER)], now=NOW, zone=west).troubles
    assert (told.kind, "crm.schemas.contacts.read" in told.advice) == ("refused", True)


def test_where_no_type_of_a_date_is_known_the_search_says_what_is_wrong(
    sandbox: Sandbox, source: HubspotSource
) -> None:
    query, west = CrmQuery("crm", "deals", "signd_on", Aggregate.COUNT), ZoneInfo("America/New_York")
    (told,) = source.read([Ask(query, NOVEMBER)], now=NOW, zone=west).troubles
    assert [one.method for one in sandbox.asked("hubspot")] == ["GET", "POST"]
    assert (told.kind, "signd_on" in told.what, "properties" in told.advice) == ("bad_data", True, True)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_count_is_one_search_for_one_object(sandbox: Sandbox, source: HubspotSource) -> None:
    for n in range(450):
        sandbox.hubspot.add("deals", createdate=at(1 + n % 30))
    found = answer(source, deals())
    assert (found.found, found.value, found.rows) == (Found.VALUE, Decimal(450), 450)
    (asked,) = sandbox.asked("hubspot")
    assert json.loads(asked.body)["limit"] == 1
    assert (source.calls.made, source.calls.least) == (1, 1)


def test_a_sum_reads_every_page_and_passes_over_deals_without_an_amount(
    sandbox: Sandbox, source: HubspotSource
) -> None:
    for n in range(450):
        sandbox.hubspot.add("deals", createdate=at(1 + n % 30), amount=None if n % 3 == 0 else Decimal("0.1"))
    assert answer(source, deals(Aggregate.SUM, "amount")).value == Decimal("30.0")
    assert source.calls.made == source.calls.least == 3  # 450 deals, 200 a page


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [(Aggregate.MIN, "-2"), (Aggregate.MAX, "10.5"), (Aggregate.LAST, "3"), (Aggregate.MEAN, "3.875")],
)
def test_lowest_highest_newest_and_mean(
    sandbox: Sandbox, source: HubspotSource, aggregate: Aggregate, value: str
) -> None:
    for day, amount in ((1, "10.5"), (2, "-2"), (3, "4"), (28, "3"), (29, None)):
        sandbox.hubspot.add("deals", createdate=at(day), amount=amount)
    sandbox.hubspot.types["deals"]["amount"] = "number"
    assert answer(source, deals(aggregate, "amount")).value == Decimal(value)
    assert source.calls.made == 1


def test_nothing_is_zero_for_a_count_and_a_sum_and_no_number_for_a_mean(source: HubspotSource) -> None:
    assert answer(source, deals()).found is Found.ZERO
    assert answer(source, deals(Aggregate.SUM, "amount")).found is Found.ZERO
    assert answer(source, deals(Aggregate.MEAN, "amount")).found is Found.ABSENT


def test_a_text_where_a_number_should_be_is_not_believed_and_named(sandbox: Sandbox, source: HubspotSource) -> None:
    odd = sandbox.hubspot.add("deals", createdate=at(3), amount="a lot")
    sandbox.hubspot.types["deals"]["amount"] = "string"
    found = answer(source, deals(Aggregate.SUM, "amount"))
    assert found.found is Found.UNTRUSTED
    assert odd.id in found.note
    assert "'a lot'" in found.note


def test_filters_of_one_value_of_several_and_of_all_but_some(sandbox: Sandbox, source: HubspotSource) -> None:
    for stage in ("Won", "Lost", "Open", "Open"):
        sandbox.hubspot.add("deals", createdate=at(5), dealstage=stage, team="North")
    assert answer(source, deals(dealstage="Open")).value == 2
    assert answer(source, deals(dealstage=["Won", "Lost"], team="North")).value == 2
    assert answer(source, deals(dealstage=["Won", "Lost"], team="South")).value == 0
    all_but = CrmQuery(
        "crm", "deals", "createdate", Aggregate.COUNT, None, (Condition("dealstage", Match.IS, ("Won", "Lost"), True),)
    )
    assert answer(source, all_but).value == 2


def test_more_deals_than_a_search_pages_through_are_counted_in_halves(
    sandbox: Sandbox, source: HubspotSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand_in, "MOST", 40)
    monkeypatch.setattr("connectors.hubspot.source.MOST", 40)
    sandbox.hubspot.switches.exact_above_most = False
    for n in range(100):
        sandbox.hubspot.add("deals", createdate=at(1 + n % 30), amount=1)
    assert answer(source, deals()).value == 100
    sandbox.hubspot.types["deals"]["amount"] = "number"
    assert answer(source, deals(Aggregate.SUM, "amount")).value == 100
    assert source.calls.made == source.calls.least


def test_what_was_made_a_moment_ago_appears_when_the_index_has_it(sandbox: Sandbox, source: HubspotSource) -> None:
    sandbox.hubspot.switches.index_lag = timedelta(seconds=30)
    sandbox.hubspot.add("deals", createdate=at(5))
    assert answer(source, deals()).value == 0
    sandbox.clock = lambda: NOW + timedelta(minutes=1)
    sandbox.hubspot.now = sandbox.now
    assert answer(source, deals()).value == 1


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_property_that_is_not_there_is_said_in_hubspots_words(source: HubspotSource) -> None:
    told = trouble(source, deals(dealstag="Won"))
    assert (told.kind, "dealstag" in told.what, "properties" in told.advice) == ("bad_data", True, True)


def test_a_token_that_is_not_taken_stops_the_rest_from_being_asked_and_is_never_shown(
    sandbox: Sandbox, source: HubspotSource
) -> None:
    sandbox.hubspot.tokens = set()
    reply = source.read([Ask(deals(dealstage=one), NOVEMBER) for one in ("a", "b", "c")], now=NOW, zone=HERE)
    (told,) = reply.troubles
    assert (told.kind, len(told.asks), source.calls.made) == ("refused", 3, 1)
    assert TOKEN not in str(told)


def test_a_missing_scope_names_the_scopes(sandbox: Sandbox, source: HubspotSource) -> None:
    sandbox.hubspot.forbidden = {"deals"}
    assert "scopes" in trouble(source, deals()).advice


def test_a_limit_of_a_second_is_waited_out_and_one_of_a_day_ends_the_cycle(
    sandbox: Sandbox, source: HubspotSource
) -> None:
    fault = sandbox.faults.add("hubspot", "429")
    assert answer(source, deals()).value == 0
    assert fault.struck == 1
    sandbox.hubspot.handle = lambda call: stand_in.rate_limited("DAILY")  # type: ignore[method-assign]
    told = trouble(source, deals())
    assert (told.kind, told.advice.startswith("nothing to do")) == ("late", True)


@pytest.mark.parametrize(("field", "many"), [("one", 7), ("two", 300)])
def test_a_filter_longer_than_hubspot_takes_is_refused_before_it_is_asked(
    sandbox: Sandbox, source: HubspotSource, field: str, many: int
) -> None:
    where = (
        {f"field{n}": "x" for n in range(many)}
        if field == "one"
        else {"dealstage": [f"stage-{n}" for n in range(many)]}
    )
    told = trouble(source, deals(**where))
    assert told.kind == "bad_data"
    assert sandbox.asked("hubspot") == []


# ── the stand-in's own rules ─────────────────────────────────────────────────────────────────────────────────────────


def post(sandbox: Sandbox, path: str, body: object) -> tuple[int, dict[str, object]]:
    request = urllib.request.Request(
        sandbox.url + path, json.dumps(body).encode(), {"Authorization": f"Bearer {TOKEN}"}, method="POST"
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def test_both_forms_of_the_path_are_answered(sandbox: Sandbox) -> None:
    for path in ("/crm/v3/objects/deals/search", "/crm/objects/2026-03/deals/search"):
        assert post(sandbox, path, {"limit": 1})[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 200, "after": "9900"},
        {"filterGroups": [{"filters": []}] * 6},
        {"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "HAS_PROPERTY"}] * 7}]},
        {"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "HAS_PROPERTY"}] * 5}] * 4},
        {"filterGroups": [{"filters": [{"propertyName": "nothing", "operator": "HAS_PROPERTY"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "LIKE", "value": "1"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "EQ", "value": 1}]}]},
        {"query": "x" * 3_000},
    ],
)
def test_a_search_beyond_the_documented_limits_is_a_400_in_hubspots_form(sandbox: Sandbox, body: object) -> None:
    status, said = post(sandbox, "/crm/v3/objects/deals/search", body)
    assert (status, said["status"], said["category"]) == (400, "error", "VALIDATION_ERROR")


def test_of_text_in_takes_only_what_is_written_in_lower_case(sandbox: Sandbox) -> None:
    sandbox.hubspot.add("companies", name="Acme")
    for values, total in ((["Acme"], 0), (["acme"], 1)):
        filters = [{"propertyName": "name", "operator": "IN", "values": values}]
        body = {"filterGroups": [{"filters": filters}]}
        assert post(sandbox, "/crm/v3/objects/companies/search", body)[1]["total"] == total
