"""What all records share: a connection in a transaction, bulk inserts, upserts, and newest-of-each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]
AT_ONCE = 400  # names in one IN(…): well under every limit of bound variables


class Kept:
    """Values that were made of a store's rows, by table and key, each with the mark of its row.

    Most rows of a ledger never change again, and making values of them is what a cycle would do longest. Nothing is
    taken on trust: every row is read, and a value is used again only while its row is the same.
    """

    def __init__(self) -> None:
        self.made: dict[str, dict[str, tuple[int, Any]]] = {}


class Rows:
    """A transaction's connection and the few statements everything is made of."""

    def __init__(self, connection: Connection, kept: Kept | None = None) -> None:
        self.connection = connection
        self._kept = kept or Kept()

    def _select(self, statement: sa.Select[Any]) -> Sequence[Mapping[str, Any]]:
        return cast(Sequence[Mapping[str, Any]], self.connection.execute(statement).mappings().all())

    def _insert(self, table: Table, rows: Sequence[Row]) -> None:
        if rows:
            self.connection.execute(sa.insert(table), list(rows))

    def _put(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert, or replace what stands under the same primary key. All rows have the same columns."""
        if not rows:
            return
        self.connection.execute(_upsert(self.connection.dialect.name, table, tuple(rows[0])), list(rows))

    def _values(
        self, table: Table, order: Sequence[str], make: Callable[[Mapping[str, Any]], Any], apart: str | None = None
    ) -> dict[str, Any]:
        """What `make` makes of every row, by `key`, in this order of columns. A row that is as it was is not made anew.

        `apart`: a column that alone changes often; what was made is then only given its new value.
        """
        known = self._kept.made.get(table.name, {})
        rows = {row[0]: row for row in self.connection.execute(_as_it_is(table, tuple(order), apart)).all()}
        marks = {key: _mark(row[1 if apart is None else 2 :]) for key, row in rows.items()}
        made = {key: known[key] for key, mark in marks.items() if key in known and known[key][0] == mark}
        changed = [key for key in rows if key not in made]
        whole = len(changed) > AT_ONCE
        for some in [changed] if whole else in_portions(changed):
            chosen = sa.select(table) if whole else sa.select(table).where(table.c.key.in_(some))
            made |= {
                row["key"]: (marks[row["key"]], make(row)) for row in self._select(chosen) if row["key"] not in made
            }
        if apart is not None:
            for key, row in rows.items():
                if getattr(made[key][1], apart) != row[1]:
                    made[key] = (marks[key], replace(made[key][1], **{apart: row[1]}))
        self._kept.made[table.name] = {key: made[key] for key in rows}
        return {key: made[key][1] for key in rows}

    def _newest(self, table: Table, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
        """The newest row (by id: rows are only ever added) of each KPI, definition and period."""
        newest = (
            sa.select(sa.func.max(table.c.id))
            .where(*conditions)
            .group_by(table.c.kpi, table.c.definition, table.c.label)
        )
        return sa.select(table).where(table.c.id.in_(newest)).order_by(table.c.first, table.c.id)


@cache
def _as_it_is(table: Table, order: tuple[str, ...], apart: str | None) -> sa.Select[Any]:
    """Every row as the database gives it: `key`, the column `apart` (as a value), and the others, of whatever kind."""
    first: list[sa.ColumnClause[Any]] = [
        sa.column("key"),
        *([sa.column(apart, table.c[apart].type)] if apart is not None else []),
    ]
    rest: list[sa.ColumnClause[Any]] = [
        sa.column(column.name) for column in table.c if column.name not in ("key", apart)
    ]
    plain = sa.table(table.name, *first, *rest)
    return sa.select(plain).order_by(*(plain.c[name] for name in order))


def _mark(row: Any) -> int:
    """The same for the same row, as long as the process lives."""
    try:
        return hash(row)
    except TypeError:  # PostgreSQL's JSON is no text
        return hash(repr(row))


@cache
def _upsert(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    """The statement for rows of these columns; made once, since `excluded` builds the whole table anew each time."""
    insert: Any = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: insert.excluded[name] for name in names if name not in keys}
    if not changed:
        return insert.on_conflict_do_nothing(index_elements=keys)
    return insert.on_conflict_do_update(index_elements=keys, set_=changed)


def in_portions(names: Iterable[str]) -> Iterator[list[str]]:
    """The names without doubles, so many at a time that one statement takes them."""
    every = list(dict.fromkeys(names))
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]
