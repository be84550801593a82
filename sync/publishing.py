"""Publishing: how things stand, shown where the team already looks: a tab of its own spreadsheet, goals in Asana."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.base import Source, Tracker
from sync.plan.situation import Situation
from sync.steps import Problem
from sync.store import Store


def publish(
    situation: Situation, store: Store, sources: Mapping[str, Source], trackers: Mapping[str, Tracker]
) -> list[Problem]:
    """Bring the tab and the goals up to date, where the file names them and something changed. Problems for people."""
    return []
