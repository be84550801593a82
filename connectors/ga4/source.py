"""A GA4 property as a source: asks in, answers out; what the vendor says becomes what may be believed.

Zero or missing. GA4 gives no row both for zero and for nothing; it drops rows whose metrics are all 0 (keepEmptyRows
is false), so a row of nothing but zeros counts as no row. A 0 beside another metric's number is a zero. No row under
a filter: the same window without the filter has a row → zero, else absent. No row without a filter: absent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation

from connectors.base import Finding
from connectors.calls import Calls
from connectors.errors import BudgetSpent, Refused, TryLater, Unreachable, VendorError
from connectors.ga4.client import Ga4Client, spent
from connectors.ga4.examination import examine
from connectors.ga4.isolation import Answered, Rejected, ask_apart
from connectors.ga4.packing import (
    Cell,
    Group,
    Spec,
    Window,
    batches,
    breakdown_of,
    cell_of,
    cells_of,
    fewest_batches,
    pack,
)
from connectors.ga4.quota import Quota
from connectors.ga4.settings import Ga4Settings
from connectors.ga4.wire import Report, Row
from connectors.patience import Patience
from mapping.queries import Answer, Ask, Found, MetricQuery, Reply, Trouble

FAILURES_IN_A_ROW = 2  # then the vendor is away: the rest of the cycle's asks are not tried
_SHOWN_PARTS = 50  # of a breakdown, largest first


@dataclass(frozen=True, slots=True)
class Heard:
    """What one cell's report said of it. `value` None: no row. `wrong`: what stands there instead of a number."""

    value: Decimal | None
    seen: bool = False  # the window has a row: something was recorded
    flags: frozenset[str] = frozenset()
    note: str = ""
    wrong: str = ""
    zone: str | None = None
    parts: tuple[tuple[str, Decimal], ...] = ()


@dataclass
class _Hearing:
    """One cycle's answers as they come in, cell by cell."""

    heard: dict[Cell, Heard] = field(default_factory=dict)
    failed: dict[Cell, VendorError] = field(default_factory=dict)


