"""Telling the story: week by week people act on the boards, then alignd syncs, and somebody counts along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import config
from config import Config
from connectors.sandbox.page import render_boards
from connectors.sandbox.server import Sandbox
from connectors.sandbox.story import Story, build_story
from mapping.tasks import WorkKind
from sync.app import open_app
from sync.clock import monotonic, system_clock
from sync.demo.boards import Watch
from sync.demo.folder import fresh, keep_secrets
from sync.demo.looking_back import told_kpis
from sync.demo.page import render_page
from sync.demo.summary import DemoSummary, Told, Totals, Week
from sync.demo.words import Teller
from sync.reports import StatusReport
from sync.steps import CallCount, CycleReport, Outcome, StepKind

Advance = Callable[[str, int | None, int | None], None]

VENDORS = {
    "ga4": "Google Analytics", "sheets": "Google Sheets", "asana": "Asana", "trello": "Trello",
}  # fmt: skip
FILES = {
    "index.html": "the quarter on one page: what happened, every KPI, the boards",
    "boards.html": "the boards alone, as people see them",
    "alignd.yaml": "the file: what the team agreed on",
}


@dataclass
class StoryClock:
    """Now, for the vendors. As in the world, no two things happen at the same instant. `runs_on`: with real time."""

    now: datetime
    runs_on: bool = False

    def __call__(self) -> datetime:
        if self.runs_on:
            self.now = max(self.now, system_clock())
        self.now += timedelta(milliseconds=1)
        return self.now


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
        weeks, reports = _tell(story, file, clock, watch, progress)
        with open_app(file, at=clock.now) as app:
            status = app.status(None)
        kpis = told_kpis(file, clock.now)
        summary = _summary(folder, file, weeks, reports, watch, status, kpis)
        zone = file.workspace.calendar.zone
        (folder / "boards.html").write_text(render_boards(sandbox, zone=zone), encoding="utf-8")
        (folder / "index.html").write_text(render_page(summary, sandbox, zone), encoding="utf-8")
        clock.now, clock.runs_on = max(clock.now, now), True
        yield replace(summary, seconds=monotonic() - began, url=sandbox.url)


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


def _tell(
    story: Story, file: Config, clock: StoryClock, watch: Watch, progress: Advance
) -> tuple[list[Week], list[CycleReport]]:
    teller = Teller(file)
    weeks: list[Week] = []
    reports: list[CycleReport] = []
    for number in range(story.weeks + 1):
        progress(f"week {number} of {story.weeks}", number, story.weeks + 1)
        clock.now = story.people_act_at(number)
        acted_on = clock.now.date()
        people = tuple(story.act(number))
        watch.people_acted()
        clock.now = story.sync_at(number)
        synced_on = clock.now.date()
        with open_app(file, at=clock.now) as app:
            report = app.sync()
        watch.alignd_synced()
        reports.append(report)
        weeks.append(Week(number, acted_on, synced_on, people, teller.tell(report)))
    return weeks, reports


def _summary(
    folder: Path,
    file: Config,
    weeks: Sequence[Week],
    reports: Sequence[CycleReport],
    watch: Watch,
    status: StatusReport,
    kpis: Sequence[Told],
) -> DemoSummary:
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
        first=weeks[0].synced_on,
        last=weeks[-1].synced_on,
        weeks=tuple(weeks),
        totals=totals,
        status=status,
        kpis=tuple(kpis),
        folder=folder,
        seconds=0.0,
        files=FILES,
    )


def _calls(file: Config, reports: Sequence[CycleReport]) -> dict[str, CallCount]:
    kinds = {name: one.kind for name, one in [*file.sources.items(), *file.trackers.items()]}
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
