"""`campaigns_from` and `findings`: rows of a sheet become campaigns and findings, or say what is wrong with a cell.

A row that cannot be read is one trouble, its cell named, and no campaign or finding; the others count.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from mapping.campaigns import Campaign, Measure
from mapping.cells import Writing, show_cell
from mapping.grids import Places, label_of
from mapping.kpis import Between, Fixed, Kpi, TargetValue
from mapping.measures import why_not_measured
from mapping.people import Person, call_name
from mapping.queries import Condition, Match, Trouble, Where
from mapping.target_rows import BadCell, date_in, kpi_named, target_in
from mapping.texts.facts import Finding

CAMPAIGN_COLUMNS = ("id", "title", "owner", "starts", "ends", "kpis", "utm campaign", "target")
FINDING_COLUMNS = ("date", "kpi", "finding", "recommendation", "by", "answer")
UTM_FIELD = "sessionCampaignName"  # what Google Analytics calls the utm_campaign a session came by
GENERAL = ""  # the KPI of a finding that is about none
SOME = "*"  # among `unread`: rows whose campaign cannot even be told
_ID = re.compile(r"[a-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CampaignRows:
    """`unread`: ids of campaigns whose rows cannot be read now (`SOME`: of rows without an id): they are not gone."""

    campaigns: tuple[Campaign, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FindingRows:
    """By KPI id (`GENERAL` for none), the newest first."""

    by_kpi: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """What rows refer to. `evaluator`: who leads a campaign's evaluation, `taken`: ids of the file's campaigns."""

    kpis: Mapping[str, Kpi]
    people: Mapping[str, Person]
    evaluator: str | None = None
    taken: Collection[str] = ()


def read_campaigns(
    table: Sequence[Sequence[object]], file: File, writing: Writing, place: Places, *, name: str
) -> CampaignRows:
    """The campaigns of the table, in its order; those of the file, which wins, are passed over.

    Its first row names the columns, in any order; other columns are people's own. `owner`: id or name of a person.
    `kpis`: ids or names, with commas or semicolons between. `utm campaign`: what Google Analytics numbers are filtered
    by. `target`: of the first KPI, or as many as there are KPIs, in their units.
    """
    rows = _Rows(table, writing, place, name, CAMPAIGN_COLUMNS, ("id", "starts", "ends"))
    if rows.trouble is not None:
        return CampaignRows((), (rows.trouble,), frozenset({SOME}))
    found: dict[str, Campaign] = {}
    troubles: list[Trouble] = []
    unread: set[str] = set()
    for row in rows.filled:
        said = SOME
        try:
            said = _id(rows, row)
            if said in file.taken:
                continue
            if said in found:
                raise BadCell("id", f"{said} stands here twice", "write another id")
            found[said] = _campaign(said, rows, row, file)
        except BadCell as bad:
            troubles.append(rows.complaint(row, bad))
            unread.add(said)
    return CampaignRows(tuple(found.values()), tuple(troubles), frozenset(unread))


def read_findings(
    table: Sequence[Sequence[object]], file: File, writing: Writing, place: Places, *, name: str
) -> FindingRows:
    """What M&E found, by the KPI it is about."""
    rows = _Rows(table, writing, place, name, FINDING_COLUMNS, ("date", "finding"))
    if rows.trouble is not None:
        return FindingRows({}, (rows.trouble,))
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    troubles: list[Trouble] = []
    for row in rows.filled:
        try:
            kpi = rows.cell(row, "kpi")
            about = GENERAL if rows.blank(row, "kpi") else kpi_named(kpi, file.kpis, "kpi").id
            finding = _finding(rows, row, file)
            found[about].append(finding)
        except BadCell as bad:
            troubles.append(rows.complaint(row, bad))
    newest = {kpi: tuple(sorted(some, key=lambda one: one.on, reverse=True)) for kpi, some in found.items()}
    return FindingRows(newest, tuple(troubles))


class _Rows:
    """A table by the names of its columns. `trouble`: why nothing of it can be read."""

    def __init__(
        self,
        table: Sequence[Sequence[object]],
        writing: Writing,
        place: Places,
        name: str,
        columns: Sequence[str],
        needed: Sequence[str],
    ) -> None:
        self._table, self.writing, self._place = table, writing, place
        self.filled = [n for n, row in enumerate(table) if not all(writing.blank(cell) for cell in row)]
        self._columns: dict[str, int] = {}
        self.trouble: Trouble | None = None
        if not self.filled:
            advice = f"name the columns: {', '.join(columns)}"
            self.trouble = Trouble(name, "the table is empty", advice, "bad_data")
            return
        heads = [label_of(cell).replace("_", " ") for cell in table[self.filled.pop(0)]]
        self._columns = {column: heads.index(column) for column in columns if column in heads}
        if missing := [column for column in needed if column not in self._columns]:
            what = f"there is no column {' and no column '.join(repr(one) for one in missing)}"
            self.trouble = Trouble(name, what, f"its columns are {', '.join(columns)}", "bad_data")

    def cell(self, row: int, column: str) -> object:
        at, cells = self._columns.get(column, -1), self._table[row]
        return cells[at] if 0 <= at < len(cells) else None

    def blank(self, row: int, column: str) -> bool:
        return self.writing.blank(self.cell(row, column))

    def text(self, row: int, column: str) -> str:
        """A cell as one line; "" where there is nothing."""
        return "" if self.blank(row, column) else " ".join(str(self.cell(row, column)).split())

    def complaint(self, row: int, bad: BadCell) -> Trouble:
        return Trouble(self.place(row, bad.column), bad.what, bad.advice, "bad_data")

    def place(self, row: int, column: str) -> str:
        """The cell's name for people."""
        return self._place(row, self._columns.get(column, 0))


