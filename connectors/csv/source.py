"""CSV files as a source. One pass over the files answers all asks of a cycle; no calls are made.

Kept in memory are the wanted columns of rows that can matter: dated in a period that is asked, the newest one, and
those whose date is in doubt. What they mean is decided by `mapping.tables`, as for spreadsheets.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from hashlib import blake2b

from connectors.base import Finding
from connectors.calls import Calls
from connectors.csv.reader import BadFile, CsvFile, Header, Record, find_files
from connectors.csv.settings import CsvSettings
from connectors.patience import Patience
from mapping.cells import Writing
from mapping.grids import BadTable, Grid, label_of
from mapping.queries import Answer, Ask, Found, Reply, TableQuery, Trouble
from mapping.tables import Table

Said = tuple[str, str, str]  # where, what, advice


@dataclass(frozen=True, slots=True)
class Row:
    """A row that matters: where it stands and its wanted cells."""

    file: str
    line: int
    cells: tuple[str | None, ...]


@dataclass
class Harvest:
    """What one pass kept. A row that a later one with the same `unique_by` replaces is None."""

    rows: list[Row | None] = field(default_factory=list)
    newest: dict[int, tuple[date, Row]] = field(default_factory=dict)  # by date column, of rows not kept
    problems: dict[str, Said] = field(default_factory=dict)  # by wanted column
    files: list[str] = field(default_factory=list)

    @property
    def beyond(self) -> list[Row]:
        """The newest rows of those that no period asked for has: they only say how far the table goes."""
        return list({(row.file, row.line): row for _, row in self.newest.values()}.values())


class CsvSource:
    """The files of one path or glob, as one table."""

    def __init__(
        self, settings: CsvSettings, patience: Patience, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        del patience, monotonic  # nothing is waited for
        self.id = settings.id
        self.settings = settings
        self.calls = Calls()
        self.writing = Writing(
            dates=settings.dates,
            decimal=settings.number.decimal,
            thousands=settings.number.thousands,
            blanks=frozenset(settings.blank),
        )

    def read(self, asks: Sequence[Ask], *, now: datetime, zone: tzinfo, tables: Sequence[str] = ()) -> Reply:
        """One answer or trouble an ask; a file that cannot be read leaves all without, since its rows might count."""
        del zone, tables  # dates are what people wrote; there are no ranges here
        mine = [ask for ask in asks if isinstance(ask.query, TableQuery)]
        troubles: list[Trouble] = []
        if foreign := tuple(ask for ask in asks if not isinstance(ask.query, TableQuery)):
            what, advice = "CSV files answer columns, not cells or metrics", "write {source: …, date: …, column: …}"
            troubles.append(Trouble(self.id, what, advice, "failed", foreign))
        if not mine:
            return Reply({}, tuple(troubles), read_at=now)
        try:
            answers, lost = self._read(mine)
        except BadFile as bad:
            trouble = Trouble(f"{self.id} {bad.where}", bad.what, bad.advice, "bad_data", tuple(dict.fromkeys(mine)))
            return Reply({}, (*troubles, trouble), read_at=now)
        return Reply(answers, (*troubles, *lost), read_at=now)

    def examine(self, asks: Sequence[Ask]) -> Sequence[Finding]:
        """For `doctor`: the files that are there, and each column that is named."""
        try:
            files = self._files()
        except BadFile as bad:
            return [Finding(f"{self.id} {bad.where}", bad.what, False, bad.advice)]
        names = ", ".join(one.name for one in files[:5]) + (f" and {len(files) - 5} more" if len(files) > 5 else "")
        findings = [Finding(self.id, f"files: {names}", True)]
        one_each = list({ask.query: ask for ask in asks}.values())
        reply = self.read(one_each, now=datetime(2000, 1, 1, tzinfo=UTC), zone=UTC)
        findings += [Finding(t.where, t.what, False, t.advice) for t in reply.troubles]
        for ask, answer in reply.answers.items():
            query = ask.query
            if isinstance(query, TableQuery):
                named = f"columns {query.date}" + (f" and {query.column}" if query.column else "")
                until = f", rows until {answer.newest}" if answer.newest else ", no dated row yet"
                well = answer.found is not Found.UNTRUSTED
                mend = "" if well else "correct the cell, or add the word to `blank`"
                findings.append(Finding(self.id, f"{named}{until}" if well else answer.note, well, mend))
        return findings

    def close(self) -> None:
        """Nothing is held open between reads."""

    # ── one pass ─────────────────────────────────────────────────────────────────────────────────────────────

    def _files(self) -> list[CsvFile]:
        paths = find_files(self.settings.folder, self.settings.path)
        if not paths:
            raise BadFile(self.settings.path, "no file is there", "put the export there, or correct `path`")
        declared = self.settings.delimiter if "delimiter" in self.settings.model_fields_set else None
        return [CsvFile(path, self.settings.encoding, declared) for path in paths]

    def _read(self, asks: Sequence[Ask]) -> tuple[dict[Ask, Answer], list[Trouble]]:
        columns = _columns(asks, self.settings.unique_by)
        harvest = _Pass(self.settings, self.writing, columns, asks).over(self._files())
        kept = [row for row in harvest.rows if row is not None]
        kept += harvest.beyond
        table = self._table(columns, kept, harvest)
        answers: dict[Ask, Answer] = {}
        lost: dict[Said, list[Ask]] = {}
        for ask in asks:
            needed = (label_of(name) for name in _columns([ask], self.settings.unique_by))
            problem = next((harvest.problems[label] for label in needed if label in harvest.problems), None)
            if problem is not None:
                lost.setdefault(problem, []).append(ask)
                continue
            try:
                answer = table.answer(ask)
                answers[ask] = replace(answer, origin=self._origin(harvest, answer))
            except BadTable as bad:
                lost.setdefault((self.id, bad.what, bad.advice), []).append(ask)
        return answers, [Trouble(*said, "bad_data", tuple(dict.fromkeys(some))) for said, some in lost.items()]

    def _table(self, columns: Sequence[str], kept: Sequence[Row], harvest: Harvest) -> Table:
        def place(row: int, column: int) -> str:
            if row == 0:
                return f"{self.id} {harvest.files[0]}:1"
            return f"{kept[row - 1].file}:{kept[row - 1].line} {columns[column]}"

        name = harvest.files[0] if len(harvest.files) == 1 else self.settings.path
        return Table(Grid([tuple(columns), *(row.cells for row in kept)], name, place), self.writing)

    def _origin(self, harvest: Harvest, answer: Answer) -> str:
        name = harvest.files[0] if len(harvest.files) == 1 else f"{self.settings.path} ({len(harvest.files)} files)"
        rows = answer.rows or 0
        return f"{name}, {rows} row{'' if rows == 1 else 's'}"


def _columns(asks: Iterable[Ask], unique_by: Sequence[str]) -> tuple[str, ...]:
    """Every column that the asks and `unique_by` name, each once (in whatever case it is written)."""
    named: dict[str, str] = {}
    for ask in asks:
        query = ask.query
        if isinstance(query, TableQuery):
            fields = (query.date, query.column, *(c.field for c in query.where), ask.breakdown)
            for name in fields:
                if name is not None:
                    named.setdefault(label_of(name), name)
    for name in unique_by:
        named.setdefault(label_of(name), name)
    return tuple(named.values())


class _Pass:
    """One pass over the files: what may matter is kept, what is said twice replaced."""

    def __init__(self, settings: CsvSettings, writing: Writing, columns: tuple[str, ...], asks: Sequence[Ask]) -> None:
        self._id, self._columns, self._harvest = settings.id, columns, Harvest()
        labels = [label_of(name) for name in columns]
        dates = {label_of(ask.query.date) for ask in asks if isinstance(ask.query, TableQuery)}
        self._dates = [n for n, label in enumerate(labels) if label in dates]
        self._unique = [labels.index(label_of(name)) for name in settings.unique_by]
        # the same key then means the same dates, so rows that are not kept cannot replace any that are
        self._key_has_dates = set(self._dates) <= set(self._unique)
        self._first, self._last = min(a.period.first for a in asks), max(a.period.last for a in asks)
        self._seen: dict[bytes, int | None] = {}

        @lru_cache(maxsize=4096)
        def read_date(text: str | None) -> date | None:
            try:
                return writing.date(text)
            except ValueError:
                return None

        self._read_date = read_date

    def over(self, files: Sequence[CsvFile]) -> Harvest:
        for one in files:
            self._harvest.files.append(one.name)
            for item in one.records(self._columns):
                if isinstance(item, Header):
                    self._note(item)
                else:
                    self._take(one.name, item)
        return self._harvest

    def _note(self, header: Header) -> None:
        for column, what, advice in header.problems:
            self._harvest.problems.setdefault(label_of(column), (f"{self._id} {header.file}", what, advice))

    def _take(self, file: str, record: Record) -> None:
        cells = record.cells
        if record.misfit:  # where its cells belong is unknown, its date with them
            cells = tuple(record.misfit if n in self._dates else cell for n, cell in enumerate(cells))
        days = {column: self._read_date(cells[column]) for column in self._dates}
        matters = any(day is None or self._first <= day <= self._last for day in days.values())
        if not matters:
            for column, day in days.items():
                if day is not None and day > self._newest(column):
                    self._harvest.newest[column] = (day, Row(file, record.line, cells))
        if self._unique and not record.misfit and (matters or not self._key_has_dates):
            key = self._key(cells)
            if (former := self._seen.get(key)) is not None:
                self._harvest.rows[former] = None  # the later export knows more
            self._seen[key] = len(self._harvest.rows) if matters else None
        if matters:
            self._harvest.rows.append(Row(file, record.line, cells))

    def _newest(self, column: int) -> date:
        return self._harvest.newest[column][0] if column in self._harvest.newest else date.min

    def _key(self, cells: Sequence[str | None]) -> bytes:
        text = "\x1f".join(label_of(cells[n]) for n in self._unique)
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
