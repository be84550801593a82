"""How the goals stand, in words: counts of their KPIs, and which of them are the cause. Pure."""

from __future__ import annotations

from mapping.texts.review_facts import GoalState
from mapping.texts.review_numbers import named
from mapping.texts.tally import Tally, tally, tally_words


def tally_below(state: GoalState) -> Tally:
    """How many KPIs of the goals below it stand where."""
    return tally(state.under)


def below_said(state: GoalState) -> str:
    """ "below it 3 of 5 on target, 2 off target (Email open rate and Visits from social)"; "" where nothing is."""
    if not state.under:
        return ""
    off = named([kpi.name for kpi in state.off_below])
    words = [f"{one} ({off})" if off and one.endswith("off target") else one for one in tally_words(tally_below(state))]
    return f"below it {', '.join(words)}"
