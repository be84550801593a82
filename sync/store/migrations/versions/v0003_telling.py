"""Telling people: what was sent to whom, once; and the numbers that are shown beside a KPI's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sync.store.types import Dec, Json, UTCDateTime, Words

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("key", Words(), nullable=False),
        sa.Column("address", Words(), nullable=False),
        sa.Column("channel", Words(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("posting", sa.String(length=20), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("attempted_at", UTCDateTime(), nullable=True),
        sa.Column("id", Words(), nullable=True),
        sa.Column("why", Words(), nullable=False),
        sa.Column("advice", Words(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", "address", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_posting", "outbox", ["posting"], unique=False)
    op.create_table(
        "companions",
        sa.Column("kpi", Words(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("definition", Words(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=30), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("value", Dec(), nullable=True),
        sa.Column("final", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=False),
        sa.Column("flags", Json(), nullable=True),
        sa.Column("note", Words(), nullable=False),
        sa.Column("origin", Words(), nullable=False),
        sa.PrimaryKeyConstraint("kpi", "role", name=op.f("pk_companions")),
    )
