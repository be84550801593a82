"""Backup: the whole store, safely copied while it is in use, into one SQLite file.

A backup of PostgreSQL is an SQLite file too: name it under `store` and alignd goes on from it. Tasks made since the
backup are met by their references, so nothing is made twice.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sync.errors import StoreUnusable
from sync.store import Store


def backup(store: Store, target: Path) -> None:
    """Copy `store` to `target`, a new file readable by us alone. An existing file is never overwritten.

    The copy is complete on disk before it gets its name, so a file of that name is always a whole backup.
    """
    if target.exists():
        raise StoreUnusable(f"backup: {target} is there already", "name a new file, or move that one away")
    if not store.exists:
        raise StoreUnusable(f"backup: there is no store yet at {store.name}", "run alignd sync first")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        store.copy_into_file(partial)
        _to_disk(partial)
        os.link(partial, target)  # fails if somebody else made it meanwhile, where a rename would replace it
        _to_disk(target.parent)
    except FileExistsError as error:
        raise StoreUnusable(f"backup: {target} is there already", "name a new file, or move that one away") from error
    except OSError as error:
        raise StoreUnusable(
            f"backup: {target} cannot be written ({error.strerror})", "name a place with room where you may write"
        ) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
