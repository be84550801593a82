"""A cycle of the ledger alone: read, resolve, dismiss what people deleted, plan the creates that are missing, apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from connectors.base import Tracker
from mapping.links import Link, LinkState, Note
from mapping.tasks import Known
from sync.doubts import unsettled
from sync.execute import apply
from sync.failpoints import Failpoint, no_failpoint
from sync.readback import dismiss
from sync.resolve import Resolved, resolve
from sync.steps import Problem, Step
from sync.store import Sending, Store
from tests.unit.ledger_samples import NOW, create_step, link, order

UNKNOWN_AFTER = timedelta(minutes=10)
MAY_BE_MADE = (LinkState.PLANNED, LinkState.FAILED)


@dataclass
class Ledger:
    """One store and one tracker, and what the last cycle did. `wanted`: keys of work that should exist."""

    store: Store
    tracker: Tracker
    now: datetime = NOW
    wanted: list[str] = field(default_factory=list)
    failpoint: Failpoint = no_failpoint
    mode: str = "act"
    links: dict[str, Link] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    resolved: Resolved = field(default_factory=Resolved)
    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def cycle(
        self, extra_steps: Sequence[Step] | Callable[[Mapping[str, Link]], Sequence[Step]] = (), *, whole: bool = True
    ) -> list[Step]:
        """One cycle at `now`; returns what became of its steps."""
        with self.store.records() as records:
            number = records.begin_cycle(self.now, "sync")
            links, notes, attempts = records.links(), records.notes(), records.attempts()
        known = [
            Known(one.task, one.is_live, one.seen_modified)
            for one in links.values()
            if one.task is not None and one.tracker == self.tracker.id
        ]
        view = self.tracker.read(whole=whole, known=known, people=[], memory={}, now=self.now)
        self.resolved = resolve(
            links,
            notes,
            {self.tracker.id: view},
            {self.tracker.id: self.tracker},
            self._config(),
            _Memory(attempts),
            self.now,
        )
        links |= self.resolved.links
        notes |= self.resolved.notes
        for key, one in list(links.items()):
            if one.state is LinkState.LINKED and one.task in view.gone:
                links[key] = dismiss(one, self.now)[0]
        with self.store.records() as records:
            records.put_links(list(links.values()))
            records.put_notes(list(notes.values()))
        more = extra_steps(links) if callable(extra_steps) else extra_steps
        steps = [*self._creates(links), *more, *self.resolved.steps]
        self.steps = apply(
            steps,
            store=self.store,
            trackers={self.tracker.id: self.tracker},
            links=links,
            notes=notes,
            cycle=number,
            now=lambda: self.now,
            failpoint=self.failpoint,
            vendor_now={self.tracker.id: view.vendor_now},
        )
        self.links, self.notes = links, notes
        with self.store.records() as records:
            assert records.links() == links  # what the cycle knows is what the ledger knows
            assert records.notes() == notes
            self.problems = unsettled(links.values(), records.attempts())
            records.end_cycle(number, self.now, {}, {})
        return self.steps

    def _creates(self, links: Mapping[str, Link]) -> list[Step]:
        steps = []
        for key in self.wanted:
            standing = links.get(key)
            if standing is None or standing.state in MAY_BE_MADE:
                row = replace(standing or link(key, tracker=self.tracker.id), made_at=self.now)
                steps.append(create_step(key, tracker=self.tracker.id, order=order(key), link=row))
        return steps

    def _config(self) -> Any:
        tracker = SimpleNamespace(unknown_after=UNKNOWN_AFTER, mode=self.mode)
        return SimpleNamespace(kpis={}, workspace=SimpleNamespace(id="saypro"), trackers={self.tracker.id: tracker})

    def after(self, **span: float) -> Ledger:
        """Let time pass, for alignd and for the vendor."""
        self.now += timedelta(**span)
        if hasattr(self.tracker, "clock"):
            self.tracker.clock += timedelta(**span)
        return self


@dataclass(frozen=True)
class _Memory:
    attempts: Mapping[str, Sequence[Sending]]
