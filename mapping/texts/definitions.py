"""How a KPI is counted, in plain words: where its number comes from, what of it counts, and what changed.

Made of the canonical form that is kept, so that a version of two years ago is said as today's is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from mapping.glossary import WITHIN, Change, Form, VersionSaid, conditions_by_field, kind_of_source
from mapping.periods import PeriodKind
from mapping.texts.quoting import quoted
from mapping.wording import MONTHS, WEEKDAYS, join_words, show_date, show_number, unit_word

_LONG_AGO = date.min  # no year is this one: every date is said with its year
LIMIT = 160  # characters of a name or value that a file or sheet gave

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_AGGREGATES = {
    "sum": "the sum of {}",
    "mean": "the average of {}",
    "min": "the smallest {}",
    "max": "the largest {}",
    "count": "the number of rows",
    "last": "the last {}",
    "nps": "the net promoter score of {} (share of 9 and 10 minus share of 0 to 6)",
}
_MATCHES = {"is": "is", "begins": "begins with", "contains": "contains", "matches": "matches the pattern"}
_UNITS = {
    "count": "a count",
    "percent": "percent",
    "currency": "an amount of money",
    "seconds": "a time, in seconds",
    "score": "a score",
    "ratio": "a ratio",
}


def counted(
    form: Form, sources: Mapping[str, str], formula: str | None = None, inputs: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """The whole way of counting, a line for each input. `sources`: id in the file by identity. `formula`: as written.
    `inputs`: names of the KPIs that are inputs.
    """
    if "value" in form:
        return (f"{_capital(said_query(_form(form['value']), sources))}.",)
    written = formula or _bare(str(form.get("formula", "")))
    parts = sorted(_form(form.get("inputs")).items(), key=lambda one: (written.find(one[0]), one[0]))
    said = [f"{_clean(name)}: {_input(name, one, sources, inputs or {})}" for name, one in parts]
    return (f"{_clean(written)}, where", *said)


def _input(name: str, one: object, sources: Mapping[str, str], names: Mapping[str, str]) -> str:
    form = _form(one)
    if "kpi" not in form:
        return said_query(form, sources)
    inner = _form(form["kpi"])
    other = f"the KPI {_clean(names[name])}" if name in names else "another KPI"
    if "value" in inner:
        return f"{other} ({said_query(_form(inner['value']), sources)})"
    return f"{other} ({_clean(_bare(str(inner.get('formula', ''))))})"


def _bare(formula: str) -> str:
    """Without the brackets around the whole."""
    if not (formula.startswith("(") and formula.endswith(")")):
        return formula
    depth = 0
    for place, char in enumerate(formula):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0 and place < len(formula) - 1:
            return formula
    return formula[1:-1]


# ── one query ────────────────────────────────────────────────────────────────────────────────────────────────────


def said_query(form: Form, sources: Mapping[str, str]) -> str:
    """ "Google Analytics: sessions, only where channel group is Organic Social or Paid Social"."""
    parts = [what_of(form), *_terms(form)]
    where = list(said_where(form))
    if where:
        parts.append(f"only where {join_words(where)}")
    elif "metric" in form:
        parts.append("without a filter")
    return f"{source_said(form, sources)}: {', '.join(parts)}"


def source_said(form: Form, sources: Mapping[str, str]) -> str:
    """Which program, and which of its properties, sheets or files."""
    identity = str(form.get("source", ""))
    kind, _, place = identity.partition(":")
    named = sources.get(identity)
    match kind:
        case "ga4":
            return f"Google Analytics (property {_clean(place)})"
        case "sheets":
            return f"the sheet {_clean(named)}" if named else f"the spreadsheet {_clean(place)}"
        case "csv":
            return f"the files {_clean(place)}" if "*" in place or "?" in place else f"the file {_clean(place)}"
        case "hubspot":
            return "HubSpot"
        case _:
            return _clean(named or identity)


def what_of(form: Form) -> str:
    """What of the source is taken, without its filter."""
    if "metric" in form:
        return _field(form, str(form["metric"]))
    if "cell" in form:
        dated = form.get("as_of")
        cell = f"cell {_clean(str(form['cell']))}"
        return (
            f"{cell}, for the date in {_clean(str(dated))}"
            if dated
            else f"{cell}, as last seen before the period ended"
        )
    if "matrix" in form:
        return f"row {_clean(str(form.get('row', '')))} of {_clean(str(form['matrix']))}, in the column of the period"
    if "object" in form:
        return _crm(form)
    return _table(form)


def _table(form: Form) -> str:
    column = form.get("column")
    said = _aggregate(form, _clean(str(column)) if column is not None else "")
    place = f" in {_clean(str(form['table']))}" if form.get("table") else ""
    return f"{said}{place} of the period, by {_clean(str(form.get('date', '')))}"


def _crm(form: Form) -> str:
    objects = _clean(str(form["object"]))
    if form.get("aggregate") == "count":
        return f"the number of {objects} of the period, by {_clean(str(form.get('date', '')))}"
    said = _aggregate(form, _clean(str(form.get("property", ""))))
    return f"{said} of {objects} of the period, by {_clean(str(form.get('date', '')))}"


def _aggregate(form: Form, column: str) -> str:
    name = str(form.get("aggregate", ""))
    return _AGGREGATES.get(name, f"{_clean(name)} of {{}}").format(column)


def _terms(form: Form) -> Iterator[str]:
    rows = form.get("min_rows")
    if isinstance(rows, int) and rows > 0:
        yield f"of at least {show_number(Decimal(rows))} rows"
    if form.get("empty_is_zero"):
        yield "zero for a period without rows once a later row is there"


def said_where(form: Form) -> Iterator[str]:
    """Each condition: "channel group is Organic Social or Paid Social", "page does not begin with /blog"."""
    for name, conditions in conditions_by_field(form.get("where")).items():
        yield from (f"{_field(form, name)} {_condition(one)}" for one in conditions)


def _condition(condition: Sequence[object]) -> str:
    _, match, values, negated = condition
    words = [_clean(str(one)) or "(empty)" for one in values] if isinstance(values, list) else []
    verb = _MATCHES.get(str(match), str(match))
    if negated:
        verb = {"is": "is not", "begins with": "does not begin with", "contains": "does not contain"}.get(
            verb, "does not match the pattern"
        )
        return f"{verb} {join_words(words, 'or')}"
    return f"{verb} {join_words(words, 'or')}"


def _field(form: Form, name: str) -> str:
    return field_said(kind_of_source(form), name)


def field_said(kind: str, name: str) -> str:
    """Google Analytics' own names in words ("session default channel group"); a column's name as it stands."""
    return _clean(_CAMEL.sub(" ", name).lower() if kind == "ga4" else name)


# ── what changed ─────────────────────────────────────────────────────────────────────────────────────────────────


def changes_said(found: Iterable[Change], before: Form, after: Form, sources: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence a change: "The filter on channel group is gone; before: channel group is Organic Social." """
    said = tuple(_change(one, before, after, sources) for one in found)
    return said or ("Counted in another way.",)


