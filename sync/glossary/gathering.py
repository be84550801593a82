"""From the file and the versions that the store keeps to the glossary. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from config import Config
from config.words import said_targets
from mapping.definitions import canonical, digest
from mapping.glossary import Entry, Fact, Form, Glossary, Left, VersionSaid, changes
from mapping.goals import Goals, chain_said
from mapping.kpis import Direction, Kpi
from mapping.people import Person
from mapping.queries import CellQuery, Query, TableQuery
from mapping.spans import say_span
from mapping.targets import entry_in_force
from mapping.texts.definitions import (
    changes_said,
    counted,
    field_said,
    scale_said,
    source_said,
    span_of_period,
    unit_said,
)
from mapping.texts.quoting import quoted
from mapping.wording import join_words, show_date, show_value, unit_word
from sync.store import DefinitionRow

LIMIT = 600  # characters of what a person wrote
_LONG_AGO = date.min  # no year is this one: every date is said with its year
_AGREED_AT_ONCE = "Not yet agreed: the file names neither a day nor anybody."


def glossary_of(config: Config, rows: Sequence[DefinitionRow], now: datetime, *, has_history: bool = True) -> Glossary:
    """The whole glossary, KPIs in the file's order. `rows`: every version of every KPI, oldest first."""
    today = config.workspace.calendar.local_date(now)
    definitions: dict[str, list[DefinitionRow]] = {}
    for row in rows:
        definitions.setdefault(row.kpi, []).append(row)
    return Glossary(
        workspace=config.workspace.id,
        name=quoted(config.workspace.name or config.workspace.id, LIMIT),
        on=today,
        has_history=has_history,
        entries=tuple(_entry(kpi, config, definitions.get(kpi.id, ()), today) for kpi in config.kpis.values()),
        left=tuple(
            Left(kpi, _versions_said(_kept(kept, config), config, {}))
            for kpi, kept in sorted(definitions.items())
            if kpi not in config.kpis
        ),
    )


def _entry(kpi: Kpi, config: Config, rows: Sequence[DefinitionRow], today: date) -> Entry:
    form = canonical(kpi, config.kpis, config.terms, config.workspace.calendar)
    versions = _kept(rows, config)
    if not rows or rows[-1].digest != digest(form):
        versions.append((None, form))  # as the file has it; nothing was read with it yet
    changed = _changed_on(versions, today)
    words = counted(form, _sources(config), kpi.formula, _inputs(kpi, config))
    said = list(_versions_said(versions, config, _inputs(kpi, config)))
    said[0] = VersionSaid(said[0].since, said[0].until, words, said[0].changed)
    agreed = kpi.agreed is not None and (changed is None or kpi.agreed.on >= changed)
    return Entry(
        kpi=kpi.id,
        name=quoted(kpi.name, LIMIT) or kpi.id,
        definition=quoted(kpi.definition or "", LIMIT),
        agreed=agreed,
        agreement=_agreement(kpi, config.people, changed, agreed),
        counted=words,
        facts=(*_since(said[0]), *(Fact(about, one) for about, one in _facts(kpi, form, config, today) if one)),
        goals=tuple(quoted(one, LIMIT) for one in _goals(kpi, config)),
        versions=tuple(said),
    )


def _since(version: VersionSaid) -> Iterator[Fact]:
    if version.since is not None:
        yield Fact("Counted so since", show_date(version.since, _LONG_AGO))


# ── versions ─────────────────────────────────────────────────────────────────────────────────────────────────────

_Version = tuple[date | None, Form]


def _kept(rows: Sequence[DefinitionRow], config: Config) -> list[_Version]:
    calendar = config.workspace.calendar
    return [(calendar.local_date(row.since), row.canonical) for row in rows]


def _changed_on(versions: Sequence[_Version], today: date) -> date | None:
    """The day of the last change; None for what was never counted otherwise."""
    if len(versions) < 2:
        return None
    return versions[-1][0] or today


def _versions_said(versions: Sequence[_Version], config: Config, inputs: Mapping[str, str]) -> tuple[VersionSaid, ...]:
    """The newest first, each with what it changed in the one before it."""
    sources, found = _sources(config), []
    for place, (since, form) in enumerate(versions):
        before = versions[place - 1][1] if place else None
        after = versions[place + 1][0] if place + 1 < len(versions) else None
        changed = changes_said(changes(before, form), before, form, sources) if before is not None else ()
        until = after - timedelta(days=1) if after is not None and since is not None and after > since else after
        found.append(VersionSaid(since, until, counted(form, sources, None, inputs), changed))
    return tuple(reversed(found))


def _sources(config: Config) -> dict[str, str]:
    return {terms.identity: name for name, terms in config.terms.items()}


def _inputs(kpi: Kpi, config: Config) -> dict[str, str]:
    return {name: config.kpis[one].name for name, one in kpi.inputs.items() if isinstance(one, str)}


