"""One writer a workspace: a file lock beside SQLite, an advisory lock on PostgreSQL.

Both go with the process that holds them, however it ends; nothing has to be cleaned up after a crash.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from sync.errors import LockHeld, LockLost, StoreUnusable

Check = Callable[[], None]  # raises LockLost when the lock may be somebody else's by now


def holder_name(command: str, since: datetime) -> str:
    """Who holds it, for whoever finds it held: "alignd sync (process 4711 on host, since 2026-11-18 08:00 UTC)"."""
    return f"{command} (process {os.getpid()} on {socket.gethostname()}, since {since:%Y-%m-%d %H:%M} UTC)"


@contextlib.contextmanager
def file_lock(path: Path, holder: str) -> Iterator[Check]:
    """Hold `path` (made if it is not there, never removed: removing it would let two in). LockHeld names the other."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreUnusable(
            f"store: the lock file {path} cannot be made ({error.strerror})",
            f"let alignd's user write in {path.parent}",
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockHeld(_read_holder(os.pread(handle, 4096, 0))) from None
        except OSError as error:
            raise StoreUnusable(
                f"store: {path} cannot be locked ({error.strerror})",
                "keep the database on a local disk: network file systems do not lock reliably",
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"holder": holder}).encode(), 0)
        yield lambda: _still_there(path, handle)
    finally:
        os.close(handle)


def _still_there(path: Path, handle: int) -> None:
    """The kernel keeps a file lock as long as we live; but of a file that was removed nobody else would see it."""
    ours = os.fstat(handle)
    try:
        found: os.stat_result | None = path.stat()
    except OSError:
        found = None
    if found is None or (found.st_dev, found.st_ino) != (ours.st_dev, ours.st_ino):
        raise LockLost(
            f"store: the lock file {path} was removed, so another alignd may be at work, and nothing more is written",
            "leave the file where it is while alignd runs; the next cycle takes the lock again",
        )


def _read_holder(content: bytes) -> str:
    try:
        return str(json.loads(content)["holder"])
    except (ValueError, KeyError, TypeError):
        return "a process that has not said its name yet"


@contextlib.contextmanager
def advisory_lock(
    engine: Engine, workspace: str, holder: str, name: Callable[[str], None], named: Callable[[], str | None]
) -> Iterator[Check]:
    """Hold PostgreSQL's advisory lock for this workspace in this schema, on a connection of its own.

    `name` writes who holds it where `named` reads it: the lock itself has no room for words.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        schema = connection.execute(sa.select(sa.func.current_schema())).scalar()
        number = lock_number(f"{schema}/{workspace}")
        if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar():
            raise LockHeld(named() or "a process that has not said its name yet")
        try:
            name(holder)
            yield lambda: _still_ours(connection, number)
        finally:
            with contextlib.suppress(SQLAlchemyError):  # a connection that is gone has let go of its lock
                connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))


def lock_number(text: str) -> int:
    """A signed 63-bit number for a name, the same on every machine."""
    return int.from_bytes(hashlib.sha256(f"alignd/{text}".encode()).digest()[:8], "big") >> 1


def _still_ours(connection: Connection, number: int) -> None:
    held = sa.text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        " AND granted AND ((classid::bigint << 32) | objid::bigint) = :number"
    )
    try:
        ours = connection.execute(held, {"number": number}).scalar() == 1
    except SQLAlchemyError:
        ours = False
    if not ours:
        raise LockLost(
            "store: the connection that held the lock is gone, so nothing more is written",
            "nothing to do: the next cycle takes the lock again",
        )
