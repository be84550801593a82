"""A workspace as large as one gets: 1,000 KPIs that serve 200 goals, 500 of them below target, 20 reviews, 50 people;
told by a tab, goals, Slack, mail and written reports, or told nowhere.
"""

from __future__ import annotations

from datetime import date, timedelta

from bench.world import PROJECT, TOKENS, World

KPIS, OFF, GOALS, REVIEWS, PEOPLE, TEAMS, WEEKS = 1_000, 500, 200, 20, 50, 5, 26
NEWEST = date(2026, 11, 9)  # the Monday of the newest week that is over
SPREADSHEET, SLACK = "1LargeTabLargeTabLargeTab", {"SLACK_TOKEN": "xoxb-bench", "SMTP_PASSWORD": "bench-mail-password"}

_FILE = """\
version: 1
workspace: {{id: large, name: Large, timezone: Europe/Berlin}}
people:
{people}
teams:
{teams}
sources:
  numbers: {{kind: csv, path: numbers.csv, settle_after: 24h}}
{sheet}
trackers:
  work: {{kind: asana, token: "${{ASANA_TOKEN}}", project: "{project}", new_at_most: 2000, endpoint: "{url}"}}
policy: {{max_open: 2000, breach_after: 1}}
kpis:
{kpis}
goals:
{goals}
reviews:
{reviews}
{told}
"""
_TOLD = """\
channels:
  chat: {{kind: slack, token: "${{SLACK_TOKEN}}", channel: C0123456789, endpoint: "{url}"}}
  mail: {{kind: email, smtp: "{smtp}", from: alignd@acme.example, to: [p0]}}
digests:
  - {{channel: chat, every: 1 week, on: wednesday, at: "08:30"}}
  - {{channel: mail, to: [t0], every: 1 week, on: wednesday, at: "08:30"}}
publish: {{sheet: {{source: shared, tab: Dashboard}}}}
daemon: {{alerts: chat, reports: reports}}
"""


def large(made_in: World, *, told: bool = True, kpis: int = KPIS, off: int = OFF) -> None:
    """Write the file and its numbers. `told`: with channels, digests and a published tab; `off`: KPIs below target."""
    _numbers(made_in, kpis, off)
    sandbox = made_in.sandbox
    state = sandbox.asana.state
    for n in range(PEOPLE):
        if not any(one.email == f"p{n}@acme.example" for one in state.users.values()):
            state.add_user(f"Person {n}", f"p{n}@acme.example")
    sheet = ""
    if told:
        if SPREADSHEET not in sandbox.sheets.spreadsheets:
            sandbox.sheets.add_spreadsheet(SPREADSHEET, "Shared").add_tab("Dashboard")
            sandbox.slack.state.add_bot(SLACK["SLACK_TOKEN"])
            sandbox.slack.state.add_channel("C0123456789")
        sheet = (
            f'  shared: {{kind: sheets, spreadsheet: {SPREADSHEET}, credentials: anonymous, endpoint: "{sandbox.url}"}}'
        )
    made_in.file.write_text(
        _FILE.format(
            people="\n".join(
                f"  p{n}: {{name: Person {n}, email: p{n}@acme.example, team: t{n % TEAMS}}}" for n in range(PEOPLE)
            ),
            teams="\n".join(
                f"  t{n}: {{name: Team {n}, lead: p{n}, section: {'marketing' if n % 2 else 'm_and_e'}}}"
                for n in range(TEAMS)
            ),
            sheet=sheet,
            project=PROJECT,
            url=sandbox.url,
            kpis="\n".join(_kpi(n) for n in range(kpis)),
            goals=_goals(kpis),
            reviews="\n".join(_review(n) for n in range(REVIEWS)),
            told=_TOLD.format(url=sandbox.url, smtp=sandbox.smtp.url) if told else "",
        ),
        encoding="utf-8",
    )


def environ() -> dict[str, str]:
    """What the file names of the environment."""
    return {**TOKENS, **SLACK}


def _numbers(made_in: World, kpis: int, off: int) -> None:
    columns = [f"n{n}" for n in range(kpis)]
    rows = []
    for back in range(WEEKS - 1, -1, -1):
        week = NEWEST - timedelta(weeks=back)
        values = [5 if back == 0 and n % kpis < off else 10 + (n + back) % 4 for n in range(kpis)]
        rows.append(f"{week.isoformat()},{','.join(map(str, values))}")
    rows.append(f"2026-11-17,{','.join(['1'] * kpis)}")  # a later row: the week before is complete
    (made_in.folder / "numbers.csv").write_text(f"Date,{','.join(columns)}\n" + "\n".join(rows) + "\n")


def _kpi(n: int) -> str:
    return (
        f"  k{n}: {{name: Number {n}, definition: The number {n} of the week., owner: p{n % PEOPLE}, period: week, "
        f"target: 10, value: {{source: numbers, date: Date, column: n{n}, aggregate: sum}}}}"
    )


def _goals(kpis: int) -> str:
    """A root with nine branches of so many leaves, and every KPI under one of them."""
    each = -(-kpis // GOALS)
    lines = []
    for n in range(GOALS):
        depth = 0 if n % 20 == 0 else 1 if n % 5 == 1 else 2
        deeper = depth < 2
        pad = "  " * (1 + 2 * depth)
        own = ", ".join(f"k{k}" for k in range(n * each, min((n + 1) * each, kpis)))
        lines.append(f"{pad}- id: g{n}\n{pad}  title: Goal {n}\n{pad}  owner: p{n % PEOPLE}\n{pad}  kpis: [{own}]")
        if deeper:
            lines.append(f"{pad}  goals:")
    return "\n".join(lines)


def _review(n: int) -> str:
    day = ("monday", "tuesday", "wednesday", "thursday", "friday")[n % 5]
    every = ("1 week", "2 weeks", "1 month", "1 quarter")[n // 5]
    on = day if "week" in every else f"first {day}"
    anchor = " anchor: 2026-09-07," if every == "2 weeks" else ""
    return (
        f'  r{n}: {{title: Review {n}, every: {every},{anchor} on: {on}, at: "10:{n:02d}", owner: p{n}, '
        f"invite: [t{n % TEAMS}]}}"
    )
