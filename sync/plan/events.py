"""Inflection events: one alignment review each, with a part for everybody who confirms something. Pure."""

from __future__ import annotations

from sync.plan.situation import Situation
from sync.steps import Step


def event_steps(situation: Situation) -> list[Step]:
    """The steps of this cycle."""
    return []
