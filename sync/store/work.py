"""The work's records: links, attempts, notes (comments), decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mapping.links import Decision, Link, LinkState, Note, NoteState
from mapping.tasks import Create, Fate, WorkKind
from sync.store import forms
from sync.store.rows import Row, Rows, in_portions
from sync.store.tables import attempts, decisions, links, notes


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt to make a task: the frozen payload, when it left, and what became of it (None: not known yet).

    `at` is alignd's now, `vendor_at` the vendor's clock; `id` is set by the store.
    """

    key: str
    tracker: str
    at: datetime
    vendor_at: datetime | None
    order: Create
    cycle: int | None = None
    fate: Fate | None = None
    id: int | None = None


class WorkRecords(Rows):
    # ── links ────────────────────────────────────────────────────────────────────────────────────────────────────

    def links(self) -> dict[str, Link]:
        """Every link by key, oldest first."""
        return self._values(links, ("made_at", "key"), _link_of, apart="read_cycle_at")

    def put_link(self, link: Link) -> None:
        self.put_links([link])

    def put_links(self, new: Sequence[Link]) -> None:
        """Insert or replace by key."""
        self._put(links, [_link_row(one) for one in new])

    def mark_read(self, keys: Sequence[str], at: datetime) -> None:
        """The cycle at `at` read these tasks, and nothing else of their links changed."""
        for some in in_portions(keys):
            self.connection.execute(sa.update(links).where(links.c.key.in_(some)).values(read_cycle_at=at))

    def add_link(self, link: Link) -> bool:
        """Insert; False if the key is taken."""
        exists = self.connection.execute(sa.select(sa.exists().where(links.c.key == link.key))).scalar()
        if exists:
            return False
        self._insert(links, [_link_row(link)])
        return True

    def claim(
        self,
        key: str,
        from_state: LinkState,
        to_state: LinkState,
        at: datetime,
        vendor_at: datetime | None = None,
        cycle: int | None = None,
    ) -> bool:
        """Compare and set: True if the link was in `from_state` and is now in `to_state`, attempted `at`.

        The database decides a race: of two who claim the same work, one gets True.
        """
        values: Row = {"state": to_state.value}
        if to_state is LinkState.SENDING:
            values |= {"attempted_at": at, "attempted_vendor": vendor_at, "looks": 0, "looked_at": None}
            if cycle is not None:
                values["made_cycle"] = cycle
        moved = self.connection.execute(
            sa.update(links).where(links.c.key == key, links.c.state == from_state.value).values(values)
        )
        return moved.rowcount == 1

    # ── attempts ─────────────────────────────────────────────────────────────────────────────────────────────────

    def keep_attempts(self, new: Sequence[Sending]) -> None:
        self._insert(
            attempts,
            [
                {
                    "key": one.key,
                    "tracker": one.tracker,
                    "at": one.at,
                    "vendor_at": one.vendor_at,
                    "cycle": one.cycle,
                    "order": forms.create_form(one.order),
                    "fate": None if one.fate is None else one.fate.value,
                }
                for one in new
            ],
        )

    def end_attempts(self, fates: Mapping[str, Fate]) -> None:
        """What became of the newest attempt of each key."""
        for key, fate in fates.items():
            newest = sa.select(sa.func.max(attempts.c.id)).where(attempts.c.key == key).scalar_subquery()
            self.connection.execute(sa.update(attempts).where(attempts.c.id == newest).values(fate=fate.value))

    def attempts(self, keys: Sequence[str] | None = None) -> dict[str, list[Sending]]:
        """By key, oldest first."""
        chosen = sa.select(attempts).order_by(attempts.c.id)
        if keys is not None:
            chosen = chosen.where(attempts.c.key.in_(list(keys)))
        found: dict[str, list[Sending]] = defaultdict(list)
        for row in self._select(chosen):
            found[row["key"]].append(_sending_of(row))
        return dict(found)

    # ── notes ────────────────────────────────────────────────────────────────────────────────────────────────────

    def notes(self) -> dict[str, Note]:
        """Every comment alignd says or said, by key, oldest first."""
        return self._values(notes, ("at", "key"), _note_of)

    def put_notes(self, new: Sequence[Note]) -> None:
        """Insert or replace by key."""
        self._put(notes, [_note_row(one) for one in new])

    def forget_notes(self, keys: Sequence[str]) -> None:
        """Of comments that certainly did not leave: they are to be said anew, as if for the first time."""
        if keys:
            self.connection.execute(sa.delete(notes).where(notes.c.key.in_(list(keys))))

    # ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────

    def decide(self, decision: Decision) -> bool:
        """Keep a decision; False if one with its `source_id` (where it has one) is kept already."""
        if decision.source_id:
            kept = sa.select(sa.exists().where(decisions.c.source_id == decision.source_id))
            if self.connection.execute(kept).scalar():
                return False
        self._insert(
            decisions,
            [
                {
                    "at": decision.at,
                    "what": decision.what,
                    "key": decision.key,
                    "subject": decision.subject,
                    "by": decision.by,
                    "text": decision.text,
                    "source_id": decision.source_id or None,
                }
            ],
        )
        return True

    def amend(self, source_id: str, what: str, text: str) -> None:
        """Put the newer words in place of those of the decision with this `source_id`."""
        newer = sa.update(decisions).where(decisions.c.source_id == source_id).values(what=what, text=text)
        self.connection.execute(newer)

    def decisions(
        self, *, key: str | None = None, subject: str | None = None, since: datetime | None = None
    ) -> list[Decision]:
        """The decision log, oldest first."""
        chosen = sa.select(decisions).order_by(decisions.c.id)
        if key is not None:
            chosen = chosen.where(decisions.c.key == key)
        if subject is not None:
            chosen = chosen.where(decisions.c.subject == subject)
        if since is not None:
            chosen = chosen.where(decisions.c.at >= since)
        return [
            Decision(row["at"], row["what"], row["key"], row["subject"], row["by"], row["text"], row["source_id"] or "")
            for row in self._select(chosen)
        ]

    def decided(self) -> frozenset[str]:
        """The `source_id`s of all decisions: comments that were taken already."""
        chosen = sa.select(decisions.c.source_id).where(decisions.c.source_id.is_not(None))
        return frozenset(self.connection.execute(chosen).scalars())


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_SAME_IN_BOTH = (
    *("key", "subject", "tracker", "made_at", "episode", "person", "task", "attempted_at", "attempted_vendor"),
    *("looks", "looked_at", "title", "url", "due", "completed", "completed_at", "completed_by", "archived"),
    *("home", "place", "touched", "promise", "former", "seen_modified", "last_human_line", "made_cycle"),
    *("failed_why", "failed_at", "adopted", "read_cycle_at", "owner"),
)


