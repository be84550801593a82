"""Reviews: the task of each meeting, made ahead of it, moved with it, commented on its day. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from mapping.logbook import Passed
from sync.plan.situation import Situation
from sync.steps import Problem, Step


def review_steps(situation: Situation) -> list[Step]:
    """The steps of this cycle."""
    return []


def passed_now(situation: Situation) -> list[Passed]:
    """Meetings that were due and will have no task: a later one is made, or their tracker is only watched."""
    return []


def missed(passed: Sequence[Passed], situation: Situation) -> list[Problem]:
    """What was missed, said once: in the cycle that found it."""
    return []