# ── what is agreed beside it ─────────────────────────────────────────────────────────────────────────────────────


def _agreement(kpi: Kpi, people: Mapping[str, Person], changed: date | None, agreed: bool) -> str:
    if kpi.agreed is None:
        return _AGREED_AT_ONCE
    names = join_words([_name(one, people) for one in kpi.agreed.by])
    by = f" by {names}" if names else ""
    on = show_date(kpi.agreed.on, _LONG_AGO)
    if agreed or changed is None:
        return f"Agreed on {on}{by}."
    day = show_date(changed, _LONG_AGO)
    return f"Not yet agreed as it is counted now: agreed on {on}{by}, counted otherwise since {day}."


def _name(person: str | None, people: Mapping[str, Person]) -> str:
    known = people.get(person or "")
    return quoted(known.name if known is not None else person or "", LIMIT)


def _facts(kpi: Kpi, form: Form, config: Config, today: date) -> Iterator[tuple[str, str]]:
    yield "Counted per", span_of_period(form)
    yield "Shown as", unit_said(str(form["unit"]))
    if kpi.scale != 1:
        yield "Scale", scale_said(str(form["scale"]))
    yield "Better is", "less" if kpi.direction is Direction.DOWN else "more"
    yield from _targets(kpi, config, today)
    if kpi.plausible is not None:
        low, high = (show_value(kpi, one) for one in kpi.plausible)
        yield "Believed", f"between {low} and {high}"
    yield "Final", _final(kpi, config)
    yield "Late", _late(kpi, config)
    yield "Owner", _name(kpi.owner, config.people) or "nobody"
    yield "Number from", _name(kpi.data_owner, config.people)
    if kpi.breakdown:
        yield "Broken down", f"by {field_said('ga4', kpi.breakdown)}, for context only"
    for pause in kpi.paused:
        days = f"{show_date(pause.first, _LONG_AGO)} to {show_date(pause.last, _LONG_AGO)}"
        yield "Not judged", f"{days}{f': {quoted(pause.why, LIMIT)}' if pause.why else ''}"
    if kpi.same_as is not None:
        other = source_said({"source": config.terms[kpi.same_as.query.source].identity}, _sources(config))
        yield "Compared with", f"the same quantity from {other}"


def _targets(kpi: Kpi, config: Config, today: date) -> Iterator[tuple[str, str]]:
    """The one in force first, where there are several."""
    said = quoted(said_targets(config, kpi), LIMIT)
    entry = entry_in_force(kpi, today)
    if len(kpi.targets) > 1 and entry is not None:
        yield "Target now", quoted(said_targets(config, replace(kpi, targets=(entry,))), LIMIT)
        yield "All targets", said
    else:
        yield "Target", said


def _final(kpi: Kpi, config: Config) -> str:
    """When a number counts: each source's own time after the period's end; a table's, once later rows are there."""
    queries = [query for query in _queries(kpi, config) if query.source in config.terms]
    said = dict.fromkeys((query.source, _final_of(query, config)) for query in queries)
    period = unit_word(kpi.period)
    ways = list(dict.fromkeys(way for _, way in said))
    if len(ways) < 2:
        return "".join(f"{way.format(period)}" for way in ways)
    return "; ".join(f"{_named(source, config)}: {way.format(period)}" for source, way in said)


def _final_of(query: Query, config: Config) -> str:
    if isinstance(query, CellQuery):
        return "as soon as the {} ended"
    after = f"{say_span(config.terms[query.source].settle_after)} after the {{}} ended"
    return f"{after}, once a row of its last day or later is there" if isinstance(query, TableQuery) else after


def _late(kpi: Kpi, config: Config) -> str:
    period = unit_word(kpi.period)
    if kpi.late_after is not None:
        return f"not there {say_span(kpi.late_after)} after the {period} ended"
    spans = dict.fromkeys(config.terms[one].late_after for one in _used(kpi, config))
    return f"not there {join_words([say_span(one) for one in spans], 'or')} after the {period} ended" if spans else ""


def _named(source: str, config: Config) -> str:
    return source_said({"source": config.terms[source].identity}, _sources(config))


def _used(kpi: Kpi, config: Config) -> Iterator[str]:
    """The sources of its number."""
    return (query.source for query in _queries(kpi, config) if query.source in config.terms)


def _queries(kpi: Kpi, config: Config) -> Iterator[Query]:
    """All that its number is made of, what its inputs are made of included."""
    yield from kpi.queries()
    for one in kpi.inputs.values():
        if isinstance(one, str):
            yield from _queries(config.kpis[one], config)


def _goals(kpi: Kpi, config: Config) -> Iterator[str]:
    goals = Goals(config.goals)
    for goal in goals.naming(kpi.id):
        yield chain_said(tuple(goals.upward(goal)), config.people)
