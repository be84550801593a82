"""Status, why and history from a real store: what people are told, and that it is true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from config import Config
from config.model import Workspace
from config.shape.cadence import DaemonShape
from mapping.judgements import Episode, EpisodeEnd, Judgement, Status
from mapping.kpis import DatedTarget, Fixed, Goal, Kpi, Pause, Policy
from mapping.links import Decision, Link, LinkState, Note, NoteState, Quiet, Written
from mapping.periods import PeriodKind
from mapping.readings import Part, Reading, State
from mapping.tasks import WorkKind
from sync.cycle_record import cycle_record
from sync.history import history_report
from sync.recall import recall_kpi, recall_standing
from sync.reports import HistoryReport, StatusReport, WhyReport
from sync.status import status_report
from sync.steps import CallCount, CycleReport, Outcome, Problem, Reason, Step, StepKind
from sync.store import DefinitionRow, Records, Store
from sync.subjects import UnknownSubject, find_subject
from sync.why import why_kpi
from sync.why_work import why_work
from tests.unit.sessions_story import CALENDAR, PEOPLE, SESSIONS, TARGET

AT = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
KEY = "saypro/action/sessions/2026-W46"
KPI = replace(SESSIONS, targets=(DatedTarget(None, None, Fixed(Decimal(12000))),))
RATE = Kpi(
    "conversion_rate", "Conversion rate", PeriodKind.WEEK, owner="thandi",
    formula="purchases / sessions", inputs={"sessions": "sessions"}, place=1,
)  # fmt: skip
CONFIG = Config(
    path=Path("alignd.yaml"),
    workspace=Workspace("saypro", "SayPro", CALENDAR),
    store="sqlite://",
    people=PEOPLE,
    teams={},
    sources={},
    terms={},
    trackers={},
    routes={},
    kpis={"sessions": KPI, "conversion_rate": RATE},
    targets_from=None,
    goals=(
        Goal("grow", "Grow in Gauteng", "neo", date(2027, 2, 28), (), None, 0),
        Goal("leads", "20 % more leads", "thandi", None, ("sessions",), "grow", 1),
    ),
    policy=Policy(),
    daemon=DaemonShape(),
    digest="x",
)
FORBIDDEN = ("episode", "breach", "settled", "provisional", "occurrence", "restated", "reading", "W45", "W46")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.open(f"sqlite:///{tmp_path / 'alignd.db'}", workspace="saypro")
    with made.records() as records:
        records.keep_definitions([DefinitionRow("sessions", "d1", {}, AT - timedelta(days=90), 1)])
    yield made
    made.close()


def a_reading(
    label: str, value: str | None, *, final: bool = True, state: State = State.VALUE, **more: object
) -> Reading:
    made = Reading(
        "sessions", "d1", CALENDAR.parse(label), state, None if value is None else Decimal(value), final, AT,
        origin="Google Analytics, property 123456789",
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def a_judgement(label: str, value: str | None, status: Status, gap: str | None = None, **more: object) -> Judgement:
    target = None if status is Status.UNKNOWN else TARGET
    made = Judgement(
        "sessions", "d1", CALENDAR.parse(label), status, None if value is None else Decimal(value), target,
        None if gap is None else Decimal(gap), AT,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def tell(records: Records, *weeks: tuple[str, str, Status]) -> None:
    """Final weeks, each with its number and how it was judged."""
    for label, value, status in weeks:
        records.keep_readings([a_reading(label, value)], 1)
        records.keep_judgements(
            [a_judgement(label, value, status, "-0.3167" if status is Status.OFF_TRACK else "0.02")], 1
        )


def two_weeks_below(records: Records) -> Episode:
    tell(
        records,
        ("2026-W44", "12140", Status.ON_TRACK),
        ("2026-W45", "9960", Status.OFF_TRACK),
        ("2026-W46", "8200", Status.OFF_TRACK),
    )
    episode = Episode("sessions", "d1", CALENDAR.parse("2026-W46"), CALENDAR.parse("2026-W45"), AT)
    records.keep_episodes([episode])
    return episode


def an_item(**more: object) -> Link:
    made = Link(
        KEY, WorkKind.ACTION, "sessions", "asana", LinkState.LINKED, AT,
        episode="2026-W46", person="thandi", task="1201", title="Website sessions 32 % below target",
        url="https://app.asana.com/0/1/1201", due=date(2026, 11, 25),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def why_of(store: Store, config: Config = CONFIG, period: str | None = None) -> WhyReport:
    with store.records(reads_only=True) as records:
        chosen = CALENDAR.parse(period) if period else None
        return why_kpi(config, config.kpis["sessions"], recall_kpi(records, "sessions"), AT, chosen)


def status_now(store: Store, person: str | None = None) -> StatusReport:
    with store.records(reads_only=True) as records:
        return status_report(CONFIG, recall_standing(records, CONFIG), AT, person)


def history_now(store: Store) -> HistoryReport:
    with store.records(reads_only=True) as records:
        return history_report(CONFIG, KPI, recall_kpi(records, "sessions"), AT)


def all_words(report: WhyReport) -> str:
    lines = [f"{line.label} {line.text} {line.origin}" for part in report.sections for line in part.lines]
    return "\n".join([report.answer, *lines])


def end_cycle(records: Records, *steps: Step) -> None:
    number = records.begin_cycle(AT, "sync")
    report = CycleReport("saypro", number, AT, (), steps, {"web": CallCount(1, 1, 1)})
    records.end_cycle(number, AT, cycle_record(report, UTC), {"web": {"made": 1, "least": 1, "charged": 1}})


def a_step(outcome: Outcome, because: str = "") -> Step:
    return Step(
        StepKind.CREATE, Reason.EPISODE_OPENED, WorkKind.ACTION, KEY, "sessions", "asana", "A title",
        outcome=outcome, because=because, person="thandi",
    )  # fmt: skip


# ── why there is a task, and why there is none ───────────────────────────────────────────────────────────────────


def test_why_says_who_has_the_item_and_since_when(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
        records.put_link(an_item())
    answer = why_of(store).answer
    assert answer == (
        "Off target since the week of 2–8 November, second week in a row. "
        "Thandi Mokoena has an item in asana since Wed 18 Nov 08:00, due Wed 25 Nov."
    )


def test_why_names_the_origin_and_time_of_the_number_and_of_the_target(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
    report = why_of(store)
    number, agreed = report.sections[0], report.sections[1]
    assert (number.lines[0].label, number.lines[0].text) == ("9–15 Nov", "8,200")
    assert number.lines[0].origin == "Google Analytics, property 123456789, read Wed 18 Nov 08:00, final"
    assert (agreed.lines[0].text, agreed.lines[0].origin) == ("min 12,000", "kpis.sessions.target in the file")
    assert [line.text for line in report.sections[2].lines] == ["below", "3,800 short of it (32 %)"]


def test_why_there_is_no_task_yet_after_the_first_week(store: Store) -> None:
    with store.records() as records:
        tell(records, ("2026-W45", "12140", Status.ON_TRACK), ("2026-W46", "8200", Status.OFF_TRACK))
    answer = why_of(store).answer
    assert answer.startswith("Below in the week of 9–15 November, for the first week.")
    assert "after two final weeks off target in a row" in answer


def test_why_there_is_no_task_on_target(store: Store) -> None:
    with store.records() as records:
        tell(records, ("2026-W46", "12140", Status.ON_TRACK))
    assert why_of(store).answer == "On target in the week of 9–15 November, so there is nothing to do and no task."


def test_why_there_is_no_task_without_a_number(store: Store) -> None:
    assert why_of(store).answer.startswith("Nothing has been read for it yet, so there is no task.")


def test_why_there_is_no_task_while_only_first_counts_are_known(store: Store) -> None:
    with store.records() as records:
        records.keep_readings([a_reading("2026-W46", "8200", final=False)], 1)
    assert "only first counts so far" in why_of(store).answer


def test_why_there_is_no_task_while_a_number_is_awaited(store: Store) -> None:
    with store.records() as records:
        records.keep_readings([a_reading("2026-W46", None, final=False, state=State.AWAITED)], 1)
    assert "still awaited in the week of 9–15 November" in why_of(store).answer


def test_why_there_is_no_task_for_a_paused_period(store: Store) -> None:
    config = replace(CONFIG, kpis={"sessions": replace(KPI, paused=(Pause(date(2026, 11, 9), date(2026, 11, 15)),))})
    with store.records() as records:
        records.keep_readings([a_reading("2026-W46", "8200")], 1)
        records.keep_judgements([a_judgement("2026-W46", "8200", Status.UNKNOWN, flags=frozenset({"paused"}))], 1)
    assert why_of(store, config).answer.startswith("It is paused in the week of 9–15 November")


def test_why_there_is_no_task_without_a_target(store: Store) -> None:
    config = replace(CONFIG, kpis={"sessions": replace(KPI, targets=())})
    with store.records() as records:
        records.keep_readings([a_reading("2026-W46", "8200")], 1)
        records.keep_judgements([a_judgement("2026-W46", "8200", Status.UNKNOWN, reason="no target is agreed")], 1)
    assert why_of(store, config).answer == "No target is agreed, so it is shown and never judged. No target, no task."


def test_why_there_is_no_task_for_a_number_that_is_not_believed(store: Store) -> None:
    with store.records() as records:
        note = "scorecard Spend!D14 holds #REF!"
        records.keep_readings([a_reading("2026-W46", None, state=State.UNTRUSTED, note=note)], 1)
        records.keep_judgements([a_judgement("2026-W46", None, Status.UNKNOWN, reason=note, state="untrusted")], 1)
    report = why_of(store)
    assert "could not be judged in the week of 9–15 November: scorecard Spend!D14 holds #REF!" in report.answer
    assert "scorecard Spend!D14 holds #REF!" in all_words(report)


def test_why_an_item_waits_in_line(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
        end_cycle(records, a_step(Outcome.WAITING, "waits in line: Thandi Mokoena has 5 open items, 5 at most"))
    assert "There is no item yet for Thandi Mokoena: waits in line" in why_of(store).answer


def test_why_an_item_that_nobody_owns_is_not_made(store: Store) -> None:
    config = replace(CONFIG, kpis={"sessions": replace(KPI, owner=None)})
    with store.records() as records:
        two_weeks_below(records)
    assert "Nobody owns it" in why_of(store, config).answer


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (an_item(state=LinkState.DISMISSED), "was set aside by a person, so it is not made again"),
        (an_item(archived=True), "was archived by a person"),
        (an_item(state=LinkState.UNKNOWN), "asana has not confirmed it; it is looked for before it is sent again"),
        (an_item(state=LinkState.FAILED, failed_why="no such project"), "could not be made: no such project"),
        (an_item(completed=True, completed_at=AT), "was completed on Wed 18 Nov 08:00, which is believed"),
        (
            an_item(quiet=Quiet("snooze", date(2026, 12, 2), "on leave", "thandi", AT, "c1")),
            "it is quiet until Wed 2 Dec, by Thandi Mokoena: on leave",
        ),
    ],
)
def test_why_says_how_the_item_stands(store: Store, link: Link, words: str) -> None:
    with store.records() as records:
        two_weeks_below(records)
        records.put_link(link)
    assert words in why_of(store).answer


def test_why_tells_what_was_said_and_decided_in_the_order_of_time(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
        records.put_link(an_item())
        said = Note(f"{KEY}#worse/2026-W47", KEY, "worse", NoteState.SAID, "Week of …\nmore", AT + timedelta(hours=2))
        records.put_notes([said])
        records.decide(Decision(AT + timedelta(hours=1), "snooze", KEY, "sessions", "thandi", "on leave", "c1"))
    lines = why_of(store).sections[-1].lines
    texts = [line.text for line in lines]
    assert texts[1].startswith("item for Thandi Mokoena made")
    assert texts[2:] == ["Thandi Mokoena asked for time", "told that it got clearly worse"]
    assert lines[3].origin == "“Week of …”"


def test_why_of_a_period_is_about_that_period(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
    report = why_of(store, period="2026-W44")
    assert report.answer == "In the week of 26 October–1 November it was judged: on target."
    assert report.sections[0].lines[0].text == "12,140"
    assert "nothing was read" in why_of(store, period="2026-W20").answer


def test_why_of_a_formula_names_each_input_with_its_origin(store: Store) -> None:
    parts = (
        Part("purchases", Decimal(131), State.VALUE, "Google Analytics, keyEvents"),
        Part("sessions", Decimal(8200), State.VALUE, "the KPI sessions"),
    )
    config = replace(CONFIG, kpis={"sessions": replace(KPI, formula="purchases / sessions")})
    with store.records() as records:
        records.keep_readings([a_reading("2026-W46", "0.016", parts=parts)], 1)
    lines = why_of(store, config).sections[0].lines
    assert [(line.label, line.text) for line in lines[1:]] == [
        ("formula", "purchases / sessions"),
        ("purchases", "131"),
        ("sessions", "8,200"),
    ]
    assert lines[2].origin == "Google Analytics, keyEvents"


def test_why_uses_no_word_that_people_never_read(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
        records.put_link(an_item())
        end_cycle(records, a_step(Outcome.WAITING, "waits in line"))
    text = all_words(why_of(store)).replace(KEY, "")
    for word in FORBIDDEN:
        assert word not in text


def test_why_of_a_task_says_what_made_it(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
        records.put_link(an_item())
    with store.records(reads_only=True) as records:
        report = why_work(CONFIG, an_item(), recall_kpi(records, "sessions"), AT)
    assert report.kind == "task"
    assert report.sections[0].lines[0].text == "8,200, min 12,000: below"
    assert "Thandi Mokoena has an item" in report.answer


def test_why_of_a_task_whose_kpi_left_the_file(store: Store) -> None:
    with store.records() as records:
        records.put_link(an_item(subject="gone"))
    with store.records(reads_only=True) as records:
        report = why_work(CONFIG, an_item(subject="gone"), recall_kpi(records, "gone"), AT)
    assert "no longer in the file; the task is left to the people who have it" in report.answer


# ── what a subject may be ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "kpi", "has_link"),
    [
        ("sessions", "sessions", False),
        ("SESSIONS", "sessions", False),
        ("website sessions", "sessions", False),
        (KEY, "sessions", True),
        (f"alignd ref 6SADZD7P6NG7MP55Q52V {KEY}", "sessions", True),
        ("1201", "sessions", True),
        ("https://app.asana.com/0/1/1201", "sessions", True),
        ("https://app.asana.com/0/1/1201/", "sessions", True),
        ("Website sessions 32 % below target", "sessions", True),
    ],
)
def test_a_subject_is_found_by_any_name_it_has(text: str, kpi: str, has_link: bool) -> None:
    found = find_subject(text, CONFIG, {KEY: an_item()})
    assert (found.kpi, found.link is not None) == (kpi, has_link)


def test_a_subject_that_is_not_there_names_what_comes_near() -> None:
    with pytest.raises(UnknownSubject) as caught:
        find_subject("sesions", CONFIG, {})
    assert caught.value.advice == "did you mean sessions?"


# ── status ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_status_shows_each_kpi_with_its_newest_final_period(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
        records.keep_readings([a_reading("2026-W47", "1200", final=False)], 1)
    row, other = status_now(store).kpis
    assert (row.status, row.said, row.detail) == (Status.OFF_TRACK, "below", "9–15 Nov · second week in a row")
    assert row.number is not None
    assert row.target is not None
    assert (row.number.said, row.target.said, row.since) == ("8,200", "min 12,000", "2026-W45")
    assert row.spark == "█▄▁"
    assert (other.status, other.reason) == (Status.UNKNOWN, "not read yet")


def test_a_period_that_still_runs_is_no_first_count(store: Store) -> None:
    with store.records() as records:
        tell(records, ("2026-W45", "12140", Status.ON_TRACK))
        records.keep_readings([a_reading("2026-W46", "8200", final=False)], 1)
        records.keep_readings([a_reading("2026-W47", "1200", final=False)], 1)
    first = status_now(store).kpis[0].first_count
    assert first is not None
    assert (first.period.label, first.number.said) == ("2026-W46", "8,200")


def test_status_lists_open_work_by_due_date_and_what_is_overdue(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
        records.put_link(an_item())
        late = an_item(key="k2", task="1202", kind=WorkKind.DATA, person="johan", due=date(2026, 11, 6))
        records.put_link(late)
        records.put_link(an_item(key="k3", task="1203", state=LinkState.DISMISSED))
    work = status_now(store).work
    assert [(row.key, row.overdue) for row in work] == [("k2", True), (KEY, False)]
    assert work[1].person == "Thandi Mokoena"


def test_status_says_who_has_an_item_that_somebody_handed_on(store: Store) -> None:
    mine = an_item(written=Written("t", "n", "acc-thandi"), assignees=frozenset({"acc-thandi"}))
    johans = an_item(
        key="k2",
        task="1202",
        person="johan",
        written=Written("t", "n", "acc-johan"),
        assignees=frozenset({"acc-johan"}),
    )
    with store.records() as records:
        records.put_link(replace(mine, assignees=frozenset({"acc-johan"})))
        records.put_link(johans)
    assert [row.person for row in status_now(store).work] == ["Johan Botha", "Johan Botha"]
    assert [row.key for row in status_now(store, "johan").work] == ["k2", KEY]
    assert status_now(store, "thandi").work == ()
    for assignees, said in (
        (frozenset({"acc-thandi", "acc-johan"}), "Thandi Mokoena"),  # Trello: one of its members
        (frozenset({"acc-unheard-of"}), "somebody else (made for Thandi Mokoena)"),
        (frozenset[str](), "nobody (made for Thandi Mokoena)"),
    ):
        with store.records() as records:
            records.put_link(replace(mine, assignees=assignees))
        assert next(row.person for row in status_now(store).work if row.key == KEY) == said


def test_status_for_a_person_shows_what_concerns_them(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
        records.put_link(an_item())
    assert status_now(store, "johan").work == ()
    assert status_now(store, "johan").kpis == ()
    assert len(status_now(store, "thandi").work) == 1
    with pytest.raises(KeyError):
        status_now(store, "nobody")


def test_status_says_what_waits_and_why_and_what_the_last_cycles_did(store: Store) -> None:
    with store.records() as records:
        end_cycle(records, replace(a_step(Outcome.DONE), key="k9"), a_step(Outcome.WAITING, "waits in line"))
        records.keep_problems([Problem("web", "refused", "mend it")], AT)
        records.begin_cycle(AT + timedelta(hours=1), "sync")
    report = status_now(store)
    assert [(one.why, one.person) for one in report.waiting] == [("waits in line", "Thandi Mokoena")]
    assert [one.did for one in report.cycles] == ["was cut short", "made 1; 1 held"]
    assert report.cycles[1].calls == {"web": CallCount(1, 1, 1)}
    assert [one.where for one in report.problems] == ["web"]


def test_a_goal_counts_what_stands_under_it_and_names_the_cause(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
    grow, leads = status_now(store).goals
    assert (grow.kpis, grow.below, grow.cause) == ((), {"off target": 1}, "Website sessions")
    assert leads.kpis == (("sessions", Status.OFF_TRACK),)


@pytest.mark.parametrize(
    ("link", "state"),
    [
        (an_item(), "open"),
        (an_item(touched=True), "somebody is on it"),
        (an_item(promise=date(2026, 12, 4)), "due date moved by a person"),
        (an_item(state=LinkState.UNKNOWN), "sent; asana has not confirmed it, being looked for"),
        (an_item(completed=True, completed_at=AT), "completed Wed 18 Nov, looked at again"),
    ],
)
def test_open_work_says_how_it_stands(store: Store, link: Link, state: str) -> None:
    with store.records() as records:
        two_weeks_below(records)
        records.put_link(link)
    assert [row.state for row in status_now(store).work] == [state]


def test_an_item_whose_kpi_is_back_waits_for_its_owner(store: Store) -> None:
    with store.records() as records:
        episode = two_weeks_below(records)
        closed = CALENDAR.parse("2026-W47")
        records.keep_episodes([replace(episode, closed=closed, closed_at=AT, end=EpisodeEnd.RECOVERED)])
        records.put_link(an_item())
    assert [row.state for row in status_now(store).work] == ["back on target, for its owner to complete"]


# ── history ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_history_is_newest_first_with_what_judged_each_period(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
        records.put_link(an_item())
    rows = history_now(store).rows
    assert [row.period.label for row in rows] == ["2026-W46", "2026-W45", "2026-W44"]
    assert [row.said for row in rows] == ["below", "below", "on target"]
    assert rows[0].event == "item for Thandi Mokoena"
    assert history_now(store).spark == "█▄▁"


def test_a_corrected_number_keeps_the_older_one_and_the_decision_beside_it(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
        records.keep_readings([a_reading("2026-W46", "12100", flags=frozenset({"corrected"}))], 2)
        records.keep_judgements([a_judgement("2026-W46", "12100", Status.ON_TRACK, "0.0083", corrects=True)], 2)
    row = history_now(store).rows[0]
    assert (row.number.said, row.said, row.status, row.now) == (
        "12,100", "below, now on target", Status.OFF_TRACK, Status.ON_TRACK,
    )  # fmt: skip
    assert [one.number.said for one in row.corrections] == ["8,200"]


def test_a_first_count_that_grew_is_no_correction(store: Store) -> None:
    with store.records() as records:
        records.keep_readings([a_reading("2026-W46", "7000", final=False)], 1)
        records.keep_readings([a_reading("2026-W46", "8200")], 2)
    assert history_now(store).rows[0].corrections == ()


def test_a_change_of_the_definition_is_shown_as_a_break(store: Store) -> None:
    with store.records() as records:
        two_weeks_below(records)
        records.keep_definitions([DefinitionRow("sessions", "d2", {}, AT, 2)])
        records.keep_readings([replace(a_reading("2026-W46", "7000"), definition="d2")], 2)
    rows = history_now(store).rows
    assert [(row.period.label, row.number.said) for row in rows] == [
        ("2026-W46", "7,000"),
        ("2026-W45", "9,960"),
        ("2026-W44", "12,140"),
    ]
    assert [bool(row.changed) for row in rows] == [False, True, False]
    assert "counted differently" in rows[1].changed


def test_a_missing_number_is_said_and_is_a_dot_in_the_sparkline(store: Store) -> None:
    with store.records() as records:
        tell(records, ("2026-W45", "12140", Status.ON_TRACK))
        records.keep_readings([a_reading("2026-W46", None, state=State.MISSING)], 1)
        records.keep_judgements([a_judgement("2026-W46", None, Status.UNKNOWN, state="missing")], 1)
    report = history_now(store)
    assert report.rows[0].said == "no number"
    assert report.spark == "▄·"
