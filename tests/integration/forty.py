"""A team with two years behind it and forty KPIs, half of them off target: five people, three teams, two trackers."""

from __future__ import annotations

import csv
import textwrap
from dataclasses import dataclass
from datetime import date, timedelta

from connectors.sandbox.sheets.cells import Cell, CellError, Spreadsheet
from tests.integration.team import BOARD, PROJECT, PROPERTY, Team

SHEET = "1AbCdEfGhIjKlMnOpQrStUvWxYz"
BEGUN = date(2024, 11, 18)  # the Monday two years before the first morning
FIRST_WEEK_OFF = date(2026, 11, 2)
UNTIL = date(2026, 12, 14)  # numbers are there for a few weeks to come
CHANNELS = {
    "Organic Search": 740,
    "Direct": 520,
    "Paid Search": 260,
    "Organic Social": 130,
    "Paid Social": 90,
    "Email": 110,
}
EVENTS = {"purchase": 29, "newsletter_signup": 34, "file_download": 60, "video_start": 210, "book_demo": 12}

WHO = """\
people:
  thandi: {name: Thandi Mokoena, email: thandi@saypro.example, team: marketing, trello: thandim}
  sipho:
    {name: Sipho Nkosi, email: sipho@saypro.example, team: marketing,
     away: [{from: 2026-11-16, to: 2026-11-27, deputy: thandi}]}
  johan:  {name: Johan Botha, email: johan@saypro.example, team: m_and_e}
  lerato: {name: Lerato Dube, email: lerato@saypro.example, team: sales, trello: leratod}
  neo:    {name: Neo Khumalo, email: neo@saypro.example, team: sales, trello: neok}
teams:
  marketing: {name: Marketing, lead: thandi, section: marketing}
  m_and_e:   {name: Monitoring & Evaluation, lead: johan, section: m_and_e}
  sales:     {name: Sales, lead: lerato, section: m_and_e}
"""
GOALS = """\
goals:
  - id: grow
    title: Grow in Gauteng
    owner: neo
    by: 2027-02-28
    kpis: [awareness, revenue, leads]
    goals:
      - id: demand
        title: 20 % more leads than last quarter
        owner: thandi
        kpis: [sessions, organic_visits, conversion_rate, ad_spend, cac, weekly_users, bounce_rate]
        goals:
          - {id: social, title: More visits from social channels and mail, owner: sipho,
             kpis: [social_visits, paid_social_visits, signups, downloads, open_rate, click_rate]}
  - id: keep
    title: Keep the customers we win
    owner: lerato
    kpis: [nps, churn, refunds, response_time, new_customers, calls]
"""


def _kpi(kpi: str, name: str, owner: str, period: str, value: str, target: str, more: str = "", said: str = "") -> str:
    agreed = owner if owner == "johan" else f"{owner}, johan"
    return (
        f"  {kpi}: {{name: {name}, owner: {owner}, data_owner: johan, period: {period}, {value}, target: {target}, "
        f'definition: "{said or name + ", as agreed in the scorecard."}", '
        f"agreed: {{on: 2026-09-01, by: [{agreed}]}}{', ' + more if more else ''}}}\n"
    )


def _web(metric: str, **where: str) -> str:
    said = ", ".join(f"{field}: {value}" for field, value in where.items())
    return f"value: {{source: web, metric: {metric}{f', where: {{{said}}}' if said else ''}}}"


def _table(tab: str, column: str, aggregate: str = "sum", more: str = "") -> str:
    return (
        f'value: {{source: scorecard, table: "{tab}!A:F", date: Date, column: {column}, aggregate: {aggregate}{more}}}'
    )


def _matrix(row: str) -> str:
    return f'value: {{source: scorecard, matrix: "Tracker!A1:Z40", row: {row}}}'


def _of(numerator: str, denominator: str, source: str) -> str:
    def one(column: str) -> str:
        return f"{column.lower()}: {{source: {source}, date: Date, column: {column}, aggregate: sum}}"

    inputs = f"{{{one(numerator)}, {one(denominator)}}}"
    return f"formula: {numerator.lower()} / {denominator.lower()}, inputs: {inputs}"


