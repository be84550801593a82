"""Questions for a review: did it help, who is told of what stays off, is the target right? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mapping.logbook import Evaluation
from mapping.reviews import Meeting
from sync.plan.situation import Situation


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a meeting's agenda.

    `about`: what it is about, as `Link.about` of the review's task keeps it: "helped:ITEM-KEY",
    "escalated:KPI/PERIOD", "target:KPI". `person`: id of who is asked or told; `team`: id of the team that is asked,
    called by its name in the text. `evaluation`: of a question whether it helped.
    """

    about: str
    kpi: str
    kind: Literal["helped", "escalated", "target"]
    person: str | None = None
    team: str | None = None
    evaluation: Evaluation | None = None


def questions_for(meeting: Meeting, situation: Situation) -> list[Question]:
    """What this meeting is asked, in the order it is to be listed."""
    return []
