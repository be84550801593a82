"""The quarter as it goes by: people act on their boards and in their meetings, and alignd looks whenever the service
would find something to do; somebody watches the boards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from config import Config
from connectors.patience import Patience
from connectors.sandbox.story import Story
from mapping.reviews import Meeting
from mapping.tasks import WorkKind
from sync.app import App, open_app
from sync.clock import system_clock
from sync.demo.boards import Watch
from sync.demo.summary import Day, Said, Week
from sync.demo.words import Teller
from sync.outlook import Choices
from sync.service.facts import facts_of, wants_whole
from sync.service.moments import Facts, next_moment
from sync.steps import CycleReport, Outcome, Step, StepKind

Advance = Callable[[str, int | None, int | None], None]

WITHIN = timedelta(minutes=30)  # when people write, after a meeting began
AFTERWARDS = timedelta(minutes=90)  # when alignd has read it: comments are left alone for ten minutes first
A_DAY = timedelta(hours=24)  # as the service: once a day a tracker's whole listing is read


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


@dataclass
class Quarter:
    """A story being told. Afterwards `weeks` is what happened, `reports` what alignd says of each of its looks."""

    story: Story
    file: Config
    clock: StoryClock
    watch: Watch
    progress: Advance
    weeks: list[Week] = field(default_factory=list)
    reports: list[CycleReport] = field(default_factory=list)

    def tell(self) -> Quarter:
        """Tell it, from alignd's first look to its last."""
        story, self._teller = self.story, Teller(self.file)
        weekly = self.file.daemon.model_copy(update={"every": timedelta(days=7)})  # but for what is met
        self._weekly = replace(self.file, daemon=weekly)
        self._facts = Facts(campaigns=self.file.campaigns, events=self.file.events)
        self._whole_at: dict[str, datetime] = {}
        self._doubted: frozenset[str] = frozenset()
        timeless = Patience(paces=False)  # the story's weeks are seconds, and its vendors stand here
        with open_app(self.file, clock=self.clock, patience=timeless) as app, app.held("demo"):
            for number in range(story.weeks + 1):
                self.progress(f"week {number} of {story.weeks}", number, story.weeks + 1)
                self._week(number, app)
        return self

    @property
    def first(self) -> date:
        return self._local(self.story.sync_at(0))

    @property
    def last(self) -> date:
        return self._local(self.story.sync_at(self.story.weeks))

    def _local(self, at: datetime) -> date:
        return self.file.workspace.calendar.local_date(at)

    # ── a week ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _week(self, number: int, app: App) -> None:
        """From Tuesday to Monday: people look at their boards, alignd reads the numbers, meetings are met."""
        story, said, began = self.story, dict[date, list[Said]](), len(self.reports)
        acts, numbers = story.people_act_at(number), story.sync_at(number)
        at = _midnight(acts) if number else acts - WITHIN
        until = _midnight(story.people_act_at(number + 1)) if number < story.weeks else numbers
        looks = {numbers}  # beside what the service meets: the week's numbers, and what was written in a meeting
        coming = {acts: None, **{one.at + WITHIN: one for one in self._meetings(at, until)}}
        while True:
            look = min([one for one in (*looks, *self._met(at, until)) if at < one <= until], default=None)
            people = min([one for one in coming if one > at], default=None)
            if people is not None and (look is None or people < look):
                at = self.clock.now = people
                meeting = coming[people]
                told = story.act(number) if meeting is None else story.meet(meeting.review, self._title(meeting))
                self._people(told, said)
                if told and meeting is not None:
                    looks.add(meeting.at + AFTERWARDS)
            elif look is not None:
                at = self.clock.now = look
                if number or look >= numbers:
                    self._look(app, said)
            else:
                break
        made = [step for one in self.reports[began:] for step in one.steps if _is_review_made(step)]
        days = tuple(Day(on, tuple(all_said)) for on, all_said in sorted(said.items()))
        self.weeks.append(Week(number, self._local(acts), days, len(made)))

    def _meetings(self, after: datetime, until: datetime) -> Iterator[Meeting]:
        for one in self.file.cadence.meetings(self._local(after), self._local(until)):
            if one.replaced_by is None and after < one.at + WITHIN < until:
                yield one

    def _met(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """The next moment at which the service meets something of the team's."""
        facts = Facts(campaigns=self._facts.campaigns, events=self._facts.events)
        while after < until:
            moment = next_moment(self._weekly, facts, after)
            if moment.is_met:
                yield moment.at
                return
            after = moment.at

    def _title(self, meeting: Meeting) -> str:
        return self.file.reviews[meeting.review].title

    # ── what is done ─────────────────────────────────────────────────────────────────────────────────────────────

    def _people(self, sentences: list[str], said: dict[date, list[Said]]) -> None:
        """What people just did."""
        self.watch.people_acted()
        if sentences:
            said.setdefault(self._local(self.clock.now), []).extend(Said(one, by_alignd=False) for one in sentences)

    def _look(self, app: App, said: dict[date, list[Said]]) -> None:
        """One look of alignd's, as the service looks."""
        now = self.clock.now
        fresh = {name for name, read in self._whole_at.items() if now - read < A_DAY}
        report, outlook = app.cycle(Choices(partly=frozenset(fresh) - self._doubted, keeps_hours=True))
        self._whole_at |= {name: now for name, view in outlook.views.items() if view.whole}
        self._doubted = wants_whole(outlook)
        self._facts = facts_of(self.file, outlook, report)
        self.watch.alignd_synced()
        self.reports.append(report)
        sentences = self._teller.tell(report, outlook)
        if sentences:
            said.setdefault(self._local(report.at), []).extend(sentences)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0)


def _is_review_made(step: Step) -> bool:
    return step.kind is StepKind.CREATE and step.work is WorkKind.REVIEW and step.outcome is Outcome.DONE
