"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sync.store.types import BigId, Dec, Json, UTCDateTime, Words

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "cycles",
        sa.Column("n", BigId, autoincrement=True, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("command", Words(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("report", Json(), nullable=True),
        sa.Column("calls", Json(), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_cycles")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "decisions",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("by", Words(), nullable=True),
        sa.Column("text", Words(), nullable=False),
        sa.Column("source_id", Words(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("source_id", name=op.f("uq_decisions_source_id")),
    )
    op.create_index("ix_decisions_subject", "decisions", ["subject"], unique=False)
    op.create_table(
        "definitions",
        sa.Column("kpi", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.Column("canonical", Json(), nullable=True),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("cycle", BigId, nullable=True),
        sa.PrimaryKeyConstraint("kpi", "digest", name=op.f("pk_definitions")),
    )
    op.create_table(
        "episodes",
        sa.Column("kpi", Words(), nullable=False),
        sa.Column("definition", Words(), nullable=False),
        sa.Column("opened_kind", sa.String(length=20), nullable=False),
        sa.Column("opened_label", sa.String(length=20), nullable=False),
        sa.Column("opened_first", sa.Date(), nullable=False),
        sa.Column("opened_last", sa.Date(), nullable=False),
        sa.Column("began_kind", sa.String(length=20), nullable=False),
        sa.Column("began_label", sa.String(length=20), nullable=False),
        sa.Column("began_first", sa.Date(), nullable=False),
        sa.Column("began_last", sa.Date(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_kind", sa.String(length=20), nullable=True),
        sa.Column("closed_label", sa.String(length=20), nullable=True),
        sa.Column("closed_first", sa.Date(), nullable=True),
        sa.Column("closed_last", sa.Date(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("ended", sa.String(length=20), nullable=True),
        sa.Column("background", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("kpi", "definition", "opened_label", name=op.f("pk_episodes")),
    )
    op.create_table(
        "judgements",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("kpi", Words(), nullable=False),
        sa.Column("definition", Words(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("value", Dec(), nullable=True),
        sa.Column("target", Json(), nullable=True),
        sa.Column("gap", Dec(), nullable=True),
        sa.Column("judged_at", UTCDateTime(), nullable=False),
        sa.Column("flags", Json(), nullable=True),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("background", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("corrects", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("cycle", BigId, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgements")),
    )
    op.create_index("ix_judgements_last", "judgements", ["last"], unique=False)
    op.create_index("ix_judgements_newest", "judgements", ["kpi", "definition", "label", "id"], unique=False)
    op.create_table(
        "latches",
        sa.Column("tracker", Words(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("what", Words(), nullable=False),
        sa.Column("advice", Words(), nullable=False),
        sa.PrimaryKeyConstraint("tracker", "name", name=op.f("pk_latches")),
    )
    op.create_table(
        "links",
        sa.Column("key", Words(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("tracker", Words(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("episode", Words(), nullable=True),
        sa.Column("person", Words(), nullable=True),
        sa.Column("task", Words(), nullable=True),
        sa.Column("attempted_at", UTCDateTime(), nullable=True),
        sa.Column("attempted_vendor", UTCDateTime(), nullable=True),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("looked_at", UTCDateTime(), nullable=True),
        sa.Column("written", Json(), nullable=True),
        sa.Column("theirs", Json(), nullable=True),
        sa.Column("title", Words(), nullable=False),
        sa.Column("url", Words(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("assignees", Json(), nullable=True),
        sa.Column("completed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("completed_at", UTCDateTime(), nullable=True),
        sa.Column("completed_by", Words(), nullable=True),
        sa.Column("archived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("home", Words(), nullable=True),
        sa.Column("place", Words(), nullable=True),
        sa.Column("touched", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("promise", sa.Date(), nullable=True),
        sa.Column("quiet", Json(), nullable=True),
        sa.Column("former", Words(), nullable=True),
        sa.Column("seen_modified", UTCDateTime(), nullable=True),
        sa.Column("last_human_line", Words(), nullable=False),
        sa.Column("made_cycle", BigId, nullable=True),
        sa.Column("failed_why", Words(), nullable=False),
        sa.Column("failed_at", UTCDateTime(), nullable=True),
        sa.Column("adopted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("read_cycle_at", UTCDateTime(), nullable=True),
        sa.Column("owner", Words(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_links")),
    )
    op.create_index("ix_links_subject", "links", ["subject"], unique=False)
    op.create_index("ix_links_task", "links", ["tracker", "task"], unique=True)
    op.create_table(
        "meta",
        sa.Column("key", Words(), nullable=False),
        sa.Column("value", Json(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "photographs",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("source", Words(), nullable=False),
        sa.Column("cell", Words(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("value", Dec(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("note", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photographs")),
    )
    op.create_index("ix_photographs_cell", "photographs", ["source", "cell", "id"], unique=False)
    op.create_table(
        "problems",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("where", Words(), nullable=False),
        sa.Column("what", Words(), nullable=False),
        sa.Column("advice", Words(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
    )
    op.create_table(
        "readings",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("kpi", Words(), nullable=False),
        sa.Column("definition", Words(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("value", Dec(), nullable=True),
        sa.Column("final", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("flags", Json(), nullable=True),
        sa.Column("note", Words(), nullable=False),
        sa.Column("origin", Words(), nullable=False),
        sa.Column("parts", Json(), nullable=True),
        sa.Column("breakdown", Json(), nullable=True),
        sa.Column("background", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("newest", sa.Date(), nullable=True),
        sa.Column("cycle", BigId, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    op.create_index("ix_readings_last", "readings", ["last"], unique=False)
    op.create_index("ix_readings_newest", "readings", ["kpi", "definition", "label", "id"], unique=False)
    op.create_table(
        "sources",
        sa.Column("source", Words(), nullable=False),
        sa.Column("facts", Json(), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_sources")),
    )
    op.create_table(
        "trackers",
        sa.Column("tracker", Words(), nullable=False),
        sa.Column("memory", Json(), nullable=True),
        sa.PrimaryKeyConstraint("tracker", name=op.f("pk_trackers")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.Column("tracker", Words(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("vendor_at", UTCDateTime(), nullable=True),
        sa.Column("cycle", BigId, nullable=True),
        sa.Column("order", Json(), nullable=True),
        sa.Column("fate", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["links.key"], name=op.f("fk_attempts_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index("ix_attempts_key", "attempts", ["key"], unique=False)
    op.create_table(
        "notes",
        sa.Column("key", Words(), nullable=False),
        sa.Column("link", Words(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("comment", Words(), nullable=True),
        sa.Column("body", Json(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="1", nullable=False),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("looked_at", UTCDateTime(), nullable=True),
        sa.Column("told_gap", Words(), nullable=True),
        sa.ForeignKeyConstraint(["link"], ["links.key"], name=op.f("fk_notes_link")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_link", "notes", ["link"], unique=False)
