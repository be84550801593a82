"""Memory: all that the store remembers and a cycle needs, loaded in one transaction, as one value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from config import Config
from mapping.definitions import canonical, digest
from mapping.judgements import Episode, Judgement
from mapping.links import Link, Note
from mapping.logbook import Logbook
from mapping.readings import Photograph, Reading
from sync.asking import BACKGROUND_PERIODS
from sync.latches import Latch
from sync.quiet import Sighting, from_kept
from sync.store import DefinitionRow, Records, Sending, Store

One = TypeVar("One", Link, Note)
REMEMBERED_DAYS = 1100  # longer than what a judgement or a baseline of a month or less looks back over


@dataclass(frozen=True)
class Memory:
    """What was known when the cycle began; see `Records`.

    `readings`, `judged` and `all_judged` by (KPI, definition): the newest of each period, `all_judged` every one.
    `tables`: the rows of `campaigns_from` and `findings` as last read, by section. `logbook`: of meetings; its
    campaigns and findings are worked out from the file and those rows. `young`: comments that were too young to take.
    """

    links: Mapping[str, Link]
    notes: Mapping[str, Note]
    readings: Mapping[tuple[str, str], Mapping[str, Reading]]
    judged: Mapping[tuple[str, str], list[Judgement]]
    all_judged: Mapping[tuple[str, str], list[Judgement]]
    episodes: Mapping[str, list[Episode]]
    photographs: Mapping[tuple[str, str], list[Photograph]]
    definitions: Mapping[str, list[DefinitionRow]]
    source_facts: Mapping[str, Mapping[str, Any]]
    tracker_memory: Mapping[str, Mapping[str, object]]
    latches: Mapping[str, Mapping[str, Latch]]
    decided: frozenset[str]
    file_summary: Mapping[str, Any] | None
    attempts: Mapping[str, Sequence[Sending]] = field(default_factory=dict)
    targets_rows: list[list[Any]] = field(default_factory=list)
    tables: Mapping[str, list[list[Any]]] = field(default_factory=dict)
    logbook: Logbook = field(default_factory=Logbook)
    young: Mapping[str, Sighting] = field(default_factory=dict)

    def photographs_with(self, taken: Iterable[Photograph]) -> dict[tuple[str, str], list[Photograph]]:
        """By (source, cell), oldest first, those just taken included."""
        united = {cell: list(known) for cell, known in self.photographs.items()}
        for one in taken:
            united.setdefault((one.source, one.cell), []).append(one)
        return united


class Attempts(Mapping[str, Sequence[Sending]]):
    """Every attempt to make a task, by key: read when a key is asked for, which is seldom. They only grow."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Sequence[Sending]] = {}

    def __getitem__(self, key: str) -> Sequence[Sending]:
        if key not in self._known:
            with self._store.records(reads_only=True) as records:
                self._known[key] = records.attempts([key]).get(key, ())
        if not self._known[key]:
            raise KeyError(key)
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        with self._store.records(reads_only=True) as records:
            return iter(records.attempts())

    def __len__(self) -> int:
        return sum(1 for _ in self)


def news(now: Mapping[str, One], before: Mapping[str, One]) -> list[One]:
    """What is not as it was."""
    return [one for key, one in now.items() if before.get(key) is not one and before.get(key) != one]


def recall(
    records: Records, config: Config, today: date, attempts: Mapping[str, Sequence[Sending]] | None = None
) -> Memory:
    """Load everything a cycle needs. `attempts`: how to come by them, if not all at once."""
    since = remembered_since(config, today)
    in_file = {one.id for one in config.events}
    judged = records.judgements_all(since, history=True)
    definitions: dict[str, list[DefinitionRow]] = {}
    for row in records.definitions():
        definitions.setdefault(row.kpi, []).append(row)
    return Memory(
        links=records.links(),
        notes=records.notes(),
        readings=records.latest_readings_all(since),
        judged={key: _newest(made) for key, made in judged.items()},
        all_judged=judged,
        episodes=records.episodes_all(),
        photographs=records.photographs_all(),
        definitions=definitions,
        source_facts=records.source_facts_all(),
        tracker_memory={tracker: records.memory(tracker) for tracker in config.trackers},
        latches={tracker: records.latches(tracker) for tracker in config.trackers},
        decided=records.decided(),
        file_summary=records.file_summary(),
        attempts=records.attempts() if attempts is None else attempts,
        targets_rows=records.value("targets_rows") or [],
        tables=records.value("tables") or {},
        logbook=Logbook(
            first_seen=records.first_seen(),
            passed=records.passed(),
            events=[*config.events, *(one for one in records.events() if one.id not in in_file)],
            minutes=records.minutes(),
            evaluations=records.evaluations(),
            measured=records.measured(),
            companions=records.companions(),
        ),
        young=from_kept(records.value("young_comments")),
    )


def _newest(made: Sequence[Judgement]) -> list[Judgement]:
    """The last judgement of each period, oldest period first."""
    newest = {one.period: one for one in made}
    return [newest[period] for period in sorted(newest)]


def remembered_since(config: Config, today: date) -> date:
    """The first day any window looks back to: every period that is read as background, and its baseline a year before.

    Periods outside it would be taken for never read, and be asked for and judged anew in every cycle.
    """
    calendar = config.workspace.calendar
    first = today - timedelta(days=REMEMBERED_DAYS)
    for kind in {kpi.period for kpi in config.kpis.values()}:
        oldest = calendar.before(calendar.containing(kind, today), BACKGROUND_PERIODS + 1)
        first = min(first, calendar.year_ago(oldest).first)
    return first


def digests(config: Config) -> dict[str, tuple[str, dict[str, object]]]:
    """Of each KPI, the hash of how it is counted now, and the canonical form it is the hash of."""
    found: dict[str, tuple[str, dict[str, object]]] = {}
    for kpi in config.kpis.values():
        form = canonical(kpi, config.kpis, config.terms, config.workspace.calendar)
        found[kpi.id] = (digest(form), form)
    return found
