"""Ten years of a team's reviews, from moment to moment: every meeting once, on the days that others work out too."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import holidays
import pytest
from dateutil.rrule import MO, MONTHLY, TH, TU, WEEKLY, rrule

from connectors.sandbox.person import Person
from connectors.sandbox.server import Sandbox
from tests.acceptance.command import SCRIPT, environ
from tests.integration.team import PROJECT, Clock

TITLES = ("Weekly", "Biweekly", "Monthly", "Quarterly")
START = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
FILE = """\
version: 1
workspace: {{id: saypro, timezone: Africa/Johannesburg, holidays: {{country: ZA}}}}
people:
  thandi: {{name: Thandi Mokoena, email: thandi@saypro.example}}
  johan: {{name: Johan Botha, email: johan@saypro.example}}
sources: {{crm: {{kind: csv, path: deals.csv}}}}
trackers: {{work: {{kind: asana, token: "${{ASANA_TOKEN}}", project: "{project}", endpoint: "{url}"}}}}
kpis:
  deals:
    {{name: Deals, owner: thandi, period: month, target: 5,
     value: {{source: crm, date: day, column: deals, aggregate: sum}}}}
reviews:
  weekly: {{title: Weekly, every: 1 week, on: thursday, at: "10:00", owner: thandi}}
  biweekly: {{title: Biweekly, every: 2 weeks, on: monday, at: "10:00", owner: thandi, anchor: 2026-11-02}}
  monthly: {{title: Monthly, every: 1 month, on: second tuesday, at: "10:00", owner: johan, replaces: [weekly]}}
  quarterly: {{title: Quarterly, every: 1 quarter, on: last business day, at: "10:00", owner: johan}}
daemon: {{every: 1w}}
"""


def expected(first: date, last: date) -> list[tuple[str, date]]:
    """The days of all meetings, worked out with dateutil and a list of holidays alone."""
    off = holidays.country_holidays("ZA", years=range(first.year - 1, last.year + 2))

    def is_work(day: date) -> bool:
        return day.weekday() < 5 and day not in off

    def moved(day: date, by: int = 1) -> date:
        while not is_work(day):
            day += timedelta(days=by)
        return day

    def days(frequency: int, weekday: object, since: date, interval: int = 1) -> Iterator[date]:
        start, end = datetime(since.year, since.month, since.day), datetime(last.year, last.month, last.day)  # noqa: DTZ001
        return (one.date() for one in rrule(frequency, dtstart=start, until=end, interval=interval, byweekday=weekday))  # type: ignore[arg-type]

    before = first - timedelta(days=40)
    monthly = [moved(one) for one in days(MONTHLY, TU(2), before)]
    weeks = {one.isocalendar()[:2] for one in monthly}
    found = [("Monthly", one) for one in monthly]
    found += [("Weekly", moved(one)) for one in days(WEEKLY, TH, before) if one.isocalendar()[:2] not in weeks]
    found += [("Biweekly", moved(one)) for one in days(WEEKLY, MO, date(2026, 11, 2), 2)]
    for year in range(first.year, last.year + 1):
        ends = (date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), date(year, 12, 31))
        found += [("Quarterly", moved(one, -1)) for one in ends]
    return sorted((title, day) for title, day in found if first <= day <= last)


def tick_off(sandbox: Sandbox, today: date) -> None:
    """Johan completes the meetings of the days before yesterday, but for every twentieth: nobody is perfect."""
    johan = Person(sandbox, "Johan Botha")
    for number, task in enumerate(list(sandbox.asana.state.live_tasks())):
        if task.due_on and not task.completed and task.due_on < today - timedelta(days=2) and number % 20:
            johan.complete(task.gid)


def lived(folder: Path, years: int) -> tuple[list[tuple[str, date]], list[str]]:
    """The review tasks that so many years leave behind, and the events the service logged."""
    clock = Clock(START)
    events: list[str] = []
    with Sandbox(clock) as sandbox:
        state = sandbox.asana.state
        state.add_workspace()
        for name in ("Thandi Mokoena", "Johan Botha"):
            state.add_user(name, f"{name.split()[0].lower()}@saypro.example")
        state.add_user("alignd", "alignd@saypro.example", token="asana-canary-token")
        state.add_project("Marketing", gid=PROJECT, sections=["Actions", "Reviews", "Done"])
        (folder / "alignd.yaml").write_text(FILE.format(project=PROJECT, url=sandbox.url))
        weeks = (START.date() + timedelta(weeks=week) for week in range(-60, 53 * years + 60))
        (folder / "deals.csv").write_text("day,deals\n" + "".join(f"{week.isoformat()},3\n" for week in weeks))
        until = START + timedelta(days=365 * years + 7)
        arguments = [str(SCRIPT), "run", "--at", START.isoformat(), "--until", until.isoformat(), "--log", "json"]
        with subprocess.Popen(arguments, cwd=folder, env=environ(), stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            for line in running.stdout:
                said = json.loads(line)
                events.append(said["event"])
                before, clock.now = clock.now, max(clock.now, datetime.fromisoformat(said["at"]))
                if clock.now.date() > before.date():
                    tick_off(sandbox, clock.now.date())
        assert running.returncode == 0
        tasks = [(task.name.partition(",")[0], task.due_on) for task in state.live_tasks()]
    made = sorted(
        (title, day) for title, day in tasks if title in ("Weekly", "Biweekly", "Monthly", "Quarterly") and day
    )
    return made, events


@pytest.mark.parametrize("years", [pytest.param(10, marks=pytest.mark.slow)])
def test_every_meeting_of_many_years_is_met_once_on_its_day(tmp_path: Path, years: int) -> None:
    made, events = lived(tmp_path, years)
    last = START.date() + timedelta(days=365 * years)
    first = START.date()
    assert [one for one in made if first <= one[1] <= last] == expected(first, last)
    assert set(events) == {"workspace_begins", "cycle_done", "stopping", "stopped"}