class Ga4Source:
    """One property. `quota`: what it last said is left. `zone`: the property's, once it has answered."""

    def __init__(
        self, settings: Ga4Settings, patience: Patience, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.id = settings.id
        self.settings = settings
        self.calls = Calls()
        self.client = Ga4Client(settings, patience, self.calls, monotonic)
        self.quota = Quota()
        self.zone: str | None = None
        self._refused: set[Cell] = set()  # without their windows: refused lately, so asked apart from the rest

    def read(self, asks: Sequence[Ask], *, now: datetime, zone: tzinfo, tables: Sequence[str] = ()) -> Reply:
        """One answer or trouble an ask. Other connectors' keywords (`tables`) have no meaning here.

        `least` counts ⌈reports / 5⌉ of the lower bound in `packing`; what was refused before is asked in a request of
        its own, at the end, so that it cannot spoil the others'.
        """
        del zone, tables  # dates are the property's own
        self.client.now = now
        mine = [ask for ask in asks if isinstance(ask.query, MetricQuery)]
        cells = cells_of(mine)
        apart: dict[Cell, set[Cell]] = {}
        for cell in cells:
            if _timeless(cell) in self._refused:
                apart.setdefault(_timeless(cell), set()).add(cell)
        loads = [cells.difference(*apart.values()), *(apart[name] for name in sorted(apart, key=repr))]
        self.calls.needed(sum(fewest_batches(load) for load in loads))
        hearing = _Hearing()
        self._ask([batch for load in loads for batch in batches(pack(load))], hearing)
        return self._reply(asks, hearing, now)

    def examine(self, asks: Sequence[Ask]) -> Sequence[Finding]:
        """For `doctor`: credential, property, its zone and quota, each metric and dimension that is named."""
        return examine(self.client, self.id, [ask for ask in asks if isinstance(ask.query, MetricQuery)])

    def close(self) -> None:
        """Give the connections back."""
        self.client.close()

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────

    def _ask(self, requests: Sequence[Sequence[Spec]], hearing: _Hearing) -> None:
        """Batch by batch. A vendor that is away, out of quota or refusing the credential ends the asking; one poisoned
        batch does not.
        """
        failures = 0
        end: VendorError | None = None
        for n, specs in enumerate(requests):
            if n and end is None:  # the first request of a cycle finds out what has come back
                end = self._too_little_left()
            if end is not None:
                self._fail(specs, end, hearing)
                continue
            try:
                for outcome in ask_apart(specs, self._send):
                    self._take(outcome, hearing)
                failures = 0
            except VendorError as error:
                self._fail(specs, error, hearing)
                failures += 1
                if not isinstance(error, Unreachable) or failures >= FAILURES_IN_A_ROW:
                    end = error

    def _send(self, specs: Sequence[Spec]) -> list[Report]:
        reports = self.client.batch(specs)
        for report in reports:
            self.quota = self.quota.after(report.quota)
            self.zone = report.zone or self.zone
        return reports

    def _too_little_left(self) -> BudgetSpent | None:
        bucket = self.quota.low()
        if bucket is None:
            return None
        return spent(self.id, f"less than a tenth of the {bucket}'s tokens is left ({self.quota})", 3600.0)

    def _fail(self, specs: Iterable[Spec], error: VendorError, hearing: _Hearing) -> None:
        for spec in specs:
            for cell in spec.cells:
                if cell not in hearing.heard:
                    hearing.failed.setdefault(cell, error)

    def _take(self, outcome: Answered | Rejected, hearing: _Hearing) -> None:
        if isinstance(outcome, Rejected):
            self._refused.update(_timeless(cell) for cell in outcome.cells)
            hearing.failed.update(dict.fromkeys(outcome.cells, outcome.reason))
            return
        self._refused.difference_update(_timeless(cell) for cell in outcome.spec.cells)
        hearing.heard.update(hear(outcome.spec, outcome.report))

    # ── answering ────────────────────────────────────────────────────────────────────────────────────────────

    def _reply(self, asks: Sequence[Ask], hearing: _Hearing, now: datetime) -> Reply:
        answers: dict[Ask, Answer] = {}
        unanswered: dict[VendorError, list[Ask]] = {}
        side: list[Trouble] = []
        foreign: list[Ask] = []
        for ask in asks:
            if not isinstance(ask.query, MetricQuery):
                foreign.append(ask)
                continue
            decided = self._decide(ask, hearing)
            if isinstance(decided, VendorError):
                unanswered.setdefault(decided, []).append(ask)
                continue
            answers[ask] = decided
            parts = breakdown_of(ask)
            if parts in hearing.failed:
                side.append(self._without_parts(ask, hearing.failed[parts]))
        troubles = _united(self._trouble(error, tuple(lost)) for error, lost in unanswered.items())
        if foreign:
            what = "a GA4 property answers metrics, not tables or cells"
            troubles.append(Trouble(self.id, what, "write {source: …, metric: …}", "failed", tuple(foreign)))
        return Reply(answers, (*troubles, *dict.fromkeys(side)), read_at=now)

    def _decide(self, ask: Ask, hearing: _Hearing) -> Answer | VendorError:
        cell, parts = cell_of(ask), breakdown_of(ask)
        heard = hearing.heard.get(cell)
        if heard is None:
            return hearing.failed[cell]
        origin = f"Google Analytics property {self.settings.property}"
        if heard.wrong:
            note = f"{origin} answers {heard.wrong!r} for {cell.metric}"
            return Answer(ask, Found.UNTRUSTED, flags=heard.flags, zone=heard.zone, note=note, origin=origin)
        found, value = Found.VALUE, heard.value
        if value is None or value == 0:
            proved = self._prove(cell, heard, hearing)
            if isinstance(proved, VendorError):
                return proved
            found, value = proved, Decimal(0) if proved is Found.ZERO else None
        if "restricted" in heard.flags:
            found, value = Found.VALUE, heard.value or Decimal(0)  # a number is there; the flag says what it is worth
        by = hearing.heard[parts].parts if parts in hearing.heard else ()
        zone = heard.zone or self.zone
        return Answer(ask, found, value, heard.flags, zone=zone, note=heard.note, origin=origin, breakdown=by)

    def _prove(self, cell: Cell, heard: Heard, hearing: _Hearing) -> Found | VendorError:
        """Zero or absent, by the rule at the head of this module."""
        if heard.seen:
            return Found.ZERO
        if not cell.where:
            return Found.ABSENT
        twin = hearing.heard.get(cell.twin)
        if twin is None:
            return hearing.failed[cell.twin]
        return Found.ZERO if twin.seen else Found.ABSENT

    def _trouble(self, error: VendorError, lost: tuple[Ask, ...]) -> Trouble:
        plain = error.trouble()
        if not isinstance(error, Refused):
            return Trouble(plain.where, plain.what, plain.advice, plain.kind, lost)
        metrics = sorted({ask.query.metric for ask in lost if isinstance(ask.query, MetricQuery)})
        fields = sorted({c.field for ask in lost if isinstance(ask.query, MetricQuery) for c in ask.query.where})
        named = ", ".join(metrics[:5]) + (f" where {', '.join(fields)}" if fields else "")
        advice = "correct the name in the file; `alignd doctor` lists what the property has"
        return Trouble(self.id, f"{named}: {error.what}", advice, plain.kind, lost)

    def _without_parts(self, ask: Ask, error: VendorError) -> Trouble:
        kind = "late" if isinstance(error, TryLater | BudgetSpent) else "extra"
        return Trouble(self.id, f"no breakdown by {ask.breakdown}: {error.what}", error.advice, kind)


def _united(troubles: Iterable[Trouble]) -> list[Trouble]:
    """Troubles that say the same are one, with all their asks."""
    said: dict[tuple[str, str, str, str], dict[Ask, None]] = {}
    for one in troubles:
        said.setdefault((one.where, one.what, one.advice, one.kind), {}).update(dict.fromkeys(one.asks))
    return [Trouble(*words, asks=tuple(asks)) for words, asks in said.items()]


def _timeless(cell: Cell) -> Cell:
    """The cell of any window: what is refused is a name, whatever the dates."""
    return Cell(cell.metric, _ANY, cell.where, cell.dimension)


_ANY: Window = (date.min, date.max)


def hear(spec: Spec, report: Report) -> dict[Cell, Heard]:
    """What a report says of each of its cells."""
    rows: dict[Window, list[Row]] = {}
    for row in report.rows:
        if any(_number(text) != 0 for text in row.values.values()):  # nothing but zeros is no row
            rows.setdefault(row.window, []).append(row)
    return {cell: _hear_cell(cell, spec.group, rows.get(cell.window, []), report) for cell in spec.cells}


def _hear_cell(cell: Cell, group: Group, rows: Sequence[Row], report: Report) -> Heard:
    flags, notes = set(report.flags), []
    for truncation in report.truncations:
        if truncation.touches(cell.window):
            flags.add("truncated")
            notes.append(truncation.message)
    if cell.metric in report.restricted:
        flags.add("restricted")
        notes.append(f"the credentials may not see {cell.metric}: Google sends zeros (Admin, property access)")
    heard = Heard(None, bool(rows), frozenset(flags), "; ".join(notes), zone=report.zone)
    if group.dimension is not None:
        return replace(heard, parts=_parts(cell, rows))
    if not rows:
        return heard
    text = rows[0].values[cell.metric]
    value = _number(text)
    if len(rows) > 1 or value is None:
        return replace(heard, wrong="several rows" if len(rows) > 1 else text[:40])
    return replace(heard, value=value)


def _parts(cell: Cell, rows: Sequence[Row]) -> tuple[tuple[str, Decimal], ...]:
    named = [(row.dimension or "(not set)", _number(row.values[cell.metric])) for row in rows]
    known = [(name, value) for name, value in named if value]
    return tuple(sorted(known, key=lambda part: (-part[1], part[0]))[:_SHOWN_PARTS])


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
