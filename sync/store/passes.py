"""The cycles' records: cycles, what is known of sources and trackers, latches, problems, loose values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sync.latches import Latch
from sync.steps import Problem
from sync.store.rows import Rows
from sync.store.tables import cycles, latches, meta, problems, sources, trackers
from sync.store.types import storable

FILE_SUMMARY = "file_summary"
REPORTS_KEPT = 2000  # cycles whose report is kept: two to three weeks of a service, many years of a weekly sync
FORGOTTEN_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class CycleRow:
    """One pass. `ended_at` None: it is running, or it was cut short. `report` None: it was long ago."""

    n: int
    at: datetime
    command: str
    ended_at: datetime | None = None
    report: Any = None
    calls: Any = None


class PassRecords(Rows):
    # ── cycles ───────────────────────────────────────────────────────────────────────────────────────────────────

    def begin_cycle(self, at: datetime, command: str) -> int:
        """Its number: 1, 2, 3 …"""
        made = self.connection.execute(sa.insert(cycles).values(at=at, command=command))
        key = made.inserted_primary_key
        assert key is not None
        return int(key[0])

    def end_cycle(self, n: int, at: datetime, report_json: Any, calls: Any) -> None:
        """Keep what became of it. The report of a cycle long ago is let go; that it was, and its calls, stay."""
        self.connection.execute(
            sa.update(cycles).where(cycles.c.n == n).values(ended_at=at, report=report_json, calls=calls)
        )
        long_ago = cycles.c.n.between(n - REPORTS_KEPT - FORGOTTEN_AT_ONCE, n - REPORTS_KEPT)
        self.connection.execute(
            sa.update(cycles).where(long_ago, cycles.c.report.is_not(None)).values(report=sa.null())
        )

    def last_cycle(self) -> CycleRow | None:
        """The newest, ended or not."""
        found = self.cycles(1)
        return found[0] if found else None

    def cycle(self, n: int) -> CycleRow | None:
        found = self._select(sa.select(cycles).where(cycles.c.n == n))
        return _cycle_of(found[0]) if found else None

    def cycles(self, at_most: int = 10) -> list[CycleRow]:
        """Newest first."""
        chosen = sa.select(cycles).order_by(cycles.c.n.desc()).limit(at_most)
        return [_cycle_of(row) for row in self._select(chosen)]

    # ── sources, trackers ────────────────────────────────────────────────────────────────────────────────────────

    def source_facts(self, source: str) -> dict[str, Any]:
        """What is known of a source: zone, refused metrics, since when it is away, what was said. {} if nothing."""
        return self.source_facts_all().get(source, {})

    def source_facts_all(self) -> dict[str, dict[str, Any]]:
        return {row["source"]: row["facts"] for row in self._select(sa.select(sources))}

    def keep_source_facts(self, source: str, facts: Mapping[str, Any]) -> None:
        self._put(sources, [{"source": source, "facts": dict(facts)}])

    def memory(self, tracker: str) -> dict[str, Any]:
        """The connector's own notes, as the last read left them; {} before the first."""
        chosen = sa.select(trackers.c.memory).where(trackers.c.tracker == tracker)
        return self.connection.execute(chosen).scalar() or {}

    def keep_memory(self, tracker: str, memory: Mapping[str, object]) -> None:
        self._put(trackers, [{"tracker": tracker, "memory": dict(memory)}])

    # ── latches, problems ────────────────────────────────────────────────────────────────────────────────────────

    def latches(self, tracker: str) -> dict[str, Latch]:
        """By name: missing, new."""
        chosen = sa.select(latches).where(latches.c.tracker == tracker)
        return {
            row["name"]: Latch(row["tracker"], row["name"], row["since"], row["count"], row["what"], row["advice"])
            for row in self._select(chosen)
        }

    def set_latch(self, latch: Latch) -> None:
        self._put(
            latches,
            [
                {
                    "tracker": latch.tracker,
                    "name": latch.name,
                    "since": latch.since,
                    "count": latch.count,
                    "what": latch.what,
                    "advice": latch.advice,
                }
            ],
        )

    def clear_latch(self, tracker: str, name: str) -> None:
        self.connection.execute(sa.delete(latches).where(latches.c.tracker == tracker, latches.c.name == name))

    def problems(self) -> dict[tuple[str, str], Problem]:
        """What was wrong in the last cycle, by (where, what)."""
        return {
            (row["where"], row["what"]): Problem(row["where"], row["what"], row["advice"], False, row["kind"])
            for row in self._select(sa.select(problems).order_by(problems.c.since, problems.c.id))
        }

    def keep_problems(self, now_list: Sequence[Problem], at: datetime) -> list[Problem]:
        """These are the problems now. They come back with `new` set: not there in the last cycle.

        A problem is known by its place and its words, so words must not change while the problem stays the same.
        """
        before = self.problems()
        now = {(storable(one.where), storable(one.what)): one for one in now_list}
        marked = [replace(one, new=identity not in before) for identity, one in now.items()]
        over = [_identity(*identity) for identity in before if identity not in now]
        if over:
            self.connection.execute(
                sa.delete(problems).where(problems.c.id == sa.bindparam("over")), [{"over": one} for one in over]
            )
        self._insert(
            problems,
            [
                {
                    "id": _identity(one.where, one.what),
                    "where": one.where,
                    "what": one.what,
                    "advice": one.advice,
                    "kind": one.kind,
                    "since": at,
                }
                for one in marked
                if one.new
            ],
        )
        return marked

    # ── loose values ─────────────────────────────────────────────────────────────────────────────────────────────

    def file_summary(self) -> dict[str, Any] | None:
        """What the file said at the last sync, to tell what changed since."""
        found = self.value(FILE_SUMMARY)
        return found if isinstance(found, dict) else None

    def keep_file_summary(self, summary: Mapping[str, Any]) -> None:
        self.keep_value(FILE_SUMMARY, dict(summary))

    def value(self, key: str) -> Any:
        """A loose JSON value; None if it was never kept."""
        return self.connection.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()

    def keep_value(self, key: str, value: Any) -> None:
        self._put(meta, [{"key": key, "value": value}])


def _cycle_of(row: Mapping[str, Any]) -> CycleRow:
    return CycleRow(row["n"], row["at"], row["command"], row["ended_at"], row["report"], row["calls"])


def _identity(where: str, what: str) -> str:
    return hashlib.sha256(f"{where}\0{what}".encode("utf-8", "replace")).hexdigest()
