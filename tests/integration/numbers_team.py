"""A team whose numbers come from everywhere: a property, a spreadsheet, CSV files; and the commands as typed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from connectors.sandbox.sheets.cells import Spreadsheet
from mapping.judgements import Judgement
from mapping.readings import Reading
from sync.cli.entry import main
from sync.steps import CycleReport, Outcome, Step
from tests.integration.team import PROPERTY, Team

SHEET = "1AbCdEfGhIjKlMnOpQrStUvWxYz"
ENVIRONMENT = {
    "ASANA_TOKEN": "asana-canary-token",
    "TRELLO_KEY": "sandbox-trello-key",
    "TRELLO_TOKEN": "trello-canary-token",
}


@dataclass
class Counters(Team):
    """The team of `team.py` with a spreadsheet `scorecard` and a CSV source `mailings`; the zone can be another."""

    zone: str = "Africa/Johannesburg"
    web_keys: str = ""
    sheet_keys: str = ""
    csv_keys: str = ""
    more_sources: str = ""
    shown: list[CycleReport] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        if SHEET not in self.sandbox.sheets.spreadsheets:
            self.sandbox.sheets.add_spreadsheet(SHEET, zone=self.zone)

    @property
    def sheet(self) -> Spreadsheet:
        return self.sandbox.sheets.spreadsheets[SHEET]

    @property
    def web(self) -> Any:
        return self.sandbox.ga4.properties[PROPERTY]

    def text(self) -> str:
        url = self.sandbox.url
        sources = (
            f"  scorecard: {{kind: sheets, spreadsheet: {SHEET}, credentials: anonymous, "
            f'endpoint: "{url}"{self.sheet_keys}}}\n'
            f'  mailings: {{kind: csv, path: "mailings-*.csv"{self.csv_keys}}}\n' + self.more_sources
        )
        text = super().text().replace("Africa/Johannesburg, holidays: {country: ZA}", self.zone)
        text = text.replace("credentials: anonymous, endpoint", f"credentials: anonymous{self.web_keys}, endpoint", 1)
        return text.replace("trackers:\n", f"{sources}trackers:\n", 1)

    # ── what was counted ─────────────────────────────────────────────────────────────────────────────────────────

    def number(self, kpi: str, period: str | None = None) -> tuple[Reading, Judgement]:
        """A KPI's number in the last cycle that showed it: of one period, else of the newest shown."""
        for report in reversed(self.reports):
            found = [pair for pair in report.shown if pair[0].kpi == kpi and period in (None, pair[0].period.label)]
            if found:
                return found[-1]
        raise AssertionError(f"{kpi} {period or ''} was never shown")

    def state(self, kpi: str, period: str | None = None) -> tuple[str, object, bool]:
        """(state, value, final) of a number."""
        reading, _ = self.number(kpi, period)
        return reading.state.value, reading.value, reading.final

    def status(self, kpi: str, period: str | None = None) -> str:
        return self.number(kpi, period)[1].status.value

    def titles(self) -> list[str]:
        """Names of all live tasks, in the order they were made."""
        return [self.sandbox.asana.state.tasks[gid].name for gid in self.ids()]

    def did(self, outcome: Outcome = Outcome.DONE) -> list[tuple[str, str, str]]:
        """(kind, reason, subject) of the last cycle's steps with an outcome."""
        return [(s.kind.value, s.reason.value, s.subject) for s in self.reports[-1].steps if s.outcome is outcome]

    def waiting(self) -> dict[str, str]:
        """Why work is held, by subject, in the last cycle."""
        return {one.subject: one.because for one in self.reports[-1].steps if one.outcome is Outcome.WAITING}

    def created(self) -> list[Step]:
        return [s for s in self.reports[-1].steps if s.kind.value == "create" and s.outcome is Outcome.DONE]

    def notes(self, gid: str) -> str:
        return str(self.sandbox.asana.state.tasks[gid].notes)

    def asked(self, vendor: str) -> int:
        return len(self.sandbox.asked(vendor))


def command(capsys: Any, *words: str) -> Any:
    """A command as a shell would run it; what it printed, as JSON if that was asked for."""
    capsys.readouterr()
    code = main(list(words))
    printed = capsys.readouterr()
    assert code in (0, 1), printed.err
    return json.loads(printed.out) if "--json" in words else printed.out
