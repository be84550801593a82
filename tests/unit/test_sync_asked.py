"""What left and was not answered is alignd's own when it stands there, and a person's when it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mapping.documents import Document
from mapping.links import Link, LinkState, Written
from mapping.tasks import Complete, EditComment, Order, Reopen, Task, Update, WorkKind
from sync.asked import asked_of, is_reopening, own_deeds, with_asked
from sync.store.forms import written_form, written_of

NOW = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
THERE = Task("t1", "work", "Below", "", frozenset({"a-thandi"}), date(2026, 12, 9), home="p", place="s")
LINK = Link(
    "saypro/action/sessions/2026-W46", WorkKind.ACTION, "sessions", "work", LinkState.LINKED, NOW, task="t1",
    written=Written("Below", "", "a-thandi", date(2026, 12, 9)), home="p", place="s",
)  # fmt: skip
GIVEN = Update("t1", frozenset({"assignee"}), assignee="a-johan")


def after(order: Order, link: Link = LINK, at: datetime = NOW, *, withdraws: bool = False) -> Link:
    return with_asked(link, asked_of(order, at, withdraws=withdraws))


def test_what_stands_there_as_it_was_asked_for_counts_as_written() -> None:
    link = own_deeds(after(GIVEN), replace(THERE, assignees=frozenset({"a-johan"})), NOW)
    assert link.written == replace(LINK.written, assignee="a-johan")


def test_what_does_not_stand_there_may_still_come_for_an_hour() -> None:
    soon = own_deeds(after(GIVEN), THERE, NOW + timedelta(minutes=59))
    assert soon.written.asked is not None
    assert own_deeds(soon, THERE, NOW + timedelta(minutes=61)).written == LINK.written


def test_a_person_who_gives_it_to_somebody_else_is_not_mistaken_for_alignd() -> None:
    link = own_deeds(after(GIVEN), replace(THERE, assignees=frozenset({"a-neo"})), NOW)
    assert link.written.assignee == "a-thandi"


def test_a_completion_asked_for_is_ours_wherever_the_card_then_stands() -> None:
    link = own_deeds(after(Complete("t1")), replace(THERE, completed=True, place="done"), NOW)
    assert (link.completed, link.completed_by, link.place, link.state) == (True, None, "done", LinkState.LINKED)
    assert link.written.asked is None


def test_what_a_withdrawal_completed_is_dismissed() -> None:
    link = own_deeds(after(Complete("t1"), withdraws=True), replace(THERE, completed=True), NOW)
    assert (link.completed, link.state) == (True, LinkState.DISMISSED)


def test_a_reopening_is_left_to_the_plan_to_finish_for_a_day() -> None:
    closed = replace(LINK, completed=True)
    asked = after(Reopen("t1", WorkKind.ACTION, date(2026, 12, 16)), closed)
    there = replace(THERE, due=date(2026, 12, 16))
    link = own_deeds(asked, there, NOW + timedelta(hours=23))
    assert (link.completed, link.written.due, is_reopening(link)) == (True, date(2026, 12, 16), True)
    assert not is_reopening(own_deeds(asked, there, NOW + timedelta(hours=25)))


def test_two_changes_under_way_are_both_remembered() -> None:
    link = after(Complete("t1"), after(GIVEN))
    there = replace(THERE, completed=True, assignees=frozenset({"a-johan"}))
    done = own_deeds(link, there, NOW)
    assert (done.completed, done.written.assignee) == (True, "a-johan")


def test_a_comment_changes_nothing_a_person_could_have_changed() -> None:
    assert asked_of(EditComment("t1", "c1", "k", Document(())), NOW) is None


def test_what_is_under_way_is_kept_in_the_ledger_and_an_older_row_has_none() -> None:
    written = after(GIVEN).written
    assert written_of(written_form(written)) == written
    old = written_form(LINK.written)
    del old["asked"]
    assert written_of(old) == LINK.written
