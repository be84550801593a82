"""The schema: one history of versions, which leads to exactly the tables the code uses, and loses nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from mapping.links import Note, NoteState
from sync.errors import StoreTooNew, StoreUnusable
from sync.store import Store
from sync.store.engine import address_of, open_engine
from sync.store.migrate import VERSIONS, foreign_keys_off, migrate, newest_version, refuse_lost_rows, version_of
from sync.store.tables import metadata
from tests.unit.ledger_samples import NOW, link


def test_the_migrations_lead_to_the_tables_the_code_uses(store_url: str) -> None:
    engine = open_engine(address_of(store_url))
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
        assert version_of(connection) == newest_version()
    engine.dispose()


def test_every_version_there_is_a_script_for_is_known_without_reading_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__code__.co_filename).parent / "migrations"))
    scripts = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(scripts)) == VERSIONS


def test_opening_again_changes_nothing(store_url: str) -> None:
    for _ in range(2):
        with Store.open(store_url, workspace="saypro") as store, store.records() as records:
            records.put_link(link())
    with Store.open(store_url, workspace="saypro", create=False) as store, store.records() as records:
        assert len(records.links()) == 1


def test_a_store_of_a_newer_alignd_is_left_alone(store_url: str) -> None:
    with Store.open(store_url, workspace="saypro") as store, store.records() as records:
        records.connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for create in (True, False):
        with pytest.raises(StoreTooNew, match=re.escape("newer alignd (schema 9999)")) as refused:
            Store.open(store_url, workspace="saypro", create=create)
        assert "backup" in refused.value.advice


def test_altering_a_table_on_sqlite_keeps_the_rows_that_hang_on_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'alignd.db'}"
    with Store.open(url, workspace="saypro") as store, store.records() as records:
        records.put_link(link())
        records.put_notes([Note("n", link().key, "worse", NoteState.SAID, "x", NOW)])
    engine = open_engine(address_of(url))
    with engine.connect() as connection, foreign_keys_off(connection), connection.begin():
        with Operations(MigrationContext.configure(connection)).batch_alter_table("links", recreate="always") as table:
            table.add_column(sa.Column("added", sa.Text))
        refuse_lost_rows(connection)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
    with Store.open(url, workspace="saypro") as store, store.records() as records:
        assert len(records.links()) == 1
        assert len(records.notes()) == 1


def test_a_migration_that_would_orphan_rows_is_taken_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'alignd.db'}"
    with Store.open(url, workspace="saypro") as store, store.records() as records:
        records.put_link(link())
        records.put_notes([Note("n", link().key, "worse", NoteState.SAID, "x", NOW)])
    engine = open_engine(address_of(url))

    def lose_links() -> None:
        with engine.connect() as connection, foreign_keys_off(connection), connection.begin():
            connection.exec_driver_sql("DELETE FROM links")
            refuse_lost_rows(connection)

    with pytest.raises(StoreUnusable, match="nothing was changed"):
        lose_links()
    engine.dispose()
    with Store.open(url, workspace="saypro") as store, store.records() as records:
        assert len(records.links()) == 1
