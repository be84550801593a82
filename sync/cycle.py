"""One cycle: read → evaluate → plan → apply → record. Level-triggered: nothing depends on having seen an event.

`look` works everything out and writes what it learned into the store it is given; `plan` gives it a throw-away copy,
so a plan is a cycle that was never applied. `act` carries out the steps; `report` says what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from config import Config
from config.changes import changes, summary
from connectors.base import Channel, Source, Tracker
from mapping.goals import Goals
from sync.doubts import NOT_MADE, unsettled
from sync.execute import apply
from sync.failpoints import Failpoint, no_failpoint
from sync.gather import Gathered, gather
from sync.latches import MISSING, NEW, Latch, missing, too_many
from sync.learned import keep, logbook_of
from sync.look import Evaluated, Look, People
from sync.memory import Attempts, Memory, digests, recall
from sync.minutes import read_minutes, still_to_read
from sync.numbers import first_seen, new_definitions, work_out
from sync.observe import needed_elsewhere, observe, own_user_advised
from sync.outbox import send_due
from sync.outlook import Choices, Outlook, problems_of
from sync.overheard import said_already
from sync.plan.campaigns import campaigns_given_up, campaigns_missed, campaigns_passed
from sync.plan.events import events_passed
from sync.plan.lateness import late_numbers
from sync.plan.meetings import given_up
from sync.plan.plan import creates, deferred, plan
from sync.plan.reviews import missed, passed_now
from sync.plan.situation import Situation
from sync.plan.summaries import summaries_owed
from sync.publishing import keep_tab, publish
from sync.question import desk_of, question_of
from sync.quiet import still_waiting
from sync.readback import ReadBack, Readers, dismiss, freed, read_back
from sync.resolve import resolve
from sync.source_states import counted_since, source_states
from sync.steps import CallCount, CycleReport, Problem, Step, StepKind
from sync.store import Records, Store
from sync.unified.written import write_reports
from sync.written_lines import MinutesBack, Room


@dataclass(frozen=True)
class Cycle:
    """One pass over one workspace. Everything it depends on is given; it keeps nothing between passes.

    `calls_before`: of each vendor, those made before this cycle.
    """

    config: Config
    store: Store
    sources: Mapping[str, Source]
    trackers: Mapping[str, Tracker]
    clock: Callable[[], datetime]
    choices: Choices
    failpoint: Failpoint = no_failpoint
    calls_before: Mapping[str, CallCount] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)

    # ── look ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def look(self, cycle: int | None) -> Outlook:
        """Read the world and the record, judge, and plan. Writes to the store only.

        Before anything is made in a tracker its whole listing is read: if the plan makes something where only what
        changed was read, the trackers concerned are read again, whole, and all is planned anew on that.
        """
        keep_tab(self.config, self.store, self.sources)
        first = self._look(self.clock(), cycle)
        outlook = first.outlook
        again = frozenset(one.tracker for one in creates(outlook.steps) if not outlook.views[one.tracker].whole)
        last = self._look(outlook.now, cycle, first, again) if again else first
        last.outlook.problems += late_numbers(last.situation)
        last.outlook.problems += self._passed(last.situation)
        last.outlook.given_up = given_up(last.situation) | campaigns_given_up(last.situation)
        return last.outlook

    def _look(
        self, now: datetime, cycle: int | None, before: Look | None = None, again: frozenset[str] = frozenset()
    ) -> Look:
        """One look; after `before`, a second one that reads only the trackers `again`, and asks the sources nothing."""
        memory = self._recall(now)
        outlook = Outlook(now, cycle, links=dict(memory.links), notes=dict(memory.notes))
        outlook.file_changes = tuple(changes(memory.file_summary, summary(self.config)))
        if before is not None:
            outlook.views = {name: view for name, view in before.outlook.views.items() if name not in again}
            outlook.seen, outlook.troubles = list(before.outlook.seen), list(before.outlook.troubles)
            self._observe(outlook, memory, again, ())
        else:
            self._observe(outlook, memory, self.trackers, self.choices.partly)
        repairs = self._resolve(outlook, memory)
        people, stopped = self._read_back(outlook, memory, again if before is not None else self.trackers)
        if before is not None:
            people = people.after(before.people)
        evaluated = self._evaluate(outlook, memory, people, before.gathered if before is not None else None)
        with self.store.records() as records:
            keep(records, outlook, memory, evaluated, people)

        situation = self._situation(outlook, memory, evaluated, people, stopped)
        steps = _united(plan(situation), [deferred(one, situation) for one in repairs])
        outlook.steps = self._latched(self._not_said_yet(steps, outlook), outlook, memory)
        outlook.logbook = evaluated.logbook
        outlook.situation = situation
        outlook.nothing_reachable = bool(self.trackers) and not outlook.views and not evaluated.gathered.reached
        return Look(outlook, people, replace(evaluated.gathered, photographs=[]), situation)

    def _recall(self, now: datetime) -> Memory:
        if any(kpi.was is not None for kpi in self.config.kpis.values()):
            with self.store.records() as records:
                _carry_over(records, self.config)
        with self.store.records(reads_only=True) as records:
            today = self.config.workspace.calendar.local_date(now)
            return recall(records, self.config, today, Attempts(self.store))

    def _observe(self, outlook: Outlook, memory: Memory, which: Collection[str], partly: Collection[str]) -> None:
        """These trackers as they stand now; of those in `partly` what changed."""
        observed = observe(
            {name: tracker for name, tracker in self.trackers.items() if name in which},
            list(memory.links.values()),
            memory.tracker_memory,
            list(self.config.people.values()),
            outlook.now,
            partly=partly,
            notes=memory.notes.values(),
            owed=self._owed(memory, outlook.now),
        )
        if not memory.definitions:
            observed.troubles += own_user_advised(observed.views, self.config)
        outlook.views = {**outlook.views, **observed.views}
        outlook.troubles += needed_elsewhere(observed.troubles, self.config)

    def _owed(self, memory: Memory, now: datetime) -> frozenset[str]:
        """Reviews that are to be summed up now: all that stands on their tasks is read."""
        return summaries_owed(memory.links.values(), memory.notes.values(), self.config, now)

    def _resolve(self, outlook: Outlook, memory: Memory) -> list[Step]:
        """What became of what was in doubt; the steps that put it right."""
        found = resolve(outlook.links, outlook.notes, outlook.views, self.trackers, self.config, memory, outlook.now)
        outlook.links.update(found.links)
        outlook.notes.update(found.notes)
        outlook.seen += found.seen
        outlook.troubles += found.troubles
        return found.steps

    def _read_back(self, outlook: Outlook, memory: Memory, fresh: Collection[str]) -> tuple[People, frozenset[str]]:
        """What people did, tracker by tracker; a mass disappearance stops writing there and dismisses nothing.

        `fresh`: trackers read in this look; what was written in the others is taken already.
        """
        now = outlook.now
        united, minutes, stopped = ReadBack(), MinutesBack(), set[str]()
        for tracker, view in outlook.views.items():
            readers = Readers(
                {account: person for person, account in view.accounts.items()},
                outlook.notes,
                memory.decided,
                self.config.workspace.calendar,
                now,
            )
            links = [link for link in outlook.links.values() if link.tracker == tracker]
            back = read_back(links, view, readers)
            latch = memory.latches.get(tracker, {}).get(MISSING)
            accepted = tracker in self.choices.accept_missing
            vanished = missing(tracker, links, view, latch, accepted=accepted, now=now)
            self._set(tracker, MISSING, latch, vanished.latch, outlook)
            if vanished.latch is not None:
                stopped.add(tracker)
            outlook.links |= back.read | back.links
            outlook.notes.update(back.notes)
            for key in back.gone if vanished.latch is None else []:
                link, seen, decision = dismiss(outlook.links[key], now)
                outlook.links[key] = link
                back.seen += [seen] if seen is not None else []
                back.decisions += [decision] if decision is not None else []
            outlook.seen += back.seen
            united.read |= back.read
            united.decisions += back.decisions
            united.replies += back.replies
            standing = [link for link in outlook.links.values() if link.tracker == tracker]
            if tracker not in fresh:
                outlook.links.update(still_to_read(standing, memory.links))
                continue
            room = Room(self.config, outlook.links, memory.links, self._owed(memory, now), memory.young)
            said = read_minutes(standing, view, readers, memory.logbook.minutes, memory.logbook.evaluations, room)
            united.decisions += said.decisions
            minutes.minutes |= said.minutes
            minutes.amended |= said.amended
            minutes.evaluations |= said.evaluations
            outlook.links.update(said.links)
            minutes.young |= said.young
            minutes.settled |= said.settled
        outlook.young = still_waiting(memory.young, minutes.settled, minutes.young, now)
        outlook.links.update(freed(outlook.links))
        return People(united, minutes), frozenset(stopped)

    def _evaluate(self, outlook: Outlook, memory: Memory, people: People, gathered: Gathered | None) -> Evaluated:
        """Ask the sources what could matter now (unless they answered: `gathered`), and judge every KPI on it."""
        config, now = self.config, outlook.now
        forms = digests(config)
        present = {kpi: digest for kpi, (digest, _) in forms.items()}
        desk = desk_of(config, memory, now)
        if gathered is None:
            gathered = gather(question_of(config, memory, present, desk), self.sources, config, memory, present, desk)
        definitions, ended = new_definitions(forms, memory, now)
        since = first_seen(present, memory, now)
        numbers = work_out(config, memory, present, since, gathered, ended, outlook.links, desk)
        outlook.links.update(numbers.links)
        outlook.troubles += [*gathered.troubles, *numbers.troubles]
        outlook.shown = numbers.shown
        outlook.open_episodes = frozenset(
            (kpi, record.episode.opened.label)
            for kpi, record in numbers.records.items()
            if record.episode is not None and record.episode.is_open
        )
        logbook = logbook_of(config, outlook, memory, gathered, numbers, people)
        return Evaluated(gathered, numbers, definitions, logbook)

    def _passed(self, situation: Situation) -> list[Problem]:
        """Meetings that passed without a task: kept, and said in this cycle."""
        found = [*passed_now(situation), *campaigns_passed(situation), *events_passed(situation)]
        if found:
            with self.store.records() as records:
                records.keep_passed(found)
        return [*missed(found, situation), *campaigns_missed(found, situation)]

    def _situation(
        self, outlook: Outlook, memory: Memory, evaluated: Evaluated, people: People, stopped: frozenset[str]
    ) -> Situation:
        """All that the plan is made from. A tracker that is stopped counts as one that was not read."""
        return Situation(
            config=self.config,
            now=outlook.now,
            records=evaluated.numbers.records,
            links=outlook.links,
            notes=outlook.notes,
            views={tracker: view for tracker, view in outlook.views.items() if tracker not in stopped},
            goals=Goals(self.config.goals),
            replies=people.back.replies,
            sources=source_states(self.config, memory, evaluated.gathered),
            config_changed=bool(outlook.file_changes),
            stopped=stopped,
            counted_since=counted_since(self.config, memory, evaluated.definitions, outlook.now),
            logbook=evaluated.logbook,
            keeps_hours=self.choices.keeps_hours,
            target_rows=evaluated.numbers.target_rows,
            photographs=memory.photographs_with(evaluated.gathered.photographs),
        )

    def _not_said_yet(self, steps: Sequence[Step], outlook: Outlook) -> list[Step]:
        """Without the comments that stand there already, forgotten by a ledger that was restored."""
        known = said_already(steps, outlook.views, outlook.notes, outlook.now)
        outlook.notes.update(known)
        if known:
            with self.store.records() as records:
                records.put_notes(list(known.values()))
        return [step for step in steps if step.key not in known or step.sets]

    def _latched(self, steps: Sequence[Step], outlook: Outlook, memory: Memory) -> list[Step]:
        """The latch before mass creation, tracker by tracker."""
        held, now = list(steps), outlook.now
        for tracker, settings in self.config.trackers.items():
            standing = memory.latches.get(tracker, {}).get(NEW)
            checked = too_many(tracker, held, settings.new_at_most, standing, accepted=self.choices.accept_new, now=now)
            held = list(checked.steps)
            self._set(tracker, NEW, standing, checked.latch, outlook)
        return held

    def _set(self, tracker: str, name: str, standing: Latch | None, latch: Latch | None, outlook: Outlook) -> None:
        if latch is None and standing is None:
            return
        with self.store.records() as records:
            if latch is None:
                records.clear_latch(tracker, name)
            else:
                records.set_latch(latch)
                outlook.latches.append(latch)

    # ── act ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def act(self, outlook: Outlook) -> None:
        """Carry out what is planned. The outlook's steps become what became of them."""
        if outlook.cycle is None:
            raise ValueError("a plan is not carried out")
        live = {tracker: self.trackers[tracker] for tracker in outlook.views}
        outlook.steps = apply(
            outlook.steps,
            store=self.store,
            trackers=live,
            links=outlook.links,
            notes=outlook.notes,
            cycle=outlook.cycle,
            now=self.clock,
            failpoint=self.failpoint,
            vendor_now={tracker: view.vendor_now for tracker, view in outlook.views.items()},
        )

    # ── show and tell ────────────────────────────────────────────────────────────────────────────────────────────

    def tell(self, outlook: Outlook) -> None:
        """Show how things stand now where the file says (a tab, goals, reports for meetings), and send letters."""
        situation = outlook.after()
        outlook.problems += publish(situation, self.store, self.sources, self.trackers)
        outlook.problems += write_reports(situation, outlook.steps, self.store)
        outlook.problems += send_due(situation, outlook, self.store, self.channels, self.failpoint)

    # ── report ───────────────────────────────────────────────────────────────────────────────────────────────────

    def report(self, outlook: Outlook) -> CycleReport:
        """What happened, or would. Keeps which problems were there, so that a new one can be told."""
        with self.store.records() as records:
            doubtful = [one for one in outlook.links.values() if one.state in NOT_MADE and outlook.is_wanted(one)]
            outlook.problems += unsettled(doubtful, records.attempts([one.key for one in doubtful]))
            problems = problems_of(outlook)
            marked = records.keep_problems(problems, outlook.now)
            if outlook.cycle is not None:
                records.keep_file_summary(summary(self.config))
        return CycleReport(
            workspace=self.config.workspace.id,
            cycle=outlook.cycle,
            at=outlook.now.astimezone(self.config.workspace.calendar.zone),
            shown=tuple(outlook.shown),
            steps=tuple(outlook.steps),
            calls=self._calls(),
            seen=tuple(outlook.seen),
            problems=tuple(marked),
            file_changes=outlook.file_changes,
            nothing_reachable=outlook.nothing_reachable,
        )

    def _calls(self) -> dict[str, CallCount]:
        """The calls of this cycle: connectors count on as long as they live."""
        return {
            name: count.less(self.calls_before.get(name, CallCount(0, 0, 0)))
            for name, count in calls_so_far({**self.sources, **self.trackers, **self.channels}).items()
        }


def calls_so_far(vendors: Mapping[str, Source | Tracker | Channel]) -> dict[str, CallCount]:
    """Of each source, tracker and channel, since it was built."""
    return {name: CallCount(one.calls.made, one.calls.least, one.calls.charged) for name, one in vendors.items()}


def _united(planned: Sequence[Step], repairs: Sequence[Step]) -> list[Step]:
    """The plan and what resolving adds to it. A comment that is planned anew is not said once more beside that."""
    said = {one.key for one in planned if one.kind is StepKind.COMMENT}
    return [*planned, *(one for one in repairs if one.kind is not StepKind.COMMENT or one.key not in said)]


def _carry_over(records: Records, config: Config) -> None:
    """`was: old_id` carries history and items over, once."""
    for kpi in config.kpis.values():
        if kpi.was is not None and records.definitions(kpi.was) and not records.definitions(kpi.id):
            records.rename_kpi(kpi.was, kpi.id)
