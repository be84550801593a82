"""The schema's versions: Alembic without a file, under a lock of the database's own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from sync.errors import StoreTooNew, StoreUnusable

VERSIONS = ("0001", "0002", "0003")  # all that ever were, oldest first; kept here so that a start needs no Alembic
MIGRATION_LOCK = 0x616C69676E64  # "alignd": two that start at once must not both migrate

_ONE_AT_A_TIME = threading.Lock()  # Alembic keeps what it migrates in globals: workspaces of a process take turns


def newest_version() -> str:
    """The schema version this alignd writes."""
    return VERSIONS[-1]


def version_of(connection: Connection) -> str | None:
    """The schema version that stands in the database, None for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, to: str) -> None:
    from alembic import command  # only where there is something to migrate: its import takes longer than a look
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def refuse_newer(version: str | None) -> None:
    """An unknown version is a newer one: old versions stay known for ever."""
    if version is not None and version not in VERSIONS:
        raise StoreTooNew(
            f"store: it was written by a newer alignd (schema {version})",
            "install that version of alignd again, or restore the backup made before it",
        )


def migrate(engine: Engine, to: str = "head") -> None:
    """Bring the database to version `to`; nothing happens if it is there.

    SQLite: altering a table copies and drops it, and with foreign keys on the drop would delete what hangs on it, so
    they are off (which only works outside a transaction), and everything is checked before the commit.
    """
    with engine.connect() as connection:
        version = version_of(connection)
    refuse_newer(version)
    if version == (newest_version() if to == "head" else to):
        return
    with _ONE_AT_A_TIME, engine.connect() as connection, foreign_keys_off(connection), connection.begin():
        if engine.dialect.name != "sqlite":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            refuse_newer(version_of(connection))
        _upgrade(connection, to)
        refuse_lost_rows(connection)


def refuse_lost_rows(connection: Connection) -> None:
    """Raise, so that the transaction is taken back, if rows lost what they belong to (only SQLite lets them)."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StoreUnusable(
            f"store: in the new schema {len(broken)} rows would lose what they belong to; nothing was changed",
            "restore the last backup, or report this with the version of alignd you came from",
        )


@contextlib.contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """SQLite without foreign keys; must be entered before the transaction begins, else it does nothing."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")
