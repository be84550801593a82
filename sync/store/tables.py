"""The tables. A workspace has one store, so no table names it; `meta` does, once.

Periods are kept as kind, label and both dates. Whatever carries a time carries alignd's now of the cycle that
recorded it, so that the past can be looked at as it was known then.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, MetaData, String, Table

from sync.store.types import BigId, Dec, Json, UTCDateTime, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", BigId, primary_key=True, autoincrement=True)


def _period(prefix: str = "", *, nullable: bool = False) -> list[Column[object]]:
    return [
        Column(f"{prefix}kind", String(20), nullable=nullable),
        Column(f"{prefix}label", String(20), nullable=nullable),
        Column(f"{prefix}first", Date, nullable=nullable),
        Column(f"{prefix}last", Date, nullable=nullable),
    ]


def _words(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Words, nullable=nullable)


def _json(name: str, *, nullable: bool = True) -> Column[object]:
    return Column(name, Json, nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, UTCDateTime, nullable=nullable)


def _yes(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=sa.false())


meta = Table("meta", metadata, Column("key", Words, primary_key=True), _json("value"))

cycles = Table(
    "cycles",
    metadata,
    Column("n", BigId, primary_key=True, autoincrement=True),
    _at("at"),
    _words("command"),
    _at("ended_at", nullable=True),
    _json("report"),
    _json("calls"),
    sqlite_autoincrement=True,
)

definitions = Table(
    "definitions",
    metadata,
    Column("kpi", Words, primary_key=True),
    Column("digest", Words, primary_key=True),
    _json("canonical"),
    _at("since"),
    Column("cycle", BigId, nullable=True),
)

readings = Table(
    "readings",
    metadata,
    _id(),
    _words("kpi"),
    _words("definition"),
    *_period(),
    Column("state", String(20), nullable=False),
    Column("value", Dec, nullable=True),
    _yes("final"),
    _at("read_at"),
    # The same number read again is no new version: only this moves, so that hourly first counts do not pile up.
    _at("confirmed_at", nullable=True),
    _json("flags"),
    _words("note"),
    _words("origin"),
    _json("parts"),
    _json("breakdown"),
    _yes("background"),
    Column("newest", Date, nullable=True),
    Column("cycle", BigId, nullable=True),
    Index("ix_readings_newest", "kpi", "definition", "label", "id"),
    Index("ix_readings_last", "last"),
)

judgements = Table(
    "judgements",
    metadata,
    _id(),
    _words("kpi"),
    _words("definition"),
    *_period(),
    Column("status", String(20), nullable=False),
    Column("value", Dec, nullable=True),
    _json("target"),
    Column("gap", Dec, nullable=True),
    _at("judged_at"),
    _json("flags"),
    _words("reason"),
    _yes("background"),
    _yes("corrects"),
    Column("state", String(20), nullable=False),
    Column("cycle", BigId, nullable=True),
    Index("ix_judgements_newest", "kpi", "definition", "label", "id"),
    Index("ix_judgements_last", "last"),
)

episodes = Table(
    "episodes",
    metadata,
    _words("kpi"),
    _words("definition"),
    *_period("opened_"),
    *_period("began_"),
    _at("opened_at"),
    *_period("closed_", nullable=True),
    _at("closed_at", nullable=True),
    Column("ended", String(20), nullable=True),
    _yes("background"),
    sa.PrimaryKeyConstraint("kpi", "definition", "opened_label"),
)

photographs = Table(
    "photographs",
    metadata,
    _id(),
    _words("source"),
    _words("cell"),
    _at("seen_at"),
    Column("state", String(20), nullable=False),
    Column("value", Dec, nullable=True),
    Column("as_of", Date, nullable=True),
    _words("note"),
    Index("ix_photographs_cell", "source", "cell", "id"),
)

sources = Table("sources", metadata, Column("source", Words, primary_key=True), _json("facts"))

trackers = Table("trackers", metadata, Column("tracker", Words, primary_key=True), _json("memory"))

links = Table(
    "links",
    metadata,
    Column("key", Words, primary_key=True),
    Column("kind", String(20), nullable=False),
    _words("subject"),
    _words("tracker"),
    Column("state", String(20), nullable=False),
    _at("made_at"),
    _words("episode", nullable=True),
    _words("person", nullable=True),
    _words("task", nullable=True),
    _at("attempted_at", nullable=True),
    _at("attempted_vendor", nullable=True),
    Column("looks", Integer, nullable=False, server_default="0"),
    _at("looked_at", nullable=True),
    _json("written"),
    _json("theirs"),
    _words("title"),
    _words("url"),
    Column("due", Date, nullable=True),
    _json("assignees"),
    _yes("completed"),
    _at("completed_at", nullable=True),
    _words("completed_by", nullable=True),
    _yes("archived"),
    _words("home", nullable=True),
    _words("place", nullable=True),
    _yes("touched"),
    Column("promise", Date, nullable=True),
    _json("quiet"),
    _words("former", nullable=True),
    _at("seen_modified", nullable=True),
    _words("last_human_line"),
    Column("made_cycle", BigId, nullable=True),
    _words("failed_why"),
    _at("failed_at", nullable=True),
    _yes("adopted"),
    _at("read_cycle_at", nullable=True),
    _words("owner", nullable=True),
    _json("about"),
    Index("ix_links_subject", "subject"),
    Index("ix_links_task", "tracker", "task", unique=True),  # one task is one piece of work
)

attempts = Table(
    "attempts",
    metadata,
    _id(),
    Column("key", Words, ForeignKey("links.key"), nullable=False),
    _words("tracker"),
    _at("at"),
    _at("vendor_at", nullable=True),
    Column("cycle", BigId, nullable=True),
    _json("order"),
    Column("fate", String(20), nullable=True),
    Index("ix_attempts_key", "key"),
)

notes = Table(
    "notes",
    metadata,
    Column("key", Words, primary_key=True),
    Column("link", Words, ForeignKey("links.key"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    _words("text"),
    _at("at"),
    _words("comment", nullable=True),
    _json("body"),
    Column("attempts", Integer, nullable=False, server_default="1"),
    Column("looks", Integer, nullable=False, server_default="0"),
    _at("looked_at", nullable=True),
    _words("told_gap", nullable=True),
    Index("ix_notes_link", "link"),
)

decisions = Table(
    "decisions",
    metadata,
    _id(),
    _at("at"),
    Column("what", String(30), nullable=False),
    _words("key"),
    _words("subject"),
    _words("by", nullable=True),
    _words("text"),
    Column("source_id", Words, nullable=True, unique=True),
    Index("ix_decisions_subject", "subject"),
)

latches = Table(
    "latches",
    metadata,
    Column("tracker", Words, primary_key=True),
    Column("name", String(20), primary_key=True),
    _at("since"),
    Column("count", Integer, nullable=False),
    _words("what"),
    _words("advice"),
)

problems = Table(
    "problems",
    metadata,
    Column("id", String(64), primary_key=True),  # hash of where and what, which may be long
    _words("where"),
    _words("what"),
    _words("advice"),
    Column("kind", String(20), nullable=False),
    _at("since"),
)

# ── the logbook: meetings ────────────────────────────────────────────────────────────────────────────────────────

first_seen = Table(
    "first_seen",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("subject", Words, primary_key=True),
    _at("at"),
)

passed = Table(
    "passed",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("subject", Words, primary_key=True),
    Column("slot", Words, primary_key=True),
    Column("passing", String(20), nullable=False),
    _at("at"),
)

events = Table(
    "events",
    metadata,
    Column("id", Words, primary_key=True),
    Column("day", Date, nullable=False),
    Column("kind", String(20), nullable=False),
    _words("title"),
    _words("owner", nullable=True),
    _words("origin"),
    _at("at"),
)

minutes = Table(
    "minutes",
    metadata,
    Column("source", Words, primary_key=True),
    Column("link", Words, ForeignKey("links.key"), nullable=False),
    _words("review"),
    _words("comment"),
    Column("kind", String(20), nullable=False),
    _words("text"),
    _words("by"),
    _at("at"),
    _words("who", nullable=True),
    Column("due", Date, nullable=True),
    _words("item", nullable=True),
    Column("helped", String(20), nullable=True),
    _at("changed_at", nullable=True),
    _yes("withdrawn"),
    Index("ix_minutes_link", "link"),
)

evaluations = Table(
    "evaluations",
    metadata,
    Column("item", Words, primary_key=True),
    _words("kpi"),
    Column("completed_on", Date, nullable=False),
    _at("judged_at"),
    _json("before"),
    _json("after"),
    _json("target"),
    _words("did"),
    _words("by", nullable=True),
    Column("helped", String(20), nullable=True),
    _words("why"),
    _words("answered_by", nullable=True),
    _at("answered_at", nullable=True),
    Index("ix_evaluations_kpi", "kpi"),
)

measured = Table(
    "measured",
    metadata,
    Column("campaign", Words, primary_key=True),
    Column("kpi", Words, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("label", String(30), nullable=False),  # of a span: 2026-09-14..2026-10-31
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("state", String(20), nullable=False),
    Column("value", Dec, nullable=True),
    _yes("final"),
    _at("read_at"),
    _json("flags"),
    _words("note"),
    _words("origin"),
    _json("target"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("key", Words, primary_key=True),
    Column("address", Words, primary_key=True),
    _words("channel"),
    Column("kind", String(20), nullable=False),
    _words("subject"),
    Column("posting", String(20), nullable=False),
    _at("made_at"),
    _at("attempted_at", nullable=True),
    _words("id", nullable=True),  # the vendor's: Slack's ts, the mail's Message-ID
    _words("why"),
    _words("advice"),
    Column("attempts", Integer, nullable=False),
    _at("not_before", nullable=True),
    Index("ix_outbox_posting", "posting"),
)

companions = Table(
    "companions",
    metadata,
    Column("kpi", Words, primary_key=True),
    Column("role", String(20), primary_key=True),
    _words("definition"),
    Column("kind", String(20), nullable=False),
    Column("label", String(30), nullable=False),  # of a span: 2026-12-01..2026-12-06
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("state", String(20), nullable=False),
    Column("value", Dec, nullable=True),
    _yes("final"),
    _at("read_at"),
    _json("flags"),
    _words("note"),
    _words("origin"),
)
