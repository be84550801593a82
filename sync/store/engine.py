"""Engines: one address in, a database that keeps its word out.

SQLite: WAL and `synchronous=FULL` (a committed intent survives a power cut; NORMAL may lose it), `BEGIN IMMEDIATE`
for writers (a deferred transaction that turns into a writer fails at once with "database is locked").
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import QueuePool, StaticPool
from sqlalchemy.util import LRUCache

from sync.errors import StoreUnusable

BUSY_SECONDS = 10.0
STATEMENTS = 1000  # made ready at most; alignd has about two hundred


def address_of(url: str) -> URL:
    """The store's address; `postgresql://` means psycopg 3 whatever SQLAlchemy's default is."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise StoreUnusable(
            "store: this is no database address",
            "write sqlite:///alignd.db, or postgresql://user:password@host/database",
        ) from None
    if address.drivername in ("postgres", "postgresql"):
        return address.set(drivername="postgresql+psycopg")
    if address.drivername in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        return address
    raise StoreUnusable(
        f"store: {address.drivername} is not a database alignd can use",
        "write sqlite:///alignd.db, or postgresql://user:password@host/database",
    )


def file_of(address: URL) -> Path | None:
    """The database file of an SQLite address; None for one in memory and for PostgreSQL."""
    if not address.drivername.startswith("sqlite") or address.database in (None, "", ":memory:"):
        return None
    return Path(str(address.database))


def make_file(path: Path) -> None:
    """Make the empty file for us alone before SQLite opens it: it holds what people wrote.

    The directory is synced too, else a power cut could take the whole new file away.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except FileExistsError:
        return
    except OSError as error:
        raise StoreUnusable(
            f"store: {path} cannot be made ({error.strerror})",
            f"make the directory {path.parent} and let alignd's user write there, or name another file under store",
        ) from error


def open_engine(address: URL) -> Engine:
    """An engine with the settings above. Nothing is connected yet."""
    if not address.drivername.startswith("sqlite"):
        return _open_postgres(address)
    in_memory = file_of(address) is None
    dialect, compiled = _of_all()
    names, settings = dialect.create_connect_args(address)
    settings = {"timeout": BUSY_SECONDS, **settings, "check_same_thread": False}  # we keep threads apart ourselves

    def connect() -> Any:
        return dialect.connect(*names, **settings)

    pool = (StaticPool if in_memory else QueuePool)(connect, dialect=dialect)
    engine = Engine(pool, dialect, address, execution_options={"compiled_cache": compiled})

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves
        cursor = connection.cursor()
        if not in_memory:
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


@cache
def _of_all() -> tuple[Dialect, LRUCache[Any, Any]]:
    """What all SQLite engines of a process share: a hundred workspaces have the same few hundred statements."""
    model = sa.create_engine("sqlite://", json_deserializer=_from_json)
    with model.connect():  # the dialect learns of the library with its first connection
        return model.dialect, LRUCache(STATEMENTS)


def _from_json(text: str) -> Any:
    """Most lists of a number are empty, and there are many numbers."""
    return [] if text == "[]" else json.loads(text)


def _open_postgres(address: URL) -> Engine:
    try:
        return sa.create_engine(address, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except (ModuleNotFoundError, NoSuchModuleError):
        raise StoreUnusable(
            "store: PostgreSQL needs the library psycopg", "install it with: pip install 'alignd[postgres]'"
        ) from None
