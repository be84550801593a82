"""The glossary: what is agreed to be measured, how it is counted, and every way in which it was counted before.

The words are made in `mapping/texts/definitions.py`; what changed between two ways of counting is found here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

Form = Mapping[str, object]  # of mapping.definitions.canonical

WITHIN = " → "  # between an input and the input of the KPI that it is
_OUTSIDE = ("unit", "scale", "period")
_IN_BOTH = ("week_starts", "fiscal_start")  # where only one has it, the period says it


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is counted otherwise. `what`: a key of the canonical form, or "where", "input", "counting".

    `name`: the field of a filter, or of an input. `within`: the input it is about ("a", "a → b"), "" for the KPI's own
    query. `before`, `after`: None where there was, or is, nothing of the kind.
    """

    what: str
    before: object
    after: object
    name: str = ""
    within: str = ""


def changes(before: Form, after: Form) -> list[Change]:
    """What differs, the most general first. Empty for two forms that count alike."""
    found = [Change(key, before.get(key), after.get(key)) for key in _OUTSIDE if before.get(key) != after.get(key)]
    found += [
        Change(key, before[key], after[key])
        for key in _IN_BOTH
        if key in before and key in after and before[key] != after[key]
    ]
    if ("value" in before) != ("value" in after):
        return [*found, Change("counting", dict(before), dict(after))]
    found += _of_query(_form(before.get("value")), _form(after.get("value")), "")
    if before.get("formula") != after.get("formula"):
        found.append(Change("formula", before.get("formula"), after.get("formula")))
    return [*found, *_of_inputs(_form(before.get("inputs")), _form(after.get("inputs")))]


def _of_inputs(before: Form, after: Form) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        one, other = before.get(name), after.get(name)
        if one is None or other is None:
            yield Change("input", one, other, name)
            continue
        first, second = _form(one), _form(other)
        if "kpi" in first and "kpi" in second:  # another KPI's definition, whole
            for change in changes(_form(first["kpi"]), _form(second["kpi"])):
                within = f"{name}{WITHIN}{change.within}" if change.within else name
                yield Change(change.what, change.before, change.after, change.name, within)
        elif ("kpi" in first) != ("kpi" in second):
            yield Change("input", one, other, name)
        else:
            yield from _of_query(first, second, name)


def _of_query(before: Form, after: Form, within: str) -> Iterator[Change]:
    if before == after:
        return
    if _kind(before) != _kind(after):
        yield Change("counting", dict(before), dict(after), within=within)
        return
    for key in (*before, *(one for one in after if one not in before)):
        if key != "where" and before.get(key) != after.get(key):
            yield Change(key, before.get(key), after.get(key), within=within)
    yield from _of_filters(before.get("where"), after.get("where"), within)


def _of_filters(before: object, after: object, within: str) -> Iterator[Change]:
    first, second = conditions_by_field(before), conditions_by_field(after)
    for name in sorted({*first, *second}):
        if first.get(name) != second.get(name):
            yield Change("where", first.get(name), second.get(name), name, within)


def conditions_by_field(where: object) -> dict[str, list[list[object]]]:
    """A filter's conditions ([field, match, values, negated]) by their field."""
    found: dict[str, list[list[object]]] = {}
    for one in where if isinstance(where, list) else []:
        if isinstance(one, (list, tuple)) and len(one) == 4:
            found.setdefault(str(one[0]), []).append(list(one))
    return found


def kind_of_source(form: Form) -> str:
    """ "ga4" of "ga4:123456789"."""
    return str(form.get("source", "")).partition(":")[0]


def _kind(form: Form) -> tuple[str, frozenset[str]]:
    return kind_of_source(form), frozenset({"metric", "aggregate", "matrix", "cell", "object"} & set(form))


def _form(value: object) -> Form:
    return value if isinstance(value, Mapping) else {}


# ── as it is shown ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that holds: ("Target", "12,000 or more; up to 5 % below is close")."""

    about: str
    said: str


@dataclass(frozen=True, slots=True)
class VersionSaid:
    """One way of counting, in words. `since`: None while alignd has not read with it; `until`: its last day, None for
    the one in force. `changed`: what is otherwise than in the version before; empty for the first.
    """

    since: date | None
    until: date | None
    counted: tuple[str, ...]
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One KPI. `agreed`: as it is counted now; `agreement`: who, when, or what is missing. `facts`: what else holds.
    `goals`: each with those above it. `versions`: the one in force first.
    """

    kpi: str
    name: str
    definition: str
    agreed: bool
    agreement: str
    counted: tuple[str, ...]
    facts: tuple[Fact, ...]
    goals: tuple[str, ...]
    versions: tuple[VersionSaid, ...]

    @property
    def earlier(self) -> tuple[VersionSaid, ...]:
        return self.versions[1:]


@dataclass(frozen=True, slots=True)
class Left:
    """A KPI that the file no longer has, and how it was counted."""

    kpi: str
    versions: tuple[VersionSaid, ...]


@dataclass(frozen=True, slots=True)
class Glossary:
    """All of it. `has_history`: False without a store, when only the file is known."""

    workspace: str
    name: str
    on: date
    has_history: bool
    entries: tuple[Entry, ...]
    left: tuple[Left, ...] = ()
