"""Doubts: unknown creates, adoption, extras, unknown comments; each rule of "Exactly one task for a piece of work"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from mapping.keys import reference
from mapping.links import LinkState, NoteState
from mapping.tasks import Task, WorkKind
from sync.doubts import pending, unsettled
from sync.steps import Outcome, Reason, StepKind
from sync.store import Sending, Store
from tests.unit.ledger_cycle import UNKNOWN_AFTER, Ledger
from tests.unit.ledger_samples import KEY, NOW, MemoryTracker, comment_step, link, order


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with Store.open("sqlite://", workspace="saypro") as store:
        yield Ledger(store, MemoryTracker(), wanted=[KEY])


def vendor(ledger: Ledger) -> MemoryTracker:
    assert isinstance(ledger.tracker, MemoryTracker)
    return ledger.tracker


def creates(ledger: Ledger) -> int:
    return sum(one.__class__.__name__ == "Create" for orders in vendor(ledger).sent for one in orders)


def ours(key: str = KEY, **changes: object) -> Task:
    base = Task(
        "t100",
        "asana",
        "Made before",
        f"Text\n\n{reference(key)}",
        frozenset({"a-thandi"}),
        date(2026, 11, 25),
        home="project",
        url="https://tracker.example/t100",
        created_at=NOW,
        created_by="a-alignd",
        modified_at=NOW,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


# ── unknown creates ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_create_that_happened_is_linked_at_the_first_look_and_never_sent_again(ledger: Ledger) -> None:
    vendor(ledger).faults = ["answer_lost"]
    assert ledger.cycle()[0].outcome is Outcome.UNKNOWN
    assert [one.kind for one in ledger.problems] == ["unknown"]
    assert ledger.after(seconds=10).cycle() == []
    assert (ledger.links[KEY].state, ledger.links[KEY].task) == (LinkState.LINKED, "t1")
    assert [(one.what, one.key) for one in ledger.resolved.seen] == [("linked", KEY)]
    assert ledger.problems == []
    assert creates(ledger) == 1


def test_one_that_did_not_happen_is_made_after_two_looks_the_last_after_unknown_after(ledger: Ledger) -> None:
    vendor(ledger).faults = ["lost"]
    ledger.cycle()
    for minutes, looks in ((1, 1), (1, 1), (1, 2), (6, 3)):  # at 1, 2 (too soon after the first), 3 and 9 minutes
        assert ledger.after(minutes=minutes).cycle() == []
        assert (ledger.links[KEY].state, ledger.links[KEY].looks) == (LinkState.UNKNOWN, looks)
    (step,) = ledger.after(minutes=2).cycle()
    assert step.outcome is Outcome.DONE
    assert creates(ledger) == 2
    assert len(vendor(ledger).live(KEY)) == 1


def test_after_a_long_time_away_two_cycles_are_still_needed(ledger: Ledger) -> None:
    vendor(ledger).faults = ["lost"]
    ledger.cycle()
    assert ledger.after(days=3).cycle() == []
    assert ledger.after(minutes=1).cycle() == []  # less than 2 minutes after the first look
    assert ledger.after(minutes=1).cycle()[0].outcome is Outcome.DONE


def test_a_look_at_less_than_the_whole_listing_does_not_count(ledger: Ledger) -> None:
    vendor(ledger).faults = ["lost"]
    ledger.cycle()
    for _ in range(4):
        ledger.after(minutes=15).cycle(whole=False)
    assert (ledger.links[KEY].state, ledger.links[KEY].looks) == (LinkState.UNKNOWN, 0)


def test_a_look_that_fails_does_not_count_and_is_said(ledger: Ledger) -> None:
    from connectors.errors import Unreachable

    class Blind(MemoryTracker):
        def look(self, attempts):  # type: ignore[no-untyped-def]
            raise Unreachable(self.id, "does not answer", "wait")

    ledger.tracker = Blind(faults=["lost"])
    for _ in range(4):
        ledger.after(minutes=15).cycle()
    assert (ledger.links[KEY].state, ledger.links[KEY].looks) == (LinkState.UNKNOWN, 0)
    assert [one.what for one in ledger.resolved.troubles] == ["does not answer"]


def test_sending_met_at_a_start_is_unknown_since_its_attempt(ledger: Ledger) -> None:
    with ledger.store.records() as records:
        records.put_link(link(state=LinkState.SENDING, attempted_at=NOW - timedelta(minutes=9)))
        records.keep_attempts([Sending(KEY, "asana", NOW - timedelta(minutes=9), None, order())])
    ledger.cycle()
    assert (ledger.links[KEY].state, ledger.links[KEY].looks) == (LinkState.UNKNOWN, 1)
    assert ledger.after(minutes=2).cycle()[0].outcome is Outcome.DONE


def test_a_task_that_a_person_moved_away_before_the_look_is_found_by_its_assignee(ledger: Ledger) -> None:
    vendor(ledger).faults = ["answer_lost"]
    ledger.cycle()
    vendor(ledger).person("t1", home="another project")
    ledger.after(minutes=20).cycle()
    assert ledger.links[KEY].task == "t1"


def test_what_a_person_changed_before_the_look_stays_theirs(ledger: Ledger) -> None:
    vendor(ledger).faults = ["answer_lost"]
    ledger.cycle()
    vendor(ledger).person("t1", title="Ours now", due=date(2026, 12, 24), assignees=frozenset({"a-sipho"}))
    ledger.after(minutes=1).cycle()
    found = ledger.links[KEY]
    assert (found.title, found.due, found.assignees) == ("Ours now", date(2026, 12, 24), frozenset({"a-sipho"}))
    assert (found.written.title, found.written.due, found.written.assignee) == (
        order().title,
        order().due,
        "a-thandi",
    )
    assert found.seen_modified is None  # its comments are read at the next reading


@pytest.mark.parametrize("state", [LinkState.PLANNED, LinkState.FAILED, LinkState.SENDING, LinkState.UNKNOWN])
def test_a_task_that_is_found_is_linked_whatever_its_row_says(ledger: Ledger, state: LinkState) -> None:
    with ledger.store.records() as records:
        records.put_link(link(state=state, attempted_at=NOW, failed_why="refused" if state is LinkState.FAILED else ""))
    vendor(ledger).tasks["t100"] = ours()
    assert ledger.cycle() == []
    assert (ledger.links[KEY].state, ledger.links[KEY].task, ledger.links[KEY].failed_why) == (
        LinkState.LINKED,
        "t100",
        "",
    )


def test_what_is_looked_for_is_told_with_the_vendors_time_and_its_assignee() -> None:
    doubtful = link(state=LinkState.UNKNOWN, attempted_at=NOW, attempted_vendor=NOW + timedelta(hours=3))
    attempts = {KEY: [Sending(KEY, "asana", NOW, None, order())]}
    other = link("saypro/action/cac/2026-10", state=LinkState.UNKNOWN, tracker="trello")
    (attempt,) = pending([doubtful, other, link("saypro/action/x/2026-10")], attempts, "asana")
    assert (attempt.key, attempt.reference, attempt.assignee) == (KEY, reference(KEY), "a-thandi")
    assert attempt.since == NOW + timedelta(hours=3) - timedelta(minutes=5)


def test_the_words_of_a_standing_problem_do_not_change(ledger: Ledger) -> None:
    vendor(ledger).faults = ["lost"]
    ledger.cycle()
    first = ledger.problems
    ledger.after(minutes=3).cycle()
    assert ledger.problems == first
    assert unsettled([link(state=LinkState.LINKED)], {}) == []


# ── adoption ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lost_ledger_meets_the_reference_and_makes_nothing_twice(ledger: Ledger) -> None:
    vendor(ledger).tasks["t100"] = ours()
    assert ledger.cycle() == []
    adopted = ledger.links[KEY]
    assert (adopted.state, adopted.task, adopted.adopted, adopted.is_live) == (LinkState.LINKED, "t100", True, True)
    assert (adopted.kind, adopted.subject, adopted.episode, adopted.person) == (
        WorkKind.ACTION,
        "sessions",
        "2026-W46",
        "thandi",
    )
    assert (adopted.written.title, adopted.written.assignee, adopted.written.due) == (
        "Made before",
        "a-thandi",
        date(2026, 11, 25),
    )
    assert [one.what for one in ledger.resolved.seen] == ["adopted"]


def test_an_adopted_item_that_was_completed_rests_since_then(ledger: Ledger) -> None:
    done = NOW - timedelta(days=2)
    vendor(ledger).tasks["t100"] = ours(completed=True, completed_at=done, completed_by="a-sipho")
    assert ledger.cycle() == []
    adopted = ledger.links[KEY]
    assert (adopted.state, adopted.completed, adopted.completed_at, adopted.completed_by) == (
        LinkState.LINKED,
        True,
        done,
        "sipho",
    )


def test_an_adopted_item_that_was_archived_while_open_is_dismissed(ledger: Ledger) -> None:
    vendor(ledger).tasks["t100"] = ours(archived=True)
    assert ledger.cycle() == []
    assert ledger.links[KEY].state is LinkState.DISMISSED


@pytest.mark.parametrize(
    "changes",
    [
        {"created_by": "a-thandi"},
        {"copied": True},
        {"notes": f"Text\n\nalignd ref AAAAAAAAAAAAAAAAAAAA {KEY}"},
        {"notes": f"Text\n\n{reference(KEY.replace('saypro', 'other'))}"},
        {"notes": "No reference"},
    ],
)
def test_what_is_not_plainly_alignds_own_is_not_adopted(ledger: Ledger, changes: dict[str, object]) -> None:
    vendor(ledger).tasks["t100"] = ours(**changes)  # type: ignore[arg-type]
    ledger.cycle()
    assert ledger.links[KEY].task == "t1"


def test_work_that_this_release_does_not_make_is_left_alone(ledger: Ledger) -> None:
    ledger.wanted = []
    for key in ("saypro/digest/monthly/2026-12", "saypro/dance/monthly/2026"):
        vendor(ledger).tasks[key] = ours(key, id=key)
    assert ledger.cycle() == []
    assert ledger.links == {}


def test_other_work_is_adopted_with_its_kind(ledger: Ledger) -> None:
    ledger.wanted = []
    keys = {
        "saypro/data/web/2026-W46": WorkKind.DATA,
        "saypro/review/monthly/2026-12": WorkKind.REVIEW,
        "saypro/said/monthly/c1/2": WorkKind.SAID,
        "saypro/campaign/spring/kickoff": WorkKind.CAMPAIGN,
        "saypro/event/mobile-app": WorkKind.EVENT,
        "saypro/evaluation/sessions/2026-W48": WorkKind.EVALUATION,
    }
    for key in keys:
        vendor(ledger).tasks[key] = ours(key, id=key)
    ledger.cycle()
    assert {key: one.kind for key, one in ledger.links.items()} == keys
    assert {one.subject for one in ledger.links.values()} == {"web", "monthly", "spring", "mobile-app", "sessions"}
    assert {one.episode for one in ledger.links.values()} == {None}


def test_adopted_items_of_one_kpi_keep_their_order(ledger: Ledger) -> None:
    older, follow_up = "saypro/action/sessions/2026-W40", "saypro/action/sessions/2026-W40/2"
    ledger.wanted = []
    for place, key in enumerate((older, follow_up, KEY)):
        vendor(ledger).tasks[key] = ours(key, id=f"t{900 - place}", created_at=NOW - timedelta(days=30 - place))
    ledger.cycle()
    ordered = sorted(ledger.links.values(), key=lambda one: one.made_at)
    assert [one.key for one in ordered] == [older, follow_up, KEY]
    assert all(one.made_at >= NOW for one in ordered)


def test_of_several_tasks_for_one_key_the_open_one_then_the_touched_one_then_the_oldest_counts(ledger: Ledger) -> None:
    vendor(ledger).tasks = {
        one.id: one
        for one in (
            ours(id="closed", completed=True, created_at=NOW - timedelta(days=9)),
            ours(id="old", created_at=NOW - timedelta(seconds=30)),
            ours(id="touched", changed_by_person=True),
        )
    }
    ledger.cycle()
    assert ledger.links[KEY].task == "touched"
    assert vendor(ledger).tasks["old"].completed  # within unknown_after of the one that counts, and untouched


def test_nothing_is_adopted_from_a_part_of_the_listing_or_in_watch(ledger: Ledger) -> None:
    ledger.wanted = []
    vendor(ledger).tasks["t100"] = ours()
    ledger.cycle(whole=False)
    assert ledger.links == {}
    ledger.mode = "watch"
    ledger.cycle()
    assert ledger.links == {}


# ── extras ───────────────────────────────────────────────────────────────────────────────────────────────────────


def made_twice(ledger: Ledger, *, minutes: float = 1) -> None:
    """The first request is carried out `minutes` after the second one was."""
    vendor(ledger).faults = ["late"]
    ledger.cycle()
    ledger.after(minutes=11).cycle()
    ledger.after(minutes=3).cycle()
    assert ledger.links[KEY].task == "t1"
    ledger.after(minutes=minutes)
    vendor(ledger).deliver()


def test_an_untouched_extra_is_completed_in_the_next_cycle_with_a_word_about_the_one_that_counts(
    ledger: Ledger,
) -> None:
    made_twice(ledger)
    assert len(vendor(ledger).live(KEY)) == 2
    said, done = ledger.cycle()
    assert (said.kind, said.reason, said.outcome) == (StepKind.COMMENT, Reason.EXTRA, Outcome.DONE)
    assert (done.kind, done.reason, done.outcome) == (StepKind.COMPLETE, Reason.EXTRA, Outcome.DONE)
    assert [one.id for one in vendor(ledger).live(KEY)] == ["t1"]
    extra = vendor(ledger).tasks[said.task or ""]
    assert [ledger.links[KEY].url in one.text for one in extra.comments or ()] == [True]
    assert ledger.links[KEY].task == "t1"
    assert ledger.after(hours=1).cycle() == []


def test_an_extra_card_is_archived(ledger: Ledger) -> None:
    vendor(ledger).kind = "trello"
    made_twice(ledger)
    assert [one.kind for one in ledger.cycle()] == [StepKind.COMMENT, StepKind.ARCHIVE]
    assert len(vendor(ledger).live(KEY)) == 1


@pytest.mark.parametrize("touch", ["edited", "commented", "renamed", "assigned"])
def test_a_touched_extra_is_only_reported(ledger: Ledger, touch: str) -> None:
    made_twice(ledger)
    (extra,) = [one for one in vendor(ledger).live(KEY) if one.id != "t1"]
    from mapping.tasks import Comment

    changed = {
        "edited": replace(extra, changed_by_person=True),
        "commented": replace(extra, comments=(Comment("c9", extra.id, "a-thandi", "mine", ledger.now),)),
        "renamed": replace(extra, title="Ours now"),
        "assigned": replace(extra, assignees=frozenset({"a-sipho"})),
    }
    vendor(ledger).tasks[extra.id] = changed[touch]
    assert ledger.cycle() == []
    assert len(vendor(ledger).live(KEY)) == 2
    (trouble,) = ledger.resolved.troubles
    assert trouble.what.startswith("two tasks for one piece of work")
    assert ledger.links[KEY].url in trouble.advice


def test_an_extra_made_long_after_every_attempt_is_only_reported(ledger: Ledger) -> None:
    made_twice(ledger, minutes=UNKNOWN_AFTER.total_seconds() / 60 + 5)
    assert ledger.cycle() == []
    assert [one.kind for one in ledger.resolved.troubles] == ["failed"]


def test_extras_are_only_reported_where_the_token_belongs_to_a_person_of_the_file(ledger: Ledger) -> None:
    vendor(ledger).accounts["neo"] = "a-alignd"
    made_twice(ledger)
    assert ledger.cycle() == []
    assert len(ledger.resolved.troubles) == 1


def test_a_copy_that_a_person_made_is_theirs(ledger: Ledger) -> None:
    ledger.cycle()
    vendor(ledger).copy("t1", by="a-thandi")
    assert ledger.after(minutes=1).cycle() == []
    assert ledger.resolved.troubles == []


def test_when_a_person_deletes_one_of_two_the_other_is_the_work(ledger: Ledger) -> None:
    made_twice(ledger)
    vendor(ledger).delete("t1")
    assert ledger.cycle() == []
    (left,) = vendor(ledger).live(KEY)
    assert (ledger.links[KEY].state, ledger.links[KEY].task) == (LinkState.LINKED, left.id)


# ── unknown comments ─────────────────────────────────────────────────────────────────────────────────────────────

NOTE = f"{KEY}#worse/2026-W47"


def said(ledger: Ledger) -> list[str]:
    return [
        one.text for task in vendor(ledger).tasks.values() for one in task.comments or () if one.author == "a-alignd"
    ]


def unknown_comment(ledger: Ledger, fault: str) -> None:
    ledger.cycle()
    vendor(ledger).faults = [fault]
    (step,) = ledger.after(minutes=1).cycle([comment_step()])
    assert step.outcome is Outcome.UNKNOWN


def test_an_unknown_comment_that_stands_there_is_found_by_its_words(ledger: Ledger) -> None:
    unknown_comment(ledger, "answer_lost")
    assert ledger.after(minutes=1).cycle() == []
    assert (ledger.notes[NOTE].state, ledger.notes[NOTE].comment) == (NoteState.SAID, "c2")
    assert said(ledger) == ["Worse."]


def test_one_that_is_absent_twice_is_sent_once_more(ledger: Ledger) -> None:
    unknown_comment(ledger, "lost")
    assert ledger.after(minutes=3).cycle() == []
    (step,) = ledger.after(minutes=3).cycle()
    assert (step.outcome, step.because) == (Outcome.DONE, "it was not there at two looks, so it is said once more")
    assert said(ledger) == ["Worse."]
    assert ledger.notes[NOTE].told_gap == "-0.31"


def test_and_then_it_is_dropped_and_listed_once(ledger: Ledger) -> None:
    unknown_comment(ledger, "lost")
    ledger.after(minutes=3).cycle()
    vendor(ledger).faults = ["lost"]
    ledger.after(minutes=3).cycle()
    assert ledger.notes[NOTE].state is NoteState.UNKNOWN
    ledger.after(minutes=3).cycle()
    assert ledger.after(minutes=3).cycle() == []
    assert ledger.notes[NOTE].state is NoteState.DROPPED
    assert [one.what for one in ledger.resolved.troubles] == [f"a comment on Title of {KEY} could not be said: Worse."]
    ledger.after(minutes=3).cycle()
    assert ledger.resolved.troubles == []
    assert said(ledger) == []


def test_a_second_try_that_could_not_leave_is_not_lost(ledger: Ledger) -> None:
    unknown_comment(ledger, "lost")
    ledger.after(minutes=3).cycle()
    vendor(ledger).faults = ["not_sent"]
    assert ledger.after(minutes=3).cycle()[0].outcome is Outcome.DEFERRED
    assert ledger.after(minutes=3).cycle()[0].outcome is Outcome.DONE
    assert said(ledger) == ["Worse."]


def test_the_same_words_said_before_or_by_a_person_are_not_taken_for_it(ledger: Ledger) -> None:
    from mapping.tasks import Comment

    ledger.cycle()
    ledger.cycle([comment_step(label="2026-W40")])  # the same words, known by their id
    vendor(ledger).faults = ["lost"]
    ledger.after(minutes=1).cycle([comment_step()])
    there = vendor(ledger).tasks["t1"]
    theirs = Comment("c99", "t1", "a-thandi", "Worse.", ledger.now)
    vendor(ledger).person("t1", comments=(*(there.comments or ()), theirs))
    ledger.after(minutes=3).cycle()
    assert ledger.notes[NOTE].looks == 1


def test_what_was_to_be_said_on_a_task_that_people_put_away_is_dropped(ledger: Ledger) -> None:
    unknown_comment(ledger, "lost")
    vendor(ledger).delete("t1")
    ledger.after(minutes=3).cycle()
    ledger.after(minutes=3).cycle()
    assert ledger.notes[NOTE].state is NoteState.DROPPED
    assert said(ledger) == []


def test_an_unknown_numbers_comment_is_planned_anew_rather_than_said_with_old_numbers(ledger: Ledger) -> None:
    ledger.cycle()
    vendor(ledger).faults = ["lost"]
    ledger.after(minutes=1).cycle([comment_step(kind="numbers", label="", text="Latest: old")])
    ledger.after(minutes=3).cycle()
    assert ledger.after(minutes=3).cycle() == []
    assert ledger.notes[f"{KEY}#numbers"].state is NoteState.PLANNED
    ledger.after(minutes=3).cycle([comment_step(kind="numbers", label="", text="Latest: new")])
    assert said(ledger) == ["Latest: new"]
    assert ledger.notes[f"{KEY}#numbers"].attempts == 2
