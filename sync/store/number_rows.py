"""Readings, judgements and episodes as rows of their tables, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mapping.judgements import Episode, EpisodeEnd, Judgement, Status
from mapping.readings import Reading, State
from sync.store import forms
from sync.store.rows import Row


def reading_row(one: Reading, cycle: int | None) -> Row:
    return {
        "kpi": one.kpi,
        "definition": one.definition,
        **forms.period_columns(one.period),
        "state": one.state.value,
        "value": one.value,
        "final": one.final,
        "read_at": one.read_at,
        "confirmed_at": None,
        "flags": sorted(one.flags),
        "note": one.note,
        "origin": one.origin,
        "parts": forms.parts_form(one.parts),
        "breakdown": forms.breakdown_form(one.breakdown),
        "background": one.background,
        "newest": one.newest,
        "cycle": cycle,
    }


def reading_of(row: Mapping[str, Any], *, latest: bool = False) -> Reading:
    return Reading(
        kpi=row["kpi"],
        definition=row["definition"],
        period=forms.period_of(row),
        state=State(row["state"]),
        value=row["value"],
        final=row["final"],
        read_at=(row["confirmed_at"] or row["read_at"]) if latest else row["read_at"],
        flags=frozenset(row["flags"]),
        note=row["note"],
        origin=row["origin"],
        parts=forms.parts_of(row["parts"]),
        breakdown=forms.breakdown_of(row["breakdown"]),
        background=row["background"],
        newest=row["newest"],
    )


def judgement_row(one: Judgement, cycle: int | None) -> Row:
    return {
        "kpi": one.kpi,
        "definition": one.definition,
        **forms.period_columns(one.period),
        "status": one.status.value,
        "value": one.value,
        "target": forms.target_form(one.target),
        "gap": one.gap,
        "judged_at": one.judged_at,
        "flags": sorted(one.flags),
        "reason": one.reason,
        "background": one.background,
        "corrects": one.corrects,
        "state": one.state,
        "cycle": cycle,
    }


def judgement_of(row: Mapping[str, Any]) -> Judgement:
    return Judgement(
        kpi=row["kpi"],
        definition=row["definition"],
        period=forms.period_of(row),
        status=Status(row["status"]),
        value=row["value"],
        target=forms.target_of(row["target"]),
        gap=row["gap"],
        judged_at=row["judged_at"],
        flags=frozenset(row["flags"]),
        reason=row["reason"],
        background=row["background"],
        corrects=row["corrects"],
        state=row["state"],
    )


def episode_row(one: Episode) -> Row:
    return {
        "kpi": one.kpi,
        "definition": one.definition,
        **forms.period_columns(one.opened, "opened_"),
        **forms.period_columns(one.began, "began_"),
        "opened_at": one.opened_at,
        **forms.period_columns(one.closed, "closed_"),
        "closed_at": one.closed_at,
        "ended": None if one.end is None else one.end.value,
        "background": one.background,
    }


def episode_of(row: Mapping[str, Any]) -> Episode:
    return Episode(
        kpi=row["kpi"],
        definition=row["definition"],
        opened=forms.period_of(row, "opened_"),
        began=forms.period_of(row, "began_"),
        opened_at=row["opened_at"],
        closed=None if row["closed_label"] is None else forms.period_of(row, "closed_"),
        closed_at=row["closed_at"],
        end=None if row["ended"] is None else EpisodeEnd(row["ended"]),
        background=row["background"],
    )