_CHANNEL = "sessionDefaultChannelGroup"
_COST = (
    'formula: spend / customers, inputs: {spend: {source: scorecard, table: "Spend!A:C", date: Date, column: Amount, '
    'aggregate: sum}, customers: {source: scorecard, table: "Sales!A:F", date: Date, column: Customers, '
    "aggregate: sum}}"
)
_BOUGHT = (
    "formula: purchases / sessions, inputs: {purchases: {source: web, metric: keyEvents, "
    "where: {eventName: purchase}}, sessions: sessions}"
)
MONEY = "unit: currency, currency: ZAR"
DOWN = "direction: down"

THANDI = (
    _kpi(
        "sessions",
        "Website sessions",
        "thandi",
        "week",
        _web("sessions"),
        "12000",
        f"breakdown: {_CHANNEL}",
        "Sessions on the public site, all channels, Monday to Sunday.",
    )
    + _kpi(
        "weekly_users",
        "Weekly users",
        "thandi",
        "week",
        _web("totalUsers"),
        "{growth: 5%, over: same_period_last_year}",
        "explained_by: sessions",
        "Distinct people who used the site in the week. Not the sum of days.",
    )
    + _kpi(
        "conversion_rate",
        "Conversion rate",
        "thandi",
        "week",
        _BOUGHT,
        "{between: [2.0%, 4.5%]}",
        "unit: percent",
        "Purchases divided by sessions, same week.",
    )
    + _kpi("engagement_rate", "Engagement rate", "thandi", "week", _web("engagementRate"), "54%", "unit: percent")
    + _kpi("page_views", "Page views", "thandi", "week", _web("screenPageViews"), "24000")
    + _kpi(
        "organic_visits",
        "Visits from search",
        "thandi",
        "week",
        _web("sessions", **{_CHANNEL: "Organic Search"}),
        "5000",
        "",
        "Sessions whose default channel group is Organic Search.",
    )
    + _kpi(
        "paid_visits", "Visits from search ads", "thandi", "week", _web("sessions", **{_CHANNEL: "Paid Search"}), "1700"
    )
    + _kpi("bounce_rate", "Bounce rate", "thandi", "week", _web("bounceRate"), "42%", f"unit: percent, {DOWN}")
    + _kpi(
        "cac",
        "Cost of a new customer",
        "thandi",
        "month",
        _COST,
        '{source: scorecard, cell: "Targets!C4"}',
        f"{MONEY}, {DOWN}",
        "Marketing spend divided by new customers, per month.",
    )
    + _kpi(
        "ad_spend",
        "Advertising spend",
        "thandi",
        "month",
        _table("Spend", "Amount"),
        "{between: [80000, 120000]}",
        MONEY,
        "What was invoiced for advertising in the month.",
    )
    + _kpi(
        "awareness",
        "Brand awareness",
        "thandi",
        "quarter",
        _matrix("Awareness"),
        "{growth: 10%, over: previous_period}",
        "unit: percent, scale: 0.01",
        "Share of people asked in Gauteng who name us unprompted.",
    )
    + _kpi(
        "cost_per_click",
        "Cost of a click",
        "thandi",
        "month",
        _table("Spend", "Click", "mean"),
        "9.50",
        f"{MONEY}, {DOWN}",
    )
)
SIPHO = (
    _kpi(
        "social_visits",
        "Visits from social channels",
        "sipho",
        "month",
        _web("sessions", **{_CHANNEL: "[Organic Social, Paid Social]"}),
        "8000",
        "",
        "Sessions whose default channel group is Organic Social or Paid Social.",
    )
    + _kpi(
        "open_rate",
        "Email open rate",
        "sipho",
        "month",
        _of("Opens", "Delivered", "mailings"),
        "22%",
        "unit: percent",
        "Opens divided by deliveries of the month's mailings.",
    )
    + _kpi(
        "click_rate",
        "Email click rate",
        "sipho",
        "month",
        _of("Clicks", "Delivered", "mailings"),
        "3%",
        "unit: percent",
    )
    + _kpi(
        "unsubscribes",
        "Unsubscribes",
        "sipho",
        "month",
        "value: {source: mailings, date: Date, column: Left, aggregate: sum}",
        "120",
        DOWN,
    )
    + _kpi("signups", "Newsletter sign-ups", "sipho", "week", _web("keyEvents", eventName="newsletter_signup"), "230")
    + _kpi("video_views", "Video views", "sipho", "week", _web("keyEvents", eventName="video_start"), "1300")
    + _kpi("downloads", "Brochure downloads", "sipho", "week", _web("keyEvents", eventName="file_download"), "410")
    + _kpi(
        "followers",
        "Followers",
        "sipho",
        "week",
        'value: {source: scorecard, cell: "Ops!B4", as_of: "Ops!B5"}',
        "15000",
    )
    + _kpi(
        "paid_social_visits",
        "Visits from social ads",
        "sipho",
        "week",
        _web("sessions", **{_CHANNEL: "Paid Social"}),
        "610",
    )
    + _kpi(
        "email_visits", "Visits from the newsletter", "sipho", "week", _web("sessions", **{_CHANNEL: "Email"}), "700"
    )
)
JOHAN = (
    _kpi(
        "response_rate",
        "Survey response rate",
        "johan",
        "quarter",
        _matrix("Responses"),
        "30%",
        "unit: percent, scale: 0.01",
    )
    + _kpi(
        "completeness",
        "Data completeness",
        "johan",
        "month",
        _matrix("Completeness"),
        "95%",
        "unit: percent, scale: 0.01",
    )
    + _kpi("trainings", "Trainings held", "johan", "month", _matrix("Trainings"), "6")
    + _kpi(
        "reports_on_time",
        "Reports on time",
        "johan",
        "month",
        _matrix('"Reports on time"'),
        "90%",
        "unit: percent, scale: 0.01",
    )
    + _kpi("reached", "People reached", "johan", "month", _matrix("Reached"), "2500")
)
LERATO = (
    _kpi(
        "calls",
        "Customer calls",
        "lerato",
        "week",
        _table("Sales", "Calls"),
        "55",
        "",
        "Calls that Sales made to customers in the week.",
    )
    + _kpi("meetings", "Customer meetings", "lerato", "week", _table("Sales", "Meetings"), "12")
    + _kpi("new_customers", "New customers", "lerato", "month", _table("Sales", "Customers"), "60")
    + _kpi("revenue", "Revenue", "lerato", "month", _table("Sales", "Revenue"), "900000", MONEY)
    + _kpi(
        "nps",
        "Net promoter score",
        "lerato",
        "quarter",
        _table("Survey", "Score", "nps", ", min_rows: 50").replace("A:F", "A:B"),
        "35",
        "unit: score",
        "NPS of the running customer survey, at least 50 answers a quarter.",
    )
    + _kpi("refunds", "Refunds", "lerato", "month", _matrix("Refunds"), "20000", f"{MONEY}, {DOWN}")
    + _kpi(
        "support_load",
        "Open tickets per agent",
        "lerato",
        "week",
        'value: {source: scorecard, cell: "Ops!B7", as_of: "Ops!B8"}',
        "25",
        f"unit: ratio, {DOWN}",
    )
    + _kpi("churn", "Customers lost", "lerato", "month", _matrix("Churn"), "2%", f"unit: percent, scale: 0.01, {DOWN}")
    + _kpi(
        "response_time",
        "Time to first answer",
        "lerato",
        "week",
        _table("Sales", "Seconds", "mean"),
        "3600",
        f"unit: seconds, {DOWN}",
    )
    + _kpi(
        "pipeline",
        "Value of open offers",
        "lerato",
        "month",
        'value: {source: scorecard, cell: "Ops!B10"}',
        "1500000",
        MONEY,
    )
    + _kpi(
        "demo_bookings",
        "Demo bookings",
        "lerato",
        "week",
        _web("keyEvents", eventName="book_demo"),
        "70",
        "needs: [support_load]",
    )
)
NEO = (
    _kpi("leads", "Qualified leads", "neo", "quarter", _matrix("Leads"), "{growth: 20%, over: previous_period}")
    + _kpi("runway", "Months of cash", "neo", "month", _matrix("Cash"), "9", "unit: ratio")
)  # fmt: skip


