"""The store itself: open, lock, records in a transaction, throw-away copies."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from sync import clock
from sync.errors import LockLost, StoreUnusable, WorkspaceMismatch
from sync.lock import Check, advisory_lock, file_lock, holder_name
from sync.store.copies import copy_database, copy_rows, forget_after
from sync.store.engine import address_of, file_of, make_file, open_engine
from sync.store.meetings import MeetingRecords
from sync.store.migrate import migrate, newest_version, refuse_newer, version_of
from sync.store.numbers import NumberRecords
from sync.store.passes import PassRecords
from sync.store.rows import Kept
from sync.store.telling import TellingRecords
from sync.store.work import WorkRecords

WORKSPACE = "workspace"
HOLDER = "holder"


class Records(NumberRecords, WorkRecords, PassRecords, MeetingRecords, TellingRecords):
    """Everything the store remembers, within one transaction."""


class Store:
    """The only memory of one workspace. Made by `open`; see the package for what it does."""

    def __init__(self, address: URL, engine: Engine, workspace: str, *, exists: bool) -> None:
        self._address, self._engine, self.workspace, self.exists = address, engine, workspace, exists
        self._check: Check | None = None
        self._inode: tuple[int, int] | None = None
        self._kept = Kept()

    # ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────

    @classmethod
    def open(cls, url: str, *, workspace: str, create: bool = True) -> Store:
        """Open the store at `url`, made and migrated if need be.

        With `create=False` nothing is made, migrated or written: where there is no store, `exists` is False, and
        only `throwaway` is of use. Raises StoreUnusable, StoreTooNew, WorkspaceMismatch.
        """
        address = address_of(url)
        path = file_of(address)
        if path is not None and not path.exists() and not create:
            return cls(address, open_engine(make_url("sqlite://")), workspace, exists=False)
        if path is not None and create:
            make_file(path)
        engine = open_engine(address)
        store = cls(address, engine, workspace, exists=True)
        try:
            store._settle(create)
        except BaseException:
            store.close()
            raise
        return store

    def _settle(self, create: bool) -> None:
        with self._well():
            if create:
                migrate(self._engine)
            with self._engine.connect().execution_options(reads_only=True) as connection:
                version = version_of(connection)
                refuse_newer(version)
                self.exists = version is not None
                kept = Records(connection).value(WORKSPACE) if self.exists else None
            if kept is not None and kept != self.workspace:
                raise WorkspaceMismatch(
                    f"store: it belongs to the workspace {kept}, and the file says {self.workspace}",
                    f"name another database under store, or write id: {kept} under workspace",
                )
            if kept is None and create:
                with self._engine.begin() as connection:
                    Records(connection).keep_value(WORKSPACE, self.workspace)
        self._inode = _inode_of(file_of(self._address))

    # ── use ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @contextlib.contextmanager
    def records(self, *, reads_only: bool = False) -> Iterator[Records]:
        """All records in one transaction: committed (durably) at the end, rolled back on an exception.

        `reads_only`: a snapshot that waits for no writer. StoreUnusable when the database cannot do it.
        """
        if not self.exists:
            raise StoreUnusable(f"store: there is none yet at {self.name}", "run alignd sync first")
        with self._well(), self._engine.connect() as connection:
            connection = connection.execution_options(reads_only=reads_only)
            with connection.begin():
                yield Records(connection, self._kept)

    @contextlib.contextmanager
    def lock(self, holder: str, *, since: datetime | None = None) -> Iterator[None]:
        """Be the workspace's one writer. LockHeld names who is: `holder` is the command ("alignd sync")."""
        words = holder_name(holder, since or clock.system_clock())
        path = file_of(self._address)
        if not self.exists or (path is None and self._engine.dialect.name == "sqlite"):
            yield  # a store in memory is nobody else's
            return
        if path is not None:
            held = file_lock(path.with_name(path.name + ".lock"), words)
        else:
            held = advisory_lock(self._engine, self.workspace, words, self._name_holder, self._holder)
        with self._well(), held as check:
            self._check = check
            try:
                yield
            finally:
                self._check = None

    def check_lock(self) -> None:
        """LockLost if the lock we took may be another's by now, or the database is not the one we opened.

        Asked before anything leaves for a tracker.
        """
        if self._check is None:
            return
        self._check()
        if _inode_of(file_of(self._address)) != self._inode:
            raise LockLost(
                f"store: {self.name} was removed or replaced while alignd ran; nothing more is written to the old one",
                "nothing to do: the next cycle goes on with what is there now, and finds its tasks by their reference",
            )

    def throwaway(self, as_of: datetime | None = None) -> Store:
        """A copy of all rows in memory, to be written to and thrown away; close it too.

        `as_of`: without what was recorded after it, as far as rows carry a time.
        """
        address = make_url("sqlite://")
        engine = open_engine(address)
        copy = Store(address, engine, self.workspace, exists=True)
        try:
            with self._well():
                self._copy_into(engine)
            copy._settle(create=True)
            if as_of is not None:
                with engine.begin() as connection:
                    forget_after(connection, as_of)
        except BaseException:
            copy.close()
            raise
        return copy

    def copy_into_file(self, path: Path) -> None:
        """All rows into a new SQLite file, whatever this store is; for `sync/backup.py`."""
        make_file(path)
        engine = open_engine(make_url("sqlite://").set(database=str(path)))
        try:
            with self._well():
                self._copy_into(engine)
                with engine.connect() as connection:  # one file, complete in itself
                    connection.connection.driver_connection.execute("PRAGMA journal_mode=DELETE")  # type: ignore[union-attr]
        finally:
            engine.dispose()

    def _copy_into(self, engine: Engine) -> None:
        if not self.exists:
            return
        if self._engine.dialect.name == "sqlite":
            copy_database(self._engine, engine)
            return
        with self._engine.connect() as connection:
            version = version_of(connection)
        migrate(engine, version or newest_version())
        copy_rows(self._engine, engine)

    @property
    def name(self) -> str:
        """Where it is, for people; without a password."""
        return self._address.render_as_string(hide_password=True)

    @property
    def path(self) -> Path | None:
        """The database file; None on PostgreSQL."""
        return file_of(self._address)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ── what can go wrong ────────────────────────────────────────────────────────────────────────────────────────

    @contextlib.contextmanager
    def _well(self) -> Iterator[None]:
        """The database's own errors, said as what to do."""
        try:
            yield
        except IntegrityError:
            raise  # a defect of ours, not of the store
        except DBAPIError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: DBAPIError) -> StoreUnusable:
        said = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
        for words, advice in _ADVICE:
            if words in said.lower():
                return StoreUnusable(f"store: {self.name}: {said}", advice)
        where = "the database server" if self.path is None else f"the disk under {self.path}"
        kind = "cannot be used now" if isinstance(error, OperationalError) else "did not understand"
        return StoreUnusable(f"store: {self.name} {kind}: {said}", f"look at {where}; nothing was written")

    def _name_holder(self, words: str) -> None:
        with self._engine.begin() as connection:
            Records(connection).keep_value(HOLDER, words)

    def _holder(self) -> str | None:
        with self._engine.connect() as connection:
            found = Records(connection).value(HOLDER)
        return None if found is None else str(found)


_ADVICE = (
    ("not a database", "this file is something else: name another file under store"),
    ("malformed", "the file is damaged: restore the last backup (alignd backup), then sync; nothing is made twice"),
    ("disk is full", "make room on the disk; nothing was written, the next cycle goes on from here"),
    ("readonly", "let alignd's user write to the database file and its directory"),
    ("unable to open", "let alignd's user read and write the database file and its directory"),
    ("locked", "another program keeps the database busy: close it (an SQLite browser, a copy job)"),
    ("password authentication", "mend the user or password of the database in the address under store"),
    ("does not exist", "create the database, or mend its name in the address under store"),
    ("connection", "is the database server up, and reachable from here? alignd goes on when it is"),
)


def _inode_of(path: Path | None) -> tuple[int, int] | None:
    """By which a file is known to be the same; None without one (PostgreSQL, memory)."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found is not None else None
