"""Meetings: what people wrote there, what was missed, what was evaluated; and what a task asks about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sync.store.types import Dec, Json, UTCDateTime, Words

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "first_seen",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_first_seen")),
    )
    op.create_table(
        "passed",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("slot", Words(), nullable=False),
        sa.Column("passing", sa.String(length=20), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", "slot", name=op.f("pk_passed")),
    )
    op.create_table(
        "events",
        sa.Column("id", Words(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("owner", Words(), nullable=True),
        sa.Column("origin", Words(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_table(
        "minutes",
        sa.Column("source", Words(), nullable=False),
        sa.Column("link", Words(), nullable=False),
        sa.Column("review", Words(), nullable=False),
        sa.Column("comment", Words(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("by", Words(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("who", Words(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("item", Words(), nullable=True),
        sa.Column("helped", sa.String(length=20), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["link"], ["links.key"], name=op.f("fk_minutes_link_links")),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_minutes")),
    )
    op.create_index("ix_minutes_link", "minutes", ["link"], unique=False)
    op.create_table(
        "evaluations",
        sa.Column("item", Words(), nullable=False),
        sa.Column("kpi", Words(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("judged_at", UTCDateTime(), nullable=False),
        sa.Column("before", Json(), nullable=True),
        sa.Column("after", Json(), nullable=True),
        sa.Column("target", Json(), nullable=True),
        sa.Column("did", Words(), nullable=False),
        sa.Column("by", Words(), nullable=True),
        sa.Column("helped", sa.String(length=20), nullable=True),
        sa.Column("why", Words(), nullable=False),
        sa.Column("answered_by", Words(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_evaluations")),
    )
    op.create_index("ix_evaluations_kpi", "evaluations", ["kpi"], unique=False)
    op.create_table(
        "measured",
        sa.Column("campaign", Words(), nullable=False),
        sa.Column("kpi", Words(), nullable=False),
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
        sa.Column("target", Json(), nullable=True),
        sa.PrimaryKeyConstraint("campaign", "kpi", name=op.f("pk_measured")),
    )
    with op.batch_alter_table("links") as links:
        links.add_column(sa.Column("about", Json(), nullable=True))
