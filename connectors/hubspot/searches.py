"""Searches: a CRM query for exact days, as HubSpot's search takes it. Pure.

Rules from developers.hubspot.com/docs ("Search the CRM"): filters of a group must all hold, any group will do; at most
5 groups of 6 filters, 18 in all; instants are milliseconds since 1970 in UTC; a property of type date is that day's
midnight in UTC, whatever the account's zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import product

from connectors.errors import Refused
from mapping.queries import Aggregate, Condition, CrmQuery, Match
from mapping.rhythms import instant_of

MOST_GROUPS, MOST_IN_GROUP, MOST_FILTERS = 5, 6, 18
PAGE = 200  # the largest page
Filter = Mapping[str, object]


def search_body(
    query: CrmQuery, first: date, last: date, zone: tzinfo, where: str, *, is_day: bool = False
) -> dict[str, object]:
    """The search for objects dated `first` to `last` (both inclusive, days of `zone`). `is_day`: the date property
    holds whole days. `where`: the source's id, for errors. Refused: the filter cannot be put into a search.
    """
    begin, end = _window(first, last, UTC if is_day else zone)
    dated: list[Filter] = [
        {"propertyName": query.date, "operator": "GTE", "value": begin},
        {"propertyName": query.date, "operator": "LT", "value": end},
    ]
    if query.property is not None and query.aggregate in (Aggregate.MIN, Aggregate.MAX, Aggregate.LAST):
        dated.append({"propertyName": query.property, "operator": "HAS_PROPERTY"})
    groups = [[*dated, *some] for some in _groups(query, where)]
    if any(len(one) > MOST_IN_GROUP for one in groups) or sum(map(len, groups)) > MOST_FILTERS:
        raise Refused(
            where,
            f"the filter of {query.object} has more conditions than a search of HubSpot takes",
            "name fewer properties or values under filter: (a list in HubSpot can hold the rest)",
        )
    body: dict[str, object] = {"filterGroups": [{"filters": one} for one in groups], "limit": 1}
    match query.aggregate:
        case Aggregate.COUNT:
            return body
        case Aggregate.MIN | Aggregate.MAX:
            down = query.aggregate is Aggregate.MAX
            return body | _sorted(str(query.property), down) | {"properties": [query.property]}
        case Aggregate.LAST:
            return body | _sorted(query.date, True) | {"properties": [query.property]}
    # while pages are read objects may come and go: in the order of their ids none is met twice
    return body | {"limit": PAGE} | _sorted("hs_object_id", False) | {"properties": [query.property]}


def _sorted(name: str, down: bool) -> dict[str, object]:
    return {"sorts": [{"propertyName": name, "direction": "DESCENDING" if down else "ASCENDING"}]}


def _window(first: date, last: date, zone: tzinfo) -> tuple[str, str]:
    """From the first instant of `first` to that after `last`, in milliseconds."""
    instants = (instant_of(day, time(0), zone) for day in (first, last + timedelta(days=1)))
    begin, end = (str(int(one.timestamp() * 1000)) for one in instants)
    return begin, end


def _groups(query: CrmQuery, where: str) -> Iterator[list[Filter]]:
    """The conditions as groups: of several values each one is a group of its own, since IN compares text that is
    written in capitals differently from property to property. With too many for that, IN it is.
    """
    ways: list[list[list[Filter]]] = []
    for one in query.where:
        if one.match is not Match.IS:
            raise Refused(
                where,
                f"HubSpot's search cannot tell whether {one.field} {one.match.value} something",
                f"write the values themselves: filter: {{{one.field}: [one, another]}}",
            )
        ways.append(_ways(one))
    many = 1
    for way in ways:
        many *= len(way)
    if many > MOST_GROUPS:
        ways = [[[_either(one)]] if len(way) > 1 else way for one, way in zip(query.where, ways, strict=True)]
    for chosen in product(*ways):
        yield [filter_ for part in chosen for filter_ in part]


def _ways(one: Condition) -> list[list[Filter]]:
    if one.negated:
        return [[{"propertyName": one.field, "operator": "NEQ", "value": value} for value in one.values]]
    return [[{"propertyName": one.field, "operator": "EQ", "value": value}] for value in one.values]


def _either(one: Condition) -> Filter:
    return {"propertyName": one.field, "operator": "IN", "values": list(one.values)}


def needs_type(query: CrmQuery, first: date, zone: tzinfo) -> bool:
    """Whether it matters if the date property holds days or instants, and its name does not tell.

    East of Greenwich it does not: a day's midnight in UTC lies within that day there. West of it, it lies within the
    day before.
    """
    if query.date in INSTANTS:
        return False
    offset = datetime.combine(first, time(12), tzinfo=zone).utcoffset() or timedelta(0)
    return offset < timedelta(0)


INSTANTS = frozenset(  # HubSpot's own properties of type datetime
    {
        "createdate",
        "closedate",
        "lastmodifieddate",
        "hs_createdate",
        "hs_lastmodifieddate",
        "notes_last_contacted",
        "notes_last_updated",
        "first_conversion_date",
        "recent_conversion_date",
        "first_deal_created_date",
        "recent_deal_close_date",
        "hs_lifecyclestage_lead_date",
        "hs_lifecyclestage_marketingqualifiedlead_date",
        "hs_lifecyclestage_salesqualifiedlead_date",
        "hs_lifecyclestage_opportunity_date",
        "hs_lifecyclestage_customer_date",
        "hs_lifecyclestage_subscriber_date",
    }
)
