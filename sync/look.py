"""What one look at the world came to: what sources gave, what people did, and what a plan was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mapping.logbook import Logbook
from sync.gather import Gathered
from sync.numbers import Numbers
from sync.outlook import Outlook
from sync.plan.situation import Situation
from sync.readback import ReadBack
from sync.store import DefinitionRow
from sync.written_lines import MinutesBack


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What the sources gave in this cycle and what it says of every KPI; `definitions`: those not seen before.

    `logbook`: what is known of meetings, this cycle's news included.
    """

    gathered: Gathered
    numbers: Numbers
    definitions: Sequence[DefinitionRow]
    logbook: Logbook


@dataclass(frozen=True, slots=True)
class People:
    """What people did and said since the last cycle, in all trackers."""

    back: ReadBack
    minutes: MinutesBack

    def after(self, first: People) -> People:
        """What a second look of the cycle found, with the answers that the first one found to be owed."""
        return replace(self, back=replace(self.back, replies=[*first.back.replies, *self.back.replies]))


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the world: the plan, and what a second look in the same cycle need not find out again."""

    outlook: Outlook
    people: People
    gathered: Gathered
    situation: Situation
