"""Fields of the file: how each kind of scalar is read, and what is said if it cannot be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from config.problems import nearest
from connectors.fields import SPAN_PATTERN, read_later, read_list, read_span, scalar, shown, text_field, wrong
from mapping.periods import PeriodKind
from mapping.spans import Span, SpanUnit

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PERIODS = tuple(kind.value for kind in PeriodKind if kind is not PeriodKind.SPAN)
EXPANDS = r"\$\{.*\}"


class Shape(BaseModel):
    """A mapping of the file. `fillers` stand in for keys that are wrong, so that the rest can still be checked.

    `belongs`: keys that people put here by mistake → where they belong.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True)
    fillers: ClassVar[dict[str, Any]] = {}
    belongs: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written: `12000` plain, `2.0%` percent (value 0.02), `3 points` points (value 0.03)."""

    value: Decimal
    form: str  # plain | percent | points
    written: str


_NUMBER = re.compile(r"([+-]?\d{1,28}(?:\.\d{1,20})?)", re.ASCII)
_AMOUNT = re.compile(_NUMBER.pattern + r"\s*(%|points?|)", re.ASCII)


def read_amount(value: object) -> Amount:
    """A number, a percentage or points, exact."""
    if isinstance(value, Amount):
        return value
    text = str(scalar(value, "a number such as 12000 or 2.5%")).strip()
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise wrong(f"{shown(value)} is not a number, write {_mended_number(text, value)}")
    number = Decimal(match[1])
    if match[2] == "":
        return Amount(number, "plain", text)
    return Amount(number.scaleb(-2), "percent" if match[2] == "%" else "points", text)


def _mended_number(text: str, value: object) -> str:
    bare = re.sub(r"(?<=\d)[ ,_'\u00a0\u202f](?=\d{3})", "", text)
    bare = re.sub(r"^[^\d+-]{1,4}(?=\d)", "", bare)
    bare = re.sub(r"(?<=\d),(?=\d{1,2}\b)", ".", bare)
    if type(value) is str and bare != text and _AMOUNT.fullmatch(bare):
        return bare
    return "digits with a point for decimals: 12000, 0.5 or 2.5%"


def read_number(value: object) -> Decimal:
    """A plain number, exact."""
    amount = value if isinstance(value, Decimal) else read_amount(value)
    if isinstance(amount, Decimal):
        return amount
    if amount.form != "plain":
        raise wrong(f"{shown(value)} cannot be used here, write a plain number: {amount.value.normalize():f}")
    return amount.value


def read_date(value: object) -> date:
    """A date, always year first."""
    if isinstance(value, date):
        return value
    text = str(scalar(value, "a date such as 2026-09-01")).strip()
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise wrong(f"{shown(value)} is not a date, write year-month-day: 2026-09-01")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise wrong(f"{shown(value)} is a day that no calendar has, write year-month-day: 2026-09-01") from None
    if not 1970 <= day.year <= 2200:
        raise wrong(f"{shown(value)} is too far away, write a date from 1970 to 2200")
    return day


def read_time(value: object) -> time:
    """A time of day, 24 hours."""
    if isinstance(value, time):
        return value
    text = str(scalar(value, 'a time such as "09:00"')).strip()
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text, re.ASCII)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise wrong(f'{shown(value)} is not a time of day, write hours and minutes of 24: "09:00"')
    return time(int(match[1]), int(match[2]))


def read_url(value: object) -> str:
    """A web address."""
    text = str(scalar(value, "an address such as https://alignd.team.example")).strip()
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s<>\"]", text):
        raise wrong(f"{shown(value)} is not a web address, write it with http:// or https:// in front")
    return text


def read_calendar_span(value: object) -> Span:
    """A span in days, weeks or business days."""
    span = read_later(value)
    if span.unit in (SpanUnit.MINUTES, SpanUnit.HOURS):
        raise wrong(f"{shown(value)} is too fine here, write days, weeks or business days: 5 business days")
    return span


def read_reopen(value: object) -> Span:
    """A span in periods, days, weeks or business days; 0 is never."""
    span = read_span(value)
    if span.count < 0 or span.unit in (SpanUnit.MINUTES, SpanUnit.HOURS):
        raise wrong(f"{shown(value)} cannot be used here, write for example 2 periods, 3 weeks, or 0 for never")
    return span


@dataclass(frozen=True, slots=True)
class PerKind:
    """A number of periods, for every period kind or one each. `numbers` maps a kind or "other" to it."""

    numbers: tuple[tuple[str, int], ...]

    def for_kind(self, kind: PeriodKind) -> int | None:
        """The number for a period kind; None if the file names neither it nor `other`."""
        named = dict(self.numbers)
        return named.get(kind.value, named.get("other"))


def read_per_kind(value: object) -> PerKind:
    """One number, or a mapping of period kinds (and `other`) to numbers."""
    if isinstance(value, PerKind):
        return value
    if not isinstance(value, dict):
        return PerKind((("other", _periods(value)),))
    numbers = []
    for kind, number in value.items():
        if kind not in (*PERIODS, "other"):
            near = nearest(str(kind), [*PERIODS, "other"])
            mend = f"did you mean {near}?" if near else f"write {', '.join(PERIODS)} or other"
            raise wrong(f"{shown(kind)} is not a period, {mend}")
        numbers.append((kind, _periods(number)))
    if not numbers:
        raise wrong("nothing stands here, write a number of periods, or {day: 5, week: 2, other: 1}")
    return PerKind(tuple(numbers))


def _periods(value: object) -> int:
    text = str(scalar(value, "a number of periods, or {day: 5, week: 2, other: 1}"))
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or int(text) < 1:
        raise wrong(f"{shown(value)} is not a number of periods, write 1 or more")
    return int(text)


def read_period_kind(value: object) -> PeriodKind:
    """A period kind of the contract."""
    text = str(scalar(value, ", ".join(PERIODS[:-1]) + " or " + PERIODS[-1]))
    known = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
             "annual": "year", "annually": "year", "half-year": "half_year", "fiscal-year": "fiscal_year"}  # fmt: skip
    if text in PERIODS:
        return PeriodKind(text)
    mend = known.get(text.lower())
    raise wrong(f"{shown(value)} is not a period, write " + (mend or ", ".join(PERIODS[:-1]) + " or " + PERIODS[-1]))


def _text(pattern: str | None = None, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **({"pattern": pattern} if pattern else {}), **more})


_AMOUNT_PATTERN = rf"^\s*[+-]?\d+(\.\d+)?\s*(%|points?)?\s*$|{EXPANDS}"
NUMBER_SCHEMA: dict[str, Any] = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _AMOUNT_PATTERN}]}
COUNT_SCHEMA: dict[str, Any] = {
    "anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": rf"^\d+$|{EXPANDS}"}]
}
SCALAR_SCHEMA: dict[str, Any] = {"type": ["string", "number", "boolean"]}

AmountField = Annotated[Amount, BeforeValidator(read_amount), WithJsonSchema(NUMBER_SCHEMA)]
NumberField = Annotated[Decimal, BeforeValidator(read_number), WithJsonSchema(NUMBER_SCHEMA)]
Day = Annotated[date, BeforeValidator(read_date), _text(rf"^\d{{4}}-\d{{2}}-\d{{2}}$|{EXPANDS}")]
TimeOfDay = Annotated[time, BeforeValidator(read_time), _text(rf"^\d{{1,2}}:\d{{2}}$|{EXPANDS}")]
Url = Annotated[str, BeforeValidator(read_url), _text(rf"^https?://|{EXPANDS}")]
CalendarSpan = Annotated[Span, BeforeValidator(read_calendar_span), _text(SPAN_PATTERN)]
ReopenSpan = Annotated[
    Span,
    BeforeValidator(read_reopen),
    WithJsonSchema({"anyOf": [{"const": 0}, {"type": "string", "pattern": SPAN_PATTERN}]}),
]
Periods = Annotated[
    PerKind,
    BeforeValidator(read_per_kind),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                {
                    "type": "object",
                    "properties": {kind: {"type": "integer", "minimum": 1} for kind in (*PERIODS, "other")},
                    "additionalProperties": False,
                    "minProperties": 1,
                },
            ]
        }
    ),
]
Kind = Annotated[PeriodKind, BeforeValidator(read_period_kind), WithJsonSchema({"enum": list(PERIODS)})]
Text = Annotated[str, text_field("a text"), WithJsonSchema(SCALAR_SCHEMA)]
Reference = Annotated[str, text_field("an id"), WithJsonSchema(SCALAR_SCHEMA)]
References = Annotated[
    tuple[Reference, ...],
    BeforeValidator(read_list),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
