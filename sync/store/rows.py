"""What all records share: a connection in a transaction, bulk inserts, upserts, and newest-of-each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]
AT_ONCE = 400  # names in one IN(…): well under every limit of bound variables


class Rows:
    """A transaction's connection and the few statements everything is made of."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

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

    def _newest(self, table: Table, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
        """The newest row (by id: rows are only ever added) of each KPI, definition and period."""
        newest = (
            sa.select(sa.func.max(table.c.id))
            .where(*conditions)
            .group_by(table.c.kpi, table.c.definition, table.c.label)
        )
        return sa.select(table).where(table.c.id.in_(newest)).order_by(table.c.first, table.c.id)


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
