"""Parts of a task (Asana's subtasks, Trello's checklist items): read with it, and added once, in both trackers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.asana.settings import AsanaSettings
from connectors.asana.tracker import AsanaTracker
from connectors.patience import Patience
from connectors.sandbox import Person, Sandbox
from connectors.trello.settings import TrelloSettings
from connectors.trello.tracker import TrelloTracker
from mapping.documents import Document, paragraph
from mapping.people import Person as Member
from mapping.tasks import AddPart, Create, Fate, Known, Part, Result, Task, View, WorkKind

THANDI = Member("thandi", "Thandi Mokoena", "thandi@saypro.example", accounts=(("trello", "thandim"),))
DAY = date(2026, 11, 9)


@dataclass
class World:
    """One tracker against its stand-in, with one task of alignd's, and Thandi."""

    sandbox: Sandbox
    clock: list[datetime]
    tracker: AsanaTracker | TrelloTracker
    view: View = field(init=False)
    task: str = field(init=False)

    def __post_init__(self) -> None:
        self.view = self._read((), whole=True)
        body = Document((paragraph("Why."),), "saypro/event/launch")
        made = self.tracker.write([Create("saypro/event/launch", WorkKind.EVENT, "Alignment review", body)])[0]
        assert made.task is not None
        self.task = made.task.id

    def _read(self, known: tuple[Known, ...], *, whole: bool) -> View:
        self.clock[0] += timedelta(minutes=10)
        memory = dict(self.view.memory) if hasattr(self, "view") else {}
        return self.tracker.read(whole=whole, known=known, people=(THANDI,), memory=memory, now=self.clock[0])

    def read(self, *, parts: bool = True, now: bool = False, whole: bool = True, seen: bool = False) -> Task | None:
        """The task as it stands. `seen`: all that was changed so far is accounted for."""
        at = self.clock[0] if seen else None
        self.view = self._read((Known(self.task, True, at, parts, now),), whole=whole)
        return self.view.tasks.get(self.task)

    def parts(self, **how: bool) -> tuple[Part, ...] | None:
        task = self.read(**how)
        assert task is not None
        return task.parts

    def add(self, title: str, assignee: str | None = None, due: date | None = None) -> Result:
        return self.tracker.write([AddPart(self.task, "key#confirm/thandi", title, assignee, due)])[0]

    @property
    def thandi(self) -> Person:
        return Person(self.sandbox, "Thandi Mokoena")

    @property
    def account(self) -> str:
        return self.view.accounts["thandi"]

    def calls(self) -> int:
        return len(self.sandbox.requests)