def _change(change: Change, before: Form, after: Form, sources: Mapping[str, str]) -> str:
    said = _sentence(change, before, after, sources)
    return f"{_clean(change.within)}: {said[0].lower()}{said[1:]}" if change.within else said


def _sentence(change: Change, before: Form, after: Form, sources: Mapping[str, str]) -> str:
    old, new = change.before, change.after
    match change.what:
        case "unit":
            return f"Shown as {unit_said(str(new))}; before: {unit_said(str(old))}."
        case "scale":
            return f"{_capital(scale_said(str(new)))}; before: {scale_said(str(old))}."
        case "period":
            return f"Counted per {period_said(new)}; before: per {period_said(old)}."
        case "week_starts":
            return f"Weeks run {_week(new)}; before: {_week(old)}."
        case "fiscal_start":
            return f"The fiscal year begins on {_fiscal(new)}; before: {_fiscal(old)}."
        case "formula":
            return f"Computed as {_formula(new)}; before: {_formula(old)}."
        case "counting":
            return f"Now {_whole(_form(new), sources)}; before: {_whole(_form(old), sources)}."
        case "input":
            return _input_change(change, sources)
        case "where":
            return _filter_change(change, _query_within(change.within, after if new is not None else before))
        case "source":
            return (
                f"Read from {source_said({'source': new}, sources)}; before: {source_said({'source': old}, sources)}."
            )
        case _:
            return _detail(change, _query_within(change.within, before), _query_within(change.within, after))


