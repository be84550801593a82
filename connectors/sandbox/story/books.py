"""The team's spreadsheet and mailing exports, filled in by people week by week, sometimes late."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from connectors.sandbox.sheets.cells import Cell, CellError, Shown, Spreadsheet
from connectors.sandbox.story.crm import noted

SPREADSHEET = "1SayProScorecard0AbCdEfGhIjKlMnOp"
HISTORY_WEEKS = 27
CSV_COLUMNS = ("Date", "Campaign", "Delivered", "Opens")

FINDINGS: dict[int, tuple[str, str, str, str, str]] = {  # by the story's day: what M&E writes down
    37: ("sessions", "Three in ten visitors from search land on a course page that is gone.",
         "Restore the redirects of the old course pages before anything else.", "johan", ""),
    50: ("", "Customers do not understand the price page: 9 of 20 asked named a wrong price.",
         "Show the price with everything in it.", "johan", ""),
}  # fmt: skip
ANSWERED = 65  # the day on which the first of them is answered


class Books:
    """What the team writes down. `fill(until)` brings the sheet and the exports up to a day, as its people do."""

    def __init__(self, sheet: Spreadsheet, start: date, folder: Path | None) -> None:
        self.sheet, self.start, self.folder = sheet, start, folder
        self.spend_waits = True  # finance forgets one month's spend until somebody asks
        self._filled = start - timedelta(weeks=HISTORY_WEEKS)
        self.spend = sheet.add_tab("Spend", [["Date", "Channel", "Amount", "Note"]])
        self.customers = sheet.add_tab("Customers", [["Date", "New customers"]])
        self.leads = sheet.add_tab("Leads", [["Date", "Leads"]])
        self.calls = sheet.add_tab("Calls", [["Date", "Team", "Calls"]])
        self.survey = sheet.add_tab("Survey", [["Date", "Customer", "Score"]])
        self.tracker = sheet.add_tab("Tracker")
        self.ops = sheet.add_tab("Ops", _ops_frame())
        sheet.add_tab("Targets", _targets())
        self.findings = sheet.add_tab("Findings", [["Date", "KPI", "Finding", "Recommendation", "By", "Answer"]])
        self.late: list[list[Cell]] = []
        self._fill_tracker(start)
        self.fill(start - timedelta(days=1))

    # ── week by week ─────────────────────────────────────────────────────────────────────────────────────────

    def fill(self, until: date) -> None:
        """Everything dated after the last filling, up to `until`."""
        day = self._filled + timedelta(days=1)
        while day <= until:
            self._day(day)
            day += timedelta(days=1)
        self._filled = max(self._filled, until)
        self._fill_tracker(until)
        if self.folder is not None:
            self._write_exports(self.folder, until)

    def catch_up(self) -> bool:
        """Somebody asked for the spend that was forgotten: it is put in; whether there was any."""
        self.spend_waits = False
        found, self.late = self.late, []
        for row in found:
            self.spend.append(row)
        return bool(found)

    def _week(self, day: date) -> int:
        return (day - self.start).days // 7 + 1

    def _day(self, day: date) -> None:
        if found := FINDINGS.get((day - self.start).days):
            self.findings.append([day, *found])
        if (day - self.start).days == ANSWERED:
            self.findings.set("F2", "The redirects are back since Tuesday.")
        chance = Random(f"books {(day - self.start).days}")  # by the story's day: the same whenever it begins
        self.leads.append([day, noted(day, self.start)])
        if day.weekday() == 0:
            self._monday(day, chance)
        if day.weekday() == 4:
            self._friday(day, chance)
        if day.weekday() in (1, 3):
            for _ in range(4):
                score = chance.choices(range(11), (1, 0, 1, 1, 2, 3, 4, 9, 16, 22, 24))[0]
                self.survey.append([day, f"C-{chance.randrange(1000, 9999)}", score])

    def _monday(self, day: date, chance: Random) -> None:
        self.customers.append([day, round(48 * chance.gauss(1, 0.06))])
        month = (self.start.month % 12) + 1  # the month after the one the quarter begins in
        for channel, amount in (("Search", 14_200), ("Social", 6_900), ("Print", 2_400)):
            value = (Decimal(amount) * Decimal(str(round(chance.gauss(1, 0.05), 3)))).quantize(Decimal("0.01"))
            if day.month == month and day >= self.start:
                value = (value * Decimal("1.22")).quantize(Decimal("0.01"))  # the sale
            row: list[Cell] = [day, channel, value, ""]
            if self.spend_waits and day.month == month and day >= self.start:
                self.late.append(row)
            else:
                self.spend.append(row)

    def _friday(self, day: date, chance: Random) -> None:
        week = self._week(day)
        calls = 66 * chance.gauss(1, 0.04) * (0.7 if week in (9, 10, 11) else 1)
        self.calls.append([day, "Sales", round(calls)])
        load = Decimal(str(round(21.5 * chance.gauss(1, 0.03) * (1.36 if week in (3, 4, 5) else 1), 1)))
        self.ops.set("B7", CellError("#REF!") if week == 12 else load)
        self.ops.set("B8", day)

    # ── the quarterly tracker ────────────────────────────────────────────────────────────────────────────────

    def _fill_tracker(self, until: date) -> None:
        """KPIs down, quarters across; a quarter's figures come three weeks after its end."""
        quarter = (self.start.year - 1) * 4
        column = 1
        self.tracker.set("A1", "Share of people asked, %")
        rows = {"Awareness": 10.2, "Consideration": 6.1, "Preference": 3.3}
        for place, name in enumerate(rows, start=2):
            self.tracker.set(f"A{place}", name)
        while _first_day(quarter + 1) + timedelta(weeks=3) <= until:
            year, number = divmod(quarter, 4)
            self.tracker.put(0, column, f"{year}-Q{number + 1}")
            for place, base in enumerate(rows.values(), start=1):
                value = Decimal(str(round(base * 1.035 ** (column - 1), 1)))
                self.tracker.put(place, column, value)
            column += 1
            quarter += 1

    # ── mailings ─────────────────────────────────────────────────────────────────────────────────────────────

    def _write_exports(self, folder: Path, until: date) -> None:
        """One file a month, one mailing a week, on Tuesdays."""
        folder.mkdir(parents=True, exist_ok=True)
        months: dict[str, list[tuple[str, str, int, int]]] = {}
        day = self.start - timedelta(weeks=HISTORY_WEEKS) + timedelta(days=1)
        while day <= until:
            months.setdefault(f"{day:%Y-%m}", []).append(self._mailing(day))
            day += timedelta(days=7)
        for month, rows in months.items():
            with (folder / f"mailings-{month}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(CSV_COLUMNS)
                writer.writerows(rows)

    def _mailing(self, day: date) -> tuple[str, str, int, int]:
        chance = Random(f"mailing {(day - self.start).days}")
        delivered = round(8_400 * chance.gauss(1, 0.03))
        second = (self.start.month % 12) + 1
        rate = 0.176 if day.month == second and day >= self.start else 0.241
        return (day.isoformat(), f"News {day:%d %b}", delivered, round(delivered * rate * chance.gauss(1, 0.02)))


def _first_day(quarter: int) -> date:
    year, number = divmod(quarter, 4)
    return date(year, number * 3 + 1, 1)


def _ops_frame() -> list[list[Cell]]:
    return [
        ["Operations, as of Friday"], [], ["Agents on duty", 6], ["Office", "Johannesburg"], [], ["What", "Value"],
        ["Open tickets per agent", None], ["As of", None],
    ]  # fmt: skip


def _targets() -> list[list[Cell]]:
    return [
        ["Targets agreed for the year"], [], ["KPI", "Agreed by", "Target"],
        ["Cost of a new customer (R)", "Thandi, Johan", Shown(Decimal(460), "R 460.00")],
        ["Customer calls a week", "Lerato", 55],
    ]  # fmt: skip
