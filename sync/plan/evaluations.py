"""Did it help, as a task of its own, where the policy says so. Pure."""

from __future__ import annotations

from sync.plan.situation import Situation
from sync.steps import Step


def evaluation_steps(situation: Situation) -> list[Step]:
    """The steps of this cycle."""
    return []
