"""Campaigns: kickoff, mid and post, each a task. Pure."""

from __future__ import annotations

from sync.plan.situation import Situation
from sync.steps import Step


def campaign_steps(situation: Situation) -> list[Step]:
    """The steps of this cycle."""
    return []
