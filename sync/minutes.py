"""Minutes: the lines people write on the tasks of meetings (`Decision:`, `Action:`, `Feedback:`, `Helped:`), read back
once each. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mapping.links import Decision, Link
from mapping.logbook import Evaluation, Minute
from mapping.tasks import View
from sync.readback import Readers


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A line that could not be placed, on the task `key`: answered once with what to write."""

    key: str
    comment: str
    person: str
    line: str
    write: str


@dataclass
class MinutesBack:
    """What one tracker's view says of meetings: new and changed lines, decisions to log, newer words of logged ones
    by source, answers to "Did it help?", and lines that could not be placed.
    """

    minutes: dict[str, Minute] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    amended: dict[str, str] = field(default_factory=dict)
    evaluations: dict[str, Evaluation] = field(default_factory=dict)
    unplaced: list[Unplaced] = field(default_factory=list)


def read_minutes(
    links: Sequence[Link],
    view: View,
    readers: Readers,
    known: Mapping[str, Minute],
    evaluations: Mapping[str, Evaluation],
) -> MinutesBack:
    """Take what people wrote on the tasks of reviews, events, campaigns and evaluations of this tracker."""
    return MinutesBack()
