"""What a search of HubSpot chooses, and in which order ("Search the CRM": filters, operators, sorts)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from connectors.sandbox.wire import Json

if TYPE_CHECKING:
    from connectors.sandbox.hubspot.api import Record

MOST_GROUPS, MOST_IN_GROUP, MOST_FILTERS = 5, 6, 18
OPERATORS = ("EQ", "NEQ", "LT", "LTE", "GT", "GTE", "BETWEEN", "IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY",
             "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")  # fmt: skip


class BadSearch(Exception):
    """A search that HubSpot answers with 400."""


def chosen(records: Sequence[Record], body: Json, types: Mapping[str, str]) -> list[Record]:
    """The records that any group of filters takes, sorted."""
    groups = body.get("filterGroups") or []
    sizes = [len(one.get("filters") or []) for one in groups]
    if len(groups) > MOST_GROUPS or any(n > MOST_IN_GROUP for n in sizes) or sum(sizes) > MOST_FILTERS:
        raise BadSearch("There was a problem with the request: too many filters")
    tests = [[_test(one, types) for one in group.get("filters") or []] for group in groups]
    found = [one for one in records if not tests or any(all(test(one) for test in group) for group in tests)]
    for sort in body.get("sorts") or [{"propertyName": "createdate", "direction": "ASCENDING"}]:
        name = sort.get("propertyName") if isinstance(sort, dict) else str(sort).lstrip("-")
        down = sort.get("direction") == "DESCENDING" if isinstance(sort, dict) else str(sort).startswith("-")
        _known(str(name), types)
        found.sort(key=lambda one: _order(one.properties.get(str(name)), types.get(str(name), "string")), reverse=down)
    for name in body.get("properties") or []:
        _known(str(name), types, silent=True)
    return found


def _known(name: str, types: Mapping[str, str], *, silent: bool = False) -> None:
    """Unknown properties to be returned are left out without a word; in filters and sorts they are refused."""
    if name not in types and name != "hs_object_id" and not silent:
        raise BadSearch(f"Property {name} does not exist")


def _test(one: Json, types: Mapping[str, str]) -> Callable[[Record], bool]:
    name, operator = str(one.get("propertyName")), one.get("operator")
    _known(name, types)
    if operator not in OPERATORS:
        raise BadSearch(f"operator must be one of [{', '.join(OPERATORS)}]")
    kind = types.get(name, "string")
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        return lambda record: _has(record, name) == (operator == "HAS_PROPERTY")
    if operator in ("IN", "NOT_IN"):
        return _among(name, kind, one.get("values"), operator == "IN")
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        word = str(one.get("value", "")).strip("*").lower()
        return lambda record: (
            _has(record, name) and (word in _plain(record, name).split()) == (operator == "CONTAINS_TOKEN")
        )
    value = one.get("value")
    if not isinstance(value, str):
        raise BadSearch(f"value of {name} is required and must be a string")
    return _compared(name, kind, operator, _order(value, kind, given=True), one.get("highValue"))


def _among(name: str, kind: str, values: Any, wanted: bool) -> Callable[[Record], bool]:
    """Of text, the values must be written in lower case, or nothing fits; of a choice capitals count."""
    if not isinstance(values, list) or not values:
        raise BadSearch("values is required for this operator")
    some = {str(one) for one in values}

    def fits(record: Record) -> bool:
        said = record.properties.get(name) or ""
        return ((said if kind == "enumeration" else said.lower()) in some) == wanted

    return lambda record: _has(record, name) and fits(record)


def _compared(name: str, kind: str, operator: str, value: Any, high: Any) -> Callable[[Record], bool]:
    upper = _order(str(high), kind, given=True) if operator == "BETWEEN" else None
    tests: dict[str, Callable[[Any], bool]] = {
        "EQ": lambda said: said == value,
        "NEQ": lambda said: said != value,
        "LT": lambda said: said < value,
        "LTE": lambda said: said <= value,
        "GT": lambda said: said > value,
        "GTE": lambda said: said >= value,
        "BETWEEN": lambda said: value <= said <= upper,
    }
    test = tests[operator]
    return lambda record: _has(record, name) and test(_order(record.properties.get(name), kind))


def _has(record: Record, name: str) -> bool:
    return record.properties.get(name) not in (None, "")


def _plain(record: Record, name: str) -> str:
    return (record.properties.get(name) or "").lower()


def _order(text: str | None, kind: str, *, given: bool = False) -> Any:
    """A value as it is compared: instants in milliseconds, days as their midnight in UTC, text without capitals."""
    said = text or ""
    if kind in ("date", "datetime"):
        return _millis(said)
    if kind == "number":
        try:
            return Decimal(said or "0")
        except InvalidOperation:
            if given:
                raise BadSearch(f"{said} is not a number") from None
            return Decimal(0)
    return said if kind == "enumeration" else said.lower()


def _millis(text: str) -> int:
    if text.lstrip("-").isdigit():
        return int(text)
    if not text:
        return 0
    try:
        moment = (
            datetime.fromisoformat(text) if "T" in text else datetime.combine(date.fromisoformat(text), time(0), UTC)
        )
    except ValueError:
        raise BadSearch(f"{text} is not a date") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
