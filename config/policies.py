"""Policies: the KPI's own over the file's over the defaults, resolved for the KPI's period."""

from __future__ import annotations

from typing import Any

from config.shape.fields import PerKind
from config.shape.who import PolicyShape
from mapping.kpis import Policy
from mapping.periods import PeriodKind

_DEFAULTS = {
    "breach_after": {"day": "5", "week": "2", "other": "1"},
    "clear_after": {"day": "3", "other": "1"},
    "recheck_after": {"day": "5", "week": "2", "other": "1"},
    "escalate_after": {"day": "10", "week": "4", "other": "2"},
    "no_data_after": {"day": "3", "week": "2", "other": "1"},
    "due": "5 business days",
    "on_recover": "comment",
    "reopen_within": "2 periods",
    "escalate": "review",
    "evaluation": "review",
    "ask": [],
    "max_open": "5",
    "on_no_data": "task",
}


def default_policy() -> PolicyShape:
    """What holds where the file says nothing: the policy of docs/alignd.example.yaml, without its teams."""
    return PolicyShape.model_validate(_DEFAULTS)


def resolve(layers: tuple[PolicyShape, ...], kind: PeriodKind) -> Policy:
    """The policy for a period kind. The first layer that says something about a key (and this kind) decides it."""
    found: dict[str, Any] = {}
    for key in PolicyShape.model_fields:
        for layer in layers:
            said = getattr(layer, key)
            value = said.for_kind(kind) if isinstance(said, PerKind) else said
            if value is not None:
                found[key] = value
                break
    if found["reopen_within"].count == 0:
        found["reopen_within"] = None  # 0 = never
    return Policy(**found)
