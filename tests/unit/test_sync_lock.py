"""One writer a workspace: two real processes, and what a crash leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from sync.lock import holder_name, lock_number
from sync.store import LockHeld, LockLost, Store, StoreUnusable
from tests.unit.ledger_samples import NOW, link

ROOT = Path(__file__).parents[2]

HOLD = """
import sys
from datetime import datetime, UTC
from sync.store import Store
with Store.open(sys.argv[1], workspace="saypro") as store:
    with store.lock("alignd run", since=datetime(2026, 11, 18, 6, 0, tzinfo=UTC)):
        print("held", flush=True)
        sys.stdin.read()
"""


@contextmanager
def other_process(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another alignd that holds the lock until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_process_is_told_who_holds_the_lock_and_gets_it_when_that_one_ends(store_url: str) -> None:
    with Store.open(store_url, workspace="saypro") as store:
        with other_process(store_url) as process:
            with pytest.raises(LockHeld) as held, store.lock("alignd sync"):
                pass
            assert held.value.holder.startswith(f"alignd run (process {process.pid} on ")
            assert "since 2026-11-18 06:00 UTC" in held.value.holder
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(10) == 0
        with store.lock("alignd sync"):
            store.check_lock()


def test_a_process_that_is_killed_leaves_no_lock_behind(store_url: str) -> None:
    with Store.open(store_url, workspace="saypro") as store:
        with other_process(store_url) as process:
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10)
            for _ in range(100):  # the server notices the broken connection in a moment
                try:
                    with store.lock("alignd sync"):
                        return
                except LockHeld:
                    time.sleep(0.05)
        pytest.fail("the lock outlived its process")


def test_two_threads_of_one_process_are_two_writers(store_url: str) -> None:
    with Store.open(store_url, workspace="saypro") as one, Store.open(store_url, workspace="saypro") as two:
        with one.lock("alignd run"), pytest.raises(LockHeld, match=f"alignd run .process {os.getpid()} "):
            two.lock("alignd sync").__enter__()
        with two.lock("alignd sync"):
            pass


def test_reading_needs_no_lock(store_url: str) -> None:
    with Store.open(store_url, workspace="saypro") as store, other_process(store_url):
        with store.records(reads_only=True) as records:
            assert records.last_cycle() is None
        with store.throwaway() as copy, copy.records() as records:
            records.begin_cycle(NOW, "plan")


@pytest.mark.postgres
def test_a_lock_whose_connection_is_gone_is_noticed_before_anything_is_sent(
    postgres_url: str, postgres: sa.Engine
) -> None:
    with Store.open(postgres_url, workspace="saypro") as store, store.lock("alignd sync"):
        store.check_lock()
        ours = sa.text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = :low AND classid = :high")
        with postgres.connect() as connection:
            schema = postgres_url.rpartition("%3D")[2]
            number = lock_number(f"{schema}/saypro")
            pid = connection.execute(ours, {"low": number & 0xFFFFFFFF, "high": number >> 32}).scalar()
            assert pid is not None
            connection.execute(sa.select(sa.func.pg_terminate_backend(pid)))
        with pytest.raises(LockLost):
            store.check_lock()


@pytest.mark.parametrize("gone", ["alignd.db", "alignd.db.lock"])
def test_a_database_or_a_lock_file_that_was_removed_or_replaced_is_noticed_before_anything_is_sent(
    tmp_path: Path, gone: str
) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'alignd.db'}", workspace="saypro") as store, store.lock("alignd run"):
        store.check_lock()
        (tmp_path / gone).rename(tmp_path / "kept")
        with pytest.raises(LockLost):
            store.check_lock()
        (tmp_path / gone).write_bytes((tmp_path / "kept").read_bytes())
        with pytest.raises(LockLost):
            store.check_lock()
        (tmp_path / "kept").rename(tmp_path / gone)
        store.check_lock()


def test_a_lock_file_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'alignd.db'}", workspace="saypro") as store:
        (tmp_path / "alignd.db.lock").mkdir()
        with pytest.raises(StoreUnusable, match="lock file"), store.lock("alignd sync"):
            pass


def test_the_holder_is_named_with_its_process_and_since_when() -> None:
    assert holder_name("alignd sync", NOW).startswith(f"alignd sync (process {os.getpid()} on ")
    assert holder_name("alignd sync", NOW).endswith("since 2026-11-18 06:00 UTC)")


CLAIM = """
import sys
from datetime import datetime, UTC
from mapping.links import Link, LinkState
from mapping.tasks import WorkKind
from sync.store import Store
at = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
with Store.open(sys.argv[1], workspace="saypro") as store:
    for n in range(25):
        key = f"saypro/action/k{n}/2026-W46"
        with store.records() as records:
            if records.connection.dialect.name == "sqlite":
                records.add_link(
                    Link(key, WorkKind.ACTION, f"k{n}", "asana", LinkState.PLANNED, at)
                )
        with store.records() as records:
            if records.claim(key, LinkState.PLANNED, LinkState.SENDING, at):
                print(key, flush=True)
"""


def test_of_four_that_start_at_once_each_piece_of_work_is_claimed_by_exactly_one(store_url: str) -> None:
    if not store_url.startswith("sqlite"):
        with Store.open(store_url, workspace="saypro") as store, store.records() as records:
            records.put_links([link(f"saypro/action/k{n}/2026-W46") for n in range(25)])
    processes = [
        subprocess.Popen([sys.executable, "-c", CLAIM, store_url], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(4)
    ]
    said = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    won = [line for one in said for line in one.splitlines()]
    assert sorted(won) == sorted(f"saypro/action/k{n}/2026-W46" for n in range(25))
