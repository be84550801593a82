"""The store: what is kept comes back exactly, on SQLite and on PostgreSQL."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from mapping.companions import Companion, Role
from mapping.judgements import EpisodeEnd
from mapping.links import Decision, LinkState, Note, NoteState, Quiet, Written
from mapping.periods import span_of
from mapping.readings import Photograph, State
from mapping.tasks import Fate, WorkKind
from sync.backup import backup
from sync.latches import Latch
from sync.steps import Problem
from sync.store import DefinitionRow, Sending, Store, StoreUnusable, WorkspaceMismatch, passes
from tests.unit.ledger_samples import KEY, NOW, document, episode, judgement, link, order, reading, week, weeks

HOSTILE = "=IMPORTXML(1)\0<script>]]>\ud800 \u202e emoji 🎯 " + "x" * 20_000


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with Store.open(store_url, workspace="saypro") as opened:
        yield opened


def test_a_link_comes_back_with_every_field(store: Store) -> None:
    full = replace(
        link(),
        state=LinkState.LINKED,
        task="t1",
        attempted_at=NOW,
        attempted_vendor=NOW - timedelta(seconds=3),
        looks=2,
        looked_at=NOW,
        written=Written("Title", "notes", "a-thandi", date(2026, 11, 25)),
        theirs=frozenset({"due", "title"}),
        title="Title",
        url="https://x.example",
        due=date(2026, 11, 26),
        assignees=frozenset({"a-sipho"}),
        completed=True,
        completed_at=NOW,
        completed_by="sipho",
        archived=True,
        home="p",
        place="s",
        touched=True,
        promise=date(2026, 12, 1),
        quiet=Quiet("snooze", date(2026, 12, 2), "busy", "thandi", NOW, "c1"),
        former="saypro/action/sessions/2026-W40",
        seen_modified=NOW,
        last_human_line="done",
        made_cycle=3,
        failed_why="why",
        failed_at=NOW,
        adopted=True,
        read_cycle_at=NOW,
        owner="thandi",
    )
    bare = link("saypro/data/web/2026-W46", kind=WorkKind.DATA)
    with store.records() as records:
        records.put_links([full, bare])
    with store.records(reads_only=True) as records:
        assert records.links() == {full.key: full, bare.key: bare}


def test_every_text_that_sources_or_people_may_send_can_be_kept(store: Store) -> None:
    with store.records() as records:
        records.keep_readings([reading(note=HOSTILE, flags=frozenset({"sampled"}))], 1)
        records.put_link(link(title=HOSTILE))
        records.put_notes([Note("n", KEY, "worse", NoteState.SAID, HOSTILE, NOW, body=document(title=HOSTILE))])
        records.decide(Decision(NOW, "accept", KEY, "sessions", "thandi", HOSTILE))
        first = records.keep_problems([Problem(HOSTILE, HOSTILE, HOSTILE)], NOW)
        again = records.keep_problems([Problem(HOSTILE, HOSTILE, HOSTILE)], NOW)
    assert ([one.new for one in first], [one.new for one in again]) == ([True], [False])
    with store.records() as records:
        kept = records.links()[KEY].title
        assert kept == HOSTILE.replace("\0", "\ufffd").replace("\ud800", "\ufffd")
        assert records.readings("sessions")[0].note == kept


def test_numbers_come_back_to_the_last_digit_and_in_their_own_form(store: Store) -> None:
    values = [Decimal("1234567890.12345678"), Decimal("0.10"), Decimal("1E+3"), Decimal("-0"), Decimal("9" * 28)]
    kept = [reading(period=period, value=value) for period, value in zip(weeks(5), values, strict=True)]
    with store.records() as records:
        records.keep_readings(kept, 1)
        found = records.readings("sessions")
    assert [str(one.value) for one in found] == [str(value) for value in values]
    assert found == kept


def test_a_time_without_a_zone_is_refused_and_one_with_a_zone_comes_back_as_the_same_instant(store: Store) -> None:
    there = datetime(2026, 11, 18, 8, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with store.records() as records:
        n = records.begin_cycle(there, "sync")
        assert records.cycle(n) is not None
        found = records.last_cycle()
        assert found is not None
        assert (found.at, found.at.tzinfo) == (there, UTC)
    with pytest.raises(sa.exc.StatementError, match="without a zone"), store.records() as records:
        records.begin_cycle(datetime(2026, 11, 18), "sync")  # noqa: DTZ001 - that is the point


def test_a_changed_reading_is_kept_beside_the_old_one(store: Store) -> None:
    first = reading()
    second = replace(first, value=Decimal("11900"), read_at=NOW + timedelta(days=1), flags=frozenset({"corrected"}))
    with store.records() as records:
        records.keep_readings([first], 1)
        records.keep_readings([second], 2)
        assert records.readings("sessions") == [first, second]
        assert records.readings("sessions", "d1", ["2026-W46"]) == [first, second]
        assert records.readings("sessions", "d2") == []
        assert records.latest_readings_all() == {("sessions", "d1"): {"2026-W46": second}}


def test_the_same_number_read_again_is_no_new_version_but_is_known_to_be_read_again(store: Store) -> None:
    later = reading(read_at=NOW + timedelta(hours=1))
    with store.records() as records:
        records.keep_readings([reading()], 1)
        records.keep_readings([later, later], 2)
        assert records.readings("sessions") == [reading()]
        assert records.latest_readings_all() == {("sessions", "d1"): {"2026-W46": later}}


def test_a_number_that_goes_and_comes_back_is_three_versions(store: Store) -> None:
    there, gone = reading(), reading(state=State.MISSING, value=None, read_at=NOW + timedelta(hours=1))
    back = reading(read_at=NOW + timedelta(hours=2))
    with store.records() as records:
        for one in (there, gone, back):
            records.keep_readings([one], 1)
        assert records.readings("sessions") == [there, gone, back]


def test_two_versions_of_one_period_in_one_batch_are_both_kept(store: Store) -> None:
    other = reading(value=Decimal(1))
    with store.records() as records:
        records.keep_readings([reading(), other], 1)
        assert records.readings("sessions") == [reading(), other]


def test_readings_of_all_kpis_since_a_day_come_oldest_period_first(store: Store) -> None:
    kept = [reading(f"k{n}", period) for n in range(5) for period in reversed(weeks(6))]
    since = weeks(6)[2].last
    with store.records() as records:
        records.keep_readings(kept, 1)
        found = records.latest_readings_all(since)
    assert set(found) == {(f"k{n}", "d1") for n in range(5)}
    assert list(found[("k3", "d1")]) == [one.label for one in weeks(6)[2:]]


def test_judgements_come_latest_of_each_period_and_with_their_history(store: Store) -> None:
    old, new = weeks(2)
    first, correction = judgement(period=new), judgement(period=new, corrects=True, value=Decimal("11900"))
    with store.records() as records:
        records.keep_judgements([first, judgement(period=old), correction], 1)
        assert records.judgements("sessions", "d1") == [judgement(period=old), correction]
        assert records.judgements("sessions", history=True) == [first, judgement(period=old), correction]
        assert records.judgements_all() == {("sessions", "d1"): [judgement(period=old), correction]}
        assert records.judgements_all(new.last, history=True) == {("sessions", "d1"): [first, correction]}
        assert records.judgements("cac") == []


def test_an_episode_is_kept_open_and_then_closed(store: Store) -> None:
    first, second = weeks(2)
    opened = episode(period=first)
    closed = replace(opened, closed=second, closed_at=NOW, end=EpisodeEnd.RECOVERED)
    again = episode(period=second, opened_at=NOW + timedelta(days=7), background=True)
    with store.records() as records:
        records.keep_episodes([opened])
        assert records.episodes("sessions") == [opened]
        records.keep_episodes([closed])
        records.keep_episodes([again])
        assert records.episodes("sessions") == [closed, again]
        assert records.episodes_all() == {"sessions": [closed, again]}


def test_photographs_of_a_cell_come_oldest_first(store: Store) -> None:
    one = Photograph("scorecard", "Spend!D14", NOW, State.VALUE, Decimal("1.50"), date(2026, 11, 1), "note")
    two = replace(one, seen_at=NOW + timedelta(hours=1), value=None, state=State.UNTRUSTED, as_of=None)
    other = replace(one, cell="B1")
    with store.records() as records:
        records.keep_photographs([one, two])
        records.keep_photographs([other])
        assert records.photographs_all() == {("scorecard", "Spend!D14"): [one, two], ("scorecard", "B1"): [other]}
        assert records.photographs_all(NOW + timedelta(minutes=1)) == {("scorecard", "Spend!D14"): [two]}


def test_was_carries_history_and_items_over_and_keeps_the_keys(store: Store) -> None:
    with store.records() as records:
        records.keep_definitions([DefinitionRow("sessions", "d1", {"b": 1, "a": [2]}, NOW, 1)])
        records.keep_readings([reading()], 1)
        records.keep_judgements([judgement()], 1)
        records.keep_episodes([episode()])
        records.put_links([link(), link("saypro/review/sessions/2026-11", kind=WorkKind.REVIEW)])
        records.decide(Decision(NOW, "completed", KEY, "sessions", "thandi"))
        records.rename_kpi("sessions", "visits")
        assert [one.kpi for one in records.definitions()] == ["visits"]
        assert records.readings("visits") == [reading("visits")]
        assert records.judgements("visits") == [judgement("visits")]
        assert records.episodes("visits") == [episode("visits")]
        assert records.links()[KEY].subject == "visits"
        assert records.links()["saypro/review/sessions/2026-11"].subject == "sessions"
        assert [one.subject for one in records.decisions()] == ["visits"]
        records.keep_definitions([DefinitionRow("other", "d9", {}, NOW, 1)])
        with pytest.raises(ValueError, match="history of its own"):
            records.rename_kpi("other", "visits")


def test_a_definition_keeps_its_canonical_form_in_its_order(store: Store) -> None:
    with store.records() as records:
        records.keep_definitions([DefinitionRow("k", "d1", {"z": 1, "a": {"y": 2, "b": 3}}, NOW, None)])
        (found,) = records.definitions("k")
    assert list(found.canonical) == ["z", "a"]
    assert list(found.canonical["a"]) == ["y", "b"]


def test_only_one_of_two_claims_gets_the_work(store: Store) -> None:
    with store.records() as records:
        assert records.add_link(link())
        assert not records.add_link(link())
        assert records.claim(KEY, LinkState.PLANNED, LinkState.SENDING, NOW, NOW, 7)
        assert not records.claim(KEY, LinkState.PLANNED, LinkState.SENDING, NOW)
        assert not records.claim("saypro/action/none/2026", LinkState.PLANNED, LinkState.SENDING, NOW)
        found = records.links()[KEY]
        assert (found.state, found.attempted_at, found.made_cycle) == (LinkState.SENDING, NOW, 7)


def test_one_task_cannot_be_two_pieces_of_work(store: Store) -> None:
    with pytest.raises(sa.exc.IntegrityError), store.records() as records:
        records.put_links([link(task="t1"), link("saypro/action/cac/2026-10", task="t1")])


def test_an_attempt_keeps_the_order_as_it_left(store: Store) -> None:
    sending = Sending(KEY, "asana", NOW, None, order(followers=("a", "b")), 3)
    with store.records() as records:
        records.put_link(link())
        records.keep_attempts([sending])
        records.keep_attempts([replace(sending, order=order(assignee=None), vendor_at=NOW)])
        records.end_attempts({KEY: Fate.DONE})
        first, second = records.attempts([KEY])[KEY]
        assert (first.order, first.fate) == (sending.order, None)
        assert (second.order.assignee, second.vendor_at, second.fate) == (None, NOW, Fate.DONE)
        assert records.attempts([]) == {}


def test_a_comment_comes_back_with_its_text_as_structure(store: Store) -> None:
    note = Note(
        f"{KEY}#worse/2026-W47", KEY, "worse", NoteState.UNKNOWN, "Worse.", NOW, "c1", document(), 2, 1, NOW, "-0.44"
    )
    with store.records() as records:
        records.put_link(link())
        records.put_notes([note])
        assert records.notes() == {note.key: note}
        records.forget_notes([note.key])
        assert records.notes() == {}


def test_what_a_person_said_is_taken_once(store: Store) -> None:
    said = Decision(NOW, "snooze", KEY, "sessions", "thandi", "busy", "c1")
    with store.records() as records:
        assert records.decide(said)
        assert not records.decide(said)
        assert records.decide(replace(said, source_id=""))
        assert records.decide(replace(said, source_id="", at=NOW + timedelta(days=1)))
        assert records.decided() == {"c1"}
        assert len(records.decisions(key=KEY, subject="sessions")) == 3
        assert len(records.decisions(since=NOW + timedelta(hours=1))) == 1


def test_cycles_are_numbered_and_remember_how_they_ended(store: Store) -> None:
    with store.records() as records:
        assert records.last_cycle() is None
        first = records.begin_cycle(NOW, "sync")
        records.end_cycle(first, NOW + timedelta(seconds=4), {"steps": []}, {"web": {"made": 1}})
        second = records.begin_cycle(NOW + timedelta(hours=1), "run")
        assert second == first + 1
        last, before = records.cycles()
        assert (last.n, last.command, last.ended_at) == (second, "run", None)
        assert (before.report, before.calls) == ({"steps": []}, {"web": {"made": 1}})
        assert records.cycle(99) is None


def test_the_report_of_a_cycle_long_ago_is_let_go_and_the_cycle_is_not(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passes, "REPORTS_KEPT", 3)
    with store.records() as records:
        for hours in range(6):
            n = records.begin_cycle(NOW + timedelta(hours=hours), "run")
            records.end_cycle(n, NOW + timedelta(hours=hours), {"n": n}, {"web": {"made": n}})
        found = records.cycles()
    assert [one.n for one in found if one.report is not None] == [6, 5, 4]
    assert [one.calls for one in found] == [{"web": {"made": n}} for n in (6, 5, 4, 3, 2, 1)]


def test_a_value_is_made_anew_only_when_its_row_changed_whoever_changed_it(store: Store, store_url: str) -> None:
    one, two = link(), replace(link(), key=f"{KEY}/2", made_at=NOW + timedelta(days=1))
    with store.records() as records:
        records.put_links([one, two])
        before = records.links()
    with Store.open(store_url, workspace="saypro") as other, other.records() as records:
        records.put_link(replace(two, title="Another"))
    with store.records() as records:
        after = records.links()
        assert after == {one.key: one, two.key: replace(two, title="Another")}
        assert after[one.key] is before[one.key]
        records.mark_read([one.key], NOW + timedelta(days=2))
        assert records.links() == {**after, one.key: replace(one, read_cycle_at=NOW + timedelta(days=2))}


def test_what_a_transaction_took_back_is_not_remembered(store: Store) -> None:
    with store.records() as records:
        records.put_link(link())

    def cut_short() -> None:
        with store.records() as records:
            records.put_link(replace(link(), title="Never"))
            assert records.links()[KEY].title == "Never"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cut_short()
    with store.records(reads_only=True) as records:
        assert records.links() == {KEY: link()}


def test_a_problem_is_new_only_while_it_was_not_there_in_the_last_cycle(store: Store) -> None:
    late, full = Problem("web", "is late", "wait"), Problem("asana", "is full", "make room", kind="failed")
    with store.records() as records:
        assert [one.new for one in records.keep_problems([late], NOW)] == [True]
        assert [(one.what, one.new) for one in records.keep_problems([late, full, full], NOW)] == [
            ("is late", False),
            ("is full", True),
        ]
        assert records.keep_problems([], NOW) == []
        assert records.problems() == {}
        assert [one.new for one in records.keep_problems([late], NOW)] == [True]


def test_latches_memory_facts_and_loose_values_are_replaced_when_kept_again(store: Store) -> None:
    latch = Latch("asana", "missing", NOW, 3, "gone", "accept")
    with store.records() as records:
        records.set_latch(latch)
        records.set_latch(replace(latch, count=4))
        assert records.latches("asana") == {"missing": replace(latch, count=4)}
        assert records.latches("trello") == {}
        records.clear_latch("asana", "missing")
        assert records.latches("asana") == {}
        assert records.memory("asana") == {}
        records.keep_memory("asana", {"cursor": "a"})
        records.keep_memory("asana", {"cursor": "b"})
        assert records.memory("asana") == {"cursor": "b"}
        assert records.source_facts("web") == {}
        records.keep_source_facts("web", {"zone": "Africa/Johannesburg"})
        assert records.source_facts("web") == {"zone": "Africa/Johannesburg"}
        assert records.file_summary() is None
        records.keep_file_summary({"kpis": ["sessions"]})
        assert records.file_summary() == {"kpis": ["sessions"]}


def test_nothing_is_kept_of_a_transaction_that_fails(store: Store) -> None:
    def fail_in_between() -> None:
        with store.records() as records:
            records.put_link(link())
            raise RuntimeError("in between")

    with pytest.raises(RuntimeError, match="in between"):
        fail_in_between()
    with store.records() as records:
        assert records.links() == {}


def test_a_store_of_another_workspace_is_refused(store: Store, store_url: str) -> None:
    with pytest.raises(WorkspaceMismatch, match="belongs to the workspace saypro") as refused:
        Store.open(store_url, workspace="other")
    assert "id: saypro" in refused.value.advice


def test_a_plan_on_no_store_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "alignd.db"
    with Store.open(f"sqlite:///{path}", workspace="saypro", create=False) as store:
        assert not store.exists
        with store.lock("alignd plan"), store.throwaway() as copy, copy.records() as records:
            records.put_link(link())
        with pytest.raises(StoreUnusable, match="none yet"), store.records():
            pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
def test_a_plan_on_an_empty_schema_writes_nothing(postgres_url: str) -> None:
    with Store.open(postgres_url, workspace="saypro", create=False) as store:
        assert not store.exists
        with store.throwaway() as copy, copy.records() as records:
            records.put_link(link())
    with Store.open(postgres_url, workspace="saypro", create=False) as store:
        assert not store.exists


def test_a_throwaway_copy_has_everything_and_gives_nothing_back(store: Store) -> None:
    with store.records() as records:
        records.put_link(link())
        records.keep_readings([reading()], 1)
        records.keep_judgements([judgement()], 1)
    with store.throwaway() as copy:
        with copy.records() as records:
            assert records.links() == {KEY: link()}
            assert records.readings("sessions") == [reading()]
            records.put_link(link(state=LinkState.LINKED, task="t1"))
        with copy.throwaway() as second, second.records() as records:
            assert records.links()[KEY].task == "t1"
    with store.records() as records:
        assert records.links()[KEY].task is None


def test_a_copy_as_of_a_time_does_not_know_what_came_after(store: Store) -> None:
    day = timedelta(days=1)
    done = link(state=LinkState.LINKED, task="t1", completed=True, completed_at=NOW + day, completed_by="thandi")
    put_away = link("saypro/action/cac/2026-10", state=LinkState.DISMISSED, task="t2")
    with store.records() as records:
        records.put_links([done, put_away, link("saypro/action/late/2026-11", made_at=NOW + day)])
        records.put_notes([Note("n", "saypro/action/late/2026-11", "worse", NoteState.SAID, "x", NOW)])
        records.keep_attempts([Sending("saypro/action/late/2026-11", "asana", NOW + day, None, order())])
        records.keep_readings([reading(), reading(value=Decimal(1), read_at=NOW + day)], 1)
        records.keep_readings([reading("cac")], 1)
        records.keep_readings([reading("cac", read_at=NOW + day)], 2)
        records.keep_judgements([judgement(judged_at=NOW + day)], 1)
        records.keep_episodes([episode(closed=week(), closed_at=NOW + day, end=EpisodeEnd.RECOVERED)])
        records.decide(Decision(NOW + day, "dismissed", put_away.key, "cac", None))
        n = records.begin_cycle(NOW, "sync")
        records.end_cycle(n, NOW + day, {}, {})
        records.begin_cycle(NOW + day, "sync")
    with store.throwaway(as_of=NOW + timedelta(hours=1)) as copy, copy.records() as records:
        links = records.links()
        assert set(links) == {KEY, put_away.key}
        assert (links[KEY].completed, links[KEY].completed_at) == (False, None)
        assert links[put_away.key].state is LinkState.LINKED
        assert records.notes() == {}
        assert records.attempts() == {}
        assert records.readings("sessions") == [reading()]
        assert records.latest_readings_all()[("cac", "d1")]["2026-W46"].read_at == NOW
        assert records.judgements("sessions") == []
        assert records.episodes("sessions") == [episode()]
        assert records.decisions() == []
        last = records.last_cycle()
        assert last is not None
        assert (last.at, last.ended_at) == (NOW, None)


def test_a_backup_is_a_whole_store_that_alignd_goes_on_from(store: Store, tmp_path: Path) -> None:
    with store.records() as records:
        records.put_link(link())
        records.keep_attempts([Sending(KEY, "asana", NOW, None, order())])
        records.keep_readings([reading()], records.begin_cycle(NOW, "sync"))
    target = tmp_path / "backup.db"
    backup(store, target)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith((".backup", "backup"))] == ["backup.db"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with Store.open(f"sqlite:///{target}", workspace="saypro") as restored, restored.records() as records:
        assert records.links() == {KEY: link()}
        assert records.attempts()[KEY][0].order == order()
        assert records.begin_cycle(NOW, "sync") == 2
    with pytest.raises(StoreUnusable, match="is there already"):
        backup(store, target)


def test_the_database_is_for_its_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "alignd.db"
    with Store.open(f"sqlite:///{path}", workspace="saypro") as store, store.lock("sync"), store.records() as records:
        records.put_link(link())
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_a_commit_survives_a_power_cut(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'alignd.db'}", workspace="saypro") as store, store.records() as records:
        assert records.connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert records.connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert records.connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:////proc/nowhere/alignd.db", "cannot be made"),
        ("mysql://localhost/x", "mysql is not a database"),
        ("no address", "no database address"),
        ("postgresql://127.0.0.1:1/none", "cannot be used now"),
    ],
)
def test_a_store_that_cannot_be_used_says_what_to_do(url: str, said: str) -> None:
    with pytest.raises(StoreUnusable) as refused:
        Store.open(url, workspace="saypro")
    assert said in refused.value.what or "onnection" in refused.value.what
    assert refused.value.advice


def test_no_password_is_in_any_message() -> None:
    with pytest.raises(StoreUnusable) as refused:
        Store.open("postgresql://alignd:hunter2@127.0.0.1:1/none", workspace="saypro")
    assert "hunter2" not in f"{refused.value.what} {refused.value.advice}"


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "alignd.db"
    path.write_text("these are minutes of a meeting, not a database\n" * 100)
    with pytest.raises(StoreUnusable, match="not a database") as refused:
        Store.open(f"sqlite:///{path}", workspace="saypro")
    assert "name another file" in refused.value.advice
    assert path.read_text().startswith("these are minutes")


def test_a_damaged_file_says_to_restore_the_backup(tmp_path: Path) -> None:
    path = tmp_path / "alignd.db"
    with Store.open(f"sqlite:///{path}", workspace="saypro") as store, store.records() as records:
        records.put_links([link(f"saypro/action/k{n}/2026-W46", title="x" * 2000) for n in range(50)])
    with path.open("r+b") as file:  # everything but the header and the schema
        file.seek(8 * 4096)
        file.write(b"\xff" * (path.stat().st_size - 8 * 4096))

    def use() -> None:
        with Store.open(f"sqlite:///{path}", workspace="saypro") as store, store.records() as records:
            records.links()

    with pytest.raises(StoreUnusable) as refused:
        use()
    assert "restore the last backup" in refused.value.advice


def test_a_full_disk_says_so_and_nothing_is_written(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'alignd.db'}", workspace="saypro") as store:

        def fill() -> None:
            with store.records() as records:
                pages = records.connection.exec_driver_sql("PRAGMA page_count").scalar()
                records.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
                records.put_links([link(f"saypro/action/k{n}/2026-W46", title="x" * 2000) for n in range(50)])

        with pytest.raises(StoreUnusable, match="disk is full") as refused:
            fill()
        assert "make room" in refused.value.advice
        with store.records() as records:
            assert records.links() == {}


def test_another_program_that_keeps_the_database_busy_is_named(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'alignd.db'}?timeout=0.05"
    with Store.open(url, workspace="saypro") as one, Store.open(url, workspace="saypro") as two, one.records():
        with pytest.raises(StoreUnusable) as refused, two.records():
            pass
        assert "another program keeps the database busy" in refused.value.advice
        with two.records(reads_only=True) as records:  # a reader waits for nobody
            assert records.links() == {}


def test_a_companion_comes_back_with_every_field_and_the_newest_stands(store: Store) -> None:
    span = span_of(date(2026, 12, 1), date(2026, 12, 6))
    exact = Decimal("1234567890123456789.0000000000123")
    number = reading(period=span, value=exact, final=False, background=False, parts=(), breakdown=(), newest=None)
    so_far = Companion("sessions", Role.SO_FAR, number)
    other = Companion("sessions", Role.OTHER, replace(number, period=week(), state=State.MISSING, value=None))
    with store.records() as records:
        records.keep_companions([so_far, other])
    with store.records(reads_only=True) as records:
        assert records.companions() == {("sessions", Role.SO_FAR): so_far, ("sessions", Role.OTHER): other}
    later = replace(so_far, reading=replace(number, value=Decimal(7), read_at=NOW + timedelta(days=1)))
    with store.records() as records:
        records.keep_companions([later])
    with store.records(reads_only=True) as records:
        assert records.companions()[("sessions", Role.SO_FAR)] == later
    copy = store.throwaway(NOW)
    try:
        with copy.records(reads_only=True) as records:
            assert list(records.companions()) == [("sessions", Role.OTHER)]  # the other was read after that
    finally:
        copy.close()
