"""Lines of comments against what is known of them: whose count, when, and what an edit makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from config import Config
from mapping.links import Link, Note, NoteState
from mapping.logbook import Evaluation, Helped, LineKind, Minute
from mapping.tasks import Comment, Task, View, WorkKind
from sync.minutes import read_minutes
from sync.quiet import Sighting
from sync.readback import Readers
from sync.written_lines import MinutesBack, Room
from tests.unit.helped_story import HELPED, ITEM, item, task_of, team

NOON = datetime(2026, 12, 10, 10, 0, tzinfo=UTC)  # a Thursday, noon in Johannesburg
HOUR = timedelta(hours=1)
ME = "a-alignd"
REVIEW = replace(task_of("monthly", "2026-12", f"helped:{ITEM}"), seen_modified=NOON - HOUR)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return team(tmp_path_factory.mktemp("team"))


@dataclass
class Table:
    """A review's task with its comments, read again and again as time goes on; keeps what was taken."""

    config: Config
    link: Link = REVIEW
    comments: dict[str, Comment] = field(default_factory=dict)
    minutes: dict[str, Minute] = field(default_factory=dict)
    evaluations: dict[str, Evaluation] = field(default_factory=lambda: {ITEM: HELPED})
    notes: dict[str, Note] = field(default_factory=dict)
    young: dict[str, Sighting] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(
        default_factory=lambda: {one: f"a-{one}" for one in ("thandi", "johan", "neo", "lerato")}
    )
    modified: datetime = NOON

    def says(self, text: str, *, by: str = "a-thandi", at: datetime = NOON, id: str = "7") -> None:  # noqa: A002
        self.comments[id] = Comment(id, "9", by, text, at)

    def edits(self, text: str, at: datetime | None, id: str = "7") -> None:  # noqa: A002
        """`at` None: as in Asana, that says a comment was edited, not when."""
        before = self.comments[id]
        self.comments[id] = replace(before, text=text, edited_at=at or before.at)

    def read(self, at: datetime = NOON + HOUR, *, vendor: datetime | None = None, **changes: Any) -> MinutesBack:
        task = Task("9", "work", "Monthly", "", modified_at=self.modified, comments=tuple(self.comments.values()))
        view = View("work", True, {"9": task}, accounts=self.accounts, me=ME, vendor_now=vendor or at)
        persons = {account: person for person, account in self.accounts.items()}
        readers = Readers(persons, self.notes, frozenset(), self.config.workspace.calendar, at)
        links = {one.key: one for one in (self.link, item())}
        before = {**links, self.link.key: replace(self.link, **changes)}
        room = Room(self.config, links, before, young=self.young)
        back = read_minutes([self.link], view, readers, self.minutes, self.evaluations, room)
        self.minutes |= back.minutes
        self.young |= back.young
        self.evaluations |= back.evaluations
        return back

    def taken(self) -> list[tuple[str, str, str]]:
        return [(key, one.kind.value, one.text) for key, one in self.minutes.items() if not one.withdrawn]


@pytest.fixture
def table(config: Config) -> Table:
    return Table(config)


def test_a_line_is_taken_once_with_who_said_it_and_when(table: Table) -> None:
    table.says("Decision: one\nAction: Johan – check tags – Friday")

    first, again = table.read(), table.read()

    decision, action = first.minutes["work/7/1"], first.minutes["work/7/2"]
    assert (decision.by, decision.at, decision.review, decision.link) == ("thandi", NOON, "monthly", REVIEW.key)
    assert (action.kind, action.who, action.text, action.due) == (
        LineKind.ACTION, "johan", "check tags", date(2026, 12, 11),
    )  # fmt: skip
    assert [(one.what, one.text, one.source_id) for one in first.decisions] == [
        ("decision", "one", "work/7/1"),
        ("action", "Johan – check tags – Fri 11 Dec", "work/7/2"),
    ]
    assert (again.minutes, again.decisions, again.amended, again.links) == ({}, [], {}, {})


@pytest.mark.parametrize(("minutes", "is_taken"), [(0, False), (9, False), (10, True)])
def test_ten_minutes_by_the_vendors_clock_whatever_alignds_is(table: Table, minutes: int, is_taken: bool) -> None:
    table.says("Decision: one")
    simulated = datetime(2031, 3, 3, tzinfo=UTC)

    back = table.read(simulated, vendor=NOON + timedelta(minutes=minutes))

    assert bool(back.minutes) is is_taken
    assert (REVIEW.key in back.links) is not is_taken
    if is_taken:
        assert back.minutes["work/7/1"].at == simulated - timedelta(minutes=10)
    else:
        assert back.links[REVIEW.key].seen_modified is None  # so that it is read again, changed or not


