"""Digests: what a channel is told regularly, and which occurrence of a digest is which. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from mapping.periods import Period
from mapping.rhythms import Rhythm


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest of the file. `to`: people and teams as written; empty: the channel's own recipients.

    `name`: tells it from every other digest, and stays when the file's order or its time of day changes: the channel,
    and for a second one of the same channel and kind of period its number ("mail", "mail/2").
    """

    name: str
    channel: str
    rhythm: Rhythm
    to: tuple[str, ...] = ()


def digest_key(workspace: str, digest: Digest, slot: Period) -> str:
    """What is sent at one occurrence: `saypro/digest/team_slack/2026-W47`. A moved day makes no second one."""
    return f"{workspace}/digest/{digest.name}/{slot.label}"
