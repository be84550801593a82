"""What was said in meetings: tasks of `Action:` lines, answers, the summary of the morning after. Pure."""

from __future__ import annotations

from sync.plan.situation import Situation
from sync.steps import Step


def said_steps(situation: Situation) -> list[Step]:
    """The steps of this cycle."""
    return []
