"""What alignd did in a sync, in short sentences for people who read the demo."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from config import Config
from connectors.sandbox.story.people import named
from mapping.documents import Document, plain
from mapping.logbook import LineKind, Minute
from mapping.periods import PeriodKind
from mapping.tasks import AddPart, WorkKind
from mapping.wording import join_words, show_day, unit_word
from sync.demo.summary import Said
from sync.outlook import Outlook
from sync.steps import CycleReport, Outcome, Reason, Seen, Step, StepKind

_SPOKEN = frozenset({Reason.ANSWER, Reason.RECOVERED, Reason.WORSE, Reason.CORRECTED})

_MET = frozenset({WorkKind.REVIEW, WorkKind.CAMPAIGN, WorkKind.EVENT})
_TOLD_ABOUT = frozenset({StepKind.CREATE, StepKind.COMMENT, StepKind.EDIT_COMMENT})
_NUMBERED = re.compile(r"\d+\. ")
_NOTHING = Document(())
_LINES = (
    (LineKind.DECISION, "decision"),
    (LineKind.ACTION, "action"),
    (LineKind.FEEDBACK, "remark"),
    (LineKind.HELPED, "answer"),
)  # fmt: skip


def _about(step: Step) -> tuple[str, ...]:
    """What a task that is made asks about."""
    return step.link.about if step.link is not None else ()


def asked(title: str) -> str:
    """A title without what is asked of every one: "Website sessions 16 % below target"."""
    return title.split(": find out why")[0]


def met_title(title: str) -> str:
    """A meeting's title without how the month went, and without numbers."""
    return title.split(": how ")[0].split(": website sessions")[0]


