"""What alignd did in a sync, in short sentences for people who read the demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from config import Config
from connectors.sandbox.story.people import named
from mapping.wording import join_words, show_day, unit_word
from sync.steps import CycleReport, Outcome, Reason, Seen, Step, StepKind

_SPOKEN = frozenset({Reason.ANSWER, Reason.RECOVERED, Reason.WORSE, Reason.CORRECTED})


def asked(title: str) -> str:
    """A title without what is asked of every one: "Website sessions 16 % below target"."""
    return title.split(": find out why")[0]


@dataclass
class Teller:
    """Turns reports into sentences; remembers titles, and what it told of what waits."""

    config: Config
    titles: dict[str, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)

    def tell(self, report: CycleReport) -> tuple[str, ...]:
        today = report.at.astimezone(self.config.workspace.calendar.zone).date()
        return (*self._seen(report), *self._done(report, today), *self._held(report))

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

    def _done(self, report: CycleReport, today: date) -> Iterator[str]:
        for step in report.steps:
            if step.kind is StepKind.CREATE:
                self.titles[step.key] = step.title
            if step.outcome is Outcome.DONE and (sentence := self._did(step, today)):
                yield sentence

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
