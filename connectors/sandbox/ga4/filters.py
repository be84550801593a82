"""GA4's filter expressions, on dimension values and on metric values."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from connectors.sandbox.wire import Json

Test = Callable[[Mapping[str, str]], bool]

MATCH_TYPES = ("MATCH_TYPE_UNSPECIFIED", "EXACT", "BEGINS_WITH", "ENDS_WITH", "CONTAINS", "FULL_REGEXP",
               "PARTIAL_REGEXP")  # fmt: skip
OPERATIONS = ("OPERATION_UNSPECIFIED", "EQUAL", "LESS_THAN", "LESS_THAN_OR_EQUAL", "GREATER_THAN",
              "GREATER_THAN_OR_EQUAL")  # fmt: skip


class BadRequest(ValueError):
    """What the API answers 400 INVALID_ARGUMENT to."""


def enum(value: Any, names: tuple[str, ...], field: str) -> str:
    """An enum as text or as its number."""
    if value is None:
        return names[0]
    if isinstance(value, int) and 0 <= value < len(names):
        return names[value]
    if value in names:
        return str(value)
    raise BadRequest(f'Invalid value at "{field}": {value!r}')


def pick(message: Json, *names: str) -> Any:
    """A field by its JSON name or its snake_case name."""
    return next((message[n] for n in names if n in message), None)


def fields_of(expression: Json | None) -> set[str]:
    """Every field a filter names."""
    if not expression:
        return set()
    for key in ("andGroup", "and_group", "orGroup", "or_group"):
        if key in expression:
            return {f for one in expression[key].get("expressions", []) for f in fields_of(one)}
    inner = pick(expression, "notExpression", "not_expression")
    if inner is not None:
        return fields_of(inner)
    one = expression.get("filter") or {}
    name = pick(one, "fieldName", "field_name")
    return {name} if name else set()


def compile_filter(expression: Json | None) -> Test:
    """A filter as a test on field values (text). BadRequest for what the API refuses."""
    if not expression:
        return lambda _: True
    if len(expression) != 1:
        raise BadRequest("A filter expression must have exactly one of andGroup, orGroup, notExpression, filter.")
    for key, whole in (("andGroup", all), ("and_group", all), ("orGroup", any), ("or_group", any)):
        if key in expression:
            return _group(expression[key], whole)
    inner = pick(expression, "notExpression", "not_expression")
    if inner is not None:
        test = compile_filter(inner)
        return lambda row: not test(row)
    one = expression.get("filter")
    if not isinstance(one, dict):
        raise BadRequest("A filter expression must have exactly one of andGroup, orGroup, notExpression, filter.")
    return _single(one)


def _group(group: Json, whole: Callable[[Any], bool]) -> Test:
    tests = [compile_filter(e) for e in group.get("expressions", [])]
    if not tests:
        raise BadRequest("A filter expression list must have at least one expression.")
    return lambda row: whole(t(row) for t in tests)


def _empty(_: Json) -> Callable[[str], bool]:
    return lambda text: text in ("", "(not set)")


def _string(how: Json) -> Callable[[str], bool]:
    kind = enum(pick(how, "matchType", "match_type"), MATCH_TYPES, "match_type")
    value = str(how.get("value", ""))
    minds_case = bool(pick(how, "caseSensitive", "case_sensitive"))
    if kind.endswith("REGEXP"):
        try:
            pattern = re.compile(value, 0 if minds_case else re.IGNORECASE)
        except re.error:
            raise BadRequest(f"Invalid regular expression: {value}") from None
        find = pattern.fullmatch if kind == "FULL_REGEXP" else pattern.search
        return lambda text: find(text) is not None
    fold: Callable[[str], str] = (lambda text: text) if minds_case else str.lower
    wanted = fold(value)
    if kind == "BEGINS_WITH":
        return lambda text: fold(text).startswith(wanted)
    if kind == "ENDS_WITH":
        return lambda text: fold(text).endswith(wanted)
    if kind == "CONTAINS":
        return lambda text: wanted in fold(text)
    return lambda text: fold(text) == wanted


def _in_list(how: Json) -> Callable[[str], bool]:
    values = [str(v) for v in how.get("values", [])]
    if not values:
        raise BadRequest("An in-list filter must have at least one value.")
    if pick(how, "caseSensitive", "case_sensitive"):
        return lambda text: text in values
    folded = {v.lower() for v in values}
    return lambda text: text.lower() in folded


def _amount(value: Json | None) -> Decimal:
    if not value:
        raise BadRequest("A numeric value must be given.")
    return Decimal(str(pick(value, "int64Value", "int64_value", "doubleValue", "double_value") or 0))


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        return Decimal(0)


def _numeric(how: Json) -> Callable[[str], bool]:
    kind = enum(how.get("operation"), OPERATIONS, "operation")
    edge = _amount(how.get("value"))
    compare: Callable[[Decimal, Decimal], bool] = {
        "LESS_THAN": operator.lt,
        "LESS_THAN_OR_EQUAL": operator.le,
        "GREATER_THAN": operator.gt,
        "GREATER_THAN_OR_EQUAL": operator.ge,
    }.get(kind, operator.eq)
    return lambda text: compare(_decimal(text), edge)


def _between(how: Json) -> Callable[[str], bool]:
    low, high = _amount(pick(how, "fromValue", "from_value")), _amount(pick(how, "toValue", "to_value"))
    return lambda text: low <= _decimal(text) <= high


_SINGLES: tuple[tuple[tuple[str, str], Callable[[Json], Callable[[str], bool]]], ...] = (
    (("stringFilter", "string_filter"), _string),
    (("inListFilter", "in_list_filter"), _in_list),
    (("numericFilter", "numeric_filter"), _numeric),
    (("betweenFilter", "between_filter"), _between),
    (("emptyFilter", "empty_filter"), _empty),
)


def _single(one: Json) -> Test:
    name = pick(one, "fieldName", "field_name")
    if not name:
        raise BadRequest("A filter must name a field.")
    for keys, build in _SINGLES:
        how = pick(one, *keys)
        if how is not None:
            matches = build(how)
            return lambda row: matches(row.get(name, ""))
    raise BadRequest(f"Filter on {name} says nothing.")