def test_an_edit_counts_from_when_it_was_made(table: Table) -> None:
    table.says("Decision: one", at=NOON - HOUR)
    table.edits("Decision: two", NOON + timedelta(minutes=55))
    assert not table.read().minutes

    table.edits("Decision: two", NOON + timedelta(minutes=45))
    assert table.read().minutes


def test_where_the_tracker_does_not_say_when_it_is_the_last_change_of_the_task(table: Table) -> None:
    table.says("Decision: one", at=NOON - HOUR)
    table.edits("Decision: two", None)
    table.modified = NOON + timedelta(minutes=55)
    assert not table.read().minutes

    assert table.read(NOON + 2 * HOUR).minutes


def test_an_edit_of_which_the_tracker_says_nothing_is_known_by_its_words(table: Table) -> None:
    table.says("Decision: one")
    assert not table.read(NOON + timedelta(minutes=1)).minutes
    table.comments["7"] = replace(table.comments["7"], text="Decision: two")
    table.modified = NOON + timedelta(minutes=5)

    assert not table.read(NOON + timedelta(minutes=11)).minutes
    assert table.read(NOON + timedelta(minutes=15)).minutes["work/7/1"].text == "two"


def test_a_comment_is_taken_once_it_was_seen_for_ten_minutes_where_the_vendors_clock_stands_still(table: Table) -> None:
    table.says("Decision: one")
    hours = [NOON + timedelta(hours=3, minutes=count) for count in (0, 9, 10)]

    assert [bool(table.read(at, vendor=NOON).minutes) for at in hours] == [False, False, True]
    assert table.minutes["work/7/1"].at == hours[0]


def test_lines_keep_their_place_and_edits_change_them(table: Table) -> None:
    table.says("Decision: one\nDecision: two\nAction: Johan – check tags")
    table.read()

    table.edits("Decision: two\nFeedback: new\nDecision: one and a half\nAction: Johan – check tags", NOON + HOUR)
    back = table.read(NOON + 2 * HOUR)

    assert table.taken() == [
        ("work/7/1", "feedback", "new"),
        ("work/7/2", "decision", "two"),
        ("work/7/3", "action", "check tags"),
        ("work/7/4", "decision", "one and a half"),
    ]
    assert back.minutes["work/7/1"].changed_at == NOON + HOUR
    assert back.amended["work/7/1"] == ("feedback", "new")
    assert set(back.minutes) == {"work/7/1", "work/7/4"}


def test_a_line_that_is_removed_is_taken_back_and_comes_back_as_itself(table: Table) -> None:
    table.says("Decision: one\nDecision: two")
    table.read()

    table.edits("Decision: two", NOON + HOUR)
    back = table.read(NOON + 2 * HOUR)
    assert table.taken() == [("work/7/2", "decision", "two")]
    assert back.amended == {"work/7/1": ("decision", "one (taken back)")}

    table.edits("Decision: two\nDecision: one", NOON + 3 * HOUR)
    assert table.read(NOON + 4 * HOUR).amended == {"work/7/1": ("decision", "one")}
    assert len(table.taken()) == 2


def test_a_comment_that_is_gone_is_taken_back_once_all_were_read(table: Table) -> None:
    table.says("Decision: one")
    table.read()
    del table.comments["7"]

    unsure = table.read()
    assert not unsure.minutes
    assert unsure.links[REVIEW.key].seen_modified is None
    assert table.read(seen_modified=None).minutes["work/7/1"].withdrawn


def test_what_cannot_be_placed_is_kept_as_it_stands_and_placed_after_an_edit(table: Table) -> None:
    table.says("Action: someone check tags")
    back = table.read()
    assert table.taken() == [("work/7/1", "unplaced", "Action: someone check tags")]
    assert back.decisions == []

    table.edits("Action: Johan – check tags", NOON + HOUR)
    back = table.read(NOON + 2 * HOUR)
    assert table.taken() == [("work/7/1", "action", "check tags")]
    assert [one.text for one in back.decisions] == ["Johan – check tags"]


@pytest.mark.parametrize("people", ["leaves", "is joined by another"])
def test_a_line_that_was_placed_stays_placed_when_the_file_has_other_people(table: Table, people: str) -> None:
    table.says("Action: Johan – check tags – Friday")
    table.read()
    known = dict(table.config.people)
    if people == "leaves":
        del known["johan"]
    else:
        known["johan2"] = replace(known["johan"], id="johan2", name="Johan Smit")
    table.config = replace(table.config, people=known)

    assert not table.read().minutes
    table.edits("Action: someone – check tags – Friday", NOON + HOUR)
    assert bool(table.read(NOON + 2 * HOUR).minutes) is (people != "leaves")


