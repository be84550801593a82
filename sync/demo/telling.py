"""The demo itself: the story is told on stand-ins, somebody counts along, and pages are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import config
from config import Config
from connectors.sandbox.page import render_boards
from connectors.sandbox.server import Sandbox
from connectors.sandbox.story import Story, build_story
from mapping.alignment import Alignment
from mapping.tasks import WorkKind
from sync.app import App, open_app
from sync.clock import monotonic, system_clock
from sync.demo.boards import Watch
from sync.demo.folder import fresh, keep_secrets
from sync.demo.looking_back import told_kpis, told_meetings
from sync.demo.page import render_page
from sync.demo.quarter import Advance, Quarter, StoryClock
from sync.demo.summary import DemoSummary, Totals
from sync.reports import StatusReport
from sync.service.dashboard.export import export
from sync.steps import CallCount, CycleReport, Outcome, StepKind
from sync.unified import Format, report_text

VENDORS = {
    "ga4": "Google Analytics", "sheets": "Google Sheets", "hubspot": "HubSpot", "asana": "Asana", "trello": "Trello",
    "slack": "Slack", "email": "Mail",
}  # fmt: skip
FILES = {
    "dashboard/index.html": "the dashboard on the last day: what is off, why, who does what by when",
    "report.html": "the quarter's report for the leadership; report.md is the same as Markdown",
    "index.html": "how it came about: what happened, every KPI, the boards",
    "boards.html": "the boards, messages and mails alone, as people see them",
    "alignd.yaml": "the file: what the team agreed on",
}


@contextmanager
def run_demo(folder: Path, progress: Advance, *, now: datetime | None = None) -> Iterator[DemoSummary]:
    """Tell the quarter that ended last week; the stand-ins stay up until the block ends.

    Everything is written into `folder`, which is made new; NotTheDemos if it is somebody else's. `now` (aware):
    the quarter is the one before it, so that what is kept can be asked about afterwards.
    """
    began = monotonic()
    fresh(folder)
    now = now or system_clock()
    start = _start(now)
    clock = StoryClock(datetime.combine(start, time(8), UTC))
    with Sandbox(clock) as sandbox:
        story = build_story(sandbox, start, folder)
        file = _write_file(folder, story)
        watch = Watch(sandbox, file.workspace.id)
        watch.look()
        told = Quarter(story, file, clock, watch, progress).tell()
        with open_app(file, at=clock.now) as app:
            progress("the report and the dashboard", None, None)
            status, alignment = app.status(None), app.alignment()
            _write_pages(app, alignment, folder)
        summary = _summary(folder, file, told, watch, status, clock.now)
        zone = file.workspace.calendar.zone
        (folder / "boards.html").write_text(render_boards(sandbox, zone=zone), encoding="utf-8")
        (folder / "index.html").write_text(render_page(summary, alignment, sandbox, zone), encoding="utf-8")
        clock.now, clock.runs_on = max(clock.now, now), True
        yield replace(summary, seconds=monotonic() - began, url=sandbox.url)


def _write_pages(app: App, alignment: Alignment, folder: Path) -> None:
    """The unified report of the quarter, and the dashboard, as files to look at."""
    for wanted in (Format.MD, Format.HTML):
        (folder / f"report.{wanted.value}").write_text(report_text(alignment, wanted), encoding="utf-8")
    export(app, folder / "dashboard")


def _start(now: datetime) -> date:
    """The Monday of the quarter whose last sync, a Wednesday morning, is the newest that is over."""
    today = (now - timedelta(hours=12)).date()  # the Wednesday itself counts from the afternoon on
    last_wednesday = today - timedelta(days=(today.weekday() - 2) % 7)
    return last_wednesday - timedelta(weeks=13, days=2)


def _write_file(folder: Path, story: Story) -> Config:
    path = folder / "alignd.yaml"
    path.write_text(keep_secrets(folder, story.environ, story.config_yaml()), encoding="utf-8")
    loaded = config.load(path, {})
    if loaded.config is None:
        raise ValueError("; ".join(str(one) for one in loaded.problems))
    return loaded.config


def _summary(
    folder: Path,
    file: Config,
    quarter: Quarter,
    watch: Watch,
    status: StatusReport,
    at: datetime,
) -> DemoSummary:
    reports = quarter.reports
    done = [step for one in reports for step in one.steps if step.outcome is Outcome.DONE]
    kinds = Counter(step.kind for step in done)
    made = Counter(step.work for step in done if step.kind is StepKind.CREATE)
    totals = Totals(
        syncs=len(reports),
        items=made[WorkKind.ACTION],
        data_tasks=made[WorkKind.DATA],
        comments=kinds[StepKind.COMMENT],
        renewed=kinds[StepKind.EDIT_COMMENT],
        duplicates=watch.duplicates(),
        changed=len(watch.theirs) + len(watch.overwritten),
        overwritten=tuple(watch.overwritten),
        calls=_calls(file, reports),
    )
    return DemoSummary(
        team=file.workspace.name or file.workspace.id,
        first=quarter.first,
        last=quarter.last,
        weeks=tuple(quarter.weeks),
        totals=totals,
        status=status,
        kpis=tuple(told_kpis(file, at)),
        meetings=told_meetings(file, at),
        folder=folder,
        seconds=0.0,
        files=FILES,
    )


def _calls(file: Config, reports: Sequence[CycleReport]) -> dict[str, CallCount]:
    kinds = {name: one.kind for name, one in [*file.sources.items(), *file.trackers.items(), *file.channels.items()]}
    found: dict[str, CallCount] = {}
    for report in reports:
        for name, count in report.calls.items():
            vendor = VENDORS.get(kinds.get(name, ""))
            if vendor is None:
                continue  # a file is no vendor
            so_far = found.get(vendor, CallCount(0, 0, 0))
            found[vendor] = CallCount(
                so_far.made + count.made, so_far.least + count.least, so_far.charged + count.charged
            )
    return found
