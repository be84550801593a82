"""Campaigns and findings: from the file and from sheets, and when those sheets are to be read again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from config import Config
from config.shape.kpis import TableShape
from connectors.base import Finding, Source
from connectors.sheets.settings import SheetsSettings
from mapping.campaign_rows import SOME, File, read_campaigns, read_findings
from mapping.campaigns import Campaign
from mapping.grids import sheet_places
from mapping.people import lead_of_section
from mapping.queries import Reply, Trouble
from mapping.spans import elapsed
from mapping.texts import facts as told
from sync.occasions import newest_of_all

CAMPAIGNS, FINDINGS = "campaigns_from", "findings"
DAILY = timedelta(days=1)
_READ = "tables"  # where a source's facts keep when each section was asked for, and what was wrong with it


@dataclass
class Sheets:
    """What `campaigns_from` and `findings` say. `troubles`: rows that cannot be read, each with its cell.

    `unread`: ids of campaigns that stand in the sheet and cannot be read now ("*": some that cannot even be told):
    they are not gone.
    """

    campaigns: list[Campaign] = field(default_factory=list)
    findings: dict[str, list[told.Finding]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    unread: frozenset[str] = frozenset()


def read_sheets(config: Config, tables: Mapping[str, Sequence[Sequence[Any]]]) -> Sheets:
    """`tables`: rows by section (campaigns_from, findings). The file's campaigns come first and win."""
    sheets = Sheets(list(config.campaigns))
    evaluator = lead_of_section("m_and_e", config.teams)
    file = File(config.kpis, config.people, evaluator, {one.id for one in config.campaigns})
    for section, table in sections_of(config).items():
        if section not in tables:
            sheets.unread |= {SOME} if section == CAMPAIGNS else set()
            continue
        settings = config.sources[table.source]
        if not isinstance(settings, SheetsSettings):
            raise TypeError(f"{section} reads a sheet, and {table.source} is none")
        writing, place = settings.writing(serial_dates=True), sheet_places(table.source, table.table)
        name = f"{table.source} {table.table}"
        if section == CAMPAIGNS:
            rows = read_campaigns(tables[section], file, writing, place, name=name)
            sheets.campaigns += rows.campaigns
            sheets.unread |= rows.unread
            sheets.troubles += rows.troubles
        else:
            found = read_findings(tables[section], file, writing, place, name=name)
            sheets.findings = {kpi: list(some) for kpi, some in found.by_kpi.items()}
            sheets.troubles += found.troubles
    return sheets


def sections_of(config: Config) -> dict[str, TableShape]:
    """The sections of the file that are tables of a spreadsheet."""
    return {
        section: table
        for section, table in ((CAMPAIGNS, config.campaigns_from), (FINDINGS, config.findings))
        if table is not None
    }


def sections_due(
    config: Config,
    campaigns: Sequence[Campaign],
    facts: Mapping[str, Mapping[str, Any]],
    asked: Collection[str],
    now: datetime,
) -> dict[str, TableShape]:
    """The sections to read now: with whatever is asked of their spreadsheet anyway (`asked`: sources); on their own
    when they are older than its `refresh` and an occasion came since, or a day has passed.
    """
    found = {section: table for section, table in sections_of(config).items() if table.source in asked}
    for section, table in sections_of(config).items():
        read_at = _read_at(section, table, facts)
        if section in found or (read_at is not None and now - read_at < elapsed(config.terms[table.source].refresh)):
            continue
        if read_at is None or now - read_at >= DAILY:
            found[section] = table
            continue
        occasion = newest_of_all(config, campaigns, now, read_at)
        if occasion is not None and occasion > read_at:
            found[section] = table
    return found


def note_sections(
    source: str, asked: Mapping[str, TableShape], reply: Reply, facts: dict[str, Any], now: datetime
) -> dict[str, list[list[Any]]]:
    """Keep in the source's facts when its sections were read, and what is wrong with one's range. Gives their rows.

    A spreadsheet that could not be read at all is asked again in the next cycle; a range that is not there, on the
    next occasion.
    """
    rows: dict[str, list[list[Any]]] = {}
    for section, table in asked.items():
        if table.source != source:
            continue
        said = next((one for one in reply.troubles if one.where == f"{source} {table.table}"), None)
        if table.table in reply.tables:
            rows[section] = [list(row) for row in reply.tables[table.table]]
        elif said is None:
            continue
        kept = {"at": now.isoformat(), "range": table.table}
        if table.table not in reply.tables and said is not None:
            kept |= {"what": said.what, "advice": said.advice, "kind": said.kind}
        facts[_READ] = {**facts.get(_READ, {}), section: kept}
    return rows


def still_unread(config: Config, facts: Mapping[str, Mapping[str, Any]]) -> list[Trouble]:
    """What was wrong with a section's range when it was last asked for: told until it can be read."""
    found = []
    for section, table in sections_of(config).items():
        kept = facts.get(table.source, {}).get(_READ, {}).get(section, {})
        if kept.get("range") == table.table and "what" in kept:
            found.append(Trouble(f"{table.source} {table.table}", kept["what"], kept["advice"], kept["kind"]))
    return found


def examine_sections(config: Config, source: Source, now: datetime) -> Iterator[Finding]:
    """For `doctor`: the tables of campaigns and findings in this source, and every row of them that cannot be read."""
    tables = {section: table for section, table in sections_of(config).items() if table.source == source.id}
    if not tables:
        return
    ranges = list(dict.fromkeys(table.table for table in tables.values()))
    reply = source.read((), now=now, zone=config.workspace.calendar.zone, tables=ranges)
    for trouble in reply.troubles:
        yield Finding(trouble.where, trouble.what, False, trouble.advice)
    rows = {name: reply.tables[table.table] for name, table in tables.items() if table.table in reply.tables}
    sheets = read_sheets(config, rows)
    for trouble in sheets.troubles:
        yield Finding(trouble.where, trouble.what, False, trouble.advice)
    counted = {
        CAMPAIGNS: len(sheets.campaigns) - len(config.campaigns),
        FINDINGS: sum(len(some) for some in sheets.findings.values()),
    }
    for section in rows:
        word = "campaigns" if section == CAMPAIGNS else "findings"
        yield Finding(source.id, f"{tables[section].table} holds {counted[section]} {word}", True)


def _read_at(section: str, table: TableShape, facts: Mapping[str, Mapping[str, Any]]) -> datetime | None:
    kept = facts.get(table.source, {}).get(_READ, {}).get(section, {})
    return datetime.fromisoformat(kept["at"]) if kept.get("range") == table.table else None
