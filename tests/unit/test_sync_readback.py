"""What reading back need not look at twice: asked first, it never hides what comparing would find."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from mapping.links import Link, LinkState, Written
from mapping.periods import Calendar
from mapping.tasks import Comment, Task, View, WorkKind
from sync.readback import LONG_OVER, ReadBack, Readers, _compare, _is_as_known, read_back

NOW = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
CALENDAR = Calendar(ZoneInfo("Africa/Johannesburg"))
READERS = Readers({"a-thandi": "thandi"}, {}, frozenset(), CALENDAR, NOW)
DAYS = st.sampled_from([None, date(2026, 12, 9), date(2026, 12, 16)])
TEXTS = st.sampled_from(["", "Below", "Below ", "Mine"])
PEOPLE = st.sampled_from([frozenset[str](), frozenset({"a-thandi"}), frozenset({"a-thandi", "a-neo"})])
TIMES = st.sampled_from([None, NOW - timedelta(days=3), NOW - timedelta(days=90)])
PLACES = st.sampled_from([None, "s", "done"])
YES = st.booleans()
WRITTEN = st.builds(Written, TEXTS, TEXTS, st.sampled_from([None, "a-thandi", "a-neo"]), DAYS)


@st.composite
def links(draw: st.DrawFn) -> Link:
    return Link(
        "saypro/review/weekly/2026-W46",
        WorkKind.REVIEW,
        "weekly",
        "work",
        draw(st.sampled_from([LinkState.LINKED, LinkState.DISMISSED])),
        NOW - timedelta(days=100),
        task="t1",
        written=draw(WRITTEN),
        theirs=draw(st.frozensets(st.sampled_from(["title", "notes", "due", "assignee"]))),
        title=draw(TEXTS),
        due=draw(DAYS),
        assignees=draw(PEOPLE),
        completed=draw(YES),
        completed_at=draw(TIMES),
        archived=draw(YES),
        home="p",
        place=draw(PLACES),
        touched=draw(YES),
        seen_modified=draw(TIMES),
        read_cycle_at=NOW - timedelta(days=1),
    )


@st.composite
def tasks_like(draw: st.DrawFn, link: Link) -> Task:
    """A task that differs from the link in a thing or two, or in nothing."""
    like = Task(
        "t1", "work", link.title, link.written.notes, link.assignees, link.due, link.completed, archived=link.archived,
        home=link.home, place=link.place, modified_at=link.seen_modified,
    )  # fmt: skip
    changes: dict[str, st.SearchStrategy[Any]] = {
        "title": TEXTS, "notes": TEXTS, "assignees": PEOPLE, "due": DAYS, "completed": YES, "archived": YES,
        "place": PLACES, "modified_at": TIMES, "changed_by_person": YES,
        "comments": st.just((Comment("c1", "t1", "a-thandi", "snooze 2w", NOW),)),
    }  # fmt: skip
    names = draw(st.lists(st.sampled_from(sorted(changes)), max_size=2, unique=True))
    changed: dict[str, Any] = {name: draw(changes[name]) for name in names}
    return replace(like, **changed)


@given(st.data())
def test_where_a_task_is_as_known_comparing_finds_nothing_but_that_it_was_read(data: st.DataObject) -> None:
    link = data.draw(links())
    task = data.draw(tasks_like(link))
    found = ReadBack()
    _compare(link, task, view_of(task), frozenset(), READERS, found)
    if _is_as_known(link, task):
        assert found == ReadBack(links={link.key: replace(link, read_cycle_at=NOW)})


@given(st.data())
def test_every_task_that_is_not_long_over_is_remembered_as_read_now(data: st.DataObject) -> None:
    link = data.draw(links())
    task = data.draw(tasks_like(link))
    found = read_back([link], view_of(task), READERS)
    known = {**found.links, **found.read}.get(link.key)
    if known is None:
        assert link.completed
        assert link.completed_at is not None
        assert NOW - link.completed_at > LONG_OVER
    else:
        assert known.read_cycle_at == NOW


def view_of(task: Task) -> View:
    return View("work", True, {"t1": task}, accounts={"thandi": "a-thandi"}, me="a-alignd")
