"""JSON forms of the values that stand in one column: documents, orders, targets, parts, what was written.

A form is data for ever (a newer alignd reads it), so each is spelled out rather than derived from the classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from mapping.documents import Block, Bullets, Code, Document, Heading, Inline, Line, Paragraph, Rows, Strong, Text
from mapping.documents import Link as Hyperlink
from mapping.kpis import TargetValue
from mapping.links import Asked, Quiet, Written
from mapping.periods import Period, PeriodKind
from mapping.readings import Part, State
from mapping.tasks import Create, WorkKind

Json = dict[str, Any]


def day_or_none(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def iso_or_none(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def decimal_or_none(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def text_or_none(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


# ── periods: four columns ────────────────────────────────────────────────────────────────────────────────────────


def period_columns(period: Period | None, prefix: str = "") -> Json:
    if period is None:
        return {f"{prefix}{name}": None for name in ("kind", "label", "first", "last")}
    return {
        f"{prefix}kind": period.kind.value,
        f"{prefix}label": period.label,
        f"{prefix}first": period.first,
        f"{prefix}last": period.last,
    }


def period_of(row: Mapping[str, Any], prefix: str = "") -> Period:
    return _period(row[f"{prefix}first"], row[f"{prefix}last"], row[f"{prefix}kind"], row[f"{prefix}label"])


@lru_cache(maxsize=4096)  # thousands of KPIs share a few hundred periods
def _period(first: date, last: date, kind: str, label: str) -> Period:
    return Period(first, last, PeriodKind(kind), label)


# ── documents ────────────────────────────────────────────────────────────────────────────────────────────────────


def _inline_form(item: Inline) -> list[str]:
    match item:
        case Text(text=text):
            return ["text", text]
        case Strong(text=text):
            return ["strong", text]
        case Code(text=text):
            return ["code", text]
        case Hyperlink(text=text, url=url):
            return ["link", text, url]


def _inline_of(form: list[str]) -> Inline:
    match form:
        case ["strong", text]:
            return Strong(text)
        case ["code", text]:
            return Code(text)
        case ["link", text, url]:
            return Hyperlink(text, url)
        case _:
            return Text(form[1])


def _lines_form(lines: Iterable[Line]) -> list[list[list[str]]]:
    return [[_inline_form(one) for one in line] for line in lines]


def _lines_of(form: list[list[list[str]]]) -> tuple[Line, ...]:
    return tuple(tuple(_inline_of(one) for one in line) for line in form)


def _block_form(block: Block) -> list[Any]:
    match block:
        case Heading(text=text):
            return ["heading", text]
        case Paragraph(lines=lines):
            return ["paragraph", _lines_form(lines)]
        case Bullets(items=items):
            return ["bullets", _lines_form(items)]
        case Rows(rows=rows):
            return ["rows", [list(row) for row in rows]]


def _block_of(form: list[Any]) -> Block:
    match form:
        case ["heading", text]:
            return Heading(text)
        case ["bullets", items]:
            return Bullets(_lines_of(items))
        case ["rows", rows]:
            return Rows(tuple(tuple(row) for row in rows))
        case _:
            return Paragraph(_lines_of(form[1]))


def document_form(document: Document | None) -> Json | None:
    if document is None:
        return None
    return {"blocks": [_block_form(one) for one in document.blocks], "reference": document.reference}


def document_of(form: Json | None) -> Document | None:
    if form is None:
        return None
    return Document(tuple(_block_of(one) for one in form["blocks"]), form["reference"])


# ── orders: the frozen payload of a create ───────────────────────────────────────────────────────────────────────


def create_form(order: Create) -> Json:
    return {
        "key": order.key,
        "kind": order.kind.value,
        "title": order.title,
        "body": document_form(order.body),
        "assignee": order.assignee,
        "due": iso_or_none(order.due),
        "followers": list(order.followers),
    }


def create_of(form: Json) -> Create:
    return Create(
        form["key"],
        WorkKind(form["kind"]),
        form["title"],
        cast(Document, document_of(form["body"])),
        form["assignee"],
        day_or_none(form["due"]),
        tuple(form["followers"]),
    )


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def target_form(target: TargetValue | None) -> Json | None:
    if target is None:
        return None
    return {"low": text_or_none(target.low), "high": text_or_none(target.high), "said": target.said}


def target_of(form: Json | None) -> TargetValue | None:
    if form is None:
        return None
    return TargetValue(decimal_or_none(form["low"]), decimal_or_none(form["high"]), form["said"])


def parts_form(parts: Iterable[Part]) -> list[Json]:
    return [
        {
            "name": one.name,
            "value": text_or_none(one.value),
            "state": one.state.value,
            "origin": one.origin,
            "note": one.note,
        }
        for one in parts
    ]


def parts_of(form: list[Json] | None) -> tuple[Part, ...]:
    return tuple(
        Part(one["name"], decimal_or_none(one["value"]), State(one["state"]), one["origin"], one["note"])
        for one in form or ()
    )


def breakdown_form(breakdown: Iterable[tuple[str, Decimal]]) -> list[list[str]]:
    return [[name, str(value)] for name, value in breakdown]


def breakdown_of(form: list[list[str]] | None) -> tuple[tuple[str, Decimal], ...]:
    return tuple((name, Decimal(value)) for name, value in form or ())


# ── links ────────────────────────────────────────────────────────────────────────────────────────────────────────


def written_form(written: Written) -> Json:
    return {
        "title": written.title,
        "notes": written.notes,
        "assignee": written.assignee,
        "due": iso_or_none(written.due),
        "asked": asked_form(written.asked),
    }


def written_of(form: Json | None) -> Written:
    if form is None:
        return Written()
    asked = asked_of(form.get("asked"))
    return Written(form["title"], form["notes"], form["assignee"], day_or_none(form["due"]), asked)


def asked_form(asked: Asked | None) -> Json | None:
    if asked is None:
        return None
    return {
        "at": asked.at.isoformat(),
        "fields": sorted(asked.fields),
        "title": asked.title,
        "assignee": asked.assignee,
        "due": iso_or_none(asked.due),
        "completed": asked.completed,
        "withdraws": asked.withdraws,
    }


def asked_of(form: Json | None) -> Asked | None:
    if form is None:
        return None
    return Asked(
        datetime.fromisoformat(form["at"]),
        frozenset(form["fields"]),
        form["title"],
        form["assignee"],
        day_or_none(form["due"]),
        form["completed"],
        form["withdraws"],
    )


def quiet_form(quiet: Quiet | None) -> Json | None:
    if quiet is None:
        return None
    return {
        "kind": quiet.kind,
        "until": iso_or_none(quiet.until),
        "why": quiet.why,
        "by": quiet.by,
        "at": quiet.at.isoformat(),
        "comment": quiet.comment,
    }


def quiet_of(form: Json | None) -> Quiet | None:
    if form is None:
        return None
    return Quiet(
        form["kind"],
        day_or_none(form["until"]),
        form["why"],
        form["by"],
        datetime.fromisoformat(form["at"]),
        form["comment"],
    )
