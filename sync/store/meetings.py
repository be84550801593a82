"""Records of meetings: what was first seen when, what passed without a task, what people wrote, what was evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from mapping.campaigns import Event
from mapping.logbook import Evaluation, Helped, LineKind, Measured, Minute, Passed, Passing, Point
from mapping.readings import Reading, State
from sync.store import forms
from sync.store.rows import Row, Rows
from sync.store.tables import evaluations, events, first_seen, measured, minutes, passed


class MeetingRecords(Rows):
    """See `sync.store` for the list."""

    def first_seen(self) -> dict[tuple[str, str], datetime]:
        """When each review, campaign and event was first seen, by kind and id."""
        return {(row["kind"], row["subject"]): row["at"] for row in self._select(sa.select(first_seen))}

    def keep_first_seen(self, new: Mapping[tuple[str, str], datetime]) -> None:
        self._put(first_seen, [{"kind": kind, "subject": one, "at": at} for (kind, one), at in new.items()])

    def passed(self) -> dict[tuple[str, str], dict[str, Passed]]:
        """Occurrences that passed without a task, by kind and id, then slot."""
        found: dict[tuple[str, str], dict[str, Passed]] = {}
        for row in self._select(sa.select(passed).order_by(passed.c.at, passed.c.slot)):
            one = Passed(row["kind"], row["subject"], row["slot"], Passing(row["passing"]), row["at"])
            found.setdefault((one.kind, one.subject), {})[one.slot] = one
        return found

    def keep_passed(self, new: Sequence[Passed]) -> None:
        self._put(
            passed,
            [
                {"kind": one.kind, "subject": one.subject, "slot": one.slot, "passing": one.passing.value, "at": one.at}
                for one in new
            ],
        )

    def events(self) -> list[Event]:
        """Inflection points that were noted by command, oldest first."""
        return [
            Event(row["id"], row["day"], row["kind"], row["title"], row["owner"], row["origin"])
            for row in self._select(sa.select(events).order_by(events.c.at, events.c.id))
        ]

    def add_event(self, event: Event, at: datetime) -> bool:
        """Note one; False if one with its id is noted already."""
        if self.connection.execute(sa.select(sa.exists().where(events.c.id == event.id))).scalar():
            return False
        row = {"id": event.id, "day": event.on, "kind": event.kind, "title": event.title, "owner": event.owner}
        self._insert(events, [{**row, "origin": event.origin, "at": at}])
        return True

    def minutes(self) -> dict[str, Minute]:
        """Lines people wrote on tasks, by source, in the order they were taken."""
        chosen = sa.select(minutes).order_by(minutes.c.at, minutes.c.source)
        return {row["source"]: _minute_of(row) for row in self._select(chosen)}

    def keep_minutes(self, new: Sequence[Minute]) -> None:
        self._put(minutes, [_minute_row(one) for one in new])

    def evaluations(self) -> dict[str, Evaluation]:
        """By the key of the item they are about."""
        chosen = sa.select(evaluations).order_by(evaluations.c.judged_at, evaluations.c.item)
        return {row["item"]: _evaluation_of(row) for row in self._select(chosen)}

    def keep_evaluations(self, new: Sequence[Evaluation]) -> None:
        self._put(evaluations, [_evaluation_row(one) for one in new])

    def measured(self) -> dict[tuple[str, str], Measured]:
        """The newest measure of each campaign's KPI."""
        return {(row["campaign"], row["kpi"]): _measured_of(row) for row in self._select(sa.select(measured))}

    def keep_measured(self, new: Sequence[Measured]) -> None:
        self._put(measured, [_measured_row(one) for one in new])


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_MINUTE = ("source", "link", "review", "comment", "text", "by", "at", "who", "due", "item", "changed_at", "withdrawn")
_EVALUATION = ("item", "kpi", "completed_on", "judged_at", "did", "by", "why", "answered_by", "answered_at")


def _minute_row(one: Minute) -> Row:
    helped = one.helped.value if one.helped is not None else None
    return {name: getattr(one, name) for name in _MINUTE} | {"kind": one.kind.value, "helped": helped}


def _minute_of(row: Mapping[str, Any]) -> Minute:
    helped = Helped(row["helped"]) if row["helped"] is not None else None
    return Minute(kind=LineKind(row["kind"]), helped=helped, **{name: row[name] for name in _MINUTE})


def _evaluation_row(one: Evaluation) -> Row:
    row: Row = {name: getattr(one, name) for name in _EVALUATION}
    row["before"], row["after"] = _point_form(one.before), _point_form(one.after)
    row["target"] = forms.target_form(one.target)
    row["helped"] = one.helped.value if one.helped is not None else None
    return row


def _evaluation_of(row: Mapping[str, Any]) -> Evaluation:
    return Evaluation(
        before=_point_of(row["before"]),
        after=_point_of(row["after"]),
        target=forms.target_of(row["target"]),
        helped=Helped(row["helped"]) if row["helped"] is not None else None,
        **{name: row[name] for name in _EVALUATION},
    )


def _point_form(one: Point) -> Row:
    value = forms.text_or_none(one.value)
    return {"label": one.label, "first": one.first.isoformat(), "last": one.last.isoformat(), "value": value}


def _point_of(form: Mapping[str, Any]) -> Point:
    first, last = date.fromisoformat(form["first"]), date.fromisoformat(form["last"])
    return Point(form["label"], first, last, forms.decimal_or_none(form["value"]))


def _measured_row(one: Measured) -> Row:
    reading = one.reading
    return {
        "campaign": one.campaign,
        "kpi": one.kpi,
        **forms.period_columns(reading.period),
        "state": reading.state.value,
        "value": reading.value,
        "final": reading.final,
        "read_at": reading.read_at,
        "flags": sorted(reading.flags),
        "note": reading.note,
        "origin": reading.origin,
        "target": forms.target_form(one.target),
    }


def _measured_of(row: Mapping[str, Any]) -> Measured:
    reading = Reading(
        kpi=row["kpi"],
        definition="",
        period=forms.period_of(row),
        state=State(row["state"]),
        value=row["value"],
        final=row["final"],
        read_at=row["read_at"],
        flags=frozenset(row["flags"] or ()),
        note=row["note"],
        origin=row["origin"],
    )
    return Measured(row["campaign"], row["kpi"], reading, forms.target_of(row["target"]))
