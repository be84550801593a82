"""What a GA4 property has recorded: tables of day rows, and how much of a young day can be seen yet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.sandbox.wire import Json

NOT_SET = "(not set)"
_GRAIN = 1000


def user_set(ids: Iterable[int]) -> int:
    """User ids as one number, a bit each: unions are fast and stay small."""
    numbers = list(ids)
    if not numbers:
        return 0
    bits = bytearray(max(numbers) // 8 + 1)
    for one in numbers:
        bits[one >> 3] |= 1 << (one & 7)
    return int.from_bytes(bits, "little")


@cache
def _seen_mask(length: int, share: int) -> int:
    """Bits of the users that can be seen when only `share` thousandths of them are processed."""
    return user_set(i for i in range(length) if (i * 617) % _GRAIN < share)


@dataclass(frozen=True, slots=True)
class Fact:
    """One day's counts for one combination of dimension values; `users` is a bit a user."""

    day: date
    where: Mapping[str, str]
    counts: Mapping[str, Decimal]
    users: int = 0


@dataclass
class Table:
    """Facts at one grain. A report is answered from the first table that knows all its dimensions and columns."""

    dimensions: frozenset[str]
    columns: set[str] = field(default_factory=set)
    days: dict[date, list[Fact]] = field(default_factory=dict)

    def knows(self, dimensions: Iterable[str], columns: Iterable[str]) -> bool:
        return set(dimensions) <= self.dimensions and set(columns) <= self.columns


@dataclass
class Metadata:
    """What a report says about itself beyond its numbers; each can be set at any time."""

    subject_to_thresholding: bool = False
    data_loss_from_other_row: bool = False
    sampling: list[Json] | None = None
    schema_restriction: Json | None = None
    truncation: list[Json] | None = None
    empty_reason: str | None = None


@dataclass
class Property:
    """A property. `late_share`: how much of a day's counts is missing until `processing` has passed since its end."""

    id: str
    zone: ZoneInfo
    currency: str = "USD"
    processing: timedelta = timedelta(hours=48)
    late_share: Decimal = Decimal("0.158")
    forbidden: bool = False
    blocked_metrics: frozenset[str] = frozenset()  # answered with zeros, and said in the metadata
    unknown_metrics: frozenset[str] = frozenset()  # this property does not have them: 400
    custom_dimensions: frozenset[str] = frozenset()
    metadata: Metadata = field(default_factory=Metadata)
    tables: list[Table] = field(default_factory=list)

    # ── loading ──────────────────────────────────────────────────────────────────────────────────────────────

    def table(self, dimensions: Iterable[str]) -> Table:
        """The table at this grain, made when there is none."""
        wanted = frozenset(dimensions)
        for one in self.tables:
            if one.dimensions == wanted:
                return one
        made = Table(wanted)
        self.tables.append(made)
        self.tables.sort(key=lambda t: len(t.dimensions))
        return made

    def record(
        self,
        day: date,
        counts: Mapping[str, int | Decimal],
        *,
        where: Mapping[str, str] | None = None,
        users: Iterable[int] | int | None = None,
    ) -> None:
        """Add facts of one day: base columns (sessions, engagedSessions, sessionSeconds, keyEvents …) and user ids
        (an iterable, or a number from `user_set`). Different sets of dimensions in `where` are different tables; a
        report never mixes them.
        """
        table = self.table(where or {})
        bits = users if isinstance(users, int) else user_set(users or ())
        table.columns |= set(counts) | ({"users"} if users is not None else set())
        exact = {k: Decimal(v) for k, v in counts.items()}
        table.days.setdefault(day, []).append(Fact(day, dict(where or {}), exact, bits))

    def revise(self, day: date, column: str, factor: Decimal, where: Mapping[str, str] | None = None) -> None:
        """Correct a past day: the column times `factor`, in every table (rows that match `where`)."""
        for table in self.tables:
            rows = table.days.get(day, [])
            for place, fact in enumerate(rows):
                if column in fact.counts and all(fact.where.get(k, v) == v for k, v in (where or {}).items()):
                    value = (fact.counts[column] * factor).to_integral_value(ROUND_FLOOR)
                    rows[place] = Fact(fact.day, fact.where, {**fact.counts, column: value}, fact.users)

    def forget(self, day: date) -> None:
        """As if nothing had been recorded that day (a broken tag)."""
        for table in self.tables:
            table.days.pop(day, None)

    def load_csv(self, path: Path, columns: Mapping[str, str] | None = None) -> int:
        """Load a GA4 export: a date column, metric and dimension columns; returns the rows read.

        `columns` maps the file's headers to API names, "" for columns to leave out. Known without it: visits is
        sessions, device is deviceCategory, pageviews is screenPageViews, users is left out (counts of users cannot be
        added up; load user ids with `record`).
        """
        names = {
            "visits": "sessions", "device": "deviceCategory", "pageviews": "screenPageViews", "users": "",
            "source": "sessionSource", "session_default_channel_group": "sessionDefaultChannelGroup",
            "pageviews_per_session": "", "avg_session_duration": "", "bounce_rate": "", **(columns or {}),
        }  # fmt: skip
        read = 0
        with path.open(newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                where: dict[str, str] = {}
                counts: dict[str, Decimal] = {}
                day = _day(row)
                for header, value in row.items():
                    name = names.get(header, header)
                    if header == "date" or not name:
                        continue
                    number = _number(value)
                    if number is not None and name not in _TEXT:
                        counts[name] = number
                    else:
                        where[name] = value
                self.record(day, counts, where=where)
                read += 1
        return read

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────

    def today(self, now: datetime) -> date:
        """The property's today."""
        return now.astimezone(self.zone).date()

    def seen_share(self, day: date, now: datetime) -> Decimal:
        """How much of a day's counts can be seen: nothing of tomorrow, part of today, less than all while young."""
        begin = datetime.combine(day, time(), self.zone)
        end = datetime.combine(day + timedelta(days=1), time(), self.zone)
        if now < begin:
            return Decimal(0)
        share = Decimal(1)
        if now < end:
            share = Decimal(str((now - begin) / (end - begin)))
        if now < end + self.processing:
            share *= 1 - self.late_share
        return share

    def find_table(self, dimensions: Iterable[str], columns: Iterable[str]) -> Table | None:
        """The coarsest table that can answer; else the one that knows the columns and most of the dimensions."""
        wanted, needed = set(dimensions), set(columns)
        for one in self.tables:
            if one.knows(wanted, needed):
                return one
        partial = [t for t in self.tables if needed & t.columns]
        return max(partial, key=lambda t: (len(wanted & t.dimensions), -len(t.dimensions)), default=None)


def seen_count(value: Decimal, share: Decimal) -> Decimal:
    """A count as far as it is processed."""
    return value if share == 1 else (value * share).to_integral_value(ROUND_FLOOR)


def seen_users(bits: int, share: Decimal) -> int:
    """The users that are processed: always the same ones, so that unions stay true."""
    if share == 1 or not bits:
        return bits
    length = -(-bits.bit_length() // 4096) * 4096
    return bits & _seen_mask(length, int(share * _GRAIN))


_TEXT = frozenset({"deviceCategory", "sessionSource", "sessionDefaultChannelGroup", "eventName", "hostName"})


def _day(row: Mapping[str, str]) -> date:
    text = row.get("date")
    if text is None:
        raise ValueError("a GA4 export needs a column `date`")
    return date.fromisoformat(text)


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except ArithmeticError:
        return None