def _link_row(one: Link) -> Row:
    row: Row = {name: getattr(one, name) for name in _SAME_IN_BOTH}
    row["kind"] = one.kind.value
    row["state"] = one.state.value
    row["written"] = forms.written_form(one.written)
    row["theirs"] = sorted(one.theirs)
    row["assignees"] = sorted(one.assignees)
    row["quiet"] = forms.quiet_form(one.quiet)
    row["about"] = list(one.about)
    return row


def _link_of(row: Mapping[str, Any]) -> Link:
    return Link(
        kind=WorkKind(row["kind"]),
        state=LinkState(row["state"]),
        written=forms.written_of(row["written"]),
        theirs=frozenset(row["theirs"]),
        assignees=frozenset(row["assignees"]),
        quiet=forms.quiet_of(row["quiet"]),
        about=tuple(row["about"] or ()),
        **{name: row[name] for name in _SAME_IN_BOTH},
    )


def _note_row(one: Note) -> Row:
    return {
        "key": one.key,
        "link": one.link,
        "kind": one.kind,
        "state": one.state.value,
        "text": one.text,
        "at": one.at,
        "comment": one.comment,
        "body": forms.document_form(one.body),
        "attempts": one.attempts,
        "looks": one.looks,
        "looked_at": one.looked_at,
        "told_gap": one.told_gap,
    }


def _note_of(row: Mapping[str, Any]) -> Note:
    return Note(
        key=row["key"],
        link=row["link"],
        kind=row["kind"],
        state=NoteState(row["state"]),
        text=row["text"],
        at=row["at"],
        comment=row["comment"],
        body=forms.document_of(row["body"]),
        attempts=row["attempts"],
        looks=row["looks"],
        looked_at=row["looked_at"],
        told_gap=row["told_gap"],
    )


def _sending_of(row: Mapping[str, Any]) -> Sending:
    return Sending(
        row["key"],
        row["tracker"],
        row["at"],
        row["vendor_at"],
        forms.create_of(row["order"]),
        row["cycle"],
        None if row["fate"] is None else Fate(row["fate"]),
        row["id"],
    )
