"""Parts of a task are added once, whatever happens on the way, and only where they count are they read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from mapping.links import LinkState, Note, NoteState
from mapping.tasks import AddPart, Part, View, WorkKind
from sync.observe import known_tasks
from sync.overheard import said_already
from sync.steps import Outcome, Reason, Step, StepKind
from sync.store import Store
from tests.unit.ledger_cycle import Ledger
from tests.unit.ledger_samples import NOW, Crash, MemoryTracker, comment_step, link

KEY = "saypro/event/launch"
NOTE = f"{KEY}#confirm/thandi"
TITLE = "Thandi: confirm your goals"


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with Store.open("sqlite://", workspace="saypro") as store:
        made = Ledger(store, MemoryTracker(), wanted=[KEY])
        made.cycle()
        yield made


def part_step(title: str = TITLE, assignee: str | None = "a-thandi", due: date | None = date(2026, 11, 9)) -> Step:
    order = AddPart("", NOTE, title, assignee, due)
    return Step(StepKind.UPDATE, Reason.EVENT, WorkKind.EVENT, NOTE, "launch", "asana", title, order=order)


def vendor(ledger: Ledger) -> MemoryTracker:
    assert isinstance(ledger.tracker, MemoryTracker)
    return ledger.tracker


def parts(ledger: Ledger) -> list[Part]:
    return [part for task in vendor(ledger).tasks.values() for part in task.parts or ()]


def wanted(ledger: Ledger) -> list[Step]:
    """As a plan would: a part that has no row, or one that is to be sent once more."""
    note = ledger.notes.get(NOTE)
    return [part_step()] if note is None or note.state is NoteState.PLANNED else []


def cycle(ledger: Ledger) -> list[Step]:
    """A cycle that plans the part from what is known by then."""

    def planned(_: object) -> list[Step]:
        ledger.notes = {**ledger.notes, **ledger.resolved.notes}
        return wanted(ledger)

    return ledger.after(minutes=3).cycle(planned)


def unknown_part(ledger: Ledger, fault: str) -> None:
    vendor(ledger).faults = [fault]
    (step,) = cycle(ledger)
    assert step.outcome is Outcome.UNKNOWN


def test_a_part_is_added_once_and_known_by_its_id(ledger: Ledger) -> None:
    (step,) = cycle(ledger)

    assert step.outcome is Outcome.DONE
    assert parts(ledger) == [Part("p2", TITLE, "a-thandi", date(2026, 11, 9))]
    assert (ledger.notes[NOTE].state, ledger.notes[NOTE].comment, ledger.notes[NOTE].text) == (
        NoteState.SAID,
        "p2",
        TITLE,
    )
    assert ledger.cycle([part_step()])[0].outcome is Outcome.DONE
    assert len(parts(ledger)) == 1


def test_an_unknown_part_that_stands_there_is_found_by_its_title(ledger: Ledger) -> None:
    unknown_part(ledger, "answer_lost")

    assert cycle(ledger) == []
    assert (ledger.notes[NOTE].state, ledger.notes[NOTE].comment) == (NoteState.SAID, "p2")
    assert len(parts(ledger)) == 1


def test_one_that_is_absent_twice_is_sent_once_more(ledger: Ledger) -> None:
    unknown_part(ledger, "lost")

    assert cycle(ledger) == []
    (step,) = cycle(ledger)
    assert step.outcome is Outcome.DONE
    assert len(parts(ledger)) == 1


def test_and_then_it_is_dropped_and_listed_once(ledger: Ledger) -> None:
    unknown_part(ledger, "lost")
    cycle(ledger)
    vendor(ledger).faults = ["lost"]
    cycle(ledger)
    assert ledger.notes[NOTE].state is NoteState.UNKNOWN
    cycle(ledger)
    assert cycle(ledger) == []
    assert ledger.notes[NOTE].state is NoteState.DROPPED
    assert [one.what for one in ledger.resolved.troubles] == [f"a part of Title of {KEY} could not be added: {TITLE}"]
    assert cycle(ledger) == []
    assert ledger.resolved.troubles == []
    assert parts(ledger) == []


@pytest.mark.parametrize("fault", ["crash", "crash_before"])
def test_killed_with_the_answer_it_is_looked_for_before_it_is_sent_again(ledger: Ledger, fault: str) -> None:
    vendor(ledger).faults = [fault]
    with pytest.raises(Crash):
        cycle(ledger)
    with ledger.store.records() as records:
        ledger.notes = records.notes()
    assert ledger.notes[NOTE].state is NoteState.SENDING

    for _ in range(3):
        cycle(ledger)

    assert [one.title for one in parts(ledger)] == [TITLE]
    assert ledger.notes[NOTE].state is NoteState.SAID


def test_parts_that_were_not_read_say_nothing_of_one_that_is_looked_for(ledger: Ledger) -> None:
    unknown_part(ledger, "lost")
    there = vendor(ledger).tasks["t1"]
    vendor(ledger).tasks["t1"] = replace(there, parts=None)

    cycle(ledger)
    cycle(ledger)

    assert (ledger.notes[NOTE].state, ledger.notes[NOTE].looks) == (NoteState.UNKNOWN, 0)


def test_of_two_parts_with_one_title_each_is_counted_once(ledger: Ledger) -> None:
    cycle(ledger)
    other = replace(part_step(), key=f"{KEY}#confirm/neo")
    vendor(ledger).faults = ["lost"]
    order = AddPart("", other.key, TITLE, "a-neo")
    ledger.after(minutes=3).cycle([replace(other, order=order)])

    ledger.after(minutes=3).cycle()

    assert ledger.notes[other.key].looks == 1


def test_a_person_who_is_refused_is_left_out_in_the_same_cycle_and_said(ledger: Ledger) -> None:
    vendor(ledger).faults = ["refused_extra"]

    (step,) = cycle(ledger)

    assert step.outcome is Outcome.DONE
    assert step.trouble is not None
    assert step.trouble.kind == "extra"
    assert parts(ledger) == [Part("p2", TITLE, None, date(2026, 11, 9))]


def test_one_that_is_refused_for_good_is_never_tried_again(ledger: Ledger) -> None:
    vendor(ledger).faults = ["refused"]

    (step,) = cycle(ledger)

    assert step.outcome is Outcome.FAILED
    assert ledger.notes[NOTE].state is NoteState.DROPPED
    assert cycle(ledger) == []


def test_a_part_of_a_task_made_in_the_same_cycle_comes_after_it() -> None:
    with Store.open("sqlite://", workspace="saypro") as store:
        ledger = Ledger(store, MemoryTracker(), wanted=[KEY])
        ledger.cycle([part_step()])
        assert [one.title for one in parts(ledger)] == [TITLE]


def test_what_a_restored_ledger_forgot_is_known_by_its_title(ledger: Ledger) -> None:
    cycle(ledger)
    view = View("asana", True, vendor(ledger).tasks)
    planned = replace(part_step(), order=AddPart("t1", NOTE, TITLE))

    found = said_already([planned], {"asana": view}, {}, NOW)

    assert (found[NOTE].state, found[NOTE].comment, found[NOTE].text) == (NoteState.SAID, "p2", TITLE)


def test_parts_of_one_task_share_a_request_and_wait_for_what_comes_before_them(ledger: Ledger) -> None:
    before = len(vendor(ledger).sent)
    more = [
        replace(part_step(), key=f"{KEY}#confirm/{one}", order=AddPart("", f"{KEY}#confirm/{one}", f"{one}: confirm"))
        for one in ("neo", "lerato")
    ]
    word = comment_step(KEY, "removed", "")

    ledger.after(minutes=3).cycle([word, part_step(), *more])

    kinds = [[one.__class__.__name__ for one in orders] for orders in vendor(ledger).sent[before:]]
    assert kinds == [["Say"], ["AddPart"] * 3]


# ── what is read ─────────────────────────────────────────────────────────────────────────────────────────────────


def asked(kind: WorkKind, note: NoteState | None = None, **changes: object) -> tuple[bool, bool]:
    """(with a whole listing or a change, at once)"""
    row = replace(link(KEY), kind=kind, task="t1", state=LinkState.LINKED, **changes)  # type: ignore[arg-type]
    notes = [Note(NOTE, KEY, "confirm", note, TITLE, NOW)] if note is not None else []
    (known,) = known_tasks([row], "asana", notes, NOW)
    return known.parts, known.parts_now


def test_parts_are_read_of_work_that_is_met_about() -> None:
    assert asked(WorkKind.EVENT) == asked(WorkKind.REVIEW) == asked(WorkKind.CAMPAIGN) == (True, False)
    assert asked(WorkKind.ACTION) == asked(WorkKind.DATA) == asked(WorkKind.SAID) == (False, False)


def test_a_finished_reviews_parts_are_read_for_five_weeks() -> None:
    today = NOW.date()
    assert asked(WorkKind.REVIEW, completed=True, due=today - timedelta(weeks=5)) == (True, False)
    assert asked(WorkKind.REVIEW, completed=True, due=today - timedelta(weeks=5, days=1)) == (False, False)
    assert asked(WorkKind.EVENT, completed=True, due=today) == (False, False)


def test_parts_are_read_at_once_while_one_is_looked_for() -> None:
    assert asked(WorkKind.EVENT, NoteState.SENDING) == asked(WorkKind.EVENT, NoteState.UNKNOWN) == (True, True)
    assert asked(WorkKind.EVENT, NoteState.SAID) == (True, False)
