"""Records of telling people: the outbox, and the numbers shown beside a KPI's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from mapping.companions import Companion, Role
from mapping.letters import LetterKind, Posted, Posting
from mapping.readings import Reading, State
from sync.store import forms
from sync.store.rows import Row, Rows
from sync.store.tables import companions, outbox

_POSTED = ("key", "address", "channel", "subject", "made_at", "attempted_at", "id", "why", "advice", "attempts",
           "not_before")  # fmt: skip


class TellingRecords(Rows):
    """See `sync.store` for the list."""

    def posted(self, keys: Collection[str] | None = None) -> list[Posted]:
        """Rows of the outbox, oldest first: of these letters, or all of them."""
        chosen = sa.select(outbox).order_by(outbox.c.made_at, outbox.c.key, outbox.c.address)
        if keys is not None:
            chosen = chosen.where(outbox.c.key.in_(list(keys)))
        return [_posted_of(row) for row in self._select(chosen)]

    def open_posts(self) -> list[Posted]:
        """Rows that something is still to become of, or that nobody knows: pending, sending, unknown."""
        still = (Posting.PENDING.value, Posting.SENDING.value, Posting.UNKNOWN.value)
        chosen = sa.select(outbox).where(outbox.c.posting.in_(still))
        return [_posted_of(row) for row in self._select(chosen.order_by(outbox.c.made_at, outbox.c.key))]

    def last_posts(self, count: int = 100) -> list[Posted]:
        """The rows that were tried or made last, newest first."""
        when = sa.func.coalesce(outbox.c.attempted_at, outbox.c.made_at)
        chosen = sa.select(outbox).order_by(when.desc(), outbox.c.key.desc(), outbox.c.address).limit(count)
        return [_posted_of(row) for row in self._select(chosen)]

    def keep_posts(self, new: Sequence[Posted]) -> None:
        """Insert or replace by key and address."""
        self._put(outbox, [_posted_row(one) for one in new])

    def companions(self) -> dict[tuple[str, Role], Companion]:
        """The newest of each KPI and role."""
        return {(row["kpi"], Role(row["role"])): _companion_of(row) for row in self._select(sa.select(companions))}

    def keep_companions(self, new: Sequence[Companion]) -> None:
        self._put(companions, [_companion_row(one) for one in new])


def _posted_row(one: Posted) -> Row:
    row: Row = {name: getattr(one, name) for name in _POSTED}
    return row | {"kind": one.kind.value, "posting": one.posting.value}


def _posted_of(row: Mapping[str, Any]) -> Posted:
    kind, posting = LetterKind(row["kind"]), Posting(row["posting"])
    return Posted(kind=kind, posting=posting, **{name: row[name] for name in _POSTED})


def _companion_row(one: Companion) -> Row:
    reading = one.reading
    return {
        "kpi": one.kpi,
        "role": one.role.value,
        "definition": reading.definition,
        **forms.period_columns(reading.period),
        "state": reading.state.value,
        "value": reading.value,
        "final": reading.final,
        "read_at": reading.read_at,
        "flags": sorted(reading.flags),
        "note": reading.note,
        "origin": reading.origin,
    }


def _companion_of(row: Mapping[str, Any]) -> Companion:
    reading = Reading(
        kpi=row["kpi"],
        definition=row["definition"],
        period=forms.period_of(row),
        state=State(row["state"]),
        value=row["value"],
        final=row["final"],
        read_at=row["read_at"],
        flags=frozenset(row["flags"] or ()),
        note=row["note"],
        origin=row["origin"],
    )
    return Companion(row["kpi"], Role(row["role"]), reading)
