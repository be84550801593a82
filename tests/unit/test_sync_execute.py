"""Applying a plan: every state × every outcome, and what the ledger says of it before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from mapping.documents import plain
from mapping.links import Link, LinkState, NoteState
from mapping.tasks import Archive, Complete, Create, EditComment, Fate, Follow, Order, Reopen, Result, Say, Update
from sync.execute import apply
from sync.steps import Outcome, Reason, Step, StepKind
from sync.store import LockLost, Store
from tests.unit.ledger_cycle import Ledger
from tests.unit.ledger_samples import (
    KEY,
    NOW,
    Crash,
    MemoryTracker,
    change_step,
    comment_step,
    create_step,
    document,
    link,
    order,
)

KEYS = [f"saypro/action/k{n}/2026-W46" for n in range(25)]


@pytest.fixture
def ledger(store_url: str) -> Iterator[Ledger]:
    with Store.open(store_url, workspace="saypro") as store:
        yield Ledger(store, MemoryTracker())


@pytest.fixture
def quick() -> Iterator[Ledger]:
    """The same in memory, for tests that are about the protocol alone."""
    with Store.open("sqlite://", workspace="saypro") as store:
        yield Ledger(store, MemoryTracker())


def vendor(ledger: Ledger) -> MemoryTracker:
    assert isinstance(ledger.tracker, MemoryTracker)
    return ledger.tracker


def run(ledger: Ledger, steps: list[Step], links: dict[str, Link] | None = None) -> list[Step]:
    """Apply alone, on the ledger as it stands."""
    with ledger.store.records() as records:
        records.put_links(list((links or {}).values()))
        ledger.links, ledger.notes = records.links(), records.notes()
    return apply(
        steps,
        store=ledger.store,
        trackers={"asana": ledger.tracker},
        links=ledger.links,
        notes=ledger.notes,
        cycle=1,
        now=lambda: ledger.now,
        failpoint=ledger.failpoint,
        vendor_now={"asana": ledger.now - timedelta(seconds=5)},
    )


# ── creates ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_create_that_is_answered_is_linked_with_what_the_vendor_answered(ledger: Ledger) -> None:
    ledger.wanted = [KEY]
    (step,) = ledger.cycle()
    (task,) = vendor(ledger).tasks.values()
    made = ledger.links[KEY]
    assert (step.outcome, step.task) == (Outcome.DONE, task.id)
    assert (made.state, made.task, made.made_cycle) == (LinkState.LINKED, task.id, 1)
    assert (made.written.title, made.written.assignee, made.written.due) == (task.title, "a-thandi", task.due)
    assert made.written.notes == task.notes
    assert (made.url, made.home, made.seen_modified) == (task.url, "project", task.modified_at)
    assert ledger.cycle() == []
    assert len(vendor(ledger).sent) == 1


def test_sending_is_durable_with_its_frozen_order_before_the_request_leaves(ledger: Ledger, store_url: str) -> None:
    seen: list[object] = []

    def look(name: str) -> None:
        if name == "after-intent":
            with Store.open(store_url, workspace="saypro", create=False) as other, other.records() as records:
                (attempt,) = records.attempts()[KEY]
                seen.extend([records.links()[KEY].state, attempt.order, attempt.vendor_at, len(vendor(ledger).sent)])

    ledger.failpoint = look
    run(ledger, [create_step()])
    assert seen == [LinkState.SENDING, order(), NOW - timedelta(seconds=5), 0]


def test_fifty_creates_are_packed_into_as_few_requests_as_the_tracker_allows(quick: Ledger) -> None:
    quick.wanted = [f"saypro/action/k{n}/2026-W46" for n in range(50)]
    assert [step.outcome for step in quick.cycle()] == [Outcome.DONE] * 50
    assert [len(orders) for orders in vendor(quick).sent] == [10] * 5


def test_a_tracker_without_batches_gets_one_request_a_create(quick: Ledger) -> None:
    vendor(quick).batch = 1
    quick.wanted = KEYS
    quick.cycle()
    assert [len(orders) for orders in vendor(quick).sent] == [1] * 25


@pytest.mark.parametrize("state", list(LinkState))
@pytest.mark.parametrize(
    ("fault", "outcome", "after"),
    [
        ("ok", Outcome.DONE, LinkState.LINKED),
        ("lost", Outcome.UNKNOWN, LinkState.UNKNOWN),
        ("answer_lost", Outcome.UNKNOWN, LinkState.UNKNOWN),
        ("not_sent", Outcome.DEFERRED, LinkState.PLANNED),
        ("refused", Outcome.FAILED, LinkState.FAILED),
        ("forbidden", Outcome.FAILED, LinkState.PLANNED),
        ("refused_extra", Outcome.DONE, LinkState.LINKED),
    ],
)
def test_every_state_and_every_outcome(
    quick: Ledger, state: LinkState, fault: str, outcome: Outcome, after: LinkState
) -> None:
    vendor(quick).faults = [fault]
    standing = link(state=state, task="t9" if state in (LinkState.LINKED, LinkState.DISMISSED) else None)
    (step,) = run(quick, [create_step()], {KEY: standing})
    if state in (LinkState.PLANNED, LinkState.FAILED):
        assert (step.outcome, quick.links[KEY].state) == (outcome, after)
        assert len(vendor(quick).sent) == (2 if fault == "refused_extra" else 1)
    else:  # only what was never sent, or was refused, is sent
        assert (step.outcome, quick.links[KEY].state) == (Outcome.DEFERRED, state)
        assert vendor(quick).sent == []
    with quick.store.records() as records:
        assert records.links() == quick.links


def test_an_extra_that_is_refused_is_left_out_in_the_same_cycle_and_said_once(quick: Ledger) -> None:
    vendor(quick).faults = ["refused_extra"]
    fallback = order(title="Title", body=document(KEY, "For: Thandi Mokoena"), assignee=None)
    (step,) = run(quick, [create_step(fallback=fallback)])
    (task,) = vendor(quick).tasks.values()
    assert task.notes.startswith("For: Thandi Mokoena")
    assert step.outcome is Outcome.DONE
    assert step.trouble is not None
    assert step.trouble.kind == "extra"
    assert quick.links[KEY].written.assignee is None
    with quick.store.records() as records:
        assert [one.fate for one in records.attempts()[KEY]] == [Fate.REFUSED, Fate.DONE]


def test_in_a_batch_only_the_one_that_was_refused_for_an_extra_is_made_again(quick: Ledger) -> None:
    vendor(quick).faults = ["refused_extra"]
    steps = [create_step(KEYS[0]), create_step(KEYS[1], order=order(KEYS[1], assignee=None))]
    assert [one.outcome for one in run(quick, steps)] == [Outcome.DONE, Outcome.DONE]
    assert [len(orders) for orders in vendor(quick).sent] == [2, 1]
    assert len(vendor(quick).tasks) == 2


@dataclass
class Choosy(MemoryTracker):
    """Refuses followers, and with `owners_too` assignees, one at a time."""

    owners_too: bool = False

    def carry_out(self, one: Order) -> Result:
        if isinstance(one, Create) and one.followers:
            return replace(self._refusal("no such follower", "extra"), refused_extra="followers")
        if isinstance(one, Create) and one.assignee and self.owners_too:
            return replace(self._refusal("no such account", "extra"), refused_extra="assignee")
        return super().carry_out(one)


@pytest.mark.parametrize(("owners_too", "assignee"), [(False, "a-thandi"), (True, None)])
def test_work_whose_followers_are_refused_keeps_its_owner(
    quick: Ledger, owners_too: bool, assignee: str | None
) -> None:
    quick.tracker = Choosy(owners_too=owners_too)
    fallback = order(body=document(KEY, "For: Thandi Mokoena"), assignee=None)
    (step,) = run(quick, [create_step(order=order(followers=("a-sipho",)), fallback=fallback)])
    assert step.outcome is Outcome.DONE
    assert step.trouble is not None
    (task,) = quick.tracker.live(KEY)
    assert task.assignees == (frozenset({assignee}) if assignee else frozenset())


def test_without_a_fallback_an_order_with_nothing_to_leave_out_fails(quick: Ledger) -> None:
    vendor(quick).faults = ["refused_extra", "refused"]
    (step,) = run(quick, [create_step()])
    assert (step.outcome, quick.links[KEY].failed_why) == (Outcome.FAILED, "no such project")
    assert quick.links[KEY].failed_at == NOW


def test_what_could_not_be_made_is_listed_until_it_is(quick: Ledger) -> None:
    quick.wanted = [KEY]
    vendor(quick).faults = ["refused"]
    quick.cycle()
    (problem,) = quick.problems
    assert (problem.where, problem.kind) == ("asana", "failed")
    assert "could not be made: Title of" in problem.what
    quick.after(hours=1).cycle()
    assert quick.problems == []


def test_a_tracker_that_asks_to_wait_gets_nothing_more_in_this_cycle(quick: Ledger) -> None:
    vendor(quick).faults = ["ok", "not_sent"]
    quick.wanted = KEYS
    steps = quick.cycle()
    assert [one.outcome for one in steps] == [Outcome.DONE] * 10 + [Outcome.DEFERRED] * 15
    assert len(vendor(quick).sent) == 2
    assert {one.because for one in steps[10:]} == {"asks to wait"}
    quick.after(hours=1).cycle()
    assert len(vendor(quick).tasks) == 25


def test_a_tracker_that_answers_nothing_twice_in_a_row_is_left_alone_till_the_next_cycle(quick: Ledger) -> None:
    vendor(quick).batch = 1
    vendor(quick).faults = ["lost", "ok", "lost", "answer_lost"]
    quick.wanted = KEYS[:6]
    outcomes = [one.outcome for one in quick.cycle()]
    assert outcomes == [
        Outcome.UNKNOWN,
        Outcome.DONE,
        Outcome.UNKNOWN,
        Outcome.UNKNOWN,
        Outcome.DEFERRED,
        Outcome.DEFERRED,
    ]


def test_an_answer_without_its_task_is_no_yes(quick: Ledger) -> None:
    class Terse(MemoryTracker):
        def write(self, orders):  # type: ignore[no-untyped-def]
            return [replace(one, task=None) for one in super().write(orders)][:-1]

    quick.tracker = Terse()
    steps = run(quick, [create_step(KEYS[0]), create_step(KEYS[1])])
    assert [one.outcome for one in steps] == [Outcome.UNKNOWN, Outcome.UNKNOWN]


def test_a_lock_that_is_lost_stops_before_anything_is_sent(quick: Ledger) -> None:
    class Lost(Store):
        def check_lock(self) -> None:
            raise LockLost("gone", "wait")

    quick.store.__class__ = Lost
    with pytest.raises(LockLost):
        run(quick, [create_step()])
    assert vendor(quick).sent == []
    assert quick.links == {}


def test_steps_that_are_held_or_for_a_tracker_that_is_away_are_not_sent(quick: Ledger) -> None:
    waiting = create_step(KEYS[0], outcome=Outcome.WAITING, order=None)
    deferred = create_step(KEYS[1], outcome=Outcome.DEFERRED)
    away = create_step(KEYS[2], tracker="trello")
    steps = run(quick, [waiting, deferred, away])
    assert steps[:2] == [waiting, deferred]
    assert (steps[2].outcome, steps[2].because) == (Outcome.DEFERRED, "trello could not be reached")
    assert vendor(quick).sent == []
    assert quick.links == {}


# ── comments ─────────────────────────────────────────────────────────────────────────────────────────────────────


def linked(**changes: object) -> Link:
    return replace(link(state=LinkState.LINKED, task="t1", title="Title"), **changes)  # type: ignore[arg-type]


@pytest.fixture
def talking(quick: Ledger) -> Ledger:
    """A ledger with one task made."""
    quick.wanted = [KEY]
    quick.cycle()
    return quick


def comments(ledger: Ledger) -> list[str]:
    return [one.text for task in vendor(ledger).tasks.values() for one in task.comments or ()]


def test_a_comment_is_said_once_however_often_it_is_planned(talking: Ledger) -> None:
    for _ in range(2):
        (step,) = talking.after(hours=1).cycle([comment_step()])
        assert step.outcome is Outcome.DONE
    assert comments(talking) == ["Worse."]
    note = talking.notes[f"{KEY}#worse/2026-W47"]
    assert (note.state, note.kind, note.comment, note.told_gap) == (NoteState.SAID, "worse", "c2", "-0.31")


def test_a_comment_that_is_in_the_plan_twice_is_said_once(talking: Ledger) -> None:
    steps = talking.cycle([comment_step(), comment_step()])
    assert [one.outcome for one in steps] == [Outcome.DONE, Outcome.DONE]
    assert comments(talking) == ["Worse."]


def test_a_comment_on_a_task_made_in_the_same_cycle_comes_after_it(quick: Ledger) -> None:
    create, said = run(quick, [comment_step(), create_step()])[::-1]
    assert (create.outcome, said.outcome, said.task) == (Outcome.DONE, Outcome.DONE, create.task)
    assert comments(quick) == ["Worse."]


def test_a_comment_on_a_task_that_could_not_be_made_waits_for_it(quick: Ledger) -> None:
    vendor(quick).faults = ["lost"]
    _, said = run(quick, [create_step(), comment_step()])
    assert said.outcome is Outcome.DEFERRED
    assert quick.notes == {}


@pytest.mark.parametrize(
    ("fault", "outcome", "state"),
    [
        ("lost", Outcome.UNKNOWN, NoteState.UNKNOWN),
        ("answer_lost", Outcome.UNKNOWN, NoteState.UNKNOWN),
        ("not_sent", Outcome.DEFERRED, None),
        ("forbidden", Outcome.FAILED, None),
        ("refused", Outcome.FAILED, NoteState.DROPPED),
    ],
)
def test_what_a_comment_became_is_in_its_row(
    talking: Ledger, fault: str, outcome: Outcome, state: NoteState | None
) -> None:
    vendor(talking).faults = [fault]
    (step,) = talking.cycle([comment_step(sets=(("episode", "2026-W47"),))])
    note = talking.notes.get(f"{KEY}#worse/2026-W47")
    assert step.outcome is outcome
    assert (note.state if note else None) is state
    # what hangs on a comment is done once it may stand, and not while it certainly does not
    assert talking.links[KEY].episode == ("2026-W46" if state is None else "2026-W47")


def test_two_comments_on_one_task_never_share_a_request(talking: Ledger) -> None:
    before = len(vendor(talking).sent)
    steps = [comment_step(label="2026-W47", text="One."), comment_step(label="2026-W48", text="Two.")]
    talking.cycle(steps)
    assert [len(orders) for orders in vendor(talking).sent[before:]] == [1, 1]
    assert comments(talking) == ["One.", "Two."]


def test_the_numbers_comment_is_edited_in_place_and_its_text_kept(talking: Ledger) -> None:
    talking.cycle([comment_step(kind="numbers", label="", text="Latest: one")])
    note = talking.notes[f"{KEY}#numbers"]
    assert note.comment is not None
    body = document(title="Latest: two")
    edit = EditComment("t1", note.comment, note.key, body, pinned=True)
    step = comment_step(kind="numbers", label="", order=edit)
    edited = replace(step, kind=StepKind.EDIT_COMMENT, task=talking.links[KEY].task)
    vendor(talking).faults = ["lost"]
    assert talking.cycle([edited])[0].outcome is Outcome.UNKNOWN
    assert talking.notes[note.key] == note  # it may safely be edited again
    assert talking.cycle([edited])[0].outcome is Outcome.DONE
    assert comments(talking) == [plain(body)]
    assert talking.notes[note.key].text == plain(body)
    assert talking.notes[note.key].comment == note.comment


def test_a_numbers_comment_that_a_person_deleted_is_not_made_again(talking: Ledger) -> None:
    talking.cycle([comment_step(kind="numbers", label="", text="Latest: one")])
    note = talking.notes[f"{KEY}#numbers"]
    vendor(talking).person("t1", comments=())
    edit = EditComment("t1", note.comment or "", note.key, document())
    step = replace(comment_step(kind="numbers", label="", order=edit), task="t1")
    assert talking.cycle([step])[0].outcome is Outcome.FAILED
    assert talking.notes[note.key].state is NoteState.DROPPED


# ── changes ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_the_fields_that_were_written_are_the_new_base_of_the_merge(talking: Ledger) -> None:
    vendor(talking).person("t1", title="Theirs", due=date(2026, 12, 24))
    order_ = Update("t1", frozenset({"assignee"}), assignee="a-sipho")
    (step,) = talking.cycle([change_step(StepKind.UPDATE, order_, sets=(("person", "sipho"), ("owner", "sipho")))])
    after = talking.links[KEY]
    assert step.outcome is Outcome.DONE
    assert (after.written.assignee, after.written.title) == ("a-sipho", f"Title of {KEY}")
    assert (after.written.due, after.due, after.title) == (date(2026, 11, 25), date(2026, 12, 24), "Theirs")
    assert (after.person, after.owner) == ("sipho", "sipho")


def test_a_title_and_a_due_date_that_were_written_are_the_base(talking: Ledger) -> None:
    order_ = Update("t1", frozenset({"title", "due"}), title="New", due=date(2026, 12, 1))
    talking.cycle([change_step(StepKind.UPDATE, order_)])
    assert talking.links[KEY].written.title == "New"
    assert talking.links[KEY].written.due == date(2026, 12, 1)


def test_completing_and_reopening_are_known_as_ours(talking: Ledger) -> None:
    talking.cycle([change_step(StepKind.COMPLETE, Complete("t1"))])
    done = talking.links[KEY]
    assert (done.completed, done.completed_at, done.completed_by) == (True, talking.now, None)
    talking.after(hours=1).cycle([change_step(StepKind.REOPEN, Reopen("t1", done.kind, date(2026, 12, 9)))])
    again = talking.links[KEY]
    assert (again.is_live, again.completed_at, again.due, again.written.due) == (
        True,
        None,
        date(2026, 12, 9),
        date(2026, 12, 9),
    )


def test_a_follower_changes_nothing_that_was_written(talking: Ledger) -> None:
    before = talking.links[KEY]
    (step,) = talking.cycle([change_step(StepKind.FOLLOW, Follow("t1", "a-neo"))])
    assert step.outcome is Outcome.DONE
    assert talking.links[KEY] == before


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("lost", Outcome.UNKNOWN),
        ("answer_lost", Outcome.UNKNOWN),
        ("not_sent", Outcome.DEFERRED),
        ("refused", Outcome.FAILED),
        ("forbidden", Outcome.FAILED),
    ],
)
def test_a_change_that_is_not_certain_leaves_the_ledger_and_may_be_repeated(
    talking: Ledger, fault: str, outcome: Outcome
) -> None:
    before = talking.links[KEY]
    vendor(talking).faults = [fault]
    step = change_step(StepKind.COMPLETE, Complete("t1"))
    assert talking.cycle([step])[0].outcome is outcome
    after = talking.links[KEY]
    assert replace(after, written=replace(after.written, asked=None), failed_at=None) == before
    assert (after.failed_at is not None) is (outcome is Outcome.FAILED)
    assert (after.written.asked is not None) is (outcome is Outcome.UNKNOWN)
    assert talking.cycle([step])[0].outcome is Outcome.DONE
    assert talking.links[KEY].completed


def test_putting_an_extra_away_does_not_touch_the_row_of_the_one_that_counts(talking: Ledger) -> None:
    copy = vendor(talking).copy("t1", by="a-alignd")
    before = talking.links[KEY]
    talking.wanted = []
    step = change_step(StepKind.COMPLETE, Complete(copy), reason=Reason.EXTRA)
    run(talking, [step])
    assert vendor(talking).tasks[copy].completed
    assert talking.links[KEY] == before


def test_what_is_withdrawn_counts_as_dismissed(talking: Ledger) -> None:
    step = change_step(StepKind.ARCHIVE, Archive("t1"), reason=Reason.WITHDRAWN)
    talking.cycle([step])
    after = talking.links[KEY]
    assert (after.state, after.archived) == (LinkState.DISMISSED, True)


def test_what_is_about_different_tasks_leaves_in_one_request_and_a_later_order_on_a_task_waits(talking: Ledger) -> None:
    before = len(vendor(talking).sent)
    complete = change_step(StepKind.COMPLETE, Complete("t1"))
    talking.wanted.append(KEYS[0])
    talking.cycle([complete, comment_step()])
    kinds = [[type(order).__name__ for order in orders] for orders in vendor(talking).sent[before:]]
    assert kinds == [["Create", "Complete"], ["Say"]]


def test_a_field_that_no_link_has_is_a_defect_and_said_so(talking: Ledger) -> None:
    with pytest.raises(ValueError, match="no episod"):
        talking.cycle([comment_step(sets=(("episod", "x"),))])


def test_a_crash_with_the_answer_leaves_sending_behind(quick: Ledger) -> None:
    vendor(quick).faults = ["crash"]
    with pytest.raises(Crash):
        run(quick, [create_step()])
    with quick.store.records() as records:
        assert records.links()[KEY].state is LinkState.SENDING
    assert isinstance(vendor(quick).sent[0][0], type(order()))
    assert not any(isinstance(one, Say) for orders in vendor(quick).sent for one in orders)
