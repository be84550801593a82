"""Copies of the store's rows: in memory for `plan` and `why --at`, into a file for `backup`."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Table

from sync.store.tables import (
    attempts,
    companions,
    cycles,
    decisions,
    definitions,
    episodes,
    evaluations,
    events,
    first_seen,
    judgements,
    latches,
    links,
    measured,
    metadata,
    minutes,
    notes,
    passed,
    photographs,
    problems,
    readings,
)

AT_ONCE = 2000


def copy_rows(source: Engine, target: Engine) -> None:
    """Every row of `source` into the empty tables of `target`, from one snapshot.

    Columns that only one side has are left out: the target's defaults stand, or a later migration fills them.
    """
    with _snapshot(source) as reading, target.begin() as writing:
        here, there = sa.inspect(reading), sa.inspect(writing)
        for table in metadata.sorted_tables:
            if not (here.has_table(table.name) and there.has_table(table.name)):
                continue
            both = _columns(here, table) & _columns(there, table)
            _copy_table(reading, writing, table, [column for column in table.c if column.name in both])


def _snapshot(engine: Engine) -> Connection:
    if engine.dialect.name == "sqlite":
        return engine.connect().execution_options(reads_only=True)
    return engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _columns(inspector: Any, table: Table) -> set[str]:
    return {column["name"] for column in inspector.get_columns(table.name)}


def _copy_table(reading: Connection, writing: Connection, table: Table, columns: list[sa.Column[Any]]) -> None:
    rows = reading.execute(sa.select(*columns)).mappings()
    while portion := rows.fetchmany(AT_ONCE):
        writing.execute(sa.insert(table), [dict(row) for row in portion])


def copy_database(source: Engine, target: Engine) -> None:
    """SQLite to SQLite, page by page, from one snapshot: SQLite's own backup, whatever the schema."""
    with source.connect() as reading, target.connect() as writing:
        here, there = reading.connection.driver_connection, writing.connection.driver_connection
        assert isinstance(here, sqlite3.Connection)
        assert isinstance(there, sqlite3.Connection)
        here.backup(there)


def forget_after(connection: Connection, at: datetime) -> None:
    """Leave out what was recorded after `at`: the store as it was known then, as far as rows carry a time.

    A link's later completion and dismissal are taken back; what a person changed meanwhile in an open task is not.
    """
    recorded = (
        (attempts, attempts.c.at),
        (notes, notes.c.at),
        (photographs, photographs.c.seen_at),
        (definitions, definitions.c.since),
        (readings, readings.c.read_at),
        (judgements, judgements.c.judged_at),
        (episodes, episodes.c.opened_at),
        (cycles, cycles.c.at),
        (latches, latches.c.since),
        (problems, problems.c.since),
        (first_seen, first_seen.c.at),
        (passed, passed.c.at),
        (events, events.c.at),
        (minutes, minutes.c.at),
        (evaluations, evaluations.c.judged_at),
        (measured, measured.c.read_at),
        (companions, companions.c.read_at),
    )
    later = sa.select(links.c.key).where(links.c.made_at > at)
    for table in (attempts, notes, minutes):
        column = table.c.key if table is attempts else table.c.link
        connection.execute(sa.delete(table).where(column.in_(later)))
    connection.execute(sa.delete(links).where(links.c.made_at > at))
    for table, column in recorded:
        connection.execute(sa.delete(table).where(column > at))
    connection.execute(sa.update(readings).where(readings.c.confirmed_at > at).values(confirmed_at=None))
    connection.execute(sa.update(cycles).where(cycles.c.ended_at > at).values(ended_at=None, report=None, calls=None))
    connection.execute(
        sa.update(episodes)
        .where(episodes.c.closed_at > at)
        .values(closed_kind=None, closed_label=None, closed_first=None, closed_last=None, closed_at=None, ended=None)
    )
    dismissed = sa.select(decisions.c.key).where(decisions.c.at > at, decisions.c.what == "dismissed")
    connection.execute(
        sa.update(links).where(links.c.state == "dismissed", links.c.key.in_(dismissed)).values(state="linked")
    )
    connection.execute(sa.delete(decisions).where(decisions.c.at > at))
    connection.execute(
        sa.update(evaluations)
        .where(evaluations.c.answered_at > at)
        .values(helped=None, why="", answered_by=None, answered_at=None)
    )
    connection.execute(
        sa.update(links)
        .where(links.c.completed_at > at)
        .values(completed=sa.false(), completed_at=None, completed_by=None)
    )
