"""The numbers' records: definitions, readings, judgements, episodes, photographs. Readings are only ever added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from mapping.judgements import Episode, Judgement
from mapping.readings import Photograph, Reading, State
from sync.store.number_rows import episode_of, episode_row, judgement_of, judgement_row, reading_of, reading_row
from sync.store.rows import Row, Rows, in_portions
from sync.store.tables import decisions, definitions, episodes, judgements, links, photographs, readings

Canonical = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """One version of how a KPI is counted. `since`: when alignd first saw it; `cycle`: in which cycle."""

    kpi: str
    digest: str
    canonical: Canonical
    since: datetime
    cycle: int | None


class NumberRecords(Rows):
    # ── definitions ──────────────────────────────────────────────────────────────────────────────────────────────

    def definitions(self, kpi: str | None = None) -> list[DefinitionRow]:
        """All versions (of one KPI, or of all), oldest first. The last is in force."""
        chosen = sa.select(definitions).order_by(definitions.c.since, definitions.c.cycle, definitions.c.digest)
        if kpi is not None:
            chosen = chosen.where(definitions.c.kpi == kpi)
        return [
            DefinitionRow(row["kpi"], row["digest"], row["canonical"], row["since"], row["cycle"])
            for row in self._select(chosen)
        ]

    def keep_definitions(self, rows: Sequence[DefinitionRow]) -> None:
        """Keep versions; kept again (a definition that comes back), a version's `since` is the newer one."""
        self._put(
            definitions,
            [
                {
                    "kpi": one.kpi,
                    "digest": one.digest,
                    "canonical": one.canonical,
                    "since": one.since,
                    "cycle": one.cycle,
                }
                for one in rows
            ],
        )

    def rename_kpi(self, old: str, new: str) -> None:
        """`was: old`: definitions, readings, judgements, episodes, items and decisions go over to the new id.

        Keys of links stay: they stand in people's notes. ValueError if the new id has a history of its own.
        """
        if self.connection.execute(sa.select(sa.exists().where(definitions.c.kpi == new))).scalar():
            raise ValueError(f"{new} has a history of its own; {old} cannot be carried over to it")
        for table in (definitions, readings, judgements, episodes):
            self.connection.execute(sa.update(table).where(table.c.kpi == old).values(kpi=new))
        about_kpis = links.c.kind.in_(("action", "data", "evaluation"))
        self.connection.execute(sa.update(links).where(links.c.subject == old, about_kpis).values(subject=new))
        self.connection.execute(sa.update(decisions).where(decisions.c.subject == old).values(subject=new))

    # ── readings ─────────────────────────────────────────────────────────────────────────────────────────────────

    def keep_readings(self, new: Sequence[Reading], cycle: int | None) -> None:
        """Add readings. One that says what the newest of its period says only renews when that was read."""
        standing = self._newest_rows(new)
        added: list[Row] = []
        confirmed: list[Row] = []
        for one in new:
            identity = (one.kpi, one.definition, one.period.label)
            before = standing.get(identity)
            if before is not None and replace(before[1], read_at=one.read_at) == one:
                if before[0] is None:  # twice in this very batch
                    continue
                confirmed.append({"row_id": before[0], "seen": one.read_at})
            else:
                added.append(reading_row(one, cycle))
                standing[identity] = (None, one)
        self._insert(readings, added)
        if confirmed:
            statement = (
                sa.update(readings)
                .where(readings.c.id == sa.bindparam("row_id"))
                .values(confirmed_at=sa.bindparam("seen"))
            )
            self.connection.execute(statement, confirmed)

    def _newest_rows(self, new: Sequence[Reading]) -> dict[tuple[str, str, str], tuple[int | None, Reading]]:
        found: dict[tuple[str, str, str], tuple[int | None, Reading]] = {}
        if not new:
            return found
        first = min(one.period.last for one in new)
        for kpis in in_portions(one.kpi for one in new):
            chosen = self._newest(readings, readings.c.kpi.in_(kpis), readings.c.last >= first)
            for row in self._select(chosen):
                found[(row["kpi"], row["definition"], row["label"])] = (row["id"], reading_of(row))
        return found

    def readings(self, kpi: str, definition: str | None = None, periods: Iterable[str] | None = None) -> list[Reading]:
        """Every version, oldest read first; `read_at` is when a version was first read. `periods`: labels."""
        chosen = sa.select(readings).where(readings.c.kpi == kpi).order_by(readings.c.id)
        if definition is not None:
            chosen = chosen.where(readings.c.definition == definition)
        if periods is not None:
            chosen = chosen.where(readings.c.label.in_(list(periods)))
        return [reading_of(row) for row in self._select(chosen)]

    def latest_readings_all(self, since: date | None = None) -> dict[tuple[str, str], dict[str, Reading]]:
        """The same for every (KPI, definition), of periods whose last day is `since` or later."""
        conditions = () if since is None else (readings.c.last >= since,)
        found: dict[tuple[str, str], dict[str, Reading]] = defaultdict(dict)
        for row in self._select(self._newest(readings, *conditions)):
            found[(row["kpi"], row["definition"])][row["label"]] = reading_of(row, latest=True)
        return dict(found)

    # ── judgements ───────────────────────────────────────────────────────────────────────────────────────────────

    def keep_judgements(self, new: Sequence[Judgement], cycle: int | None) -> None:
        """Add judgements; a second one of a period stands beside the first (`corrects`)."""
        self._insert(judgements, [judgement_row(one, cycle) for one in new])

    def judgements(self, kpi: str, definition: str | None = None, *, history: bool = False) -> list[Judgement]:
        """The latest of each period, oldest period first; with `history` every one, in the order they were made."""
        conditions = [judgements.c.kpi == kpi]
        if definition is not None:
            conditions.append(judgements.c.definition == definition)
        if history:
            chosen = sa.select(judgements).where(*conditions).order_by(judgements.c.id)
        else:
            chosen = self._newest(judgements, *conditions)
        return [judgement_of(row) for row in self._select(chosen)]

    def judgements_all(
        self, since: date | None = None, *, history: bool = False
    ) -> dict[tuple[str, str], list[Judgement]]:
        """The same for every (KPI, definition), of periods whose last day is `since` or later."""
        conditions = () if since is None else (judgements.c.last >= since,)
        if history:
            chosen = sa.select(judgements).where(*conditions).order_by(judgements.c.id)
        else:
            chosen = self._newest(judgements, *conditions)
        found: dict[tuple[str, str], list[Judgement]] = defaultdict(list)
        for row in self._select(chosen):
            found[(row["kpi"], row["definition"])].append(judgement_of(row))
        return dict(found)

    # ── episodes ─────────────────────────────────────────────────────────────────────────────────────────────────

    def episodes(self, kpi: str) -> list[Episode]:
        """Of one KPI, oldest first; at most the last is open."""
        return self._episodes(episodes.c.kpi == kpi).get(kpi, [])

    def episodes_all(self) -> dict[str, list[Episode]]:
        return self._episodes()

    def keep_episodes(self, new: Sequence[Episode]) -> None:
        """Keep episodes (also those adopted from what stands in a tracker); one kept again is replaced."""
        self._put(episodes, [episode_row(one) for one in new])

    def _episodes(self, *conditions: sa.ColumnElement[bool]) -> dict[str, list[Episode]]:
        chosen = (
            sa.select(episodes)
            .where(*conditions)
            .order_by(episodes.c.opened_at, episodes.c.opened_first, episodes.c.definition)
        )
        found: dict[str, list[Episode]] = defaultdict(list)
        for row in self._select(chosen):
            found[row["kpi"]].append(episode_of(row))
        return dict(found)

    # ── photographs ──────────────────────────────────────────────────────────────────────────────────────────────

    def keep_photographs(self, new: Sequence[Photograph]) -> None:
        self._insert(
            photographs,
            [
                {
                    "source": one.source,
                    "cell": one.cell,
                    "seen_at": one.seen_at,
                    "state": one.state.value,
                    "value": one.value,
                    "as_of": one.as_of,
                    "note": one.note,
                }
                for one in new
            ],
        )

    def photographs_all(self, since: datetime | None = None) -> dict[tuple[str, str], list[Photograph]]:
        """By (source, cell), each oldest first; of those seen since, if given."""
        return self._photographs(*(() if since is None else (photographs.c.seen_at >= since,)))

    def _photographs(self, *conditions: sa.ColumnElement[bool]) -> dict[tuple[str, str], list[Photograph]]:
        found: dict[tuple[str, str], list[Photograph]] = defaultdict(list)
        for row in self._select(sa.select(photographs).where(*conditions).order_by(photographs.c.id)):
            found[(row["source"], row["cell"])].append(
                Photograph(
                    row["source"],
                    row["cell"],
                    row["seen_at"],
                    State(row["state"]),
                    row["value"],
                    row["as_of"],
                    row["note"],
                )
            )
        return dict(found)
