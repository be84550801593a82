"""Conditions of a `where`: a value, any of several, {not}, {begins}, {contains}, {matches}."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from config.problems import nearest
from connectors.fields import scalar, shown, wrong
from mapping.queries import Condition, Match

_WORDS = {"begins": Match.BEGINS, "contains": Match.CONTAINS, "matches": Match.MATCHES}
_ADVICE = "write a value, [any, of], or {not: …}, {begins: …}, {contains: …}, {matches: …}"


@dataclass(frozen=True, slots=True)
class ConditionText:
    """A condition as written; the field it is on is the key it stands under."""

    match: Match
    values: tuple[str, ...]
    negated: bool = False

    def on(self, field: str) -> Condition:
        """The same on a field."""
        return Condition(field, self.match, self.values, self.negated)


def read_condition(value: object) -> ConditionText:
    """One condition of a `where`, or an error that says what may stand there."""
    if isinstance(value, ConditionText):
        return value
    if not isinstance(value, dict):
        return ConditionText(Match.IS, _values(value))
    if len(value) != 1:
        raise wrong(f"a condition has one word, {_ADVICE}")
    word, inner = next(iter(value.items()))
    if word == "not":
        return _negated(inner)
    if word not in _WORDS:
        near = nearest(str(word), ["not", *_WORDS])
        raise wrong(f"{shown(word)} is not a condition, " + (f"did you mean {near}: …?" if near else _ADVICE))
    values = _values(inner)
    if word == "matches":
        for pattern in values:
            _check_pattern(pattern)
    return ConditionText(_WORDS[word], values)


def _negated(inner: object) -> ConditionText:
    if isinstance(inner, dict) and "not" in inner:
        raise wrong("not inside not is the same as neither, write the condition without both")
    below = read_condition(inner)
    return ConditionText(below.match, below.values, negated=True)


def _values(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        if not value:
            raise wrong(f"an empty list matches nothing, {_ADVICE}")
        return tuple(dict.fromkeys(_one(item) for item in value))
    if isinstance(value, dict):
        raise wrong(f"a mapping stands where a value belongs, {_ADVICE}")
    return (_one(value),)


def _one(value: object) -> str:
    return value if isinstance(value, str) and value else scalar(value, "a value")


def _check_pattern(pattern: str) -> None:
    if len(pattern) > 500:
        raise wrong("this regular expression is longer than 500 characters, write a shorter one")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise wrong(f"{shown(pattern)} is not a regular expression ({error}), write for example ^spring-") from None


_SCALAR = {"type": ["string", "number", "boolean"]}
_VALUES = [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]
_TESTS = {word: {"anyOf": _VALUES} for word in _WORDS}
_ONE_KEY = {"type": "object", "additionalProperties": False, "minProperties": 1, "maxProperties": 1}
_NOT = {"anyOf": [*_VALUES, {**_ONE_KEY, "properties": _TESTS}]}
CONDITION_SCHEMA = {"anyOf": [*_VALUES, {**_ONE_KEY, "properties": {**_TESTS, "not": _NOT}}]}
ConditionField = Annotated[ConditionText, BeforeValidator(read_condition), WithJsonSchema(CONDITION_SCHEMA)]
