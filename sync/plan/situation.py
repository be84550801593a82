"""All that a plan is made from, as one value: the file, the record, the world, the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from config import Config
from mapping.goals import Goals
from mapping.judgements import Episode, Judgement, Status
from mapping.kpis import DatedTarget, Kpi
from mapping.links import Link, LinkState, Note, action_items
from mapping.logbook import Logbook
from mapping.people import stand_in
from mapping.readings import Photograph, Reading
from mapping.tasks import View, WorkKind
from sync.readback import Reply

RETRY_REFUSED = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class KpiRecord:
    """The record of one KPI under its present definition, oldest period first.

    `judgements`: the newest of each period. `corrections`: judgements that corrected an earlier one and changed its
    verdict, with what was there before. `episode`: the newest, open or closed.
    """

    readings: Mapping[str, Reading]
    judgements: Sequence[Judgement]
    corrections: Sequence[tuple[Judgement, Judgement]] = ()  # before, after
    episode: Episode | None = None
    episodes: Sequence[Episode] = ()

    @property
    def newest(self) -> Judgement | None:
        return self.judgements[-1] if self.judgements else None

    def on(self, label: str) -> Judgement | None:
        return next((one for one in self.judgements if one.period.label == label), None)


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source's health: since when it could not be read (None: it can be), and what it said."""

    unread_since: datetime | None = None
    what: str = ""


@dataclass(frozen=True)
class Situation:
    """The whole input of a plan. `views` holds the trackers that were read; a tracker without a view is away, or
    `stopped`: read, but nothing is written there until a person says so.

    `counted_since`: when the way a KPI is counted last changed; one that was never counted otherwise is not in it.
    `logbook`: what is remembered of meetings, this cycle's news included. `keeps_hours`: nothing is written to people
    outside work_hours. `target_rows`: what the table of `targets_from` says, by KPI. `photographs`: of
    cells, by source and cell, oldest first.
    """

    config: Config
    now: datetime
    records: Mapping[str, KpiRecord]
    links: Mapping[str, Link]
    notes: Mapping[str, Note]
    views: Mapping[str, View]
    goals: Goals
    replies: Sequence[Reply] = ()
    sources: Mapping[str, SourceState] = field(default_factory=dict)
    config_changed: bool = False
    stopped: frozenset[str] = frozenset()
    counted_since: Mapping[str, date] = field(default_factory=dict)
    logbook: Logbook = field(default_factory=Logbook)
    keeps_hours: bool = False
    target_rows: Mapping[str, Sequence[DatedTarget]] = field(default_factory=dict)
    photographs: Mapping[tuple[str, str], Sequence[Photograph]] = field(default_factory=dict)

    @cached_property
    def today(self) -> date:
        return self.config.workspace.calendar.local_date(self.now)

    def kpi(self, kpi_id: str) -> Kpi:
        return self.config.kpis[kpi_id]

    @cached_property
    def _items(self) -> Mapping[str, list[Link]]:
        return action_items(self.links.values())

    def items(self, kpi_id: str) -> list[Link]:
        """The KPI's action items, oldest first."""
        return self._items.get(kpi_id, [])

    def live_item(self, kpi_id: str) -> Link | None:
        return next((one for one in reversed(self.items(kpi_id)) if one.is_live), None)

    def is_off_track(self, kpi_id: str) -> bool:
        """Whether the KPI's newest judged period is off track (unknown periods passed over)."""
        record = self.records.get(kpi_id)
        if record is None:
            return False
        for one in reversed(record.judgements):
            if one.status is not Status.UNKNOWN:
                return one.status is Status.OFF_TRACK
        return False

    def may_retry(self, link: Link) -> bool:
        """Whether what a tracker refused may be tried again: a day later, or at once when the file changed."""
        waited = link.failed_at is None or self.now - link.failed_at >= RETRY_REFUSED
        return waited or self.config_changed

    def for_whom(self, person: str | None) -> str | None:
        """The person, or the deputy while away today."""
        if person is None:
            return None
        return stand_in(person, self.today, self.config.people) or person

    def account(self, tracker: str, person: str | None) -> str | None:
        view = self.views.get(tracker)
        return None if view is None or person is None else view.accounts.get(person)

    def holder(self, link: Link) -> str | None:
        """The person who has the item now: whoever it is assigned to in the tracker, else whom it was made for."""
        view = self.views.get(link.tracker)
        if view is not None and link.assignees:
            by_account = {account: person for person, account in view.accounts.items()}
            held = [by_account[one] for one in sorted(link.assignees) if one in by_account]
            if link.person in held:
                return link.person
            if held:
                return held[0]
        elif view is None and link.assignees and link.written.assignee not in link.assignees:
            known = (self._by_account.get((link.tracker, one)) for one in sorted(link.assignees))
            return next((one for one in known if one is not None), None)
        return link.person

    @cached_property
    def _by_account(self) -> Mapping[tuple[str, str | None], str | None]:
        """Who is behind an account, by the work that was made for its person: where the tracker was not read."""
        return {(one.tracker, one.written.assignee): one.person for one in self.links.values()}

    def open_items(self, leaving: frozenset[str] = frozenset()) -> dict[str | None, int]:
        """Open action items by person, in all trackers; adopted and snoozed ones, and those being made, count too.

        `leaving`: keys of items that are completed now and count no more.
        """
        count: dict[str | None, int] = {}
        for link in self.links.values():
            pending = link.state in (LinkState.SENDING, LinkState.UNKNOWN)
            if link.kind is WorkKind.ACTION and (link.is_live or pending) and link.key not in leaving:
                person = self.holder(link)
                count[person] = count.get(person, 0) + 1
        return count
