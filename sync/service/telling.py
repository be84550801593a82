"""What is said of a workspace: a line in the log when something happens, and the state that pages and metrics show.

A trouble is said when it comes and when it is over, however many looks it lasts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from config import Config
from mapping.tasks import WorkKind
from sync.errors import place_of as place_of
from sync.outlook import Outlook
from sync.service.aloud import CLOCK_DOUBTED, Aloud
from sync.service.facts import IN_DOUBT
from sync.service.logs import Log
from sync.service.moments import LOOK, Moment
from sync.service.state import Ended, LastCycle, Phase, ServiceState
from sync.steps import CycleReport, Outcome, Problem

LOCK_LOST = "lock_lost"  # the next look takes it again, or another service has it


class Telling:
    """Says what happens in one workspace."""

    def __init__(self, file: str, config: Config, state: ServiceState, log: Log) -> None:
        self._file, self._state, self._log = file, state, log
        self.aloud = Aloud(log)
        self._workspace = config.workspace.id
        self._trouble: tuple[str, str] | None = None  # event and words of what was said and is not over
        self._problems: Mapping[tuple[str, str], Problem] = {}

    # ── phases ───────────────────────────────────────────────────────────────────────────────────────────────────

    def waits(self, phase: Phase, following: Moment, config: Config) -> None:
        """For its next moment."""
        self._state.change(
            self._file,
            id=config.workspace.id,
            every=config.daemon.every.total_seconds(),
            phase=phase,
            next_at=following.at,
            next_why=following.why,
        )

    def runs(self) -> None:
        """A cycle is under way."""
        self._state.change(self._file, phase=Phase.RUNNING, holder=None)

    def holds(self) -> None:
        """The workspace is ours."""
        if self._trouble is not None and self._trouble[0] == "standing_by":
            self._log.info("took_over", workspace=self._workspace)
            self._trouble = None
        self._state.change(self._file, holder=None)

    def stands_by(self, holder: str) -> None:
        """Another service holds it."""
        self._state.change(self._file, phase=Phase.STANDING_BY, holder=holder)
        self.aloud.forget()
        if self._is_news("standing_by", holder):
            self._log.info("standing_by", workspace=self._workspace, holder=holder)

    # ── troubles ─────────────────────────────────────────────────────────────────────────────────────────────────

    def failed(self, event: str, what: str, advice: str, at: datetime, seconds: float) -> None:
        """Nothing could be done, and what to do about it."""
        self._state.record_cycle(self._file, LastCycle(None, at, at, seconds, Ended.FAILED, what))
        if event != LOCK_LOST:
            self.aloud.trouble(event, what, advice, at)
        if self._is_news(event, what):
            self._log.error(event, workspace=self._workspace, what=what, advice=advice)

    def unforeseen(self, error: Exception, at: datetime, seconds: float) -> None:
        """An error nobody foresaw."""
        why = f"this should not happen: {type(error).__name__} in {place_of(error)}"
        self._state.record_cycle(self._file, LastCycle(None, at, at, seconds, Ended.FAILED, why))
        advice = "nothing is lost, the next look goes on; please report this line"
        self.aloud.trouble("unforeseen", why, advice, at)
        if self._is_news("unforeseen", why):
            self._log.error("unforeseen", workspace=self._workspace, what=why, advice=advice, exc_info=error)

    def cut_short(self, at: datetime, seconds: float) -> None:
        """A stop ended the cycle."""
        why = "stopped within it; the next one goes on from there"
        self._state.record_cycle(self._file, LastCycle(None, at, at, seconds, Ended.CUT_SHORT, why))
        self._log.info("cut_short", workspace=self._workspace, why=why)

    def went_back(self, what: str, advice: str, at: datetime) -> None:
        """The clock is before the last cycle."""
        self.aloud.trouble("time_went_back", what, advice, at)
        self._state.change(self._file, clock_trouble=what)
        if self._is_news("time_went_back", advice):
            self._log.warning("time_went_back", workspace=self._workspace, what=what, advice=advice)

    def clock(self, trouble: str | None, at: datetime) -> None:
        """Whether the clock is believed."""
        self._state.change(self._file, clock_trouble=trouble)
        if trouble is None:
            self.aloud.over(CLOCK_DOUBTED)
        else:
            self.aloud.trouble(CLOCK_DOUBTED, trouble, "set the machine's clock right", at)

    def _is_news(self, event: str, words: str) -> bool:
        """Whether this was not said yet."""
        news = self._trouble != (event, words)
        self._trouble = (event, words)
        return news

    # ── cycles ───────────────────────────────────────────────────────────────────────────────────────────────────

    def cycle_over(
        self,
        report: CycleReport,
        outlook: Outlook,
        why: str,
        seconds: float,
        waited: float,
        ended_at: datetime,
        following: Moment,
    ) -> LastCycle:
        """A cycle was carried out."""
        self.aloud.cycles_run()
        if self._trouble is not None:
            self._log.info("well_again", workspace=self._workspace, was=self._trouble[0])
            self._trouble = None
        cycle = _ended(report, ended_at, seconds)
        self._state.record_cycle(
            self._file,
            cycle,
            calls=report.calls,
            waited=waited,
            problems=report.problems,
            readings=_readings(report),
            open_items=sum(1 for one in outlook.links.values() if one.kind is WorkKind.ACTION and one.is_live),
            unknown_creates=sum(1 for one in outlook.links.values() if one.state in IN_DOUBT),
            clock_trouble=None,
        )
        self._say_problems(report)
        self._log.info(
            "cycle_done",
            workspace=self._workspace,
            cycle=report.cycle,
            why=why,
            done=_done(report) or None,
            held=sum(1 for one in report.steps if one.outcome in (Outcome.WAITING, Outcome.DEFERRED)),
            seen=len(report.seen),
            problems=len(report.problems),
            calls={vendor: count.made for vendor, count in report.calls.items() if count.made} or None,
            seconds=round(seconds, 3),
            next=following.at,
            next_why=following.why if following.why != LOOK else None,
        )
        return cycle

    def _say_problems(self, report: CycleReport) -> None:
        now = {(one.where, one.what): one for one in report.problems}
        for one in report.problems:
            if one.new:
                self._log.warning(
                    "problem", workspace=self._workspace, where=one.where, what=one.what, advice=one.advice
                )
        for place, one in self._problems.items():
            if place not in now:
                self._log.info("problem_over", workspace=self._workspace, where=one.where, what=one.what)
        self._problems = now


def _ended(report: CycleReport, ended_at: datetime, seconds: float) -> LastCycle:
    ended = Ended.UNREACHABLE if report.nothing_reachable else Ended.PROBLEM if report.problems else Ended.GOOD
    why = next((f"{one.where}: {one.what}" for one in report.problems), "")
    return LastCycle(report.cycle, report.at, ended_at, seconds, ended, why)


def _done(report: CycleReport) -> dict[str, int]:
    count: dict[str, int] = {}
    for step in report.steps:
        if step.outcome in (Outcome.DONE, Outcome.UNKNOWN, Outcome.FAILED):
            name = step.kind.value if step.outcome is Outcome.DONE else f"{step.kind.value} {step.outcome.value}"
            count[name] = count.get(name, 0) + 1
    return count


def _readings(report: CycleReport) -> dict[str, int]:
    """How many KPIs' newest reading is in which state."""
    newest = {reading.kpi: reading for reading, _ in sorted(report.shown, key=lambda one: one[0].period)}
    count: dict[str, int] = {}
    for reading in newest.values():
        count[reading.state.value] = count.get(reading.state.value, 0) + 1
    return count
