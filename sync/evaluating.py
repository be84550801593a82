"""Did it help? What became of a KPI after a person completed its action item, once it was looked at again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from config import Config
from mapping.links import Link
from mapping.logbook import Evaluation
from sync.plan.situation import KpiRecord


def new_evaluations(
    config: Config,
    records: Mapping[str, KpiRecord],
    links: Mapping[str, Link],
    known: Mapping[str, Evaluation],
    now: datetime,
) -> list[Evaluation]:
    """Evaluations of completed items whose verdict came with this cycle."""
    return []