# ── whose words count ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", ["a-stranger", "", ME])
def test_strangers_and_alignd_itself_say_nothing(table: Table, by: str) -> None:
    table.says("Decision: pay me", by=by)
    assert not table.read().minutes


def test_a_comment_without_an_author_says_nothing(table: Table) -> None:
    table.comments["7"] = Comment("7", "9", None, "Decision: pay me", NOON)
    assert not table.read().minutes


def test_alignds_own_words_are_known_by_id_and_by_text_where_it_writes_as_a_person(table: Table) -> None:
    table.accounts = {**table.accounts, "neo": ME}
    note = Note("k#numbers", REVIEW.key, "numbers", NoteState.SAID, "Decision: of a finding", NOON, comment="1")
    table.notes = {note.key: note}
    table.says("Decision: in alignd's comment", by=ME, id="1")
    table.says("Decision: of a finding", by=ME, id="2")
    table.says("**Decision:** of a finding", by="a-thandi", id="3")
    table.says("Decision: Neo's own", by=ME, id="4")

    assert [one.text for one in table.read().minutes.values()] == ["Neo's own"]


def test_notes_title_and_parts_are_never_read(table: Table) -> None:
    task = Task("9", "work", "Decision: pay me", "Decision: pay me\nAction: Johan – pay me", comments=())
    view = View("work", True, {"9": task}, accounts=table.accounts, me=ME, vendor_now=NOON)
    readers = Readers({}, {}, frozenset(), table.config.workspace.calendar, NOON)
    room = Room(table.config, {}, {})
    assert not read_minutes([REVIEW], view, readers, {}, {}, room).minutes


# ── on which tasks ───────────────────────────────────────────────────────────────────────────────────────────────

ALL = "Decision: one\nFeedback: two\nAction: Johan – three\nHelped: yes"


@pytest.mark.parametrize(
    ("kind", "taken"),
    [
        (WorkKind.REVIEW, {"decision", "feedback", "action", "helped"}),
        (WorkKind.EVENT, {"decision", "feedback", "action"}),
        (WorkKind.CAMPAIGN, {"decision", "feedback", "action"}),
        (WorkKind.EVALUATION, {"decision", "feedback", "helped"}),
        (WorkKind.ACTION, {"decision", "feedback"}),
        (WorkKind.DATA, {"decision", "feedback"}),
        (WorkKind.SAID, {"decision", "feedback"}),
    ],
)
def test_each_task_takes_what_belongs_there(table: Table, kind: WorkKind, taken: set[str]) -> None:
    table.link = replace(REVIEW, kind=kind)
    table.says(ALL)
    assert {one.kind.value for one in table.read().minutes.values()} == taken


# ── did it help? ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_kept_with_its_evaluation_and_the_last_one_counts(table: Table) -> None:
    table.says("Helped: too early – wait for December")
    back = table.read()
    found = back.evaluations[ITEM]
    assert (found.helped, found.why, found.answered_by, found.answered_at) == (
        Helped.TOO_EARLY, "wait for December", "thandi", NOON,
    )  # fmt: skip
    assert [(one.what, one.text) for one in back.decisions] == [("helped", "too early – wait for December")]

    table.says("Helped: yes – more people came", by="a-lerato", at=NOON + HOUR, id="8")
    assert table.read(NOON + 2 * HOUR).evaluations[ITEM].answered_by == "lerato"

    table.edits("Helped: no – not any more", NOON + 3 * HOUR)
    assert table.read(NOON + 4 * HOUR).evaluations[ITEM].helped is Helped.NO


def test_an_answer_that_is_taken_back_leaves_the_one_before_it_or_none(table: Table) -> None:
    table.says("Helped: yes")
    table.says("Helped: no", by="a-lerato", at=NOON + timedelta(minutes=1), id="8")
    table.read()
    assert table.evaluations[ITEM].helped is Helped.NO

    table.edits("I do not know", NOON + HOUR, id="8")
    table.read(NOON + 2 * HOUR)
    assert table.evaluations[ITEM].helped is Helped.YES

    table.edits("Nor do I", NOON + HOUR)
    table.read(NOON + 2 * HOUR)
    assert (table.evaluations[ITEM].helped, table.evaluations[ITEM].answered_by) == (None, None)


def test_after_a_lost_ledger_a_line_is_heard_as_on_the_day_it_was_written(table: Table) -> None:
    later = NOON + timedelta(days=90)
    table.link = replace(REVIEW, adopted=True, made_at=later - HOUR)
    table.says("Action: Johan – check tags – Friday\nAction: Neo – call them – 18 Dec")

    back = table.read(later)

    assert [(one.at, one.kind, one.due) for one in back.minutes.values()] == [
        (NOON, LineKind.ACTION, date(2026, 12, 11)),
        (NOON, LineKind.ACTION, date(2026, 12, 18)),
    ]