def _detail(change: Change, before: Form, after: Form) -> str:
    """Another metric, table, column, way of adding up."""
    if change.what in ("min_rows", "empty_is_zero"):
        old, new = (
            join_words(list(_terms({change.what: one}))) or "no such rule" for one in (change.before, change.after)
        )
        return f"{_capital(new)}; before: {old}."
    words = {"date": "rows belong to the period of {}", "table": "from {}", "matrix": "from {}", "row": "row {}"}
    if change.what in words:
        old, new = (words[change.what].format(_clean(str(one))) for one in (change.before, change.after))
        return f"{_capital(new)}; before: {old}."
    return f"Now {what_of(after)}; before: {what_of(before)}."


def _filter_change(change: Change, form: Form) -> str:
    name = _field(form, change.name)
    old, new = (_conditions(name, one) for one in (change.before, change.after))
    if change.after is None:
        return f"The filter on {name} is gone; before: only where {old}."
    if change.before is None:
        return f"Only where {new}; before: without a filter on {name}."
    return f"Only where {new}; before: only where {old}."


def _conditions(name: str, conditions: object) -> str:
    listed = conditions if isinstance(conditions, list) else []
    return join_words([f"{name} {_condition(one)}" for one in listed])


def _input_change(change: Change, sources: Mapping[str, str]) -> str:
    name = _clean(change.name)
    if change.before is None:
        return f"{name} is new: {_input(change.name, change.after, sources, {})}."
    if change.after is None:
        return f"{name} is gone; before: {_input(change.name, change.before, sources, {})}."
    new, old = (_input(change.name, one, sources, {}) for one in (change.after, change.before))
    return f"{name} is {new}; before: {old}."


def _query_within(name: str, form: Form) -> Form:
    """The query that a change is about: the KPI's own, or that of an input, or of the KPI that is the input."""
    for one in name.split(WITHIN) if name else ():
        found = _form(_form(form.get("inputs")).get(one))
        form = _form(found["kpi"]) if "kpi" in found else {"value": found}
    return _form(form.get("value"))


def _whole(form: Form, sources: Mapping[str, str]) -> str:
    if "source" in form:
        return said_query(form, sources)
    if "value" in form:
        return said_query(_form(form["value"]), sources)
    return f"computed as {_formula(form.get('formula'))}"


def _formula(formula: object) -> str:
    return _clean(_bare(str(formula or "")))


# ── units and periods ────────────────────────────────────────────────────────────────────────────────────────────


def unit_said(unit: str) -> str:
    """ "a count", "an amount of money in ZAR"."""
    name, _, currency = unit.partition(":")
    said = _UNITS.get(name, _clean(name))
    return f"{said} in {_clean(currency)}" if currency else said


def scale_said(scale: str) -> str:
    """ "the source's number as it is", "the source's number times 0.01"."""
    try:
        factor = Decimal(scale)
    except InvalidOperation:
        return f"the source's number times {_clean(scale)}"
    return "the source's number as it is" if factor == 1 else f"the source's number times {factor:f}"


def period_said(period: object) -> str:
    """ "week", "fiscal quarter"."""
    try:
        kind = PeriodKind(str(period))
    except ValueError:
        return _clean(str(period))
    fiscal = kind in (PeriodKind.FISCAL_QUARTER, PeriodKind.FISCAL_YEAR)
    return f"{'fiscal ' if fiscal else ''}{unit_word(kind)}"


def span_of_period(form: Form) -> str:
    """How a period lies: "week, Monday to Sunday", "fiscal quarter, the fiscal year begins on 1 March"."""
    said = period_said(form.get("period"))
    if isinstance(form.get("week_starts"), int):
        return f"{said}, {_week(form['week_starts'])}"
    if form.get("fiscal_start"):
        return f"{said}, the fiscal year begins on {_fiscal(form['fiscal_start'])}"
    return said


def _week(starts: object) -> str:
    first = starts if isinstance(starts, int) else 0
    return f"{WEEKDAYS[first % 7]} to {WEEKDAYS[(first + 6) % 7]}"


def _fiscal(start: object) -> str:
    match start:
        case [int() as month, int() as day] if 1 <= month <= 12:
            return f"{day} {MONTHS[month - 1]}"
        case _:
            return "1 January"


def _clean(text: str) -> str:
    return quoted(text, LIMIT)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _form(value: object) -> Form:
    return value if isinstance(value, Mapping) else {}


def days_of(version: VersionSaid) -> str:
    """ "Since 3 Nov 2026", "19 Aug 2026 to 2 Nov 2026", "Not read yet"."""
    if version.since is None:
        return "Not read yet"
    first = show_date(version.since, _LONG_AGO)
    return f"Since {first}" if version.until is None else f"{first} to {show_date(version.until, _LONG_AGO)}"
