"""The logbook: what is remembered of meetings beside the tasks themselves. Values; sync/store keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from mapping.campaigns import Campaign, Event
from mapping.companions import Companion, Role
from mapping.kpis import TargetValue
from mapping.readings import Reading
from mapping.texts.facts import Finding


class Passing(StrEnum):
    """Why an occurrence that was due has no task, and will have none."""

    MISSED = "missed"  # alignd was not running; a later one was made in its stead
    WATCHED = "watched"  # its tracker was only watched then


@dataclass(frozen=True, slots=True)
class Passed:
    """An occurrence that is over without a task. `kind`: review, campaign, event; `slot`: its label or touchpoint."""

    kind: str
    subject: str
    slot: str
    passing: Passing
    at: datetime


class LineKind(StrEnum):
    """What people may write on a review's task, each line as a comment or part of one."""

    DECISION = "decision"
    ACTION = "action"
    FEEDBACK = "feedback"
    HELPED = "helped"
    UNPLACED = "unplaced"  # one that could not be placed: its text is the line as it stands there


class Helped(StrEnum):
    YES = "yes"
    NO = "no"
    TOO_EARLY = "too_early"


@dataclass(frozen=True, slots=True)
class Minute:
    """One line that people wrote on a task of alignd's, taken once.

    `source`: "TRACKER/COMMENT-ID/N", N counting the lines of that comment from 1. `link`: key of the task it stands
    on; `review`: its subject. `text`: what the line says after its word. Action: `who` (person id) and `due`.
    Helped: `item`, key of the action item that is meant, `helped`, and `text` is the why. `by`: person id.
    `withdrawn`: the line is gone from the comment by a later edit.
    """

    source: str
    link: str
    review: str
    comment: str
    kind: LineKind
    text: str
    by: str
    at: datetime
    who: str | None = None
    due: date | None = None
    item: str | None = None
    helped: Helped | None = None
    changed_at: datetime | None = None
    withdrawn: bool = False

    @property
    def place(self) -> tuple[datetime, str, int]:
        """Sorts lines as they were written: by time, and within a comment from its first to its last."""
        comment, _, number = self.source.rpartition("/")
        return self.at, comment, int(number)


@dataclass(frozen=True, slots=True)
class Point:
    """A KPI's value for one period, as an evaluation compares it. `label`: the period's."""

    label: str
    first: date
    last: date
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Did it help? Of one completed action item, once its KPI was looked at again.

    `item`: its key. `before`: the number people acted on, known by the completion; `after`: that of the verdict.
    `target`: of `after`. `did`: the item's last human line. In which tasks it was asked stands in their `Link.about`.
    """

    item: str
    kpi: str
    before: Point
    after: Point
    target: TargetValue | None
    completed_on: date
    judged_at: datetime
    did: str = ""
    by: str | None = None  # person id, who completed the item
    helped: Helped | None = None
    why: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """A campaign's KPI, measured over its own span so far: `reading.period`."""

    campaign: str
    kpi: str
    reading: Reading
    target: TargetValue | None = None


@dataclass(frozen=True, slots=True)
class Logbook:
    """All of it, as a plan needs it.

    `first_seen`: by kind (review, campaign, event) and id. `passed`: by kind and id, then slot. `campaigns`, `events`:
    of the file, the sheet and the command, the file's first; `unread_campaigns`: ids of those whose row in the sheet
    cannot be read now ("*": some that cannot even be told): they are not gone. `minutes`: by source; `evaluations`: by
    item key.
    `measured`: by campaign and KPI, the newest. `findings`: by KPI id, the newest first. `companions`: by KPI and role,
    the newest.
    """

    first_seen: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    passed: Mapping[tuple[str, str], Mapping[str, Passed]] = field(default_factory=dict)
    campaigns: Sequence[Campaign] = ()
    unread_campaigns: frozenset[str] = frozenset()
    events: Sequence[Event] = ()
    minutes: Mapping[str, Minute] = field(default_factory=dict)
    evaluations: Mapping[str, Evaluation] = field(default_factory=dict)
    measured: Mapping[tuple[str, str], Measured] = field(default_factory=dict)
    findings: Mapping[str, Sequence[Finding]] = field(default_factory=dict)
    companions: Mapping[tuple[str, Role], Companion] = field(default_factory=dict)

    def first_saw(self, kind: str, subject: str, now: datetime) -> datetime:
        """When it was first seen in the file; now, if in this cycle."""
        return self.first_seen.get((kind, subject), now)
