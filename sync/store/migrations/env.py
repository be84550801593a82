"""Alembic's door: always run from sync/store/migrate.py, with a connection that is in a transaction."""

from __future__ import annotations

from alembic import context

from sync.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
)
context.run_migrations()
