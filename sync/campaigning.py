"""Campaigns and findings: from the file and from sheets; what a campaign's measures have to be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from config import Config
from mapping.campaigns import Campaign
from mapping.queries import Trouble
from mapping.texts.facts import Finding


@dataclass
class Sheets:
    """What `campaigns_from` and `findings` say. `troubles`: rows that cannot be read, each with its cell."""

    campaigns: list[Campaign] = field(default_factory=list)
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)


def read_sheets(config: Config, tables: Mapping[str, Sequence[Sequence[Any]]]) -> Sheets:
    """`tables`: rows by section (campaigns_from, findings). The file's campaigns come first and win."""
    return Sheets(list(config.campaigns))
