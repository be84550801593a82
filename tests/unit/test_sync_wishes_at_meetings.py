"""What people say to alignd on the task of a meeting: quiet is given; a number can only be doubted on its own task."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from mapping.documents import plain
from mapping.links import Link, LinkState
from mapping.periods import Calendar
from mapping.said import NotUnderstood
from mapping.tasks import Comment, Task, View, WorkKind
from mapping.texts import answers
from sync.readback import ReadBack, Readers, read_back

NOW = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
MEETINGS = {
    WorkKind.REVIEW: "saypro/review/weekly/2026-W47",
    WorkKind.CAMPAIGN: "saypro/campaign/spring/kickoff",
    WorkKind.EVENT: "saypro/event/mobile-app",
    WorkKind.SAID: "saypro/said/weekly/7/1",
}


def after(said: str, kind: WorkKind, key: str) -> tuple[Link, ReadBack]:
    """The link once a person said that on its task."""
    link = Link(key, kind, "weekly", "work", LinkState.LINKED, NOW, task="t1")
    task = Task("t1", "work", "", "", comments=(Comment("c1", "t1", "a-johan", said, NOW),))
    readers = Readers({"a-johan": "johan"}, {}, frozenset(), Calendar(ZoneInfo("Africa/Johannesburg")), NOW)
    back = read_back([link], View("work", True, {"t1": task}), readers)
    return back.links[key], back


@pytest.mark.parametrize("kind", MEETINGS)
@pytest.mark.parametrize("said", ["alignd wrong: nobody comes", "alignd accept until 31 Jan: why"])
def test_a_number_is_not_doubted_where_there_is_none(said: str, kind: WorkKind) -> None:
    link, back = after(said, kind, MEETINGS[kind])
    [reply] = back.replies
    assert link.quiet is None
    assert isinstance(reply.said, NotUnderstood)
    told = plain(answers.not_understood(reply.said))
    assert told.startswith(f"Not understood: “{said[:12].rstrip()}")
    assert "on the number's own task" in told
    assert "alignd snooze 2 weeks: why" in told


@pytest.mark.parametrize("kind", MEETINGS)
def test_quiet_is_given_anywhere(kind: WorkKind) -> None:
    link, _ = after("alignd snooze 1 week: we are away", kind, MEETINGS[kind])
    assert link.quiet is not None
    assert (link.quiet.kind, link.quiet.until) == ("snooze", date(2026, 11, 26))


def test_on_the_task_of_a_number_it_is_obeyed() -> None:
    link, _ = after("alignd wrong: tags", WorkKind.ACTION, "saypro/action/sessions/2026-W46")
    assert link.quiet is not None
    assert link.quiet.kind == "wrong"