# ── campaigns ────────────────────────────────────────────────────────────────────────────────────────────────────


def _id(rows: _Rows, row: int) -> str:
    text = rows.text(row, "id")
    if not text:
        raise BadCell("id", "is empty", "write a short id, for example spring-2027")
    if not _ID.fullmatch(text):
        plain = re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-")[:64]
        advice = f"write small letters, digits, _ and -: {plain or 'spring-2027'}"
        raise BadCell("id", f"{show_cell(text)} cannot be an id", advice)
    return text


def _campaign(name: str, rows: _Rows, row: int, file: File) -> Campaign:
    starts, ends = (date_in(rows.cell(row, column), rows.writing, column) for column in ("starts", "ends"))
    if ends < starts:
        raise BadCell("ends", f"ends on {ends}, before it begins", f"write a date from {starts} on")
    return Campaign(
        id=name,
        title=rows.text(row, "title") or name,
        starts=starts,
        ends=ends,
        owner=_person(rows, row, file),
        evaluator=file.evaluator,
        measures=_measures(rows, row, file),
        origin=rows.place(row, "id"),
    )


def _person(rows: _Rows, row: int, file: File) -> str | None:
    if rows.blank(row, "owner"):
        return None
    cell = rows.cell(row, "owner")
    wanted = label_of(cell)
    for one in file.people.values():
        if wanted in (label_of(one.id), label_of(one.name), label_of(call_name(one.id, file.people))):
            return one.id
    names = [name for one in file.people.values() for name in (one.id, one.name)]
    near = get_close_matches(str(cell).strip(), names, 1)
    advice = f"did you mean {near[0]!r}?" if near else "write the id or name of a person of the file"
    raise BadCell("owner", f"{show_cell(cell)} is nobody in the file", advice)


def _measures(rows: _Rows, row: int, file: File) -> tuple[Measure, ...]:
    kpis = _kpis(rows, row, file)
    targets = _targets(rows, row, kpis)
    utm = rows.text(row, "utm campaign")
    where: Where = (Condition(UTM_FIELD, Match.IS, (utm,)),) if utm else ()
    return tuple(Measure(kpi.id, where, target, web_only=bool(utm)) for kpi, target in zip(kpis, targets, strict=True))


def _kpis(rows: _Rows, row: int, file: File) -> list[Kpi]:
    if rows.blank(row, "kpis"):
        return []
    cell = rows.cell(row, "kpis")
    try:
        kpis = [kpi_named(cell, file.kpis, "kpis")]  # a name may have a comma in it
    except BadCell:
        kpis = [kpi_named(one, file.kpis, "kpis") for one in re.split(r"[,;\n]", str(cell)) if one.strip()]
    for place, kpi in enumerate(kpis):
        if kpi in kpis[:place]:
            raise BadCell("kpis", f"names {kpi.id} twice", "keep one of them")
        if (why := why_not_measured(kpi, file.kpis)) is not None:
            raise BadCell("kpis", f"names {kpi.id}, and {why}", "name a KPI of dated rows or of a metric")
    return kpis


def _targets(rows: _Rows, row: int, kpis: Sequence[Kpi]) -> list[TargetValue | None]:
    """One number is the first KPI's; several are as many as there are KPIs, in their order, a blank one for none."""
    nothing: list[TargetValue | None] = [None] * len(kpis)
    if rows.blank(row, "target"):
        return nothing
    cell = rows.cell(row, "target")
    if not kpis:
        raise BadCell("target", f"holds {show_cell(cell)}, but no KPI is named", "name the KPI under `kpis`")
    for split in (None, ";", "\n", ", "):
        parts = [cell] if split is None else str(cell).split(split)
        if split is not None and len(parts) != len(kpis):
            continue
        try:
            read = [_target(part, kpi, rows.writing) for part, kpi in zip(parts, kpis, strict=False)]
        except BadCell:
            continue
        return read + nothing[len(read) :]
    if len(kpis) == 1:
        _target(cell, kpis[0], rows.writing)  # says itself what is wrong with it
    advice = f"write one number for {kpis[0].id}, or {len(kpis)} with semicolons between, in the KPIs' units"
    raise BadCell("target", f"holds {show_cell(cell)}, which is not one target or {len(kpis)}", advice)


def _target(part: object, kpi: Kpi, writing: Writing) -> TargetValue | None:
    if writing.blank(part):
        return None
    match target_in(part.strip() if isinstance(part, str) else part, kpi, writing):
        case Fixed(value=value):
            return TargetValue(value)
        case Between(low=low, high=high):
            return TargetValue(low, high)


# ── findings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _finding(rows: _Rows, row: int, file: File) -> Finding:
    if not (text := rows.text(row, "finding")):
        raise BadCell("finding", "is empty", "write what was found, or remove the row")
    on = date_in(rows.cell(row, "date"), rows.writing, "date")
    by = rows.text(row, "by")
    known = file.people.get(by)
    return Finding(
        on=on,
        by=known.name if known is not None else by,
        text=text,
        recommendation=rows.text(row, "recommendation"),
        answer=rows.text(row, "answer"),
    )