@pytest.fixture(params=["asana", "trello"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    clock = [datetime(2026, 11, 2, 6, 0, tzinfo=UTC)]
    with Sandbox(clock=lambda: clock[0]) as sandbox:
        kind = request.param
        tracker = _asana(sandbox) if kind == "asana" else _trello(sandbox)
        try:
            yield World(sandbox, clock, tracker)
        finally:
            tracker.close()


def _asana(sandbox: Sandbox) -> AsanaTracker:
    state = sandbox.asana.state
    state.add_workspace()
    bot = state.add_user("alignd", "alignd@saypro.example")
    state.add_user("Thandi Mokoena", "thandi@saypro.example")
    project = state.add_project("Marketing", sections=["Actions"])
    given = {"id": "work", "token": bot.token, "project": project.gid, "endpoint": sandbox.url}
    return AsanaTracker(AsanaSettings.model_validate(given), Patience())


def _trello(sandbox: Sandbox) -> TrelloTracker:
    state = sandbox.trello.state
    bot = state.add_member("alignd", "aligndbot")
    state.add_member("Thandi Mokoena", "thandim")
    board = state.add_board("Marketing")
    given = {"id": "work", "key": next(iter(state.keys)), "token": bot.token, "board": board.short_link}
    return TrelloTracker(TrelloSettings.model_validate({**given, "endpoint": sandbox.url}), Patience())


def test_a_part_is_added_with_its_person_and_day_and_read_back_as_it_was_answered(world: World) -> None:
    answered = world.add("Thandi: confirm your goals", world.account, DAY)

    assert answered.fate is Fate.DONE
    assert answered.part is not None
    assert (answered.part.title, answered.part.assignee, answered.part.due, answered.part.completed) == (
        "Thandi: confirm your goals",
        world.account,
        DAY,
        False,
    )
    assert world.parts() == (answered.part,)


def test_parts_of_people_are_read_in_their_order_with_what_is_ticked_off(world: World) -> None:
    first = world.thandi.add_part(world.task, "Call ten customers", assignee="Thandi Mokoena", due=DAY)
    world.clock[0] += timedelta(seconds=1)
    second = world.thandi.add_part(world.task, "Book a room")
    world.thandi.complete_part(second)

    assert world.parts() == (
        Part(first, "Call ten customers", world.account, DAY),
        Part(second, "Book a room", completed=True),
    )


def test_parts_that_nobody_asked_for_cost_nothing(world: World) -> None:
    world.thandi.add_part(world.task, "Book a room")
    world.read(parts=False, seen=True)
    before = world.calls()
    task = world.read(parts=False, seen=True)
    without = world.calls() - before

    assert task is not None
    assert task.parts is None

    before = world.calls()
    assert world.parts(seen=True)
    more = {"asana": 1, "trello": 0}[world.tracker.kind]
    assert world.calls() - before == without + more


def test_a_task_without_parts_says_so_without_a_call_of_its_own(world: World) -> None:
    world.read(parts=False, seen=True)
    before = world.calls()
    world.read(parts=False, seen=True)
    without = world.calls() - before

    before = world.calls()
    assert world.parts(seen=True) == ()
    assert world.calls() - before == without


def test_parts_wanted_now_are_read_though_nothing_shows_a_change(world: World) -> None:
    world.thandi.add_part(world.task, "Book a room")
    world.read(seen=True)
    world.clock[0] += timedelta(hours=1)
    world.read(whole=False, seen=True)

    found = world.parts(whole=False, now=True, seen=True)

    assert found is not None
    assert [one.title for one in found] == ["Book a room"]


def test_parts_of_a_task_that_was_changed_come_with_its_comments(world: World) -> None:
    world.read()
    world.thandi.add_part(world.task, "Book a room")

    found = world.parts(whole=False)

    assert found is not None
    assert [one.title for one in found] == ["Book a room"]


def test_a_person_whom_the_tracker_does_not_take_is_an_extra_that_was_refused(world: World) -> None:
    answered = world.add("Thandi: confirm your goals", "5f0000000000000000000000")

    assert answered.fate is Fate.REFUSED
    assert answered.refused_extra == "assignee"
    assert world.parts() == ()
    assert world.add("Thandi: confirm your goals").fate is Fate.DONE


def test_trellos_checklist_is_made_once_a_card(world: World) -> None:
    if world.tracker.kind != "trello":
        pytest.skip("only Trello has checklists")
    for name in ("Thandi", "Johan"):
        assert world.add(f"{name}: confirm").fate is Fate.DONE
    world.read(parts=False)  # another process: nothing is known of the card's checklists
    before = world.calls()
    assert world.add("Neo: confirm").fate is Fate.DONE

    assert world.calls() - before == 2
    checklists = world.sandbox.trello.state.checklists.values()
    assert [(one.name, len(one.items)) for one in checklists] == [("To confirm", 3)]


def test_items_on_a_plan_without_persons_and_dates_are_refused_for_those_alone(world: World) -> None:
    if world.tracker.kind != "trello":
        pytest.skip("only Trello has such plans")
    world.sandbox.trello.switches.advanced_items = False

    assert world.add("Thandi: confirm", world.account, DAY).refused_extra == "assignee"
    assert world.add("Thandi: confirm", None, DAY).refused_extra == "due"
    assert world.add("Thandi: confirm").fate is Fate.DONE


def test_trellos_checklists_are_asked_apart_where_the_board_leaves_them_out(world: World) -> None:
    if world.tracker.kind != "trello":
        pytest.skip("only Trello nests")
    world.thandi.add_part(world.task, "Book a room")
    world.sandbox.trello.switches.nests_checklists = False

    found = world.parts()

    assert found is not None
    assert [one.title for one in found] == ["Book a room"]


def test_asanas_subtask_belongs_to_its_parent_alone_and_is_told_there(world: World) -> None:
    if world.tracker.kind != "asana":
        pytest.skip("only Asana has subtasks")
    before = world.read()
    assert before is not None
    world.clock[0] += timedelta(minutes=1)
    world.add("Thandi: confirm", world.account, DAY)
    after = world.read()

    assert after is not None
    assert len(world.view.tasks) == 1
    assert after.modified_at is not None
    assert before.modified_at is not None
    assert after.modified_at > before.modified_at
    assert not after.changed_by_person
    done = after.parts
    assert done is not None
    world.clock[0] += timedelta(minutes=1)
    world.thandi.complete_part(done[0].id)
    again = world.read()
    assert again is not None
    assert again.modified_at == after.modified_at
    assert again.parts is not None
    assert again.parts[0].completed