@dataclass
class Forty(Team):
    """The team. `mode`, `new_at_most`: of both trackers. Marketing and M&E work in Asana, Sales in Trello."""

    mode: str = "act"
    new_at_most: int = 20

    def __post_init__(self) -> None:
        fresh = PROPERTY not in self.sandbox.ga4.properties
        super().__post_init__()
        if not fresh:
            return
        self.sandbox.asana.state.add_user("Sipho Nkosi", "sipho@saypro.example")
        self.sandbox.asana.state.add_user("Lerato Dube", "lerato@saypro.example")
        board = next(iter(self.sandbox.trello.state.boards.values()))
        for name, username in (("Lerato Dube", "leratod"), ("Neo Khumalo", "neok")):
            member = self.sandbox.trello.state.add_member(name, username)
            board.members.append(member.id)
        self._website()
        self._mailings()
        self.sandbox.sheets.add_spreadsheet(SHEET, zone="Africa/Johannesburg")
        self._sheet_of_days()
        self._tracker()

    @property
    def sheet(self) -> Spreadsheet:
        return self.sandbox.sheets.spreadsheets[SHEET]

    def text(self) -> str:
        url = self.sandbox.url
        common = f'mode: {self.mode}, new_at_most: {self.new_at_most}, endpoint: "{url}"'
        head = textwrap.dedent(
            f"""\
            version: 1
            workspace: {{id: saypro, name: SayPro, timezone: Africa/Johannesburg, holidays: {{country: ZA}}}}
            store: {self.store}
            sources:
              web: {{kind: ga4, property: "{PROPERTY}", credentials: anonymous, endpoint: "{url}"}}
              scorecard: {{kind: sheets, spreadsheet: {SHEET}, credentials: anonymous, endpoint: "{url}"}}
              mailings: {{kind: csv, path: "data/mailings-*.csv", late_after: 5 business days}}
            trackers:
              asana: {{kind: asana, token: "${{ASANA_TOKEN}}", project: "{PROJECT}", {common}}}
              board: {{kind: trello, key: "${{TRELLO_KEY}}", token: "${{TRELLO_TOKEN}}", board: {BOARD},
                      lists: {{default: To do, done: [Done]}}, {common}}}
            routes: {{default: asana, sales: board}}
            """
        )
        kpis = THANDI + SIPHO + JOHAN + LERATO + NEO
        return head + WHO + "kpis:\n" + kpis + GOALS + textwrap.dedent(self.rest)

    # ── two years of numbers ─────────────────────────────────────────────────────────────────────────────────────

    def _website(self) -> None:
        web = self.sandbox.ga4.properties[PROPERTY]
        day = BEGUN - timedelta(weeks=8)
        while day < UNTIL:
            n = (day - BEGUN).days
            swing = 1 + ((n * 37) % 11 - 5) / 200  # ± 2.5 %, the same each time
            total = 0
            for channel, level in CHANNELS.items():
                count = round(level * swing * _dip(channel, day))
                total += count
                web.record(day, {"sessions": count}, where={_CHANNEL: channel})
            bounced = 0.47 if day >= date(2026, 11, 9) else 0.40
            first = (n + 60) * 200
            people = range(first, first + round(total * 0.8))
            views = {"sessions": total, "screenPageViews": total * 3, "engagedSessions": round(total * (1 - bounced))}
            web.record(day, views, users=people)
            for event, level in EVENTS.items():
                count = round(level * swing * _dip(event, day))
                web.record(day, {"keyEvents": count, "sessions": count}, where={"eventName": event})
            day += timedelta(days=1)

    def _mailings(self) -> None:
        """A row a month, until September: October's are not exported yet."""
        folder = self.folder / "data"
        folder.mkdir(exist_ok=True)
        with (folder / "mailings-2026.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["Date", "Campaign", "Delivered", "Opens", "Clicks", "Left"])
            for month in _months(BEGUN.replace(day=1), date(2026, 9, 1)):
                rows.writerow([month.replace(day=12), "News", 20000, 4800, 700, 90])

    def add_october_mailing(self) -> None:
        with (self.folder / "data" / "mailings-2026.csv").open("a", newline="") as file:
            csv.writer(file).writerow(["2026-10-12", "News", 20000, 4700, 690, 95])

    def _sheet_of_days(self) -> None:
        sheet = self.sheet
        spend: list[list[Cell]] = [["Date", "Amount", "Click"]]
        for month in _months(BEGUN.replace(day=1), date(2026, 10, 1)):
            spend.append([month.replace(day=28), 141_000 if month == date(2026, 10, 1) else 104_000, 8.9])
        spend.append([date(2026, 11, 5), 30_000, 9.1])
        sheet.add_tab("Spend", spend)
        sales: list[list[Cell]] = [["Date", "Calls", "Meetings", "Customers", "Revenue", "Seconds"]]
        day = BEGUN
        while day <= date(2026, 11, 17):
            if day.weekday() < 5:
                calls = 8 if day >= date(2026, 10, 19) else 12
                money, people = (32_000, 2) if day >= date(2026, 9, 1) else (44_000, 3)
                sales.append([day, calls, 3, people, money, 6100 if day >= date(2026, 10, 12) else 3100])
            day += timedelta(days=1)
        sheet.add_tab("Sales", sales)
        survey: list[list[Cell]] = [["Date", "Score"]]
        for month in _months(BEGUN.replace(day=1), date(2026, 10, 1)):
            scores = (10, 9, 8, 10, 5, 7) if month >= date(2026, 7, 1) else (10, 9, 10, 9, 8, 5)
            survey += [[month + timedelta(days=n), score] for n in range(4) for score in scores]
        sheet.add_tab("Survey", survey)
        sheet.add_tab("Ops", [["Ops"]])
        sheet.tab("Ops").fill([[16200], [date(2026, 11, 13)]], "B4")
        sheet.tab("Ops").fill([[21], [date(2026, 11, 13)]], "B7")
        sheet.tab("Ops").set("B10", 1_200_000)
        sheet.add_tab("Targets", [["", "", ""], ["", "", ""], ["", "", ""], ["Cost of a new customer", "", 1900]])

    def add_sales_day(self, day: date, *, well: bool) -> None:
        """What Sales notes in the evening of a working day; on Friday the cells of Ops too."""
        if day.weekday() < 5:
            self.sheet.tab("Sales").append([day, 12 if well else 8, 3, 3, 44_000, 3300 if well else 6100])
        if day.weekday() == 4:
            self.sheet.tab("Ops").fill([[16200], [day]], "B4")
            self.sheet.tab("Ops").fill([[21], [day]], "B7")

    def _tracker(self) -> None:
        """KPIs down, periods across: months since October 2025, and the quarters they make."""
        months = [f"{m.year}-{m.month:02}" for m in _months(date(2025, 10, 1), date(2026, 10, 1))]
        quarters = ["2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]
        rows: list[list[Cell]] = [["KPI", *quarters, *months]]
        none: list[Cell] = [None] * len(quarters)
        blank: list[Cell] = [None] * len(months)
        rows.append(["Awareness", 9.0, 10.0, 11.0, 12.2, 13.5, 13.1, *blank])
        rows.append(["Responses", 31, 33, 32, 34, 36, 35, *blank])
        rows.append(["Leads", 100, 121, 146, 176, 212, 170, *blank])
        rows.append(["Completeness", *none, *[97] * 13])
        rows.append(["Trainings", *none, *[7] * 12, 4])
        rows.append(["Reports on time", *none, *[93] * 13])
        rows.append(["Reached", *none, *[2700] * 13])
        rows.append(["Refunds", *none, *[16_000] * 11, 24_500, 31_200])
        rows.append(["Churn", *none, *[1.8] * 12, 2.9])
        rows.append(["Cash", *none, *[11] * 12, CellError("#REF!")])
        self.sheet.add_tab("Tracker", rows)


def _dip(what: str, day: date) -> float:
    """What went wrong, and when."""
    if what == "Organic Search" and day >= FIRST_WEEK_OFF:
        return 0.45 if day < FIRST_WEEK_OFF + timedelta(weeks=1) else 0.38
    if what == "Paid Social" and day >= date(2026, 9, 28):
        return 0.62
    if what == "Organic Social":
        return 1.6 if day < date(2026, 9, 1) else 1.0
    since = {"purchase": date(2026, 8, 3), "newsletter_signup": date(2026, 10, 5), "file_download": date(2026, 10, 26)}
    if what in since and day >= since[what]:
        return {"purchase": 0.8, "newsletter_signup": 0.61, "file_download": 0.84}[what]
    return 1.08 if what == "purchase" else 1.0


def _months(first: date, last: date) -> list[date]:
    """First days of the months from one to another, both included."""
    found = [first]
    while found[-1] < last:
        found.append((found[-1].replace(day=1) + timedelta(days=32)).replace(day=1))
    return found