@dataclass
class Teller:
    """Turns reports into sentences; remembers titles, what it told of what waits, and what people wrote (`heard`)."""

    config: Config
    titles: dict[str, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    heard: dict[str, Minute] = field(default_factory=dict)
    usual: set[tuple[str, str]] = field(default_factory=set)

    def tell(self, report: CycleReport, outlook: Outlook) -> tuple[Said, ...]:
        """What a look came to, in the order of its work."""
        today = report.at.astimezone(self.config.workspace.calendar.zone).date()
        read = [*self._seen(report), *self._heard(outlook, today)]
        return (
            *(Said(one, by_alignd=True) for one in read),
            *self._done(report, today),
            *(Said(one, by_alignd=True) for one in self._held(report)),
        )

    # ── what people wrote in meetings ────────────────────────────────────────────────────────────────────────────

    def _heard(self, outlook: Outlook, today: date) -> Iterator[str]:
        """New lines, meeting by meeting: "reads that back: 1 decision and 2 actions"."""
        minutes = outlook.logbook.minutes
        new = [one for source, one in minutes.items() if self.heard.get(source) != one and not one.withdrawn]
        self.heard |= {one.source: one for one in new}
        for link in dict.fromkeys(one.link for one in new):
            kinds = Counter(one.kind for one in new if one.link == link)
            counts = [f"{many} {name if many == 1 else f'{name}s'}" for kind, name in _LINES if (many := kinds[kind])]
            read = "reads that back" if outlook.links[link].due == today else f"reads back from {self._meeting(link)}"
            if counts:
                yield f"{read}: {join_words(counts)}"

    def _meeting(self, key: str) -> str:
        """A meeting as people speak of it: its title and day, without how the month went."""
        return f"“{met_title(self.titles.get(key, key))}”"

    # ── what it found ────────────────────────────────────────────────────────────────────────────────────────────

    def _seen(self, report: CycleReport) -> Iterator[str]:
        edited: dict[str, list[str]] = {}
        for one in report.seen:
            if one.what == "edited":
                edited.setdefault(one.key, []).append({"due": "due date"}.get(one.detail, one.detail))
            elif sentence := self._met(one):
                yield sentence
        for key, fields in edited.items():
            yield f"leaves the {join_words(fields)} of {self._title(key)} as people set it"

    def _met(self, one: Seen) -> str:
        is_action = "/action/" in one.key
        if one.what == "completed" and is_action:
            return f"takes {self._title(one.key)} as done; the {self._unit(one.key)} after it will tell"
        if one.what == "dismissed":
            return f"takes that as a decision: {self._title(one.key)} is not asked again"
        return ""

    # ── what it did ──────────────────────────────────────────────────────────────────────────────────────────────

    def _done(self, report: CycleReport, today: date) -> Iterator[Said]:
        confirming: dict[str, list[str]] = {}
        for step in report.steps:
            if step.kind is StepKind.CREATE:
                self.titles[step.key] = step.title
            if step.outcome is not Outcome.DONE:
                continue
            if isinstance(step.order, AddPart):
                confirming.setdefault(step.key.partition("#")[0], []).append(self._person(step))
            elif step.work in _MET and step.kind in _TOLD_ABOUT:
                yield from self._met_about(step)
            elif sentence := self._did(step, today):
                yield Said(sentence, by_alignd=True)
        for key, people in confirming.items():
            yield Said(f"asks {join_words(people)} to confirm what is theirs in {self._meeting(key)}", by_alignd=True)

    def _met_about(self, step: Step) -> Iterator[Said]:
        """What it does about a meeting. What it does for every one of them is routine but for the first time."""
        key = step.key.partition("#")[0]
        meeting = self._meeting(key)
        if step.kind is StepKind.CREATE:
            rows = plain(getattr(step.order, "body", _NOTHING)).splitlines()
            many = sum(_NUMBERED.match(row) is not None for row in rows)
            decide = f": {many} to decide" if many else ""
            yield Said(f"makes the task of {meeting}{decide}", True, self._is_usual("made", step))
            for item in (one.removeprefix("helped:") for one in _about(step) if one.startswith("helped:")):
                yield Said(f"asks there whether what was done about {self._title(item)} helped", by_alignd=True)
        elif step.reason is Reason.SUMMARY and step.kind is StepKind.EDIT_COMMENT:
            yield Said(f"adds that to the summary of {meeting}", by_alignd=True)
        elif step.reason is Reason.SUMMARY:
            is_empty = not any(one.link == key for one in self.heard.values())
            yield Said(f"sums up {meeting} for everybody invited", True, is_empty or self._is_usual("summed up", step))
        elif step.reason is Reason.TODAY:
            yield Said(f"writes on {meeting} what changed since", True, is_routine=True)
        else:
            yield Said(f"answers on {meeting}: {step.title}", by_alignd=True)

    def _is_usual(self, what: str, step: Step) -> bool:
        """Whether it was done before for a review that meets more often than monthly."""
        review = self.config.reviews.get(step.subject) if step.work is WorkKind.REVIEW else None
        if review is None or review.rhythm.every.kind is not PeriodKind.WEEK:
            return False
        was_told = (what, step.subject) in self.usual
        self.usual.add((what, step.subject))
        return was_told

    def _did(self, step: Step, today: date) -> str:
        task = self._title(step.key)
        match step.kind:
            case StepKind.CREATE:
                due = getattr(step.order, "due", None)
                by = f", by {show_day(due, today)}" if due is not None else ""
                return f"asks {self._person(step)} in {self._tracker(step)}{by}: {asked(step.title)}"
            case StepKind.COMMENT if step.reason in _SPOKEN:
                return f"writes on {task}: {step.title}"
            case StepKind.COMMENT:
                return f"adds the newest numbers to {task}"
            case StepKind.EDIT_COMMENT:
                return f"renews the numbers on {task}"
            case StepKind.COMPLETE:
                return f"completes {task}: {step.because}"
            case StepKind.REOPEN:
                return f"opens {task} again: {step.because}"
            case StepKind.UPDATE:
                return f"updates {task}: {step.because}"
            case StepKind.FOLLOW:
                return f"adds {self._person(step)} to {task}: {step.because}"
            case StepKind.ARCHIVE:
                return f"archives {task}: {step.because}"

    def _held(self, report: CycleReport) -> Iterator[str]:
        for step in report.steps:
            if step.outcome is Outcome.WAITING and step.kind is StepKind.CREATE and step.key not in self.held:
                self.held.add(step.key)
                yield f"makes no task for {named(step.title)}: {step.because}"

    # ── names ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _title(self, key: str) -> str:
        task, _, _ = key.partition("#")
        return named(self.titles.get(task, task))

    def _unit(self, key: str) -> str:
        """The periods of a key's KPI in words: "full weeks"."""
        kpi = self.config.kpis.get(key.split("/")[2])
        return f"full {unit_word(kpi.period, 2)}" if kpi is not None else "next periods"

    def _person(self, step: Step) -> str:
        person = self.config.people.get(step.person or "")
        return person.name.split()[0] if person is not None else "the team"

    def _tracker(self, step: Step) -> str:
        return self.config.trackers[step.tracker].kind.capitalize()
